"""Prose as the vocabulary model sees it: a clause of 3 to 11 words, and the clause before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .diction import Filters
from .lines import Lines
from .verse import Wanted

PROSE = Wanted(plain=False, filters=Filters(archaic=False, names=False))


@dataclass(frozen=True)
class Prose:
    """Clauses, each with the one before.

    Attributes:
        lines: the source.
        rows: the clauses [n].
        before: the clause before each, or -1 where it was not kept or another document ends [n].
    """

    lines: Lines
    rows: np.ndarray
    before: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


def examples(lines: Lines, wanted: Wanted = PROSE, alone: bool = False) -> Prose:
    """The examples of the vocabulary model; it takes verse as well as prose.

    Args:
        lines: a source.
        wanted: which clauses; dialect and profane words are left out by default.
        alone: also clauses with nothing before them.
    """
    rows = wanted.rows(lines)
    safe = np.maximum(rows - 1, 0)
    unwanted = lines.marks[safe] & np.uint8(wanted.filters.mask)
    follows = (rows > 0) & ~lines.gap[rows] & (lines.document[safe] == lines.document[rows]) & (unwanted == 0)
    before = np.where(follows, rows - 1, -1)
    keep = np.ones(len(rows), bool) if alone else follows
    return Prose(lines, rows[keep], before[keep])
