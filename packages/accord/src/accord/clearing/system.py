"""The settlement system: accounts, queue and the loop over a day's events.

Payments are numbered by *slots*: sorted by sender, then by their order in the sender's queue (priority, then arrival).
So the queue is one byte per slot, a bank's queue is a slice of them, its head is the first byte set, and a picture of
the whole queue in order is one `flatnonzero`.
"""

from __future__ import annotations

import numpy as np

from ..core.errors import BadSetting
from .day import Day
from .netting import Queued, Side, bilateral_set, find_cycle, largest_set
from .pairs import Pairs
from .rules import NORMAL, Mechanism, Rules, checked
from .settled import Settled
from .spells import Watch

NEVER = 2**62
"""More than any account holds."""


def settle(day: Day, rules: Rules | None = None) -> Settled:
    """Run a day of payments through a settlement system.

    Every payment is tried when it is submitted, queued if it cannot be funded, and released when money comes in; money
    received can be spent at once. Offsets run as the rules say. Amounts are whole cents: nothing is rounded.

    Raises:
        BadSetting: rules out of their range.
        BadPayments: payments that break a rule of `Day`.
    """
    day.check()
    return _System(day, checked(rules or Rules())).run()


class _System:
    """The state of the system during a day. Lists and bytes, because most steps touch one payment."""

    def __init__(self, day: Day, rules: Rules) -> None:
        self.day, self.rules, self.bypass = day, rules, rules.queue == "bypass"
        self.exact = rules.watch == "events" or (rules.watch == "runs" and rules.every == 0)
        count, banks = len(day), len(day.accounts)
        priority = day.priority if rules.priorities else np.full(count, NORMAL, np.int8)
        self.payment = np.lexsort((np.arange(count), priority, day.sender))  # slot -> payment
        self.senders, self.receivers = day.sender[self.payment], day.receiver[self.payment]
        self.amounts, self.normals = day.amount[self.payment], priority[self.payment] == NORMAL
        start = np.searchsorted(self.senders, np.arange(banks + 1))
        credit = credit_of(day, rules)
        self.blocked = _blocked(day, rules, credit)
        self.needs = self.amounts + np.where(self.normals, self.blocked[self.senders], 0)
        self.sender, self.receiver = self.senders.tolist(), self.receivers.tolist()
        self.amount, self.need = self.amounts.tolist(), self.needs.tolist()
        self.normal = self.normals.tolist()
        self.room = (day.accounts.opening + credit).tolist()  # what each bank can pay out
        self.waiting = bytearray(count)
        self.low, self.end = start[1:].tolist(), start[1:].tolist()  # queued slots of a bank lie in low..end
        self.length = [0] * banks
        self.queued = 0
        self.net = [0] * banks  # queued for a bank less queued by it
        self.least = [NEVER] * banks  # bypass: no queued payment of the bank needs less
        self.open = np.full(count, NEVER, np.int64)  # bypass: what a queued payment needs
        self.pairs = Pairs(self.senders, self.receivers, self.amounts, self.normals, day.accounts, rules)
        self.when, self.how, self.event = [-1] * count, [0] * count, [-1] * count
        self.events, self.now = 0, day.opens
        self.seen = -1  # `events` + queue entries when offsets last found nothing
        self.entries = 0
        self.watch = Watch(self.exact, day.opens)

    # ------------------------------------------------------------------------------------------------------- the day

    def run(self) -> Settled:
        """All events of the day in order; at one moment arrivals come first, then a run of the offsets."""
        slots = np.empty(len(self.day), np.int64)
        slots[self.payment] = np.arange(len(self.day))
        every = self.rules.every
        each_moment = self.exact or (every == 0 and self.rules.runs)
        tick = self.day.opens + every
        for time, slot in zip(self.day.time.tolist(), slots.tolist(), strict=True):
            if time > self.now:
                if each_moment:
                    self.moment()
                while every and tick < time:
                    if self.queued:
                        self.now = tick
                        self.optimise()
                        tick += every
                    else:  # nothing can happen until the next arrival
                        tick += -(-(time - tick) // every) * every
                self.now = time
            self.arrive(slot)
        if each_moment:
            self.moment()
        while every and tick < self.day.closes and self.queued:
            self.now, tick = tick, tick + every
            self.optimise()
        self.now = self.day.closes
        self.optimise()
        return self.closed()

    def moment(self) -> None:
        """The end of a moment, for rules that act or look after every event."""
        if self.rules.every == 0:
            self.optimise()
        else:
            self.look()

    def arrive(self, slot: int) -> None:
        """Settle a payment at once if it can be funded and nothing stands before it; queue it otherwise."""
        bank = self.sender[slot]
        behind = not self.bypass and self.length[bank] and self.waiting.find(1, self.low[bank], slot) >= 0
        if not behind and self.need[slot] <= self.room[bank] and self.pairs.allows(slot):
            self.pay(slot, Mechanism.ENTRY)
            self.events += 1
            self.release([self.receiver[slot]])
            return
        self.enter(slot)
        if self.rules.bilateral:
            self.offset_entering(slot)

    def closed(self) -> Settled:
        """The day after its last event."""
        lent = np.zeros(len(self.day.accounts), np.int64)
        if self.rules.close == "lend":
            self.together(np.flatnonzero(np.frombuffer(self.waiting, np.uint8)).tolist(), Mechanism.CLOSE)
            lent = np.maximum(credit_of(self.day, self.rules) - np.array(self.room, np.int64), 0)
        count = len(self.day)
        columns = [np.empty(count, kind) for kind in (np.int64, np.int8, np.int64)]
        for column, values in zip(columns, (self.when, self.how, self.event), strict=True):
            column[self.payment] = values
        return Settled(self.day, self.rules, *columns, lent=lent, spells=self.watch.spells(self.day.closes))

    # ----------------------------------------------------------------------------------------------------- one payment

    def pay(self, slot: int, how: Mechanism) -> None:
        """Move the money of one payment that is not in the queue, as part of the present event."""
        amount = self.amount[slot]
        self.room[self.sender[slot]] -= amount
        self.room[self.receiver[slot]] += amount
        self.pairs.moved(slot)
        self.when[slot], self.how[slot], self.event[slot] = self.now, how, self.events

    def enter(self, slot: int) -> None:
        """Put a payment into the queue."""
        bank, amount = self.sender[slot], self.amount[slot]
        if not self.queued:
            self.watch.began(self.now)
        self.waiting[slot] = 1
        self.queued += 1
        self.entries += 1
        self.length[bank] += 1
        self.low[bank] = min(self.low[bank], slot)
        self.net[bank] -= amount
        self.net[self.receiver[slot]] += amount
        self.pairs.entered(slot)
        if self.bypass:
            self.open[slot] = self.need[slot]
            self.least[bank] = min(self.least[bank], self.need[slot])

    def leave(self, slot: int) -> None:
        """Take a payment out of the queue."""
        bank, amount = self.sender[slot], self.amount[slot]
        self.waiting[slot] = 0
        self.queued -= 1
        self.length[bank] -= 1
        self.net[bank] += amount
        self.net[self.receiver[slot]] -= amount
        self.pairs.left(slot)
        if self.bypass:
            self.open[slot] = NEVER

    def release(self, banks: list[int]) -> None:
        """Settle what these banks can fund now, and what the receivers can fund then, first come first served."""
        for bank in banks:  # grows on the way
            while self.length[bank] and (slot := self.next_payable(bank)) >= 0:
                self.leave(slot)
                self.pay(slot, Mechanism.QUEUE)
                self.events += 1
                banks.append(self.receiver[slot])

    def next_payable(self, bank: int) -> int:
        """The queued payment that a bank can settle on its own and that is next in its order, or -1."""
        if self.bypass and self.least[bank] > self.room[bank]:
            return -1
        head = self.waiting.find(1, self.low[bank], self.end[bank])
        self.low[bank] = head
        if not self.bypass:
            payable = self.need[head] <= self.room[bank] and self.pairs.allows(head)
            return head if payable else -1
        needs = self.open[head : self.end[bank]]
        for found in np.flatnonzero(needs <= self.room[bank])[: None if self.pairs.limited else 1].tolist():
            if self.pairs.allows(head + found):
                return head + found
        self.least[bank] = int(needs.min())
        return -1

    # --------------------------------------------------------------------------------------------------------- offsets

    def together(self, slots: list[int], how: Mechanism) -> bool:
        """Settle several queued payments as one event, then release what that frees. Says whether there were any."""
        for slot in slots:
            self.leave(slot)
            self.pay(slot, how)
        if slots:
            self.events += 1
            self.release(sorted({self.receiver[slot] for slot in slots}))
        return bool(slots)

    def optimise(self) -> None:
        """A run of the offsets, if anything happened since the last one, and a look at the queue if one is due."""
        if self.rules.watch == "runs" and not self.exact:
            self.look()
        if self.queued and self.rules.runs and self.seen != self.events + self.entries:
            self.offsets()
        if self.exact:
            self.look()

    def offsets(self) -> None:
        """Every offset in turn, again and again until none finds anything."""
        chosen = (
            (self.rules.bilateral, self.bilateral), (self.rules.cycles, self.cycle),
            (self.rules.multilateral, self.multilateral), (self.rules.partial, self.partial),
        )
        while any([algorithm() for wanted, algorithm in chosen if wanted]) and self.queued:
            pass
        self.seen = self.events + self.entries

    def offset_entering(self, slot: int) -> None:
        """Offset a payment that enters the queue, if it can be reached and what faces it could bear it."""
        bank, other = self.sender[slot], self.receiver[slot]
        if not self.pairs.facing(bank, other):
            return
        # A normal payment is the pair's last: it brings all the others with it.
        owed = self.pairs.value(bank, other) if self.normal[slot] else self.amount[slot]
        if owed - self.pairs.value(other, bank) > self.room[bank]:
            return
        mine = self.next_between(bank, other)
        if mine.size and mine[-1] >= slot:
            self.offset(bank, other)

    def offset(self, bank: int, other: int) -> bool:
        """Offset two banks' payments to each other as far as they can fund the difference."""
        mine, theirs = self.next_between(bank, other), self.next_between(other, bank)
        if not mine.size or not theirs.size:
            return False
        a, b = bilateral_set(self.side(bank, other, mine), self.side(other, bank, theirs))
        return self.together([*mine[:a].tolist(), *theirs[:b].tolist()], Mechanism.BILATERAL)

    def side(self, bank: int, other: int, slots: np.ndarray) -> Side:
        """One side of a bilateral offset."""
        room, blocked = self.room[bank], int(self.blocked[bank])
        return Side(self.amounts[slots], self.normals[slots], room, blocked, self.pairs.headroom(bank, other))

    def next_between(self, bank: int, other: int) -> np.ndarray:
        """Queued payments from one bank to another that no other payment has to precede, in order."""
        if self.bypass:
            return self.pairs.waiting(bank, other)
        found, slot = [], self.waiting.find(1, self.low[bank], self.end[bank])
        while slot >= 0 and self.receiver[slot] == other:
            found.append(slot)
            slot = self.waiting.find(1, slot + 1, self.end[bank])
        return np.array(found, np.int64)

    def bilateral(self) -> bool:
        """Offset every two banks that owe each other."""
        return any([self.pairs.facing(*two) and self.offset(*two) for two in self.pairs.mutual()])

    def cycle(self) -> bool:
        """Settle rings until there are none."""
        done = False
        while self.queued:
            heads: dict[int, list[tuple[int, int]]] = {}

            def following(bank: int, heads: dict[int, list[tuple[int, int]]] = heads) -> list[tuple[int, int]]:
                if bank not in heads:
                    heads[bank] = self.heads(bank)
                return heads[bank]

            banks = [bank for bank, length in enumerate(self.length) if length]
            ring = find_cycle(banks, following, self.passes_on, self.rules.longest_cycle)
            if not self.together(ring, Mechanism.CYCLE):
                break
            done = True
        return done

    def heads(self, bank: int) -> list[tuple[int, int]]:
        """A bank's candidates for a ring: its next payment (fifo), or the next to each bank (bypass)."""
        if not self.length[bank]:
            return []
        slots = self.pairs.heads(bank) if self.bypass else [self.waiting.find(1, self.low[bank], self.end[bank])]
        return [(self.receiver[s], s) for s in slots if self.pairs.allows(s)]

    def passes_on(self, bank: int, incoming: int, outgoing: int) -> bool:
        """Whether a bank can send one payment when it receives the other."""
        return self.room[bank] + self.amount[incoming] >= self.need[outgoing]

    def multilateral(self) -> bool:
        """Settle the whole queue, or nothing."""
        if not self.queued or any(room + net < 0 for room, net in zip(self.room, self.net, strict=True)):
            return False
        slots, queue = self.picture()
        if not queue.fits(np.ones(slots.size, bool)):
            return False
        return self.together(slots.tolist(), Mechanism.MULTILATERAL)

    def partial(self) -> bool:
        """Settle the largest set that keeps every bank's order."""
        if not self.queued:
            return False
        slots, queue = self.picture()
        return self.together(slots[largest_set(queue)].tolist(), Mechanism.PARTIAL)

    def picture(self) -> tuple[np.ndarray, Queued]:
        """The queue now: slots in order, and what netting needs to know of them."""
        slots = np.flatnonzero(np.frombuffer(self.waiting, np.uint8))
        room = np.array(self.room, np.int64)
        return slots, Queued(
            self.senders[slots], self.receivers[slots], self.amounts[slots], self.normals[slots], room, self.blocked,
            self.pairs.headrooms(),
        )

    def look(self) -> None:
        """Note whether the queue stands still for want of coordination (gridlock) or of liquidity (deadlock)."""
        if not self.queued:
            self.watch.note(self.now, 0, 0)
            return
        _, queue = self.picture()
        self.watch.note(self.now, int(queue.amount.sum()), int(queue.amount[largest_set(queue)].sum()))


def credit_of(day: Day, rules: Rules) -> np.ndarray:
    """The overdraft that the rules allow each bank, `int64[banks]`; collateral less its haircut, rounded down."""
    from fractions import Fraction

    if rules.credit == "none":
        return np.zeros(len(day.accounts), np.int64)
    if rules.credit == "priced" or not rules.haircut:
        return day.accounts.credit
    share = 1 - Fraction(str(rules.haircut))
    return np.array([int(line * share) for line in day.accounts.credit.tolist()], np.int64)


def _blocked(day: Day, rules: Rules, credit: np.ndarray) -> np.ndarray:
    """What normal payments may not touch of a bank's room, `int64[banks]`.

    A reserve is such an amount. So is a multilateral limit: paid out less received is opening less balance, so to keep
    it below the limit is to keep the balance above opening less limit.
    """
    accounts = day.accounts
    blocked = accounts.reserve if rules.reserves else np.zeros(len(accounts), np.int64)
    if rules.limits:
        limit = np.where(accounts.net_limit < 0, NEVER, accounts.net_limit)
        blocked = np.maximum(blocked, accounts.opening + credit - limit)
    if (blocked > NEVER).any():
        raise BadSetting(f"A reserve is {int(blocked.max())} cents, expected at most 2^62.")
    return np.maximum(blocked, 0)
