"""Mixed equilibria: 2x2 games in closed form, larger games through gambit.

The equilibria of a game of two are a union of products of polytopes. An *extreme* equilibrium is a pair of corners of
such a product. There are finitely many, and they carry the extremes of every payoff, as payoffs are linear in each
agent's strategy. With more agents equilibria need not be rational, so they come as floats with their regret.
"""

from __future__ import annotations

import dataclasses
import importlib
import io
import itertools
from collections.abc import Iterable
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..tables.normal import NormalForm

NEAR = Fraction(1, 10**6)
"""Floats are dropped whose regret is more than this share of the largest payoff."""

Strategies = tuple[tuple[Fraction, ...], ...]


@dataclasses.dataclass(frozen=True)
class Equilibrium:
    """A profile of mixed strategies of which nobody gains more than `regret` by leaving."""

    strategies: Strategies
    """Each agent's probabilities."""

    payoffs: tuple[Fraction, ...]
    regret: Fraction
    """The most that an agent gains by another action, computed in rationals; 0 for a true equilibrium."""

    exact: bool = True
    """Whether it is an equilibrium (regret 0); else floats near one, read as rationals."""

    @property
    def welfare(self) -> Fraction:
        """The sum of payoffs."""
        return sum(self.payoffs, Fraction(0))

    @property
    def support(self) -> tuple[tuple[int, ...], ...]:
        """The actions that each agent plays with positive probability."""
        return tuple(tuple(a for a, p in enumerate(own) if p) for own in self.strategies)

    @classmethod
    def of(cls, game: NormalForm, strategies: Strategies) -> Equilibrium:
        """Weighs a profile: what all get, and what the best deviation gains."""
        values = [action_values(game, strategies, agent) for agent in range(game.num_agents)]
        payoffs = tuple(_dot(own, value) for own, value in zip(strategies, values, strict=True))
        regret = max(max(value) - payoff for value, payoff in zip(values, payoffs, strict=True))
        return cls(tuple(map(tuple, strategies)), payoffs, regret, regret == 0)


def action_values(game: NormalForm, strategies: Strategies, agent: int) -> list[Fraction]:
    """What each action of an agent is worth to it while the others play their mixed strategies, exactly."""
    table = game.units[agent].astype(object)
    for other in reversed(range(game.num_agents)):
        if other != agent:
            table = np.tensordot(table, np.array(strategies[other], object), axes=(other, 0))
    return [Fraction(value) / game.scale for value in table]


def mixed_two_by_two(game: NormalForm) -> tuple[Equilibrium, ...]:
    """All extreme equilibria of a 2x2 game, pure and mixed, in closed form.

    Each agent's corners are its two actions and the one mixture, if there is one, that leaves the *other* agent
    indifferent. Those pairs of corners are kept in which everybody plays best replies only. Source: extreme equilibria
    as pairs of corners of the best-response polyhedra, after Mangasarian 1964.

    >>> mixed_two_by_two(NormalForm.of([[[2, 0], [0, 1]], [[2, 0], [0, 1]]]))[1].payoffs
    (Fraction(2, 3), Fraction(2, 3))

    Raises:
        BadGame: the game is not 2x2.
    """
    if game.num_actions != (2, 2):
        raise BadGame(f"The closed form is for two agents with two actions, this game has {game.num_actions} actions.")
    (a, b), (c, d) = game.units[0].tolist()
    (e, f), (g, h) = game.units[1].tolist()
    found = []
    for (x, x_), (y, y_) in itertools.product(_corners(e - f, g - h), _corners(a - c, b - d)):
        first = (a - c) * y + (b - d) * y_  # how much better the first action is, times a positive number
        second = (e - f) * x + (g - h) * x_
        if (x and first < 0) or (x_ and first > 0) or (y and second < 0) or (y_ and second > 0):
            continue
        strategies = (Fraction(x, x + x_), Fraction(x_, x + x_)), (Fraction(y, y + y_), Fraction(y_, y + y_))
        payoffs = tuple(
            Fraction(x * (y * p + y_ * q) + x_ * (y * r + y_ * s), (x + x_) * (y + y_) * game.scale)
            for p, q, r, s in ((a, b, c, d), (e, f, g, h))
        )
        found.append(Equilibrium(strategies, payoffs, Fraction(0)))
    return tuple(found)


