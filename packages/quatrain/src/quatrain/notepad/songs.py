"""The shelf: every song of this machine, in one file in the user's data folder.

    songs.db     the songs, their revisions and versions (`database.py`)
    backups/     copies of it, one a day at most, the last five
    damaged-*/   a file that could not be read, set aside untouched (`rescue.py`)

Nothing is lost: not by a kill at any moment, not by two tabs at one song (`saving.py`), not by a deletion, which goes
to the trash first. What is deleted for good is gone from the backups too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ..errors import BadSetting, StorageError, UnknownName
from . import cards, rescue, saving
from .cards import BEFORE, BRANCH, NAMED, Card, Clock, Save, Saved, Song, VersionCard
from .database import Database
from .document import Document, clean

FILE = "songs.db"
OLD = timedelta(days=14)
"""How long every revision of a song is kept after its last change; then only the last one."""
DAILY = timedelta(hours=20)
"""A backup is made when the last one is older and something changed."""


def folder() -> Path:
    """Where a user's songs live."""
    import platformdirs

    return platformdirs.user_data_path("quatrain", appauthor=False)


class Songs:
    """The door to the store; every method may be called from any thread.

    Args:
        at: the folder; the user's own by default. It is made if it is not there.
        clock: tells the time.

    Raises:
        StorageError: a folder that cannot be written, or a file of a newer version.
    """

    def __init__(self, at: Path | None = None, clock: Clock = cards.now) -> None:
        self.folder, self._clock = at or folder(), clock
        self.notice: str | None = None
        """What a person should know about the file: that it was damaged, where it is kept, what was brought back."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The folder {self.folder} cannot be made ({error.strerror}). Give another one with --songs."
            ) from error
        path = self.folder / FILE
        copies = rescue.backups(self.folder)
        if copies and (not path.exists() or not path.stat().st_size):
            broken = "it is empty" if path.exists() else "it is missing"
        else:
            broken = rescue.damaged(path)
        if broken:
            self._rescue(path, broken, copies)
        else:
            self._database = Database(path)

    def _rescue(self, path: Path, reason: str, copies: list[Path]) -> None:
        aside = rescue.set_aside(path, self._clock())
        found = rescue.salvaged(aside, copies)
        self._database = Database(path)
        with self._database.write() as connection:
            for song in found:
                _bring_back(connection, song, self._clock())
        old = sum(bool(song.backup) for song in found)
        self.notice = (
            f"The file of songs was damaged ({reason}). It is kept untouched in {aside.parent}. "
            f"{len(found)} song{'s were' if len(found) != 1 else ' was'} brought back"
            + (f", {old} of them from a backup and so perhaps not in the last state." if old else ".")
        )

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # ------------------------------------------------------------------------------------------------------- the shelf

    def shelf(
        self, query: str = "", trashed: bool = False, limit: int = 500, offset: int = 0
    ) -> tuple[list[Card], int]:
        """Songs, the last changed first, and how many there are in all.

        Args:
            query: words that title or text must have, as beginnings of words, without case and accents.
            trashed: those in the trash instead.
            limit: at most so many.
            offset: after so many.
        """
        words = re.findall(r"[^\W_]+", clean(query))
        where = f"trashed IS {'NOT' if trashed else ''} NULL"
        source, values, snippet = "songs", [], "NULL"
        if words:
            source = "songs JOIN found ON found.rowid = songs.number"
            where += " AND found MATCH ?"
            values = [" ".join(f'"{word}"*' for word in words)]
            snippet = "snippet(found, 1, char(1), char(2), '…', 12)"
        with self._database.read() as connection:
            total = connection.execute(f"SELECT count(*) FROM {source} WHERE {where}", values).fetchone()[0]
            rows = connection.execute(
                f"SELECT songs.*, {snippet} AS snippet FROM {source} WHERE {where} "
                "ORDER BY updated DESC, number DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [cards.card(row) for row in rows], total

    def song(self, song: str) -> Song:
        """A song with its text.

        Raises:
            UnknownName: there is none of this name.
        """
        with self._database.read() as connection:
            return self._song(connection, song)

    def new(self, document: Document | None = None) -> Song:
        """A new song on the shelf."""
        name = cards.name()
        with self._database.write() as connection:
            saving.add(connection, name, document or Document(), self._clock())
            return self._song(connection, name)

    def save(self, song: str, wish: Save) -> Saved:
        """Keep a text, whatever happened to the song meanwhile (see `saving`).

        Raises:
            UnknownName: the song was deleted for good.
        """
        with self._database.write() as connection:
            return saving.save(connection, song, wish, self._clock())

    # ------------------------------------------------------------------------------------------------------- the trash

    def trash(self, song: str) -> Card:
        """Throw a song away; it can be had back."""
        return self._trashed(song, cards.stamp(self._clock()))

    def restore(self, song: str) -> Card:
        """Take a song out of the trash."""
        return self._trashed(song, None)

    def delete(self, song: str) -> list[str]:
        """Delete a song in the trash for good, from the backups too.

        Returns:
            Folders with damaged files that were set aside and may still hold it.

        Raises:
            BadSetting: it is not in the trash.
        """
        with self._database.write() as connection:
            if _find(connection, song)["trashed"] is None:
                raise BadSetting("This song is not in the trash. Throw it away first, then delete it for good.")
            _erase(connection, [song])
        return self._forget()

    def empty(self) -> tuple[int, list[str]]:
        """Delete everything in the trash for good; how many songs that were, and what `delete` returns."""
        with self._database.write() as connection:
            songs = [row["id"] for row in connection.execute("SELECT id FROM songs WHERE trashed IS NOT NULL")]
            _erase(connection, songs)
        return len(songs), self._forget()

    def _forget(self) -> list[str]:
        """Leave no trace of what was deleted: in the log, in the backups."""
        self._database.fold()
        copies = rescue.backups(self.folder)
        if copies:
            rescue.back_up(self._database, self._clock())
            for copy in copies:
                if copy != rescue.backups(self.folder)[0]:
                    copy.unlink(missing_ok=True)
        return sorted(str(path) for path in self.folder.glob("damaged-*"))

    def _trashed(self, song: str, when: str | None) -> Card:
        with self._database.write() as connection:
            _find(connection, song)
            connection.execute(
                "UPDATE songs SET trashed = iif(?1 IS NULL, NULL, coalesce(trashed, ?1)) WHERE id = ?2", (when, song)
            )
            return cards.card(_find(connection, song))

    # ---------------------------------------------------------------------------------------------------- its versions

    def versions(self, song: str) -> list[VersionCard]:
        """The kept states of a song, the newest first."""
        with self._database.read() as connection:
            row = _find(connection, song)
            rows = connection.execute("SELECT * FROM versions WHERE song = ? ORDER BY number DESC", (row["number"],))
            return [cards.version_card(one, song) for one in rows]

    def version(self, song: str, version: str) -> tuple[VersionCard, Document]:
        """One of them, with its text."""
        with self._database.read() as connection:
            row = _find_version(connection, _find(connection, song), version)
            return cards.version_card(row, song), Document.unpacked(row["document"])

    def name_version(self, song: str, name: str, version: str | None = None) -> VersionCard:
        """Keep the song as it is now under a name, or give a kept state a name."""
        with self._database.write() as connection:
            row = _find(connection, song)
            if version is None:
                kept = saving.keep(connection, row, saving.read(connection, row), NAMED, self._clock(), name)
                return cards.version_card(kept, song)
            kind = _find_version(connection, row, version)["kind"]
            connection.execute(
                "UPDATE versions SET name = ?, kind = ? WHERE id = ?",
                (name, kind if kind == BRANCH else NAMED, version),
            )
            return cards.version_card(_find_version(connection, row, version), song)

    def delete_version(self, song: str, version: str) -> None:
        """Forget a kept state."""
        with self._database.write() as connection:
            row = _find_version(connection, _find(connection, song), version)
            connection.execute("DELETE FROM versions WHERE number = ?", (row["number"],))

    def restore_version(self, song: str, version: str) -> Song:
        """Make a kept state the song; the present text is kept as a version."""
        with self._database.write() as connection:
            row = _find(connection, song)
            text = Document.unpacked(_find_version(connection, row, version)["document"])
            saving.keep(connection, row, saving.read(connection, row), BEFORE, self._clock())
            saving.write(connection, row, text, self._clock())
            return self._song(connection, song)

    # -------------------------------------------------------------------------------------------------- all of them

    def everything(self) -> Iterator[tuple[Card, Document, list[tuple[VersionCard, Document]]]]:
        """Every song that is not in the trash, with its versions, the oldest first."""
        with self._database.read() as connection:
            for row in connection.execute("SELECT * FROM songs WHERE trashed IS NULL ORDER BY number").fetchall():
                kept = connection.execute("SELECT * FROM versions WHERE song = ? ORDER BY number", (row["number"],))
                versions = [(cards.version_card(v, row["id"]), Document.unpacked(v["document"])) for v in kept]
                yield cards.card(row), saving.read(connection, row), versions

    def add(
        self, songs: Iterable[tuple[Document, dict[str, str], list[tuple[dict[str, str], Document]]]]
    ) -> list[Card]:
        """Put songs on the shelf with the times and versions that they bring along.

        Args:
            songs: each with its text, its times (`created`, `updated`), and versions: what is known of each (`name`,
                `kind`, `created`) and its text.
        """
        added = []
        with self._database.write() as connection:
            for text, times, versions in songs:
                name = cards.name()
                number = saving.add(connection, name, text, self._clock())
                for key, at in times.items():
                    connection.execute(f"UPDATE songs SET {key} = ? WHERE number = ?", (at, number))
                row = _find(connection, name)
                for known, old in versions:
                    kept = saving.keep(connection, row, old, known["kind"], self._clock(), known["name"])
                    connection.execute(
                        "UPDATE versions SET created = ? WHERE number = ?", (known["created"], kept["number"])
                    )
                added.append(cards.card(row))
        return added

    def counts(self) -> tuple[int, int]:
        """Songs on the shelf and in the trash."""
        with self._database.read() as connection:
            row = connection.execute("SELECT count(*) - count(trashed), count(trashed) FROM songs").fetchone()
            return row[0], row[1]

    def back_up(self, soon: timedelta = DAILY) -> Path | None:
        """Make a backup if the last one is old and something changed since; where it is."""
        last = max((copy.stat().st_mtime for copy in rescue.backups(self.folder)), default=0.0)
        files = [path for path in self.folder.glob(FILE + "*") if path.suffix != ".db-shm"]
        changed = max(path.stat().st_mtime for path in files)
        if changed <= last or self._clock().timestamp() - last < soon.total_seconds() or not any(self.counts()):
            return None
        return rescue.back_up(self._database, self._clock())

    def tidy(self) -> None:
        """Forget what only tabs that were closed long ago could still ask for; the versions stay."""
        with self._database.write() as connection:
            saving.tidy(connection, cards.stamp(self._clock() - OLD))

    def _song(self, connection: sqlite3.Connection, song: str) -> Song:
        row = _find(connection, song)
        history = connection.execute(
            "SELECT history FROM histories WHERE song = ? AND revision = ?", (row["number"], row["revision"])
        ).fetchone()
        branches = connection.execute(
            "SELECT * FROM versions WHERE song = ? AND kind = ? ORDER BY number", (row["number"], BRANCH)
        )
        return Song(
            cards.card(row),
            saving.read(connection, row),
            history["history"] if history is not None else None,
            tuple(cards.version_card(one, song) for one in branches),
        )


def _find(connection: sqlite3.Connection, song: str) -> sqlite3.Row:
    row = connection.execute("SELECT * FROM songs WHERE id = ?", (song,)).fetchone()
    if row is None:
        raise UnknownName("song", song, (), "It may have been deleted for good. See the shelf.")
    return row


def _find_version(connection: sqlite3.Connection, song: sqlite3.Row, version: str) -> sqlite3.Row:
    row = connection.execute("SELECT * FROM versions WHERE song = ? AND id = ?", (song["number"], version)).fetchone()
    if row is None:
        raise UnknownName("version", version, (), "It may have been deleted. See the song's versions.")
    return row


def _erase(connection: sqlite3.Connection, songs: list[str]) -> None:
    for song in songs:
        number = _find(connection, song)["number"]
        connection.execute("DELETE FROM songs WHERE number = ?", (number,))
        connection.execute("DELETE FROM found WHERE rowid = ?", (number,))
    connection.execute("INSERT INTO found (found) VALUES ('optimize')")  # the index too forgets the words


def _bring_back(connection: sqlite3.Connection, found: rescue.Found, when: datetime) -> None:
    row, text = found.row, Document.unpacked(found.row["document"])
    number = saving.add(connection, row["id"], text, when)
    values: dict[str, Any] = {key: row[key] for key in ("revision", "created", "updated", "trashed")}
    fields = ", ".join(f"{key} = ?" for key in values)
    connection.execute(f"UPDATE songs SET {fields} WHERE number = ?", (*values.values(), number))
    connection.execute("UPDATE revisions SET revision = ? WHERE song = ?", (row["revision"], number))
    for version in found.versions:
        cards.insert(connection, "versions", **{k: v for k, v in version.items() if k != "number"} | {"song": number})
