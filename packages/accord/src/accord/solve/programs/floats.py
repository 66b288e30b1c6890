"""Bases for linear programs out of floats: HiGHS proposes, near an earlier answer and magnified if need be."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import highspy
import numpy as np

from ..tables.numbers import scaled
from .program import Basis, Program
from .rows import Rows

_BASIC = highspy.HighsBasisStatus.kBasic
_UPPER = highspy.HighsBasisStatus.kUpper
_OPTIONS = {
    "output_flag": False, "solver": "simplex", "parallel": "off", "small_matrix_value": 1e-12,
    "primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9,
}


@dataclasses.dataclass(frozen=True, eq=False)
class Place:
    """A point and multipliers of rows, rationals: where to look closer."""

    point: np.ndarray
    duals: np.ndarray


def ask(program: Program, near: Place | None, zoom: int) -> tuple[Basis, Place] | None:
    """The basis and the place that HiGHS finds optimal, None if nothing.

    Args:
        program: any.
        near: ask about the program moved there, so that its right sides and costs are what is left over.
        zoom: how much to magnify what is left over.
    """
    rows = program.rows
    cost, right, low, high = _left_over(program, near, zoom)
    entries, stretch = _balanced(rows, len(cost))
    cost = cost * stretch
    scale = max((abs(value) for value in cost), default=0) or 1
    asked = highspy.HighsLp()
    asked.num_col_, asked.num_row_ = len(cost), len(rows)
    asked.col_cost_ = (cost / scale).astype(float)
    asked.col_lower_ = np.array([_float(bound, by, -math.inf) for bound, by in zip(low, stretch, strict=True)])
    asked.col_upper_ = np.array([_float(bound, by, math.inf) for bound, by in zip(high, stretch, strict=True)])
    asked.row_upper_ = np.asarray(right, float)
    asked.row_lower_ = np.where(np.arange(len(rows)) < program.num_at_most, -math.inf, asked.row_upper_)
    asked.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    asked.a_matrix_.start_, asked.a_matrix_.index_, asked.a_matrix_.value_ = rows.first, rows.column, entries
    solver = highspy.Highs()
    for option, value in _OPTIONS.items():
        solver.setOptionValue(option, value)
    solver.passModel(asked)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found, solution = solver.getBasis(), solver.getSolution()
    basic = np.array([status == _BASIC for status in found.col_status], bool)
    upper = np.array([status == _UPPER for status in found.col_status], bool)
    active = np.flatnonzero(np.array([status != _BASIC for status in found.row_status], bool))
    point = np.array([Fraction(value) * by for value, by in zip(solution.col_value, stretch, strict=True)], object)
    duals = np.full(len(rows), Fraction(0), object)
    for row in np.flatnonzero(solution.row_dual):
        duals[row] = Fraction(solution.row_dual[row]) * scale / int(rows.widest[row])
    if near is not None:
        point, duals = near.point + point / zoom, near.duals + duals / zoom
    return Basis(basic, upper, active), Place(point, duals)


def _left_over(program: Program, near: Place | None, zoom: int) -> tuple[np.ndarray, np.ndarray, Any, Any]:
    """Costs, right sides (over each row's largest entry) and bounds, measured from a place and magnified."""
    rows, low, high = program.rows, program.low, program.high
    cost, norm = program.cost.astype(object), rows.widest.astype(object)
    if near is None:
        return cost, program.limit.astype(object) / (norm * program.over), low, high
    low, high = (
        [None if bound is None else (bound - x) * zoom for bound, x in zip(side, near.point, strict=True)]
        for side in (low, high)
    )
    weights, below = scaled(near.duals)
    cost = (cost * below - rows.transposed(weights, len(cost))) * Fraction(zoom, below)
    numerators, below = scaled(near.point)
    gap = program.limit.astype(object) * below - rows.times(numerators).astype(object) * program.over
    return cost, gap * zoom / (norm * (program.over * below)), low, high


def _balanced(rows: Rows, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The entries with rows and columns scaled to about 1 at most, and what each variable is to be multiplied by.

    A program may have coefficients of 1 beside payoffs of 10^30; unscaled, a float solver takes the former for 0.
    """
    entries = (rows.data / np.repeat(rows.widest, rows.lengths)).astype(float)
    top = np.zeros(size)
    np.maximum.at(top, rows.column, np.abs(entries))
    powers = -np.frexp(np.where(top > 0, top, 0.5))[1].astype(int)
    stretch = np.array([2**power if power >= 0 else Fraction(1, 2**-power) for power in powers.tolist()], object)
    return np.ldexp(entries, powers[rows.column]), stretch


def _float(bound: Fraction | None, by: Any, otherwise: float) -> float:
    try:
        return otherwise if bound is None else float(bound / by)
    except OverflowError:
        return otherwise
