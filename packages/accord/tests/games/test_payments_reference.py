"""The payments game against a second one in plain Python, ticket by ticket; and no cent is made or lost."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from accord.games.payments import netting
from accord.games.payments.demand import Table
from accord.games.payments.game import CHOICES, Payments

UNIT = 60
EXAMPLES = 6


class Book:
    """One day in plain Python: tickets are lists [payee, arrival, amount left, lump, urgent], in the payer's order."""

    def __init__(self, game, orders):
        self.game, self.n, self.periods = game, *orders.shape[1:3]
        self.books = [
            [
                [p, t, int(orders.cents[0, i, p, t - 1, s]), bool(orders.lumps[i, p, t - 1, s]),
                 bool(orders.urgent[i, p, t - 1, s])]
                for t in range(1, self.periods + 1)
                for s in range(orders.shape[3])
                for p in [(i + k) % self.n for k in range(1, self.n)]
            ]
            for i in range(self.n)
        ]  # fmt: skip
        self.lumpy = bool(orders.lumps.any())
        self.flow = np.zeros((self.n, self.n), int)
        self.balance = [0] * self.n
        self.posted = [0] * self.n
        self.costs = np.zeros((self.n, 5))  # volumes: posted, late, overdue, credit, borrowed

    def post(self, cents):
        self.balance, self.posted = list(cents), list(cents)
        self.costs[:, 0] += cents

    def due(self, ticket, t):
        return self.game.deadline is not None and ticket[4] and ticket[1] + self.game.deadline <= t

    def submitted(self, i, t, choice):
        """[ticket, amount] of what a bank releases."""
        game = self.game
        live = [k for k in self.books[i] if k[1] <= t]
        if game.overdue == "close":
            live = [k for k in live if not self.due(k, t - 1)]
        if game.decisions == "liquidity":
            return [[k, k[2]] for k in live]
        if game.pay == "ticket":
            chosen = []
            for (line, other), yes in zip(game.tickets, choice, strict=True):
                if yes:
                    ticket = self.books[i][line * (self.n - 1) + other]
                    if any(ticket is k for k in live):
                        chosen.append(id(ticket))
            return [[k, k[2]] for k in live if id(k) in chosen]
        groups = [(live, choice)]
        if game.pay == "counterparty":
            groups = [([k for k in live if k[0] == (i + 1 + c) % self.n], choice[c]) for c in range(self.n - 1)]
        wanted = {}
        for group, level in groups:
            left = sum(k[2] for k in group) * level // (game.pay_levels - 1)
            for k in group:
                part = k[2] if k[2] <= left else (0 if k[3] else left)
                wanted[id(k)] = part
                left -= part
        return [[k, wanted[id(k)]] for k in live]

    def room(self, i, j):
        limit = self.game.bilateral_limit
        return 10**9 if limit is None else max(int(limit * UNIT) - self.flow[i, j] + self.flow[j, i], 0)

    def purse(self, i, balance):
        credit = 0 if self.game.credit == "none" else int(self.game.credit_limit * UNIT)
        limit = self.game.multilateral_limit
        net = self.flow[i].sum() - self.flow[:, i].sum()
        return max(min(balance + credit, 10**9 if limit is None else max(int(limit * UNIT) - net, 0)), 0)

    def offset(self, queue):
        """What the mechanism settles, by search over all sets of whole queues where the rule says so."""
        n, kind = self.n, self.game.netting
        purse = [self.purse(i, self.balance[i]) for i in range(n)]
        fits = lambda q: all(q[i].sum() - q[:, i].sum() <= purse[i] for i in range(n)) and all(
            q[i, j] - q[j, i] <= self.room(i, j) for i in range(n) for j in range(n)
        )
        if kind == "bilateral" and not self.lumpy:
            return np.minimum(queue, queue.T)
        if kind == "bilateral":
            done, left = np.zeros_like(queue), list(purse)
            for i, j in itertools.combinations(range(n), 2):
                net = queue[i, j] - queue[j, i]
                payer = i if net >= 0 else j
                if min(queue[i, j], queue[j, i]) > 0 and abs(net) <= min(left[payer], self.room(payer, i + j - payer)):
                    done[i, j], done[j, i] = queue[i, j], queue[j, i]
                    left[payer] -= abs(net)
            return done
        if kind == "multilateral":
            return queue if fits(queue) else np.zeros_like(queue)
        if kind == "partial":
            return self.largest(queue, fits)
        return np.zeros_like(queue)

    def largest(self, queue, fits):
        n, best = self.n, np.zeros_like(queue)
        orders = [[(i + k) % n for k in range(1, n) if queue[i, (i + k) % n]] for i in range(n)]
        for cut in itertools.product(*(range(len(order) + 1) for order in orders)):
            q = np.zeros_like(queue)
            for i, kept in enumerate(cut):
                q[i, orders[i][:kept]] = queue[i, orders[i][:kept]]
            if fits(q) and q.sum() > best.sum():
                best = q
        return best

    def take(self, released, i, j, amount):
        """Settle up to an amount of what i released for j; oldest first."""
        for entry in released[i]:
            if entry[0][0] == j:
                part = min(entry[1], amount)
                entry[0][2] -= part
                entry[1] -= part
                amount -= part

    def period(self, t, choices):
        n, game = self.n, self.game
        start = list(self.balance)
        released = [self.submitted(i, t, choices[i]) for i in range(n)]
        queue = np.zeros((n, n), int)
        for i in range(n):
            for ticket, amount in released[i]:
                queue[i, ticket[0]] += amount
        done = self.offset(queue)
        for i, j in itertools.product(range(n), repeat=2):
            self.take(released, i, j, done[i, j])
        gain = done.sum(0) - done.sum(1)
        self.flow += done
        lowest = [self.balance[i] + min(gain[i], 0) for i in range(n)]
        self.balance = [self.balance[i] + gain[i] for i in range(n)]
        held = [max(g, 0) for g in gain]
        for _ in range(game.rounds):
            moved = np.zeros((n, n), int)
            for i in range(n):
                self.pay(i, released[i], self.purse(i, self.balance[i] - held[i]), moved)
            low = [self.balance[i] - held[i] - moved[i].sum() for i in range(n)]
            lowest = [min(a, b) for a, b in zip(lowest, low, strict=True)]
            self.balance = [self.balance[i] - moved[i].sum() + moved[:, i].sum() for i in range(n)]
            self.flow += moved
            held = [0] * n
        self.charge(t, start, lowest)

    def pay(self, i, released, purse, moved):
        shut = set()
        for entry in released:
            ticket, amount = entry
            room = 0 if ticket[0] in shut else self.room(i, ticket[0]) - moved[i, ticket[0]]
            part = min(amount, purse, room)
            if ticket[3] and part < amount:
                part = 0
            if ticket[3] and self.game.queue == "fifo" and amount > room:
                shut.add(ticket[0])
            elif ticket[3] and self.game.queue == "fifo" and amount > purse:
                return
            self.settle(i, entry, part, moved)
            purse -= part

    def settle(self, i, entry, part, moved):
        entry[0][2] -= part
        entry[1] -= part
        moved[i, entry[0][0]] += part

    def charge(self, t, start, lowest):
        debit = lambda x: max(-x, 0)
        for i in range(self.n):
            kind = self.game.credit
            self.costs[i, 3] += {
                "none": 0, "priced": debit(self.balance[i]), "collateral": debit(lowest[i]),
                "released": debit(lowest[i]) - debit(start[i]),
            }[kind]  # fmt: skip
            live = [k for k in self.books[i] if k[1] <= t]
            if t < self.periods:
                self.costs[i, 1] += sum(k[2] for k in live)
                self.costs[i, 2] += sum(k[2] for k in live if self.due(k, t))
        if t == self.periods:
            for i in range(self.n):
                for ticket in self.books[i]:
                    self.costs[i, 4] += ticket[2]
                    self.balance[ticket[0]] += ticket[2]
                    self.flow[i, ticket[0]] += ticket[2]
                    ticket[2] = 0
            for i in range(self.n):
                self.costs[i, 4] += debit(self.balance[i])
                self.balance[i] += debit(self.balance[i])


