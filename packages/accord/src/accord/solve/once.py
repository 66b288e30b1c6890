"""A game of one move, answered completely: equilibria, the map over prices, the cheapest contract, who signs what."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from . import result
from .bargaining.bargain import Bargain, negotiate
from .bargaining.offers import fine_enough, signing
from .equilibria.mixed import mixed_two_by_two
from .equilibria.stage import classify, dominance, equilibrium_mask, pure_equilibria, welfare_bounds
from .proof.certificate import Certificate
from .proof.certify import certify
from .question import Asked
from .rivals.routes import compare
from .tables.normal import NormalForm
from .tables.numbers import rational, said
from .terms.features import Features
from .terms.regions import EquilibriumMap, equilibrium_map, price_interval
from .terms.transfers import CheapestContract, cheapest, next_best

MOST_PROFILES = 4096
"""Joint actions up to which bounds by correlated equilibria are computed."""

MOST_INSTEAD = 256
"""Joint actions up to which, for a target that cannot be had, the next best is sought."""

MOST_LUMPS = 4000
"""Combinations of lump sums up to which each responder has its own."""

MOST_OFFERS = 8
"""Outcomes of the negotiation that the record keeps."""

Play = tuple[tuple[Fraction, ...], str]
"""Payoffs of an equilibrium of play, and what is played in words."""


def answered(asked: Asked, game: NormalForm) -> dict[str, Any]:
    """The fields of `Solution` for a game of one move."""
    question, features = asked.question, asked.features
    target = _target(game, question.target)
    found: dict[str, Any] = {
        "optimum": game.best_welfare,
        "optimum_play": ", ".join(game.named(target)),
        "before": asked.timed("equilibria", lambda: equilibria(game)),
        "reach": _reach(game),
    }
    if game.num_actions == (2, 2):
        found["kind"] = classify(game).name
    if question.discount is not None and game.num_agents <= 3:
        found["routes"] = asked.timed("routes", lambda: _routes(game, question.discount))
    contract = None
    if features is not None:
        contract = asked.timed("contract", lambda: best_contract(game, target, features, question.margin))
        found["cheapest"] = _cheapest(contract, game, target, features)
        if features.num_terms == 1:
            drawn = asked.timed("prices", lambda: equilibrium_map(game, features))
            found["prices"], found["prices_of"] = _pieces(drawn, game), "pure equilibria"
            edges = drawn.breakpoints
        else:
            edges = ()
        found |= _negotiated(asked, game, features, contract, edges, target)
    theta = found.pop("certified_theta", None)
    found["matrix"] = _matrix(game, features, theta) if game.num_actions == (2, 2) else None
    return found


def _target(game: NormalForm, wish: tuple[int, ...] | None) -> tuple[int, ...]:
    """The wished joint action, or the best one: among several the first that is an equilibrium already, if one is."""
    if wish is not None:
        return wish
    best = game.welfare == game.welfare.max()
    stable = best & equilibrium_mask(game)
    return tuple(int(a) for a in np.argwhere(stable if stable.any() else best)[0])


def _reach(game: NormalForm) -> tuple[tuple[Fraction, ...], ...]:
    cells = {game.payoff(cell) for cell in np.ndindex(*game.num_actions)}
    return tuple(sorted(cells)) if game.num_agents == 2 else ()


def equilibria(game: NormalForm) -> result.Equilibria:
    """All equilibria of a game of two by two; else the pure ones, and bounds that cover mixed ones too."""
    if game.num_actions == (2, 2):
        both = mixed_two_by_two(game)
        sums = [one.welfare for one in both]
        found = tuple(
            result.Equilibrium(one.payoffs, _words(game, one.strategies), max(map(len, one.support)) > 1)
            for one in both
        )
        return result.Equilibria(min(sums), max(sums), "complete", "pure and mixed, in closed form", found)
    pure = tuple(
        result.Equilibrium(game.payoff(profile), ", ".join(game.named(profile))) for profile in pure_equilibria(game)
    )
    only = dominance(game).solution
    if only is not None:
        worth = sum(game.payoff(only), Fraction(0))
        return result.Equilibria(worth, worth, "complete", "by iterated strict dominance", pure)
    if game.units[0].size > MOST_PROFILES:
        sums = [sum(one.payoffs, Fraction(0)) for one in pure] or [Fraction(0)]
        return result.Equilibria(min(sums), max(sums), "some", "pure ones, by enumeration", pure)
    span = welfare_bounds(game)
    method = "pure ones by enumeration; all lie between bounds by correlated equilibria"
    return result.Equilibria(span.low, span.high, "bound", method, pure)


def _words(game: NormalForm, strategies: Sequence[Sequence[Fraction]]) -> str:
    parts = []
    for agent, own in enumerate(strategies):
        names = [game.labels[agent][a] if game.labels else str(a) for a in range(len(own))]
        played = [(p, name) for p, name in zip(own, names, strict=True) if p]
        parts.append(" or ".join(name if p == 1 else f"{name} ({said(p)})" for p, name in played))
    return ", ".join(parts)


def _routes(game: NormalForm, discount: Fraction | None) -> tuple[result.Route, ...]:
    rows = []
    for row in compare(game, discount):
        low = row.worst if row.worst is not None else row.worst_bound
        high = row.best if row.best is not None else row.best_bound
        if low is not None and high is not None:
            rows.append(result.Route(row.name, low, high, row.power, bound=not row.exact))
    return tuple(rows)


# ---------------------------------------------------------------------------------------------------------- contracts


def best_contract(game: NormalForm, target: Any, features: Features, margin: Fraction) -> CheapestContract:
    """The cheapest contract that makes a target dominant; where none does, that makes it an equilibrium."""
    first = cheapest(game, target, features, mode="dominance", margin=margin, objective="terms")
    return first if first.feasible else cheapest(game, target, features, margin=margin, objective="terms")


def _cheapest(
    found: CheapestContract, game: NormalForm, target: tuple[int, ...], features: Features
) -> result.Cheapest:
    """The contract as a record; of one term the exact limit, which strict incentives may not reach."""
    said_target = ", ".join(game.named(target))
    if not found.feasible:
        near = nearest(found) + _instead(game, features, found.margin)
        return result.Cheapest(said_target, "equilibrium", False, nearest=near, proof=proof(found))
    theta, attained, margin = found.theta, True, found.margin
    if features.num_terms == 1:
        where = price_interval(game, target, features, mode=found.mode, strict=found.mode == "dominance")
        if where is not None and where.low is not None:
            theta, attained, margin = (where.low,), where.closed_low, None
    return result.Cheapest(
        said_target, "dominant" if found.mode == "dominance" else "equilibrium", True, theta, attained=attained,
        margin=margin, binding=str(found.binding[0]) if found.binding else "",
        largest=_largest(game, features, theta), paid=_paid(game, target, features, theta),
    )


def _instead(game: NormalForm, features: Features, margin: Fraction) -> str:
    """The best joint action that the space can make an equilibrium, as the end of a sentence."""
    if game.units[0].size > MOST_INSTEAD:
        return ""
    other = next_best(game, features, margin=margin)
    if other is None:
        return "; no joint action at all can be made a strict equilibrium"
    profile = tuple(int(a) for a in np.unravel_index(int(other[0][0, 0]), game.num_actions))
    worth = said(sum(game.payoff(profile), Fraction(0)))
    return f"; the best that it can bring about is {', '.join(game.named(profile))} ({worth} together)"


def nearest(found: CheapestContract) -> str:
    """How near a space comes that has no contract for a target."""
    terms = ", ".join(said(term) for term in found.theta)
    if not found.theta:
        return found.message
    if found.regret <= 0:
        return f"at best (terms {terms}) a deviation costs nothing, so others may be played as well"
    return f"at best (terms {terms}) a deviation still gains {said(found.regret)}"


def proof(found: CheapestContract) -> str:
    """Why there is no contract: deviations of which always one gains, and how much they weigh."""
    parts = "; ".join(str(part) for part in found.conflict[:4])
    more = f"; and {len(found.conflict) - 4} more" if len(found.conflict) > 4 else ""
    return f"Whatever the terms, these deviations gain too much together: {parts}{more}." if parts else ""


def _largest(game: NormalForm, features: Features, theta: Sequence[Any]) -> Fraction:
    moved = under(game, features, theta).payoffs - game.payoffs
    return abs(moved).max()


def _paid(game: NormalForm, target: tuple[int, ...], features: Features, theta: Sequence[Any]) -> Fraction:
    pairs = zip(under(game, features, theta).payoff(target), game.payoff(target), strict=True)
    return sum((max(after - before, Fraction(0)) for after, before in pairs), Fraction(0))


def _pieces(drawn: EquilibriumMap, game: NormalForm) -> tuple[result.Piece, ...]:
    pieces = []
    for piece in drawn.pieces:
        by_worth: dict[Fraction, list[str]] = {}
        for profile, worth in zip(piece.equilibria, piece.welfare, strict=True):
            by_worth.setdefault(worth, []).append(", ".join(game.named(profile)))
        where = piece.where
        assert where.low is not None and where.high is not None  # a contract space is a box
        pieces.append(result.Piece(
            where.low, where.high, where.closed_low, where.closed_high, tuple(sorted(by_worth)),
            tuple("; ".join(by_worth[worth]) for worth in sorted(by_worth)),
        ))
    return tuple(pieces)


def plays(game: NormalForm) -> list[Play]:
    """Payoffs of equilibria of play and what is played: pure and mixed for two by two, else pure."""
    if game.num_actions == (2, 2):
        return [(one.payoffs, _words(game, one.strategies)) for one in mixed_two_by_two(game)]
    return [(game.payoff(profile), ", ".join(game.named(profile))) for profile in pure_equilibria(game)]


def under(game: NormalForm, features: Features, theta: Sequence[Any]) -> NormalForm:
    """The game under some terms."""
    fixed = features.at(tuple(map(rational, theta)))
    units = np.moveaxis(fixed.constant[0], 1, 0).reshape(game.units.shape)
    return game.plus(NormalForm(units, fixed.scale))


def _offered(features: Features, contract: CheapestContract, edges: Sequence[Fraction], count: int) -> list[Any]:
    """Terms that may be offered: evenly spread ones, those where equilibria change, and the cheapest contract's."""
    low, high = features.low, features.high
    if features.num_terms == 1 and low[0] is not None and high[0] is not None:
        spread = [low[0] + (high[0] - low[0]) * k / max(count - 1, 1) for k in range(count)]
        cheap = [contract.theta[0]] if contract.feasible else []
        return [(term,) for term in sorted({*spread, *edges, *cheap})]
    corners = itertools.product(*zip(low, high, strict=True)) if features.num_terms <= 6 else ()
    known = [corner for corner in corners if None not in corner]
    return sorted({*known, *([contract.theta] if contract.feasible else [])})


