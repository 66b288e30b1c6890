"""Answers of the engine: lines as they come."""

from __future__ import annotations

from typing import Any

from .. import engine
from ..document import CHORDS
from .route import Call, Stream


def suggest(call: Call) -> Any:
    """The next line."""
    draft, wishes = _draft(call), engine.wished(call.body.get("wishes", {}))
    work = lambda writer: map(engine.told, engine.asked(writer, "suggest")(draft, wishes))
    return Stream(call.desk.engine.stream("suggestion", work, wishes.seed))


def verse(call: Call) -> Any:
    """The next lines."""
    draft, wishes = _draft(call), engine.wished(call.body.get("wishes", {}))
    lines = call.body.get("lines", 4)
    work = lambda writer: (
        [engine.told(one) for one in found] for found in engine.asked(writer, "verse")(draft, wishes, lines)
    )
    return Stream(call.desk.engine.stream("verse", work, wishes.seed))


def rewrite(call: Call) -> Any:
    """A line or a word of it anew."""
    draft, wishes, body = _draft(call), engine.wished(call.body.get("wishes", {})), call.body
    work = lambda writer: map(
        engine.told, engine.asked(writer, "rewrite")(draft, body["line"], body.get("word"), wishes)
    )
    return Stream(call.desk.engine.stream("suggestion", work, wishes.seed))


def fill(call: Call) -> Any:
    """A line with gaps."""
    draft, wishes = _draft(call), engine.wished(call.body.get("wishes", {}))
    work = lambda writer: map(engine.told, engine.asked(writer, "fill")(draft, call.body["pattern"], wishes))
    return Stream(call.desk.engine.stream("suggestion", work, wishes.seed))


def _draft(call: Call) -> list[str]:
    """The lines before, as they were sent, without chords."""
    return [CHORDS.sub("", line) for line in call.body["draft"]]
