"""The rivals of a formal contract, side by side on one game: what each can reach, and who needs which power for it.

Payoffs are per round, so that a repeated game stands beside a game of one round. What a row says is exact unless its
bounds differ: then equilibria reach `best`, and none is beyond `best_bound` (likewise for the worst).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ..equilibria.mixed import mixed_two_by_two
from ..equilibria.stage import pure_equilibria
from ..tables.normal import NormalForm
from ..tables.numbers import said
from .leader import Leadership, Play, lead, lead_by_answers, lead_mixed
from .mediator import advised, delegated
from .repeated import checked_discount, equilibrium_payoffs, pure_minmax, rounds_of, steady
from .support import payoff_bound

Payoffs = tuple[Fraction, ...]


@dataclasses.dataclass(frozen=True)
class Route:
    """One way to cooperate: the welfare of its equilibria."""

    name: str
    power: str
    """Who must be able to do what."""

    best: Fraction | None
    """Most welfare of an equilibrium that was found; None if none was."""

    worst: Fraction | None
    payoffs: Payoffs = ()
    """Each agent's payoff at `best`."""

    best_bound: Fraction | None = None
    """No equilibrium has more welfare; None if it is `best`."""

    worst_bound: Fraction | None = None
    attained: bool = True
    """False: `best` or `worst` is a limit that no equilibrium reaches; `note` says which."""

    exact: bool = True
    """Whether everything behind it was decided in rationals, and `best` and `worst` are the bounds."""

    note: str = ""


@dataclasses.dataclass(frozen=True)
class Routes:
    """All routes on one game."""

    discount: Fraction
    optimum: Fraction
    """The most welfare of any joint action."""

    rows: tuple[Route, ...]

    def __getitem__(self, name: str) -> Route:
        """A route by its name."""
        return next(route for route in self.rows if route.name == name)

    def __iter__(self) -> Iterator[Route]:
        """The routes, from what is always there to what needs most."""
        return iter(self.rows)

    def table(self) -> list[tuple[str, ...]]:
        """Rows of text: a head, then one per route."""
        head = "route", "best", "worst", "payoffs at best", "needs", "note"
        return [head, *(
            (
                route.name, _number(route.best, route.best_bound, "<="), _number(route.worst, route.worst_bound, ">="),
                " ".join(said(value) for value in route.payoffs), route.power, route.note,
            )
            for route in self.rows
        )]  # fmt: skip

    def __str__(self) -> str:
        """The table, its columns aligned."""
        table = self.table()
        wide = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        return "\n".join("  ".join(text.ljust(w) for text, w in zip(row, wide, strict=True)).rstrip() for row in table)


def compare(game: NormalForm, discount: Any) -> Routes:
    """What each route reaches on a game.

    Args:
        game: any number of agents; mixtures of a leader need two.
        discount: of the repeated game, between 0 and 1.

    Raises:
        BadSetting: a discount outside (0, 1).
    """
    delta = checked_discount(discount)
    alone, said_of = _one_round(game)
    rows = [
        Route("one round", "nothing", *_range(alone), max(alone, key=sum, default=()), note=said_of),
        _threat(game, delta),
        *_mediators(game),
        *_leaders(game),
        _contract(game, alone),
    ]
    return Routes(delta, game.best_welfare, tuple(rows))


def _one_round(game: NormalForm) -> tuple[list[Payoffs], str]:
    """Payoffs of equilibria, and which ones these are: where mixed ones come in closed form, those too."""
    if game.num_actions == (2, 2):
        return [found.payoffs for found in mixed_two_by_two(game)], "pure and mixed equilibria"
    pure = [game.payoff(profile) for profile in pure_equilibria(game)]
    return pure, "pure equilibria" if pure else "no pure equilibrium; mixed ones are not looked for"


def _range(payoffs: list[Payoffs]) -> tuple[Fraction | None, Fraction | None]:
    sums = [sum(each, Fraction(0)) for each in payoffs]
    return max(sums, default=None), min(sums, default=None)


