"""Best responses: what an agent could gain by learning anew while the others stay as they are.

This is the measure that tells an equilibrium from a habit: frozen play may cooperate at prices where nobody would.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import jax
import numpy as np

from ..core.types import Float, PRNGKeyArray
from .loop import train
from .nets import ActorCritic
from .ppo import PPO, LearnerState
from .schemes.moca import Play, price_sweep, under_contracts


class Responses(NamedTuple):
    """Undiscounted returns per agent and price: of frozen play, and of the best response found against it.

    A response that does worse than frozen play is no response: `gain` is at least 0 up to the noise of the estimate
    (`error`, one standard error of the paired difference).
    """

    prices: np.ndarray
    frozen: Float[np.ndarray, "agents prices"]
    best: Float[np.ndarray, "agents prices"]
    error: Float[np.ndarray, "agents prices"]

    @property
    def gain(self) -> np.ndarray:
        """What the deviation brings."""
        return self.best - self.frozen


def mixed(frozen: ActorCritic, learner: ActorCritic, agent: int) -> ActorCritic:
    """The frozen profile with one agent's net taken from another."""
    return jax.tree.map(lambda f, own: f.at[agent].set(own[agent]), frozen, learner)


def responder(play: Play, agent: int, prices: tuple[tuple[float, ...], ...], *, updates: int) -> PPO:
    """A learner of one agent's best response at all prices at once; the others' nets don't move."""
    game = price_sweep(play, prices)
    trains = tuple(1.0 if i == agent else 0.0 for i in range(game.num_agents))
    return PPO(game, play.settings, total_updates=updates, trains=trains)


def candidates(play: Play, learner: PPO, agent: int, seed: int) -> list[LearnerState]:
    """Where a best response may start: from the agent's own play, and from each other agent's, whose role it may take.

    Only the deviator's net differs from the frozen profile; its value scale starts as frozen.
    """
    states = []
    for role in range(play.game.num_agents):
        net = jax.tree.map(lambda leaf, role=role: leaf.at[agent].set(leaf[role]), play.net)
        scale = play.scale._replace(
            mean=play.scale.mean.at[agent].set(play.scale.mean[role]),
            square=play.scale.square.at[agent].set(play.scale.square[role]),
        )
        states.append(learner.init(seed + role, net=net, scale=scale))
    return states


def best_responses(
    play: Play,
    prices: tuple[tuple[float, ...], ...],
    *,
    updates: int,
    seed: int,
    episodes: int,
    key: PRNGKeyArray,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Responses:
    """Retrain each agent against the frozen others from several starts; keep the best at each price.

    Args:
        updates: of each of the `agents * agents` trainings.
        progress: called with (updates done, updates in all).
    """
    n = play.game.num_agents
    total, done = n * n * updates, 0
    frozen = _returns(play, play.net, prices, episodes, key)
    best, error = frozen.mean(axis=2).copy(), np.zeros(frozen.shape[:2])
    for agent in range(n):
        learner = responder(play, agent, prices, updates=updates)
        for state in candidates(play, learner, agent, seed):
            net = state.net
            for state_now, _ in train(learner, state, updates=updates):
                net = state_now.net
                done += 1
                progress(done, total)
            seen = _returns(play, mixed(play.net, net, agent), prices, episodes, key)[agent]
            better = seen.mean(axis=1) > best[agent]
            spread = (seen - frozen[agent]).std(axis=1) / np.sqrt(episodes)
            best[agent] = np.where(better, seen.mean(axis=1), best[agent])
            error[agent] = np.where(better, spread, error[agent])
    return Responses(np.asarray(prices), frozen.mean(axis=2), best, error)


def _returns(
    play: Play, net: ActorCritic, prices: tuple[tuple[float, ...], ...], episodes: int, key: PRNGKeyArray
) -> Float[np.ndarray, "agents prices envs"]:
    after, _, _ = under_contracts(replace(play, net=net), np.asarray(prices, np.float32), episodes=episodes, key=key)
    return after[:, :-1]
