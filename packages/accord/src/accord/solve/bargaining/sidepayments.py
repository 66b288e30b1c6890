"""Two proposers at once: binding promises of side payments, announced simultaneously, nobody asked to accept."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..equilibria.components import Components, components
from ..tables.normal import NormalForm
from ..tables.numbers import rational, said

PAIRS = 50_000_000
"""Pairs of announcements that are looked at before the grid is refused."""


@dataclasses.dataclass(frozen=True)
class Announced:
    """Outcomes with one range of payoffs, and one pair of announcements that leads to them."""

    low: tuple[Fraction, Fraction]
    """The least that each agent gets; play may have a continuum of equilibria."""

    high: tuple[Fraction, Fraction]
    announcements: tuple[int, int]
    """Row numbers of the two agents' announcements."""


@dataclasses.dataclass(frozen=True)
class Announcements:
    """All subgame-perfect equilibrium outcomes of "both announce, then play": pure announcements, any play."""

    outcomes: tuple[Announced, ...]
    best: Fraction
    """The most welfare that any joint action has."""

    @property
    def welfare(self) -> tuple[Fraction, ...]:
        """Sums of payoffs at the ends of the ranges, ascending; for points, all there are."""
        return tuple(sorted({sum(end, Fraction(0)) for one in self.outcomes for end in (one.low, one.high)}))

    @property
    def attains(self) -> bool:
        """Whether some equilibrium has the best welfare."""
        return any(sum(one.high, Fraction(0)) == self.best for one in self.outcomes)

    @property
    def efficient(self) -> bool:
        """Whether there is an equilibrium, and every one has the best welfare."""
        return self.welfare == (self.best,)

    def sentence(self) -> str:
        """The verdict in words."""
        if not self.outcomes:
            return "No equilibrium with pure announcements on this grid."
        sums = ", ".join(said(value) for value in self.welfare)
        some = "some equilibrium attains it" if self.attains else "no equilibrium attains it"
        return f"Welfare of the equilibria: {sums}; the best is {said(self.best)}, {some}."


def announced(
    found: Components, mine: np.ndarray, yours: np.ndarray, best: Fraction, scale: int = 1
) -> Announcements:
    """Subgame-perfect equilibria of a game in which two agents announce something at once and then play.

    Announcements (s, t) with payoffs x of an equilibrium of play after them are an outcome if and only if x_0 is at
    least max over s' of the least equilibrium payoff of agent 0 after (s', t), and x_1 likewise: each deviation may be
    followed by the equilibrium of play that is worst for the one who deviates. Exact: payoffs are compared as ranks.

    Args:
        found: equilibria of the games that may come about.
        mine: for each announcement s of agent 0, and
        yours: for each announcement t of agent 1, such that game number `mine[s] + yours[t]` follows.
        best: the most welfare there is.
        scale: of the payoffs in `found`.
    """
    least = found.least.T.copy()
    bounds = np.full(len(yours), -1), np.empty(len(mine), int)
    for s, base in enumerate(mine):
        np.maximum(bounds[0], least[0, base + yours], out=bounds[0])
        bounds[1][s] = least[1, base + yours].max()
    first = np.searchsorted(found.game, np.arange(found.games + 1))
    rows: dict[bytes, np.ndarray] = {}
    for s, base in enumerate(mine):
        games = base + yours
        entry, last = first[games], first[games + 1]
        while np.any(more := entry < last):
            high = found.high[np.where(more, entry, 0)]
            t = np.flatnonzero(more & (high[:, 0] >= bounds[0]) & (high[:, 1] >= bounds[1][s]))
            low = np.maximum(found.low[entry[t]], np.stack([bounds[0][t], np.full(len(t), bounds[1][s])], axis=1))
            for row in np.column_stack([low, high[t], np.full(len(t), s), t]):
                rows.setdefault(row[:4].tobytes(), row)
            entry = entry + 1
    value = lambda rank: found.values[rank] / scale
    return Announcements(
        tuple(
            Announced((value(row[0]), value(row[1])), (value(row[2]), value(row[3])), (int(row[4]), int(row[5])))
            for row in sorted(rows.values(), key=lambda row: tuple(row))
        ),
        best,
    )


