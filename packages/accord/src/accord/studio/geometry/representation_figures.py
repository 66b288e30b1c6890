"""Pictures of the representation study: dot plots with intervals, and heat maps of features on four rooms.

They are plain SVG whose colours come from the page's styles (`templates/representation.css`), so that they follow light
and dark, and each has its numbers as a tooltip of every row.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any

import numpy as np

from ...geometry.rooms import rooms

Record = dict[str, Any]

FAMILIES = {
    "random": ("random", ("stochastic", "deterministic", "gaussian")),
    "adversarial": ("adversarial", ("avf", "avf_gradient", "avf_sparse")),
    "reward-free": ("of the moves, or of goals", ("avf_goals", "successor", "goals")),
    "knowing": ("of good policies for the task", ("mixtures", "path")),
    "minimax": ("minimax", ("minimax",)),
}
"""Name of the colour: what the family is called, and its representations."""

FAMILY = {row: family for family, (_, own) in FAMILIES.items() for row in own}

LEVELS = 6
_WIDTH, _SIDE, _PITCH, _TOP = 660, 252, 25, 40


def dots(record: Record, discount: str, dimension: str, metric: str, *, logarithmic: bool = False) -> str:
    """One metric of every representation, best first: the interquartile mean and its interval over seeds.

    Args:
        record: of the study.
        discount: which.
        dimension: number of features.
        metric: a key of the record's metrics.
        logarithmic: whether the axis is one of ratios; what is below 1/2000 of the greatest stands at its end.
    """
    part = record["discounts"][discount]
    cells = {row: own[dimension][metric] for row, own in part["rows"].items()}
    more_is_better = metric.startswith("control")
    order = sorted(cells, key=lambda row: -cells[row]["iqm"] if more_is_better else cells[row]["iqm"])
    high = 1.0 if more_is_better else max(cell["high"] for cell in cells.values()) * 1.04
    floor = high / 2000.0
    across = lambda x: _SIDE + (_WIDTH - _SIDE - 70) * (
        math.log(max(x, floor) / floor) / math.log(high / floor) if logarithmic else x / high
    )
    height = _TOP + _PITCH * len(order) + 44
    marks = []
    for tick in _decades(floor, high) if logarithmic else _even(high):
        x = across(tick)
        marks.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height - 42}"/>')
        marks.append(f'<text x="{x:.1f}" y="{height - 24}" text-anchor="middle">{tick:g}</text>')
    if metric == "worst":
        x = across(part["bounds"][dimension]["iqm"])
        marks.append(f'<line class="proof" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height - 42}"/>')
    for place, row in enumerate(order):
        cell, y = cells[row], _TOP + _PITCH * place + _PITCH / 2
        look, name = FAMILY[row], record["rows"][row]
        told = f"{name}: {number(cell['iqm'])} ({number(cell['low'])} to {number(cell['high'])})"
        left, right = across(cell["low"]), across(cell["high"])
        marks.append(
            f'<g><title>{escape(told)}</title><text x="0" y="{y + 4:.1f}">{escape(name)}</text>'
            f'<line class="range {look}" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<circle class="{look}" cx="{across(cell["iqm"]):.1f}" cy="{y:.1f}" r="5"/>'
            f'<text class="strong" x="{max(right, across(cell["iqm"])) + 10:.1f}" y="{y + 4:.1f}">'
            f"{number(cell['iqm'])}</text></g>"
        )
    unit = "share of the optimum" if more_is_better else "root mean square error"
    label = f"{record['metrics'][metric]}, {unit}"
    marks.append(f'<text class="strong" x="0" y="22">{escape(label[:1].upper() + label[1:])}</text>')
    return (
        f'<div class="chart dots"><svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(label, quote=True)}">{"".join(marks)}</svg></div>'
    )


def number(value: float) -> str:
    """An error or a share, to three digits."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}" if abs(value) >= 5e-4 or value == 0 else "<0.0005"


def _decades(low: float, high: float) -> list[float]:
    return [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]


def _even(high: float) -> list[float]:
    power = 10.0 ** math.floor(math.log10(high))
    step = next(step for step in (power / 5, power / 2, power, 2 * power) if high / step <= 6)
    return [step * k for k in range(int(high / step + 1e-9) + 1)]


def key() -> str:
    """The families and their colours."""
    items = "".join(f'<li class="{look}"><i></i>{escape(name)}</li>' for look, (name, _) in FAMILIES.items())
    return f'<ul class="families">{items}</ul>'


def maps(record: Record, discount: str) -> str:
    """The first features of each representation (one seed), on the four rooms."""
    pictures = record["discounts"][discount]["pictures"]
    wide = max(len(features) for features in pictures.values())
    cells = ['<p class="corner"></p>', *(f'<p class="number">{k + 1}</p>' for k in range(wide))]
    for row, features in pictures.items():
        cells.append(f'<p class="name">{escape(record["rows"][row])}</p>')
        for k, feature in enumerate(features):
            cells.append(heat(np.array(feature), f"{record['rows'][row]}, feature {k + 1}"))
        cells += ["<p></p>"] * (wide - len(features))
    return f'<div class="maps">{"".join(cells)}</div>'


def heat(feature: np.ndarray, says: str) -> str:
    """A feature `[states]` on the map: one colour for each sign, stronger for larger, zero pale."""
    world = rooms()
    level = np.rint(feature / max(np.abs(feature).max(), 1e-12) * LEVELS).astype(int)
    paths = []
    for one in np.unique(level):
        squares = "".join(f"M{c} {r}h1v1h-1z" for r, c in world.cells[level == one])
        look = f"p{one}" if one >= 0 else f"m{-one}"
        paths.append(f'<path class="{look}" d="{squares}"/>')
    rows, columns = world.shape
    return (
        f'<svg viewBox="0 0 {columns} {rows}" role="img" aria-label="{escape(says, quote=True)}" '
        f'shape-rendering="crispEdges"><title>{escape(says)}</title>{"".join(paths)}</svg>'
    )


__all__ = ["FAMILIES", "FAMILY", "Record", "dots", "heat", "key", "maps", "number"]
