"""The public names: complete, documented, and the same from both doors."""

import ast
import inspect
from pathlib import Path

import pytest

import accord
import accord.public
from accord.core import errors
from accord.core.registry import GAMES, SPACES

SOURCE = Path(accord.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))


def test_all_is_what_public_imports():
    own = {name for name, value in vars(accord.public).items() if name[0] != "_" and not inspect.ismodule(value)}
    assert own == set(accord.__all__) == set(accord.public.__all__)
    assert {*accord.__all__, "__version__"} == set(dir(accord))


def test_every_error_and_every_shipped_game_and_space_is_public():
    wanted = {name for name, value in vars(errors).items() if getattr(value, "__module__", "") == errors.__name__}
    wanted |= {type(GAMES.make(name)).__name__ for name in GAMES.names()}
    wanted |= {type(SPACES.make(name)).__name__ for name in SPACES.names()}
    assert wanted <= set(accord.__all__)


@pytest.mark.parametrize("name", accord.__all__)
def test_every_public_name_says_what_it_is(name: str):
    value = getattr(accord, name)
    described = value if inspect.isclass(value) or inspect.isfunction(value) else type(value)
    assert described.__doc__ and described.__doc__.strip()[0].isupper()


def test_what_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'Contractd'"):
        accord.Contractd  # noqa: B018


def test_modules_and_functions_stay_short():
    long = []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 400:
            long.append(f"{path.name}: {text.count(chr(10))} lines, expected at most 400")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > 60:
                long.append(f"{path.name}: {node.name} has {lines} lines, expected at most 60")
    assert long == []
