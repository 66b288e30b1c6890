"""When the file of songs is damaged: it is set aside untouched, and what can be read of it is brought back.

Every song is in the file twice (the song itself, its newest revision), each compressed with a checksum, and once more
in each backup: a song is taken from the best of these.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .database import MIGRATIONS, Database, connected
from .document import Document

BACKUPS, KEPT = "backups", 5
_PROBES = 2_000
"""How many places are tried one by one behind the last row that was read, where nobody knows how many there are."""


@dataclass
class Found:
    """What was found of one song: its row, its versions, and whether it came from a backup."""

    row: dict[str, Any]
    versions: list[dict[str, Any]] = field(default_factory=list)
    backup: str = ""


def damaged(path: Path) -> str:
    """What is wrong with a file; empty if nothing is."""
    if not path.exists():
        return ""
    try:
        with closing(connected(path)) as connection:
            told = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if told == "ok" and connection.execute("PRAGMA user_version").fetchone()[0] in range(
                1, len(MIGRATIONS) + 1
            ):
                connection.execute("SELECT count(*) FROM songs, (SELECT count(*) FROM found)").fetchone()
            return "" if told == "ok" else told.splitlines()[-1]
    except sqlite3.OperationalError as error:
        return str(error) if "malformed" in str(error) or "no such table" in str(error) else ""
    except sqlite3.DatabaseError as error:
        return str(error)


def set_aside(path: Path, when: datetime) -> Path:
    """Move a damaged file, with its log, to a folder of its own; where it is now."""
    stem = folder = path.parent / f"damaged-{when:%Y%m%d-%H%M%S}"
    for n in range(2, 1000):
        if not folder.exists():
            break
        folder = stem.with_name(f"{stem.name}-{n}")
    folder.mkdir()
    for name in (path.name, path.name + "-wal", path.name + "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(name).replace(folder / name)
    return folder / path.name


def salvaged(file: Path, backups: list[Path]) -> list[Found]:
    """Every song that a damaged file still holds, then those that only a backup has (the newest backup first)."""
    songs = {found.row["id"]: found for found in _of_file(file)}
    for backup in backups:
        for found in _of_file(backup):
            if found.row["id"] not in songs:
                found.backup = backup.stem
                songs[found.row["id"]] = found
    return list(songs.values())


def backups(folder: Path) -> list[Path]:
    """The backups in a folder of songs, the newest first."""
    return sorted((folder / BACKUPS).glob("songs-*.db"), reverse=True)


def back_up(database: Database, when: datetime) -> Path:
    """A copy of the file among the backups; the oldest ones beyond `KEPT` go."""
    folder = database.path.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    copy = folder / f"songs-{when:%Y%m%d-%H%M%S}.db"
    database.copy(copy)
    for old in backups(database.path.parent)[KEPT:]:
        old.unlink(missing_ok=True)
    return copy


def _of_file(file: Path) -> Iterator[Found]:
    """The songs of one file. A copy is opened, so that the evidence stays as it was."""
    copy = file.with_name(file.name + ".copy")
    try:
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                copy.with_name(copy.name + ending).write_bytes(file.with_name(file.name + ending).read_bytes())
        with closing(sqlite3.connect(copy)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda data: data.decode(errors="replace")
            connection.execute("SELECT count(*) FROM sqlite_master")  # not even its first page can be read: nothing can
            yield from _songs(connection)
    except sqlite3.DatabaseError:
        return
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)


def _songs(connection: sqlite3.Connection) -> Iterator[Found]:
    versions: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(connection, "versions"):
        if _sound(row["document"]):
            versions.setdefault(row["song"], []).append(row)
    newest: dict[int, dict[str, Any]] = {}
    for row in _rows(connection, "revisions"):
        if _sound(row["document"]) and row["revision"] >= newest.get(row["song"], {"revision": -1})["revision"]:
            newest[row["song"]] = row
    rows = {row["number"]: row for row in _rows(connection, "songs")}
    for number in sorted({*rows, *newest}):
        row, last = rows.get(number), newest.get(number)
        if row is None and last is not None:  # only its revisions are left: it gets a new name
            row = {"id": f"{number:016x}", "created": last["saved"], "updated": last["saved"], "trashed": None} | last
        if row is not None and not _sound(row["document"]) and last is not None:
            row = row | {"document": last["document"], "revision": last["revision"]}
        if row is not None and _sound(row["document"]):
            yield Found(row, versions.get(number, []))


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """Every row that can be read: in one go as far as it goes, then number by number."""
    last = 0
    try:
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY number"):
            last = row["number"]
            yield dict(row)
        return
    except sqlite3.DatabaseError:
        pass
    highest = last + _PROBES
    with suppress(sqlite3.DatabaseError):
        highest = connection.execute(f"SELECT max(number) FROM {table}").fetchone()[0] or 0
    for number in range(last + 1, highest + 1):
        with suppress(sqlite3.DatabaseError):
            row = connection.execute(f"SELECT * FROM {table} WHERE number = ?", (number,)).fetchone()
            if row is not None:
                yield dict(row)


def _sound(document: Any) -> bool:
    """Whether a packed document is whole."""
    try:
        Document.unpacked(document)
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True
