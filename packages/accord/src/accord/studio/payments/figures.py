"""What the pictures of a settled day show: specifications for `payments.js` and `charts.js`, and their tables."""

from __future__ import annotations

from typing import Any

from ...clearing.clock import HOUR
from ..figures import SHAPES, Spec
from .curves import BINS, POINTS, grid
from .quantities import Unit, clock, duration, hours, minutes, plain, share, unit_for

Facts = dict[str, Any]
Numbers = tuple[list[str], list[list[str]]]

LABELS = {
    "rtgs": "Plain RTGS",
    "bypass": "RTGS with bypass",
    "bilateral": "Bilateral offset",
    "cycles": "Offset and cycles",
    "multilateral": "All-or-nothing netting",
    "partial": "Partial netting",
    "all": "All mechanisms",
    "all-bypass": "All, with bypass",
}
"""The systems by the names that people use."""

COSTS = (("liquidity", "agent-0"), ("overdraft", "agent-6"), ("delay", "agent-1"), ("lending", "agent-2"))


def label(name: str) -> str:
    """What a system is called."""
    return LABELS.get(name, name)


def unit_of(facts: Facts) -> Unit:
    """The unit of the page."""
    return unit_for(facts["log"]["value"], facts["log"]["currency"])


def look(facts: Facts, name: str) -> dict[str, str]:
    """Colour and shape of a system, the same in every chart."""
    number = list(facts["systems"]).index(name)
    if number == 0:
        return {"colour": "joint", "shape": "diamond"}
    return {"colour": f"agent-{(number - 1) % 8}", "shape": SHAPES[(number - 1) % 3]}


def settlement(facts: Facts) -> tuple[Spec, Numbers]:
    """Shares of the day's value submitted, and settled under each system, by time; guideline marks."""
    value, at = facts["log"]["value"], grid(facts["from"], facts["to"], POINTS).tolist()
    times = [hours(t) for t in at]
    series = [
        {
            "label": "Submitted", "colour": "solo", "shape": "none", "dash": True,
            "values": [round(v / value, 5) for v in facts["arrivals"]],
        }
    ] + [
        {"label": label(name), **look(facts, name), "values": [round(v / value, 5) for v in system["settled"]]}
        for name, system in facts["systems"].items()
    ]  # fmt: skip
    marks = [
        {"x": hours(time), "y": wanted, "label": f"guideline: {share(wanted)} by {clock(time)}"}
        for time, wanted in facts["guidelines"]
        if facts["from"] < time < facts["to"]
    ]
    spec = {
        "kind": "day", "from": times[0], "to": times[-1], "series": series, "marks": marks,
        "y": {"label": "Share of the day's value", "min": 0, "max": 1, "format": "percent"},
    }  # fmt: skip
    rows = []
    names = list(facts["systems"])
    for k, hour in enumerate(facts["hours"][names[0]]):
        if not facts["from"] - HOUR < hour["hour"] < facts["to"]:
            continue
        ends = min(hour["hour"] + HOUR, facts["log"]["closes"])
        cells = [share(facts["hours"][name][k]["throughput"]) for name in names]
        rows.append([f"by {clock(ends)}", share(hour["submitted_share"]), *cells])
    return spec, (["", "submitted", *map(label, names)], rows)


def guidelines(facts: Facts) -> Numbers:
    """Shares settled by the guideline times, and whether that meets them."""
    rows = []
    for name, entries in facts["throughput"].items():
        for entry in entries:
            met = "met" if entry["met"] else "missed"
            rows.append(
                [label(name), clock(entry["by"]), share(entry["guideline"]), share(entry["settled"]), met]
            )
    return ["", "by", "guideline", "settled", ""], rows


def queues(facts: Facts) -> tuple[Spec, Numbers]:
    """The queued value by time, under each system."""
    unit, at = unit_of(facts), grid(facts["from"], facts["to"], POINTS).tolist()
    series = [
        {"label": label(name), **look(facts, name), "values": [_brief(unit.of(v)) for v in system["queued"]]}
        for name, system in facts["systems"].items()
    ]
    spec = {
        "kind": "day", "from": hours(at[0]), "to": hours(at[-1]), "series": series, "marks": [], "bins": True,
        "y": {"label": f"Queued, {unit.name}", "min": 0}, "small": True,
    }  # fmt: skip
    metrics = {name: system["metrics"] for name, system in facts["systems"].items()}
    rows = [
        [label(n), unit.text(m["largest_queue"]), f"{m['longest_queue']:,}", minutes(m["delay"])]
        for n, m in metrics.items()
    ]
    return spec, (["", f"largest queue, {unit.name}", "longest queue, payments", "mean delay"], rows)


