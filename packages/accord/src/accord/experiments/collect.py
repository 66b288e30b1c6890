"""From the jobs' own results to one: `result.json`, all that a report shows, and `curves.parquet`, every number.

Reads files only, so it runs at any time, also over half a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.settings import to_plain
from .jobs import Job, jobs_of
from .statistics import band, interval, intervals
from .store import RunFolder, dumps, storage, write_whole

POINTS = 200
"""Points of a curve in `result.json`; the columnar file has all."""

TRAINED = ("solo", "separate", "joint", "moca")


def collect(run: RunFolder) -> dict[str, Any]:
    """Write `curves.parquet` and `result.json`; give the latter."""
    facts = run.circumstances
    jobs = jobs_of(run.experiment, facts["game"]["num_agents"])
    done = {job: found for job in jobs if (found := run.job(job.name).result()) is not None}
    write_curves(run, jobs)
    result: dict[str, Any] = {
        "format": 1,
        "title": run.experiment.title or run.experiment.preset or run.path.name,
        "preset": run.experiment.preset,
        **facts,
        "settings": to_plain(run.experiment),
        "missing": _missing(run, jobs, done),
        "schemes": _schemes(done),
        "curves": _curves(run, jobs),
        "replays": _replays(run),
    }
    for name, part in {
        "schelling": next((found for job, found in done.items() if job.kind == "scripted"), None),
        "thresholds": _thresholds(done),
        **_contracts(done),
    }.items():
        if part:
            result[name] = part
    write_whole(run.path / "result.json", dumps(result))
    return result


def _of(done: dict[Job, Any], kind: str) -> list[dict[str, Any]]:
    """Results of one kind, by seed."""
    return [found for job, found in done.items() if job.kind == kind]


def _missing(run: RunFolder, jobs: Sequence[Job], done: dict[Job, Any]) -> list[str]:
    """One sentence for each job that has no result."""
    return [
        f"{job.name}: {run.job(job.name).error() or 'not finished.'}" for job in jobs if job not in done
    ]


# ------------------------------------------------------------------------------------------------------------ schemes


def _schemes(done: dict[Job, Any]) -> list[dict[str, Any]]:
    groups = {kind: _of(done, kind) for kind in ("solo", "separate", "joint")}
    negotiated = _of(done, "negotiate")
    groups["moca"] = [found["moca"] for found in negotiated]
    groups["moca-null"] = [found["moca-null"] for found in negotiated]
    return [_scheme(name, parts) for name, parts in groups.items() if parts]


def _scheme(name: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    column = lambda key: [part[key] for part in parts]
    scheme = {
        "name": name,
        "label": parts[0]["label"],
        "env_steps": parts[0]["env_steps"],
        "minutes": column("minutes"),
        "welfare": interval(column("welfare")),
        "before": intervals(column("before")),
        "after": intervals(column("after")),
        "transfer_volume": interval(column("transfer_volume")),
        "metrics": {
            key: intervals(values) if np.ndim(values) == 2 else interval(values)
            for key in parts[0]["metrics"]
            for values in [[part["metrics"][key] for part in parts]]
        },
    }
    equality = [value for value in column("equality") if value is not None]
    return scheme | ({"equality": interval(equality)} if equality else {})


# ----------------------------------------------------------------------------------------------------------- contracts


def _contracts(done: dict[Job, Any]) -> dict[str, Any]:
    """Landscape, contract, acceptance and best responses, as far as there are any."""
    found = _of(done, "negotiate")
    if not found:
        return {}
    parts: dict[str, Any] = {"contract": _contract(found)}
    per_agent = lambda key: np.asarray([part["landscape"][key] for part in found])  # [seeds, agents, prices]
    null = lambda key: np.asarray([part["landscape"]["null"][key] for part in found])  # [seeds, agents]
    parts["landscape"] = {
        "theta": found[0]["landscape"]["theta"],
        "realised": [intervals(per_agent("realised")[:, agent]) for agent in range(null("realised").shape[1])],
        "predicted": per_agent("predicted").mean(axis=0).tolist(),
        "discounted": per_agent("discounted").mean(axis=0).tolist(),
        "null": {"realised": intervals(null("realised")), "predicted": null("predicted").mean(axis=0).tolist()},
    }
    parts["acceptance"] = {"theta": found[0]["acceptance"]["theta"]} | {
        way: _mean_votes([part["acceptance"][way] for part in found])
        for way in ("search", "learned")
        if found[0]["acceptance"].get(way) is not None
    }
    responses = {job: part for job, part in done.items() if job.kind == "respond"}
    if responses:
        parts["best_response"] = _best_response(responses)
    return parts


def _contract(found: list[dict[str, Any]]) -> dict[str, Any]:
    searched = [part["contract"]["search"] for part in found]
    contract: dict[str, Any] = {
        "search": {"theta": [part["theta"] for part in searched], "criterion": searched[0]["criterion"]},
        "signed": [part["signed"] for part in searched],
    }
    signed = [part["theta"] for part in searched if part["theta"] is not None]
    if signed:
        contract["theta"] = intervals(signed)
    learned = [part["contract"]["learned"] for part in found if part["contract"].get("learned")]
    if learned:
        contract["learned"] = {key: [part[key] for part in learned] for key in ("theta", "acceptance")}
    return contract


def _mean_votes(seeds: list[list[list[float] | None]]) -> list[list[float] | None]:
    """Share of seeds (or mean probability) per agent and price; None for an agent who is not asked."""
    return [
        None if votes[0] is None else np.mean([vote for vote in votes], axis=0).tolist()
        for votes in zip(*seeds, strict=True)
    ]


def _best_response(responses: dict[Job, Any]) -> dict[str, Any]:
    agents = sorted({job.detail for job in responses if job.detail is not None})
    of = lambda agent: [part for job, part in responses.items() if job.detail == agent]
    grids = {tuple(map(tuple, part["theta"])) for part in responses.values()}
    # Prices lie between none and the one found, which differs from seed to seed: the mean stands for the k-th price.
    theta = np.mean([[term[0] for term in grid] for grid in grids], axis=0)
    gains = [np.asarray([part["gain"] for part in of(agent)]) for agent in agents]  # [seeds, prices] each
    slack = np.asarray([np.mean([part["slack"] for part in of(agent)]) for agent in agents])
    calm = np.all([band(gain)[0] <= limit for gain, limit in zip(gains, slack, strict=True)], axis=0)
    from_here = [bool(calm[k:].all()) for k in range(len(theta))]
    return {
        "theta": theta.tolist(),
        "gain": [intervals(gain) for gain in gains],
        "equilibrium_from": float(theta[from_here.index(True)]) if any(from_here) else None,
        "tolerance": float(slack.max()),
        "agents": agents,
    }


def _thresholds(done: dict[Job, Any]) -> list[dict[str, Any]]:
    sizes = sorted({job.detail for job in done if job.kind == "threshold" and job.detail is not None})
    found = []
    for size in sizes:
        parts = [part for job, part in done.items() if job.kind == "threshold" and job.detail == size]
        rates = np.asarray([part["learned"] for part in parts])
        theta, middle = parts[0]["theta"], band(rates)[0]
        found.append({
            "game": parts[0]["game"],
            "theta": theta,
            "learned": intervals(rates),
            "exact": parts[0]["exact"],
            "observed": crossing(theta, middle.tolist()),
            "per_seed": [crossing(theta, rate.tolist()) for rate in rates],
        })
    return found


def crossing(theta: Sequence[float], rates: Sequence[float], level: float = 0.5) -> float | None:
    """The price at which a rate last rises through a level, by straight lines between prices; None if it never does."""
    for k in range(len(theta) - 1, 0, -1):
        if rates[k - 1] < level <= rates[k]:
            share = (level - rates[k - 1]) / (rates[k] - rates[k - 1])
            return float(theta[k - 1] + share * (theta[k] - theta[k - 1]))
    return None


# -------------------------------------------------------------------------------------------------------------- curves


def _curves(run: RunFolder, jobs: Sequence[Job]) -> dict[str, Any]:
    """Welfare per episode against environment steps, thinned to at most `POINTS` means."""
    curves = {}
    for kind in TRAINED:
        seeds = [_main_lines(run, job) for job in jobs if job.kind == kind]
        seeds = [lines for lines in seeds if lines]
        if not seeds:
            continue
        length = min(map(len, seeds))  # of a half run, as far as every seed got
        size = -(-length // POINTS)
        starts = range(0, length, size)
        values = np.asarray([
            [np.mean([line["welfare"] for line in lines[k : min(k + size, length)]]) for k in starts] for lines in seeds
        ])
        middle, low, high = band(values)
        curves[kind] = {
            "env_steps": [seeds[0][min(k + size, length) - 1]["env_steps"] for k in starts],
            "iqm": middle.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "per_seed": values.tolist(),
        }
    return curves


def _main_lines(run: RunFolder, job: Job) -> list[dict[str, Any]]:
    return [line for line in run.job(job.name).lines() if line["stage"] == job.kind]


def write_curves(run: RunFolder, jobs: Sequence[Job]) -> None:
    """Every number of every update: scheme, seed, stage, env_steps, seconds, metric, agent (-1: of all), value."""
    import pyarrow
    import pyarrow.parquet

    names = ("scheme", "seed", "stage", "env_steps", "seconds", "metric", "agent", "value")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for job in jobs:
        for line in run.job(job.name).lines():
            numbers = [("welfare", -1, line["welfare"])]
            for metric, value in line["metrics"].items():
                each = value if isinstance(value, list) else None
                numbers += [(metric, -1, value)] if each is None else [(metric, a, v) for a, v in enumerate(each)]
            for metric, agent, value in numbers:
                row = (job.kind, job.seed, line["stage"], line["env_steps"], line["seconds"], metric, agent, value)
                for name, entry in zip(names, row, strict=True):
                    columns[name].append(entry)
    kinds = {
        "scheme": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
        "seed": pyarrow.int32(),
        "stage": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
        "env_steps": pyarrow.int64(),
        "seconds": pyarrow.float64(),
        "metric": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
        "agent": pyarrow.int32(),
        "value": pyarrow.float64(),
    }
    table = pyarrow.table({name: pyarrow.array(columns[name], kinds[name]) for name in names})
    buffer = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, buffer)
    write_whole(run.path / "curves.parquet", buffer.getvalue().to_pybytes())


def _replays(run: RunFolder) -> list[dict[str, str]]:
    """The kept episodes, in the order of the story."""
    from ..core.record import load

    order = ["solo", "separate", "joint", "moca", "moca-null"]
    with storage(run.path / "replays", "read"):
        paths = sorted((run.path / "replays").glob("*.npz"))
    rank = lambda path: (order.index(path.stem) if path.stem in order else len(order), path.stem)
    return [
        {"id": path.stem, "title": notes["title"], "caption": notes["caption"], "file": f"replays/{path.name}"}
        for path in sorted(paths, key=rank)
        for notes in [load(path).notes]
    ]
