"""Verse as the structure model sees it: a line, the lines before it, and how it rhymes with the last four."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .corpus import Part
from .diction import Filters
from .lexicon import Found
from .lines import PARTS, Lines
from .rhyme import Kind
from .sound import FOUND, HISTORY, KINDS


@dataclass(frozen=True)
class Wanted:
    """Which lines of a source to use.

    Attributes:
        part: training, validation or test.
        low: fewest words.
        high: most words.
        plain: only lines from stretches without archaic grammar.
        filters: leave out lines with archaic, dialect or profane words; of names, `names=True` leaves out lines with
            one.
        known: only lines without a guessed word.
        fresh: only the first of equal lines (so that no held-out line was seen in training).
    """

    part: Part = Part.TRAIN
    low: int = 3
    high: int = 11
    plain: bool = True
    filters: Filters = Filters(names=False)
    known: bool = True
    fresh: bool = True

    def rows(self, lines: Lines) -> np.ndarray:
        """The lines that are wanted, in order."""
        fit = (lines.part == PARTS.index(self.part)) & (lines.lengths >= self.low) & (lines.lengths <= self.high)
        fit &= lines.marks & np.uint8(self.filters.mask) == 0
        if self.plain:
            fit &= lines.plain
        if self.fresh:
            fit &= lines.fresh
        if self.known:
            guessed = lines.kinds.found[lines.words] == FOUND.index(Found.GUESS)
            fit &= ~np.logical_or.reduceat(guessed, lines.offsets[:-1])
        return np.flatnonzero(fit)


@dataclass(frozen=True)
class Verse:
    """Lines with what stands before them.

    Attributes:
        lines: the source.
        rows: the lines [n].
        before: the line 1, 2, … lines back, or -1 where the document begins or that line is not wanted [n, HISTORY].
        relation: how the line rhymes with each of those, places in `KINDS`; none where there is no line [n, HISTORY].
        gap: whether a new stanza begins with the line, or with one of the lines between [n, HISTORY].
    """

    lines: Lines
    rows: np.ndarray
    before: np.ndarray
    relation: np.ndarray
    gap: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


def examples(lines: Lines, wanted: Wanted | None = None) -> Verse:
    """The examples of the structure model.

    Lines before may repeat earlier ones and may have a guessed word, but are otherwise as wanted.

    Args:
        lines: a source of verse.
        wanted: which lines.
    """
    wanted = wanted or Wanted()
    rows = wanted.rows(lines)
    context = np.zeros(len(lines), bool)
    context[Wanted(wanted.part, 1, 99, wanted.plain, wanted.filters, known=False, fresh=False).rows(lines)] = True
    before = rows[:, None] - np.arange(1, HISTORY + 1)
    safe = np.maximum(before, 0)
    fit = (before >= 0) & (lines.document[safe] == lines.document[rows][:, None]) & context[safe]
    fit = np.logical_and.accumulate(fit, axis=1)
    breaks = np.concatenate([[0], np.cumsum(lines.gap)])
    gap = breaks[rows + 1][:, None] > breaks[safe + 1]
    relation = np.where(fit, lines.relation[rows], KINDS.index(Kind.NONE)).astype(np.uint8)
    return Verse(lines, rows, np.where(fit, before, -1), relation, gap & fit)
