"""The network of a day: banks as nodes, a directed link where one pays another, its weight the value paid.

On sparse matrices of scipy, which the project has anyway; loaded when a network is measured.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from .day import Day
from .metrics import metric
from .netting import summed

VALUE_CORE = 0.75
"""The value core is the smallest set of links that carries this share of the day's value, with their banks."""

MOST_SOURCES = 256
"""Path lengths start from at most so many banks, evenly spread over the list."""


@dataclasses.dataclass(frozen=True)
class Network:
    """A day's network in numbers; definitions as metadata and in `table()`.

    Source: the statistics of Soramaki, Bech, Arnold, Glass and Beyeler 2007 on Fedwire, defined here where the paper's
    own wording was not seen.
    """

    banks: int = metric("banks", "that send or receive")
    links: int = metric("links", "ordered pairs of banks with a payment")
    connectivity: float | None = metric("share", "links / (banks x (banks - 1))")
    reciprocity: float | None = metric("share of links", "whose opposite is a link too")
    mean_degree: float | None = metric("links", "links / banks")
    largest_out: int = metric("links", "largest number of banks that one pays")
    largest_in: int = metric("links", "largest number of banks that pay one")
    tail_out: float | None = metric("exponent", "power law of out-degrees, discrete maximum likelihood (`tail`)")
    tail_in: float | None = metric("exponent", "power law of in-degrees, discrete maximum likelihood (`tail`)")
    clustering: float | None = metric(
        "share", "mean over banks that pay two or more of the share of links present among those they pay"
    )
    giant: float | None = metric("share of banks", "in the largest strongly connected component")
    path_length: float | None = metric("links", "mean shortest path within that component")
    diameter: int | None = metric("links", "longest shortest path seen within that component")
    core_links: int = metric("links", "in the value core: fewest links that carry 75 % of the value")
    core_banks: int = metric("banks", "at an end of a link of the value core")
    top_link_share: float | None = metric("share of value", "on the 1 % of links with the largest values, at least one")
    value_hhi: float | None = metric("0 to 1", "sum over banks of squared shares of value sent (Herfindahl)")

    def table(self) -> Any:
        """One row per statistic: `metric, value, unit, definition`, as a `pyarrow.Table`."""
        import pyarrow as pa

        fields = dataclasses.fields(self)
        values = [getattr(self, field.name) for field in fields]
        return pa.table(
            {
                "metric": [field.name for field in fields],
                "value": pa.array([None if value is None else float(value) for value in values], pa.float64()),
                "unit": [field.metadata["unit"] for field in fields],
                "definition": [field.metadata["definition"] for field in fields],
            }
        )


def weights(day: Day) -> Any:
    """Value paid from row to column, `scipy.sparse.csr_array[banks, banks]`, cents as float64."""
    from scipy.sparse import coo_array

    banks = len(day.accounts)
    return coo_array((day.amount.astype(float), (day.sender, day.receiver)), shape=(banks, banks)).tocsr()


