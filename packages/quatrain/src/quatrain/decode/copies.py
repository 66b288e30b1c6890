"""Which lines stand in the training text, so that none is ever suggested: a sorted list of small hashes.

A line's hash is a number from 0 to below lines x `spread`. A new line meets one of them by chance once in `spread`
times, which only loses a suggestion; a line of the training text is always met. In the file only the gaps between
neighbours are kept, byte by byte of their places, which deflate brings near the least possible, log2(e x spread) bits a
line; a Bloom filter of the same size is wrong about twice as often.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import BadModel
from ..text.lines import Lines

_OVER = 1.07
"""What deflate needs over the least possible."""
_FACTOR, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


@dataclass(frozen=True)
class Copies:
    """Lines to be known again.

    Attributes:
        hashes: of all lines, ascending.
        span: hashes are below this.
    """

    hashes: np.ndarray
    span: int

    @classmethod
    def of(cls, hashes: np.ndarray, size: int = 2_500_000) -> Copies:
        """Known lines, with as few chance meetings as a file of this size allows.

        Args:
            hashes: of the lines, in 64 bits, in any order (`hashed`, `hashes_of`).
            size: of the file, in bytes.
        """
        distinct = _distinct(hashes)
        span = max(len(distinct) * spread_of(size, len(distinct)), 1)
        return cls(_small(_distinct(distinct % np.uint64(span)), span), span)

    def __len__(self) -> int:
        return len(self.hashes)

    def __contains__(self, words: Sequence[str]) -> bool:
        """Whether a line stands in the text (or, rarely, seems to)."""
        sought = self.hashes.dtype.type(hashed(words) % self.span)
        place = int(np.searchsorted(self.hashes, sought))
        return place < len(self.hashes) and bool(self.hashes[place] == sought)

    @property
    def chance(self) -> float:
        """How often a line that does not stand in the text seems to."""
        return len(self.hashes) / self.span

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as plain arrays, for a compressed file."""
        gaps = np.diff(self.hashes.astype(np.int64), prepend=0).astype("<u4")
        return {"gaps": gaps.view(np.uint8).reshape(-1, 4).T.copy(), "span": np.array(self.span, np.int64)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Copies:
        """The lines that gave these arrays.

        Raises:
            BadModel: something is missing or damaged.
        """
        try:
            planes, span = np.asarray(arrays["gaps"], np.uint8), int(arrays["span"])
            gaps = np.ascontiguousarray(planes.T).view("<u4")[:, 0]
        except (KeyError, ValueError, IndexError) as error:
            raise BadModel(f"The list of training lines cannot be read: {error}. Install quatrain again.") from error
        hashes = np.cumsum(gaps, dtype=np.int64)
        if len(hashes) and hashes[-1] >= span:
            raise BadModel("The list of training lines is damaged. Install quatrain again.")
        return cls(_small(hashes, span), span)


def hashed(words: Sequence[str]) -> int:
    """The hash of one line, in 64 bits.

    Args:
        words: keys.
    """
    found = 0
    for word in words:
        found = (found * _FACTOR + _of_word(word)) & _MASK
    return found ^ found >> 29


def hashes_of(lines: Lines, rows: np.ndarray) -> np.ndarray:
    """The hashes of many lines of a source; equal to `hashed` of their words [rows].

    Args:
        lines: verse or prose.
        rows: which lines.
    """
    used = np.zeros(len(lines.kinds), bool)
    used[lines.words] = True
    word = np.array([_of_word(w) if u else 0 for w, u in zip(lines.kinds.words, used, strict=True)], np.uint64)
    found, starts, lengths = np.zeros(len(rows), np.uint64), lines.offsets[rows], lines.lengths[rows]
    for place in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > place)
        found[longer] = found[longer] * np.uint64(_FACTOR) + word[lines.words[starts[longer] + place]]
    return found ^ found >> np.uint64(29)


def spread_of(size: int, lines: int) -> int:
    """The largest spread with which so many lines fit a file of this size, in bytes."""
    return max(min(int(2.0 ** min(8 * size / (_OVER * max(lines, 1)), 30) / math.e), _MASK // max(lines, 1)), 2)


def _of_word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _distinct(numbers: np.ndarray) -> np.ndarray:
    """Each number once, ascending; many times faster than by a table of hashes."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=~ordered[:1]) != 0]


def _small(hashes: np.ndarray, span: int) -> np.ndarray:
    return hashes.astype(np.uint32 if span <= 1 << 32 else np.uint64)
