"""Value learners against what they must find: exact values, one another where theory says so, and their own memory."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.core.game import AbstractGame, Discrete
from accord.core.registry import GAMES
from accord.geometry.distributional import projection
from accord.learn import replay
from accord.learn.loop import Learner, train
from accord.learn.value_heads import HEADS, Expected
from accord.learn.values import ValueLearner, ValueSettings

REWARDS = np.array([[0.5, -1.0], [1.0, 2.0]], np.float32)

TINY = ValueSettings(
    num_envs=4, num_steps=4, gradient_steps=16, batch=32, memory=500, hidden=(), learning_rate=0.5, optimiser="sgd",
    target_period=4, gamma=0.5, last_exploration=1.0, bound=8.0, atoms=33,
)


class TwoStates(AbstractGame):
    """Action 0 stays, action 1 goes on; leaving state 1 ends the game. Agent 0 acts, all are paid alike."""

    num_agents: int = 1
    actions = Discrete(2)
    horizon: int = 6

    def init(self, key):
        return jnp.zeros((), jnp.int32)

    def step(self, state, actions, key):
        moves = actions[0] == 1
        table = jnp.asarray(REWARDS)
        row = jnp.where(state == 1, table[1], table[0])
        reward = jnp.where(moves, row[1], row[0])
        after = jnp.where(moves, state + 1, state)
        return after, jnp.broadcast_to(reward[None], (self.num_agents,))

    def observe(self, state):
        spots = (state == jnp.arange(2, dtype=jnp.int32)).astype(jnp.float32)
        return jnp.broadcast_to(spots[None], (self.num_agents, 2))

    def terminal(self, state):
        return state == 2


def exact() -> np.ndarray:
    """Optimal action values, by hand: from state 1 leave for 2, or stay for 1 and come back; gamma is 1/2."""
    stay, leave = 2.0, 2.0  # 1 + 1/2 * 2 = 2: both alike
    first = max(0.5 / (1 - 0.5), -1.0 + 0.5 * 2.0)  # stay for ever: 1; switch: 0
    return np.array([[0.5 + 0.5 * first, -1.0 + 0.5 * 2.0], [stay, leave]])


def learned(settings: ValueSettings, updates: int):
    learner = ValueLearner(TwoStates(), settings, total_updates=updates, seeds=2)
    state, record = learner.init(0), None
    for state, record in train(learner, state, updates=updates):
        pass
    values = jax.vmap(lambda net: learner.values(net, jnp.eye(2)[None]))(state.seeds.net)
    return state, record, np.moveaxis(np.asarray(values), 1, -1)  # [seeds, agents, states, actions]


def test_the_kind_of_a_learner():
    assert isinstance(ValueLearner(TwoStates(), TINY, total_updates=1), Learner)


def test_dqn_learns_a_process_of_two_states_exactly():
    state, record, values = learned(TINY, 60)
    np.testing.assert_allclose(values[:, 0], np.broadcast_to(exact(), (2, 2, 2)), atol=1e-5)
    assert int(state.updates) == 60
    assert record["loss"].shape == (1, 2) and record["loss"].max() < 1e-9
    assert record["return"].shape == (1, 2)


@pytest.mark.parametrize(("agent", "rate", "close"), [("cdf", 0.5, 1e-4), ("s51", 0.004, 0.05), ("c51", 0.5, 0.05)])
def test_distributional_agents_learn_it_too(agent, rate, close):
    settings = dataclasses.replace(TINY, agent=agent, learning_rate=rate, gradient_steps=128)
    values = learned(settings, 80)[2]
    np.testing.assert_allclose(values[:, 0], np.broadcast_to(exact(), (2, 2, 2)), atol=close)


def test_with_a_linear_net_and_plain_steps_the_distribution_function_is_dqn():
    settings = dataclasses.replace(TINY, learning_rate=0.2, last_exploration=0.3, exploration=0.1)
    one, _, dqn = learned(settings, 12)
    two, _, cdf = learned(dataclasses.replace(settings, agent="cdf"), 12)
    for left, right in zip(jax.tree.leaves(one.seeds.memory), jax.tree.leaves(two.seeds.memory), strict=True):
        np.testing.assert_array_equal(left, right)  # the same play, so the same memory
    np.testing.assert_allclose(cdf, dqn, atol=2e-5)
    c51 = learned(dataclasses.replace(settings, agent="c51"), 12)[2]
    assert np.abs(c51 - dqn).max() > 0.05


@pytest.mark.parametrize("agent", list(HEADS))
def test_every_agent_begins_at_zero(agent):
    learner = ValueLearner(TwoStates(), dataclasses.replace(TINY, agent=agent, hidden=(8,)), total_updates=1, seeds=1)
    net = jax.tree.map(lambda leaf: leaf[0], learner.init(0).seeds.net)
    np.testing.assert_allclose(learner.values(net, jnp.eye(2)[None]), 0.0, atol=2e-6)


def test_learning_is_resumed_where_it_was():
    learner = ValueLearner(TwoStates(), TINY, total_updates=6, seeds=2)
    whole = [record["loss"] for _, record in train(learner, learner.init(3), updates=6)]
    state, parts = learner.init(3), []
    for state, record in train(learner, state, updates=2):
        parts.append(record["loss"])
    kept = jax.tree.map(jnp.copy, state)
    parts += [record["loss"] for _, record in train(learner, kept, updates=6)]
    np.testing.assert_array_equal(whole, parts)


def test_a_search_runs_side_by_side_as_it_would_alone():
    pairs = [(0.5, 4), (0.05, 16)]
    learner = ValueLearner(TwoStates(), TINY, total_updates=5, seeds=2, tuned=pairs)
    *_, (_, record) = train(learner, learner.init(0), updates=5)
    for seed, (rate, period) in enumerate(pairs):
        alone = dataclasses.replace(TINY, learning_rate=rate, target_period=period)
        other = ValueLearner(TwoStates(), alone, total_updates=5, seeds=2)
        *_, (_, expected) = train(other, other.init(0), updates=5)
        np.testing.assert_allclose(record["loss"][:, seed], expected["loss"][:, seed], rtol=1e-5)


def test_returns_are_those_of_whole_episodes():
    learner = ValueLearner(TwoStates(), TINY, total_updates=1)
    state = learner.init(0)
    # All values are 0, so greedy play stays: six rewards of 1/2. Here all actions are random, so play is between both.
    still = dataclasses.replace(TINY, last_exploration=0.0)
    assert float(ValueLearner(TwoStates(), still, total_updates=1).play(state, episodes=3, seed=0)[0, 0]) == 3.0
    assert float(learner.play(state, episodes=64, seed=0)[0, 0]) < 3.0


# -------------------------------------------------------------------------------------------------------------- memory


def rows(first: int, count: int) -> replay.Steps:
    number = jnp.arange(first, first + count, dtype=jnp.float32)
    x = jnp.broadcast_to(number[:, None, None], (count, 1, 2))
    return replay.Steps(x, number[:, None].astype(jnp.int32), number[:, None], x + 1.0, 0.0 * number, number)


def test_the_memory_is_a_ring_of_blocks():
    memory = replay.empty(6, 1, 2)
    for block in range(4):
        memory = replay.written(memory, rows(3 * block, 3), jnp.int32(block))
    assert memory.known.tolist() == [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    assert memory.x[:, 0, 1].tolist() == memory.known.tolist() and memory.actions[:, 0].tolist() == [6, 7, 8, 9, 10, 11]


def test_rows_are_drawn_alike_and_whole():
    memory = replay.written(replay.empty(10, 1, 2), rows(0, 5), jnp.int32(0))
    drawn = replay.drawn(memory, jnp.int32(5), 5000, jax.random.key(0))
    counts = np.bincount(np.asarray(drawn.actions[:, 0]), minlength=10)
    assert counts[5:].sum() == 0 and np.abs(counts[:5] - 1000).max() < 150
    np.testing.assert_array_equal(drawn.next_x[:, 0, 0], drawn.rewards[:, 0] + 1.0)


def test_what_is_remembered_is_what_was_played():
    learner = ValueLearner(TwoStates(num_agents=2, horizon=3), TINY, total_updates=3, seeds=1)
    state = learner.init(0)
    for state, _ in train(learner, state, updates=3):
        pass
    seen = jax.tree.map(lambda leaf: np.asarray(leaf[0][:48]), state.seeds.memory)
    before, after = seen.x[:, 0].argmax(1), np.where(seen.over > 0, 2, seen.next_x[:, 0].argmax(1))
    np.testing.assert_allclose(seen.rewards[:, 0], REWARDS[before, seen.actions[:, 0]])
    np.testing.assert_array_equal(seen.rewards[:, 1], seen.rewards[:, 0])
    assert (seen.actions[:, 0] != seen.actions[:, 1]).any(), "the agents explore together"
    good = seen.known > 0
    np.testing.assert_array_equal(after[good], (before + seen.actions[:, 0])[good])
    assert 0 < (~good).sum() < 24 and seen.over.sum() > 0


# --------------------------------------------------------------------------------------------------------------- heads


@pytest.mark.parametrize("agent", ["c51", "s51", "cdf"])
def test_targets_keep_mean_and_mass(agent):
    head, rng = HEADS[agent](11, 5.0), np.random.default_rng(0)
    noise = jnp.asarray(rng.normal(size=(2, head.size, 3)), jnp.float32)
    outputs = 0.1 * noise + jnp.asarray(head.start)[None, :, None]
    rewards, discounts = jnp.asarray(rng.uniform(-0.4, 0.4, (2, 2, 3)), jnp.float32)
    discounts = 0.5 + discounts
    found = np.asarray(head.target(outputs, rewards, discounts))
    mass = np.asarray(head.weights(outputs)).sum(1)
    np.testing.assert_allclose(found.sum(1), mass, atol=1e-5)
    means = np.einsum("k,akb->ab", head.support, found)
    moved = np.asarray(rewards) * mass + np.asarray(discounts * head.means(outputs))
    np.testing.assert_allclose(means, moved, atol=1e-5)
    twin = projection(head.support.astype(float), float(rewards[0, 0]), float(discounts[0, 0]))
    np.testing.assert_allclose(found[0, :, 0], twin @ np.asarray(head.weights(outputs))[0, :, 0], atol=1e-5)


@pytest.mark.parametrize("agent", list(HEADS))
def test_a_loss_is_least_at_its_target(agent):
    head = Expected() if agent == "dqn" else HEADS[agent](11, 5.0)
    zero, rewards = jnp.zeros((1, head.size, 1)) + jnp.asarray(head.start)[None, :, None], jnp.full((1, 1), 0.7)
    slope = jax.grad(lambda o: jnp.sum(head.losses(o, zero, rewards, jnp.full((1, 1), 0.5))))
    rate = 0.01 if agent == "s51" else 0.3
    outputs = jax.jit(lambda first: jax.lax.fori_loop(0, 4000, lambda _, o: o - rate * slope(o), first))(zero)
    assert float(head.means(outputs)[0, 0]) == pytest.approx(0.7, abs=0.02)


# -------------------------------------------------------------------------------------------------------------- errors


def test_bad_games_and_settings_are_refused():
    with pytest.raises(BadGame, match="Box actions"):
        ValueLearner(GAMES.make("public-goods"), TINY, total_updates=1)
    with pytest.raises(BadSetting, match="memory=3"):
        ValueLearner(TwoStates(), dataclasses.replace(TINY, memory=3), total_updates=1)
    with pytest.raises(BadSetting, match="tuned names 1"):
        ValueLearner(TwoStates(), TINY, total_updates=1, seeds=2, tuned=[(0.1, 1)])
