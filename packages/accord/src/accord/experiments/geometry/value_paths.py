"""All methods from the published starts on one process; those that draw, over several seeds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ...geometry.paths import METHODS, STARTS, Path, started
from ...geometry.process import Process
from ..statistics import interval


@dataclasses.dataclass(frozen=True, eq=False)
class Walk:
    """One method on one process."""

    method: str
    paths: tuple[Path, ...]
    """From each start, with the first seed."""

    errors: tuple[dict[str, Any], ...]
    """For each start, the largest difference to the optimal values at the end: an interval over seeds."""

    outside: tuple[dict[str, Any], ...]
    """For each start, how many iterates no policy is worth: an interval over seeds."""


def walks(process: Process, seeds: int = 10, watch: Callable[[str, int, int], None] | None = None) -> list[Walk]:
    """Run every method of `accord.geometry.paths.METHODS`.

    Args:
        process: where.
        seeds: how many runs of a method that draws.
        watch: is told which method comes next, how many are done, and of how many.
    """
    optimal = process.optimal()[0]
    found = []
    for done, (name, method) in enumerate(METHODS.items()):
        if watch:
            watch(f"{method.title} on {process.name}", done, len(METHODS))
        runs = [
            [method.run(process, started(process, start), np.random.default_rng(seed)) for start in STARTS]
            for seed in range(seeds if method.random else 1)
        ]
        over = lambda measure, runs=runs: tuple(interval([measure(run[i]) for run in runs]) for i in range(len(STARTS)))
        found.append(Walk(name, tuple(runs[0]), over(lambda path: path.error(optimal)), over(lambda path: path.left)))
    return found
