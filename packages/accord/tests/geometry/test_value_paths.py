"""Paths of learning: the published dynamics on the process of figure 2(d), and gradients against finite differences."""

import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.geometry.paths import (
    METHODS,
    STARTS,
    cross_entropy_method,
    fitted_q,
    policy_gradient,
    policy_iteration,
    started,
    temporal_difference,
    value_iteration,
)
from accord.geometry.polytope import inside
from accord.geometry.process import PUBLISHED, random_process

PROCESS = PUBLISHED["2d"]
OPTIMAL = PROCESS.optimal()[0]


def run(name: str, start: tuple[float, float], seed: int = 0):
    return METHODS[name].run(PROCESS, started(PROCESS, start), np.random.default_rng(seed))


def test_the_starts():
    errors = [np.abs(PROCESS.evaluate(started(PROCESS, start)) - OPTIMAL).max() for start in STARTS]
    np.testing.assert_allclose(errors, (3.59, 2.67, 2.09), atol=0.006)


@pytest.mark.parametrize(
    ("name", "errors", "digits"),
    [
        ("value-iteration", (0.016, 0.011, 0.009), 6e-4),
        ("policy-gradient", (3.573, 2.253, 0.060), 6e-4),
        ("entropy", (2.299, 2.293, 0.181), 6e-4),
        ("natural", (0.0000, 0.0043, 0.0000), 6e-5),
    ],
)
def test_errors_after_fifty_steps(name: str, errors: tuple[float, ...], digits: float):
    found = [run(name, start) for start in STARTS]
    assert all(len(path.values) == 51 for path in found)
    np.testing.assert_allclose([path.error(OPTIMAL) for path in found], errors, atol=digits)


def test_value_iteration_leaves_the_polytope():
    paths = [run("value-iteration", start) for start in STARTS]
    assert [path.left for path in paths] == [10, 6, 5]
    assert [path.first_out for path in paths] == [1, 2, 1]
    assert [run("damped", start).left for start in STARTS] == [112, 59, 43]


def test_policy_iteration_is_done_in_two():
    for start in STARTS:
        path = run("policy-iteration", start)
        assert len(path.values) == 3 and path.error(OPTIMAL) < 1e-12


@pytest.mark.parametrize("name", ["policy-iteration", "policy-gradient", "entropy", "natural", "cem", "cem-noise"])
def test_whatever_iterates_policies_stays_inside(name: str):
    paths = [run(name, start) for start in STARTS]
    assert [path.left for path in paths] == [0, 0, 0]
    assert all(path.first_out is None for path in paths)


def test_noise_keeps_the_cross_entropy_method_going():
    with_noise, without = (
        [run(name, start, seed).error(OPTIMAL) for seed in range(3) for start in STARTS]
        for name in ("cem-noise", "cem")
    )
    assert max(with_noise) < 0.05
    assert sum(error > 0.2 for error in without) >= 3, "it collapses from some starts"


@pytest.mark.parametrize("actions", [2, 3])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_gradient_against_finite_differences(actions: int, weight: float):
    rng = np.random.default_rng(actions)
    process = random_process(rng, 3, actions)
    logits = rng.normal(size=(3, actions))
    logits[:, -1] = 0

    def softmax(x):
        return np.exp(x) / np.exp(x).sum(-1, keepdims=True)

    def objective(x):
        pi = softmax(x)
        return process.evaluate(pi).mean() - weight * (pi * np.log(pi)).mean(-1).sum()

    def slope(state, action):
        up, down = logits.copy(), logits.copy()
        up[state, action] += 1e-6
        down[state, action] -= 1e-6
        return (objective(up) - objective(down)) / 2e-6

    gradient = np.array([[slope(s, a) for a in range(actions - 1)] + [0.0] for s in range(3)])
    step = policy_gradient(process, softmax(logits), steps=1, rate=0.01, entropy=weight).values[1]
    np.testing.assert_allclose(step, process.evaluate(softmax(logits + 0.01 * gradient)), atol=1e-9)


def test_a_natural_step_with_two_actions_is_the_advantage():
    """pi0 pi1 cancels: x moves by d(s) (q0 - q1), but for the ridge of 1e-4."""
    policy = started(PROCESS, (-1.0, 0.0))
    values, weights = PROCESS.evaluate(policy), PROCESS.resolvent(policy).mean(0)
    q = PROCESS.action_values(values)
    both = policy.prod(1)
    x = np.array([-1.0, 0.0]) + weights * both * (q[:, 0] - q[:, 1]) / (both + 1e-4)
    got = policy_gradient(PROCESS, policy, steps=1, natural=True).values[1]
    np.testing.assert_allclose(got, PROCESS.evaluate(started(PROCESS, tuple(x))), atol=1e-12)


def test_temporal_differences_in_the_mean_are_damped_evaluation():
    """Averaged over many runs, a sweep is V + rate (T_pi V - V): checked after ten."""
    policy, target = started(PROCESS, (5.0, -5.0)), PROCESS.uniform()
    rng = np.random.default_rng(0)
    runs = np.array(
        [temporal_difference(PROCESS, policy, rng, target=target, steps=10).values for _ in range(500)]
    )
    values = PROCESS.evaluate(policy)
    rewards, moves = PROCESS.under(target)
    for _ in range(10):
        values = values + 0.1 * (rewards + PROCESS.discount * moves @ values - values)
    error = runs[:, -1].std(0) / np.sqrt(len(runs))
    assert (np.abs(runs[:, -1].mean(0) - values) < 4 * error).all()


def test_a_trajectory_updates_one_state_in_each_step():
    path = run("td-trajectory", STARTS[0])
    assert ((np.diff(path.values, axis=0) != 0).sum(1) <= 1).all()
    assert len(path.values) == 201


def test_fitted_q_on_a_large_batch_is_value_iteration():
    policy = started(PROCESS, STARTS[0])
    close = fitted_q(PROCESS, policy, np.random.default_rng(0), batch=10_000_000)
    np.testing.assert_allclose(close.values, value_iteration(PROCESS, policy).values, atol=0.02)
    small = fitted_q(PROCESS, policy, np.random.default_rng(0))
    assert small.left > 20, "it ends at the optimum of another process"


def test_iterates_of_values_of_a_random_process_may_leave_too():
    process = random_process(np.random.default_rng(0), 6, 3)
    rng = np.random.default_rng(1)
    paths = [value_iteration(process, policy) for policy in process.drawn(rng, 20)]
    assert any(path.left for path in paths)
    for path in paths:
        np.testing.assert_array_equal(path.outside, ~inside(process, path.values))
        assert path.error(process.optimal()[0]) < 0.9**50 * 40
    assert policy_iteration(process, process.uniform()).error(process.optimal()[0]) < 1e-10


def test_starts_that_no_logits_give():
    with pytest.raises(BadSetting, match="takes action 1 in state 0 with probability 0"):
        policy_gradient(PROCESS, PROCESS.pure(np.array([0, 0])))
    with pytest.raises(BadSetting, match="takes action 0 in state 1"):
        cross_entropy_method(PROCESS, np.array([[0.5, 0.5], [0.0, 1.0]]), np.random.default_rng(0))
    with pytest.raises(BadSetting, match="expected 'sweep' or 'trajectory'"):
        temporal_difference(PROCESS, PROCESS.uniform(), np.random.default_rng(0), protocol="walk")  # type: ignore[arg-type]
