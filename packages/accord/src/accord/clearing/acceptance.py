"""Generated days beside published figures: what matches, what misses, what cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .clock import HOUR
from .day import Day
from .metrics import by_hour, measure
from .network import Network, network
from .rules import RULES
from .system import settle


class Figure(NamedTuple):
    """A published statistic."""

    statistic: str
    low: float
    high: float
    published: str
    mark: str
    """`seen` in a public copy, `seen in a transcription`, or `recalled`."""

    source: str


FEDWIRE_FIGURES = (
    Figure("banks", 4500, 5700, "about 5,086", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("links", 69_000, 84_000, "about 76,600", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("connectivity", 0.0025, 0.0035, "0.3 %", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("reciprocity", 0.19, 0.25, "about 22 %", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("mean_degree", 13.5, 16.5, "15", "recalled (medium)", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("largest_out", 1500, 2300, "about 1,900", "recalled (medium)", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("tail_out", 2.0, 2.25, "2.1", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("tail_in", 2.0, 2.3, "2.15", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("clustering", 0.45, 0.61, "about 0.53", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("giant", 0.70, 0.86, "about 78 %", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("path_length", 2.4, 2.8, "2.6", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("diameter", 6, 7, "6 to 7", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("core_banks", 55, 80, "about 66", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("core_links", 150, 215, "about 181", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
    Figure("payments", 400_000, 475_000, "about 436,000", "recalled", "Fedwire 2004 Q1, Soramaki et al. 2007"),
)
LVTS_FIGURES = (
    Figure("payments", 38_000, 44_000, "about 41,000", "seen", "LVTS, encyclopedia"),
    Figure("banks", 14, 17, "16 to 17", "recalled (medium)", "LVTS, direct participants"),
    Figure("turnover", 10, 15, "10 to 15 (Australia 2008: 13)", "seen (13)", "value settled / liquidity used"),
)
LARGE = 1000
"""From so many banks on a day is held against Fedwire's network; below, its figures say nothing about a network."""


def acceptance(days: Day | Sequence[Day]) -> Any:
    """Days of one law beside the published figures, as a `pyarrow.Table`.

    Columns: `statistic`; `here` (mean over the days) and `spread` (standard deviation, null for one day); `published`;
    `mark` (how far the figure can be trusted); `source`; `verdict`: `meets`, `misses` (with by how much), `not
    comparable` (another size of system), or `no figure` (hourly shares and cumulative curve, whose published values
    exist in plots only). Small systems are held against LVTS, large ones against Fedwire. The turnover is that of
    gross settlement with a queue at the day's own opening balances.
    """
    days = [days] if isinstance(days, Day) else list(days)
    nets = [network(day) for day in days]
    large = len(days[0].accounts) >= LARGE
    figures = FEDWIRE_FIGURES if large else LVTS_FIGURES
    others = LVTS_FIGURES if large else FEDWIRE_FIGURES
    rows = [_row(figure, _values(figure, days, nets)) for figure in figures]
    known = {figure.statistic for figure in figures}
    rows += [_row(figure, _values(figure, days, nets), False) for figure in others if figure.statistic not in known]
    return _table([*rows, *_hourly(days), *_sizes(days, nets)])


def _values(figure: Figure, days: Sequence[Day], nets: Sequence[Network]) -> list[float]:
    """A statistic of each day; NaN where it has none."""
    if figure.statistic == "payments":
        return [float(len(day)) for day in days]
    if figure.statistic == "turnover":
        if len(days[0].accounts) >= LARGE:  # long to find, and held against nothing
            return [float("nan")]
        found = [measure(settle(day, RULES["bypass"])).turnover for day in days]
    else:
        found = [getattr(net, figure.statistic) for net in nets]
    return [float("nan") if value is None else float(value) for value in found]


def _row(figure: Figure, values: list[float], comparable: bool = True) -> dict[str, Any]:
    here = float(np.mean(values))
    if not comparable:
        verdict = "not comparable"
    elif figure.low <= here <= figure.high:
        verdict = "meets"
    elif np.isnan(here):
        verdict = "misses (too few banks to measure it)"
    else:
        near = figure.low if here < figure.low else figure.high
        verdict = f"misses ({here / near - 1:+.0%} from {near:g})"
    return {
        "statistic": figure.statistic, "here": here, "spread": _spread(values), "published": figure.published,
        "mark": figure.mark, "source": figure.source, "verdict": verdict,
    }


def _unpublished(statistic: str, values: Sequence[float]) -> dict[str, Any]:
    return {
        "statistic": statistic, "here": float(np.mean(values)), "spread": _spread(values), "published": "not found",
        "mark": "", "source": "", "verdict": "no figure",
    }


def _spread(values: Sequence[float]) -> float | None:
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def _hourly(days: Sequence[Day]) -> list[dict[str, Any]]:
    """Each hour's share of the value, and the share submitted by its end."""
    from .settled import Settled

    tables = []
    for day in days:
        nothing = np.full(len(day), -1, np.int64)
        unsettled = Settled(day, RULES["rtgs"], nothing, np.zeros(len(day), np.int8), nothing, np.zeros(0, np.int64))
        tables.append(by_hour(unsettled))
    pairs = zip(tables, days, strict=True)
    shares = np.array([np.asarray(table["submitted"]) / max(day.value, 1) for table, day in pairs])
    rows = []
    for hour in range(shares.shape[1]):
        clock = f"{(days[0].opens + hour * HOUR) // HOUR:02}:00"
        rows.append(_unpublished(f"share of value, hour from {clock}", shares[:, hour].tolist()))
        rows.append(_unpublished(f"cumulative share, hour from {clock}", shares[:, : hour + 1].sum(axis=1).tolist()))
    return rows


def _sizes(days: Sequence[Day], nets: Sequence[Network]) -> list[dict[str, Any]]:
    """What else describes a day."""
    top = lambda day, k: float(np.sort(np.bincount(day.sender, day.amount))[::-1][:k].sum() / max(day.value, 1))
    skew = lambda day: float(day.amount.mean() / np.median(day.amount)) if len(day) else float("nan")
    return [
        _unpublished("mean payment / median payment", [skew(day) for day in days]),
        _unpublished("share of value sent by the top bank", [top(day, 1) for day in days]),
        _unpublished("share of value sent by the top five", [top(day, 5) for day in days]),
        _unpublished("value HHI of senders", [net.value_hhi or 0.0 for net in nets]),
    ]


def _table(rows: list[dict[str, Any]]) -> Any:
    import pyarrow as pa

    names = ("statistic", "here", "spread", "published", "mark", "source", "verdict")
    kinds = {name: pa.float64() if name in ("here", "spread") else pa.string() for name in names}
    return pa.table({name: pa.array([row[name] for row in rows], kinds[name]) for name in names})
