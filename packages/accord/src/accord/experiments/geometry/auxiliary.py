"""Representations learned from pixels by auxiliary value functions, beside their exact twins, for new goals.

For each scene, seed and kind of auxiliary value function: train trunk and heads on exact values, freeze the trunk, fit
a new last layer for the values of new goals, and let one-step look-ahead act on it. Beside it stand the exact twin (the
singular vectors of the same targets, which no pixels restrict), and the trunk as it was before training. A second trunk
is trained without a quarter of the states, and asked for the values there: a table has no answer to that. Each scene
and seed is a file of its own, and a kill loses the one at work.

Source: the recipe is after Bellemare et al. 2019 (arXiv 1901.11530); scenes, twins and hidden states are ours.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ... import __version__
from ...core.settings import bounded
from ...geometry import targets
from ...geometry.auxiliary import Training, floor, learned, overlap, untrained
from ...geometry.process import Process
from ...geometry.representation import basis, control, projected
from ...geometry.scenes import SCENES, Scene
from ...geometry.transfer import optima, refitted
from ..statistics import interval
from ..store import read_json, storage, write_whole

SEEDS = 5
SHOWN = 5
"""Single features that are kept to be drawn."""

KINDS = ("successor", "goals", "adversarial", "stochastic", "deterministic")

Tell = Callable[[str, int, int], None]


@dataclasses.dataclass(frozen=True)
class Setup:
    """What is trained, and for what."""

    scenes: tuple[str, ...] = ("rooms", "cleanup")
    discount: float = bounded(0.9, 0.0, 1.0, "of every value function")
    heads: int = bounded(60, 1, 10_000, "auxiliary value functions of the kinds that are drawn")
    new_goals: int = bounded(20, 1, 1000, "goals after the trunk is frozen")
    hidden: float = bounded(0.25, 0.0, 0.9, "share of states that the second trunk never sees")
    training: Training = Training(hidden=128, steps=800, rate=3e-3)


def study(
    folder: Path, seeds: int = SEEDS, setup: Setup | None = None, *, tell: Tell = lambda *_: None
) -> dict[str, Any]:
    """All scenes and seeds, those that are not in the folder yet made first, as one record.

    Args:
        folder: where scenes and seeds are kept; a folder belongs to one setup.
        seeds: how many, from 0 on.
        setup: what is trained.
        tell: told what is being done, how much is done, of how much.

    Raises:
        StorageError: the folder can't be written.
    """
    setup = setup or Setup()
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in setup.scenes}
    parts = [(name, seed) for seed in range(seeds) for name in setup.scenes]
    for done, (name, seed) in enumerate(parts):
        path = folder / f"auxiliary-{name}-{seed}.json"
        one = read_json(path)
        if one is None:
            tell(f"a trunk for {name}, seed {seed}", done, len(parts))
            one = run(SCENES[name](), seed, setup)
            write_whole(path, json.dumps(one, allow_nan=False))
        found[name].append(one)
    return summary(found)


def run(scene: Scene, seed: int, setup: Setup) -> dict[str, Any]:
    """One scene and seed: every kind of target, trained, frozen and asked."""
    rng = np.random.default_rng([seed, 4])
    order = rng.permutation(scene.num_places)
    old, new, others = order[0], order[1 : 1 + setup.new_goals], order[1 + setup.new_goals :]
    world = scene.process(int(old), setup.discount)
    rewards, known = (np.array([scene.goal(int(place)) for place in places]) for places in (new, others))
    optimal, _ = optima(world, rewards)
    seen = rng.random(world.num_states) >= setup.hidden
    asked = Asked(world, rewards, optimal, seen)
    size = setup.training.features

    raw = untrained(scene.pictures, setup.training, seed)
    found: dict[str, Any] = {"untrained": {"trunk": asked.known(raw), "hidden": asked.hidden(raw)}}
    for kind, values in auxiliary(world, known, setup.heads, rng).items():
        trained = learned(scene.pictures, values.T, setup.training, seed)
        partly = learned(scene.pictures, values.T, setup.training, seed, seen)
        twin = basis(values, size)
        found[kind] = {
            "loss": float(trained.losses[-1]),
            "floor": floor(values.T, size),
            "overlap": overlap(twin, _span(trained.features)),
            "losses": trained.losses.tolist(),
            "trunk": asked.known(trained.features),
            "twin": asked.known(twin),
            "hidden": asked.hidden(partly.features),
            "shown": [_tidy(scene.drawn(column)) for column in trained.features.T[:SHOWN]],
        }
    mean = np.broadcast_to(optimal[:, seen].mean(1, keepdims=True), optimal.shape)
    return {
        "scene": scene.name, "states": world.num_states, "kinds": found, "constant": asked.missed(mean, ~seen),
    }  # fmt: skip


@dataclasses.dataclass(frozen=True, eq=False)
class Asked:
    """The questions that frozen features are asked: values and play for new goals."""

    world: Process
    rewards: np.ndarray
    optimal: np.ndarray
    seen: np.ndarray

    def known(self, features: np.ndarray) -> dict[str, float]:
        """Relative value error after the last layer is fitted on all states, and share of the optimal return."""
        span = _span(features)
        every = np.ones(self.world.num_states, bool)
        return {
            "error": self.missed(projected(span, self.optimal), every),
            "share": float(control(self.world, span, self.rewards).max(0).mean()),
        }

    def hidden(self, features: np.ndarray) -> float:
        """Relative value error in the hidden states after the last layer is fitted on the others."""
        return self.missed(refitted(features, self.optimal, self.seen), ~self.seen)

    def missed(self, told: np.ndarray, where: np.ndarray) -> float:
        """Relative error in some states, mean over goals."""
        off = np.linalg.norm((told - self.optimal)[:, where], axis=1)
        return float((off / np.linalg.norm(self.optimal[:, where], axis=1)).mean())


def auxiliary(world: Process, known: np.ndarray, heads: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Auxiliary value functions of each kind, `[heads, states]`; `known` are rewards of goals to train on."""
    return {
        "successor": targets.successor(world),
        "goals": targets.goal_values(world, known),
        "adversarial": targets.adversarial_signs(world, rng, heads),
        "stochastic": targets.random_stochastic(world, rng, heads),
        "deterministic": targets.random_deterministic(world, rng, heads),
    }


