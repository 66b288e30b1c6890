"""Stationary Markov-perfect equilibria in pure strategies of discounted games: all of them, by enumeration."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.numbers import rational, said
from ..tables.tabular import Tabular

LIMIT = 100_000
"""Joint policies that `markov_perfect` looks at before it refuses, unless it is told another number."""

_CHUNK = 1 << 14


@dataclasses.dataclass(frozen=True, eq=False)
class MarkovPerfect:
    """All stationary pure equilibria of a discounted game: play depends on the state alone."""

    game: Tabular
    discount: Fraction
    policies: np.ndarray
    """Joint actions `[equilibria, states]`, in lexicographic order."""

    values: tuple[tuple[tuple[Fraction, ...], ...], ...]
    """Discounted sums of rewards, `[equilibria][states][agents]`."""

    looked_at: int
    """Joint policies enumerated."""

    solved: int
    """Of these, the ones that floats could not rule out, decided in rationals."""

    @property
    def payoffs(self) -> tuple[tuple[Fraction, ...], ...]:
        """What each agent has before the first state is drawn, by equilibrium."""
        weights, total = self.game.start, int(self.game.start.sum())
        return tuple(
            tuple(
                sum((int(w) * v[i] for w, v in zip(weights, values, strict=True) if w), Fraction(0)) / total
                for i in range(self.game.num_agents)
            )
            for values in self.values
        )

    @property
    def message(self) -> str:
        """How many there are, and their welfare."""
        found = (
            f"{self.game.name}: {len(self.values)} stationary pure Markov-perfect equilibria at discount "
            f"{said(self.discount)}"
        )
        if not self.values:
            return f"{found}; equilibria that mix or look at the past may exist."
        sums = [sum(point, Fraction(0)) for point in self.payoffs]
        return f"{found}, welfare {said(min(sums))} to {said(max(sums))}."


def markov_perfect(game: Tabular, discount: Any, *, limit: int = LIMIT) -> MarkovPerfect:
    """Every stationary pure Markov-perfect equilibrium, decided in rationals.

    Floats rule out the joint policies from which somebody gains by more than the error of the solution; all others are
    solved exactly. By the one-shot deviation principle it is enough that nobody gains by one action in one state.

    Args:
        game: played without a time limit; its `horizon` is not used.
        discount: in [0, 1), of any kind of number; floats are read as the simplest rationals near.
        limit: most joint policies (`joint actions ** states`) to look at.

    Raises:
        BadSetting: a discount outside [0, 1), or more joint policies than `limit`.
    """
    gamma = rational(discount)
    if not 0 <= gamma < 1:
        raise BadSetting(f"discount={said(gamma)}, expected 0 <= discount < 1. For undiscounted play set a horizon.")
    count = game.num_joint**game.num_states
    if count > limit:
        raise BadSetting(
            f"{game.name} has {game.num_joint}^{game.num_states} stationary joint policies, expected at most "
            f"{limit:,}. Make the game smaller, raise the limit, or solve it over a finite horizon instead."
        )
    policies, values, solved = [], [], 0
    for chunk in _chunks(game):
        for policy in chunk[_not_ruled_out(game, chunk, float(gamma))]:
            solved += 1
            worth = discounted(game, policy, gamma)
            if not gains(game, policy, worth, gamma):
                policies.append(policy)
                values.append(tuple(map(tuple, worth)))
    kept = np.array(policies, np.int64).reshape(-1, game.num_states)
    return MarkovPerfect(game, gamma, kept, tuple(values), count, solved)


def discounted(game: Tabular, policy: np.ndarray, discount: Fraction) -> list[list[Fraction]]:
    """Values `[states][agents]` of a stationary joint policy `[states]`: `(I - discount P) V = r` in rationals."""
    size, n = game.num_states, game.num_agents
    system = []
    for state, row in enumerate(np.arange(size) * game.num_joint + policy):
        line = [Fraction(int(state == other)) for other in range(size)]
        for entry in range(game.first[row], game.first[row + 1]):
            line[game.after[entry]] -= discount * Fraction(int(game.weight[entry]), game.denominator)
        system.append(line + [Fraction(int(game.units[row, i]), game.scale) for i in range(n)])
    for pivot in range(size):  # strictly diagonally dominant, and stays so: no pivot is 0
        top = [value / system[pivot][pivot] for value in system[pivot]]
        system[pivot] = top
        for other in range(size):
            factor = system[other][pivot]
            if other != pivot and factor:
                system[other] = [a - factor * b for a, b in zip(system[other], top, strict=True)]
    return [line[size:] for line in system]


def gains(
    game: Tabular, policy: np.ndarray, values: list[list[Fraction]], discount: Fraction
) -> list[tuple[int, int, int, Fraction]]:
    """Profitable one-shot deviations as (state, agent, action, gain); none at an equilibrium."""
    out = []
    for state in range(game.num_states):
        for agent in range(game.num_agents):
            for action in range(game.num_actions):
                row = state * game.num_joint + int(game.deviations[policy[state], agent, action])
                entries = range(game.first[row], game.first[row + 1])
                later = sum((int(game.weight[e]) * values[game.after[e]][agent] for e in entries), Fraction(0))
                gain = Fraction(int(game.units[row, agent]), game.scale) + discount * later / game.denominator
                gain -= values[state][agent]
                if gain > 0:
                    out.append((state, agent, action, gain))
    return out


def _chunks(game: Tabular) -> Iterator[np.ndarray]:
    """All stationary joint policies, some at a time, `[policies, states]`."""
    every = itertools.product(range(game.num_joint), repeat=game.num_states)
    while part := list(itertools.islice(every, _CHUNK)):
        yield np.array(part)


def _not_ruled_out(game: Tabular, policies: np.ndarray, discount: float) -> np.ndarray:
    """Joint policies from which no gain is sure: floats with an error bound, `[policies]`.

    If V solves the system up to a residual e, it is within |e| / (1 - discount) of the solution, whatever solved it.
    """
    size, n = game.num_states, game.num_agents
    dense = game.transitions.toarray().reshape(size, game.num_joint, size)
    rewards = game.rewards.reshape(size, game.num_joint, n)
    here = np.arange(size)
    follow, now = dense[here, policies], rewards[here, policies]
    values = np.linalg.solve(np.eye(size) - discount * follow, now)
    residual = np.abs(now + discount * follow @ values - values).max(axis=(1, 2))
    rounding = (size + 8) * 2.0**-50 * (np.abs(rewards).max() + np.abs(values).max(axis=(1, 2)))
    error = (residual + rounding) / (1 - discount)
    ahead = rewards + discount * np.einsum("sjk,pkn->psjn", dense, values)
    moves = game.deviations[policies]  # [policies, states, agents, actions]
    which, agents = np.arange(len(policies))[:, None, None, None], np.arange(n)[:, None]
    best = ahead[which, here[:, None, None], moves, agents].max(axis=-1)
    return (best - values).max(axis=(1, 2)) <= 4 * error
