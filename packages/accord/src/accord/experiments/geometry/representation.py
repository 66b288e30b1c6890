"""Which value functions should features span? A study on four rooms: twelve representations, many tests, many seeds.

For each seed and discount: make features from each set of targets (`geometry/targets.py`), freeze them, fit the values
of policies that were not used by orthogonal projection, search for the policy that is fitted worst, and control unseen
goals. Each seed and discount is a part with a file of its own: a study that is stopped goes on where it was.

Source: the protocol (four rooms, frozen features, adversarial value functions against random policies) is after
Bellemare et al. 2019 (arXiv 1901.11530); which tests and rivals there are is ours.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import BadCheckpoint, BadSetting
from ...geometry import targets as sets
from ...geometry.adversarial import signs
from ...geometry.adversarial_rivals import policy_gradient
from ...geometry.minimax import minimax
from ...geometry.process import Process
from ...geometry.representation import basis, control, errors, worst_case
from ...geometry.rooms import rooms
from ..statistics import interval
from ..store import read_json, storage, write_whole

FORMAT = 1

ROWS = {
    "stochastic": "random stochastic policies",
    "deterministic": "random deterministic policies",
    "avf": "adversarial values, swap ascent",
    "avf_gradient": "adversarial values, policy gradient",
    "avf_sparse": "adversarial values, sparse directions",
    "avf_goals": "adversarial values of train goals",
    "mixtures": "mixtures of optimal and random",
    "path": "value-improvement paths",
    "successor": "successor representation",
    "goals": "optimal values of train goals",
    "minimax": "minimax features",
    "gaussian": "random Gaussian features",
}
"""The representations, by the targets that they span."""

METRICS = {
    "stochastic": "random stochastic policies",
    "deterministic": "random deterministic policies",
    "adversarial": "new adversarial ±1 directions",
    "mixtures": "mixtures of optimal and random policies",
    "optimal": "V*, the optimal values",
    "unseen": "optimal values of unseen goals",
    "worst": "worst policy found",
    "control": "control of unseen goals, last policy",
    "control_best": "control of unseen goals, best policy met",
}
"""What is measured: errors (root mean square over states; mean over a set), then shares of the optimal return."""

Tell = Callable[[str, int, int], None]


@dataclasses.dataclass(frozen=True)
class Settings:
    """How large the study is."""

    discounts: tuple[float, ...] = (0.9, 0.99)
    targets: tuple[int, ...] = (100, 150)
    """Targets in each set, for each discount; goals and states are as many as there are."""

    dimensions: tuple[int, ...] = (8, 16, 32)
    tests: int = 100
    adversaries: int = 60
    """Adversarial value functions that are fitted but not used."""

    controlled: int = 20
    """Unseen goals for control."""

    judge: int = 120
    """Climbs of the search for the worst policy of a representation. Few climbs flatter minimax, whose features were
    chosen against such searches: against 400 climbs, 24 fell short by 3 to 8 % there, by 0 to 4 % elsewhere."""

    starts: int = 24
    """Climbs in each round of the double oracle."""

    rounds: int = 40
    """Of the double oracle: with its finals it makes ten times as many climbs as the judge."""

    gradient_steps: int = 1000
    drawn: int = 6
    """Features of each representation that the first seed keeps for pictures."""


def study(folder: Path, seeds: int, tell: Tell, settings: Settings = Settings()) -> dict[str, Any]:
    """Do what is left of the study, and give the record of all of it.

    Args:
        folder: where each finished part is kept.
        seeds: how many, from 0.
        tell: hears what is being done, how many parts are done, and of how many.
        settings: the size.

    Raises:
        StorageError: the folder cannot be written or holds a damaged file.
        BadCheckpoint: the folder holds parts of a study of another size.
        BadSetting: there is not one number of targets for each discount.
    """
    if len(settings.targets) != len(settings.discounts):
        raise BadSetting(
            f"targets={settings.targets} and discounts={settings.discounts}; give one number of targets per discount."
        )
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    # A part knows the whole study's size but not its number of seeds, so that seeds can be added later.
    size = json.loads(json.dumps(dataclasses.asdict(settings)))
    wanted = [(seed, discount) for seed in range(seeds) for discount in settings.discounts]
    parts = []
    for done, (seed, discount) in enumerate(wanted):
        path = folder / f"discount-{discount}-seed-{seed}.json"
        found = read_json(path)
        if found is None:
            say = lambda what, at=done, s=seed, g=discount: tell(f"seed {s}, discount {g}: {what}", at, len(wanted))
            found = {"format": FORMAT, "settings": size, **one(seed, discount, say, settings)}
            write_whole(path, json.dumps(found))
        elif (found.get("format"), found.get("settings")) != (FORMAT, size):
            raise BadCheckpoint(f"{path} is a part of a study of another size. Choose another folder with --out.")
        parts.append(found)
    return gathered(parts, settings) | {"settings": size, "seeds": seeds}


# --------------------------------------------------------------------------------------------------- one seed, discount


def one(seed: int, discount: float, say: Callable[[str], None], settings: Settings = Settings()) -> dict[str, Any]:
    """All representations for one seed and one discount."""
    world = rooms()
    process = world.process(discount=discount)
    rng = np.random.default_rng([seed, round(1000 * discount)])
    cells = rng.permutation(world.num_cells)
    half = world.num_cells // 2
    train, unseen = (np.stack([world.goal(int(cell)) for cell in some]) for some in (cells[:half], cells[half:]))
    tests = _tests(process, rng, unseen, settings)
    count = settings.targets[settings.discounts.index(discount)]
    made, seconds = _targets(process, rng, count, train, say, settings)
    result: dict[str, Any] = {row: {} for row in ROWS}
    pictures: dict[str, Any] = {}
    bounds, searches = {}, {}
    for dimension in settings.dimensions:
        features = {row: basis(targets, dimension) for row, targets in made.items()}
        features["gaussian"] = basis(rng.normal(size=(dimension, process.num_states)), dimension)
        began = time.process_time()
        say(f"minimax, {dimension} features")
        game = minimax(process, made["avf"], dimension, rng, settings.rounds, settings.starts)
        seconds["minimax"] = seconds.get("minimax", 0.0) + (time.process_time() - began) / len(settings.dimensions)
        features["minimax"], bounds[str(dimension)] = game.features, game.bound
        say(f"judging {dimension} features")
        began = time.process_time()
        judged = _judged(process, rng, features, tests, unseen[: settings.controlled], settings)
        searches[str(dimension)] = (time.process_time() - began) / len(ROWS)
        for row in ROWS:
            result[row][str(dimension)] = judged[row]
        if seed == 0 and dimension == settings.dimensions[len(settings.dimensions) // 2]:
            pictures = {row: _signed(features[row][:, : settings.drawn]).T.round(4).tolist() for row in ROWS}
    size = float(np.sqrt((tests["optimal"] ** 2).mean()))
    return {
        "seed": seed, "discount": discount, "optimal_rms": size, "rows": result, "bounds": bounds, "seconds": seconds,
        "judging_seconds": searches, "pictures": pictures,
    }  # fmt: skip


def _tests(process: Process, rng: np.random.Generator, unseen: np.ndarray, settings: Settings) -> dict[str, np.ndarray]:
    """Value functions to be fitted; none is among the targets but V* where a set of targets is about it."""
    return {
        "stochastic": sets.random_stochastic(process, rng, settings.tests),
        "deterministic": sets.random_deterministic(process, rng, settings.tests),
        "adversarial": sets.adversarial_signs(process, rng, settings.adversaries),
        "mixtures": sets.mixtures(process, rng, settings.tests),
        "optimal": process.optimal()[0][None],
        "unseen": sets.goal_values(process, unseen),
    }


def _targets(
    process: Process, rng: np.random.Generator, count: int, train: np.ndarray, say: Callable[[str], None],
    settings: Settings,
) -> tuple[dict[str, np.ndarray], dict[str, float]]:  # fmt: skip
    """The sets of targets, and the processor's seconds that each took."""
    gradient = lambda: policy_gradient(process, signs(rng, count, process.num_states), settings.gradient_steps).values
    makers: dict[str, Callable[[], np.ndarray]] = {
        "stochastic": lambda: sets.random_stochastic(process, rng, count),
        "deterministic": lambda: sets.random_deterministic(process, rng, count),
        "avf": lambda: sets.adversarial_signs(process, rng, count),
        "avf_gradient": gradient,
        "avf_sparse": lambda: sets.adversarial_sparse(process, rng, count),
        "avf_goals": lambda: sets.adversarial_goals(process, rng, count, train),
        "mixtures": lambda: sets.mixtures(process, rng, count),
        "path": lambda: sets.improvement_paths(process, rng, count),
        "successor": lambda: sets.successor(process),
        "goals": lambda: sets.goal_values(process, train),
    }
    made, seconds = {}, {}
    for row, make in makers.items():
        say(ROWS[row])
        began = time.process_time()
        made[row] = make()
        seconds[row] = time.process_time() - began
    return made, seconds


