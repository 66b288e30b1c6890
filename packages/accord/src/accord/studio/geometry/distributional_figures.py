"""Pictures of expected against distributional learning, of what risk adds to a contract, and of the deep agents.

Each function takes a record of `accord.experiments.geometry` and gives a `Figure`; none shows or saves. A line style or
a word stands beside every colour.
"""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .polytope_figures import BLUE, GREEN, GREY, INK, ORANGE, PINK, SKY, STYLE

Record = dict[str, Any]

RULE_LOOKS = {
    "mixture": (SKY, "-", "mixture"),
    "cdf": (BLUE, "--", "gradient by distribution function"),
    "pmf": (GREEN, "-", "gradient by mass"),
    "softmax": (ORANGE, "-", "softmax, cross-entropy"),
    "quantile": (PINK, "--", "quantiles"),
}
AGENT_LOOKS = {
    "dqn": (INK, "-", "DQN"),
    "c51": (ORANGE, "--", "C51"),
    "s51": (GREEN, "-.", "S51"),
    "cdf": (BLUE, ":", "distribution function"),
}
GAME_TITLES = {"cartpole": "CartPole", "acrobot": "Acrobot"}


def gap_paths(record: Record) -> Figure:
    """How far each rule's means part from expected learning's, along the coupled steps; median over processes."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.4, 3.8), layout="constrained")
        panels = figure.subplots(1, 2, sharey=True)
        titles = {"tabular": "Tables", "linear": "Linear features"}
        for axes, (case, title) in zip(panels, titles.items(), strict=True):
            part = record[case]
            for name, (colour, style, label) in RULE_LOOKS.items():
                heights = np.maximum(part["paths"][name], 1e-17)
                axes.plot(np.array(part["looks"]) / 1000, heights, style, color=colour, lw=1.5, label=label)
            axes.axhline(1e-12, color=GREY, lw=0.7, ls=":")
            axes.set(yscale="log", title=title, xlabel="thousand coupled steps", ylim=(1e-17, 30))
        panels[0].set_ylabel("largest distance of the means\nto expected learning's")
        panels[1].legend(frameon=False, fontsize=8.5, loc="center right", bbox_to_anchor=(1.0, 0.62))
        return figure


def limits(record: Record) -> Figure:
    """Where expected and categorical learning settle without noise: one dot a process."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(8.6, 3.9), layout="constrained")
        panels = figure.subplots(1, 2)
        titles = {
            "realisable": "The features can hold the true values",
            "linear": "Random features",
        }
        for axes, (case, title) in zip(panels, titles.items(), strict=True):
            part = record["limits"][case]
            expected, softmax = np.array(part["expected"]), np.array(part["softmax"])
            most = 1.12 * max(expected.max(), softmax.max())
            axes.plot([0, most], [0, most], color=GREY, lw=0.8)
            axes.plot(expected, softmax, "o", color=ORANGE, ms=6, mec="white", mew=0.6, clip_on=False)
            room = 0.03 * most
            axes.set(xlim=(-room, most), ylim=(-room, most), title=title, xlabel="error of expected learning")
            axes.text(0.86, 0.93, "equal", transform=axes.transAxes, ha="right", color=GREY, fontsize=8.5)
            worse = int((softmax > expected + 1e-9).sum())
            axes.text(0.97, 0.04, f"distributional is worse in {worse} of {len(softmax)}", color=INK, fontsize=9,
                      transform=axes.transAxes, ha="right")  # fmt: skip
        panels[0].set_ylabel("error of softmax and cross-entropy")
        return figure


def price_of_risk(record: Record) -> Figure:
    """What each agent asks beyond the risk-neutral one to sign, and what is left to share, by the level of CVaR."""
    part = record["risk"]
    looks = list(zip(part["wages"], (SKY, BLUE, ORANGE), (":", "--", "-"), strict=True))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(11.6, 3.9), layout="constrained")
        panels = figure.subplots(1, 3, sharey=True)
        for agent, (axes, title) in enumerate(zip(panels, ("The cleaner asks", "The eater asks"), strict=False)):
            for wage, colour, style in looks:
                rows = part["wages"][wage][agent]
                axes.plot(part["levels"], rows["premium"], style, color=colour, lw=1.8, label=f"wage {float(wage):g}")
                sampled = np.array(part["alone"][agent]["values"]) - np.array(rows["sampled"]) - rows["asked"][-1]
                axes.plot(part["levels"][2::6], sampled[2::6], "o", color=colour, ms=3.5)
            axes.set_title(f"{title} beyond the risk-neutral sum")
        for wage, colour, style in looks:
            panels[2].plot(part["levels"], part["left"][wage], style, color=colour, lw=1.8)
        panels[2].set_title("Left for both to share")
        panels[2].annotate("no lump sum can make both sign", (0.98, 0.0), (0, -6), textcoords="offset points",
                           ha="right", va="top", fontsize=8.5, color=INK)  # fmt: skip
        for axes in panels:
            axes.axhline(0.0, color=GREY, lw=0.7)
            axes.set(xlabel="share of worst outcomes that counts (1: risk-neutral)", xlim=(0, 1.02))
        panels[0].legend(frameon=False, fontsize=8.5, title="dots: sampled episodes", title_fontsize=8)
        panels[0].set_ylabel("apples")
        return figure


def return_distributions(record: Record, wage: str = "0.5") -> Figure:
    """What both agents earn in an episode under one wage, as distributions."""
    rows = record["risk"]["wages"][wage]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(8.6, 3.4), layout="constrained")
        panels = figure.subplots(1, 2, sharey=True)
        for agent, (axes, title) in enumerate(zip(panels, ("The cleaner", "The eater"), strict=True)):
            places, weights = np.array(rows[agent]["places"]), np.array(rows[agent]["weights"])
            seen = weights > 1e-6
            axes.vlines(places[seen], 0, weights[seen], color=(BLUE, ORANGE)[agent], lw=5)
            axes.axvline(rows[agent]["mean"], color=INK, lw=0.9)
            axes.set_ylim(0, 0.26)
            axes.annotate("mean", (rows[agent]["mean"], 1.0), (3, -8), xycoords=("data", "axes fraction"),
                          textcoords="offset points", fontsize=8.5, color=INK)  # fmt: skip
            axes.set(title=title, xlabel="apples of an episode, wages included")
        panels[0].set_ylabel("probability")
        return figure


def learning_curves(record: Record) -> Figure:
    """Returns of the deep agents while they learn: interquartile mean over fresh seeds, 95 % bootstrap bands."""
    games = record["games"]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4.9 * len(games), 3.8), layout="constrained")
        panels = np.atleast_1d(np.asarray(figure.subplots(1, len(games)), object))
        for axes, (game, agents) in zip(panels, games.items(), strict=True):
            for agent, found in agents.items():
                _curve(axes, agent, found)
            axes.set(title=GAME_TITLES.get(game, game), xlabel="thousand environment steps")
            axes.legend(frameon=False, fontsize=8.5, loc="lower right")
        panels[0].set_ylabel("return of an episode")
        return figure


def _curve(axes: Axes, agent: str, found: Record) -> None:
    colour, style, label = AGENT_LOOKS[agent]
    steps, curve = np.array(found["steps"]) / 1000, found["curve"]
    axes.fill_between(steps, curve["low"], curve["high"], color=colour, alpha=0.13, lw=0)
    axes.plot(steps, curve["iqm"], style, color=colour, lw=1.8, label=label)


PICTURES = {
    "gap-paths": gap_paths,
    "limits": limits,
    "price-of-risk": price_of_risk,
    "return-distributions": return_distributions,
}
"""The pictures of the tables' record by file name."""
