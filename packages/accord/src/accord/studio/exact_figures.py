"""What the pictures of an exact solution show: specifications for `charts.js` and `exact.js`, and their tables.

Two kinds are added to those of `figures.py`: `plane` (payoffs of two agents) and `steps` (welfare of all equilibria by
terms, with knife edges).
"""

from __future__ import annotations

from typing import Any

from .exact_story import Solution, about, agents, interval, names, number, same, signs, span
from .figures import Spec
from .words import goods, percent, sentence

Numbers = tuple[list[str], list[list[str]]]


def totals(solution: Solution) -> tuple[Spec, Numbers]:
    """What all have together: alone, with the contract, at most."""
    before, bars = solution["before"], []
    if same(before["low"], before["high"]):
        bars.append(("Alone", "separate", before["low"]))
    else:
        kind = {"complete": "", "bound": " (a bound)", "some": " (of those found)"}[before["extent"]]
        bars += [
            (f"Alone, at {end}{kind}", "separate", before[which]) for end, which in (("worst", "low"), ("best", "high"))
        ]
    part = solution.get("negotiation")
    if part:
        worst, best = part["welfare"][0], part["welfare"][-1]
        if same(worst, best):
            bars.append(("Free to sign a contract", "moca", best))
        else:
            bars += [("Free to sign, at worst", "moca", worst), ("Free to sign, at best", "moca", best)]
    if solution.get("fine"):
        bars.append(("With a fine for leaving the best play", "moca", solution["optimum"]))
    bars.append(("The most possible", "joint", solution["optimum"]))
    label = f"{sentence(goods(solution))}, all together"
    return _bars(label, bars), (["", "together"], [[name, number(value)] for name, _, value in bars])


def _bars(label: str, bars: list[tuple[str, str, Any]]) -> Spec:
    rows = [
        {"label": name, "colour": colour, "value": about(value), "low": about(value), "high": about(value), "seeds": []}
        for name, colour, value in bars
    ]
    return {"kind": "bars", "x": {"label": label}, "rows": rows}


def shares(solution: Solution) -> tuple[Spec, Numbers] | None:
    """Each agent's payoff alone and with the contract."""
    part = solution.get("negotiation")
    if not part or not part["offers"]:
        return None
    bars, rows = [], []
    gained = part.get("shares") or []
    for agent, name in enumerate(names(solution)):
        alone, after = part["outside"][agent], part["offers"][0]["payoffs"][agent]
        share = percent(about(gained[agent]), 1.0) if gained else ""
        told = f"{sentence(name)} with the contract{f': {share} of the gain' if share else ''}"
        bars += [(f"{sentence(name)} alone", "solo", alone), (told, f"agent-{agent % 8}", after)]
        rows.append([sentence(name), number(alone), number(after), share])
    label = f"{sentence(goods(solution))}, each"
    return _bars(label, bars), (["", "alone", "with the contract", "share of the gain"], rows)


def reach(solution: Solution) -> tuple[Spec, Numbers] | None:
    """The payoffs of two agents: what they can reach, their equilibria, and the contract's outcome."""
    corners = [tuple(map(about, point)) for point in solution.get("reach") or ()]
    if agents(solution) != 2 or len(corners) < 2:
        return None
    first, second = (sentence(name) for name in names(solution))
    part, found = solution.get("negotiation"), solution["before"].get("found") or []
    told = lambda entry: f"alone: {entry['play']}" if entry.get("play") and len(found) <= 4 else "alone"
    points = [(told(entry), "separate", "circle", entry["payoffs"], entry.get("upto")) for entry in found]
    if part:
        points.append(("if nobody signs", "ink", "diamond", part["outside"], None))
        if part["offers"] and part["offers"][0]["signed"]:
            points.append(("with the contract", "moca", "square", part["offers"][0]["payoffs"], None))
    spec = {
        "kind": "plane",
        "x": {"label": first},
        "y": {"label": second},
        "hull": hull(corners),
        "line": {"sum": about(solution["optimum"]), "label": f"{number(solution['optimum'])} together"},
        "floor": list(map(about, part["outside"])) if part else None,
        "points": [
            {
                "label": label,
                "colour": colour,
                "shape": shape,
                "hollow": shape == "diamond",
                "at": list(map(about, payoffs)),
                "upto": list(map(about, upto)) if upto else None,
            }
            for label, colour, shape, payoffs, upto in points
        ],
    }
    to = lambda low, high: number(low) if high is None else f"{number(low)} to {number(high)}"
    rows = [
        [sentence(label), *(to(payoffs[i], upto and upto[i]) for i in range(2))]
        for label, _, _, payoffs, upto in points
    ]
    return spec, (["", first, second], rows)


def hull(points: list[tuple[float, ...]]) -> list[list[float]]:
    """The corners of the convex hull of points in the plane, around it once."""
    ordered = sorted(set(points))
    halves = []
    for way in (ordered, ordered[::-1]):
        chain: list[tuple[float, ...]] = []
        for x, y in way:
            while len(chain) > 1 and (chain[-1][0] - chain[-2][0]) * (y - chain[-2][1]) <= (
                chain[-1][1] - chain[-2][1]
            ) * (x - chain[-2][0]):
                chain.pop()
            chain.append((x, y))
        halves += chain[:-1]
    return [list(point) for point in halves]


