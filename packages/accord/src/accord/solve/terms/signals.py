"""Signals: what can be seen of an action, as probabilities, and how far they lie apart."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..programs.linear import Optimum, minimise
from ..tables.numbers import fractions, rational, said, scaled


def bump(values: int, mean: float, spread: float, parts: int = 10**9) -> np.ndarray:
    """A bell-shaped signal on 0 .. values - 1, cut off at the ends: rational probabilities `[values]`.

    Args:
        values: how many different signals there are.
        mean: of the uncut bell.
        spread: its standard deviation.
        parts: density is rounded to so many parts of its top, then normalised.
    """
    weights = [round(parts * math.exp(-(((y - mean) / spread) ** 2) / 2)) for y in range(values)]
    return fractions(np.array(weights, object), sum(weights))


def blurred(signals: np.ndarray, quality: Any) -> np.ndarray:
    """Signals `[..., values]` mixed with uniform noise: the truth with probability `quality`, else anything.

    Raises:
        BadSetting: a quality outside [0, 1].
    """
    share = rational(quality)
    if not 0 <= share <= 1:
        raise BadSetting(f"quality={quality}, expected between 0 (useless) and 1 (as given).")
    return chances(signals) * share + (1 - share) / signals.shape[-1]


def chances(signals: Any) -> np.ndarray:
    """Probabilities `[..., values]` as rationals.

    Raises:
        BadGame: probabilities that are negative or don't add up to 1.
    """
    units, scale = scaled(np.asarray(signals))
    total = units.sum(axis=-1)
    if np.any(units < 0) or np.any(total != scale):
        wrong = Fraction(int(total.ravel()[np.argmax(np.ravel(total != scale))]), scale)
        raise BadGame(
            f"Chances of signals add up to {said(wrong)}, the least is {said(Fraction(int(units.min()), scale))}; "
            "expected 1, and none below 0. Give fractions where decimals are not exact."
        )
    return fractions(units, scale)


def earth_mover(one: Any, two: Any, distances: Any = None) -> Fraction:
    """The least mean distance over which one distribution must be moved to become the other: exact.

    On the line with unit steps it is the sum of the differences of the distribution functions; for other distances a
    transport program.

    Args:
        one: probabilities `[values]`.
        two: probabilities `[values]`.
        distances: between values, `[values, values]`; default |y - z|.
    """
    one, two = chances(one), chances(two)
    if distances is None:
        return sum((abs(gap) for gap in np.cumsum(one - two)[:-1]), Fraction(0))
    size, each = len(one), np.eye(len(one), dtype=int)
    sums = np.concatenate([np.kron(each, np.ones(size, int)), np.tile(each, size)])
    found = minimise(np.asarray(distances, object).ravel(), equal=(sums, np.concatenate([one, two])))
    return proven(found)


def proven(found: Optimum) -> Fraction:
    """The value of a program that must have one."""
    if found.value is None:
        raise BadSetting(f"The program has no optimum ({found.status}): {found.reason or 'check the numbers given'}.")
    return found.value
