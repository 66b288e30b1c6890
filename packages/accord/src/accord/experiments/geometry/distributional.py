"""Expected against distributional learning in tables and with linear features; and what risk adds to a contract.

Every part is written to a file when it is done; a kill loses the part under way.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...core.settings import bounded
from ...geometry.coupling import Coupled, controlled, coupled, fixed_point, settled, walk
from ...geometry.distributional import EQUAL, RULES, Runs, linear, tabular
from ...geometry.process import Process, random_process
from ..statistics import interval
from ..store import dumps, read_json, write_whole

Say = Callable[[str, int, int], None]


@dataclasses.dataclass(frozen=True)
class DistributionalStudy:
    """Random processes under the uniform policy, and how long is learned."""

    seeds: int = bounded(10, 1, 1000, "processes, each with a trajectory of its own")
    states: int = bounded(10, 1, 1000, "states of a process")
    actions: int = bounded(2, 1, 100, "actions of a process")
    atoms: int = bounded(51, 2, 10_000, "places of a distribution, and quantiles")
    features: int = bounded(5, 2, 1000, "linear features, a constant among them")
    steps: int = bounded(20_000, 10, 1 << 30, "coupled steps")
    step: float = bounded(0.1, 0.0, 1.0, "step size, constant")
    share: float = bounded(0.4, 0.01, 1.0, "of the range of returns that the clipped support covers")
    exploration: float = bounded(0.1, 0.0, 1.0, "share of random actions in control")
    solved: int = bounded(10, 0, 1000, "processes for which the noiseless limits are solved")
    episodes: int = bounded(20_000, 10, 1 << 24, "episodes of the sampled twin of a return distribution")


def distributional_study(
    study: DistributionalStudy, folder: Path, say: Say = lambda *_: None
) -> dict[str, Any]:
    """Do whatever is not yet in `folder`, and give the whole as one plain record."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    processes = [random_process(rng, study.states, study.actions) for _ in range(study.seeds)]
    plain, atoms = linear(processes, rng, study.features, atoms=study.atoms), study.atoms
    exact = linear(processes, rng, study.features, atoms=atoms, realisable=True)
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "tabular": lambda: _coupled(study, tabular(processes, atoms=atoms), 1),
        "clipped": lambda: _coupled(study, tabular(processes, atoms=atoms, share=study.share), 1, ("mixture",)),
        "linear": lambda: _coupled(study, plain, 2),
        "realisable": lambda: _coupled(study, exact, 3),
        "limits": lambda: _limits(study, {"linear": plain, "realisable": exact}),
        "control": lambda: _control(study, processes, shared=False),
        "control-shared": lambda: _control(study, processes, shared=True),
        "risk": lambda: _risk(study),
    }
    record: dict[str, Any] = {"settings": dataclasses.asdict(study)}
    for done, (name, work) in enumerate(parts.items()):
        say(name, done, len(parts))
        path, began = folder / f"{name}.json", time.process_time()
        found = read_json(path)
        if found is None or found["settings"] != record["settings"]:
            part = work()
            found = {"settings": record["settings"], "found": part, "processor_seconds": time.process_time() - began}
            write_whole(path, dumps(found))
        record[name] = found["found"] | {"processor_seconds": found["processor_seconds"]}
    return record