def _judged(
    process: Process, rng: np.random.Generator, features: dict[str, np.ndarray], tests: dict[str, np.ndarray],
    goals: np.ndarray, settings: Settings,
) -> dict[str, dict[str, float]]:  # fmt: skip
    """Every metric of every representation."""
    searched = {row: worst_case(process, features[row], rng, settings.judge) for row in ROWS}
    found = np.concatenate([search.found for search in searched.values()])  # what is bad for one is tried on all
    judged = {}
    for row in ROWS:
        shares = control(process, features[row], goals)
        judged[row] = {name: float(errors(features[row], values).mean()) for name, values in tests.items()} | {
            "worst": float(errors(features[row], found).max()),
            "searched": searched[row].error,
            "control": float(shares[-1].mean()),
            "control_best": float(shares.max(0).mean()),
            "features": features[row].shape[1],
        }
    return judged


def _signed(features: np.ndarray) -> np.ndarray:
    """The same features, each with its largest entry positive: the sign of a singular vector means nothing."""
    largest = np.take_along_axis(features, np.abs(features).argmax(0)[None], 0)
    return features * np.sign(largest)


# --------------------------------------------------------------------------------------------------------- all of them


def gathered(parts: list[dict[str, Any]], settings: Settings) -> dict[str, Any]:
    """The record of the study: every metric with its interval over seeds, and what is claimed."""
    table: dict[str, Any] = {}
    for discount in settings.discounts:
        own = [part for part in parts if part["discount"] == discount]
        table[str(discount)] = {
            "optimal_rms": own[0]["optimal_rms"],
            "seconds": {row: interval([part["seconds"][row] for part in own]) for row in own[0]["seconds"]},
            "judging_seconds": interval([sum(p["judging_seconds"].values()) / len(p["judging_seconds"]) for p in own]),
            "bounds": {d: interval([part["bounds"][d] for part in own]) for d in own[0]["bounds"]},
            "rows": {
                row: {
                    d: {name: interval([part["rows"][row][d][name] for part in own]) for name in [*METRICS, "features"]}
                    for d in map(str, settings.dimensions)
                }
                for row in ROWS
            },
            "pictures": own[0]["pictures"],
        }
    return {"format": FORMAT, "rows": ROWS, "metrics": METRICS, "discounts": table, "claims": claims(table)}


