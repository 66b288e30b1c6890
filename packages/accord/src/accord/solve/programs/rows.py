"""Integer matrices by rows, of integers of any size: what the exact checks of linear programs multiply."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse

from ..tables.numbers import scaled

_WORD = 2**62


class Rows:
    """An integer matrix by rows: `first`, `column`, `data` as in compressed sparse rows, of any size of integer."""

    def __init__(self, first: np.ndarray, column: np.ndarray, data: np.ndarray) -> None:
        self.first, self.column, self.data = first, column, data
        self.lengths = np.diff(first)
        self.top = int(np.abs(data).max()) if data.size else 0

    @classmethod
    def of(cls, matrix: Any) -> tuple[Rows, int, tuple[int, ...]]:
        """A matrix of numbers of any kind, dense or scipy sparse, as integers over a scale; and its shape."""
        if scipy.sparse.issparse(matrix):
            sparse = matrix.tocsr(copy=True)
            sparse.sum_duplicates()
            sparse.eliminate_zeros()
            data, scale = scaled(sparse.data)
            return cls(sparse.indptr.astype(np.int64), sparse.indices.astype(np.int64), data), scale, sparse.shape
        units, scale = scaled(np.asarray(matrix))
        if units.ndim != 2:
            return cls(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)), 1, units.shape
        row, column = np.nonzero(units)
        return cls(np.searchsorted(row, np.arange(len(units) + 1)), column, units[row, column]), scale, units.shape

    @classmethod
    def stacked(cls, blocks: list[Rows]) -> Rows:
        """One below the other."""
        first = np.cumsum(np.concatenate([[0], *(block.lengths for block in blocks)]))
        column, data = (np.concatenate([getattr(block, part) for block in blocks]) for part in ("column", "data"))
        return cls(first, column, data)

    def __len__(self) -> int:
        return len(self.lengths)

    def __mul__(self, factor: int) -> Rows:
        return Rows(self.first, self.column, times(self.data, factor))

    @cached_property
    def widest(self) -> np.ndarray:
        """The largest entry of each row in absolute value, 1 for empty rows."""
        ends = np.abs(np.append(self.data, 1))
        return np.where(self.lengths > 0, np.maximum.reduceat(ends, self.first[:-1]) if len(self) else 1, 1)

    def sums(self, terms: np.ndarray) -> np.ndarray:
        """Sums of the terms of each row."""
        out = np.zeros(len(self), terms.dtype)
        filled = np.flatnonzero(self.lengths)
        if filled.size:
            out[filled] = np.add.reduceat(terms, self.first[filled])
        return out

    def times(self, point: np.ndarray) -> np.ndarray:
        """The product with a vector of integers, exactly."""
        largest = self.top * max((abs(int(value)) for value in point if value), default=1)
        kind = np.int64 if largest * int(self.lengths.max(initial=1)) < _WORD else object
        return self.sums(self.data.astype(kind) * point.astype(kind)[self.column])

    def transposed(self, weights: np.ndarray, width: int) -> np.ndarray:
        """Integer weights of the rows times the matrix, exactly."""
        out = np.zeros(width, object)
        used = np.flatnonzero(np.repeat(weights, self.lengths))
        np.add.at(out, self.column[used], np.repeat(weights, self.lengths)[used].astype(object) * self.data[used])
        return out

    def pick(self, rows: np.ndarray) -> Rows:
        """Some of the rows."""
        lengths = self.lengths[rows]
        first = np.concatenate([[0], np.cumsum(lengths)])
        entries = np.repeat(self.first[rows] - first[:-1], lengths) + np.arange(first[-1])
        return Rows(first, self.column[entries], self.data[entries])

    def dense(self, width: int) -> np.ndarray:
        """As an ordinary matrix."""
        out = np.zeros((len(self), width), self.data.dtype)
        out[np.repeat(np.arange(len(self)), self.lengths), self.column] = self.data
        return out


def times(integers: np.ndarray, factor: int) -> np.ndarray:
    """Integers times another, in 64 bits where that is safe."""
    top = int(np.abs(integers).max()) if integers.size else 0
    return integers.astype(np.int64 if max(top, 1) * factor < 2**31 else object) * factor