def drawn_game(data: st.DataObject) -> tuple[Payments, np.random.Generator]:
    """Any settings, on demand of a few cents, so that everything binds now and then."""
    choose = lambda *options: data.draw(st.sampled_from(options))
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    n, periods, slots = choose(2, 3, 4, 5), choose(1, 2, 3), choose(1, 2)
    shape = (n, n, periods, slots)
    cents = random.integers(0, 40, shape) * (random.random(shape) < 0.6) * (1 - np.eye(n, dtype=int))[:, :, None, None]
    cents[0, 1, 0, 0] += 1  # somebody owes something
    lumps = random.random(shape) < choose(0.0, 0.5)
    demand = Table(cents[None], lumps, random.random(shape) < 0.7)
    return Payments(
        demand,
        **{name: choose(*options) for name, options in CHOICES.items()},
        levels=4, pay_levels=choose(2, 4, 21), unit=UNIT, liquidity=choose(0.0, 0.5), rounds=choose(1, 1, n),
        collateral=tuple(float(x) / 20 for x in random.integers(0, 30, n)) if choose(False, True) else (0.5,),
        credit_limit=choose(0.5, 4.0), bilateral_limit=choose(None, 0.25), multilateral_limit=choose(None, 0.5),
        deadline=choose(None, 0, 1),
    ), random  # fmt: skip


