"""Contracts as geometry against a dilemma solved by hand, and against value iteration that knows none of it."""

import itertools

import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.geometry.contracts import Family, intervals, theta_map
from accord.geometry.implement import implement, indicators
from accord.geometry.pair import Pair, random_pair
from accord.geometry.responses import envelope, faced, library_error

COOPERATE, DEFECT = 0, 1


def dilemma(discount=0.5):
    """The prisoner's dilemma for ever, in one state; whoever defects pays theta to the other one."""
    first = np.array([[2.0, 0.0], [3.0, 1.0]])
    pair = Pair(np.stack([first, first.T])[:, None], np.ones((1, 2, 2, 1)), discount)
    return Family(pair, np.array([[[[0.0, 1.0], [-1.0, 0.0]]]]))


def drawn(seed, states, terms, actions=3):
    rng = np.random.default_rng(seed)
    pair = random_pair(rng, states, actions)
    return Family(pair, rng.normal(size=(terms, states, actions, actions))), rng


def worth_by_sweeps(pair, first, second, sweeps=600):
    """Values of a joint policy, by adding up one step after the other."""
    values = np.zeros((2, pair.num_states))
    for _ in range(sweeps):
        new = np.zeros_like(values)
        for s in range(pair.num_states):
            for a, b in np.ndindex(pair.counts):
                ahead = pair.rewards[:, s, a, b] + pair.discount * values @ pair.transitions[s, a, b]
                new[:, s] += first[s, a] * second[s, b] * ahead
        values = new
    return values


def best_by_sweeps(pair, agent, joint, sweeps=400):
    """An agent's best values against the other's actions, by value iteration."""
    values = np.zeros(pair.num_states)
    for _ in range(sweeps):
        new = np.empty_like(values)
        for s in range(pair.num_states):
            options = []
            for action in range(pair.counts[agent]):
                a, b = (action, joint[s][1]) if agent == 0 else (joint[s][0], action)
                options.append(pair.rewards[agent, s, a, b] + pair.discount * pair.transitions[s, a, b] @ values)
            new[s] = max(options)
        values = new
    return values


def test_the_dilemma_is_as_by_hand():
    family = dilemma()
    found = theta_map(family)
    table = {tuple(j[0]): (low, high, w) for j, low, high, w in zip(
        found.joint, found.low, found.high, found.welfare, strict=True
    )}  # fmt: skip
    # Paid or not, defecting brings 1 more, whatever the other one does: theta = 1 is where everything ties.
    assert table[COOPERATE, COOPERATE] == pytest.approx((1.0, 3.0, 8.0))
    assert table[DEFECT, DEFECT] == pytest.approx((-3.0, 1.0, 4.0))
    assert table[COOPERATE, DEFECT] == pytest.approx((1.0, 1.0, 6.0))
    assert table[DEFECT, COOPERATE] == pytest.approx((1.0, 1.0, 6.0))
    edges, best, worst = found.steps()
    np.testing.assert_allclose(edges, [-3.0, 1.0, 3.0])
    np.testing.assert_allclose(best, [4.0, 8.0])
    np.testing.assert_allclose(worst, best)
    assert found.planner == pytest.approx(8.0)
    assert len(found.at(1.0)) == 4


def test_the_cheapest_contract_of_the_dilemma_is_its_price():
    family, cooperate = dilemma(), np.array([[COOPERATE, COOPERATE]])
    assert implement(family, cooperate).theta == pytest.approx([1.0])
    strict = implement(family, cooperate, margin=0.25, objective="largest")
    assert strict.theta == pytest.approx([1.25]) and strict.gain == pytest.approx(-0.25)
    np.testing.assert_allclose(strict.values, [[4.0], [4.0]])
    assert implement(family, cooperate, outside=(2.0, 2.0)).feasible  # what defection is worth to each
    assert not implement(family, cooperate, outside=(4.1, 2.0)).feasible
    assert implement(family, cooperate, cap=1.0).feasible
    poor = implement(family, cooperate, cap=0.75)
    assert not poor.feasible and poor.gain == pytest.approx(0.25) and "still gains 0.25" in poor.message
    lopsided = implement(family, np.array([[COOPERATE, DEFECT]]))
    assert lopsided.theta == pytest.approx([1.0])  # the knife edge
    assert not implement(family, np.array([[COOPERATE, DEFECT]]), margin=0.01).feasible


