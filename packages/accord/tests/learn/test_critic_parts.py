"""Critics of parts: what a contract moves, told apart from what play earns, against closed forms."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.contracts.negotiate import Contracted, FixedTerms, RandomTerms
from accord.contracts.signing import WithSigning
from accord.contracts.space import AbstractContractSpace, settle, to_others
from accord.core.errors import BadSetting
from accord.core.game import AbstractGame, Discrete
from accord.core.registry import GAMES
from accord.core.rollout import over_envs, random_policy, rollout, start
from accord.games.public_goods import PublicGoods
from accord.learn.loop import train
from accord.learn.ppo import PPO, num_parts
from accord.learn.returns import advantages, divided, whole
from accord.learn.schemes import moca
from accord.learn.settings import PPOSettings

SETTINGS = PPOSettings(
    num_envs=32, num_steps=10, minibatches=2, hidden=(16,), phases=1, gamma=0.5, lambda_=1.0, learning_rate=1e-2,
    final_learning_rate=1e-3, value_rate=0.2, value_weight=2.0, critic="parts",
)  # fmt: skip


class Allowance(AbstractGame):
    """Agent 0 earns 1 a step, agent 1 nothing, whatever they do; cut off by the clock."""

    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = 5

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        return state + 1.0, jnp.asarray([1.0, 0.0])

    def observe(self, state):
        return jnp.ones((2, 1), jnp.float32)


class Tithe(AbstractContractSpace):
    """Agent 0 gives theta[0] of its earnings to agent 1: at least a quarter."""

    low: tuple[float, ...] = (0.25,)
    high: tuple[float, ...] = (1.25,)

    def pays(self, theta, signals):
        return to_others(jnp.stack([theta[0], jnp.zeros(())]))


@pytest.fixture(scope="module")
def taught():
    """Play under random tithes, learned with a critic of parts."""
    learner = PPO(Contracted(Allowance(), Tithe(), RandomTerms()), SETTINGS, total_updates=150)
    state = learner.init(0)
    for state, _ in train(learner, state, updates=150):
        pass
    return moca.Play(Allowance(), Tithe(), state.net, state.scale, SETTINGS)


def test_each_head_learns_its_own_closed_form(taught):
    # Discounted by 1/2 for ever, a unit a step is worth 2. In force, the lowest tithe is part of the rest.
    seen = moca.forecast(taught, np.asarray([[0.25], [0.75], [1.25]]), states=4, key=jax.random.key(0))
    np.testing.assert_allclose(seen.moved[0], np.full((1, 4), -2.0), atol=0.08)
    np.testing.assert_allclose(seen.moved[1], np.full((1, 4), 2.0), atol=0.08)
    np.testing.assert_allclose(seen.rest, [[1.5] * 3 + [2.0], [0.5] * 3 + [0.0]], atol=0.08)


def test_values_of_terms_never_asked_for_are_read_off(taught):
    theta = np.linspace(0.25, 1.25, 9)[:, None]
    seen = moca.forecast(taught, np.asarray([[0.75]]), states=4, key=jax.random.key(0))
    read, paid = seen.nearest(theta), 2.0 * theta[:, 0]
    np.testing.assert_allclose(read[:, :-1], [2.0 - paid, paid], atol=0.15)
    np.testing.assert_allclose(np.diff(seen.at(theta)[:, :, 0], 2, axis=1), 0.0, atol=1e-6)  # affine
    asked = moca.landscape(taught, theta, episodes=2, key=jax.random.key(1))
    np.testing.assert_allclose(asked.predicted, read, atol=0.15)
    np.testing.assert_allclose(asked.discounted, asked.predicted, atol=0.15)
    assert moca.search(asked, proposer=1).theta is None  # the payer refuses


def test_reading_off_takes_the_play_of_the_nearest_terms():
    rest, moved = np.asarray([[1.0, 2.0, 5.0]]), np.asarray([[[10.0, 20.0, 0.0]]])
    seen = moca.Forecast(Tithe(), np.asarray([[0.25], [1.25]], np.float32), rest, moved)
    np.testing.assert_allclose(seen.nearest(np.asarray([[0.35], [1.05]])), [[2.0, 18.0, 5.0]], atol=1e-5)


def test_a_critic_of_one_value_cannot_be_read_off(taught):
    play = moca.Play(taught.game, taught.space, taught.net, taught.scale, PPOSettings())
    with pytest.raises(BadSetting, match="Train with critic=parts"):
        moca.forecast(play, np.zeros((1, 1)), key=jax.random.key(0))


@pytest.mark.parametrize(
    ("game", "space"),
    [
        (PublicGoods(), WithholdingFine(low=(0.2,), high=(0.9,))),
        (PublicGoods(levels=3), WithSigning(WithholdingFine(), num_agents=4, proposer=1)),
    ],
)
def test_the_rest_and_what_terms_move_add_up_to_the_reward(game, space):
    contracted = Contracted(game, space, RandomTerms())
    _, seen = rollout(
        contracted, random_policy(contracted), start(contracted, 16, jax.random.key(0)), 7, keep_cumulants=True
    )
    assert seen.cumulants.shape == (7, game.num_agents, space.num_terms, 16)
    np.testing.assert_allclose(jnp.sum(seen.cumulants, axis=1), 0.0, atol=1e-5)  # what one gets another pays
    parts = divided(seen.rewards, seen.cumulants, seen.weights)
    np.testing.assert_allclose(whole(parts, seen.weights), seen.rewards, atol=1e-5)
    bound = np.asarray(jnp.any(seen.weights != 0, axis=1))
    assert bound.any() and not bound.all()


def test_the_rest_knows_nothing_of_the_terms():
    space, game = WithholdingFine(), PublicGoods()
    contracted = Contracted(game, space, RandomTerms())
    key, actions = jax.random.key(1), jnp.asarray([[0.0], [0.5], [1.0], [0.2]])
    rests = []
    for seed in range(6):
        state = contracted.init(jax.random.key(seed))
        after, reward = contracted.step(state, actions, key)
        moved, weights = contracted.cumulants(state, actions, after), contracted.weights(state)
        dearest = space.pays(jnp.asarray([1.2]), game.signals(state.game, actions, after.game))
        np.testing.assert_allclose(moved[:, 0], settle(dearest), atol=1e-6)
        rests.append(reward - moved @ weights)
    plain = game.step(game.init(key), actions, key)[1]
    np.testing.assert_allclose(np.stack(rests), np.broadcast_to(plain, (6, 4)), atol=1e-6)


def test_advantages_of_the_parts_add_up_to_the_advantage():
    keys = iter(jax.random.split(jax.random.key(0), 9))
    time, agents, terms, envs = 12, 3, 2, 4
    draw = lambda *shape: jax.random.normal(next(keys), shape)
    rewards, cumulants = draw(time, agents, envs), draw(time, agents, terms, envs)
    over = jax.random.bernoulli(next(keys), 0.3, (time, envs))
    ended = over & jax.random.bernoulli(next(keys), 0.5, (time, envs))
    # Weights hold until an episode ends; what was bootstrapped belongs to the episode that was cut.
    episode = jnp.cumsum(over.astype(jnp.int32), axis=0) - over.astype(jnp.int32)
    weights = jnp.take_along_axis(draw(time + 1, terms, envs), episode[:, None], axis=0)
    values, at_end = draw(time, agents * (1 + terms), envs), draw(time, agents * (1 + terms), envs)
    last = draw(agents * (1 + terms), envs)
    cut = over & ~ended
    at_end = at_end * cut[:, None].astype(jnp.float32)
    after = jnp.where(over[-1], 0.0, weights[-1])  # at the last step an episode may be over: nothing follows then
    how = {"gamma": 0.9, "lambda_": 0.8}
    parts = advantages(divided(rewards, cumulants, weights), values, last, ended, cut, at_end, **how)
    together = advantages(
        rewards, whole(values, weights), whole(last, after), ended, cut, whole(at_end, weights), **how
    )
    np.testing.assert_allclose(whole(parts, weights), together, atol=2e-5)


def test_play_follows_the_whole_reward():
    # Defecting is dominant in the rest of the reward; under a fine of 3 cooperating is, and all that changes is a part.
    game = Contracted(GAMES.make("prisoners-dilemma"), DefectionFine(), FixedTerms((3.0,)))
    settings = PPOSettings(num_envs=32, num_steps=8, minibatches=2, hidden=(8,), phases=1, critic="parts")
    learner = PPO(game, dataclasses.replace(settings, learning_rate=1e-2, entropy_weight=0.0), total_updates=30)
    state, record = learner.init(0), {}
    for state, record in train(learner, state, updates=30):
        pass
    assert record["reward"].min() > 1.8  # 2 each where both cooperate, 1 where both defect


def test_without_cumulants_parts_are_the_whole():
    nets = []
    for critic in ("whole", "parts"):
        settings = PPOSettings(num_envs=8, num_steps=4, minibatches=2, hidden=(8,), phases=1, critic=critic)
        learner = PPO(Allowance(), settings, total_updates=2)
        state = learner.init(0)
        for state, _ in train(learner, state, updates=2):
            pass
        assert num_parts(Allowance(), settings) == 1
        nets.append(state.net)
    assert eqx.tree_equal(*nets)


def test_play_keeps_no_cumulants_unless_asked():
    contracted = Contracted(Allowance(), Tithe(), RandomTerms())
    policy = random_policy(contracted)
    seen = jax.eval_shape(lambda key: rollout(contracted, policy, start(contracted, 2, key), 2)[1], jax.random.key(0))
    assert seen.cumulants == () and seen.weights == ()
    assert over_envs(contracted.weights)(start(contracted, 5, jax.random.key(0)).state).shape == (1, 5)
