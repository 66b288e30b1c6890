"""Write down what selfish agents may promise each other; find, learn and check the contract that makes them cooperate.

A game is a value. An institution maps a game to a game. Everything else consumes games.

Importing this package loads no array library; touching one of its names loads the module of that name, and no other.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .public import *  # noqa: F403

__version__ = "0.1.0"


@cache
def _places() -> dict[str, str]:
    """The module of every public name, read off the import lines of `public.py` without running them."""
    lines = ast.parse((Path(__file__).parent / "public.py").read_text(encoding="utf-8")).body
    imports = [line for line in lines if isinstance(line, ast.ImportFrom)]
    return {alias.name: f".{line.module}" for line in imports for alias in line.names}


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is first used."""
    if name == "__all__":
        return sorted(_places())
    if name.startswith("_"):
        raise AttributeError(f"module 'accord' has no attribute '{name}'")
    if name in _places():
        value = globals()[name] = getattr(import_module(_places()[name], __name__), name)
        return value
    try:
        return import_module(f".{name}", __name__)  # accord.testing, accord.games, …
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
    raise AttributeError(f"module 'accord' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Every public name."""
    return sorted([*_places(), "__version__"])
