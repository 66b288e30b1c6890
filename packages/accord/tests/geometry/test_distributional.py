"""Where expected and distributional learning are one, to rounding, and where they part."""

import dataclasses

import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.geometry.coupling import controlled, coupled, fixed_point, settled, walk
from accord.geometry.distributional import EQUAL, RULES, Runs, Target, linear, projection, support, tabular
from accord.geometry.process import PUBLISHED, Process, random_process

STEPS = 3000


@pytest.fixture(scope="module")
def processes():
    rng = np.random.default_rng(0)
    return [random_process(rng, 10, 2) for _ in range(3)]


def truth(runs):
    return np.stack([process.evaluate(process.uniform()) for process in runs.processes])


def learned(runs, names, *, steps=STEPS, step=0.1):
    return coupled(runs, [RULES[name] for name in names], walk(runs, steps, np.random.default_rng(1)), step=step)


# ---------------------------------------------------------------------------------------------------------- projection


def test_projection_by_hand():
    places = np.array([-1.0, 0.0, 1.0])
    # Z = 1 for sure: 0.25 + 0.5 * 1 lies three quarters of the way from 0 to 1; Z = -1 at -0.25, a quarter below 0.
    moved = projection(places, np.array(0.25), 0.5)
    np.testing.assert_allclose(moved @ [0, 0, 1], [0, 0.25, 0.75], atol=1e-15)
    np.testing.assert_allclose(moved @ [1, 0, 0], [0.25, 0.75, 0], atol=1e-15)
    np.testing.assert_allclose(projection(places, np.array(9.0), 0.5) @ [0.2, 0.3, 0.5], [0, 0, 1], atol=1e-15)


def test_projection_keeps_mass_always_and_the_mean_inside():
    rng = np.random.default_rng(0)
    process = random_process(rng, 4, 2)
    places = support(process)
    matrices = projection(places, process.rewards, process.discount)
    np.testing.assert_allclose(matrices.sum(-2), 1.0, atol=1e-13)
    means = np.einsum("k,sakl->sal", places, matrices)
    np.testing.assert_allclose(means, process.rewards[..., None] + 0.9 * places, atol=1e-12)
    cut = projection(0.4 * places, process.rewards, process.discount)
    np.testing.assert_allclose(cut.sum(-2), 1.0, atol=1e-13)
    assert np.abs(np.einsum("k,sakl->sal", 0.4 * places, cut) - process.rewards[..., None] - 0.36 * places).max() > 0.1


def test_every_rule_begins_at_zero(processes):
    for runs in (tabular(processes), linear(processes, np.random.default_rng(0))):
        for rule in RULES.values():
            np.testing.assert_allclose(rule(runs).means(), 0.0, atol=1e-12)


# ------------------------------------------------------------------------------------------------------------ coupling


@pytest.mark.parametrize("make", [tabular, lambda p: linear(p, np.random.default_rng(5))], ids=["tables", "linear"])
def test_mixture_and_distribution_function_are_expected_learning(processes, make):
    found = learned(make(processes), EQUAL)
    assert found.gaps[0].max() == 0.0
    assert found.gaps.max() < 1e-12
    assert np.abs(found.values[0]).max() > 1.0, "nothing was learned"


@pytest.mark.parametrize("make", [tabular, lambda p: linear(p, np.random.default_rng(5))], ids=["tables", "linear"])
def test_the_other_rules_are_not(processes, make):
    found = learned(make(processes), ("pmf", "softmax", "quantile"))
    assert found.gaps.min() > 0.1


def test_a_clipped_support_breaks_the_equality(processes):
    assert learned(tabular(processes), ("mixture",)).gaps.max() < 1e-12
    assert learned(tabular(processes, share=0.25), ("mixture",)).gaps.min() > 0.1


def test_one_unmatched_start_breaks_it_too(processes):
    class Shifted(RULES["mixture"]):
        def start(self, places):
            return np.eye(places.shape[1])[np.full(len(places), 30)]

    runs = tabular(processes)
    assert coupled(runs, [Shifted], walk(runs, 50, np.random.default_rng(1))).gaps.min() > 1.0


def test_expected_learning_against_a_loop_written_by_hand(processes):
    runs = linear(processes[:1], np.random.default_rng(5))
    stream, weights = walk(runs, 200, np.random.default_rng(1)), np.zeros(5)
    features, process = runs.features[0], processes[0]
    for s, a, t in zip(stream.states[:, 0], stream.actions[:, 0], stream.after[:, 0], strict=True):
        error = process.rewards[s, a] + 0.9 * weights @ features[t] - weights @ features[s]
        weights = weights + 0.1 * error * features[s]
    found = coupled(runs, [RULES["expected"]], stream)
    np.testing.assert_allclose(found.values[0, 0], features @ weights, atol=1e-12)
    assert found.errors[0, 0] == pytest.approx(np.sqrt(((features @ weights - truth(runs)[0]) ** 2).mean()), rel=1e-12)