def drawn_actions(game: Payments, random: np.random.Generator):
    """Random joint actions, and what they mean in the book."""
    n = game.num_agents
    level = random.integers(0, game.levels, n)
    if game.pay == "share":
        pay = random.integers(0, game.pay_levels, n)
        means = list(map(int, pay))
    else:
        count, most = (n - 1, game.pay_levels) if game.pay == "counterparty" else (len(game.tickets), 2)
        pay = tuple(random.integers(0, most, n) for _ in range(count))
        means = [[int(part[i]) for part in pay] for i in range(n)]
    to = lambda tree: jax.tree.map(lambda x: jnp.asarray(x, jnp.int32), tree)
    return {"liquidity": to(level), "intraday": to(pay), "both": {"liquidity": to(level), "pay": to(pay)}}[
        game.decisions
    ], level, means


@settings(max_examples=EXAMPLES, phases=[Phase.generate])
@given(data=st.data())
def test_the_game_is_the_book_and_keeps_every_cent(data: st.DataObject):
    game, random = drawn_game(data)
    book, key = Book(game, game.orders), jax.random.key(0)

    @jax.jit
    def step(state, actions):
        after, rewards = game.step(state, actions, key)
        return after, rewards, game.signals(state, actions, after)

    state, earned = game.begin(jnp.int32(0)), np.zeros(game.num_agents)
    if game.decisions == "intraday":
        book.post([int(game.liquidity * cents) for cents in game.cover])
    seen, borrowed = np.zeros((game.num_agents, 5)), 0
    for _ in range(game.horizon):
        time = int(state.time)
        actions, level, means = drawn_actions(game, random)
        state, rewards, signals = step(state, actions)
        if time == 0:
            book.post([cents // 3 * int(a) for cents, a in zip(game.cover, level, strict=True)])
        else:
            book.period(time, means)
        last = state.last
        parts = (last.posted, last.unsettled.sum(1), last.overdue, last.credit, last.borrowed)
        seen += np.stack([np.asarray(part) for part in parts], axis=1)
        earned += np.asarray(rewards)
        assert np.asarray(state.balance).tolist() == book.balance
        assert np.asarray(state.flow).tolist() == book.flow.tolist()
        np.testing.assert_array_equal(seen, book.costs)
        # Conservation: what banks hold is what they posted and were lent; what was owed is paid or still owed.
        borrowed += int(last.borrowed.sum())
        assert int(state.balance.sum()) == int(state.posted.sum()) + borrowed
        assert int(state.owed.sum()) + int(state.flow.sum()) == int(game.orders.sent.sum())
        assert min(int(leaf.min()) for leaf in (state.owed, state.flow, last.submitted, last.settled)) >= 0
        np.testing.assert_allclose(signals.queued + signals.withheld, signals.unsettled, atol=1e-6)
        assert min(float(signals.queued.min()), float(signals.withheld.min())) >= -1e-6
    assert bool(game.terminal(state)) and int(state.owed.sum()) == 0 and int(state.balance.min()) >= 0
    rates = np.array([game.r_c, game.r_d, game.r_l, game.r_i, game.r_b])
    np.testing.assert_allclose(earned, -(book.costs @ rates) / UNIT, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("limited", [False, True])
def test_partial_netting_is_the_largest_set_in_order(limited: bool):
    random = np.random.default_rng(5)
    moved = 0
    partial = jax.jit(lambda q, f, r: netting.partial(q, f, r if limited else None))
    for _ in range(60):
        n = 4
        queue = random.integers(0, 9, (n, n)) * (random.random((n, n)) < 0.7) * (1 - np.eye(n, dtype=int))
        funds, room = random.integers(0, 6, n), np.full((n, n), 4)
        book = Book.__new__(Book)
        book.n = n
        fits = lambda q: all(q.sum(1) - q.sum(0) <= funds) and (not limited or np.all(q - q.T <= room))  # noqa: B023
        found = np.asarray(partial(*(jnp.asarray(x, jnp.int32) for x in (queue, funds, room))))
        np.testing.assert_array_equal(found, book.largest(queue, fits))
        moved += int(found.sum() > 0)
    assert 10 < moved < 60  # the sample holds gridlocks and deadlocks


def test_a_ring_is_a_gridlock_and_a_chain_a_deadlock():
    ring = jnp.asarray([[0, 5, 0], [0, 0, 5], [5, 0, 0]], jnp.int32)
    chain, broke = ring.at[2, 0].set(0), jnp.zeros(3, jnp.int32)
    assert netting.gridlocked(ring, broke) and not netting.deadlocked(ring, broke)
    assert netting.deadlocked(chain, broke) and not netting.gridlocked(chain, broke)
    assert not netting.deadlocked(jnp.zeros_like(ring), broke)
    assert not netting.deadlocked(chain, broke.at[0].set(5))
