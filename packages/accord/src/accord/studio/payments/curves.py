"""Curves of a day, thinned to what a screen shows: whatever the number of payments, so many points."""

from __future__ import annotations

import numpy as np

from ...clearing.clock import HOUR
from ...clearing.settled import Settled

POINTS = 288
"""Points of a curve of the whole system."""

BINS = 120
"""Points of a ribbon of one bank."""


def span(days: list[Settled]) -> tuple[int, int]:
    """From the hour of the first submission to the hour of the last event, within the system's day (ms)."""
    day = days[0].day
    last = max([int(day.time[-1]), *(int(settled.time.max(initial=0)) for settled in days)])
    begin = int(day.time[0]) // HOUR * HOUR
    end = min(-(-last // HOUR) * HOUR, day.closes)
    if day.closes - end <= HOUR:
        end = day.closes
    return max(begin, day.opens), max(end, begin + HOUR // 60)


def grid(begin: int, end: int, count: int) -> np.ndarray:
    """Times at equal distances, both ends included, `int64[count + 1]`."""
    return begin + (end - begin) * np.arange(count + 1, dtype=np.int64) // count


def cumulative(times: np.ndarray, amounts: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Sums of the amounts whose times are not after each moment, exact, `int64`."""
    order = np.argsort(times, kind="stable")
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts[order])])
    return running[np.searchsorted(times[order], at, side="right")]


def bounds(times: np.ndarray, values: np.ndarray, before: int, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of a step function in each bin between edges; no dip between two points is lost.

    Args:
        times: at which the function changes, never falling.
        values: from each change on.
        before: the value before the first change.
        edges: of the bins; a bin holds what stands at its beginning and every change inside it.
    """
    levels = np.concatenate([np.array([before], np.int64), values])
    first = np.searchsorted(times, edges[:-1], side="right")
    last = np.searchsorted(times, edges[1:], side="left" if edges.size > 2 else "right")
    last[-1] = times.size
    last = np.maximum(last, first)
    low, high = levels[first].copy(), levels[first].copy()
    for k in np.flatnonzero(last > first).tolist():
        inside = levels[first[k] : last[k] + 1]
        low[k], high[k] = inside.min(), inside.max()
    return low, high


def settled_curve(settled: Settled, at: np.ndarray) -> np.ndarray:
    """Cents settled by each moment."""
    done = settled.done
    return cumulative(settled.time[done], settled.day.amount[done], at)


def queue_curve(settled: Settled, edges: np.ndarray, bank: int | None = None) -> np.ndarray:
    """The largest queued value in each bin, of one sender or of all, cents."""
    times, _, value = settled.queue_path(bank)
    return bounds(times, value, 0, edges)[1]


def balance_ribbons(settled: Settled, banks: list[int], edges: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Lowest and highest balance of some banks in each bin, cents."""
    seen, opening = settled.positions(), settled.day.accounts.opening
    found = []
    for bank in banks:
        begin, end = np.searchsorted(seen.bank, [bank, bank + 1])
        balance = opening[bank] + seen.position[begin:end]
        found.append(bounds(seen.time[begin:end], balance, int(opening[bank]), edges))
    return found
