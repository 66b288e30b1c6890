"""Settings are frozen dataclasses: overridden by `key=value` text, checked in one place, stored as TOML without loss.

Types come from the annotations: `int`, `float`, `bool`, `str`, `Literal`, string enumerations, tuples, `X | None`, and
dataclasses inside dataclasses. `none` is the one word for "no value", on the command line and in a file. A field may
carry bounds (`bounded`).
"""

from __future__ import annotations

import dataclasses
import enum
import math
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import tomli_w

from .errors import BadSetting, UnknownName

Settings = TypeVar("Settings")

NONE = "none"


def bounded(default: Any, low: float, high: float, text: str) -> Any:
    """A field with a default, a lowest and a highest value (for a tuple: of each entry), and what it means."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "help": text})


def override(settings: Settings, pairs: Iterable[str]) -> Settings:
    """Settings with some values replaced, given as a person types them.

    Args:
        settings: a dataclass instance (a game is one too).
        pairs: `key=value` texts; a dotted key reaches into a dataclass inside (`ppo.epochs=4`). Later ones win.

    Raises:
        UnknownName: a key that does not exist, with the nearest one.
        BadSetting: a value of the wrong type or out of its bounds, or a text without `=`.
    """
    for pair in pairs:
        key, sign, text = pair.partition("=")
        key, text = key.strip(), text.strip()
        if not sign or not key:
            raise BadSetting(f"'{pair}' is not a setting. Write key=value, for example {_example(settings)}.")
        settings = _replaced(settings, key.split("."), key, text, keys(settings))
    return checked(settings)


def keys(settings: Any) -> tuple[str, ...]:
    """Every key that `override` understands, dotted, in the order of the fields."""
    found: list[str] = []
    for field in _fields(settings):
        value = getattr(settings, field.name)
        found += [f"{field.name}.{k}" for k in keys(value)] if dataclasses.is_dataclass(value) else [field.name]
    return tuple(found)


def checked(settings: Settings, prefix: str = "") -> Settings:
    """The same settings, after every value was held against its annotation and its bounds.

    Raises:
        BadSetting: the first value that does not fit, with what was expected.
    """
    hints = _hints(type(settings))
    for field in _fields(settings):
        value, name = getattr(settings, field.name), prefix + field.name
        if dataclasses.is_dataclass(value):
            checked(value, name + ".")
        elif _supported(hints[field.name]):  # a game may hold values that no text can name; its own type checks those
            if _from_plain(hints[field.name], value, name) != value and value == value:  # "none" in a `str | None`
                raise _unfit(name, value, hints[field.name])
            _bounded(field, value, name)
    return settings


def to_toml(settings: Any) -> str:
    """Every setting as TOML; `from_toml` gives back an equal value."""
    return tomli_w.dumps(to_plain(checked(settings)))


def from_toml(cls: type[Settings], text: str) -> Settings:
    """Settings from TOML. Keys that are absent keep their default.

    Raises:
        UnknownName: a key that the settings don't have, with the nearest one.
        BadSetting: text that is not TOML, a missing key without a default, or a value that does not fit.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"The settings are not valid TOML: {error}. Mend that line, or start afresh.") from error
    return checked(from_plain(cls, table))


def to_plain(settings: Any) -> dict[str, Any]:
    """Settings as nested dictionaries of plain values (what TOML and JSON can hold); no value is the word `none`."""

    def plain(value: Any) -> Any:
        if value is None:
            return NONE
        if dataclasses.is_dataclass(value):
            return to_plain(value)
        if isinstance(value, tuple):
            return [plain(entry) for entry in value]
        return str(value) if isinstance(value, enum.StrEnum) else value

    return {field.name: plain(getattr(settings, field.name)) for field in _fields(settings)}


def from_plain(cls: type[Settings], table: Mapping[str, Any], prefix: str = "") -> Settings:
    """Inverse of `to_plain`; absent keys keep their default."""
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}  # type: ignore[arg-type]
    hints, given = _hints(cls), {}
    for key, value in table.items():
        if key not in fields:
            raise UnknownName("setting", prefix + key, [prefix + name for name in fields])
        given[key] = _from_plain(hints[key], value, prefix + key)
    for name, field in fields.items():
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if needed and name not in given:
            raise BadSetting(f"The setting '{prefix}{name}' is missing and has no default. Add it.")
    return cls(**given)


# ---------------------------------------------------------------------------------------------- one value at a time


def _replaced(settings: Any, path: list[str], key: str, text: str, known: tuple[str, ...]) -> Any:
    """`settings` with the field at `path` read from `text`."""
    head, rest = path[0], path[1:]
    if head not in {field.name for field in _fields(settings)}:
        raise UnknownName("setting", key, known)
    hints, value = _hints(type(settings)), getattr(settings, head)
    if rest:
        return dataclasses.replace(settings, **{head: _replaced(value, rest, key, text, known)})
    if not _supported(hints[head]):
        raise BadSetting(f"'{key}' is a {type(value).__name__} and cannot be given as text. Set it in Python.")
    return dataclasses.replace(settings, **{head: _from_text(hints[head], text, key)})


def _from_text(hint: Any, text: str, name: str) -> Any:
    """A value of type `hint` from what a person typed."""
    options = _options(hint)
    if type(None) in options and text.lower() == NONE:
        return None
    failures = []
    for option in options:
        try:
            return _one_from_text(option, text, name)
        except BadSetting as failure:
            failures.append(failure)
    if len(failures) == 1:
        raise failures[0]
    raise _unfit(name, text, hint)


