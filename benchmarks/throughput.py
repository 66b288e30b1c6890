"""Throughput, compile time and memory: one JSON line per row.

    python benchmarks/throughput.py                  every row (about five minutes)
    python benchmarks/throughput.py train/small      rows whose name begins so
    python benchmarks/throughput.py --list

Each measurement runs in fresh processes. `cores` says how: "pair" is two processes at once, each pinned to one core
with the compiler's threads off (their rates are added: this is how seeds run side by side), "one" is one such process,
"threads" is one process that may use every core. Rates are medians over chunks; `per_cpu_second` divides by the
processor's time instead of the clock's and holds on a busy machine too.

Random play builds every agent's features in every step (their sum is part of the result, so nothing can be left out),
and settles the contract where there is one. Training is the whole update: rollout, advantages, all epochs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "packages" / "accord" / "src"
ONE_CORE = "--xla_cpu_multi_thread_eigen=false"

BATCH = {"num_envs": 256, "num_steps": 128, "epochs": 4, "minibatches": 4, "hidden": (64, 64), "shared_trunk": False}
ROWS: dict[str, dict[str, Any]] = {
    "random/small": {"game": "small", "envs": 512, "steps": 200, "cores": ("pair", "threads")},
    "random/small+contract": {"game": "small+contract", "envs": 512, "steps": 200, "cores": ("pair", "threads")},
    "random/paper-n2": {"game": "paper-n2", "envs": 128, "steps": 400, "cores": ("pair", "threads")},
    "random/paper-n4": {"game": "paper-n4", "envs": 128, "steps": 400, "cores": ("pair", "threads")},
    "random/paper-n4+contract": {"game": "paper-n4+contract", "envs": 128, "steps": 400, "cores": ("pair",)},
    "train/small": {"game": "small", "train": {}, "cores": ("one", "pair")},
    "train/small+contract": {"game": "small+contract", "train": {}, "cores": ("one", "pair")},
    "train/small+contract shared trunk": {"game": "small+contract", "train": {"shared_trunk": True}, "cores": ("one",)},
    "train/paper-n4+contract": {"game": "paper-n4+contract", "train": {}, "cores": ("one",)},
}
COSTS = {
    "cost/random": ("random/small", "random/small+contract"),
    "cost/random paper-n4": ("random/paper-n4", "random/paper-n4+contract"),
    "cost/train": ("train/small", "train/small+contract"),
}
"""What a contract costs: both rows in one process, chunk by chunk in turn."""


def make_game(name: str) -> Any:
    """The games of this benchmark by their names here."""
    from accord.contracts.library.cleanup import CleaningWage
    from accord.contracts.negotiate import Contracted
    from accord.core.registry import GAMES

    base, _, contract = name.partition("+")
    agents = int(base.removeprefix("paper-n")) if base != "small" else 2
    game = GAMES.make("cleanup-small" if base == "small" else "cleanup", [f"num_agents={agents}"])
    return Contracted(game, CleaningWage()) if contract else game


def random_play(game: Any, envs: int, steps: int) -> tuple[Callable[[], None], float]:
    """A function that plays one chunk, and the CPU-seconds that compiling it took."""
    import jax
    import jax.numpy as jnp

    from accord.core.rollout import random_policy, rollout, start

    pick = random_policy(game)

    def policy(observations: Any, key: Any) -> tuple[Any, Any]:
        return pick(observations, key)[0], sum(jnp.sum(leaf, axis=-1) for leaf in jax.tree.leaves(observations))

    def play(progress: Any) -> tuple[Any, Any]:
        progress, seen = rollout(game, policy, progress, steps, keep_observations=False)
        return progress, (jnp.sum(seen.rewards, axis=0), jnp.sum(seen.extras, axis=0), seen.metrics)

    state = [jax.jit(lambda key: start(game, envs, key, phases=8))(jax.random.key(0))]
    began = time.process_time()
    compiled = jax.jit(play, donate_argnums=0).lower(state[0]).compile()
    seconds = time.process_time() - began

    def chunk() -> None:
        state[0], result = compiled(state[0])
        jax.block_until_ready(result)

    return chunk, seconds


def training(game: Any, changes: dict) -> tuple[Callable[[], None], float, Any]:
    """A function that does one update, the CPU-seconds until the first one was done, and the settings."""
    import jax

    from accord.learn.ppo import PPO
    from accord.learn.settings import PPOSettings

    settings = PPOSettings(**{**BATCH, **changes})
    learner = PPO(game, settings, total_updates=1000)
    state = [learner.init(0)]
    jax.block_until_ready(state[0])

    def chunk() -> None:
        state[0], metrics = learner.update(state[0])
        jax.block_until_ready(metrics)

    began = time.process_time()
    chunk()
    first = time.process_time() - began
    again = time.process_time()
    chunk()
    return chunk, max(first - (time.process_time() - again), 0.0), settings


def prepare(name: str) -> tuple[Callable[[], None], dict]:
    """Everything of a row that happens before the clock runs: the chunk to time, and what is known already."""
    row = ROWS[name]
    game = make_game(row["game"])
    facts = {"agents": game.num_agents, "horizon": game.horizon}
    if "train" not in row:
        chunk, seconds = random_play(game, row["envs"], row["steps"])
        return chunk, {**facts, "envs": row["envs"], "steps": row["steps"], "net": None, "compile_cpu_seconds": seconds}
    chunk, seconds, s = training(game, row["train"])
    towers = "shared trunk" if s.shared_trunk else "actor and critic apart"
    net = f"{len(s.hidden)}x{s.hidden[0]} tanh per agent, {towers}, {s.epochs} epochs x {s.minibatches} minibatches"
    return chunk, {**facts, "envs": s.num_envs, "steps": s.num_steps, "net": net, "compile_cpu_seconds": seconds}


def timed(chunk: Callable[[], None], inner: int = 1) -> tuple[float, float]:
    """Wall and CPU seconds of a chunk, the mean of `inner` in a row."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(inner):
        chunk()
    return (time.perf_counter() - wall) / inner, (time.process_time() - cpu) / inner


