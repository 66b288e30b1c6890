"""Contracts as geometry: with a joint policy fixed, everything about a contract is affine in its terms.

The first agent gets `r_1 + theta . f`, the second `r_2 - theta . f`. At a stationary joint policy their values are
affine in theta, so two vectors and one per term evaluate all contracts. So are the gains of deviating: the terms under
which a deterministic joint policy is a Markov-perfect equilibrium are a polyhedron, with one term an interval, and the
welfare of equilibria is piecewise constant. A grid over theta is the wrong tool.

Source: the values of features are successor features, after Barreto et al. 2017 (arXiv 1606.05312); the regions have
the form of the feasible rewards of inverse reinforcement learning, after Ng and Russell 2000.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.errors import BadGame, BadSetting
from .pair import Pair

_CLOSE = 1e-10
"""Gains up to this are none: rounding, in units of the rewards."""


@dataclasses.dataclass(frozen=True, eq=False)
class Stored:
    """What a joint policy earns, and what each term moves: all that it takes to value it under any contract."""

    own: np.ndarray
    """Values without a contract, `[2, states]`."""

    moved: np.ndarray
    """Values of the features: what the first agent gets from the second per unit of each term, `[terms, states]`."""

    def at(self, theta: np.ndarray) -> np.ndarray:
        """Values under contracts `[..., terms]`: `[..., 2, states]`."""
        flow = np.asarray(theta, float) @ self.moved
        return self.own + np.stack([flow, -flow], axis=-2)

    @property
    def welfare(self) -> np.ndarray:
        """What both get together, `[states]`, under every contract the same."""
        return self.own.sum(0)


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
    """Terms under which no deviation gains: `rows @ theta <= limits`."""

    rows: np.ndarray
    """`[conditions, terms]`."""

    limits: np.ndarray

    def holds(self, theta: np.ndarray, margin: float = 0.0) -> Any:
        """Whether terms `[..., terms]` are inside, every deviation losing `margin` at least."""
        return np.all(np.asarray(theta, float) @ self.rows.T <= self.limits - margin + _CLOSE, axis=-1)


@dataclasses.dataclass(frozen=True, eq=False)
class Family:
    """A game and a class of contracts on it. Each contract is a game again: a family of rewards in one world.

    Raises:
        BadGame: features that don't fit the game or are not finite.
    """

    pair: Pair
    features: np.ndarray
    """What the first agent gets from the second per unit of each term, `[terms, states, actions, actions]`."""

    def __post_init__(self) -> None:
        features = np.asarray(self.features, float)
        object.__setattr__(self, "features", features)
        shape = self.pair.rewards.shape[1:]
        if features.ndim != 4 or features.shape[1:] != shape:
            raise BadGame(f"Features have shape {features.shape}; expected a number of terms and then {shape}.")
        if not np.isfinite(features).all():
            raise BadGame("A feature is not finite. Give numbers.")

    @property
    def num_terms(self) -> int:
        """Number of terms."""
        return len(self.features)

    def under(self, theta: np.ndarray) -> Pair:
        """The game under one contract."""
        flow = np.tensordot(np.asarray(theta, float), self.features, 1)
        return dataclasses.replace(self.pair, rewards=self.pair.rewards + np.stack([flow, -flow]))

    def stored(self, first: np.ndarray, second: np.ndarray) -> Stored:
        """A joint policy's two vectors and one per term, by one factorisation."""
        values = self.pair.worth(np.concatenate([self.pair.rewards, self.features]), first, second)
        return Stored(values[:2], values[2:])

    def gains(self, joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What each agent gains by deviating once, affine in the terms.

        Args:
            joint: deterministic joint policies as actions `[..., states, 2]`.

        Returns:
            For either agent `[..., states, actions, 1 + terms]`: the gain is the first entry plus theta times the rest.
            It is 0 for the policy's own action.
        """
        joint = np.asarray(joint)
        states, mine, theirs = np.arange(self.pair.num_states), joint[..., 0], joint[..., 1]
        streams = np.moveaxis(np.concatenate([self.pair.rewards, self.features]), 0, -1)
        moves = self.pair.transitions
        system = np.eye(len(states)) - self.pair.discount * moves[states, mine, theirs]
        values = np.linalg.solve(system, streams[states, mine, theirs])  # [..., states, 2 + terms]
        found = []
        for agent in (0, 1):
            there = (states, slice(None), theirs) if agent == 0 else (states, mine)
            columns = [agent, *range(2, 2 + self.num_terms)]
            worth = streams[there] + self.pair.discount * np.einsum("...sbt,...tk->...sbk", moves[there], values)
            gain = (worth - values[..., None, :])[..., columns]
            gain[..., 1:] *= 1 if agent == 0 else -1
            found.append(gain)
        return found[0], found[1]

    def region(self, joint: np.ndarray) -> Region:
        """The polyhedron of terms under which a deterministic joint policy `[states, 2]` is an equilibrium."""
        joint, rows = np.asarray(joint), []
        for agent, gain in enumerate(self.gains(joint)):
            other = np.ones(gain.shape[:2], bool)
            other[np.arange(len(joint)), joint[:, agent]] = False
            rows.append(gain[other])
        table = np.concatenate(rows)
        return Region(table[:, 1:], -table[:, 0])


@dataclasses.dataclass(frozen=True, eq=False)
class ThetaMap:
    """Every deterministic joint policy that some terms make an equilibrium, where, and what it is worth."""

    joint: np.ndarray
    """Joint actions, `[equilibria, states, 2]`, the highest welfare first."""

    low: np.ndarray
    high: np.ndarray
    """Ends of the interval of each, within the bounds, `[equilibria]`; both belong to it."""

    welfare: np.ndarray
    """Of each from the start; transfers leave it alone."""

    bounds: tuple[float, float]
    planner: float
    """The most that any joint policy reaches."""

    def at(self, theta: float) -> np.ndarray:
        """Indices of the equilibria under some terms, the best first."""
        return np.flatnonzero((self.low - _CLOSE <= theta) & (theta <= self.high + _CLOSE))

    @property
    def breakpoints(self) -> np.ndarray:
        """Where the set of equilibria changes."""
        ends = np.unique(np.concatenate([self.low, self.high]))
        ends = ends[(ends > self.bounds[0]) & (ends < self.bounds[1])]
        return ends[np.diff(ends, prepend=-np.inf) > _CLOSE]  # equilibria that tie share an end, up to rounding

    def steps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Edges `[pieces + 1]`, and the best and the worst welfare of an equilibrium between them, `[pieces]`.

        Not a number where there is none. Knife edges, terms that suit an equilibrium at a single point, have no piece.
        """
        edges = np.concatenate([[self.bounds[0]], self.breakpoints, [self.bounds[1]]])
        middles = 0.5 * (edges[:-1] + edges[1:])
        here = [self.welfare[self.at(middle)] for middle in middles]
        best = np.array([part.max() if len(part) else np.nan for part in here])
        worst = np.array([part.min() if len(part) else np.nan for part in here])
        return edges, best, worst


def theta_map(
    family: Family, low: float = -3.0, high: float = 3.0, *, start: np.ndarray | None = None, limit: int = 1_000_000
) -> ThetaMap:
    """All pure stationary equilibria of a small game over one term, exactly: one linear system for each joint policy.

    Args:
        family: a game with one term.
        low: the lowest terms of interest.
        high: the highest.
        start: where play begins, `[states]`; uniform unless said.
        limit: most joint policies to look at.

    Raises:
        BadSetting: more terms than one, more joint policies than `limit`, or bounds in the wrong order.
    """
    pair = family.pair
    if family.num_terms != 1:
        raise BadSetting(f"The family has {family.num_terms} terms, a map needs 1. Use `Family.region` for more.")
    if not low < high:
        raise BadSetting(f"low={low}, high={high}, expected low < high.")
    count = (pair.counts[0] * pair.counts[1]) ** pair.num_states
    if count > limit:
        raise BadSetting(f"{count} joint policies are more than limit={limit}. Name one and ask for its region.")
    joint = pair.every_pure()
    bottom, top = intervals(family, joint, low, high)
    kept = bottom <= top + _CLOSE
    states, mine, theirs = np.arange(pair.num_states), joint[kept][..., 0], joint[kept][..., 1]
    system = np.eye(pair.num_states) - pair.discount * pair.transitions[states, mine, theirs]
    values = np.linalg.solve(system, pair.rewards.sum(0)[states, mine, theirs][..., None])[..., 0]
    begin = np.full(pair.num_states, 1.0 / pair.num_states) if start is None else np.asarray(start, float)
    welfare = values @ begin
    order = np.argsort(-welfare, kind="stable")
    return ThetaMap(
        joint[kept][order], bottom[kept][order], np.maximum(bottom, top)[kept][order], welfare[order], (low, high),
        float(pair.planner()[0] @ begin),
    )


def intervals(family: Family, joint: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the terms that make each of many joint policies an equilibrium; low above high where none do.

    Args:
        family: a game with one term.
        joint: joint actions, `[policies, states, 2]`.
        low: the lowest terms of interest.
        high: the highest.
    """
    lines = np.concatenate([gain.reshape(len(joint), -1, 2) for gain in family.gains(joint)], axis=1)
    base, slope = lines[..., 0], lines[..., 1]
    flat = np.abs(slope) <= _CLOSE
    ends = -base / np.where(flat, 1.0, slope)
    top = np.where(~flat & (slope > 0), ends, np.inf).min(1)
    bottom = np.where(~flat & (slope < 0), ends, -np.inf).max(1)
    never = (flat & (base > _CLOSE)).any(1)
    return np.where(never, np.inf, np.maximum(bottom, low)), np.where(never, -np.inf, np.minimum(top, high))
