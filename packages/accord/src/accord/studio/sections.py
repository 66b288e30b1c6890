"""The sections of the report as HTML. Every text that comes from a result is escaped here, where it enters the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ..core import record
from ..core.errors import AccordError, BadCheckpoint
from . import bargain, figures, story, words
from .film import film
from .words import Result

Charts = dict[str, figures.Spec]

STORY = ("solo", "separate", "moca")
"""The replays that tell the story; any others stand below them."""


# --------------------------------------------------------------------------------------------------------------- pieces


def paragraph(text: str, kind: str = "says") -> str:
    """A paragraph, or nothing."""
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def note(text: str) -> str:
    """A remark on something that is missing."""
    return f'<p class="note">{escape(text)}</p>'


def section(name: str, *parts: str) -> str:
    """A section, or nothing."""
    body = "\n".join(part for part in parts if part)
    return f'<section id="{name}">\n{body}\n</section>' if body else ""


def row(title: str, says: str, picture: str) -> str:
    """Words and their picture: side by side on a wide screen, else below each other."""
    head = f"<h2>{escape(title)}</h2>" if title else ""
    return f'<div class="row"><div class="text">{head}{paragraph(says)}</div><figure>{picture}</figure></div>'


def chart(
    charts: Charts,
    name: str,
    spec: figures.Spec | None,
    hint: str = "",
    title: str = "",
    numbers: tuple[list[str], list[list[str]]] | None = None,
) -> str:
    """A place for a chart, and its numbers as a table: those given, or as `figures.table` reads them off."""
    if spec is None:
        return ""
    charts[name] = spec
    head = f"<h3>{escape(title)}</h3>" if title else ""
    label = escape(title or f"{spec.get('y', spec['x'])['label']}, {spec['x']['label']}", quote=True)
    caption = f'<p class="hint">{escape(hint)}</p>' if hint else ""
    return (
        f'<div class="panel">{head}<div class="chart" data-chart="{name}" data-says="{label}"></div>{caption}'
        f"{table(*(numbers or figures.table(spec)))}</div>"
    )


def table(heads: list[str], rows: list[list[str]], summary: str = "The numbers") -> str:
    """A table behind a summary that opens it."""
    cells = lambda one: (
        f'<th scope="row">{escape(one[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in one[1:])
    )
    top = "".join(f'<th scope="col">{escape(head)}</th>' if head else "<td></td>" for head in heads)
    body = "".join(f"<tr>{cells(one)}</tr>" for one in rows)
    return (
        f'<details><summary>{escape(summary)}</summary><div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(summary, quote=True)}"><table>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


# ------------------------------------------------------------------------------------------------------------- sections


def opening(result: Result, charts: Charts) -> str:
    """The story in a few sentences, and what each scheme brought."""
    bars = chart(charts, "totals", figures.totals(result), story.band(result, "Bar"))
    left = [str(line) for line in result.get("missing") or ()]
    missing = note(f"This run is not complete. {' '.join(left)}") if left else ""
    lead = paragraph(story.lead(result), "lead")
    return missing + (f'<div class="opening">{lead}<figure>{bars}</figure></div>' if bars else lead)


KEY = (
    ("robot", "robot, its eyes ahead"),
    ("apple", "apple"),
    ("waste", "waste in the river"),
    ("beam", "cleaning beam"),
    ("coin", "payment under the contract"),
)


def replays(result: Result, folder: Path, films: list[dict[str, Any]]) -> str:
    """The replays: those of the story side by side on one clock, and the others below."""
    cards: list[tuple[str, str]] = []
    notes = []
    for entry in result.get("replays") or ():
        title = str(entry.get("title", ""))
        try:
            one = film(record.load(inside(folder, str(entry["file"]))))
        except AccordError as error:
            notes.append(note(f"“{title}” is missing: {error}"))
            continue
        given = str(entry.get("caption") or "")
        text = " ".join(
            part for part in ("" if given.startswith("theta =") else given, story.caption(result, one)) if part
        )
        label = escape(f"Replay: {title}. {text}", quote=True)
        cards.append(
            (
                str(entry.get("id", "")),
                (
                    f'<article class="film" data-film="{len(films)}"><h3>{escape(title)}</h3><p>{escape(text)}</p>'
                    f'<canvas role="img" aria-label="{label}"></canvas></article>'
                ),
            )
        )
        films.append(one)
    if not cards:
        return section("replays", *(["<h2>Watch them</h2>", *notes] if notes else []))
    first = [card for name, card in cards if name in STORY]
    first, rest = (
        (first, [card for name, card in cards if name not in STORY]) if len(first) > 1 else ([c for _, c in cards], [])
    )
    shown = [kind for kind in KEY if kind[0] != "coin" or any(one["payments"] for one in films)]
    key = "".join(f'<li><canvas data-key="{name}" aria-hidden="true"></canvas>{text}</li>' for name, text in shown)
    wide = max(len(one["map"][0]) for one in films) > 14
    return section(
        "replays",
        "<h2>Watch them</h2>",
        paragraph(story.rules(result)),
        f'<ul class="key">{key}</ul>',
        theatre(first, wide, "Replays"),
        "<h3>For comparison</h3>" + theatre(rest, wide, "More replays") if rest else "",
        *notes,
    )


def theatre(cards: list[str], wide: bool, label: str) -> str:
    """Replays that play together, and the controls below them."""
    speeds = "".join(f'<option value="{x}"{" selected" if x == 1 else ""}>{x}×</option>' for x in (0.5, 1, 2, 4, 8))
    look = "films wide" if wide else "films"
    return (
        f'<div class="theatre" role="group" aria-label="{label}"><div class="{look}">{"".join(cards)}</div>'
        '<div class="transport" hidden><button type="button" aria-label="Play"></button>'
        '<input type="range" min="0" max="1" value="0" step="1" aria-label="Step"><output></output>'
        f'<select aria-label="Speed">{speeds}</select></div></div>'
    )


def inside(folder: Path, name: str) -> Path:
    """A file of the run's folder; nothing outside it is ever read into a report."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadCheckpoint(f"The replay '{name}' lies outside the run's folder. Move it to replays/.")
    return path


