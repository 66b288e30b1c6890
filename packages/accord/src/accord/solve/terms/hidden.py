"""Hidden actions: contracts that see only a signal of what was done.

An agent's action shifts the chances of a signal, and payments can depend on the signal alone. With expected payments
linear in the payments everything is a linear program in rationals: the cheapest payment to one agent under limited
liability, and the smallest bond with which a team that pays nobody outside can be held to a joint action.

Source: after Grossman and Hart 1983 (the principal's cost of an effort), Holmstrom 1982 (teams with and without a
budget breaker), Kantorovich and Rubinstein 1958 (transport cost and steepness of a payment).
"""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame
from ..programs.linear import Optimum, minimise
from ..tables.normal import NormalForm
from ..tables.numbers import rational, said
from .signals import blurred, chances, earth_mover, proven


@dataclasses.dataclass(frozen=True)
class Pull:
    """A deviation with its weight in a proof that no payments deter all of them."""

    weight: Fraction
    agent: int
    action: str
    instead_of: str
    gain: Fraction
    """Without payments."""

    def __str__(self) -> str:
        return (
            f"{said(self.weight)} x agent {self.agent} plays '{self.action}' instead of '{self.instead_of}' "
            f"(gains {said(self.gain)})"
        )


@dataclasses.dataclass(frozen=True)
class Payment:
    """The cheapest payment schedule for an effort."""

    feasible: bool
    schedule: tuple[Fraction, ...]
    """What the agent is paid after each signal."""

    expected: Fraction | None
    certified: bool
    message: str


@dataclasses.dataclass(frozen=True)
class TeamContract:
    """Transfers by signal that hold a team to a joint action."""

    feasible: bool
    target: tuple[int, ...]
    transfers: tuple[tuple[Fraction, ...], ...]
    """What each agent gets after each signal, `[agents][values]`."""

    bond: Fraction | None
    """The most that anybody may have to pay or may get; or the most by which it changes per unit of distance."""

    values: tuple[Fraction, ...]
    """Expected payoffs, transfers included."""

    conflict: tuple[Pull, ...]
    """If infeasible, deviations whose weighted gains no transfers can bring down, as they add up to zero."""

    certified: bool
    message: str


@dataclasses.dataclass(frozen=True)
class Degraded:
    """What a team can reach with a signal of some quality."""

    quality: Fraction
    distance: Fraction
    """Earth mover's distance from the signal of the best joint action to that of the nearest deviation from it."""

    bond: Fraction | None
    """What the best joint action needs; None if it cannot be implemented at all."""

    welfare: Fraction | None
    """The most that can be implemented with the bond there is; None if no pure joint action can."""

    profile: tuple[int, ...] | None


def cheapest_payment(
    signals: Any, costs: Any, effort: int, *, cap: Any = None, outside: Any = None, margin: Any = 0
) -> Payment:
    """The least expected payment that makes an effort the best choice of an agent who cannot pay.

    Args:
        signals: chances of each signal under each effort, `[efforts, values]`.
        costs: of each effort to the agent.
        effort: the one to implement.
        cap: most that can be paid after any signal.
        outside: what the agent must get at least, after its cost; default no such condition.
        margin: how much better the effort has to be than any other.
    """
    seen, prices = chances(signals), [rational(cost) for cost in costs]
    mine, over = seen[effort], rational(margin)
    others = [a for a in range(len(prices)) if a != effort]
    rows = [seen[a] - mine for a in others]
    limits = [prices[a] - prices[effort] - over for a in others]
    if outside is not None:
        rows.append(-mine)
        limits.append(-rational(outside) - prices[effort])
    size = len(mine)
    found = minimise(
        mine, at_most=(np.array(rows, object).reshape(-1, size), np.array(limits, object)), bounds=[(0, cap)] * size
    )
    if found.status != "optimal" or found.point is None or found.value is None:
        why = "the signals don't tell efforts apart well enough" + ("" if cap is None else f" under the cap {cap}")
        return Payment(
            False, (), None, found.exact, f"No payments implement effort {effort}: {why}. Improve the signal, or raise "
            "the cap.",
        )
    return Payment(
        True, tuple(found.point), found.value, found.exact,
        f"Effort {effort} costs {said(found.value)} in expectation, at most {said(max(found.point))} after any signal.",
    )


