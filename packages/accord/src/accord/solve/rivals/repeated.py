"""Relational contracts: what threats alone sustain when two agents play the same game again and again.

Public randomisation, pure actions, perfect monitoring; payoffs are means per round (sums of discounted payoffs times
`1 - discount`). A promise w of what comes next makes a joint action an equilibrium if nobody gains by deviating now and
getting its worst equilibrium from then on. `generated` collects what such promises are worth if they come from a set W:

- a set that it does not leave behind (`W` inside `generated(W)`) holds equilibria only: the inner set;
- a set around all equilibria stays one under it: the outer set, made smaller until nothing more happens.

Where both are the same set, it is the set of subgame-perfect equilibrium payoffs, exactly. More than two agents, and
games with states: `support.py`.

Source: the operator is that of Abreu, Pearce and Stacchetti 1990; the shortcut in `_closer` is after Abreu and Sannikov
2014, used only where it is sound before the worst equilibria are known (the argument is given there).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..tables.normal import NormalForm
from ..tables.numbers import rational, said, simplest
from .polygon import Point, Polygon

DENOMINATORS = 2**40
"""Coordinates of the outer set with larger denominators move outward, to multiples of one over this."""


@dataclasses.dataclass(frozen=True)
class Round:
    """A joint action, what it pays at once, and how much each agent could gain at once by leaving it."""

    profile: tuple[int, ...]
    payoff: tuple[Fraction, ...]
    gain: tuple[Fraction, ...]


@dataclasses.dataclass(frozen=True)
class EquilibriumPayoffs:
    """All subgame-perfect equilibrium payoffs of a repeated game of two agents lie between two polygons."""

    discount: Fraction
    inner: Polygon
    """Equilibrium payoffs, every one of them: the set generates itself."""

    outer: Polygon
    """No equilibrium payoff lies outside."""

    steps: int
    """How often the outer set was made smaller."""

    @property
    def exact(self) -> bool:
        """Whether the two are one set."""
        return self.inner == self.outer

    @property
    def gap(self) -> Fraction | None:
        """How far from the inner set a point of the outer set may be, in payoff units; None if only it is empty."""
        if self.exact:
            return Fraction(0)
        return None if self.inner.empty else max(self.inner.distance(point) for point in self.outer.corners)

    def sustains(self, payoff: Sequence[Any]) -> bool | None:
        """Whether a payoff is one of an equilibrium: proven, refuted, or (None) between the two sets."""
        point = rational(payoff[0]), rational(payoff[1])
        return True if self.inner.holds(point) else None if self.outer.holds(point) else False

    @property
    def message(self) -> str:
        """The result in a sentence."""
        if self.outer.empty:
            return (
                f"No pure subgame-perfect equilibrium at discount {said(self.discount)}: whatever is promised, "
                "somebody gains by leaving. Mixed equilibria are not looked for."
            )
        if self.exact:
            return f"The set of equilibrium payoffs is a polygon with {len(self.outer.corners)} corners, exactly."
        if self.inner.empty:
            return f"No equilibrium was found, and none was excluded; {self.steps} steps. Raise steps or denominators."
        return f"Equilibrium payoffs up to {float(self.gap or 0):.3g}, proven from both sides; {self.steps} steps."


def equilibrium_payoffs(
    game: NormalForm, discount: Any, *, steps: int = 2000, denominators: int = DENOMINATORS
) -> EquilibriumPayoffs:
    """The subgame-perfect payoffs of a game of two agents that is repeated forever.

    Args:
        game: the game of one round.
        discount: how much a payoff in the next round is worth now, between 0 and 1; floats are read as the simplest
            rationals near.
        steps: most steps of the outer iteration.
        denominators: see `DENOMINATORS`.

    Raises:
        BadGame: not two agents.
        BadSetting: a discount outside (0, 1).
    """
    delta = checked_discount(discount)
    if game.num_agents != 2:
        raise BadGame(f"The game has {game.num_agents} agents, expected 2. Use support.payoff_bound for more.")
    rounds = rounds_of(game)
    outer = Polygon.around(_plane(one.payoff) for one in rounds)
    for axis, floor in enumerate(pure_minmax(game)):
        outer = outer.above(axis, floor)
    inner, step = Polygon.around(_plane(one.payoff) for one in steady(rounds, delta)), 0
    while not outer.empty and step < steps:
        step += 1
        closer = _closer(rounds, outer, outer.lowest, delta)
        smaller = closer.coarser(denominators)
        done = closer.covers(outer) or _still(outer, smaller, denominators)
        if done or step & (step - 1) == 0:  # after 1, 2, 4, 8, ... steps
            inner = _grown(rounds, inner, (outer, outer.simpler(1e-9), outer.simpler(1e-6)), delta)
        if done:
            break
        outer = smaller
    if inner != outer:
        inner = _grown(rounds, inner, _within(rounds, outer, delta, denominators), delta)
    return EquilibriumPayoffs(delta, inner, outer, step)


def generated(rounds: list[Round], promised: Polygon, delta: Fraction) -> Polygon:
    """The payoffs of one round and what follows it, if all promises are kept and come from a set.

    A promise w keeps agent i at joint action a if `(1 - delta) gain_i(a) <= delta (w_i - worst_i)`.
    """
    if promised.empty:
        return promised
    points: list[Point] = []
    for one in rounds:
        kept = _keeping(promised, _floors(one, promised.lowest, delta))
        points += kept.moved(_plane(one.payoff), 1 - delta).corners
    return Polygon.around(points)


def _floors(one: Round, threat: Point, delta: Fraction) -> Point:
    """The least that each agent must be promised at a joint action, if it gets the threat's coordinate for leaving."""
    first, second = (least + (1 - delta) / delta * gain for least, gain in zip(threat, one.gain, strict=True))
    return first, second


