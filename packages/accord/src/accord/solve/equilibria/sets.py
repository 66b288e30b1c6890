"""Sets of payoffs: finitely many points, exactly, or an outer approximation that is rounded outward, never inward.

Points are rows of integers over a scale that their owner knows. An outer approximation is what a `Fence` keeps: for
each of a few directions `d`, an interval that contains `d . u` for every payoff vector `u` of the set. Its ends are
integers in one fixed unit, the lower ones rounded down and the upper ones up: no error analysis is needed to trust
them, and no number grows with the number of steps.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...core.errors import BadSetting
from ..tables.tabular import Tabular

REACH = 2**32
"""Fixed-point numbers stay below this, so that products with rounded multipliers fit into 64 bits."""


_PIECE = 1 << 20
"""Sums that are held at once before equal ones are put together."""


class TooMany(Exception):
    """A set with more points than its owner allows."""


# --------------------------------------------------------------------------------------------------------------- points


def distinct(points: np.ndarray) -> np.ndarray:
    """The different rows of an integer array `[points, agents]`, in lexicographic order."""
    if len(points) < 2:
        return points
    if points.dtype != object:
        order = np.lexsort(points.T[::-1])
        points = points[order]
        return points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
    rows = sorted(set(map(tuple, points)))
    out = np.empty((len(rows), points.shape[1]), object)
    out[:] = rows
    return out


def minkowski(base: np.ndarray, parts: list[np.ndarray], at_least: np.ndarray, cap: int) -> np.ndarray:
    """All sums of `base` and one point of each part, of those sums that reach `at_least` in every coordinate.

    Args:
        base: one point, `[agents]`.
        parts: sets of points `[points, agents]`, none of them empty.
        at_least: `[agents]`; partial sums that cannot get there any more are dropped on the way.
        cap: most different points at any moment.

    Raises:
        TooMany: more points than `cap`.
    """
    sums = base[None]
    hopes = [part.max(axis=0) for part in parts]
    left = sum(hopes, np.zeros_like(base))
    for part, hope in zip(parts, hopes, strict=True):
        left = left - hope
        grown = sums[:0]
        for piece in np.array_split(sums, len(sums) * len(part) // _PIECE + 1):
            more = (piece[:, None] + part[None]).reshape(-1, len(base))
            grown = distinct(np.concatenate([grown, more[(more + left >= at_least).all(axis=1)]]))
            if len(grown) > cap:
                raise TooMany
        sums = grown
    return sums


def summands(base: np.ndarray, parts: list[np.ndarray], total: np.ndarray) -> list[int] | None:
    """Which point of each part to take so that `base` and these points add up to `total`; None if no choice does."""
    sums = [base[None]]
    below, above = (sum((pick(part, axis=0) for part in parts), np.zeros_like(base)) for pick in (np.min, np.max))
    for part in parts:
        below, above = below - part.min(axis=0), above - part.max(axis=0)
        grown = (sums[-1][:, None] + part[None]).reshape(-1, len(base))
        hopeful = (grown + above >= total).all(axis=1) & (grown + below <= total).all(axis=1)
        sums.append(distinct(grown[hopeful]))
    rest = tuple(total)
    if rest not in set(map(tuple, sums[-1])):
        return None
    picks = []
    for part, earlier in zip(reversed(parts), reversed(sums[:-1]), strict=True):
        known = set(map(tuple, earlier))
        before = [tuple(np.array(rest, point.dtype) - point) for point in part]
        picks.append(next(k for k, sum_before in enumerate(before) if sum_before in known))
        rest = before[picks[-1]]
    return picks[::-1]


# -------------------------------------------------------------------------------------------------- outer approximation


class Fence:
    """Outer approximations of payoff sets by intervals in directions, in fixed-point arithmetic.

    The first directions are the agents, the next one is their sum (welfare), more may follow. An approximation of one
    set per state is a pair of integer arrays `(low, high)`, both `[states, directions]`, in units of `1 / unit`.
    """

    def __init__(self, game: Tabular, directions: tuple[tuple[int, ...], ...] = ()) -> None:
        """Choose the unit so that everything the game can pay stays below `REACH`.

        Args:
            game: whose payoffs are meant.
            directions: further directions, integers, one per agent.

        Raises:
            BadSetting: a direction of another length, or zero.
        """
        n = game.num_agents
        for direction in directions:
            if len(direction) != n or not any(direction):
                raise BadSetting(f"Direction {direction}, expected {n} integers (one per agent), not all of them 0.")
        self.game = game
        self.directions = np.array([*np.eye(n, dtype=int), np.ones(n, int), *directions], np.int64)
        exact = self._along(game.units)
        most = max(1, int(np.abs(exact).max()) * game.horizon)
        room = Fraction(REACH * game.scale, most)
        bits = int(room).bit_length() - 1 if room >= 1 else -int(1 / room).bit_length()
        self.unit = Fraction(2) ** bits
        self._low, self._high = self.rounded(exact, game.scale)

    def rounded(self, integers: np.ndarray, scale: int) -> tuple[np.ndarray, np.ndarray]:
        """Numbers `integers / scale` in fixed point, rounded down and up."""
        few = max(_top(integers) * self.unit.numerator, scale * self.unit.denominator) < 2**62
        top = integers.astype(np.int64 if few else object) * self.unit.numerator
        bottom = scale * self.unit.denominator
        return (top // bottom).astype(np.int64), (-(-top // bottom)).astype(np.int64)

    def _along(self, points: np.ndarray) -> np.ndarray:
        """Points measured in every direction, `[points, directions]`."""
        few = _top(points) * int(np.abs(self.directions).sum()) < 2**62
        kind = np.int64 if few else object
        return points.astype(kind) @ self.directions.T.astype(kind)

    def around(self, points: np.ndarray, first: np.ndarray, scale: int) -> tuple[np.ndarray, np.ndarray]:
        """The narrowest approximations of sets of points: the k-th is `points[first[k]:first[k + 1]] / scale`.

        No set may be empty. Gives `[sets, directions]` twice.
        """
        along = self._along(points)
        least, most = (pick.reduceat(along, first[:-1], axis=0) for pick in (np.minimum, np.maximum))
        return self.rounded(least, scale)[0], self.rounded(most, scale)[1]

    def nothing(self) -> tuple[np.ndarray, np.ndarray]:
        """After the last step: everybody gets 0."""
        zero = np.zeros((self.game.num_states, len(self.directions)), np.int64)
        return zero, zero.copy()

    def ahead(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rewards now and continuations in the approximation: intervals for every row, `[rows, directions]`.

        Support functions of sums are sums of support functions, so this loses nothing but the rounding.
        """
        below = self.game.expected(low) // self.game.denominator
        above = -(-self.game.expected(high) // self.game.denominator)
        return self._low + below.astype(np.int64), self._high + above.astype(np.int64)

    def closed(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the agents' intervals say about the other directions, and welfare's about the agents.

        Both arrays `[..., directions]`; the result is contained in what was given.
        """
        n = self.game.num_agents
        low, high = low.copy(), high.copy()
        for k, direction in enumerate(self.directions[n:], n):
            up, down = np.maximum(direction, 0), np.minimum(direction, 0)
            low[..., k] = np.maximum(low[..., k], low[..., :n] @ up + high[..., :n] @ down)
            high[..., k] = np.minimum(high[..., k], high[..., :n] @ up + low[..., :n] @ down)
        others_low = low[..., :n].sum(axis=-1, keepdims=True) - low[..., :n]
        others_high = high[..., :n].sum(axis=-1, keepdims=True) - high[..., :n]
        low[..., :n] = np.maximum(low[..., :n], low[..., n : n + 1] - others_high)
        high[..., :n] = np.minimum(high[..., :n], high[..., n : n + 1] - others_low)
        return low, high

    def from_start(self, low: np.ndarray, high: np.ndarray) -> tuple[list[Fraction], list[Fraction]]:
        """The intervals before the first state is drawn, as rationals, by direction."""
        weights = self.game.start.astype(object)[:, None]
        total = int(self.game.start.sum()) * self.unit
        return (
            [Fraction(int(value)) / total for value in (weights * low).sum(axis=0)],
            [Fraction(int(value)) / total for value in (weights * high).sum(axis=0)],
        )


def _top(integers: np.ndarray) -> int:
    return max(abs(int(integers.max())), abs(int(integers.min()))) if integers.size else 0


def own_first(values: np.ndarray, game: Tabular, agent: int) -> np.ndarray:
    """Numbers per row `[states * joint]` as `[states, own action, what the others do]`."""
    shape = (-1, *(game.num_actions,) * game.num_agents)
    return np.moveaxis(values.reshape(shape), agent + 1, 1).reshape(len(values) // game.num_joint, game.num_actions, -1)


def deviation_values(values: np.ndarray, game: Tabular) -> np.ndarray:
    """The most that each agent can have by any action against what the others do.

    Args:
        values: what each row gives the agents, `[states * joint, agents]`.
        game: whose rows these are.

    Gives `[states, joint, agents]`: the maximum over the agent's own action.
    """
    shape = (-1, *(game.num_actions,) * game.num_agents)
    parts = []
    for agent in range(game.num_agents):
        own = values[:, agent].reshape(shape)
        best = np.broadcast_to(own.max(axis=agent + 1, keepdims=True), own.shape)
        parts.append(best.reshape(-1, game.num_joint))
    return np.stack(parts, axis=-1)

