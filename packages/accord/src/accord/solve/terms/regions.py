"""Where in the space of terms which equilibria live: intervals for one term, polyhedra for more.

A pure target asks for finitely many affine inequalities in the terms, so the terms that implement it are a polyhedron;
with one term it is an interval with rational ends. Between the ends of all of them nothing changes: a grid over prices
is the wrong tool. At an end, a knife edge, some comparison ties, and equilibria of both sides (and more) live together.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..programs.linear import minimise
from ..tables.normal import NormalForm
from ..tables.numbers import said
from ..tables.tabular import Tabular
from .features import Features, actions_of
from .incentives import Frame, Incentives, incentives

Equilibrium = tuple[Any, ...]
"""A profile of a normal form, or joint actions, a tuple per step with one entry per state."""

Line = tuple[Fraction, Fraction]
"""`base + slope * theta`."""


@dataclasses.dataclass(frozen=True)
class Interval:
    """Numbers between two ends; an end may be missing (None), and belongs to it or not."""

    low: Fraction | None
    high: Fraction | None
    closed_low: bool = True
    closed_high: bool = True

    def __contains__(self, value: Fraction | int) -> bool:
        above = self.low is None or self.low < value or (self.closed_low and self.low == value)
        return above and (self.high is None or value < self.high or (self.closed_high and self.high == value))

    @property
    def empty(self) -> bool:
        """Whether no number is in it."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and not (self.closed_low and self.closed_high))

    @property
    def middle(self) -> Fraction:
        """A number inside, half way where there are two ends."""
        if self.low is None or self.high is None:
            return self.high - 1 if self.high is not None else Fraction(0) if self.low is None else self.low + 1
        return (self.low + self.high) / 2

    def meet(self, other: Interval) -> Interval:
        """The numbers in both."""
        low, closed_low = _tighter((self.low, self.closed_low), (other.low, other.closed_low), 1)
        high, closed_high = _tighter((self.high, self.closed_high), (other.high, other.closed_high), -1)
        return Interval(low, high, closed_low, closed_high)

    def __str__(self) -> str:
        low = "(-inf" if self.low is None else f"{'[' if self.closed_low else '('}{said(self.low)}"
        high = "inf)" if self.high is None else f"{said(self.high)}{']' if self.closed_high else ')'}"
        return f"{low}, {high}"


@dataclasses.dataclass(frozen=True)
class Piece:
    """Terms between two breakpoints, or a breakpoint, and all pure equilibria there."""

    where: Interval
    equilibria: tuple[Equilibrium, ...]
    welfare: tuple[Fraction, ...]
    """Of each equilibrium; transfers add up to zero, so terms don't change it."""


@dataclasses.dataclass(frozen=True)
class EquilibriumMap:
    """All pure equilibria over one term."""

    pieces: tuple[Piece, ...]
    """From the lowest terms to the highest, without gaps."""

    @property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """Where the set of equilibria changes."""
        return tuple(sorted({p.where.low for p in self.pieces[1:] if p.where.low is not None}))

    def at(self, theta: Fraction | int) -> Piece:
        """What holds under some terms.

        Raises:
            BadSetting: terms outside the space.
        """
        for piece in self.pieces:
            if theta in piece.where:
                return piece
        raise BadSetting(f"theta={theta} is outside the space. Choose terms between its bounds.")

    @property
    def edges(self) -> tuple[tuple[Fraction, tuple[Equilibrium, ...]], ...]:
        """Knife edges: terms at which there are equilibria that exist neither just below nor just above, and those."""
        out = []
        for before, piece, after in zip(self.pieces, self.pieces[1:], self.pieces[2:], strict=False):
            if piece.where.low is not None and piece.where.low == piece.where.high:
                only = set(piece.equilibria) - set(before.equilibria) - set(after.equilibria)
                if only:
                    out.append((piece.where.low, tuple(sorted(only))))
        return tuple(out)


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
    """The terms that implement a target: `rows @ theta <= limits`, within the box of the space."""

    rows: np.ndarray
    """Rationals `[conditions, terms]`, without duplicates."""

    limits: np.ndarray
    witness: tuple[Fraction, ...] | None
    """Terms inside, as far from all conditions as a margin of 1 asks for; None if there are none."""

    slack: Fraction | None
    """What every deviation loses at the witness (at most 1). 0: there are only knife edges, without interior."""


