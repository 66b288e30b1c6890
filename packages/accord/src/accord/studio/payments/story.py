"""What the page of a settled day says, in sentences made of its numbers."""

from __future__ import annotations

from typing import Any

from ..words import count, listed, sentence
from .figures import Facts, label, unit_of
from .quantities import clock, duration, minutes, money, plain, share

NAMED = {
    "rtgs": "plain gross settlement",
    "bypass": "gross settlement with bypass",
    "bilateral": "bilateral offset",
    "cycles": "offset and cycles",
    "multilateral": "all-or-nothing netting",
    "partial": "partial netting",
    "all": "all mechanisms together",
    "all-bypass": "all mechanisms with bypass",
}


def named(name: str) -> str:
    """A system inside a sentence."""
    return NAMED.get(name, name)


def metrics(facts: Facts, name: str) -> dict[str, Any]:
    """The metrics of a system."""
    return facts["systems"][name]["metrics"]


def lead(facts: Facts) -> str:
    """The day in a few sentences: what came, what settled, what mechanisms change, what is assumed."""
    return " ".join(part for part in (day(facts), settled(facts), saved(facts), stuck(facts), funded(facts)) if part)


def day(facts: Facts) -> str:
    """Who submitted how much."""
    log = facts["log"]
    worth = money(log["value"], log["currency"])
    return f"{sentence(count(log['banks'], 'bank'))} submitted {_payments(log['payments'])} worth {worth}."


def _payments(number: int) -> str:
    return f"{number:,} payment{'s' if number != 1 else ''}"


def settled(facts: Facts) -> str:
    """What settled under the first system."""
    name, own = facts["first"], metrics(facts, facts["first"])
    if not own["unsettled_value"]:
        done = "everything settled by the close" if own["delay_indicator"] else "everything settled on arrival"
    else:
        left = own["payments"] - own["settled_payments"]
        done = (
            f"{share(own['settlement_rate'])} of the value settled by the close; {_payments(left)} worth "
            f"{money(own['unsettled_value'], facts['log']['currency'])} did not"
        )
    lent = f", {money(own['lent'], facts['log']['currency'])} of it lent at the close" if own["lent"] else ""
    text = f"Under {named(name)} {done}{lent}"
    return f"{text}, with a mean delay of {minutes(own['delay'])}." if own["delay"] else f"{text}."


def saved(facts: Facts) -> str:
    """What the best system changes at the same liquidity."""
    if facts["best"] == facts["first"]:
        return "" if len(facts["systems"]) == 1 else f"No other system that was tried does better{_at_all(facts)}."
    own, other = metrics(facts, facts["first"]), metrics(facts, facts["best"])
    parts = []
    if other["settled_value"] > own["settled_value"]:
        parts.append(f"settle {share(other['settlement_rate'])} of the value")
    before, after = own["delay_indicator"] or 0.0, other["delay_indicator"] or 0.0
    if after < before:
        parts.append(f"bring the delay indicator from {plain(before, 2)} to {plain(after, 2)}")
    elif after > before:
        parts.append(f"raise the delay indicator from {plain(before, 2)} to {plain(after, 2)}")
    verb = listed(parts)
    if not named(facts["best"]).startswith(("all mechanisms", "offset and")):
        verb = verb.replace("settle ", "settles ", 1).replace("bring ", "brings ").replace("raise ", "raises ")
    return f"With the same balances {named(facts['best'])} {verb}."


def _at_all(facts: Facts) -> str:
    return ": no payment had to wait" if not metrics(facts, facts["first"])["delay_indicator"] else ""


def stuck(facts: Facts) -> str:
    """How long queues stood still, and why."""
    own = metrics(facts, facts["first"])
    parts = []
    if own["gridlock_time"]:
        parts.append(
            f"for {duration(own['gridlock_time'])} a queue stood still of which a part could have settled together "
            "(gridlock)"
        )
    if own["deadlock_time"]:
        parts.append(f"for {duration(own['deadlock_time'])} only more liquidity could have helped (deadlock)")
    return f"{sentence(listed(parts))}." if parts else ""


def funded(facts: Facts) -> str:
    """Where the opening balances come from, if nobody gave them."""
    level = facts["log"]["share"]
    if level is None:
        return ""
    at = {0.0: "at the lower bound of liquidity", 1.0: "at the upper bound of liquidity"}.get(
        level, f"{share(level)} of the way from the lower to the upper bound of liquidity"
    )
    return f"Opening balances are an assumption: each bank's stand {at}."


# ------------------------------------------------------------------------------------------------------- the sections


def settlement(facts: Facts) -> str:
    """How fast the value settles."""
    own = metrics(facts, facts["first"])
    known = [(s, own[f"settled_{s}"]) for s in (20, 50, 80) if own[f"settled_{s}"] is not None]
    when = listed(f"{s}\u00a0% by {clock(at)}" for s, at in known)
    text = f"Under {named(facts['first'])} the value is settled {when}. " if known else ""
    rows = [entry for entry in facts["throughput"][facts["first"]] if facts["from"] < entry["by"] < facts["to"]]
    if rows:
        met = all(row["met"] for row in rows)
        told = listed(f"{share(row['guideline'])} by {clock(row['by'])}" for row in rows)
        text += f"The marks are throughput guidelines of the kind CHAPS has ({told}): {'met' if met else 'not met'}."
    return text


