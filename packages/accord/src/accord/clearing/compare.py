"""One day under several settlement systems: side by side, at several levels of liquidity, with a sender missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .day import Day
from .generator import endowed
from .metrics import Metrics, bounds, measure, ratio
from .netting import summed
from .rules import RULES, Rules
from .settled import Settled
from .system import credit_of, settle

SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


def compare(day: Day, systems: Mapping[str, Rules] = RULES) -> Any:
    """Every metric under each system, as a `pyarrow.Table`: `system`, then a column per field of `Metrics`."""
    return _columns([({"system": name}, measure(settle(day, rules))) for name, rules in systems.items()])


def frontier(day: Day, systems: Mapping[str, Rules] = RULES, shares: Sequence[float] = SHARES) -> Any:
    """The trade of liquidity against delay, as a `pyarrow.Table`: `system`, `share`, then the fields of `Metrics`.

    Opening balances are set between the bounds of liquidity: the lower one at share 0, the upper one at share 1.
    """
    rows = [
        ({"system": name, "share": share}, measure(settle(endowed(day, share), rules)))
        for name, rules in systems.items()
        for share in shares
    ]
    return _columns(rows)


def _columns(rows: Sequence[tuple[dict[str, Any], Metrics]]) -> Any:
    import pyarrow as pa

    whole = {field.name: field.type.startswith("int") for field in dataclasses.fields(Metrics)}
    heads = {name: pa.array([head[name] for head, _ in rows]) for name in rows[0][0]}
    kind = lambda name: pa.int64() if whole[name] else pa.float64()
    return pa.table(heads | {name: pa.array([getattr(m, name) for _, m in rows], kind(name)) for name in whole})


@dataclasses.dataclass(frozen=True)
class Saving:
    """What the offsets of a system save against the same system without them. Amounts in cents."""

    used: int
    used_without: int
    settled: int
    settled_without: int
    delay_indicator: float | None
    delay_indicator_without: float | None

    @property
    def share(self) -> float | None:
        """Liquidity saved, as a share of what is used without; read it together with what settles in each case."""
        return ratio(self.used_without - self.used, self.used_without)


def saving(day: Day, rules: Rules) -> Saving:
    """Liquidity used, value settled and delay with the offsets of `rules` and without."""
    plain = dataclasses.replace(rules, bilateral=False, cycles=False, multilateral=False, partial=False)
    own, without = (measure(settle(day, which)) for which in (rules, plain))
    return Saving(
        own.used, without.used, own.settled_value, without.settled_value, own.delay_indicator, without.delay_indicator
    )


@dataclasses.dataclass(frozen=True, eq=False)
class Stress:
    """A day on which the largest senders stop sending. Amounts in cents, about the other banks only."""

    stopped: tuple[str, ...]
    missing: int
    """Value that the stopped banks did not submit."""

    shortfall: int
    """What the others lack even under end-of-day netting: sum of (lower bound of the stressed day - liquidity)+."""

    shortfall_before: int
    """The same on the day as it was."""

    knock_on: int
    """Value of the others' payments that settled on the day as it was and do not settle now."""

    settled: Settled
    """The stressed day."""


def stress(day: Day, rules: Rules, stopped: int = 1, at: int = 36_000_000) -> Stress:
    """Let the `stopped` largest senders (by value submitted) submit nothing from `at` on (ms of the day, 10:00).

    They still receive, and what they submitted before stays in the queue: an operational outage at the sender's, not
    at the system's.
    """
    banks = len(day.accounts)
    largest = np.argsort(-summed(day.sender, day.amount, banks), kind="stable")[:stopped]
    gone = np.isin(day.sender, largest) & (day.time >= at)
    rest = day.only(~gone)
    base, stressed = settle(day, rules), settle(rest, rules)
    others = ~np.isin(np.arange(banks), largest)
    funds = day.accounts.opening + credit_of(day, rules)
    lacking = lambda which: int(np.maximum(bounds(which)[0] - funds, 0)[others].sum())
    lost = base.done[~gone] & ~stressed.done & others[rest.sender]
    return Stress(
        tuple(day.accounts.banks[bank] for bank in largest), int(day.amount[gone].sum()), lacking(rest), lacking(day),
        int(rest.amount[lost].sum()), stressed,
    )
