"""What flows between two banks: queued payments of a pair in order, and bilateral net sender limits."""

from __future__ import annotations

import numpy as np

from .day import Accounts
from .rules import Rules

_FREE = 2**62


class Pairs:
    """Book-keeping by (sender, receiver), for the slots of a system. Does nothing where no rule asks for pairs."""

    def __init__(
        self,
        senders: np.ndarray,
        receivers: np.ndarray,
        amounts: np.ndarray,
        normals: np.ndarray,
        accounts: Accounts,
        rules: Rules,
    ) -> None:
        banks = len(accounts)
        limits = accounts.bilateral if rules.limits else {}
        self.limited = bool(limits)
        self.listed = rules.bilateral or (rules.cycles and rules.queue == "bypass")
        self.active = self.limited or self.listed
        if not self.active:
            return
        codes = senders * banks + receivers
        order = np.lexsort((np.arange(codes.size), codes))  # place in the pairs' own order -> slot
        distinct, first = np.unique(codes[order], return_index=True)
        self.number = {(int(c) // banks, int(c) % banks): k for k, c in enumerate(distinct)}
        self.members = list(self.number)
        self.normal = normals.tolist()
        self.of = np.searchsorted(distinct, codes).tolist()  # slot -> pair
        self.opposite = [self.number.get((j, i), -1) for i, j in self.members]
        self.start = [*first.tolist(), codes.size]
        self.slots, self.slot = order, order.tolist()
        place = np.empty(codes.size, np.int64)
        place[order] = np.arange(codes.size)
        self.place = place.tolist()
        self.bytes = bytearray(codes.size)
        self.marks = np.frombuffer(self.bytes, np.uint8)  # the same bytes as an array
        self.amount = amounts.tolist()
        self.queued = [0] * len(self.members)  # cents
        self.length = [0] * len(self.members)
        self.busy: set[int] = set()  # pairs with queued payments
        self.room = [limits.get(pair, _FREE) for pair in self.members]  # what may still flow net in normal payments
        self.by_sender: list[list[int]] = [[] for _ in range(banks)]
        for k, (i, _) in enumerate(self.members):
            self.by_sender[i].append(k)

    def allows(self, slot: int) -> bool:
        """Whether the pair's limit lets a payment through."""
        return not self.limited or not self.normal[slot] or self.amount[slot] <= self.room[self.of[slot]]

    def moved(self, slot: int) -> None:
        """A payment settled."""
        if self.limited:
            pair, amount = self.of[slot], self.amount[slot]
            self.room[pair] -= amount
            if (back := self.opposite[pair]) >= 0:
                self.room[back] += amount

    def entered(self, slot: int) -> None:
        """A payment joined the queue."""
        if self.active:
            pair = self.of[slot]
            self.bytes[self.place[slot]] = 1
            self.length[pair] += 1
            self.queued[pair] += self.amount[slot]
            self.busy.add(pair)

    def left(self, slot: int) -> None:
        """A payment left the queue."""
        if self.active:
            pair = self.of[slot]
            self.bytes[self.place[slot]] = 0
            self.length[pair] -= 1
            self.queued[pair] -= self.amount[slot]
            if not self.length[pair]:
                self.busy.discard(pair)

    def waiting(self, bank: int, other: int) -> np.ndarray:
        """Queued payments of a pair, in order."""
        pair = self.number.get((bank, other), -1)
        if pair < 0 or not self.length[pair]:
            return np.zeros(0, np.int64)
        begin, end = self.start[pair], self.start[pair + 1]
        return self.slots[begin + np.flatnonzero(self.marks[begin:end])]

    def value(self, bank: int, other: int) -> int:
        """Cents queued from one bank to another."""
        pair = self.number.get((bank, other), -1)
        return self.queued[pair] if pair >= 0 else 0

    def facing(self, bank: int, other: int) -> bool:
        """Whether two banks have queued payments to each other."""
        pair = self.number.get((bank, other), -1)
        return pair >= 0 and self.length[pair] > 0 and self.opposite[pair] >= 0 and self.length[self.opposite[pair]] > 0

    def mutual(self) -> list[tuple[int, int]]:
        """Every two banks with queued payments to each other, once."""
        both = (pair for pair in self.busy if pair < self.opposite[pair] and self.length[self.opposite[pair]])
        return [self.members[pair] for pair in sorted(both)]

    def heads(self, bank: int) -> list[int]:
        """A bank's next queued payment to each other bank."""
        found = []
        for pair in self.by_sender[bank]:
            if self.length[pair]:
                found.append(self.slot[self.bytes.find(1, self.start[pair], self.start[pair + 1])])
        return found

    def headroom(self, bank: int, other: int) -> int:
        """What may still flow from one bank to the other, net, in normal payments."""
        return self.room[self.number[bank, other]] if self.limited else _FREE

    def headrooms(self) -> list[tuple[int, int, int]]:
        """Every limit that can bind now, as (sender, receiver, cents)."""
        if not self.limited:
            return []
        return [(*self.members[k], self.room[k]) for k in sorted(self.busy) if self.room[k] < _FREE // 2]
