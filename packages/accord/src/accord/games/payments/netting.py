"""Liquidity-saving mechanisms inside a period: queues of all pairs settled at one moment, against each other.

All work on matrices `[payer, payee]` of whole cents and say what settles. Nobody may end up below what it can spend.
"""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from ...core.types import Array, Bool, Int

MECHANISMS = ("none", "bilateral", "multilateral", "partial")


def netted(
    mechanism: str,
    queued: Int[Array, "payer payee"],
    funds: Int[Array, "agents"],
    room: Int[Array, "payer payee"] | None,
    *,
    divisible: bool,
) -> Int[Array, "payer payee"]:
    """What a mechanism settles of the queues.

    Args:
        mechanism: one of `MECHANISMS`.
        queued: submitted and not settled.
        funds: what each bank may be a net payer of, at most.
        room: what each bank may be a net payer of towards each other one; None without bilateral limits.
        divisible: whether a queue may be settled in part.
    """
    if mechanism == "bilateral":
        return bilateral(queued) if divisible else bilateral_whole(queued, funds, room)
    if mechanism == "multilateral":
        return multilateral(queued, funds, room)
    if mechanism == "partial":
        return partial(queued, funds, room)
    return jnp.zeros_like(queued)


def bilateral(queued: Int[Array, "payer payee"]) -> Int[Array, "payer payee"]:
    """Opposing queues settle up to the smaller one: no liquidity is needed."""
    return jnp.minimum(queued, queued.T)


def bilateral_whole(
    queued: Int[Array, "payer payee"], funds: Int[Array, "agents"], room: Int[Array, "payer payee"] | None
) -> Int[Array, "payer payee"]:
    """Opposing queues settle whole where the net payer can fund the difference; pair by pair, in the order of banks.

    What a bank gains in one pair it cannot spend in the next: the offsets count as simultaneous.
    """
    n = queued.shape[0]
    bank = np.arange(n)
    settled = jnp.zeros_like(queued)
    for i, j in itertools.combinations(range(n), 2):
        surplus = queued[i, j] - queued[j, i]  # what i pays on balance
        able = (surplus <= funds[i]) & (-surplus <= funds[j]) & (queued[i, j] > 0) & (queued[j, i] > 0)
        if room is not None:
            able = able & (surplus <= room[i, j]) & (-surplus <= room[j, i])
        spent = jnp.where(bank == i, jnp.maximum(surplus, 0), 0) + jnp.where(bank == j, jnp.maximum(-surplus, 0), 0)
        funds = funds - jnp.where(able, spent, 0)
        pair = np.zeros((n, n), bool)
        pair[i, j] = pair[j, i] = True
        settled = settled + jnp.where(pair & able, queued, 0)
    return settled


def multilateral(
    queued: Int[Array, "payer payee"], funds: Int[Array, "agents"], room: Int[Array, "payer payee"] | None
) -> Int[Array, "payer payee"]:
    """Everything at once, if nobody ends below zero; else nothing."""
    able = jnp.all(_net_paid(queued) <= funds)
    if room is not None:
        able = able & jnp.all(queued - queued.T <= room)
    return jnp.where(able, queued, 0)


def partial(
    queued: Int[Array, "payer payee"], funds: Int[Array, "agents"], room: Int[Array, "payer payee"] | None
) -> Int[Array, "payer payee"]:
    """The largest set of whole queues that can settle at once, if each bank gives up the last in its order first.

    A bank's order runs around the ring from itself: the next bank first. While some bank would end below zero, it
    gives up the last queue that it still has in; who would pass a bilateral limit gives up that queue and the later
    ones. Every removal is forced, so the set is the largest one, whatever the order of removals. At most one removal
    per queue is needed.

    Source: after the definition in Bech and Soramäki 2001 (a non-empty subset whose simultaneous settlement leaves no
    balance negative); the procedure is recalled, and tested against a search over all sets.
    """
    n = queued.shape[0]
    distance = (np.arange(n)[None] - np.arange(n)[:, None] - 1) % n  # 0 for the next bank

    def remove(kept: Array, _: None) -> tuple[Array, None]:
        place = jnp.where(kept > 0, distance, -1).astype(jnp.int32)
        short = _net_paid(kept) > funds
        out = short[:, None] & (place == jnp.max(place, axis=1, keepdims=True))
        if room is not None:
            over = jnp.where(kept - kept.T > room, distance, n)
            out = out | (distance >= jnp.min(over, axis=1, keepdims=True))
        return jnp.where(out, 0, kept), None

    return jax.lax.scan(remove, queued, None, length=n * (n - 1))[0]


def gridlocked(queued: Int[Array, "payer payee"], funds: Int[Array, "agents"]) -> Bool[Array, ""]:
    """Whether something is queued that could settle at once without more liquidity."""
    return jnp.any(partial(queued, funds, None) > 0)


def deadlocked(queued: Int[Array, "payer payee"], funds: Int[Array, "agents"]) -> Bool[Array, ""]:
    """Whether something is queued and nothing of it can settle without more liquidity."""
    return jnp.any(queued > 0) & ~gridlocked(queued, funds)


def _net_paid(settled: Int[Array, "payer payee"]) -> Int[Array, "agents"]:
    return jnp.sum(settled, axis=1) - jnp.sum(settled, axis=0)
