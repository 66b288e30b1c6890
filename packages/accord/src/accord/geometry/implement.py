"""The cheapest contract that makes a joint policy an equilibrium: a linear program, and no learning inside it."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.optimize import linprog

from ..core.errors import BadSetting
from .contracts import Family

OBJECTIVES = ("sum", "largest")


@dataclasses.dataclass(frozen=True, eq=False)
class Implementation:
    """The answer of `implement`."""

    feasible: bool
    theta: np.ndarray
    """The terms; if infeasible, those under which the best single deviation gains least (`gain`)."""

    cost: float
    """The objective at `theta`; infinite if infeasible."""

    gain: float
    """What the best deviation gains under `theta`, once and then back to the policy; at most 0 if implemented."""

    regret: float
    """The same by exact best responses, which know nothing of the program: an agent may deviate for ever."""

    values: np.ndarray
    """Of both agents under `theta`, `[2, states]`."""

    message: str


def implement(
    family: Family, joint: np.ndarray, *, objective: str = "sum", margin: float = 0.0,
    outside: tuple[float, float] | None = None, cap: float | None = None, start: np.ndarray | None = None,
) -> Implementation:
    """The cheapest terms under which a deterministic joint policy is a Markov-perfect equilibrium.

    Infeasible is a certificate: no terms of the family implement it under these conditions.

    Args:
        family: the game and the class of contracts.
        joint: the joint actions to implement, `[states, 2]`.
        objective: "sum" of the |theta|, or the "largest".
        margin: what every deviation has to lose at least; above 0, best responses are unique.
        outside: what each agent can have from the start without signing, and must not fall below.
        cap: the most that may change hands in a step, on or off the path (limited liability).
        start: where play begins, `[states]`, for `outside`; uniform unless said.

    Raises:
        BadSetting: an unknown objective, a negative margin or cap.
    """
    if objective not in OBJECTIVES:
        raise BadSetting(f"objective={objective!r}, expected one of {', '.join(OBJECTIVES)}.")
    if margin < 0.0 or (cap is not None and cap < 0.0):
        raise BadSetting(f"margin={margin}, cap={cap}: expected numbers from 0 up.")
    region, stored = family.region(joint), family.stored(*family.pair.pure(joint))
    rows, limits = [region.rows], [region.limits - margin]
    if outside is not None:
        begin = np.full(family.pair.num_states, 1.0 / family.pair.num_states) if start is None else np.asarray(start)
        flow = stored.moved @ begin
        rows.append(np.stack([-flow, flow]))
        limits.append(stored.own @ begin - np.asarray(outside, float))
    if cap is not None:
        paid = family.features.reshape(family.num_terms, -1).T
        rows += [paid, -paid]
        limits += [np.full(len(paid), cap)] * 2
    deviations = len(region.rows)
    theta = _cheapest(np.concatenate(rows), np.concatenate(limits), objective)
    feasible = theta is not None
    if theta is None:
        theta = _nearest(np.concatenate(rows), np.concatenate(limits), deviations)
    gain = float((region.rows @ theta - region.limits).max())
    size = np.abs(theta).sum() if objective == "sum" else np.abs(theta).max(initial=0.0)
    return Implementation(
        feasible, theta, float(size) if feasible else float("inf"), gain,
        family.under(theta).regret(*family.pair.pure(joint)), stored.at(theta),
        f"Implemented at {objective} |theta| = {size:.4g}." if feasible else
        f"No terms of the family implement it: at best a deviation still gains {gain:.3g}. Add features, or choose "
        "another joint policy.",
    )  # fmt: skip


def indicators(family: Family) -> Family:
    """The richest family on a game: a transfer of its own after every state and joint action."""
    shape = family.pair.rewards.shape[1:]
    return dataclasses.replace(family, features=np.eye(int(np.prod(shape))).reshape(-1, *shape))


def _cheapest(rows: np.ndarray, limits: np.ndarray, objective: str) -> np.ndarray | None:
    """Terms of the least size with `rows @ theta <= limits`; None if there are none."""
    terms = rows.shape[1]
    sizes = terms if objective == "sum" else 1
    eye, cover = np.eye(terms), np.eye(terms) if objective == "sum" else np.ones((terms, 1))
    table = np.block([[rows, np.zeros((len(rows), sizes))], [eye, -cover], [-eye, -cover]])
    bounds = [(None, None)] * terms + [(0.0, None)] * sizes
    cost = np.concatenate([np.zeros(terms), np.ones(sizes)])
    found = linprog(cost, table, np.concatenate([limits, np.zeros(2 * terms)]), bounds=bounds, method="highs")
    return found.x[:terms] if found.status == 0 else None


def _nearest(rows: np.ndarray, limits: np.ndarray, deviations: int) -> np.ndarray:
    """Terms that lower the largest gain of a deviation as far as it goes; other conditions are kept, if they can be."""
    terms = rows.shape[1]
    loose = np.zeros((len(rows), 1))
    loose[:deviations] = 1.0
    table, cost = np.hstack([rows, -loose]), np.append(np.zeros(terms), 1.0)
    bounds = [(None, None)] * terms + [(0.0, None)]
    found = linprog(cost, table, limits, bounds=bounds, method="highs")
    return found.x[:terms] if found.status == 0 else np.zeros(terms)
