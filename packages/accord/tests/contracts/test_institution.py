"""An institution is its differences: what it does not say is as in the game inside."""

import jax
import jax.numpy as jnp
import numpy as np

from accord.contracts.joint import Joint
from accord.core.game import AbstractGame, AbstractInstitution
from accord.games.cleanup import Cleanup
from accord.games.matrix import prisoners_dilemma
from accord.testing import check_institution


class EqualShares(AbstractInstitution):
    """All rewards are pooled and shared equally."""

    game: AbstractGame

    def step(self, state, actions, key):
        after, rewards = self.game.step(state, actions, key)
        return after, jnp.full_like(rewards, jnp.mean(rewards))


class Nothing(AbstractInstitution):
    """Changes nothing at all."""

    game: AbstractGame


def test_an_institution_without_differences_is_the_game():
    game = Cleanup(horizon=5)
    same = Nothing(game)
    assert (same.num_agents, same.horizon, same.actions) == (game.num_agents, game.horizon, game.actions)
    state = game.init(jax.random.key(0))
    for one, other in (
        (same.init(jax.random.key(0)), state),
        (same.observe(state), game.observe(state)),
        (
            same.step(state, jnp.asarray([0, 7]), jax.random.key(1)),
            game.step(state, jnp.asarray([0, 7]), jax.random.key(1)),
        ),
    ):
        jax.tree.map(np.testing.assert_array_equal, one, other)
    assert same.describe(state) == game.describe(state)


def test_a_difference_is_one_method_and_composes():
    game = EqualShares(prisoners_dilemma())
    state = game.init(jax.random.key(0))
    _, rewards = game.step(state, jnp.asarray([1, 0]), jax.random.key(1))
    np.testing.assert_array_equal(rewards, [1.5, 1.5])  # temptation 3 and sucker 0, shared
    _, rewards = Joint(game).step(state, (jnp.asarray([1]), jnp.asarray([0])), jax.random.key(1))
    np.testing.assert_array_equal(rewards, [3.0])


def test_the_kit_accepts_it():
    check_institution(EqualShares, [prisoners_dilemma()])
