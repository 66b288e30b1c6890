"""Fields of meaning: which words stand near which in verse and novels, as vectors.

Every one of the 20 thousand commonest lemmas has a vector of 64 small whole numbers (`making/space.py`). Two words are
alike when theirs point the same way: rain and umbrella, not only rain and shower. Two uses:

    mood words   `field(["rain", "iron"])` says for any word how much it belongs there
    coherence    `likeness(line, context)` says how much a line stays in the scene

A line that is most like its context repeats it; one unlike it is a stranger. Of held-out verse, the true next line has
a likeness to the two before it of `USUAL`, other lines 0.08 on average.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..text.stress import WEAK
from .lemmas import lemmas
from .packing import shipped

WIDTH = 64
NOWHERE = -1
"""The row of a word without a vector: words of grammar, names, and what was never met."""
USUAL = (-0.05, 0.08, 0.23, 0.37, 0.50)
"""Likeness of true next lines of verse to the two lines before: the 10th, 25th, 50th, 75th and 90th of a hundred."""
NEAR, FAR = 0.80, 0.25
"""A word as like as `NEAR` to a mood word belongs wholly to its field, one at `FAR` not at all (chance is 0 ± 0.13)."""


@dataclass(frozen=True)
class Space:
    """The vectors.

    Attributes:
        row: of each lemma, or `NOWHERE` [lemmas].
        vectors: each of length one [rows, WIDTH].
        weights: what a word counts for in a line: rare ones 1, common ones less [rows].
    """

    row: np.ndarray
    vectors: np.ndarray
    weights: np.ndarray

    def rows(self, words: Sequence[str], tags: Sequence[str] | None = None) -> np.ndarray:
        """The row of every word, with its tags if known; do this once for a whole vocabulary [words]."""
        known = lemmas()
        found = (known.of(word, tag) for word, tag in zip(words, tags or [""] * len(words), strict=True))
        return np.array([self._first(ones) for ones in found], np.int32)

    def centre(self, rows: np.ndarray) -> np.ndarray:
        """The direction of texts: the weighted sum of their words, of length one, or 0 without any.

        Args:
            rows: of each text's words, filled up with `NOWHERE` [..., words].

        Returns:
            [..., WIDTH].
        """
        weights = np.where(rows >= 0, self.weights[rows], 0.0).astype(np.float32)
        total = np.einsum("...w,...wd->...d", weights, self.vectors[rows])
        return total / np.maximum(np.linalg.norm(total, axis=-1, keepdims=True), 1e-9)

    def _first(self, found: Iterable[int]) -> int:
        return next((int(self.row[lemma]) for lemma in found if self.row[lemma] >= 0), NOWHERE)


@dataclass(frozen=True)
class Field:
    """What belongs to some words.

    Attributes:
        seeds: their rows.
        unknown: those of them that have no vector, to tell the songwriter.
        values: for every row of the space, how much it belongs: 0 to 1 [rows].
    """

    seeds: tuple[int, ...]
    unknown: tuple[str, ...]
    values: np.ndarray

    def __call__(self, word: str, tag: str = "") -> float:
        """How much a word belongs to the field, from 0 to 1; 0 for a word without a vector."""
        return float(self.of(space().rows([word], [tag]))[0])

    def of(self, rows: np.ndarray) -> np.ndarray:
        """The same for many words at once, by their rows [...]."""
        return np.where(rows >= 0, self.values[rows], 0.0).astype(np.float32)

    def words(self, count: int = 40) -> list[str]:
        """The lemmas that belong most, those of everyday use before rare ones; the seeds are not among them."""
        known, where = lemmas(), np.flatnonzero(space().row >= 0)
        use = np.array([known.use(lemma) for lemma in where.tolist()])
        score = self.values[space().row[where]] * np.minimum(1.0, 0.4 + use / 120)
        score[np.isin(space().row[where], self.seeds)] = -1.0
        order = np.lexsort((where, -score))[:count]
        return [known.words[where[place]] for place in order if score[place] > 0]


def field(words: Iterable[str]) -> Field:
    """What belongs to some mood words: to any of them, and more so to several.

    Args:
        words: as typed; those without a vector are named in `unknown` and otherwise ignored.

    >>> mood = field(["rain", "iron"])
    >>> mood("storm") > 0.3 and mood("anvil") > 0.3 and mood("opinion") == 0
    True
    """
    listed = list(dict.fromkeys(words))
    rows = space().rows(listed)
    seeds = rows[rows >= 0]
    unknown = tuple(word for word, row in zip(listed, rows, strict=True) if row < 0)
    if not len(seeds):
        return Field((), unknown, np.zeros(len(space().vectors), np.float32))
    near = np.clip((space().vectors @ space().vectors[seeds].T - FAR) / (NEAR - FAR), 0.0, 1.0)
    values = 1.0 - np.prod(1.0 - near, axis=1)
    values[seeds] = 1.0
    return Field(tuple(int(row) for row in seeds), unknown, values.astype(np.float32))


def likeness(line: Sequence[str], context: Sequence[str]) -> float:
    """How alike two texts are in meaning, from -1 to 1; 0 if one has no word with a vector.

    Many lines at once: `space().centre(space().rows(...))`.

    Args:
        line: its words; those of grammar don't count.
        context: the words of what stands before it, say of two lines.
    """
    one, two = ([word for word in words if word not in WEAK] for words in (line, context))
    return float(space().centre(space().rows(one)) @ space().centre(space().rows(two)))


@functools.cache
def space() -> Space:
    """The shipped vectors."""
    columns = shipped("space")
    listed = np.frombuffer(columns["rows"], "<u2")
    row = np.full(len(lemmas()), NOWHERE, np.int32)
    row[listed] = np.arange(len(listed))
    vectors = np.frombuffer(columns["vectors"], np.int8).reshape(-1, WIDTH).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1.0)
    return Space(row, vectors, np.frombuffer(columns["weights"], np.uint8).astype(np.float32) / 255)