def _brief(value: float) -> float:
    return float(f"{value:.5g}")


def frontier(facts: Facts) -> tuple[Spec, Numbers]:
    """Delay against liquidity, from the lower bound to the upper one."""
    levels = facts["frontier"]
    names = list(dict.fromkeys(level["system"] for level in levels))
    own = lambda name: [level for level in levels if level["system"] == name]
    series = [
        {
            "label": label(name), **look(facts, name), "marks": True,
            "points": [
                [level["share"], *[round(level["delay_indicator"] or 0.0, 5)] * 3] for level in own(name)
            ],
        }
        for name in names
    ]  # fmt: skip
    given = facts["systems"][facts["first"]]["metrics"]
    lower, upper = given["lower_bound"], given["upper_bound"]
    rules = []
    if upper > lower and 0 <= (at := (given["posted"] - lower) / (upper - lower)) <= 1:
        rules.append({"at": at, "label": "this day's liquidity"})
    spec = {
        "kind": "lines", "series": series, "xrules": rules, "legend": True,
        "x": {"label": "Liquidity, from lower to upper bound", "format": "percent"},
        "y": {"label": "Delay indicator", "zero": True},
    }  # fmt: skip
    heads = ["liquidity", *(f"{label(name)}: {what}" for name in names for what in ("delay", "settled"))]
    rows = []
    for k, level in enumerate(own(names[0])):
        cells = [text for name in names for text in (
            plain(own(name)[k]["delay_indicator"]), share(own(name)[k]["settlement_rate"])
        )]  # fmt: skip
        rows.append([share(level["share"]), *cells])
    return spec, (heads, rows)


def spells(facts: Facts) -> tuple[Spec, Numbers]:
    """When a queue stood still, under each system."""
    unit, rows, table = unit_of(facts), [], []
    for name, system in facts["systems"].items():
        bars = [
            {
                "from": hours(max(begin, facts["from"])), "to": hours(min(end, facts["to"])), "kind": kind,
                "title": f"{clock(begin)} to {clock(end)}: {kind}, up to {unit.text(queued)} {unit.name} queued"
                + (f", {unit.text(could)} of it could settle together" if could else ""),
            }
            for begin, end, kind, queued, could in _longest(system["spells"])
        ]  # fmt: skip
        rows.append({"label": label(name), "bars": bars})
        metrics = system["metrics"]
        table.append(
            [
                label(name), str(metrics["gridlocks"]), duration(metrics["gridlock_time"]) or "–",
                str(metrics["deadlocks"]), duration(metrics["deadlock_time"]) or "–",
                unit.text(metrics["largest_queue"]),
            ]
        )  # fmt: skip
    spec = {"kind": "spells", "from": hours(facts["from"]), "to": hours(facts["to"]), "rows": rows}
    heads = ["", "gridlocks", "together", "deadlocks", "together", f"largest queue, {unit.name}"]
    return spec, (heads, table)


def _longest(found: list[list[Any]], most: int = 200) -> list[list[Any]]:
    """Spells that a screen can show."""
    kept = sorted(found, key=lambda s: s[0] - s[1])[:most]
    return sorted(kept)


def ribbons(facts: Facts) -> tuple[list[tuple[str, Spec]], Numbers]:
    """Balance and queue of the largest banks; one table of both by the hour."""
    unit, part = unit_of(facts), facts["ribbons"]
    specs = []
    for row in part["banks"]:
        picture = {
            "kind": "ribbon", "from": hours(facts["from"]), "to": hours(facts["to"]), "bins": BINS, "unit": unit.name,
            **{name: [_brief(unit.of(v)) for v in row[name]] for name in ("low", "high", "queue")},
        }  # fmt: skip
        specs.append((row["bank"], picture))
    heads = ["", *(f"{clock(a)}–{clock(b)}" for a, b in zip(part["hours"], part["hours"][1:], strict=False))]
    rows = []
    for row in part["banks"]:
        rows.append([f"{row['bank']}: lowest balance", *map(unit.text, row["hourly_low"])])
        rows.append([f"{row['bank']}: largest queue", *map(unit.text, row["hourly_queue"])])
    return specs, (heads, rows)


