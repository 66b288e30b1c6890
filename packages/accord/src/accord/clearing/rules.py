"""What a settlement system does with a payment: its queue, its credit, its offsets, its close."""

from __future__ import annotations

import dataclasses
import enum
from typing import Literal

from ..core.errors import BadSetting, UnknownName
from ..core.settings import bounded
from .clock import MINUTE

HIGHLY_URGENT, URGENT, NORMAL = range(3)
"""Priorities, the first served first. Only normal payments mind reserves and limits."""


class Mechanism(enum.IntEnum):
    """What settled a payment."""

    UNSETTLED = 0
    ENTRY = 1  # at once, from the sender's balance and credit
    QUEUE = 2  # later, from the sender's balance and credit
    BILATERAL = 3
    CYCLE = 4
    MULTILATERAL = 5
    PARTIAL = 6
    CLOSE = 7  # at the close, with the lender of last resort


OFFSETS = (Mechanism.BILATERAL, Mechanism.CYCLE, Mechanism.MULTILATERAL, Mechanism.PARTIAL)
"""The liquidity-saving mechanisms: several payments at once, of which only the net is funded."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """The rules of a settlement system. The default is plain real-time gross settlement with a FIFO queue."""

    queue: Literal["fifo", "bypass"] = "fifo"
    """`fifo`: a bank's payments settle in order, the head blocks the rest. `bypass`: a payment that cannot be funded is
    passed over, and the next ones in order are tried. Offsets keep to the order too: under `fifo` none takes a payment
    before all of the sender's payments ahead of it; under `bypass`, bilateral offsets and cycles keep the order within
    a pair of banks only."""

    priorities: bool = True
    """Urgent payments stand before normal ones in the queue. Without, all payments count as normal."""

    credit: Literal["none", "priced", "collateralised"] = "none"
    """`priced`: a bank may overdraw its account down to its credit line. `collateralised`: the line is collateral, of
    which `haircut` does not count. What either costs: see `clearing.costs`."""

    haircut: float = bounded(0.0, 0.0, 1.0, "share of the collateral that gives no credit")

    bilateral: bool = False
    """Offset payments of two banks against each other: when one enters the queue, and at each run."""

    cycles: bool = False
    """At each run, settle rings of three and more banks, each with its next payment to the following one."""

    longest_cycle: int = bounded(5, 3, 10, "most banks in a ring")

    multilateral: bool = False
    """At each run, settle the whole queue at once if every bank can fund its net."""

    partial: bool = False
    """At each run, settle the largest part of the queue that keeps the order of every bank (Bech and Soramaki)."""

    every: int = bounded(5 * MINUTE, 0, 2**31, "milliseconds between two runs of the offsets; 0: after every event")

    limits: bool = True
    """Keep to the bilateral and multilateral net sender limits of the accounts."""

    reserves: bool = True
    """Keep the accounts' reserves for urgent payments."""

    close: Literal["leave", "lend"] = "leave"
    """`leave`: what is queued at the close stays unsettled, overdrafts stay as they are. `lend`: all of it settles at
    once, and the lender of last resort lends each bank what its account is then below zero."""

    watch: Literal["off", "runs", "events"] = "runs"
    """When to look whether a queue that stands still is a gridlock or a deadlock. `runs`: before each run, and the
    answer stands for the time since the run before, or since the queue began to fill. `events`: after every event;
    exact, and slow with long queues."""

    @property
    def runs(self) -> bool:
        """Whether any offset runs from time to time."""
        return self.bilateral or self.cycles or self.multilateral or self.partial


RULES: dict[str, Rules] = {
    "rtgs": Rules(),
    "bypass": Rules(queue="bypass"),
    "bilateral": Rules(bilateral=True),
    "cycles": Rules(bilateral=True, cycles=True),
    "multilateral": Rules(multilateral=True),
    "partial": Rules(partial=True),
    "all": Rules(bilateral=True, cycles=True, multilateral=True, partial=True),
    "all-bypass": Rules(queue="bypass", bilateral=True, cycles=True, multilateral=True, partial=True),
}
"""Settlement systems by name, from plain gross settlement to every offset."""


def named(name: str) -> Rules:
    """Rules by their name.

    Raises:
        UnknownName: no such rules, with the nearest.
    """
    if name not in RULES:
        raise UnknownName("settlement system", name, RULES)
    return RULES[name]


def checked(rules: Rules) -> Rules:
    """The same rules, after every value was held against its range.

    Raises:
        BadSetting: the first that does not fit.
    """
    from ..core.settings import checked as within

    if not isinstance(rules, Rules):
        raise BadSetting(f"rules={rules!r}, expected Rules. Take one by name: accord.clearing.named('partial').")
    return within(rules)
