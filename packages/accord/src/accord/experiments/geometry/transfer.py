"""What of a task serves the next one: policies, a library of them, or features; new goals and new contracts.

Three studies for each seed. *Goals*: in four rooms the goal moves; the old policy, libraries with generalised policy
improvement, and frozen features face it. *Contracts*: a payment theta . f is added to a random process; how many best
responses are needed to know the best response at every theta? *Compression*: can few features hold the values that
agents reach under every contract? Each seed is a file of its own, and a kill loses the seed at work.

Source: the questions are after Bellemare et al. 2019 (arXiv 1901.11530) and Barreto et al. 2017; the worlds are ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csgraph

from ... import __version__
from ...geometry import targets
from ...geometry.pair import Pair, random_pair
from ...geometry.process import Process, random_process
from ...geometry.representation import basis, control, projected, worth
from ...geometry.responses import Faced, envelope
from ...geometry.rooms import Rooms, rooms
from ...geometry.transfer import library, optima
from ..statistics import interval
from ..store import read_json, storage, write_whole

SEEDS = 10
DISCOUNTS = (0.9, 0.99)
FEATURES = 16
TARGETS = 100
NEW_GOALS = 40
DRAWN = 6
"""Features of each kind that are kept to be drawn."""

LIBRARIES = (1, 2, 3, 5, 9, 17, 33)
BINS = ((1, 4), (5, 8), (9, 12), (13, 20))
"""Steps from the old goal to the new one."""

THETAS = np.linspace(-2.0, 2.0, 401)
BEST_RESPONSES = (1, 3, 5, 9)
DIMENSIONS = (4, 8, 16, 27)
ROUNDS = 30
"""Of alternating best responses, which rarely settle."""

KINDS = {
    "successor": "successor representation",
    "goals": "values of other goals",
    "improvement": "improvement paths",
    "adversarial": "adversarial, ±1",
    "sparse": "adversarial, sparse",
    "stochastic": "random stochastic policies",
    "deterministic": "random deterministic policies",
    "noise": "random numbers",
}
"""Frozen features, and what they are made of."""

WORLDS = {
    "unstructured": "60 states, six successors, rewards at random",
    "corridor": "two robots in a corridor, rewards at random",
    "places": "two robots in a corridor, rewards where they stand",
}
"""Games whose values under contracts are compressed."""

Tell = Callable[[str, int, int], None]


def study(folder: Path, seeds: int = SEEDS, *, tell: Tell = lambda *_: None) -> dict[str, Any]:
    """All seeds, those that are not in the folder yet made first, as one record.

    Args:
        folder: where the seeds are kept.
        seeds: how many, from 0 on.
        tell: told what is being done, how much is done, of how much.

    Raises:
        StorageError: the folder can't be written.
    """
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in range(seeds):
        path = folder / f"transfer-{seed}.json"
        one = read_json(path)
        if one is None:
            tell(f"a new reward, seed {seed}", seed, seeds)
            one = run(seed)
            write_whole(path, json.dumps(one, allow_nan=False))
        found.append(one)
    return {**summary(found), "features": _kept_features(folder / "features.json")}


def run(seed: int) -> dict[str, Any]:
    """One seed of everything."""
    goals = {f"{discount:g}": goals_study(np.random.default_rng([seed, 0]), discount) for discount in DISCOUNTS}
    contracts = contract_study(np.random.default_rng([seed, 1]))
    compressed = {
        world: compression(pair, paid, np.random.default_rng([seed, 3]))
        for world, (pair, paid) in games(np.random.default_rng([seed, 2])).items()
    }
    return {"seed": seed, "goals": goals, "contracts": contracts, "compression": compressed}


# ---------------------------------------------------------------------------------------------------------- new goals


def goals_study(rng: np.random.Generator, discount: float) -> dict[str, Any]:
    """Four rooms: an old goal, new ones at every distance, and what each way makes of them."""
    place = rooms()
    order = rng.permutation(place.num_cells)
    old, new, others = order[0], order[1 : 1 + NEW_GOALS], order[1 + NEW_GOALS :]
    world = place.process(int(old), discount)
    rewards, known = (np.array([place.goal(int(cell)) for cell in cells]) for cells in (new, others))
    optimal, _ = optima(world, rewards)
    share = lambda policies: (worth(world, rewards, policies).mean(1) / optimal.mean(1)).tolist()
    missed = lambda told: (np.linalg.norm(told - optimal, axis=1) / np.linalg.norm(optimal, axis=1)).tolist()

    stale = library(world, world.pure(world.optimal()[1])[None])
    anywhere = library(world, world.uniform()[None])
    unchanged = np.repeat(stale.policies, len(new), 0)
    ways = {
        "policy": {"share": share(unchanged), "error": missed(stale.values(rewards)[:, 0])},
        "improved": {"share": share(stale.improved(rewards))},
        "uniform": {"share": share(anywhere.improved(rewards)), "error": missed(anywhere.values(rewards)[:, 0])},
    }
    for kind, columns in features(world, known, rng).items():
        returns = control(world, columns, rewards)
        ways[kind] = {
            "share": returns.max(0).tolist(),
            "last": returns[-1].tolist(),
            "error": missed(projected(columns, optimal)),
        }
    return {
        "distance": steps_between(place)[old, new].tolist(),
        "ways": ways,
        "libraries": libraries(world, known, rewards, optimal, rng),
    }


def features(world: Process, known: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Frozen features of each kind, `[states, FEATURES]`; `known` are rewards of goals that may be trained on."""
    makers = {
        "improvement": targets.improvement_paths,
        "adversarial": targets.adversarial_signs,
        "sparse": targets.adversarial_sparse,
        "stochastic": targets.random_stochastic,
        "deterministic": targets.random_deterministic,
    }
    sets = {kind: make(world, rng, TARGETS) for kind, make in makers.items()}
    sets["successor"] = targets.successor(world)
    sets["goals"] = targets.goal_values(world, known)
    sets["noise"] = rng.normal(size=(FEATURES, world.num_states))
    return {kind: basis(sets[kind], FEATURES) for kind in KINDS}


