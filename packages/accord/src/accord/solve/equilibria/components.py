"""All equilibria of many two-by-two games at once, as boxes of payoffs, in integers."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction

import numpy as np

from ...core.errors import BadGame

_ENDS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2))
"""Intervals of mixtures between 0 (never the first action), 1 (which makes the other one indifferent), 2 (always)."""

_SETS = np.array(list(itertools.product(_ENDS, repeat=2)))
"""A product of two intervals: `[sets, agents, ends]`."""

_INSIDE = np.array(
    [
        [bool(np.any(a != b) and np.all(b[:, 0] <= a[:, 0]) and np.all(a[:, 1] <= b[:, 1])) for b in _SETS]
        for a in _SETS
    ]
)
"""Whether the first set is a proper part of the second one, `[sets, sets]`."""


@dataclasses.dataclass(frozen=True, eq=False)
class Components:
    """Equilibrium payoffs of `games` two-by-two games: each entry is a box, mostly a point.

    Payoffs are *ranks*: `values[rank]` is the rational. Comparing ranks compares payoffs, exactly.
    """

    games: int
    game: np.ndarray
    """Which game an entry belongs to, ascending, `[entries]`; every game has at least one."""

    low: np.ndarray
    """Ranks `[entries, agents]`: the least payoff of each agent in the entry."""

    high: np.ndarray
    values: tuple[Fraction, ...]

    @property
    def least(self) -> np.ndarray:
        """The worst equilibrium payoff of each agent, ranks `[games, agents]`."""
        return np.minimum.reduceat(self.low, np.searchsorted(self.game, np.arange(self.games)), axis=0)

    def boxes(self, game: int) -> list[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
        """Lowest and highest payoffs of each entry of one game."""
        rows = np.flatnonzero(self.game == game)
        return [tuple(tuple(self.values[r] for r in end[row]) for end in (self.low, self.high)) for row in rows]  # pyright: ignore[reportReturnType]


def components(units: np.ndarray) -> Components:
    """Every maximal set of equilibria, pure and mixed, of every game.

    In a product of mixtures all of which are best replies to each other, an agent's payoff depends on the *other's*
    mixture only (its own ones are all best replies), so the payoffs fill a box and its corners are equilibria. Payoffs
    of equilibria in between are therefore in the result, although only finitely many mixtures are looked at.

    Args:
        units: integer payoffs `[games, agents, actions of agent 0, actions of agent 1]`, all of one scale.

    Raises:
        BadGame: other than two agents with two actions each.

    Source: the maximal Nash subsets of Millham 1974, for two actions (named after it; derived here).
    """
    if units.shape[1:] != (2, 2, 2):
        raise BadGame(f"Payoffs have shape {units.shape}, expected (games, 2, 2, 2): two agents with two actions each.")
    first, second = units[:, 0], units[:, 1]
    # gain of the first action over the second, against each action of the other one: [games, 2]
    gains = (first[:, 0, :] - first[:, 1, :], second[:, :, 0] - second[:, :, 1])
    mixtures = (_mixtures(gains[1]), _mixtures(gains[0]))  # an agent's mixture makes the *other* one indifferent
    replies = [_replies(gains[i], *mixtures[1 - i]) for i in (0, 1)]  # [games, other's mixture, own mixture]
    nash = replies[0].transpose(0, 2, 1) & replies[1]  # [games, mixture of 0, mixture of 1]
    corners = [nash[:, _SETS[:, 0, i], _SETS[:, 1, j]] for i in (0, 1) for j in (0, 1)]
    valid = np.logical_and.reduce(corners)
    maximal = valid & ~(valid.astype(np.int64) @ _INSIDE.T.astype(np.int64)).astype(bool)
    game, which = np.nonzero(maximal)
    ranks, values = _ranked(units, mixtures)
    ends = [ranks[game, :, _SETS[which, 0, i], _SETS[which, 1, j]] for i in (0, 1) for j in (0, 1)]
    return Components(len(units), game, np.minimum.reduce(ends), np.maximum.reduce(ends), values)


def _mixtures(gain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the first action `[games, 3]` over a scale `[games, 1]`: never, indifferent making, always.

    Where no proper mixture makes the other indifferent, the middle one is a copy of "never" that is no best reply.
    """
    proper = gain[:, :1] * gain[:, 1:] < 0
    whole = np.where(proper, np.abs(gain).sum(axis=1, keepdims=True), 1)
    middle = np.where(proper, np.abs(gain[:, 1:]), -1)
    return np.concatenate([np.zeros_like(whole), middle, whole], axis=1), whole


def _replies(gain: np.ndarray, weight: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Which of an agent's own three mixtures are best replies to each of the other's three, `[games, other, own]`."""
    better = weight * gain[:, :1] + (whole - weight) * gain[:, 1:]
    exists = weight >= 0
    return np.stack([better <= 0, better == 0, better >= 0], axis=2) & exists[:, :, None]


def _ranked(
    units: np.ndarray, mixtures: tuple[tuple[np.ndarray, np.ndarray], ...]
) -> tuple[np.ndarray, tuple[Fraction, ...]]:
    """Payoffs under every pair of mixtures as ranks `[games, agents, 3, 3]`, and the rationals that they stand for."""
    (one, one_whole), (two, two_whole) = mixtures
    one, two = np.maximum(one, 0), np.maximum(two, 0)
    rows = np.stack([one, one_whole - one], axis=2)
    columns = np.stack([two, two_whole - two], axis=2)
    top = np.einsum("gia,gxab,gjb->gxij", rows, units, columns)
    bottom = np.broadcast_to((one_whole * two_whole)[:, :, None, None], top.shape)
    common = np.gcd(top, bottom)
    top, bottom = top // common, bottom // common
    wide = int(bottom.max()) + 1
    keys, where = np.unique(top * wide + bottom, return_inverse=True)
    found = [Fraction(int(key // wide), int(key % wide)) for key in keys]
    values = sorted(found)
    place = {value: rank for rank, value in enumerate(values)}
    return np.array([place[value] for value in found])[where].reshape(top.shape), tuple(values)
