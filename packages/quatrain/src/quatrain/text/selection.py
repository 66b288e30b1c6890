"""Which stretches of a big collection of verse to learn from: windows of 40 lines, each taken whole or left.

    english    at least a fifth of the words are English function words, and nine tenths stand in the dictionary
    shaped     at least 85 % of the lines have 3 to 10 words and begin with a capital
    rhymed     more than half of the lines rhyme with one of the next or last three
    plain      no archaic grammar (thou, hath, o'er)

The Gutenberg Poetry Corpus has 3.05 million lines in book order with prefaces, other languages and Middle English
between. `english & shaped & rhymed` is what is tagged; `plain` as well is the default for learning structure
(`verse.py` filters it).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import phones as ph
from .lexicon import lexicon
from .lists import listed

WINDOW = 40
"""Lines judged together."""
VERSION = "selection-1"
FUNCTION_WORDS = frozenset(
    listed(
        "the and of to a in i that it is was he his my with for as but on be you not her at they by this all so "
        "have from she him or we are had me when which no their were if what there who our your will would one "
        "out up then now them do upon like where into an how its thou thy thee has been shall may more did than "
        "us could can"
    )
)
ARCHAIC = re.compile(r"\b(?:thee|thou|thy|thine|hath|doth|hast|dost|shalt|saith|quoth|o'er|e'er|ne'er)\b")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")


@dataclass(frozen=True)
class Judgement:
    """Shares of a window, each from 0 to 1, and whether it has archaic grammar."""

    english: float
    known: float
    shaped: float
    rhymed: float
    archaic: bool

    @property
    def taken(self) -> bool:
        """Whether a window is tagged and learned from at all."""
        return self.english >= 0.20 and self.known >= 0.90 and self.shaped >= 0.85 and self.rhymed > 0.5


def judge(lines: Sequence[str]) -> Judgement:
    """Judge one window of lines (gaps don't count)."""
    texts = [line.replace("’", "'") for line in lines if line]
    words = [_WORD.findall(text.lower()) for text in texts]
    total = sum(map(len, words)) or 1
    english = sum(word in FUNCTION_WORDS for line in words for word in line) / total
    shaped = sum(
        3 <= len(line) <= 10 and next((c for c in text if c.isalpha()), "a").isupper()
        for text, line in zip(texts, words, strict=True)
    ) / (len(texts) or 1)
    if english < 0.20 or shaped < 0.85:  # no need to look at the rest of it
        return Judgement(english, 0.0, shaped, 0.0, False)
    known = sum(_is_known(word) for line in words for word in line) / total
    return Judgement(english, known, shaped, _rhymed([line[-1] if line else "" for line in words]), archaic(texts))


def archaic(lines: Sequence[str]) -> bool:
    """Whether any of these lines has archaic grammar."""
    return any(ARCHAIC.search(line.lower()) for line in lines)


def windows(lines: Sequence[str]) -> list[tuple[int, Judgement]]:
    """Every window of a document: where it begins, and how it was judged."""
    starts = range(0, len(lines), WINDOW)
    return [(start, judge(lines[start : start + WINDOW])) for start in starts]


def taken(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of the windows that are taken; a gap stands where others were left out."""
    kept: list[str] = []
    end = 0
    for start, judgement in windows(lines):
        if judgement.taken:
            if kept and start != end:
                kept.append("")
            kept += lines[start : start + WINDOW]
            end = start + WINDOW
    return tuple(kept)


@functools.lru_cache(maxsize=1 << 18)
def _is_known(word: str) -> bool:
    return "'" in word or word in lexicon()  # elisions are English; Middle English has none


def _rhymed(ends: Sequence[str]) -> float:
    """The share of lines that rhyme, in some reading, with another word at most three lines away."""
    known = lexicon()
    keys = [{ph.rhyme(reading) for reading in known.pronounce(word).readings} if word else set() for word in ends]
    rhyming = 0
    for place, mine in enumerate(keys):
        near = [i for i in range(max(0, place - 3), min(len(ends), place + 4)) if ends[i] != ends[place]]
        rhyming += any(mine & keys[i] for i in near)
    return rhyming / (len(ends) or 1)
