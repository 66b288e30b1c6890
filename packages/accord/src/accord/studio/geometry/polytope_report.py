"""The pages of `accord geometry polytope` and `accord geometry paths`: the report's frame around pictures of values.

Each is one HTML file that needs no server, no network and no other file. Names of processes are data: they are escaped
where they enter the page. States and actions count from 1 in everything a person reads.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from html import escape

import numpy as np

from ...experiments.geometry.value_paths import Walk
from ...geometry.cells import Region
from ...geometry.paths import METHODS, STARTS
from ...geometry.polytope import action_mixtures, bow, hull, pure_values
from ...geometry.process import Process
from .. import words
from ..report import STYLES, embedded, filled
from ..sections import Charts, paragraph, repeat, row, section
from . import value_plane

Table = tuple[list[str], list[list[str]]]
Circumstances = dict[str, str]

CONVEX = 1e-6


@dataclasses.dataclass(frozen=True, eq=False)
class Measured:
    """What is said about one process."""

    process: Process
    region: Region
    policies: int
    vertices: int
    optimal: np.ndarray
    actions: np.ndarray
    bow: float


def measured(process: Process, whole: Region) -> Measured:
    """Count, compare and solve."""
    values = pure_values(process)[1]
    optimal, actions = process.optimal()
    return Measured(process, whole, len(values), len(hull(values)), optimal, actions, bow(action_mixtures(process)))


def numbers(found: Sequence[Measured]) -> Table:
    """One line for each process."""
    heads = ["process", "states", "actions", "discount", "deterministic policies", "hull vertices", "share of hull",
             "optimal values", "by actions", "bow"]  # fmt: skip
    rows = [
        [
            one.process.name, str(one.process.num_states), str(one.process.num_actions), f"{one.process.discount:g}",
            f"{one.policies:,}", str(one.vertices), f"{one.region.share:.4f}", places(one.optimal),
            " ".join(str(a + 1) for a in one.actions), f"{one.bow:.4f}",
        ]
        for one in found
    ]  # fmt: skip
    return heads, rows


def places(values: np.ndarray) -> str:
    """Values with four decimals, as in "0.1636, −1.8909"."""
    return ", ".join(_signed(f"{value:.4f}") for value in values)


def _signed(text: str) -> str:
    return text.replace("-", "−")


def told(one: Measured) -> str:
    """A process in sentences."""
    share = one.region.share
    fills = (
        "Values of policies fill that hull: the shape is convex." if share > 1 - CONVEX else
        f"Values of policies fill {100 * share:.1f} % of that hull: the shape is not convex."
    )  # fmt: skip
    one_by_one = ", ".join(f"action {a + 1} in state {s + 1}" for s, a in enumerate(one.actions))
    if one.policies == 1:
        return f"There is nothing to choose: its one policy is worth {places(one.optimal)}."
    corners = "all" if one.vertices == one.policies else str(one.vertices)
    return (
        f"{one.policies:,} deterministic policies, {corners} of them corners of the hull. {fills} The optimum is "
        f"{places(one.optimal)}, by {one_by_one}."
    )


# ------------------------------------------------------------------------------------------------------------ the shape


def polytope_page(found: Sequence[Measured], circumstances: Circumstances) -> str:
    """The page of shapes."""
    charts: Charts = {}
    lead = (
        "A policy gives every state a value, so it is a point. All policies together fill a shape: convex pieces that "
        "hang together, cut out exactly by the test that the worst action is worth no more, and the best no less, than "
        "the state."
    )
    body = [_shape(one, charts) for one in found] + [repeat(dict(circumstances), charts)]
    return _page("The polytope of values", lead, numbers(found), body, charts, circumstances)


def _shape(one: Measured, charts: Charts) -> str:
    rng = np.random.default_rng(0)
    process, name = one.process, one.process.name
    title = f"Process {name}"
    if process.num_states == 3:
        hint = "The surface is exact. Policies that agree in a state lie in a plane. Drag it, or press the arrow keys."
        picture = _chart(charts, f"{name}-space", value_plane.space(process, one.region, rng), f"{title}, values", hint)
        return section(f"process-{_id(name)}", row(title, told(one), picture))
    seen = (
        ("cloud", value_plane.cloud(process, one.region, rng), "",
         f"Filled: the exact region. Dots: {value_plane.DOTS:,} random policies. Dashes: the hull. “12”: action 1 in "
         "state 1, action 2 in state 2."),
        ("lines", value_plane.lines(process, one.region, rng), "One state changes: a segment",
         "Marks: the better action gets 0, 10, …, 100 %. They are not evenly spaced."),
        ("boundary", value_plane.boundary(process, one.region), "Sure in one state: the boundary",
         "Every point of the boundary is the value of a policy that is sure in some state."),
        ("mixture", value_plane.mixture(process, one.region), "Both states change: a curve",
         f"It bows by {one.bow:.4f} from the straight line."),
    )  # fmt: skip
    first, *rest = [_chart(charts, f"{name}-{kind}", spec, title, hint, head) for kind, spec, head, hint in seen]
    below = f'<div class="methods">{"".join(rest)}</div>'
    return section(f"process-{_id(name)}", row(title, told(one), first), below)


def _chart(charts: Charts, name: str, spec: value_plane.Spec, says: str, hint: str, title: str = "") -> str:
    """A place for a picture; the numbers stand in the table at the top of the page."""
    charts[name] = spec
    head = f"<h3>{escape(title)}</h3>" if title else ""
    label = escape(f"{says}. {title}", quote=True)
    return (
        f'<div class="panel">{head}<div class="chart" data-chart="{escape(name, quote=True)}" data-says="{label}">'
        f"</div>{paragraph(hint, 'hint')}</div>"
    )


def _id(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


# ------------------------------------------------------------------------------------------------------------ the paths


def board(walks: Sequence[Walk]) -> Table:
    """One line for each method: the error at the end, and how many iterates were outside, from each start."""
    starts = [f"({', '.join(_signed(f'{x:g}') for x in start)})" for start in STARTS]
    heads = ["method", *(f"error from {start}" for start in starts), "iterates", "outside", "first out"]
    rows = []
    for one in walks:
        out = " / ".join(words.exact(entry["iqm"]) for entry in one.outside)
        first = " / ".join("–" if path.first_out is None else str(path.first_out) for path in one.paths)
        errors = [
            f"{entry['iqm']:.4f}" + (f" ({entry['low']:.3f}–{entry['high']:.3f})" if len(entry["per_seed"]) > 1 else "")
            for entry in one.errors
        ]
        method = METHODS[one.method]
        none = all(entry["iqm"] == 0 for entry in one.outside)
        shown = [method.title, *errors, str(len(one.paths[0].values))]
        rows.append([*shown, *(("none", "–") if none else (out, first))])
    return heads, rows


def paths_page(found: Sequence[tuple[Measured, Sequence[Walk]]], seeds: int, circumstances: Circumstances) -> str:
    """The page of paths."""
    charts: Charts = {}
    lead = (
        "Learning draws a path through the values of policies. Whatever steps from policy to policy stays inside; "
        "whatever steps from value to value by a Bellman operator may leave, and passes through values that no policy "
        "has."
    )
    body = [_paths(one, walks, seeds, charts) for one, walks in found] + [repeat(dict(circumstances), charts)]
    return _page("Paths through the polytope", lead, numbers([one for one, _ in found]), body, charts, circumstances)


def _paths(one: Measured, walks: Sequence[Walk], seeds: int, charts: Charts) -> str:
    process, name = one.process, one.process.name
    title = f"Process {name}"
    drawn = [f"{METHODS[walk.method].title} ({walk.outside[0]['iqm']:.0f})" for walk in walks if walk.paths[0].left]
    says = told(one) + (
        f" Outside, in iterates from the first start: {words.listed(drawn)}." if drawn else " No path leaves it."
    )
    pictures = ""
    if process.num_states == 2:
        corners = pure_values(process)[1]
        for walk in walks:
            out = " + ".join(str(path.left) for path in walk.paths)
            hint = f"{words.sentence(METHODS[walk.method].says)}. " + (
                f"Outside: {out} of {len(walk.paths[0].values)} iterates each."
                if any(path.left for path in walk.paths) else "Never outside."
            )  # fmt: skip
            points = np.concatenate([corners, *(path.values for path in walk.paths)])
            spec = value_plane.walk(process, one.region, walk.paths, points)
            pictures += _chart(charts, f"{name}-{walk.method}", spec, title, hint, METHODS[walk.method].title)
    over = (
        f"Largest difference to the optimal values after the last step; interquartile mean over {seeds} seeds and its "
        "95 % interval where a method draws. Outside: iterates that no policy is worth, likewise. "
        "Pictures, and first out: the first seed. Hollow: the start; star: the optimum."
    )
    table = listed(board(walks))
    words_above = f"<h2>{escape(title)}</h2>{paragraph(says)}{table}{paragraph(over, 'hint')}"
    return section(f"process-{_id(name)}", words_above, f'<div class="methods">{pictures}</div>' if pictures else "")


def listed(table: Table) -> str:
    """An open table."""
    heads, rows = table
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    others = lambda cells: "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
    body = "".join(f'<tr><th scope="row">{escape(cells[0])}</th>{others(cells)}</tr>' for cells in rows)
    return (
        '<div class="scroll board" tabindex="0" role="region" aria-label="The numbers"><table>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _page(
    title: str, lead: str, table: Table, body: Sequence[str], charts: Charts, circumstances: Circumstances
) -> str:
    """The frame around them."""
    version = circumstances.get("accord", "")
    source = "After Dadashi, Ali Taiga, Le Roux, Schuurmans and Bellemare 2019, arXiv 1901.11524."
    names = ", ".join(cells[0] for cells in table[1])
    kicker = " · ".join(part for part in (names, circumstances.get("created", "")[:10]) if part)
    return filled(
        styles=(*STYLES, "value_plane.css"),
        scripts=("charts.js", "value_plane.js", "polytope3d.js", "report.js"),
        title=escape(title),
        version=escape(version),
        kicker=escape(kicker),
        opening=paragraph(lead, "lead") + listed(table),
        sections="\n".join(part for part in body if part),
        footer=f"<p>{source} Share of hull: area or volume of all policies’ values over that of their hull, by exact "
        "cells. Bow: how far mixtures of always action 1 and always action 2 bend away from the straight line. Written "
        f"by accord {escape(version)}.</p>",
        data=embedded({"charts": charts, "films": []}),
    )
