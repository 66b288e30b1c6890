"""Games of one move: their pure equilibria, dominance, correlated equilibria, security levels and, if 2x2, their name.

Everything here is decided in integers or rationals. Correlated equilibria contain all Nash equilibria, mixed ones
included, and are the solutions of one linear program: so its least and greatest welfare bound every equilibrium.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame
from ..programs.linear import minimise
from ..tables.normal import NormalForm
from ..tables.numbers import scaled

Profile = tuple[int, ...]


def equilibrium_mask(game: NormalForm) -> np.ndarray:
    """Which profiles are pure equilibria, `[actions, ..., actions]`: no agent gains by changing its own action."""
    best = [part == part.max(axis=agent, keepdims=True) for agent, part in enumerate(game.units)]
    return np.logical_and.reduce(best)


def pure_equilibria(game: NormalForm) -> list[Profile]:
    """All pure equilibria, weak ones included, in lexicographic order.

    >>> pure_equilibria(NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]]))
    [(1, 1)]
    """
    return [tuple(map(int, profile)) for profile in np.argwhere(equilibrium_mask(game))]


# ------------------------------------------------------------------------------------------------------------ dominance


@dataclasses.dataclass(frozen=True)
class Removal:
    """An action that a rational agent never plays, and what is better."""

    round: int
    """From 1; actions removed in earlier rounds are ignored."""

    agent: int
    action: int
    instead: tuple[Fraction, ...]
    """How to mix all actions so as to get more whatever the others do (a pure action: one entry is 1)."""


@dataclasses.dataclass(frozen=True)
class Dominance:
    """What iterated elimination of strictly dominated actions leaves. No equilibrium uses a removed action."""

    left: tuple[tuple[int, ...], ...]
    """Each agent's remaining actions."""

    removed: tuple[Removal, ...]
    exact: bool = True
    """False if the proof of some action's survival failed in rationals; removals are proven always."""

    @property
    def solution(self) -> Profile | None:
        """The only profile left, if one is."""
        return tuple(own[0] for own in self.left) if all(len(own) == 1 for own in self.left) else None


def dominance(game: NormalForm, *, mixed: bool = True) -> Dominance:
    """Removes strictly dominated actions until none is left; the order does not matter.

    Args:
        game: any number of agents.
        mixed: also those dominated only by a mixture (a linear program each).
    """
    left = [list(range(count)) for count in game.num_actions]
    removed: list[Removal] = []
    exact = True
    for number in itertools.count(1):
        inner = [_own_first(part[np.ix_(*left)], agent) for agent, part in enumerate(game.units)]
        found = [(agent, *hit) for agent, table in enumerate(inner) for hit in _beaten(table)]
        if not found and mixed:
            outmixed = [_outmixed(table) for table in inner]
            exact = exact and all(sure for _, sure in outmixed)
            found = [(agent, *hit) for agent, (hits, _) in enumerate(outmixed) for hit in hits]
        if not found:
            return Dominance(tuple(map(tuple, left)), tuple(removed), exact)
        for agent, action, mix in found:
            weights = dict(zip(left[agent], mix, strict=True))
            instead = tuple(weights.get(other, Fraction(0)) for other in range(game.num_actions[agent]))
            removed.append(Removal(number, agent, left[agent][action], instead))
        gone = {(removal.agent, removal.action) for removal in removed}
        left = [[action for action in own if (agent, action) not in gone] for agent, own in enumerate(left)]
    raise AssertionError("unreachable: there are finitely many actions")


def dominant(game: NormalForm, *, weakly: bool = False) -> tuple[int | None, ...]:
    """Each agent's dominant action: strictly better than every other one whatever the others do; None if none is.

    Args:
        game: any number of agents.
        weakly: never worse is enough (of several such actions, which then are equivalent, the first).
    """
    found = []
    for agent, part in enumerate(game.units):
        table = _own_first(part, agent)
        better = (table[:, None] >= table[None]) if weakly else (table[:, None] > table[None])
        wins = better.all(axis=2) | np.eye(len(table), dtype=bool)
        winners = np.flatnonzero(wins.all(axis=1))
        found.append(int(winners[0]) if winners.size else None)
    return tuple(found)


def _own_first(part: np.ndarray, agent: int) -> np.ndarray:
    """An agent's payoffs as `[own actions, what the others do]`."""
    return np.moveaxis(part, agent, 0).reshape(part.shape[agent], -1)


def _beaten(table: np.ndarray) -> list[tuple[int, list[Fraction]]]:
    """Actions that one other action beats everywhere. One that is not beaten itself, so that it stays."""
    beats = np.all(table[:, None] > table[None], axis=2)
    top = ~beats.any(axis=0)
    found = []
    for action in np.flatnonzero(~top):
        better = int(np.flatnonzero(beats[:, action] & top)[0])
        found.append((int(action), [Fraction(int(other == better)) for other in range(len(table))]))
    return found