def test_pulls_are_gradients_of_their_losses(processes):
    """Each gradient rule against numerical derivatives of the loss that it is named after."""
    runs, rng, h = tabular(processes[:1], atoms=7), np.random.default_rng(0), 1e-6
    after, own = rng.dirichlet(np.ones(7), 2)
    aimed = runs.projections[0, 2, 1] @ after
    cramer = lambda weights: 0.5 * ((np.cumsum(weights) - np.cumsum(aimed)) ** 2)[:-1].sum()
    slope = lambda loss, at: np.array([(loss(at + h * e) - loss(at - h * e)) / (2 * h) for e in np.eye(len(at))])
    target = Target(after[None], runs.rewards[:, 2, 1], runs.projections[:, 2, 1])

    mass = RULES["pmf"](runs).pull(own[None], target)[0]
    steepest = -slope(cramer, own)
    steepest = steepest - steepest.mean()  # no total is gained
    assert mass @ steepest / np.linalg.norm(mass) / np.linalg.norm(steepest) > 0.9
    assert abs(mass.sum()) < 1e-12

    function = np.cumsum(own)[:-1]
    loss = lambda F: 0.5 * ((F - np.cumsum(aimed)[:-1]) ** 2).sum()
    moved = dataclasses.replace(target, after=np.cumsum(after)[None, :-1])
    np.testing.assert_allclose(RULES["cdf"](runs).pull(function[None], moved)[0], -slope(loss, function), atol=1e-8)

    logits = rng.normal(size=7)
    soft = lambda x: np.exp(x) / np.exp(x).sum()
    entropy = lambda x: -(aimed * np.log(soft(x))).sum()
    moved = dataclasses.replace(target, after=np.log(after)[None])
    np.testing.assert_allclose(RULES["softmax"](runs).pull(logits[None], moved)[0], -slope(entropy, logits), atol=1e-8)

    quantiles, others = rng.normal(size=(2, 7))
    levels = (np.arange(7) + 0.5) / 7
    moved = runs.rewards[0, 2, 1] + 0.9 * others
    one = lambda q, x: (levels * np.maximum(x - q, 0) + (1 - levels) * np.maximum(q - x, 0)).sum()
    tilted = lambda q: sum(one(q, x) for x in moved) / 7
    pull = RULES["quantile"](runs).pull(quantiles[None], dataclasses.replace(target, after=others[None]))[0]
    np.testing.assert_allclose(pull, -slope(tilted, quantiles), atol=1e-6)


# -------------------------------------------------------------------------------------------------------------- limits


def test_expected_learning_settles_where_its_equation_says(processes):
    runs = linear(processes, np.random.default_rng(5))
    for name in ("expected", "cdf"):
        values, moves = settled(runs, 0, RULES[name], most=4000)
        assert moves < 1e-10
        np.testing.assert_allclose(values, fixed_point(runs)[0], atol=1e-8)
    np.testing.assert_allclose(fixed_point(tabular(processes)), truth(tabular(processes)), atol=1e-9)


def test_distributional_is_worse_where_the_features_hold_the_values(processes):
    """The counterexample: expected learning ends at no error at all, categorical learning does not."""
    runs = linear(processes, np.random.default_rng(0), realisable=True)
    assert np.abs(fixed_point(runs) - truth(runs)).max() < 1e-9
    values, moves = settled(runs, 0, RULES["softmax"], most=500)
    assert moves < 1e-8, "not settled"
    assert np.sqrt(((values - truth(runs)[0]) ** 2).mean()) > 0.01


def test_in_tables_the_categorical_rule_settles_at_the_truth():
    process = PUBLISHED["2b"]
    runs = tabular([process], atoms=15)
    values, moves = settled(runs, 0, RULES["softmax"])
    assert moves < 1e-8
    np.testing.assert_allclose(values, truth(runs)[0], atol=1e-5)


# ------------------------------------------------------------------------------------------------------------- control


def test_control_by_the_distribution_function_is_q_learning(processes):
    names = ("expected", "cdf", "softmax")
    runs = tabular(processes, control=True)
    own = controlled(runs, [RULES[name] for name in names], 2000, np.random.default_rng(0))
    assert np.abs(own.values[1] - own.values[0]).max() < 1e-12 < np.abs(own.values[2] - own.values[0]).max()
    assert (own.shares[0] == own.shares[1]).all() and (own.visited[0] == own.visited[1]).all()
    same = controlled(runs, [RULES[name] for name in names], 2000, np.random.default_rng(0), shared=True)
    assert (same.visited == same.visited[0]).all(), "the rules saw different steps"
    assert same.gains.max() <= 1.0 + 1e-9


def test_q_learning_finds_the_optimum_of_a_sure_process():
    moves = np.zeros((3, 2, 3))
    moves[[0, 1, 2], 0, [0, 0, 1]] = moves[[0, 1, 2], 1, [1, 2, 2]] = 1.0
    process = Process(np.array([[0.1, 0.0], [0.0, 0.0], [0.0, 1.0]]), moves, 0.9)
    runs = tabular([process], control=True)
    found = controlled(runs, [RULES["expected"]], 4000, np.random.default_rng(0), step=0.5, shared=True)
    np.testing.assert_allclose(found.values[0, 0].reshape(3, 2), process.action_values(process.optimal()[0]), atol=1e-6)
    assert found.gains[0, 0] == pytest.approx(1.0) and found.shares[0, 0] == pytest.approx(1.0)


def test_runs_of_two_kinds_are_refused(processes):
    with pytest.raises(BadSetting, match="expected one kind"):
        Runs([*processes, PUBLISHED["2a"]], np.zeros((4, 10, 5)))
