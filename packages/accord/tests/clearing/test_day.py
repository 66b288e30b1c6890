"""Days as columns and tables, and what they refuse."""

import datetime
import decimal

import numpy as np
import pyarrow as pa
import pytest

from accord.clearing import Accounts, BadPayments, Day, DayLaw, generate, settle
from accord.clearing.clock import HOUR
from accord.core.errors import BadSetting, UnknownName

AB = Accounts.of(["A", "B"], 100)


class Stream:
    """A frame that speaks Arrow's C stream interface and nothing else."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def test_days_are_sorted_and_keep_the_order_within_a_moment():
    day = Day.of(AB, [5, 3, 5, 3], ["A"] * 4, ["B"] * 4, [1, 2, 3, 4])
    assert day.amount.tolist() == [2, 4, 1, 3] and day.ids.tolist() == ["2", "4", "1", "3"]


@pytest.mark.parametrize("wrap", [lambda table: table, Stream])
def test_a_table_gives_back_the_day(wrap):
    day = generate(DayLaw(payments=500, timed=0.5))
    again = Day.from_table(wrap(day.table()), day.accounts, opens=day.opens, closes=day.closes)
    assert again.table().equals(day.table())
    alone = Day.from_table(wrap(day.table()))
    assert alone.table().to_pydict() == day.table().to_pydict()


def test_columns_of_other_types():
    table = pa.table({
        "time": [datetime.datetime(2024, 1, 2, 9, 30), datetime.datetime(2024, 1, 2, 10, 0, 0, 5000)],
        "sender": ["A", "B"], "receiver": ["B", "A"],
        "amount": [decimal.Decimal("12.5"), decimal.Decimal("0.01")], "priority": [None, 0],
    })  # fmt: skip
    day = Day.from_table(table, AB)
    assert day.time.tolist() == [9 * HOUR + 1_800_000, 10 * HOUR + 5]
    assert day.amount.tolist() == [1250, 1] and day.priority.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("amount", [1.5], "column 'amount' is double, expected whole cents or decimals"),
        ("amount", [decimal.Decimal("0.001")], "has a fraction of a cent"),
        ("amount", [None], "column 'amount' has 1 empty entries"),
        ("amount", [0], "Payment 1: 0 cents, expected 1 to 2"),
        ("amount", [2**53 + 1], "expected 1 to 2"),
        ("time", ["nine"], "column 'time' is string"),
        ("time", [-1], "submitted at"),
        ("receiver", ["A"], "A pays itself"),
        ("priority", [7], "priority 7, expected 0 to 2"),
    ],
)
def test_bad_columns_are_refused(column: str, values: list, reason: str):
    table = {"time": [5], "sender": ["A"], "receiver": ["B"], "amount": [5], column: values}
    with pytest.raises(BadPayments, match=reason):
        Day.from_table(pa.table(table), AB)


def test_what_is_no_table():
    with pytest.raises(BadPayments, match="are a list, expected a pyarrow.Table"):
        Day.from_table([1, 2])
    with pytest.raises(BadPayments, match="no column 'amount'"):
        Day.from_table(pa.table({"time": [1], "sender": ["A"], "receiver": ["B"]}))
    with pytest.raises(UnknownName, match="Unknown bank 'Z'"):
        Day.of(AB, [1], ["Z"], ["A"], [1])
    with pytest.raises(BadPayments, match="Payment x stands twice"):
        Day.of(AB, [1, 2], ["A", "A"], ["B", "B"], [1, 1], ids=["x", "x"])
    with pytest.raises(BadPayments, match="expected at most 2"):
        Day.of(AB, [1] * 300, ["A"] * 300, ["B"] * 300, [2**53] * 300)


def test_accounts_are_checked():
    with pytest.raises(BadSetting, match="'A' stands twice"):
        Accounts.of(["A", "B", "A"])
    with pytest.raises(BadSetting, match="opening of B is -1 cents"):
        Accounts.of(["A", "B"], [0, -1])
    with pytest.raises(UnknownName, match="Unknown bank 'C'"):
        Accounts.of(["A", "B"], bilateral={("A", "C"): 1})
    table = Accounts.of(["A", "B"], 5, net_limit=[-1, 7]).table().to_pydict()
    assert table["net_limit"] == [None, 7] and table["opening"] == [5, 5]


def test_a_settled_day_as_a_table():
    settled = settle(Day.of(AB, [HOUR, 2 * HOUR], ["A", "A"], ["B", "B"], [80, 80]))
    table = settled.table().to_pydict()
    assert table["mechanism"] == ["entry", "unsettled"]
    assert table["settled"] == [datetime.time(1), None] and table["event"] == [0, None]
    assert np.array_equal(settled.closing, [20, 180])
