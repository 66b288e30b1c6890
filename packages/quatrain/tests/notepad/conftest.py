"""A server in a thread, with a folder of its own, and a browser's way of asking it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from quatrain.notepad import table
from quatrain.notepad.app import notepad
from quatrain.notepad.desk import Desk
from quatrain.notepad.document import Document, Line
from quatrain.notepad.songs import Songs

VERSE = Document(
    "The Gate",
    (
        Line("[Verse 1]", scheme="ABAB"),
        Line("I left my coat beside the garden gate"),
        Line("The moon is hanging low above the town", "suggested"),
        Line("", "mine"),
        Line("[Chorus]"),
        Line("Oh [Am]carry me [G/B]home", "edited"),
    ),
    "AABB",
    {"fire": "1 2", "home": "HH OW1 M"},
    (Line("a line put aside", "suggested"),),
)
"""A song that has everything."""


@pytest.fixture()
def songs(tmp_path: Path) -> Iterator[Songs]:
    """An empty shelf."""
    shelf = Songs(tmp_path / "songs")
    yield shelf
    shelf.close()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[httpx.Client, Desk]]:
    """A server for a folder, and a client that carries the page's token."""
    desk = Desk.at(folder, folder / "cache")
    desk.prepare = lambda: None
    desk.cache.mkdir(exist_ok=True)
    (desk.cache / f"endings-{table.tag()}.bin").write_bytes(b"made")  # which takes seconds
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    server = uvicorn.Server(uvicorn.Config(notepad(desk), log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with httpx.Client(
            base_url=address, headers={"X-Quatrain-Token": desk.token}, trust_env=False, timeout=60
        ) as client:
            yield client, desk
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Desk]]:
    """A server for the tests of a file."""
    with served(tmp_path_factory.mktemp("songs")) as (client, desk):
        yield client, desk


@pytest.fixture()
def client(server: tuple[httpx.Client, Desk]) -> httpx.Client:
    """The page's way of asking."""
    return server[0]


@pytest.fixture()
def desk(server: tuple[httpx.Client, Desk]) -> Desk:
    """What the server has."""
    return server[1]
