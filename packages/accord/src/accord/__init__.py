"""Write down what selfish agents may promise each other; find, learn and check the contract that makes them cooperate.

A game is a value. An institution maps a game to a game. Everything else consumes games.

Importing this package loads no array library; touching one of its names does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .public import *  # noqa: F403

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is first used (`public.py` lists them)."""
    if name.startswith("_") and name != "__all__":
        raise AttributeError(f"module 'accord' has no attribute '{name}'")
    public = import_module(".public", __name__)
    if name == "__all__" or name in public.__all__:
        return getattr(public, name)
    try:
        return import_module(f".{name}", __name__)  # accord.testing, accord.games, …
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
    raise AttributeError(f"module 'accord' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Every public name."""
    return sorted([*import_module(".public", __name__).__all__, "__version__"])