def prices(solution: Solution) -> tuple[Spec, Numbers] | None:
    """Welfare of every equilibrium against the one term of the contract."""
    pieces = solution.get("prices") or []
    if not pieces:
        return None
    unit = str((solution.get("space") or {}).get("unit") or "")
    shown = [
        {
            "low": about(piece["low"]),
            "high": about(piece["high"]),
            "closed": [piece["low_closed"], piece["high_closed"]],
            "levels": list(map(about, piece["welfare"])),
            "says": interval(piece),
            "value": span(piece["welfare"]),
        }
        for piece in pieces
    ]
    found = solution.get("cheapest") or {}
    theta = found.get("theta") or []
    rules = []
    if found.get("feasible") and len(theta) == 1:
        beyond = "" if found["attained"] else "above "
        rules.append({"at": about(theta[0]), "label": f"cheapest contract: {beyond}{number(theta[0])}"})
    best = {"at": about(solution["optimum"]), "label": f"the most possible: {number(solution['optimum'])}"}
    spec = {
        "kind": "steps",
        "x": {"label": f"Price: {unit}" if unit else "Price"},
        "y": {"label": f"{sentence(goods(solution))}, all together"},
        "pieces": shown,
        "rules": rules,
        "best": best,
    }
    rows = [[interval(piece), span(piece["welfare"]), "; ".join(piece.get("plays") or ())] for piece in pieces]
    return spec, (["price", "together", "what is played"], rows)


def sweep(solution: Solution) -> tuple[Spec, Numbers]:
    """Bounds on welfare against the price."""
    part = solution["sweep"]
    terms, low, high = ([about(value) for value in part[key]] for key in ("terms", "low", "high"))
    unit = str((solution.get("space") or {}).get("unit") or "")
    whole = list(zip(terms, low, high, strict=True))
    series = [
        {"label": "at most", "colour": "joint", "shape": "square", "marks": True, "band": True,
         "points": [[x, b, a, b] for x, a, b in whole]},
        {"label": "at least", "colour": "separate", "shape": "circle", "marks": True,
         "points": [[x, a, a, a] for x, a, _ in whole]},
    ]
    spec = {
        "kind": "lines",
        "x": {"label": f"Price: {unit}" if unit else "Price"},
        "y": {"label": f"{sentence(goods(solution))}, all together", "zero": True},
        "series": series,
    }
    told = zip(part["terms"], part["low"], part["high"], strict=True)
    rows = [[number(value) for value in entry] for entry in told]
    return spec, (["price", "at least", "at most"], rows)


def learned(solution: Solution) -> tuple[Spec, Numbers]:
    """Welfare of learned play by price, beside the exact ends."""
    part = solution["learned"]
    terms = [about(term) for term in part["terms"]]
    low, high = ([about(ends[side]) for ends in part["welfare"]] for side in (0, 1))
    runs = list(zip(*[[sum(values) for values in seed] for seed in part["values"]], strict=True))
    middle = [sorted(run)[len(run) // 2] for run in runs]
    series = [
        {"label": "exact", "colour": "joint", "shape": "square", "marks": False, "band": True,
         "points": [[x, b, a, b] for x, a, b in zip(terms, low, high, strict=True)]},
        {"label": "learned", "colour": "moca", "shape": "circle", "marks": True, "whiskers": True,
         "points": [[x, y, min(run), max(run)] for x, y, run in zip(terms, middle, runs, strict=True)]},
    ]
    unit = str((solution.get("space") or {}).get("unit") or "")
    spec = {
        "kind": "lines",
        "x": {"label": f"Price: {unit}" if unit else "Price"},
        "y": {"label": f"{sentence(goods(solution))}, all together", "zero": True},
        "series": series,
    }
    rows = []
    for price, term in enumerate(part["terms"]):
        votes = [seed[price] for vote in part["votes"] for seed in vote if seed is not None]
        chance = f"{sum(votes) / len(votes):.2f}" if votes else ""
        gain = max(seed[price] for seed in part["gains"])
        told = f"{number(low[price])} to {number(high[price])}"
        rows.append([number(term), told, number(middle[price]), number(gain), signs(part, price), chance])
    heads = ["price", "exact welfare", "learned", "largest gain", "signs, exactly", "learned votes"]
    return spec, (heads, rows)


def routes(solution: Solution) -> tuple[Spec, Numbers] | None:
    """Welfare of every way to the same end."""
    ways = solution.get("routes") or []
    if not ways:
        return None
    rows = [
        {
            "label": way["name"],
            "colour": "moca" if "contract" in way["name"] else "separate",
            "value": about(way["high"]),
            "low": about(way["low"]),
            "high": about(way["high"]),
            "seeds": [],
        }
        for way in ways
    ]
    spec = {"kind": "bars", "x": {"label": f"{sentence(goods(solution))}, all together"}, "rows": rows}
    table = [
        [
            way["name"],
            number(way["low"]),
            number(way["high"]) + (" (a bound)" if way.get("bound") else ""),
            way.get("needs", ""),
        ]
        for way in ways
    ]
    return spec, (["", "at worst", "at best", "what it takes"], table)
