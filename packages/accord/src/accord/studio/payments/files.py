"""Logs in, tables out: what `accord payments` reads and writes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import Any

from ...clearing.clock import written
from ...clearing.day import Accounts, Day
from ...clearing.generator import endowed
from ...clearing.logbook import Log, Reading
from ...clearing.messages import read_messages, write_messages
from ...clearing.readers import read_accounts, read_csv
from ...core.errors import BadPayments
from ...experiments.store import storage, write_whole

SHARE = 0.3
"""Where opening balances stand between the bounds of liquidity if nobody gives them."""


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a log comes from, and how to read it."""

    path: Path
    banks: Path | None = None
    """Settlement accounts, a CSV file."""

    liquidity: float | None = None
    """Opening balances between the bounds of liquidity (0 to 1), in place of those of the accounts."""

    opens: int = 0
    closes: int = 24 * 3_600_000
    strict: bool = False


def read(source: Source) -> tuple[Log, float | None]:
    """The log, with opening balances, and the share at which these were set (None: they were given).

    Raises:
        BadPayments: a file that does not exist or cannot be read; a folder of both kinds; bad rows, if strict.
    """
    accounts = read_accounts(source.banks) if source.banks else None
    reading = Reading(accounts, source.opens, source.closes, strict=source.strict)
    log = (read_messages if _is_xml(source.path) else read_csv)(source.path, reading)
    share = source.liquidity if source.banks or source.liquidity is not None else SHARE
    if share is None or not len(log.day):
        return log, share
    return dataclasses.replace(log, day=endowed(log.day, share)), share


def _is_xml(path: Path) -> bool:
    if path.is_dir():
        suffixes = {inside.suffix.lower() for inside in path.rglob("*") if inside.is_file()}
        if not suffixes & {".csv", ".xml"}:
            raise BadPayments(f"The folder {path} has no .csv and no .xml file. Name another folder, or a file.")
        if {".csv", ".xml"} <= suffixes:
            raise BadPayments(f"The folder {path} has .csv and .xml files, and one kind would be left out. Part them.")
        return ".xml" in suffixes
    if path.suffix.lower() in (".csv", ".xml", ".tsv", ".txt") or not path.is_file():
        return path.suffix.lower() == ".xml"
    with storage(path, "read"), open(path, "rb") as file:
        return file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def write_tables(folder: Path, tables: dict[str, Any]) -> list[Path]:
    """Write each table as CSV and as Parquet; amounts are whole cents in both. Gives the paths.

    Raises:
        StorageError: the folder cannot be written.
    """
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    paths = []
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        text = table
        for k, field in enumerate(table.schema):
            if pa.types.is_dictionary(field.type):  # CSV knows no dictionaries
                text = text.set_column(k, field.name, table[field.name].cast(field.type.value_type))
        for path, write in (
            (folder / f"{name}.csv", lambda out, text=text: csv.write_csv(text, out)),
            (folder / f"{name}.parquet", lambda out, table=table: parquet.write_table(table, out)),
        ):
            _write(path, write)
            paths.append(path)
    return paths


def _write(path: Path, write: Any) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with storage(path):
        try:
            write(str(partial))
            os.replace(partial, path)
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


def write_log(day: Day, path: Path) -> Path:
    """Write a day as a log that can be read again (CSV, or ISO 20022 for a name that ends in .xml), and its accounts.

    Returns:
        The file of the accounts, beside it.

    Raises:
        StorageError: a file cannot be written.
    """
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".xml":
            write_messages(day, path)
    if path.suffix.lower() != ".xml":
        write_whole(path, _csv(day))
    banks = path.with_name(f"{path.stem}-banks.csv")
    write_whole(banks, _accounts_csv(day.accounts))
    return banks


def _csv(day: Day) -> str:
    lines = ["id,time,sender,receiver,amount,priority,deadline"]
    names = [_cell(name) for name in day.accounts.banks]
    columns = (day.ids, day.time, day.sender, day.receiver, day.amount, day.priority, day.deadline)
    for payment in zip(*(column.tolist() for column in columns), strict=True):
        identity, time, sender, receiver, cents, priority, deadline = payment
        parties = f"{names[sender]},{names[receiver]}"
        by = written(deadline) if deadline >= 0 else ""
        lines.append(f"{_cell(str(identity))},{written(time)},{parties},{_decimal(cents)},{priority},{by}")
    return "\n".join(lines) + "\n"


def _accounts_csv(accounts: Accounts) -> str:
    lines = ["bank,opening,credit,reserve,net_limit"]
    columns = (accounts.opening, accounts.credit, accounts.reserve, accounts.net_limit)
    for name, opening, credit, reserve, limit in zip(accounts.banks, *(c.tolist() for c in columns), strict=True):
        most = _decimal(limit) if limit >= 0 else ""
        lines.append(",".join((_cell(name), *map(_decimal, (opening, credit, reserve)), most)))
    return "\n".join(lines) + "\n"


def _decimal(cents: int) -> str:
    units, rest = divmod(cents, 100)
    return f"{units}.{rest:02}" if rest else str(units)


def _cell(text: str) -> str:
    quoted = any(letter in text for letter in ',;\t"\n\r')
    return '"' + text.replace('"', '""') + '"' if quoted else text
