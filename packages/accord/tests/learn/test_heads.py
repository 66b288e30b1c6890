"""Heads against scipy and against frequencies."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from accord.core.game import Box, Discrete
from accord.core.rollout import over_envs
from accord.learn import heads


def test_categorical_draws_follow_the_softmax():
    outputs = jnp.asarray([[0.0, 1.0, -1.0, 0.5], [2.0, 0.0, 0.0, -3.0]])
    draws = over_envs(lambda k: heads.sample(Discrete(4), outputs, k))(jax.random.split(jax.random.key(0), 40_000))
    expected = np.asarray(jax.nn.softmax(outputs, axis=1), np.float64)
    for agent in range(2):
        seen = np.bincount(np.asarray(draws)[agent], minlength=4)
        assert stats.chisquare(seen, expected[agent] / expected[agent].sum() * 40_000).pvalue > 1e-4


@pytest.mark.parametrize(("alpha", "beta"), [(1.02, 1.02), (1.5, 4.0), (6.0, 1.2), (30.0, 50.0)])
def test_beta_draws_follow_the_beta_distribution(alpha, beta):
    inverse = lambda y: np.log(np.expm1(y - 1.0))  # of 1 + softplus
    outputs = jnp.asarray([[inverse(alpha), inverse(beta)]], jnp.float32)
    space = Box((2.0,), (4.0,))
    draws = over_envs(lambda k: heads.sample(space, outputs, k))(jax.random.split(jax.random.key(1), 10_000))
    unit = (np.asarray(draws).ravel() - 2.0) / 2.0
    assert stats.kstest(unit, stats.beta(alpha, beta).cdf).pvalue > 1e-4


def test_densities_and_entropies_agree_with_scipy():
    outputs = jnp.asarray([[0.3, -0.8]], jnp.float32)
    alpha, beta = (1.0 + np.log1p(np.exp(np.asarray(outputs)))).ravel()
    box = Box((0.0,), (10.0,))
    got = heads.log_prob(box, outputs, jnp.asarray([[2.5]], jnp.float32))
    np.testing.assert_allclose(got, stats.beta(alpha, beta).logpdf(0.25), rtol=1e-4)
    np.testing.assert_allclose(heads.entropy(box, outputs), stats.beta(alpha, beta).entropy(), rtol=1e-4)
    got = heads.log_prob(box, outputs, jnp.asarray([[2.5]], jnp.float32), box_head="gaussian")
    np.testing.assert_allclose(got, stats.norm(0.3, np.exp(-0.8)).logpdf(0.25), rtol=1e-5)
    logits = jnp.asarray([[0.1, 2.0, -1.0]], jnp.float32)
    p = np.asarray(jax.nn.softmax(logits))[0]
    np.testing.assert_allclose(heads.entropy(Discrete(3), logits), stats.entropy(p), rtol=1e-5)
    np.testing.assert_allclose(heads.log_prob(Discrete(3), logits, jnp.asarray([1])), np.log(p[1]), rtol=1e-5)


def test_a_product_space_is_a_product_of_independent_heads():
    space = {"terms": Box((0.0,), (1.0,)), "vote": Discrete(2)}
    outputs = jnp.asarray([[0.2, 0.4, 1.0, -1.0]], jnp.float32)
    actions = {"terms": jnp.asarray([[0.3]], jnp.float32), "vote": jnp.asarray([0])}
    parts = heads.log_prob(space["terms"], outputs[:, :2], actions["terms"]) + heads.log_prob(
        space["vote"], outputs[:, 2:], actions["vote"]
    )
    assert heads.num_outputs(space) == 4
    np.testing.assert_allclose(heads.log_prob(space, outputs, actions), parts, rtol=1e-6)


@pytest.mark.parametrize("box_head", ["beta", "gaussian"])
def test_the_mode_is_where_the_density_is_highest(box_head):
    space, outputs = Box((2.0,), (4.0,)), jnp.asarray([[0.3, 0.9]], jnp.float32)
    best = heads.mode(space, outputs, box_head=box_head)
    density = lambda action: float(heads.log_prob(space, outputs, action, box_head=box_head)[0])
    assert density(best) > max(density(best + 0.05), density(best - 0.05))
