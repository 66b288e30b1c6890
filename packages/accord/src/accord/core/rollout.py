"""Playing games: scan over time, vmap over environments. The only place that resets, truncates and averages.

The batch of environments is the *last* axis of every array here (`[time, agents, ..., envs]`): elementwise game code
then runs over contiguous environments, and a dense layer is one matrix product. Games and policies are written for
one environment and never see it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp

from .batching import batch_last
from .game import AbstractGame
from .random import split
from .types import Actions, Array, Bool, Float, Int, Metrics, Observations, PRNGKeyArray, PyTree, State

Policy: TypeAlias = Callable[[Observations, PRNGKeyArray], tuple[Actions, PyTree]]
"""(observations of all agents, key) -> (one joint action, anything to keep beside it); for one environment."""


class Progress(NamedTuple):
    """Environments in the middle of their episodes."""

    state: State
    time: Int[Array, "envs"]
    keys: PRNGKeyArray  # one per environment


class Trajectory(NamedTuple):
    """What a rollout saw; axes `[time, agents, ..., envs]`.

    `end_values` holds `at_end` of the observation *after* a truncated step (before its reset) and zero elsewhere: what
    bootstrapping needs; it has an entry per value that `at_end` gives. `metrics` are means over environments,
    `[time, ...]`. Cumulants and their weights are there if they were asked for.
    """

    observations: Observations
    actions: Actions
    extras: PyTree
    rewards: Float[Array, "time agents envs"]
    terminated: Bool[Array, "time envs"]
    truncated: Bool[Array, "time envs"]
    end_values: Float[Array, "time values envs"]
    metrics: Metrics
    cumulants: PyTree = ()  # if asked for, Float[Array, "time agents cumulants envs"]
    weights: PyTree = ()  # and theirs, Float[Array, "time cumulants envs"]


def over_envs(function: Callable) -> Callable:
    """Lift a function of one environment to a batch of them on the last axis."""
    return batch_last(function)


def start(game: AbstractGame, num_envs: int, key: PRNGKeyArray, *, phases: int = 1) -> Progress:
    """Fresh environments.

    Args:
        phases: spread the environments' clocks over this many equally distant points of the episode, so that a batch
            shorter than an episode holds all its parts. 1 starts all clocks at 0.
    """
    init_key, run_key = jax.random.split(key)
    states = over_envs(game.init)(jax.random.split(init_key, num_envs))
    clock = (jnp.arange(num_envs, dtype=jnp.int32) * phases // num_envs) * (game.horizon // phases)
    return Progress(states, clock.astype(jnp.int32), jax.random.split(run_key, num_envs))


def rollout(
    game: AbstractGame,
    policy: Policy,
    progress: Progress,
    num_steps: int,
    *,
    at_end: Callable[[Observations], Float[Array, "values"]] | None = None,
    keep_observations: bool = True,
    keep_cumulants: bool = False,
) -> tuple[Progress, Trajectory]:
    """Play `num_steps` steps in every environment, beginning anew where an episode ends.

    An episode ends *terminated* where `game.terminal` says so and *truncated* at `game.horizon` steps otherwise.
    """
    nothing = _no_values(game, at_end, progress)

    def play(state: State, time: Array, words: Array) -> tuple:
        act_key, step_key, next_key = split(_wrap(words), 3)
        observations = game.observe(state)
        actions, extras = policy(observations, act_key)
        after, rewards = game.step(state, actions, step_key)
        terminated = game.terminal(after)
        truncated = (time + 1 >= game.horizon) & ~terminated
        kept = observations if keep_observations else ()
        parts = (game.cumulants(state, actions, after), game.weights(state)) if keep_cumulants else ()
        seen = (kept, actions, extras, rewards, terminated, truncated, game.measure(state, actions, after), parts)
        return after, time + 1, jax.random.key_data(next_key), seen

    def begin(words: Array) -> tuple[State, Array]:
        reset_key, next_key = split(_wrap(words), 2)
        return game.init(reset_key), jax.random.key_data(next_key)

    def body(now: tuple, _: None) -> tuple[tuple, Trajectory]:
        after, time, words, seen = over_envs(play)(*now)
        kept, actions, extras, rewards, terminated, truncated, metrics, parts = seen
        over = terminated | truncated

        def ending() -> tuple:
            value = nothing
            if (judge := at_end) is not None:
                value = over_envs(lambda s: judge(game.observe(s)))(after) * truncated.astype(jnp.float32)[None]
            fresh, next_words = over_envs(begin)(words)
            state = jax.tree.map(lambda new, old: jnp.where(over, new, old), fresh, after)
            return value, state, jnp.where(over, 0, time).astype(jnp.int32), next_words

        def going_on() -> tuple:
            return nothing, after, time, words

        # A scalar condition: the fresh states and end values cost nothing on steps where no episode ends.
        value, state, time, words = jax.lax.cond(jnp.any(over), ending, going_on)
        means = jax.tree.map(lambda m: jnp.mean(m.astype(jnp.float32), axis=-1), metrics)
        return (state, time, words), Trajectory(
            kept, actions, extras, rewards, terminated, truncated, value, means, *parts
        )

    # Between steps the keys are bare words, `[2, envs]`: whole keys would lie with the batch axis first.
    (state, time, words), seen = jax.lax.scan(
        body, (progress.state, progress.time, jax.random.key_data(progress.keys).T), None, length=num_steps
    )
    return Progress(state, time, _wrap(words.T)), seen


def _no_values(game: AbstractGame, at_end: Callable | None, progress: Progress) -> Array:
    """As many zeros as `at_end` gives values, and one for each agent without it."""
    count = game.num_agents
    if at_end is not None:
        count = jax.eval_shape(over_envs(lambda state: at_end(game.observe(state))), progress.state).shape[0]
    return jnp.zeros((count, progress.time.shape[0]), jnp.float32)


def _wrap(words: Array) -> Array:
    return jax.random.wrap_key_data(words, impl="threefry2x32")


def returns(game: AbstractGame, policy: Policy, num_envs: int, key: PRNGKeyArray) -> tuple[Array, Metrics]:
    """Undiscounted return of one whole episode per environment, `[agents, envs]`, and metrics per step and environment
    mean, `[time, ...]`. Rewards after termination don't count.
    """
    progress = start(game, num_envs, key)
    _, seen = rollout(game, policy, progress, game.horizon, keep_observations=False)
    ended = jnp.cumsum(seen.terminated.astype(jnp.int32), axis=0) - seen.terminated.astype(jnp.int32) > 0
    return jnp.sum(jnp.where(ended[:, None], 0.0, seen.rewards), axis=0), seen.metrics


def random_policy(game: AbstractGame) -> Policy:
    """Uniformly random joint actions."""
    from .game import Box, Discrete
    from .random import uniform

    def sample(space: Any, key: PRNGKeyArray) -> Actions:
        match space:
            case Discrete(n=n):
                return jnp.minimum((uniform(key, game.num_agents) * n).astype(jnp.int32), n - 1)
            case Box(low=low, high=high):
                k = len(low)
                unit = uniform(key, game.num_agents * k).reshape(game.num_agents, k)
                bottom, top = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
                return bottom[None] + unit * (top - bottom)[None]
            case tuple():
                return tuple(sample(s, k) for s, k in zip(space, split(key, len(space)), strict=True))
            case dict():
                return {n: sample(s, k) for (n, s), k in zip(space.items(), split(key, len(space)), strict=True)}
        raise TypeError(f"Not an action space: {space!r}.")

    return lambda observations, key: (sample(game.actions, key), ())
