"""The page of a learned case: what is exact, what was learned, what contracts change; one HTML file.

The same frame and the same care as the page of a day. A case is what
`accord.experiments.payments.record.Comparison.to_dict()` gives, with command, date and version beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ...core.errors import BadCheckpoint
from ...experiments.store import storage, write_whole
from ..report import STYLES, embedded, filled, guarded
from ..sections import Charts, chart, paragraph, repeat, row, section, table
from ..words import count, sentence
from . import case_figures as figures
from . import case_story as story
from .case_figures import Case, named, number
from .page import scrolling, wide


def write_case_page(folder: str | Path, case: Case) -> Path:
    """Write `case.json` and `report.html` into a folder, which is made where there is none.

    Raises:
        StorageError: the folder cannot be written.
        BadCheckpoint: no record of a case.
    """
    if not isinstance(case, dict) or not {"case", "institutions"} <= set(case):
        raise BadCheckpoint("This is no record of a learned case. Make one with: accord payments learn CASE")
    folder = Path(folder)
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "case.json", json.dumps(case, indent=1, ensure_ascii=False) + "\n")
    path = folder / "report.html"
    write_whole(path, page(case))
    return path


def page(case: Case) -> str:
    """The whole page as text."""
    charts: Charts = {}
    body = [guarded(part, lambda build=build: build(case, charts)) for part, build in BUILDERS]
    head = case["case"] if isinstance(case.get("case"), dict) else {}
    return filled(
        styles=(*STYLES, "exact.css", "payments.css"),
        scripts=("charts.js", "payments.js", "report.js"),
        title=escape(str(head.get("title") or "A case of the payments game")),
        version=escape(str(case.get("accord") or "")),
        kicker=escape(guarded("case", lambda: _kicker(case))),
        opening=guarded("opening", lambda: opening(case, charts)),
        sections="\n".join(part for part in body if part),
        footer=(f"<p>{escape(str(head['source']))}</p>" if head.get("source") else "")
        + f"<p>Costs are in units of collateral. Written by accord {escape(str(case.get('accord') or ''))}.</p>",
        data=embedded({"charts": charts, "films": []}),
    )


def _kicker(case: Case) -> str:
    head, outcome = case["case"], story.bare(case)["outcome"]
    parts = [
        head["name"], count(len(head["banks"]), "bank"), count(head["periods"], "period"),
        count(outcome["seeds"], "seed"), str(case.get("created") or "")[:10],
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def opening(case: Case, charts: Charts) -> str:
    """The verdict, the story, and the cost of all under each institution."""
    pills = "".join(_pill(one) for one in case["institutions"] if one["certificate"])
    said = paragraph(case["verdict"], "lead") if case.get("verdict") else ""
    spec, numbers = figures.totals(case)
    bars = chart(charts, "totals", spec, numbers=numbers)
    left = f"<div>{pills}{said}{paragraph(story.lead(case))}</div>"
    return f'<div class="opening">{left}<figure>{bars}</figure></div>'


def _pill(institution: Case) -> str:
    verdict = institution["certificate"]["verdict"]
    look, text = story.VERDICTS.get(verdict, ("same", verdict))
    told = f"{text}: {institution['label']}"
    return f'<p class="verdict {look}">{escape(told)}</p> '


# ------------------------------------------------------------------------------------------------------------- sections


def matrix(case: Case, charts: Charts) -> str:
    """Costs of two banks with few choices, before and after each contract."""
    banks, choices = case["case"]["banks"], case["case"]["choices"]
    if len(banks) != 2 or len(choices) > figures.TABLE or not story.bare(case)["exact"]["costs"]:
        return ""
    tables = "".join(_costs(case, one) for one in case["institutions"] if one["exact"]["costs"])
    kind = sentence(story.bare(case)["exact"]["kind"] or "The game")
    return section("matrix", row(kind, story.matrix(case), f'<div class="games">{tables}</div>'))


def _costs(case: Case, institution: Case) -> str:
    exact, choices = institution["exact"], case["case"]["choices"]
    first, second = exact["costs"]
    stable = {tuple(cell["profile"]) for cell in exact["equilibria"]}
    least = min(a + b for mine, theirs in zip(first, second, strict=True) for a, b in zip(mine, theirs, strict=True))
    body = ""
    for i, (mine, theirs) in enumerate(zip(first, second, strict=True)):
        body += f'<tr><th scope="row">{escape(choices[i])}</th>'
        for j, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            looks = ["stable"] * ((i, j) in stable) + ["best"] * (a + b < least + 1e-9)
            told = " (an equilibrium)" if "stable" in looks else ""
            body += (
                f'<td class="{" ".join(looks)}" title="{number(a)} and {number(b)}{told}">'
                f'<span class="row-player">{number(a)}</span>, <span class="column-player">{number(b)}</span></td>'
            )
        body += "</tr>"
    title = named(institution)
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in choices)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title, quote=True)}">'
        f'<table class="payoffs"><caption>{escape(title)}</caption><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def heat(case: Case, charts: Charts) -> str:
    """Best replies over all choices of liquidity."""
    cells = ""
    for k, institution in enumerate(case["institutions"]):
        found = figures.heat(case, institution)
        if found:
            cells += chart(charts, f"heat-{k}", found[0], "", named(institution), found[1])
    if not cells:
        return ""
    return section("heat", wide("Best replies", story.heat(case), f'<div class="heats wide">{cells}</div>'))


def training(case: Case, charts: Charts) -> str:
    """Curves while learning."""
    spec, numbers = figures.training(case)
    picture = chart(charts, "training", spec, "Dotted: exact. Shaded: 99 % interval of the mean.", "Cost", numbers)
    many = ""
    for part, label, title in (("posted", "Liquidity posted", "liquidity"), ("cost", "Cost of each bank", "cost")):
        for k, (name, one, cells) in enumerate(figures.by_bank(case, part, label)):
            many += chart(charts, f"{part}-{k}", one | {"small": True}, "", f"{name}: {title} of each bank", cells)
    more = f'<div class="below heats">{many}</div>' if many else ""
    return section("training", row("While they learn", story.training(case), picture + more))


def outcomes(case: Case, charts: Charts) -> str:
    """What the seeds end with, beside what is certified."""
    cells = ""
    for k, institution in enumerate(case["institutions"]):
        if institution["outcome"]["shares"] or institution["exact"]["equilibria"]:
            spec, numbers = figures.outcomes(institution, k)
            cells += chart(charts, f"outcomes-{k}", spec, "", named(institution), numbers)
    if not cells:
        return ""
    return section("outcomes", row("What was learned", story.outcomes(case), f'<div class="heats">{cells}</div>'))


SIGNS = {True: ("yes", "✓"), False: ("no", "✗")}


def contracts(case: Case, charts: Charts) -> str:
    """Each contract: its sheet, its threshold, its certificate, who signs."""
    parts = ""
    for k, institution in enumerate(case["institutions"]):
        proof = institution["certificate"]
        if not proof:
            continue
        sheet = f'<div class="deed"><p class="terms">{escape(story.terms(institution))}</p></div>'
        found = figures.threshold(institution)
        rule = chart(charts, f"threshold-{k}", found[0], "", "", found[1]) if found else ""
        amounts = [
            ["changes hands in the target", number(proof["budget"])],
            ["largest transfer of a bank", number(proof["largest"])],
        ]
        signs = [
            [one["name"], ", ".join(map(number, one["outside"])), ", ".join(map(number, one["gains"])),
             "yes" if one["signed"] else "no"]
            for one in proof["selections"]
        ]  # fmt: skip
        picture = _pill(institution) + sheet + rule + _checks(proof["checks"]) + table(["", ""], amounts, "Amounts")
        picture += table(["if rejected", "cost then", "gain by signing", "all sign"], signs, "Who signs")
        says = f"{story.effect(institution)} {story.certificate(institution)} {story.signing(institution)}"
        parts += row(sentence(institution["label"]), says, picture)
    return section("contracts", parts)


def _checks(checks: list[Case]) -> str:
    items = ""
    for check in checks:
        look, sign = SIGNS[bool(check["holds"])]
        text = f"wanted {check['wanted']}, found {check['found']}"
        items += (
            f'<li class="{look}"><span class="sign" role="img" aria-label="{look}">{sign}</span>'
            f"<div><b>{escape(sentence(check['name']))}</b><span>{escape(sentence(text))}.</span></div></li>"
        )
    return f'<ul class="checks">{items}</ul>' if items else ""


def stack(case: Case, charts: Charts) -> str:
    """Who bears the cost."""
    found = figures.stack(case)
    if not found:
        return ""
    hint = "Transfers between banks are in it: what one pays another receives, so they cancel in the sum."
    picture = chart(charts, "stack", found[0], hint, "", found[1])
    return section("stack", row("Who pays", "What the day costs each bank, one above the other.", picture))


def learners(case: Case, charts: Charts) -> str:
    """Every learner in numbers."""
    heads, rows = figures.learners(case)
    top = "".join(f'<th scope="col">{escape(head)}</th>' if head else "<td></td>" for head in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(cells[0])}</th>' + "".join(f"<td>{escape(c)}</td>" for c in cells[1:]) + "</tr>"
        for cells in rows
    )
    picture = scrolling(f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody>", "Learners")
    told = [
        ["cost as played", "mean over seeds in the last tenth of updates, exploration included (99 % interval)"],
        ["cost, most likely play", "the same if all play their most likely choice at the end"],
        ["certified", "share of seeds whose most likely play is an equilibrium (under a contract: its target)"],
        ["distance", "mean distance of that play to the nearest equilibrium, in steps of the grid, all banks together"],
        ["exploitability", "what the worst-off bank could save by its best constant reply to the play as it is"],
        ["gridlock", "chance, as played in the end, that nobody pays early"],
    ]
    return section("learners", wide("Learners", "", picture + table(["", ""], told, "What is this?")))


def checks(case: Case, charts: Charts) -> str:
    """What the case is to show."""
    found = _checks(case.get("checks") or [])
    says = "Claims that this case was made for, with what came out; those that fail are shown as well."
    return section("checks", row("Does it show what it should?", says, found)) if found else ""


def remarks(case: Case, charts: Charts) -> str:
    """What these answers rest on."""
    notes = [str(text) for text in case.get("notes") or ()]
    method = story.bare(case)["exact"].get("method")
    items = "".join(f"<li>{escape(text)}</li>" for text in [*([f"Exact side: {method}."] if method else []), *notes])
    listed = f'<ul class="remarks">{items}</ul>'
    return section("notes", row("Limits", "What these answers rest on.", listed)) if items else ""


def again(case: Case, charts: Charts) -> str:
    """How to do it again."""
    return repeat(case | {"settings": story.facts(case)}, charts)


BUILDERS: tuple[tuple[str, Callable[[Case, Charts], Any]], ...] = (
    ("matrix", matrix),
    ("heat", heat),
    ("training", training),
    ("outcomes", outcomes),
    ("contracts", contracts),
    ("stack", stack),
    ("learners", learners),
    ("checks", checks),
    ("notes", remarks),
    ("settings", again),
)
"""The sections below the opening, each with the part of the case that it reads."""
