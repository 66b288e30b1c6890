"""MOCA's second phase against closed forms: values of contracts, the search, and learned votes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.negotiate import Negotiated
from accord.contracts.space import AbstractContractSpace, to_others
from accord.core.game import AbstractGame, Discrete
from accord.core.rollout import rollout, start
from accord.learn.loop import train
from accord.learn.nets import init_net
from accord.learn.ppo import PPO
from accord.learn.returns import ValueScale
from accord.learn.schemes import moca
from accord.learn.settings import PPOSettings

STEPS = 5


class Allowance(AbstractGame):
    """Agent 0 earns 1 a step, agent 1 nothing, whatever they do."""

    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = STEPS

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        return state + 1.0, jnp.asarray([1.0, 0.0])

    def observe(self, state):
        return jnp.ones((2, 1), jnp.float32)


class Tithe(AbstractContractSpace):
    """Agent 0 gives theta[0] of its earnings to agent 1."""

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.0,)

    def pays(self, theta, signals):
        return to_others(jnp.stack([theta[0], jnp.zeros(())]))


def _play(settings=None):
    settings = settings or PPOSettings(num_envs=8, num_steps=8, hidden=(8,), phases=1, gamma=0.5)
    net = init_net(jax.random.key(0), num_agents=2, num_inputs=3, num_outputs=2, hidden=(8,))
    return moca.Play(Allowance(), Tithe(), net, ValueScale.fresh(2), settings)


def test_the_landscape_is_the_closed_form():
    theta = np.asarray([[0.0], [0.25], [1.0]])
    seen = moca.landscape(_play(), theta, episodes=4, key=jax.random.key(1))
    paid = STEPS * np.asarray([0.0, 0.25, 1.0, 0.0])
    np.testing.assert_allclose(seen.realised, [STEPS - paid, paid], atol=1e-5)
    np.testing.assert_allclose(seen.transfers, [-paid, paid], atol=1e-5)
    assert seen.error.max() < 1e-6
    # Discounted by 1/2 over five steps is 31/16; the critic's value of the last state, discounted 1/32, closes the sum.
    tail = seen.predicted * 0.5**STEPS
    rate = np.asarray([0.0, 0.25, 1.0, 0.0])
    np.testing.assert_allclose(seen.discounted - tail, np.asarray([1.0 - rate, rate]) * 31 / 16, atol=1e-5)


def _table(values):
    values = np.asarray(values, np.float64)
    theta = np.linspace(0, 1, values.shape[1] - 1)[:, None]
    zero = np.zeros_like(values)
    return moca.Landscape(theta, values, zero, zero, zero, zero)


def test_the_search_is_unanimous_and_serves_its_criterion():
    #          theta: 0    .5   1    null
    seen = _table([[2.0, 5.0, 9.0, 1.0], [3.0, 2.0, 0.0, 1.0]])
    assert moca.search(seen).theta == (0.5,)  # at 1 the proposer would gain most, but agent 1 refuses
    assert moca.search(seen, criterion="welfare").theta == (0.5,)
    assert moca.search(seen, proposer=1).theta == (0.0,)
    np.testing.assert_array_equal(moca.search(seen).accepts, [[True, True, True], [True, True, False]])


def test_the_search_may_be_kept_to_some_contracts():
    seen = _table([[2.0, 5.0, 9.0, 1.0], [3.0, 2.0, 1.5, 1.0]])
    assert moca.search(seen).theta == (1.0,)
    assert moca.search(seen, among=np.asarray([True, True, False])).theta == (0.5,)
    none = moca.search(_table([[2.0, 5.0, 1.0], [0.0, 2.0, 1.0]]), among=np.asarray([True, False]))
    assert none.theta is None
    assert "of those considered" in none.message and "theta = (0), where agent 1 gains -1" in none.message


def test_no_agreement_says_who_loses_least():
    found = moca.search(_table([[2.0, 3.0, 1.0], [0.5, 0.75, 1.0]]))
    assert found.theta is None
    assert "theta = (1), where agent 1 gains -0.25" in found.message


def _negotiated(proposer, updates=60):
    play = _play()
    game = moca.negotiation(play, proposer=proposer)
    settings = moca.negotiation_settings(play.settings)
    learner = PPO(game, settings, total_updates=updates)
    state = learner.init(0)
    for state, _ in train(learner, state, updates=updates):
        pass
    return play, settings, state.net


def test_a_voter_learns_to_refuse_what_costs_it():
    play, settings, net = _negotiated(proposer=1)
    votes = moca.acceptance(play, net, settings, np.asarray([[0.25], [1.0]]), proposer=1, key=jax.random.key(2))
    assert votes.shape == (2, 2)
    assert votes[0].max() < 0.2  # agent 0 would only pay


def test_a_voter_learns_to_accept_a_gift_and_the_proposer_to_give_little():
    play, settings, net = _negotiated(proposer=0)
    votes = moca.acceptance(play, net, settings, np.asarray([[0.25], [1.0]]), proposer=0, key=jax.random.key(2))
    assert votes[1].min() > 0.8
    together = moca.Negotiators(play, net, settings, proposer=0)
    game = Negotiated(play.game, play.space, 0)
    _, seen = rollout(game, together, start(game, 32, jax.random.key(3)), game.horizon)
    offered = np.asarray(seen.observations["contract"])[1, 0, 0]
    assert offered.mean() < 0.35  # a uniform proposer gives 0.5
    paid = np.asarray(seen.rewards.sum(axis=0))
    np.testing.assert_allclose(paid.sum(axis=0), STEPS, atol=1e-4)  # the two steps of talk earn nothing


@pytest.mark.parametrize("accepted", [0, 1])
def test_the_vote_decides_what_binds(accepted):
    game = Negotiated(Allowance(), Tithe())
    state = game.init(jax.random.key(0))
    act = lambda vote: {
        "play": jnp.zeros(2, jnp.int32),
        "terms": jnp.asarray([[0.75], [0.1]]),
        "vote": jnp.asarray([0, vote], jnp.int32),
    }  # the proposer's own vote does not count
    state, rewards = game.step(state, act(0), jax.random.key(1))
    np.testing.assert_array_equal(rewards, 0.0)
    np.testing.assert_allclose(game.observe(state)["contract"], [[0.75, 0.0]] * 2)  # the voter sees the offer
    state, rewards = game.step(state, act(accepted), jax.random.key(2))
    np.testing.assert_array_equal(rewards, 0.0)
    state, rewards = game.step(state, act(0), jax.random.key(3))
    np.testing.assert_allclose(rewards, [0.25, 0.75] if accepted else [1.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(game.observe(state)["contract"], [[0.75, 0.0] if accepted else [0.0, 1.0]] * 2)
