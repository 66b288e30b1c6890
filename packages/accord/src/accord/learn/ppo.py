"""Proximal policy optimisation for all agents of a game at once, written once.

Each agent has its own net (stacked, see `nets.py`) and maximises its own reward; that independence is the *separate*
scheme, and every other scheme is the same learner on another game.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ..core.game import AbstractGame, Space
from ..core.rollout import Progress, Trajectory, over_envs, rollout, start
from ..core.types import Actions, Array, Metrics, Observations, PRNGKeyArray, PyTree
from . import heads
from .nets import ActorCritic, flat, forward, image_of, init_net, policy_outputs, value_output
from .returns import ValueScale, advantages, divided, rescaled, whole
from .settings import PPOSettings


class LearnerState(NamedTuple):
    """Everything that learning needs to go on."""

    net: ActorCritic
    optimiser: optax.OptState
    scale: ValueScale
    progress: Progress
    key: PRNGKeyArray
    updates: Array  # int32, done so far


class Batch(NamedTuple):
    """What one update learns from; axes `[time, agents, ..., envs]`."""

    x: Array
    actions: Actions
    log_prob: Array
    advantage: Array
    target: Array  # on the value scale; an entry per agent, or per part of its value


class PPO:
    """A learner for one game: compiled once, then `state, metrics = learner.update(state)`.

    Args:
        game: any game; observations are flattened along the feature axis.
        total_updates: the horizon of the linear schedules.
        trains: one number per agent, 0 where the net stays frozen; default all 1.
    """

    def __init__(
        self, game: AbstractGame, settings: PPOSettings, *, total_updates: int, trains: tuple[float, ...] | None = None
    ) -> None:
        if settings.num_steps % settings.minibatches:
            from ..core.errors import BadSetting

            raise BadSetting(
                f"minibatches={settings.minibatches} must divide num_steps={settings.num_steps}: "
                "a minibatch is a random set of time steps of all environments."
            )
        self.game, self.settings, self.total_updates = game, settings, max(total_updates, 1)
        self.steps_per_update = settings.num_envs * settings.num_steps
        # Arrays inside the game (payoffs, frozen nets) are arguments of the program and not constants in it, so that
        # games which differ in them alone share one compiled program.
        # The same holds for who trains: all best responses in a game are one program.
        mask = jnp.asarray(trains if trains is not None else (1.0,) * game.num_agents, jnp.float32)
        arrays, fixed = eqx.partition((game, mask), eqx.is_array)
        self.optimiser = optax.adam(learning_rate=1.0, eps=1e-5)  # the schedule multiplies its step

        def whole(arrays: PyTree) -> tuple[AbstractGame, Array]:
            return eqx.combine(arrays, fixed)

        update = jax.jit(lambda state, arrays: self._update(*whole(arrays), state), donate_argnums=0)
        init = jax.jit(lambda key, arrays: self._fresh(whole(arrays)[0], key))
        self.update: Callable[[LearnerState], tuple[LearnerState, Metrics]] = lambda state: update(state, arrays)
        self._init = lambda key: init(key, arrays)

    def init(self, seed: int, net: ActorCritic | None = None, scale: ValueScale | None = None) -> LearnerState:
        """A fresh learner; `net` and `scale` start it from what was learned before."""
        state = self._init(jax.random.key(seed))
        if net is not None:
            state = state._replace(net=jax.tree.map(jnp.array, net))
        if scale is not None:
            state = state._replace(scale=jax.tree.map(jnp.array, scale))
        return state

    def _fresh(self, game: AbstractGame, key: PRNGKeyArray) -> LearnerState:
        net_key, start_key, run_key = jax.random.split(key, 3)
        s = self.settings
        seen = jax.eval_shape(lambda k: game.observe(game.init(k)), net_key)
        shape = jax.eval_shape(flat, seen)
        net = init_net(
            net_key,
            num_agents=game.num_agents,
            num_inputs=shape.shape[1],
            num_outputs=heads.num_outputs(game.actions),
            hidden=s.hidden,
            num_parts=num_parts(game, s),
            shared_trunk=s.shared_trunk,
            image=image_of(seen) if s.encoder == "conv" else None,
        )
        progress = start(game, s.num_envs, start_key, phases=min(s.phases, game.horizon, s.num_envs))
        return LearnerState(
            net, self._fresh_optimiser(net), ValueScale.fresh(game.num_agents * num_parts(game, s)),
            progress, run_key, jnp.zeros((), jnp.int32),
        )

    def _fresh_optimiser(self, net: PyTree) -> optax.OptState:
        return self.optimiser.init(net)

    def _update(self, game: AbstractGame, trains: Array, state: LearnerState) -> tuple[LearnerState, Metrics]:
        s = self.settings
        next_key, shuffle_key = jax.random.split(state.key)
        done = state.updates.astype(jnp.float32) / self.total_updates
        rate = s.learning_rate + (s.final_learning_rate - s.learning_rate) * done
        entropy_weight = s.entropy_weight + (s.final_entropy_weight - s.entropy_weight) * done

        progress, seen = self._play(game, state)
        batch, scale, net = self._estimate(game, state, progress, seen)

        def one_epoch(carry: tuple, key: PRNGKeyArray) -> tuple[tuple, Metrics]:
            order = jax.random.permutation(key, s.num_steps).reshape(s.minibatches, -1)
            descend = lambda carry, times: self._descend(carry, batch, times, rate * trains, entropy_weight)
            return jax.lax.scan(descend, carry, order)

        (net, optimiser), losses = jax.lax.scan(
            one_epoch, (net, state.optimiser), jax.random.split(shuffle_key, s.epochs)
        )
        metrics = {
            "reward": jnp.mean(seen.rewards, axis=(0, 2)),
            **{k: jnp.mean(v, axis=0) for k, v in seen.metrics.items()},
            **{k: jnp.mean(v, axis=(0, 1)) for k, v in losses.items()},
        }
        return LearnerState(net, optimiser, scale, progress, next_key, state.updates + 1), metrics

    def _play(self, game: AbstractGame, state: LearnerState) -> tuple[Progress, Trajectory]:
        s, net = self.settings, state.net

        def act(observations: Observations, key: PRNGKeyArray) -> tuple[Actions, dict[str, Array]]:
            x = flat(observations)
            outputs, value = forward(net, x)
            actions = heads.sample(game.actions, outputs, key, box_head=s.box_head)
            log_prob = heads.log_prob(game.actions, outputs, actions, box_head=s.box_head)
            return actions, {"x": x, "log_prob": log_prob, "value": value}

        at_end = lambda observations: value_output(net, flat(observations))
        return rollout(
            game, act, state.progress, s.num_steps, at_end=at_end, keep_observations=False,
            keep_cumulants=num_parts(game, s) > 1,
        )

    def _estimate(
        self, game: AbstractGame, state: LearnerState, progress: Progress, seen: Trajectory
    ) -> tuple[Batch, ValueScale, ActorCritic]:
        """Advantages and value targets, and the net on the new value scale.

        A critic of parts is taught each part on its own. Advantages are linear in rewards and values, and weights hold
        until the episode ends, so the parts' advantages add up to that of the reward: the policy learns from the same.
        """
        s, apart = self.settings, num_parts(game, self.settings) > 1
        mean, std = (m[None, :, None] for m in state.scale.moments())
        real = lambda values: values * std + mean
        last_values = over_envs(lambda st: value_output(state.net, flat(game.observe(st))))(progress.state)
        cut = seen.truncated[:, None].astype(jnp.float32)
        values = real(seen.extras["value"])
        advantage = advantages(
            divided(seen.rewards, seen.cumulants, seen.weights) if apart else seen.rewards,
            values, real(last_values[None])[0],
            seen.terminated, seen.truncated, real(seen.end_values) * cut,
            gamma=s.gamma, lambda_=s.lambda_,
        )
        targets = advantage + values
        scale = state.scale.seeing(targets, s.value_rate)
        net = rescaled(state.net, state.scale, scale)
        new_mean, new_std = (m[None, :, None] for m in scale.moments())
        advantage = whole(advantage, seen.weights) if apart else advantage
        centred = advantage - jnp.mean(advantage, axis=(0, 2), keepdims=True)
        advantage = centred / (jnp.std(advantage, axis=(0, 2), keepdims=True) + 1e-8)
        batch = Batch(
            seen.extras["x"], seen.actions, seen.extras["log_prob"], advantage, (targets - new_mean) / new_std
        )
        return batch, scale, net

    def _descend(
        self, carry: tuple, batch: Batch, times: Array, rate: Array, entropy_weight: Array
    ) -> tuple[tuple, Metrics]:
        """One gradient step on a random set of time steps: a block of rows at a time, gradients summed.

        `rate` is the step size of each agent, 0 where its net stays frozen.

        A block is one time step of all environments, contiguous in memory and small enough for the cache; summing over
        blocks is the same mathematics as one large minibatch.
        """
        net, optimiser = carry
        gradient = jax.grad(self._loss, has_aux=True)

        def block(total: tuple, time: Array) -> tuple[tuple, None]:
            rows = jax.tree.map(lambda leaf: leaf[time], batch)
            return jax.tree.map(jnp.add, total, gradient(net, rows, entropy_weight)), None

        zero = jax.tree.map(jnp.zeros_like, net)
        watched = ("policy_loss", "value_loss", "entropy", "clipped", "kl")
        nothing = {k: jnp.zeros(self.game.num_agents) for k in watched}
        (grads, losses), _ = jax.lax.scan(block, (zero, nothing), times)
        grads, losses = jax.tree.map(lambda g: g / times.shape[0], (grads, losses))
        grads = self._limited(grads)
        with jax.numpy_dtype_promotion("standard"):  # optax relies on it
            steps, optimiser = self.optimiser.update(grads, optimiser, net)
        net = jax.tree.map(lambda p, u: p + u * self._per_agent(rate, u), net, steps)
        return (net, optimiser), losses

    def _per_agent(self, values: Array, like: Array) -> Array:
        return values.reshape((-1,) + (1,) * (like.ndim - 1))

    def _limited(self, grads: ActorCritic) -> ActorCritic:
        squares = [jnp.sum(g.reshape(g.shape[0], -1) ** 2, axis=1) for g in jax.tree.leaves(grads)]
        norm = jnp.sqrt(sum(squares[1:], squares[0]))
        factor = jnp.minimum(1.0, self.settings.max_grad_norm / (norm + 1e-8))
        return jax.tree.map(lambda g: g * self._per_agent(factor, g), grads)

    def _loss(self, net: ActorCritic, rows: Batch, entropy_weight: Array) -> tuple[Array, Metrics]:
        """Clipped surrogate, value and entropy terms, summed over agents (whose parameters are disjoint).

        Source: Schulman et al. 2017 (arXiv 1707.06347), eq. 7 and 9.
        """
        s, space = self.settings, self.game.actions
        outputs, value = forward(net, rows.x)
        log_ratio = heads.log_prob(space, outputs, rows.actions, box_head=s.box_head) - rows.log_prob
        ratio = jnp.exp(log_ratio)
        gain = jnp.minimum(ratio * rows.advantage, jnp.clip(ratio, 1.0 - s.clip, 1.0 + s.clip) * rows.advantage)
        entropy = heads.entropy(space, outputs, box_head=s.box_head)
        parts = {
            "policy_loss": -jnp.mean(gain, axis=1),
            "value_loss": jnp.mean(((value - rows.target) ** 2).reshape(self.game.num_agents, -1), axis=1),
            "entropy": jnp.mean(entropy, axis=1),
            "clipped": jnp.mean((jnp.abs(ratio - 1.0) > s.clip).astype(jnp.float32), axis=1),
            "kl": jnp.mean(ratio - 1.0 - log_ratio, axis=1),
        }
        total = parts["policy_loss"] + 0.5 * s.value_weight * parts["value_loss"] - entropy_weight * parts["entropy"]
        return jnp.sum(total), parts


def num_parts(game: AbstractGame, settings: PPOSettings) -> int:
    """Values that each agent's critic gives: one, or the rest and each cumulant of the game."""
    if settings.critic == "whole":
        return 1
    return 1 + jax.eval_shape(lambda key: game.weights(game.init(key)), jax.random.key(0)).shape[0]


class NetPolicy(eqx.Module):
    """A net as a policy for rollouts: sampled as in training, or the most likely action."""

    net: ActorCritic
    space: Space
    box_head: str = "beta"
    greedy: bool = False

    def __call__(self, observations: Observations, key: PRNGKeyArray) -> tuple[Actions, tuple]:
        """One joint action for the observations of one environment."""
        outputs = policy_outputs(self.net, flat(observations))
        if self.greedy:
            return heads.mode(self.space, outputs, box_head=self.box_head), ()
        return heads.sample(self.space, outputs, key, box_head=self.box_head), ()


def policy_of(game: AbstractGame, net: ActorCritic, settings: PPOSettings, *, greedy: bool = False) -> NetPolicy:
    """The net as a policy of this game."""
    return NetPolicy(net, game.actions, settings.box_head, greedy)
