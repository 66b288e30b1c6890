"""The linear program behind the cheapest contract: few variables, and rows that are asked for as they are broken."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..programs.linear import Optimum, minimise
from ..tables.numbers import rational, simplest, tight
from .incentives import Frame, Incentives

OBJECTIVES = ("total", "largest", "terms")
_AT_ONCE = 40
"""Broken rows that are added to the program at a time."""

Place = tuple[int, int]
"""A row of `Incentives`: its step, and its number there."""


@dataclasses.dataclass(frozen=True)
class Demands:
    """What a contract has to satisfy, and what it should keep small; see `transfers.cheapest`."""

    objective: str = "total"
    margin: Fraction = Fraction(0)
    outside: tuple[Fraction, ...] | None = None
    cap: Fraction | None = None
    signing: bool = False

    @classmethod
    def of(cls, objective: str, margin: Any, outside: Any, cap: Any, signing: bool) -> Demands:
        """From numbers of any kind.

        Raises:
            BadSetting: an unknown objective, a negative margin.
        """
        if objective not in OBJECTIVES:
            raise BadSetting(f"objective={objective!r}, expected one of {', '.join(OBJECTIVES)}.")
        if rational(margin) < 0:
            raise BadSetting(f"margin={margin}, expected 0 or more: what a deviation has to lose.")
        return cls(
            objective, rational(margin), None if outside is None else tuple(rational(value) for value in outside),
            None if cap is None else rational(cap), signing,
        )


class Program:
    """Variables: the terms, lump sums (if any), and auxiliary ones of the objective, or the excess, at the end."""

    def __init__(self, rows: Incentives, demands: Demands) -> None:
        self.rows, self.demands = rows, demands
        self.agents, self.terms = rows.game.num_agents, rows.features.num_terms
        self.lumps = self.agents if demands.signing else 0
        every = demands.cap is not None or demands.objective == "largest"
        self.paid = distinct(rows, everywhere=True) if every else []
        self.chosen: dict[Place, None] = {}

    def proof(self) -> tuple[list[tuple[Place, Fraction]], list[Fraction]] | None:
        """Weights of deviations and of each agent's participation that prove the space too poor; None if it is not."""
        if self.search(self.demands.margin, False).status == "optimal":
            return None
        found = self.search(self.demands.margin, True)
        weights = [(row, -dual) for row, dual in zip(self.chosen, self.duals(found), strict=True) if dual]
        return weights, [-dual for dual in self.shares(found)]

    def search(self, margin: Fraction, relaxed: bool) -> Optimum:
        """The optimum over all rows. Relaxed: the least excess, a last variable, that every condition may have."""
        self.chosen = {}
        static, limits, sums, cost, bounds = self._frame(relaxed)
        equal = None if not sums else (np.array(sums, object), np.zeros(len(sums), object))
        if not cost:  # nothing to choose: the rows hold or they don't
            fine = self.rows.deters(np.zeros(0, object), margin)
            return Optimum("optimal", np.zeros(0, object), Fraction(0)) if fine else Optimum("infeasible")
        while True:
            added = [self._row(step, row, len(cost), relaxed) for step, row in self.chosen]
            matrix = np.array([*static, *(row for row, _ in added)], object).reshape(-1, len(cost))
            right = np.array([*limits, *(limit - margin for _, limit in added)], object)
            found = minimise(np.array(cost, object), at_most=(matrix, right), equal=equal, bounds=bounds)
            if found.status != "optimal":
                return found
            excess = found.point[-1] if relaxed else Fraction(0)
            broken = self._broken(found.point[: self.terms], margin, excess)
            if not broken:
                return found
            self.chosen.update(dict.fromkeys(broken))

    def _broken(self, theta: np.ndarray, margin: Fraction, excess: Fraction) -> list[Place]:
        """Rows that some terms break, the worst first: floats look, and where they see none, integers do."""
        weights, worst = np.array([1.0, *theta], float), []
        for step, rows in enumerate(self.rows.steps):
            over = rows.floats @ weights + float(margin - excess)
            worst += [(-over[row], (step, int(row))) for row in np.argsort(-over, kind="stable")[:_AT_ONCE]]
        picked = _unlike([(g, p) for g, p in sorted(worst) if g < -1e-9 and p not in self.chosen], self.rows)
        if picked:
            return picked
        exact = []
        for step, rows in enumerate(self.rows.steps):
            gains, over = rows.gains(theta)
            allowed = (excess - margin) * over
            exact += [(step, int(row)) for row in np.flatnonzero(gains > allowed)]
        return [place for place in exact if place not in self.chosen][:_AT_ONCE]

    def answer(self, found: Optimum) -> tuple[np.ndarray, bool]:
        """The terms as rationals, and whether the optimum is proven; a float's answer is rounded, so it is no proof."""
        theta = found.point[: self.terms]
        if found.exact:
            return theta, True
        return np.array([simplest(float(term), 1e-9) for term in theta], object), False

    # ------------------------------------------------------------------------------------------------------------ rows

    def _row(self, step: int, row: int, width: int, relaxed: bool) -> tuple[list[Fraction], Fraction]:
        rows = self.rows.steps[step]
        base, *slopes = (Fraction(int(unit), rows.scale) for unit in rows.units[row])
        line = [*slopes, *[Fraction(0)] * (width - self.terms)]
        if relaxed:
            line[-1] = Fraction(-1)
        return line, -base

    def _frame(self, relaxed: bool) -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]:
        """Everything but incentives: rows `<=` with their right sides, rows `= 0`, costs, bounds."""
        shapes = [] if relaxed else self._measured()
        auxiliary = 1 if relaxed or self.demands.objective == "largest" else len(shapes)
        head, zero = self.terms + self.lumps, Fraction(0)
        width = head + auxiliary
        rows, limits, cost = [], [], [zero] * head + [Fraction(1)] * auxiliary
        for number, (base, slopes, weight) in enumerate(shapes):
            column = head + (0 if self.demands.objective == "largest" else number)
            cost[column] = weight
            for sign in (1, -1):
                line = [sign * slope for slope in slopes] + [zero] * (width - len(slopes))
                line[column] -= 1
                rows.append(line)
                limits.append(-sign * base)
        cap = self.demands.cap
        if cap is not None:
            for (base, slopes, _), sign in itertools.product(self.paid, (1, -1)):
                rows.append([sign * slope for slope in slopes] + [zero] * (width - len(slopes)))
                limits.append(cap - sign * base)
        for agent, value in enumerate(self.demands.outside or ()):
            base, *slopes = (Fraction(int(unit), self.rows.worth_scale) for unit in self.rows.worth[agent])
            line = [-slope for slope in slopes] + [zero] * (width - self.terms)
            if self.lumps:
                line[self.terms + agent] = Fraction(-1)
            if relaxed:
                line[-1] = Fraction(-1)
            rows.append(line)
            limits.append(base - value)
        sums = [[zero] * self.terms + [Fraction(1)] * self.lumps + [zero] * auxiliary] if self.lumps else []
        box = list(zip(self.rows.features.low, self.rows.features.high, strict=True))
        return rows, limits, sums, cost, [*box, *[(None, None)] * self.lumps, *[(0, None)] * auxiliary]

    def _measured(self) -> list[tuple[Fraction, list[Fraction], Fraction]]:
        """What the objective adds up: absolute values of affine functions of the variables, with weights."""
        unit = lambda place, size: [Fraction(int(k == place)) for k in range(size)]
        if self.demands.objective == "largest":
            return [(base, slopes, Fraction(1)) for base, slopes, _ in self.paid]
        if self.demands.objective == "terms":
            return [(Fraction(0), unit(k, self.terms), Fraction(1)) for k in range(self.terms)]
        path = [(base, slopes, weight / 2) for base, slopes, weight in distinct(self.rows, everywhere=False)]
        size = self.terms + self.lumps
        return path + [(Fraction(0), unit(self.terms + i, size), Fraction(1, 2)) for i in range(self.lumps)]

    # ------------------------------------------------------------------------------------------- what stands in the way

    def duals(self, found: Optimum) -> np.ndarray:
        """Multipliers of the incentive rows in the order of `chosen`."""
        every = found.duals.at_most
        return every[len(every) - len(self.chosen) :]

    def shares(self, found: Optimum) -> np.ndarray:
        """Multipliers of the participation rows, which stand just before; empty if there is no such condition."""
        end = len(found.duals.at_most) - len(self.chosen)
        return found.duals.at_most[end - len(self.demands.outside or ()) : end]

    def priced(
        self, weights: list[tuple[Place, Fraction]], shares: list[Fraction], timed: bool
    ) -> list[tuple[Any, int, int, int]]:
        """Indicators (time, row, payer, payee) that break a proof of infeasibility, the most effective first.

        A unit paid to agent i after a row adds to the weighted gains what the weighted deviations of i make of that
        row's frequency: mass +1 where a deviation begins, -1 where the target goes on, carried along the target. An
        agent that would not sign counts as one that deviates from the target at the start.
        """
        frame, rows = Frame.of(self.rows.game), self.rows
        joint, agents = frame.num_joint, self.agents
        owner = np.repeat(np.arange(len(frame.first) - 1), np.diff(frame.first))
        here = np.full((frame.num_states, agents), Fraction(0), object)
        if shares:
            chance = frame.start.astype(object) * Fraction(1, int(frame.start.sum()))
            here -= chance[:, None] * np.array(shares, object)
        total: dict[tuple[int | None, int], np.ndarray] = {}
        for time in range(frame.horizon):
            mass = np.full((frame.num_states * joint, agents), Fraction(0), object)
            mass[np.arange(frame.num_states) * joint + rows.target[time]] += here
            for (step, row), weight in weights:
                if step == time:
                    part = rows.steps[step]
                    place, agent = int(part.state[row]) * joint, int(part.agent[row])
                    mass[place + int(part.leave[row]), agent] += weight
                    mass[place + int(part.stay[row]), agent] -= weight
            used = np.flatnonzero(np.any(mass != 0, axis=1))
            for row in used:
                key = (time if timed else None, int(row))
                total[key] = total.get(key, 0) + mass[row]
            here = np.full((frame.num_states, agents), Fraction(0), object)
            for entry in np.flatnonzero(np.isin(owner, used)):
                here[frame.after[entry]] += mass[owner[entry]] * Fraction(int(frame.weight[entry]), frame.denominator)
        prices = [(min(mass) - max(mass), when, row, int(np.argmax(mass)), int(np.argmin(mass)))
                  for (when, row), mass in total.items()]
        prices.sort(key=lambda entry: (entry[0], -1 if entry[1] is None else entry[1], entry[2]))
        return [(when, row, payer, payee) for price, when, row, payer, payee in prices if price < 0]