def child(names: list[str]) -> None:
    """One measuring process: prepares, says "ready", then times chunks on command ("inner count" lines on stdin)."""
    chunks, facts = zip(*(prepare(name) for name in names), strict=True)
    for chunk in chunks:
        chunk()
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        inner, count = map(int, line.split())
        seen = [[timed(chunk, inner) for chunk in chunks] for _ in range(count)]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": [list(chunk) for chunk in zip(*seen, strict=True)], "memory": memory}), flush=True)


class Process:
    """A measuring process seen from outside; also used for peers (see `peers.py`)."""

    def __init__(self, command: list[str], core: int | None, cache: str, path: Path | None = SOURCE) -> None:
        """Start `command`, pinned to a core or (None) free to use all."""
        env = {**os.environ, "JAX_PLATFORMS": "cpu", "JAX_COMPILATION_CACHE_DIR": cache}
        env["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
        if path is not None:
            env["PYTHONPATH"] = str(path)
        if core is not None:
            env["XLA_FLAGS"] = f"{env.get('XLA_FLAGS', '')} {ONE_CORE}".strip()
        pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        self.process = subprocess.Popen(
            command, env=env, preexec_fn=pin, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def answer(self) -> Any:
        """The next line that the process prints."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(("[", "{")):
                return json.loads(line)
        raise SystemExit(f"The measuring process ended with code {self.process.wait()}; its message stands above.")

    def ask(self, inner: int, count: int) -> None:
        """Have it time `count` chunks, each of `inner` repetitions."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{inner} {count}\n")
        self.process.stdin.flush()

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def own(names: list[str], core: int | None, cache: str) -> Process:
    """A measuring process of this file."""
    return Process([sys.executable, str(Path(__file__).resolve()), "--child", *names], core, cache)


def all_cores() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def measure(names: list[str], mode: str, cache: str, chunks: int, seconds: float) -> tuple[dict, list[dict]]:
    """Run one row (or two in turn) in one mode; what is known of it, and the timings of each process."""
    cores = {"threads": [None], "one": all_cores()[-1:], "pair": all_cores()[:2]}[mode]
    processes = [own(names, core, cache) for core in cores]
    try:
        facts = [p.answer() for p in processes]
        processes[0].ask(1, 1)
        once = max(wall for row in processes[0].answer()["seconds"] for wall, _ in row)
        inner = max(1, round(seconds / once))
        for p in processes:
            p.ask(inner, chunks)
        return facts[0], [p.answer() for p in processes]
    finally:
        for p in processes:
            p.close()


def machine() -> str:
    """The processor, as the system names it, and how many cores this process may use."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if (
        info.exists()
    ) else [platform.processor()]
    return f"{names[0]}, {len(all_cores())} cores"


def commit() -> str:
    """The commit of the code measured, with a plus where files differ from it."""
    git = lambda *words: subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    changed = "+" if git("status", "--porcelain", "packages") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed


def summary(name: str, mode: str, facts: dict, timings: list[dict], compiling: dict) -> dict:
    """The JSON line of a row."""
    work = facts["envs"] * facts["steps"]
    walls = [statistics.median(w for w, _ in t["seconds"][0]) for t in timings]
    cpus = [statistics.median(c for _, c in t["seconds"][0]) for t in timings]
    rate = sum(work / w for w in walls)
    per_cpu = work * len(timings) / sum(cpus)
    return {
        "name": name, "cores": mode, "env_steps_per_second": round(rate), "env_steps_per_cpu_second": round(per_cpu),
        "agent_steps_per_second": round(rate * facts["agents"]),
        "agent_steps_per_cpu_second": round(per_cpu * facts["agents"]),
        "cores_used": round(sum(c / w for c, w in zip(cpus, walls, strict=True)), 2),
        "processes": len(timings), "agents": facts["agents"], "envs": facts["envs"], "steps": facts["steps"],
        "net": facts["net"], **compiling, "peak_memory_mb": round(sum(t["memory"] for t in timings)),
        "machine": machine(), "commit": commit(),
    }


def cost(name: str, cache: str, chunks: int, seconds: float) -> dict:
    """What a contract takes from the throughput: 1 - (rate with / rate without), medians of chunks taken in turn."""
    facts, timings = measure(list(COSTS[name]), "one", cache, chunks, seconds)
    without, with_it = (statistics.median(c for _, c in row) for row in timings[0]["seconds"])
    return {
        "name": name, "rows": COSTS[name], "cost_of_contract": round(1.0 - without / with_it, 3),
        "clock": "CPU", "envs": facts[0]["envs"], "machine": machine(), "commit": commit(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", help="beginnings of row names; default all")
    parser.add_argument("--list", action="store_true", help="print the names of the rows")
    parser.add_argument("--chunks", type=int, default=9, help="chunks per row, of which the median counts")
    parser.add_argument("--seconds", type=float, default=0.7, help="length of a chunk")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        return child(given.child)
    wanted = [n for n in (*ROWS, *COSTS) if not given.rows or any(n.startswith(r) for r in given.rows)]
    if given.list or not wanted:
        print("\n".join((*ROWS, *COSTS)))
        raise SystemExit(0 if given.list else f"No row begins with {given.rows}; the rows stand above.")
    with tempfile.TemporaryDirectory() as cache:
        for name in wanted:
            if name in COSTS:
                print(json.dumps(cost(name, cache, given.chunks, given.seconds)), flush=True)
                continue
            with tempfile.TemporaryDirectory() as empty:
                cold, _ = measure([name], "one", empty, 1, 0.0)
                warm, _ = measure([name], "one", empty, 1, 0.0)
            seconds = {
                "compile_cpu_seconds_cold": round(cold[0]["compile_cpu_seconds"], 1),
                "compile_cpu_seconds_cached": round(warm[0]["compile_cpu_seconds"], 1),
            }
            for mode in ROWS[name]["cores"]:
                facts, timings = measure([name], mode, cache, given.chunks, given.seconds)
                print(json.dumps(summary(name, mode, facts[0], timings, seconds)), flush=True)


if __name__ == "__main__":
    main()
