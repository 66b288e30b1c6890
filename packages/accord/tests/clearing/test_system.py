"""Hand-made days under every mechanism."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from accord.clearing import RULES, Accounts, Day, Mechanism, Rules, named, settle
from accord.clearing.clock import HOUR, MINUTE
from accord.core.errors import BadSetting, UnknownName

ABC = ("A", "B", "C")
EXACT: dict[str, Any] = {"watch": "events"}


def day(rows: Any, opening: Any = 0, banks: Any = ABC, **more: Any) -> Day:
    """Rows of (hour, sender, receiver, cents[, priority])."""
    accounts = more.pop("accounts", None) or Accounts.of(banks, opening)
    time = [int(row[0] * HOUR) for row in rows]
    priority = [row[4] if len(row) > 4 else 2 for row in rows]
    columns = ([row[k] for row in rows] for k in (1, 2, 3))
    return Day.of(accounts, time, *columns, priority=priority, opens=6 * HOUR, closes=18 * HOUR, **more)


def kinds(settled) -> list[str]:
    return [Mechanism(code).name for code in settled.mechanism]


RING = [(9, "A", "B", 1000), (9, "B", "C", 1000), (9, "C", "A", 1000)]


@pytest.mark.parametrize("name", ["rtgs", "bypass", "bilateral"])
def test_a_ring_without_money_stays(name: str):
    settled = settle(day(RING), dataclasses.replace(named(name), **EXACT))
    assert settled.value == 0 and settled.unsettled == 3000
    (spell,) = settled.spells
    assert (spell.kind, spell.start, spell.end, spell.queued) == ("gridlock", 9 * HOUR, 18 * HOUR, 3000)


@pytest.mark.parametrize(
    ("name", "how"), [("cycles", "CYCLE"), ("multilateral", "MULTILATERAL"), ("partial", "PARTIAL")]
)
def test_a_ring_without_money_settles_as_one(name: str, how: str):
    settled = settle(day(RING), dataclasses.replace(named(name), **EXACT))
    assert kinds(settled) == [how] * 3
    assert settled.event.tolist() == [0, 0, 0]
    # Arrivals of a moment come before the run of that moment.
    assert settled.time.tolist() == [9 * HOUR] * 3
    assert settled.spells == ()
    assert settled.closing.tolist() == [0, 0, 0]


def test_runs_come_at_their_times():
    rules = Rules(partial=True, every=7 * MINUTE, **EXACT)
    settled = settle(day(RING), rules)
    first = 6 * HOUR + 26 * 7 * MINUTE  # the first run after nine
    assert settled.time.tolist() == [first] * 3
    assert [(s.start, s.end, s.kind) for s in settled.spells] == [(9 * HOUR, first, "gridlock")]


def test_a_run_before_anything_is_queued_costs_nothing_later():
    # The queue is empty for hours; the grid of the runs stays where it was.
    rows = [(6, "A", "B", 5), *[(10.01, *row[1:]) for row in RING]]
    settled = settle(day(rows, [5, 0, 0]), Rules(partial=True, every=5 * MINUTE))
    assert settled.time[1:].tolist() == [10 * HOUR + 5 * MINUTE] * 3


def test_continuous_runs():
    settled = settle(day(RING), Rules(multilateral=True, every=0))
    assert settled.time.tolist() == [9 * HOUR] * 3 and settled.spells == ()


def test_deadlock_is_not_gridlock():
    # A owes more than it will ever have; nobody owes A.
    settled = settle(day([(9, "A", "B", 1000), (10, "B", "C", 500)], [600, 0, 0]), Rules(partial=True, **EXACT))
    assert [(s.kind, s.start, s.end) for s in settled.spells] == [("deadlock", 9 * HOUR, 18 * HOUR)]
    assert settled.value == 0


def test_a_deadlock_may_turn_into_a_gridlock():
    rows = [(9, "A", "B", 1000), (10, "B", "C", 1000), (11, "C", "A", 1000)]
    settled = settle(day(rows), Rules(**EXACT))
    assert [(s.kind, s.start, s.end, s.queued, s.settleable) for s in settled.spells] == [
        ("deadlock", 9 * HOUR, 11 * HOUR, 2000, 0), ("gridlock", 11 * HOUR, 18 * HOUR, 3000, 3000)
    ]


def test_looks_at_runs_stand_for_the_time_before_them():
    settled = settle(day(RING), Rules(partial=True, every=30 * MINUTE))
    assert [(s.kind, s.start, s.end) for s in settled.spells] == []  # the run at nine found it after no time
    later = settle(day([(9.1, *row[1:]) for row in RING]), Rules(partial=True, every=30 * MINUTE))
    (spell,) = later.spells
    assert (spell.kind, spell.start, spell.end) == ("gridlock", 9 * HOUR + 6 * MINUTE, 9 * HOUR + 30 * MINUTE)
    assert settle(day(RING), Rules(watch="off")).spells == ()


def test_fifo_blocks_and_bypass_passes():
    rows = [(9, "A", "B", 1000), (10, "A", "C", 100), (11, "B", "A", 1000)]
    fifo, bypass = (settle(day(rows, [500, 1000, 0]), named(name)) for name in ("rtgs", "bypass"))
    assert kinds(fifo) == ["QUEUE", "QUEUE", "ENTRY"]
    assert fifo.time.tolist() == [11 * HOUR] * 3
    assert kinds(bypass) == ["QUEUE", "ENTRY", "ENTRY"]
    assert bypass.time.tolist() == [11 * HOUR, 10 * HOUR, 11 * HOUR]


def test_bypass_takes_the_first_that_fits():
    rows = [(9, "A", "B", 900), (9, "A", "B", 300), (9, "A", "C", 200), (10, "C", "A", 250)]
    settled = settle(day(rows, [0, 0, 250]), named("bypass"))
    assert kinds(settled) == ["UNSETTLED", "UNSETTLED", "QUEUE", "ENTRY"]


def test_an_inflow_is_passed_on_at_once():
    rows = [(9, "B", "C", 70), (9, "C", "A", 70), (10, "A", "B", 70)]
    settled = settle(day(rows, [70, 0, 0]))
    assert kinds(settled) == ["QUEUE", "QUEUE", "ENTRY"]
    assert settled.event.tolist() == [1, 2, 0] and set(settled.time.tolist()) == {10 * HOUR}


def test_urgent_payments_go_first():
    rows = [(9, "A", "B", 500), (9.5, "A", "C", 300, 0), (10, "B", "A", 300)]
    first = settle(day(rows, [0, 300, 0]))
    assert kinds(first) == ["UNSETTLED", "QUEUE", "ENTRY"]
    without = settle(day(rows, [0, 300, 0]), Rules(priorities=False))
    assert kinds(without) == ["UNSETTLED", "UNSETTLED", "ENTRY"]
    # An urgent payment that can be funded does not wait behind a normal one that cannot.
    assert kinds(settle(day(rows[:2], [400, 0, 0]))) == ["UNSETTLED", "ENTRY"]


def test_reserves_are_kept_for_urgent_payments():
    accounts = Accounts.of(ABC, 1000, reserve=[400, 0, 0])
    rows = [(9, "A", "B", 600), (10, "A", "B", 1), (11, "A", "C", 400, 1)]
    assert kinds(settle(day(rows, accounts=accounts))) == ["ENTRY", "UNSETTLED", "ENTRY"]
    assert kinds(settle(day(rows, accounts=accounts), Rules(reserves=False))) == ["ENTRY", "ENTRY", "UNSETTLED"]


def test_multilateral_limits_bound_what_goes_out_net():
    accounts = Accounts.of(ABC, 1000, net_limit=[500, -1, -1])
    rows = [(9, "A", "B", 500), (10, "A", "C", 1), (11, "B", "A", 1)]
    settled = settle(day(rows, accounts=accounts))
    assert kinds(settled) == ["ENTRY", "QUEUE", "ENTRY"] and settled.time[1] == 11 * HOUR
    assert settle(day(rows, accounts=accounts), Rules(limits=False)).time[1] == 10 * HOUR


@pytest.mark.parametrize("queue", ["fifo", "bypass"])
def test_bilateral_limits_bind_one_pair(queue):
    accounts = Accounts.of(ABC, 1000, bilateral={("A", "B"): 300})
    rows = [(9, "A", "B", 300), (10, "A", "B", 50), (10, "A", "C", 50), (11, "B", "A", 20), (12, "B", "A", 30)]
    settled = settle(day(rows, accounts=accounts), Rules(queue=queue))
    assert settled.time.tolist()[:2] == [9 * HOUR, 12 * HOUR]
    assert settled.time[2] == (12 if queue == "fifo" else 10) * HOUR


def test_limits_hold_in_partial_netting_too():
    accounts = Accounts.of(ABC, 0, bilateral={("A", "B"): 900})
    settled = settle(day(RING, accounts=accounts), named("partial"))
    assert settled.value == 0
    free = Accounts.of(ABC, 0, bilateral={("A", "B"): 1000})
    assert settle(day(RING, accounts=free), named("partial")).value == 3000


def test_bilateral_offset_on_entry():
    rows = [(9, "A", "B", 1000), (10, "B", "A", 900)]
    settled = settle(day(rows, [100, 0, 0]), Rules(bilateral=True, every=HOUR))
    assert kinds(settled) == ["BILATERAL"] * 2 and settled.time.tolist() == [10 * HOUR] * 2
    assert settled.closing.tolist() == [0, 100, 0]
    assert settle(day(rows, [99, 0, 0]), Rules(bilateral=True)).value == 0
    assert settle(day(rows, [100, 0, 0])).value == 0


def test_fifo_keeps_an_offset_behind_the_head():
    rows = [(9, "B", "C", 5000), (9, "A", "B", 1000), (10, "B", "A", 1000)]
    assert settle(day(rows), named("bilateral")).value == 0
    bypass = settle(day(rows), Rules(queue="bypass", bilateral=True))
    assert kinds(bypass) == ["UNSETTLED", "BILATERAL", "BILATERAL"]


def test_partial_netting_leaves_out_the_last():
    rows = [*RING, (9, "A", "C", 400)]
    everything = settle(day(rows), named("multilateral"))
    part = settle(day(rows), named("partial"))
    assert everything.value == 0
    assert kinds(part) == ["PARTIAL"] * 3 + ["UNSETTLED"]


def test_credit():
    accounts = Accounts.of(ABC, 100, 400)
    rows = [(9, "A", "B", 500), (10, "A", "C", 1)]
    assert kinds(settle(day(rows, accounts=accounts))) == ["UNSETTLED"] * 2
    priced = settle(day(rows, accounts=accounts), Rules(credit="priced"))
    assert kinds(priced) == ["ENTRY", "UNSETTLED"] and priced.closing.tolist() == [-400, 600, 100]
    cut = settle(day(rows, accounts=accounts), Rules(credit="collateralised", haircut=0.1))
    assert kinds(cut) == ["UNSETTLED", "UNSETTLED"]
    exact = settle(day([(9, "A", "B", 460)], accounts=accounts), Rules(credit="collateralised", haircut=0.1))
    assert exact.value == 460  # 100 + 400 x 0.9, no cent less


def test_the_lender_of_last_resort_lends_the_net():
    rows = [(9, "A", "B", 1000), (10, "B", "C", 700)]
    settled = settle(day(rows, [100, 0, 0]), Rules(close="lend"))
    assert kinds(settled) == ["CLOSE", "CLOSE"]
    assert settled.time.tolist() == [18 * HOUR] * 2
    assert settled.lent.tolist() == [900, 0, 0]
    assert settled.closing.tolist() == [0, 300, 700]
    overdrawn = settle(
        day([(9, "A", "B", 150)], accounts=Accounts.of(ABC, 100, 100)), Rules(credit="priced", close="lend")
    )
    assert overdrawn.lent.tolist() == [50, 0, 0]  # intraday credit ends with the day


def test_an_empty_day():
    for rules in RULES.values():
        settled = settle(day([]), rules)
        assert settled.value == 0 and settled.closing.tolist() == [0, 0, 0] and settled.spells == ()
        assert settled.queue().num_rows == 0 and settled.balances().num_rows == 3


def test_bad_rules_are_refused():
    with pytest.raises(BadSetting, match="longest_cycle=2 is out of its range"):
        settle(day(RING), Rules(longest_cycle=2))
    with pytest.raises(BadSetting, match="queue=lifo does not fit"):
        settle(day(RING), Rules(queue="lifo"))  # pyright: ignore[reportArgumentType]
    with pytest.raises(UnknownName, match="Did you mean 'partial'"):
        named("partal")


def test_balances_and_queue_over_time():
    rows = [(9, "A", "B", 60), (10, "A", "C", 60), (11, "B", "A", 30)]
    settled = settle(day(rows, [80, 0, 0]))
    balances = settled.balances().to_pydict()
    assert balances["bank"] == ["A", "A", "A", "B", "B", "B", "C"]
    assert balances["balance"] == [80, 20, 50, 0, 60, 30, 0]
    assert balances["event"] == [None, 0, 1, None, 0, 1, None]
    queue = settled.queue().to_pydict()
    assert queue["payments"] == [1] and queue["value"] == [60]  # 80 - 60 + 30 = 50 < 60: it stays


def test_amounts_as_large_as_they_may_be():
    big = 2**53
    rows = [(9, "A", "B", big), (9, "A", "B", 1), (9, "B", "A", big), (9, "B", "A", 1)]
    settled = settle(day(rows), named("partial"))
    assert settled.value == 2 * big + 2
    assert np.all(settled.closing == 0)