def frontier(facts: Facts) -> str:
    """What the frontier shows."""
    low = [level for level in facts["frontier"] if level["share"] == 0.0]
    if not low:
        return ""
    bounds = metrics(facts, facts["first"])
    currency = facts["log"]["currency"]
    text = (
        f"Netting of the whole day needs {money(bounds['lower_bound'], currency)}, settling each payment on arrival "
        f"{money(bounds['upper_bound'], currency)}. Between the two, less liquidity buys delay. "
    )
    first, best = low[0], min(low, key=lambda level: level["delay_indicator"] or 0.0)
    if first["system"] != best["system"]:
        text += (
            f"At the lower bound {named(first['system'])} has a delay indicator of "
            f"{plain(first['delay_indicator'], 2)}, {named(best['system'])} {plain(best['delay_indicator'], 2)}."
        )
    return text


def spells(facts: Facts) -> str:
    """What gridlock and deadlock mean."""
    if not any(system["spells"] for system in facts["systems"].values()):
        return "No queue stood still at any look at it: nothing waited when the mechanisms would have run."
    return (
        "A queue that stands still is in gridlock if a part of it could settle together as it is, and in deadlock if "
        "only more liquidity helps. It is looked at every five minutes; mechanisms end gridlocks, never deadlocks."
    )


def ribbons(facts: Facts) -> str:
    """What the ribbons show."""
    shown = len(facts["ribbons"]["banks"])
    which = "Each bank" if shown == facts["log"]["banks"] else f"The {count(shown, 'largest bank')}"
    return (
        f"{which} under {named(facts['first'])}. Above the line the balance, lowest to highest in each few minutes, "
        f"with its largest value in {unit_of(facts).name}; below it, downwards, what is in the queue. Each has a scale "
        "of its own."
    )


def costs(facts: Facts) -> str:
    """What costs what, and how the systems compare."""
    p = facts["prices"]
    parts = [f"each unit posted in the morning {p['liquidity']:g}", f"each unit queued for an hour {p['delay']:g}"]
    if p["overdraft"]:
        parts.append(f"each unit overdrawn for an hour {p['overdraft']:g}")
    parts.append(f"each unit lent at the close {p['lending']:g}")
    text = f"Prices: {listed(parts)}. "
    together = facts["costs_together"]
    best = min(together, key=lambda name: (together[name], list(together).index(name)))
    if best != facts["first"] and together[facts["first"]]:
        less = 1 - together[best] / together[facts["first"]]
        text += f"All banks together pay {share(less)} less under {named(best)} than under {named(facts['first'])}."
    return text


def network(facts: Facts) -> str:
    """Who is in the picture, and what is lit."""
    part = facts["network"]
    core = sum(node["core"] for node in part["nodes"])
    text = "Circles grow with what a bank sends and receives, lines with what is paid along them. "
    if core < len(part["nodes"]):
        text += f"In the middle the {count(core, 'bank')} with half of all that is sent and received. "
    if len(part["nodes"]) < part["of"]:
        text += f"Shown are the {len(part['nodes'])} largest of {part['of']:,} banks. "
    if part["moment"] is None:
        return f"{text}Under {named(facts['first'])} no payment ever waited."
    worth = money(part["queued"], facts["log"]["currency"])
    when = f"At {clock(part['moment'])} {worth} were queued under {named(facts['first'])}"
    if not part["rings"]:
        return f"{text}{when}, but nowhere in a ring: nobody waited for itself."
    kind = " (gridlock)" if part["gridlock"] else ""
    return f"{text}{when}{kind}. Lit: the widest rings, where each bank waits for the next, and so for itself."


def stress(facts: Facts) -> str:
    """What the stress test asks."""
    rows = facts["stress"]
    worst = max(rows, key=lambda row: row["knock_on"])
    currency = facts["log"]["currency"]
    text = f"The largest senders submit nothing from {clock(rows[0]['at'])} on, but still receive. "
    if not worst["knock_on"]:
        return f"{text}All payments of the others settle all the same."
    who = listed(worst["stopped"])
    lacking = ""
    if worst["shortfall"]:
        lacking = f"; even netting the rest of the day would then need {money(worst['shortfall'], currency)} more"
    return (
        f"{text}Without {who}, {money(worst['knock_on'], currency)} of the others' payments that settled no longer do, "
        f"under {named(worst['system'])}{lacking}."
    )


def rejected(facts: Facts) -> str:
    """How many rows were set aside."""
    number = len(facts["log"]["rejected"])
    return (
        f"{sentence(count(number, 'row'))} of the log {'is bad and was' if number == 1 else 'are bad and were'} set "
        "aside: no number of this page knows of them. All of them stand in rejected.csv."
    )


def metrics_intro(facts: Facts) -> str:
    """How to read the table of metrics."""
    return (
        "The same payments and the same opening balances under every system. Point at a name for its definition, or "
        "open the list below the table."
    )


def summary(facts: Facts) -> tuple[list[str], list[list[str]]]:
    """The few numbers that the terminal prints, by system."""
    rows = []
    for name, system in facts["systems"].items():
        m = system["metrics"]
        stood = f"{duration(m['gridlock_time']) if m['gridlock_time'] else '0'}"
        rows.append(
            [
                name, label(name), share(m["settlement_rate"]), minutes(m["delay"]) if m["delay"] else "0",
                plain(m["delay_indicator"], 3), plain(m["turnover"], 1), share(m["offset_share"]), stood,
            ]
        )  # fmt: skip
    return ["rules", "", "settled", "delay", "indicator", "turnover", "by offset", "gridlock"], rows