def price_interval(
    game: Tabular | NormalForm, target: Any, features: Features, *, mode: str = "nash", order: tuple[int, ...] = (),
    strict: bool = False,
) -> Interval | None:
    """The exact terms of a one-dimensional space under which a pure target is an equilibrium; None if there are none.

    Args:
        game: what is played without a contract.
        target: joint actions `[horizon, states]`, or a profile of a normal form.
        features: a space of one term.
        mode: as in `incentives`: with "dominance" and `strict`, where the target is the only equilibrium outcome.
        order: as in `incentives`.
        strict: whether every deviation has to lose; the ends are open then.

    Raises:
        BadSetting: a space of more or fewer terms than one.
    """
    _one_term(features)
    rows = incentives(game, target, features, mode=mode, order=order)
    found = Interval(features.low[0], features.high[0])
    for part in rows.steps:
        for base, slope in {(int(b), int(s)) for b, s in part.units}:
            found = found.meet(_half(Fraction(base), Fraction(slope), strict))
    return None if found.empty else found


def equilibrium_map(game: Tabular | NormalForm, features: Features, *, limit: int = 20_000) -> EquilibriumMap:
    """All pure equilibria over a one-dimensional space: breakpoints are exact, and nothing changes between them.

    For a game of many steps the equilibria are subgame-perfect ones in pure strategies of state and time.

    Args:
        game: a normal form or a tiny Markov game.
        features: a space of one term.
        limit: most ways of playing on to follow.

    Raises:
        BadSetting: more ways than `limit`, or a space of more or fewer terms than one.
    """
    _one_term(features)
    box = Interval(features.low[0], features.high[0])
    found = list(_solutions(game, features, box, limit))
    edges = sorted({end for _, where, _ in found for end in (where.low, where.high) if end is not None and end in box})
    pieces: list[Piece] = []
    for where in _cut(box, edges):
        inside = [(name, welfare) for name, part, welfare in found if where.middle in part]
        piece = Piece(where, tuple(name for name, _ in inside), tuple(welfare for _, welfare in inside))
        if pieces and pieces[-1].equilibria == piece.equilibria:
            last = pieces.pop().where
            piece = dataclasses.replace(piece, where=Interval(last.low, where.high, last.closed_low, where.closed_high))
        pieces.append(piece)
    return EquilibriumMap(tuple(pieces))


def region(
    game: Tabular | NormalForm, target: Any, features: Features, *, mode: str = "nash", order: tuple[int, ...] = ()
) -> Region:
    """The polyhedron of terms under which a pure target is an equilibrium, with a witness by linear program.

    Args:
        game: what is played without a contract.
        target: joint actions `[horizon, states]`, or a profile of a normal form.
        features: the contract space.
        mode: as in `incentives`.
        order: as in `incentives`.
    """
    rows, limits = _conditions(incentives(game, target, features, mode=mode, order=order))
    terms = features.num_terms
    wide = np.concatenate([rows, np.full((len(rows), 1), Fraction(1), object)], axis=1)
    bounds = [*zip(features.low, features.high, strict=True), (0, 1)]
    found = minimise(np.array([0] * terms + [-1]), at_most=(wide, limits), bounds=bounds)
    if found.status != "optimal":
        return Region(rows, limits, None, None)
    return Region(rows, limits, tuple(found.point[:terms]), found.point[terms])


def region_map(game: NormalForm, features: Features) -> dict[tuple[int, ...], Region]:
    """Every profile that some terms make an equilibrium, with its polyhedron."""
    profiles = itertools.product(*map(range, game.num_actions))
    found = ((profile, region(game, profile, features)) for profile in profiles)
    return {profile: part for profile, part in found if part.witness is not None}


