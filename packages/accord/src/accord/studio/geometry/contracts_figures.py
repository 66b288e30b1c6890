"""Pictures of contracts as geometry, as matplotlib figures: none is shown or saved here.

A marker or a word stands beside every colour; bands are 95 % bootstrap intervals of the interquartile mean over seeds.
"""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ...geometry.contracts import ThetaMap
from .polytope_figures import BLUE, GREEN, GREY, INK, ORANGE, REGION, STYLE

LOOKS = {
    "whole": (ORANGE, "o", "one value, asked at every theta"),
    "parts": (BLUE, "s", "separate heads, asked at every theta"),
    "read off": (GREEN, "^", "separate heads, read off from five"),
    "played": (GREY, "D", "one value, searched by playing"),
}
"""Colour, marker and words of each search."""


def theta_steps(found: ThetaMap) -> Figure:
    """Where each equilibrium lives, and what the best and the worst one are worth: intervals above, steps below."""
    with matplotlib.rc_context(STYLE):
        rows = len(found.low)
        figure = Figure(figsize=(7.2, 2.9 + 0.3 * rows), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(max(rows, 2), 6))
        for place in (above, below):
            place.axvline(0.0, color=GREY, lw=0.8, ls=":")
        _intervals(above, found)
        _steps(below, found)
        return figure


def _intervals(axes: Axes, found: ThetaMap) -> None:
    for row, (low, high, welfare, joint) in enumerate(
        zip(found.low, found.high, found.welfare, found.joint, strict=True)
    ):
        axes.plot([low, high], [row, row], lw=5, solid_capstyle="butt", color=BLUE)
        play = "  ".join(f"{a + 1}·{b + 1}" for a, b in joint)
        axes.annotate(f"{play}   welfare {welfare:.1f}", (high, row), (6, 0), textcoords="offset points", va="center",
                      fontsize=8, color=INK)  # fmt: skip
    low, high = found.bounds
    axes.set(ylim=(len(found.low) - 0.4, -0.6), yticks=[], xlim=(low, high), title="Pure equilibria of a game of two "
             "states, each with the terms that implement it")  # fmt: skip
    axes.spines["left"].set_visible(False)
    axes.text(0.0, 0.97, "actions of first · second agent,\nstate by state", transform=axes.transAxes, va="top",
              fontsize=8, color=GREY)  # fmt: skip
    axes.annotate("no contract", (0.0, len(found.low) - 0.5), (4, 0), textcoords="offset points", fontsize=8,
                  color=GREY, va="bottom")  # fmt: skip


def _steps(axes: Axes, found: ThetaMap) -> None:
    edges, best, worst = found.steps()
    for left, right, top, bottom in zip(edges, edges[1:], best, worst, strict=False):
        if np.isnan(top):
            axes.axvspan(left, right, color=REGION, lw=0)
            continue
        axes.fill_between([left, right], bottom, top, color=BLUE, alpha=0.15, lw=0)
        for welfare, width in ((bottom, 1.1), (top, 2.6)):
            axes.plot([left, right], [welfare, welfare], color=BLUE, lw=width, solid_capstyle="butt")
    axes.axhline(found.planner, color=INK, lw=0.9, ls="--")
    axes.annotate("planner", (found.bounds[0], found.planner), (2, 3), textcoords="offset points", fontsize=8,
                  color=INK)  # fmt: skip
    note = "thick: best equilibrium, thin: worst; grey: no pure equilibrium"
    axes.text(0.995, 0.03, note, transform=axes.transAxes, ha="right", fontsize=8, color=GREY)
    axes.set(xlabel="theta: what the first agent gets from the second per unit of the feature", ylabel="welfare")
    axes.margins(y=0.12)


def richness(rows: list[dict[str, Any]]) -> Figure:
    """The share of games whose planner's joint policy some contract implements, by the number of features."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.6, 3.6), layout="constrained")
        axes = figure.add_subplot()
        sizes = sorted({row["states"] for row in rows})
        for colour, marker, states in zip((ORANGE, BLUE, GREEN), "os^", sizes, strict=False):
            mine = sorted((row for row in rows if row["states"] == states), key=lambda row: row["terms"])
            games = mine[0]["games"]
            x = [row["terms"] for row in mine]
            middle, low, high = ([row["feasible"][key] / games for row in mine] for key in ("iqm", "low", "high"))
            axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
            axes.plot(x, middle, color=colour, marker=marker, ms=5, lw=1.6)
            half = float(np.exp(np.interp(0.5, middle, np.log(x))))
            first = states == rows[0]["states"]
            axes.annotate(f"{states} states", (half, 0.5), (-9 if first else 9, -4), textcoords="offset points",
                          ha="right" if first else "left", color=colour, fontsize=9)  # fmt: skip
        ticks = [1, 4, 16, 64, 256]
        axes.set(xscale="log", xlabel="features that a contract may pay for", ylabel="share of games implemented",
                 title="How rich is rich enough", ylim=(-0.03, 1.05), xticks=ticks, xticklabels=map(str, ticks))
        axes.minorticks_off()
        note = f"bands: 95 % intervals\nover draws of {rows[0]['games']} games"
        axes.text(0.99, 0.06, note, transform=axes.transAxes, ha="right", fontsize=8, color=GREY)
        return figure


def _steps_said(steps: float, _: object) -> str:
    return f"{steps / 1e6:.3g} M" if steps > 9e5 else f"{steps / 1e3:.0f} k"


def learned(records: list[dict[str, Any]], criterion: str = "proposer") -> Figure:
    """Realised welfare of the contracts found, against environment steps: a panel for each game, a dot for each run."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4.6 * len(records), 3.9), layout="constrained")
        panels = np.atleast_1d(figure.subplots(1, len(records)))
        for axes, record in zip(panels, records, strict=True):
            x = np.array([row["env_steps"] for row in record["rows"]], float)
            for number, (search, (colour, marker, words)) in enumerate(LOOKS.items()):
                cells = [row["welfare"][search][criterion] for row in record["rows"]]
                middle, low, high = (np.array([cell[key] for cell in cells]) for key in ("iqm", "low", "high"))
                beside = x * (1.0 + 0.03 * (number - 1.5))
                axes.errorbar(beside, middle, (middle - low, high - middle), color=colour, marker=marker, ms=5, lw=1.5,
                              elinewidth=0.9, capsize=2, label=words)  # fmt: skip
                seeds = np.array([cell["per_seed"] for cell in cells])
                axes.plot(beside, seeds, ".", color=colour, ms=4, alpha=0.45)
            axes.set(xscale="log", xlabel="environment steps", title=f"{record['comparison']['preset']}, "
                     f"{record['seeds']} seeds", xticks=x)  # fmt: skip
            axes.xaxis.set_major_formatter(FuncFormatter(_steps_said))
            axes.minorticks_off()
        panels[0].set_ylabel("realised welfare of the contract found")
        panels[0].legend(frameon=False, fontsize=8, loc="lower right")
        return figure
