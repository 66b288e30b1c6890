"""PPO against what it must find: dominance, the value of a state, and that frozen agents stay frozen."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadSetting, Diverged
from accord.core.game import AbstractGame, Box, Discrete
from accord.learn.loop import train
from accord.learn.ppo import PPO
from accord.learn.settings import PPOSettings

SMALL = PPOSettings(num_envs=32, num_steps=8, epochs=2, minibatches=2, hidden=(16,), phases=1, learning_rate=1e-2)


class Bandit(AbstractGame):
    """One step; agent i earns 1 for the action i, 0 otherwise; the gamble of a fair coin on top."""

    num_agents: int = 2
    actions = Discrete(3)
    horizon: int = 1
    coin: float = 1.0

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        wins = (actions == jnp.arange(2)).astype(jnp.float32)
        return state + 1.0, wins + self.coin * (jax.random.bernoulli(key).astype(jnp.float32) - 0.5)

    def observe(self, state):
        return jnp.zeros((2, 1), jnp.float32)

    def terminal(self, state):
        return jnp.ones((), bool)


class Target(AbstractGame):
    """One step; the reward is minus the squared distance of a number in [0, 10] to 7."""

    num_agents: int = 1
    actions = Box((0.0,), (10.0,))
    horizon: int = 1

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        return state, -((actions[:, 0] - 7.0) ** 2)

    def observe(self, state):
        return jnp.zeros((1, 1), jnp.float32)


class Stream(AbstractGame):
    """Reward 1 a step for ever, cut off by the clock: the value is 1 / (1 - gamma) whatever the horizon."""

    num_agents: int = 1
    actions = Discrete(2)
    horizon: int = 4

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        return state, jnp.ones(1)

    def observe(self, state):
        return jnp.ones((1, 1), jnp.float32)


class Poison(AbstractGame):
    """A reward that turns into NaN after some steps of training."""

    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = 100

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        bad = jnp.where(state >= 20.0, jnp.nan, 0.0)
        return state + 1.0, jnp.stack([jnp.zeros(()), bad])

    def observe(self, state):
        return jnp.zeros((2, 1), jnp.float32)


def _trained(game, settings, updates, **kwargs):
    learner = PPO(game, settings, total_updates=updates, **kwargs)
    record = {}
    state = learner.init(0)
    for state, record in train(learner, state, updates=updates):
        pass
    return learner, state, record


def test_each_agent_finds_its_own_dominant_action():
    _, _, record = _trained(Bandit(), SMALL, 40)
    assert record["reward"].min() > 0.9 - 0.1  # the coin averages to nothing, up to its noise over 256 draws


def test_a_frozen_agent_does_not_move():
    learner = PPO(Bandit(), SMALL, total_updates=30, trains=(0.0, 1.0))
    state = learner.init(0)
    before = jax.tree.map(np.array, state.net)
    for state, _ in train(learner, state, updates=5):
        pass
    parts = lambda net: (net.actor[0].bias, net.actor[-1].weight, net.critic[0].bias)
    for old, new in zip(parts(before), parts(state.net), strict=True):
        np.testing.assert_array_equal(old[0], new[0])
        assert np.abs(old[1] - np.asarray(new[1])).max() > 1e-4


@pytest.mark.parametrize("box_head", ["beta", "gaussian"])
def test_a_continuous_action_finds_its_target(box_head):
    settings = PPOSettings(
        num_envs=64,
        num_steps=8,
        minibatches=2,
        hidden=(16,),
        phases=1,
        box_head=box_head,
        learning_rate=1e-2,
        final_learning_rate=1e-3,
        entropy_weight=0.0,
    )
    _, _, record = _trained(Target(), settings, 80)
    assert record["reward"][0] > -1.0  # uniform play earns -12.3


def test_values_see_through_truncation():
    settings = PPOSettings(
        num_envs=8, num_steps=8, minibatches=2, hidden=(8,), phases=1, gamma=0.9, learning_rate=1e-2, value_rate=0.5
    )
    learner, state, _ = _trained(Stream(), settings, 150)
    mean, std = state.scale.moments()
    from accord.learn.nets import value_output

    value = value_output(state.net, jnp.ones((1, 1), jnp.float32)) * std + mean
    np.testing.assert_allclose(value, [10.0], rtol=0.05)


def test_divergence_names_step_agent_and_remedy():
    learner = PPO(Poison(), SMALL, total_updates=10)
    state = learner.init(0)
    with pytest.raises(Diverged, match=r"update 3 \(768 environment steps\): 'reward' of agent 1 is not finite"):
        for state, _ in train(learner, state, updates=10):
            pass


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    states = [_trained(Bandit(), SMALL, 3)[1] for _ in range(2)]
    assert eqx.tree_equal(states[0].net, states[1].net)
    other = PPO(Bandit(), SMALL, total_updates=3).init(1)
    assert not eqx.tree_equal(states[0].net, other.net)


def test_minibatches_must_divide_the_steps():
    with pytest.raises(BadSetting, match="minibatches=3 must divide num_steps=8"):
        PPO(Bandit(), PPOSettings(num_steps=8, minibatches=3), total_updates=1)
