"""The learning curve of tuning by reward, as a picture. For maintainers: needs matplotlib."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadModel
from .training import LOG

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURES = {"syllables": "syllables as asked", "metre": "metre regular", "picture": "concreteness of nouns",
            "rhyme": "rhymes with the line before"}  # fmt: skip
COLOURS = ("#3d9be0", "#c65fa0", "#00a078", "#d98200")
"""Apart for most colour-blind eyes; each has a mark of its own too."""
MARKS = ("o", "s", "^", "D")


def read(run: Path) -> list[dict[str, float]]:
    """What was measured at each step.

    Raises:
        BadModel: there is no log, or it is damaged.
    """
    path = run / LOG
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [{name: float(row[name]) for name in ("step", "reward", "away", *MEASURES)} for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadModel(f"There is no log of a tuning in '{path}' ({error}). Tune first: building tuned.") from error
    if not rows:
        raise BadModel(f"The log in '{path}' is empty. Tune first: building tuned.")
    return sorted({row["step"]: row for row in rows}.values(), key=lambda row: row["step"])


def draw(rows: Sequence[Mapping[str, float]], window: int = 16) -> Figure:
    """The curve: what lines earn and how far they are from the trained model, and the parts of the reward.

    Args:
        rows: from `read`.
        window: steps of a running mean; single steps are drawn pale.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    total, parts = figure.subplots(1, 2)
    step = np.array([row["step"] + 1 for row in rows])
    window = min(window, len(step))
    smooth = lambda values: np.convolve(values, np.ones(window) / window, "valid")
    middle = smooth(step)

    def line(axes, name: str, label: str, colour: str, mark: str) -> None:
        values = np.array([row[name] for row in rows])
        axes.plot(step, values, color=colour, alpha=0.25, linewidth=0.8)
        axes.plot(middle, smooth(values), color=colour, marker=mark, markevery=max(len(middle) // 6, 1), label=label)

    line(total, "reward", "reward of a line, less the leash", "#444444", "o")
    total.set_ylabel("reward")
    leash = total.twinx()
    line(leash, "away", "distance from the trained model", "#d4552a", "v")
    leash.set_ylabel("nats a line")
    leash.axhline(0.0, color="#d4552a", linewidth=0.6, linestyle=":")
    handles = [one for axes in (total, leash) for one in axes.get_legend_handles_labels()[0]]
    low, high = total.get_ylim()
    total.set_ylim(low, high + 0.25 * (high - low))
    total.legend(handles=handles, loc="upper left", fontsize=8, frameon=False)
    for (name, label), colour, mark in zip(MEASURES.items(), COLOURS, MARKS, strict=True):
        line(parts, name, label, colour, mark)
    parts.set_ylim(-0.03, 1.25)
    parts.set_ylabel("share, or mean from 0 to 1")
    parts.legend(loc="upper left", fontsize=8, frameon=False, ncols=2)
    for axes in (total, parts):
        axes.set_xlabel("step of the tuning")
        axes.spines["top"].set_visible(False)
    parts.spines["right"].set_visible(False)
    leash.spines["top"].set_visible(False)
    figure.suptitle(f"Tuning by reward: running mean of {window} steps, single steps pale", fontsize=10)
    return figure
