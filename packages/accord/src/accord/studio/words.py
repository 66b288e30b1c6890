"""Numbers and names as people say them, the same in every sentence, chart and table of the report."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


Result = dict[str, Any]
"""What `result.json` holds."""


class Interval(NamedTuple):
    """A number over seeds: interquartile mean, the bounds of its interval, and the seeds themselves."""

    mid: float
    low: float
    high: float
    seeds: tuple[float, ...] = ()


def interval(value: Any) -> Interval | None:
    """Read `{"iqm", "low", "high", "per_seed"}` or a plain number; None where there is no finite number."""
    if isinstance(value, dict):
        mid = finite(value.get("iqm"))
        if mid is None:
            return None
        low, high = finite(value.get("low")), finite(value.get("high"))
        seeds = tuple(x for x in map(finite, value.get("per_seed") or ()) if x is not None)
        return Interval(mid, mid if low is None else low, mid if high is None else high, seeds)
    number = finite(value)
    return None if number is None else Interval(number, number, number)


def intervals(values: Any) -> list[Interval | None]:
    """Read a list of intervals."""
    return [interval(value) for value in values or ()]


def finite(value: Any) -> float | None:
    """A finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def say(value: float) -> str:
    """A number for prose: no more digits than a reader keeps in mind."""
    size = abs(value)
    if size < 5e-3:
        return "0"
    if size >= 9.95:
        return _signed(f"{value:,.0f}")
    return _signed(f"{value:.1f}".removesuffix(".0") if size >= 0.995 else f"{value:.2f}".removesuffix("0"))


def exact(value: float) -> str:
    """A number for tables and read-outs."""
    size = abs(value)
    text = f"{value:,.{0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else _signed(text)


def _signed(text: str) -> str:
    return text.replace("-", "−")


def percent(part: float, whole: float) -> str:
    """A share of a positive whole; empty where that has no meaning."""
    return f"{100 * part / whole:.0f}\u00a0%" if whole > 1e-9 else ""


def amount(value: float, unit: str) -> str:
    """As in "16 apples", "1 apple"."""
    return f"{say(value)} {unit.removesuffix('s') if say(value) == '1' else unit}"


def count(number: int, noun: str) -> str:
    """As in "two robots", "one robot", "12 robots"."""
    word = COUNTS[number] if 0 <= number < len(COUNTS) else f"{number:,}"
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


def listed(parts: Iterable[str], last: str = "and") -> str:
    """As in "a, b and c"."""
    parts = [part for part in parts if part]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def sentence(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def proposer(result: Result) -> int:
    """The agent that makes the offer."""
    return int((result.get("settings") or {}).get("moca", {}).get("proposer", 0) or 0)


def steps(number: float) -> str:
    """Environment steps: "12 million", "240,000"."""
    return f"{number / 1e6:.3g} million" if number >= 1e6 else f"{number:,.0f}"


def goods(result: Result) -> str:
    """What the agents earn."""
    name = str(result.get("game", {}).get("name", ""))
    return "apples" if name.startswith(("cleanup", "harvest", "Cleanup", "Harvest")) else "points"


def kind(result: Result) -> str:
    """What an agent is called: a robot where it moves on a map."""
    return "robot" if result.get("game", {}).get("map") or goods(result) == "apples" else "player"


def letter(agent: int) -> str:
    """The agent's letter."""
    return chr(ord("A") + agent)


def called(result: Result, agent: int) -> str:
    """The agent's name."""
    return f"{kind(result)} {letter(agent)}"


def price(result: Result, value: float) -> str:
    """A price in its unit, "0.19 apples per cleaned cell"."""
    unit = str(result.get("space", {}).get("unit", "") or "")
    return f"{say(value)} {unit}".strip()


def scheme(result: Result, name: str) -> dict | None:
    """The entry of a scheme, None if it was not run."""
    return next((entry for entry in result.get("schemes") or () if entry.get("name") == name), None)


def welfare(result: Result, name: str) -> Interval | None:
    """A scheme's welfare, None if it was not run."""
    entry = scheme(result, name)
    return interval(entry.get("welfare")) if entry else None


def known(values: Any) -> list[Interval]:
    """Read a list of intervals of which none is missing; empty otherwise."""
    found = intervals(values)
    return [value for value in found if value is not None] if None not in found else []


def found(result: Result) -> Interval | None:
    """The price found (the first term), over seeds."""
    theta = (result.get("contract") or {}).get("theta")
    return interval(theta[0]) if isinstance(theta, list) and theta else interval(theta)