def _span(features: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what features span, `[states, rank]`."""
    return basis(features.T, features.shape[1])


def _tidy(picture: np.ndarray) -> list[list[float | None]]:
    """A picture as JSON: three digits, nothing where there is no floor; of largest size 1."""
    size = np.nanmax(np.abs(picture))
    return [[None if np.isnan(cell) else round(float(cell / size), 3) for cell in line] for line in picture]


def summary(found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Interquartile means over seeds with their intervals."""
    scenes = {}
    for name, seeds in found.items():
        kinds = {}
        for kind, first in seeds[0]["kinds"].items():
            of = lambda *path, kind=kind, seeds=seeds: interval([_at(one["kinds"][kind], path) for one in seeds])
            kinds[kind] = {"hidden": of("hidden")} | {
                who: {measure: of(who, measure) for measure in ("error", "share")}
                for who in ("trunk", "twin") if who in first
            }  # fmt: skip
            if "loss" in first:
                kinds[kind] |= {measure: of(measure) for measure in ("loss", "floor", "overlap")}
                kinds[kind]["shown"] = first["shown"]
        scenes[name] = {
            "title": seeds[0]["scene"], "states": seeds[0]["states"], "kinds": kinds,
            "constant": interval([one["constant"] for one in seeds]),
        }  # fmt: skip
    return {"accord": __version__, "seeds": len(next(iter(found.values()))), "scenes": scenes}


def _at(table: Any, path: tuple[str, ...]) -> float:
    for key in path:
        table = table[key]
    return float(table)
