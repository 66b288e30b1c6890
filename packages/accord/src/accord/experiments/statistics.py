"""What is said about several seeds: the interquartile mean and its 95 % bootstrap interval.

Source: Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical precipice" (arXiv 2108.13264):
aggregate by the interquartile mean, resample seeds within each task (the strata), report percentile intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

RESAMPLES = 2000
_SEED = 20230208


def interquartile_mean(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """Mean of the middle half: a quarter of the values, rounded down, is cut off on each side."""
    return stats.trim_mean(np.asarray(values, float), 0.25, axis=axis)


def band(values: Any, *, resamples: int = RESAMPLES) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Interquartile mean over seeds, and both ends of its interval, for each of many quantities.

    Args:
        values: `[seeds, ...]`. One seed has no spread to show: low = high = value.
    """
    return stratified_band([values], resamples=resamples)


def stratified_band(
    strata: Sequence[Any], *, resamples: int = RESAMPLES
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`band` over several groups of seeds (one per task), each resampled within itself."""
    groups = [np.asarray(group, float) for group in strata]
    if not groups or any(len(group) == 0 for group in groups):
        raise ValueError("An interval needs at least one value per group.")
    middle = interquartile_mean(np.concatenate(groups))
    if all(len(group) == 1 for group in groups):
        return middle, middle.copy(), middle.copy()
    rng = np.random.default_rng(_SEED)
    drawn = np.concatenate([group[rng.integers(len(group), size=(resamples, len(group)))] for group in groups], axis=1)
    low, high = np.percentile(interquartile_mean(drawn, axis=1), [2.5, 97.5], axis=0)
    return middle, low, high


def interval(values: Any) -> dict[str, Any]:
    """One quantity over seeds, as reports hold it."""
    per_seed = np.asarray(values, float)
    middle, low, high = band(per_seed)
    return {"iqm": float(middle), "low": float(low), "high": float(high), "per_seed": per_seed.tolist()}


def intervals(values: Any) -> list[dict[str, Any]]:
    """Several quantities over seeds (`[seeds, quantities]`), one interval each."""
    return [interval(column) for column in np.asarray(values, float).T]
