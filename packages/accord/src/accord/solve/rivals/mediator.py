"""A mediator instead of a contract: someone who advises, or who plays for those who let him. Nobody pays anybody.

Advice (correlated equilibrium): the mediator draws a joint action and tells each its part; following must be best.
Delegation: agents may hand their move to the mediator; for those who do he plays jointly, and he sees who does not. If
all delegate but one, he plays what holds that one down. So all delegating is an equilibrium of a mediator that suits it
whenever everybody gets at least its punishment value.

Source: advice after Aumann 1974; delegation, and coalitions that leave it, after Monderer and Tennenholtz 2009, "Strong
mediated equilibrium".
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..equilibria.stage import correlated
from ..programs.linear import Optimum, minimise
from ..tables.normal import NormalForm
from ..tables.numbers import scaled


@dataclasses.dataclass(frozen=True, eq=False)
class Mediated:
    """The best (or worst) equilibrium with a mediator. It is attained: all constraints are weak."""

    kind: str
    """"advice" or "delegation"."""

    payoffs: tuple[Fraction, ...]
    plan: np.ndarray
    """The probability of every joint action, rationals `[actions, ..., actions]`."""

    threats: tuple[Fraction, ...] = ()
    """Delegation: the most that each agent could get if it alone did not delegate."""

    punishments: tuple[np.ndarray, ...] = ()
    """Delegation: how the others are then played, a distribution over their joint actions, for each agent."""

    exact: bool = True
    """Whether the linear programs behind it were checked in rationals."""

    @property
    def welfare(self) -> Fraction:
        """What all get together."""
        return sum(self.payoffs, Fraction(0))


def advised(game: NormalForm, weights: Sequence[Any] | None = None) -> Mediated:
    """The correlated equilibrium with the largest weighted sum of payoffs.

    >>> advised(NormalForm.of([[[3, 1], [4, 0]], [[3, 4], [1, 0]]])).welfare
    Fraction(16, 3)

    Args:
        game: any number of agents.
        weights: one per agent, of any sign; default 1 each, which is welfare. All -1 finds the least welfare.

    Raises:
        BadGame: another number of weights than of agents.
    """
    found = correlated(game, [1] * game.num_agents if weights is None else weights)
    return Mediated("advice", found.payoffs, found.play, exact=found.exact)


def delegated(game: NormalForm, weights: Sequence[Any] | None = None) -> Mediated:
    """The largest weighted sum of payoffs if all delegate to a mediator that suits it.

    With positive weights no other plan is better for everybody. What each agent can secure by itself bounds every
    equilibrium of the game itself, so all of those are among the payoffs considered.

    >>> delegated(NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]])).payoffs
    (Fraction(2, 1), Fraction(2, 1))

    Args:
        game: any number of agents.
        weights: as in `advised`.

    Raises:
        BadSetting: another number of weights than of agents.
    """
    agents = game.num_agents
    if weights is not None and len(weights) != agents:
        raise BadSetting(f"There are {len(weights)} weights for {agents} agents: give one each, or none.")
    punished = [punishment(game, agent) for agent in range(agents)]
    threats = tuple(found.value for found in punished)
    each, _ = scaled(np.array([1] * agents if weights is None else list(weights), object))
    payoffs = game.payoffs.reshape(agents, -1)
    floors = -payoffs, [-threat for threat in threats]
    found = minimise(-(each @ payoffs), at_most=floors, equal=(np.ones((1, payoffs.shape[1]), int), [1]))
    return Mediated(
        "delegation", tuple(payoffs @ found.point), found.point.reshape(game.num_actions), threats,
        tuple(part.point[:-1].reshape(_without(game.num_actions, agent)) for agent, part in enumerate(punished)),
        found.exact and all(part.exact for part in punished),
    )


def punishment(game: NormalForm, agent: int) -> Optimum:
    """How the others, moving as one, hold an agent down: it then gets `value`, their joint play is `point[:-1]`."""
    return _levelled(np.moveaxis(game.payoffs[agent], agent, 0).reshape(game.num_actions[agent], -1))


def withstands(game: NormalForm, payoffs: Sequence[Fraction], coalition: Sequence[int]) -> bool | None:
    """Whether the mediator can keep a coalition from leaving together, moving as one, with a gain for all its members.

    Exact for one agent and for all of them. For others a punishment is looked for that holds down one of them, or their
    sum; where there is none the answer is None: not decided.
    """
    group = list(coalition)
    rest = [agent for agent in range(game.num_agents) if agent not in group]
    table = np.transpose(game.payoffs[group], [0, *(agent + 1 for agent in (*group, *rest))])
    moves = int(np.prod([game.num_actions[agent] for agent in group]))
    gains = table.reshape(len(group), moves, -1) - np.array([payoffs[agent] for agent in group], object)[:, None, None]
    if not rest:
        return _levelled(-gains[:, :, 0]).value >= 0
    looks = [*np.eye(len(group), dtype=int), np.ones(len(group), int)]
    if any(_levelled(np.tensordot(look.astype(object), gains, axes=1)).value <= 0 for look in looks):
        return True
    return False if len(group) == 1 else None


def strong(game: NormalForm, payoffs: Sequence[Fraction]) -> bool | None:
    """Whether no coalition gains by leaving the mediator together; None where `withstands` does not decide.

    For two agents always decided, and True for whatever `delegated` finds with positive weights.
    """
    answers = [
        withstands(game, payoffs, group)
        for size in range(1, game.num_agents + 1)
        for group in itertools.combinations(range(game.num_agents), size)
    ]
    return False if False in answers else None if None in answers else True


def _levelled(rows: np.ndarray) -> Optimum:
    """The mixture of columns whose largest row is least; that row's value is the last variable, and the optimum."""
    count = rows.shape[1]
    wide = np.concatenate([rows, np.full((len(rows), 1), -1, object)], axis=1)
    return minimise(
        [0] * count + [1], at_most=(wide, [0] * len(rows)), equal=([[1] * count + [0]], [1]),
        bounds=[(0, None)] * count + [(None, None)],
    )


def _without(counts: tuple[int, ...], agent: int) -> tuple[int, ...]:
    return counts[:agent] + counts[agent + 1 :]