def _unlike(ranked: list[tuple[float, Place]], rows: Incentives) -> list[Place]:
    """The first few rows that are not multiples of one another's numbers: duplicates bind together."""
    seen, out = set(), []
    for _, (step, row) in ranked:
        key = tuple(np.round(rows.steps[step].floats[row], 12))
        if key not in seen:
            seen.add(key)
            out.append((step, row))
        if len(out) == _AT_ONCE:
            break
    return out


def distinct(rows: Incentives, *, everywhere: bool) -> list[tuple[Fraction, list[Fraction], Fraction]]:
    """The different transfers that an agent may net in a step, affine in the terms, with their expected number.

    Functions that differ in sign only are one. `everywhere`: after any joint action that may come up, with weight 1;
    else on the path of the target, with the expected number of times.
    """
    frame, features = Frame.of(rows.game), rows.features
    joint, places = frame.num_joint, np.arange(frame.num_states)
    chance = frame.start.astype(object) * Fraction(1, int(frame.start.sum()))
    owner = np.repeat(np.arange(len(frame.first) - 1), np.diff(frame.first))
    found: dict[tuple[int, ...], Fraction] = {}
    for time in range(frame.horizon):
        on = places[rows.reachable[time]] if everywhere else np.flatnonzero((chance != 0) & rows.reachable[time])
        moves = np.arange(joint)[None] if everywhere else rows.target[time][on][:, None]
        used = (on[:, None] * joint + moves).ravel()
        weight = np.full(len(used), Fraction(1), object) if everywhere else chance[on]
        fixed = features.constant[min(time, len(features.constant) - 1), used]
        slopes = features.slopes[min(time, len(features.slopes) - 1)][:, used]
        table = np.concatenate([fixed[None], slopes]).transpose(1, 2, 0).reshape(-1, 1 + len(slopes))
        for line, share in zip(tight(table), np.repeat(weight, rows.game.num_agents), strict=True):
            key = tuple(int(unit) for unit in line)
            if any(key):
                key = max(key, tuple(-unit for unit in key))
                found[key] = Fraction(1) if everywhere else found.get(key, Fraction(0)) + share
        if not everywhere:
            path = np.flatnonzero(np.isin(owner, used))
            chance, before = np.full(frame.num_states, Fraction(0), object), chance
            np.add.at(chance, frame.after[path], before[owner[path] // joint] * frame.weight[path])
            chance = chance * Fraction(1, frame.denominator)
    scale = features.scale
    return [(Fraction(k[0], scale), [Fraction(unit, scale) for unit in k[1:]], w) for k, w in sorted(found.items())]