def _keeping(promised: Polygon, floors: Point) -> Polygon:
    """The promises that keep everybody."""
    return promised.above(0, floors[0]).above(1, floors[1])


def _closer(rounds: list[Round], outer: Polygon, threat: Point, delta: Fraction) -> Polygon:
    """A set between all equilibrium payoffs and `generated(outer)`, mostly much smaller than the latter.

    Let v be an equilibrium payoff that is extreme in direction d, made of joint action a with payoff g and promise w,
    which is an equilibrium payoff too. So `d.w <= d.v <= d.g`: on the way from w to g nothing gets worse. If g is not
    in `outer`, it is no equilibrium payoff, and `generated` says all there is. If it is, and keeps everybody at a, then
    g alone bounds v. Else somebody's floor is crossed on the way, inside `outer`, and the point where it is crossed is
    at least as good a promise as w: only promises on a floor matter.
    """
    points: list[Point] = []
    for one in rounds:
        here = _plane(one.payoff)
        floors = _floors(one, threat, delta)
        inside = outer.holds(here)
        if inside and here[0] >= floors[0] and here[1] >= floors[1]:
            points.append(here)
            continue
        kept = _keeping(outer, floors).corners
        if inside:
            kept = tuple(point for point in kept if point[0] == floors[0] or point[1] == floors[1])
        points += Polygon(kept).moved(here, 1 - delta).corners
    return Polygon.around(points)


def _grown(rounds: list[Round], inner: Polygon, guesses: Iterable[Polygon], delta: Fraction) -> Polygon:
    """The inner set and the first guess that together prove to generate themselves."""
    for guess in guesses:
        wider = Polygon.around([*guess.corners, *inner.corners])
        if not inner.covers(wider) and generated(rounds, wider, delta).covers(wider):
            return wider
    return inner


def _within(rounds: list[Round], outer: Polygon, delta: Fraction, denominators: int) -> Iterator[Polygon]:
    """Guesses slightly inside of an outer set: what a threat keeps up that is a little milder than the worst.

    Such a set's own worst payoffs are mostly worse than the threat, which leaves room to pull it away from its border:
    promises that are pulled so far pull what they generate by less. A worst payoff that only a threat exactly there
    holds (often the minmax) must stay, so both threats are made milder, or one of them.
    """
    (low, left), shares = outer.lowest, ((1, 1), (1, 0), (0, 1))
    for milder, (first, second) in itertools.product((Fraction(1, 2**power) for power in (24, 16, 8)), shares):
        threat = low + first * milder, left + second * milder
        guess, done = outer, False
        while not guess.empty and not done:
            smaller = _closer(rounds, guess, threat, delta).coarser(denominators)
            guess, done = smaller, _still(guess, smaller, denominators)
        yield guess.moved(guess.middle, milder / 2**8) if guess.corners else guess


def _still(outer: Polygon, smaller: Polygon, denominators: int) -> bool:
    """Whether the corners moved by little more than rounding."""
    return not smaller.empty and all(smaller.distance(point) * denominators < 4 for point in outer.corners)


def steady(rounds: list[Round], delta: Fraction) -> list[Round]:
    """Joint actions that can be played forever: who leaves one of them makes another one of them be played forever.

    For any number of agents. The convex hull of their payoffs generates itself; Nash reversion is a special case.
    """
    kept: list[Round] | None = None
    while kept is None or len(kept) < len(rounds):
        rounds = rounds if kept is None else kept
        worst = [min(mine) for mine in zip(*(one.payoff for one in rounds), strict=True)]
        kept = [
            one for one in rounds
            if all(
                (1 - delta) * gain <= delta * (mine - least)
                for gain, mine, least in zip(one.gain, one.payoff, worst, strict=True)
            )
        ]  # fmt: skip
    return kept


