"""The best that all can do together, and what a given way of playing is worth: dynamic programming in integers."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np

from .numbers import tight
from .tabular import Tabular


@dataclasses.dataclass(frozen=True, eq=False)
class Values:
    """Expected sums of rewards from every time and state on: agent i has `units[t][s, i] / scales[t]`.

    Entry `horizon` is zero: the game is stopped there.
    """

    units: tuple[np.ndarray, ...]
    scales: tuple[int, ...]

    def at(self, time: int, state: int) -> tuple[Fraction, ...]:
        """The values of one time and state."""
        return tuple(Fraction(int(value), self.scales[time]) for value in self.units[time][state])

    def from_start(self, game: Tabular) -> tuple[Fraction, ...]:
        """The values before the first state is drawn."""
        total = (game.start.astype(object)[:, None] * self.units[0].astype(object)).sum(axis=0)
        return tuple(Fraction(int(value), self.scales[0] * int(game.start.sum())) for value in total)


def ahead(game: Tabular, values: np.ndarray, scale: int) -> tuple[np.ndarray, int]:
    """One step of backward induction: what each row is worth if play goes on with `values[states, agents] / scale`.

    Gives integers `[rows, agents]` and their scale.
    """
    later = game.expected(values)
    new = scale * game.denominator
    now = game.units.astype(object) * (new // game.scale) if new // game.scale > 1 else game.units
    return tight(now + later), new


def evaluate(game: Tabular, policy: np.ndarray) -> Values:
    """What a pure policy is worth to every agent.

    Args:
        game: with `horizon` steps.
        policy: joint actions `[horizon, states]`.
    """
    units, scales = [np.zeros((game.num_states, game.num_agents), np.int64)], [game.scale]
    for choice in policy[::-1]:
        rows, scale = ahead(game, units[0], scales[0])
        units.insert(0, rows[np.arange(game.num_states) * game.num_joint + choice])
        scales.insert(0, scale)
    return Values(tuple(units), tuple(scales))


def optimal(game: Tabular) -> tuple[np.ndarray, Values]:
    """A joint policy that maximises the sum of all rewards from every state and time, and its values.

    Ties go to the first joint action. Gives joint actions `[horizon, states]`.
    """
    units, scales = [np.zeros((game.num_states, game.num_agents), np.int64)], [game.scale]
    policy = np.zeros((game.horizon, game.num_states), np.int64)
    for time in range(game.horizon - 1, -1, -1):
        rows, scale = ahead(game, units[0], scales[0])
        welfare = rows.sum(axis=1).reshape(game.num_states, game.num_joint)
        policy[time] = np.argmax(welfare, axis=1)
        units.insert(0, rows[np.arange(game.num_states) * game.num_joint + policy[time]])
        scales.insert(0, scale)
    return policy, Values(tuple(units), tuple(scales))
