"""Intervals against closed forms."""

import math

import numpy as np
import pytest

from quatrain.evaluate import intervals


def test_a_mean_has_the_spread_of_a_mean():
    values = np.random.default_rng(0).normal(3.0, 2.0, 200)
    found = intervals.mean(values)
    assert found.value == pytest.approx(values.mean()) and found.n == 200
    wide = 1.96 * values.std() / math.sqrt(200)
    assert found.low == pytest.approx(values.mean() - wide, abs=0.06)
    assert found.high == pytest.approx(values.mean() + wide, abs=0.06)


def test_halves_have_the_spread_of_the_whole():
    values = np.random.default_rng(1).normal(0.0, 1.0, 200)
    found = intervals.halves(200, lambda some: float(values[some].mean()))
    assert found.value == pytest.approx(values.mean(), abs=0.02)
    assert found.draws.std() == pytest.approx(values.std() / math.sqrt(200), rel=0.15)


def test_a_ratio_is_of_sums_and_not_of_shares():
    found = intervals.ratio([1, 0, 0], [1, 9, 0])
    assert found.value == pytest.approx(0.1) and found.n == 2
    assert intervals.ratio([0, 0], [0, 0]) is None


def test_what_is_no_number_does_not_count():
    found = intervals.mean([1.0, math.nan, 3.0])
    assert found.value == 2.0 and found.n == 2
    assert intervals.quantile([math.nan], 0.5) is None


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (1.0, 100), (0.001, 1)])
def test_quantiles_of_the_first_hundred_numbers(share, value):
    found = intervals.quantile(np.random.default_rng(0).permutation(np.arange(1, 101)), share)
    assert found.value == value
    assert found.low <= value <= found.high


def test_all_or_nothing_still_has_an_interval():
    """Nothing in 200 prompts: what would show nothing one time in forty is 1 - 0.025^(1/200) = 1.83 %."""
    none = intervals.share(np.zeros(200), np.ones(200))
    assert (none.value, none.low) == (0.0, 0.0) and none.high == pytest.approx(0.01828, abs=1e-5)
    every = intervals.share(np.ones(200), np.ones(200))
    assert (every.value, every.high) == (1.0, 1.0) and every.low == pytest.approx(0.98172, abs=1e-5)


def test_differences_are_paired():
    values = np.random.default_rng(2).normal(0.0, 5.0, 100)
    one, other = intervals.mean(values + 1.0), intervals.mean(values)
    difference = one.minus(other)
    assert difference.value == pytest.approx(1.0)
    assert difference.low == pytest.approx(1.0) and difference.high == pytest.approx(1.0)


def test_a_number_that_was_given_has_no_interval():
    given = intervals.exact(3.0)
    assert given.value == 3.0 and math.isnan(given.low) and math.isnan(given.high)
    assert math.isnan(intervals.mean([1.0, 2.0]).minus(given).low)