def dilemma(result: Result, charts: Charts) -> str:
    """The Schelling diagram."""
    number = (result.get("schelling") or {}).get("episodes")
    hint = f"Scripted {words.kind(result)}s, no learning" + (f"; {number:,} episodes each." if number else ".")
    pair = chart(charts, "schelling", figures.schelling(result), hint) + chart(
        charts, "cleaners", figures.cleaners(result)
    )
    return (
        section("dilemma", row("Is it a dilemma?", story.dilemma(result), f'<div class="pair">{pair}</div>'))
        if pair
        else ""
    )


def learning(result: Result, charts: Charts) -> str:
    """Welfare against practice."""
    picture = chart(charts, "curves", figures.curves(result), story.band(result))
    return section("learning", row("How they learned", story.learning(result), picture)) if picture else ""


def shares(result: Result, charts: Charts) -> str:
    """Returns before and after transfers."""
    hint = "Hollow: what the game gave. Filled: what was left after the contract’s payments; pale bar: its interval."
    picture = chart(charts, "shares", figures.shares(result), hint)
    if picture:
        picture += table(*figures.schemes(result), "All schemes beside each other")
    return section("shares", row("Who ends up with what", story.sharing(result), picture)) if picture else ""


def contract(result: Result, charts: Charts) -> str:
    """What was agreed on."""
    part = result.get("contract") or {}
    criterion = str((part.get("search") or {}).get("criterion") or "")
    hint = "One dot a seed; hollow: not signed." + (
        f" The search takes {bargain.CRITERIA.get(criterion, criterion)}." if criterion else ""
    )
    picture = deed(result) + chart(charts, "prices", figures.prices(result), hint)
    return section("contract", row("The contract", bargain.deal(result), picture)) if part else ""


