"""Best responses over all terms: the upper envelope of the values of policies, and what a few of them know."""

from __future__ import annotations

import dataclasses

import numpy as np

from .contracts import Family
from .process import Process

_CLOSE = 1e-9


@dataclasses.dataclass(frozen=True, eq=False)
class Envelope:
    """An agent's best-response value as a function of one term: convex, and linear between breakpoints."""

    breakpoints: np.ndarray
    """Where the optimal policy changes, `[pieces - 1]`."""

    actions: np.ndarray
    """The optimal policy of each piece, `[pieces, states]`."""

    own: np.ndarray
    moved: np.ndarray
    """Value of each piece's policy: `own + theta * moved`, `[pieces, states]`."""

    def at(self, theta: np.ndarray) -> np.ndarray:
        """Best-response values under terms `[...]`: `[..., states]`."""
        piece = np.searchsorted(self.breakpoints, theta)
        return self.own[piece] + np.asarray(theta, float)[..., None] * self.moved[piece]


@dataclasses.dataclass(frozen=True, eq=False)
class Faced:
    """What an agent faces against a fixed opponent in a family of one term: a process, and what the term adds to it."""

    process: Process
    feature: np.ndarray
    """Reward per unit of the term, `[states, actions]`."""

    def under(self, theta: float) -> Process:
        """The process under some terms."""
        return self.process.rewarded(self.process.rewards + theta * self.feature)

    def line(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Value of a deterministic policy: `own + theta * moved`, each `[states]`."""
        policy = self.process.pure(actions)
        return self.process.evaluate(policy), self.process.rewarded(self.feature).evaluate(policy)


def faced(family: Family, agent: int, other: np.ndarray) -> Faced:
    """What an agent faces while the other one plays a stationary policy `[states, actions]`."""
    plain = family.pair.against(agent, other)
    paid = family.under(np.ones(1)).against(agent, other)
    return Faced(plain, paid.rewards - plain.rewards)


def envelope(problem: Faced, low: float = -2.0, high: float = 2.0) -> Envelope:
    """All optimal policies between two terms, exactly, by as many solutions as there are twice pieces.

    Two known lines cross somewhere: either the crossing is a breakpoint, or a better policy is optimal there. An
    optimal policy is optimal in every state at once, so the mean over states shows every breakpoint.

    Source: the search of Eisner and Severance 1976 for the envelope of a parametric program.
    """

    def best(theta: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        actions = problem.under(theta).optimal()[1]
        return actions, *problem.line(actions)

    def between(left: tuple, right: tuple) -> list[tuple[float, tuple]]:
        """Breakpoints from one known piece to another, each with the piece that follows it."""
        bend = right[2].mean() - left[2].mean()
        if bend <= _CLOSE:
            return []
        theta = (left[1].mean() - right[1].mean()) / bend
        found = best(theta)
        if (found[1] + theta * found[2]).mean() <= (left[1] + theta * left[2]).mean() + _CLOSE:
            return [(theta, right)]
        return between(left, found) + between(found, right)

    first = best(low)
    rest = between(first, best(high))
    pieces = [first, *(piece for _, piece in rest)]
    actions, own, moved = (np.stack(part) for part in zip(*pieces, strict=True))
    return Envelope(np.array([theta for theta, _ in rest]), actions, own, moved)


def library_error(problem: Faced, known: np.ndarray, asked: np.ndarray) -> tuple[float, float]:
    """Worst relative error of best-response values from a few known best responses: by reading off, and by improving.

    Reading off takes the best of the known policies at each state. Generalised policy improvement acts greedily on the
    largest of their action values, and is evaluated.

    Args:
        problem: what the agent faces.
        known: terms whose best responses are in the library, `[policies]`.
        asked: terms to value, `[asked]`.

    Source: Barreto et al. 2017 (arXiv 1606.05312), generalised policy improvement.
    """
    lines = [problem.line(problem.under(theta).optimal()[1]) for theta in known]
    worst = np.zeros(2)
    for theta in asked:
        process = problem.under(theta)
        exact = process.optimal()[0]
        values = np.stack([own + theta * moved for own, moved in lines])
        improved = process.evaluate(process.pure(process.action_values(values).max(0).argmax(-1)))
        for number, guess in enumerate((values.max(0), improved)):
            worst[number] = max(worst[number], np.abs(guess - exact).max() / np.abs(exact).max())
    return float(worst[0]), float(worst[1])
