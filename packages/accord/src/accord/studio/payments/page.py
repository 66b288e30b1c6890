"""The page of a settled day: one HTML file that needs no server, no network and no other file.

It is the report's frame (`studio/report.py`) around other sections. Settlement comes first, then what it took, who
waited for whom, and what would happen without the largest sender. All text of a log is data and is escaped where it
enters the page.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from ..report import STYLES, embedded, filled, guarded
from ..sections import Charts, chart, note, paragraph, repeat, row, section, table
from . import figures, story
from .figures import Facts, label, unit_of
from .quantities import metric, money, plain, share

Pieces = dict[str, Any]

SHOWN_ROWS = 200
"""Rejected rows, and banks, that the page lists; the files have all."""


def page(facts: Facts, circumstances: dict[str, str]) -> str:
    """The whole page as text.

    Args:
        facts: what `study` measured.
        circumstances: `title`, `command`, `created`, `accord`, and whatever else is known about this run.
    """
    charts: Charts = {}
    whole = facts | {"circumstances": circumstances}
    body = [guarded(part, lambda build=build: build(whole, charts)) for part, build in BUILDERS]
    return filled(
        styles=(*STYLES, "exact.css", "payments.css"),
        scripts=("charts.js", "payments.js", "report.js"),
        title=escape(circumstances.get("title") or "A day of payments"),
        version=escape(circumstances.get("accord", "")),
        kicker=escape(guarded("log", lambda: _kicker(whole))),
        opening=guarded("opening", lambda: opening(whole)),
        sections="\n".join(part for part in body if part),
        footer=f"<p>Written by accord {escape(circumstances.get('accord', ''))}. Amounts in the files beside this page "
        "are whole cents.</p>",
        data=embedded({"charts": charts, "films": []}),
    )


def _kicker(facts: Facts) -> str:
    log = facts["log"]
    parts = [
        f"{log['payments']:,} payments", f"{log['banks']:,} banks", money(log["value"], log["currency"]),
        facts["circumstances"].get("created", "")[:10],
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def opening(facts: Facts) -> str:
    """The settlement rate, large; what did not settle; what was set aside; and the day in a few sentences."""
    log, own = facts["log"], story.metrics(facts, facts["first"])
    best = story.metrics(facts, facts["best"])
    left = own["payments"] - own["settled_payments"]
    bad = len(log["rejected"])
    other = ""
    if facts["best"] != facts["first"]:
        other = f"{share(best['settlement_rate'])} with {story.named(facts['best'])}"
    tiles = (
        ("main", share(own["settlement_rate"]), "of the value settled", f"under {story.named(facts['first'])}", other),
        ("", money(own["unsettled_value"], log["currency"]), "unsettled at the close",
         f"{left:,} payment{'s' if left != 1 else ''}", ""),
        ("bad" if bad else "", f"{bad:,}", f"row{'s' if bad != 1 else ''} set aside",
         f"of {bad + log['payments']:,}" if bad else "every row could be read", ""),
    )  # fmt: skip
    cells = "".join(
        f'<div class="tile {kind}"><b>{escape(figure)}</b><span>{escape(what)}</span>'
        + "".join(f"<small>{escape(line)}</small>" for line in lines if line)
        + "</div>"
        for kind, figure, what, *lines in tiles
    )
    return f'<div class="tiles">{cells}</div>{paragraph(story.lead(facts), "lead")}'


# ------------------------------------------------------------------------------------------------------------- sections


def settlement(facts: Facts, charts: Charts) -> str:
    """Cumulative arrivals against settlement, and the queue."""
    spec, numbers = figures.settlement(facts)
    picture = chart(charts, "settlement", spec, "Diamonds: guideline marks.", "Submitted and settled", numbers)
    picture += table(*figures.guidelines(facts), "Guidelines")
    spec, numbers = figures.queues(facts)
    picture += '<div class="below">' + chart(charts, "queue", spec, "", "Waiting in the queue", numbers) + "</div>"
    return section("settlement", row("How the day settled", story.settlement(facts), picture))


def frontier(facts: Facts, charts: Charts) -> str:
    """Liquidity against delay."""
    spec, numbers = figures.frontier(facts)
    hint = (
        "Delay indicator: value queued over time, divided by the same if all waited to the close; what never settles "
        "counts as waiting to the close. Opening balances of all banks move together between their own bounds."
    )
    picture = chart(charts, "frontier", spec, hint, "", numbers)
    return section("frontier", row("Liquidity against delay", story.frontier(facts), picture))


def spells(facts: Facts, charts: Charts) -> str:
    """When a queue stood still."""
    spec, numbers = figures.spells(facts)
    picture = chart(charts, "spells", spec, "", "When a queue stood still", numbers)
    return section("spells", row("Gridlock and deadlock", story.spells(facts), picture))


def network(facts: Facts, charts: Charts) -> str:
    """Who pays whom."""
    spec, numbers = figures.network(facts)
    hint = "A line bends to the right of the way that the money goes."
    rings = numbers if numbers[1] else (["rings of queued payments"], [["none"]])
    picture = chart(charts, "network", spec, hint, "The network of the day", rings)
    picture += table(*figures.links(facts), "Who pays whom")
    statistics = [
        [entry["metric"].replace("_", " "), plain(entry["value"]), entry["definition"]]
        for entry in facts["network"]["statistics"]
    ]
    picture += table(["", "", "what it is"], statistics, "The network in numbers")
    return section("network", row("Who waits for whom", story.network(facts), picture))


def ribbons(facts: Facts, charts: Charts) -> str:
    """Balance and queue of each bank."""
    specs, numbers = figures.ribbons(facts)
    cells = "".join(
        chart(charts, f"ribbon-{k}", spec, title=bank, numbers=([], [])).replace(_EMPTY, "")
        for k, (bank, spec) in enumerate(specs)
    )
    text = f'<div class="ribbons">{cells}</div>{table(*numbers)}'
    return section("ribbons", row("Balances and queues", story.ribbons(facts), text))


_EMPTY = table([], [])
"""The table of a picture whose numbers stand in one table for all."""


def costs(facts: Facts, charts: Charts) -> str:
    """What the day cost each bank."""
    spec, numbers = figures.cost_stack(facts)
    more = len(facts["costs"]) - len(spec["rows"])
    left = f" The {more:,} banks with the least cost are left out." if more else ""
    hint = f"Under {story.named(facts['first'])}.{left}"
    picture = chart(charts, "costs", spec, hint, "", numbers)
    unit = unit_of(facts)
    rows = [[label(name), unit.text(total)] for name, total in facts["costs_together"].items()]
    picture += table(["", f"all banks together, {unit.name}"], rows, "Under each system")
    return section("costs", row("What it costs each bank", story.costs(facts), picture))


def stress(facts: Facts, charts: Charts) -> str:
    """Without the largest sender."""
    if not facts["stress"]:
        return ""
    spec, numbers = figures.stress(facts)
    hint = (
        "Knock-on: payments of the other banks that settled and no longer do. Shortfall: what the others lack even if "
        "the rest of the day is netted."
    )
    picture = chart(charts, "stress", spec, hint, "", numbers)
    return section("stress", row("If the largest sender stops", story.stress(facts), picture))


NAMES = {
    "settled_20": "20 % settled by", "settled_50": "50 % settled by", "settled_80": "80 % settled by",
    "settlement_time": "mean time of settlement", "delay": "mean delay", "used": "liquidity used",
    "posted": "liquidity posted", "lent": "lent at the close", "offset_value": "settled by offset",
    "offset_share": "share settled by offset", "sender_hhi": "concentration of senders (HHI)",
}  # fmt: skip
"""What a metric is called where its field's name is not plain enough."""


