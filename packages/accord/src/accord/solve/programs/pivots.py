"""The simplex method in integers, for the rare program whose basis no float finds: slow, and never wrong."""

from __future__ import annotations

import numpy as np

from ..tables.numbers import scaled
from .program import Basis, Program

CELLS = 40_000
"""Largest table, rows times columns, that is worth it."""


def pivoted(program: Program) -> Basis | None:
    """An optimal basis; None if there is none, or the table has more than `CELLS` cells.

    Variables are measured from a bound, free ones are differences of two, other bounds and equations are rows; then it
    is `A x <= b, x >= 0`, solved by dictionaries in two phases. Pivots leave integers over one common divisor.

    Source: dictionaries and the auxiliary variable after Chvatal 1983; Bland's rule, so it ends; pivots after Edmonds.
    """
    shape = _Standard(program)
    if shape.table.size > CELLS:
        return None
    table = _Dictionary(shape.table)
    if not (table.feasible() and table.optimal()):
        return None
    return shape.basis(table.outside())


class _Standard:
    """A program as `A x <= b, x >= 0`; the last column of `table` is b, the last row the costs to be minimised."""

    def __init__(self, program: Program) -> None:
        size = len(program.cost)
        low, high = program.low, program.high
        self.program, self.free = program, [j for j in range(size) if low[j] is None and high[j] is None]
        self.flipped = np.array([low[j] is None and high[j] is not None for j in range(size)], bool)
        boxes = [(j, b - a) for j, (a, b) in enumerate(zip(low, high, strict=True)) if a is not None and b is not None]
        self.boxed = [j for j, _ in boxes]
        origin = [next((b for b in (low[j], high[j]) if b is not None), 0) for j in range(size)]
        held, below = scaled(np.array(origin, object))
        rows = program.rows
        right = program.limit.astype(object) * below - rows.times(held).astype(object) * program.over
        sign = np.where(self.flipped, -1, 1).astype(object)
        matrix = rows.dense(size).astype(object) * sign * (program.over * below)
        cost = program.cost.astype(object) * sign
        box = np.zeros((len(self.boxed), size), object)
        box[np.arange(len(self.boxed)), self.boxed] = 1
        wide, share = scaled(np.array([width for _, width in boxes], object))
        equal = slice(program.num_at_most, None)
        matrix = np.concatenate([matrix, -matrix[equal], box * share])
        right = np.concatenate([right, -right[equal], wide.astype(object)])
        whole = np.column_stack([np.vstack([matrix, cost]), np.append(right, 0)])
        self.table = np.column_stack([whole[:, :size], -whole[:, self.free], whole[:, size:]])

    def basis(self, outside: set[int]) -> Basis:
        """The basis of the program, from the variables of the standard form that are 0 (first columns, then slacks)."""
        program, size, rows = self.program, len(self.program.cost), len(self.program.rows)
        extra = {j: size + number for number, j in enumerate(self.free)}
        first = size + len(self.free)
        second = {row: first + rows + number for number, row in enumerate(range(program.num_at_most, rows))}
        ends = {j: first + rows + len(second) + number for number, j in enumerate(self.boxed)}
        lower = np.array([j in outside and extra.get(j, j) in outside for j in range(size)], bool)
        upper = np.array([ends.get(j, -1) in outside for j in range(size)], bool) | (lower & self.flipped)
        active = [row for row in range(rows) if first + row in outside or second.get(row, -1) in outside]
        return Basis(~(lower | upper), upper, np.array(active, int))


class _Dictionary:
    """Rows `divisor * x_basic = b - A x_outside`, and the same for the costs, all in integers."""

    def __init__(self, table: np.ndarray) -> None:
        rows, width = table.shape[0] - 1, table.shape[1] - 1
        self.table, self.divisor = table, 1
        self.columns, self.rows = list(range(width)), list(range(width, width + rows))

    def outside(self) -> set[int]:
        """The variables that are 0 because they are not in the basis."""
        return set(self.columns)

    def feasible(self) -> bool:
        """Phase one: one more variable, taken from every row, and as little of it as possible."""
        right = self.table[:-1, -1]
        if not right.size or right.min() >= 0:
            return True
        costs = self.table[-1].copy()
        extra = -np.ones((len(self.table), 1), object)
        extra[-1] = 1
        self.table = np.concatenate([self.table[:, :-1], extra, self.table[:, -1:]], axis=1)
        self.table[-1, :-2] = self.table[-1, -1] = 0
        name = self.columns[-1] + len(self.rows) + 1 if self.columns else len(self.rows)
        self.columns.append(name)
        self._pivot(int(np.argmin(right)), len(self.columns) - 1)
        self.optimal()
        if self.table[-1, -1] != 0:
            return False
        if name in self.rows:
            row = self.rows.index(name)
            self._pivot(row, int(np.flatnonzero(self.table[row, :-1])[0]))
        column = self.columns.index(name)
        self.table = np.delete(self.table, column, axis=1)
        self.columns.pop(column)
        self._price(costs)
        return True

    def optimal(self) -> bool:
        """Phase two, by Bland's rule: False if the costs fall without end."""
        while True:
            falling = np.flatnonzero(self.table[-1, :-1] < 0)
            if not falling.size:
                return True
            column = min(falling.tolist(), key=lambda j: self.columns[j])
            candidates = np.flatnonzero(self.table[:-1, column] > 0).tolist()
            if not candidates:
                return False
            self._pivot(self._leaving(candidates, column), column)

    def _leaving(self, candidates: list[int], column: int) -> int:
        best = candidates[0]
        for row in candidates[1:]:
            difference = self.table[row, -1] * self.table[best, column] - self.table[best, -1] * self.table[row, column]
            if difference < 0 or (difference == 0 and self.rows[row] < self.rows[best]):
                best = row
        return best

    def _pivot(self, row: int, column: int) -> None:
        """Swaps a variable of the basis with one outside."""
        table, pivot = self.table, self.table[row, column]
        other = (table * pivot - np.outer(table[:, column], table[row])) // self.divisor
        other[row], other[:, column] = table[row], -table[:, column]
        other[row, column] = self.divisor
        self.table, self.divisor = (other, pivot) if pivot > 0 else (-other, -pivot)
        self.rows[row], self.columns[column] = self.columns[column], self.rows[row]

    def _price(self, costs: np.ndarray) -> None:
        """Puts other costs, given in the first columns' variables, in the last row."""
        priced, fresh = len(costs) - 1, np.zeros(self.table.shape[1], object)
        for column, name in enumerate(self.columns):
            if name < priced:
                fresh[column] = costs[name] * self.divisor
        for row, name in enumerate(self.rows):
            if name < priced:
                fresh -= costs[name] * self.table[row]
        self.table[-1] = fresh
