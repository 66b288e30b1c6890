"""Columns of payments out of Arrow tables and out of any frame that speaks Arrow's C stream interface."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import BadPayments
from .clock import FULL_DAY, NO_TIME
from .rules import NORMAL

NEEDED = ("time", "sender", "receiver", "amount")


def as_table(frame: Any) -> Any:
    """A frame as a `pyarrow.Table`.

    Raises:
        BadPayments: nothing that Arrow can read.
    """
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    raise BadPayments(
        f"The payments are a {type(frame).__name__}, expected a pyarrow.Table or a frame with Arrow's C stream "
        "interface (pandas, polars). Convert them, or use a reader."
    )


def columns_of(frame: Any) -> dict[str, Any]:
    """The columns of `Day.from_table` as arrays, without looking at single payments.

    Raises:
        BadPayments: a column that is missing, holds no value somewhere or has a type that cannot hold it exactly.
    """
    table = as_table(frame)
    lacking = [name for name in NEEDED if name not in table.column_names]
    if lacking:
        raise BadPayments(
            f"The payments have no column '{lacking[0]}' (columns: {', '.join(table.column_names)}), expected "
            f"{', '.join(NEEDED)}. Rename or add it."
        )
    for name in NEEDED:
        if table[name].null_count:
            raise BadPayments(f"The column '{name}' has {table[name].null_count} empty entries, expected none.")
    columns = {
        "time": clock_column(table["time"], "time"), "sender": texts(table["sender"]),
        "receiver": texts(table["receiver"]), "amount": cents_column(table["amount"]),
    }
    if "id" in table.column_names:
        columns["ids"] = texts(table["id"])
    if "priority" in table.column_names:
        columns["priority"] = np.asarray(table["priority"].fill_null(NORMAL).combine_chunks().cast("int8"))
    if "deadline" in table.column_names:
        columns["deadline"] = clock_column(table["deadline"], "deadline")
    return columns


def texts(column: Any) -> list[str]:
    """A column as text."""
    return [str(value) for value in column.to_pylist()]


def clock_column(column: Any, name: str) -> np.ndarray:
    """A column of times as milliseconds since midnight; -1 where there is none. Dates are dropped.

    Raises:
        BadPayments: another type, or finer than a millisecond.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column, kind = column.combine_chunks(), column.type
    missing = np.asarray(column.is_null())
    if pa.types.is_null(kind):
        return np.full(len(column), NO_TIME, np.int64)
    try:
        if pa.types.is_time(kind):
            column = column.cast(pa.time32("ms")).cast(pa.int32()).cast(pa.int64())
        elif pa.types.is_timestamp(kind):
            column = pc.cast(column, pa.timestamp("ms", kind.tz))
            if kind.tz:
                column = pc.call_function("local_timestamp", [column])
            column = pc.cast(column, pa.int64())
            return np.where(missing, NO_TIME, np.asarray(column.fill_null(0)) % FULL_DAY)
        elif pa.types.is_integer(kind):
            column = column.cast(pa.int64())
        else:
            raise BadPayments(
                f"The column '{name}' is {kind}, expected a time, a timestamp or whole milliseconds since midnight."
            )
    except pa.ArrowInvalid as error:
        raise BadPayments(f"The column '{name}' does not fit whole milliseconds: {error}. Round it first.") from error
    return np.where(missing, NO_TIME, np.asarray(column.fill_null(0)))


def cents_column(column: Any) -> np.ndarray:
    """A column of amounts as whole cents: integers are cents, decimals are units of the currency.

    Raises:
        BadPayments: floats, or fractions of a cent.
    """
    import pyarrow as pa

    kind = column.type
    try:
        if pa.types.is_integer(kind):
            return np.asarray(column.combine_chunks().cast(pa.int64()))
        if pa.types.is_decimal(kind):
            hundred = [int(value.scaleb(2)) if value == round(value, 2) else None for value in column.to_pylist()]
            if None not in hundred:
                return np.array(hundred, np.int64)
            raise BadPayments(f"Amount {column[hundred.index(None)]} has a fraction of a cent. Round it first.")
    except (pa.ArrowInvalid, OverflowError) as error:
        raise BadPayments(f"An amount does not fit 64 bits of cents: {error}.") from error
    raise BadPayments(
        f"The column 'amount' is {kind}, expected whole cents or decimals: floats lose cents. Cast it to int64 cents."
    )
