"""A song as the sheet shows it: a title and lines, each line with where it came from.

A heading is a line too (`[Verse 2]`), so that moving lines moves sections, and comparing lines compares songs. What a
section has (its rhyme scheme) hangs on its heading line.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..text import words as text_words
from . import schema as s

TITLE, LINE, LINES, WORDS, PARKED, SCHEME = 300, 20_000, 20_000, 1_000, 200, 32
"""The longest title, line (characters) and song (lines); the most overrides and parked lines; letters in a scheme."""

MINE, SUGGESTED, EDITED = "mine", "suggested", "edited"
BY = (MINE, SUGGESTED, EDITED)

_NOTE = "[A-G](?:#|b|♯|♭)?"
_CHORD = rf"{_NOTE}(?:maj|min|m|M|dim|aug|sus|add|ø|°|\+|-)?\d*(?:(?:sus|add|maj|b|#|\+|-)\d+)*(?:/{_NOTE})?"
CHORDS = re.compile(rf"\[(?:{_CHORD}|N\.?C\.?)\]|\[\*[^\]]*\]")
"""Chords inside a line, `I [Am]left my coat`: they are not sung."""
_HEADING = re.compile(r"\s*\[([^\[\]]{1,80})\]\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Line:
    """One line of the sheet.

    Attributes:
        text: without a line break.
        by: who wrote it: `mine`, `suggested`, or `edited` (suggested and then changed by hand).
        scheme: of a heading: the rhyme scheme of its section, letters repeated over its lines; X is free.
    """

    text: str
    by: str = MINE
    scheme: str = ""

    def plain(self) -> dict[str, str]:
        """As JSON has it, defaults left out."""
        return {"text": self.text} | _given(by=self.by if self.by != MINE else "", scheme=self.scheme)

    @classmethod
    def read(cls, value: Mapping[str, str]) -> Line:
        """From JSON that fits `SCHEMA`."""
        return cls(clean(value["text"]), value.get("by", MINE), value.get("scheme", ""))


@dataclass(frozen=True)
class Document:
    """A song.

    Attributes:
        title: as typed.
        lines: every line of the sheet, headings and empty ones too.
        scheme: of the lines before the first heading.
        words: the songwriter's own counts or sounds of words in this song, as `text.lexicon.Lexicon` takes them.
        parked: lines put aside.
    """

    title: str = ""
    lines: tuple[Line, ...] = ()
    scheme: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    parked: tuple[Line, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON has it, defaults left out."""
        return {"title": self.title, "lines": [line.plain() for line in self.lines]} | _given(
            scheme=self.scheme, words=dict(self.words), parked=[line.plain() for line in self.parked]
        )

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Document:
        """From JSON that fits `SCHEMA`."""
        return cls(
            " ".join(_BREAK.split(clean(value.get("title", "")))),
            tuple(map(Line.read, value.get("lines", ()))),
            value.get("scheme", ""),
            {clean(word): clean(said) for word, said in value.get("words", {}).items()},
            tuple(map(Line.read, value.get("parked", ()))),
        )

    @classmethod
    def of(cls, title: str, text: str) -> Document:
        """A song from its plain text."""
        return cls(title, tuple(map(Line, broken(clean(text)))))

    def packed(self) -> bytes:
        """As the store keeps old texts: JSON, compressed."""
        return zlib.compress(self.json().encode(), 1)

    @classmethod
    def unpacked(cls, data: bytes) -> Document:
        """Inverse of `packed`."""
        return cls.read(json.loads(zlib.decompress(data)))

    def json(self) -> str:
        """As JSON, in one line."""
        return json.dumps(self.plain(), ensure_ascii=False, separators=(",", ":"))

    @property
    def text(self) -> str:
        """The sheet as text."""
        return "\n".join(line.text for line in self.lines)

    @property
    def sung(self) -> list[str]:
        """The lines that are sung, without chords."""
        bare = (sung(line.text) for line in self.lines)
        return [text for text in bare if text]

    def size(self) -> tuple[int, int]:
        """Sung lines, and words in them."""
        lines = self.sung
        return len(lines), sum(len(line.split()) for line in lines)


def heading(text: str) -> str | None:
    """The name of the section that a line begins; none if it is no heading."""
    found = _HEADING.fullmatch(text)
    return found[1].strip() or None if found and not CHORDS.fullmatch(text.strip()) else None


def sung(text: str) -> str:
    """What is sung of a line: no chords; nothing of a heading."""
    return "" if heading(text) is not None else CHORDS.sub("", text).strip()


def said(text: str) -> list[str]:
    """The keys of the words that are sung in a line."""
    return text_words.words(sung(text))


def clean(text: str) -> str:
    """Text that every file can hold: no control characters but tab and line break, no halves of characters."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", text)


def broken(text: str) -> list[str]:
    r"""Text cut at `\n`, `\r\n` and `\r` only."""
    return _BREAK.split(text)


def sections(lines: Iterable[Line]) -> list[tuple[Line | None, list[Line]]]:
    """A song's sections: the heading (none for what stands before the first) and the lines under it."""
    found: list[tuple[Line | None, list[Line]]] = [(None, [])]
    for line in lines:
        if heading(line.text) is None:
            found[-1][1].append(line)
        else:
            found.append((line, []))
    return found


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


_ONE_LINE = r"[^\r\n]*"
_SCHEME = s.text(SCHEME, pattern="[A-Z]*", note="letters, repeated over the section's lines; X is free; empty: none")
_LINE = s.record(
    "Line", {"text": s.text(LINE, pattern=_ONE_LINE)}, {"by": s.choice(*BY), "scheme": _SCHEME}
)  # fmt: skip
_PARKED = s.record("Parked", {"text": s.text(LINE, pattern=_ONE_LINE)}, {"by": s.choice(*BY)})
SCHEMA = s.record(
    "Document",
    {"title": s.text(TITLE), "lines": s.array(_LINE, LINES)},
    {
        "scheme": _SCHEME,
        "words": s.mapping(s.text(200), WORDS, names=100, note="a count (2), counts (1 2) or sounds (F AY1 R)"),
        "parked": s.array(_PARKED, PARKED),
    },
)
"""What a document looks like as JSON."""
