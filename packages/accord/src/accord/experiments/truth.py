"""What was learned beside what is true, for runs on games small enough to tabulate.

Frozen play is read off the nets in every state and valued exactly: no episodes, no sampling error. What each agent
could still gain is the best response by dynamic programming, where the run itself retrained nets.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..contracts.negotiate import Contracted, ContractedState, Deal, NoTerms
from ..core.errors import BadCheckpoint
from ..learn import heads
from ..learn.nets import flat, policy_outputs
from ..learn.schemes.moca import Play
from ..solve.answer import one_move
from ..solve.equilibria.bounds import bounds
from ..solve.once import plays
from ..solve.proof.certify import exploitability
from ..solve.result import Learned
from ..solve.tables.tabulate import LIMIT, Linear, Table, tabulate
from .phases import play_of
from .spec import game_of, space_of
from .store import RunFolder


@dataclass(frozen=True)
class Truth:
    """Learned play under some terms, valued exactly on the tabulated game."""

    price: Fraction | None
    """None for no contract."""

    values: np.ndarray
    """Expected return of an episode, transfers included, `[agents]`."""

    gains: np.ndarray
    """What the best response to the others' frozen play would add, `[agents]`."""


def valued(play: Play, table: Table, linear: Linear, prices: Sequence[Fraction | None]) -> list[Truth]:
    """Value frozen play under several contracts of one term (None: no contract)."""
    truths = []
    for price, policy in zip(prices, policies(play, table, prices), strict=True):
        arrays = table.arrays if price is None else table.arrays.plus(*linear.at((price,)))
        found = exploitability(arrays, policy)
        truths.append(Truth(price, np.array(found.values), np.array(found.gains)))
    return truths


def policies(play: Play, table: Table, prices: Sequence[Fraction | None]) -> np.ndarray:
    """Probabilities of every agent's actions in every state, `[prices, states, agents, actions]`."""
    contracted = Contracted(play.game, play.space, NoTerms())
    terms = [play.space.low if price is None else (float(price),) for price in prices]
    in_force = [price is not None for price in prices]
    deals = Deal(jnp.asarray(terms, jnp.float32), jnp.asarray(in_force, jnp.float32))

    def chances(deal: Deal, state: Any) -> Any:
        seen = contracted.observe(ContractedState(state, deal, jnp.float32(0.0)))
        return jax.nn.softmax(policy_outputs(play.net, flat(seen)), axis=1)

    assert heads.num_outputs(play.game.actions) == table.arrays.num_actions  # one plain discrete head
    every = jax.jit(jax.vmap(jax.vmap(chances, (None, 0)), (0, None)))
    found = np.asarray(every(deals, table.states), float)
    return found / found.sum(axis=3, keepdims=True)


def learned(
    run: RunFolder, *, limit: int = LIMIT, progress: Callable[[str, int, int], None] | None = None
) -> Learned:
    """What a finished run learned, at every price that its search tried, valued exactly.

    Raises:
        BadCheckpoint: the run has no learned contracts, or is not finished.
        BadGame: its game is not finite, or too large.
    """
    table = tabulate(game_of(run.experiment), limit=limit)
    seeds, found = range(run.experiment.seeds), []
    for seed in seeds:
        part = run.job(f"negotiate-seed{seed}").result()
        if part is None:
            raise BadCheckpoint(f"{run.path} has no contract of seed {seed}. Finish it with: accord resume {run.path}")
        found.append(part)
    terms = [tuple(row) for row in found[0]["landscape"]["terms"]]
    number = lambda value: Fraction(str(round(float(value), 6)))
    prices, linear = [number(theta[0]) for theta in terms], table.linear(space_of(run.experiment))
    truths = [valued(play_of(run, seed), table, linear, (*prices, None)) for seed in seeds]
    values = np.array([[truth.values for truth in row] for row in truths])  # [seeds, prices and null, agents]
    gains = np.array([[truth.gains.max() for truth in row] for row in truths])
    tell = progress or (lambda part, done, total: None)
    ends = []
    for done, price in enumerate((None, *prices)):
        tell("exact values by price", done, len(prices) + 1)
        ends.append(exact_ends(table, linear, price))
    votes = [part["acceptance"].get("learned") for part in found]
    offers = [part["contract"].get("learned") for part in found]
    return Learned(
        str(run.path), tuple(prices),
        values=tuple(tuple(tuple(map(float, row)) for row in seed[:-1]) for seed in values),
        outside=tuple(tuple(map(float, seed[-1])) for seed in values),
        gains=tuple(tuple(map(float, seed[:-1])) for seed in gains),
        outside_gains=tuple(float(seed[-1]) for seed in gains),
        low=tuple(end.low for end in ends[1:]), high=tuple(end.high for end in ends[1:]),
        welfare=tuple(end.welfare for end in ends[1:]),
        outside_low=ends[0].low, outside_high=ends[0].high, bounds=ends[0].bounds,
        searched=tuple(
            None if (theta := part["contract"]["search"]["theta"]) is None else float(theta[0]) for part in found
        ),
        offered=tuple(float(offer["theta"][0]) for offer in offers if offer),
        signed=tuple(float(offer["acceptance"]) for offer in offers if offer),
        votes=tuple(
            tuple(None if agent is None else tuple(map(float, agent)) for agent in vote) for vote in votes if vote
        ),
    )


class Ends(NamedTuple):
    """The least and most of each agent, and of all together, in the equilibria at a price."""

    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]
    welfare: tuple[Fraction, Fraction]
    bounds: bool
    """Whether they are bounds only."""


def exact_ends(table: Table, linear: Linear, price: Fraction | None) -> Ends:
    """What equilibria allow at a price (None: no contract).

    A game of one move: over its pure equilibria (two by two: mixed ones too). Else bounds on every equilibrium.
    """
    arrays = table.arrays if price is None else table.arrays.plus(*linear.at((price,)))
    stage = one_move(dataclasses.replace(table, arrays=arrays))
    if stage is None:
        found = bounds(arrays, tier="programs")
        low, high = zip(*found.values, strict=True)
        return Ends(low, high, found.welfare, True)
    payoffs = [pay for pay, _ in plays(stage)]
    columns, sums = list(zip(*payoffs, strict=True)), [sum(pay, Fraction(0)) for pay in payoffs]
    return Ends(tuple(map(min, columns)), tuple(map(max, columns)), (min(sums), max(sums)), False)
