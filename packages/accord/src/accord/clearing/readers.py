"""Payments and accounts out of CSV files.

A log has a header line and one payment a line. Columns, in any order, names in any case:

    time        HH:MM[:SS[.mmm]], when the payment is submitted      needed
    sender      name of the paying bank                              needed
    receiver    name of the paid bank                                needed
    amount      decimal, in units of the currency, as in 1234.50     needed
    id          name of the payment; default: file and line
    priority    0 highly urgent, 1 urgent, 2 normal (the default)
    deadline    HH:MM[:SS[.mmm]]
    currency    one for all rows

Other columns are ignored. The separator is a comma, a semicolon or a tab, whichever the header has; the encoding is
UTF-8. Amounts go to whole cents without passing through a float. The module `csv` of the standard library reads the
rows because it can name the line of each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..core.errors import BadPayments
from .day import Accounts
from .logbook import Log, Logbook, Reading, cents, files, read_into

NEEDED = ("time", "sender", "receiver", "amount")
KNOWN = (*NEEDED, "id", "priority", "deadline", "currency")


def read_csv(paths: str | Path | Iterable[str | Path], reading: Reading | None = None) -> Log:
    """A day of payments from CSV files, or from folders of them (see the module for the columns).

    Bad rows are set aside in `Log.rejected` with file, line and reason: amounts that are negative, zero, above 2^53
    cents or no decimal numbers; unknown banks; a bank that pays itself; times outside the day; ids that stand twice;
    a second currency; the wrong number of columns; text that is not UTF-8; an empty file.

    Raises:
        BadPayments: a file that does not exist or lacks a needed column; with `strict`, any bad row.
    """
    book = Logbook(reading or Reading())
    read_into(book, files(paths, ".csv"), _payments)
    return book.closed()


def _payments(book: Logbook, file: str, data: bytes) -> None:
    rows = _rows(file, data)
    header = next(rows)[1]
    names = [name.strip().lower() for name in header]
    lacking = [name for name in NEEDED if name not in names]
    if lacking or len(set(names) & set(KNOWN)) < sum(name in KNOWN for name in names):
        what = f"no column '{lacking[0]}'" if lacking else "a column twice"
        raise BadPayments(f"{file}, line 1: {what} ({', '.join(names)}), expected {', '.join(NEEDED)}. Mend it.")
    places = [(name, place) for place, name in enumerate(names) if name in KNOWN]
    for line, cells in rows:
        text = ",".join(cells)
        if any("\udc80" <= letter <= "\udcff" for letter in text):
            book.reject(file, line, "text that is not UTF-8", text.encode("utf-8", "replace").decode())
        elif len(cells) != len(names):
            book.reject(file, line, f"{len(cells)} columns, expected {len(names)}", text)
        else:
            book.add(file, line, {name: cells[place] for name, place in places}, text)


def _rows(file: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line at which each begins; blank lines are skipped."""
    text = data.decode("utf-8-sig", "surrogateescape")
    first = text[: text.find("\n")] if "\n" in text else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadPayments(f"{file}, line {reader.line_num}: {error}. Mend that line.") from error
        if any(cell.strip() for cell in cells):
            yield before + 1, cells
        before = reader.line_num


def read_accounts(path: str | Path) -> Accounts:
    """Settlement accounts from a CSV file.

    Columns: `bank`, `opening`, and perhaps `credit`, `reserve`, `net_limit`. Amounts are decimals in units of the
    currency; an empty one is 0, an empty `net_limit` is none.

    Raises:
        BadPayments: a line that is wrong: accounts are few and all needed, so none is set aside.
    """
    (file,) = files(path, ".csv")
    rows = _rows(str(file), file.read_bytes())
    names = [name.strip().lower() for name in next(rows, (1, [""]))[1]]
    for needed in ("bank", "opening"):
        if needed not in names:
            raise BadPayments(f"{file}, line 1: no column '{needed}' ({', '.join(names)}). Add it to the header.")
    columns: dict[str, list[int]] = {"opening": [], "credit": [], "reserve": [], "net_limit": []}
    banks: list[str] = []
    for line, cells in rows:
        try:
            fields = dict(zip(names, (cell.strip() for cell in cells), strict=True))
            if not fields["bank"] or fields["bank"] in banks:
                raise ValueError(f"bank '{fields['bank']}' stands twice" if fields["bank"] else "no bank")
            banks.append(fields["bank"])
            for name, column in columns.items():
                text, missing = fields.get(name, ""), -1 if name == "net_limit" else 0
                column.append(missing if not text else cents(text) if text.strip("0.") else 0)
        except ValueError as fault:
            reason = f"{len(cells)} columns, expected {len(names)}" if len(cells) != len(names) else fault
            raise BadPayments(f"{file}, line {line}: {reason}. Mend that line.") from fault
    return Accounts.of(
        banks, columns["opening"], columns["credit"], reserve=columns["reserve"], net_limit=columns["net_limit"]
    )
