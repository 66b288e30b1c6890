"""Rationals out of floats."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.core.errors import BadGame
from accord.solve.tables.numbers import fractions, rational, said, scaled, simplest, tight, together


@given(st.integers(-3000, 3000), st.integers(1, 400))
def test_every_short_fraction_survives_single_precision(numerator, denominator):
    fraction = Fraction(numerator, denominator)
    assert simplest(float(np.float32(float(fraction)))) == fraction


@given(st.floats(-50, 50), st.sampled_from([1e-6, 1e-3, 0.1]))
def test_nothing_simpler_lies_within_reach(value, within):
    found = simplest(value, within)
    assert abs(found - Fraction(value)) <= Fraction(within)
    for denominator in range(1, min(found.denominator, 200)):
        nearest = Fraction(round(value * denominator), denominator)
        assert abs(nearest - Fraction(value)) > Fraction(within)


def test_a_sum_in_single_precision_is_read_as_meant():
    share = np.float32(1.2) / np.float32(4)
    assert simplest(float(share + share + share - np.float32(1))) == Fraction(-1, 10)


def test_what_is_not_finite_is_refused():
    with pytest.raises(BadGame, match="nan, expected a finite number"):
        simplest(float("nan"))


def test_arrays_share_one_denominator():
    units, scale = scaled(np.array([[0.5, 0.1], [1 / 3, -2.0]]))
    assert scale == 30
    assert units.tolist() == [[15, 3], [10, -60]] and units.dtype == np.int64
    assert scaled(["3/10", 2, Fraction(1, 4)]) [1] == 20
    assert fractions(units, scale)[1, 0] == Fraction(1, 3)
    (a, b), common = together((units, scale), (np.array([1]), 4))
    assert common == 60 and a[0, 0] == 30 and b[0] == 15


def test_large_integers_stay_exact():
    big = np.array([2**70, 1], object)
    assert tight(big).dtype == object and tight(big)[0] == 2**70
    assert tight(np.array([2**30], object)).dtype == np.int64


def test_numbers_for_people():
    assert [said(Fraction(text)) for text in ("1/3", "-1/8", "3", "0.0001")] == ["1/3", "-0.125", "3", "0.0001"]
    assert rational("3/10") == rational(0.3) == Fraction(3, 10)
