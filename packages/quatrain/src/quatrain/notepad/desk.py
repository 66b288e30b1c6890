"""Everything the server has at hand: the songs, the writer, the voices, the tables, its keys."""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
import subprocess
import threading
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from ..errors import StorageError
from . import table
from .engine import Engine
from .notready import NotReady
from .songs import Songs
from .voices import Voices

KEY = "page.key"
LEARNING = "learning"
"""Of the folder of songs, for texts while a voice learns them. Not `voices`: there each folder is a voice."""


@dataclass
class Desk:
    """Everything the server has at hand.

    Attributes:
        songs: the store.
        engine: the writer of lines, loaded when it is first asked.
        voices: those that there are, and the one that learns.
        key: the secret that opens the page; it is kept in the folder of songs, so that pages outlive the server.
        cache: where tables are kept that can be made again.
        page: the built page.
        hosts: names that this machine may be called by.
    """

    songs: Songs
    engine: Engine
    voices: Voices
    key: str
    cache: Path
    page: Path
    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    _endings: bytes | None = field(default=None, init=False)
    _making: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @classmethod
    def at(cls, folder: Path | None = None, cache: Path | None = None) -> Desk:
        """The desk of a folder of songs; the user's own by default.

        Raises:
            StorageError: a folder that cannot be written.
        """
        import platformdirs

        songs = Songs(folder)
        voices = Voices(songs.folder / LEARNING)
        return cls(
            songs,
            Engine(voices),
            voices,
            _key(songs.folder / KEY),
            cache or platformdirs.user_cache_path("quatrain", appauthor=False) / "notepad",
            Path(str(resources.files(__package__ or "quatrain.notepad"))) / "web" / "dist",
        )

    @functools.cached_property
    def token(self) -> str:
        """What every request of the page carries."""
        return derived(self.key, "token")

    @functools.cached_property
    def cookie(self) -> str:
        """What the browser shows to get the page."""
        return derived(self.key, "cookie")

    def endings(self) -> bytes:
        """The second word table.

        Raises:
            NotReady: it is being made.
        """
        self._endings = self._endings or table.kept(self.cache)
        if self._endings is None:
            self._making = table.keep_aside(self.cache) or self._making
            raise NotReady("The table of word endings is being made; it takes some seconds at the first start.")
        return self._endings

    def prepare(self) -> None:
        """Begin what takes a moment, in a thread: the second table, a backup of the songs."""

        def work() -> None:
            self._making = table.keep_aside(self.cache)
            self.songs.tidy()
            self.songs.back_up()

        threading.Thread(target=work, name="prepare", daemon=True).start()

    def close(self) -> None:
        """Let go of everything."""
        self.voices.close()
        self.engine.close()
        self.songs.close()


def derived(key: str, use: str) -> str:
    """A secret for one use, from which the key cannot be told."""
    return hmac.new(key.encode(), use.encode(), hashlib.sha256).hexdigest()


def _key(file: Path) -> str:
    """The secret of a folder; only its owner can read it."""
    try:
        known = file.read_text("ascii").strip() if file.exists() else ""
        if len(known) >= 32:
            return known
        key = secrets.token_urlsafe(32)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            opened.write(key)
        return key
    except (OSError, ValueError) as error:
        raise StorageError(f"{file} cannot be read or written ({error}). Check its folder, or delete it.") from error
