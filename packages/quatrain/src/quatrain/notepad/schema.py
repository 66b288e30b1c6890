"""Shapes of JSON: said once, used for checking what comes in and for the description of the interface.

A shape is a JSON Schema (2020-12), of which this is the part that is used: type, enum, const, properties, required,
additionalProperties, propertyNames, items, the limits of length, number and size, pattern, and anyOf with null.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import BadText

Shape = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_NOUNS = {"object": "an object", "array": "a list", "string": "a text", "integer": "a whole number",
          "number": "a number", "boolean": "true or false", "null": "null"}  # fmt: skip


def text(longest: int, shortest: int = 0, pattern: str = "", note: str = "") -> Shape:
    """A text of so many characters, all of which a pattern must match."""
    shape: Shape = {"type": "string", "maxLength": longest}
    if shortest:
        shape["minLength"] = shortest
    if pattern:
        shape["pattern"] = f"^(?:{pattern})$"
    return _noted(shape, note)


def whole(low: int, high: int, note: str = "") -> Shape:
    """A whole number."""
    return _noted({"type": "integer", "minimum": low, "maximum": high}, note)


def number(low: float, high: float) -> Shape:
    """A number."""
    return {"type": "number", "minimum": low, "maximum": high}


def flag(note: str = "") -> Shape:
    """True or false."""
    return _noted({"type": "boolean"}, note)


def choice(*values: str) -> Shape:
    """One of some words."""
    return {"type": "string", "enum": list(values)}


def maybe(shape: Shape) -> Shape:
    """Something, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def array(items: Shape, most: int = 1 << 30) -> Shape:
    """A list."""
    return {"type": "array", "items": items, "maxItems": most}


def mapping(values: Shape, most: int = 1 << 30, names: int = 1 << 30, note: str = "") -> Shape:
    """An object with any names."""
    shape = {"type": "object", "additionalProperties": values, "maxProperties": most}
    return _noted(shape | {"propertyNames": {"type": "string", "minLength": 1, "maxLength": names}}, note)


def record(title: str, required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    """An object with these names only."""
    shape: Shape = {"title": title, "type": "object", "properties": {**required, **(optional or {})}}
    return shape | {"required": list(required), "additionalProperties": False}


def check(value: Any, shape: Shape, name: str = "") -> None:
    """Hold a value against a shape.

    Raises:
        BadText: the first thing that does not fit, by its place, with what was expected.
    """
    if "anyOf" in shape:
        if value is not None:
            check(value, shape["anyOf"][0], name)
        return
    kind = shape["type"]
    fits = isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not fits:
        raise _unfit(name, f"is {_seen(value)}", f"Expected {_NOUNS[kind]}.")
    _CHECKS.get(kind, lambda *_: None)(value, shape, name)


def _text(value: str, shape: Shape, name: str) -> None:
    if len(value) > shape.get("maxLength", 1 << 30):
        raise _unfit(name, f"has {len(value):,} characters", f"At most {shape['maxLength']:,} are kept.")
    if len(value) < shape.get("minLength", 0):
        raise _unfit(name, f"has {len(value)} characters", f"Give at least {shape['minLength']}.")
    if "enum" in shape and value not in shape["enum"]:
        raise _unfit(name, f"is {_seen(value)}", f"Expected one of: {', '.join(shape['enum'])}.")
    if "pattern" in shape and not re.fullmatch(shape["pattern"][1:-1], value):
        raise _unfit(name, f"is {_seen(value)}", f"Expected {shape.get('description') or shape['pattern']}.")


def _number(value: float, shape: Shape, name: str) -> None:
    if not shape["minimum"] <= value <= shape["maximum"]:  # NaN too
        raise _unfit(name, f"is {value}", f"Expected {shape['minimum']:,} to {shape['maximum']:,}.")


def _array(value: list[Any], shape: Shape, name: str) -> None:
    if len(value) > shape["maxItems"]:
        raise _unfit(name, f"has {len(value):,} entries", f"At most {shape['maxItems']:,} are kept.")
    for place, item in enumerate(value):
        check(item, shape["items"], f"{name}[{place}]")


def _object(value: dict[str, Any], shape: Shape, name: str) -> None:
    known, other = shape.get("properties", {}), shape.get("additionalProperties", {})
    missing = [key for key in shape.get("required", ()) if key not in value]
    if missing:
        raise _unfit(f"{name}.{missing[0]}" if name else missing[0], "is missing", "Give it.")
    if len(value) > shape.get("maxProperties", 1 << 30):
        raise _unfit(name, f"has {len(value):,} entries", f"At most {shape['maxProperties']:,} are kept.")
    for key, item in value.items():
        place = f"{name}.{key[:40]}" if name else key[:40]
        if key not in known and other is False:
            raise _unfit(place, "is not known", f"Known here: {', '.join(known) or 'nothing'}.")
        if "propertyNames" in shape:
            _text(key, shape["propertyNames"], f"a name in {name}")
        check(item, known.get(key, other), place)


_CHECKS = {"string": _text, "integer": _number, "number": _number, "array": _array, "object": _object}


def _unfit(name: str, fact: str, remedy: str) -> BadText:
    return BadText(f"{name or 'The body'} {fact}. {remedy}")


def _seen(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _noted(shape: Shape, note: str) -> Shape:
    return shape | {"description": note} if note else shape
