"""Which queued payments can settle together, when each bank funds its net only.

Everything here is a function of a picture of the queue; nothing is settled here. Source: the partial netting is after
Bech and Soramaki 2001 (the algorithm as it is commonly described; drops are made for all banks of a round at once,
which ends at the same set, see `largest_set`); a queue that stands still is a *gridlock* if some of it can settle
together and a *deadlock* otherwise, after a definition of the Danish central bank.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class Queued:
    """Queued payments, sorted by sender, then by their order in the sender's queue. Amounts in cents, `int64`."""

    sender: np.ndarray
    receiver: np.ndarray
    amount: np.ndarray

    normal: np.ndarray
    """Whether a payment minds reserves and limits; a bank's normal payments stand behind its others."""

    room: np.ndarray
    """What each bank can pay out: balance and unused credit, `int64[banks]`, never negative."""

    blocked: np.ndarray
    """What of it normal payments may not touch (reserves, multilateral limits), `int64[banks]`."""

    headroom: Sequence[tuple[int, int, int]] = ()
    """(sender, receiver, cents) for bilateral limits: how much more may flow net in normal payments."""

    def inflow(self, kept: np.ndarray) -> np.ndarray:
        """What each bank receives from a part of the queue, `int64[banks]`."""
        return summed(self.receiver[kept], self.amount[kept], self.room.size)

    def outflow(self, kept: np.ndarray) -> np.ndarray:
        """What each bank pays in a part of the queue, `int64[banks]`."""
        return summed(self.sender[kept], self.amount[kept], self.room.size)

    def fits(self, kept: np.ndarray) -> bool:
        """Whether a part of the queue (a mask) can settle at once: every bank funds its net, every limit holds."""
        after = self.room + self.inflow(kept) - self.outflow(kept)
        floor = np.zeros_like(after)
        careful = self.sender[kept & self.normal]
        floor[careful] = np.maximum(self.blocked[careful], 0)
        if (after < floor).any():
            return False
        for sender, receiver, headroom in self.headroom:
            there = kept & (self.sender == sender) & (self.receiver == receiver)
            back = kept & (self.sender == receiver) & (self.receiver == sender)
            if (there & self.normal).any() and self.amount[there].sum() - self.amount[back].sum() > headroom:
                return False
        return True


def summed(groups: np.ndarray, amounts: np.ndarray, count: int) -> np.ndarray:
    """Sums of amounts by group, exact in `int64` (a weighted `bincount` would go through floats)."""
    totals = np.zeros(count, np.int64)
    np.add.at(totals, groups, amounts)
    return totals


def largest_set(queue: Queued) -> np.ndarray:
    """The largest part of the queue that can settle at once and keeps every bank's order, as a mask.

    Order is kept if no payment settles before the sender's payments ahead of it: each bank settles a first part of its
    queue. Among all such sets there is one that contains the others. Start from the whole queue and, while a bank
    would end below its floor (or above a bilateral limit), take its last payment out. Every removal is forced: another
    set inside the present one brings the bank no more money, so it cannot hold all of the bank's payments either.
    Hence neither the order of the removals nor their number at a time matters, and a round here cuts each bank's part
    straight to what its present inflow can fund.

    Empty means deadlock: no order-keeping set settles without more liquidity.
    """
    banks = queue.room.size
    start = np.searchsorted(queue.sender, np.arange(banks + 1))
    begin, keep = start[:-1], start[1:].copy()
    if not queue.amount.size:
        return np.zeros(0, bool)
    running = np.cumsum(queue.amount)
    before = np.concatenate([np.zeros(1, np.int64), running])[begin]
    first_normal = begin + np.bincount(queue.sender[~queue.normal], minlength=banks)
    inflow = queue.inflow(np.ones(queue.amount.size, bool))
    limits = [_Limit(queue, *row) for row in queue.headroom]
    while True:
        funds = before + queue.room + inflow
        careful = np.searchsorted(running, funds - queue.blocked, side="right")
        urgent = np.minimum(np.searchsorted(running, funds, side="right"), first_normal)
        cut = np.where(careful > first_normal, careful, urgent)
        cut = np.clip(cut, begin, keep)
        for limit in limits:
            limit.tighten(cut, keep)
        changed = np.flatnonzero(cut < keep)
        if not changed.size:
            break
        for bank in changed.tolist():
            dropped = slice(cut[bank], keep[bank])
            np.subtract.at(inflow, queue.receiver[dropped], queue.amount[dropped])
        keep = cut
    return np.arange(queue.amount.size) < keep[queue.sender]