def _solutions(
    game: Tabular | NormalForm, features: Features, box: Interval, limit: int
) -> Iterator[tuple[Equilibrium, Interval, Fraction]]:
    """Every pure equilibrium with its interval and welfare: backward induction that carries terms as an unknown.

    A branch is one way of playing from some time on, the terms under which it is an equilibrium, and its values as
    affine functions of the term.
    """
    frame = Frame.of(game)
    flows, scale = frame.flows(features)
    nothing = np.zeros((frame.num_states, len(frame.counts), 2), np.int64)
    branches: list[tuple[tuple[tuple[int, ...], ...], Interval, np.ndarray, int]] = [((), box, nothing, scale)]
    for time in range(frame.horizon - 1, -1, -1):
        grown = []
        for plan, where, values, value_scale in branches:
            worth, over = frame.ahead(flows[min(time, len(flows) - 1)], scale, values, value_scale)
            table = worth.reshape(frame.num_states, frame.num_joint, *worth.shape[1:])
            options = [_stage(frame, table[s], where) if frame.reachable[time, s] else None for s in range(len(table))]
            for choice, part in _together(options, where):
                grown.append(((choice, *plan), part, table[np.arange(len(table)), list(choice)], over))
                if len(grown) > limit:
                    raise BadSetting(
                        f"More than limit={limit} ways of playing from step {time} on. Make the game smaller or raise "
                        "the limit."
                    )
        branches = grown
    for plan, where, values, over in branches:
        total = int((frame.start.astype(object)[:, None] * values[:, :, 0].astype(object)).sum())
        one = isinstance(game, NormalForm)
        name = tuple(int(a) for a in np.unravel_index(plan[0][0], actions_of(game))) if one else plan
        yield name, where, Fraction(total, over * int(frame.start.sum()))


def _stage(frame: Frame, worth: np.ndarray, where: Interval) -> list[tuple[int, Interval]]:
    """The joint actions that are equilibria of one state for some terms, and for which; `worth[joint, agents, 2]`."""
    out = []
    for joint, profile in enumerate(frame.profiles):
        part = where
        for agent, count in enumerate(frame.counts):
            step = int(np.prod(frame.counts[agent + 1 :]))
            for action in range(count):
                other = joint + (action - int(profile[agent])) * step
                base, slope = (int(unit) for unit in worth[other, agent] - worth[joint, agent])
                part = part.meet(_half(Fraction(base), Fraction(slope), False))
        if not part.empty:
            out.append((joint, part))
    return out


def _together(options: list[Any], where: Interval) -> Iterator[tuple[tuple[int, ...], Interval]]:
    """One option per state such that some terms suit all; states without options (None) get joint action 0."""
    if not options:
        yield (), where
        return
    for joint, part in [(0, where)] if options[0] is None else options[0]:
        common = where.meet(part)
        if not common.empty:
            for rest, narrowed in _together(options[1:], common):
                yield (joint, *rest), narrowed


def _conditions(rows: Incentives) -> tuple[np.ndarray, np.ndarray]:
    """All incentives as `rows @ theta <= limits`, each once, in units of the payoffs."""
    lines = {
        (Fraction(-int(base), part.scale), *(Fraction(int(unit), part.scale) for unit in slopes))
        for part in rows.steps
        for base, *slopes in part.units
    }
    table = np.array(sorted(lines), object).reshape(-1, 1 + rows.features.num_terms)
    return table[:, 1:], table[:, 0]


def _cut(box: Interval, edges: list[Fraction]) -> list[Interval]:
    """The box as breakpoints and the open intervals between them."""
    out, low, closed = [], box.low, box.closed_low
    for edge in edges:
        out += [Interval(low, edge, closed, False), Interval(edge, edge)]
        low, closed = edge, False
    return [part for part in (*out, Interval(low, box.high, closed, box.closed_high)) if not part.empty]


def _half(base: Fraction, slope: Fraction, strict: bool) -> Interval:
    """Where `base + slope * theta` is at most 0 (strictly: below)."""
    if slope == 0:
        fine = base < 0 or (base == 0 and not strict)
        return Interval(None, None) if fine else Interval(Fraction(1), Fraction(0))
    end = -base / slope
    return Interval(None, end, True, not strict) if slope > 0 else Interval(end, None, not strict, True)


def _tighter(one: tuple[Fraction | None, bool], two: tuple[Fraction | None, bool], sign: int) -> Any:
    if one[0] is None or two[0] is None:
        return two if one[0] is None else one
    if one[0] == two[0]:
        return one[0], one[1] and two[1]
    return one if (one[0] - two[0]) * sign > 0 else two


def _one_term(features: Features) -> None:
    if features.num_terms != 1:
        raise BadSetting(f"The space has {features.num_terms} terms, an interval needs 1. Use `region` for more.")
