"""A route: what may come in, what goes out, and the function that answers.

Everything that comes in is held against its shape before the function sees it; the same shapes are the published
description of the interface (`description.py`).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...errors import BadText
from .. import schema as s

if TYPE_CHECKING:
    from ..desk import Desk

BODY, IMPORT, VOICE = 4_000_000, 8_000_000, 32_000_000
"""Bytes of a body: most routes, files that come in, texts for a voice."""


@dataclass(frozen=True)
class Call:
    """A request that fits its route.

    Attributes:
        desk: everything the server has.
        path: the parts of the address that vary.
        query: what stands behind the question mark, with defaults.
        body: JSON, or bytes where the route takes a file.
    """

    desk: Desk
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any


@dataclass(frozen=True)
class Answer:
    """JSON with a status other than 200."""

    value: Any
    status: int


@dataclass(frozen=True)
class File:
    """Bytes to be saved, or kept in the browser under a tag."""

    data: bytes
    media: str
    name: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Stream:
    """Events, one after the other: names and values."""

    events: AsyncIterator[tuple[str, Any]]


@dataclass(frozen=True)
class Route:
    """One way in.

    Attributes:
        method: GET, POST, PUT, PATCH or DELETE.
        path: with parts that vary in braces; what they look like is in `PARTS`.
        summary: one line for people.
        answer: the function. It runs in a thread of its own, except where it gives a `Stream`.
        gives: the shape of its answer, by status; bytes and events have none.
        takes: the shape of the body; none if there is none.
        query: the shapes of what may stand behind the question mark; a tuple is a shape and its default.
        file: the body is a file.
        limit: bytes of the body.
    """

    method: str
    path: str
    summary: str
    answer: Callable[[Call], Any]
    gives: Mapping[int, s.Shape | None]
    takes: s.Shape | None = None
    query: Mapping[str, tuple[s.Shape, Any]] = field(default_factory=dict)
    file: bool = False
    limit: int = BODY


NAME = s.text(32, 16, "[a-z0-9]{16,32}", "16 to 32 letters and digits")
VOICE_NAME = s.text(40, 1, "[a-z0-9_-]*", "small letters, digits, - and _")
PARTS = {
    "song": NAME,
    "version": NAME,
    "job": NAME,
    "format": s.choice("txt", "chordpro", "json", "docx", "pdf"),
    "voice": VOICE_NAME,
    "part": s.choice("lexicon", "endings"),
}
"""What the varying parts of addresses look like."""


def queried(route: Route, given: Mapping[str, str]) -> dict[str, Any]:
    """What stands behind the question mark, as values of the right type.

    Raises:
        BadText: a name that is not known or a value that does not fit.
    """
    found = {name: default for name, (_, default) in route.query.items()}
    for name, text in given.items():
        if name not in route.query:
            raise BadText(f"{name[:40]} is not known here. Known: {', '.join(route.query) or 'nothing'}.")
        shape = route.query[name][0]
        value: Any = text
        if shape["type"] == "integer" and text.lstrip("-").isdecimal() and text.isascii() and len(text) < 12:
            value = int(text)
        elif shape["type"] == "boolean" and text in ("true", "false"):
            value = text == "true"
        s.check(value, shape, name)
        found[name] = value
    return found


def parsed(route: Route, data: bytes) -> Any:
    """The body of a request as its route takes it.

    Raises:
        BadText: not JSON, or JSON of another shape.
    """
    if route.file:
        return data
    if route.takes is None:
        return None
    try:
        value = json.loads(data.decode()) if data.strip() else {}
    except (ValueError, RecursionError) as error:
        raise BadText(f"The body is not JSON in UTF-8 ({error}).") from error
    s.check(value, route.takes)
    return value