CLAIMS = (
    ("Adversarial values beat random stochastic policies on V*", "optimal", "avf", "stochastic"),
    ("Adversarial values beat random stochastic policies on unseen goals", "unseen", "avf", "stochastic"),
    ("Adversarial values beat random stochastic policies on the worst policy", "worst", "avf", "stochastic"),
    ("Adversarial values beat random stochastic policies in control", "control_best", "avf", "stochastic"),
    ("Adversarial values beat random deterministic policies on V*", "optimal", "avf", "deterministic"),
    ("Adversarial values beat random deterministic policies on the worst policy", "worst", "avf", "deterministic"),
    ("Random policies beat adversarial values on random policies", "stochastic", "stochastic", "avf"),
    ("Policy gradient beats swap ascent as adversarial features on V*", "optimal", "avf_gradient", "avf"),
    ("Policy gradient beats swap ascent as adversarial features on the worst policy", "worst", "avf_gradient", "avf"),
    ("Sparse directions beat dense ones on the worst policy", "worst", "avf_sparse", "avf"),
    ("The successor representation beats adversarial values on V*", "optimal", "successor", "avf"),
    ("The successor representation beats adversarial values on unseen goals", "unseen", "successor", "avf"),
    ("The successor representation beats adversarial values on the worst policy", "worst", "successor", "avf"),
    ("The successor representation beats adversarial values in control", "control_best", "successor", "avf"),
    ("Mixtures beat adversarial values on V*", "optimal", "mixtures", "avf"),
    ("Value-improvement paths beat adversarial values on unseen goals", "unseen", "path", "avf"),
    ("Minimax beats adversarial values on the worst policy", "worst", "minimax", "avf"),
    ("Minimax beats sparse adversarial values on the worst policy", "worst", "minimax", "avf_sparse"),
    ("Minimax beats values of train goals on the worst policy", "worst", "minimax", "goals"),
    ("Minimax beats adversarial values in control", "control_best", "minimax", "avf"),
)
"""What the study is asked: a sentence, the metric, which representation should win, and against which."""


def claims(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Each claim at each discount and dimension: the paired ratio over seeds, and whether its interval leaves out 1."""
    answers = []
    for text, metric, winner, loser in CLAIMS:
        for discount, part in table.items():
            for dimension, own in part["rows"][winner].items():
                first = np.array(own[metric]["per_seed"])
                second = np.array(part["rows"][loser][dimension][metric]["per_seed"])
                ratio = interval(first / second)
                higher = metric.startswith("control")
                better, worse = ratio["high"] < 1.0, ratio["low"] > 1.0
                if higher:
                    better, worse = worse, better
                verdict = "yes" if better else "no" if worse else "open"
                answers.append({
                    "claim": text, "metric": metric, "winner": winner, "loser": loser, "discount": float(discount),
                    "dimension": int(dimension), "ratio": ratio, "verdict": verdict,
                })  # fmt: skip
    return answers


__all__ = ["CLAIMS", "FORMAT", "METRICS", "ROWS", "Settings", "claims", "gathered", "one", "study"]
