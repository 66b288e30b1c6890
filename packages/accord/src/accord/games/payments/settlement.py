"""One period of settlement: what is submitted meets liquidity, limits and the mechanism. All in whole cents.

Orders lie in *lines* `[agents, lines, others]`: a line is a ticket of an arrival period, oldest first; the others are
counted around the ring from the payer, the next bank first. Read row by row that is the order in which a bank pays.
Between banks, amounts are matrices `[payer, payee]`.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.types import Array, Bool, Int
from .netting import netted

Lines = Int[Array, "agents lines others"]
"""Cents per order of each bank."""

UNLIMITED = 2**31 - 1


class Rules(NamedTuple):
    """How a period is settled."""

    lumps: Bool[np.ndarray, "agents lines others"] | None
    """Which orders are indivisible; None if none is."""

    rounds: int = 1
    """How often banks pay in a period; what comes in can be spent in the next round. 1: in the next period."""

    mechanism: str = "none"
    fifo: bool = True
    """Whether an indivisible order that cannot be paid holds up the later ones; else it is passed by."""

    credit: int = 0
    """Cents that a balance may go below zero."""

    bilateral: int | None = None
    """Cents that a bank may pay another one net over the day."""

    multilateral: int | None = None
    """Cents that a bank may pay all others net over the day."""


class Settled(NamedTuple):
    """What a period did."""

    paid: Lines
    balance: Int[Array, "agents"]
    lowest: Int[Array, "agents"]
    """The lowest that each balance was, before receipts of the same moment."""


def settled(
    rules: Rules, submitted: Lines, balance: Int[Array, "agents"], flow: Int[Array, "payer payee"]
) -> Settled:
    """Settle a period: first the mechanism on all that is submitted, then each bank's orders one by one.

    Args:
        rules: how.
        submitted: what the banks have released for settlement.
        balance: at the beginning of the period.
        flow: what was settled before in the day; the limits hold for its net.
    """
    paid, lowest, held = jnp.zeros_like(submitted), balance, jnp.zeros_like(balance)
    if rules.mechanism != "none":
        funds, room = _room(rules, balance, flow)
        queues = matrix(jnp.sum(submitted, axis=1))
        offset = netted(rules.mechanism, queues, funds, room, divisible=rules.lumps is None)
        paid = upto(submitted, ring(offset))
        flow = flow + offset
        gain = jnp.sum(offset, axis=0) - jnp.sum(offset, axis=1)
        balance, lowest = balance + gain, balance + jnp.minimum(gain, 0)
        held = jnp.maximum(gain, 0)  # to be spent from the next round on

    def play(now: tuple, _: None) -> tuple[tuple, None]:
        paid, balance, lowest, flow, held = now
        funds, room = _room(rules, balance - held, flow)
        sent = released(submitted - paid, rules.lumps, funds, None if room is None else ring(room), fifo=rules.fifo)
        moved = matrix(jnp.sum(sent, axis=1))
        left = balance - jnp.sum(moved, axis=1)
        after = left + jnp.sum(moved, axis=0)
        return (paid + sent, after, jnp.minimum(lowest, left - held), flow + moved, jnp.zeros_like(held)), None

    now = (paid, balance, lowest, flow, held)
    if rules.rounds == 1:
        now, _ = play(now, None)
    else:
        now, _ = jax.lax.scan(play, now, None, length=rules.rounds)
    return Settled(*now[:3])


def _room(
    rules: Rules, balance: Int[Array, "agents"], flow: Int[Array, "payer payee"]
) -> tuple[Int[Array, "agents"], Int[Array, "payer payee"] | None]:
    """What each bank may pay, and what it may pay each other one; None without bilateral limits."""
    net = flow - flow.T
    funds = jnp.maximum(balance + rules.credit, 0)
    if rules.multilateral is not None:
        funds = jnp.minimum(funds, jnp.maximum(rules.multilateral - jnp.sum(net, axis=1), 0))
    return funds, None if rules.bilateral is None else jnp.maximum(rules.bilateral - net, 0)


def released(
    orders: Lines,
    lumps: Bool[np.ndarray, "agents lines others"] | None,
    funds: Int[Array, "agents"],
    room: Int[Array, "agents others"] | None,
    *,
    fifo: bool,
) -> Lines:
    """What each bank pays of its orders, oldest first, out of `funds` and up to `room` for each other bank."""
    if lumps is None:
        within = orders if room is None else upto(orders, room)
        flat = within.reshape(within.shape[0], -1)
        return _first(flat, funds[:, None], axis=1).reshape(orders.shape)
    return _one_by_one(orders, lumps, funds, room, fifo=fifo)


def upto(orders: Lines, amounts: Int[Array, "agents others"]) -> Lines:
    """The oldest orders towards each other bank, up to an amount; the last one in part."""
    return _first(orders, amounts[:, None, :], axis=1)


def _first(orders: Array, amount: Array, axis: int) -> Array:
    """The beginning of a queue up to an amount."""
    before = jnp.cumsum(orders, axis=axis) - orders
    return jnp.minimum(jnp.maximum(amount - before, 0), orders)


def _one_by_one(
    orders: Lines, lumps: np.ndarray, funds: Array, room: Array | None, *, fifo: bool
) -> Lines:
    """Order by order, since an indivisible one is paid whole or not at all."""
    n, count, others = orders.shape
    towards = np.tile(np.arange(others), count)[:, None] == np.arange(others)[None]
    room = jnp.full((n, others), UNLIMITED, jnp.int32) if room is None else room

    def pay(now: tuple, order: tuple) -> tuple[tuple, Array]:
        funds, room, waits = now
        amount, lump, column = order
        limit = jnp.sum(jnp.where(column[None], room, 0), axis=1)
        most = jnp.where(waits, 0, jnp.minimum(funds, limit))
        sent = jnp.where(lump & (most < amount), 0, jnp.minimum(most, amount))
        full, poor = lump & (limit < amount) & fifo, lump & (funds < amount) & fifo
        room = jnp.where(column[None], jnp.where(full, 0, limit - sent)[:, None], room)
        return (funds - sent, room, waits | (poor & ~full)), sent  # a limit holds up its own pair only

    first = (funds, room, jnp.zeros(n, bool))
    flat = jnp.moveaxis(orders.reshape(n, -1), 1, 0)
    marks = jnp.asarray(np.moveaxis(lumps.reshape(n, -1), 1, 0))
    _, sent = jax.lax.scan(pay, first, (flat, marks, jnp.asarray(towards)))
    return jnp.moveaxis(sent, 0, 1).reshape(orders.shape)


def share_of(amount: Array, level: Array, levels: int) -> Array:
    """`level / (levels - 1)` of whole cents, rounded down, without leaving 32 bits."""
    parts = levels - 1
    return amount // parts * level + amount % parts * level // parts


def matrix(around: Int[Array, "agents others"]) -> Int[Array, "payer payee"]:
    """Amounts for the others around the ring, as a matrix."""
    where = _places(around.shape[0])
    parts = [jnp.where(where[k], around[:, k : k + 1], 0) for k in range(around.shape[1])]
    return sum(parts[1:], parts[0])


def ring(amounts: Int[Array, "payer payee"]) -> Int[Array, "agents others"]:
    """A matrix, as amounts for the others around the ring."""
    n = amounts.shape[0]
    return jnp.stack([jnp.sum(jnp.where(where, amounts, 0), axis=1) for where in _places(n)[: n - 1]], axis=1)


def _places(n: int) -> np.ndarray:
    """For each distance around the ring, where it lies in a matrix, `[others, payer, payee]`."""
    distance = (np.arange(n)[None] - np.arange(n)[:, None] - 1) % n
    return np.arange(n - 1)[:, None, None] == distance[None]