def _negotiated(
    asked: Asked, game: NormalForm, features: Features, contract: CheapestContract, edges: Sequence[Fraction],
    target: tuple[int, ...],
) -> dict[str, Any]:
    """Who proposes what, who signs, who gains; and the certificate of play under the contract that is told."""
    question = asked.question
    thetas = _offered(features, contract, edges, question.terms)
    games = [under(game, features, theta) for theta in thetas]
    known = [(theta, part, plays(part)) for theta, part in zip(thetas, games, strict=True)]
    left = [theta for theta, _, found in known if not found]
    known = [entry for entry in known if entry[2]]
    outside = plays(game)
    if left:
        asked.notes.append(f"{len(left)} terms without a pure equilibrium of play were not offered.")
    if not outside or not known:
        asked.notes.append("The negotiation is left out: there is no pure equilibrium to fall back on.")
        contracted = under(game, features, contract.theta) if contract.feasible else game
        return {"certificate": _certified(game, contracted, target, None, None)}
    payoffs = [np.array([pay for pay, _ in found], object) for _, _, found in known]
    common = np.array([pay for pay, _ in outside], object)
    lumps = _lumps(asked, payoffs, common, game) if asked.signing else None
    bargain = asked.timed("negotiation", lambda: negotiate(
        payoffs, common, lumps=lumps, proposer=question.proposer, acceptance=question.acceptance,
        disagreement=question.disagreement, best=game.best_welfare,
    ))
    told = _told(bargain, payoffs)
    offers = tuple(_offer(bargain, number, known, outside) for number in told)
    base = _outside(bargain, told[0])
    asked.notes.append(
        f"The negotiation knows {len(known)} terms"
        + (f" and {len(lumps)} lump sums with each." if lumps is not None else ", without lump sums.")
    )
    gains = [pay - least for pay, least in zip(offers[0].payoffs, base, strict=True)]
    surplus = sum(gains, Fraction(0))
    negotiation = result.Negotiation(
        _protocol(question, game.num_agents), question.proposer, base, offers, bargain.welfare, bargain.efficient,
        disagreement=question.disagreement, shares=tuple(gain / surplus for gain in gains) if surplus > 0 else (),
    )
    first = offers[0]
    theta = first.theta if first.signed else contract.theta if contract.feasible else None
    lump = first.lump if first.signed else None
    certified = game if theta is None else under(game, features, theta)
    return {
        "negotiation": negotiation,
        "certificate": asked.timed("certificate", lambda: _certified(
            game, certified, target, lump, base if first.signed else None
        )),
        "certified_theta": theta,
    }


