"""Resets, terminated against truncated, bootstrapping values: by a game whose numbers can be told in the head."""

import jax
import jax.numpy as jnp
import numpy as np

from accord.core.game import AbstractGame, Discrete
from accord.core.rollout import returns, rollout, start


class Counter(AbstractGame):
    """Counts its steps from 0 and pays agent i the count times i + 1; over at `last` if the clock allows."""

    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = 4
    last: int = 99

    def init(self, key):
        return jnp.zeros((), jnp.int32)

    def step(self, state, actions, key):
        after = state + 1
        return after, after.astype(jnp.float32) * jnp.arange(1.0, 3.0, dtype=jnp.float32)

    def observe(self, state):
        return jnp.full((2, 1), state.astype(jnp.float32))

    def terminal(self, state):
        return state >= self.last

    def measure(self, before, actions, after):
        return {"count": after.astype(jnp.float32)}


def idle(observations, key):
    return jnp.zeros(2, jnp.int32), observations[:, 0]


def play(game, steps, envs=3, phases=1):
    at_end = lambda seen: 10.0 * seen[:, 0]
    progress = start(game, envs, jax.random.key(0), phases=phases)
    return jax.jit(lambda p: rollout(game, idle, p, steps, at_end=at_end))(progress)


def test_a_truncated_episode_starts_anew_and_shows_its_end_value():
    progress, seen = play(Counter(horizon=4), 6)
    counts = [1, 2, 3, 4, 1, 2]
    np.testing.assert_array_equal(seen.rewards[:, 0, 1], counts)
    np.testing.assert_array_equal(seen.rewards[:, 1, 2], 2.0 * np.asarray(counts))
    np.testing.assert_array_equal(seen.truncated[:, 0], [False, False, False, True, False, False])
    assert not seen.terminated.any()
    # 10 times the observation *before* the reset, at the truncated step only
    np.testing.assert_array_equal(seen.end_values[:, 1, 0], [0, 0, 0, 40, 0, 0])
    np.testing.assert_array_equal(seen.observations[:, 0, 0, 0], [0, 1, 2, 3, 0, 1])
    np.testing.assert_array_equal(progress.time, [2, 2, 2])
    np.testing.assert_array_equal(seen.metrics["count"], counts)


def test_a_terminated_episode_is_not_truncated_and_has_no_end_value():
    _, seen = play(Counter(horizon=3, last=3), 6)  # both at the same step: the rules of the game come first
    np.testing.assert_array_equal(seen.terminated[:, 0], [False, False, True, False, False, True])
    assert not seen.truncated.any() and not seen.end_values.any()
    np.testing.assert_array_equal(seen.rewards[:, 0, 0], [1, 2, 3, 1, 2, 3])


def test_only_the_environment_that_ended_is_reset():
    _, seen = play(Counter(horizon=4), 4, envs=2, phases=2)  # clocks at 0 and 2
    np.testing.assert_array_equal(seen.truncated, [[False, False], [False, True], [False, False], [True, False]])
    np.testing.assert_array_equal(seen.rewards[:, 0, :], [[1, 1], [2, 2], [3, 1], [4, 2]])
    np.testing.assert_array_equal(seen.end_values[:, 0, :], [[0, 0], [0, 20], [0, 0], [40, 0]])


def test_two_rollouts_in_a_row_are_one_long_rollout():
    def noisy(observations, key):
        draw = jax.random.uniform(key, (2,))
        return (draw > 0.5).astype(jnp.int32), draw

    game = Counter(horizon=3)
    run = jax.jit(lambda p, n: rollout(game, noisy, p, n), static_argnums=1)
    first = start(game, 4, jax.random.key(1))
    middle, head = run(first, 4)
    _, tail = run(middle, 4)
    _, whole = run(first, 8)
    np.testing.assert_array_equal(jnp.concatenate([head.extras, tail.extras]), whole.extras)
    assert len(np.unique(np.asarray(whole.extras))) == whole.extras.size  # nowhere the same draw twice


def test_returns_count_nothing_after_the_end():
    total, _ = returns(Counter(horizon=5, last=3), idle, 2, jax.random.key(0))
    np.testing.assert_array_equal(total, [[6, 6], [12, 12]])
