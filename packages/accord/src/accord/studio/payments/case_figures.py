"""What the pictures of a learned case show: specifications for `charts.js` and `payments.js`, and their tables.

A case is `accord.experiments.payments.record.Comparison.to_dict()`: plain values, costs in units of collateral.
"""

from __future__ import annotations

import bisect
import re
from typing import Any

from ..figures import SHAPES, Spec
from .quantities import plain, share

Case = dict[str, Any]
Numbers = tuple[list[str], list[list[str]]]

MOST_BANKS = 8
"""Banks up to which each gets its own curve or colour."""

POINTS = 150
"""Points of a training curve: what a screen shows."""

TABLE = 5
"""Choices up to which costs are shown as a table; above, as a heat map."""

LOOKS = (("separate", "triangle"), ("moca", "circle"), ("agent-0", "square"), ("agent-1", "diamond"))
"""Colour and shape of each institution: none, then the contracts in order."""


def named(institution: Case) -> str:
    """What an institution is called as a label begins."""
    return "No contract" if not institution["contract"] else _upper(institution["label"])


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def look(number: int) -> tuple[str, str]:
    """Colour and shape of an institution."""
    return LOOKS[number % len(LOOKS)]


def number(value: float | None) -> str:
    """A cost or an amount of liquidity."""
    return plain(value, 4)


def stat(value: Case | None) -> str:
    """A mean with its interval."""
    if not value:
        return "–"
    mean = number(value["mean"])
    wide = value["high"] - value["low"] > 5e-5
    return f"{mean} ({number(value['low'])} to {number(value['high'])})" if wide else mean


def totals(case: Case) -> tuple[Spec, Numbers]:
    """Cost of all banks together: what is learned under each institution, the exact worst case, and the planner."""
    bars, rows = [], []
    for k, institution in enumerate(case["institutions"]):
        found = institution["outcome"]["greedy_total"]
        colour = look(k)[0]
        name = f"{named(institution)}: learned"
        bars.append((name, colour, found["mean"], found["low"], found["high"]))
        rows.append([name, stat(found)])
    bare = case["institutions"][0]["exact"]
    for name, value in (("Worst equilibrium without", bare["worst"]), ("Planner", bare["planner"]["total"])):
        if value is not None:
            bars.append((name, "joint" if name == "Planner" else "solo", value, value, value))
            rows.append([name, number(value)])
    spec = {
        "kind": "bars", "x": {"label": "Cost of all banks together"},
        "rows": [
            {"label": name, "colour": colour, "value": value, "low": low, "high": high, "seeds": []}
            for name, colour, value, low, high in bars
        ],
    }  # fmt: skip
    return spec, (["", "cost, all together (99 % interval)"], rows)


# ----------------------------------------------------------------------------------------------------- exact pictures


def replies(costs: list[Any]) -> tuple[list[list[int]], list[list[int]]]:
    """Every best reply of two banks, as (choice of 0, choice of 1): the first one's to the other, and back."""
    own, other = costs
    first = [[i, j] for j in range(len(own[0])) for i in range(len(own)) if _least(own[i][j], [row[j] for row in own])]
    second = [[i, j] for i in range(len(other)) for j in range(len(other[0])) if _least(other[i][j], other[i])]
    return first, second


def _least(value: float, among: list[float]) -> bool:
    return value <= min(among) + 1e-9


def heat(case: Case, institution: Case) -> tuple[Spec, Numbers] | None:
    """Total cost for every two choices, both best-reply curves, and the equilibria."""
    exact, choices = institution["exact"], [text.removeprefix("post ") for text in case["case"]["choices"]]
    costs = exact.get("costs")
    if not costs or len(case["case"]["banks"]) != 2 or len(costs[0]) <= TABLE:
        return None
    first, second = replies(costs)
    banks = case["case"]["banks"]
    total = [[round(a + b, 6) for a, b in zip(*rows, strict=True)] for rows in zip(*costs, strict=True)]
    points = [list(cell["profile"]) for cell in exact["equilibria"]]
    marks = [
        {"label": f"{banks[0]}'s best reply", "colour": "agent-0", "shape": "square", "size": 0.3, "cells": first},
        {"label": f"{banks[1]}'s best reply", "colour": "agent-1", "shape": "triangle", "size": 0.26, "cells": second},
        {"label": "equilibrium", "colour": "ink", "shape": "diamond", "size": 0.42, "cells": points, "hollow": True},
        {
            "label": "planner", "colour": "moca", "shape": "circle", "size": 0.5, "hollow": True,
            "cells": [list(exact["planner"]["profile"])],
        },
    ]  # fmt: skip
    if institution["certificate"]:
        marks[-1] = {
            "label": "target of the contract", "colour": "moca", "shape": "circle", "size": 0.5, "hollow": True,
            "cells": [list(institution["certificate"]["target"]["profile"])],
        }  # fmt: skip
    more = [{"label": f"of {banks[k]}", "values": [[round(v, 6) for v in row] for row in costs[k]]} for k in range(2)]
    spec = {
        "kind": "heat", "values": total, "more": more, "says": "cost, both together", "marks": marks,
        "y": {"label": f"Liquidity of {banks[0]}", "choices": choices},
        "x": {"label": f"Liquidity of {banks[1]}", "choices": choices},
    }  # fmt: skip
    rows = [
        [text, ", ".join(choices[i] for i, j in first if j == k), ", ".join(choices[j] for i, j in second if i == k)]
        for k, text in enumerate(choices)
    ]
    return spec, (["if the other chooses", f"{banks[0]}'s best reply", f"{banks[1]}'s best reply"], rows)


