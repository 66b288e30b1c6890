"""Linear programs with exact answers: floats find the basis, rationals decide.

A vertex of a linear program is the solution of a square system: which rows and bounds hold with equality says it all.
A float solver is good at finding that system and useless at proving anything. So HiGHS proposes a basis (`floats.py`),
the basis is solved in integers (`lifting.py`), and the rational point and its rational multipliers are checked against
every row (`program.py`). If that fails, the program is magnified around the answer and asked again; if that does not
help, or the program is small, pivots in integers find the basis (`pivots.py`). Infeasible and unbounded programs are
themselves optima of other programs (least violation, best direction), so one path proves all three outcomes.

Source: basis verification after Dhiflaoui et al. 2003 and Applegate et al. 2007; magnifying after Gleixner, Steffy and
Wolter 2016, "Iterative refinement for linear programming".
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from ..tables.numbers import scaled
from .floats import Place, ask
from .pivots import pivoted
from .program import Bounds, Multipliers, Optimum, Program

ROUNDS = 4
"""How often a program is magnified before its basis is sought without floats."""

FEW_CELLS = 100
"""Up to so many rows times variables a program is solved without floats: that is faster."""

MANY_ROWS = 2000
"""Beyond so many rows (and twenty per variable) a program is solved from a few of them first."""

_ZOOM = 2**30


def minimise(cost: Any, *, at_most: Any = None, equal: Any = None, bounds: Bounds | None = None) -> Optimum:
    """The least `cost @ x` with `A @ x <= b` (`at_most`), `A @ x == b` (`equal`) and every x within its bounds.

    >>> minimise([-1, -1], at_most=([[2, 1], [1, 3]], [4, 6])).value
    Fraction(-14, 5)

    Args:
        cost: one number per variable. Numbers of all arguments are integers, fractions, text such as "3/10", or floats
            (read as the simplest rationals near).
        at_most: a matrix, dense or scipy sparse, and its right sides.
        equal: the same for equations.
        bounds: (low, high) per variable, None for none; default (0, None).

    Raises:
        BadSetting: parts of different sizes, or a low bound above the high one.
    """
    program = Program.of(cost, at_most, equal, bounds)
    found = optimum(program)
    if found is not None and found.exact:
        return found
    worst = optimum(program.violation())
    if worst is None or not worst.exact:
        return found or Optimum("infeasible", exact=False, reason="no certificate: the least violation is not proven")
    if worst.value:
        return Optimum("infeasible", farkas=program.split(worst.duals))
    feasible, best = worst.point[:-1], optimum(program.directions())
    if best is not None and best.exact and best.value:
        return Optimum("unbounded", feasible, ray=best.point)
    again = optimum(program, feasible) or found
    return again or Optimum(
        "optimal", feasible, program.worth(feasible), exact=False, reason="a feasible point; no optimum was proven"
    )


def optimum(program: Program, around: np.ndarray | None = None) -> Optimum | None:
    """An optimum, checked if `exact`; None if there is none, or none was found.

    Args:
        program: any.
        around: a feasible point, for programs that floats take for infeasible.
    """
    if len(program.rows) * len(program.cost) <= FEW_CELLS:
        basis = pivoted(program)
        return None if basis is None else program.checked(basis)
    if around is None and program.num_at_most > MANY_ROWS + 20 * len(program.cost):
        found = _from_few_rows(program)
        if found is not None:
            return found
    place = None if around is None else Place(around, np.full(len(program.rows), Fraction(0), object))
    said = None
    for attempt in range(ROUNDS):
        answer = ask(program, place, _ZOOM ** (attempt + (around is not None)))
        if answer is None:
            break
        basis, place = answer
        found = program.checked(basis)
        if found is not None:
            return found
        said = "no basis that floats propose is optimal in rationals, and the program is too large to find one without"
    if said is None and around is None:
        return None  # floats find no optimum; whether there is one is settled by other programs
    basis = pivoted(program)
    found = None if basis is None else program.checked(basis)
    if found is not None or said is None or place is None:
        return found
    return Optimum("optimal", place.point, program.worth(place.point), exact=False, reason=said)


def _from_few_rows(program: Program) -> Optimum | None:
    """The optimum of a program with many rows, of which few matter: rows that a solution breaks join, till none is.

    None if that leads nowhere, as when some rows alone leave the program unbounded.
    """
    size, count = len(program.cost), len(program.rows)
    kept = np.arange(count) >= program.num_at_most
    kept[np.linspace(0, count - 1, 4 * size).astype(int)] = True
    while True:
        rows = np.flatnonzero(kept)
        found = optimum(program.few(rows))
        if found is None or not found.exact:
            return None
        excess = program.excess(*scaled(found.point)) / program.rows.widest
        broken = np.flatnonzero(excess > 0)
        if not broken.size:
            weights = np.full(program.num_at_most, Fraction(0), object)
            weights[rows[rows < program.num_at_most]] = found.duals.at_most
            return dataclasses.replace(found, duals=dataclasses.replace(found.duals, at_most=weights))
        kept[broken[np.argsort(-excess[broken])[: size + 20]]] = True


__all__ = ["Bounds", "Multipliers", "Optimum", "minimise"]
