"""Representations: projections by hand, worst cases that prove themselves, minimax against its bound, the study."""

import itertools
import json

import numpy as np
import pytest

from accord.core.errors import BadCheckpoint, BadSetting
from accord.experiments.geometry.representation import METRICS, ROWS, Settings, claims, study
from accord.geometry import targets
from accord.geometry.adversarial import adversarial, directions
from accord.geometry.minimax import answer, minimax
from accord.geometry.process import PUBLISHED, random_process
from accord.geometry.representation import basis, control, errors, projected, worst_case, worth
from accord.geometry.rooms import rooms
from accord.studio.geometry.representation_figures import heat, number
from accord.studio.geometry.representation_page import write_page


def every_value(process):
    every = itertools.product(range(process.num_actions), repeat=process.num_states)
    return process.evaluate(process.pure(np.array(list(every))))


def test_a_basis_by_hand():
    targets_ = np.array([[3.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, -2.0, 0.0]])
    features = basis(targets_, 1)
    assert np.abs(features[:, 0]).tolist() == [1.0, 0.0, 0.0]  # 9 against 4 + 4
    np.testing.assert_allclose(errors(features, np.array([[1.0, 2.0, 2.0]])), [np.sqrt(8 / 3)])
    assert basis(targets_, 3).shape == (3, 2)  # the targets span no more