# ------------------------------------------------------------------------------------------------------------ learning


def _thinned(count: int) -> list[int]:
    step = max(1, -(-count // POINTS))
    return sorted({*range(0, count, step), count - 1}) if count else []


def _curve(label: str, colour: str, shape: str, curve: Case) -> Spec:
    points = [[curve[name][k] for name in ("update", "mean", "low", "high")] for k in _thinned(len(curve["mean"]))]
    return {"label": label, "colour": colour, "shape": shape, "band": True, "points": points}


def _level(label: str, colour: str, value: float, updates: int) -> Spec:
    return {
        "label": label, "colour": colour, "shape": "circle", "dots": True,
        "points": [[x, value, value, value] for x in (1, updates)],
    }  # fmt: skip


def _lines(label: str, series: list[Spec]) -> Spec:
    return {
        "kind": "lines", "x": {"label": "Update"}, "y": {"label": label, "zero": True},
        "series": series, "legend": True,
    }  # fmt: skip


def training(case: Case) -> tuple[Spec, Numbers]:
    """Cost of all banks while learning, under each institution, with the equilibrium and the planner."""
    series, longest = [], 1
    for k, institution in enumerate(case["institutions"]):
        series.append(_curve(named(institution), *look(k), institution["outcome"]["total"]))
        longest = max(longest, *institution["outcome"]["total"]["update"])
    bare = case["institutions"][0]["exact"]
    if bare["equilibria"]:
        same = abs((bare["worst"] or 0) - (bare["best"] or 0)) < 1e-9
        if not same:
            series.append(_level("Best equilibrium without", "solo", bare["best"], longest))
        worst = "Equilibrium without" if same else "Worst equilibrium without"
        series.append(_level(worst, "solo", bare["worst"], longest))
    series.append(_level("Planner", "joint", bare["planner"]["total"], longest))
    curves = [institution["outcome"]["total"] for institution in case["institutions"]]
    rows = _rows(curves)
    return _lines("Cost of all banks together", series), (["", *map(named, case["institutions"])], rows)


def _rows(curves: list[Case]) -> list[list[str]]:
    """Eleven of the updates, evenly spread, with what each curve is then."""
    updates = max((curve["update"] for curve in curves), key=lambda some: some[-1])
    chosen = sorted({updates[round((len(updates) - 1) * part / 10)] for part in range(11)})
    return [[f"update {update}", *(_cell(curve, update) for curve in curves)] for update in chosen]


def _cell(curve: Case, update: int) -> str:
    """The curve's last point up to an update."""
    if update > curve["update"][-1]:
        return ""
    at = bisect.bisect_right(curve["update"], update) - 1
    return stat({name: curve[name][at] for name in ("mean", "low", "high")}) if at >= 0 else ""


def by_bank(case: Case, part: str, label: str) -> list[tuple[str, Spec, Numbers]]:
    """The same for each bank's cost, or for its liquidity: one picture per institution."""
    found = []
    banks = case["case"]["banks"][:MOST_BANKS]
    for institution in case["institutions"]:
        curves = institution["outcome"].get(part) or []
        if not curves or not curves[0]["mean"]:
            continue
        series = [
            _curve(bank, f"agent-{k % 8}", SHAPES[k % 4], curve)
            for k, (bank, curve) in enumerate(zip(banks, curves, strict=False))
        ]
        last, rows = curves[0]["update"][-1], _rows(curves[:MOST_BANKS])
        exact = institution["exact"]
        if len(exact["equilibria"]) == 1 and len(banks) == 2:
            values = exact["equilibria"][0]["costs"] if part == "cost" else _posted(case, exact["equilibria"][0])
            for k, value in enumerate(values):
                series.append(_level(f"{banks[k]} in equilibrium", f"agent-{k % 8}", value, last) | {"quiet": True})
        spec = _lines(label, series)
        found.append((named(institution), spec, (["", *banks], rows)))
    return found


def _posted(case: Case, cell: Case) -> list[float]:
    """What is posted in a joint choice, in units of collateral, if the choices are shares of it: `post 20 %`."""
    found = [_SHARE.fullmatch(case["case"]["choices"][choice]) for choice in cell["profile"]]
    return [float(one[1]) / 100 for one in found if one] if all(found) else []


_SHARE = re.compile(r"post (\d+(?:\.\d+)?) %")


def outcomes(institution: Case, number: int) -> tuple[Spec, Numbers]:
    """Shares of seeds by what they play in the end; the certified outcome, or the equilibria, are marked."""
    marked = certified(institution)
    shares = dict(institution["outcome"]["shares"])
    for play in marked:
        shares.setdefault(play, 0.0)
    rows, table = [], []
    sign = "certified" if institution["certificate"] else "equilibrium"
    for play, part in shares.items():
        name = f"{play}  ({sign})" if play in marked else play
        colour = look(number)[0] if play in marked else "solo"
        value = {end: 100 * part for end in ("value", "low", "high")}
        rows.append({"label": name, "colour": colour, "seeds": [], **value})
        table.append([play, share(part), sign if play in marked else ""])
    spec = {"kind": "bars", "x": {"label": f"Share of {institution['outcome']['seeds']} seeds, per cent"}, "rows": rows}
    return spec, (["play in the end", "seeds", ""], table)


def certified(institution: Case, most: int = 4) -> list[str]:
    """The play that is certified: the contract's target, or the equilibria without one."""
    if institution["certificate"]:
        return [played(institution["certificate"]["target"]["play"])]
    return [played(cell["play"]) for cell in institution["exact"]["equilibria"][:most]]


def played(play: list[str]) -> str:
    """A joint choice in the words of `Outcome.shares`: three banks and more that do the same are `all` of them."""
    return f"all {play[0]}" if len(play) > 2 and len(set(play)) == 1 else ", ".join(play)


# ----------------------------------------------------------------------------------------------------------- contracts


def threshold(institution: Case) -> tuple[Spec, Numbers] | None:
    """The terms beside what they have to exceed."""
    proof = institution["certificate"]
    if not proof or proof["threshold"] is None or not institution["theta"]:
        return None
    terms, least = institution["theta"], proof["threshold"]
    chosen = terms[0] if len(terms) == 1 else sum(terms)
    name = "θ" if len(terms) == 1 else "Sum of θ"
    rows = [
        {"label": f"{name}, chosen", "colour": "moca", "shape": "circle",
         "dots": [{"at": chosen, "hollow": False, "title": f"{name} = {number(chosen)}"}]},
        {"label": "θ*, threshold", "colour": "joint", "shape": "diamond",
         "dots": [{"at": least, "hollow": True, "title": f"θ* = {number(least)}: above it, and only above it"}]},
    ]  # fmt: skip
    per = "Per unit (and period) of delay" if len(terms) == 1 else "Per unit"
    axis = {"label": per, "min": 0, "max": 1.5 * max(chosen, least)}
    spec = {"kind": "rows", "x": axis, "groups": [{"label": "", "rows": rows}]}
    return spec, (["", ""], [["chosen", number(chosen)], ["threshold θ*", number(least)]])


def stack(case: Case) -> tuple[Spec, Numbers] | None:
    """Who bears the cost: learned under each institution, and exactly."""
    banks = case["case"]["banks"]
    if len(banks) > MOST_BANKS:
        return None
    rows = [
        (f"{named(one)}: learned", [cost["mean"] for cost in one["outcome"]["greedy"]]) for one in case["institutions"]
    ]
    bare = case["institutions"][0]["exact"]
    rows += [(f"Equilibrium: {', '.join(cell['play'])}", cell["costs"]) for cell in bare["equilibria"][:3]]
    rows += [
        (f"{named(one)}: certified", one["certificate"]["target"]["costs"])
        for one in case["institutions"]
        if one["certificate"]
    ]
    rows.append(("Planner", bare["planner"]["costs"]))
    spec = {
        "kind": "stack", "x": {"label": "Cost after transfers"},
        "parts": [{"label": bank, "colour": f"agent-{k % 8}"} for k, bank in enumerate(banks)],
        "rows": [{"label": name, "parts": [round(v, 6) for v in values]} for name, values in rows],
    }  # fmt: skip
    table = [[name, *map(number, values), number(sum(values))] for name, values in rows]
    return spec, (["", *banks, "together"], table)


def learners(case: Case) -> Numbers:
    """Every learner without a contract, and the first one under each."""
    rows = []
    entries = [(named(one), one["outcome"]) for one in case["institutions"]]
    entries += [("No contract", outcome) for outcome in case["others"]]
    for name, outcome in entries:
        best = outcome["exploitability"]
        rows.append(
            [
                f"{name}: {outcome['learner']}",
                str(outcome["seeds"]), str(outcome["updates"]),
                stat(outcome["sampled_total"]), stat(outcome["greedy_total"]), share(outcome["certified"]),
                number(outcome["distance"]), number(max(one["mean"] for one in best)) if best else "–",
                stat(outcome["gridlock"]),
            ]
        )  # fmt: skip
    heads = [
        "", "seeds", "updates", "cost as played", "cost, most likely play", "certified", "distance", "exploitability",
        "gridlock",
    ]  # fmt: skip
    return heads, rows
