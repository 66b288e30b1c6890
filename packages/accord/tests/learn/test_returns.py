"""Returns against sums written out by hand, and PopArt against what it must preserve."""

import jax
import jax.numpy as jnp
import numpy as np

from accord.learn.nets import forward, init_net
from accord.learn.returns import ValueScale, advantages, rescaled


def _column(values):
    return jnp.asarray(values, jnp.float32).reshape(-1, 1, 1)


def test_advantages_with_lambda_one_are_discounted_returns_minus_values():
    gamma = 0.9
    rewards, values, last = [1.0, 0.0, 2.0], [0.5, 0.25, -1.0], 4.0
    got = advantages(
        _column(rewards),
        _column(values),
        jnp.full((1, 1), last),
        jnp.zeros((3, 1), bool),
        jnp.zeros((3, 1), bool),
        jnp.zeros((3, 1, 1)),
        gamma=gamma,
        lambda_=1.0,
    )
    returns = [1.0 + gamma * (0.0 + gamma * (2.0 + gamma * last)), gamma * (2.0 + gamma * last), 2.0 + gamma * last]
    np.testing.assert_allclose(got.ravel(), np.subtract(returns, values), rtol=1e-6)


def test_nothing_follows_termination_and_the_old_state_follows_truncation():
    gamma, lambda_ = 0.9, 0.5
    rewards, values = [1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4]
    terminated = jnp.asarray([[False], [True], [False], [False]])
    truncated = jnp.asarray([[False], [False], [True], [False]])
    end_values = _column([0.0, 0.0, 7.0, 0.0])
    got = advantages(
        _column(rewards),
        _column(values),
        jnp.full((1, 1), 5.0),
        terminated,
        truncated,
        end_values,
        gamma=gamma,
        lambda_=lambda_,
    ).ravel()
    second = 2.0 - 0.2  # terminated: no value follows
    first = (1.0 + gamma * 0.2 - 0.1) + gamma * lambda_ * second
    third = 3.0 + gamma * 7.0 - 0.3  # truncated: the value before the reset, and no trace into the next episode
    fourth = 4.0 + gamma * 5.0 - 0.4
    np.testing.assert_allclose(got, [first, second, third, fourth], rtol=1e-6)


def test_rescaling_preserves_every_denormalised_value():
    net = init_net(jax.random.key(0), num_agents=3, num_inputs=5, num_outputs=2, hidden=(8,))
    old = ValueScale(jnp.asarray([1.0, -2.0, 0.0]), jnp.asarray([5.0, 4.5, 1.0]), jnp.asarray(1.0))
    new = old.seeing(10.0 + 3.0 * jax.random.normal(jax.random.key(1), (4, 3, 6)), 0.3)
    x = jax.random.normal(jax.random.key(2), (3, 5, 7))
    denormalised = []
    for some, scale in ((net, old), (rescaled(net, old, new), new)):
        mean, std = scale.moments()
        denormalised.append(forward(some, x)[1] * std[:, None] + mean[:, None])
    assert float(jnp.abs(new.moments()[0] - old.moments()[0]).min()) > 0.5
    np.testing.assert_allclose(denormalised[0], denormalised[1], rtol=1e-4, atol=1e-4)


def test_the_value_scale_is_debiased():
    seen = ValueScale.fresh(1).seeing(jnp.full((2, 1, 2), 6.0), 0.01)
    np.testing.assert_allclose(seen.moments()[0], [6.0], rtol=1e-4)