def test_a_basis_leaves_out_the_least():
    """Eckart and Young: the squared errors of the targets add up to the squared singular values that are left out."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(12, 8))
    features = basis(values, 3)
    np.testing.assert_allclose(features.T @ features, np.eye(3), atol=1e-12)
    left = np.linalg.svd(values, compute_uv=False)[3:]
    assert (errors(features, values) ** 2).sum() * 8 == pytest.approx((left**2).sum())
    np.testing.assert_allclose(projected(features, projected(features, values)), projected(features, values))


@pytest.mark.parametrize("dimension", [1, 3])
def test_the_worst_case_is_the_worst_of_all_policies(dimension):
    rng = np.random.default_rng(1)
    for _ in range(5):
        process = random_process(rng, 7, 2)
        features = basis(targets.random_stochastic(process, rng, 20), dimension)
        found = worst_case(process, features, rng, starts=20)
        assert found.error == pytest.approx(errors(features, every_value(process)).max(), rel=1e-9)


def test_the_worst_case_is_the_adversarial_value_of_its_own_error():
    """Checklist 6, exactly: delta is orthogonal to the features, and no policy at all reaches further in it."""
    rng = np.random.default_rng(2)
    process = random_process(rng, 7, 3)
    features = basis(targets.random_stochastic(process, rng, 20), 2)
    found = worst_case(process, features, rng)
    np.testing.assert_allclose(features.T @ found.delta, 0.0, atol=1e-10)
    assert (every_value(process) @ found.delta).max() == pytest.approx(found.delta @ found.values, rel=1e-9)
    assert found.delta @ found.values == pytest.approx(found.delta @ found.delta, rel=1e-9)


@pytest.mark.parametrize("discount", [0.9, 0.99])
def test_worst_cases_of_four_rooms_survive_searches(discount):
    rng = np.random.default_rng(3)
    process = rooms().process(discount=discount)
    features = basis(targets.successor(process), 16)
    found = worst_case(process, features, rng)
    np.testing.assert_allclose(features.T @ found.delta, 0.0, atol=1e-9 * np.abs(found.delta).max())
    np.testing.assert_allclose(found.values, process.evaluate(process.pure(found.actions)), rtol=1e-8, atol=1e-8)
    size = found.delta @ found.delta
    assert found.gain < 1e-9 * size
    # The map delta <- residual, V <- adversarial value of delta, from other starts, finds nothing worse ...
    other = adversarial(process, found.delta[None], rng, restarts=10)
    assert other.scores[0] <= size * (1 + 1e-9)
    # ... and hundreds of ordinary policies don't come near.
    plain = np.concatenate([make(process, rng, 100) for make in (targets.random_stochastic, targets.mixtures)])
    assert errors(features, plain).max() < found.error


def test_known_policies_can_only_help():
    process, rng = rooms().process(), np.random.default_rng(4)
    features = basis(targets.random_stochastic(process, rng, 30), 8)
    strong = worst_case(process, features, rng, starts=12)
    again = worst_case(process, features, rng, starts=1, known=strong.actions[None])
    assert again.error >= strong.error * (1 - 1e-12)


def test_control_with_all_features_is_optimal():
    world = rooms()
    process = world.process()
    goals = np.stack([world.goal(cell) for cell in (0, 50, 103)])
    shares = control(process, np.eye(process.num_states), goals)
    np.testing.assert_allclose(shares[-1], 1.0)
    poor = control(process, np.ones((process.num_states, 1)) / np.sqrt(process.num_states), goals)
    assert shares[0].max() < 1.0 or (poor[-1] < 1.0).all()
    assert (poor[-1] < 0.5).all()


def test_targets_are_values_of_policies():
    """Each is between what its policies could have: the exact membership test of the polytope."""
    rng = np.random.default_rng(5)
    process = random_process(rng, 5, 3)
    makers = (
        targets.random_stochastic, targets.random_deterministic, targets.mixtures, targets.adversarial_signs,
        targets.adversarial_sparse, targets.improvement_paths,
    )  # fmt: skip
    for make in makers:
        values = make(process, rng, 8)
        assert values.shape == (8, 5)
        q = process.action_values(values)
        assert (q.min(2) <= values + 1e-9).all() and (values <= q.max(2) + 1e-9).all(), make.__name__


def test_improvement_paths_rise_to_the_optimum():
    process = rooms().process()
    path = targets.improvement_path(process, process.uniform(), 0.2, 60)
    assert (np.diff(path, axis=0) > -1e-12).all()
    np.testing.assert_allclose(path[-1], process.optimal()[0], rtol=1e-3)
    whole = targets.improvement_path(process, process.uniform(), 1.0, 20)
    np.testing.assert_allclose(whole[-1], process.optimal()[0], rtol=1e-12)
    with pytest.raises(BadSetting, match="rate=0"):
        targets.improvement_path(process, process.uniform(), 0.0, 3)


def test_the_successor_representation_holds_all_values_of_its_policy():
    world = rooms()
    process = world.process()
    features = basis(targets.successor(process), world.num_cells)
    goals = np.stack([world.goal(cell) for cell in range(0, 104, 10)])
    uniform = np.broadcast_to(process.uniform(), goals.shape)
    assert errors(features, worth(process, goals, uniform)).max() < 1e-10
    best = targets.goal_values(process, goals)
    assert (best >= worth(process, goals, uniform) - 1e-12).all()


# -------------------------------------------------------------------------------------------------------------- minimax


def test_an_answer_bounds_the_worst_case_from_below():
    """For one feature in two states a fine grid of directions is all features there are."""
    process = PUBLISHED["2c"]
    values = every_value(process)
    angles = np.linspace(0.0, np.pi, 2001)
    lines = np.stack([np.cos(angles), np.sin(angles)])
    least = min(errors(line[:, None], values).max() for line in lines.T)
    rng = np.random.default_rng(6)
    for _ in range(20):
        assert answer(values, rng.dirichlet(np.ones(len(values))), 1)[1] <= least
    game = minimax(process, values[:2], 1, rng, rounds=60, starts=4)
    assert game.bound <= least * (1 + 1e-9)
    assert game.worst == pytest.approx(least, rel=0.02)
    assert game.bound > 0.9 * least


def test_minimax_is_no_worse_than_adversarial_features_on_the_worst_policy():
    rng = np.random.default_rng(7)
    process = random_process(rng, 24, 3, branching=3)
    pool = targets.adversarial_signs(process, rng, 40)
    game = minimax(process, pool, 4, rng, rounds=25, starts=12)
    judge = lambda features: worst_case(process, features, np.random.default_rng(8), starts=40).error
    assert judge(game.features) <= judge(basis(pool, 4))
    assert game.bound <= game.worst
    np.testing.assert_allclose(game.features.T @ game.features, np.eye(4), atol=1e-10)
    assert game.weights.sum() == pytest.approx(1.0) and (game.weights >= 0).all()
    again = answer(game.pool, game.weights, 4)[1]
    assert again == pytest.approx(game.bound)


def test_what_makes_no_sense_is_refused():
    process, rng = PUBLISHED["2a"], np.random.default_rng(0)
    with pytest.raises(BadSetting, match="dimension=2"):
        minimax(process, every_value(process), 2, rng)
    with pytest.raises(BadSetting, match="dimension=3, expected 1 to 2"):
        basis(np.ones((3, 2)), 3)
    with pytest.raises(BadSetting, match="All targets are zero"):
        basis(np.zeros((3, 2)), 1)
    with pytest.raises(BadSetting, match=r"shape \(3, 1\)"):
        worst_case(process, np.ones((3, 1)), rng)
    with pytest.raises(BadSetting, match="directions have shape"):
        directions(process, np.ones(2))


# ------------------------------------------------------------------------------------------------------------ the study

SMALL = Settings(
    discounts=(0.9,), targets=(9,), dimensions=(4, 8), tests=6, adversaries=2, controlled=2, judge=1, starts=1,
    rounds=1, gradient_steps=5, drawn=2,
)  # fmt: skip


def test_a_study_resumes_and_says_what_it_found(tmp_path):
    heard = []
    first = study(tmp_path, 2, lambda *words: heard.append(words), SMALL)
    rows = first["discounts"]["0.9"]["rows"]
    assert set(rows) == set(ROWS) and len(heard) > 20
    for row in rows.values():
        for own in row.values():
            assert all(len(own[metric]["per_seed"]) == 2 for metric in METRICS)
            assert own["control"]["high"] <= own["control_best"]["high"] <= 1 + 1e-9
    bounds = first["discounts"]["0.9"]["bounds"]
    for dimension in ("4", "8"):  # nothing is better than what is proven for all
        assert all(
            bound <= worst
            for row in rows.values()
            for bound, worst in zip(
                bounds[dimension]["per_seed"], row[dimension]["worst"]["per_seed"], strict=True
            )
        )  # fmt: skip
    assert np.array(first["discounts"]["0.9"]["pictures"]["avf"]).shape == (2, 104)
    (tmp_path / "discount-0.9-seed-1.json").unlink()
    kept = json.loads((tmp_path / "discount-0.9-seed-0.json").read_text())
    again = study(tmp_path, 2, lambda *_: None, SMALL)
    assert json.loads((tmp_path / "discount-0.9-seed-0.json").read_text()) == kept
    assert again["discounts"]["0.9"]["rows"] == rows  # the lost part came back the same, from its own seed
    with pytest.raises(BadCheckpoint, match="another size"):
        study(tmp_path, 1, lambda *_: None, Settings())
    with pytest.raises(BadSetting, match="one number of targets per discount"):
        study(tmp_path, 1, lambda *_: None, Settings(targets=(5,)))

    page = write_page(tmp_path / "page", first).read_text()
    assert "could not be read" not in page  # what stands in the place of a part that failed
    assert page.count("<circle") == 4 * len(ROWS) and page.count('viewBox="0 0 13 13"') == 2 * len(ROWS)
    assert json.loads((tmp_path / "page" / "representation.json").read_text())["claims"] == first["claims"]


def test_claims_say_yes_no_and_open():
    def table(winner, loser):
        from accord.experiments.statistics import interval

        own = {row: {"8": {metric: interval(loser) for metric in METRICS}} for row in ROWS}
        own["minimax"] = {"8": {metric: interval(winner) for metric in METRICS}}
        return {"0.9": {"rows": own}}

    def verdict(winner, loser, metric):
        found = claims(table(winner, loser))
        return next(c["verdict"] for c in found if c["winner"] == "minimax" and c["metric"] == metric)

    low, high = [1.0, 1.1, 1.2, 1.1], [2.0, 2.1, 2.2, 2.0]
    assert verdict(low, high, "worst") == "yes" and verdict(high, low, "worst") == "no"
    assert verdict(low, high, "control_best") == "no" and verdict(high, low, "control_best") == "yes"
    assert verdict([1.0, 3.0, 1.0, 3.0], [2.0] * 4, "worst") == "open"


def test_a_heat_map_has_every_cell_once():
    feature = np.linspace(-1.0, 1.0, 104)
    picture = heat(feature, "from one side to the other")
    assert picture.count("h1v1h-1z") == 104
    assert 'class="m6" d="M1 1' in picture and 'class="p6"' in picture  # the first cell is the upper left
    assert [number(x) for x in (0.0, 1e-5, 0.0123, 1.234, 45.67, 123.4)] == [
        "0.000", "<0.0005", "0.012", "1.23", "45.7", "123",
    ]  # fmt: skip
