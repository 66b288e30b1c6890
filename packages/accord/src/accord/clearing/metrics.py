"""What central banks look at in a settled day, one definition each.

Liquidity is counted between events: what settles together needs its net only. Sums are exact; shares and means are
floats. A ratio without a denominator is `None`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from .clock import HOUR, milliseconds
from .day import Day
from .netting import summed
from .rules import NORMAL, Mechanism
from .settled import Settled, largest_debit, net_received, on_arrival

CHAPS_GUIDELINES = ((milliseconds("12:00"), 0.5), (milliseconds("14:30"), 0.75))
"""Shares of the day's value to be sent by a time. CHAPS has such guidelines; these numbers are recalled, not seen."""


def metric(unit: str, definition: str) -> Any:
    """A field of `Metrics`: its unit and its definition, which stand in `Metrics.table` too."""
    return dataclasses.field(metadata={"unit": unit, "definition": definition})


@dataclasses.dataclass(frozen=True)
class Metrics:
    """A settled day in numbers. Each field's definition is its metadata, and a column of `table()`.

    Source: the definitions in common use among central banks; the delay indicator and the relative liquidity between
    the bounds are after Leinonen and Soramaki (as recalled), maximum usage and throughput after BCBS 248.
    """

    payments: int = metric("payments", "submitted")
    value: int = metric("cents", "submitted")
    settled_payments: int = metric("payments", "settled, the lender's at the close included")
    settled_value: int = metric("cents", "settled, the lender's at the close included")
    unsettled_value: int = metric("cents", "submitted and not settled by the close")
    settlement_rate: float | None = metric("share of value", "settled value / submitted value")
    lent: int = metric("cents", "lent by the lender of last resort at the close")

    posted: int = metric("cents", "balances at the opening and credit in force, all banks")
    used: int = metric("cents", "sum over banks of the maximum over the day of (paid - received)+, between events")
    unused_share: float | None = metric("share of posted", "1 - sum over banks of min(used, posted) / posted")
    lower_bound: int = metric("cents", "sum over banks of (submitted by it - submitted to it)+: end-of-day netting")
    upper_bound: int = metric("cents", "liquidity used if every payment settled on arrival")
    relative_liquidity: float | None = metric("share", "(used - lower bound) / (upper bound - lower bound)")
    turnover: float | None = metric("ratio", "settled value / liquidity used")
    recycling: float | None = metric("share of value", "1 - liquidity used / settled value: outflow funded by inflow")

    delay_indicator: float | None = metric(
        "0 to 1", "cent-milliseconds in the queue / the same if all waited from submission to the close"
    )
    delay: float | None = metric("minutes", "value-weighted mean of settlement - submission, settled payments")
    settlement_time: int | None = metric("ms of the day", "value-weighted mean time of settlement, rounded down")
    settled_20: int | None = metric("ms of the day", "first time by which 20 % of the submitted value was settled")
    settled_50: int | None = metric("ms of the day", "first time by which 50 % of the submitted value was settled")
    settled_80: int | None = metric("ms of the day", "first time by which 80 % of the submitted value was settled")
    largest_queue: int = metric("cents", "largest queued value at the end of any moment")
    longest_queue: int = metric("payments", "largest number of queued payments at the end of any moment")
    missed_deadlines: int = metric("payments", "with a deadline and not settled by it")

    gridlocks: int = metric("spells", "times with a queue of which a part could settle together (see Rules.watch)")
    gridlock_time: int = metric("ms", "length of all gridlocks")
    deadlocks: int = metric("spells", "times with a queue of which no part could settle without more liquidity")
    deadlock_time: int = metric("ms", "length of all deadlocks")

    offset_value: int = metric("cents", "settled by bilateral, cycle, multilateral or partial offsets")
    offset_share: float | None = metric("share of settled value", "offset value / settled value")
    sender_hhi: float | None = metric("0 to 1", "sum of squared shares of the submitted value by sender (Herfindahl)")

    def table(self) -> Any:
        """One row per metric: `metric, value, unit, definition`, as a `pyarrow.Table` (values as float64)."""
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


