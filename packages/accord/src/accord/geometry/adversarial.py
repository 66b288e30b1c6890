"""Adversarial value functions: for a direction delta, the values that reach furthest in it over all policies.

max over policies of delta . V is no ordinary control problem: the states that delta counts as good and those that it
counts as bad share one policy. With d = C^T delta (visits, signed) a switch in state s helps where d(s) times its
advantage is positive: be greedy where d > 0 and the opposite where d < 0; but d changes with the policy. Hence the
climb by exact single switches (`swaps.py`), which ends at a deterministic policy certified against all of them.

Source: the functions and their use are after Bellemare et al. 2019, "A geometric perspective on optimal representations
for reinforcement learning" (arXiv 1901.11530). There they are trained by policy gradient (`policy_gradient` in
`adversarial_rivals.py`); the swap ascent is ours. Finding the best of all policies is NP-hard, after the same paper, so
what is certified is that no single switch helps.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ..core.errors import BadSetting
from .process import Process
from .swaps import Ascents, Climbs, ascend

RESTARTS = 5
BLURRED, SHARP = 3.0, 0.3
"""Concentrations of the Dirichlet starts, half each. From blurred policies a far reward is seen everywhere, but climbs
from them end alike; sharp ones end in many places. Of 320 processes of 7 states, 20 climbs solved all, where blurred
starts alone solved 315. That is no guarantee: on another 40 they missed one."""


@dataclasses.dataclass(frozen=True, eq=False)
class Reach:
    """The score delta . V, with a direction `[states]` for each climb."""

    deltas: np.ndarray

    def value(self, climb: Climbs) -> np.ndarray:
        """How far each climb's values reach."""
        return (self.deltas[climb.numbers] * climb.values).sum(1)

    def gains(self, climb: Climbs, steps: np.ndarray) -> np.ndarray:
        """Signed visits times steps."""
        visits = (self.deltas[climb.numbers][:, None, :] @ climb.visits)[:, 0]
        return visits[..., None] * steps


def swap_ascent(
    process: Process, deltas: np.ndarray, starts: np.ndarray, rewards: np.ndarray | None = None
) -> Ascents:
    """Increase delta . V by the best switch of one state, from each start, until no switch helps.

    Args:
        process: whose policies are searched.
        deltas: one direction per start, `[starts, states]`.
        starts: `[starts, states, actions]`.
        rewards: `[starts, states, actions]`, where each climb has its own.

    Raises:
        BadSetting: a shape does not fit the process.
    """
    deltas = directions(process, deltas)
    if len(deltas) != len(starts):
        raise BadSetting(f"{len(deltas)} directions and {len(starts)} starts; give one direction for each start.")
    return ascend(process, starts, Reach(deltas), rewards)


def adversarial(
    process: Process,
    deltas: np.ndarray,
    rng: np.random.Generator,
    restarts: int = RESTARTS,
    rewards: np.ndarray | None = None,
) -> Ascents:
    """The adversarial value function of each direction: the best of several swap ascents from random policies.

    Args:
        process: whose policies are searched.
        deltas: `[directions, states]`.
        rng: draws the starts.
        restarts: climbs per direction.
        rewards: `[directions, states, actions]`, where each direction has its own.

    Raises:
        BadSetting: a shape does not fit the process, or there are no restarts.
    """
    deltas = directions(process, deltas)
    if restarts < 1:
        raise BadSetting(f"restarts={restarts}, expected at least 1.")
    starts = np.concatenate([drawn_starts(process, rng, restarts) for _ in deltas])
    own = None if rewards is None else np.repeat(rewards, restarts, 0)
    tried = swap_ascent(process, np.repeat(deltas, restarts, 0), starts, own)
    best = tried.scores.reshape(-1, restarts).argmax(1) + np.arange(len(deltas)) * restarts
    return tried.only(best)


def drawn_starts(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Policies to climb from, `[count, states, actions]`: half blurred, half sharp."""
    both = np.concatenate([process.drawn(rng, (count + 1) // 2, BLURRED), process.drawn(rng, count // 2, SHARP)])
    return both


def directions(process: Process, deltas: np.ndarray) -> np.ndarray:
    """Directions as an array `[directions, states]`.

    Raises:
        BadSetting: they do not fit the process.
    """
    deltas = np.asarray(deltas, float)
    if deltas.ndim != 2 or deltas.shape[1] != process.num_states or not len(deltas):
        raise BadSetting(f"The directions have shape {deltas.shape}, expected (directions, {process.num_states}).")
    return deltas


def signs(rng: np.random.Generator, count: int, states: int) -> np.ndarray:
    """Directions of +1 and -1, `[count, states]`."""
    return rng.choice([-1.0, 1.0], (count, states))


def sparse(rng: np.random.Generator, count: int, states: int, share: float = 0.1) -> np.ndarray:
    """Directions that are normal in a share of the states (at least one) and zero elsewhere, `[count, states]`."""
    order = rng.random((count, states)).argsort(1).argsort(1)
    return np.where(order < max(1, round(share * states)), rng.normal(size=(count, states)), 0.0)


__all__ = [
    "BLURRED", "RESTARTS", "SHARP", "Reach", "adversarial", "directions", "drawn_starts", "signs", "sparse",
    "swap_ascent",
]  # fmt: skip
