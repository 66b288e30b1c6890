"""Games of one shot: the price from which on cooperating is dominant, by enumeration, and how often it is learned.

The exact side enumerates action profiles and knows nothing of nets; the learned side only counts actions.
"""

from __future__ import annotations

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..contracts.negotiate import Contracted, Deal, NoTerms
from ..contracts.space import AbstractContractSpace, settle
from ..core.errors import BadGame
from ..core.game import AbstractGame, Box, Discrete
from ..core.rollout import rollout, start
from ..learn.schemes.moca import Play


def choices(game: AbstractGame) -> np.ndarray:
    """The actions that count, `[choices, ...]`: all of a discrete space; the corners of a box (payoffs are linear)."""
    match game.actions:
        case Discrete(n=n):
            return np.arange(n, dtype=np.int32)
        case Box(low=low, high=high):
            return np.asarray(list(itertools.product(*zip(low, high, strict=True))), np.float32)
    raise BadGame(f"{type(game).__name__} has compound actions. Prices of cooperation need discrete or box actions.")


def payoffs(game: AbstractGame, space: AbstractContractSpace, theta: float) -> np.ndarray:
    """Payoffs of every profile under a contract, `[agents, choices, ..., choices]` (one axis per agent)."""
    acts, n = choices(game), game.num_agents
    profiles = np.asarray(list(itertools.product(range(len(acts)), repeat=n)))
    terms = jnp.full(space.num_terms, theta, jnp.float32)
    key = jax.random.key(0)
    state = game.init(key)

    @jax.jit
    @jax.vmap
    def pay(actions: Any) -> Any:
        after, rewards = game.step(state, actions, key)
        return rewards + settle(space.pays(terms, game.signals(state, actions, after)))

    return np.asarray(pay(jnp.asarray(acts[profiles])), float).T.reshape(n, *([len(acts)] * n))


def optimum(table: np.ndarray) -> tuple[int, ...]:
    """The profile of highest welfare."""
    return tuple(int(i) for i in np.unravel_index(table.sum(axis=0).argmax(), table.shape[1:]))


def gain_of_deviating(table: np.ndarray, profile: tuple[int, ...]) -> float:
    """The most that anybody ever gains by leaving its part of a profile, over all that the others may do."""
    worst = -np.inf
    for agent, mine in enumerate(profile):
        own = np.moveaxis(table[agent], agent, 0)
        others = np.delete(own, mine, axis=0)
        worst = max(worst, float((others - own[mine]).max()))
    return worst


def dominance_price(game: AbstractGame, space: AbstractContractSpace) -> float | None:
    """The lowest price at which the welfare optimum is an equilibrium in dominant actions, to 1e-6; None if none is.

    By bisection: payments must not make cooperation less attractive as the price rises.
    """
    (low,), (high,) = space.low, space.high
    profile = optimum(payoffs(game, space, low))
    dominant = lambda theta: gain_of_deviating(payoffs(game, space, theta), profile) <= 1e-6
    if not dominant(high):
        return None
    if dominant(low):
        return float(low)
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if dominant(middle) else (middle, high)
    return float(high)


def cooperation(play: Play, theta: np.ndarray, *, episodes: int, key: Any) -> np.ndarray:
    """How close play is to the welfare optimum at each price: 1 its actions, 0 their opposite; mean over agents."""
    game, space, count = play.game, play.space, len(theta)
    acts = choices(game)
    best = acts[list(optimum(payoffs(game, space, space.low[0])))]  # [agents, ...]
    contracted = Contracted(game, space, NoTerms())
    deals = Deal(jnp.asarray(theta, jnp.float32).repeat(episodes, axis=0).T, jnp.ones(count * episodes, jnp.float32))

    @jax.jit
    def run(key: Any) -> Any:
        fresh = start(contracted, count * episodes, key)
        state = fresh.state._replace(deal=deals, signed=deals.in_force)
        return rollout(contracted, play.policy, fresh._replace(state=state), 1, keep_observations=False)[1].actions

    taken = np.asarray(run(key))[0]  # [agents, ..., envs]
    if isinstance(game.actions, Discrete):
        near = (taken == best[:, None]).astype(float)
    else:
        assert isinstance(game.actions, Box)  # one-shot games have one part
        span = np.asarray(game.actions.high) - np.asarray(game.actions.low)
        near = 1.0 - (np.abs(taken - best[..., None]) / span[:, None]).mean(axis=1)
    return near.mean(axis=0).reshape(count, episodes).mean(axis=1)
