"""Return distributions serve contracts: what a joint policy earns as a distribution, and what risk adds to a price.

The game is followed under one joint policy with a contract in force, and each agent's undiscounted return until the
horizon is computed as a distribution by categorical dynamic programming. A risk-averse agent values a return by its
conditional value at risk (CVaR) at a level: the mean of its worst share. Level 1 is the risk-neutral agent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..contracts.space import AbstractContractSpace, settle
from ..core.errors import BadGame, BadSetting
from ..core.finite import outcomes_of, starts_of
from ..core.game import AbstractGame

Play = Callable[[Any], Any]
"""A joint policy: observations of all agents to their actions, by a function that JAX can trace."""

_MOST = 20_000
"""States that are followed before a game is refused."""


@dataclasses.dataclass(frozen=True, eq=False)
class Chain:
    """A game under a fixed joint policy: what may follow each state, and what each agent then earns."""

    start: np.ndarray
    """Probability of each first state, `[states]`."""

    chances: np.ndarray
    """`[states, outcomes]`; all 0 where the game is over."""

    after: np.ndarray
    """Number of the next state, `[states, outcomes]`."""

    rewards: np.ndarray
    """Transfers included, `[states, outcomes, agents]`."""

    horizon: int


def followed(game: AbstractGame, play: Play, space: AbstractContractSpace | None = None, theta: Any = ()) -> Chain:
    """Follow a joint policy through a finite game, with the payments of a contract (lump sums left out).

    Raises:
        BadGame: more states than can be followed, or a random game that does not list its outcomes.
        BadTerms: terms outside the space.
    """
    outcomes = outcomes_of(game)
    terms = jnp.zeros(0) if space is None else jnp.asarray(space.checked(theta))

    @jax.jit
    def follow(state: Any) -> tuple[Any, Any, Any]:
        actions = play(game.observe(state))
        chances, after, rewards = outcomes(state, actions)
        if (rule := space) is not None:
            net = lambda later: settle(rule.pays(terms, game.signals(state, actions, later)))
            rewards = rewards + jax.vmap(net)(after)
        return jnp.where(game.terminal(state), jnp.float32(0.0), chances), after, rewards

    first, starts = starts_of(game)
    numbers: dict[bytes, int] = {}
    states: list[Any] = []

    def number(leaves: Any, index: int) -> int:
        one = jax.tree.map(lambda leaf: np.asarray(leaf)[index], leaves)
        key = b"".join(np.ascontiguousarray(leaf).tobytes() for leaf in jax.tree.leaves(one))
        if key not in numbers:
            if len(numbers) >= _MOST:
                raise BadGame(f"{type(game).__name__} has over {_MOST:,} states under this policy. Make it smaller.")
            numbers[key] = len(numbers)
            states.append(one)
        return numbers[key]

    begun = [(number(starts, i), float(chance)) for i, chance in enumerate(first) if chance > 0]
    rows, done = [], 0
    while done < len(states):
        chances, after, rewards = (jax.tree.map(np.asarray, part) for part in follow(states[done]))
        targets = [number(after, i) if chance > 0 else 0 for i, chance in enumerate(chances)]
        rows.append((chances.astype(float), np.array(targets), rewards.astype(float)))
        done += 1
    start = np.zeros(len(states))
    for state, chance in begun:
        start[state] += chance
    return Chain(start, *(np.stack(part) for part in zip(*rows, strict=True)), horizon=game.horizon)  # pyright: ignore


@dataclasses.dataclass(frozen=True, eq=False)
class Distribution:
    """A return as probabilities on places, both `[atoms]`, places rising."""

    places: np.ndarray
    weights: np.ndarray

    @property
    def mean(self) -> float:
        """The expectation."""
        return float(self.places @ self.weights)

    def cvar(self, level: float) -> float:
        """Mean of the worst share `level` of outcomes; an atom on the border counts in part.

        Source: Rockafellar and Uryasev 2002, "Conditional value-at-risk for general loss distributions".

        Raises:
            BadSetting: a level outside (0, 1].
        """
        if not 0.0 < level <= 1.0:
            raise BadSetting(f"level={level}, expected more than 0 and at most 1: the share of outcomes that counts.")
        before = np.cumsum(self.weights) - self.weights
        return float(self.places @ np.clip(level - before, 0.0, self.weights)) / min(level, float(self.weights.sum()))


def returned(chain: Chain, agent: int, *, unit: float, discount: float = 1.0) -> Distribution:
    """One agent's return from the start, by categorical dynamic programming backwards in time.

    Atoms lie at multiples of `unit`. If all rewards are multiples of it and nothing is discounted, the distribution is
    exact; otherwise each atom is shared between its neighbours, which keeps the mean and adds spread.

    Source: after Bellemare, Dabney and Rowland 2023, "Distributional reinforcement learning", chapter 5.

    Args:
        chain: the game under a joint policy.
        agent: whose return.
        unit: distance of the atoms, in units of reward.
        discount: per step.
    """
    rewards = chain.rewards[..., agent]
    happens = chain.chances > 0
    low, high = (float(end(rewards[happens], initial=0.0)) for end in (np.min, np.max))
    lengths = discount ** np.arange(chain.horizon)
    first, last = int(np.floor(low * lengths.sum() / unit)), int(np.ceil(high * lengths.sum() / unit))
    first, last = first - chain.horizon, last + chain.horizon  # a step spreads by one atom at most: nothing is cut
    places = unit * np.arange(first, last + 1)
    state, outcome = np.nonzero(happens)
    chance, after, moved = chain.chances[state, outcome], chain.after[state, outcome], rewards[state, outcome]
    over = ~happens.any(1)
    now = np.zeros((len(chain.start), len(places)))
    now[:, -first] = 1.0
    for _ in range(chain.horizon):
        then = np.zeros_like(now)
        np.add.at(then, state, chance[:, None] * _shifted(now[after], places, moved, discount))
        then[over, -first] = 1.0
        now = then
    return Distribution(places, chain.start @ now)


def _shifted(weights: np.ndarray, places: np.ndarray, rewards: np.ndarray, discount: float) -> np.ndarray:
    """Weights `[rows, atoms]` of `reward + discount * Z` for one reward a row; each atom shared by its neighbours."""
    unit = places[1] - places[0] if len(places) > 1 else 1.0
    at = np.clip((rewards[:, None] + discount * places - places[0]) / unit, 0.0, len(places) - 1.0)
    at = np.where(np.abs(at - np.round(at)) < 1e-6, np.round(at), at)  # rewards are single precision
    lower = np.floor(at).astype(int)
    upper, share = np.minimum(lower + 1, len(places) - 1), at - lower
    found, rows = np.zeros_like(weights), np.arange(len(weights))[:, None]
    np.add.at(found, (rows, lower), weights * (1.0 - share))
    np.add.at(found, (rows, upper), weights * share)
    return found


def asked(alone: Distribution, signed: Distribution, level: float) -> float:
    """The smallest lump sum for which an agent of this level signs; negative if it would pay so much to sign.

    CVaR moves with a sure payment one for one, so the sum is the difference of the two values.
    """
    return alone.cvar(level) - signed.cvar(level)


def premium(alone: Distribution, signed: Distribution, level: float) -> float:
    """The price of risk: what an agent of this level asks beyond the risk-neutral one."""
    return asked(alone, signed, level) - asked(alone, signed, 1.0)