def _kept_features(path: Path) -> dict[str, list[list[float]]]:
    """The first features of each kind, of the first seed at the first discount, to be drawn."""
    found = read_json(path)
    if found is None:
        rng, place = np.random.default_rng([0, 0]), rooms()
        order = rng.permutation(place.num_cells)
        known = np.array([place.goal(int(cell)) for cell in order[1 + NEW_GOALS :]])
        spans = features(place.process(int(order[0]), DISCOUNTS[0]), known, rng)
        upright = lambda span: span.T * np.where(span.sum(0) < 0, -1.0, 1.0)[:, None]
        found = {kind: np.round(upright(span)[:DRAWN], 4).tolist() for kind, span in spans.items()}
        write_whole(path, json.dumps(found))
    return found


def libraries(
    world: Process, known: np.ndarray, rewards: np.ndarray, optimal: np.ndarray, rng: np.random.Generator
) -> dict[str, list[dict[str, float]]]:
    """Share of the optimal return on new goals that libraries of each size reach, by member and by improvement."""
    most = max(LIBRARIES)
    members = {
        "goals": world.pure(optima(world, known[:most])[1]),
        "deterministic": world.pure(rng.integers(world.num_actions, size=(most, world.num_states))),
        "stochastic": world.drawn(rng, most),
    }
    found = {}
    for kind, policies in members.items():
        whole = library(world, policies)
        found[kind] = []
        for size in LIBRARIES:
            some = whole.first(size)
            best = some.values(rewards).mean(2).max(1) / optimal.mean(1)
            improved = worth(world, rewards, some.improved(rewards)).mean(1) / optimal.mean(1)
            found[kind].append({"size": size, "member": float(best.mean()), "improved": float(improved.mean())})
    return found