def measure(settled: Settled) -> Metrics:
    """Every metric of a settled day."""
    day, done = settled.day, settled.done
    used, posted = used_by_bank(settled), posted_by_bank(settled)
    total_used, total_posted, value = int(used.sum()), int(posted.sum()), settled.value
    lower, upper = (int(bound.sum()) for bound in bounds(day))
    _, queue_length, queue_value = settled.queue_path()
    delayed = weighted(day.amount[done], settled.time[done] - day.time[done])
    offset_value = int(day.amount[settled.offset()].sum())
    spells = {kind: [s.length for s in settled.spells if s.kind == kind] for kind in ("gridlock", "deadlock")}
    squares = sum(value**2 for value in summed(day.sender, day.amount, len(day.accounts)).tolist())
    mean_time = weighted(day.amount[done], settled.time[done]) // value if value else None
    quantiles = {f"settled_{share}": settled_by(settled, share) for share in (20, 50, 80)}
    return Metrics(
        payments=len(day), value=day.value, settled_payments=int(done.sum()), settled_value=value,
        unsettled_value=settled.unsettled, settlement_rate=ratio(value, day.value), lent=int(settled.lent.sum()),
        posted=total_posted, used=total_used,
        unused_share=ratio(total_posted - int(np.minimum(used, posted).sum()), total_posted),
        lower_bound=lower, upper_bound=upper, relative_liquidity=ratio(total_used - lower, upper - lower),
        turnover=ratio(value, total_used), recycling=ratio(value - total_used, value),
        delay_indicator=delay_indicator(settled), delay=ratio(delayed, value * 60_000),
        settlement_time=mean_time, **quantiles,
        largest_queue=int(queue_value.max(initial=0)), longest_queue=int(queue_length.max(initial=0)),
        missed_deadlines=int(missed(settled).sum()),
        gridlocks=len(spells["gridlock"]), gridlock_time=sum(spells["gridlock"]),
        deadlocks=len(spells["deadlock"]), deadlock_time=sum(spells["deadlock"]),
        offset_value=offset_value, offset_share=ratio(offset_value, value),
        sender_hhi=ratio(squares, day.value**2),
    )


# ------------------------------------------------------------------------------------------------------------- parts


def ratio(above: int, below: int) -> float | None:
    """A quotient of whole numbers, or `None` over zero."""
    return above / below if below else None


def weighted(amounts: np.ndarray, times: np.ndarray) -> int:
    """Sum of cents times milliseconds, exact (it may not fit 64 bits)."""
    return sum(a * t for a, t in zip(amounts.tolist(), times.tolist(), strict=True))


def bounds(day: Day) -> tuple[np.ndarray, np.ndarray]:
    """The liquidity that each bank needs, cents, `int64[banks]`: at least, and if everything settles on arrival.

    The lower bound is what it pays net over the day. Below it not everything settles. The upper one is its largest net
    debit on arrival: with it every payment settles at once. A bank may use more than its upper bound where *others*
    are short, because its inflows come late.
    """
    everything = np.ones(len(day), bool)
    return np.maximum(-net_received(day, everything), 0), largest_debit(on_arrival(day), len(day.accounts))


def used_by_bank(settled: Settled) -> np.ndarray:
    """Liquidity used: each bank's largest net debit between events, cents, `int64[banks]`."""
    return largest_debit(settled.positions(), len(settled.day.accounts))


def posted_by_bank(settled: Settled) -> np.ndarray:
    """Opening balance and credit in force of each bank, cents, `int64[banks]`."""
    from .system import credit_of

    return settled.day.accounts.opening + credit_of(settled.day, settled.rules)


def delay_indicator(settled: Settled, chosen: np.ndarray | None = None) -> float | None:
    """Queued cent-milliseconds over those of a day on which everything waited from submission to the close.

    0: all settled on arrival; 1: nothing before the close. Unsettled payments count as waiting to the close.
    """
    day = settled.day
    chosen = np.ones(len(day), bool) if chosen is None else chosen
    until = np.where(settled.done, settled.time, day.closes)
    waited = weighted(day.amount[chosen], (until - day.time)[chosen])
    return ratio(waited, weighted(day.amount[chosen], (day.closes - day.time)[chosen]))


