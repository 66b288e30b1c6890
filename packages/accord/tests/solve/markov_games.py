"""Small Markov games for these tests, and a check of strategies that shares nothing with the solver."""

from fractions import Fraction

import numpy as np

from accord.solve.tables.tabular import Tabular


def drawn(
    seed: int, *, states: int = 2, actions: int = 2, agents: int = 2, horizon: int = 2, high: int = 3, start: int = 1
) -> Tabular:
    """Rewards from 0..high, so that there are ties; each row has one or two next states, probabilities in quarters."""
    rng = np.random.default_rng(seed)
    shape = (states, *(actions,) * agents)
    rewards = rng.integers(0, high + 1, (*shape, agents))
    chances = np.zeros((*shape, states))
    for cell in np.ndindex(shape):
        one, other = rng.integers(states, size=2)
        share = rng.integers(1, 4) / 4
        chances[cell][one] += share
        chances[cell][other] += 1 - share
    first = np.zeros(states)
    first[:start] = 1 / start
    return Tabular.of_arrays(rewards, chances, horizon=horizon, start=first, name=f"drawn {seed}")


def repeated(payoffs, horizon: int) -> Tabular:
    """A game of one move played `horizon` times; `payoffs[a_0][a_1]` is a pair."""
    rewards = np.array(payoffs)[None]
    return Tabular.of_arrays(rewards, np.ones((*rewards.shape[:-1], 1)), horizon=horizon, name="repeated")


def reward(game: Tabular, row: int, agent: int) -> Fraction:
    return Fraction(int(game.units[row, agent]), game.scale)


def chances(game: Tabular, row: int) -> list[tuple[int, Fraction]]:
    """Next states and their probabilities, in the order of the row's entries."""
    return [
        (int(game.after[e]), Fraction(int(game.weight[e]), game.denominator))
        for e in range(game.first[row], game.first[row + 1])
    ]
