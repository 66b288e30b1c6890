"""Rationals out of floats, and arrays of integers that share one denominator.

A tie decides which equilibria a game has, and floats break ties by rounding. So everything here is decided in integers:
an array of rationals is an integer array (`int64`, or Python integers where those are too small) and one scale.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame

READ_WITHIN = 2.0**-21
"""How far a rational may lie from the float that it was read from, relative to max(1, |x|): four roundings of a
`float32`. The simplest rational within it is taken, so 0.3f is 3/10."""

_SMALL = 2**62


def simplest(value: float, within: float | None = None) -> Fraction:
    """The rational with the smallest denominator within `within` of a float. Source: the Stern-Brocot tree."""
    if not math.isfinite(value):
        raise BadGame(f"A payoff or probability is {value}, expected a finite number. Guard divisions and logarithms.")
    exact = Fraction(float(value))
    slack = Fraction(READ_WITHIN * max(1.0, abs(value)) if within is None else within)
    return _between(exact - slack, exact + slack)


def _between(low: Fraction, high: Fraction) -> Fraction:
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -_between(-high, -low)
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    floor = whole - 1
    return floor + 1 / _between(1 / (high - floor), 1 / (low - floor))


def rational(value: Any) -> Fraction:
    """A number as a rational: integers, fractions and text such as "3/10" as they are, floats read by `simplest`."""
    if isinstance(value, float | np.floating):
        return simplest(float(value))
    if isinstance(value, np.integer | np.bool_):
        return Fraction(int(value))
    return Fraction(value)


def scaled(values: Any) -> tuple[np.ndarray, int]:
    """An array of numbers as integers over one denominator: `values = integers / scale`.

    Args:
        values: an array-like of floats (read by `simplest`), integers, fractions or text.
    """
    array = np.asarray(values) if not isinstance(values, np.ndarray) else values
    if array.dtype.kind in "iub":
        return array.astype(np.int64), 1
    if array.dtype.kind == "f":
        distinct, where = np.unique(array, return_inverse=True)
        fractions = [simplest(float(value)) for value in distinct]
    else:
        flat = array.ravel()
        fractions, where = [rational(value) for value in flat], np.arange(flat.size)
    scale = math.lcm(*(fraction.denominator for fraction in fractions)) if fractions else 1
    whole = [int(fraction * scale) for fraction in fractions]
    return tight(np.array(whole, object)[where].reshape(array.shape)), scale


def tight(integers: np.ndarray) -> np.ndarray:
    """Integers as `int64` where sums of a few of them cannot overflow, else as Python integers."""
    if integers.size == 0:
        return integers.astype(np.int64)
    top = max(abs(int(integers.max())), abs(int(integers.min())))
    return integers.astype(np.int64) if top * 2**20 < _SMALL else integers.astype(object)


def together(*parts: tuple[np.ndarray, int]) -> tuple[list[np.ndarray], int]:
    """Several scaled arrays over one common denominator."""
    scale = math.lcm(*(part[1] for part in parts))
    return [tight(integers.astype(object) * (scale // own)) for integers, own in parts], scale


def fractions(integers: np.ndarray, scale: int) -> np.ndarray:
    """The rationals themselves, as an object array of `Fraction`."""
    flat = np.empty(integers.size, object)
    flat[:] = [Fraction(int(value), scale) for value in integers.flat]
    return flat.reshape(integers.shape)


def said(value: Fraction | float) -> str:
    """A rational for people: short decimals as decimals, others as p/q."""
    value = Fraction(value)
    for digits in range(7):
        if (value * 10**digits).denominator == 1:
            return f"{float(value):.{digits}f}"
    return f"{value.numerator}/{value.denominator}" if value.denominator < 10_000 else f"{float(value):.6g}"
