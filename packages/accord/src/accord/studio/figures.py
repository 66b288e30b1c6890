"""What the report's charts show: for each picture a plain specification that `templates/charts.js` draws.

Three kinds are enough: `lines` (curves with bands, points with whiskers, rules and zones), `bars`, and `rows` (one
line a row: before and after, or one dot a seed). Each also gives the table that stands beside its picture.
"""

from __future__ import annotations

from typing import Any

from . import words
from .words import Interval, Result, interval, intervals

SHAPES = ("circle", "square", "triangle", "diamond")
LOOKS = {"solo": "diamond", "separate": "triangle", "joint": "square", "moca": "circle", "moca-null": "triangle"}
"""The marker that stands beside the colour of each scheme."""

Spec = dict[str, Any]


def _point(x: float, y: Interval | None) -> list[float] | None:
    return None if y is None else [x, y.mid, y.low, y.high]


def _points(xs: list, ys: list[Interval | None]) -> list[list[float]]:
    """Points [x, middle, low, high] where both are known."""
    pairs = [(words.finite(x), y) for x, y in zip(xs, ys, strict=True)]
    return [[x, y.mid, y.low, y.high] for x, y in pairs if x is not None and y is not None]


def _series(label: str, colour: str, shape: str, points: list, **look: Any) -> Spec:
    return {"label": label, "colour": colour, "shape": shape, "points": points, **look}


def _lines(x: Spec, y: Spec, series: list[Spec], **more: Any) -> Spec | None:
    series = [one for one in series if one["points"] or one.get("null")]
    return {"kind": "lines", "x": x, "y": y, "series": series, **more} if series else None


def totals(result: Result) -> Spec | None:
    """Welfare of every scheme, one bar each."""
    rows = []
    for entry in result.get("schemes") or ():
        value = interval(entry.get("welfare"))
        if value is not None:
            name = str(entry["name"])
            label = str(entry.get("label", name))
            rows.append(
                {
                    "label": label,
                    "colour": name,
                    "value": value.mid,
                    "low": value.low,
                    "high": value.high,
                    "seeds": list(value.seeds),
                }
            )
    return _bars(result, rows)


def _bars(result: Result, rows: list[Spec]) -> Spec | None:
    label = f"{_goods(result)} per episode, all together"
    return {"kind": "bars", "x": {"label": label}, "rows": rows} if rows else None


def _goods(result: Result) -> str:
    """What is earned, as an axis title begins."""
    return words.sentence(words.goods(result))


def _robot(result: Result, agent: int) -> str:
    """An agent's name, as a label begins."""
    return words.sentence(words.called(result, agent))


def _look(agent: int) -> tuple[str, str]:
    """Colour and shape of an agent."""
    return f"agent-{agent % 8}", SHAPES[agent % len(SHAPES)]


def schelling(result: Result) -> Spec | None:
    """What a scripted cleaner and a scripted harvester get, against the number of others who clean."""
    part = result.get("schelling") or {}
    xs = list(part.get("others_cleaning") or ())
    return _lines(
        {"label": "Others who clean", "ticks": xs},
        {"label": f"{_goods(result)} for oneself", "zero": True},
        [
            _series("if I harvest", "harvester", "circle", _points(xs, intervals(part.get("harvester"))), marks=True),
            _series("if I clean", "cleaner", "square", _points(xs, intervals(part.get("cleaner"))), marks=True),
        ],
    )


def cleaners(result: Result) -> Spec | None:
    """What all get together, against the number of cleaners."""
    part = result.get("schelling") or {}
    rows = []
    for number, value in enumerate(intervals(part.get("welfare_by_cleaners"))):
        if value is not None:
            label = words.sentence(words.count(number, "cleaner")) if number else "Nobody cleans"
            rows.append(
                {
                    "label": label,
                    "colour": "cleaner",
                    "value": value.mid,
                    "low": value.low,
                    "high": value.high,
                    "seeds": [],
                }
            )
    solo = interval(part.get("solo"))
    if solo is not None:
        rows.append(
            {
                "label": f"One {words.kind(result)} alone, by turns",
                "colour": "solo",
                "value": solo.mid,
                "low": solo.low,
                "high": solo.high,
                "seeds": [],
            }
        )
    return _bars(result, rows)


def curves(result: Result) -> Spec | None:
    """Welfare while learning, one curve with its band per scheme."""
    series = []
    for name, curve in (result.get("curves") or {}).items():
        entry = words.scheme(result, name)
        xs, mids = curve.get("env_steps") or [], curve.get("iqm") or []
        lows, highs = curve.get("low") or mids, curve.get("high") or mids
        values = [
            interval({"iqm": mid, "low": low, "high": high}) for mid, low, high in zip(mids, lows, highs, strict=True)
        ]
        label = str(entry.get("label", name)) if entry else name
        series.append(_series(label, name, LOOKS.get(name, "circle"), _points(xs, values), band=True))
    return _lines(
        {"label": "Environment steps", "format": "steps"},
        {"label": f"{_goods(result)} per episode", "zero": True},
        series,
    )


