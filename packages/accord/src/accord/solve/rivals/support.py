"""Relational contracts among many agents, or with states: a set that holds every equilibrium payoff.

The set of equilibrium payoffs of each state is kept as its support function in finitely many directions: how far it
reaches. That is a *bound*: no pure subgame-perfect equilibrium (public randomisation, perfect monitoring) pays anything
outside of it, while what lies inside need not be an equilibrium. Payoffs are means per round, as in `repeated.py`.

How far promises reach in a direction, under the bounds in all directions and what agents must be promised, is a linear
program; by duality its value is the least bound that some cone of directions gives. The cones depend on the directions
alone, so all of them are listed once. Floats choose the cone, integers evaluate it and round outward: any cone is a
proof, so a badly chosen one costs tightness and never soundness.

Source: the operator of Abreu, Pearce and Stacchetti 1990 and the outer approximation of Judd, Yeltekin and Conklin
2003, with every cone in place of neighbouring directions only.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.normal import NormalForm
from ..tables.numbers import rational, said, tight
from ..tables.tabular import Tabular
from .repeated import checked_discount

GRID = 2**20
"""Bounds are multiples of one over this; what lies between moves outward."""

CONES = 300_000
"""Most cones to list before a set of directions is refused."""


@dataclasses.dataclass(frozen=True, eq=False)
class Directions:
    """Directions in which sets are measured, each with its opposite, and every cone of others around each."""

    vectors: np.ndarray
    """Integers `[directions, agents]`."""

    @classmethod
    def around(cls, agents: int) -> Directions:
        """The default: 16 in the plane, 26 in space; above, one agent alone, two against each other, and all."""
        reach = 2 if agents == 2 else 1
        if agents <= 3:
            grid = [v for v in itertools.product(range(-reach, reach + 1), repeat=agents) if math.gcd(*v) == 1]
        else:
            unit = np.eye(agents, dtype=int)
            pairs = [unit[i] - unit[j] for i, j in itertools.combinations(range(agents), 2)]
            grid = [tuple(sign * v) for v in (*unit, np.ones(agents, int), *pairs) for sign in (1, -1)]
        return cls(np.array(grid))

    def __post_init__(self) -> None:
        agents = self.vectors.shape[1]
        needed = [*np.eye(agents, dtype=int), np.ones(agents, int), *self.vectors]
        if {tuple(-v) for v in needed} - {tuple(v) for v in self.vectors}:
            raise BadSetting(
                "Directions lack one axis, (1, ..., 1), or the opposite of one of theirs; expected all of these. Start "
                f"from Directions.around({agents})."
            )
        if math.comb(len(self.vectors), agents) > CONES:
            raise BadSetting(
                f"{len(self.vectors)} directions for {agents} agents span {math.comb(len(self.vectors), agents):,} "
                f"cones, expected at most {CONES:,}. Give fewer directions."
            )

    def number(self, vector: Any) -> int:
        """Which direction a vector is."""
        return int(np.flatnonzero((self.vectors == np.asarray(vector)).all(axis=1))[0])

    @cached_property
    def opposite(self) -> np.ndarray:
        """The number of each one's opposite."""
        return np.array([self.number(-vector) for vector in self.vectors])

    @cached_property
    def down(self) -> np.ndarray:
        """The direction in which each agent gets less, `[agents]`."""
        return np.array([self.number(-unit) for unit in np.eye(self.vectors.shape[1], dtype=int)])

    @cached_property
    def cones(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each direction, all ways to write it as a sum of others with weights >= 0, as few others as can be.

        Integer weights `[cones, directions]` and what to divide them by `[cones]`.
        """
        agents = self.vectors.shape[1]
        chosen = np.array(list(itertools.combinations(range(len(self.vectors)), agents)))
        matrices = np.swapaxes(self.vectors[chosen], 1, 2).astype(float)
        size = np.rint(np.linalg.det(matrices)).astype(np.int64)
        chosen, matrices, size = chosen[size != 0], matrices[size != 0], size[size != 0]
        inverse = np.rint(np.linalg.inv(matrices) * size[:, None, None]).astype(np.int64)  # adjugates are integer
        assert np.all(inverse @ matrices.astype(np.int64) == size[:, None, None] * np.eye(agents, dtype=np.int64))
        inverse, size = inverse * np.sign(size)[:, None, None], np.abs(size)
        found = []
        for vector in self.vectors:
            weights = inverse @ vector
            inside = (weights >= 0).all(axis=1)
            rows = np.zeros((int(inside.sum()), len(self.vectors) + 1), np.int64)
            np.put_along_axis(rows, chosen[inside], weights[inside], axis=1)
            rows[:, -1] = size[inside]
            rows = np.unique(rows // np.gcd.reduce(rows, axis=1)[:, None], axis=0)
            found.append((rows[:, :-1], rows[:, -1]))
        return found


    @cached_property
    def spread(self) -> int:
        """The largest sum of weights of a cone, and of entries of a vector."""
        heaviest = max(int(weights.sum(axis=1).max()) for weights, _ in self.cones)
        return heaviest + int(np.abs(self.vectors).sum(axis=1).max())

    def tightest(self, bounds: np.ndarray) -> np.ndarray:
        """How far a set can reach in each direction if bounded by integers `[rows, directions]`; rounded up.

        Where no point keeps all bounds, what comes out for some direction and its opposite adds up to less than 0.
        """
        floats = bounds.astype(float)
        out = np.empty_like(bounds)
        for number, (weights, size) in enumerate(self.cones):
            best = np.argmin(floats @ (weights / size[:, None]).T, axis=1)
            out[:, number] = _up((bounds * weights[best]).sum(axis=1), size[best])
        return out


@dataclasses.dataclass(frozen=True, eq=False)
class PayoffBound:
    """A set around all equilibrium payoffs, by state: `directions.vectors @ payoff <= reach`. A bound, not the set."""

    discount: Fraction
    directions: Directions
    units: np.ndarray
    """How far the set reaches in each direction, integers `[states, directions]` over `GRID`."""

    empty: np.ndarray
    """States from which no pure equilibrium goes on, `[states]`: proven."""

    steps: int
    settled: bool
    """Whether further steps would change nothing; if not, more of them may narrow the bound."""

    def reach(self, vector: Any, state: int = 0) -> Fraction:
        """The most of `vector . payoff` in any equilibrium, or more than that."""
        return Fraction(int(self.units[state, self.directions.number(vector)]), GRID)

    def welfare(self, state: int = 0) -> tuple[Fraction, Fraction]:
        """No equilibrium has less welfare than the first number or more than the second one."""
        ones = np.ones(self.directions.vectors.shape[1], int)
        return -self.reach(-ones, state), self.reach(ones, state)

    def least(self, agent: int, state: int = 0) -> Fraction:
        """No equilibrium gives an agent less."""
        return Fraction(-int(self.units[state, self.directions.down[agent]]), GRID)

    def excludes(self, payoff: Sequence[Any], state: int = 0) -> bool:
        """Whether it is proven that no equilibrium has this payoff. False proves nothing."""
        values = [rational(value) for value in payoff]
        reached = [sum(int(x) * v for x, v in zip(vector, values, strict=True)) for vector in self.directions.vectors]
        return bool(self.empty[state]) or any(
            value * GRID > int(most) for value, most in zip(reached, self.units[state], strict=True)
        )

    @property
    def message(self) -> str:
        """The result in a sentence."""
        states = int(self.empty.sum())
        if states:
            return f"No pure subgame-perfect equilibrium from {states} of {len(self.empty)} states at this discount."
        end = "settled" if self.settled else "not settled: more steps may narrow it"
        return f"A bound on equilibrium payoffs at discount {said(self.discount)} after {self.steps} steps ({end})."


def payoff_bound(
    game: NormalForm | Tabular, discount: Any, *, directions: Directions | None = None, steps: int = 1000
) -> PayoffBound:
    """A set around all pure subgame-perfect payoffs of a repeated game, or of a game with states that never stops.

    Args:
        game: one round, or a table of states whose `horizon` is ignored.
        discount: between 0 and 1; floats are read as the simplest rationals near.
        directions: where to measure; default `Directions.around`.
        steps: most steps; fewer give a wider set that is as sound.

    Raises:
        BadSetting: a discount outside (0, 1), or directions that lack an axis.
    """
    delta = checked_discount(discount)
    ways = directions or Directions.around(game.num_agents)
    rounds = _Rounds.of(game, ways, delta)
    units, empty, settled, step = rounds.start(), np.zeros(rounds.states, bool), False, 0
    while not settled and step < steps:
        step += 1
        new, gone = rounds.smaller(units, empty)
        settled = bool(np.all(units[~gone] - new[~gone] <= 1) and np.array_equal(gone, empty))
        units, empty = new, gone
    return PayoffBound(delta, ways, units, empty, step, settled)


@dataclasses.dataclass(frozen=True, eq=False)
class _Rounds:
    """One round of a game in integers: rows are states and joint actions, as in `Tabular`."""

    directions: Directions
    delta: Fraction
    states: int
    num_actions: tuple[int, ...]
    units: np.ndarray
    """Rewards `[rows, agents]` over `scale`."""

    scale: int
    denominator: int
    table: Tabular | None
    """Where play goes; None if there is one state."""

    @classmethod
    def of(cls, game: NormalForm | Tabular, directions: Directions, delta: Fraction) -> _Rounds:
        """From either kind of game."""
        if isinstance(game, Tabular):
            acts = (game.num_actions,) * game.num_agents
            return cls(directions, delta, game.num_states, acts, game.units, game.scale, game.denominator, game)
        rows = game.units.reshape(game.num_agents, -1).T
        return cls(directions, delta, 1, game.num_actions, rows, game.scale, 1, None)

    def start(self) -> np.ndarray:
        """No play reaches further than the largest reward, or than nothing where the game may end."""
        reached = (self.units.astype(object) @ self.directions.vectors.T.astype(object)).max(axis=0)
        ends = self.table is not None and bool(np.any(np.diff(self.table.first) == 0))
        reached = np.maximum(reached, 0) if ends else reached
        return np.tile(tight(_up(reached * GRID, self.scale)), (self.states, 1))

    def after(self, values: np.ndarray) -> np.ndarray:
        """Means of integers `[states, ...]` over what follows each row, times `denominator`."""
        if self.table is not None:
            return self.table.expected(values)
        return np.broadcast_to(values, (len(self.units), *values.shape[1:]))

    def best_reply(self, values: np.ndarray, agent: int) -> np.ndarray:
        """For each row, the largest of the values `[rows]` of what the agent could do instead, or of it itself."""
        cube = values.reshape(self.states, *self.num_actions)
        return np.broadcast_to(cube.max(axis=agent + 1, keepdims=True), cube.shape).reshape(-1)

    def smaller(self, units: np.ndarray, empty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One step: what a round and its promises reach, and the states where no joint action can be kept up.

        Promises are counted in units of `1 / (GRID * denominator * p * scale)`, delta being p / q.
        """
        p, q = self.delta.numerator, self.delta.denominator
        ways, agents = self.directions, len(self.num_actions)
        largest = max(abs(int(units.max())), abs(int(units.min())), 1) * self.denominator * p * self.scale
        payoff = max(abs(int(self.units.max())), abs(int(self.units.min())), 1) * q * GRID * self.denominator
        kind = np.int64 if (largest + payoff) * ways.spread < 2**60 else object
        now = self.units.astype(kind) * ((q - p) * GRID * self.denominator)
        bounds = self.after(units).astype(kind) * (p * self.scale)
        lost = self.after(empty.astype(np.int64)) > 0
        for agent in range(agents):
            down = ways.down[agent]
            leaving = now[:, agent] - bounds[:, down]
            bounds[:, down] = now[:, agent] - self.best_reply(leaving, agent)
            lost = lost | self.best_reply(lost, agent)
        reached = ways.tightest(bounds)
        lost = lost | np.any(reached + reached[:, ways.opposite] < 0, axis=1)
        total = now @ ways.vectors.T.astype(kind) + reached
        if self.table is None:
            # with one state the promise is an equilibrium payoff too: where the mean of both is largest in a direction
            # the promise is no larger than the mean, so the mean is no larger than what the round itself pays
            total = np.minimum(total, self.units.astype(kind) @ ways.vectors.T.astype(kind) * (q * GRID))
        total = _up(total, self.denominator * q * self.scale).reshape(self.states, -1, len(ways.vectors))
        lost = lost.reshape(self.states, -1)
        low = np.array(int(total.min()) - 1, kind)
        best = np.where(lost[:, :, None], low, total).max(axis=1)
        gone = empty | lost.all(axis=1)
        return tight(np.where(gone[:, None], units, np.minimum(best, units))), gone


def _up(values: np.ndarray, divisor: int | np.ndarray) -> np.ndarray:
    """Quotients of integers, rounded up."""
    return -(-values // divisor)
