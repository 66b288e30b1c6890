"""All pure subgame-perfect equilibria of a finite horizon: set-valued backward induction in integers.

Play may depend on the whole history, so a state does not have *a* continuation but a set of them, and a joint action
may be supported by threatening each deviator with the worst one for it. Selecting one equilibrium per state on the way
misses these, and proves nothing about the others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property

import numpy as np

from ...core.errors import BadSetting
from ..tables.numbers import said, tight
from ..tables.planner import ahead, evaluate
from ..tables.tabular import Tabular
from .bounds import Bounds, bounds
from .sets import Fence, TooMany, deviation_values, distinct, minkowski

CAP = 1000
"""Most points of a set, unless the caller allows more."""

POINTS, BOX, MIXED = range(3)
"""What is known of a time and state: every pure equilibrium payoff; an interval around them; that there is none."""


@dataclasses.dataclass(frozen=True, eq=False)
class Layer:
    """The payoff sets of one time: points of state s are `units[first[s]:first[s + 1]] / scale`."""

    first: np.ndarray
    units: np.ndarray
    scale: int

    def of(self, state: int) -> np.ndarray:
        """The points of a state, integers `[points, agents]`; none where they are not known or don't exist."""
        return self.units[self.first[state] : self.first[state + 1]]


@dataclasses.dataclass(frozen=True, eq=False)
class SubgamePerfect:
    """The payoffs of subgame-perfect equilibria by time and state, and by which method each is known.

    `kind[t, s]` says what is known from time t and state s on:

    - `POINTS`: `layers[t].of(s)` are *exactly* the payoffs of the pure equilibria.
    - `BOX`: the set grew beyond the cap (or depends on one that did); `low` and `high` enclose all pure equilibria, if
      there are any.
    - `MIXED`: no pure equilibrium exists; `low` and `high` enclose all equilibria (see `bounds`).
    """

    game: Tabular
    kind: np.ndarray
    """`[horizon + 1, states]`."""

    layers: tuple[Layer, ...]
    low: np.ndarray
    """Lower ends in units of `1 / fence.unit`, `[horizon + 1, states, directions]`: agents, then welfare."""

    high: np.ndarray
    outer: Bounds
    """Bounds that cover mixed and publicly correlated play too."""

    method: str
    """`"dominance"` (one joint action is left everywhere) or `"sets"`."""

    cap: int

    @property
    def fence(self) -> Fence:
        """Fixed-point arithmetic of the intervals."""
        return self.outer.fence

    @cached_property
    def policy(self) -> np.ndarray | None:
        """Markov play `[horizon, states]` that is an equilibrium, where every time and state has one payoff vector.

        Several joint actions may give it (ties); then the first one. None where some state has several payoffs or none.
        """
        if self.outer.policy is not None:
            return self.outer.policy
        if np.any(self.kind != POINTS) or any(np.any(np.diff(layer.first) != 1) for layer in self.layers):
            return None
        choices = []
        for layer in self.layers[:0:-1]:
            rows, _ = ahead(self.game, layer.units, layer.scale)
            choices.insert(0, stable(self.game, rows).argmax(axis=1))
        return np.stack(choices)

    @property
    def start_kind(self) -> int:
        """The worst `kind` among the first states."""
        return int(self.kind[0, self.game.start > 0].max())

    @cached_property
    def payoffs(self) -> tuple[tuple[Fraction, ...], ...] | None:
        """All payoff vectors of pure equilibria before the first state is drawn, in order.

        None where they are not known exactly. Empty where there are none.
        """
        if self.start_kind == MIXED:
            return ()
        if self.start_kind == BOX:
            return None
        starts = [int(s) for s in np.flatnonzero(self.game.start)]
        layer = self.layers[0]
        base = np.zeros(self.game.num_agents, object)
        parts = [layer.of(s).astype(object) * int(self.game.start[s]) for s in starts]
        try:
            sums = minkowski(base, parts, sum((part.min(axis=0) for part in parts), base), self.cap**2)
        except TooMany:
            return None
        total = layer.scale * int(self.game.start.sum())
        return tuple(tuple(Fraction(int(value), total) for value in point) for point in sums)

    @property
    def welfare(self) -> tuple[Fraction, Fraction]:
        """Least and most welfare from the start; of which equilibria, `message` says."""
        if self.payoffs:
            sums = [sum(point, Fraction(0)) for point in self.payoffs]
            return min(sums), max(sums)
        low, high = self.fence.from_start(self.low[0], self.high[0])
        return low[self.game.num_agents], high[self.game.num_agents]

    @property
    def message(self) -> str:
        """What was found, by which method, and what to do if it is less than wished."""
        low, high = (said(value) for value in self.welfare)
        share = [f"{(self.kind[:-1] == kind).mean():.1%}" for kind in (POINTS, BOX, MIXED)]
        where = f"known exactly at {share[0]} of times and states, as intervals at {share[1]}, none at {share[2]}"
        if self.payoffs:
            return (
                f"{self.game.name}: {len(self.payoffs)} payoff vectors of pure subgame-perfect equilibria, welfare "
                f"{low} to {high} (exact, by {self.method}; {where})."
            )
        if self.start_kind == MIXED:
            return (
                f"{self.game.name} has no pure subgame-perfect equilibrium ({where}). Welfare of all equilibria lies "
                f"between {low} and {high}; bounds(game) may narrow that."
            )
        return (
            f"{self.game.name}: the pure equilibria are too many to list with cap={self.cap} ({where}). If there are "
            f"any, their welfare lies between {low} and {high}. Raise the cap, or use bounds(game)."
        )


