"""Autosave: a text that grew from a revision becomes the next one, beside whatever other tabs wrote meanwhile.

Three texts decide: the *ancestor* (what this client's text grew from), what the song is *now*, and what is *sent*.
Nobody wrote meanwhile: the sent text is the next revision. Somebody did, on other lines: both are merged. On the same
line: the sent text is kept as a branch of this client, and the person decides.

An answer may get lost (the server is killed after it wrote). So the ancestor of a text is the last text that this very
client sent, if that is newer than the base it names: nobody is ever in conflict with himself.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from ..errors import UnknownName
from . import cards
from .cards import AUTO, BEFORE, BRANCH, Save, Saved, insert
from .document import Document
from .merging import merged

HISTORY = 1_000_000
"""Characters of undo history that are kept."""
EVERY = timedelta(minutes=10)
"""How often a version is kept by itself while somebody writes."""
AUTOS, REVISIONS, CLIENTS = 40, 300, 30
"""How many versions by themselves and revisions of a song are kept, and of how many clients the last text."""


def save(connection: sqlite3.Connection, song: str, wish: Save, when: datetime) -> Saved:
    """Keep a text, inside a transaction; see `Songs.save`."""
    row = connection.execute("SELECT * FROM songs WHERE id = ?", (song,)).fetchone()
    if row is None:
        if wish.base:
            raise UnknownName("song", song, (), "It was deleted for good. Save the text as a new song.")
        number = add(connection, song, wish.document, when, wish.client, wish.sequence)
        return Saved("saved", 1, cards.stamp(when), history=_keep_history(connection, number, 1, wish.history))
    own = connection.execute(
        "SELECT * FROM revisions WHERE song = ? AND client = ? ORDER BY revision DESC LIMIT 1",
        (row["number"], wish.client),
    ).fetchone()
    branch = connection.execute(
        "SELECT * FROM versions WHERE song = ? AND client = ? AND kind = ?", (row["number"], wish.client, BRANCH)
    ).fetchone()
    current = read(connection, row)
    if branch is not None and wish.sequence <= branch["sequence"]:
        return _conflict(row, current, branch)
    if own is not None and wish.sequence <= own["sequence"]:
        text = Document.unpacked(own["document"]) if own["sent"] else None
        return Saved("merged" if text else "saved", own["revision"], own["saved"], text)
    ancestor = _ancestor(connection, row["number"], wish.base, own)
    if ancestor == current:
        result = wish.document
    else:
        result = merged(ancestor, current, wish.document) if ancestor is not None else None
        if result is None and wish.document == current:
            result = current
        if result is None and wish.resolves is None:
            return _branched(connection, row, current, branch, wish, when)
    return _kept(connection, row, current, result or wish.document, wish, when)


def add(
    connection: sqlite3.Connection, song: str, text: Document, when: datetime, client: str = "", sequence: int = 0
) -> int:
    """Put a new song on the shelf; its number."""
    at = cards.stamp(when)
    number = insert(connection, "songs", id=song, created=at, trashed=None, **_row(text, 1, at))
    insert(connection, "found", rowid=number, title=text.title, text=text.text)
    _remember(connection, number, 1, client, sequence, at, text, None)
    return number


def write(
    connection: sqlite3.Connection, row: sqlite3.Row, text: Document, when: datetime, client: str = "",
    sequence: int = 0, sent: Document | None = None,
) -> int:  # fmt: skip
    """Make a text the song's next revision, and take the song out of the trash; the revision."""
    revision, at, number = row["revision"] + 1, cards.stamp(when), row["number"]
    values = _row(text, revision, at)
    fields = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE songs SET {fields}, trashed = NULL WHERE number = ?", (*values.values(), number))
    connection.execute("UPDATE found SET title = ?, text = ? WHERE rowid = ?", (text.title, text.text, number))
    _remember(connection, number, revision, client, sequence, at, text, sent)
    if revision % 20 == 0:
        _forget(connection, number, revision)
    return revision


def keep(
    connection: sqlite3.Connection, row: sqlite3.Row, text: Document, kind: str, when: datetime, name: str = "",
    client: str | None = None, sequence: int | None = None,
) -> sqlite3.Row:  # fmt: skip
    """Keep a text as a version of a song; its row."""
    lines, words = text.size()
    number = insert(
        connection, "versions", id=cards.name(), song=row["number"], name=name, kind=kind, created=cards.stamp(when),
        revision=row["revision"], document=text.packed(), lines=lines, words=words, client=client, sequence=sequence,
    )  # fmt: skip
    return _version(connection, number)


def _version(connection: sqlite3.Connection, number: int) -> sqlite3.Row:
    return connection.execute("SELECT * FROM versions WHERE number = ?", (number,)).fetchone()


def read(connection: sqlite3.Connection, row: sqlite3.Row) -> Document:
    """The text of a song; from its newest whole revision, should its own row be damaged."""
    for document in (row["document"], *_revisions(connection, row["number"])):
        try:
            return Document.unpacked(document)
        except Exception:  # zlib, JSON, or a shape that is none: whatever it is, the next copy may be whole
            continue
    raise sqlite3.DatabaseError(f"no copy of the song '{row['title']}' can be read")


def _revisions(connection: sqlite3.Connection, number: int) -> list[bytes]:
    rows = connection.execute("SELECT document FROM revisions WHERE song = ? ORDER BY revision DESC", (number,))
    return [row["document"] for row in rows]


