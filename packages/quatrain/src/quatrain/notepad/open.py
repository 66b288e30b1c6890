"""Open the notepad: a server on the loopback address, and its page in the browser.

A second start finds the server that runs and opens its page. The port is the last one again, if it is free, so that a
page which was open goes on when the server comes back.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadSetting

if TYPE_CHECKING:
    from .desk import Desk

PORT = 7464
"""The first port that is tried."""
RUNNING = "running.json"
LOOPBACK = "127.0.0.1"


def serve(
    port: int = 0,
    open_browser: bool = True,
    folder: Path | None = None,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve the notepad until it is interrupted.

    Args:
        port: 0 for the last one used, or another if that is taken.
        open_browser: open the page.
        folder: of the songs; the user's own by default.
        tell: called with sentences for the person who started it.

    Raises:
        BadSetting: the port that was asked for is taken.
        StorageError: the folder cannot be written.
    """
    from . import songs

    at = folder or songs.folder()
    listener = None
    address = running(at)
    if not address:
        listener = _bound(at, port)
        address = "" if listener else running(at)
    if listener is None:
        tell(f"The notepad is open already: {address}")
        if open_browser:
            webbrowser.open(address)
        return
    from .desk import Desk

    with listener:
        _run(Desk.at(at), listener, open_browser, tell)


def _run(desk: Desk, listener: socket.socket, open_browser: bool, tell: Callable[[str], None]) -> None:
    import uvicorn

    from .app import notepad

    port = listener.getsockname()[1]
    address = f"http://{LOOPBACK}:{port}/?key={desk.key}"
    note = desk.songs.folder / RUNNING
    note.write_text(json.dumps({"port": port, "pid": os.getpid()}), "utf-8")
    tell(f"The notepad is open: {address}")
    tell("Stop it with Ctrl-C. Everything you type is kept as you type it.")
    if desk.songs.notice:
        tell(desk.songs.notice)
    if open_browser:
        webbrowser.open(address)
    config = uvicorn.Config(
        notepad(desk), log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2,
        limit_concurrency=400,
    )  # fmt: skip
    try:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is the way out
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        note.unlink(missing_ok=True)


def running(folder: Path) -> str:
    """The address of a server that runs with a folder of songs; empty if there is none."""
    from .desk import KEY, derived

    try:
        port = int(json.loads((folder / RUNNING).read_text("utf-8"))["port"])
        key = (folder / KEY).read_text("ascii").strip()
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    token = {"X-Quatrain-Token": derived(key, "token")}
    asked = urllib.request.Request(f"http://{LOOPBACK}:{port}/api/state", headers=token)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=3) as answer:
            same = json.load(answer).get("folder") == str(folder)
    except (OSError, ValueError):
        return ""
    return f"http://{LOOPBACK}:{port}/?key={key}" if same else ""


def _bound(folder: Path, port: int) -> socket.socket | None:
    """A listening socket; none if the notepad turned out to run there.

    Raises:
        BadSetting: no port can be had.
    """
    last = folder / "port"
    try:
        usual = int(last.read_text("ascii"))
    except (OSError, ValueError):
        usual = PORT
    for tried in (port,) if port else (usual, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, tried))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            if running(folder):  # it was started at this very moment
                return None
            if port:
                reason = "is taken" if getattr(error, "errno", 0) == errno.EADDRINUSE else f"cannot be used ({error})"
                raise BadSetting(f"Port {port} {reason}. Give another one, or none for any free one.") from error
            continue
        if not port:
            _remember(last, listener.getsockname()[1])
        return listener
    raise BadSetting("No port is free on this machine. Close some programs.")


def _remember(file: Path, port: int) -> None:
    """Write down a port for the next start."""
    with contextlib.suppress(OSError):  # then the next start takes any
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(str(port), "ascii")
