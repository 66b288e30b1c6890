"""Pictures of the plane of two states' values, and of the space of three, as plain specifications for the page.

`templates/value_plane.js` and `templates/polytope3d.js` draw them; `polytope_figures.py` has the same as files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...geometry.cells import Region, ridges
from ...geometry.paths import Path
from ...geometry.polytope import action_mixtures, hull, pure_values, sampled, segment
from ...geometry.process import Process
from .polytope_figures import agreeing, named

Spec = dict[str, Any]

DOTS = 1500
"""Random policies in a picture of the page."""

LOOKS = (("agent-0", "circle"), ("agent-1", "square"), ("agent-3", "triangle"))
STEPS = 50
"""Marks along a path, at most about."""


def _plane(whole: Region, points: np.ndarray, **parts: Any) -> Spec:
    low, high = points.min(0), points.max(0)
    room = 0.08 * np.maximum(high - low, 1e-3)
    cells = [corners.tolist() for corners in whole.corners()]
    return {"kind": "values", "cells": cells, "low": (low - room).tolist(), "high": (high + room).tolist(), **parts}


def _dots(process: Process, near: float = 0.05) -> list[Spec]:
    actions, values = pure_values(process)
    span = np.maximum(np.ptp(values, axis=0), 1e-12)
    names = {tuple(value): name for value, name in named(actions, values, near)}
    dots = []
    for choice, value in zip(actions, values, strict=True):
        away = (value - values.mean(0)) / span
        away = away / max(float(np.linalg.norm(away)), 1e-12)
        said = ", ".join(f"action {a + 1} in state {s + 1}" for s, a in enumerate(choice))
        name = names.get(tuple(value), "")
        dots.append({"at": value.tolist(), "name": name, "says": said, "side": away[:2].tolist()})
    return dots


def cloud(process: Process, whole: Region, rng: np.random.Generator) -> Spec:
    """The exact region, random policies, the hull and the deterministic policies."""
    pure = pure_values(process)[1]
    return _plane(whole, pure, cloud=sampled(process, rng, DOTS).tolist(), hull=pure[hull(pure)].tolist(),
                  dots=_dots(process), best=process.optimal()[0].tolist())  # fmt: skip


def lines(process: Process, whole: Region, rng: np.random.Generator, count: int = 3) -> Spec:
    """Segments of policies that differ in one state only; marks at every tenth of a share."""
    drawn = []
    for policy in process.drawn(rng, count):
        for state, (colour, shape) in zip(range(2), LOOKS, strict=False):
            line = segment(process, policy, state)
            marks = [[*point, f"{10 * i} %"] for i, point in enumerate(line.at(np.linspace(0, 1, 11)).tolist())]
            ends = [line.low.tolist(), line.high.tolist()]
            drawn.append({"label": f"only state {state + 1} changes", "colour": colour, "shape": shape, "points": ends,
                          "marks": marks, "rings": ends})  # fmt: skip
    return _plane(whole, pure_values(process)[1], lines=drawn, best=process.optimal()[0].tolist(), small=True)


def boundary(process: Process, whole: Region) -> Spec:
    """Policies that are sure in one state."""
    drawn = []
    for state, (colour, _) in zip(range(2), LOOKS, strict=False):
        for action in range(process.num_actions):
            policy = process.uniform()
            policy[state] = np.eye(process.num_actions)[action]
            line = segment(process, policy, 1 - state)
            drawn.append({"label": f"sure in state {state + 1}", "colour": colour, "dash": state == 1,
                          "points": [line.low.tolist(), line.high.tolist()]})  # fmt: skip
    return _plane(whole, pure_values(process)[1], lines=drawn, dots=_dots(process, near=0.1), small=True)


def mixture(process: Process, whole: Region) -> Spec:
    """Mixtures of always the first and always the second action."""
    curve = action_mixtures(process, 201)
    marks = [[*curve[i].tolist(), f"{i // 2} % action 2"] for i in range(0, 201, 20)]
    chord = {"label": "", "colour": "soft", "dash": True, "thin": True, "points": curve[[0, -1]].tolist()}
    line = {"label": "from action 1 to action 2", "colour": "agent-2", "shape": "circle",
            "points": curve[::2].tolist(), "marks": marks}  # fmt: skip
    return _plane(whole, pure_values(process)[1], lines=[chord, line], small=True)


def walk(process: Process, whole: Region, paths: Sequence[Path], points: np.ndarray) -> Spec:
    """A method's paths from three starts, within the frame of some points."""
    drawn = []
    for path, (colour, shape) in zip(paths, LOOKS, strict=True):
        every = np.arange(0, len(path.values), max(1, len(path.values) // STEPS))
        values = path.values.tolist()
        marks = [[*values[i], f"step {i}"] for i in every if i and not path.outside[i]]
        out = [[*values[i], f"step {i}, outside"] for i in every if path.outside[i]]
        drawn.append({"label": "", "colour": colour, "shape": shape, "points": values, "marks": marks, "size": 3,
                      "out": out, "rings": values[:1], "thin": True})  # fmt: skip
    outside = any(path.left for path in paths)
    best = process.optimal()[0].tolist()
    return _plane(whole, points, lines=drawn, best=best, outside=outside, small=True)


def space(process: Process, whole: Region, rng: np.random.Generator) -> Spec:
    """Three states: the exact surface, random policies, those that agree in the first state, the deterministic ones."""
    triangles = whole.boundary()
    faces, edges = [], triangles.tolist()  # a flat polytope has an outline and no surface
    if triangles.shape[1] == 3:
        normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        faces = [{"corners": c.tolist(), "normal": n.tolist()} for c, n in zip(triangles, normals, strict=True)]
        edges = ridges(triangles).tolist()
    return {"kind": "space", "faces": faces, "ridges": edges, "cloud": sampled(process, rng, DOTS).tolist(),
            "dots": _dots(process), "agreeing": agreeing(process, rng, DOTS // 2).tolist(),
            "best": process.optimal()[0].tolist()}  # fmt: skip