def shares(result: Result) -> Spec | None:
    """Each agent's return before and after transfers, by scheme."""
    groups = []
    for entry in result.get("schemes") or ():
        before, after = intervals(entry.get("before")), intervals(entry.get("after"))
        rows = []
        for agent, value in enumerate(after):
            if value is None:
                continue
            first = before[agent] if agent < len(before) else None
            alone = len(after) == 1 and entry.get("name") == "joint"
            colour, shape = ("joint", "square") if alone else _look(agent)
            rows.append(
                {
                    "label": "All" if alone else _robot(result, agent),
                    "colour": colour,
                    "shape": shape,
                    "before": None if first is None else first.mid,
                    "after": value.mid,
                    "low": value.low,
                    "high": value.high,
                }
            )
        if rows:
            groups.append({"label": str(entry.get("label", entry.get("name", ""))), "rows": rows})
    label = f"{_goods(result)} per episode and {words.kind(result)}"
    return {"kind": "rows", "x": {"label": label, "zero": True}, "groups": groups} if groups else None


def schemes(result: Result) -> tuple[list[str], list[list[str]]]:
    """Welfare, equality and transfers of every scheme, as a table."""
    rows = []
    for entry in result.get("schemes") or ():
        cells = [interval(entry.get(name)) for name in ("welfare", "equality", "transfer_volume")]
        rows.append([str(entry.get("label", entry.get("name", ""))), *(_with_bounds(cell) for cell in cells)])
    return ["", "welfare", "equality", "transfers per episode"], rows


def prices(result: Result) -> Spec | None:
    """The terms that each seed found, on the range that was allowed."""
    found, space = result.get("contract") or {}, result.get("space") or {}
    signed = list(found.get("signed") or ())
    rows = []
    for way, label, colour in (("search", "found by search", "moca"), ("learned", "learned by offering", "agent-0")):
        outcome = found.get(way) or {}
        terms = [
            words.finite(term[0] if isinstance(term, list) and term else term) for term in outcome.get("theta") or ()
        ]
        votes = outcome.get("acceptance") or []
        dots = []
        for seed, term in enumerate(terms):
            if term is not None:
                agreed = votes[seed] >= 0.5 if seed < len(votes) else bool(signed[seed]) if seed < len(signed) else True
                dots.append(
                    {
                        "at": term,
                        "hollow": not agreed,
                        "title": f"seed {seed}: {words.exact(term)}" + ("" if agreed else ", not signed"),
                    }
                )
        if dots:
            rows.append({"label": label, "colour": colour, "shape": "circle", "dots": dots})
    low, high = (space.get("low") or [None])[0], (space.get("high") or [None])[0]
    axis = {
        "label": f"Price: {space.get('unit', '')}".rstrip(": "),
        "min": words.finite(low),
        "max": words.finite(high),
    }
    return {"kind": "rows", "x": axis, "groups": [{"label": "", "rows": rows}]} if rows else None


def _found(result: Result) -> list[Spec]:
    """The rule that marks the price found."""
    theta = (result.get("contract") or {}).get("theta") or []
    value = interval(theta[0]) if isinstance(theta, list) and theta else None
    return [] if value is None else [{"at": value.mid, "label": f"price found: {words.say(value.mid)}"}]


def _price_axis(result: Result) -> Spec:
    unit = str((result.get("space") or {}).get("unit", "") or "")
    return {"label": f"Price: {unit}" if unit else "Price"}


def landscape(result: Result) -> Spec | None:
    """Each agent's value at each price, with its value without a contract beside it."""
    part = result.get("landscape") or {}
    xs, null = list(part.get("theta") or ()), part.get("null") or {}
    series = []
    without = intervals(null.get("realised"))
    for agent, values in enumerate(part.get("realised") or ()):
        base = without[agent] if agent < len(without) else None
        points = _points(xs, intervals(values))
        series.append(_series(_robot(result, agent), *_look(agent), points, band=True, null=_point(0, base)))
    for agent, values in enumerate(part.get("predicted") or ()):
        points = _points(xs, intervals(values))
        series.append(_series(f"{_robot(result, agent)}, as it expects", *_look(agent), points, dots=True, quiet=True))
    return _lines(
        _price_axis(result),
        {"label": f"{_goods(result)} per episode", "zero": True},
        series,
        xrules=_found(result),
        gutter="no contract" if any(one.get("null") for one in series) else None,
    )