def _corners(one: int, other: int) -> Iterable[tuple[int, int]]:
    """Odds of an agent's two actions at its corners, if they give its opponent these advantages of the first action."""
    yield 1, 0
    if one * other < 0:
        yield abs(other), abs(one)
    yield 0, 1


# ---------------------------------------------------------------------------------------------------------- via gambit


def mixed_equilibria(game: NormalForm) -> tuple[Equilibrium, ...]:
    """All extreme equilibria of a game of two in rationals; of more agents, the isolated ones in floats.

    Two agents: vertex enumeration (gambit's enummixed), exact, rechecked here. More agents: systems of polynomials, one
    per support (gambit's enumpoly); pure ones are rechecked exactly, others are floats with `exact=False` and their
    regret, and of continua some or all may be missing.

    Args:
        game: two agents, or few with few actions.

    Raises:
        BadSetting: gambit isn't installed.
    """
    gambit = _gambit()
    read = gambit.read_nfg(io.BytesIO(as_nfg(game).encode()))
    if game.num_agents == 2:
        solved, digest = gambit.nash.enummixed_solve(read, rational=True), _whole
    else:
        solved, digest = gambit.nash.enumpoly_solve(read), _rounded
    found = {}
    slack = NEAR * max(1, int(np.abs(game.units).max())) / game.scale
    for profile in solved.equilibria:
        strategies = tuple(
            digest([profile[str(agent + 1)][str(action + 1)] for action in range(count)])
            for agent, count in enumerate(game.num_actions)
        )
        equilibrium = Equilibrium.of(game, strategies)
        if equilibrium.regret <= slack:
            found.setdefault(strategies, equilibrium)
    return tuple(found.values())


def as_nfg(game: NormalForm, title: str = "") -> str:
    """A game as text in the strategic-form format that gambit and others read; agents and actions are named 1, 2, ...

    Source: the payoff version of gambit's .nfg format (the first agent's action changes fastest).
    """
    agents = " ".join(f'"{agent + 1}"' for agent in range(game.num_agents))
    actions = " ".join(map(str, game.num_actions))
    cells = game.units.T.reshape(-1, game.num_agents)
    numbers = " ".join(str(Fraction(int(value), game.scale)) for value in cells.ravel())
    return f'NFG 1 R "{title}" {{ {agents} }} {{ {actions} }}\n\n{numbers}\n'


def _gambit() -> ModuleType:
    try:
        return importlib.import_module("pygambit")
    except ImportError as error:
        raise BadSetting(
            "Mixed equilibria of games larger than 2x2 need the extra 'gambit' (pygambit; as it is GPL, it is not "
            "installed by default). Install accord[gambit]."
        ) from error


def _whole(numbers: list[Any]) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(value.numerator), int(value.denominator)) for value in numbers)


def _rounded(numbers: list[Any]) -> tuple[Fraction, ...]:
    """Float probabilities as rationals that add up to one; those within rounding of 0 and 1 are 0 and 1."""
    kept = [Fraction(0) if value < 1e-9 else Fraction(float(value)).limit_denominator(10**12) for value in numbers]
    total = sum(kept, Fraction(0))
    return tuple(value / total for value in kept)


def _dot(weights: tuple[Fraction, ...], values: list[Fraction]) -> Fraction:
    return sum((p * value for p, value in zip(weights, values, strict=True) if p), Fraction(0))


__all__ = ["Equilibrium", "action_values", "as_nfg", "mixed_equilibria", "mixed_two_by_two"]