def _one_from_text(hint: Any, text: str, name: str) -> Any:
    if get_origin(hint) is tuple:
        parts = _split(text)
        return tuple(_from_text(h, part, name) for h, part in zip(_entries(hint, len(parts), name), parts, strict=True))
    if dataclasses.is_dataclass(hint):
        raise BadSetting(f"'{name}' is a group of settings. Set one of its parts, as in {name}.part=value.")
    if hint is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() in words:
            return words[text.lower()]
    elif hint is int or hint is float:
        value = _number(text, hint)
        if value is not None:
            return value
    elif get_origin(hint) is Literal:
        for choice in get_args(hint):
            if str(choice) == text:
                return choice
    else:
        return _from_plain(hint, text, name)
    raise _unfit(name, text, hint)


def _number(text: str, kind: type) -> int | float | None:
    """A number, if the text is one of this kind; `12e6` is a fine way to write a whole number."""
    try:
        return kind(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if math.isfinite(value) and value == int(value) else None


def _from_plain(hint: Any, value: Any, name: str) -> Any:
    """A value of type `hint` from a plain one (or from one that has the type already)."""
    if hint is Any:
        return value
    options = _options(hint)
    if type(None) in options and (value is None or value == NONE):
        return None
    for option in options:
        matched, result = _matched(option, value, name)
        if matched:
            return result
    raise _unfit(name, value, hint)


def _matched(option: Any, value: Any, name: str) -> tuple[bool, Any]:
    """Whether a value has a type without unions, and the value as that type."""
    if get_origin(option) is Literal:
        return value in get_args(option), value
    if get_origin(option) is tuple and isinstance(value, (list, tuple)):
        hints = _entries(option, len(value), name)
        return True, tuple(_from_plain(h, v, name) for h, v in zip(hints, value, strict=True))
    if not isinstance(option, type):
        return False, value
    if dataclasses.is_dataclass(option):
        return (True, from_plain(option, value, name + ".")) if isinstance(value, Mapping) else (False, value)
    if issubclass(option, enum.StrEnum) and isinstance(value, str):
        return (True, option(value)) if value in list(option) else (False, value)
    if option is float and isinstance(value, int) and not isinstance(value, bool):
        return True, float(value)
    return isinstance(value, option) and not (option is int and isinstance(value, bool)), value


def _entries(hint: Any, count: int, name: str) -> tuple[Any, ...]:
    """The type of each entry of a tuple with `count` entries."""
    arguments = get_args(hint)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return (arguments[0],) * count
    if arguments == ((),):
        arguments = ()
    if len(arguments) != count:
        raise BadSetting(f"{name} has {count} entries, expected {len(arguments)}. Give {_said(hint)}.")
    return arguments


def _bounded(field: dataclasses.Field, value: Any, name: str) -> None:
    low, high = field.metadata.get("low", -math.inf), field.metadata.get("high", math.inf)
    if isinstance(value, tuple):
        for entry in value:
            _bounded(field, entry, name)
    elif isinstance(value, (int, float)):
        if math.isnan(value):
            raise BadSetting(f"{name}={value!r} is not a number. Give one.")
        if not low <= value <= high:
            sides = [f"at least {low}"] * (low > -math.inf) + [f"at most {high}"] * (high < math.inf)
            raise BadSetting(f"{name}={value!r} is out of its range. Choose {' and '.join(sides)}.")


# ------------------------------------------------------------------------------------------------- reading annotations


def _fields(settings: Any) -> tuple[dataclasses.Field, ...]:
    if not dataclasses.is_dataclass(settings):
        return ()
    return tuple(field for field in dataclasses.fields(settings) if field.init)


def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _options(hint: Any) -> tuple[Any, ...]:
    """The members of a union, numbers before text (so that `3` is a number), `None` last; any other type alone."""
    if get_origin(hint) not in (Union, types.UnionType):
        return (hint,)
    order: Callable[[Any], int] = lambda option: (option is float) + 2 * (option is str) + 3 * (option is type(None))
    return tuple(sorted(get_args(hint), key=order))


def _supported(hint: Any) -> bool:
    """Whether values of this type can be written as text."""
    if get_origin(hint) in (Union, types.UnionType, tuple):
        return all(_supported(h) for h in get_args(hint) if h not in (Ellipsis, type(None), ()))
    plain = isinstance(hint, type) and (hint in (int, float, bool, str) or issubclass(hint, enum.StrEnum))
    return plain or get_origin(hint) is Literal or dataclasses.is_dataclass(hint)


def _said(hint: Any) -> str:
    """A type in words."""
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): NONE}
    options = _options(hint)
    if len(options) > 1:
        return " or ".join(_said(option) for option in options)
    if hint in words:
        return words[hint]
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return f"one of {', '.join(hint)}"
    if get_origin(hint) is tuple:
        arguments = get_args(hint)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return f"a list (a,b,…), each entry {_said(arguments[0])}"
        return f"{len(arguments)} entries (a,b,…)"
    return f"a {getattr(hint, '__name__', hint)}"


def _unfit(name: str, value: Any, hint: Any) -> BadSetting:
    shown = value if isinstance(value, str) else repr(value)
    return BadSetting(f"{name}={shown} does not fit: expected {_said(hint)}.")


def _example(settings: Any) -> str:
    for field in _fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, (int, float, str)):
            return f"{field.name}={value}"
    return "seeds=5"


def _split(text: str) -> list[str]:
    """The entries of `a,b`, `(a, b)` or `[a, b]`; brackets inside stay together."""
    text = text.strip()
    if text[:1] + text[-1:] in ("()", "[]") and _closes_last(text):
        text = text[1:-1]
    parts, depth, part = [], 0, ""
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return [*parts, part.strip()] if part.strip() else parts


def _closes_last(text: str) -> bool:
    """Whether the bracket that opens a text is closed by its last character."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if depth == 0:
            return index == len(text) - 1
    return False
