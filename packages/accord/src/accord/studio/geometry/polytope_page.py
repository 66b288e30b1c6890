"""The page of the polytope: one HTML file in which a person drags a world, and what all its policies are worth moves.

It is the report's frame (`report.py`) around one figure and an essay. The page computes in the browser, so that nothing
has to be asked for; its mathematics stands in `templates/polytope_values.js` and `polytope_paths.js`, and tests hold it
against `accord.geometry`. The words are in `templates/polytope.html`; here are the worlds to begin with.
"""

from __future__ import annotations

import dataclasses
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from ... import __version__
from ...experiments.store import storage, write_whole
from ...geometry.process import PUBLISHED, Process
from ..report import STYLES, embedded, filled
from ..sections import table

SCRIPTS = (
    "charts.js", "polytope_values.js", "polytope_paths.js", "polytope_plane.js", "polytope_envelope.js",
    "polytope_panel.js", "polytope.js",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class World:
    """A process of two states as the page shows it, with a contract that may pay for its actions."""

    process: Process
    title: str
    says: str
    """What it is, in two sentences."""

    contract: str
    """What the contract pays for, and by whom."""

    states: tuple[str, str]
    actions: tuple[str, ...]
    feature: np.ndarray
    """f: what theta is paid for, 0 or 1 `[states, actions]`."""

    partner: np.ndarray
    """What the payer gets from each action, before paying theta f, `[states, actions]`."""

    theta: float = 0.0
    seen: int = 0
    """The state whose values the envelope shows."""


RIVER = World(
    process=Process(
        rewards=np.array([[1.0, -0.1], [0.5, -0.2]]),
        transitions=np.array([[[0.4, 0.6], [0.95, 0.05]], [[0.05, 0.95], [0.8, 0.2]]]),
        discount=0.9,
        name="river",
    ),
    title="a river, with a contract",
    says="Upstream, a farm harvests, which fouls the river, or spends the season on cleaning it. "
    "Downstream, a village earns 1.2 in each season in which the river is clear.",
    contract="The village offers the farm θ for every season of cleaning. Too little and the river stays foul; too "
    "much and the farm cleans clear water; in between, the two have most together.",
    states=("a clear river", "a foul river"),
    actions=("harvest", "clean"),
    feature=np.array([[0.0, 1.0], [0.0, 1.0]]),
    partner=np.array([[1.2, 1.2], [0.0, 0.0]]),
    theta=0.5,
    seen=1,
)
"""An externality in two states: alone the farm never cleans; a wage from 0.21 to 1.04 makes it clean a foul river."""


def _published(name: str, process: Process) -> World:
    figure = "the left half of figures 3 to 6" if name == "left" else f"figure 2({name[1]})"
    rest = {"2d": " It is the one in which learning was studied: far from convex.", "2c": " Three actions fold it."}
    last = "abc"[process.num_actions - 1]
    return World(
        process,
        "3–6, left" if name == "left" else f"{name[0]}({name[1]})",
        f"The process of {figure} of Dadashi and others (2019), two states and {process.num_actions} actions."
        + rest.get(name, ""),
        f"Here nobody gains from a contract: it pays θ for action {last}, or for what you tick, and shows how a "
        "reward moves values. For one that two people would sign, choose the river.",
        ("state 1", "state 2"),
        tuple("abc"[: process.num_actions]),
        np.eye(process.num_actions)[[-1, -1]],
        np.zeros_like(process.rewards),
    )


WORLDS: dict[str, World] = {name: _published(name, process) for name, process in PUBLISHED.items()} | {"river": RIVER}
FIRST = "2d"


def write_polytope_page(path: str | Path) -> Path:
    """Write the page into a file; folders are made where there are none.

    Raises:
        StorageError: the file can't be written.
    """
    path = Path(path)
    with storage(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page())
    return path


def page() -> str:
    """The whole page as text."""
    return filled(
        styles=(*STYLES, "polytope.css"),
        scripts=SCRIPTS,
        title="The shape of value",
        version=escape(__version__),
        kicker="accord · the geometry of value functions",
        opening=f'<p class="lead">{LEAD}</p>',
        sections=_essay().replace("@table@", numbers()),
        footer=FOOTER + f"<p>Written by accord {escape(__version__)}.</p>",
        data=embedded({"worlds": {name: facts(world) for name, world in WORLDS.items()}, "first": FIRST}),
    )


def _essay() -> str:
    return files("accord.studio").joinpath("templates", "polytope.html").read_text(encoding="utf-8")


def facts(world: World) -> dict[str, Any]:
    """A world as the page reads it: lists in the order state, action."""
    process = world.process
    return {
        "title": world.title, "says": world.says, "contract": world.contract, "states": list(world.states),
        "actions": list(world.actions), "rewards": process.rewards.ravel().tolist(),
        "first": process.transitions[..., 0].ravel().tolist(), "discount": process.discount,
        "feature": world.feature.ravel().tolist(), "partner": world.partner.ravel().tolist(),
        "theta": world.theta, "chart": world.seen,
    }  # fmt: skip


def numbers() -> str:
    """Vertices and optimum of each world before any contract, for a reader without the figure."""
    rows = []
    for world in WORLDS.values():
        values, actions = world.process.optimal()
        best = ", ".join(f"{world.actions[a]} in {state}" for a, state in zip(actions, world.states, strict=True))
        count = sum(1 for _ in world.process.every_pure())
        rows.append([world.title, str(count), best, " and ".join(f"{v:.4f}".replace("-", "−") for v in values)])
    return table(["world", "vertices", "optimal policy", "worth"], rows, "The worlds in numbers")


LEAD = (
    "A policy of a small decision process is worth one number from each state: a point in a plane. The points of "
    "<em>all</em> its policies fill a polytope. Drag its corners, a reward, the discount, a contract, and watch it "
    "move."
)

FOOTER = (
    "<p>After Dadashi, Ali Taïga, Le Roux, Schuurmans and Bellemare, “The value function polytope in reinforcement "
    "learning” (2019). The region is drawn from the exact test of membership, not from samples.</p>"
)