def deed(result: Result) -> str:
    """The contract as a sheet of paper."""
    theta = words.found(result)
    if theta is None:
        return ""
    agents, signed = story.agents(result), list((result.get("contract") or {}).get("signed") or ())
    others = "the other" if agents == 2 else "the others, in equal parts"
    unit = str((result.get("space") or {}).get("unit") or "")
    wage, fine = unit.partition(" per "), unit.partition(" for ")
    goods = (wage if wage[1] else fine)[0] or words.goods(result)
    price = f'<span class="price">{escape(words.exact(theta.mid))} {escape(goods)}</span>'
    if fine[1] and not wage[1]:
        terms = f"For {escape(fine[2])}, whoever does it pays {price} to {others}."
    else:
        terms = f"For each {escape(wage[2] or 'unit of work')}, whoever did it receives {price} from {others}."
    if signed and all(signed):
        does = ["offers" if i == words.proposer(result) else "accepts" for i in range(agents)]
        hands = "".join(
            f'<div><span class="badge agent-{i % 8}" aria-hidden="true">{words.letter(i)}</span>'
            f"{escape(words.sentence(words.called(result, i)))}, who {does[i]}</div>"
            for i in range(agents)
        )
    else:
        hands = f"<div>Signed in {sum(map(bool, signed))} of {len(signed)} seeds</div>" if signed else ""
    who = words.listed(words.called(result, i) for i in range(agents))
    return (
        f'<div class="deed"><p>Between {escape(who)}:</p><p class="terms">{terms}</p>'
        f'<p>It binds for the whole episode, and only if all agree.</p><div class="hands">{hands}</div></div>'
    )


def prices(result: Result, charts: Charts) -> str:
    """The value landscape, and who accepts what."""
    hint = (
        f"Solid: what each {words.kind(result)} gets at a price, with its interval. Left and dashed: what it gets "
        "without a contract."
    )
    picture = chart(charts, "landscape", figures.landscape(result), hint)
    votes = "".join(
        chart(charts, f"acceptance-{i}", spec, title=title)
        for i, (title, spec) in enumerate(figures.acceptance(result))
    )
    return section(
        "prices",
        row("What each price is worth", bargain.value(result), picture) if picture else "",
        row("Who would sign", bargain.signing(result), f'<div class="pair">{votes}</div>') if votes else "",
    )


def cheating(result: Result, charts: Charts) -> str:
    """Best responses against the frozen others."""
    hint = (
        f"Gain of one {words.kind(result)} that learns anew while the others stay as they are. "
        "Shaded: within the tolerance."
    )
    picture = chart(charts, "gains", figures.best_response(result), hint)
    return section("cheating", row("Would anybody rather cheat?", bargain.cheating(result), picture)) if picture else ""


def known(result: Result, charts: Charts) -> str:
    """Games with a closed form."""
    many = "".join(
        chart(charts, f"threshold-{i}", spec, title=title) for i, (title, spec) in enumerate(figures.thresholds(result))
    )
    return (
        section("known", row("Where the answer is known", bargain.flips(result), f'<div class="many">{many}</div>'))
        if many
        else ""
    )


def repeat(result: Result, charts: Charts, more: str = "") -> str:
    """What it took, and how to do it again; `more` stands below the command."""
    command = str(result.get("command") or "")
    box = (
        f'<div class="command"><code>{escape(command)}</code><button type="button" data-copy hidden>Copy</button></div>'
        if command
        else ""
    )
    spent = [
        [label, words.steps(number), words.exact(sum(minutes) / len(minutes))]
        for label, number, minutes in story.costs(result)
    ]
    facts = [
        [name, str(result[name])] for name in ("preset", "created", "accord", "commit", "machine") if result.get(name)
    ]
    game = result.get("game") or {}
    if game.get("version") is not None:
        facts.append(["game", f"{game.get('name', '')}, rules version {game['version']}"])
    settings = [[name, value] for name, value in flat(result.get("settings") or {})]
    tables = table(["", "environment steps", "minutes a seed"], spent, "What it took") if spent else ""
    tables += table(["", ""], facts, "Where and when") if facts else ""
    tables += f'<div class="settings">{table(["setting", "value"], settings, "All settings")}</div>' if settings else ""
    picture = box + more + tables
    return section("repeat", row("Do it again", story.cost(result), picture)) if picture else ""


def flat(settings: dict[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Nested settings as dotted names."""
    rows = []
    for name, value in settings.items():
        if isinstance(value, dict):
            rows += flat(value, f"{above}{name}.")
        else:
            rows.append((f"{above}{name}", value if isinstance(value, str) else json.dumps(value)))
    return rows


BUILDERS: tuple[tuple[str, Callable[[Result, Charts], str]], ...] = (
    ("schelling", dilemma),
    ("curves", learning),
    ("schemes", shares),
    ("contract", contract),
    ("landscape", prices),
    ("best_response", cheating),
    ("thresholds", known),
    ("settings", repeat),
)
"""The sections below the replays, each with the part of the result that it reads."""