def called(name: str) -> str:
    """A metric's name for people."""
    return NAMES.get(name, name.replace("_", " "))


GROUPS = (
    ("Settlement", ("settlement_rate", "settled_value", "unsettled_value", "settled_payments", "lent")),
    (
        "Liquidity",
        ("posted", "used", "unused_share", "lower_bound", "upper_bound", "relative_liquidity", "turnover", "recycling"),
    ),
    (
        "Time",
        ("delay", "delay_indicator", "settlement_time", "settled_20", "settled_50", "settled_80", "missed_deadlines"),
    ),
    ("Queue", ("largest_queue", "longest_queue", "gridlocks", "gridlock_time", "deadlocks", "deadlock_time")),
    ("Mechanisms and concentration", ("offset_value", "offset_share", "sender_hhi")),
)
"""The metrics in the order in which they are read; one that is new comes last."""


def metrics(facts: Facts, charts: Charts) -> str:
    """Every metric under every system, with definitions; and each bank's."""
    unit, definitions = unit_of(facts), facts["definitions"]
    known = {name for _, names in GROUPS for name in names} | {"payments", "value"}
    groups = [*GROUPS, ("More", tuple(name for name in definitions if name not in known))]
    systems = list(facts["systems"])
    body = ""
    for title, names in groups:
        lines = ""
        for name in names:
            if name not in definitions:
                continue
            kind, told = definitions[name]["unit"], definitions[name]["definition"]
            cells = "".join(
                f"<td>{escape(metric(story.metrics(facts, system)[name], kind, unit))}</td>" for system in systems
            )
            bare = kind.startswith(("share", "ms", "minutes"))
            shown = unit.name if kind == "cents" else "" if bare else kind
            head = f"{escape(called(name))} <small>{escape(shown)}</small>"
            lines += f'<tr><th scope="row" title="{escape(told, quote=True)}">{head}</th>{cells}</tr>'
        if lines:
            span = len(systems) + 1
            body += f'<tr class="group"><th scope="colgroup" colspan="{span}">{escape(title)}</th></tr>{lines}'
    heads = "".join(f'<th scope="col">{escape(label(name))}</th>' for name in systems)
    picture = scrolling(f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody>", "Metrics by system")
    told = [[called(name), f"{d['definition']} ({d['unit']})"] for name, d in definitions.items()]
    picture += table(["", ""], told, "What is this?")
    return section("metrics", wide("All metrics", story.metrics_intro(facts), picture))


BANK_COLUMNS = (
    ("submitted", "cents", "value that it submitted"),
    ("sent", "cents", "value of its payments that settled"),
    ("received", "cents", "value that it received"),
    ("unsettled", "cents", "value of its payments that did not settle"),
    ("opening", "cents", "balance at the opening"),
    ("used", "cents", "maximum over the day of (paid - received)+, between events"),
    ("lower", "cents", "(submitted by it - submitted to it)+: needed even under netting of the whole day"),
    ("upper", "cents", "its maximum net debit if every payment settled on arrival"),
    ("turnover", "ratio", "sent / used"),
    ("recycling", "share", "1 - used / sent: outflow funded by inflow"),
    ("delay", "minutes", "value-weighted mean of settlement - submission, settled payments"),
    ("delay_indicator", "0 to 1", "its value in the queue over time / the same if all waited to the close"),
    ("offset", "cents", "sent through liquidity-saving mechanisms"),
    ("missed", "payments", "with a deadline and not settled by it"),
)


def banks(facts: Facts, charts: Charts) -> str:
    """Every metric of each bank under the first system."""
    unit = unit_of(facts)
    ordered = sorted(facts["banks"], key=lambda bank: (-bank["submitted"], bank["bank"]))
    heads = "".join(
        f'<th scope="col" title="{escape(told, quote=True)}">{escape(name.replace("_", " "))}</th>'
        for name, _, told in BANK_COLUMNS
    )
    body = "".join(
        f'<tr><th scope="row">{escape(bank["bank"])}</th>'
        + "".join(f"<td>{escape(metric(bank[name], kind, unit))}</td>" for name, kind, _ in BANK_COLUMNS)
        + "</tr>"
        for bank in ordered[:SHOWN_ROWS]
    )
    picture = scrolling(f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody>", "Metrics by bank")
    told = [[name.replace("_", " "), f"{definition} ({kind})"] for name, kind, definition in BANK_COLUMNS]
    picture += table(["", ""], told, "What is this?")
    says = f"Under {story.named(facts['first'])}; amounts in {unit.name}. The other systems stand in banks.csv."
    if len(ordered) > SHOWN_ROWS:
        says += f" Shown are the {SHOWN_ROWS} largest senders of {len(ordered):,}."
    return section("banks", wide("Each bank", says, picture))


def rejected(facts: Facts, charts: Charts) -> str:
    """The rows that were set aside."""
    rows = facts["log"]["rejected"]
    if not rows:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{escape(entry["file"])}:{entry["line"]}</th><td>{escape(entry["reason"])}</td>'
        f"<td><code>{escape(entry['text'])}</code></td></tr>"
        for entry in rows[:SHOWN_ROWS]
    )
    heads = '<th scope="col">line</th><th scope="col">what is wrong</th><th scope="col">as it stands</th>'
    picture = scrolling(f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>", "Rows set aside", "text")
    if len(rows) > SHOWN_ROWS:
        picture += note(f"{len(rows) - SHOWN_ROWS:,} more stand in rejected.csv.")
    return section("rejected", wide("Set aside", story.rejected(facts), picture))


def again(facts: Facts, charts: Charts) -> str:
    """The command, and the files beside the page."""
    names = [line.split(": ", 1) for line in facts["circumstances"].get("files", "").splitlines()]
    files = table(["", ""], names, "Files beside this page") if names else ""
    return repeat(facts["circumstances"] | {"settings": facts.get("settings") or {}}, charts, files)


def wide(title: str, says: str, picture: str) -> str:
    """Words above a picture that needs the whole width."""
    return f"<h2>{escape(title)}</h2>{paragraph(says)}<figure>{picture}</figure>"


def scrolling(body: str, what: str, kind: str = "figures") -> str:
    """An open table that scrolls by itself where it is too wide."""
    top = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(what, quote=True)}">'
    return f'{top}<table class="{kind}">{body}</table></div>'


BUILDERS: tuple[tuple[str, Callable[[Facts, Charts], str]], ...] = (
    ("settlement", settlement),
    ("frontier", frontier),
    ("spells", spells),
    ("network", network),
    ("ribbons", ribbons),
    ("costs", costs),
    ("stress", stress),
    ("metrics", metrics),
    ("banks", banks),
    ("rejected", rejected),
    ("circumstances", again),
)
"""The sections below the opening, each with the part of the facts that it reads."""
