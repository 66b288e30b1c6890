"""A draft as the engine reads it: its lines, the section that is being written, and who rhymes with whom."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import BadSetting, BadText
from .scheme import FREE
from .text import sheets, syllables
from .text.lexicon import Lexicon, Pronunciation, lexicon
from .text.words import is_word, key, tokens
from .wishes import Wishes

SEEN = 8
"""Lines before that the models are shown."""


@dataclass(frozen=True)
class Sung:
    """A line of the draft that has words.

    Attributes:
        number: in the draft, from 1.
        text: as typed, without chords and repeat signs.
        words: keys.
        close: the mark after the last word, or none.
        first: whether a section begins with it.
    """

    number: int
    text: str
    words: tuple[str, ...]
    close: str
    first: bool


@dataclass(frozen=True)
class Page:
    """A draft.

    Attributes:
        lines: those with words, in order.
        fresh: whether the next line begins a section.
    """

    lines: tuple[Sung, ...]
    fresh: bool

    @classmethod
    def of(cls, draft: Sequence[str]) -> Page:
        """Read a draft; empty lines and headings end a section."""
        found: list[Sung] = []
        fresh = True
        for number, line in enumerate(draft, 1):
            if not line.strip() or sheets.heading(line) is not None:
                fresh = True
                continue
            sung = _sung(line)
            if sung:
                found.append(Sung(number, *sung, fresh))
                fresh = False
        return cls(tuple(found), fresh)

    @property
    def section(self) -> tuple[Sung, ...]:
        """The lines of the section that is being written."""
        if self.fresh:
            return ()
        start = max(place for place, line in enumerate(self.lines) if line.first)
        return self.lines[start:]

    def line(self, number: int, wish: str) -> Sung:
        """A line by its number.

        Args:
            number: in the draft, from 1.
            wish: what it is for, for the sentence.

        Raises:
            BadSetting: there is no such line, or it has no words.
        """
        for line in self.lines:
            if line.number == number:
                return line
        known = ", ".join(str(line.number) for line in self.lines[-8:]) or "none"
        raise BadSetting(f"Line {number}, {wish}, has no words or is not there. Lines with words: {known}.")

    def partners(self, wishes: Wishes) -> tuple[Sung, ...]:
        """The lines that the next one rhymes with, the nearest last; none if it is free.

        A scheme is counted from where its section begins, again and again: eight lines of ABAB are ABAB CDCD.

        Args:
            wishes: `rhyme_with` wins over `scheme`.
        """
        if wishes.rhyme_with is not None:
            return (self.line(wishes.rhyme_with, "to rhyme with"),)
        if not wishes.scheme:
            return ()
        section = self.section
        step = len(section) % len(wishes.scheme)
        block = section[len(section) - step :]
        letter = wishes.scheme[step]
        return tuple(line for line, other in zip(block, wishes.scheme, strict=False) if other == letter != FREE)


def ending(line: Sung, known: Lexicon | None = None) -> Pronunciation:
    """How the last word of a line sounds."""
    return (known or lexicon()).pronounce(line.words[-1])


def length(line: Sung, known: Lexicon | None = None) -> int:
    """The usual count of a line's syllables."""
    known = known or lexicon()
    return sum(syllables.usual(known.pronounce(word)) for word in line.words)


@functools.lru_cache(maxsize=4096)
def _sung(line: str) -> tuple[str, tuple[str, ...], str] | None:
    """What is sung of a line, its words and its closing mark; none if nothing of it is."""
    if len(line) > 1000:
        raise BadText(f"A line has {len(line):,} characters; lines of songs have up to 1,000. Break it.")
    text = sheets.sung(line)
    found = tokens(text)
    places = [place for place, token in enumerate(found) if is_word(token)]
    if not places:
        return None
    after = next((token for token in found[places[-1] + 1 :] if token[0] in ",;:.!?-—–…"), "")
    return text, tuple(key(found[place]) for place in places), after[:1]
