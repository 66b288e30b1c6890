"""The game itself, played over every combination of liquidity choices: costs in whole numbers, for exact solvers."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from ...core.errors import BadGame
from ...core.rollout import over_envs
from ...core.types import Array, PRNGKeyArray
from .closed_form import Number, rational
from .game import Payments
from .ledger import PaymentsState

LIMIT = 2_000_000
"""Days that `play_all` plays before it refuses."""

_CHUNK = 20_000


@dataclasses.dataclass(frozen=True, eq=False)
class Volumes:
    """What is charged for, in cents over a whole day, for every day of the demand and every choice of liquidity.

    Arrays of 64 bits `[days, agents, levels of agent 0, levels of agent 1, ...]`; no rate is in them.
    """

    game: Payments
    posted: np.ndarray
    overdue: np.ndarray
    credit: np.ndarray
    borrowed: np.ndarray
    delay: np.ndarray
    """Cents times periods of delay between each two banks, `[days, payer, payee, levels, ...]`."""

    def under(self, **rates: float) -> Volumes:
        """The same plays at other rates (`r_c`, `r_d`, `r_b`, `r_l`, `r_i`): nothing is played again.

        Raises:
            BadGame: a setting that is no rate.
        """
        if wrong := set(rates) - {"r_c", "r_d", "r_b", "r_l", "r_i"}:
            raise BadGame(f"{', '.join(sorted(wrong))} changes what is played, and not its price. Play the other game.")
        return dataclasses.replace(self, game=dataclasses.replace(self.game, **rates))

    def costs(self, day: int | None = None, *, fee: Number = 0) -> tuple[np.ndarray, int]:
        """Each bank's cost as whole numbers over one scale, `cost = units / scale` in units of collateral.

        Args:
            day: one day of the demand; None for the mean over all.
            fee: per unit and period of delay, paid by the late bank to the one that it owes.

        Returns:
            Python integers where 64 bits would not do; `[agents, levels of agent 0, levels of agent 1, ...]`.
        """
        game, late = self.game, self.delay.sum(axis=2)
        rates = [rational(r) for r in (game.r_c, game.r_d, game.r_l, game.r_i, game.r_b, fee)]
        common = math.lcm(*(rate.denominator for rate in rates))
        bases = (self.posted, late, self.overdue, self.credit, self.borrowed, late - self.delay.sum(axis=1))
        large = sum(abs(rate) * int(np.abs(base).max()) for rate, base in zip(rates, bases, strict=True)) * common
        exact = object if large * len(self.posted) > 2**62 else np.int64
        units = sum(base.astype(exact) * int(rate * common) for rate, base in zip(rates, bases, strict=True))
        if day is None:
            return np.asarray(units).sum(axis=0), common * game.unit * len(self.posted)
        return np.asarray(units)[day], common * game.unit


def play_all(game: Payments, days: Sequence[int] | None = None, *, limit: int = LIMIT) -> Volumes:
    """Play every combination of constant liquidity choices, with everybody paying what they can.

    Args:
        game: decisions other than liquidity are taken out of it.
        days: which days of the demand; None for all.
        limit: most days to play: levels to the power of banks, times the days of the demand.

    Raises:
        BadGame: more than that.
    """
    game = dataclasses.replace(game, decisions="liquidity", view=())
    levels, n = game.levels, game.num_agents
    days = range(game.orders.shape[0]) if days is None else days
    if (count := levels**n * len(days)) > limit:
        raise BadGame(
            f"{levels} levels for {n} banks on {len(days)} days are {count} plays, more than {limit}. Take fewer "
            "levels or days, or raise limit."
        )
    joint = np.array(list(itertools.product(range(levels), repeat=n)), np.int32)
    day, choice = (part.ravel() for part in np.meshgrid(np.asarray(days), np.arange(len(joint)), indexing="ij"))
    play = jax.jit(over_envs(lambda d, a, k: _played(game, d, a, k)))
    size, key = min(_CHUNK, count), jax.random.key(0)
    parts = []
    for start in range(0, count, size):
        rows = np.arange(start, start + size) % count  # the last call repeats rows rather than be compiled anew
        keys = jnp.broadcast_to(key, (size,))
        seen = play(jnp.asarray(day[rows], jnp.int32), jnp.asarray(joint[choice[rows]].T), keys)
        # Sums over periods need more than 32 bits.
        parts.append(jax.tree.map(lambda leaf: np.asarray(leaf).astype(np.int64).sum(axis=0), seen))
    whole = jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=-1)[..., :count], *parts)
    formed = {
        name: np.moveaxis(leaf.reshape(*leaf.shape[:-1], len(days), *(levels,) * n), leaf.ndim - 1, 0)
        for name, leaf in whole.items()
    }
    return Volumes(game, **formed)


def _played(game: Payments, day: Array, actions: Array, key: PRNGKeyArray) -> dict[str, Array]:
    """One day under one joint choice: what each step is charged for, `[steps, ...]`."""

    def step(state: PaymentsState, _: None) -> tuple[PaymentsState, dict[str, Array]]:
        after, _rewards = game.step(state, actions, key)
        last = after.last
        charged = {"posted": last.posted, "overdue": last.overdue, "credit": last.credit, "borrowed": last.borrowed}
        return after, {**charged, "delay": last.unsettled}

    return jax.lax.scan(step, game.begin(day), None, length=game.horizon)[1]
