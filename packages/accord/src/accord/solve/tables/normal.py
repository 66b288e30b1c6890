"""A game in normal form, in integers."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame
from .numbers import fractions, scaled, tight, together


@dataclasses.dataclass(frozen=True, eq=False)
class NormalForm:
    """Payoffs of a game played once: agent i gets `units[i, a_0, a_1, ...] / scale`.

    Make one with `NormalForm.of`. Agents may have different numbers of actions.
    """

    units: np.ndarray
    """Integers `[agents, actions of agent 0, actions of agent 1, ...]`."""

    scale: int = 1
    labels: tuple[tuple[str, ...], ...] = ()
    """Names of each agent's actions; empty for numbers."""

    def __post_init__(self) -> None:
        if self.units.ndim < 2 or self.units.ndim != self.units.shape[0] + 1 or 0 in self.units.shape:
            raise BadGame(
                f"Payoffs have shape {self.units.shape}, expected (agents, actions of agent 0, actions of agent 1, "
                "...): one axis of actions per agent, none of them empty."
            )

    @classmethod
    def of(cls, payoffs: Any, labels: tuple[tuple[str, ...], ...] = ()) -> NormalForm:
        """From numbers of any kind, `[agents, actions, ..., actions]`; floats are read as the simplest rationals near.

        >>> NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]]).best_welfare
        Fraction(4, 1)
        """
        try:
            array = np.asarray(payoffs) if not isinstance(payoffs, np.ndarray) else payoffs
        except ValueError as error:
            raise BadGame("Payoffs are ragged: give every agent a number for every combination of actions.") from error
        units, scale = scaled(array)
        return cls(units, scale, labels)

    @property
    def num_agents(self) -> int:
        """How many play."""
        return self.units.shape[0]

    @property
    def num_actions(self) -> tuple[int, ...]:
        """How many actions each agent has."""
        return self.units.shape[1:]

    @property
    def payoffs(self) -> np.ndarray:
        """The payoffs as `Fraction`, `[agents, actions, ..., actions]`."""
        return fractions(self.units, self.scale)

    @property
    def floats(self) -> np.ndarray:
        """The payoffs as `float64`."""
        return self.units.astype(float) / self.scale

    @property
    def welfare(self) -> np.ndarray:
        """The sum over agents in units of `1 / scale`, `[actions, ..., actions]`."""
        return self.units.sum(axis=0)

    @property
    def best_welfare(self) -> Fraction:
        """The most that all can have together."""
        return Fraction(int(self.welfare.max()), self.scale)

    def payoff(self, profile: tuple[int, ...]) -> tuple[Fraction, ...]:
        """What each agent gets under a joint action."""
        return tuple(Fraction(int(part[profile]), self.scale) for part in self.units)

    def named(self, profile: tuple[int, ...]) -> tuple[str, ...]:
        """A joint action in words."""
        return tuple(self.labels[i][a] if self.labels else str(a) for i, a in enumerate(profile))

    def plus(self, transfers: Any) -> NormalForm:
        """The game with payoffs changed by zero-sum transfers `[agents, actions, ..., actions]`.

        Raises:
            BadGame: transfers of another shape, or that do not add up to zero somewhere.
        """
        other = transfers if isinstance(transfers, NormalForm) else NormalForm.of(transfers)
        if other.units.shape != self.units.shape:
            raise BadGame(f"Transfers have shape {other.units.shape}, the game {self.units.shape}. Give one a payoff.")
        total = other.welfare
        if np.any(total != 0):
            cell = tuple(int(a) for a in np.argwhere(total != 0)[0])
            surplus = Fraction(int(total[cell]), other.scale)
            raise BadGame(
                f"Transfers add up to {surplus} at {self.named(cell)}, expected 0: what one agent gets another one "
                "pays. Name a payee for every payment."
            )
        (mine, theirs), scale = together((self.units, self.scale), (other.units, other.scale))
        return NormalForm(tight(mine.astype(object) + theirs), scale, self.labels)