def _threat(game: NormalForm, delta: Fraction) -> Route:
    """Two agents: the polygons. More: joint actions played forever, and a bound."""
    name, power = "threat alone", f"all meet again (discount {said(delta)}) and see all"
    if game.num_agents == 2:
        found = equilibrium_payoffs(game, delta)
        inner, outer = found.inner.corners, found.outer.corners
        note = "pure actions" if outer else "no pure equilibrium"
    else:
        bound = payoff_bound(game, delta)
        inner = [one.payoff for one in steady(rounds_of(game), delta)]
        note = "no pure equilibrium" if bound.empty[0] else "pure actions; joint actions played forever, and a bound"
        low, high = bound.welfare()
        low, high = max(low, sum(pure_minmax(game), Fraction(0))), min(high, game.best_welfare)
        outer = [] if bound.empty[0] else [(low,), (high,)]
    best, worst = _range(list(inner))
    most, least = _range(list(outer))
    payoffs = max(inner, key=sum, default=())
    return Route(name, power, best, worst, payoffs, most, least, exact=(best, worst) == (most, least), note=note)


def _mediators(game: NormalForm) -> Iterator[Route]:
    for name, power, solve in (
        ("mediator: advice", "a trusted adviser who tells each its part", advised),
        ("mediator: delegation", "a trusted agent who may play for all", delegated),
    ):
        best, worst = solve(game), solve(game, [-1] * game.num_agents)
        yield Route(name, power, best.welfare, worst.welfare, best.payoffs, exact=best.exact and worst.exact)


def _leaders(game: NormalForm) -> Iterator[Route]:
    """Best and worst over who leads; a leader seeks its own good, so the best welfare need not come of more power."""
    agents = range(game.num_agents)
    kinds = [("leader: action", "one binds itself to an action before the others move", lead)]
    if game.num_agents == 2:
        kinds.append(("leader: mixture", "one binds itself to a mixture, verifiably", lead_mixed))
    kinds.append(("leader: answers", "one binds itself to an answer to whatever the others do", lead_by_answers))
    for name, power, solve in kinds:
        yield _led(name, power, [solve(game, agent) for agent in agents])


def _led(name: str, power: str, found: list[Leadership]) -> Route:
    best = [(result.leader, result.optimistic) for result in found if result.optimistic]
    worst = [(result.leader, result.pessimistic) for result in found if result.pessimistic]
    exact = all(result.exact for result in found)
    if not best:
        return Route(name, power, None, None, exact=exact, note="the followers have no pure equilibrium")
    by_welfare = lambda entry: entry[1].welfare
    leader, top = max(best, key=by_welfare)
    low = min(worst, key=by_welfare, default=None)
    notes = [f"agent {leader} leads"]
    if low is None:
        notes.append("worst is not looked for with several followers")
    elif not low[1].attained:
        notes.append(f"worst is a limit (agent {low[0]} leads, ties broken against it)")
    attained = low is None or low[1].attained
    return Route(
        name, power, top.welfare, None if low is None else low[1].welfare, top.payoffs, attained=attained, exact=exact,
        note="; ".join(notes),
    )


def _contract(game: NormalForm, alone: list[Payoffs]) -> Route:
    """A forcing contract with lump sums: the optimum, and all of the surplus for who proposes.

    Source: Christoffersen, Haupt, Hadfield-Menell 2023: every equilibrium is optimal; responders keep what they have
    without a contract, the same equilibrium following every rejection.
    """
    optimum = game.best_welfare
    power = "binding payments on actions, one proposer, lump sums"
    if not alone:
        return Route("formal contract", power, optimum, optimum, note="outside option unknown: no pure equilibrium")
    outside = max(alone, key=lambda each: optimum - sum(each[1:]))
    payoffs = optimum - sum(outside[1:], Fraction(0)), *outside[1:]
    note = f"agent 0 proposes and takes the surplus of {said(optimum - sum(outside, Fraction(0)))}"
    return Route("formal contract", power, optimum, optimum, payoffs, note=note)


def _number(value: Fraction | None, bound: Fraction | None, sign: str) -> str:
    if value is None:
        return "-" if bound is None else f"{sign} {said(bound)}"
    return said(value) if bound in (None, value) else f"{said(value)} ({sign} {said(bound)})"


__all__ = ["Play", "Route", "Routes", "compare"]
