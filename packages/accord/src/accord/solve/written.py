"""Results as plain data and back: what goes into a JSON file and what a page reads.

A rational is written as its exact text beside its float, `{"exact": "1/3", "about": 0.333…}`: the one for whoever
checks it, the other for whoever draws it.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from fractions import Fraction
from typing import Any, TypeVar

from ..core.errors import BadCheckpoint

Record = TypeVar("Record")

Number = Fraction | float
"""A value: a rational where the computation was exact, a float where it was not."""


def encoded(value: Any) -> Any:
    """A record, or anything that a record may hold, as plain data.

    Raises:
        TypeError: a value that has no place in JSON, such as a function.
    """
    if isinstance(value, Fraction):
        return {"exact": str(value), "about": float(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): encoded(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [encoded(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{value!r} is a {type(value).__name__}, and no part of a result: use numbers, text and tuples.")


def decoded(kind: type[Record], data: Any) -> Record:
    """A record from what `encoded` made of it. Fields that are missing take their defaults.

    Raises:
        BadCheckpoint: data that do not have the record's form.
    """
    try:
        return _decoded(kind, data)
    except (TypeError, ValueError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise BadCheckpoint(
            f"This is no {kind.__name__} ({type(error).__name__}: {error}). The file is damaged, or was written by "
            "another version: solve the game again."
        ) from error


def _decoded(kind: Any, data: Any) -> Any:
    if data is None:
        return None
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: _decoded(hints[name], part) for name, part in data.items()})  # type: ignore[operator]
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        options = [option for option in inside if option is not types.NoneType]
        return _number(data) if Fraction in options else _decoded(options[0], data)
    if origin is tuple:
        parts = [inside[0]] * len(data) if inside[1:] == (...,) else inside
        return tuple(_decoded(part, entry) for part, entry in zip(parts, data, strict=True))
    return _number(data)


def _number(data: Any) -> Any:
    """A rational where there is one; dictionaries of settings come back as they were written."""
    if isinstance(data, dict):
        if data.keys() == {"exact", "about"}:
            return Fraction(data["exact"])
        return {name: _number(part) for name, part in data.items()}
    return [_number(part) for part in data] if isinstance(data, list) else data
