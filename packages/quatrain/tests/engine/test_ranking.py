"""Ranking: every measure has its sign, the most fluent does not win by that alone, and the set is diverse."""

from dataclasses import fields, replace

import numpy as np
import pytest

from quatrain.ranking import Facts, Weights, choose, scores

EVEN = Facts(**{field.name: np.zeros(10) for field in fields(Facts)})


@pytest.mark.parametrize("name", [field.name for field in fields(Facts) if field.name != "likeness"])
def test_every_measure_has_its_sign(name):
    values = np.zeros(10)
    values[3] = 1.0
    merits = scores(replace(EVEN, **{name: values}))
    others = np.delete(merits, 3)
    assert np.ptp(others) == pytest.approx(0.0)
    if name == "fluency":  # the best fifth counts alike
        assert merits[3] == pytest.approx(others[0])
    else:
        assert np.sign(merits[3] - others[0]) == np.sign(getattr(Weights(), name))


def test_the_most_likely_line_is_not_the_best():
    fluency = np.linspace(-8, -1, 11)
    merits = scores(replace(Facts(**{f.name: np.zeros(11) for f in fields(Facts)}), fluency=fluency))
    assert merits[-1] == pytest.approx(merits[-3]) and (np.diff(merits[:9]) > 0).all()


def test_likeness_is_best_where_true_next_lines_have_it():
    merits = scores(replace(EVEN, likeness=np.linspace(-0.2, 0.7, 10)))  # -0.2, -0.1 … 0.3 … 0.7
    assert np.argsort(merits)[-1] == 5 and np.argsort(merits)[0] == 0 and (np.diff(merits[5:]) < 0).all()


def test_at_most_two_lines_with_one_end():
    lines = [("a", str(n), "moon") for n in range(5)]
    lines += [("b", str(n), end) for n, end in enumerate(["june", "tune", "spoon"])]
    chosen = choose(np.linspace(5, 0, 8), lines, 5)
    ends = [lines[place][-1] for place in chosen]
    assert chosen[0] == 0 and ends.count("moon") == 2 and len(set(chosen)) == 5


def test_a_line_like_a_chosen_one_comes_later():
    lines = [("the", "red", "boat"), ("the", "red", "coat"), ("my", "own", "goat")]
    assert choose(np.array([3.0, 2.9, 2.5]), lines, 2) == [0, 2]
    assert choose(np.array([3.0, 2.9, 2.5]), lines, 2, weights=Weights(alike=0.0)) == [0, 1]


def test_lines_that_were_chosen_before_count():
    lines = [("a", "b", "moon"), ("c", "d", "moon"), ("e", "f", "moon"), ("g", "h", "june")]
    assert choose(np.array([1.0, 2.0, 5.0, 0.0]), lines, 3, chosen=2) == [3]


def test_nothing_to_rank():
    nothing = Facts(**{field.name: np.zeros(0) for field in fields(Facts)})
    assert len(scores(nothing)) == 0 and choose(np.zeros(0), [], 3) == []
