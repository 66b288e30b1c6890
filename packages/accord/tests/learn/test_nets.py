"""Nets against convolutions by the library, and against layers written out by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.joint import Joint
from accord.contracts.library.cleanup import CleaningWage
from accord.contracts.negotiate import Contracted
from accord.core.errors import BadGame
from accord.games.cleanup import small_cleanup
from accord.learn.loop import train
from accord.learn.nets import Conv, flat, forward, image_of, init_net
from accord.learn.ppo import PPO
from accord.learn.settings import PPOSettings


def test_the_filters_are_a_convolution():
    key = jax.random.key(0)
    weight = jax.random.normal(key, (2, 6, 27))
    layer = Conv(weight, jnp.full((2, 6), 0.1), (5, 7, 3))
    x = jax.random.normal(jax.random.key(1), (2, 4 + 105, 3))
    got = layer(x)
    assert got.shape == (2, 4 + 6 * 3 * 5, 3) and layer.num_outputs(109) == got.shape[1]
    np.testing.assert_array_equal(got[:, :4], x[:, :4])
    for agent in range(2):
        image = jnp.moveaxis(x[agent, 4:].reshape(5, 7, 3, 3), -1, 0)  # [batch, height, width, channels]
        kernel = jnp.moveaxis(weight[agent].reshape(6, 3, 3, 3), 0, -1)
        wanted = jax.lax.conv_general_dilated(
            image, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        wanted = jax.nn.relu(wanted + 0.1)
        np.testing.assert_allclose(
            got[agent, 4:].reshape(6, 3, 5, 3), jnp.transpose(wanted, (3, 1, 2, 0)), rtol=1e-4, atol=1e-5
        )


def test_a_dense_net_is_its_layers_by_hand():
    net = init_net(jax.random.key(0), num_agents=2, num_inputs=3, num_outputs=4, hidden=(5,))
    x = jax.random.normal(jax.random.key(1), (2, 3))
    outputs, values = forward(net, x)
    for agent in range(2):
        hidden = np.tanh(net.actor[0].weight[agent] @ x[agent] + net.actor[0].bias[agent])
        np.testing.assert_allclose(outputs[agent], net.actor[1].weight[agent] @ hidden, rtol=1e-5, atol=1e-6)
    assert values.shape == (2,)


def test_an_image_comes_last_and_only_once():
    image, plain = jnp.ones((2, 4, 4, 3)), jnp.zeros((2, 5))
    row = flat({"a": image, "b": plain})
    np.testing.assert_array_equal(row[0], [0.0] * 5 + [1.0] * 48)
    assert image_of({"a": image, "b": plain}) == (4, 4, 3)
    assert image_of({"b": plain}) is None
    with pytest.raises(BadGame, match="2 images, expected at most one"):
        image_of({"a": image, "b": image})


@pytest.mark.parametrize("encoder", ["dense", "conv"])
def test_pixels_can_be_learned_from(encoder):
    settings = PPOSettings(num_envs=2, num_steps=2, epochs=1, minibatches=1, hidden=(4,), phases=1, encoder=encoder)
    game = Contracted(small_cleanup(view="crop"), CleaningWage())
    learner = PPO(game, settings, total_updates=1)
    state = learner.init(0)
    assert isinstance(state.net.actor[0], Conv) == (encoder == "conv")
    before = np.asarray(state.net.actor[0].weight)
    for state, record in train(learner, state, updates=1):
        assert np.isfinite(record["policy_loss"]).all()
    assert np.abs(np.asarray(state.net.actor[0].weight) - before).max() > 0


def test_a_controller_sees_all_crops_on_their_channels():
    game = small_cleanup(view="crop")
    state = game.init(jax.random.key(0))
    one, both = game.observe(state), Joint(game).observe(state)
    assert both.shape == (1, 15, 15, 6)
    np.testing.assert_array_equal(both[0, :, :, :3], one[0])
    np.testing.assert_array_equal(both[0, :, :, 3:], one[1])