def cost_stack(facts: Facts, most: int = 20) -> tuple[Spec, Numbers]:
    """What the day cost each bank, in parts."""
    found = facts["costs"]
    unit = unit_for(sum(row["total"] for row in found), facts["log"]["currency"])
    used = [(name, colour) for name, colour in COSTS if any(row[name] for row in found)] or list(COSTS[:1])
    ordered = sorted(found, key=lambda row: (-row["total"], row["bank"]))
    rows = [
        {"label": row["bank"], "parts": [_brief(unit.of(row[name])) for name, _ in used]} for row in ordered[:most]
    ]
    spec = {
        "kind": "stack", "x": {"label": f"Cost of the day, {unit.name}"}, "rows": rows,
        "parts": [{"label": name.capitalize(), "colour": colour} for name, colour in used],
    }  # fmt: skip
    names = [*(name for name, _ in used), "total"]
    table = [[row["bank"], *(unit.text(row[name]) for name in names)] for row in ordered[:200]]
    together = ["All banks", *(unit.text(sum(row[name] for row in found)) for name in names)]
    return spec, (["", *(f"{name}, {unit.name}" for name in names)], [together, *table])


def network(facts: Facts) -> tuple[Spec, Numbers]:
    """The banks by strength, who pays whom, and the rings that stood still."""
    part, unit = facts["network"], unit_of(facts)
    largest = max((node["strength"] for node in part["nodes"]), default=1) or 1
    heaviest = max((link["value"] for link in part["links"]), default=1) or 1
    where = {node["number"]: k for k, node in enumerate(part["nodes"])}
    nodes = [
        {
            "label": node["bank"], "x": node["x"], "y": node["y"], "core": node["core"],
            "size": round((node["strength"] / largest) ** 0.5, 4),
            "title": f"sent {unit.text(node['sent'])}, received {unit.text(node['received'])} {unit.name}",
        }
        for node in part["nodes"]
    ]  # fmt: skip
    links = [
        {
            "a": where[link["from"]], "b": where[link["to"]], "width": round(link["value"] / heaviest, 4),
            "ring": link["ring"], "queued": _brief(unit.of(link["queued"])),
        }
        for link in part["links"]
    ]  # fmt: skip
    rows = [
        [" → ".join([*ring, ring[0]]), str(len(ring)), unit.text(value)] for ring, value in part["rings"]
    ]
    heads = ["ring of queued payments", "banks", f"at least so much all around, {unit.name}"]
    return {"kind": "network", "nodes": nodes, "links": links, "unit": unit.name}, (heads, rows)


def links(facts: Facts, most: int = 60) -> Numbers:
    """The largest links, as a table."""
    unit, names = unit_of(facts), facts["network"]["names"]
    name = lambda number: names.get(number, names.get(str(number), str(number)))
    ordered = sorted(facts["network"]["links"], key=lambda link: -link["value"])[:most]
    rows = [
        [f"{name(link['from'])} → {name(link['to'])}", unit.text(link["value"]),
         unit.text(link["queued"]) if link["queued"] else "–", "yes" if link["ring"] else ""]
        for link in ordered
    ]  # fmt: skip
    return ["", f"paid over the day, {unit.name}", "queued at that moment", "on a ring shown"], rows


def stress(facts: Facts) -> tuple[Spec, Numbers]:
    """What does not settle when the largest senders stop."""
    unit, bars, rows = unit_of(facts), [], []
    for stop in facts["stress"]:
        who = " and ".join(stop["stopped"])
        bars.append(
            {
                "label": f"{who} stop{'s' if len(stop['stopped']) == 1 else ''}: {label(stop['system'])}",
                "colour": look(facts, stop["system"])["colour"], "value": unit.of(stop["knock_on"]),
                "low": unit.of(stop["knock_on"]), "high": unit.of(stop["knock_on"]), "seeds": [],
            }
        )  # fmt: skip
        rows.append(
            [f"{who}, {label(stop['system'])}", *(unit.text(stop[k]) for k in ("missing", "knock_on", "shortfall"))]
        )
    spec = {"kind": "bars", "x": {"label": f"Payments of others that no longer settle, {unit.name}"}, "rows": bars}
    heads = ["from " + clock(facts["stress"][0]["at"]), "not submitted", "knock-on", "shortfall of the others"]
    return spec, (heads, rows)
