"""Rows of a payment log, judged one by one: good ones make a day, bad ones are set aside with their line and reason.

Every reader (CSV, ISO 20022) hands its rows here, so that all of them mean the same by a bad row.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..core.errors import BadPayments
from .clock import FULL_DAY, NO_TIME, milliseconds, written
from .day import LARGEST, Accounts, Day
from .rules import NORMAL

SHOWN = 5
"""So many bad rows stand in the message of a strict reader."""

_AMOUNT = re.compile(r"([+-]?)(\d+)(?:\.(\d*))?|([+-]?)\.(\d+)")
_ALL_TOGETHER = 2**60


@dataclasses.dataclass(frozen=True)
class Rejected:
    """A row that was set aside."""

    file: str
    line: int
    """Where the row begins, counted from 1."""

    reason: str
    text: str = ""
    """The row as it was read, shortened."""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclasses.dataclass(frozen=True, eq=False)
class Log:
    """What a reader read: a day of the good rows, and the bad rows."""

    day: Day
    rejected: tuple[Rejected, ...]

    @property
    def accepted(self) -> int:
        """How many payments the day has."""
        return len(self.day)

    def table(self) -> Any:
        """The rows set aside, as a `pyarrow.Table`: `file, line, reason, text`."""
        import pyarrow as pa

        kinds = {"file": pa.string(), "line": pa.int64(), "reason": pa.string(), "text": pa.string()}
        return pa.table({n: pa.array([getattr(row, n) for row in self.rejected], kind) for n, kind in kinds.items()})

    def summary(self) -> str:
        """One sentence: how many rows were read and set aside."""
        if not self.rejected:
            return f"{self.accepted} payments read."
        return f"{self.accepted} payments read, {len(self.rejected)} rows set aside; the first: {self.rejected[0]}."


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a reader is told about the log."""

    accounts: Accounts | None = None
    """The settlement accounts; payments of other banks are set aside. Without, every bank that occurs gets an empty
    account, in alphabetical order."""

    opens: int = 0
    closes: int = FULL_DAY
    """The system's hours in milliseconds since midnight; payments at other times are set aside."""

    currency: str = ""
    """Payments in another currency are set aside. Without, that of the first good row counts."""

    strict: bool = False
    """Raise at the end of reading if any row is bad, instead of setting it aside."""


