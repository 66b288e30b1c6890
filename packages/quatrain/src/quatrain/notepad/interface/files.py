"""Answers with files: songs out and in."""

from __future__ import annotations

from typing import Any

from .. import exchange
from ..document import Document
from .route import Answer, Call, File


def export(call: Call) -> Any:
    """A song of the shelf as a file."""
    return _file(call.desk.songs.song(call.path["song"]).document, call.path["format"])


def export_text(call: Call) -> Any:
    """A text that is sent along as a file."""
    return _file(Document.read(call.body["document"]), call.path["format"])


def everything(call: Call) -> Any:
    """Every song in one file."""
    return File(exchange.backup(call.desk.songs.everything()), "application/json", "songs.json")


def arrive(call: Call) -> Any:
    """Songs from a file."""
    songs, notes = exchange.read(call.body, call.query["name"])
    cards = call.desk.songs.add((song.document, song.times, song.versions) for song in songs)
    return Answer({"songs": [card.plain() for card in cards], "notes": notes}, 201)


def _file(document: Document, name: str) -> File:
    data, media, file = exchange.written(document, name)
    return File(data, media, file)