@dataclasses.dataclass(frozen=True, eq=False)
class SidePayments:
    """The game of side payments on a grid of promises, solved."""

    equilibria: Announcements
    promises: np.ndarray
    """Rationals `[announcements, actions, actions]`: what one agent promises to pay the other at each joint action."""

    solo: tuple[Fraction, Fraction]
    """See `solo_payoffs`."""

    @property
    def excluded(self) -> bool:
        """Whether promises without a largest amount have no equilibrium that attains the best welfare, or any better.

        There each agent can undo the other's promises and add its best ones, so it gets at least its solo payoff. Two
        solo payoffs that add up to more than the best welfare leave no equilibrium in pure promises at all.
        """
        return sum(self.solo, Fraction(0)) > self.equilibria.best

    @property
    def supported(self) -> tuple[tuple[Fraction, ...], ...]:
        """Payoffs of equilibrium outcomes that are single points."""
        return tuple(sorted({one.low for one in self.equilibria.outcomes if one.low == one.high}))


def solo_payoffs(game: NormalForm, most: Any, step: Any = 1) -> tuple[Fraction, Fraction]:
    """What each agent can secure if it alone may promise, on the grid: its worst equilibrium after its best promise.

    Arguments and errors as in `side_payments`. A finer grid gives no less: these are lower bounds of the payoffs with
    any promises.
    """
    levels, step = _grid(game, most, step)
    promised = np.array(list(itertools.product(range(levels), repeat=4))).reshape(-1, 2, 2)
    out = []
    for agent, sign in enumerate((1, -1)):
        found, scale = _play(game, sign * promised, step)
        out.append(found.values[int(found.least[:, agent].max())] / scale)
    return out[0], out[1]


def side_payments(game: NormalForm, most: Any, step: Any = 1) -> SidePayments:
    """All subgame-perfect equilibria when both agents promise side payments at once and then play.

    Each promises amounts 0, step, ..., most for every joint action, paid to the other one when it is played. Mixed play
    is included; announcements are pure, and confined to the grid. A step so large that nobody can make an action
    strictly better at a small cost leaves equilibria that finer grids don't have: compare steps.

    Args:
        game: two agents with two actions each.
        most: the largest amount.
        step: the grid's.

    Raises:
        BadGame: another shape of game.
        BadSetting: a step that does not divide the largest amount, or more than `PAIRS` pairs of promises.

    Source: after Jackson and Wilkie 2005, "Endogenous games and mechanisms: side payments among players".
    """
    levels, step = _grid(game, most, step)
    if levels**8 > PAIRS:
        raise BadSetting(
            f"{levels} amounts for each of 4 joint actions make {levels**8:,} pairs of promises, more than {PAIRS:,}. "
            "Choose a larger step or a smaller largest amount."
        )
    grid = np.array(list(itertools.product(range(levels), repeat=4)))
    # play depends on the net payment only: number it by its four cells, each in -(levels - 1) .. levels - 1
    place = (2 * levels - 1) ** np.arange(3, -1, -1)
    mine, yours = grid @ place, (levels - 1) * int(place.sum()) - grid @ place
    net = np.array(list(itertools.product(range(1 - levels, levels), repeat=4))).reshape(-1, 2, 2)
    found, scale = _play(game, net, step)
    promises = np.array([[step * int(k) for k in row] for row in grid], object).reshape(-1, 2, 2)
    equilibria = announced(found, mine, yours, game.best_welfare, scale)
    return SidePayments(equilibria, promises, solo_payoffs(game, most, step))


def _grid(game: NormalForm, most: Any, step: Any) -> tuple[int, Fraction]:
    """How many amounts there are, and the step as a rational."""
    if game.num_actions != (2, 2):
        raise BadGame(f"The game has {game.num_actions} actions, expected (2, 2): promises are only searched there.")
    most, step = rational(most), rational(step)
    if most < 0 or step <= 0 or (most / step).denominator != 1:
        raise BadSetting(f"most={most}, step={step}: expected a largest amount >= 0 that is a multiple of the step.")
    return int(most / step) + 1, step


def _play(game: NormalForm, net: np.ndarray, step: Fraction) -> tuple[Components, int]:
    """Equilibria of the games in which agent 0 pays agent 1 so many steps, `[games, actions, actions]`; and a scale."""
    paid = net * (step.numerator * game.scale)
    units = game.units[None] * step.denominator + np.stack([-paid, paid], axis=1)
    return components(units), game.scale * step.denominator
