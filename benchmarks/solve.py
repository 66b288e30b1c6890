"""How the exact methods scale in states, time and agents: one JSON line per measurement.

    python benchmarks/solve.py                         every axis (five minutes of processor time)
    python benchmarks/solve.py time                    one axis
    python benchmarks/solve.py --picture solve.png     and draw it, on log axes
    python benchmarks/solve.py --limit 30 --list

Methods, all on the mini-Cleanup `Brook`: `tabulate` (write the game down), `planner` (the joint optimum, in integers),
`boxes` and `programs` (outer bounds on every equilibrium), `sets` (all pure equilibria), `dominance` (the same under
fines that make a target strictly dominant). Each measurement runs in a fresh process; seconds are the processor's. A
method that takes longer than the limit, or whose answer is not exact any more, has run out, and is not tried on larger
games of that axis. The last line of an axis names the method that ran out first.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from throughput import all_cores, commit, machine

AXES: dict[str, list[dict[str, int]]] = {
    "states": [
        {"cells": c, "trees": k, "most": m, "horizon": 12}
        for c, k, m in ((3, 1, 2), (4, 1, 3), (5, 2, 4), (7, 3, 4), (9, 4, 5), (11, 5, 5))
    ],
    "states of a short game": [
        {"cells": c, "trees": k, "most": m, "horizon": 4}
        for c, k, m in ((3, 1, 2), (4, 1, 3), (5, 2, 4), (7, 3, 4), (9, 4, 5), (11, 5, 5))
    ],
    "time": [{"horizon": h} for h in (3, 6, 12, 24, 48, 96)],
    "agents": [{"num_agents": n, "cells": 3, "trees": 1, "most": 2, "horizon": 8} for n in (2, 3, 4, 5)],
}
METHODS = ("tabulate", "planner", "boxes", "dominance", "sets", "programs")
COLOURS = ("#000000", "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00")


def fined(game: Any) -> Any:
    """The game with fines for leaving one optimal joint policy, so large that following it is strictly dominant."""
    import numpy as np

    from accord.solve.tables.planner import optimal

    target = optimal(game)[0][0]
    off = (game.profiles[None] != game.profiles[target][:, None]).reshape(game.num_rows, -1).astype(np.int64)
    most = int(np.abs(game.units).max()) * 2 * game.horizon + 1
    return game.plus(most * (off.sum(axis=1, keepdims=True) - game.num_agents * off), game.scale)


def run(method: str, game: Any) -> dict[str, Any]:
    """Do it once; what there is to say about the answer."""
    from accord.solve.equilibria.backward import BOX, subgame_perfect
    from accord.solve.equilibria.bounds import bounds
    from accord.solve.tables.planner import optimal

    if method == "planner":
        return {"welfare": float(sum(optimal(game)[1].from_start(game)))}
    if method in ("boxes", "programs"):
        found = bounds(game, tier=method)
        return {"welfare": [float(end) for end in found.welfare], "programs": found.programs}
    solution = subgame_perfect(game)
    points = None if solution.payoffs is None else len(solution.payoffs)
    return {"exact": solution.start_kind != BOX, "payoff_vectors": points, "method": solution.method}


def child(method: str, settings: dict[str, int]) -> None:
    """One measurement, in this process."""
    from accord.games.brook import Brook
    from accord.solve.tables.tabulate import tabulate

    if method == "tabulate":
        tabulate(Brook(num_agents=settings.get("num_agents", 2), cells=2, trees=1, most=1), limit=10**6)  # loads JAX
    began = time.process_time()
    game = tabulate(Brook(**settings), limit=10**6).arrays
    facts: dict[str, Any] = {}
    if method == "dominance":
        game = fined(game)
    if method != "tabulate":
        began = time.process_time()
        facts = run(method, game)
    seconds = time.process_time() - began
    size = {"agents": game.num_agents, "states": game.num_states, "joint": game.num_joint, "rows": game.num_rows}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({
        **size, "entries": len(game.after), "horizon": game.horizon, "cpu_seconds": round(seconds, 4), **facts,
        "peak_memory_mb": round(memory),
    }))


def measure(axis: str, method: str, settings: dict[str, int], limit: float) -> dict[str, Any]:
    """One line: what a process of its own says, or that it took too long."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", method, json.dumps(settings)]
    line: dict[str, Any] = {"name": f"{method}/{axis}", "settings": settings}
    try:  # the clock may run three times as long, for loading, tabulating, and other work on the machine
        done = subprocess.run(command, capture_output=True, text=True, timeout=3 * limit + 20)
    except subprocess.TimeoutExpired:
        return {**line, "ran_out": f"not done within {3 * limit + 20:.0f} s"}
    if done.returncode:
        return {**line, "ran_out": done.stderr.strip().splitlines()[-1][:200]}
    line.update(json.loads(done.stdout.splitlines()[-1]))
    if line["cpu_seconds"] > limit:
        line["ran_out"] = f"took more than {limit:.0f} s"
    elif not line.get("exact", True):
        line["ran_out"] = "sets beyond the cap: intervals, not points"
    return line


