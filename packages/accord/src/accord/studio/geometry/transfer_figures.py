"""Pictures of the study of transfer: what is kept when the reward changes, and what it is worth then.

Lines are specifications for `charts.js`; the trunks beside their twins, and the maps, are SVG in the page's colours.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from ...experiments.geometry.auxiliary import KINDS as TRAINED
from ...experiments.geometry.transfer import BINS, DIMENSIONS, KINDS, LIBRARIES
from ...geometry.rooms import rooms
from .representation_figures import heat, number

Record = dict[str, Any]
Spec = dict[str, Any]

WAYS = {
    "policy": "the old policy, unchanged",
    "improved": "the old policy, improved",
    "uniform": "the uniform policy, improved",
    **KINDS,
}
"""Every way to face a new goal."""

SHARES = {
    "uniform": ("uniform policy, improved", "agent-2", "diamond"),
    "goals": ("features: other goals", "agent-3", "square"),
    "successor": ("features: successor", "agent-0", "circle"),
    "adversarial": ("features: adversarial", "agent-1", "triangle"),
    "stochastic": ("features: random policies", "agent-5", "circle"),
    "improved": ("old policy, improved", "agent-6", "square"),
    "policy": ("old policy, unchanged", "agent-7", "circle"),
}
ERRORS = {
    "policy": ("old policy", "agent-7", "circle"),
    "stochastic": ("random policies", "agent-5", "circle"),
    "adversarial": ("adversarial", "agent-1", "triangle"),
    "improvement": ("improvement paths", "agent-6", "diamond"),
    "successor": ("successor", "agent-0", "circle"),
    "goals": ("other goals", "agent-3", "square"),
}
FAMILY = {"successor": "reward-free", "goals": "reward-free", "adversarial": "adversarial"}
"""Colours of trained trunks; the rest are random."""

_WIDTH, _SIDE, _PITCH = 660, 230, 30


def _point(x: float, cell: Record) -> list[float]:
    return [x, cell["iqm"], cell["low"], cell["high"]]


def _series(look: tuple[str, str, str], points: list[list[float]], **more: Any) -> Spec:
    label, colour, shape = look
    return {"label": label, "colour": colour, "shape": shape, "points": points, "marks": True, **more}


def by_distance(record: Record, discount: str, measure: str) -> Spec:
    """Share of the optimal return, or error of the value, against the way from the old goal to the new one."""
    ways = record["goals"][discount]["ways"]
    middles = [(low + high) / 2 for low, high in BINS]
    looks = SHARES if measure == "share" else ERRORS
    of = lambda way: zip(middles, ways[way][measure]["near"], strict=True)
    series = [
        _series(look, [_point(x, cell) for x, cell in of(way) if cell is not None], whiskers=True)
        for way, look in looks.items()
    ]
    label = "Share of the optimal return" if measure == "share" else "Relative error of the value"
    y = {"label": label, "min": 0, "max": 1.0, "ticks": [0, 0.25, 0.5, 0.75, 1.0], "format": "percent"}
    return {"kind": "lines", "x": {"label": "Steps from the old goal to the new one"}, "y": y, "series": series}


def by_size(record: Record, discount: str) -> Spec:
    """Share of the optimal return on new goals against the size of the library."""
    looks = {
        "stochastic": ("of random stochastic policies", "agent-2", "diamond"),
        "goals": ("of optimal policies", "agent-3", "square"),
        "deterministic": ("of random deterministic ones", "agent-0", "circle"),
    }
    part = record["goals"][discount]["libraries"]
    series = [
        _series(look, [_point(row["size"], row["improved"]) for row in part[kind]], band=True)
        for kind, look in looks.items()
    ]
    best = [_point(row["size"], row["member"]) for row in part["goals"]]
    series.append(_series(("best member (optimal)", "agent-7", "circle"), best, band=True))
    y = {"label": "Share of the optimal return", "min": 0, "max": 1.0, "ticks": [0, 0.25, 0.5, 0.75, 1.0],
         "format": "percent"}  # fmt: skip
    x = {"label": "Policies in the library", "ticks": [size for size in LIBRARIES if size not in (2, 3)]}
    return {"kind": "lines", "x": x, "y": y, "series": series}


def by_best_responses(record: Record) -> Spec:
    """Worst error over all terms of a contract against the number of best responses that are known."""
    rows = record["contracts"]["libraries"]
    of = lambda way: [_point(row["size"], row[way]["of_largest"]) for row in rows]
    series = [
        _series(("best member, read off", "agent-7", "circle"), of("member"), band=True),
        _series(("improved", "agent-2", "diamond"), of("improved"), band=True),
    ]
    y = {"label": "Worst error over all θ, of the largest value", "min": 0, "format": "percent"}
    x = {"label": "Best responses in the library", "ticks": [row["size"] for row in rows]}
    return {"kind": "lines", "x": x, "y": y, "series": series}


def compressed(record: Record, world: str) -> Spec:
    """Error of few features on values under contracts that were not seen."""
    looks = {
        "random": ("random joint policies", "agent-5", "circle"),
        "successor": ("successor representation", "agent-0", "circle"),
        "library": ("values at nine contracts", "agent-3", "square"),
    }
    errors = record["compression"][world]["errors"]
    series = [
        _series(look, [_point(d, cell) for d, cell in zip(DIMENSIONS, errors[kind], strict=True)], band=True)
        for kind, look in looks.items()
    ]
    y = {"label": "Relative error", "min": 0, "max": 0.8, "ticks": [0, 0.2, 0.4, 0.6, 0.8], "format": "percent"}
    return {"kind": "lines", "x": {"label": "Features", "ticks": list(DIMENSIONS)}, "y": y, "series": series,
            "small": True}  # fmt: skip


def trunks(scene: Record, measure: str) -> str:
    """One measure of every trained trunk, of its twin, and of the trunk before training."""
    before = scene["kinds"]["untrained"]["trunk"][measure]["iqm"]
    high = max(1.0, before)
    across = lambda x: _SIDE + (_WIDTH - _SIDE - 60) * min(x, high) / high
    top, height = 42, 42 + _PITCH * len(TRAINED) + 40
    marks = []
    for tick in (0, 0.25, 0.5, 0.75, 1.0):
        x = across(tick)
        marks.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 4}" y2="{height - 36}"/>')
        marks.append(f'<text x="{x:.1f}" y="{height - 18}" text-anchor="middle">{100 * tick:.0f} %</text>')
    x = across(before)
    marks.append(f'<line class="proof" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 4}" y2="{height - 36}"/>')
    for place, kind in enumerate(TRAINED):
        own, y, look = scene["kinds"][kind], top + _PITCH * (place + 0.5), FAMILY.get(kind, "random")
        deep, twin = own["trunk"][measure], own["twin"][measure]
        told = f"{KINDS[kind]}: trunk {spread(deep)}, twin {spread(twin)}, before training {number(before)}"
        marks.append(
            f'<g><title>{escape(told)}</title><text x="0" y="{y + 4:.1f}">{escape(KINDS[kind])}</text>'
            f'<line class="range {look}" x1="{across(deep["low"]):.1f}" x2="{across(deep["high"]):.1f}" '
            f'y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<circle class="ring {look}" cx="{across(twin["iqm"]):.1f}" cy="{y:.1f}" r="6"/>'
            f'<circle class="{look}" cx="{across(deep["iqm"]):.1f}" cy="{y:.1f}" r="4"/></g>'
        )
    says = {"share": "Share of the optimal return, new goals", "error": "Relative error of V*, new goals"}[measure]
    marks.append(f'<text class="strong" x="0" y="20">{says}</text>')
    return (
        f'<div class="chart dots"><svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(says, quote=True)}">{"".join(marks)}</svg></div>'
    )


def spread(cell: Record) -> str:
    """As in "0.714 (0.704 to 0.728)"."""
    return f"{number(cell['iqm'])} ({number(cell['low'])} to {number(cell['high'])})"


def maps(record: Record, deep: Record | None) -> str:
    """Single features on four rooms: of each kind exactly, and of trunks that were trained on it."""
    cells = rooms().cells
    wide = max(map(len, record["features"].values()))
    lines = [(KINDS[kind], [np.array(feature) for feature in own]) for kind, own in record["features"].items()]
    if deep and "rooms" in deep["scenes"]:
        for kind in TRAINED:
            shown = deep["scenes"]["rooms"]["kinds"][kind]["shown"]
            pictures = [np.array(picture, float)[tuple(cells.T)] for picture in shown]
            lines.append((f"trunk, {KINDS[kind]}", pictures))
    body = ['<p class="corner"></p>', *(f'<p class="number">{k + 1}</p>' for k in range(wide))]
    for name, own in lines:
        body.append(f'<p class="name">{escape(name[:1].upper() + name[1:])}</p>')
        body += [heat(feature, f"{name}, feature {k + 1}") for k, feature in enumerate(own)]
        body += ["<p></p>"] * (wide - len(own))
    return f'<div class="maps">{"".join(body)}</div>'


__all__ = [
    "WAYS", "Record", "by_best_responses", "by_distance", "by_size", "compressed", "maps", "spread", "trunks",
]  # fmt: skip
