"""A game of many steps: what is certain about its equilibria, whether a space can mend it, and a contract that does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..core.errors import BadSetting
from . import result
from .equilibria.backward import SubgamePerfect, subgame_perfect
from .equilibria.bounds import Bounds, bounds
from .equilibria.markov import markov_perfect
from .once import nearest, players, proof
from .proof.certify import certify
from .question import Asked
from .tables.planner import optimal
from .tables.tabular import Tabular
from .tables.unrolled import unrolled
from .terms.features import Features, leaving
from .terms.selection import Selection, select
from .terms.transfers import CheapestContract, cheapest

SWEPT = 13
"""Prices at which bounds are computed."""

MOST_ROWS = 600_000
"""Rows times steps up to which linear programs tighten the bounds and the certificate is in integers, unless asked."""


def answered(asked: Asked) -> dict[str, Any]:
    """The fields of `Solution` for a game of many steps."""
    game = asked.table.arrays
    full = asked.question.depth != "quick" and _exactly(asked)
    policy, values = asked.timed("optimum", lambda: optimal(game))
    best = sum(values.from_start(game), Fraction(0))
    tell = lambda part: lambda done, total: asked.progress(part, done, total)
    outer = asked.timed(
        "bounds", lambda: bounds(game, tier="programs" if full else "boxes", progress=tell("bounds"))
    )
    inner = asked.timed("equilibria", lambda: subgame_perfect(game, outer=outer, progress=tell("equilibria")))
    if not full:
        asked.notes.append("Bounds by linear programs and the choice among tied optimal policies were left out.")
    found: dict[str, Any] = {
        "optimum": best,
        "optimum_play": "the best joint policy",
        "before": equilibria(inner, outer),
    }
    asked.notes.append(inner.message)
    if asked.question.discount is not None:
        asked.notes.append(asked.timed("stationary play", lambda: _stationary(game, asked.question.discount)))
    if asked.features is not None:
        policy, found["cheapest"] = _mended(asked, game, asked.features, policy, full)
        if asked.features.num_terms == 1:
            found["sweep"] = _sweep(asked, game, asked.features, full)
    return found | _forced(asked, game, policy, outer, best)


def _stationary(game: Tabular, discount: Fraction | None) -> str:
    """The stationary equilibria of the game without a time limit, or why they were not looked for."""
    try:
        return markov_perfect(game, discount).message
    except BadSetting as error:
        return f"Stationary play without a time limit was left out: {error}"


def _exactly(asked: Asked) -> bool:
    """Whether to do what takes long."""
    game = asked.table.arrays
    return asked.question.depth == "exact" or game.num_rows * game.horizon <= MOST_ROWS


def equilibria(inner: SubgamePerfect, outer: Bounds) -> result.Equilibria:
    """The pure equilibria where they are known, between bounds that hold for all."""
    low, high = outer.welfare
    found = tuple(result.Equilibrium(point) for point in (inner.payoffs or ())[:50])
    method = "all subgame-perfect equilibria lie between these bounds, mixed and publicly correlated ones too"
    if outer.policy is not None:
        return result.Equilibria(low, high, "complete", "one joint action survives everywhere", found)
    return result.Equilibria(low, high, "bound", method, found)


def _mended(
    asked: Asked, game: Tabular, features: Features, policy: np.ndarray, full: bool
) -> tuple[np.ndarray, result.Cheapest]:
    """The cheapest terms of the space for an optimal policy (among tied ones), or why there are none."""
    if full:
        chosen: Selection = asked.timed("contract", lambda: select(game, features))
        policy, contract = chosen.policy, chosen.contract
        asked.notes.append(f"Among optimal policies: {chosen.message}")
    else:
        contract = asked.timed("contract", lambda: cheapest(game, policy, features, objective="terms"))
    return policy, result.Cheapest(
        "the best joint policy", "equilibrium", contract.feasible, contract.theta if contract.feasible else (),
        binding=str(contract.binding[0]) if contract.binding else "",
        margin=contract.margin if contract.feasible else None,
        nearest="" if contract.feasible else nearest(contract), proof="" if contract.feasible else proof(contract),
    )


def _sweep(asked: Asked, game: Tabular, features: Features, full: bool) -> result.Sweep:
    """Bounds on the welfare of every equilibrium at some prices from one end of the space to the other."""
    low, high = features.low[0], features.high[0]
    assert low is not None and high is not None  # a contract space is a box
    terms = tuple(low + (high - low) * k / (SWEPT - 1) for k in range(SWEPT))
    tier = "programs" if full else "boxes"

    def at(number: int) -> tuple[Fraction, Fraction]:
        asked.progress("prices", number, SWEPT)
        fixed = features.at((terms[number],))
        return bounds(game.plus(fixed.constant[0], fixed.scale), tier=tier).welfare

    ends = asked.timed("prices", lambda: [at(number) for number in range(SWEPT)])
    method = {"programs": "linear programs", "boxes": "what each agent can guarantee itself"}[tier]
    return result.Sweep(terms, tuple(end[0] for end in ends), tuple(end[1] for end in ends), method)


def _forced(asked: Asked, game: Tabular, policy: np.ndarray, outer: Bounds, best: Fraction) -> dict[str, Any]:
    """All zero-sum transfers: a fine for leaving the policy. How large, who takes the surplus, and the certificate."""
    if game.num_agents < 2:
        return {}
    space = leaving(game, policy)
    contract: CheapestContract = asked.timed(
        "fine", lambda: cheapest(game, policy, space, mode="dominance", margin=asked.question.margin, objective="terms")
    )
    if not contract.feasible:
        asked.notes.append(f"A fine for leaving the best policy: {contract.message}")
        return {}
    fine = contract.theta[0]
    values = [low for low, _ in outer.values]
    highs = [high for _, high in outer.values]
    proposer = asked.question.proposer
    others = [agent for agent in range(game.num_agents) if agent != proposer]
    kept = [best - sum(side[agent] for agent in others) for side in (highs, values)]
    record = result.Fine(
        fine, contract.margin, str(contract.binding[0]) if contract.binding else "", proposer,
        (max(kept[0], values[proposer]), kept[1]),
    )
    if not _exactly(asked):
        asked.notes.append("The certificate is in floats, which prove nothing: ask for an exact one (--exact).")
    whole, states = unrolled(game)
    paid = space.at((fine,))
    rows = _rows_in_time(paid, game, states)
    contracted = whole.plus(rows, paid.scale)
    target = policy[states[:, 0].clip(max=game.horizon - 1), states[:, 1]]
    repeated = np.broadcast_to(target, (game.horizon, len(target)))
    return {
        "fine": record,
        "certificate": asked.timed("certificate", lambda: certify(
            contracted, repeated, without=whole, expected=repeated, exact=_exactly(asked),
            agents=players(game.num_agents),
        )),
    }


def _rows_in_time(paid: Features, game: Tabular, states: np.ndarray) -> np.ndarray:
    """Transfers that depend on the time, as rows of the unrolled game."""
    joint = game.num_joint
    per_time = paid.constant if len(paid.constant) > 1 else np.broadcast_to(
        paid.constant, (game.horizon, *paid.constant.shape[1:])
    )
    rows = per_time.reshape(game.horizon, game.num_states, joint, game.num_agents)
    times = states[:, 0]
    inside = times < game.horizon
    out = np.zeros((len(states), joint, game.num_agents), rows.dtype)
    out[inside] = rows[times[inside], states[inside, 1]]
    return out.reshape(-1, game.num_agents)