@pytest.mark.parametrize(("outside", "theta"), [((1.0, -9.0), 0.5), ((-9.0, 1.0), -0.5), ((-9.0, -9.0), 0.0)])
def test_who_wants_more_is_paid(outside, theta):
    pair = Pair(np.zeros((2, 1, 2, 2)), np.ones((1, 2, 2, 1)), 0.5)  # nothing to gain but the contract's money
    found = implement(Family(pair, np.ones((1, 1, 2, 2))), np.array([[0, 1]]), outside=outside)
    assert found.theta == pytest.approx([theta], abs=1e-9)
    np.testing.assert_allclose(found.values[:, 0], [2 * theta, -2 * theta], atol=1e-9)


def test_values_are_affine_in_the_terms():
    worst = 0.0
    for seed in range(200):
        family, rng = drawn(seed, 4, 3)
        policy = tuple(rng.dirichlet(np.ones(3), 4) for _ in range(2))
        stored = family.stored(*policy)
        for theta in rng.uniform(-3, 3, (5, 3)):
            worst = max(worst, np.abs(stored.at(theta) - family.under(theta).evaluate(*policy)).max())
            np.testing.assert_allclose(stored.at(theta).sum(0), stored.welfare, atol=1e-12)
    assert worst < 1e-12
    family, rng = drawn(0, 3, 2)
    policy = tuple(rng.dirichlet(np.ones(3), 3) for _ in range(2))
    theta = np.array([0.7, -1.2])
    swept = worth_by_sweeps(family.under(theta), policy[0], policy[1], 300)
    np.testing.assert_allclose(family.stored(policy[0], policy[1]).at(theta), swept, atol=1e-9)


def test_every_interval_agrees_with_value_iteration():
    seen = 0
    for seed in (3, 4):
        family, _ = drawn(seed, 2, 1)
        joint = family.pair.every_pure()
        low, high = intervals(family, joint, -3.0, 3.0)
        for theta in (-2.1, 0.0, 1.3):
            pair = family.under(np.array([theta]))
            for policy, bottom, top in zip(joint, low, high, strict=True):
                values = pair.evaluate(*pair.pure(policy))
                best = np.stack([best_by_sweeps(pair, agent, policy, 200) for agent in (0, 1)])
                equilibrium = (best - values).max() < 1e-6
                assert equilibrium == (bottom <= theta <= top)
                seen += equilibrium
    assert seen >= 5


def test_regions_of_many_terms_agree_with_best_responses():
    agreed = inside = 0
    for seed in range(60):
        family, rng = drawn(seed, 3, 20)
        joint = rng.integers(0, 3, (3, 2))
        near = implement(family, joint)
        for theta in (near.theta, near.theta * 0.9, near.theta + rng.normal(size=20) * 0.02):
            holds = bool(family.region(joint).holds(theta))
            agreed += holds == (family.under(theta).regret(*family.pair.pure(joint)) <= 1e-8)
            inside += holds
    assert agreed == 180 and 60 <= inside <= 170


def test_a_map_is_what_best_responses_find_between_its_breakpoints():
    family, _ = drawn(1, 2, 1)
    found = theta_map(family)
    edges, best, worst = found.steps()
    assert len(edges) > 4 and (np.diff(edges) > 0).all()
    for low, high, top, bottom in zip(edges, edges[1:], best, worst, strict=False):
        pair = family.under(np.array([0.37 * low + 0.63 * high]))
        welfare = [
            pair.evaluate(*pair.pure(joint)).sum(0).mean()
            for joint in family.pair.every_pure() if pair.regret(*pair.pure(joint)) < 1e-9
        ]  # fmt: skip
        if np.isnan(top):
            assert not welfare
        else:
            assert (max(welfare), min(welfare)) == pytest.approx((top, bottom))


def test_the_program_is_feasible_exactly_where_the_interval_is():
    both = 0
    for seed in range(40):
        family, rng = drawn(seed, 2, 1)
        joint = rng.integers(0, 3, (2, 2))
        low, high = intervals(family, joint[None], -np.inf, np.inf)
        found = implement(family, joint)
        assert found.feasible == bool(low[0] <= high[0] + 1e-10)
        if found.feasible:
            cheapest = 0.0 if low[0] <= 0.0 <= high[0] else min(abs(low[0]), abs(high[0]))
            assert found.cost == pytest.approx(cheapest, abs=1e-7)
            both += 1
    assert 0 < both < 40