def scale(axis: str, limit: float, methods: list[str]) -> list[dict[str, Any]]:
    """All methods along one axis, smallest games first; prints as it goes."""
    lines, out = [], {}
    for settings in AXES[axis]:
        for method in methods:
            if method in out:
                continue
            line = measure(axis, method, settings, limit)
            print(json.dumps({**line, "machine": machine(), "commit": commit()}), flush=True)
            lines.append(line)
            if "ran_out" in line:
                out[method] = line
    first = next(iter(out.values()), None)
    verdict = {"name": f"runs out first/{axis}", "limit_seconds": limit, "cores": len(all_cores())}
    if first is None:
        verdict["method"] = None
    else:
        verdict.update(method=first["name"].partition("/")[0], settings=first["settings"], why=first["ran_out"])
    print(json.dumps(verdict), flush=True)
    return lines


def draw(path: str, lines: dict[str, list[dict[str, Any]]]) -> None:
    """Seconds against size, one panel per axis; a cross where a method ran out."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    labels = {
        "states": "joint states (12 steps, 2 agents)", "states of a short game": "joint states (4 steps, 2 agents)",
        "time": "steps (500 states, 2 agents)", "agents": "agents (8 steps)",
    }
    keys = {"states": "states", "states of a short game": "states", "time": "horizon", "agents": "agents"}
    figure, panels = plt.subplots(1, len(lines), figsize=(4.2 * len(lines), 3.6), sharey=True, squeeze=False)
    for panel, (axis, measured) in zip(panels[0], lines.items(), strict=True):
        for method, colour in zip(METHODS, COLOURS, strict=True):
            seen = [line for line in measured if line["name"] == f"{method}/{axis}" and "cpu_seconds" in line]
            size = [line[keys[axis]] for line in seen]
            panel.plot(size, [max(line["cpu_seconds"], 1e-3) for line in seen], "o-", ms=3, color=colour, label=method)
            over = [line for line in seen if "ran_out" in line]
            panel.plot([line[keys[axis]] for line in over], [max(line["cpu_seconds"], 1e-3) for line in over], "x",
                       ms=9, color=colour)
        panel.set(xscale="log", yscale="log", xlabel=labels[axis])
        if axis == "agents":
            counts = sorted({line["agents"] for line in measured if "agents" in line})
            panel.set_xticks(counts, [str(n) for n in counts])
            panel.minorticks_off()
    panels[0][0].set_ylabel("processor seconds")
    panels[0][-1].legend(frameon=False, fontsize=8)
    figure.suptitle("Exact methods on the brook (x: ran out)", fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("axes", nargs="*", help="axes; default all")
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--list", action="store_true", help="print the names of axes and methods")
    parser.add_argument("--limit", type=float, default=20, help="processor seconds after which a method has run out")
    parser.add_argument("--picture", help="draw the measurements into this file")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        return child(given.child[0], json.loads(given.child[1]))
    wanted = [axis for axis in AXES if not given.axes or axis in given.axes]
    if given.list or not wanted or set(given.axes) - set(AXES):
        print("\n".join((*AXES, *METHODS)))
        raise SystemExit(0 if given.list else f"Unknown axis among {given.axes}; axes and methods stand above.")
    lines = {axis: scale(axis, given.limit, given.methods) for axis in wanted}
    if given.picture:
        draw(given.picture, lines)


if __name__ == "__main__":
    main()
