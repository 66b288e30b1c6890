"""Public goods, by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.core.game import Box, Discrete
from accord.games.public_goods import PublicGoods

KEY = jax.random.key(0)


def paid(game: PublicGoods, actions) -> np.ndarray:
    after, rewards = game.step(game.init(KEY), actions, KEY)
    assert bool(game.terminal(after)) and not bool(game.terminal(game.init(KEY)))
    return np.asarray(rewards)


def test_by_hand():
    game = PublicGoods(4)
    assert game.actions == Box((0.0,), (1.0,))
    # 1.2 / 4 * (1 + 0.5) = 0.45 for everybody, less what each one invested
    actions = jnp.asarray([[1.0], [0.5], [0.0], [0.0]], jnp.float32)
    np.testing.assert_allclose(paid(game, actions), [-0.55, -0.05, 0.45, 0.45], atol=1e-6)


@pytest.mark.parametrize("agents", [2, 4, 8])
def test_all_invest_all(agents: int):
    rewards = paid(PublicGoods(agents), jnp.ones((agents, 1), jnp.float32))
    np.testing.assert_allclose(rewards, 0.2, atol=1e-6)  # welfare 0.2 n
    np.testing.assert_array_equal(paid(PublicGoods(agents), jnp.zeros((agents, 1), jnp.float32)), 0.0)


def test_a_unit_invested_costs_the_investor_and_helps_the_others():
    for agents, multiplier in ((2, 1.2), (4, 1.2), (5, 3.0)):
        game = PublicGoods(agents, multiplier)
        gain = paid(game, jnp.eye(agents, dtype=jnp.float32)[:, :1])
        np.testing.assert_allclose(gain[0], multiplier / agents - 1, atol=1e-6)
        np.testing.assert_allclose(gain[1:], multiplier / agents, atol=1e-6)


def test_shares_outside_count_as_the_nearest_inside():
    game = PublicGoods(2)
    wild, tame = jnp.asarray([[-3.0], [7.0]], jnp.float32), jnp.asarray([[0.0], [1.0]], jnp.float32)
    np.testing.assert_array_equal(paid(game, wild), paid(game, tame))
    assert game.signals(game.init(KEY), wild, game.init(KEY)).invested.tolist() == [0.0, 1.0]


def test_counted_levels_are_shares():
    game = PublicGoods(3, levels=5)
    assert game.actions == Discrete(5)
    assert game.action_names == ("invest 0", "invest 0.25", "invest 0.5", "invest 0.75", "invest 1")
    shares = jnp.asarray([[0.0], [0.75], [1.0]], jnp.float32)
    np.testing.assert_allclose(paid(game, jnp.asarray([0, 3, 4], jnp.int32)), paid(PublicGoods(3), shares), atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"num_agents": 0}, "num_agents=0, expected at least 1"),
        ({"multiplier": 0.0}, "multiplier=0.0, expected more than 0"),
        ({"levels": 1}, "levels=1, expected at least 2"),
    ],
)
def test_bad_settings_are_refused(settings: dict, sentence: str):
    with pytest.raises(BadSetting, match=sentence):
        PublicGoods(**settings)
