"""Importing, asking for help and listing names load no array library: each runs in a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = ("jax", "jaxlib", "numpy", "equinox", "optax", "pyarrow", "matplotlib", "scipy")


def heavy_after(code: str) -> list[str]:
    """Heavy libraries that are loaded once `code` has run."""
    tail = f"\nimport sys\nprint('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize(
    "code",
    [
        "import accord; accord.__version__",
        "from accord.core.registry import GAMES, SPACES; [e.summary for e in (*GAMES.entries(), *SPACES.entries())]",
        "from accord.core.settings import override",
        "import accord.experiments.presets",
        "import quatrain; quatrain.__version__",
    ],
)
def test_import_is_light(code: str):
    assert heavy_after(code) == []


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["games"]])
def test_the_command_is_light(arguments: list[str]):
    code = f"""
import sys
from accord.studio.cli import main
sys.argv = ["accord", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert heavy_after(code) == []


def test_this_test_can_fail():
    assert heavy_after("import accord; accord.Discrete") == ["jax", "jaxlib", "numpy", "equinox"]
