"""Learning action values from replayed steps: DQN, C51 and S51 as one learner whose head alone differs.

Each agent of a game learns its own values from its own rewards and takes the others for a part of the world. Many seeds
run side by side in one program, as in `reinforce.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ..core.errors import BadGame, BadSetting
from ..core.game import AbstractGame, Discrete
from ..core.random import split, uniform
from ..core.rollout import Policy, Progress, Trajectory, over_envs, returns, rollout, start
from ..core.settings import bounded
from ..core.types import Actions, Array, Metrics, Observations, PRNGKeyArray, PyTree
from . import replay
from .nets import ActorCritic, Dense, flat, init_net, policy_outputs
from .value_heads import HEADS, AbstractHead, Expected


@dataclass(frozen=True)
class ValueSettings:
    """How to learn values. Defaults suit the classic problems of control on one core."""

    agent: Literal["dqn", "c51", "s51", "cdf"] = "dqn"
    """The head: values; logits and cross-entropy; signed mass and Cramer distance; distribution function."""

    atoms: int = bounded(51, 2, 100_000, "places of a distribution, equally distant")
    bound: float = bounded(100.0, 1e-9, 1e9, "the support of a distribution is [-bound, bound]")
    learning_rate: float = bounded(1e-3, 0.0, 1e3, "step size")
    optimiser: Literal["adam", "sgd"] = "adam"
    target_period: int = bounded(100, 1, 1 << 30, "gradient steps for which the target net holds still")
    gamma: float = bounded(0.99, 0.0, 1.0, "discount per step")
    num_envs: int = bounded(16, 1, 1 << 20, "environments side by side")
    num_steps: int = bounded(16, 1, 1 << 20, "steps of each environment per update")
    gradient_steps: int = bounded(64, 1, 1 << 20, "gradient steps per update")
    batch: int = bounded(64, 1, 1 << 20, "rows of one gradient step")
    memory: int = bounded(50_000, 1, 1 << 30, "steps that are remembered; rounded up to whole updates")
    last_exploration: float = bounded(0.02, 0.0, 1.0, "share of random actions at the end; it begins at 1")
    exploration: float = bounded(0.2, 0.0, 1.0, "share of the updates in which it falls, linearly")
    hidden: tuple[int, ...] = (64, 64)

    @property
    def head(self) -> AbstractHead:
        """The head with its support."""
        kind = HEADS[self.agent]
        return kind() if kind is Expected else kind(self.atoms, self.bound)  # pyright: ignore[reportCallIssue]


class Values(NamedTuple):
    """What one seed has learned."""

    net: ActorCritic
    target: ActorCritic
    optimiser: optax.OptState
    memory: replay.Steps
    progress: Progress
    earned: Array
    """Rewards of the episode under way, `[agents, envs]`."""

    last: Array
    """Mean return of the episodes that ended last, `[agents]`; those of exploring play."""

    key: PRNGKeyArray


class ValueState(NamedTuple):
    """Everything that learning needs to go on; every leaf of `seeds` has the leading axis `seeds`."""

    seeds: Values
    updates: Array  # int32, done so far


class ValueLearner:
    """A learner for one game: compiled once for all seeds, then `state, metrics = learner.update(state)`.

    Metrics have the agents first and the seeds second: `reward` per step, `return` of the episodes that ended last,
    `loss`.

    Args:
        game: discrete actions; observations are flattened.
        settings: the head and how to learn.
        total_updates: where `train` stops, and the measure of `exploration`.
        seeds: independent runs side by side.
        tuned: step size and target period of each seed, where a search wants them to differ; default the settings'.

    Raises:
        BadGame: actions that are not discrete.
        BadSetting: a memory smaller than one update, or another number of `tuned` than of seeds.

    Source: deep Q-learning after Mnih et al. 2015, without double estimates or priorities, one-step targets.
    """

    def __init__(
        self, game: AbstractGame, settings: ValueSettings = ValueSettings(), *, total_updates: int, seeds: int = 1,
        tuned: Sequence[tuple[float, int]] | None = None,
    ) -> None:
        if not isinstance(game.actions, Discrete):
            kind = type(game.actions).__name__
            raise BadGame(f"{type(game).__name__} has {kind} actions, expected Discrete. Learn with PPO instead.")
        self.game, self.settings, self.total_updates, self.seeds = game, settings, max(total_updates, 1), seeds
        self.steps_per_update = settings.num_envs * settings.num_steps
        if settings.memory < self.steps_per_update:
            raise BadSetting(
                f"memory={settings.memory} holds less than one update of num_envs * num_steps = "
                f"{self.steps_per_update} steps. Raise it."
            )
        if tuned is not None and len(tuned) != seeds:
            raise BadSetting(f"tuned names {len(tuned)} pairs for seeds={seeds}. Give one for each.")
        self.head, self.num_actions = settings.head, game.actions.n
        self._blocks = -(-settings.memory // self.steps_per_update)
        rates, periods = zip(*(tuned or ((settings.learning_rate, settings.target_period),) * seeds), strict=True)
        steps = jnp.asarray(rates, jnp.float32), jnp.asarray(periods, jnp.int32)
        # With the smallest eps the scale of a head's loss does not matter.
        self.optimiser = optax.scale_by_adam(eps=1e-8) if settings.optimiser == "adam" else optax.identity()
        arrays, fixed = eqx.partition(game, eqx.is_array)

        def whole(state: ValueState, arrays: PyTree, rates: Array, periods: Array) -> tuple[ValueState, Metrics]:
            made, done = eqx.combine(arrays, fixed), state.updates
            one = lambda values, rate, period: self._update(made, values, done, rate, period)
            values, metrics = jax.vmap(one, out_axes=(0, -1))(state.seeds, rates, periods)
            return ValueState(values, done + 1), metrics

        def played(nets: ActorCritic, arrays: PyTree, keys: Array, episodes: int) -> Array:
            made, share = eqx.combine(arrays, fixed), settings.last_exploration
            one = lambda net, key: jnp.mean(returns(made, self.policy(net, share), episodes, key)[0], axis=1)
            return jax.vmap(one, out_axes=-1)(nets, keys)

        update = jax.jit(whole, donate_argnums=0)
        play = jax.jit(played, static_argnums=3)
        self.update: Callable[[ValueState], tuple[ValueState, Metrics]] = lambda state: update(state, arrays, *steps)
        self._play = lambda state, keys, episodes: play(state.seeds.net, arrays, keys, episodes)

    def init(self, seed: int) -> ValueState:
        """Fresh nets, all of whose values are 0: the last layer's weights are 0, its biases those of the head."""
        game, s = self.game, self.settings
        shape = jax.eval_shape(lambda k: flat(game.observe(game.init(k))), jax.random.key(0))
        agents, features = shape.shape

        def one(key: PRNGKeyArray) -> Values:
            net_key, start_key, run_key = jax.random.split(key, 3)
            outputs = self.num_actions * self.head.size
            made = init_net(net_key, num_agents=agents, num_inputs=features, num_outputs=outputs, hidden=s.hidden)
            biases = jnp.broadcast_to(jnp.tile(jnp.asarray(self.head.start), self.num_actions), (agents, outputs))
            last = Dense(jnp.zeros_like(made.actor[-1].weight), biases)
            net = made._replace(actor=(*made.actor[:-1], last), critic=())
            memory = replay.empty(self._blocks * self.steps_per_update, agents, features)
            begun = start(game, s.num_envs, start_key)
            nothing = jnp.zeros((agents, s.num_envs), jnp.float32)
            copy = jax.tree.map(jnp.copy, net)
            fresh = self._fresh_optimiser(net)
            return Values(net, copy, fresh, memory, begun, nothing, nothing[:, 0], run_key)

        begin = jax.jit(one)  # seed by seed: many factorisations in one program can hang
        each = [begin(key) for key in jax.random.split(jax.random.key(seed), self.seeds)]
        return ValueState(jax.tree.map(lambda *leaves: jnp.stack(leaves), *each), jnp.zeros((), jnp.int32))

    def _fresh_optimiser(self, net: PyTree) -> optax.OptState:
        return self.optimiser.init(net)

    def outputs(self, net: ActorCritic, x: Array) -> Array:
        """Outputs `[actions, agents, size, ...batch]` for features `[agents, features, ...batch]`."""
        flat_outputs = policy_outputs(net, x)
        shaped = flat_outputs.reshape(x.shape[0], self.num_actions, self.head.size, *x.shape[2:])
        return jnp.moveaxis(shaped, 1, 0)

    def values(self, net: ActorCritic, x: Array) -> Array:
        """Action values `[actions, agents, ...batch]`."""
        return jnp.stack([self.head.means(outputs) for outputs in self.outputs(net, x)])

    def policy(self, net: ActorCritic, exploration: Array | float = 0.0) -> Policy:
        """The greedy action (the lowest of equals), and a uniform one in a share `exploration` of the cases."""

        def act(observations: Observations, key: PRNGKeyArray) -> tuple[Actions, Array]:
            x = flat(observations)
            values, best = self.values(net, x), jnp.zeros(x.shape[0], jnp.int32)
            top = values[0]
            for action in range(1, self.num_actions):
                best, top = jnp.where(values[action] > top, action, best), jnp.maximum(top, values[action])
            coin_key, action_key = split(key, 2)
            anything = (uniform(action_key, x.shape[0]) * self.num_actions).astype(jnp.int32)
            return jnp.where(uniform(coin_key, x.shape[0]) < exploration, anything, best), x

        return act

    def play(self, state: ValueState, *, episodes: int, seed: int) -> Array:
        """Mean undiscounted return of whole episodes with the last share of exploration, `[agents, seeds]`."""
        return self._play(state, jax.random.split(jax.random.key(seed), self.seeds), episodes)

    # ------------------------------------------------------------------------------------------------------ one update

    def _update(
        self, game: AbstractGame, now: Values, done: Array, rate: Array, period: Array
    ) -> tuple[Values, Metrics]:
        """One seed: play on, remember, then descend on what is remembered."""
        s = self.settings
        next_key, learn_key = jax.random.split(now.key)
        share = jnp.clip(done.astype(jnp.float32) / max(s.exploration * self.total_updates, 1.0), 0.0, 1.0)
        policy = self.policy(now.net, 1.0 + share * (s.last_exploration - 1.0))
        progress, seen = rollout(game, policy, now.progress, s.num_steps, keep_observations=False)
        memory = replay.written(now.memory, self._steps(game, progress, seen), done)
        filled = jnp.minimum(done + 1, self._blocks) * self.steps_per_update

        def descend(carry: tuple, drawn: tuple[PRNGKeyArray, Array]) -> tuple[tuple, Array]:
            (net, target, optimiser), (key, number) = carry, drawn
            target = jax.tree.map(lambda new, old: jnp.where(number % period == 0, new, old), net, target)
            rows = replay.drawn(memory, filled, s.batch, key)
            slope, loss = jax.grad(self._loss, has_aux=True)(net, target, rows)
            with jax.numpy_dtype_promotion("standard"):  # optax relies on it
                step, optimiser = self.optimiser.update(slope, optimiser, net)
            return (jax.tree.map(lambda p, u: p - rate * u, net, step), target, optimiser), loss

        keys, numbers = jax.random.split(learn_key, s.gradient_steps), jnp.arange(s.gradient_steps, dtype=jnp.int32)
        (net, target, optimiser), losses = jax.lax.scan(
            descend, (now.net, now.target, now.optimiser), (keys, done * s.gradient_steps + numbers)
        )
        earned, last = self._episodes(now, seen)
        metrics = {"reward": jnp.mean(seen.rewards, axis=(0, 2)), "return": last, "loss": jnp.mean(losses, axis=0)}
        return Values(net, target, optimiser, memory, progress, earned, last, next_key), metrics

    def _steps(self, game: AbstractGame, progress: Progress, seen: Trajectory) -> replay.Steps:
        """What was played as rows of the memory."""
        x = seen.extras
        last = over_envs(lambda state: flat(game.observe(state)))(progress.state)
        after = jnp.concatenate([x[1:], last[None]])
        rows = lambda leaf: jnp.moveaxis(leaf, -1, 1).reshape(-1, *leaf.shape[1:-1])
        over, cut = (flag.astype(jnp.float32) for flag in (seen.terminated, seen.truncated))
        return replay.Steps(
            rows(x), rows(seen.actions), rows(seen.rewards), rows(after), rows(over), rows(1.0 - cut)
        )

    def _loss(self, net: ActorCritic, target: ActorCritic, rows: replay.Steps) -> tuple[Array, Array]:
        """Summed over agents, whose parameters are disjoint; and each agent's own."""
        last = lambda leaf: jnp.moveaxis(leaf, 0, -1)  # [rows, agents, ...] -> [agents, ..., rows]
        outputs, after = self.outputs(net, last(rows.x)), self.outputs(target, last(rows.next_x))
        best = jnp.argmax(jnp.stack([self.head.means(each) for each in after]), axis=0)
        taken, ahead = _chosen(outputs, last(rows.actions)), _chosen(after, best)
        discounts = jnp.broadcast_to(self.settings.gamma * (1.0 - rows.over)[None], taken.shape[:1] + rows.over.shape)
        losses = self.head.losses(taken, ahead, last(rows.rewards), discounts) * rows.known[None]
        each = jnp.sum(losses, axis=1) / jnp.maximum(jnp.sum(rows.known), 1.0)
        return jnp.sum(each), each

    def _episodes(self, now: Values, seen: Trajectory) -> tuple[Array, Array]:
        """Rewards of the episodes under way, and the mean return of those that just ended (as before, if none did)."""

        def body(earned: Array, step: tuple[Array, Array]) -> tuple[Array, tuple[Array, Array]]:
            rewards, over = step
            earned = earned + rewards
            ended = jnp.broadcast_to(over.astype(jnp.float32)[None], earned.shape)
            return earned * (1.0 - ended), (jnp.sum(earned * ended, axis=1), jnp.sum(ended, axis=1))

        earned, (sums, counts) = jax.lax.scan(body, now.earned, (seen.rewards, seen.terminated | seen.truncated))
        total, count = jnp.sum(sums, axis=0), jnp.sum(counts, axis=0)
        return earned, jnp.where(count > 0, total / jnp.maximum(count, 1.0), now.last)


def _chosen(outputs: Array, actions: Array) -> Array:
    """The outputs of each agent's action, `[agents, size, batch]`, from those of all, `[actions, agents, size, batch]`.

    By masks: nothing is looked up by index.
    """
    chosen = jnp.zeros_like(outputs[0])
    for action in range(outputs.shape[0]):
        chosen = jnp.where((actions == action)[:, None], outputs[action], chosen)
    return chosen