def _certified(game: NormalForm, contracted: NormalForm, target: Any, lump: Any, outside: Any) -> Certificate:
    """The target under the contract; without one, the first pure equilibrium if the target is none."""
    names = players(game.num_agents)
    if contracted is game and not equilibrium_mask(game)[target]:
        pure = pure_equilibria(game)
        return certify(game, pure[0] if pure else target, agents=names)
    return certify(contracted, target, without=game, signing=lump, outside=outside, expected=target, agents=names)


def players(count: int) -> tuple[str, ...]:
    """Names of agents for people."""
    return tuple(f"player {chr(ord('A') + agent)}" for agent in range(count))


def _lumps(asked: Asked, payoffs: list[np.ndarray], outside: np.ndarray, game: NormalForm) -> np.ndarray:
    """Lump sums so fine that nothing hides between two ticks; with many agents all responders get the same."""
    proposer, agents = asked.question.proposer, game.num_agents
    points = np.concatenate([*payoffs, outside])
    worths = sorted({sum(row, Fraction(0)) for row in points})
    tick = (worths[-1] - worths[-2] if len(worths) > 1 else Fraction(1)) / agents
    ticks = int((points.max() - points.min()) / tick) + 2
    if (2 * ticks + 1) ** (agents - 1) <= MOST_LUMPS:
        return fine_enough(payoffs, outside, proposer=proposer)
    asked.notes.append("All responders are offered the same lump sum: each its own would be too many combinations.")
    return signing(agents, [k * tick for k in range(-ticks, ticks + 1)], proposer=proposer, alike=True)


