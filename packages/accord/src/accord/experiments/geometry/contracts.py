"""Contracts as geometry, measured on random games: what is exact, against brute force, and how rich is enough.

Everything here is exact and takes seconds, so nothing is kept on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...geometry.contracts import Family, ThetaMap, theta_map
from ...geometry.implement import implement, indicators
from ...geometry.pair import random_pair
from ...geometry.responses import envelope, faced, library_error
from ..statistics import interval

Tell = Callable[[str, int, int], None]

BATCHES = 5
"""Draws of all games of a row, from which its interval comes."""

SIZES = (5, 12, 30)
TERMS = (1, 4, 16, 64, None)
"""None: a term for every state and joint action."""

BOUNDS = (-3.0, 3.0)


def random_family(rng: np.random.Generator, states: int, terms: int | None, actions: int = 3) -> Family:
    """A random game with normal features, or with an indicator for every state and joint action."""
    pair = random_pair(rng, states, actions)
    family = Family(pair, rng.normal(size=(terms or 1, states, actions, actions)))
    return indicators(family) if terms is None else family


def checks(cases: int = 1000, seed: int = 0) -> dict[str, float]:
    """Affinity at fixed joint policies, and intervals against best responses, on random games of two to five states.

    Returns:
        affinity: the largest gap between values of the game under a contract and the stored vectors.
        agreed: share of random pairs of joint policy and terms on which interval and best responses agree.
        equilibria: how many of those pairs were equilibria; half of the pairs are drawn from intervals.
    """
    rng, gap, agreed, equilibria = np.random.default_rng(seed), 0.0, 0, 0
    for case in range(cases):
        family = random_family(rng, int(rng.integers(2, 6)), 1)
        pair, theta = family.pair, rng.uniform(*BOUNDS, 1)
        policy = tuple(rng.dirichlet(np.ones(count), pair.num_states) for count in pair.counts)
        gap = max(gap, np.abs(family.stored(*policy).at(theta) - family.under(theta).evaluate(*policy)).max())
        joint = rng.integers(0, 3, (pair.num_states, 2))
        if case % 2 and pair.num_states == 2 and len((found := theta_map(family, *BOUNDS)).low):
            pick = rng.integers(len(found.low))
            joint, theta = found.joint[pick], rng.uniform(found.low[pick] - 0.5, found.high[pick] + 0.5, 1)
        inside = bool(family.region(joint).holds(theta))
        agreed += inside == (family.under(theta).regret(*pair.pure(joint)) <= 1e-8)
        equilibria += inside
    return {"cases": cases, "affinity": float(gap), "agreed": agreed / cases, "equilibria": equilibria}


def maps(games: int = 20, seed: int = 0, tell: Tell = lambda *_: None) -> dict[str, Any]:
    """The exact map of all joint policies of games of two states, against best responses played out on a grid.

    Welfare is that of the games with a pure equilibrium without a contract: of their best equilibrium without one, and
    with the best of one feature; None if no game has one.
    """
    rng, rows = np.random.default_rng(seed), []
    for number in range(games * BATCHES):
        if number % games == 0:
            tell("maps of games with two states", number // games, BATCHES)
        family = random_family(rng, 2, 1)
        begun = time.perf_counter()
        found = theta_map(family, *BOUNDS)
        took = time.perf_counter() - begun
        here, anywhere = found.at(0.0), found.welfare
        rows.append(
            (took, bool(len(here)), found.welfare[here].max() if len(here) else np.nan,
             anywhere.max() if len(anywhere) else np.nan, found.planner)
        )  # fmt: skip
    table = np.array(rows, float).reshape(BATCHES, games, -1)
    batches = [pure for batch in table if len(pure := batch[batch[:, 1] > 0])]
    begun = time.perf_counter()
    settled = _played_out(random_family(np.random.default_rng(seed), 2, 1), np.linspace(*BOUNDS, 61))
    return {
        "games": games,
        "joint_policies": 81,
        "seconds": float(np.median(table[..., 0])),
        "grid_seconds": time.perf_counter() - begun,
        "grid_settled": settled,
        "with_equilibrium": interval(table[..., 1].sum(1)),
        "welfare": {
            name: interval([pure[:, column].mean() for pure in batches]) if batches else None
            for column, name in ((2, "no contract"), (3, "one feature"), (4, "planner"))
        },
    }


def _played_out(family: Family, grid: np.ndarray, most: int = 50) -> float:
    """The share of terms at which best responses in turn, begun at the first actions, come to rest."""
    rested = 0
    for theta in grid:
        pair = family.under(np.array([theta]))
        joint = np.zeros((pair.num_states, 2), int)
        for _ in range(most):
            before = joint.copy()
            joint[:, 0] = pair.against(0, pair.pure(joint)[1]).optimal()[1]
            joint[:, 1] = pair.against(1, pair.pure(joint)[0]).optimal()[1]
            if (joint == before).all():
                rested += 1
                break
    return rested / len(grid)


def feasibility(games: int = 20, seed: int = 0, tell: Tell = lambda *_: None) -> list[dict[str, Any]]:
    """How often some contract implements the planner's joint policy, by states and number of random features.

    Sizes are the largest |theta| of the contract in which it is smallest, means over the games that have one.
    """
    cells = [(states, terms) for states in SIZES for terms in TERMS]
    rows = []
    for done, (states, terms) in enumerate(cells):
        tell(f"contracts for {states} states, {terms or 9 * states} features", done, len(cells))
        rng = np.random.default_rng([seed, states, terms or 0])
        counts, sizes, seconds, regret = [], [], [], 0.0
        for _ in range(BATCHES):
            found = []
            for _ in range(games):
                family = random_family(rng, states, terms)
                begun = time.perf_counter()
                found.append(implement(family, family.pair.planner()[1], objective="largest"))
                seconds.append(time.perf_counter() - begun)
            done_ones = [one for one in found if one.feasible]
            counts.append(len(done_ones))
            sizes += [np.abs(one.theta).max() for one in done_ones]
            regret = max([regret, *(one.regret for one in done_ones)])
        rows.append(
            {
                "states": states, "terms": terms or 9 * states, "full": terms is None, "games": games,
                "feasible": interval(counts), "size": float(np.mean(sizes)) if sizes else None,
                "regret": regret, "seconds": float(np.mean(seconds)),
            }
        )  # fmt: skip
    return rows


def responses(games: int = 20, seed: int = 0, tell: Tell = lambda *_: None) -> dict[str, Any]:
    """Optimal policies of one agent of a game of 12 states over all terms, and what small libraries of them know."""
    rng, pieces, errors, sizes = np.random.default_rng(seed), [], [], (1, 3, 5, 9)
    asked = np.linspace(-2.0, 2.0, 101)
    for number in range(games):
        tell("best responses over all terms", number, games)
        family = random_family(rng, 12, 1)
        problem = faced(family, 0, rng.dirichlet(np.ones(3), 12))
        pieces.append(len(envelope(problem).actions))
        known = [np.zeros(1) if size == 1 else np.linspace(-2.0, 2.0, size) for size in sizes]
        errors.append([library_error(problem, one, asked) for one in known])
    table = np.asarray(errors)
    return {
        "pieces": interval(pieces), "most_pieces": max(pieces),
        "library": [
            {"size": size, "read": interval(table[:, column, 0]), "improved": interval(table[:, column, 1])}
            for column, size in enumerate(sizes)
        ],
    }  # fmt: skip


def example(seed: int = 1) -> tuple[Family, ThetaMap]:
    """A game of two states to draw: the first after `seed` whose best contract helps, and that has several steps."""
    while True:
        family = random_family(np.random.default_rng(seed), 2, 1)
        found = theta_map(family, *BOUNDS)
        here = found.at(0.0)
        if len(found.low) >= 5 and len(here) and found.welfare[0] > found.welfare[here].max() + 0.5:
            return family, found
        seed += 1
