"""Adversarial value functions: certificates by recomputing, hits by enumeration, rivals against each other."""

import itertools

import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.geometry.adversarial import adversarial, signs, sparse, swap_ascent
from accord.geometry.adversarial_rivals import (
    Resolvents,
    enumerated,
    policy_gradient,
    proven,
    signed_policy_iteration,
)
from accord.geometry.process import PUBLISHED, random_process
from accord.geometry.rooms import rooms


def best_switch(process, delta, actions):
    """The most that one switch adds, each neighbour evaluated by its own linear solve."""
    here = delta @ process.evaluate(process.pure(actions))
    best = -np.inf
    for state, action in np.ndindex(process.num_states, process.num_actions):
        other = np.array(actions)
        other[state] = action
        best = max(best, delta @ process.evaluate(process.pure(other)) - here)
    return best


def brute(process, delta):
    """The best deterministic policy by evaluating all, one after the other."""
    return max(
        delta @ process.evaluate(process.pure(np.array(actions)))
        for actions in itertools.product(range(process.num_actions), repeat=process.num_states)
    )


@pytest.mark.parametrize("discount", [0.9, 0.99])
def test_climbs_never_go_down_and_end_where_no_switch_helps(discount):
    rng = np.random.default_rng(0)
    process = rooms().process(discount=discount)
    deltas = signs(rng, 3, process.num_states)
    ends = swap_ascent(process, deltas, process.drawn(rng, 3, 3.0))
    for delta, actions, values, score, history in zip(
        deltas, ends.actions, ends.values, ends.scores, ends.histories, strict=True
    ):
        size = np.abs(history).max()
        assert (np.diff(history) > -1e-9 * size).all()
        assert len(history) > process.num_states / 2  # it had something to do
        np.testing.assert_allclose(values, process.evaluate(process.pure(actions)), rtol=1e-9, atol=1e-9)
        assert score == pytest.approx(delta @ values, rel=1e-12)
        assert history[-1] == pytest.approx(score, rel=1e-9)
        assert best_switch(process, delta, actions) < 1e-8 * size
    assert (ends.gains <= 1e-9 * np.abs(ends.scores)).all()


def test_a_switch_is_what_a_solve_says_it_is():
    from accord.geometry.swaps import Climbs

    rng = np.random.default_rng(1)
    process = random_process(rng, 6, 3, 0.95, branching=3)
    starts = process.drawn(rng, 2)
    climbs = Climbs(process, starts, np.broadcast_to(process.rewards, starts.shape).copy(), np.arange(2))
    steps = climbs.steps()
    for start, state, action in np.ndindex(2, 6, 3):
        other = starts[start].copy()
        other[state] = np.eye(3)[action]
        expected = climbs.values[start] + climbs.visits[start][:, state] * steps[start, state, action]
        np.testing.assert_allclose(process.evaluate(other), expected, atol=1e-11)
    for _ in range(60):  # updates stay true over many switches
        states, actions = rng.integers(6, size=2), rng.integers(3, size=2)
        climbs.take(states, actions, climbs.steps()[np.arange(2), states, actions])
    np.testing.assert_allclose(climbs.values, process.evaluate(climbs.policy), atol=1e-10)
    np.testing.assert_allclose(climbs.visits, process.resolvent(climbs.policy), atol=1e-10)


@pytest.mark.parametrize(("states", "actions"), [(6, 2), (7, 3)])
def test_twenty_restarts_find_the_best_of_all_policies(states, actions):
    rng = np.random.default_rng(2)
    for _ in range(12):
        process = random_process(rng, states, actions)
        deltas = signs(rng, 3, states)
        found = adversarial(process, deltas, rng, restarts=20)
        np.testing.assert_allclose(found.scores, enumerated(process, deltas).scores, rtol=1e-9)


def test_enumeration_is_brute_force():
    rng = np.random.default_rng(3)
    process = random_process(rng, 5, 3)
    deltas = rng.normal(size=(2, 5))
    np.testing.assert_allclose(enumerated(process, deltas).scores, [brute(process, delta) for delta in deltas])


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_direction_of_ones_is_ordinary_control(name):
    process = PUBLISHED[name]
    found = adversarial(process, np.ones((1, 2)), np.random.default_rng(0))
    np.testing.assert_allclose(found.values[0], process.optimal()[0], atol=1e-12)
    worst = adversarial(process, -np.ones((1, 2)), np.random.default_rng(0))
    np.testing.assert_allclose(worst.values[0], -process.rewarded(-process.rewards).optimal()[0], atol=1e-12)


@pytest.mark.parametrize("discount", [0.9, 0.99])
def test_the_direction_of_ones_is_ordinary_control_in_four_rooms(discount):
    process = rooms().process(discount=discount)
    found = adversarial(process, np.ones((1, process.num_states)), np.random.default_rng(0), restarts=2)
    best = process.optimal()[0]
    np.testing.assert_allclose(found.values[0], best, rtol=1e-9)
    assert np.sqrt((best**2).mean()) == pytest.approx({0.9: 4.65, 0.99: 90.9}[discount], abs=0.05)