def _told(bargain: Bargain, payoffs: list[np.ndarray]) -> list[int]:
    """Different outcomes, the one to tell first: efficient, sure of its play, best for the proposer, at least terms."""
    order = []
    worth = bargain.units.sum(axis=1)
    for number in range(len(bargain)):
        contract = int(bargain.contract[number])
        sure = contract < 0 or len(payoffs[contract]) == 1
        own = int(bargain.units[number, bargain.proposer])
        order.append((-int(worth[number]), not sure, -own, contract, int(bargain.lump[number]), number))
    seen: set[tuple[Any, ...]] = set()
    told: list[int] = []
    for *_, number in sorted(order):
        key = (bool(bargain.signed[number]), *map(int, bargain.units[number]))
        if key not in seen:
            seen.add(key)
            told.append(number)
    ends = [told[0]]
    for k in sorted(range(1, len(told)), key=lambda k: (k < len(told) - MOST_OFFERS // 2, k)):
        ends.append(told[k])
    return sorted(ends[:MOST_OFFERS], key=told.index)


def _offer(bargain: Bargain, number: int, known: list[Any], outside: list[Play]) -> result.Offer:
    path, point = bargain.path(number), int(bargain.point[number])
    theta = None if path.contract is None else known[path.contract][0]
    play = known[path.contract][2][point][1] if path.signed and path.contract is not None else outside[point][1]
    return result.Offer(theta, path.lump, path.signed, path.payoffs, play)


def _outside(bargain: Bargain, number: int) -> tuple[Fraction, ...]:
    """What everybody falls back on in an outcome; each one's least where that may vary."""
    expected = int(bargain.expected[number])
    row = bargain.outside[expected] if expected >= 0 else bargain.outside.min(axis=0)
    return tuple(Fraction(int(value), bargain.scale) for value in row)


def _protocol(question: Any, agents: int) -> str:
    how = {
        "sequential": "answers in turn", "simultaneous": "answers at the same time",
        "undominated": "answers at the same time without a dominated vote", "majority": "is outvoted by a majority",
    }[question.acceptance]
    who = "the other one" if agents == 2 else "every other one"
    return f"Player {chr(ord('A') + question.proposer)} proposes, {who} {how}"


def _matrix(game: NormalForm, features: Features | None, theta: Any) -> result.Matrix:
    cells = lambda part: tuple(tuple(part.payoff((row, column)) for column in range(2)) for row in range(2))
    rows, columns = game.labels if game.labels else (("0", "1"), ("0", "1"))
    stable = lambda part: tuple((row, column) for row, column in pure_equilibria(part))
    drawn = result.Matrix(tuple(rows), tuple(columns), cells(game), stable(game))
    if features is None or theta is None:
        return drawn
    part = under(game, features, theta)
    return dataclasses.replace(drawn, after=cells(part), stable_after=stable(part))
