"""Features whose worst case over all policies is small: a game between features and policies, by a double oracle.

A pool holds value functions. In turn, features are chosen against the pool (multiplicative weights on its members, and
the leading singular vectors of the weighted pool as the answer), and the value functions that these features fit worst
(`representation.worst_case`) join the pool. The pool also proves something about *every* representation: for weights w
that add up to 1,

    min over d features, max over policies of |V - projection of V|^2  >=  sum of all but the d largest eigenvalues of
                                                                           sum over the pool of w V V^T,

as the maximum is no less than the mean, and the mean's best features are known (Eckart and Young).

Source: the problem is after Bellemare et al. 2019 (arXiv 1901.11530), who relax the maximum to a mean over random
directions; the double oracle with multiplicative weights is ours, and so is the use of its weights as a bound.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from ..core.errors import BadSetting
from .process import Process
from .representation import STARTS, errors, worst_case

ROUNDS = 40
SPEED = 0.3
"""Of the multiplicative weights: one reweighting a round; faster ones chase single members of the pool (measured)."""

_NEW = 8
"""Worst cases of a round that join the pool."""

_FINALISTS = 4
"""Features that are searched once more at the end, with four times the climbs: a lucky search must not choose."""


@dataclasses.dataclass(frozen=True, eq=False)
class Minimax:
    """Features found by the double oracle, and what is known about them."""

    features: np.ndarray
    """Orthonormal, `[states, d]`."""

    worst: float
    """The greatest error among all value functions that were ever found: these features' worst case is no better."""

    bound: float
    """No d features have a worst case below this (root mean square over states)."""

    pool: np.ndarray
    """The value functions, `[pool, states]`."""

    weights: np.ndarray
    """Those that prove the bound, `[pool]`; zero for members that came later."""

    searched: np.ndarray
    """The worst case that was found against each round's features, `[rounds]`."""


def minimax(
    process: Process,
    pool: np.ndarray,
    dimension: int,
    rng: np.random.Generator,
    rounds: int = ROUNDS,
    starts: int = STARTS,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Minimax:
    """Search for the `dimension` features with the smallest worst case over all policies.

    Newcomers of round t get a share 1 / (t + 2) of all weight, as in fictitious play; then each member's weight grows
    with its squared error. The features of all rounds are kept, and those with the smallest greatest error on the final
    pool are searched again.

    Args:
        process: whose policies are to be represented.
        pool: value functions of some of them, to begin with, `[pool, states]`.
        dimension: number of features.
        rng: draws the starts of the searches for worst cases.
        rounds: of the double oracle.
        starts: climbs of each search; over all rounds there should be more than whoever judges the features makes.
        tell: hears how many rounds are done, of how many.

    Raises:
        BadSetting: a number is out of its range.
    """
    if not 1 <= dimension < process.num_states or rounds < 1:
        raise BadSetting(
            f"dimension={dimension} and rounds={rounds}; expected 1 to {process.num_states - 1} features and at least "
            "one round."
        )
    pool, answers, searched = np.array(pool, float), [], []
    weights, bound, proof = np.full(len(pool), 1.0 / len(pool)), -1.0, np.zeros(0)
    for done in range(rounds):
        tell(done, rounds)
        features, least = answer(pool, weights, dimension)
        if least > bound:
            bound, proof = least, weights
        found = worst_case(process, features, rng, starts)
        answers.append(features)
        searched.append(found.error)
        new = found.found[np.argsort(errors(features, found.found))[-_NEW:]]
        share = 1.0 / (done + 2.0)
        pool = np.concatenate([pool, new])
        weights = np.concatenate([weights * (1.0 - share), np.full(len(new), share / len(new))])
        left = errors(features, pool) ** 2
        weights = weights * np.exp(SPEED * left / left.max())
        weights /= weights.sum()
    order = np.argsort([errors(features, pool).max() for features in answers], kind="stable")[:_FINALISTS]
    finals = [worst_case(process, answers[one], rng, 4 * starts) for one in order]
    pool = np.concatenate([pool, *(final.found for final in finals)])
    worst = [errors(answers[one], pool).max() for one in order]
    best = int(np.argmin(worst))
    padded = np.concatenate([proof, np.zeros(len(pool) - len(proof))])
    return Minimax(answers[order[best]], float(worst[best]), bound, pool, padded, np.array(searched))


def answer(pool: np.ndarray, weights: np.ndarray, dimension: int) -> tuple[np.ndarray, float]:
    """The best features `[states, dimension]` for a weighted pool, and their error on it.

    The error (root of the weighted mean square, over states too) bounds the worst case of *any* features from below, if
    the pool's members are values of policies and the weights add up to 1.
    """
    sizes, vectors = np.linalg.eigh((pool.T * weights) @ pool)
    left = max(float(sizes[:-dimension].sum()), 0.0)
    return vectors[:, : -dimension - 1 : -1], float(np.sqrt(left / pool.shape[1]))


__all__ = ["ROUNDS", "SPEED", "Minimax", "answer", "minimax"]
