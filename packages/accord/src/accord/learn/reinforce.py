"""REINFORCE for all agents of a game at once, many seeds side by side: the plain policy gradient, for small games.

Each agent has its own policy net and follows the gradient of its own return; nothing is shared, nothing is clipped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ..core.game import AbstractGame
from ..core.rollout import rollout, start
from ..core.settings import bounded
from ..core.types import Actions, Array, Float, Metrics, Observations, PRNGKeyArray, PyTree
from . import heads
from .nets import ActorCritic, flat, init_net, policy_outputs


@dataclass(frozen=True)
class ReinforceSettings:
    """How to learn. Defaults are those of the interbank payments paper (Castro et al. 2025, section on training)."""

    num_envs: int = bounded(10, 1, 1 << 20, "episodes per update")
    learning_rate: float = bounded(0.1, 0.0, 1.0, "Adam step size")
    hidden: tuple[int, ...] = (21,)
    baseline: Literal["none", "mean"] = "none"
    """What is taken off a return: nothing, as in the paper, or the mean of the other episodes of the batch. Returns are
    never divided by their deviation: for skewed costs that biases towards too little liquidity."""


class ReinforceState(NamedTuple):
    """Everything that learning needs to go on; every leaf but `updates` has the leading axis `seeds`."""

    net: ActorCritic
    optimiser: optax.OptState
    key: PRNGKeyArray
    updates: Array  # int32, done so far


class Reinforce:
    """A learner for one game: compiled once for all seeds, then `state, metrics = learner.update(state)`.

    Metrics have the agents first and the seeds second: `reward` is the mean return of an episode, `[agents, seeds]`.

    Args:
        game: any game; an episode is played to its end in every update.
        total_updates: where `train` stops.
        seeds: independent runs side by side.

    Source: Williams 1992, with reward to go.
    """

    def __init__(
        self, game: AbstractGame, settings: ReinforceSettings = ReinforceSettings(), *, total_updates: int,
        seeds: int = 1,
    ) -> None:
        self.game, self.settings, self.total_updates, self.seeds = game, settings, max(total_updates, 1), seeds
        self.steps_per_update = settings.num_envs * game.horizon
        self.optimiser = optax.adam(settings.learning_rate)
        arrays, fixed = eqx.partition(game, eqx.is_array)  # games that differ in arrays alone share one program

        def whole(state: ReinforceState, arrays: PyTree) -> tuple[ReinforceState, Metrics]:
            made = eqx.combine(arrays, fixed)
            step = lambda net, optimiser, key: self._update(made, net, optimiser, key)
            net, optimiser, key, metrics = jax.vmap(step)(state.net, state.optimiser, state.key)
            return ReinforceState(net, optimiser, key, state.updates + 1), metrics

        update = jax.jit(whole, donate_argnums=0)
        self.update: Callable[[ReinforceState], tuple[ReinforceState, Metrics]] = lambda state: _agents_first(
            update(state, arrays)
        )

    def _fresh_optimiser(self, net: PyTree) -> optax.OptState:
        return self.optimiser.init(net)

    def init(self, seed: int) -> ReinforceState:
        """Fresh nets; every agent begins close to uniformly random play."""
        game, s = self.game, self.settings
        shape = jax.eval_shape(lambda k: flat(game.observe(game.init(k))), jax.random.key(0))

        def one(key: PRNGKeyArray) -> tuple[ActorCritic, optax.OptState]:
            outputs = heads.num_outputs(game.actions)
            net = init_net(
                key, num_agents=game.num_agents, num_inputs=shape.shape[1], num_outputs=outputs, hidden=s.hidden
            )
            net = net._replace(critic=())
            return net, self._fresh_optimiser(net)

        keys = jax.random.split(jax.random.key(seed), 2 * self.seeds)
        net, optimiser = jax.vmap(one)(keys[: self.seeds])  # not one program: many factorisations in it can hang
        return ReinforceState(net, optimiser, keys[self.seeds :], jnp.zeros((), jnp.int32))

    def _update(
        self, game: AbstractGame, net: ActorCritic, optimiser: optax.OptState, key: PRNGKeyArray
    ) -> tuple[ActorCritic, optax.OptState, PRNGKeyArray, Metrics]:
        """One step of one seed: whole episodes, then the gradient of the mean return."""
        next_key, start_key = jax.random.split(key)

        def act(observations: Observations, key: PRNGKeyArray) -> tuple[Actions, Array]:
            x = flat(observations)
            return heads.sample(game.actions, policy_outputs(net, x), key), x

        fresh = start(game, self.settings.num_envs, start_key)
        _, seen = rollout(game, act, fresh, game.horizon, keep_observations=False)
        over = jnp.cumsum(seen.terminated.astype(jnp.int32), axis=0) - seen.terminated.astype(jnp.int32)
        alive = (over == 0).astype(jnp.float32)[:, None]
        rewards = seen.rewards * alive
        gain = self._less_baseline(jnp.cumsum(rewards[::-1], axis=0)[::-1]) * alive
        last = lambda leaf: jnp.moveaxis(leaf, 0, -2)  # [time, agents, ..., envs] -> [agents, ..., time, envs]
        x, actions, gain = last(seen.extras), jax.tree.map(last, seen.actions), last(gain)

        def loss(net: ActorCritic) -> Array:
            log_prob = heads.log_prob(game.actions, policy_outputs(net, x), actions)
            return -jnp.sum(jnp.mean(jnp.sum(log_prob * gain, axis=1), axis=1))

        with jax.numpy_dtype_promotion("standard"):  # optax relies on it
            steps, optimiser = self.optimiser.update(jax.grad(loss)(net), optimiser)
        net = jax.tree.map(jnp.add, net, steps)
        metrics = {"reward": jnp.mean(jnp.sum(rewards, axis=0), axis=1)}
        metrics |= {name: jnp.sum(value, axis=0) for name, value in seen.metrics.items()}  # over the episode
        return net, optimiser, next_key, metrics

    def _less_baseline(self, to_go: Float[Array, "time agents envs"]) -> Float[Array, "time agents envs"]:
        count = self.settings.num_envs
        if self.settings.baseline == "none" or count == 1:
            return to_go
        others = (jnp.sum(to_go, axis=2, keepdims=True) - to_go) / (count - 1)
        return to_go - others


def _agents_first(result: tuple[ReinforceState, Metrics]) -> tuple[ReinforceState, Metrics]:
    state, metrics = result
    return state, {name: jnp.moveaxis(value, 0, 1) if value.ndim > 1 else value for name, value in metrics.items()}
