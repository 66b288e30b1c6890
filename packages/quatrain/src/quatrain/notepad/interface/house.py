"""Answers about the notepad itself: its state, its voices, its description."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from ... import __version__
from .. import blind, document, saving
from ..engine import HEARTBEAT, SILENCE, Event
from .route import BODY, IMPORT, VOICE, Answer, Call, Stream

LIMITS = {
    "body": BODY, "import": IMPORT, "voice": VOICE, "title": document.TITLE, "line": document.LINE,
    "lines": document.LINES, "words": document.WORDS, "parked": document.PARKED, "history": saving.HISTORY,
}  # fmt: skip
_LOOK = 0.3
"""Seconds between two looks at a training."""


def state(call: Call) -> Any:
    """What the notepad can do now; cheap."""
    missing = call.desk.engine.missing()
    songs, trashed = call.desk.songs.counts()
    return {
        "version": __version__,
        "limits": LIMITS,
        "engine": {"ready": not missing, "message": missing or "Ready."},
        "voice": call.desk.voices.current,
        "notice": call.desk.songs.notice,
        "songs": songs,
        "trashed": trashed,
        "folder": str(call.desk.songs.folder),
        "blind": blind.prepared(call.desk.songs.folder / blind.FOLDER),
    }


def warm(call: Call) -> Any:
    """Begin to load the voice."""
    missing = call.desk.engine.warm()
    return {"ready": not missing, "message": missing or "Ready."}


def voices(call: Call) -> Any:
    """Every voice."""
    return call.desk.voices.listed()


def choose(call: Call) -> Any:
    """Let a voice write."""
    call.desk.voices.choose(call.body["name"])
    return call.desk.voices.listed()


def train(call: Call) -> Any:
    """Make a voice from texts and songs."""
    texts = [(text["name"], text["text"]) for text in call.body["texts"]]
    for name in call.body.get("songs", ()):
        song = call.desk.songs.song(name)
        texts.append((song.card.title, song.document.text))
    return Answer(call.desk.voices.train(call.body["name"], texts).plain(), 202)


def delete_voice(call: Call) -> Any:
    """Delete a voice and what it learned from, for good."""
    call.desk.voices.delete(call.path["voice"])
    call.desk.engine.forget()
    return {"deleted": 1}


def job(call: Call) -> Any:
    """A training."""
    return call.desk.voices.job(call.path["job"]).plain()


def stop(call: Call) -> Any:
    """Stop a training."""
    return call.desk.voices.stop(call.path["job"]).plain()


def follow(call: Call) -> Any:
    """A training as it goes on."""
    found = call.desk.voices.job(call.path["job"])

    async def events() -> AsyncIterator[Event]:
        told, silent = None, 0.0
        while True:
            now = found.plain()
            if now != told:
                told, silent = now, 0.0
                yield "job", now
            elif silent >= HEARTBEAT:
                silent = 0.0
                yield SILENCE
            if found.ended:
                return
            await asyncio.sleep(_LOOK)
            silent += _LOOK

    return Stream(events())


def description(call: Call) -> Any:
    """The interface, described."""
    from . import description as written

    return written.openapi()