def test_each_climb_may_have_its_own_reward():
    rng = np.random.default_rng(4)
    process = random_process(rng, 5, 2)
    rewards = rng.normal(size=(3, 5, 2))
    found = adversarial(process, np.ones((3, 5)), rng, rewards=rewards)
    for reward, values in zip(rewards, found.values, strict=True):
        np.testing.assert_allclose(values, process.rewarded(reward).optimal()[0], atol=1e-10)


def test_states_that_do_not_matter_end_pure():
    rng = np.random.default_rng(5)
    process = random_process(rng, 4, 3).rewarded(np.zeros((4, 3)))  # nothing matters
    ends = swap_ascent(process, signs(rng, 2, 4), process.drawn(rng, 2))
    assert (ends.swaps == 4).all() and (ends.scores == 0).all()


def test_swap_ascent_beats_the_rivals_on_four_rooms():
    rng = np.random.default_rng(6)
    process = rooms().process(discount=0.99)
    deltas = signs(rng, 6, process.num_states)
    ours = adversarial(process, deltas, rng, restarts=20)
    gradient = policy_gradient(process, deltas, steps=300)
    polished = swap_ascent(process, deltas, process.pure(gradient.actions))
    assert (polished.scores >= gradient.scores - 1e-9).all()
    assert ours.scores.mean() > 1.1 * gradient.scores.mean()


def test_policy_gradient_solves_exactly_and_finds_small_optima():
    rng = np.random.default_rng(7)
    for process in (rooms().process(discount=0.99, slip=0.1), random_process(rng, 6, 2)):
        policies = process.drawn(rng, 3)
        right, left = rng.normal(size=(2, 3, process.num_states))
        visits = process.resolvent(policies)
        forward, backward = Resolvents(process).solve(policies, right, left)
        np.testing.assert_allclose(forward, np.einsum("pst,pt->ps", visits, right), atol=1e-9)
        np.testing.assert_allclose(backward, np.einsum("pst,ps->pt", visits, left), atol=1e-9)
    small = [random_process(rng, 5, 2) for _ in range(10)]
    deltas = [signs(rng, 1, 5) for _ in small]
    hits = sum(
        bool(policy_gradient(process, delta).scores[0] > enumerated(process, delta).scores[0] - 1e-9)
        for process, delta in zip(small, deltas, strict=True)
    )
    assert hits >= 8


def test_the_gradient_is_the_derivative():
    """One step of Adam from the uniform policy goes the way of the numeric derivative in every logit."""
    rng = np.random.default_rng(8)
    process, delta = random_process(rng, 4, 3), signs(rng, 1, 4)

    def score(logits):
        odds = np.exp(logits)
        return delta[0] @ process.evaluate(odds / odds.sum(1, keepdims=True))

    slope = np.array([
        [(score(1e-5 * move) - score(-1e-5 * move)) / 2e-5 for move in np.eye(12).reshape(4, 3, 4, 3)[s]]
        for s in range(4)
    ])  # fmt: skip
    one = policy_gradient(process, delta, steps=1)
    np.testing.assert_array_equal(one.actions[0], slope.argmax(1))


def test_signed_policy_iteration_ends_where_no_switch_helps():
    rng = np.random.default_rng(9)
    for _ in range(10):
        process = random_process(rng, 7, 3)
        delta = signs(rng, 1, 7)[0]
        ends = [signed_policy_iteration(process, delta, rng.integers(3, size=7)) for _ in range(20)]
        scores = [delta @ process.evaluate(process.pure(actions)) for actions in ends]
        assert best_switch(process, delta, ends[0]) < 1e-8
        assert max(scores) == pytest.approx(enumerated(process, delta[None]).scores[0], rel=1e-9)


def test_the_program_proves_the_best():
    rng = np.random.default_rng(10)
    for states, actions in ((4, 3), (6, 2)):
        process = random_process(rng, states, actions)
        delta = signs(rng, 1, states)[0]
        proof = proven(process, delta)
        assert proof.proven
        assert proof.score == pytest.approx(brute(process, delta), rel=1e-9)
        assert proof.bound == pytest.approx(proof.score, abs=1e-5)


def test_directions_are_what_they_say():
    rng = np.random.default_rng(11)
    assert set(np.unique(signs(rng, 50, 20))) == {-1.0, 1.0}
    assert ((sparse(rng, 50, 104) != 0).sum(1) == 10).all()
    assert ((sparse(rng, 50, 4) != 0).sum(1) == 1).all()


def test_what_does_not_fit_is_refused():
    process, rng = PUBLISHED["2a"], np.random.default_rng(0)
    with pytest.raises(BadSetting, match=r"shape \(1, 3\)"):
        adversarial(process, np.ones((1, 3)), rng)
    with pytest.raises(BadSetting, match="restarts=0"):
        adversarial(process, np.ones((1, 2)), rng, restarts=0)
    with pytest.raises(BadSetting, match="2 directions and 1 starts"):
        swap_ascent(process, np.ones((2, 2)), process.drawn(rng, 1))
    with pytest.raises(BadSetting, match="policies, expected at most"):
        enumerated(rooms().process(), np.ones((1, 104)))
