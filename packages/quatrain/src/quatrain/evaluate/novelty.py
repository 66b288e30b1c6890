"""Is it new? Stretches of four words, and whole lines, looked up in everything that was learned from.

A stretch of four words counts as seen wherever it runs in a training document, across line ends too; a line counts as
copied when its words are those of a training line. Both are looked up by 64-bit hashes: two of 30 million fall together
by chance once in 40,000 corpora.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..text.lines import Lines

STRETCH = 4
_LONGEST = 64
_SALTS = np.random.default_rng(4).integers(0, 2**63, _LONGEST, np.uint64) | np.uint64(1)


@dataclass(frozen=True)
class Seen:
    """What stands in the training text.

    Attributes:
        stretches: hashes of all runs of four words, sorted.
        lines: hashes of all lines, sorted.
    """

    stretches: np.ndarray
    lines: np.ndarray

    def new(self, line: Sequence[str]) -> tuple[int, int]:
        """How many of a line's stretches of four words are not in the training text, and how many it has."""
        if len(line) < STRETCH:
            return 0, 0
        found = _stretches(_hashes(line))
        return int((~_within(found, self.stretches)).sum()), len(found)

    def copied(self, line: Sequence[str]) -> bool:
        """Whether these words are a training line."""
        whole = _whole(_hashes(line), np.array([0, len(line)]))
        return bool(len(line) and _within(whole, self.lines)[0])


def seen(sources: Iterable[Lines]) -> Seen:
    """All that stands in the training parts of some corpora."""
    from ..text.corpus import Part
    from ..text.lines import PARTS

    stretches, whole = [], []
    for lines in sources:
        words = _hashes(lines.kinds.words)[lines.words]
        training = lines.part == PARTS.index(Part.TRAIN)
        document = np.repeat(lines.document, lines.lengths)
        inside = np.repeat(training, lines.lengths)
        same = inside[: 1 - STRETCH] & (document[: 1 - STRETCH] == document[STRETCH - 1 :])
        stretches.append(_stretches(words)[same])
        whole.append(_whole(words, lines.offsets)[training])
    return Seen(_union(stretches), _union(whole))


def of_texts(lines: Iterable[Sequence[str]]) -> Seen:
    """The same for lines that are words already, each a text of its own."""
    hashed = [_hashes(line) for line in lines]
    return Seen(
        _union([_stretches(line) for line in hashed]),
        _union([_whole(line, np.array([0, len(line)])) for line in hashed]),
    )


def _union(parts: Sequence[np.ndarray]) -> np.ndarray:
    """All values once, sorted; `numpy.unique` is a hundred times slower on hashes."""
    values = np.sort(np.concatenate([np.array([], np.uint64), *parts]))
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def _within(values: np.ndarray, sorted_values: np.ndarray) -> np.ndarray:
    if not len(sorted_values):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(sorted_values, values), len(sorted_values) - 1)
    return sorted_values[places] == values


def _hashes(words: Sequence[str]) -> np.ndarray:
    digests = b"".join(hashlib.blake2b(word.encode(errors="replace"), digest_size=8).digest() for word in words)
    return np.frombuffer(digests, np.uint64)


def _stretches(words: np.ndarray) -> np.ndarray:
    """A hash for each run of four words [words - 3]."""
    runs = np.zeros(max(len(words) - STRETCH + 1, 0), np.uint64)
    for place in range(STRETCH):
        runs += words[place : place + len(runs)] * _SALTS[place]
    return runs


def _whole(words: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """A hash for each line, by its words and how many they are."""
    lengths = np.diff(offsets)
    place = np.arange(len(words)) - np.repeat(offsets[:-1], lengths)
    salted = words * _SALTS[np.minimum(place, _LONGEST - 2)]
    sums = np.add.reduceat(salted, offsets[:-1]) if len(words) else np.zeros(len(lengths), np.uint64)
    return sums + lengths.astype(np.uint64) * _SALTS[-1]
