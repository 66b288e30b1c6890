"""Processes that a person names on the command line: published ones, one of three states, or a file of one's own."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting, StorageError, UnknownName
from ...geometry.process import PUBLISHED, Process, random_process

KEYS = ("rewards", "transitions", "discount", "name")
SHAPE = "rewards[state][action], transitions[state][action][next state], discount from 0 to less than 1"
_LONGEST = 40


def three() -> Process:
    """A process of three states and three actions, each action leading to one state for sure; not convex."""
    process = random_process(np.random.default_rng(4), 3, 3, 0.6, branching=1)
    return Process(process.rewards.round(2), process.transitions, process.discount, "three")


def known() -> dict[str, Process]:
    """Every process that has a name."""
    return PUBLISHED | {"three": three()}


def processes(names: Iterable[str], least: int = 2, most: int = 3) -> list[Process]:
    """The named processes and files, each held against how many states a picture can show.

    Raises:
        UnknownName: neither a name nor a `.json` or `.toml` file.
        StorageError, BadGame, BadSetting: a file that can't be read, or holds no such process.
    """
    found = [process(name) for name in names]
    for one in found:
        if not least <= one.num_states <= most:
            raise BadSetting(
                f"'{one.name}' has {one.num_states} states; pictures of values need {least} or {most}, one axis each. "
                "Take a process of so many states."
            )
    told = [one.name for one in found]
    twice = next((name for name in told if told.count(name) > 1), None)
    if twice is not None:
        raise BadSetting(f"Two processes are called '{twice}'. Name each once, or give a file another `name`.")
    return found


def process(name: str) -> Process:
    """One process by its name or from its file (see `processes`)."""
    there = known()
    if name in there:
        return there[name]
    path = Path(name)
    if path.suffix.lower() not in (".json", ".toml"):
        raise UnknownName("process", name, there, "A process of your own is a .toml or .json file: " + SHAPE + ".")
    return read(path)


def read(path: Path) -> Process:
    """A process from a TOML or JSON file with `rewards`, `transitions`, `discount` and perhaps `name`."""
    table = _table(path)
    unknown = [key for key in table if key not in KEYS]
    if unknown:
        raise UnknownName(f"key in {path}:", unknown[0], KEYS)
    missing = [key for key in KEYS[:3] if key not in table]
    if missing:
        raise BadGame(f"{path} has no '{missing[0]}'. A process is {SHAPE}.")
    rewards = _numbers(table["rewards"], 2, f"{path}: rewards")
    transitions = _numbers(table["transitions"], 3, f"{path}: transitions")
    discount = table["discount"]
    if isinstance(discount, bool) or not isinstance(discount, int | float):
        raise BadSetting(f"{path}: discount={discount!r}, expected a number from 0 to less than 1. Give one.")
    title = table.get("name", path.stem)
    if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST:
        raise BadSetting(f"{path}: name={title!r}, expected a text of 1 to {_LONGEST} letters. Give a short one.")
    try:
        return Process(np.array(rewards), np.array(transitions), float(discount), title.strip())
    except (BadGame, BadSetting) as error:
        raise type(error)(f"{path}: {error}") from error


def _table(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise StorageError(f"{path} could not be read ({error.strerror or error}). Check its name.") from error
    except (ValueError, RecursionError) as error:  # of JSON, TOML and Unicode alike
        kind = path.suffix[1:].upper()
        raise BadGame(f"{path} is not valid {kind}: {error}. Mend that place.") from error
    if not isinstance(table, dict):
        raise BadGame(f"{path} holds a {type(table).__name__}, expected a table with {', '.join(KEYS[:3])}.")
    return table


def _numbers(value: Any, depth: int, where: str) -> Any:
    """Lists of lists of numbers, `depth` deep, as long as their neighbours; says which one is not."""
    if depth == 0:
        try:
            plain = not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)
        except OverflowError:
            plain = False
        if not plain:
            raise BadGame(f"{where} is {value!r:.40}, expected a finite number.")
        return float(value)
    if not isinstance(value, list) or not value:
        said = "empty" if value == [] else f"{value!r:.40}"
        raise BadGame(f"{where} is {said}, expected a list. A process is {SHAPE}.")
    parts = [_numbers(entry, depth - 1, f"{where}[{i}]") for i, entry in enumerate(value)]
    if depth > 1:
        lengths = list(map(_shape, parts))
        odd = next((i for i, length in enumerate(lengths) if length != lengths[0]), None)
        if odd is not None:
            raise BadGame(
                f"{where}[{odd}] has {_said(lengths[odd])} numbers, {where.rpartition(': ')[2]}[0] has "
                f"{_said(lengths[0])}. Every state needs the same actions, and every action all next states."
            )
    return parts


def _shape(value: Sequence[Any]) -> tuple[int, ...]:
    return (len(value), *_shape(value[0])) if isinstance(value[0], list) else (len(value),)


def _said(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def filename(process: Process) -> str:
    """A name that is one part of a path."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in process.name) or "process"
