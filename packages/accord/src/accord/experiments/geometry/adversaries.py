"""How well each method finds adversarial value functions: on four rooms against each other, on small cases against all.

Source: the comparison extends that of the published gradient recipe (see `geometry/adversarial_rivals.py`) by ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...geometry.adversarial import adversarial, signs, swap_ascent
from ...geometry.adversarial_rivals import enumerated, policy_gradient, signed_policy_iteration
from ...geometry.process import random_process
from ...geometry.rooms import rooms

METHODS = {
    "gradient": "policy gradient (Adam, 1000 steps), rounded",
    "polished": "policy gradient, then swap ascent",
    "signed": "signed policy iteration, a random deterministic start",
    "uniform": "swap ascent from the uniform policy",
    "five": "swap ascent, best of 5 random starts",
    "twenty": "swap ascent, best of 20 random starts",
}
_SAME = 1e-9


def compared(discount: float, count: int, seed: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Every method on the same `count` directions of ±1 in four rooms.

    Returns:
        For each method its name, mean score, mean share of the best that any method found, how often it found that, and
        the processor's seconds for one direction.
    """
    process, rng = rooms().process(discount=discount), np.random.default_rng(seed)
    deltas = signs(rng, count, process.num_states)
    uniform = np.repeat(process.uniform()[None], count, 0)
    gradient: list[np.ndarray] = []

    def by_gradient() -> np.ndarray:
        found = policy_gradient(process, deltas)
        gradient.append(process.pure(found.actions))
        return found.scores

    def by_signs() -> np.ndarray:
        ends = [signed_policy_iteration(process, d, rng.integers(process.num_actions, size=len(d))) for d in deltas]
        return (deltas * process.evaluate(process.pure(np.array(ends)))).sum(1)

    ways: dict[str, Callable[[], np.ndarray]] = {
        "gradient": by_gradient,
        "polished": lambda: swap_ascent(process, deltas, gradient[0]).scores,
        "signed": by_signs,
        "uniform": lambda: swap_ascent(process, deltas, uniform).scores,
        "five": lambda: adversarial(process, deltas, rng, 5).scores,
        "twenty": lambda: adversarial(process, deltas, rng, 20).scores,
    }
    scores, seconds = {}, {}
    for name, way in ways.items():
        say(METHODS[name])
        began = time.process_time()
        scores[name] = way()
        seconds[name] = (time.process_time() - began) / count
    seconds["polished"] += seconds["gradient"]
    best = np.max(list(scores.values()), axis=0)
    return [
        {
            "method": METHODS[name], "score": float(own.mean()), "share": float((own / best).mean()),
            "best": float((own >= best - _SAME * np.abs(best)).mean()), "seconds": seconds[name],
        }
        for name, own in scores.items()
    ]  # fmt: skip


def hits(states: int, actions: int, count: int, seed: int) -> dict[str, int]:
    """How many of `count` random processes each method solves: its score equals the best of all policies."""
    rng = np.random.default_rng(seed)
    found: dict[str, int] = {}
    for _ in range(count):
        process, delta = random_process(rng, states, actions), signs(rng, 1, states)
        ends = [signed_policy_iteration(process, delta[0], rng.integers(actions, size=states)) for _ in range(20)]
        signed = process.evaluate(process.pure(np.array(ends))) @ delta[0]
        scores = {
            "policy gradient": policy_gradient(process, delta).scores[0],
            "signed policy iteration, one start": signed[0],
            "signed policy iteration, best of 20": signed.max(),
            "swap ascent, one random start": adversarial(process, delta, rng, 1).scores[0],
            "swap ascent, best of 5": adversarial(process, delta, rng, 5).scores[0],
            "swap ascent, best of 20": adversarial(process, delta, rng, 20).scores[0],
        }
        best = enumerated(process, delta).scores[0]
        for name, score in scores.items():
            found[name] = found.get(name, 0) + bool(score >= best - _SAME * (1.0 + abs(best)))
    return found


__all__ = ["METHODS", "compared", "hits"]
