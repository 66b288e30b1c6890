"""Training beside a peer in one run: JaxMARL's independent PPO, per agent step and core.

    python benchmarks/peers.py --python ~/peers/bin/python --jaxmarl ~/JaxMARL

Peers are optional and are never installed by this project. To have them:

    python3.11 -m venv ~/peers
    ~/peers/bin/pip install jaxmarl flax distrax optax hydra-core omegaconf wandb matplotlib
    git clone https://github.com/FLAIROx/JaxMARL ~/JaxMARL     (trainers are in the repository, not in the package)

What runs is JaxMARL's own `baselines/IPPO/ippo_ff_mpe.py` with its own settings except the batch: 256 environments x
128 steps, as ours. Both sides: 2x64 tanh, actor and critic apart, 4 epochs x 4 minibatches, one pinned
core, compiler threads off. Theirs shares one net among agents; ours has one net pair per agent, which is more work.
The processes take turns chunk by chunk, so that a busy moment hits both. Compilation is not counted on either side.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ENVS, STEPS = 256, 128
TASKS = {"MPE simple_spread": ("MPE_simple_spread_v3", 3), "coin_game": ("coin_game", 2)}
OURS = ("train/small", "train/small+contract")


class _CoinGame:
    """JaxMARL's coin game as its MPE trainer expects a game: actions with an axis of length one, no statistics."""

    def __init__(self, env: Any) -> None:
        self.env = env

    def __getattr__(self, name: str) -> Any:
        return getattr(self.env, name)

    def step(self, key: Any, state: Any, actions: dict) -> tuple:
        """One step."""
        scalars = {agent: action.reshape(()) for agent, action in actions.items()}
        return (*self.env.step(key, state, scalars)[:4], {})


def peer(checkout: str, task: str) -> None:
    """The measuring process of JaxMARL: says "ready", then times runs of `inner` updates on command."""
    import jax

    script = Path(checkout) / "baselines" / "IPPO" / "ippo_ff_mpe.py"
    spec = importlib.util.spec_from_file_location("ippo_ff_mpe", script)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.wandb.log = lambda metrics: None  # as with its logging switched off
    if task == "coin_game":
        logged = module.LogWrapper
        module.LogWrapper = lambda env: logged(_CoinGame(env))
    config = {
        "LR": 2.5e-4, "NUM_ENVS": ENVS, "NUM_STEPS": STEPS, "UPDATE_EPOCHS": 4, "NUM_MINIBATCHES": 4, "GAMMA": 0.99,
        "GAE_LAMBDA": 0.95, "CLIP_EPS": 0.2, "ENT_COEF": 0.01, "VF_COEF": 0.5, "MAX_GRAD_NORM": 0.5,
        "ACTIVATION": "tanh", "ENV_NAME": task, "ENV_KWARGS": {}, "ANNEAL_LR": True, "SEED": 30,
    }
    programs: dict[int, Any] = {}

    def program(updates: int) -> Any:
        if updates not in programs:
            train = module.make_train({**config, "TOTAL_TIMESTEPS": updates * ENVS * STEPS})
            programs[updates] = jax.jit(train).lower(jax.random.PRNGKey(0)).compile()
            jax.block_until_ready(programs[updates](jax.random.PRNGKey(0)))
        return programs[updates]

    began = time.process_time()
    program(1)
    print(json.dumps([{"compile_cpu_seconds": round(time.process_time() - began, 1)}]), flush=True)
    for line in sys.stdin:
        inner, count = map(int, line.split())
        seen, run = [], program(inner)
        for _ in range(count):
            wall, cpu = time.perf_counter(), time.process_time()
            jax.block_until_ready(run(jax.random.PRNGKey(0)))
            seen.append(((time.perf_counter() - wall) / inner, (time.process_time() - cpu) / inner))
        print(json.dumps({"seconds": [seen]}), flush=True)


def compare(task: str, given: argparse.Namespace, cache: str) -> dict:
    """Our training and theirs in turn on one core; agent steps per CPU-second of each, and the ratio."""
    import throughput

    name, agents = TASKS[task]
    core = throughput.all_cores()[-1]
    command = [given.python, str(Path(__file__).resolve()), "--peer", given.jaxmarl, name]
    processes = [throughput.own([row], core, cache) for row in OURS]
    processes.append(throughput.Process(command, core, cache, path=None))
    try:
        facts = [p.answer()[0] for p in processes]
        inner = (3, 3, 2)
        for p, count in zip(processes, inner, strict=True):  # the first run of a length compiles
            p.ask(count, 1)
            p.answer()
        seconds: list[list[float]] = [[] for _ in processes]
        for _ in range(given.chunks):
            for p, count, cpu in zip(processes, inner, seconds, strict=True):
                p.ask(count, 1)
                cpu.append(p.answer()["seconds"][0][0][1])
    finally:
        for p in processes:
            p.close()
    rates = [
        count * ENVS * STEPS / statistics.median(cpu)
        for count, cpu in zip((*(f["agents"] for f in facts[:-1]), agents), seconds, strict=True)
    ]
    return {
        "name": f"peer/JaxMARL IPPO, {task}", "unit": "agent steps per CPU-second, one pinned core",
        "theirs": round(rates[-1]), **{row: round(rate) for row, rate in zip(OURS, rates, strict=False)},
        **{f"ratio {row}": round(rate / rates[-1], 2) for row, rate in zip(OURS, rates, strict=False)},
        "envs": ENVS, "steps": STEPS, "chunks": given.chunks,
        "their_compile_cpu_seconds": facts[-1]["compile_cpu_seconds"],
        "our_net": facts[0]["net"], "their_net": "2x64 tanh shared by all agents, actor and critic apart",
        "machine": throughput.machine(), "commit": throughput.commit(),
    }


def missing(given: argparse.Namespace) -> str:
    """Why there is nothing to compare with, or an empty text."""
    how = "How to get it: see the top of benchmarks/peers.py."
    if not given.python or not Path(given.python).exists():
        return f"Skipped: no Python with the peer's packages at --python {given.python}. {how}"
    if not given.jaxmarl or not (Path(given.jaxmarl) / "baselines" / "IPPO" / "ippo_ff_mpe.py").exists():
        return f"Skipped: no checkout of JaxMARL at --jaxmarl {given.jaxmarl}. {how}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="the interpreter that has jaxmarl, flax, distrax")
    parser.add_argument("--jaxmarl", help="a checkout of the JaxMARL repository")
    parser.add_argument("--chunks", type=int, default=7, help="chunks per side, of which the median counts")
    parser.add_argument("--task", choices=TASKS, action="append", help="one of the peer's tasks; default both")
    parser.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peer:
        return peer(*given.peer)
    if reason := missing(given):
        print(reason)
        return None
    with tempfile.TemporaryDirectory() as cache:
        for task in given.task or TASKS:
            print(json.dumps(compare(task, given, cache)), flush=True)


if __name__ == "__main__":
    main()
