"""What a voice of one's own says otherwise: words it leans to, how its songs rhyme, lines before and after."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .errors import NothingFits
from .models.lexis import Lexis
from .models.vocabulary import Stream
from .text.lines import Lines
from .text.rhyme import EXACT, SOUGHT
from .text.sound import KINDS
from .wishes import Wishes

if TYPE_CHECKING:
    from .suggest import Writer

SHOWN = 12
"""Words and pairs of words that are named."""
SAMPLES = 3
_CONTENT = ("NN", "NNS", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "JJ", "RB", "UH")


@dataclass(frozen=True)
class Rhymes:
    """How somebody's lines rhyme with one of the four before.

    Attributes:
        perfect: share of lines that do so perfectly.
        near: share of lines that do so nearly, and not perfectly.
        pairs: end words, the most frequent first.
    """

    perfect: float = 0.0
    near: float = 0.0
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sample:
    """A line of hers that was held out, and what follows it.

    Attributes:
        line: hers.
        before: the line that the voice before puts first.
        after: the line that the new one puts first.
    """

    line: str
    before: str
    after: str


def leaning(lexis: Lexis, own: Stream, shift: np.ndarray) -> tuple[str, ...]:
    """Words of content that a voice says more often than before, by what that saves on the text.

    Args:
        lexis: its words.
        own: the text.
        shift: what was added to the bias of each kind, in nats [kinds].
    """
    counts = np.bincount(own.kind[own.kind >= 0], minlength=len(shift))
    content = np.isin(lexis.kind_tag, [lexis.tag_number[tag] for tag in _CONTENT if tag in lexis.tag_number])
    saved = np.where(content, counts * np.maximum(shift, 0), 0.0)
    order = np.argsort(-saved, kind="stable")[: 4 * SHOWN]
    words = dict.fromkeys(lexis.words[lexis.kind_word[kind]] for kind in order.tolist() if saved[kind] > 0)
    return tuple(itertools.islice(words, SHOWN))


def rhymes(lines: Lines, rows: np.ndarray) -> Rhymes:
    """How chosen lines rhyme with those before them."""
    kind = lines.relation[rows]
    exact, sought = (np.isin(kind, [KINDS.index(one) for one in kinds]) for kinds in (EXACT, SOUGHT))
    word = lambda row: lines.kinds.words[lines.ends[row]]
    found = Counter(
        (word(row - int(np.argmax(one)) - 1), word(row))
        for row, one in zip(rows.tolist(), exact, strict=True)
        if one.any()
    )
    perfect = exact.any(1)
    pairs = sorted(found, key=lambda pair: (-found[pair], pair))[:SHOWN]
    return Rhymes(float(perfect.mean()), float((sought.any(1) & ~perfect).mean()), tuple(pairs))


def samples(old: Writer, new: Writer, lines: Lines, rows: np.ndarray) -> tuple[Sample, ...]:
    """How both voices go on from a few held-out lines, in rhyme with them.

    Args:
        old: the voice before.
        new: the one that has learned.
        lines: her text.
        rows: lines held out.
    """
    fit = rows[(lines.lengths[rows] >= 4) & (lines.lengths[rows] <= 11)]
    found: list[Sample] = []
    for row in fit[np.unique(np.linspace(0, len(fit) - 1, 3 * SAMPLES).astype(int))].tolist() if len(fit) else ():
        if len(found) == SAMPLES:
            break
        line = str(lines.text[row])
        try:
            asked = [next(iter(one.suggest([line], Wishes(rhyme_with=1, count=1)))).text for one in (old, new)]
        except NothingFits:
            continue
        found.append(Sample(line, *asked))
    return tuple(found)
