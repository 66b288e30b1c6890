"""Linear representations of value functions: features from sets of targets, their errors, and what they are good for.

Features are an orthonormal basis `[states, d]`; a value function is fitted by its orthogonal projection. The best basis
for a *set* of targets in the mean square is that of their leading singular vectors (Eckart and Young). Which set to
take is the question: `targets.py` has the candidates, and `worst_case` asks it of all policies at once.

Source: the problem min over features, max over policies of |V - projection of V| is after Bellemare et al. 2019
(arXiv 1901.11530). That a worst case is the adversarial value function of its own error is derived in `worst_case`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ..core.errors import BadSetting
from .adversarial import drawn_starts
from .process import Process
from .swaps import Ascents, Climbs, ascend

STARTS = 24
"""Climbs of a search for the worst case."""

ROUNDS = 30
"""Improvements of a greedy controller."""


def basis(targets: np.ndarray, dimension: int) -> np.ndarray:
    """The leading left singular vectors of some targets, `[states, at most dimension]`.

    Fewer features come back where the targets span fewer dimensions: they are fitted without an error then.

    Args:
        targets: `[targets, states]`, not centred: a constant is as much to be represented as anything.
        dimension: number of features that is wanted.

    Raises:
        BadSetting: the dimension is not in 1 .. states, or all targets are zero.
    """
    targets = np.asarray(targets, float)
    if not 1 <= dimension <= targets.shape[1]:
        raise BadSetting(f"dimension={dimension}, expected 1 to {targets.shape[1]}, the number of states.")
    _, sizes, vectors = np.linalg.svd(targets, full_matrices=False)
    rank = int((sizes > sizes[0] * max(targets.shape) * np.finfo(float).eps).sum())
    if not rank:
        raise BadSetting("All targets are zero: they span nothing. Give value functions of a process with rewards.")
    return vectors[: min(dimension, rank)].T


def projected(features: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The nearest representable values, `[..., states]`, to values `[..., states]`."""
    return values @ features @ features.T


def errors(features: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Root mean square over states of what can't be represented, `[...]`, of values `[..., states]`."""
    return np.sqrt(((values - projected(features, values)) ** 2).mean(-1))


# ------------------------------------------------------------------------------------------------------- the worst case


@dataclasses.dataclass(frozen=True, eq=False)
class Residual:
    """The score |V - projection of V|^2: convex in V, so a climb by switches is exact for it too."""

    features: np.ndarray

    def value(self, climb: Climbs) -> np.ndarray:
        """Squared length of the residual."""
        return (self._left(climb) ** 2).sum(1)

    def gains(self, climb: Climbs, steps: np.ndarray) -> np.ndarray:
        """2 step e . C[:, s] + step^2 |C[:, s] - its projection|^2, e the residual."""
        visits = (self._left(climb)[:, None, :] @ climb.visits)[:, 0]
        seen = self.features.T @ climb.visits
        width = np.einsum("cts,cts->cs", climb.visits, climb.visits) - np.einsum("cfs,cfs->cs", seen, seen)
        return steps * (2.0 * visits[..., None] + steps * np.maximum(width, 0.0)[..., None])

    def _left(self, climb: Climbs) -> np.ndarray:
        return climb.values - projected(self.features, climb.values)


@dataclasses.dataclass(frozen=True, eq=False)
class WorstCase:
    """The policy found whose values a representation fits worst: a lower bound on the worst of all policies."""

    actions: np.ndarray
    """`[states]`."""

    values: np.ndarray
    """`[states]`."""

    delta: np.ndarray
    """V - projection of V, `[states]`: orthogonal to all features, and V is its adversarial value function."""

    error: float
    """Root mean square over states."""

    gain: float
    """What the best switch of one state would still add to |delta|^2; not more than rounding."""

    found: np.ndarray
    """The values at which all climbs ended, `[climbs, states]`."""


def worst_case(
    process: Process,
    features: np.ndarray,
    rng: np.random.Generator,
    starts: int = STARTS,
    known: np.ndarray | None = None,
) -> WorstCase:
    """Search all policies for the values that the features fit worst.

    The natural oracle sets delta to the residual e of V and V to the adversarial value function of delta, and repeats:
    if delta . V' >= delta . V = |delta|^2, then |e'| >= |e| by Cauchy and Schwarz. Here delta follows V at *every*
    switch, and a switch is judged by |e|^2 itself, of which delta . V is the linear part: what no switch improves in
    |e|^2, none improves in delta . V. So the end is an adversarial value function of its own residual, up to one
    switch.

    Args:
        process: whose policies are searched.
        features: orthonormal, `[states, d]`.
        rng: draws the starts.
        starts: number of climbs from them.
        known: actions `[policies, states]` of deterministic policies from which to climb as well.

    Raises:
        BadSetting: the features do not fit the process.
    """
    if features.ndim != 2 or len(features) != process.num_states:
        raise BadSetting(f"The features have shape {features.shape}, expected ({process.num_states}, dimension).")
    policies = drawn_starts(process, rng, starts)
    if known is not None:
        policies = np.concatenate([policies, process.pure(known)])
    ends: Ascents = ascend(process, policies, Residual(features))
    best = int(ends.scores.argmax())
    values = ends.values[best]
    delta = values - projected(features, values)
    error = float(np.sqrt((delta**2).mean()))
    return WorstCase(ends.actions[best], values, delta, error, float(ends.gains[best]), ends.values)


# ------------------------------------------------------------------------------------------------------ what it is for


def control(process: Process, features: np.ndarray, goals: np.ndarray, rounds: int = ROUNDS) -> np.ndarray:
    """Share of the optimal return that greedy controllers with these features reach, `[rounds, goals]`.

    Approximate policy iteration from the uniform policy: evaluate, project on the features, be greedy by one step of
    the model with respect to the projection. Returns are from a uniformly drawn state. The rounds need not settle; a
    person who can measure returns may keep the best policy that was met, one who can't has the last.

    Args:
        process: the world; its own reward plays no part.
        features: orthonormal, `[states, d]`.
        goals: rewards `[goals, states, actions]`.
        rounds: improvements.
    """
    after = process.transitions.reshape(-1, process.num_states).T
    values, returns = worth(process, goals, np.broadcast_to(process.uniform(), goals.shape)), []
    for _ in range(rounds):
        q = goals + process.discount * (projected(features, values) @ after).reshape(goals.shape)
        values = worth(process, goals, process.pure(q.argmax(2)))
        returns.append(values.mean(1))
    best = np.stack([process.rewarded(goal).optimal()[0] for goal in goals])
    return np.stack(returns) / best.mean(1)


def worth(process: Process, rewards: np.ndarray, policies: np.ndarray) -> np.ndarray:
    """Values `[n, states]` of policies `[n, states, actions]`, each under its own reward `[n, states, actions]`."""
    moves = process.under(policies)[1]
    earned = (policies * rewards).sum(-1)
    return np.linalg.solve(np.eye(process.num_states) - process.discount * moves, earned[..., None])[..., 0]


__all__ = [
    "ROUNDS", "STARTS", "Residual", "WorstCase", "basis", "control", "errors", "projected", "worst_case", "worth",
]  # fmt: skip
