"""Numbers with their uncertainty: 95 % intervals by drawing prompts again.

What is a sum over prompts divided by another is drawn with replacement (the bootstrap, Efron 1979). What counts
different things, as distinct-n, may not be: a prompt drawn twice repeats its words. There half of the prompts is drawn
without replacement, which has the spread of the whole (the delete-half jackknife of Shao and Wu 1989: the variance of a
mean of n/2 of n things is s² (2/n - 1/n) = s²/n).

Every draw is the same for every system with as many prompts, so the difference of two systems is paired.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

RESAMPLES = 2000
HALVES = 400
"""Draws of halves, whose statistics cost more."""
_SEED = 20221122


@dataclass(frozen=True)
class Estimate:
    """A number, and what it would have been for other prompts.

    Attributes:
        value: of all prompts.
        draws: of the prompts drawn again; not a number where a draw has nothing to count.
        n: prompts that the number rests on.
        share: whether it is a share, from 0 to 1. Where a share is all or nothing every draw is too; its interval then
            ends where so many prompts would be alike one time in forty (Clopper and Pearson 1934).
    """

    value: float
    draws: np.ndarray = field(repr=False, compare=False)
    n: int
    share: bool = False

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        if self.share and self.value == 1.0:
            return 0.025 ** (1 / self.n)
        return self._end(2.5)

    @property
    def high(self) -> float:
        """The upper end."""
        if self.share and self.value == 0.0:
            return 1.0 - 0.025 ** (1 / self.n)
        return self._end(97.5)

    def minus(self, other: Estimate) -> Estimate:
        """The difference, prompt draw by prompt draw where both were drawn alike."""
        paired = self.draws.shape == other.draws.shape
        draws = self.draws - other.draws if paired else np.array([])
        return Estimate(self.value - other.value, draws, min(self.n, other.n))

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "prompts": self.n}

    def _end(self, percent: float) -> float:
        sure = self.draws[~np.isnan(self.draws)]
        return float(np.percentile(sure, percent)) if len(sure) else math.nan


def exact(value: float, n: int = 0) -> Estimate:
    """A number that was given and not measured on prompts: it has no interval."""
    return Estimate(float(value), np.array([]), n)


def ratio(numerators: Any, denominators: Any) -> Estimate | None:
    """The sum of one thing over prompts divided by the sum of another; none if there is nothing to divide by.

    Args:
        numerators: of each prompt [prompts].
        denominators: of each prompt; 0 where it has nothing to count [prompts].
    """
    top, bottom = np.asarray(numerators, float), np.asarray(denominators, float)
    if not bottom.sum():
        return None
    weights = _weights(len(top))
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (weights @ top) / (weights @ bottom)
    draws[~np.isfinite(draws)] = np.nan
    return Estimate(float(top.sum() / bottom.sum()), draws, int((bottom > 0).sum()))


def share(hits: Any, counted: Any) -> Estimate | None:
    """`ratio` where the numerators are a part of the denominators."""
    found = ratio(hits, counted)
    return found and replace(found, share=True)


def mean(values: Any) -> Estimate | None:
    """The mean over prompts; a prompt that is not a number does not count."""
    numbers = np.asarray(values, float)
    counts = ~np.isnan(numbers)
    return ratio(np.where(counts, numbers, 0.0), counts)


def quantile(values: Any, share: float) -> Estimate | None:
    """A quantile over prompts, such as the 95th percentile of a time; a prompt that is not a number does not count."""
    numbers = np.asarray(values, float)
    counts = ~np.isnan(numbers)
    if not counts.any():
        return None
    weights = _weights(len(numbers))[:, counts]
    numbers = numbers[counts]
    order = np.argsort(numbers)
    reached = np.cumsum(weights[:, order], axis=1)
    place = (reached < share * reached[:, -1:]).sum(axis=1)  # the least value that this share of the weight is at
    draws = np.where(reached[:, -1] > 0, numbers[order][np.minimum(place, len(numbers) - 1)], np.nan)
    value = numbers[order][max(math.ceil(share * len(numbers)) - 1, 0)]
    return Estimate(float(value), draws, len(numbers))


def halves(prompts: int, statistic: Callable[[np.ndarray], float]) -> Estimate | None:
    """A statistic of pooled prompts with the interval by halves.

    Its value is the mean over the halves, so that it does not depend on how the size of the whole enters it.

    Args:
        prompts: how many.
        statistic: of the numbers of some prompts; not a number if it cannot be told.
    """
    draws = np.array([statistic(half) for half in _halves(prompts)])
    if not len(draws) or np.isnan(draws).all():
        return None
    return Estimate(float(np.nanmean(draws)), draws, prompts)


@functools.lru_cache(maxsize=8)
def _weights(n: int) -> np.ndarray:
    """How often each prompt is drawn [resamples, n]."""
    rng = np.random.default_rng(_SEED)
    return rng.multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.float64)


@functools.lru_cache(maxsize=8)
def _halves(n: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(_SEED)
    return tuple(np.sort(rng.permutation(n)[: n // 2]) for _ in range(HALVES if n > 1 else 0))
