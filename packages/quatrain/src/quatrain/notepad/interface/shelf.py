"""Answers about songs: the shelf, autosave, the trash, versions."""

from __future__ import annotations

from typing import Any

from ..cards import Save, Saved
from ..document import Document
from ..merging import compared
from .route import Answer, Call


def shelf(call: Call) -> Any:
    """The songs that there are."""
    cards, total = call.desk.songs.shelf(
        call.query["q"], call.query["trash"], call.query["limit"], call.query["offset"]
    )
    return {"songs": [card.plain() for card in cards], "total": total}


def new(call: Call) -> Any:
    """A new song."""
    given = call.body.get("document")
    return Answer(call.desk.songs.new(Document.read(given) if given else None).plain(), 201)


def song(call: Call) -> Any:
    """One song."""
    return call.desk.songs.song(call.path["song"]).plain()


def save(call: Call) -> Any:
    """Autosave."""
    body = call.body
    wish = Save(
        body["base"],
        body["client"],
        body["sequence"],
        Document.read(body["document"]),
        body.get("history"),
        body.get("resolves"),
    )
    saved = call.desk.songs.save(call.path["song"], wish)
    return _conflict(saved) if saved.branch is not None else _saved(saved)


def _saved(saved: Saved) -> dict[str, Any]:
    answer = {
        "status": saved.status, "revision": saved.revision, "updated": saved.updated, "history": saved.history,
        "restored": saved.restored,
    }  # fmt: skip
    return answer | ({"document": saved.document.plain()} if saved.document is not None else {})


def _conflict(saved: Saved) -> Answer:
    assert saved.branch is not None and saved.document is not None
    message = (
        "Another tab changed the same line. Your text is safe: it is kept as a version of this song. Keep yours, take "
        "the other one, or put both together."
    )
    return Answer(
        {
            "error": {"code": "conflict", "message": message},
            "revision": saved.revision,
            "document": saved.document.plain(),
            "branch": saved.branch.plain(),
        },
        409,
    )


def trash(call: Call) -> Any:
    """To the trash."""
    return call.desk.songs.trash(call.path["song"]).plain()


def restore(call: Call) -> Any:
    """Back from the trash."""
    return call.desk.songs.restore(call.path["song"]).plain()


def delete(call: Call) -> Any:
    """For good."""
    return {"deleted": 1, "kept_aside": call.desk.songs.delete(call.path["song"])}


def empty(call: Call) -> Any:
    """The whole trash, for good."""
    count, aside = call.desk.songs.empty()
    return {"deleted": count, "kept_aside": aside}


def versions(call: Call) -> Any:
    """The kept states of a song."""
    return {"versions": [version.plain() for version in call.desk.songs.versions(call.path["song"])]}


def name_version(call: Call) -> Any:
    """Keep the present state under a name."""
    return Answer(call.desk.songs.name_version(call.path["song"], call.body["name"]).plain(), 201)


def version(call: Call) -> Any:
    """One kept state."""
    card, document = call.desk.songs.version(call.path["song"], call.path["version"])
    return card.plain() | {"document": document.plain()}


def rename_version(call: Call) -> Any:
    """Give a kept state a name."""
    return call.desk.songs.name_version(call.path["song"], call.body["name"], call.path["version"]).plain()


def delete_version(call: Call) -> Any:
    """Forget a kept state."""
    call.desk.songs.delete_version(call.path["song"], call.path["version"])
    return {"deleted": 1}


def restore_version(call: Call) -> Any:
    """Make a kept state the song."""
    return call.desk.songs.restore_version(call.path["song"], call.path["version"]).plain()


def diff(call: Call) -> Any:
    """What changed between two states."""
    texts = {}
    for side in ("from", "to"):
        name = call.query[side]
        if name == "now":
            document = call.desk.songs.song(call.path["song"]).document
        else:
            _, document = call.desk.songs.version(call.path["song"], name)
        texts[side] = [line.text for line in document.lines]
    changes = compared(texts["from"], texts["to"])
    return {
        "from": call.query["from"],
        "to": call.query["to"],
        "added": sum(change.op == "add" for change in changes),
        "removed": sum(change.op == "remove" for change in changes),
        "lines": [{"op": c.op, "text": c.text, "from": c.before, "to": c.after} for c in changes],
    }
