"""Every metric on a day small enough to do by hand."""

import dataclasses

import pytest

from accord.clearing import (
    Accounts,
    Day,
    Prices,
    Rules,
    bounds,
    compare,
    costs,
    frontier,
    measure,
    saving,
    settle,
    stress,
)
from accord.clearing.clock import HOUR, MINUTE
from accord.clearing.metrics import by_bank, by_hour, by_mechanism, missed, throughput

# A opens with 100, B and C with nothing. From eight to twelve:
#   08:00 B pays C 60   queued (B has 0)
#   09:00 A pays B 80   at once; B then pays C 60, one hour late
#   10:00 C pays A 90   queued (C has 60), until B's 40 come at 10:30
#   10:30 B pays C 40   queued (B has 20) ... it never comes: B lacks 20
# Hence at 10:30 the queue holds C>A 90 and B>C 40; nothing can settle: deadlock until the close.
ROWS = [(8, "B", "C", 60, 8.5), (9, "A", "B", 80, 12), (10, "C", "A", 90, -1), (10.5, "B", "C", 40, 11)]


@pytest.fixture
def day() -> Day:
    time = [int(row[0] * HOUR) for row in ROWS]
    deadline = [int(row[4] * HOUR) if row[4] > 0 else -1 for row in ROWS]
    columns = ([row[k] for row in ROWS] for k in (1, 2, 3))
    accounts = Accounts.of(["A", "B", "C"], [100, 0, 0])
    return Day.of(accounts, time, *columns, deadline=deadline, opens=8 * HOUR, closes=12 * HOUR)


def test_every_metric_by_hand(day: Day):
    found = measure(settle(day, Rules(watch="events")))
    assert dataclasses.asdict(found) == {
        "payments": 4, "value": 270, "settled_payments": 2, "settled_value": 140, "unsettled_value": 130,
        "settlement_rate": 140 / 270, "lent": 0,
        "posted": 100, "used": 80, "unused_share": 0.2,
        # Net over the day: A pays 80 and gets 90; B pays 100, gets 80; C pays 90, gets 100.
        "lower_bound": 20,
        # On arrival: A -80, then +10; B -60, +20, -20; C +60, -30, +10.
        "upper_bound": 80 + 60 + 30, "relative_liquidity": 60 / 150,
        "turnover": 140 / 80, "recycling": 60 / 140,
        # Waited: 60 for 1 h, 90 for 2 h, 40 for 1.5 h; at most 60x4 + 80x3 + 90x2 + 40x1.5.
        "delay_indicator": 300 / 720, "delay": 60 * 60 / 140, "settlement_time": 9 * HOUR,
        "settled_20": 9 * HOUR, "settled_50": 9 * HOUR, "settled_80": None,
        "largest_queue": 130, "longest_queue": 2, "missed_deadlines": 2,
        # 08:00-09:00 and 10:00-12:00 the queue stood still; no part of it could settle.
        "gridlocks": 0, "gridlock_time": 0, "deadlocks": 2, "deadlock_time": 3 * HOUR,
        "offset_value": 0, "offset_share": 0.0, "sender_hhi": (80**2 + 100**2 + 90**2) / 270**2,
    }  # fmt: skip
    table = found.table().to_pydict()
    assert table["metric"] == [field.name for field in dataclasses.fields(found)]
    assert all(table["unit"]) and all(table["definition"])


def test_offsets_by_hand(day: Day):
    # B's 20 alone: nothing can be funded, and no part nets out before the last payment comes. Then all of it does.
    settled = settle(day.funded([0, 20, 0]), Rules(partial=True, every=0, watch="events"))
    found = measure(settled)
    # At 10:00 the ring of 60, 80 and 90 lacks 30 at C; at 10:30 B's 40 bring them.
    assert found.settled_value == 270 and found.offset_value == 270
    assert settled.time.tolist() == [int(10.5 * HOUR)] * 4
    assert found.used == found.lower_bound == 20 and found.relative_liquidity == 0.0
    assert found.turnover == 270 / 20 and found.recycling == 250 / 270
    assert found.settled_20 == found.settled_80 == int(10.5 * HOUR)
    kinds = by_mechanism(settled).to_pydict()
    assert dict(zip(kinds["mechanism"], kinds["value"], strict=True))["partial"] == 270


def test_tables_by_hand(day: Day):
    settled = settle(day, Rules(watch="off"))
    banks = by_bank(settled).to_pydict()
    assert banks["sent"] == [80, 60, 0] and banks["received"] == [0, 80, 60]
    assert banks["submitted"] == [80, 100, 90] and banks["unsettled"] == [0, 40, 90]
    assert banks["opening"] == [100, 0, 0] and banks["used"] == [80, 0, 0]
    assert banks["lower"] == [0, 20, 0] and banks["upper"] == [80, 60, 30]
    assert banks["unused_share"] == [0.2, None, None]
    assert banks["turnover"] == [1.0, None, None] and banks["recycling"] == [0.0, 1.0, None]
    assert banks["delay"] == [0.0, 60.0, None]
    assert banks["delay_indicator"] == [0.0, (60 + 60) / (240 + 60), 1.0]
    assert banks["timed"] == [80, 100, 0] and banks["missed"] == [0, 100, 0]
    assert banks["closing"] == [20, 20, 60]
    hours = by_hour(settled).to_pydict()
    assert [hour.hour for hour in hours["hour"]] == [8, 9, 10, 11]
    assert hours["submitted"] == [60, 80, 130, 0] and hours["settled"] == [0, 140, 0, 0]
    assert hours["queued"] == [60, 0, 130, 130]
    assert hours["throughput"] == [0.0, 140 / 270, 140 / 270, 140 / 270]
    assert missed(settled).tolist() == [True, False, False, True]