def subgame_perfect(
    game: Tabular, *, cap: int = CAP, outer: Bounds | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SubgamePerfect:
    """The payoffs of all pure subgame-perfect equilibria, history-dependent play included.

    Args:
        game: with `horizon` steps and perfect monitoring.
        cap: most points of a set; beyond it a state is known by intervals.
        outer: bounds of this game to fall back on; default `bounds(game, tier="boxes")`.
        progress: called with the number of steps done and `horizon`.

    Raises:
        BadSetting: a cap below 1.

    Source: the self-generation operator of Abreu, Pearce and Stacchetti for pure strategies, run once per step from the
    last one; that the set has more than the stage equilibria repeated is after Benoit and Krishna.
    """
    if cap < 1:
        raise BadSetting(f"cap={cap}, expected at least one point per set.")
    outer = bounds(game, tier="boxes") if outer is None else outer
    if outer.policy is not None:
        return _dominant(game, outer, cap)
    n, fence = game.num_agents, outer.fence
    kind = np.full((game.horizon + 1, game.num_states), POINTS)
    low, high = outer.low.copy(), outer.high.copy()
    layers = [_single(np.zeros((game.num_states, n), np.int64), game.scale)]
    for time in range(game.horizon - 1, -1, -1):
        step = _Step(game, fence, kind[time + 1], layers[0], low[time + 1], high[time + 1], cap)
        kind[time], layer = step.points()
        layers.insert(0, layer)
        step.enclose(kind[time], low[time], high[time], layer)
        if progress is not None:
            progress(game.horizon - time, game.horizon)
    return SubgamePerfect(game, kind, tuple(layers), low, high, outer, "sets", cap)


def stable(game: Tabular, rows: np.ndarray) -> np.ndarray:
    """Joint actions from which nobody gains by deviating if continuations are single, `[states, joint]`: exact.

    Args:
        game: whose rows these are.
        rows: what each row gives, integers `[rows, agents]`.
    """
    best = deviation_values(rows, game)
    return np.logical_and.reduce(rows.reshape(best.shape) >= best, axis=-1)


def _single(units: np.ndarray, scale: int) -> Layer:
    return Layer(np.arange(len(units) + 1), units, scale)


def _dominant(game: Tabular, outer: Bounds, cap: int) -> SubgamePerfect:
    """One joint action is left everywhere: it is played, and what it is worth is computed exactly."""
    policy = outer.policy
    assert policy is not None
    worth = evaluate(game, policy)
    layers = tuple(_single(units, scale) for units, scale in zip(worth.units, worth.scales, strict=True))
    kind = np.full((game.horizon + 1, game.num_states), POINTS)
    return SubgamePerfect(game, kind, layers, outer.low, outer.high, outer, "dominance", cap)


class _Step:
    """One step of the induction: from the sets of the next time to those of this one."""

    def __init__(
        self, game: Tabular, fence: Fence, kind: np.ndarray, layer: Layer, low: np.ndarray, high: np.ndarray, cap: int
    ) -> None:
        self.game, self.fence, self.cap, self.layer = game, fence, cap, layer
        self.later_low, self.later_high = low, high
        self.worst = np.full(game.num_states, POINTS)  # what is known of the least known successor
        np.maximum.at(self.worst, np.repeat(np.arange(game.num_states), np.diff(game.first[:: game.num_joint])),
                      kind[game.after])
        self.counts = np.diff(layer.first)

    def points(self) -> tuple[np.ndarray, Layer]:
        """Kinds `[states]`, and the points of those states whose sets are known exactly."""
        game, n = self.game, self.game.num_agents
        least, scale = self._extreme(np.minimum)
        most = least if (self.counts <= 1).all() else self._extreme(np.maximum)[0]
        kind = self.worst.copy()
        plain = (least == most).all(axis=1).reshape(game.num_states, game.num_joint).all(axis=1)
        plain &= kind == POINTS
        best = deviation_values(least, game)
        values = most.reshape(best.shape)
        held = np.logical_and.reduce(values >= best, axis=-1)
        found: dict[int, np.ndarray] = {}
        pick = held.argmax(axis=1)
        chosen = values[np.arange(game.num_states), pick]
        same = ((values == chosen[:, None]).all(axis=-1) | ~held).all(axis=1)
        kind[(kind == POINTS) & ~held.any(axis=1)] = MIXED
        quick = plain & same & (kind == POINTS)
        for state in map(int, np.flatnonzero((kind == POINTS) & ~quick)):
            points = self._supported(state, held[state], best[state], scale, values[state], bool(plain[state]))
            if points is None:
                kind[state] = BOX
            elif not len(points):
                kind[state] = MIXED
            else:
                found[state] = points
        counts = np.where(quick, 1, 0)
        for state, points in found.items():
            counts[state] = len(points)
        first = np.append(0, np.cumsum(counts))
        units = np.zeros((first[-1], n), object if least.dtype == object or most.dtype == object else np.int64)
        units[first[:-1][quick]] = chosen[quick]
        for state, points in found.items():
            units[first[state] : first[state + 1]] = points
        return kind, Layer(first, tight(units), scale)

    def _extreme(self, pick: np.ufunc) -> tuple[np.ndarray, int]:
        """Rewards now and, per agent, the worst or best continuation: integers `[rows, agents]` and their scale.

        Meaningless for rows with a successor whose set is not known.
        """
        layer = self.layer
        if (self.counts == 1).all():
            return ahead(self.game, layer.units, layer.scale)
        ends = np.zeros((self.game.num_states, self.game.num_agents), layer.units.dtype)
        known = np.flatnonzero(self.counts)
        if known.size:
            ends[known] = pick.reduceat(layer.units, layer.first[known], axis=0)
        return ahead(self.game, ends, layer.scale)

    def _supported(
        self, state: int, held: np.ndarray, best: np.ndarray, scale: int, values: np.ndarray, plain: bool
    ) -> np.ndarray | None:
        """The set of one state; None if it is too large."""
        if plain:
            points = distinct(values[held])
            return points if len(points) <= self.cap else None
        sets = []
        for joint in np.flatnonzero(held):
            base, parts = self._decompose(state * self.game.num_joint + int(joint), scale)
            try:
                sets.append(minkowski(base, parts, best[joint], self.cap))
            except TooMany:
                return None
        points = distinct(np.concatenate(sets))
        return points if len(points) <= self.cap else None

    def _decompose(self, row: int, scale: int) -> tuple[np.ndarray, list[np.ndarray]]:
        """A row's payoffs as a point (rewards and single continuations) plus sets (the other continuations)."""
        base = self.game.units[row].astype(object) * (scale // self.game.scale)
        parts = []
        for entry in range(self.game.first[row], self.game.first[row + 1]):
            points = self.layer.of(self.game.after[entry]).astype(object) * int(self.game.weight[entry])
            if len(points) == 1:
                base = base + points[0]
            else:
                parts.append(points)
        whole = np.concatenate([base[None], *parts])
        if tight(whole).dtype == np.int64 and int(np.abs(whole).max()) * (len(parts) + 1) < 2**62:
            return base.astype(np.int64), [part.astype(np.int64) for part in parts]
        return base, parts

    def enclose(self, kind: np.ndarray, low: np.ndarray, high: np.ndarray, layer: Layer) -> None:
        """Intervals, in place: around points; around supported boxes; bounds of all play are there already."""
        game, n = self.game, self.game.num_agents
        if np.any(kind == BOX):
            below, above = self.fence.ahead(self.later_low, self.later_high)
            best = deviation_values(below[:, :n], game)
            shape = (game.num_states, game.num_joint, -1)
            below, above = below.reshape(shape), above.reshape(shape)
            held = np.logical_and.reduce(above[:, :, :n] >= best, axis=-1)
            below = np.concatenate([np.maximum(below[:, :, :n], best), below[:, :, n:]], axis=-1)
            below, above = self.fence.closed(below, above)
            held &= np.logical_and.reduce(below <= above, axis=-1)
            mixed = (kind == BOX) & ~held.any(axis=1)
            kind[mixed] = MIXED
            boxed = kind == BOX
            mask = held[boxed][:, :, None]
            low[boxed] = np.maximum(low[boxed], np.where(mask, below[boxed], 2**62).min(axis=1))
            high[boxed] = np.minimum(high[boxed], np.where(mask, above[boxed], -(2**62)).max(axis=1))
        known = np.flatnonzero(kind == POINTS)
        if known.size:
            low[known], high[known] = self.fence.around(layer.units, np.unique(layer.first), layer.scale)


__all__ = ["BOX", "CAP", "MIXED", "POINTS", "Layer", "SubgamePerfect", "stable", "subgame_perfect"]