class _Limit:
    """One bilateral limit, with the running sums of what flows each way."""

    def __init__(self, queue: Queued, sender: int, receiver: int, headroom: int) -> None:
        self.sender, self.receiver, self.headroom, self.normal = sender, receiver, headroom, queue.normal
        pair = lambda i, j: np.flatnonzero((queue.sender == i) & (queue.receiver == j))
        self.there, self.back = pair(sender, receiver), pair(receiver, sender)
        sums = lambda where: np.concatenate([np.zeros(1, np.int64), np.cumsum(queue.amount[where])])
        self.sums_there, self.sums_back = sums(self.there), sums(self.back)

    def tighten(self, cut: np.ndarray, keep: np.ndarray) -> None:
        """Cut the sender's part before its last payment under the limit, where the limit is broken."""
        there = int(np.searchsorted(self.there, min(cut[self.sender], keep[self.sender])))
        back = int(np.searchsorted(self.back, keep[self.receiver]))
        net = self.sums_there[there] - self.sums_back[back]
        if there and self.normal[self.there[there - 1]] and net > self.headroom:
            cut[self.sender] = min(cut[self.sender], self.there[there - 1])


@dataclasses.dataclass(frozen=True, eq=False)
class Side:
    """One bank's queued payments to another, in order, and what it can spend on them."""

    amount: np.ndarray
    normal: np.ndarray
    """Whether a payment minds reserves and limits; these stand behind the others."""

    room: int
    blocked: int
    """As in `Queued`, of this bank."""

    headroom: int
    """How much more may flow net in normal payments."""

    @property
    def spendable(self) -> np.ndarray:
        """The net outflow that the bank bears if its first 0, 1, 2, ... payments settle; it never rises."""
        careful = min(self.room - self.blocked, self.headroom)
        return np.concatenate([np.array([self.room]), np.where(self.normal, careful, self.room)])


def bilateral_set(mine: Side, theirs: Side) -> tuple[int, int]:
    """How many of two banks' payments to each other settle at once: the largest pair of first parts.

    Two pairs that can settle can be joined (as in `largest_set`), so the largest one takes the longest part of `mine`
    that goes with any part of `theirs`, and the longest such part.

    Returns:
        Counts from the front of `mine` and of `theirs`; (0, 0) unless both are positive.
    """
    zero = np.zeros(1, np.int64)
    sums_mine, sums_theirs = (np.concatenate([zero, np.cumsum(side.amount)]) for side in (mine, theirs))
    reach = np.searchsorted(sums_theirs - theirs.spendable, sums_mine, side="right") - 1
    fits = (reach > 0) & (sums_mine - sums_theirs[reach] <= mine.spendable)
    fits[0] = False
    longest = int(fits.size - 1 - fits[::-1].argmax())
    return (longest, int(reach[longest])) if fits.any() else (0, 0)


def find_cycle(
    banks: Iterable[int],
    following: Callable[[int], Sequence[tuple[int, int]]],
    fundable: Callable[[int, int, int], bool],
    longest: int,
) -> list[int]:
    """A ring of three or more payments that settle at once, or an empty list.

    Args:
        banks: where rings may begin; each ring is looked for from its smallest bank.
        following: of a bank, its candidate payments as (receiver, payment), one per receiver.
        fundable: (bank, payment in, payment out) -> whether the bank can send one when it gets the other.
        longest: most payments in a ring.
    """
    for first in banks:
        for second, payment in following(first):
            if second > first:
                path = _extend(first, second, [payment], {first, second}, following, fundable, longest)
                if path:
                    return path
    return []


def _extend(
    first: int,
    bank: int,
    path: list[int],
    visited: set[int],
    following: Callable[[int], Sequence[tuple[int, int]]],
    fundable: Callable[[int, int, int], bool],
    longest: int,
) -> list[int]:
    """The path continued until it closes; paths that some bank cannot fund are not followed."""
    for receiver, payment in following(bank):
        if not fundable(bank, path[-1], payment):
            continue
        if receiver == first:
            if len(path) >= 2 and fundable(first, payment, path[0]):
                return [*path, payment]
        elif receiver > first and receiver not in visited and len(path) + 1 < longest:
            found = _extend(first, receiver, [*path, payment], visited | {receiver}, following, fundable, longest)
            if found:
                return found
    return []
