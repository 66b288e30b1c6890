"""The page of an exact solution: one HTML file that needs no server, no network and no other file.

It is the report's frame (`report.py`) around other sections: the game before and after, what can be reached, what every
price does, who gets what, and the certificate. All text of a solution is data and is escaped where it enters the page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any

from ..core.errors import BadCheckpoint
from ..experiments.store import storage, write_whole
from ..solve.proof.certificate import Certificate, Deviation
from ..solve.result import FORMAT
from . import exact_figures as figures
from . import exact_story as story
from . import words
from .exact_story import Solution, number
from .report import STYLES, embedded, filled, guarded
from .sections import Charts, chart, note, paragraph, repeat, row, section, table

MOST = 5
"""Actions of an agent up to which a payoff table is shown."""


def write_solution_page(folder: str | Path, solution: Solution) -> Path:
    """Write `solution.json` and `report.html` into a folder, which is made where there is none.

    A section whose numbers are missing is left out; one whose numbers can't be read leaves a note in its place.

    Args:
        folder: of this solution alone.
        solution: what `accord.solve.result.Solution.to_dict` gives.

    Raises:
        StorageError: the folder can't be written.
        BadCheckpoint: no solution, or one of another format.
    """
    number = solution.get("format") if isinstance(solution, dict) else None
    if number != FORMAT:
        raise BadCheckpoint(f"This solution has format {number}, this version reads {FORMAT}. Solve the game again.")
    folder = Path(folder)
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "solution.json", json.dumps(solution, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    path = folder / "report.html"
    write_whole(path, page(solution))
    return path


def page(solution: Solution) -> str:
    """The whole page as text."""
    charts: Charts = {}
    body = [guarded(part, lambda build=build: build(solution, charts)) for part, build in BUILDERS]
    game = solution.get("game") or {}
    return filled(
        styles=(*STYLES, "exact.css"),
        scripts=("charts.js", "exact.js", "report.js"),
        title=escape(str(solution.get("title") or "An exact solution")),
        version=escape(str(solution.get("accord") or "")),
        kicker=escape(guarded("game", lambda: _kicker(solution))),
        opening=guarded("opening", lambda: opening(solution, charts)),
        sections="\n".join(part for part in body if part),
        footer=(f"<p>Rules of the game: {escape(str(game['source']))}.</p>" if game.get("source") else "")
        + f"<p>Written by accord {escape(str(solution.get('accord') or ''))}.</p>",
        data=embedded({"charts": charts, "films": []}),
    )


def _kicker(solution: Solution) -> str:
    space = (solution.get("space") or {}).get("name")
    parts = [solution["game"]["name"], space, story.size(solution), str(solution.get("created") or "")[:10]]
    return " · ".join(str(part) for part in parts if part)


# ------------------------------------------------------------------------------------------------------------- sections


def opening(solution: Solution, charts: Charts) -> str:
    """The story in a few sentences, and welfare before and after."""
    spec, numbers = figures.totals(solution)
    bars = chart(charts, "totals", spec, numbers=numbers)
    return f'<div class="opening">{paragraph(story.lead(solution), "lead")}<figure>{bars}</figure></div>'


def matrix(solution: Solution, charts: Charts) -> str:
    """Payoffs of a game of two agents and one move, before and after."""
    part = solution.get("matrix")
    if not part or max(len(part["rows"]), len(part["columns"])) > MOST:
        return ""
    tables = _payoffs(solution, part, "before", "Without a contract")
    tables += _payoffs(solution, part, "after", "Under the contract") if part.get("after") else ""
    first, second = story.names(solution)
    says = (
        f"{words.sentence(first)} chooses the row and gets the first number, {second} the column and the second. "
        "Framed: nobody gains by leaving alone. Tinted: where they have most together."
    )
    kind = words.sentence((solution.get("game") or {}).get("kind") or "the game")
    return section("matrix", row(kind, says, f'<div class="games">{tables}</div>'))


def _payoffs(solution: Solution, part: dict[str, Any], which: str, title: str) -> str:
    cells, stable = part[which], {tuple(cell) for cell in part.get(f"stable_{which}") or ()}
    best = max(story.about(a) + story.about(b) for line in cells for a, b in line)
    body = ""
    for r, line in enumerate(cells):
        body += f'<tr><th scope="row">{escape(part["rows"][r])}</th>'
        for c, (a, b) in enumerate(line):
            looks = ["stable"] * ((r, c) in stable)
            looks += ["best"] * (story.about(a) + story.about(b) > best - 1e-9)
            told = " (an equilibrium)" if "stable" in looks else ""
            body += (
                f'<td class="{" ".join(looks)}" title="{escape(number(a))} and {escape(number(b))}{told}">'
                f'<span class="row-player">{escape(number(a))}</span>, '
                f'<span class="column-player">{escape(number(b))}</span></td>'
            )
        body += "</tr>"
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in part["columns"])
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title, quote=True)}">'
        f'<table class="payoffs"><caption>{escape(title)}</caption><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def reach(solution: Solution, charts: Charts) -> str:
    """The payoffs of two agents in the plane."""
    found = figures.reach(solution)
    if not found:
        return ""
    picture = chart(charts, "reach", found[0], numbers=found[1], title="")
    return section("reach", row("What they can reach", story.reach(solution), picture))


def prices(solution: Solution, charts: Charts) -> str:
    """Welfare of all equilibria at every price."""
    found = figures.prices(solution)
    if not found:
        return ""
    hint = (
        "Line: welfare of an equilibrium; hollow end: no longer there. Diamonds: equilibria at that very price alone."
    )
    picture = chart(charts, "prices", found[0], hint, numbers=found[1])
    return section("prices", row("What every price does", story.prices(solution), picture))


def contract(solution: Solution, charts: Charts) -> str:
    """The cheapest contract, as a sheet of paper."""
    part = solution.get("cheapest")
    if not part:
        return ""
    if not part["feasible"]:
        said = paragraph(story.terms(solution), "lead") + (paragraph(part["proof"]) if part.get("proof") else "")
        return section("contract", row("No contract of the space does it", "", said))
    sheet = f'<div class="deed"><p class="terms">{escape(story.terms(solution))}</p></div>'
    theta = part.get("theta") or []
    most = part.get("largest")
    rows = [[f"term {i + 1}", _exact(value)] for i, value in enumerate(theta)]
    rows += [["largest payment in a step", _exact(most)]] if most is not None else []
    rows += [["paid if all do their part", _exact(part["paid"])]] if part.get("paid") is not None else []
    rows += [["margin", _exact(part["margin"])]] if part.get("margin") is not None else []
    numbers = table(["", "exactly"], rows) if rows else ""
    return section("contract", row("The cheapest contract", story.binding(solution), sheet + numbers))


def sweep(solution: Solution, charts: Charts) -> str:
    """Bounds on the welfare of all equilibria at some prices."""
    if not solution.get("sweep"):
        return ""
    spec, numbers = figures.sweep(solution)
    hint = f"Bounds on every equilibrium, by {solution['sweep']['method']}."
    picture = chart(charts, "sweep", spec, hint, numbers=numbers)
    return section("sweep", row("What every price does", story.sweep(solution), picture))


def fine(solution: Solution, charts: Charts) -> str:
    """What any transfers could do, as a sheet of paper."""
    if not solution.get("fine"):
        return ""
    sheet = f'<div class="deed"><p class="terms">{escape(story.fine(solution))}</p></div>'
    rows = [["fine", _exact(solution["fine"]["amount"])], ["margin", _exact(solution["fine"]["margin"])]]
    numbers = table(["", "exactly"], rows)
    return section("fine", row("With any transfers", story.keeps(solution), sheet + numbers))


def learned(solution: Solution, charts: Charts) -> str:
    """What training found."""
    if not solution.get("learned"):
        return ""
    spec, numbers = figures.learned(solution)
    hint = "Shaded: what equilibria allow, exactly. Dots: frozen play, the seed in the middle; whiskers: all seeds."
    picture = chart(charts, "learned", spec, hint, numbers=numbers)
    return section("learned", row("What learning found", story.learned(solution), picture))


def _exact(value: Any) -> str:
    """A value in full: the rational and, where that is hard to read, its decimal."""
    text = number(value)
    if not isinstance(value, dict) or len(value["exact"]) > 60:
        return text
    exact = value["exact"].replace("-", "−")
    whole = Fraction(text.replace("−", "-").replace(",", "")) == Fraction(value["exact"])
    return text if whole else f"{exact} (about {text})"


def sharing(solution: Solution, charts: Charts) -> str:
    """Who is left with what."""
    found = figures.shares(solution)
    if not found:
        return ""
    picture = chart(charts, "shares", found[0], numbers=found[1])
    return section("shares", row("Who gets what", story.sharing(solution), picture))


def routes(solution: Solution, charts: Charts) -> str:
    """Other ways to the same end."""
    found = figures.routes(solution)
    if not found:
        return ""
    hint = "Bar: the best equilibrium. Whisker: down to the worst one."
    picture = chart(charts, "routes", found[0], hint, numbers=found[1])
    needs = [f"{words.sentence(way['name'])}: {way['needs']}" for way in solution["routes"] if way.get("needs")]
    return section("routes", row("Other ways to get there", f"{'. '.join(needs)}." if needs else "", picture))


SIGNS = {True: ("yes", "✓", "yes"), False: ("no", "✗", "no"), None: ("open", "–", "not shown")}
TITLES = {
    "equilibrium": ("An equilibrium", "No equilibrium"),
    "money conserved": ("Money only changes hands", "Money is not conserved"),
    "all accept": ("All gain by signing, or lose nothing", "Somebody would not sign"),
    "only equilibrium": ("The only equilibrium", "Perhaps not the only equilibrium"),
    "as expected": ("It is the play that was promised", "It is not the play that was promised"),
}
"""What each verdict is called where it holds, and where it does not."""


def certificate(solution: Solution, charts: Charts) -> str:
    """The certificate as a list of checks, with the best deviation that was found."""
    data = solution.get("certificate")
    if not data:
        return ""
    found = Certificate.from_dict(data)
    checks = ""
    for holds, name, text in found.checks():
        look, sign, said = SIGNS[holds]
        title = TITLES[name][0 if holds else 1]
        checks += (
            f'<li class="{look}"><span class="sign" role="img" aria-label="{said}">{sign}</span>'
            f"<div><b>{escape(title)}</b><span>{escape(words.sentence(text))}.</span></div></li>"
        )
    how = "Everything was decided in whole numbers" if found.exact else "Floats decided, so this is no proof"
    looked = "the one move" if found.places == 1 else f"all {found.places:,} times and states that play can reach"
    says = (
        f"{how}, by a program that shares no code with the solver: for each {words.kind(solution)} alone, at {looked}, "
        "the best that it can do while the others stay with their part."
    )
    best = _deviation(found, found.once if found.equilibrium else found.plan or found.once)
    failed = "" if not found.remedy else note(found.remedy)
    return section("certificate", row("The certificate", says, f'{failed}<ul class="checks">{checks}</ul>{best}'))


def _deviation(found: Certificate, best: Deviation | None) -> str:
    if best is None:
        return ""
    rows = [("who", words.sentence(found.agents[best.agent]))]
    if found.horizon > 1:
        rows.append(("when", f"step {best.time + 1} of {found.horizon}"))
    if best.where:
        rows.append(("where", best.where))
    rows += [("what", f"{best.action} instead of {best.instead_of}")]
    value = {"exact": str(best.gain), "about": float(best.gain)} if found.exact else best.gain
    rows.append(("gain", _exact(value)))
    if best.reached != 1:
        often = f"with probability {float(best.reached):.3g}" if best.reached else "never, if all keep to it"
        rows.append(("reached", often))
    cells = "".join(
        f"<dt>{name}</dt><dd>{f'<code>{escape(text)}</code>' if name == 'where' else escape(text)}</dd>"
        for name, text in rows
    )
    return f'<div class="deviation"><h3>The best deviation that there is</h3><dl>{cells}</dl></div>'


def remarks(solution: Solution, charts: Charts) -> str:
    """What is only a bound, and what was not done."""
    notes = [str(text) for text in solution.get("notes") or ()]
    before = solution.get("before") or {}
    if before.get("method"):
        notes.insert(0, f"Equilibria without a contract: {before['method']}.")
    items = "".join(f"<li>{escape(text)}</li>" for text in notes)
    listed = f'<ul class="remarks">{items}</ul>'
    return section("notes", row("Limits", "What these answers rest on.", listed)) if items else ""


def again(solution: Solution, charts: Charts) -> str:
    """How to do it again, and how long each part took."""
    seconds = solution.get("seconds") or {}
    spent = [[name, words.exact(value)] for name, value in seconds.items()]
    return repeat(solution, charts, table(["", "seconds"], spent, "What it took") if spent else "")


BUILDERS: tuple[tuple[str, Callable[[Solution, Charts], str]], ...] = (
    ("matrix", matrix),
    ("reach", reach),
    ("prices", prices),
    ("sweep", sweep),
    ("cheapest", contract),
    ("fine", fine),
    ("negotiation", sharing),
    ("learned", learned),
    ("routes", routes),
    ("certificate", certificate),
    ("notes", remarks),
    ("settings", again),
)
"""The sections below the opening, each with the part of the solution that it reads."""