def _ancestor(connection: sqlite3.Connection, number: int, base: int, own: sqlite3.Row | None) -> Document | None:
    """What a client's text grew from; none if that is no longer known."""
    if own is not None and own["revision"] > base:
        return Document.unpacked(own["sent"] or own["document"])
    if base == 0:
        return Document()
    for table in ("revisions", "versions"):
        row = connection.execute(
            f"SELECT document FROM {table} WHERE song = ? AND revision = ?"
            + (f" AND kind NOT IN ('{BRANCH}')" if table == "versions" else ""),
            (number, base),
        ).fetchone()
        if row is not None:
            return Document.unpacked(row["document"])
    return None


def _kept(
    connection: sqlite3.Connection, row: sqlite3.Row, current: Document, result: Document, wish: Save, when: datetime
) -> Saved:
    """Write what came of it, unless it is there already."""
    merged_in = result != wish.document
    if wish.resolves is not None:
        if current != result:
            keep(connection, row, current, BEFORE, when)
        connection.execute("DELETE FROM versions WHERE song = ? AND id = ?", (row["number"], wish.resolves))
    connection.execute(  # a branch that was left behind waits for nobody any more
        "UPDATE versions SET kind = ?, client = NULL WHERE song = ? AND client = ? AND kind = ?",
        (BEFORE, row["number"], wish.client, BRANCH),
    )
    if result != current:
        _keep_auto(connection, row, current, when)
        sent = wish.document if merged_in else None
        revision = write(connection, row, result, when, wish.client, wish.sequence, sent)
    else:
        revision = row["revision"]
        connection.execute("UPDATE songs SET trashed = NULL WHERE number = ?", (row["number"],))
    history = _keep_history(connection, row["number"], revision, None if merged_in else wish.history)
    updated = row["updated"] if result == current else cards.stamp(when)
    status, text = ("merged", result) if merged_in else ("saved", None)
    return Saved(status, revision, updated, text, history, restored=row["trashed"] is not None)


def _branched(
    connection: sqlite3.Connection, row: sqlite3.Row, current: Document, branch: sqlite3.Row | None, wish: Save,
    when: datetime,
) -> Saved:  # fmt: skip
    """Keep a text that cannot be merged as this client's branch; there is one for each client."""
    if branch is None:
        branch = keep(connection, row, wish.document, BRANCH, when, "", wish.client, wish.sequence)
        return _conflict(row, current, branch)
    lines, words = wish.document.size()
    connection.execute(
        "UPDATE versions SET document = ?, lines = ?, words = ?, sequence = ?, created = ? WHERE number = ?",
        (wish.document.packed(), lines, words, wish.sequence, cards.stamp(when), branch["number"]),
    )
    return _conflict(row, current, _version(connection, branch["number"]))


def _conflict(row: sqlite3.Row, current: Document, branch: sqlite3.Row) -> Saved:
    card = cards.version_card(branch, row["id"])
    return Saved("conflict", row["revision"], row["updated"], current, branch=card)


def _keep_auto(connection: sqlite3.Connection, row: sqlite3.Row, current: Document, when: datetime) -> None:
    """Keep the text as it was, if the last kept one is some time back."""
    last = connection.execute(
        "SELECT created, document FROM versions WHERE song = ? AND kind != ? ORDER BY number DESC LIMIT 1",
        (row["number"], BRANCH),
    ).fetchone()
    since = last["created"] if last is not None else row["created"]
    if cards.stamp(when - EVERY) < since or not current.sung:
        return
    if last is not None and Document.unpacked(last["document"]) == current:
        return
    keep(connection, row, current, AUTO, when)
    connection.execute(
        "DELETE FROM versions WHERE song = ?1 AND kind = ?2 AND number NOT IN "
        "(SELECT number FROM versions WHERE song = ?1 AND kind = ?2 ORDER BY number DESC LIMIT ?3)",
        (row["number"], AUTO, AUTOS),
    )


def _keep_history(connection: sqlite3.Connection, number: int, revision: int, history: str | None) -> bool:
    kept = history is not None and len(history) <= HISTORY
    connection.execute("DELETE FROM histories WHERE song = ?", (number,))
    if kept:
        insert(connection, "histories", song=number, revision=revision, history=history)
    return kept


def _remember(
    connection: sqlite3.Connection, number: int, revision: int, client: str, sequence: int, at: str, text: Document,
    sent: Document | None,
) -> None:  # fmt: skip
    insert(
        connection, "revisions", song=number, revision=revision, client=client, sequence=sequence, saved=at,
        document=text.packed(), sent=sent.packed() if sent is not None else None,
    )  # fmt: skip


def _forget(connection: sqlite3.Connection, number: int, revision: int) -> None:
    """Drop old revisions, but for the last one of each client: its next text will have grown from that."""
    connection.execute(
        "DELETE FROM revisions WHERE song = ?1 AND revision <= ?2 AND number NOT IN (SELECT max(number) FROM revisions "
        "WHERE song = ?1 GROUP BY client ORDER BY max(number) DESC LIMIT ?3)",
        (number, revision - REVISIONS, CLIENTS),
    )


def tidy(connection: sqlite3.Connection, before: str) -> None:
    """Drop the revisions, but for the last, of songs that nobody has changed since some time."""
    connection.execute(
        "DELETE FROM revisions WHERE song IN (SELECT number FROM songs WHERE updated < ?) "
        "AND number NOT IN (SELECT max(number) FROM revisions GROUP BY song)",
        (before,),
    )


def _row(text: Document, revision: int, at: str) -> dict[str, object]:
    lines, words = text.size()
    opening = next(iter(text.sung), "")[:200]
    return {
        "title": text.title, "document": text.packed(), "revision": revision, "updated": at, "lines": lines,
        "words": words, "opening": opening,
    }  # fmt: skip
