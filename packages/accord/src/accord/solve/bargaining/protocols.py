"""The same dilemmas under each protocol: with and without lump sums, answers in turn or at the same time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..tables.normal import NormalForm
from ..tables.numbers import rational, said
from .bargain import Acceptance, Bargain, Disagreement, negotiate
from .offers import fine, play_payoffs, signing

PROTOCOLS: tuple[tuple[bool, Acceptance], ...] = (
    (False, "simultaneous"), (False, "sequential"), (True, "simultaneous"), (True, "sequential"),
)
"""With lump sums or without, and how the others answer; the naive protocol first."""


def bargain(
    game: NormalForm,
    contracts: Sequence[Any],
    *,
    lumps: Any = None,
    proposer: int = 0,
    acceptance: Acceptance = "sequential",
    disagreement: Disagreement = "same",
) -> Bargain:
    """The whole contracted game on a normal form: `negotiate` with the equilibria of play under each contract.

    Two agents with two actions: pure and mixed play; else pure play only, so `negotiate` complains about a contract
    without a pure equilibrium. The best welfare is the game's.

    Raises:
        BadGame: transfers that do not add up to zero, or play without an equilibrium that is known.
        BadSetting: an unknown proposer or rule.
    """
    play = [play_payoffs(game.plus(pays)) for pays in contracts]
    return negotiate(
        play, play_payoffs(game), lumps=lumps, proposer=proposer, acceptance=acceptance, disagreement=disagreement,
        best=game.best_welfare,
    )


def public_goods(num_agents: int, multiplier: Any) -> NormalForm:
    """Each invests 1 (first action) or nothing; what is invested is multiplied and shared by all."""
    m = rational(multiplier)
    payoffs = np.empty((num_agents,) + (2,) * num_agents, object)
    for profile in itertools.product(range(2), repeat=num_agents):
        invested = [1 - action for action in profile]
        for agent in range(num_agents):
            payoffs[(agent, *profile)] = m * sum(invested) / num_agents - invested[agent]
    return NormalForm.of(payoffs, (("invest", "keep"),) * num_agents)


def dilemmas() -> dict[str, NormalForm]:
    """The prisoner's dilemma with payoffs 4, 3, 1, 0, and public goods for three and five agents."""
    return {
        "prisoner's dilemma": NormalForm.of([[[3, 0], [4, 1]], [[3, 4], [0, 1]]], (("cooperate", "defect"),) * 2),
        "public goods, 3 agents": public_goods(3, Fraction(3, 2)),
        "public goods, 5 agents": public_goods(5, 2),
    }


def under_each(
    game: NormalForm, *, price: Any = Fraction(1, 8), prices: int = 13, tick: Any = Fraction(1, 16), ticks: int = 32
) -> dict[tuple[bool, Acceptance], Bargain]:
    """A dilemma with a fine on the last action, under each of `PROTOCOLS`; pure equilibria of play.

    Args:
        game: any.
        price: the fines are 0, price, ..., (prices - 1) * price.
        prices: how many fines.
        tick: every responder receives the same lump sum, a multiple of this.
        ticks: from -ticks to ticks of them.
    """
    contracts = [fine(game, k * rational(price)) for k in range(prices)]
    sums = signing(game.num_agents, [k * rational(tick) for k in range(-ticks, ticks + 1)], alike=True)
    return {
        (with_lumps, answers): bargain(game, contracts, lumps=sums if with_lumps else None, acceptance=answers)
        for with_lumps, answers in PROTOCOLS
    }


def table() -> str:
    """Welfare of all subgame-perfect equilibria of the three dilemmas under each protocol, as a table in text."""
    heads = [f"{'price and lump sum' if lumps else 'price only'}, {answers}" for lumps, answers in PROTOCOLS]
    rows = [["game", "best", "no contract", *heads]]
    for name, game in dilemmas().items():
        without = {said(sum(row, Fraction(0))) for row in play_payoffs(game)}
        found = under_each(game)
        sets = ["{" + ", ".join(said(value) for value in found[protocol].welfare) + "}" for protocol in PROTOCOLS]
        rows.append([name, said(game.best_welfare), ", ".join(sorted(without)), *sets])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])