@pytest.mark.parametrize(
    ("states", "terms", "least", "most"), [(5, 1, 0, 4), (5, 64, 8, 8), (30, 4, 0, 0), (30, 64, 8, 8)]
)
def test_as_many_features_as_states_implement_the_planner(states, terms, least, most):
    found = []
    for seed in range(8):
        family, _ = drawn(seed, states, terms)
        one = implement(family, family.pair.planner()[1], objective="largest")
        assert not one.feasible or one.regret < 1e-8
        found.append(one.feasible)
    assert least <= sum(found) <= most


def test_a_transfer_for_everything_implements_anything():
    family, rng = drawn(5, 5, 1)
    rich = indicators(family)
    assert rich.num_terms == 45
    for _ in range(5):
        joint = rng.integers(0, 3, (5, 2))
        found = implement(rich, joint, margin=0.1, cap=5.0)
        assert found.feasible and found.gain <= -0.1 + 1e-8 and found.regret < 1e-8
        assert np.abs(found.theta).max() <= 5.0 + 1e-8


def test_the_planner_is_the_best_of_all_joint_policies():
    family, _ = drawn(2, 2, 1)
    pair = family.pair
    welfare = [pair.evaluate(*pair.pure(joint)).sum(0).mean() for joint in pair.every_pure()]
    values, joint = pair.planner()
    assert len(welfare) == 81
    assert values.mean() == pytest.approx(max(welfare))
    assert pair.evaluate(*pair.pure(joint)).sum(0).mean() == pytest.approx(max(welfare))


def test_best_responses_are_an_upper_envelope():
    for seed, agent in itertools.product(range(4), (0, 1)):
        family, rng = drawn(seed, 6, 1)
        other = rng.dirichlet(np.ones(3), 6)
        problem = faced(family, agent, other)
        found = envelope(problem)
        asked = np.linspace(-2.0, 2.0, 81)
        exact = np.stack([problem.under(theta).optimal()[0] for theta in asked])
        np.testing.assert_allclose(found.at(asked), exact, atol=1e-8)
        assert (np.diff(exact, 2, axis=0) > -1e-9).all()  # convex
        assert len({tuple(row) for row in found.actions}) == len(found.actions) == len(found.breakpoints) + 1
        assert (np.diff(found.breakpoints) > 0).all() and (np.diff(found.moved.mean(1)) > 0).all()
        own = family.pair.against(agent, other)
        np.testing.assert_allclose(own.rewards, problem.process.rewards)


def test_a_library_that_knows_the_answer_makes_no_error_and_improving_never_hurts():
    family, rng = drawn(0, 6, 1)
    problem = faced(family, 0, rng.dirichlet(np.ones(3), 6))
    asked = np.linspace(-2.0, 2.0, 21)
    assert max(library_error(problem, asked, asked)) < 1e-9
    errors = [library_error(problem, np.linspace(-2.0, 2.0, size), asked) for size in (2, 6)]
    assert all(improved <= read for read, improved in errors)
    assert errors[1][0] < errors[0][0]


def test_mistakes_are_named():
    family = dilemma()
    with pytest.raises(BadGame, match=r"Features have shape \(1, 2, 2\)"):
        Family(family.pair, np.zeros((1, 2, 2)))
    with pytest.raises(BadGame, match=r"in state 0 after actions \(0, 1\)"):
        Pair(family.pair.rewards, np.array([[[[1.0], [0.9]], [[1.0], [1.0]]]]), 0.5)
    with pytest.raises(BadSetting, match="discount=1.0"):
        Pair(family.pair.rewards, family.pair.transitions, 1.0)
    with pytest.raises(BadSetting, match="2 terms, a map needs 1"):
        theta_map(Family(family.pair, np.zeros((2, 1, 2, 2))))
    with pytest.raises(BadSetting, match="4 joint policies are more than limit=3"):
        theta_map(family, limit=3)
    with pytest.raises(BadSetting, match="objective='cost'"):
        implement(family, np.array([[0, 0]]), objective="cost")
    with pytest.raises(BadSetting, match="margin=-1"):
        implement(family, np.array([[0, 0]]), margin=-1.0)
