"""Pictures of the polytope of values and of the paths through it, as matplotlib figures.

Each function takes a process and gives a `Figure`; none shows or saves. Colours are Okabe and Ito's, which the colour
blind tell apart; a marker or a word stands beside every colour.

Source: after the figures of Dadashi et al. 2019 (arXiv 1901.11524): clouds with their hull (2), the line theorem,
policy agreement, mixtures, and paths of learning, all drawn anew from the exact computations of `accord.geometry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as File
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection

from ...experiments.store import storage
from ...geometry.cells import Region, ridges
from ...geometry.paths import METHODS, Path
from ...geometry.polytope import action_mixtures, hull, pure_values, sampled, segment
from ...geometry.process import Process

CLOUD = 50_000
"""Random policies behind a picture: the published number."""

BLUE, ORANGE, PINK, GREEN, SKY, INK, GREY = "#0072b2", "#d55e00", "#a8487f", "#00795a", "#56b4e9", "#1d1c1a", "#8b867d"
STATE_COLOURS = (BLUE, ORANGE, GREEN)
START_LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))
REGION = "#dfe8ef"

STYLE: Any = {
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "figure.facecolor": "white",
}


def titled(process: Process) -> str:
    """What a process is called above a picture."""
    size = f"{process.num_states} states, {process.num_actions} actions"
    return f"Process {process.name}: {size}, γ = {process.discount:g}"


def _figure(width: float = 5.2, height: float = 4.4) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _axes(axes: Axes, points: np.ndarray, title: str) -> None:
    low, high = points.min(0), points.max(0)
    room = 0.09 * np.maximum(high - low, 1e-3)
    axes.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
    axes.set(xlabel="value of state 1", ylabel="value of state 2", title=title)


def _ground(axes: Axes, whole: Region) -> None:
    """The exact region, quiet, behind everything else."""
    axes.add_collection(PolyCollection(whole.corners(), facecolors=REGION, edgecolors=REGION, linewidths=0.6))


def _best(axes: Axes, process: Process) -> None:
    best = process.optimal()[0]
    axes.plot(*best, "*", ms=15, color="#e3b21c", mec=INK, mew=0.7, zorder=6)
    axes.annotate("optimal", tuple(best), (-6, 9), textcoords="offset points", ha="right", color=INK, zorder=6)


def _named(axes: Axes, actions: np.ndarray, values: np.ndarray) -> None:
    """Deterministic policies as dots, with their actions on the side away from the middle."""
    axes.plot(*values.T, "o", ms=5.5, color=INK, mec="white", mew=0.8, zorder=5)
    span = np.maximum(np.ptp(values, axis=0), 1e-12)
    for value, name in named(actions, values):
        side = (value - values.mean(0)) / span
        side = 11 * side / max(float(np.linalg.norm(side)), 1e-12)
        axes.annotate(name, tuple(value), tuple(side), textcoords="offset points", va="center", color=INK, fontsize=8,
                      zorder=5, ha=_beside(side))  # fmt: skip


def _beside(offset: np.ndarray) -> Literal["left", "center", "right"]:
    """How a label is set that stands so many points from its dot."""
    return "right" if offset[0] < -6 else "left" if offset[0] > 6 else "center"


def named(actions: np.ndarray, values: np.ndarray, near: float = 0.04) -> list[tuple[np.ndarray, str]]:
    """Deterministic policies by their actions (from 1), as in "12"; those too near for two labels share one."""
    span = np.maximum(np.ptp(values, axis=0), 1e-12)
    groups: list[tuple[np.ndarray, list[str]]] = []
    for choice, value in zip(actions, values, strict=True):
        name = ("" if actions.max() < 9 else " ").join(str(a + 1) for a in choice)
        there = next((names for at, names in groups if (np.abs(at - value) < near * span).all()), None)
        if there is None:
            groups.append((value, [name]))
        else:
            there.append(name)
    return [(at, ", ".join(names)) for at, names in groups]


# ----------------------------------------------------------------------------------------------------------- two states


def cloud(process: Process, rng: np.random.Generator, count: int = CLOUD) -> Figure:
    """What random policies are worth, the hull, and the deterministic policies."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        actions, pure = pure_values(process)
        values = sampled(process, rng, count)
        axes.plot(*values.T, ",", color=BLUE, alpha=0.5, rasterized=True)
        around = pure[hull(pure)]
        axes.plot(*np.concatenate([around, around[:1]]).T, "--", lw=1, color=GREY)
        _named(axes, actions, pure)
        _best(axes, process)
        _axes(axes, pure, titled(process))
        axes.text(0.02, 0.98, f"dots: {count:,} random policies\ndashes: hull of the deterministic ones",
                  transform=axes.transAxes, va="top", fontsize=8, color=GREY)  # fmt: skip
        return figure