def grim_trigger_discount(game: NormalForm, profile: tuple[int, ...]) -> Fraction | None:
    """The least discount at which a joint action forever, with one-shot equilibria as the threat, is an equilibrium.

    In closed form: the largest `gain / (gain + payoff - threat)` over agents, in a prisoner's dilemma
    `(T - R) / (T - P)`; each agent's threat is its worst pure equilibrium of one round. None if no discount below 1
    will do, or there is no pure equilibrium to threaten with. Any number of agents; 0 means that one round is enough.

    >>> grim_trigger_discount(NormalForm.of([[[9, 1], [10, 3]], [[9, 10], [1, 3]]]), (0, 0))
    Fraction(1, 7)
    """
    rounds = rounds_of(game)
    wanted = next(one for one in rounds if one.profile == tuple(profile))
    if not any(wanted.gain):
        return Fraction(0)
    nash = [one for one in rounds if not any(one.gain)]
    least = Fraction(0)
    for agent, gain in enumerate(wanted.gain):
        margin = max((wanted.payoff[agent] - other.payoff[agent] for other in nash), default=Fraction(-1))
        if margin < 0 or (gain and not margin):
            return None
        least = max(least, gain / (gain + margin) if gain else Fraction(0))
    return least


@dataclasses.dataclass(frozen=True)
class CriticalDiscount:
    """Where patience becomes enough for a payoff: refuted at every discount up to one, proven from another one on."""

    payoff: tuple[Fraction, ...]
    refuted: Fraction | None
    """No pure equilibrium has the payoff at this discount or below; None if that was shown for none."""

    proven: Fraction | None
    """An equilibrium has the payoff at this discount and above; None if that was shown for none."""

    @property
    def message(self) -> str:
        """The result in a sentence."""
        goal = f"({', '.join(said(value) for value in self.payoff)})"
        if self.proven is None:
            return f"{goal} is no equilibrium payoff up to discount {said(self.refuted or Fraction(0))}."
        since = "" if self.refuted is None else f", and not at {said(self.refuted)}"
        return f"{goal} is an equilibrium payoff from discount {said(self.proven)} on{since}."


def critical_discount(game: NormalForm, payoff: Sequence[Any], *, within: Any = Fraction(1, 2**16)) -> CriticalDiscount:
    """The least discount at which a payoff is one of an equilibrium, by bisection with proofs on both sides.

    With public randomisation the set of payoffs grows with the discount (Abreu, Pearce and Stacchetti 1990), so one
    proof covers all discounts on its side. Discounts tried are simple numbers, so that a simple answer is hit.

    Args:
        game: of two agents.
        payoff: one number per agent.
        within: how narrow the bracket is to be. It stays wider if neither proof succeeds in between.
    """
    goal, width = tuple(rational(value) for value in payoff), rational(within)
    low, high = Fraction(0), Fraction(1)
    refuted = proven = None
    while high - low > width:
        middle = simplest(float(low + high) / 2, float(high - low) / 4)
        verdict = equilibrium_payoffs(game, middle).sustains(goal)
        if verdict is None:
            break
        if verdict:
            high = proven = middle
        else:
            low = refuted = middle
    return CriticalDiscount(goal, refuted, proven)


def rounds_of(game: NormalForm) -> list[Round]:
    """Every joint action with its payoffs and gains."""
    units, scale = game.units, game.scale
    gains = [units[i].max(axis=i, keepdims=True) - units[i] for i in range(game.num_agents)]
    return [
        Round(profile, game.payoff(profile), tuple(Fraction(int(gain[profile]), scale) for gain in gains))
        for profile in np.ndindex(*game.num_actions)
    ]


def pure_minmax(game: NormalForm) -> tuple[Fraction, ...]:
    """What each agent gets when the others keep it as low as they can, by pure actions that it foresees."""
    return tuple(Fraction(int(units.max(axis=agent).min()), game.scale) for agent, units in enumerate(game.units))


def checked_discount(discount: Any) -> Fraction:
    """A discount factor as a rational."""
    delta = rational(discount)
    if not 0 < delta < 1:
        raise BadSetting(
            f"discount={said(delta)}, expected more than 0 and less than 1. For one round use the equilibria of the "
            "game itself; for patience without limit try 99/100."
        )
    return delta


def _plane(payoff: tuple[Fraction, ...]) -> Point:
    return payoff[0], payoff[1]
