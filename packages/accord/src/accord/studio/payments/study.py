"""A day under several settlement systems: everything that its page and its tables show, measured once.

`study` gives plain numbers for the page (amounts in cents, times in milliseconds since midnight) and Arrow tables for
the files.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...clearing import metrics as measured
from ...clearing.clock import HOUR, milliseconds
from ...clearing.compare import stress
from ...clearing.costs import Prices, costs
from ...clearing.day import Day
from ...clearing.generator import endowed
from ...clearing.logbook import Log
from ...clearing.network import by_bank as places_in_network
from ...clearing.network import network
from ...clearing.rules import Rules
from ...clearing.settled import Settled
from ...clearing.system import settle
from ...core.errors import BadPayments
from . import curves, layout

Watch = Callable[[str, int, int], None]
"""Told what is being done, how many parts of the work are done, and of how many."""

USUAL = ("rtgs", "bilateral", "cycles", "multilateral", "partial", "all")
"""The systems of a page by default: plain gross settlement, and each liquidity-saving mechanism."""

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
FEWER_SHARES = (0.0, 0.2, 0.5, 1.0)
LARGE = 20_000
"""From so many payments on, the frontier is drawn for two systems and fewer levels of liquidity."""

RIBBONS = 12
"""Banks whose balances are drawn: those with the largest value sent and received."""

STOP = milliseconds("10:00")


@dataclasses.dataclass(frozen=True)
class Request:
    """What to do with a log."""

    systems: Mapping[str, Rules]
    prices: Prices = dataclasses.field(default_factory=Prices)

    share: float | None = None
    """Where opening balances were set between the bounds of liquidity; None: they were given."""


@dataclasses.dataclass(frozen=True, eq=False)
class Study:
    """What came out."""

    facts: dict[str, Any]
    """For the page: numbers, lists, text."""

    tables: dict[str, Any]
    """For the files: `pyarrow.Table` by name."""


def study(log: Log, request: Request, watch: Watch = lambda *_: None) -> Study:
    """Settle a day under every system and measure it.

    Raises:
        BadPayments: no payment is left to settle.
        BadSetting: rules out of their range.
    """
    day = log.day
    if not len(day):
        raise BadPayments(f"No payment is left to settle: {log.summary()} Mend the log.")
    plan = _Plan(request, len(day), watch)
    settled = {name: plan(f"settling under {name}", lambda rules=rules: settle(day, rules))
               for name, rules in request.systems.items()}  # fmt: skip
    found = {name: measured.measure(one) for name, one in settled.items()}
    first, best = next(iter(settled)), better(found)
    levels = [_level(plan, day, name, request.systems[name], share) for name, share in plan.levels(first, best)]
    stops = _stress(plan, day, {name: request.systems[name] for name in dict.fromkeys((first, best))})
    begin, end = curves.span(list(settled.values()))
    facts = {
        "log": _log(log, request.share),
        "first": first,
        "best": best,
        "from": begin,
        "to": end,
        "systems": {
            name: {"metrics": dataclasses.asdict(found[name]), **_curves(one, begin, end)}
            for name, one in settled.items()
        },
        "definitions": {f.name: dict(f.metadata) for f in dataclasses.fields(measured.Metrics)},
        "arrivals": curves.cumulative(day.time, day.amount, curves.grid(begin, end, curves.POINTS)).tolist(),
        "guidelines": [list(pair) for pair in measured.CHAPS_GUIDELINES],
        "throughput": {name: _rows(measured.throughput(one).slice(0, 2)) for name, one in settled.items()},
        "hours": {name: _rows(measured.by_hour(one)) for name, one in settled.items()},
        "frontier": levels,
        "banks": measured.by_bank(settled[first]).to_pylist(),
        "costs": costs(settled[first], request.prices).table().to_pylist(),
        "costs_together": {name: int(costs(one, request.prices).total.sum()) for name, one in settled.items()},
        "prices": dataclasses.asdict(request.prices),
        "ribbons": _ribbons(settled[first], begin, end),
        "network": _network(settled[first]),
        "stress": [{name: value for name, value in stop.items() if name != "settled"} for stop in stops],
    }
    return Study(facts, _tables(log, settled, found, request, levels, stops))


def better(found: Mapping[str, measured.Metrics]) -> str:
    """The system that settles most; among equals the one with the least delay, then the one named first."""
    names = list(found)
    rate = lambda name: -found[name].settled_value
    delay = lambda name: found[name].delay_indicator or 0.0
    return min(names, key=lambda name: (rate(name), delay(name), names.index(name)))


class _Plan:
    """How much there is to do, and how much is done."""

    def __init__(self, request: Request, payments: int, watch: Watch) -> None:
        self.names, self.large, self.watch, self.done = list(request.systems), payments > LARGE, watch, 0
        systems = 2 if self.large else len(self.names)
        self.total = len(self.names) + systems * len(self.shares) + 8

    @property
    def shares(self) -> tuple[float, ...]:
        return FEWER_SHARES if self.large else SHARES

    def levels(self, first: str, best: str) -> list[tuple[str, float]]:
        netting = next((name for name in ("all", "all-bypass", "partial") if name in self.names), best)
        chosen = dict.fromkeys((first, netting)) if self.large else self.names
        return [(name, share) for name in chosen for share in self.shares]

    def __call__(self, what: str, work: Callable[[], Any]) -> Any:
        self.watch(what, self.done, self.total)
        result = work()
        self.done += 1
        return result


def _log(log: Log, share: float | None) -> dict[str, Any]:
    day = log.day
    return {
        "payments": len(day), "value": day.value, "banks": len(day.accounts), "currency": day.currency,
        "opens": day.opens, "closes": day.closes, "rejected": [dataclasses.asdict(row) for row in log.rejected],
        "share": share, "opening": int(day.accounts.opening.sum()),
    }  # fmt: skip


def _curves(settled: Settled, begin: int, end: int) -> dict[str, Any]:
    at = curves.grid(begin, end, curves.POINTS)
    return {
        "settled": curves.settled_curve(settled, at).tolist(),
        "queued": curves.queue_curve(settled, at).tolist(),
        "spells": [[s.start, s.end, s.kind, s.queued, s.settleable] for s in settled.spells],
        "mechanisms": measured.by_mechanism(settled).to_pylist(),
    }


def _level(plan: _Plan, day: Day, name: str, rules: Rules, share: float) -> dict[str, Any]:
    """One point of the frontier: opening balances between the bounds, no credit lines."""
    accounts = dataclasses.replace(day.accounts, credit=np.zeros_like(day.accounts.credit))
    funded = endowed(dataclasses.replace(day, accounts=accounts), share)
    rules = dataclasses.replace(rules, watch="off")
    found = plan(f"liquidity against delay, {name}", lambda: measured.measure(settle(funded, rules)))
    return {"system": name, "share": share, **dataclasses.asdict(found)}


def _stress(plan: _Plan, day: Day, systems: Mapping[str, Rules]) -> list[dict[str, Any]]:
    at = STOP if day.opens < STOP < day.closes else (day.opens + day.closes) // 2
    rows = []
    for name, rules in systems.items():
        rules = dataclasses.replace(rules, watch="off")
        for stopped in (1, 2) if len(day.accounts) > 3 else (1,):
            found = plan("stress test", lambda rules=rules, stopped=stopped: stress(day, rules, stopped, at))
            rows.append(
                {
                    "system": name, "stopped": list(found.stopped), "at": at, "missing": found.missing,
                    "shortfall": found.shortfall, "shortfall_before": found.shortfall_before,
                    "knock_on": found.knock_on,
                }
            )  # fmt: skip
    return rows


def _ribbons(settled: Settled, begin: int, end: int) -> dict[str, Any]:
    day, edges = settled.day, curves.grid(begin, end, curves.BINS)
    size = layout.strength(day)
    chosen = [int(bank) for bank in np.argsort(-size, kind="stable")[:RIBBONS] if size[bank]]
    hourly = np.append(np.arange(begin, end, HOUR), end)
    rows = []
    for bank, (low, high) in zip(chosen, curves.balance_ribbons(settled, chosen, edges), strict=True):
        at_hours = curves.balance_ribbons(settled, [bank], hourly)[0]
        rows.append(
            {
                "bank": day.name(bank), "low": low.tolist(), "high": high.tolist(),
                "queue": curves.queue_curve(settled, edges, bank).tolist(),
                "hourly_low": at_hours[0].tolist(),
                "hourly_queue": curves.queue_curve(settled, hourly, bank).tolist(),
            }
        )  # fmt: skip
    return {"hours": hourly.tolist(), "banks": rows}


def _network(settled: Settled) -> dict[str, Any]:
    day = settled.day
    size, flow, banks = layout.strength(day), layout.links(day), measured.by_bank(settled)
    seen = layout.standstill(settled)
    placed = layout.places(day)
    shown = {place.bank for place in placed}
    inside = {pair: value for pair, value in flow.items() if shown.issuperset(pair)}
    heavy = dict(sorted(inside.items(), key=lambda entry: (-entry[1], entry[0]))[: layout.MOST_LINKS])
    if seen:
        heavy |= {pair: flow[pair] for pair in seen.queued if pair in inside}
    name = day.name
    return {
        "nodes": [
            {
                "bank": name(p.bank), "number": p.bank, "x": p.x, "y": p.y, "core": p.core,
                "strength": int(size[p.bank]),
                "sent": banks["sent"][p.bank].as_py(), "received": banks["received"][p.bank].as_py(),
            }
            for p in placed
        ],
        "links": [
            {
                "from": i, "to": j, "value": value, "queued": seen.queued.get((i, j), 0) if seen else 0,
                "ring": bool(seen and (i, j) in seen.lit),
            }
            for (i, j), value in heavy.items()
        ],
        "names": {bank: name(bank) for bank in {end for pair in heavy for end in pair}},
        "of": int((size > 0).sum()),
        "all_links": len(flow),
        "moment": seen.time if seen else None,
        "gridlock": bool(seen and seen.gridlock),
        "queued": sum(seen.queued.values()) if seen else 0,
        "rings": [[[name(bank) for bank in ring], value] for ring, value in seen.rings] if seen else [],
        "statistics": network(day).table().to_pylist(),
    }  # fmt: skip


def _rows(table: Any) -> list[dict[str, Any]]:
    """The rows of a table; times of the day as whole milliseconds."""
    import pyarrow as pa

    for k, field in enumerate(table.schema):
        if pa.types.is_time(field.type):
            table = table.set_column(k, field.name, table[field.name].cast(pa.int32()))
    return table.to_pylist()


# ------------------------------------------------------------------------------------------------------------ the files


def _tables(
    log: Log, settled: Mapping[str, Settled], found: Mapping[str, measured.Metrics], request: Request,
    levels: list[dict[str, Any]], stops: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    import pyarrow as pa

    day, first = log.day, next(iter(settled.values()))
    each = lambda make: pa.concat_tables([_named(make(one), name) for name, one in settled.items()])
    return {
        "metrics": _metrics(found),
        "payments": _payments(settled),
        "banks": each(measured.by_bank),
        "hours": each(measured.by_hour),
        "mechanisms": each(measured.by_mechanism),
        "throughput": each(measured.throughput),
        "costs": each(lambda one: costs(one, request.prices).table()),
        "queue": each(lambda one: one.queue()),
        "spells": each(_spells),
        "frontier": pa.Table.from_pylist(levels),
        "stress": pa.Table.from_pylist([stop | {"stopped": "; ".join(stop["stopped"])} for stop in stops]),
        "balances": _named(first.balances(), next(iter(settled))),
        "network": network(day).table(),
        "network-banks": places_in_network(day),
        "accounts": day.accounts.table(),
        **({"rejected": log.table()} if log.rejected else {}),
    }


def _named(table: Any, system: str) -> Any:
    import pyarrow as pa

    return table.add_column(0, "system", pa.array([system] * len(table), pa.string()))


def _metrics(found: Mapping[str, measured.Metrics]) -> Any:
    """One row per metric: unit, definition, and a column per system."""
    table = next(iter(found.values())).table()
    for name, one in found.items():
        table = table.append_column(name, one.table()["value"])
    return table.select(["metric", *found, "unit", "definition"])


def _payments(settled: Mapping[str, Settled]) -> Any:
    """The payments, with when and how each settled under every system."""
    table = next(iter(settled.values())).day.table()
    for name, one in settled.items():
        own = one.table()
        table = table.append_column(f"settled_{name}", own["settled"])
        table = table.append_column(f"mechanism_{name}", own["mechanism"])
    return table


def _spells(settled: Settled) -> Any:
    import pyarrow as pa

    rows = [dataclasses.asdict(spell) for spell in settled.spells]
    whole, text = pa.int64(), pa.string()
    kinds = {"start": whole, "end": whole, "kind": text, "queued": whole, "settleable": whole}
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})