def _coupled(
    study: DistributionalStudy, runs: Runs, seed: int, names: tuple[str, ...] = tuple(RULES)
) -> dict[str, Any]:
    stream = walk(runs, study.steps, np.random.default_rng(seed))
    every = max(1, study.steps // 2000)
    found = coupled(runs, [RULES[name] for name in names], stream, step=study.step, every=every)
    limits = np.sqrt(((fixed_point(runs) - _truth(runs.processes)) ** 2).mean(-1))
    rows = {name: _row(found, row) for row, name in enumerate(names)}
    thin = slice(None, None, max(1, len(found.looks) // 100))
    paths = np.median(found.paths, axis=2)[thin]
    return {
        "rules": rows, "fixed_point": interval(limits), "looks": found.looks[thin].tolist(),
        "paths": {name: paths[:, row].tolist() for row, name in enumerate(names)},
    }  # fmt: skip


def _row(found: Coupled, row: int) -> dict[str, Any]:
    return {
        "largest_gap": float(found.gaps[row].max()), "gap": interval(found.gaps[row]),
        "error": interval(found.errors[row]),
    }  # fmt: skip


def _truth(processes: Any) -> np.ndarray:
    return np.stack([process.evaluate(process.uniform()) for process in processes])


def _limits(study: DistributionalStudy, cases: dict[str, Runs]) -> dict[str, Any]:
    """Errors of the values at which expected and categorical learning settle without noise."""
    found: dict[str, Any] = {}
    for case, runs in cases.items():
        count = min(study.solved, len(runs.processes))
        truth, fixed = _truth(runs.processes), fixed_point(runs)
        rms = lambda values: float(np.sqrt((values**2).mean()))
        limits = [settled(runs, run, RULES["softmax"]) for run in range(count)]
        found[case] = {
            "expected": [rms(fixed[run] - truth[run]) for run in range(count)],
            "softmax": [rms(limits[run][0] - truth[run]) for run in range(count)],
            "residual": [limits[run][1] for run in range(count)],
        }
    return found


def _control(study: DistributionalStudy, processes: list[Process], *, shared: bool) -> dict[str, Any]:
    runs = tabular(processes, atoms=study.atoms, control=True)
    names = [name for name in RULES if name != "mixture"]
    found = controlled(
        runs, [RULES[name] for name in names], study.steps, np.random.default_rng(4), step=study.step,
        exploration=study.exploration, shared=shared,
    )  # fmt: skip
    return {
        "rules": {
            name: {
                "share": interval(found.shares[row]), "gain": interval(found.gains[row]),
                "visited": interval(found.visited[row]),
                "gap": float(np.abs(found.values[row] - found.values[0]).max()),
            }
            for row, name in enumerate(names)
        }
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------- a contract and risk

LEVELS = tuple(round(0.02 * k, 2) for k in range(1, 51))
"""Shares of worst outcomes that an agent looks at, from 0.02 to 1 (risk-neutral)."""

WAGES = (0.25, 0.5, 1.0)
"""Apples for a unit of dirt. Whatever it is, a lump sum can share the gain; it says who bears the risk."""

_UNIT = 0.25


def _risk(study: DistributionalStudy) -> dict[str, Any]:
    """The brook: one cleans for a wage and one eats, or both eat without a contract; what risk adds for each."""
    import jax

    from ...contracts.library.brook import BrookWage
    from ...contracts.negotiate import Contracted, FixedTerms
    from ...core.rollout import returns
    from ...games.brook import Brook
    from ...geometry.risk import asked, followed, premium, returned

    game, space = Brook(), BrookWage()
    idle, agreed = followed(game, eat_and_eat), {w: followed(game, clean_and_eat, space, (w,)) for w in WAGES}
    found: dict[str, Any] = {"levels": list(LEVELS), "unit": _UNIT, "wages": {}, "left": {}}
    alone = [returned(idle, agent, unit=_UNIT) for agent in range(2)]
    found["alone"] = [{"mean": d.mean, "values": [d.cvar(level) for level in LEVELS]} for d in alone]
    for number, (wage, chain) in enumerate(agreed.items()):
        contracted = Contracted(game, space, FixedTerms((wage,)))
        play = lambda seen, key: (clean_and_eat(seen["game"]), ())
        sampled = np.asarray(returns(contracted, play, study.episodes, jax.random.key(number))[0], float)
        rows = []
        for agent in range(2):
            signed = returned(chain, agent, unit=_UNIT)
            worst = np.sort(sampled[agent])
            twin = [float(worst[: max(1, round(level * len(worst)))].mean()) for level in LEVELS]
            rows.append(
                {
                    "places": signed.places.tolist(), "weights": signed.weights.tolist(), "mean": signed.mean,
                    "values": [signed.cvar(level) for level in LEVELS], "sampled": twin,
                    "asked": [asked(alone[agent], signed, level) for level in LEVELS],
                    "premium": [premium(alone[agent], signed, level) for level in LEVELS],
                }
            )
        found["wages"][str(wage)] = rows
        both = np.array([row["asked"] for row in rows]).sum(0)
        found["left"][str(wage)] = (-both).tolist()
    return found


def clean_and_eat(seen: Any) -> Any:
    """Agent 0 walks to the brook and cleans, agent 1 eats; observations of a brook with five cells and two trees."""
    import jax.numpy as jnp

    return jnp.stack([jnp.where(seen[0, 0] > 0.5, 2, 0), _eats(seen[1])]).astype(jnp.int32)


def eat_and_eat(seen: Any) -> Any:
    """Both eat."""
    import jax.numpy as jnp

    return jnp.stack([_eats(seen[0]), _eats(seen[1])]).astype(jnp.int32)


def _eats(own: Any) -> Any:
    """Towards the nearest apple of two trees (cells 3 and 4 of five), or to wait under the first tree."""
    import jax.numpy as jnp

    near, far = own[-2] > 0.5, own[-1] > 0.5
    first, second = own[3] > 0.5, own[4] > 0.5
    at_first = jnp.where(near | ~far, 2, 1)  # work where one stands, unless only the other tree bears
    at_second = jnp.where(near & ~far, 0, 2)
    return jnp.where(first, at_first, jnp.where(second, at_second, 1))


__all__ = ["EQUAL", "LEVELS", "WAGES", "DistributionalStudy", "clean_and_eat", "distributional_study", "eat_and_eat"]