def lines(process: Process, whole: Region, rng: np.random.Generator, count: int = 3) -> Figure:
    """The line theorem: policies that differ in one state only, and where equal shares of two actions fall."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        _ground(axes, whole)
        for policy in process.drawn(rng, count):
            for state, colour in zip(range(2), STATE_COLOURS, strict=False):
                line = segment(process, policy, state)
                axes.plot(*np.array([line.low, line.high]).T, color=colour, lw=1.8)
                axes.plot(*line.at(np.linspace(0, 1, 11)).T, "o", ms=3.2, color=colour)
                axes.plot(*np.array([line.low, line.high]).T, "o", ms=5, color="white", mec=colour, mew=1.6)
            axes.plot(*process.evaluate(policy), "D", ms=5, color=INK, zorder=4)
        pure = pure_values(process)[1]
        _best(axes, process)
        _axes(axes, pure, titled(process))
        for state, colour in zip(range(2), STATE_COLOURS, strict=False):
            axes.text(0.02, 0.98 - 0.05 * state, f"only state {state + 1} changes", transform=axes.transAxes, va="top",
                      fontsize=8.5, color=colour)  # fmt: skip
        axes.text(0.02, 0.88, "diamond: the policy; rings: one action for sure;\ndots: shares of 0, 10, …, 100 %",
                  transform=axes.transAxes, va="top", fontsize=8, color=GREY)  # fmt: skip
        return figure


def boundary(process: Process, whole: Region) -> Figure:
    """Policies that are sure in one state: their segments hold the whole boundary."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        _ground(axes, whole)
        uniform = process.uniform()
        for state, colour in zip(range(2), STATE_COLOURS, strict=False):
            for action in range(process.num_actions):
                policy = uniform.copy()
                policy[state] = np.eye(process.num_actions)[action]
                line = segment(process, policy, 1 - state)
                axes.plot(*np.array([line.low, line.high]).T, color=colour, lw=2, ls="-" if state == 0 else (0, (4, 2)))
        edges = whole.boundary()
        axes.add_collection(LineCollection(list(edges), colors=INK, linewidths=5, alpha=0.13, zorder=1))
        actions, pure = pure_values(process)
        _named(axes, actions, pure)
        _axes(axes, pure, titled(process))
        for state, colour in zip(range(2), STATE_COLOURS, strict=False):
            axes.text(0.02, 0.98 - 0.05 * state, f"sure in state {state + 1}", transform=axes.transAxes, va="top",
                      fontsize=8.5, color=colour)  # fmt: skip
        axes.text(0.02, 0.88, "wide grey: the exact boundary", transform=axes.transAxes, va="top", fontsize=8,
                  color=GREY)  # fmt: skip
        return figure


def mixture(process: Process, whole: Region) -> Figure:
    """Mixtures of the policies that always take the first action and always the second: a curve."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        _ground(axes, whole)
        curve = action_mixtures(process)
        axes.plot(*curve[[0, -1]].T, "--", lw=1, color=GREY)
        axes.plot(*curve.T, lw=2.4, color=PINK)
        axes.plot(*curve[::50].T, "o", ms=4, color=PINK)
        span = np.maximum(np.ptp(curve, axis=0), 1e-12)
        for end, before, name in ((0, 25, "always action 1"), (-1, -26, "always action 2")):
            on = (curve[end] - curve[before]) / span  # the name stands where the curve would go on
            on *= 11 / max(float(np.linalg.norm(on)), 1e-12)
            axes.plot(*curve[end], "o", ms=6, color=INK, zorder=5)
            axes.annotate(name, tuple(curve[end]), tuple(on), textcoords="offset points", va="center", color=INK,
                          fontsize=8.5, zorder=5, ha=_beside(on))  # fmt: skip
        _axes(axes, pure_values(process)[1], titled(process))
        axes.text(0.02, 0.98, "dots: every tenth of the way", transform=axes.transAxes, va="top", fontsize=8,
                  color=GREY)  # fmt: skip
        return figure


# ---------------------------------------------------------------------------------------------------------------- paths


def paths(process: Process, whole: Region, method: str, walked: Sequence[Path]) -> Figure:
    """One method from three starts."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        _walk(axes, process, whole, walked)
        axes.set_title(f"{METHODS[method].title} on process {process.name}")
        out = sum(path.left for path in walked)
        counts = " + ".join(str(path.left) for path in walked)
        said, colour = (f"crosses: outside, {counts} iterates", PINK) if out else ("never leaves", GREY)
        axes.text(0.02, 0.98, said, transform=axes.transAxes, va="top", fontsize=8.5, color=colour)
        return figure