def network(day: Day) -> Network:
    """Every network statistic of a day."""
    value = weights(day)
    active = np.flatnonzero(value.sum(axis=0) + value.sum(axis=1))
    value = value[active][:, active]
    linked = (value > 0).astype(np.int64)
    out, into = (np.asarray(linked.sum(axis=axis)).ravel() for axis in (1, 0))
    banks, links = active.size, int(linked.nnz)
    component = giant_component(linked)
    length, diameter = paths(linked, component)
    ranked = np.sort(value.data)[::-1]
    core = int(np.searchsorted(np.cumsum(ranked), VALUE_CORE * ranked.sum() * (1 - 1e-12))) + 1 if links else 0
    ends = value.tocoo()
    chosen = np.argsort(-ends.data, kind="stable")[:core]
    core_banks = np.unique(np.concatenate([ends.row[chosen], ends.col[chosen]])).size
    sent = np.asarray(value.sum(axis=1)).ravel()
    share = lambda above, below: float(above / below) if below else None
    return Network(
        banks=banks, links=links, mean_degree=share(links, banks),
        connectivity=share(links, banks * (banks - 1)), reciprocity=share(linked.multiply(linked.T).sum(), links),
        largest_out=int(out.max(initial=0)), largest_in=int(into.max(initial=0)),
        tail_out=tail(out), tail_in=tail(into),
        clustering=mean(clustering(linked)), giant=share(component.size, banks),
        path_length=length, diameter=diameter,
        core_links=core, core_banks=core_banks,
        top_link_share=share(ranked[: max(1, links // 100)].sum(), ranked.sum()),
        value_hhi=share((sent**2).sum(), sent.sum() ** 2),
    )


def by_bank(day: Day, sinks: int = 100) -> Any:
    """One row per bank, as a `pyarrow.Table`.

    Columns: `bank`; `degree_out`, `degree_in` (banks paid, banks paying); `strength_out`, `strength_in` (cents);
    `pagerank` (random walk along payments by value, damping 0.85); `sinkrank` (1 / mean expected number of hops of a
    unit of money to this bank, from a bank drawn at random, if whatever reaches it stays there: within the largest
    strongly connected component, and for its `sinks` strongest banks, others null); `clustering` (as in `Network`).

    Source: SinkRank after Soramaki and Cook 2013.
    """
    import pyarrow as pa

    value = weights(day)
    linked = (value > 0).astype(np.int64)
    sums = lambda matrix, axis: np.asarray(matrix.sum(axis=axis)).ravel()
    ranks, strength = np.full(len(day.accounts), math.nan), sums(value, 0) + sums(value, 1)
    component = giant_component(linked)
    inside = value[component][:, component]
    for place in np.argsort(-strength[component], kind="stable")[:sinks].tolist():
        if component.size > 1:
            ranks[component[place]] = 1.0 / float(hops(inside, place).mean())
    local = clustering(linked)
    return pa.table(
        {
            "bank": list(day.accounts.banks), "degree_out": sums(linked, 1), "degree_in": sums(linked, 0),
            "strength_out": summed(day.sender, day.amount, len(day.accounts)),
            "strength_in": summed(day.receiver, day.amount, len(day.accounts)),
            "pagerank": pagerank(value), "sinkrank": pa.array(ranks, mask=np.isnan(ranks)),
            "clustering": pa.array(local, mask=np.isnan(local)),
        }
    )


def mean(values: np.ndarray) -> float | None:
    """The mean of the numbers among some values, or `None`."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


def clustering(linked: Any) -> np.ndarray:
    """Share of the ordered pairs among a bank's payees that are links, `[banks]`; NaN below two payees."""
    out = np.asarray(linked.sum(axis=1)).ravel()
    among = np.asarray((linked @ linked).multiply(linked).sum(axis=1)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(out > 1, among / (out * (out - 1.0)), math.nan)


def giant_component(linked: Any) -> np.ndarray:
    """Banks of the largest strongly connected component."""
    from scipy.sparse.csgraph import connected_components

    if not linked.shape[0]:
        return np.zeros(0, np.int64)
    _, label = connected_components(linked, directed=True, connection="strong")
    return np.flatnonzero(label == np.bincount(label).argmax())


def paths(linked: Any, component: np.ndarray) -> tuple[float | None, int | None]:
    """Mean and largest shortest path between banks of a component (see `MOST_SOURCES`)."""
    from scipy.sparse.csgraph import shortest_path

    if component.size < 2:
        return None, None
    inside = linked[component][:, component]
    sources = np.unique(np.linspace(0, component.size - 1, min(component.size, MOST_SOURCES)).astype(int))
    length = shortest_path(inside.astype(float), directed=True, unweighted=True, indices=sources)
    return float(length.sum() / (sources.size * (component.size - 1))), int(length.max())


def tail(degrees: np.ndarray, fewest: int = 25) -> float | None:
    """Exponent of a power law fitted to the tail of some degrees, or `None` where the tail has too few banks.

    Source: Clauset, Shalizi and Newman 2009: the discrete estimator 1 + n / sum log(k / (low - 1/2)), with the `low`
    whose fit is nearest in Kolmogorov-Smirnov distance (against the continuous law shifted by 1/2).
    """
    degrees = np.sort(degrees[degrees > 0])
    best: tuple[float, float] | None = None
    for low in np.unique(degrees):
        above = degrees[degrees >= low]
        if above.size < fewest or above[0] == above[-1]:
            break
        exponent = 1.0 + above.size / float(np.log(above / (low - 0.5)).sum())
        distinct, first = np.unique(above, return_index=True)
        fitted = ((distinct - 0.5) / (low - 0.5)) ** (1.0 - exponent)
        distance = float(np.abs(1.0 - first / above.size - fitted).max())
        if best is None or distance < best[0]:
            best = (distance, exponent)
    return best[1] if best else None


def pagerank(value: Any, damping: float = 0.85, tolerance: float = 1e-12) -> np.ndarray:
    """Stationary chances of a walk along payments by value, `[banks]`; from one that pays nobody it goes anywhere."""
    banks = value.shape[0]
    out = np.asarray(value.sum(axis=1)).ravel()
    scale = np.divide(1.0, out, out=np.zeros(banks), where=out > 0)
    rank = np.full(banks, 1.0 / banks)
    for _ in range(1000):
        following = damping * (value.T @ (rank * scale) + rank[out == 0].sum() / banks) + (1.0 - damping) / banks
        if np.abs(following - rank).sum() < tolerance:
            break
        rank = following
    return rank / rank.sum()


def hops(value: Any, sink: int) -> np.ndarray:
    """Expected number of payments until money at each other bank reaches the sink, `[banks - 1]`; one linear solve."""
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import spsolve

    others = np.delete(np.arange(value.shape[0]), sink)
    out = np.asarray(value.sum(axis=1)).ravel()[others]
    inside = value[others][:, others].multiply(1.0 / out[:, None])
    return np.asarray(spsolve(csc_array(eye_array(others.size) - inside), np.ones(others.size))).reshape(-1)