def acceptance(result: Result) -> list[tuple[str, Spec]]:
    """Who accepts what: by search, and as learned."""
    part = result.get("acceptance") or {}
    xs = list(part.get("theta") or ())
    specs = []
    for way, title, label in (
        ("search", "By search: better than without", "Share of seeds that sign"),
        ("learned", "As learned by voting", "Probability of yes"),
    ):
        series = [
            _series(_robot(result, agent), *_look(agent), _points(xs, intervals(values)), nudge=agent)
            for agent, values in enumerate(part.get(way) or ())
            if values is not None
        ]
        y = {"label": label, "min": 0, "max": 1, "ticks": [0, 0.5, 1], "format": "percent"}
        spec = _lines(_price_axis(result), y, series, xrules=_found(result), small=True)
        if spec:
            specs.append((title, spec))
    return specs


def best_response(result: Result) -> Spec | None:
    """What each agent gains by learning anew against the others, at each price."""
    part = result.get("best_response") or {}
    xs = list(part.get("theta") or ())
    gains = part.get("gain") or ()
    series = [
        _series(_robot(result, agent), *_look(agent), _points(xs, intervals(values)), marks=True, whiskers=True)
        for agent, values in zip(part.get("agents") or range(len(gains)), gains, strict=True)
    ]
    tolerance, start = words.finite(part.get("tolerance")), words.finite(part.get("equilibrium_from"))
    rules = [] if start is None else [{"at": start, "label": f"equilibrium from {words.say(start)}", "strong": True}]
    return _lines(
        {**_price_axis(result), "ticks": xs},
        {"label": f"{_goods(result)} gained by deviating", "zero": True},
        series,
        xrules=rules + _found(result),
        yzone=None
        if tolerance is None
        else {"from": 0, "to": tolerance, "label": f"no more than {words.say(tolerance)}"},
    )


def thresholds(result: Result) -> list[tuple[str, Spec]]:
    """Cooperation against the price in games whose answer is known."""
    specs = []
    for part in result.get("thresholds") or ():
        points = _points(list(part.get("theta") or ()), intervals(part.get("learned")))
        exact, seen = words.finite(part.get("exact")), words.finite(part.get("observed"))
        rules = [] if exact is None else [{"at": exact, "label": f"closed form {words.exact(exact)}", "strong": True}]
        spec = _lines(
            {"label": "Price"},
            {"label": "Cooperation", "min": 0, "max": 1, "ticks": [0, 0.5, 1], "format": "percent"},
            [_series("as learned", "moca", "circle", points, marks=True)],
            xrules=rules,
            small=True,
            nolabels=True,
        )
        if spec:
            note = f": learned play flips at {words.exact(seen)}" if seen is not None else ": no flip seen"
            specs.append((f"{part.get('game', 'game')}{note}", spec))
    return specs


def table(spec: Spec) -> tuple[list[str], list[list[str]]]:
    """The numbers of a picture: heads of columns, and rows."""
    show = words.exact
    if spec["kind"] == "bars":
        return ["", "value", "interval", "seeds"], [
            [
                row["label"],
                show(row["value"]),
                f"{show(row['low'])} to {show(row['high'])}",
                ", ".join(map(show, row["seeds"])),
            ]
            for row in spec["rows"]
        ]
    if spec["kind"] == "rows":
        rows = []
        for group in spec["groups"]:
            for row in group["rows"]:
                if "dots" in row:
                    rows.append([row["label"], "", "; ".join(dot["title"] for dot in row["dots"]), ""])
                else:
                    before = "" if row["before"] is None else show(row["before"])
                    rows.append(
                        [
                            f"{group['label']}: {row['label']}",
                            before,
                            show(row["after"]),
                            f"{show(row['low'])} to {show(row['high'])}",
                        ]
                    )
        return ["", "before transfers", "after transfers", "interval after"], rows
    xs = sorted({point[0] for one in spec["series"] for point in one["points"]})
    step = max(1, -(-len(xs) // 24))  # a table for people: at most two dozen rows
    chosen = [x for i, x in enumerate(xs) if i % step == 0 or i == len(xs) - 1]
    heads = [spec["x"]["label"], *(one["label"] for one in spec["series"])]
    rows = []
    if spec.get("gutter"):
        rows.append([spec["gutter"], *(show(one["null"][1]) if one.get("null") else "" for one in spec["series"])])
    for x in chosen:
        at = [next((point for point in one["points"] if point[0] == x), None) for one in spec["series"]]
        rows.append([show(x), *("" if p is None else _with_interval(p) for p in at)])
    return heads, rows


def _with_interval(point: list[float]) -> str:
    """As in "16 (14 to 18)"; the bracket only where there is an interval."""
    return _with_bounds(Interval(point[1], point[2], point[3]))


def _with_bounds(value: Interval | None) -> str:
    if value is None:
        return ""
    bounds = f" ({words.exact(value.low)} to {words.exact(value.high)})" if value.high - value.low > 1e-9 else ""
    return words.exact(value.mid) + bounds
