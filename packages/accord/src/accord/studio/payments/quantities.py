"""Money, times and shares as central bankers read them, the same in every sentence, chart and table."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...clearing.clock import HOUR, MINUTE, written

NBSP = "\u00a0"

_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


class Unit(NamedTuple):
    """The unit of a page's charts and tables: so many cents, and its name."""

    cents: int
    name: str

    def of(self, cents: int) -> float:
        """An amount in this unit, for a chart."""
        return cents / self.cents

    def text(self, cents: int) -> str:
        """An amount in this unit, for a table: two decimals, or one more figure for the very small."""
        value = cents / self.cents
        if cents and abs(value) < 0.01:
            return f"{value:.2g}".replace("-", "−") if abs(value) >= 1e-4 else f"{value:.0e}".replace("-", "−")
        return f"{value:,.2f}".replace("-", "−").removesuffix(".00")


def unit_for(total: int, currency: str = "") -> Unit:
    """The unit in which a day's value is a number of three figures or more."""
    for size, name in _SCALES[1:]:
        if total >= 100 * size * 100:
            return Unit(size * 100, f"{name} {currency}".strip())
    return Unit(100, currency or "currency units")


def money(cents: int, currency: str = "") -> str:
    """An amount for prose: `6.2 billion CAD`, `1,234.50`."""
    units, sign = abs(cents) / 100, "−" if cents < 0 else ""
    for size, name in _SCALES[:3]:
        if units >= size:
            figure = f"{units / size:.3g}" if units < 99.95 * size else f"{units / size:,.0f}"
            return f"{sign}{figure} {name} {currency}".rstrip()
    text = f"{units:,.2f}".removesuffix(".00")
    return f"{sign}{text} {currency}".rstrip()


def share(value: float | None) -> str:
    """A share as per cent; what is not all is never rounded to 100 %, what is not nothing never to 0 %."""
    if value is None:
        return "–"
    text = f"{100 * value:.1f}".removesuffix(".0")
    if 0 < value < 0.0005:
        return f"<{NBSP}0.1{NBSP}%"
    if text == "100" and value < 1:
        text = "99.9"
    return f"{text.replace('-', '−')}{NBSP}%"


def duration(milliseconds: int | float) -> str:
    """A length of time: `5 h 10 min`, `45 min`, `12 s`."""
    minutes = round(milliseconds / MINUTE)
    if not milliseconds:
        return ""
    if milliseconds < MINUTE:
        return f"{milliseconds / 1000:.3g}{NBSP}s"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{NBSP}h"] * (hours > 0) + [f"{rest}{NBSP}min"] * (rest > 0)
    return " ".join(parts)


def minutes(value: float | None) -> str:
    """A mean delay given in minutes."""
    return "–" if value is None else duration(value * MINUTE)


def clock(milliseconds: int | None) -> str:
    """A time of the day to the minute."""
    return "–" if milliseconds is None else written(int(milliseconds) // MINUTE * MINUTE)


def hours(milliseconds: int) -> float:
    """A time of the day in hours, for a chart."""
    return round(int(milliseconds) / HOUR, 5)


def plain(value: float | None, digits: int = 3) -> str:
    """A ratio without unit."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}" if abs(value) < 100 else f"{value:,.0f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def metric(value: Any, kind: str, unit: Unit) -> str:
    """The value of a metric of `accord.clearing.Metrics`, by its unit there."""
    if value is None:
        return "–"
    if kind == "cents":
        return unit.text(value)
    if kind.startswith("share"):
        return share(value)
    if kind == "ms of the day":
        return clock(value)
    if kind == "ms":
        return duration(value) if value else "0"
    if kind == "minutes":
        return minutes(value) if value else "0"
    return f"{value:,}" if isinstance(value, int) else plain(value)