def smallest_bond(
    game: NormalForm, signals: Any, target: tuple[int, ...], *, margin: Any = 0, mean_zero: bool = False,
    breaker: bool = False, slope: bool = False,
) -> TeamContract:
    """Transfers by signal that make a joint action an equilibrium, with the smallest bond.

    Args:
        game: payoffs without transfers; agents are risk-neutral.
        signals: chances of each signal after every joint action, `[actions, ..., actions, values]`.
        target: the joint action.
        margin: what every deviation has to lose at least.
        mean_zero: nobody pays or gets anything in expectation while all keep to the target.
        breaker: somebody outside may keep what the agents lose (never adds to it): sums at most 0 instead of 0.
        slope: minimise the most by which a transfer changes from one signal to the next, not the most itself. For one
            deviation that is its gain over the earth mover's distance, by duality.

    Raises:
        BadGame: signals of another shape than the game.
    """
    program = _Team(game, signals, target, rational(margin), mean_zero, breaker, slope)
    found = program.solve(relaxed=False)
    if found.status != "optimal" or found.point is None:
        return program.refused()
    n, size = game.num_agents, program.size
    table = found.point[: n * size].reshape(n, size)
    values = tuple(u + sum(program.mine * t, Fraction(0)) for u, t in zip(game.payoff(target), table, strict=True))
    return TeamContract(
        True, target, tuple(tuple(row) for row in table), found.value, values, (), found.exact,
        f"{', '.join(game.named(target))}: implemented with {'a slope' if slope else 'a bond'} of {said(found.value)}.",
    )


def implementable(game: NormalForm, signals: Any, bond: Any, **settings: Any) -> dict[tuple[int, ...], TeamContract]:
    """Every joint action that transfers within a bond make an equilibrium, with the smallest bond it needs.

    Args:
        game: payoffs without transfers.
        signals: as in `smallest_bond`.
        bond: the most that anybody may have to pay.
        settings: as in `smallest_bond`.
    """
    found = {}
    for profile in itertools.product(*map(range, game.num_actions)):
        contract = smallest_bond(game, signals, profile, **settings)
        if contract.bond is not None and contract.bond <= rational(bond):
            found[profile] = contract
    return found


def degrade(
    game: NormalForm, signals: Any, qualities: list[Any], bond: Any, *, distances: Any = None, **settings: Any
) -> tuple[Degraded, ...]:
    """What a team reaches as its signal fades from perfect to useless.

    The bond that the best joint action needs grows like 1 / quality and without a jump; welfare falls where the bond
    there is no longer suffices.

    Args:
        game: payoffs without transfers.
        signals: at quality 1, as in `smallest_bond`.
        qualities: shares of the true signal, the rest uniform noise.
        bond: the most that anybody may have to pay.
        distances: between signals, as in `earth_mover`.
        settings: as in `smallest_bond`.
    """
    best = tuple(int(a) for a in np.unravel_index(int(np.argmax(game.welfare)), game.num_actions))
    out = []
    for quality in qualities:
        seen = blurred(np.asarray(signals), quality)
        near = [earth_mover(seen[best], seen[other], distances) for _, other in _deviations(game, best)]
        fits = implementable(game, seen, bond, **settings)
        top = max(fits, key=lambda profile: (int(game.welfare[profile]), profile), default=None)
        out.append(
            Degraded(
                rational(quality), min(near), smallest_bond(game, seen, best, **settings).bond,
                None if top is None else Fraction(int(game.welfare[top]), game.scale), top,
            )
        )
    return tuple(out)


def critical_quality(
    game: NormalForm, signals: Any, target: tuple[int, ...], bond: Any, *, digits: int = 12, **settings: Any
) -> tuple[Fraction, Fraction] | None:
    """Where welfare jumps: a quality that is too low for a bond and one that suffices; None if even 1 is too low.

    Noise is a garbling, so whatever a worse signal implements a better one does too (Blackwell), and halving brackets
    the jump between two qualities that are each decided exactly.

    Args:
        game: payoffs without transfers.
        signals: at quality 1.
        target: the joint action.
        bond: the most that anybody may have to pay.
        digits: how often the bracket is halved.
        settings: as in `smallest_bond`.
    """
    def fits(quality: Fraction) -> bool:
        needed = smallest_bond(game, blurred(np.asarray(signals), quality), target, **settings).bond
        return needed is not None and needed <= rational(bond)

    low, high = Fraction(0), Fraction(1)
    if not fits(high) or fits(low):
        return None if not fits(high) else (low, low)
    for _ in range(digits):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return low, high


