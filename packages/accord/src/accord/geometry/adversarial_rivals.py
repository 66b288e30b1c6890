"""Other ways to an adversarial value function: the published gradient recipe, signed policy iteration, exact search.

None shares code with the swap ascent (`adversarial.py`) beyond the process itself, so agreement is evidence.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg, optimize, sparse
from scipy.sparse import csgraph

from ..core.errors import BadSetting
from .adversarial import directions
from .process import Process

LEARNING_RATE, EPSILON, STEPS = 0.1, 3.125e-4, 1000
"""Adam's, after the public code for adversarial value functions (folder rl_metrics_aaai2021, Apache-2.0)."""

MOST_POLICIES = 2_000_000
_CHUNK = 4096
_CLOSE = 1e-10
_FACTOR, _SOLVE = linalg.get_lapack_funcs(("gbtrf", "gbtrs"), dtype=np.float64)


@dataclasses.dataclass(frozen=True, eq=False)
class Reached:
    """What a rival found for each direction."""

    actions: np.ndarray
    """`[directions, states]`."""

    values: np.ndarray
    """`[directions, states]`."""

    scores: np.ndarray
    """delta . V, `[directions]`."""


def reached(process: Process, deltas: np.ndarray, actions: np.ndarray) -> Reached:
    """Deterministic policies with their values and scores."""
    values = process.evaluate(process.pure(actions))
    return Reached(actions, values, (deltas * values).sum(1))


# ------------------------------------------------------------------------------------------------------ policy gradient