def test_the_close_belongs_to_the_last_hour(day: Day):
    settled = settle(day, Rules(close="lend"))
    assert by_hour(settled).to_pydict()["settled"] == [0, 140, 0, 130]
    assert measure(settled).lent == 20
    assert measure(settled).settlement_rate == 1.0


def test_throughput_against_guidelines(day: Day):
    rows = throughput(settle(day), ((9 * HOUR, 0.5), (11 * HOUR, 0.75))).to_pylist()
    everybody = [row for row in rows if row["bank"] == "all"]
    assert [row["settled"] for row in everybody] == [140 / 270, 140 / 270]
    assert [row["met"] for row in everybody] == [True, False]
    assert [(row["submitted"], row["settled"]) for row in rows if row["bank"] == "B"] == [(0.6, 0.6), (1.0, 0.6)]


def test_costs_by_hand(day: Day):
    found = costs(settle(day, Rules(close="lend")), Prices(0.1, 0.0, 0.2, 0.4))
    assert found.liquidity.tolist() == [10, 0, 0]
    # B: 60 for one hour, 40 for an hour and a half; C: 90 for two.
    assert found.delay.tolist() == [0, round(0.2 * 120), round(0.2 * 180)]
    assert found.lending.tolist() == [0, 8, 0]
    assert found.total.tolist() == [10, 32, 36]
    assert found.table().column_names == ["bank", "liquidity", "overdraft", "delay", "lending", "total"]


def test_the_price_of_overdrafts(day: Day):
    credit = dataclasses.replace(day, accounts=Accounts.of(["A", "B", "C"], [0, 0, 0], 100))
    settled = settle(credit, Rules(credit="priced"))
    assert settled.done.all() and (settled.time == day.time).all()
    # A: 80 below for one hour. B: 60 for one hour, then 20 above, from 10:30 20 below for an hour and a half.
    # C: 30 below for half an hour. No posted balance costs anything; the line itself is free.
    found = costs(settled, Prices(0.1, 0.5, 0.2, 0.4))
    assert found.overdraft.tolist() == [40, (60 + 30) // 2, round(15 / 2)]
    assert found.liquidity.tolist() == [0, 0, 0]
    posted = costs(settle(credit, Rules(credit="collateralised")), Prices(0.1, 0.5, 0.2, 0.4))
    assert posted.overdraft.tolist() == [0, 0, 0] and posted.liquidity.tolist() == [10, 10, 10]


def test_bounds_of_liquidity_hold_at_both_ends(day: Day):
    lower, upper = bounds(day)
    at_top = settle(day.funded(upper))
    assert at_top.done.all() and (at_top.time == day.time).all()
    assert measure(at_top).relative_liquidity == 1.0
    at_bottom = settle(day.funded(lower), Rules(multilateral=True, watch="off"))
    assert at_bottom.done.all() and measure(at_bottom).relative_liquidity == 0.0


def test_systems_side_by_side(day: Day):
    table = compare(day.funded([0, 20, 0])).to_pydict()
    settled = dict(zip(table["system"], table["settled_value"], strict=True))
    assert settled["rtgs"] == 0 and settled["partial"] == settled["multilateral"] == 270
    edge = frontier(day, {"rtgs": Rules(), "partial": Rules(partial=True)}, (0.0, 1.0)).to_pydict()
    assert edge["share"] == [0.0, 1.0, 0.0, 1.0]
    assert edge["delay_indicator"][1] == edge["delay_indicator"][3] == 0.0
    assert edge["settled_value"] == [0, 270, 270, 270]


def test_what_offsets_save():
    accounts = Accounts.of(["A", "B"], [100, 100])
    pays = Day.of(accounts, [9 * HOUR, 10 * HOUR], ["A", "B"], ["B", "A"], 150, closes=12 * HOUR)
    found = saving(pays, Rules(bilateral=True))
    assert (found.settled, found.settled_without, found.used) == (300, 0, 0)
    rich = saving(pays.funded(150), Rules(bilateral=True))
    assert rich.share == 0.0  # the first payment does not wait for the second


def test_a_sender_that_stops(day: Day):
    # B is the largest sender (100). Without what it submits from 10:00 on, C never gets the last 40.
    found = stress(day.funded([100, 20, 30]), Rules(), at=10 * HOUR)
    assert found.stopped == ("B",) and found.missing == 40
    assert found.knock_on == 0  # C pays its 90 out of its own 30 and B's 60
    poorer = stress(day.funded([100, 20, 0]), Rules(), at=10 * HOUR)
    assert poorer.knock_on == 90  # before, B's 40 let C pay A
    # C gets 60 and owes 90: it lacks 30 even at the end of the day. Before, it lacked nothing.
    assert (poorer.shortfall, poorer.shortfall_before) == (30, 0)
    assert found.shortfall == 0


def test_an_empty_day_has_metrics():
    empty = Day.of(Accounts.of(["A", "B"]), [], [], [], [], opens=8 * HOUR, closes=9 * HOUR + MINUTE)
    found = measure(settle(empty))
    assert found.settlement_rate is None and found.turnover is None and found.settled_50 is None
    assert by_hour(settle(empty)).num_rows == 2 and throughput(settle(empty)).num_rows == 0
