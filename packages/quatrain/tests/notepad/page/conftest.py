"""A real server in a process of its own (it is killed, and comes back), and Debian's chromium in front of it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGE = HERE.parents[2]


@dataclass
class Server:
    """The notepad's server.

    Attributes:
        folder: of the songs.
        port: the same each time.
        voice: as `server.py` knows them: `small` costs nothing, `base` is the real one.
    """

    folder: Path
    port: int
    voice: str = "small"
    _process: subprocess.Popen[str] | None = field(default=None)

    def start(self) -> str:
        """Start it; the address to open."""
        own = {"XDG_CACHE_HOME": str(self.folder / "cache"), "XDG_DATA_HOME": str(self.folder / "data")}
        environment = os.environ | own
        command = [sys.executable, str(HERE / "server.py"), str(self.folder / "songs"), str(self.port), self.voice]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        address = re.search(r"http\S+", said)
        assert address, said
        until(lambda: _listens(self.port), "the server to listen")
        return address[0]

    def kill(self) -> None:
        """Kill it without a word (kill -9)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    """Wait until something holds; what it gave."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def tools() -> ModuleType:
    """The build hook, which knows where node is and whether the built page is up to date."""
    spec = importlib.util.spec_from_file_location("hatch_build", PACKAGE / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="session")
def page_built(tools: ModuleType) -> None:
    """The page as its sources are now."""
    if not tools.fresh():
        try:
            tools.build()
        except RuntimeError as error:
            pytest.skip(str(error))


@pytest.fixture(scope="session")
def chromium(page_built: None) -> Iterator[Any]:
    """A browser without a window."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture()
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with an empty shelf."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Server(tmp_path, port)
    yield found
    found.kill()


@pytest.fixture()
def desk(chromium: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Opens pages of one browser profile: the first call starts the server, later ones are further tabs."""
    contexts: list[Any] = []
    address: list[str] = []

    def open_page(**options: Any) -> Any:
        if not contexts:
            address.append(server.start())
            usual = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", "accept_downloads": True}
            here = {"base_url": address[0].partition("?")[0]}
            contexts.append(chromium.new_context(**usual | here | options))
        page = contexts[0].new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address[0])
        ready(page)
        return page

    faults: list[str] = []
    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def ready(page: Any) -> None:
    """Wait until the sheet is there and hears (the word table is loaded)."""
    page.wait_for_selector(".cm-content")
    heard = "notepad.sounds.hearing.lexicon.pronounce('gate').readings.length > 0 && notepad.session.id !== ''"
    until(lambda: page.evaluate(heard), "the word table")


def text(page: Any) -> str:
    """What stands on the sheet."""
    return page.evaluate("notepad.view.state.doc.toString()")


def put(page: Any, lines: list[str]) -> None:
    """Put a song on the sheet at once, as if pasted."""
    write(page, 0, page.evaluate("notepad.view.state.doc.length"), "\n".join(lines))


def write(page: Any, start: int, end: int, words: str) -> None:
    """Replace what stands between two places."""
    page.evaluate("([from, to, insert]) => notepad.view.dispatch({changes: {from, to, insert}})", [start, end, words])


def cursor(page: Any, line: int) -> None:
    """Put the cursor at the end of a line (from 1)."""
    page.evaluate("(n) => notepad.view.dispatch({selection: {anchor: notepad.view.state.doc.line(n).to}})", line)
    page.evaluate("notepad.view.focus()")


def saved(page: Any) -> None:
    """Wait until the server has everything."""
    until(lambda: page.locator(".safety").get_attribute("data-safety") == "saved", "the save")
