"""What the store says about songs and versions, as records, and the rows that they are kept in."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from .document import Document

Clock = Callable[[], datetime]

NAMED, AUTO, BRANCH, BEFORE = "named", "auto", "branch", "before"
"""Kinds of versions: given a name; kept by itself; the text of a tab that could not be merged; what stood there before
another text took its place."""
KINDS = (NAMED, AUTO, BRANCH, BEFORE)


@dataclass(frozen=True)
class Card:
    """A song on the shelf.

    Attributes:
        id: its name in addresses.
        title: as typed.
        revision: how often it was saved.
        created: when (ISO 8601, UTC).
        updated: when it was last changed.
        trashed: when it was thrown away; none if it was not.
        lines: sung lines.
        words: words in them.
        opening: its first sung line.
        snippet: where a search found it, the words between U+0001 and U+0002.
    """

    id: str
    title: str
    revision: int
    created: str
    updated: str
    trashed: str | None
    lines: int
    words: int
    opening: str
    snippet: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: value for name, value in asdict(self).items() if name != "snippet" or value is not None}


@dataclass(frozen=True)
class VersionCard:
    """A kept state of a song.

    Attributes:
        id: its name in addresses.
        song: the song's.
        name: as given; empty if it has none.
        kind: one of `KINDS`.
        created: when.
        revision: of the song it was taken from.
        lines: sung lines.
        words: words in them.
    """

    id: str
    song: str
    name: str
    kind: str
    created: str
    revision: int
    lines: int
    words: int

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Song:
    """A song with everything a page needs to show it.

    Attributes:
        card: what the shelf shows.
        document: the song.
        history: what the page keeps for undo, if it belongs to this revision.
        branches: texts of other tabs that wait for a decision.
    """

    card: Card
    document: Document
    history: str | None
    branches: tuple[VersionCard, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return self.card.plain() | {
            "document": self.document.plain(),
            "history": self.history,
            "branches": [branch.plain() for branch in self.branches],
        }


@dataclass(frozen=True)
class Save:
    """A page's wish to keep its text.

    Attributes:
        base: the revision that the text grew from; 0 for a song that is new.
        client: the page's own name.
        sequence: grows with every save of this client.
        document: the text.
        history: what the page wants back for undo.
        resolves: the branch that this text settles; it is then kept whatever others wrote.
    """

    base: int
    client: str
    sequence: int
    document: Document
    history: str | None = None
    resolves: str | None = None


@dataclass(frozen=True)
class Saved:
    """What became of it.

    Attributes:
        status: `saved`; `merged` with what another page wrote; or `conflict`: kept as a branch.
        revision: of the song now.
        updated: when.
        document: of the song now, if it is not what was sent.
        history: whether the history was kept.
        restored: whether the song came out of the trash.
        branch: where the text is, in a conflict.
    """

    status: str
    revision: int
    updated: str
    document: Document | None = None
    history: bool = False
    restored: bool = False
    branch: VersionCard | None = None


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def stamp(when: datetime) -> str:
    """A moment as the store writes it; later moments sort later."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def name() -> str:
    """A new name for a song or a version."""
    return uuid.uuid4().hex


def card(row: sqlite3.Row) -> Card:
    """A row of `songs` (with a snippet, if it comes from a search)."""
    snippet = row["snippet"] if "snippet" in row.keys() else None  # noqa: SIM118 (a row is no mapping)
    return Card(**{key: row[key] for key in Card.__dataclass_fields__ if key != "snippet"}, snippet=snippet)


def version_card(row: sqlite3.Row, song: str) -> VersionCard:
    """A row of `versions`."""
    values = {key: row[key] for key in VersionCard.__dataclass_fields__ if key != "song"}
    return VersionCard(song=song, **values)


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> int:
    """Put a row into a table; its number."""
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    cursor = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
    return cursor.lastrowid or 0
