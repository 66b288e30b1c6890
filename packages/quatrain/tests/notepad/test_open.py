"""Starting: an address, a port, a second start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from quatrain.errors import BadSetting
from quatrain.notepad import open as door
from quatrain.notepad.desk import KEY

from .kill import start


def test_a_second_start_finds_the_first_one(tmp_path: Path) -> None:
    server, client = start(tmp_path)
    try:
        address = door.running(tmp_path)
        assert address.startswith(str(client.base_url).rstrip("/")) and (tmp_path / KEY).read_text() in address
        told: list[str] = []
        door.serve(open_browser=False, folder=tmp_path, tell=told.append)
        assert told == [f"The notepad is open already: {address}"]
        with pytest.raises(BadSetting, match="is taken"):
            door.serve(port=client.base_url.port or 0, open_browser=False, folder=tmp_path / "other", tell=told.append)
        assert (tmp_path / KEY).stat().st_mode & 0o077 == 0
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert server.stdout is not None
        server.stdout.close()
        client.close()
    assert door.running(tmp_path) == "" and not (tmp_path / door.RUNNING).exists()


def test_a_note_of_a_server_that_was_killed_is_no_server(tmp_path: Path) -> None:
    (tmp_path / KEY).write_text("k" * 43)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (tmp_path / door.RUNNING).write_text(json.dumps({"port": free.getsockname()[1], "pid": os.getpid()}))
    assert door.running(tmp_path) == ""


def test_the_port_and_the_key_are_the_same_after_a_kill(tmp_path: Path) -> None:
    server, client = start(tmp_path)
    first, token = client.base_url, client.headers["X-Quatrain-Token"]
    server.kill()
    server.wait()
    client.close()
    assert server.stdout is not None
    server.stdout.close()
    server, client = start(tmp_path)
    assert (client.base_url, client.headers["X-Quatrain-Token"]) == (first, token)
    server.kill()
    server.wait()
    client.close()
    assert server.stdout is not None
    server.stdout.close()


def test_starting_needs_no_arrays_and_no_models(tmp_path: Path) -> None:
    """The page opens at once; what is heavy is loaded when it is asked for."""
    code = (
        "import sys; from pathlib import Path; from quatrain.notepad.desk import Desk; "
        "from quatrain.notepad.app import notepad; notepad(Desk.at(Path(sys.argv[1]))); "
        "print(sorted({'numpy', 'jax', 'spacy', 'pyarrow', 'docx', 'reportlab', 'equinox'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]", found.stdout


