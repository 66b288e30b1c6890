"""The strategies behind an equilibrium payoff: what is played on the path, and how each deviation is answered."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.numbers import said
from ..tables.planner import ahead
from .backward import SubgamePerfect
from .sets import deviation_values, summands


@dataclasses.dataclass(frozen=True, eq=False)
class Strategy:
    """A pure strategy profile as an automaton. A node is a time, a state and the payoffs promised from there on.

    After joint action `j` in node `k`, play goes on in node `after[k][j][e]` if the state becomes the one of entry
    `first[row] + e` of the game's row. So every history leads to one node: after a deviation of one agent, to a worst
    continuation for it; after one of several agents at once, to any.
    """

    time: np.ndarray
    """`[nodes]`."""

    state: np.ndarray
    """`[nodes]`."""

    joint: np.ndarray
    """What is played, `[nodes]`."""

    values: tuple[tuple[Fraction, ...], ...]
    """The payoffs promised to the agents, by node."""

    after: tuple[tuple[tuple[int, ...], ...], ...]
    """Next nodes by node, joint action and entry of the row; empty in the last step."""

    start: dict[int, int]
    """The node in which play begins, by first state."""

    payoffs: tuple[Fraction, ...]
    """What the agents get before the first state is drawn."""


def strategy(solution: SubgamePerfect, payoffs: tuple[Any, ...] | None = None) -> Strategy:
    """A pure subgame-perfect equilibrium with the given payoffs.

    Args:
        solution: with exactly known payoffs from the start.
        payoffs: one of `solution.payoffs`; default the first of those with most welfare.

    Raises:
        BadSetting: payoffs that no known pure equilibrium has.
    """
    known = solution.payoffs
    if not known:
        raise BadSetting(f"There are no exactly known payoffs to choose from: {solution.message}")
    wanted = max(known, key=sum) if payoffs is None else tuple(Fraction(value) for value in payoffs)
    if wanted not in known:
        raise BadSetting(
            f"No pure equilibrium pays ({', '.join(map(said, wanted))}), expected one of the {len(known)} of "
            "solution.payoffs. Choose one of them."
        )
    return _Builder(solution).build(wanted)


class _Builder:
    """Follows promises forward: which joint action and which continuations keep each of them."""

    def __init__(self, solution: SubgamePerfect) -> None:
        self.solution, self.game = solution, solution.game
        self._number: dict[tuple[int, int, int], int] = {}
        self._queue: list[tuple[int, int, int]] = []
        self._ends: dict[int, tuple[np.ndarray, int]] = {}

    def build(self, wanted: tuple[Fraction, ...]) -> Strategy:
        game, layers = self.game, self.solution.layers
        starts = [int(s) for s in np.flatnonzero(game.start)]
        parts = [layers[0].of(s).astype(object) * int(game.start[s]) for s in starts]
        total = np.array([int(v * layers[0].scale * int(game.start.sum())) for v in wanted], object)
        picks = summands(np.zeros(game.num_agents, object), parts, total)
        assert picks is not None
        begin = {s: self.node(0, s, k) for s, k in zip(starts, picks, strict=True)}
        joints, after, done = [], [], 0
        while done < len(self._queue):
            joint, then = self.kept(*self._queue[done])
            joints.append(joint)
            after.append(then)
            done += 1
        times, states, points = (np.array(column) for column in zip(*self._queue, strict=True))
        values = tuple(
            tuple(Fraction(int(v), layers[t].scale) for v in layers[t].of(s)[k])
            for t, s, k in zip(times, states, points, strict=True)
        )
        return Strategy(times, states, np.array(joints), values, tuple(after), begin, wanted)

    def node(self, time: int, state: int, point: int) -> int:
        """The number of a promise: a point of a state's set."""
        key = (time, state, point)
        if key not in self._number:
            self._number[key] = len(self._queue)
            self._queue.append(key)
        return self._number[key]

    def kept(self, time: int, state: int, point: int) -> tuple[int, tuple[tuple[int, ...], ...]]:
        """The joint action that keeps a promise, and the next nodes after every joint action."""
        game, layers = self.game, self.solution.layers
        now, later = layers[time], layers[time + 1]
        promise = now.of(state)[point]
        joint, picks = self._support(time, state, promise)
        if time + 1 == game.horizon:
            return joint, ((),) * game.num_joint
        then = []
        for other in range(game.num_joint):
            row = state * game.num_joint + other
            nexts = [int(s) for s in game.after[game.first[row] : game.first[row + 1]]]
            apart = np.flatnonzero(game.profiles[other] != game.profiles[joint])
            if other == joint:
                chosen = picks
            elif len(apart) == 1:
                chosen = [int(np.argmin(later.of(s)[:, apart[0]])) for s in nexts]
            else:
                chosen = [0] * len(nexts)
            then.append(tuple(self.node(time + 1, s, k) for s, k in zip(nexts, chosen, strict=True)))
        return joint, tuple(then)

    def _support(self, time: int, state: int, promise: np.ndarray) -> tuple[int, list[int]]:
        """A joint action, and a point per successor, that give exactly the promise and deter deviations."""
        game, layer = self.game, self.solution.layers[time + 1]
        best, scale = self._deterrence(time)
        for joint in range(game.num_joint):
            if np.any(promise < best[state, joint]):
                continue
            row = state * game.num_joint + joint
            entries = slice(game.first[row], game.first[row + 1])
            parts = [
                layer.of(s).astype(object) * int(w)
                for s, w in zip(game.after[entries], game.weight[entries], strict=True)
            ]
            base = game.units[row].astype(object) * (scale // game.scale)
            picks = summands(base, parts, promise.astype(object))
            if picks is not None:
                return joint, picks
        raise AssertionError("a point of an exact set has no support")

    def _deterrence(self, time: int) -> tuple[np.ndarray, int]:
        """The most that deviating can give if it is answered by the worst, `[states, joint, agents]`, and its scale."""
        if time not in self._ends:
            game, layer = self.game, self.solution.layers[time + 1]
            worst = np.zeros((game.num_states, game.num_agents), layer.units.dtype)
            known = np.flatnonzero(np.diff(layer.first))
            worst[known] = np.minimum.reduceat(layer.units, layer.first[known], axis=0)
            rows, scale = ahead(game, worst, layer.scale)
            self._ends[time] = deviation_values(rows, game), scale
        return self._ends[time]


