"""Does a model know which line comes next? The true one among nine random lines of the same structure.

All ten have as many words and as many syllables, nearly the same tags place by place, are of the test part, and none of
them (the true one neither) rhymes with the draft: what is left to go by is what the lines say. Chance is 10 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadText
from .intervals import Estimate, share

if TYPE_CHECKING:
    from ..text.lines import Lines

OTHERS = 9
Score = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
"""(draft, candidates) -> a number for each candidate, the higher the likelier it is to come next."""


@dataclass(frozen=True)
class Item:
    """One question.

    Attributes:
        draft: the two lines before.
        candidates: ten lines, in random order.
        answer: which of them is the true one.
        alike: the share of places at which the other nine have the true line's tag.
    """

    draft: tuple[str, ...]
    candidates: tuple[str, ...]
    answer: int
    alike: float


def items(lines: Lines, count: int = 300, seed: int = 0) -> list[Item]:
    """Questions from held-out verse, by seed.

    Args:
        lines: the verse corpus, tagged.
        count: how many.
        seed: of the choice.

    Raises:
        BadText: the test part is too small.
    """
    from ..text import verse
    from ..text.corpus import Part
    from ..text.diction import Filters
    from ..text.rhyme import Kind
    from ..text.sound import KINDS

    found = verse.examples(lines, verse.Wanted(Part.TEST, 4, 10, True, Filters()))
    groups = _Groups(lines, found.rows)
    whole = (found.before[:, :2] >= 0).all(axis=1) & ~found.gap[:, :2].any(axis=1)
    alone = (found.relation[:, :2] == KINDS.index(Kind.NONE)).all(axis=1)
    rng = np.random.default_rng(seed)
    made: list[Item] = []
    for place in rng.permutation(np.flatnonzero(whole & alone)).tolist():
        if len(made) == count:
            return made
        row = int(found.rows[place])
        draft = [int(line) for line in found.before[place, :2][::-1]]
        others = groups.like(row, draft, rng)
        if others is not None:
            made.append(_item(lines, row, draft, others, rng))
    if len(made) == count:
        return made
    raise BadText(f"The test part gives {len(made)} questions, {count} are needed. Build the whole corpus of verse.")


def retrieval(questions: Sequence[Item], score: Score) -> Estimate | None:
    """The share of questions whose true line has the highest score; of equal highest ones each counts its part."""
    hits = []
    for item in questions:
        scores = [-math.inf if math.isnan(value) else value for value in map(float, score(item.draft, item.candidates))]
        if len(scores) != len(item.candidates):
            raise ValueError(f"{len(scores)} scores for {len(item.candidates)} candidates; one each is expected.")
        best = max(scores)
        hits.append((scores[item.answer] == best) / scores.count(best))
    return share(hits, [1.0] * len(hits))


class _Groups:
    """Lines by how many words and syllables they have."""

    def __init__(self, lines: Lines, rows: np.ndarray) -> None:
        self._lines = lines
        totals = np.add.reduceat(lines.kinds.usual[lines.words].astype(int), lines.offsets[:-1])
        self._size = lines.lengths * 100 + totals
        self._rows: dict[int, np.ndarray] = {}
        for size in np.unique(self._size[rows]).tolist():
            self._rows[size] = rows[self._size[rows] == size]
        names: dict[str, int] = {}
        self._tag = np.array([names.setdefault(tag, len(names)) for tag in lines.kinds.tags])

    def like(self, row: int, draft: Sequence[int], rng: np.random.Generator) -> list[int] | None:
        """Nine lines of other documents with the most equal tags, chance deciding between equals; none if too few."""
        lines = self._lines
        pool = self._rows[int(self._size[row])]
        pool = pool[lines.document[pool] != lines.document[row]]
        alike = (self.tags(pool) == self.tags(np.array([row]))).sum(axis=1) + rng.random(len(pool))
        chosen: list[int] = []
        ends = {lines.kinds.words[lines.ends[row]]}
        for other in pool[np.argsort(-alike)].tolist():
            end = lines.kinds.words[lines.ends[other]]
            if end not in ends and not self._rhymes(other, draft):
                ends.add(end)
                chosen.append(other)
                if len(chosen) == OTHERS:
                    return chosen
        return None

    def tags(self, rows: np.ndarray) -> np.ndarray:
        """Tags of lines with equally many words [rows, words]."""
        words = int(self._lines.lengths[rows[0]]) if len(rows) else 0
        places = self._lines.offsets[rows][:, None] + np.arange(words)
        return self._tag[self._lines.words[places]]

    def _rhymes(self, row: int, draft: Sequence[int]) -> bool:
        from ..text import rhyme
        from ..text.lexicon import Found, Pronunciation

        kinds, ends = self._lines.kinds, self._lines.ends
        said = lambda line: Pronunciation(kinds.words[ends[line]], kinds.readings[ends[line]], Found.DICTIONARY)
        return any(rhyme.compared(said(row), said(line)).kind is not rhyme.Kind.NONE for line in draft)


def _item(lines: Lines, row: int, draft: Sequence[int], others: Sequence[int], rng: np.random.Generator) -> Item:
    text = lambda line: lines.text[line].as_py()
    order = rng.permutation(OTHERS + 1)
    tags = [[tag for _, tag in lines.of(line)] for line in (row, *others)]
    alike = float(np.mean([[a == b for a, b in zip(tags[0], other, strict=True)] for other in tags[1:]]))
    listed = [text(line) for line in (row, *others)]
    return Item(
        draft=tuple(text(line) for line in draft),
        candidates=tuple(listed[place] for place in order),
        answer=int(np.flatnonzero(order == 0)[0]),
        alike=alike,
    )
