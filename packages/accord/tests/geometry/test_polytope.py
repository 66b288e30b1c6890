"""The polytope of values: the published processes to four decimals, the line theorem, the exact test of membership."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.core.errors import BadSetting
from accord.geometry.polytope import (
    bow,
    frame,
    hull,
    inside,
    mixtures,
    pure_values,
    sampled,
    segment,
    switched,
)
from accord.geometry.process import PUBLISHED, Process, random_process

TABLE = {
    "2a": (4, 4, (4.0334, 4.3576), (1, 1), 0.082),
    "2b": (4, 4, (8.5888, 8.0020), (0, 1), 1.300),
    "2c": (9, 4, (6.3154, 6.4871), (2, 0), 0.068),
    "2d": (4, 4, (0.1636, 1.8909), (0, 0), 0.370),
    "left": (9, 4, (3.1250, 5.3125), (2, 1), 0.185),
}
"""Deterministic policies, hull vertices, optimal values and actions, bow of the mixtures of actions 0 and 1."""


@pytest.mark.parametrize("name", TABLE)
def test_the_published_processes_to_four_decimals(name: str):
    process = PUBLISHED[name]
    policies, vertices, best, actions, distance = TABLE[name]
    pure, values = pure_values(process)
    assert len(pure) == len(values) == policies
    assert len(hull(values)) == vertices
    optimal, greedy = process.optimal()
    np.testing.assert_allclose(optimal, best, atol=5e-5)
    np.testing.assert_allclose(optimal, values.max(0), atol=1e-12)
    assert tuple(greedy) == actions
    curve = mixtures(process, process.pure(np.array([0, 0])), process.pure(np.array([1, 1])))
    assert bow(curve) == pytest.approx(distance, abs=5e-4)


@pytest.mark.parametrize("name", TABLE)
def test_the_line_theorem(name: str):
    process = PUBLISHED[name]
    rng = np.random.default_rng(0)
    for policy in process.drawn(rng, 40):
        for state in range(process.num_states):
            line = segment(process, policy, state)
            varied = np.repeat(policy[None], 50, 0)
            varied[:, state] = rng.dirichlet(np.ones(process.num_actions), 50)
            values = process.evaluate(varied)
            assert line.distance(values).max() < 1e-12
            steps = np.diff(values[np.argsort(values.sum(1))], axis=0)
            assert steps.min() >= -1e-12, "all states' values rise together"
            for end, action in ((line.low, line.worst), (line.high, line.best)):
                varied[0, state] = np.eye(process.num_actions)[action]
                np.testing.assert_allclose(process.evaluate(varied[0]), end, atol=1e-12)


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 4))
def test_where_a_mixture_lies_on_its_segment(seed: int, states: int, actions: int):
    rng = np.random.default_rng(seed)
    process = random_process(rng, states, actions)
    policy, state = process.drawn(rng, 1)[0], int(rng.integers(states))
    line = segment(process, policy, state)
    share = np.linspace(0, 1, 21)
    mixed = np.repeat(policy[None], 21, 0)
    eye = np.eye(actions)
    mixed[:, state] = share[:, None] * eye[line.best] + (1 - share)[:, None] * eye[line.worst]
    np.testing.assert_allclose(line.at(share), process.evaluate(mixed), atol=1e-10)
    assert line.bend < 1
    assert (np.diff(line.position(share)) > 0).all()
    assert line.position(0.0) == 0 and line.position(1.0) == pytest.approx(1)


def test_a_share_is_no_place():
    """By hand: staying pays 1, leaving 0 and for ever, so the best action half the time is worth 1 / (1 - .45)."""
    moves = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    process = Process(np.array([[1.0, 0.0], [0.0, 0.0]]), moves, 0.9)
    line = segment(process, process.uniform(), 0)
    np.testing.assert_allclose((line.low[0], line.high[0]), (0, 10), atol=1e-12)
    assert line.at(0.5)[0] == pytest.approx(0.5 / (1 - 0.45))
    assert line.bend == pytest.approx(0.9)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4))
def test_all_switches_at_once_equal_one_evaluation_each(seed: int, states: int, actions: int):
    rng = np.random.default_rng(seed)
    process = random_process(rng, states, actions, discount=float(rng.uniform(0, 0.99)))
    policy = process.drawn(rng, 1)[0]
    got = switched(process, policy)
    for state, action in np.ndindex(states, actions):
        changed = policy.copy()
        changed[state] = np.eye(actions)[action]
        np.testing.assert_allclose(got[state, action], process.evaluate(changed), atol=1e-8)


@pytest.mark.parametrize("name", TABLE)
def test_every_policy_is_inside(name: str):
    process = PUBLISHED[name]
    rng = np.random.default_rng(1)
    for concentration in (1.0, 0.05):  # the second draws nearly deterministic policies
        assert inside(process, sampled(process, rng, 5000, concentration)).all()
    assert inside(process, pure_values(process)[1]).all()


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4))
def test_whatever_is_inside_is_the_value_of_a_policy(seed: int, states: int, actions: int):
    """Build the policy that the proof builds, and evaluate it."""
    rng = np.random.default_rng(seed)
    process = random_process(rng, states, actions)
    points = process.evaluate(process.drawn(rng, 20)) + rng.normal(scale=0.3, size=(20, states))
    for point, member in zip(points, inside(process, points), strict=True):
        q = process.action_values(point)
        low, high = q.min(1), q.max(1)
        if not member:
            assert ((point < low) | (point > high)).any()
            continue
        share = np.clip((point - low) / np.maximum(high - low, 1e-12), 0, 1)[:, None]
        eye = np.eye(actions)
        policy = (1 - share) * eye[q.argmin(1)] + share * eye[q.argmax(1)]
        np.testing.assert_allclose(process.evaluate(policy), point, atol=1e-6)


def test_some_of_the_hull_is_outside():
    process = PUBLISHED["2d"]
    corners = pure_values(process)[1]
    assert not inside(process, corners.max(0) + 0.01), "more than optimal everywhere"
    middles = (corners[:, None] + corners[None]) / 2
    assert (~inside(process, middles)).any(), "a straight line between two policies' values leaves"


def test_policies_that_agree_in_a_state_lie_in_a_plane():
    process = random_process(np.random.default_rng(3), 3, 3)
    rng = np.random.default_rng(4)
    policies = process.drawn(rng, 500)
    policies[:, 0] = policies[0, 0]
    assert len(frame(process.evaluate(policies)).basis) == 2
    policies[:, 1] = policies[0, 1]
    assert len(frame(process.evaluate(policies)).basis) == 1


def test_hulls_of_few_dimensions():
    assert hull(np.zeros((3, 2))).tolist() == [0]
    line = np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 1.0]])
    assert sorted(hull(line)) == [0, 1]
    square = np.array([[0.0, 0, 5], [1, 0, 5], [0.4, 0.5, 5], [1, 1, 5], [0, 1, 5]])
    assert sorted(hull(square)) == [0, 1, 3, 4]


def test_too_many_policies_to_list():
    many = Process(np.zeros((12, 4)), np.full((12, 4, 12), 1 / 12), 0.9)
    with pytest.raises(BadSetting, match="16,777,216 deterministic policies"):
        pure_values(many)