def _outmixed(table: np.ndarray) -> tuple[list[tuple[int, list[Fraction]]], bool]:
    """The first action that a mixture of others beats everywhere, and whether the search was exact.

    Maximises the least advantage of the mixture, which may use the action itself: then it is zero, so the program is
    feasible always.
    """
    exact = True
    for action in range(len(table) if len(table) > 2 else 0):
        advantage = (table - table[action]).T
        rows = np.column_stack([-advantage, np.ones(len(advantage), table.dtype)])
        found = minimise(
            [0] * len(table) + [-1], at_most=(rows, np.zeros(len(rows), int)), equal=([[1] * len(table) + [0]], [1])
        )
        exact = exact and found.exact
        if found.exact and found.value < 0:
            return [(action, list(found.point[:-1]))], exact
    return [], exact


# ------------------------------------------------------------------------------------------------ correlated equilibria


@dataclasses.dataclass(frozen=True, eq=False)
class Correlated:
    """The best correlated equilibrium in a direction: what it is worth, how it is played, and why none is better."""

    value: Fraction
    """`direction @ payoffs`."""

    payoffs: tuple[Fraction, ...]
    play: np.ndarray
    """Probabilities of the joint actions, rationals `[actions, ..., actions]`."""

    multipliers: tuple[np.ndarray, ...]
    """The proof. For every joint action a, `direction @ u(a) + sum_i sum_b m[i][a_i, b] (u_i(a) - u_i(b, a_-i))` is at
    most `value`, and in a correlated equilibrium the added sum is never negative on average, as all m >= 0. One array
    `[told, played instead]` per agent; coarse: `[1, played instead]`, the same for everything told."""

    exact: bool
    reason: str = ""
    """Why it is not exact."""


def correlated(game: NormalForm, direction: Sequence[Any], *, coarse: bool = False) -> Correlated:
    """The correlated equilibrium that maximises a weighted sum of the agents' payoffs.

    A mediator draws a joint action and tells each agent its part; nobody gains by playing something else. Every Nash
    equilibrium, mixed too, is one. In a *coarse* one agents decide to listen before they are told (a larger set).
    Source: Aumann 1974 and 1987; coarse: after Moulin and Vial 1978.

    Args:
        game: any number of agents; the program has one variable per joint action.
        direction: one weight per agent.
        coarse: see above.

    Raises:
        BadGame: a direction of another length than the number of agents.
    """
    weights, weight_scale = scaled(np.asarray(direction))
    if weights.shape != (game.num_agents,):
        raise BadGame(f"direction={list(direction)} has {len(weights)} weights, the game {game.num_agents} agents.")
    gains = _gains(game, coarse)
    cells = game.welfare.size
    goal = np.tensordot(weights.astype(object), game.units.astype(object), axes=1).ravel()
    rows = np.concatenate([own.reshape(-1, cells) for own in gains])
    found = minimise(-goal, at_most=(rows, np.zeros(len(rows), int)), equal=(np.ones((1, cells), int), [1]))
    payoffs = tuple(Fraction(part.ravel().astype(object) @ found.point) / game.scale for part in game.units)
    value = -found.value / (weight_scale * game.scale)
    ends = np.cumsum([0, *(own.shape[0] * own.shape[1] for own in gains)])
    prices = -found.duals.at_most / Fraction(weight_scale) if found.exact else np.zeros(len(rows), object)
    multipliers = tuple(
        prices[first:last].reshape(own.shape[:2]) for own, first, last in zip(gains, ends, ends[1:], strict=False)
    )
    return Correlated(value, payoffs, found.point.reshape(game.num_actions), multipliers, found.exact, found.reason)


def _gains(game: NormalForm, coarse: bool) -> list[np.ndarray]:
    """What each agent gains by leaving each joint action, `[told, played instead, joint actions]`; else 0."""
    out = []
    for agent, part in enumerate(game.units):
        own = np.moveaxis(part, agent, 0)
        gain = own[None] - own[:, None]  # [told, instead, the others]
        if coarse:
            out.append(np.moveaxis(gain, 0, agent + 1).reshape(1, len(own), -1))
            continue
        told = np.arange(len(own))
        spread = np.zeros((len(own), len(own), *own.shape), gain.dtype)  # joint actions with the own part first
        spread[told, :, told] = gain
        out.append(np.moveaxis(spread, 2, agent + 2).reshape(len(own), len(own), -1))
    return out


@dataclasses.dataclass(frozen=True, eq=False)
class WelfareBounds:
    """The welfare of every equilibrium, mixed and correlated ones too, lies in `[low, high]`; both ends are reached."""

    worst: Correlated
    best: Correlated

    @property
    def low(self) -> Fraction:
        """Least welfare of a correlated equilibrium."""
        return -self.worst.value

    @property
    def high(self) -> Fraction:
        """Greatest welfare of a correlated equilibrium."""
        return self.best.value

    @property
    def exact(self) -> bool:
        """Whether both ends are proven in rationals."""
        return self.worst.exact and self.best.exact


