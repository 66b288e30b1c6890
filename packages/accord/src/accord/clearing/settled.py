"""A day after settlement: when and how each payment settled, and how balances and queues moved."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from .clock import NO_TIME
from .day import Day
from .rules import OFFSETS, Mechanism, Rules
from .spells import Spell


class Positions(NamedTuple):
    """How the banks' positions moved: one entry per bank and event that touched it, sorted by bank, then event."""

    bank: np.ndarray
    event: np.ndarray
    time: np.ndarray  # milliseconds since midnight
    position: np.ndarray  # cents received less cents paid since the opening, after the event


@dataclasses.dataclass(frozen=True, eq=False)
class Settled:
    """A settled day. Columns have one entry per payment, in the order of `day`."""

    day: Day
    rules: Rules

    time: np.ndarray
    """Settlement in milliseconds since midnight, `int64`; -1 if the payment did not settle."""

    mechanism: np.ndarray
    """What settled it, a `Mechanism`, `int8`."""

    event: np.ndarray
    """The number of the event, counted from the opening, `int64`; payments that settled together share it; -1 if the
    payment did not settle. Balances hold between events, not inside one."""

    lent: np.ndarray
    """What the lender of last resort lent each bank at the close, cents, `int64[banks]`."""

    spells: tuple[Spell, ...] = ()
    """Gridlocks and deadlocks, in order of time (see `Rules.watch`)."""

    @property
    def done(self) -> np.ndarray:
        """Which payments settled, a mask."""
        return self.time >= 0

    @property
    def value(self) -> int:
        """Cents settled."""
        return int(self.day.amount[self.done].sum())

    @property
    def unsettled(self) -> int:
        """Cents that did not settle."""
        return self.day.value - self.value

    @property
    def closing(self) -> np.ndarray:
        """Balances after the close, loans of the lender of last resort included, cents, `int64[banks]`."""
        return self.day.accounts.opening + self.lent + net_received(self.day, self.done)

    def positions(self) -> Positions:
        """How every bank's position moved during the day."""
        return positions(self.day, self.event, self.time)

    def offset(self) -> np.ndarray:
        """Which payments settled through a liquidity-saving mechanism, a mask."""
        return np.isin(self.mechanism, [int(kind) for kind in OFFSETS])

    def table(self) -> Any:
        """The day's table with `settled` (`time32[ms]`, null if not), `mechanism` (text) and `event`."""
        import pyarrow as pa

        left = ~self.done
        clock = pa.array(self.time.astype(np.int32), pa.int32(), mask=left).cast(pa.time32("ms"))
        names = pa.array([kind.name.lower() for kind in Mechanism], pa.string())
        mechanism = pa.DictionaryArray.from_arrays(pa.array(self.mechanism.astype(np.int32)), names)
        table = self.day.table().append_column("settled", clock).append_column("mechanism", mechanism)
        return table.append_column("event", pa.array(self.event, mask=left))

    def balances(self) -> Any:
        """Balances after every event that touched a bank, as a `pyarrow.Table`: `bank, event, time, balance`.

        The first row of each bank is the opening (event null). The lender's loans come after the last event.
        """
        import pyarrow as pa

        seen, accounts = self.positions(), self.day.accounts
        everyone = np.arange(len(accounts))
        bank = np.concatenate([everyone, seen.bank])
        event = np.concatenate([np.full(len(accounts), -1), seen.event])
        time = np.concatenate([np.full(len(accounts), self.day.opens), seen.time])
        balance = np.concatenate([accounts.opening, accounts.opening[seen.bank] + seen.position])
        order = np.lexsort((event, bank))
        names = pa.array(accounts.banks, pa.string())
        return pa.table(
            {
                "bank": pa.DictionaryArray.from_arrays(pa.array(bank[order].astype(np.int32)), names),
                "event": pa.array(event[order], mask=event[order] < 0),
                "time": pa.array(time[order].astype(np.int32), pa.int32()).cast(pa.time32("ms")),
                "balance": balance[order],
            }
        )

    def queue(self) -> Any:
        """The queue over the day, as a `pyarrow.Table`: `time, payments, value` after each moment at which it changed.

        A payment is in the queue from its submission to its settlement, or to the close; one that settles in the
        moment of its submission never is.
        """
        import pyarrow as pa

        moments, payments, value = self.queue_path()
        clock = pa.array(moments.astype(np.int32), pa.int32()).cast(pa.time32("ms"))
        return pa.table({"time": clock, "payments": payments, "value": value})

    def queue_path(self, bank: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Times, number of queued payments and cents queued from then on; of one sender, or of all."""
        waited = self.day.time != self.time
        if bank is not None:
            waited &= self.day.sender == bank
        gone = waited & self.done
        times = np.concatenate([self.day.time[waited], self.time[gone]])
        count = np.concatenate([np.ones(waited.sum(), np.int64), -np.ones(gone.sum(), np.int64)])
        value = np.concatenate([self.day.amount[waited], -self.day.amount[gone]])
        order = np.argsort(times, kind="stable")
        last = np.flatnonzero(np.diff(times[order], append=NO_TIME))
        return times[order][last], np.cumsum(count[order])[last], np.cumsum(value[order])[last]


def net_received(day: Day, chosen: np.ndarray) -> np.ndarray:
    """What each bank receives less what it pays in some of the payments (a mask), cents, `int64[banks]`."""
    net = np.zeros(len(day.accounts), np.int64)
    np.add.at(net, day.receiver[chosen], day.amount[chosen])
    np.subtract.at(net, day.sender[chosen], day.amount[chosen])
    return net


def positions(day: Day, event: np.ndarray, time: np.ndarray) -> Positions:
    """How positions move if payments settle in these events (-1: never), at these times."""
    done = np.flatnonzero(event >= 0)
    bank = np.concatenate([day.sender[done], day.receiver[done]])
    when = np.concatenate([event[done], event[done]])
    clock = np.concatenate([time[done], time[done]])
    change = np.concatenate([-day.amount[done], day.amount[done]])
    order = np.lexsort((when, bank))
    bank, when, clock = bank[order], when[order], clock[order]
    running = np.cumsum(change[order])
    last = np.flatnonzero((np.diff(bank, append=-1) != 0) | (np.diff(when, append=-1) != 0))
    bank, running = bank[last], running[last]
    # The running sum goes on across banks: take off what stood at the end of the bank before.
    ends = np.flatnonzero(np.diff(bank, append=-1) != 0)
    carried = np.zeros(len(day.accounts), np.int64)
    carried[bank[ends[1:]]] = running[ends[:-1]]
    return Positions(bank, when[last], clock[last], running - carried[bank])


def on_arrival(day: Day) -> Positions:
    """How positions would move if every payment settled the moment it is submitted, whatever the balances."""
    return positions(day, np.arange(len(day)), day.time)


def largest_debit(seen: Positions, banks: int) -> np.ndarray:
    """The largest net debit of each bank after any event, cents, `int64[banks]`; 0 for one that never is in debit."""
    worst = np.zeros(banks, np.int64)
    np.maximum.at(worst, seen.bank, -seen.position)
    return worst