def all_paths(process: Process, whole: Region, walks: Mapping[str, Sequence[Path]]) -> Figure:
    """All methods beside each other on one scale."""
    with matplotlib.rc_context(STYLE | {"font.size": 8.5}):
        columns = 4
        rows = -(-len(walks) // columns)
        figure = Figure(figsize=(3.1 * columns, 2.75 * rows), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes, (method, walked) in zip(grid.flat, walks.items(), strict=False):
            _walk(axes, process, whole, walked)
            axes.set(title=METHODS[method].title, xlabel="", ylabel="")
        for axes in grid.flat[len(walks) :]:
            axes.set_axis_off()
        everywhere = [path.values for walked in walks.values() for path in walked]
        _axes(grid.flat[0], np.concatenate([pure_values(process)[1], *everywhere]), METHODS[next(iter(walks))].title)
        grid.flat[0].set(xlabel="", ylabel="")
        figure.suptitle(f"{titled(process)}. Crosses: outside the polytope.", fontsize=11)
        figure.supxlabel("value of state 1", fontsize=9)
        figure.supylabel("value of state 2", fontsize=9)
        return figure


def _walk(axes: Axes, process: Process, whole: Region, walked: Sequence[Path]) -> None:
    _ground(axes, whole)
    corners = pure_values(process)[1]
    for path, (colour, shape) in zip(walked, START_LOOKS, strict=True):
        values, out = path.values, path.outside
        every = max(1, len(values) // 50)
        axes.plot(*values.T, lw=1.1, color=colour, alpha=0.8)
        axes.plot(*values[::every][~out[::every]].T, shape, ms=3.2, color=colour)
        axes.plot(*values[::every][out[::every]].T, "x", ms=4.6, mew=1.3, color=PINK, zorder=4)
        axes.plot(*values[0], shape, ms=8, color="white", mec=colour, mew=1.8, zorder=5)
    _best(axes, process)
    everything = np.concatenate([corners, *(path.values for path in walked)])
    _axes(axes, everything, "")


# --------------------------------------------------------------------------------------------------------- three states


def space(process: Process, whole: Region, rng: np.random.Generator, count: int = 4000, turn: float = -60.0) -> Figure:
    """Three states: the exact surface, a cloud of policies, those that agree in one state, the deterministic ones."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.0, 5.2))
        axes: Any = figure.add_axes((0.0, 0.02, 0.93, 1.0), projection="3d", computed_zorder=False)
        figure.text(0.03, 0.955, titled(process), fontsize=10.5)
        figure.text(0.03, 0.915, "orange: policies that agree in state 1 lie in a plane", fontsize=8.5, color=ORANGE)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.pane.set_facecolor("#fafafa")
            axis._axinfo["grid"].update(color="#e8e8e8", linewidth=0.6)
        facets = whole.boundary()
        edges = facets
        if facets.shape[1] == 3:
            axes.add_collection3d(Poly3DCollection(facets, facecolors=SKY, alpha=0.12, lw=0))
            edges = ridges(facets)
        if len(edges):
            axes.add_collection3d(Line3DCollection(edges, colors=BLUE, lw=0.9, alpha=0.55))
        axes.scatter(*sampled(process, rng, count).T, s=2.2, color=BLUE, alpha=0.45, lw=0)
        axes.scatter(*agreeing(process, rng, count // 2).T, s=2.2, color=ORANGE, alpha=0.7, lw=0)
        pure = pure_values(process)[1]
        axes.scatter(*pure.T, s=13, color=INK, depthshade=False)
        best = process.optimal()[0]
        axes.scatter(*best, s=130, marker="*", color="#e3b21c", edgecolors=INK, lw=0.7, depthshade=False)
        axes.set(xlabel="value of state 1", ylabel="value of state 2", zlabel="value of state 3")
        axes.view_init(18, turn)
        return figure


def agreeing(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Values `[count, states]` of random policies that all do the same, even mixture in the first state."""
    policies = process.drawn(rng, count)
    policies[:, 0] = process.uniform()[0]
    return process.evaluate(policies)


# ------------------------------------------------------------------------------------------------- all that there are

Drawings = dict[str, Callable[[], Figure]]
"""What draws each picture, by the end of its file's name."""


def shapes(process: Process, whole: Region, rng: np.random.Generator) -> Drawings:
    """Every picture of a process's values."""
    if process.num_states == 3:
        return {"space": lambda: space(process, whole, rng)}
    return {
        "cloud": lambda: cloud(process, rng),
        "lines": lambda: lines(process, whole, rng),
        "boundary": lambda: boundary(process, whole),
        "mixture": lambda: mixture(process, whole),
    }


def walks(process: Process, whole: Region, walked: Mapping[str, Sequence[Path]]) -> Drawings:
    """Every picture of paths; none for three states, whose paths no plane shows."""
    if process.num_states != 2:
        return {}
    one = {
        method: lambda method=method, ways=ways: paths(process, whole, method, ways) for method, ways in walked.items()
    }
    return {"all": lambda: all_paths(process, whole, walked)} | one


def save(figure: Figure, path: File, dots: int = 140) -> None:
    """Write a figure as a PNG file."""
    with storage(path):
        figure.savefig(path, dpi=dots)