def welfare_bounds(game: NormalForm, *, coarse: bool = False) -> WelfareBounds:
    """The least and the greatest welfare of correlated equilibria; `worst` is the best one for the negative welfare.

    `low == best_welfare` proves that every equilibrium is optimal, `high < best_welfare` proves a dilemma.
    """
    worst, best = (correlated(game, [sign] * game.num_agents, coarse=coarse) for sign in (-1, 1))
    return WelfareBounds(worst, best)


# ------------------------------------------------------------------------------------------------------ security levels


@dataclasses.dataclass(frozen=True)
class Security:
    """What an agent can guarantee itself, whatever the others do together."""

    pure: Fraction
    action: int
    """The first action that guarantees `pure`."""

    mixed: Fraction
    strategy: tuple[Fraction, ...]
    """Probabilities that guarantee `mixed` on average."""

    exact: bool


def security(game: NormalForm, agent: int) -> Security:
    """An agent's maximin values. In a zero-sum game of two, `mixed` is the value of the game (von Neumann 1928)."""
    table = _own_first(game.units[agent], agent)
    worst = table.min(axis=1)
    action = int(np.argmax(worst))
    rows = np.column_stack([-table.T, np.ones(table.shape[1], table.dtype)])
    count = len(table)
    found = minimise(
        [0] * count + [-1], at_most=(rows, np.zeros(len(rows), int)), equal=([[1] * count + [0]], [1]),
        bounds=[(0, None)] * count + [(None, None)],
    )
    pure = Fraction(int(worst[action]), game.scale)
    return Security(pure, action, -found.value / game.scale, tuple(found.point[:-1]), found.exact)


# ------------------------------------------------------------------------------------------------------- games by name


@dataclasses.dataclass(frozen=True)
class Kind:
    """What sort of 2x2 game it is."""

    name: str
    cooperate: Profile | None
    """Each agent's cooperative action, where the name implies one."""

    said: str
    """What makes it one."""


def classify(game: NormalForm) -> Kind:
    """The name of a 2x2 game, up to swapping agents and renaming actions.

    For each agent R is the payoff if both cooperate, S if it cooperates alone, T if it defects alone, P if nobody
    cooperates; agents may differ in their numbers. Games that fit no order of the four dilemmas are named by their pure
    equilibria. Source: the orders named in `games/matrix.py`.

    Raises:
        BadGame: the game is not 2x2.
    """
    if game.num_actions != (2, 2):
        raise BadGame(f"A game with {game.num_actions} actions has no such name, expected two agents with two each.")
    for cooperate in itertools.product((0, 1), repeat=2):
        orders = [_order(game.units[agent], agent, cooperate) for agent in (0, 1)]
        for name, test, why in _DILEMMAS:
            if all(test(*order) for order in orders):
                return Kind(name, cooperate, why)
    first, second = game.units
    if np.any(first[0] == first[1]) or np.any(second[:, 0] == second[:, 1]):
        return Kind("degenerate", None, "an agent is indifferent between its actions, given what the other does")
    stable = pure_equilibria(game)
    constant = bool(np.all(game.welfare == game.welfare[0, 0]))
    if not stable:
        return Kind("matching pennies", None, "no pure equilibrium: best replies go round in a circle")
    if constant:
        return Kind("zero-sum", None, f"what one gains the other loses; saddle point {stable[0]}")
    if len(stable) == 1:
        return Kind("dominance-solvable", None, f"one equilibrium, {stable[0]}, found by eliminating dominated actions")
    one, other = (game.units[(slice(None), *profile)] for profile in stable)
    if np.all(one >= other) or np.all(one <= other):
        return Kind("coordination", None, "two equilibria, and nobody prefers the worse one")
    return Kind("battle of the sexes", None, "two equilibria, and each agent prefers another one")


def _order(part: np.ndarray, agent: int, cooperate: Profile) -> tuple[int, int, int, int]:
    """R, S, T, P of an agent."""
    own = part if agent == 0 else part.T
    mine, theirs = cooperate[agent], cooperate[1 - agent]
    return own[mine, theirs], own[mine, 1 - theirs], own[1 - mine, theirs], own[1 - mine, 1 - theirs]


_DILEMMAS = (
    ("prisoner's dilemma", lambda r, s, t, p: t > r > p > s, "T > R > P > S: defecting is dominant and hurts all"),
    ("stag hunt", lambda r, s, t, p: r > t >= p > s, "R > T >= P > S: two equilibria, the better one is the riskier"),
    ("chicken", lambda r, s, t, p: t > r > s > p, "T > R > S > P: each wants to be the one who does not give way"),
    ("harmony", lambda r, s, t, p: r > max(s, t, p) and s > p, "R is best and S > P: cooperating is dominant and best"),
)
