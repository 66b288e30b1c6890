"""The page of the representation study: what spans which values, in pictures and one table for each size."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path

from ...experiments.store import storage, write_whole
from ..report import STYLES, embedded, filled, guarded
from ..sections import paragraph, row, section, table
from .representation_figures import Record, dots, key, maps, number

COLUMNS = {
    "stochastic": "stochastic", "deterministic": "deterministic", "adversarial": "new ±1", "mixtures": "mixtures",
    "optimal": "V*", "unseen": "unseen V*", "worst": "worst", "control_best": "control, best",
    "control": "control, last",
}  # fmt: skip
"""The metrics in the order of the table, and the heads of their columns."""


def write_page(folder: Path, record: Record) -> Path:
    """Write `representation.json` and `report.html` into a folder.

    Raises:
        StorageError: the folder cannot be written.
    """
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "representation.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    path = folder / "report.html"
    write_whole(path, page(record))
    return path


def page(record: Record) -> str:
    """The whole page as text."""
    body = [guarded(name, lambda build=build: build(record)) for name, build in BUILDERS]
    return filled(
        styles=(*STYLES, "representation.css"),
        scripts=("charts.js", "report.js"),
        title="What should features span?",
        version=escape(str(record.get("accord") or "")),
        kicker=escape(f"Four rooms · {record['seeds']} seeds · {str(record.get('created') or '')[:10]}"),
        opening=guarded("opening", lambda: _opening(record)),
        sections="\n".join(part for part in body if part),
        footer="<p>After Bellemare et al. 2019, “A geometric perspective on optimal representations for reinforcement "
        "learning”; tests, rivals and the minimax features are this project’s.</p>"
        f"<p>Written by accord {escape(str(record.get('accord') or ''))}.</p>",
        data=embedded({"charts": {}, "films": []}),
    )


def _middle(record: Record) -> str:
    sizes = record["settings"]["dimensions"]
    return str(sizes[len(sizes) // 2])


def _opening(record: Record) -> str:
    """The answer in sentences made of the numbers."""
    d, parts = _middle(record), []
    for discount, part in record["discounts"].items():
        rows, best = part["rows"], lambda metric, rows=part["rows"]: min(rows, key=lambda r: rows[r][d][metric]["iqm"])
        hand = max(rows, key=lambda r: rows[r][d]["control_best"]["iqm"])
        say = lambda name, metric, rows=rows: f"{record['rows'][name]} ({number(rows[name][d][metric]['iqm'])})"
        parts.append(
            f"Discount {discount}, {d} features: the worst policy is fitted best by {say(best('worst'), 'worst')}, "
            f"against {number(rows['avf'][d]['worst']['iqm'])} for adversarial values and "
            f"{number(rows['stochastic'][d]['worst']['iqm'])} for random policies; unseen goals by "
            f"{say(best('unseen'), 'unseen')}; and the best controller of unseen goals uses "
            f"{say(hand, 'control_best')}."
        )
    return "".join(paragraph(text, "lead") for text in parts)


def _plots(record: Record, discount: str) -> str:
    """Dot plots and the tables of one discount."""
    d, part = _middle(record), record["discounts"][discount]
    pictures = "".join(
        dots(record, discount, d, metric, logarithmic=metric in ("optimal", "unseen"))
        for metric in ("worst", "unseen", "optimal", "control_best")
    )
    tables = "".join(
        table(*_numbers(record, discount, str(size)), summary=f"The numbers, {size} features")
        for size in record["settings"]["dimensions"]
    )
    says = (
        f"{d} features, frozen; values are fitted by orthogonal projection. Dots: interquartile mean over seeds; pale "
        f"bars: 95 % bootstrap intervals. V* has a root mean square of {number(part['optimal_rms'])}. Dashed: no {d} "
        f"features whatever have a worst policy below {number(part['bounds'][d]['iqm'])} (proven); the worst policies "
        "are the worst that a search found, so they may be worse still."
    )
    return section(f"discount-{discount}", row(f"Discount {discount}", says, key() + pictures), tables)


def _numbers(record: Record, discount: str, dimension: str) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of a table; each cell a mean with its interval."""
    part = record["discounts"][discount]["rows"]
    rows = []
    for name, own in part.items():
        cells = own[dimension]
        few = round(cells["features"]["iqm"])
        said = record["rows"][name] + (f" (span {few})" if few < int(dimension) else "")
        picked = [cells[metric] for metric in COLUMNS]
        values = [f"{number(cell['iqm'])} ({number(cell['low'])} to {number(cell['high'])})" for cell in picked]
        rows.append([said, *values])
    return ["features", *COLUMNS.values()], rows


def _maps(record: Record) -> str:
    """Heat maps of features."""
    discount = next(iter(record["discounts"]))
    says = (
        f"The leading features of each representation on the map, for the first seed at discount {discount}. Blue and "
        "orange are the two signs, which by themselves mean nothing. The goal is at the upper right."
    )
    return section("maps", f"<h2>What features look like</h2>{paragraph(says)}{maps(record, discount)}")


def _claims(record: Record) -> str:
    """What was asked, and the answers."""
    sizes, discounts = record["settings"]["dimensions"], list(record["discounts"])
    heads = ["", *(f"{discount}, {size}" for discount in discounts for size in sizes)]
    rows: dict[str, list[str]] = {}
    for one in record["claims"]:
        low, middle, high = (f"{one['ratio'][end]:.2f}" for end in ("low", "iqm", "high"))
        rows.setdefault(one["claim"], []).append(f"{one['verdict']}: {middle} ({low} to {high})")
    says = (
        "Each cell: the ratio of the first to the second, paired by seed, and its 95 % interval. Yes: the interval is "
        "on the claim’s side of 1; no: on the other; open: it holds 1. Columns: discount and number of features."
    )
    body = table(heads, [[name, *cells] for name, cells in rows.items()], "The claims, by discount and features")
    yes, no, open_ = (sum(one["verdict"] == verdict for one in record["claims"]) for verdict in ("yes", "no", "open"))
    lead = f"Of {len(record['claims'])} cells, {yes} say yes, {no} say no, and {open_} are open."
    return section("claims", row("What holds", says, paragraph(lead)), body.replace("<details>", "<details open>"))


def _methods(record: Record) -> str:
    """How the adversaries were found."""
    found = record.get("methods")
    if not found:
        return ""
    rows = [
        [one["method"], f"{one['score']:.0f}", f"{one['share']:.2f}", f"{one['best']:.2f}", f"{one['seconds']:.3f}"]
        for one in found["rows"]
    ]
    says = (
        f"{found['count']} directions of ±1 in four rooms at discount {found['discount']}, the same for all methods; "
        "and small random processes, in which all policies can be tried. Swap ascent takes the best exact switch of "
        "one state until no switch helps."
    )
    heads = ["", "mean score", "share of best known", "found the best known", "seconds each"]
    small = [[name, *(f"{own[name]} of {found['cases']}" for own in found["hits"].values())] for name in _names(found)]
    tables = table(heads, rows, "Four rooms") + table(["", *found["hits"]], small, "Small cases: found the best of all")
    return section("methods", row("How adversaries are found", says, tables))


def _names(found: Record) -> list[str]:
    return list(next(iter(found["hits"].values())))


BUILDERS: tuple[tuple[str, Callable[[Record], str]], ...] = (
    ("discounts", lambda record: "\n".join(_plots(record, discount) for discount in record["discounts"])),
    ("claims", _claims),
    ("maps", _maps),
    ("methods", _methods),
)


__all__ = ["page", "write_page"]
