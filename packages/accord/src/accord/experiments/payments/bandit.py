"""The choice of liquidity as a contextual bandit: predict the cost of every choice, and mostly take the cheapest.

No gradient of a policy: each bank regresses the costs that it has seen on its context (its own demand), as if the other
banks were weather. That is the view in which the choice of liquidity is no sequential problem at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from ...core.errors import BadGame
from ...core.game import AbstractGame, Discrete
from ...core.rollout import rollout, start
from ...core.settings import bounded
from ...core.types import Actions, Array, Metrics, Observations, PRNGKeyArray, PyTree
from ...learn.nets import ActorCritic, flat, init_net, policy_outputs


@dataclass(frozen=True)
class BanditSettings:
    """How to learn."""

    num_envs: int = bounded(10, 1, 1 << 20, "days per update")
    learning_rate: float = bounded(0.02, 0.0, 1.0, "Adam step size")
    hidden: tuple[int, ...] = (21,)
    explore: float = bounded(1.0, 0.0, 1.0, "share of random choices at the start")
    explore_end: float = bounded(0.05, 0.0, 1.0, "the same at the end; geometric in between")
    scale: float = bounded(0.1, 0.0, 1e9, "cost that counts as one in the regression")


class BanditState(NamedTuple):
    """Everything that learning needs to go on; every leaf but `updates` has the leading axis `seeds`."""

    net: ActorCritic
    optimiser: optax.OptState
    key: PRNGKeyArray
    updates: Array


class Bandit:
    """A learner for a game of one move, all seeds in one program: `state, metrics = learner.update(state)`.

    Metrics as of `Reinforce`: `reward` is `[agents, seeds]`.

    Source: epsilon-greedy with regression, the plainest contextual bandit; the schedule is ours.
    """

    def __init__(
        self, game: AbstractGame, settings: BanditSettings = BanditSettings(), *, total_updates: int, seeds: int = 1
    ) -> None:
        if not isinstance(game.actions, Discrete) or game.horizon != 1:
            raise BadGame(f"{type(game).__name__} has {game.horizon} steps, expected one discrete choice: Day(game).")
        self.game, self.settings, self.total_updates, self.seeds = game, settings, max(total_updates, 1), seeds
        self.count = game.actions.n
        self.steps_per_update = settings.num_envs
        self.optimiser = optax.adam(settings.learning_rate)

        def whole(state: BanditState) -> tuple[BanditState, Metrics]:
            step = lambda net, optimiser, key: self._update(net, optimiser, key, self._explores(state.updates))
            net, optimiser, key, reward = jax.vmap(step)(state.net, state.optimiser, state.key)
            return BanditState(net, optimiser, key, state.updates + 1), {"reward": reward.T}

        self.update: Callable[[BanditState], tuple[BanditState, Metrics]] = jax.jit(whole, donate_argnums=0)

    def _explores(self, updates: Array) -> Array:
        s = self.settings
        done = updates.astype(jnp.float32) / self.total_updates
        return s.explore * (jnp.float32(s.explore_end / s.explore) ** done)

    def _fresh_optimiser(self, net: PyTree) -> optax.OptState:
        return self.optimiser.init(net)

    def init(self, seed: int) -> BanditState:
        """Fresh nets, and random choices."""
        game = self.game
        shape = jax.eval_shape(lambda k: flat(game.observe(game.init(k))), jax.random.key(0))

        def one(key: PRNGKeyArray) -> tuple[ActorCritic, optax.OptState]:
            net = init_net(
                key, num_agents=game.num_agents, num_inputs=shape.shape[1], num_outputs=self.count,
                hidden=self.settings.hidden,
            )._replace(critic=())
            return net, self._fresh_optimiser(net)

        keys = jax.random.split(jax.random.key(seed), 2 * self.seeds)
        # Not compiled as a whole: many factorisations in one program can wait for each other on a CPU, for ever.
        net, optimiser = jax.vmap(one)(keys[: self.seeds])
        return BanditState(net, optimiser, keys[self.seeds :], jnp.zeros((), jnp.int32))

    def chances(self, net: ActorCritic, x: Array, updates: Array) -> Array:
        """Probabilities of all choices of one seed, `[agents, choices, ...batch]`."""
        outputs = policy_outputs(net, x)
        best = jax.nn.one_hot(jnp.argmax(outputs, axis=1), self.count, axis=1, dtype=jnp.float32)
        explores = self._explores(updates)
        return (1.0 - explores) * best + explores / self.count

    def _update(
        self, net: ActorCritic, optimiser: optax.OptState, key: PRNGKeyArray, explores: Array
    ) -> tuple[ActorCritic, optax.OptState, PRNGKeyArray, Array]:
        """One batch of days of one seed, and one step of the regression."""
        game, n = self.game, self.game.num_agents
        next_key, start_key = jax.random.split(key)

        def act(observations: Observations, key: PRNGKeyArray) -> tuple[Actions, Array]:
            x = flat(observations)
            first, second = jax.random.uniform(key, (2, n), jnp.float32)
            random = jnp.minimum((second * self.count).astype(jnp.int32), self.count - 1)
            best = jnp.argmax(policy_outputs(net, x), axis=1).astype(jnp.int32)
            return jnp.where(first < explores, random, best), x

        fresh = start(game, self.settings.num_envs, start_key)
        _, seen = rollout(game, act, fresh, 1, keep_observations=False)
        x, actions, rewards = seen.extras[0], seen.actions[0], seen.rewards[0]

        def loss(net: ActorCritic) -> Array:
            expected = policy_outputs(net, x)
            chosen = actions[:, None] == jnp.arange(self.count, dtype=jnp.int32)[None, :, None]
            own = jnp.sum(jnp.where(chosen, expected, 0.0), axis=1)
            return jnp.sum(jnp.mean((own - rewards / self.settings.scale) ** 2, axis=1))

        with jax.numpy_dtype_promotion("standard"):  # optax relies on it
            steps, optimiser = self.optimiser.update(jax.grad(loss)(net), optimiser)
        return jax.tree.map(jnp.add, net, steps), optimiser, next_key, jnp.mean(rewards, axis=1)