def steps_between(place: Rooms) -> np.ndarray:
    """Steps of the shortest walk between any two cells, `[cells, cells]`."""
    joined = np.zeros((place.num_cells, place.num_cells))
    joined[np.arange(place.num_cells)[:, None], place.after] = 1.0
    return csgraph.shortest_path(joined, unweighted=True).astype(int)


# ------------------------------------------------------------------------------------------------------ new contracts


def contract_study(rng: np.random.Generator) -> dict[str, Any]:
    """A contract of one term on a random process of 12 states and 3 actions: how few best responses tell all others."""
    process = random_process(rng, 12, 3)
    problem = Faced(process, rng.normal(size=process.rewards.shape))
    exact = envelope(problem, THETAS[0], THETAS[-1])
    paid = lambda thetas: process.rewards + np.asarray(thetas)[:, None, None] * problem.feature
    rewards, truth, rows = paid(THETAS), exact.at(THETAS), []
    for size in BEST_RESPONSES:
        grid = np.linspace(THETAS[0], THETAS[-1], size) if size > 1 else np.zeros(1)
        some = library(process, process.pure(optima(process, paid(grid))[1]))
        told = {"member": some.values(rewards).max(1), "improved": worth(process, rewards, some.improved(rewards))}
        rows.append({"size": size, **{way: _worst(truth, values) for way, values in told.items()}})
    return {"libraries": rows, "policies": len(exact.actions)}


def _worst(truth: np.ndarray, told: np.ndarray) -> dict[str, float]:
    """The worst error over all theta and states: of the largest value at any theta, and of that at the same theta."""
    missed, size = np.abs(told - truth).max(1), np.abs(truth).max(1)
    return {"of_largest": float(missed.max() / size.max()), "of_own": float((missed / size).max())}


