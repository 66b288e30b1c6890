"""CSV logs: what is read, and every kind of bad row with its line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.clearing.clock import HOUR, milliseconds, written
from accord.clearing.day import Accounts, BadPayments
from accord.clearing.logbook import Reading, cents
from accord.clearing.readers import read_accounts, read_csv

HEADER = "id,time,sender,receiver,amount,priority,deadline,currency"


@pytest.fixture
def log(tmp_path: Path):
    def write(text: str | bytes, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_log_is_read(log):
    path = log(f"{HEADER}\np2,10:30:00.250,B,A,0.07,0,11:00,CAD\np1,09:00,A,B,1234.5,,,CAD\n")
    found = read_csv(path)
    assert found.rejected == () and found.accepted == 2
    day = found.day
    assert day.ids.tolist() == ["p1", "p2"]  # by time
    assert day.time.tolist() == [9 * HOUR, 10 * HOUR + 30 * 60_000 + 250]
    assert day.amount.tolist() == [123450, 7]
    assert day.priority.tolist() == [2, 0] and day.deadline.tolist() == [-1, 11 * HOUR]
    assert day.accounts.banks == ("A", "B") and day.currency == "CAD"
    assert found.summary() == "2 payments read."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,09:00,A,B,-5,,,", "amount '-5' is negative, expected more than 0"),
        ("x,09:00,A,B,0.00,,,", "amount 0, expected more"),
        ("x,09:00,A,B,1.005,,,", "amount '1.005' has a fraction of a cent"),
        ("x,09:00,A,B,\"1,000\",,,", "amount '1,000' is not a decimal number"),
        ("x,09:00,A,B,1e3,,,", "amount '1e3' is not a decimal number"),
        ("x,09:00,A,B,NaN,,,", "amount 'NaN' is not a decimal number"),
        ("x,09:00,A,B,90071992547409.93,,,", "is above 2^53 cents"),
        ("x,09:00,A,B," + "9" * 400 + ",,,", "is above 2^53 cents"),
        ("x,09:00,A,B,,,,", "no amount, expected one"),
        ("x,09:00,A,Z,5,,,", "bank 'Z' has no account"),
        ("x,09:00,A,A,5,,,", "'A' pays itself"),
        ("x,05:59:59.999,A,B,5,,,", "time 05:59:59.999 is outside the day, expected 06:00 to 18:00"),
        ("x,18:00:00.001,A,B,5,,,", "is outside the day"),
        ("x,25:00,A,B,5,,,", "'25:00' is no time of the day"),
        ("x,9h,A,B,5,,,", "'9h' is not a time, expected HH:MM[:SS[.mmm]]"),
        ("x,09:00,A,B,5,3,,", "priority '3', expected 0 (highly urgent), 1 (urgent) or 2 (normal)"),
        ("x,09:00,A,B,5,,08:00,", "deadline 08:00 is before its time 09:00"),
        ("good,09:00,A,B,5,,,", "id 'good' stands twice, first at"),
        ("x,09:00,A,B,5,,,USD", "currency USD, expected CAD: one currency a day"),
        ("x,09:00,A,B,5", "5 columns, expected 8"),
        ("x,09:00,A,B,5,,,,", "9 columns, expected 8"),
        ("x,09:00,A,B\xe9,5,,,", "text that is not UTF-8"),
    ],
)
def test_every_bad_row_is_named_and_the_good_ones_stay(log, row: str, reason: str):
    path = log(f"{HEADER}\ngood,09:00,A,B,5,,,CAD\n\n{row}\nlast,10:00,B,A,6,,,CAD\n".encode("latin-1"))
    reading = Reading(Accounts.of(["A", "B"], 100), 6 * HOUR, 18 * HOUR)
    found = read_csv(path, reading)
    assert found.day.ids.tolist() == ["good", "last"]
    (bad,) = found.rejected
    assert (bad.file, bad.line) == (str(path), 4)  # the blank line counts as a line
    assert reason in bad.reason
    assert bad.text
    strict = Reading(reading.accounts, reading.opens, reading.closes, strict=True)
    with pytest.raises(BadPayments, match="1 of 3 rows are bad: .*, line 4: "):
        read_csv(path, strict)


def test_an_empty_file_and_a_folder_of_logs(log, tmp_path: Path):
    log("", "b.csv")
    log(f"{HEADER}\np1,09:00,A,B,5,,,\n", "a.csv")
    log(f"{HEADER}\np1,09:00,A,B,5,,,\np2,09:00,B,A,5,,,\n", "c.csv")
    found = read_csv(tmp_path)
    assert found.day.ids.tolist() == ["p1", "p2"]
    assert [(Path(row.file).name, row.line) for row in found.rejected] == [("b.csv", 1), ("c.csv", 2)]
    assert found.rejected[0].reason == "the file is empty"
    assert f"first at {tmp_path / 'a.csv'}, line 2" in found.rejected[1].reason
    assert found.table().column_names == ["file", "line", "reason", "text"]
    assert "2 rows set aside; the first: " in found.summary()
    alone = read_csv(tmp_path / "b.csv")
    assert alone.accepted == 0 and len(alone.rejected) == 1
    with pytest.raises(BadPayments, match="the file is empty"):
        read_csv(tmp_path / "b.csv", Reading(strict=True))


def test_headers(log, tmp_path: Path):
    other = log("Amount;Sender;note;RECEIVER;Time\n12,50;A;x;B;09:00\n12.5;A;x;B;09:00\n")
    found = read_csv(other)
    assert found.day.amount.tolist() == [1250] and found.rejected[0].line == 2
    assert found.day.ids.tolist() == ["log.csv:3"]
    assert read_csv(log("\ufefftime,sender,receiver,amount\n09:00,A,B,1\n")).accepted == 1
    with pytest.raises(BadPayments, match=r"line 1: no column 'amount' \(time, sender, receiver, value\)"):
        read_csv(log("time,sender,receiver,value\n"))
    with pytest.raises(BadPayments, match="There is no file"):
        read_csv(tmp_path / "none.csv")


def test_lines_of_rows_that_span_lines(log):
    found = read_csv(log('time,sender,receiver,amount,note\n09:00,A,B,1,"two\nlines"\n09:00,A,A,1,x\n'))
    assert found.accepted == 1 and found.rejected[0].line == 4


def test_a_day_beyond_64_bits_is_not_read(log):
    row = "09:00,A,B,90071992547409.92\n"
    found = read_csv(log("time,sender,receiver,amount\n" + row * 130))
    assert found.accepted == 128 and len(found.rejected) == 2
    assert "exceed 2^60 cents" in found.rejected[0].reason


@given(st.integers(1, 2**53), st.integers(0, 3))
def test_cents_are_exact(value: int, zeros: int):
    assert cents(f"{value // 100}.{value % 100:02}" + "0" * zeros) == value


@given(st.integers(0, 86_400_000))
def test_times_are_read_as_written(time: int):
    assert milliseconds(written(time)) == time


def test_accounts(log):
    path = log("bank,opening,net_limit,credit\nA,10.00,,5\nB,0,2.50,\n")
    accounts = read_accounts(path)
    assert accounts.banks == ("A", "B")
    assert accounts.opening.tolist() == [1000, 0] and accounts.credit.tolist() == [500, 0]
    assert accounts.net_limit.tolist() == [-1, 250] and np.all(accounts.reserve == 0)
    for text, reason in [
        ("bank\nA\n", "no column 'opening'"),
        ("bank,opening\nA,1\nA,2\n", "line 3: bank 'A' stands twice"),
        ("bank,opening\nA,-1\n", "line 2: amount '-1' is negative"),
        ("bank,opening\nA\n", "line 2: 1 columns, expected 2"),
    ]:
        with pytest.raises(BadPayments, match=reason):
            read_accounts(log(text))
