"""The page of the study of transfer, and its tables for the terminal: what is kept when the reward changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path

from ...experiments.geometry.auxiliary import KINDS as TRAINED
from ...experiments.geometry.transfer import DIMENSIONS, FEATURES, KINDS, WORLDS
from ...experiments.store import storage, write_whole
from .. import words
from ..report import STYLES, embedded, filled, guarded
from ..sections import Charts, chart, paragraph, repeat, row, section, table
from . import transfer_figures as figures
from .representation_figures import number
from .transfer_figures import WAYS, Record, spread

CIRCUMSTANCES = ("command", "created", "accord", "commit", "machine")
Table = tuple[list[str], list[list[str]]]


def write_page(folder: Path, record: Record) -> Path:
    """Write `transfer.json` and `report.html` into a folder.

    Raises:
        StorageError: the folder cannot be written.
    """
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "transfer.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    path = folder / "report.html"
    write_whole(path, page(record))
    return path


def page(record: Record) -> str:
    """The whole page as text; `record` has the study, and under `deep` that of trunks, if there was one."""
    charts: Charts = {}
    body = [guarded(name, lambda build=build: build(record, charts)) for name, build in BUILDERS]
    return filled(
        styles=(*STYLES, "representation.css", "transfer.css"),
        scripts=("charts.js", "report.js"),
        title="What survives a new reward?",
        version=escape(str(record.get("accord") or "")),
        kicker=escape(f"Goals and contracts · {record['seeds']} seeds · {str(record.get('created') or '')[:10]}"),
        opening=guarded("opening", lambda: _opening(record)),
        sections="\n".join(part for part in body if part),
        footer="<p>After Barreto et al. 2017 (libraries of policies) and Bellemare et al. 2019 (auxiliary value "
        "functions); worlds, twins and measurements are this project’s.</p>"
        f"<p>Written by accord {escape(str(record.get('accord') or ''))}.</p>",
        data=embedded({"charts": charts, "films": []}),
    )


def _opening(record: Record) -> str:
    """The answers in sentences made of the numbers."""
    parts = []
    for discount, part in record["goals"].items():
        share = lambda way, own=part["ways"]: percent(own[way]["share"]["all"]["iqm"])
        parts.append(
            f"A new goal in four rooms, discount {discount}: the old policy earns {share('policy')} of the optimum. "
            f"Frozen features with a fresh choice of actions earn {share('successor')} (successor representation), "
            f"{share('goals')} (values of other goals), {share('adversarial')} (adversarial values). The whole "
            f"successor representation of the uniform policy alone, improved in one step, earns {share('uniform')}."
        )
    rows = {one["size"]: one for one in record["contracts"]["libraries"]}
    worst = lambda size, way: percent(rows[size][way]["of_largest"]["iqm"], 2)
    parts.append(
        f"A new contract: reading off three known best responses is wrong by up to {worst(3, 'member')} of the largest "
        f"value, improving on them by {worst(3, 'improved')}; with nine it is {worst(9, 'member')} and "
        f"{worst(9, 'improved')}."
    )
    return "".join(paragraph(text, "lead") for text in parts)


def percent(value: float, digits: int = 0) -> str:
    """As in "71 %"."""
    return f"{100 * value:.{digits}f}\u00a0%"


# -------------------------------------------------------------------------------------------------------------- tables


def goals_table(record: Record, discount: str) -> Table:
    """Every way to face a new goal."""
    rows = []
    for way, own in record["goals"][discount]["ways"].items():
        cell = lambda measure, own=own: spread(own[measure]["all"]) if measure in own else "–"
        rows.append([WAYS[way], cell("share"), cell("last"), cell("error")])
    return ["kept", "share of the optimum", "of the last policy", "relative error of the value"], rows


def contracts_table(record: Record) -> Table:
    """Libraries of best responses."""
    rows = [
        [str(one["size"]), *(small(one[way][of]) for way in ("member", "improved") for of in ("of_largest", "of_own"))]
        for one in record["contracts"]["libraries"]
    ]
    return ["library", "read off", "of own value", "improved", "of own value"], rows


def small(cell: Record) -> str:
    """A small share with four decimals and its interval."""
    return f"{cell['iqm']:.4f} ({cell['low']:.4f} to {cell['high']:.4f})"


def compression_table(record: Record) -> Table:
    """Few features for all contracts."""
    names = {"library": "nine contracts", "random": "random play", "successor": "successor"}
    rows = [
        [f"{world}, {names[kind]}", *(spread(cell) for cell in record["compression"][world]["errors"][kind])]
        for world in WORLDS for kind in names
    ]  # fmt: skip
    return ["features", *(f"d = {d}" for d in DIMENSIONS)], rows


def trunks_table(scene: Record) -> Table:
    """Trained trunks beside their twins."""
    rows = []
    for kind in TRAINED:
        own = scene["kinds"][kind]
        pairs = [spread(own[who][measure]) for measure in ("share", "error") for who in ("trunk", "twin")]
        rows.append([KINDS[kind], *pairs, spread(own["loss"]), spread(own["floor"]), spread(own["overlap"]),
                     spread(own["hidden"])])  # fmt: skip
    raw = scene["kinds"]["untrained"]
    rows.append(["before training", spread(raw["trunk"]["share"]), "–", spread(raw["trunk"]["error"]), "–", "–", "–",
                 "–", spread(raw["hidden"])])  # fmt: skip
    rows.append(["a constant", *["–"] * 7, spread(scene["constant"])])
    heads = ["trained on", "share, trunk", "share, twin", "error, trunk", "error, twin", "loss", "least loss",
             "overlap", "error where never seen"]  # fmt: skip
    return heads, rows


# ------------------------------------------------------------------------------------------------------------ sections


def _goals(record: Record, charts: Charts) -> str:
    parts = []
    for discount, part in record["goals"].items():
        ways = part["ways"]
        says = (
            f"{FEATURES} features of each kind, frozen before the goal moves. Then actions are chosen anew by "
            "iterating: evaluate, project, look one step ahead; what counts is the best policy on the way. Without "
            f"somebody who keeps it the rounds end worse: {percent(ways['successor']['last']['all']['iqm'])} instead "
            f"of {percent(ways['successor']['share']['all']['iqm'])} with the successor representation."
        )
        share = chart(charts, f"share-{discount}", figures.by_distance(record, discount, "share"),
                      "Interquartile mean over seeds; whiskers: 95 % bootstrap intervals.", "What one earns",
                      goals_table(record, discount))  # fmt: skip
        error = chart(charts, f"error-{discount}", figures.by_distance(record, discount, "error"),
                      "Of V* under the new goal: what projection on the features misses; for the old policy, what its "
                      "own worth M r′ misses.", "What one knows")  # fmt: skip
        parts.append(row(f"A new goal, discount {discount}", says, share + error))
    return section("goals", *parts)


def _libraries(record: Record, charts: Charts) -> str:
    pictures = "".join(
        chart(charts, f"size-{discount}", figures.by_size(record, discount), "", f"Discount {discount}")
        for discount in record["goals"]
    )
    says = (
        "With its successor representation a policy is worth exactly M r′ under any reward. Generalised policy "
        "improvement takes, in each state, the action that is best for the best member. Policies that are optimal for "
        "some goal leave most of the map unvisited; one policy that wanders everywhere knows the way to every goal, "
        "for it reaches near cells sooner than far ones."
    )
    return section("libraries", row("How many policies?", says, pictures))


def _contracts(record: Record, charts: Charts) -> str:
    picture = chart(charts, "best-responses", figures.by_best_responses(record), "", "", contracts_table(record))
    says = (
        "An agent in a random process of 12 states and 3 actions is paid θ · f on top of its reward, θ from −2 to 2. "
        "At a fixed policy the value is affine in θ, so the best-response value is convex and piecewise linear, here "
        f"with {number(record['contracts']['policies']['iqm'])} pieces. A library knows the best responses at a few θ."
    )
    return section("contracts", row("A new contract", says, picture))


def _compression(record: Record, charts: Charts) -> str:
    pictures = "".join(
        chart(charts, f"compressed-{world}", figures.compressed(record, world), "", title)
        for world, title in WORLDS.items()
    )
    settled = ", ".join(f"{record['compression'][world]['settled']:.0f} of 9" for world in WORLDS)
    says = (
        "Can a few features hold the value under every contract? In games without structure they can’t. Moves along a "
        "corridor don’t help as long as rewards lie about at random; rewards that belong to places do. Play is what "
        f"alternating best responses reach in 30 rounds; they settled at {settled} contracts."
    )
    body = f'<div class="many">{pictures}</div>' + table(*compression_table(record))
    return section("compression", row("Few features for all contracts", says, body))


def _trunks(record: Record, charts: Charts) -> str:
    deep = record.get("deep")
    if not deep:
        return ""
    parts = []
    for scene in deep["scenes"].values():
        unseen = lambda kind, own=scene["kinds"]: percent(own[kind]["hidden"]["iqm"])
        says = (
            f"{scene['title'][:1].upper() + scene['title'][1:]}, {scene['states']} states, seen as 15 × 15 coloured "
            "pixels. A trunk of two dense layers ends in 16 features, with a head for each auxiliary value function; "
            f"then it is frozen. Dots: the trunk, its interval pale ({words.count(deep['seeds'], 'seed')}). Rings: its "
            "twin, the 16 best features of the same values, by singular vectors. Dashed: the trunk before training. In "
            "states that training never saw, the trunk of the successor representation misses "
            f"{unseen('successor')} of V*, the one before training {unseen('untrained')}, a constant "
            f"{percent(scene['constant']['iqm'])}."
        )
        pictures = figures.trunks(scene, "share") + figures.trunks(scene, "error")
        parts.append(row(f"From pixels: {scene['title']}", says, pictures + table(*trunks_table(scene))))
    return section("trunks", *parts)


def _maps(record: Record, charts: Charts) -> str:
    says = (
        "Single features on four rooms, first seed, discount 0.9. Blue and orange are the two signs, which by "
        "themselves mean nothing. Exact features are in the order of their weight; those of a trunk are in no order."
    )
    body = figures.maps(record, record.get("deep"))
    return section("maps", f"<h2>What features look like</h2>{paragraph(says)}{body}")


BUILDERS: tuple[tuple[str, Callable[[Record, Charts], str]], ...] = (
    ("goals", _goals),
    ("libraries", _libraries),
    ("contracts", _contracts),
    ("compression", _compression),
    ("trunks", _trunks),
    ("features", _maps),
    ("repeat", lambda record, charts: repeat({key: record[key] for key in CIRCUMSTANCES if key in record}, charts)),
)

__all__ = ["compression_table", "contracts_table", "goals_table", "page", "percent", "trunks_table", "write_page"]