def settled_by(settled: Settled, percent: int) -> int | None:
    """The first time by which so many per cent of the submitted value were settled, or `None` if never."""
    order = np.argsort(np.where(settled.done, settled.time, 2**62), kind="stable")[: int(settled.done.sum())]
    running = np.cumsum(settled.day.amount[order])
    enough = np.searchsorted(running, -(-settled.day.value * percent // 100))
    return int(settled.time[order][enough]) if enough < order.size else None


def missed(settled: Settled) -> np.ndarray:
    """Payments with a deadline that did not settle by it, a mask."""
    deadline = settled.day.deadline
    return (deadline >= 0) & (~settled.done | (settled.time > deadline))


# ------------------------------------------------------------------------------------------------------------ tables


def by_bank(settled: Settled) -> Any:
    """One row per bank, amounts in cents, as a `pyarrow.Table`.

    Columns: `bank`; `sent`, `received` (settled); `submitted` (by it); `unsettled`; `opening`, `credit` (in force);
    `used` (largest net debit between events); `unused_share` of opening and credit; `lower`, `upper` (`bounds`);
    `turnover` (sent / used); `recycling` (1 - used / sent); `delay` (value-weighted minutes, settled payments);
    `delay_indicator`; `offset` (sent through offsets); `urgent` (submitted with priority 0 or 1); `timed` (submitted
    with a deadline); `missed` (of these, not settled by it); `lent`; `closing`.
    """
    import pyarrow as pa

    day, done, banks = settled.day, settled.done, len(settled.day.accounts)
    by_sender = lambda mask: summed(day.sender[mask], day.amount[mask], banks)
    sent, used, posted = by_sender(done), used_by_bank(settled), posted_by_bank(settled)
    lower, upper = bounds(day)
    own = [day.sender == bank for bank in range(banks)]
    delay = [weighted(day.amount[m & done], (settled.time - day.time)[m & done]) for m in own]
    quotients = lambda above, below: [ratio(int(a), int(b)) for a, b in zip(above, below, strict=True)]
    each = lambda above, below: pa.array(quotients(above, below), pa.float64())
    return pa.table(
        {
            "bank": list(day.accounts.banks), "sent": sent,
            "received": summed(day.receiver[done], day.amount[done], banks),
            "submitted": by_sender(np.ones(len(day), bool)), "unsettled": by_sender(~done),
            "opening": day.accounts.opening, "credit": posted - day.accounts.opening, "used": used,
            "unused_share": each(posted - np.minimum(used, posted), posted), "lower": lower, "upper": upper,
            "turnover": each(sent, used), "recycling": each(sent - used, sent),
            "delay": each(delay, sent.astype(object) * 60_000),
            "delay_indicator": pa.array([delay_indicator(settled, mask) for mask in own], pa.float64()),
            "offset": by_sender(settled.offset()), "urgent": by_sender(day.priority < NORMAL),
            "timed": by_sender(day.deadline >= 0), "missed": by_sender(missed(settled)),
            "lent": settled.lent, "closing": settled.closing,
        }
    )


def by_hour(settled: Settled) -> Any:
    """One row per hour of the system's day, as a `pyarrow.Table`.

    Columns: `hour` (its beginning, `time32[ms]`); `payments`, `submitted`, `settled` in it (cents);
    `submitted_share`, `throughput` (shares of the day's submitted value that were submitted and settled by its end);
    `queued` (cents at its end). A settlement at the very close belongs to the last hour.
    """
    import pyarrow as pa

    day = settled.day
    starts = np.arange(day.opens, max(day.closes, day.opens + 1), HOUR)
    within = lambda times: np.minimum((times - day.opens) // HOUR, starts.size - 1)
    submitted = summed(within(day.time), day.amount, starts.size)
    done = settled.done
    out = summed(within(settled.time[done]), day.amount[done], starts.size)
    total = max(day.value, 1)
    return pa.table(
        {
            "hour": pa.array(starts.astype(np.int32), pa.int32()).cast(pa.time32("ms")),
            "payments": np.bincount(within(day.time), minlength=starts.size), "submitted": submitted, "settled": out,
            "submitted_share": np.cumsum(submitted) / total, "throughput": np.cumsum(out) / total,
            "queued": np.cumsum(submitted) - np.cumsum(out),
        }
    )


def by_mechanism(settled: Settled) -> Any:
    """One row per mechanism, as a `pyarrow.Table`: `mechanism, payments, value` (cents)."""
    import pyarrow as pa

    counts = np.bincount(settled.mechanism, minlength=len(Mechanism))
    value = summed(settled.mechanism, settled.day.amount, len(Mechanism))
    return pa.table({"mechanism": [kind.name.lower() for kind in Mechanism], "payments": counts, "value": value})


def throughput(settled: Settled, guidelines: Sequence[tuple[int, float]] = CHAPS_GUIDELINES) -> Any:
    """Shares of the day's submitted value settled by guideline times, by bank and for `all`: a `pyarrow.Table`.

    Columns: `bank`, `by` (`time32[ms]`), `guideline`, `submitted` (share submitted by then), `settled`, `met`. A bank
    that submits nothing has no row.
    """
    import pyarrow as pa

    day, rows = settled.day, []
    groups = [("all", np.ones(len(day), bool))]
    groups += [(name, day.sender == bank) for bank, name in enumerate(day.accounts.banks)]
    for name, mask in groups:
        total = int(day.amount[mask].sum())
        for by, share in guidelines if total else ():
            submitted = int(day.amount[mask & (day.time <= by)].sum()) / total
            sent = int(day.amount[mask & settled.done & (settled.time <= by)].sum()) / total
            rows.append((name, by, share, submitted, sent, sent >= share))
    names = ("bank", "by", "guideline", "submitted", "settled", "met")
    kinds = (pa.string(), pa.int32(), pa.float64(), pa.float64(), pa.float64(), pa.bool_())
    columns = [pa.array([row[k] for row in rows], kind) for k, kind in enumerate(kinds)]
    columns[1] = columns[1].cast(pa.time32("ms"))
    return pa.table(dict(zip(names, columns, strict=True)))