class Logbook:
    """Collects rows and judges them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.known = None if reading.accounts is None else set(reading.accounts.banks)
        self.rows: list[tuple[int, str, str, int, int, int, str]] = []
        self.rejected: list[Rejected] = []
        self.first: dict[str, str] = {}  # id -> where it was first
        self.currency = reading.currency
        self.total = 0

    def reject(self, file: str, line: int, reason: str, text: str = "") -> None:
        """Set a row (or what is left of a file) aside."""
        self.rejected.append(Rejected(file, line, reason, text if len(text) <= 200 else text[:197] + "..."))

    def add(self, file: str, line: int, fields: dict[str, str], text: str = "") -> None:
        """Judge one row, given as text by column; keep it or set it aside.

        Args:
            fields: `time`, `sender`, `receiver`, `amount`, and perhaps `id`, `priority`, `deadline`, `currency`; absent
                or empty means none.
            text: the row as it stands in the file.
        """
        try:
            row = self._judged(file, line, {name: value.strip() for name, value in fields.items()})
        except ValueError as fault:
            self.reject(file, line, str(fault), text)
            return
        self.rows.append(row)

    def _judged(self, file: str, line: int, fields: dict[str, str]) -> tuple[int, str, str, int, int, int, str]:
        """The row as numbers; a `ValueError` says what is wrong with it."""
        for name in ("time", "sender", "receiver", "amount"):
            if not fields.get(name):
                raise ValueError(f"no {name}, expected one")
        reading = self.reading
        amount = cents(fields["amount"])
        sender, receiver = fields["sender"], fields["receiver"]
        for bank in (sender, receiver) if self.known is not None else ():
            if bank not in (self.known or ()):
                raise ValueError(f"bank '{bank}' has no account")
        if sender == receiver:
            raise ValueError(f"'{sender}' pays itself")
        time = milliseconds(fields["time"])
        if not reading.opens <= time <= reading.closes:
            hours = f"{written(reading.opens)} to {written(reading.closes)}"
            raise ValueError(f"time {written(time)} is outside the day, expected {hours}")
        deadline = milliseconds(fields["deadline"]) if fields.get("deadline") else NO_TIME
        if 0 <= deadline < time:
            raise ValueError(f"deadline {written(deadline)} is before its time {written(time)}")
        priority = fields.get("priority") or str(NORMAL)
        if priority not in ("0", "1", "2"):
            raise ValueError(f"priority '{priority}', expected 0 (highly urgent), 1 (urgent) or 2 (normal)")
        currency, name = fields.get("currency", ""), fields.get("id") or f"{Path(file).name}:{line}"
        if currency and self.currency and currency != self.currency:
            raise ValueError(f"currency {currency}, expected {self.currency}: one currency a day")
        if name in self.first:
            raise ValueError(f"id '{name}' stands twice, first at {self.first[name]}")
        if self.total + amount > _ALL_TOGETHER:
            raise ValueError("the day's amounts up to here exceed 2^60 cents")
        self.first[name] = f"{file}, line {line}"
        self.currency = self.currency or currency
        self.total += amount
        return time, sender, receiver, amount, int(priority), deadline, name

    def closed(self) -> Log:
        """The log, after its last row.

        Raises:
            BadPayments: a bad row, and the reader is strict.
        """
        if self.reading.strict and self.rejected:
            shown = "; ".join(str(row) for row in self.rejected[:SHOWN])
            more = f"; and {len(self.rejected) - SHOWN} more" if len(self.rejected) > SHOWN else ""
            raise BadPayments(
                f"{len(self.rejected)} of {len(self.rejected) + len(self.rows)} rows are bad: {shown}{more}. "
                "Mend them, or read without strict to set them aside."
            )
        accounts = self.reading.accounts
        if accounts is None:
            banks = sorted({row[1] for row in self.rows} | {row[2] for row in self.rows})
            accounts = Accounts.of(banks or ["(no bank)"])
        where = {name: bank for bank, name in enumerate(accounts.banks)}
        columns = list(zip(*self.rows, strict=True)) or [()] * 7
        sender, receiver = ([where[name] for name in columns[k]] for k in (1, 2))
        day = Day.of(
            accounts, columns[0], sender, receiver, columns[3], priority=columns[4], deadline=columns[5],
            ids=columns[6], opens=self.reading.opens, closes=self.reading.closes, currency=self.currency,
        )
        return Log(day, tuple(self.rejected))


def cents(text: str) -> int:
    """A decimal amount as whole cents, exactly; from one cent to 2^53.

    Raises:
        ValueError: no such amount, with the reason.

    >>> cents("1234.5")
    123450
    """
    found = _AMOUNT.fullmatch(text)
    if found is None or text[-1] == ".":
        raise ValueError(f"amount '{text}' is not a decimal number, expected digits and a point, as in 1234.50")
    sign, whole, part = (found[1], found[2], found[3] or "") if found[2] else (found[4], "0", found[5])
    if len(whole) > 20:
        raise ValueError(f"amount '{text}' is above 2^53 cents, the most that one payment may have")
    if part[2:].strip("0"):
        raise ValueError(f"amount '{text}' has a fraction of a cent")
    value = int(whole) * 100 + int(part[:2].ljust(2, "0"))
    if value == 0:
        raise ValueError("amount 0, expected more")
    if sign == "-":
        raise ValueError(f"amount '{text}' is negative, expected more than 0")
    if value > LARGEST:
        raise ValueError(f"amount '{text}' is above 2^53 cents, the most that one payment may have")
    return value


def files(paths: str | Path | Iterable[str | Path], suffix: str) -> list[Path]:
    """The files that some paths name: files as they are, folders as all their files with the suffix, sorted by name.

    Raises:
        BadPayments: a path that does not exist, or a folder without such a file.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    found: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() == suffix and p.is_file())
            if not inside:
                raise BadPayments(f"The folder {path} has no {suffix} file. Name another folder, or a file.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise BadPayments(f"There is no file {path}. Check the path.")
    return found


def read_into(book: Logbook, paths: list[Path], reader: Callable[[Logbook, str, bytes], None]) -> None:
    """Hand each file's bytes to a reader; an empty or unreadable file is set aside as its first line."""
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            book.reject(str(path), 1, f"the file cannot be read: {error.strerror}")
            continue
        if data.strip():
            reader(book, str(path), data)
        else:
            book.reject(str(path), 1, "the file is empty")