class Resolvents:
    """Solves (I - gamma P_pi) x = b, and its transpose, for many policies in one banded factorisation.

    States are ordered so that those that follow each other are near (reverse Cuthill and McKee); the policies' systems
    stand below each other in one band matrix. On a grid the band is a dozen wide, on a dense process it is full.
    """

    def __init__(self, process: Process) -> None:
        states, actions, after = np.nonzero(process.transitions)
        linked = sparse.csr_array((np.ones(len(states)), (states, after)), (process.num_states,) * 2)
        self.order = csgraph.reverse_cuthill_mckee(linked, symmetric_mode=False)
        place = self.order.argsort()
        row, column = place[states], place[after]
        self.width = int(np.abs(row - column).max())
        self.process, self.height = process, 3 * self.width + 1
        offsets = np.concatenate([2 * self.width + row - column, np.full(process.num_states, 2 * self.width)])
        columns = np.concatenate([column, np.arange(process.num_states)])
        places, entry = np.unique(columns * self.height + offsets, return_inverse=True)
        self._places = places
        weights = -process.discount * process.transitions[states, actions, after]
        shape = (len(places), process.num_states * process.num_actions)
        taken = states * process.num_actions + actions
        self._spread = sparse.csr_array((weights, (entry[: len(states)], taken)), shape)
        self._one = np.bincount(entry[len(states) :], minlength=len(places)).astype(float)

    def solve(self, policies: np.ndarray, right: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """C b for `right`, and C^T b for `left`; all `[policies, states]`."""
        count, states = len(policies), self.process.num_states
        band = np.zeros((count, states * self.height))
        band[:, self._places] = (self._spread @ policies.reshape(count, -1).T).T + self._one
        band = band.reshape(count * states, self.height).T
        factors, pivots, failed = _FACTOR(band, self.width, self.width, overwrite_ab=1)
        assert not failed, "I - gamma P is never singular"
        solved = []
        for vectors, transposed in ((right, 0), (left, 1)):
            ordered = np.ascontiguousarray(vectors[:, self.order]).reshape(-1, 1)
            answer, _ = _SOLVE(factors, self.width, self.width, ordered, pivots, trans=transposed)
            whole = np.empty_like(vectors)
            whole[:, self.order] = answer.reshape(count, states)
            solved.append(whole)
        return solved[0], solved[1]


def policy_gradient(
    process: Process,
    deltas: np.ndarray,
    steps: int = STEPS,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Reached:
    """The published recipe: Adam on one free logit per state and action, exact gradients, then rounded.

    d(delta . V) / d logit(s, a) = d(s) pi(a|s) (q(s, a) - V(s)) with d = C^T delta. We start from the uniform policy
    (the original's start is not known to us) and take each state's likeliest action at the end.

    Args:
        process: whose policies are searched.
        deltas: `[directions, states]`.
        steps: of Adam.
        tell: hears how many steps are done, of how many.

    Source: Bellemare et al. 2019, with the settings of the public code (see `LEARNING_RATE`). Solves are exact, but in
    one banded factorisation for all directions instead of a matrix inverse for each.

    Raises:
        BadSetting: the directions do not fit the process.
    """
    deltas, resolvents = directions(process, deltas), Resolvents(process)
    logits = np.zeros((len(deltas), process.num_states, process.num_actions))
    mean, square = np.zeros_like(logits), np.zeros_like(logits)
    for step in range(1, steps + 1):
        policies = _softmax(logits)
        values, visits = resolvents.solve(policies, (policies * process.rewards).sum(-1), deltas)
        q = process.rewards + process.discount * _expected(process, values)
        gradient = visits[..., None] * policies * (q - values[..., None])
        mean += 0.1 * (gradient - mean)
        square += 0.001 * (gradient**2 - square)
        size = np.sqrt(square / (1.0 - 0.999**step)) + EPSILON
        logits += LEARNING_RATE * mean / (1.0 - 0.9**step) / size
        tell(step, steps)
    return reached(process, deltas, logits.argmax(2))


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    return odds / odds.sum(-1, keepdims=True)


def _expected(process: Process, values: np.ndarray) -> np.ndarray:
    """Expected value after each action, `[policies, states, actions]`."""
    flat = process.transitions.reshape(-1, process.num_states)
    return (values @ flat.T).reshape(len(values), process.num_states, process.num_actions)


# ---------------------------------------------------------------------------------------------- signed policy iteration


def signed_policy_iteration(process: Process, delta: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """Greedy where the signed visits are positive, anti-greedy where negative, all states at once; with back-tracking.

    All switches together may fail, as signs of visits change with the policy. Then the more promising half is tried,
    and so on; a single switch of positive promise always helps.

    Args:
        process: whose policies are searched.
        delta: the direction, `[states]`.
        actions: where to start, `[states]`.

    Returns:
        Actions `[states]` that no single switch improves.
    """
    actions, rows = np.array(actions), np.arange(process.num_states)
    while True:
        visits = process.resolvent(process.pure(actions))
        values = visits @ process.rewards[rows, actions]
        q, signed = process.action_values(values), delta @ visits
        target = np.where(signed > 0, q.argmax(1), q.argmin(1))
        promise = signed * (q[rows, target] - values)
        now = delta @ values
        few = _CLOSE * (1.0 + abs(now))
        order = np.argsort(-promise, kind="stable")
        count = int((promise > few).sum())
        while count:
            tried = actions.copy()
            tried[order[:count]] = target[order[:count]]
            if delta @ process.evaluate(process.pure(tried)) > now + few / process.num_states:
                actions = tried
                break
            count //= 2
        else:
            return actions


# -------------------------------------------------------------------------------------------------------- exact methods


def enumerated(process: Process, deltas: np.ndarray) -> Reached:
    """The best of all deterministic policies, by trying them all.

    Raises:
        BadSetting: there are more than two million, or the directions do not fit.
    """
    deltas = directions(process, deltas)
    number = process.num_actions**process.num_states
    if number > MOST_POLICIES:
        raise BadSetting(
            f"{process.num_actions} actions in {process.num_states} states make {number:,} policies, expected at most "
            f"{MOST_POLICIES:,}. Use adversarial() and its certificate of one-swap optimality."
        )
    best, chosen = np.full(len(deltas), -np.inf), np.zeros((len(deltas), process.num_states), int)
    every = process.every_pure()
    while some := list(itertools.islice(every, _CHUNK)):
        actions = np.array(some)
        scores = deltas @ process.evaluate(process.pure(actions)).T
        top = scores.argmax(1)
        better = scores[np.arange(len(deltas)), top] > best
        best[better] = scores[better, top[better]]
        chosen[better] = actions[top[better]]
    return reached(process, deltas, chosen)


@dataclasses.dataclass(frozen=True, eq=False)
class Proof:
    """What a mixed-integer program found, and how far it can be from the best."""

    actions: np.ndarray | None
    """`[states]`; None where no policy was found in time."""

    score: float
    """delta . V of these actions."""

    bound: float
    """No policy scores more."""

    proven: bool
    """Whether the program closed the gap between both."""


def proven(process: Process, delta: np.ndarray, seconds: float = 60.0) -> Proof:
    """The best deterministic policy by a mixed-integer program, with a bound on every policy.

    Maximise delta . V with one binary per state and action that says whether V(s) = r(s, a) + gamma P(s, a) V holds;
    where it need not, the slack is at most what the least and greatest values of any policy allow.

    Args:
        process: of up to ten or so states; larger ones end with a gap.
        delta: the direction, `[states]`.
        seconds: the time limit.

    Raises:
        BadSetting: the direction does not fit the process.
    """
    delta = directions(process, np.atleast_2d(delta))[0]
    states, actions = process.num_states, process.num_actions
    high = process.optimal()[0]
    low = -process.rewarded(-process.rewards).optimal()[0]
    moves, flat = process.transitions.reshape(-1, states), process.rewards.reshape(-1)
    own = np.repeat(np.eye(states), actions, 0)
    error = sparse.csr_array(own - process.discount * moves)  # error @ V - r is 0 for the action that is taken
    most = np.maximum(np.repeat(high, actions) - flat - process.discount * moves @ low, 0.0)
    least = np.maximum(flat + process.discount * moves @ high - np.repeat(low, actions), 0.0)
    programs: Any = optimize.LinearConstraint  # typed as if bounds were single numbers
    bounds: Any = optimize.Bounds
    found = optimize.milp(
        -np.concatenate([delta, np.zeros(states * actions)]),
        constraints=[
            programs(sparse.hstack([error, sparse.diags_array(most)]), -np.inf, flat + most),
            programs(sparse.hstack([error, -sparse.diags_array(least)]), flat - least, np.inf),
            programs(sparse.hstack([sparse.csr_array((states, states)), sparse.csr_array(own.T)]), 1.0, 1.0),
        ],
        integrality=np.concatenate([np.zeros(states), np.ones(states * actions)]),
        bounds=bounds(np.concatenate([low, np.zeros(len(flat))]), np.concatenate([high, np.ones(len(flat))])),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    if found.x is None:
        return Proof(None, -np.inf, bound, False)
    taken = found.x[states:].reshape(states, actions).argmax(1)
    score = float(delta @ process.evaluate(process.pure(taken)))
    return Proof(taken, score, bound, bool(found.status == 0))


__all__ = [
    "EPSILON", "LEARNING_RATE", "STEPS", "Proof", "Reached", "Resolvents", "enumerated", "policy_gradient", "proven",
    "reached", "signed_policy_iteration",
]  # fmt: skip
