"""How long each picture and each method of the geometry of values takes: one JSON line per measurement.

    python benchmarks/geometry.py                      every part
    python benchmarks/geometry.py polytope paths/cem   parts whose name begins so
    python benchmarks/geometry.py --threads 1 2        with so many BLAS threads, one line each (default: 1)
    python benchmarks/geometry.py --list

A part is a line of `PARTS`: what has to be there before (not timed), and the statement that is timed. Each runs in a
fresh process whose BLAS threads are set before NumPy loads, since small solves grow much slower on several threads as
soon as other work shares the machine. Seconds are the processor's and the clock's, the best of the repeats: a statement
is repeated until it has taken about a second, and at least three times unless one alone took longer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from throughput import commit, machine

SOURCE = Path(__file__).parents[1] / "packages" / "accord" / "src"
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""What the usual BLAS libraries read, once, when they load."""

PLANE = """
import io
import numpy as np
from accord.geometry.cells import region, sampled_share
from accord.geometry.paths import METHODS, STARTS, started
from accord.geometry.polytope import hull, inside, pure_values, sampled, segment, switched
from accord.geometry.process import PUBLISHED, random_process
process = PUBLISHED["2d"]
three = random_process(np.random.default_rng(4), 3, 3, 0.6, branching=1)
rng = lambda: np.random.default_rng(0)
starts = [started(process, start) for start in STARTS]
walk = lambda method: [METHODS[method].run(process, start, rng()) for start in starts]
"""
PICTURE = PLANE + """
from accord.studio.geometry import polytope_figures as figures
whole, solid = region(process), region(three)
walks = {method: walk(method) for method in METHODS}
write = lambda figure: figure.savefig(io.BytesIO(), format="png", dpi=140)
write(figures.boundary(process, whole))  # finds the fonts
"""

ROOMS = """
import numpy as np
from accord.geometry.adversarial import adversarial, signs
from accord.geometry.adversarial_rivals import policy_gradient
from accord.geometry.minimax import minimax
from accord.geometry.representation import basis, worst_case
from accord.geometry.rooms import rooms
process = rooms().process(discount=0.99)
rng = lambda: np.random.default_rng(0)
deltas = signs(rng(), 20, process.num_states)
found = adversarial(process, deltas, rng())
"""
PAIRS = """
import numpy as np
from accord.geometry.contracts import Family, theta_map
from accord.geometry.implement import implement
from accord.geometry.pair import random_pair
rng = np.random.default_rng(0)
family = lambda states, terms: Family(random_pair(rng, states, 3), rng.normal(size=(terms, states, 3, 3)))
small, large = family(2, 1), family(30, 64)
"""

PARTS: dict[str, tuple[str, str]] = {
    "polytope/cloud of 50,000": (PLANE, "sampled(process, rng(), 50_000)"),
    "polytope/membership of 200,000": (PLANE + "values = rng().normal(size=(200_000, 2))", "inside(process, values)"),
    "polytope/exact area": (PLANE, "region(process).share"),
    "polytope/exact area, three actions": (PLANE, "region(PUBLISHED['2c']).share"),
    "polytope/area by 200,000 points": (PLANE, "sampled_share(process, rng())"),
    "polytope/exact volume, three states": (PLANE, "region(three).share"),
    "polytope/surface, three states": (PLANE + "solid = region(three)", "solid.boundary()"),
    "polytope/hull": (PLANE, "hull(pure_values(process)[1])"),
    "polytope/all switches, 100 states": (PLANE + "p = random_process(rng(), 100, 4)", "switched(p, p.uniform())"),
    "paths/value iteration": (PLANE, "walk('value-iteration')"),
    "paths/policy iteration": (PLANE, "walk('policy-iteration')"),
    "paths/policy gradient": (PLANE, "walk('policy-gradient')"),
    "paths/entropy": (PLANE, "walk('entropy')"),
    "paths/natural": (PLANE, "walk('natural')"),
    "paths/cem": (PLANE, "walk('cem')"),
    "paths/cem with noise": (PLANE, "walk('cem-noise')"),
    "paths/damped value iteration": (PLANE, "walk('damped')"),
    "paths/td, sweeps": (PLANE, "walk('td')"),
    "paths/td, trajectory": (PLANE, "walk('td-trajectory')"),
    "paths/fitted q": (PLANE, "walk('fitted-q')"),
    "picture/cloud": (PICTURE, "write(figures.cloud(process, rng()))"),
    "picture/lines": (PICTURE, "write(figures.lines(process, whole, rng()))"),
    "picture/boundary": (PICTURE, "write(figures.boundary(process, whole))"),
    "picture/mixture": (PICTURE, "write(figures.mixture(process, whole))"),
    "picture/one method": (PICTURE, "write(figures.paths(process, whole, 'damped', walks['damped']))"),
    "picture/all methods": (PICTURE, "write(figures.all_paths(process, whole, walks))"),
    "picture/three states": (PICTURE, "write(figures.space(three, solid, rng()))"),
    "adversarial/20 values, swap ascent": (ROOMS, "adversarial(process, deltas, rng())"),
    "adversarial/20 values, policy gradient": (ROOMS, "policy_gradient(process, deltas)"),
    "representation/worst policy of 16 features": (ROOMS, "worst_case(process, basis(found.values, 16), rng(), 5)"),
    "representation/minimax, 16 features": (ROOMS, "minimax(process, found.values, 16, rng())"),
    "contracts/map of 81 joint policies": (PAIRS, "theta_map(small)"),
    "contracts/cheapest of 64 features, 30 states": (PAIRS, "implement(large, large.pair.planner()[1])"),
}
"""Name: (preparation, statement). A part is added by a line."""

_ENOUGH = 1.0
_LEAST = 3


def child(part: str) -> None:
    """One measurement, in this process."""
    preparation, statement = PARTS[part]
    names: dict[str, Any] = {}
    exec(compile(preparation, part, "exec"), names)
    run = compile(statement, part, "eval")
    clock, processor = [], []
    while not clock or (sum(clock) < _ENOUGH and len(clock) < 1000) or (len(clock) < _LEAST and max(clock) < _ENOUGH):
        before = time.perf_counter(), time.process_time()
        eval(run, names)
        clock.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({
        "cpu_seconds": float(f"{min(processor):.3g}"), "seconds": float(f"{min(clock):.3g}"), "repeats": len(clock),
        "peak_memory_mb": round(memory),
    }))  # fmt: skip


def measure(part: str, threads: int) -> dict[str, Any]:
    """One line: what a process of its own says."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    environment |= dict.fromkeys(THREADS, str(threads))
    environment["PYTHONPATH"] = os.pathsep.join([str(SOURCE), environment.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    command = [sys.executable, str(Path(__file__).resolve()), "--child", part]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    line: dict[str, Any] = {"name": part, "blas_threads": threads}
    if done.returncode:
        return {**line, "failed": done.stderr.strip().splitlines()[-1][:200]}
    return line | json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="beginnings of names; default all")
    parser.add_argument("--list", action="store_true", help="print the names of the parts")
    parser.add_argument("--threads", nargs="+", type=int, default=[1], help="BLAS threads")
    parser.add_argument("--child", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        return child(given.child)
    wanted = [part for part in PARTS if not given.parts or part.startswith(tuple(given.parts))]
    if given.list or not wanted:
        print("\n".join(PARTS))
        raise SystemExit(0 if given.list else f"No part begins with any of {given.parts}; all parts stand above.")
    for part in wanted:
        for threads in given.threads:
            line = measure(part, threads)
            print(json.dumps({**line, "machine": machine(), "commit": commit()}), flush=True)


if __name__ == "__main__":
    main()
