"""Numbers by hand, and scipy's own bootstrap as the twin."""

import numpy as np
import pytest
from scipy import stats

from accord.experiments.statistics import band, interquartile_mean, interval, intervals, stratified_band


def test_the_middle_half_by_hand():
    assert interquartile_mean([1, 2, 3, 4, 100]) == pytest.approx(3.0)  # one of five is cut off on each side
    assert interquartile_mean([8, 1, 7, 2, 6, 3, 5, 4]) == pytest.approx(4.5)  # 3, 4, 5, 6
    assert interquartile_mean([1.0, 2.0]) == pytest.approx(1.5)  # a quarter of two is none


def test_one_seed_has_no_spread():
    assert interval([7.5]) == {"iqm": 7.5, "low": 7.5, "high": 7.5, "per_seed": [7.5]}


def test_equal_seeds_have_no_spread():
    got = interval([3.0] * 6)
    assert got["low"] == got["high"] == got["iqm"] == 3.0


def test_the_interval_is_scipys():
    values = np.random.default_rng(1).normal(10.0, 2.0, size=12)
    twin = stats.bootstrap(
        (values,), lambda x, axis: stats.trim_mean(x, 0.25, axis=axis), method="percentile", n_resamples=20_000, rng=2
    ).confidence_interval
    got = interval(values)
    spread = twin.high - twin.low
    assert got["low"] == pytest.approx(twin.low, abs=0.06 * spread)
    assert got["high"] == pytest.approx(twin.high, abs=0.06 * spread)
    assert got["low"] < got["iqm"] < got["high"]


def test_strata_are_resampled_apart():
    """Two tasks far from each other: mixing them would give an interval as wide as their distance."""
    rng = np.random.default_rng(3)
    tasks = [rng.normal(0.0, 1.0, 10), rng.normal(100.0, 1.0, 10)]
    twin = stats.bootstrap(
        tasks, lambda a, b, axis: stats.trim_mean(np.concatenate([a, b], axis=axis), 0.25, axis=axis),
        method="percentile", n_resamples=20_000, rng=4,
    ).confidence_interval
    middle, low, high = stratified_band(tasks)
    assert (low, high) == (pytest.approx(twin.low, abs=0.1), pytest.approx(twin.high, abs=0.1))
    assert high - low < 3.0 and low < middle < high
    mixed = band(np.concatenate(tasks))
    assert mixed[2] - mixed[1] > 20.0


def test_the_same_numbers_give_the_same_interval():
    values = np.random.default_rng(5).random((7, 3))
    assert intervals(values) == intervals(values)
    assert [part["iqm"] for part in intervals(values)] == pytest.approx(list(interquartile_mean(values)))


def test_no_values_are_refused():
    with pytest.raises(ValueError, match="at least one value"):
        band([])
