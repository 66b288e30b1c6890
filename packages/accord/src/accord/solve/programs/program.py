"""A linear program in integers, and the exact verdict on a basis that somebody proposes for it."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.numbers import fractions, rational, scaled
from .lifting import Singular, Square
from .rows import Rows, times

_LEAST = 2.0**-1000

Bounds = list[tuple[Any, Any]]


def _empty() -> Any:
    return dataclasses.field(default_factory=lambda: np.zeros(0, object))


@dataclasses.dataclass(frozen=True, eq=False)
class Multipliers:
    """One rational per constraint; for an optimum, how much the optimal value changes per unit of its right side."""

    at_most: np.ndarray = _empty()
    """For the rows of `at_most`; never positive."""

    equal: np.ndarray = _empty()
    """For the rows of `equal`; any sign."""

    bounds: np.ndarray = _empty()
    """For each variable (its reduced cost): positive at its lower bound, negative at its upper bound."""


@dataclasses.dataclass(frozen=True, eq=False)
class Optimum:
    """The answer to a linear program, and why it is right. Parts that an outcome does not have are empty."""

    status: str
    """"optimal", "infeasible" or "unbounded"."""

    point: np.ndarray = _empty()
    """Rationals `[variables]`: the optimum, or any feasible point of an unbounded program."""

    least: Fraction | None = None
    """`cost @ point` of an optimum, else None."""

    duals: Multipliers = dataclasses.field(default_factory=Multipliers)
    """Proof of an optimum: `cost = sum of multiplier * row`, and the right sides so weighted add up to `value`."""

    farkas: Multipliers = dataclasses.field(default_factory=Multipliers)
    """Proof that nothing is feasible: so weighted the rows add up to 0, the right sides to more than 0."""

    ray: np.ndarray = _empty()
    """Proof of unboundedness: a direction that stays feasible and lowers the cost."""

    exact: bool = True
    """Whether all of the above was checked in rationals."""

    reason: str = ""
    """Why it was not."""

    @property
    def value(self) -> Fraction:
        """`cost @ point` of an optimum.

        Raises:
            BadSetting: there is no optimum.
        """
        if self.least is None:
            raise BadSetting(f"The linear program is {self.status}, so it has no least value. Look at `status` first.")
        return self.least


@dataclasses.dataclass(frozen=True, eq=False)
class Basis:
    """Which rows and bounds a vertex keeps with equality: a proposal."""

    basic: np.ndarray
    """Variables that lie at no bound, `[variables]`."""

    upper: np.ndarray
    """Variables that lie at their upper bound, `[variables]`; the rest lies at the lower one, or at 0 if free."""

    active: np.ndarray
    """The numbers of the rows that hold with equality, as many as there are basic variables."""


@dataclasses.dataclass(frozen=True, eq=False)
class Program:
    """Minimise `cost @ x / cost_scale` where `rows @ x <= limit / over`, `=` from row `num_at_most` on."""

    cost: np.ndarray
    cost_scale: int
    rows: Rows
    limit: np.ndarray
    over: int
    row_scale: int
    """The rows are the caller's times this."""

    num_at_most: int
    low: list[Fraction | None]
    high: list[Fraction | None]

    @classmethod
    def of(cls, cost: Any, at_most: Any, equal: Any, bounds: Bounds | None) -> Program:
        """Reads what a caller gave."""
        costs, cost_scale = scaled(np.asarray(cost))
        size = len(costs)
        blocks = [_block(name, part, size) for name, part in (("at_most", at_most), ("equal", equal))]
        row_scale = math.lcm(*(block[1] for block in blocks))
        over = math.lcm(*(block[3] for block in blocks))
        together = Rows.stacked([rows * (row_scale // scale) for rows, scale, _, _ in blocks])
        limit = np.concatenate([times(right, row_scale * (over // below)) for _, _, right, below in blocks])
        low, high = _limits(bounds, size)
        return cls(costs, cost_scale, together, limit, over, row_scale, len(blocks[0][0]), low, high)

    def worth(self, point: np.ndarray) -> Fraction:
        """The cost of a point."""
        return sum((int(c) * x for c, x in zip(self.cost, point, strict=True) if c), Fraction(0)) / self.cost_scale

    def few(self, rows: np.ndarray) -> Program:
        """The program without the other rows."""
        upper = int(np.sum(rows < self.num_at_most))
        return dataclasses.replace(self, rows=self.rows.pick(rows), limit=self.limit[rows], num_at_most=upper)

    def violation(self) -> Program:
        """The least t such that no row is broken by more than t times its largest entry; t is the last variable."""
        size, equations = len(self.cost), np.arange(self.num_at_most, len(self.rows))
        both = self.rows.pick(np.concatenate([np.arange(len(self.rows)), equations]))
        sign = np.where(np.arange(len(both)) < len(self.rows), 1, -1)
        data = np.insert(both.data * np.repeat(sign, both.lengths), both.first[1:], -both.widest)
        column = np.insert(both.column, both.first[1:], size)
        limit = np.concatenate([self.limit, self.limit[equations]]) * sign
        cost = np.append(np.zeros(size, np.int64), 1)
        rows = Rows(both.first + np.arange(len(both) + 1), column, data)
        low, high = [*self.low, Fraction(0)], [*self.high, None]
        return Program(cost, 1, rows, limit, self.over, self.row_scale, len(rows), low, high)

    def split(self, duals: Multipliers) -> Multipliers:
        """The multipliers of `violation` as those of this program's rows."""
        upper, equal = self.num_at_most, len(self.rows) - self.num_at_most
        ahead, behind = duals.at_most[upper : upper + equal], duals.at_most[upper + equal :]
        return Multipliers(duals.at_most[:upper], ahead - behind, duals.bounds[:-1])

    def directions(self) -> Program:
        """The best direction in the unit box that never leaves the feasible set."""
        low = [Fraction(-1) if bound is None else Fraction(0) for bound in self.low]
        high = [Fraction(1) if bound is None else Fraction(0) for bound in self.high]
        return dataclasses.replace(self, limit=np.zeros_like(self.limit), over=1, low=low, high=high)

    def checked(self, basis: Basis) -> Optimum | None:
        """The basis solved in integers: the optimum, if it is feasible and its multipliers have the right signs."""
        basic, active = basis.basic, basis.active
        if basic.sum() != len(active):
            return None
        rest = [Fraction(0)] * len(self.cost)
        for j in np.flatnonzero(~basic):
            near, far = (self.high[j], self.low[j]) if basis.upper[j] else (self.low[j], self.high[j])
            rest[j] = next((bound for bound in (near, far) if bound is not None), Fraction(0))
        held, below = scaled(np.array(rest, object))
        picked = self.rows.pick(active)
        matrix = picked.dense(len(self.cost))
        square = Square(matrix[:, basic])
        scale = self.over * below
        right = self.limit[active].astype(object) * below - picked.times(held).astype(object) * self.over
        try:
            inner, denominator = square.solve(right)
            weights, weight_scale = square.solve(self.cost[basic], transposed=True)
        except Singular:
            return None
        point = held.astype(object) * (self.over * denominator)
        point[basic] = inner
        scale *= denominator
        reduced = self.cost.astype(object) * weight_scale - matrix.T.astype(object) @ weights
        if not (self._feasible(point, scale) and self._signed(active, weights, basic, reduced, point, scale)):
            return None
        duals = np.full(len(self.rows), Fraction(0), object)
        duals[active] = fractions(weights * self.row_scale, weight_scale * self.cost_scale)
        bounds = fractions(reduced, weight_scale * self.cost_scale)
        upper = self.num_at_most
        duals, where = Multipliers(duals[:upper], duals[upper:], bounds), fractions(point, scale)
        return Optimum("optimal", where, self.worth(where), duals)

    def _feasible(self, point: np.ndarray, scale: int) -> bool:
        """Whether `point / scale` keeps all rows and bounds: in floats where they are sure, in integers elsewhere."""
        for value, low, high in zip(point, self.low, self.high, strict=True):
            if (low is not None and value < low * scale) or (high is not None and value > high * scale):
                return False
        excess = self.excess(point, scale)
        return bool(np.all(excess <= 0) and np.all(excess[self.num_at_most :] == 0))

    def excess(self, point: np.ndarray, scale: int) -> np.ndarray:
        """How far `point / scale` goes beyond each row, in floats whose signs are right.

        Where a float is not sure of its sign, because it is within what rounding can amount to, integers decide.
        """
        rows = self.rows
        try:
            where = np.array([value / scale for value in point], float)
            limit = (self.limit.astype(object) / self.over).astype(float)
            with np.errstate(over="ignore", invalid="ignore"):  # infinities are not sure of anything
                terms = rows.data.astype(float) * where[rows.column]
                excess = rows.sums(terms) - limit
                rounding = (rows.lengths + 8) * 2.0**-51 * (rows.sums(np.abs(terms)) + np.abs(limit))
        except OverflowError:
            excess, rounding = np.zeros(len(rows)), np.ones(len(rows))
        unsure = np.flatnonzero(~(np.abs(excess) > rounding))
        exact = rows.pick(unsure).times(point).astype(object) * self.over - self.limit[unsure].astype(object) * scale
        excess[unsure] = _LEAST * ((exact > 0).astype(float) - (exact < 0))
        return excess

    def _signed(
        self, active: np.ndarray, weights: np.ndarray, basic: np.ndarray, reduced: np.ndarray, point: np.ndarray,
        scale: int,
    ) -> bool:
        """Whether the multipliers prove the point optimal."""
        if np.any(weights[active < self.num_at_most] > 0) or np.any(reduced[basic] != 0):
            return False
        for j in np.flatnonzero(reduced):
            bound = self.low[j] if reduced[j] > 0 else self.high[j]
            if bound is None or point[j] != bound * scale:
                return False
        return True


def _block(name: str, part: Any, size: int) -> tuple[Rows, int, np.ndarray, int]:
    """A matrix and its right sides, each as integers over a scale."""
    if part is None:
        part = np.zeros((0, size), np.int64), np.zeros(0, np.int64)
    rows, scale, shape = Rows.of(part[0])
    limit, over = scaled(np.asarray(part[1]))
    if shape != (len(rows), size) or limit.shape != shape[:1]:
        raise BadSetting(
            f"{name} has a matrix {shape} and right sides {limit.shape}, expected (rows, {size}) and (rows,): one "
            "column per variable of cost, one right side per row."
        )
    return rows, scale, limit, over


def _limits(bounds: Bounds | None, size: int) -> tuple[list[Fraction | None], list[Fraction | None]]:
    """Bounds as rationals."""
    pairs = [(0, None)] * size if bounds is None else list(bounds)
    if len(pairs) != size:
        raise BadSetting(f"There are {len(pairs)} bounds for {size} variables: give one (low, high) each, or none.")
    low, high = ([None if pair[side] is None else rational(pair[side]) for pair in pairs] for side in (0, 1))
    for j, (least, most) in enumerate(zip(low, high, strict=True)):
        if least is not None and most is not None and least > most:
            raise BadSetting(f"Variable {j} has the bounds {least} and {most}, expected low <= high. Swap them.")
    return low, high