class _Team:
    """Variables: transfers `[agents, values]` in a row, then the bond (or, relaxed, the excess)."""

    def __init__(
        self, game: NormalForm, signals: Any, target: tuple[int, ...], margin: Fraction, mean_zero: bool, breaker: bool,
        slope: bool,
    ) -> None:
        seen = chances(signals)
        if seen.shape[:-1] != game.num_actions:
            raise BadGame(
                f"Signals have shape {seen.shape}, expected {game.num_actions} and one axis of values: chances of "
                "every signal after every joint action."
            )
        self.game, self.target, self.margin = game, target, margin
        self.mean_zero, self.breaker, self.slope = mean_zero, breaker, slope
        self.mine, self.size = seen[target], seen.shape[-1]
        self.leaving = [
            (agent, other, seen[other] - self.mine, game.payoff(other)[agent] - game.payoff(target)[agent])
            for agent, other in _deviations(game, target)
        ]

    def solve(self, *, relaxed: bool) -> Optimum:
        """The smallest bond, or the least excess that every incentive needs where no bond suffices."""
        n, size = self.game.num_agents, self.size
        width = n * size + 1
        zero = lambda: np.full(width, Fraction(0), object)
        rows, limits, sums = [], [], []
        for agent, _, shift, gain in self.leaving:
            row = zero()
            row[agent * size : (agent + 1) * size] = shift
            row[-1] = Fraction(-int(relaxed))
            rows.append(row)
            limits.append(-gain - self.margin)
        for y in range(size):
            row = zero()
            row[y : n * size : size] = Fraction(1)
            (rows if self.breaker else sums).append(row)
            if self.breaker:
                limits.append(Fraction(0))
        for agent in range(n if self.mean_zero else 0):
            row = zero()
            row[agent * size : (agent + 1) * size] = self.mine
            sums.append(row)
        for agent, y, sign in itertools.product(range(0 if relaxed else n), range(size), (1, -1)):
            row = zero()
            row[agent * size + y] = Fraction(sign)
            if self.slope:
                if y + 1 == size:
                    continue
                row[agent * size + y + 1] = Fraction(-sign)
            row[-1] = Fraction(-1)
            rows.append(row)
            limits.append(Fraction(0))
        cost = zero()
        cost[-1] = Fraction(1)
        equal = (np.array(sums, object), np.zeros(len(sums), object)) if sums else None
        return minimise(
            cost, at_most=(np.array(rows, object), np.array(limits, object)), equal=equal,
            bounds=[(None, None)] * (width - 1) + [(0, None)],
        )

    def refused(self) -> TeamContract:
        """Why no transfers do: weights of deviations that cancel every transfer and leave a gain."""
        found, game = self.solve(relaxed=True), self.game
        pulls = [
            Pull(-dual, agent, game.named(other)[agent], game.named(self.target)[agent], gain)
            for (agent, other, _, gain), dual in zip(self.leaving, found.duals.at_most, strict=False) if dual
        ] if found.duals is not None else []
        text = "; ".join(str(pull) for pull in pulls)
        rule = "add up to at most zero" if self.breaker else "add up to zero"
        return TeamContract(
            False, self.target, (), None, (), tuple(pulls), found.exact,
            f"No transfers implement {', '.join(game.named(self.target))}, whatever the bond: {text}; so weighted "
            f"all transfers cancel, as they {rule}, and {said(proven(found))} is still gained. Let somebody outside "
            "keep money (breaker=True), or see more than this signal.",
        )


def _deviations(game: NormalForm, target: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """Agent and joint action of every unilateral deviation."""
    return [
        (agent, (*target[:agent], action, *target[agent + 1 :]))
        for agent, count in enumerate(game.num_actions) for action in range(count) if action != target[agent]
    ]