def games(rng: np.random.Generator) -> dict[str, tuple[Pair, np.ndarray]]:
    """A game of each world, and what the first agent is paid per unit of theta, `[states, actions, actions]`."""
    plain = random_pair(rng, 60, 3, branching=6)
    cells, steps = 8, np.array([-1, 0, 1])
    step = np.clip(np.arange(cells)[:, None] + steps, 0, cells - 1)
    after = step[:, None, :, None] * cells + step[None, :, None, :]
    moves = np.eye(cells**2)[after.reshape(cells**2, 3, 3)]
    noise = rng.normal(size=(3, *moves.shape[:3]))
    first, second = (np.arange(cells**2) // cells, np.arange(cells**2) % cells)
    own = rng.normal(size=(3, cells))  # what a place is worth to either robot, and what is paid for the first's place
    crowd = 1.0 * (first == second)
    where = np.stack([own[0, first] - crowd, own[1, second] - crowd, own[2, first]])
    local = np.broadcast_to(where[:, :, None, None], noise.shape)
    return {
        "unstructured": (plain, rng.normal(size=plain.rewards.shape[1:])),
        "corridor": (Pair(noise[:2], moves, 0.9), noise[2]),
        "places": (Pair(local[:2], moves, 0.9), local[2]),
    }


def compression(pair: Pair, paid: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """How well few features hold the first agent's value under contracts that were not seen.

    At each theta play is what alternating best responses reach, settled or not; V(theta) = V0 + theta W is exact there.
    The library is V0, the other's value and W at nine thetas; its rivals are the same at random joint policies, and the
    successor representation of uniform play.
    """
    streams = np.stack([*pair.rewards, paid])
    worth_of = lambda joint: pair.worth(streams, *pair.pure(joint))
    grid = [replied(pair, paid, theta) for theta in np.linspace(THETAS[0], THETAS[-1], 9)]
    thetas = rng.uniform(THETAS[0], THETAS[-1], 20)
    unseen = np.stack([worth_of(replied(pair, paid, theta)[0]) for theta in thetas])
    random = [rng.integers(pair.counts, size=(pair.num_states, 2)) for _ in grid]
    uniform = np.eye(pair.num_states) - pair.discount * pair.transitions.mean((1, 2))
    sets = {
        "library": np.concatenate([worth_of(joint) for joint, _ in grid]),
        "random": np.concatenate([worth_of(joint) for joint in random]),
        "successor": np.linalg.inv(uniform).T,
    }
    own, flow = unseen[:, 0], thetas[:, None] * unseen[:, 2]
    truth, rows = own + flow, {}
    for kind, values in sets.items():
        spans = [basis(values, dimension) for dimension in DIMENSIONS]
        rows[kind] = [float((_left(span, truth) / np.linalg.norm(truth, axis=1)).mean()) for span in spans]
    span = basis(sets["successor"], DIMENSIONS[0])
    bound = (_left(span, own) + _left(span, flow)).sum() / _left(span, truth).sum()
    return {"errors": rows, "settled": sum(done for _, done in grid), "bound": float(bound)}


def replied(pair: Pair, paid: np.ndarray, theta: float) -> tuple[np.ndarray, bool]:
    """Joint actions `[states, 2]` after alternating best responses under a contract, and whether they settled."""
    under = Pair(pair.rewards + theta * np.stack([paid, -paid]), pair.transitions, pair.discount)
    joint = np.zeros((pair.num_states, 2), int)
    for _ in range(ROUNDS):
        first = under.against(0, np.eye(pair.counts[1])[joint[:, 1]]).optimal()[1]
        second = under.against(1, np.eye(pair.counts[0])[first]).optimal()[1]
        after = np.stack([first, second], 1)
        if (after == joint).all():
            return joint, True
        joint = after
    return joint, False


def _left(span: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.linalg.norm(values - projected(span, values), axis=-1)


# ------------------------------------------------------------------------------------------------------------- summary


def summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Interquartile means over seeds with their intervals."""
    return {
        "accord": __version__,
        "seeds": len(found),
        "goals": {key: _goals([one["goals"][key] for one in found]) for key in found[0]["goals"]},
        "contracts": _contracts([one["contracts"] for one in found]),
        "compression": {world: _compressed([one["compression"][world] for one in found]) for world in WORLDS},
    }


def _goals(found: list[dict[str, Any]]) -> dict[str, Any]:
    ways: dict[str, Any] = {}
    for way, measures in found[0]["ways"].items():
        ways[way] = {
            measure: {
                "all": interval([np.mean(one["ways"][way][measure]) for one in found]),
                "near": [_between(found, way, measure, *ends) for ends in BINS],
            }
            for measure in measures
        }
    sizes = {
        kind: [
            {
                "size": row["size"],
                **{
                    way: interval([one["libraries"][kind][number][way] for one in found])
                    for way in ("member", "improved")
                },
            }
            for number, row in enumerate(rows)
        ]
        for kind, rows in found[0]["libraries"].items()
    }
    return {"ways": ways, "libraries": sizes}


def _between(found: list[dict[str, Any]], way: str, measure: str, low: int, high: int) -> dict[str, Any] | None:
    """An interval over the seeds that have new goals so many steps away."""
    means = []
    for one in found:
        near = [low <= steps <= high for steps in one["distance"]]
        if any(near):
            means.append(np.mean(np.array(one["ways"][way][measure])[near]))
    return interval(means) if means else None


def _contracts(found: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {
            "size": row["size"],
            **{
                way: {
                    measure: interval([one["libraries"][number][way][measure] for one in found])
                    for measure in ("of_largest", "of_own")
                }
                for way in ("member", "improved")
            },
        }
        for number, row in enumerate(found[0]["libraries"])
    ]
    return {
        "libraries": rows,
        "policies": interval([one["policies"] for one in found]),
    }


def _compressed(found: list[dict[str, Any]]) -> dict[str, Any]:
    errors = {
        kind: [interval([one["errors"][kind][number] for one in found]) for number in range(len(DIMENSIONS))]
        for kind in found[0]["errors"]
    }
    return {
        "errors": errors,
        "settled": float(np.mean([one["settled"] for one in found])),
        "bound": interval([one["bound"] for one in found]),
    }
