"""The file that holds the songs: one SQLite file, written so that a kill or a power cut loses nothing that was kept.

A write-ahead log with a sync at every commit (`synchronous=FULL`): a save that was answered is on the disk. What is
deleted is overwritten (`secure_delete`).
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StorageError

MIGRATIONS = (
    """
    CREATE TABLE songs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, document BLOB NOT NULL,
        revision INTEGER NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL, trashed TEXT,
        lines INTEGER NOT NULL, words INTEGER NOT NULL, opening TEXT NOT NULL);
    CREATE INDEX songs_by_change ON songs (updated);
    CREATE TABLE revisions (
        number INTEGER PRIMARY KEY, song INTEGER NOT NULL REFERENCES songs ON DELETE CASCADE, revision INTEGER NOT NULL,
        client TEXT NOT NULL, sequence INTEGER NOT NULL, saved TEXT NOT NULL, document BLOB NOT NULL, sent BLOB,
        UNIQUE (song, revision));
    CREATE INDEX revisions_by_client ON revisions (song, client, revision);
    CREATE TABLE versions (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, song INTEGER NOT NULL REFERENCES songs ON DELETE CASCADE,
        name TEXT NOT NULL, kind TEXT NOT NULL, created TEXT NOT NULL, revision INTEGER NOT NULL,
        document BLOB NOT NULL, lines INTEGER NOT NULL, words INTEGER NOT NULL, client TEXT, sequence INTEGER);
    CREATE INDEX versions_by_song ON versions (song, number);
    CREATE TABLE histories (
        song INTEGER PRIMARY KEY REFERENCES songs ON DELETE CASCADE, revision INTEGER NOT NULL, history TEXT NOT NULL);
    CREATE VIRTUAL TABLE found USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2');
    """,
)
"""Entry n turns a file of version n into one of version n + 1; entries are never changed, only added."""

WAIT = 15.0
"""Seconds that one program waits for another one's write to end."""


class Database:
    """Connections to the file, one for each thread that is at work.

    Args:
        path: the file; it is made if it is not there, and brought up to date if it is of an older version.

    Raises:
        StorageError: a folder that cannot be written, or a file of a newer version.
        sqlite3.DatabaseError: a damaged file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._writing = threading.Lock()  # threads of this program queue here, which is fair, rather than in SQLite
        self._closed = False
        with _explained(path), self._connection() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise StorageError(
                    f"{path} was written by a newer quatrain (version {version} of the file, known here up to "
                    f"{len(MIGRATIONS)}). Install the newer quatrain again, or move the file away."
                )
        for step in range(version, len(MIGRATIONS)):
            self._migrate(step)

    def _migrate(self, step: int) -> None:
        with self.write() as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] != step:
                return  # another program was faster
            for statement in MIGRATIONS[step].split(";"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step + 1}")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file."""
        with _explained(self.path), self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are all kept, on the disk, when the block ends; or none, if it fails."""
        with self._writing, _explained(self.path), self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def fold(self) -> None:
        """Bring the write-ahead log into the file and empty it."""
        with _explained(self.path), self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy(self, to: Path) -> None:
        """A consistent copy of the file, while others write."""
        part = to.with_suffix(".part")
        with _explained(self.path), self._connection() as connection:
            target = sqlite3.connect(part)
            try:
                connection.backup(target)
            finally:
                target.close()
        part.replace(to)

    def close(self) -> None:
        """Close every idle connection; the last one folds the log into the file."""
        self._closed = True
        while not self._idle.empty():
            self._idle.get().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = connected(self.path)
        try:
            yield connection
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.put(connection)


def connected(path: Path) -> sqlite3.Connection:
    """A connection with this store's ways."""
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """SQLite's errors as sentences."""
    try:
        yield
    except sqlite3.OperationalError as error:
        reason = str(error)
        if "full" in reason:
            remedy = "Make room on the disk; the page keeps your text until it can be stored."
        elif "locked" in reason:
            remedy = "Another program holds it; close that program."
        elif "no such module: fts5" in reason:
            remedy = "This Python's SQLite lacks full-text search (FTS5); install a Python whose SQLite has it."
        else:
            remedy = "Check that its folder exists and may be written."
        raise StorageError(f"The songs in {path} cannot be read or written ({reason}). {remedy}") from error
    except sqlite3.IntegrityError:
        raise  # a mistake of this program, not of the file
    except sqlite3.DatabaseError as error:
        raise Damaged(
            f"The file of songs {path} is damaged ({error}). Stop quatrain and start it again: the damaged file is set "
            "aside and everything that can be read is brought back."
        ) from error


class Damaged(StorageError):
    """The file is not what SQLite wrote."""
