"""Transfers as an affine function of terms: the contract spaces of the linear programs, in integers."""

from __future__ import annotations

import dataclasses
import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..tables.normal import NormalForm
from ..tables.numbers import rational, scaled, tight, together
from ..tables.tabular import Tabular

if TYPE_CHECKING:  # tabulate loads JAX
    from ..tables.tabulate import Linear

MOST_ENTRIES = 2**24
"""Largest table of slopes that is written out; beyond it indicators are added one by one (`enriched`)."""


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """Agent i gets `(constant + sum_k theta_k slopes_k)[time, row, i] / scale` on top of its reward.

    Rows are those of `Tabular`; a `NormalForm` is one state, its rows the joint actions. Transfers that are the same at
    every time have one entry on the axis of times.
    """

    constant: np.ndarray
    """Integers `[1 or horizon, rows, agents]`."""

    slopes: np.ndarray
    """Integers `[1 or horizon, terms, rows, agents]`."""

    scale: int
    low: tuple[Fraction | None, ...]
    high: tuple[Fraction | None, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for part in (self.constant, self.slopes):
            off = np.argwhere(part.sum(axis=-1) != 0)
            if off.size:
                total = Fraction(int(part[tuple(off[0])].sum()), self.scale)
                raise BadGame(
                    f"Transfers add up to {total} in row {int(off[0][-1])}, expected 0: what one agent gets another "
                    "one pays. Name a payee for every payment."
                )
        if not len(self.low) == len(self.high) == len(self.names) == self.slopes.shape[1]:
            raise BadSetting(
                f"{self.slopes.shape[1]} terms, but {len(self.low)} low bounds, {len(self.high)} high bounds and "
                f"{len(self.names)} names. Give one each per term."
            )

    @property
    def num_terms(self) -> int:
        """Length of theta."""
        return self.slopes.shape[1]

    def at(self, theta: tuple[Fraction, ...]) -> Features:
        """The transfers under some terms, with nothing left to choose."""
        terms, over = scaled(np.array([rational(term) for term in theta], object))
        total = self.constant.astype(object) * over
        for number, term in enumerate(terms):
            total = total + self.slopes[:, number].astype(object) * int(term)
        none = np.zeros((1, 0, *self.constant.shape[1:]), np.int64)
        return Features(tight(total), none, self.scale * over, (), (), ())

    def and_also(self, other: Features) -> Features:
        """Both spaces at once: transfers add up, terms stand side by side."""
        (mine, theirs, fixed, more), scale = together(
            (self.slopes, self.scale), (other.slopes, other.scale), (self.constant, self.scale),
            (other.constant, other.scale),
        )
        times = max(len(mine), len(theirs))
        wide = [np.broadcast_to(part, (times, *part.shape[1:])) for part in (mine, theirs)]
        return Features(
            fixed + more, np.concatenate(wide, axis=1), scale, self.low + other.low, self.high + other.high,
            self.names + other.names,
        )

    @classmethod
    def of(
        cls, slopes: Any, *, low: Any = None, high: Any = None, names: tuple[str, ...] = (), constant: Any = None
    ) -> Features:
        """From numbers of any kind.

        Args:
            slopes: per unit of each term, `[terms, rows, agents]`, or for a normal form
                `[terms, agents, actions, ..., actions]` (more than three axes).
            low: one bound per term, None for none; default none.
            high: the same, above.
            names: of the terms; default "theta 0", ...
            constant: transfers whatever the terms, shaped as one slope; default none.
        """
        units, scale = scaled(np.asarray(slopes))
        fixed = np.zeros(units.shape[1:], np.int64) if constant is None else constant
        base, over = scaled(np.asarray(fixed))
        if units.ndim > 3:
            units = np.moveaxis(units.reshape(*units.shape[:2], -1), 1, 2)
            base = np.moveaxis(base.reshape(base.shape[0], -1), 0, 1)
        (units, base), scale = together((units, scale), (base, over))
        count = len(units)
        return cls(
            base[None], units[None], scale, _bounds(low, count), _bounds(high, count),
            names or tuple(f"theta {k}" for k in range(count)),
        )

    @classmethod
    def of_space(cls, linear: Linear) -> Features:
        """The transfers of a contract space, as `Table.linear` gives them."""
        low, high = (tuple(rational(bound) for bound in side) for side in (linear.space.low, linear.space.high))
        names = tuple(f"{type(linear.space).__name__} {k}" for k in range(len(low)))
        return cls(linear.constant[None], linear.slopes[None], linear.scale, low, high, names)


def indicators(game: Tabular | NormalForm, moves: list[tuple[int | None, int, int, int]]) -> Features:
    """One term per move: at `time` (None: always), after row `row`, `payer` pays `payee` that much. Terms are >= 0.

    Args:
        game: what is played.
        moves: (time, row, payer, payee) of each term.
    """
    rows, agents = _size(game)
    horizon = 1 if isinstance(game, NormalForm) or all(move[0] is None for move in moves) else game.horizon
    _refuse(horizon * len(moves) * rows * agents)
    slopes = np.zeros((horizon, len(moves), rows, agents), np.int64)
    for term, (time, row, payer, payee) in enumerate(moves):
        steps = slice(None) if time is None or horizon == 1 else time
        slopes[steps, term, row, payer] -= 1
        slopes[steps, term, row, payee] += 1
    when = ["" if move[0] is None else f"step {move[0]}, " for move in moves]
    said = tuple(f"{t}row {row}: {payer} pays {payee}" for t, (_, row, payer, payee) in zip(when, moves, strict=True))
    count = len(moves)
    none = np.zeros((1, rows, agents), np.int64)
    return Features(none, slopes, 1, (Fraction(0),) * count, (None,) * count, said)


def free(game: Tabular | NormalForm, *, timed: bool = False) -> Features:
    """Any zero-sum transfers: after every state and joint action each agent but the last gets a term of either sign.

    Args:
        game: what is played.
        timed: let them differ from step to step. A target that plays differently in one state at different times needs
            that; one that does not is served by transfers that stay the same.

    Raises:
        BadSetting: the table of terms would be too large.
    """
    rows, agents = _size(game)
    times = [None] if not timed or isinstance(game, NormalForm) else list(range(game.horizon))
    _refuse(len(times) ** 2 * rows * (agents - 1) * rows * agents)
    moves = [(time, row, agents - 1, agent) for time in times for row in range(rows) for agent in range(agents - 1)]
    return dataclasses.replace(indicators(game, moves), low=(None,) * len(moves))


def leaving(game: Tabular | NormalForm, target: Any, *, each: bool = False) -> Features:
    """A fine for leaving the target, shared equally by the others: nothing is paid while all keep to it.

    Args:
        game: what is played.
        target: joint actions `[horizon, states]`, or a profile of a normal form.
        each: one term per agent instead of one for all.
    """
    agents = game.num_agents
    counts = actions_of(game)
    policy = target_of(game, target)
    profiles = np.array(list(itertools.product(*map(range, counts))))
    leaves = (profiles[None, None] != profiles[policy][:, :, None]).astype(np.int64)  # [times, states, joint, agents]
    leaves = leaves.reshape(len(policy), -1, agents)
    who = np.eye(agents, dtype=np.int64)
    pays = who[:, None, None] * leaves.transpose(2, 0, 1)[..., None]  # [agent, times, rows, agents]
    slopes = (pays.sum(axis=-1, keepdims=True) * (1 - who[:, None, None]) - (agents - 1) * pays).swapaxes(0, 1)
    if not each:
        slopes = slopes.sum(axis=1, keepdims=True)
    names = tuple(f"fine of agent {i}" for i in range(agents)) if each else ("fine",)
    none = np.zeros((1, *slopes.shape[2:]), np.int64)
    count = slopes.shape[1]
    return Features(none, slopes, agents - 1, (Fraction(0),) * count, (None,) * count, names)


def nothing(game: Tabular | NormalForm) -> Features:
    """No transfers at all."""
    rows, agents = _size(game)
    return Features(np.zeros((1, rows, agents), np.int64), np.zeros((1, 0, rows, agents), np.int64), 1, (), (), ())


def target_of(game: Tabular | NormalForm, target: Any) -> np.ndarray:
    """A pure target as joint actions `[horizon, states]`; a normal form's profile is one number.

    Raises:
        BadSetting: a target of another shape, or with actions that the game does not have.
    """
    counts = actions_of(game)
    if isinstance(game, NormalForm):
        profile = tuple(int(a) for a in np.ravel(target))
        if len(profile) != len(counts) or any(not 0 <= a < most for a, most in zip(profile, counts, strict=True)):
            raise BadSetting(f"target={profile}, expected one action per agent, counted from 0 and below {counts}.")
        return np.array([[np.ravel_multi_index(profile, counts)]])
    policy = np.asarray(target)
    if policy.shape != (game.horizon, game.num_states) or policy.min() < 0 or policy.max() >= game.num_joint:
        raise BadSetting(
            f"target has shape {policy.shape}, expected joint actions 0..{game.num_joint - 1} for every step and "
            f"state: ({game.horizon}, {game.num_states})."
        )
    return policy.astype(np.int64)


def actions_of(game: Tabular | NormalForm) -> tuple[int, ...]:
    """How many actions each agent has."""
    return game.num_actions if isinstance(game, NormalForm) else (game.num_actions,) * game.num_agents


def _bounds(side: Any, count: int) -> tuple[Fraction | None, ...]:
    return (None,) * count if side is None else tuple(None if bound is None else rational(bound) for bound in side)


def _size(game: Tabular | NormalForm) -> tuple[int, int]:
    rows = math.prod(game.num_actions) if isinstance(game, NormalForm) else game.num_rows
    return rows, game.num_agents


def _refuse(entries: int) -> None:
    if entries > MOST_ENTRIES:
        raise BadSetting(
            f"A term for every move makes a table of {entries:,} numbers, more than {MOST_ENTRIES:,}. Begin with a "
            "smaller space and let `enriched` add the terms that are needed."
        )
