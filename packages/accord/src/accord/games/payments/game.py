"""The payments game: how much liquidity to post in the morning, and when to pay whom."""

from functools import lru_cache
from typing import ClassVar

import jax.numpy as jnp
import numpy as np

from ...core.errors import BadSetting, UnknownName
from ...core.game import AbstractGame, Discrete, Space
from ...core.random import uniform
from ...core.types import Actions, Array, Bool, Float, Int, Metrics, PRNGKeyArray, Rewards
from .demand import PAPER_TWO, AbstractDemand, Orders, exact, orders_of, whole
from .ledger import PaymentsState, Period, Signals
from .netting import MECHANISMS, deadlocked, gridlocked
from .settlement import UNLIMITED, Lines, Rules, matrix, released, settled, share_of, upto
from .view import PARTS, features

CHOICES = {
    "decisions": ("liquidity", "intraday", "both"),
    "pay": ("share", "counterparty", "ticket"),
    "credit": ("none", "priced", "collateral", "released"),
    "netting": MECHANISMS,
    "queue": ("fifo", "bypass"),
    "overdue": ("dearer", "close"),
}


class Payments(AbstractGame):
    """Banks post liquidity in the morning (time 0) and pay each other over the periods 1 .. T; cents are whole.

    Liquidity is a share of the bank's collateral, in `levels` steps. Then in every period new orders arrive, and each
    bank says which of its unpaid ones it submits (`pay`): a "share" of everything in `pay_levels` steps, oldest first;
    a share for each "counterparty" (the next bank around the ring first); or yes or no for every "ticket". What is
    submitted settles as far as liquidity, limits and the mechanism (`netting`) allow; the rest waits. Receipts can be
    spent in the next round, of which a period has `rounds`: with 1, in the next period. What is unpaid after period T
    is borrowed from the central bank and paid; a debit that is left is covered in the same way.

    Cost of a bank, in units of collateral: `r_c` on liquidity posted; `r_d` on what is unpaid at the end of each period
    before the last; `r_l` on top of it past the `deadline` (periods that an urgent order may wait); `r_b` on what is
    borrowed at the close; `r_i` on intraday `credit`, up to `credit_limit`: "priced", on the debit at the end of each
    period; "collateral", on the largest debit in each period, so that it is locked until it is repaid; "released", on
    what is newly drawn in each period. `overdue="close"`: what is past its deadline cannot be paid before the close.

    `decisions`: "liquidity" (all pay what they can), "intraday" (liquidity is given; the day begins with period 1), or
    "both". `view` names parts of the observation (see `view.PARTS`); empty for the paper's: the own demand of all
    periods where liquidity alone is chosen, else time, new demand, unpaid demand and liquidity.

    Money is `int32`: the collateral and credit of all banks and the largest day's demand stay below 2^31 cents in all.

    Source: Castro et al. 2025 (ACM Trans. Econ. Comput. 13(1):1), the model; the default is their case of two periods.
    Departures: n banks, decisions by counterparty or ticket, credit, deadlines, limits and mechanisms are ours; the
    credit regimes are after Bech and Garratt 2003.
    """

    demand: AbstractDemand = PAPER_TWO
    decisions: str = "both"
    pay: str = "share"
    levels: int = 21
    pay_levels: int = 21
    liquidity: float = 1.0
    unit: int = 1_200_000
    collateral: tuple[float, ...] = (1.0,)
    r_c: float = 0.1
    r_d: float = 0.2
    r_b: float = 0.4
    r_l: float = 0.0
    r_i: float = 0.0
    rounds: int = 1
    credit: str = "none"
    credit_limit: float = 1.0
    netting: str = "none"
    queue: str = "fifo"
    bilateral_limit: float | None = None
    multilateral_limit: float | None = None
    deadline: int | None = None
    overdue: str = "dearer"
    view: tuple[str, ...] = ()

    version: ClassVar[int] = 1
    source: ClassVar[str] = "Castro et al. 2025"

    def __check_init__(self) -> None:
        for name, known in (*CHOICES.items(), *(("view", PARTS) for _ in self.view)):
            for value in self.view if name == "view" else (getattr(self, name),):
                if value not in known:
                    raise UnknownName(f"value of {name}", value, known)
        rates = (self.r_c, self.r_d, self.r_b, self.r_l, self.r_i)
        n, shares = self.num_agents, self.collateral
        for name, value, holds, expected in (
            ("levels", self.levels, self.levels >= 2, "at least 2: nothing and all"),
            ("pay_levels", self.pay_levels, self.pay_levels >= 2, "at least 2: nothing and all"),
            ("rounds", self.rounds, self.rounds >= 1, "at least 1"),
            ("liquidity", self.liquidity, 0.0 <= self.liquidity <= 1.0, "a share of the collateral, 0 to 1"),
            ("deadline", self.deadline, self.deadline is None or self.deadline >= 0, "periods from 0 on, or none"),
            ("r_c, r_d, r_b, r_l, r_i", rates, all(np.isfinite(r) and r >= 0 for r in rates), "rates from 0 on"),
            ("collateral", shares, len(shares) in (1, n), f"one share for all, or one for each of {n} banks"),
        ):
            if not holds:
                raise BadSetting(f"{name}={value}, expected {expected}. Change it.")
        if any(cents % (self.levels - 1) for cents in self.cover):
            raise BadSetting(
                f"Collateral of {', '.join(map(str, self.cover))} cents has no {self.levels} equally distant levels. "
                f"Make it a multiple of {self.levels - 1} cents, by unit or collateral."
            )
        credit = self.rules.credit * self.num_agents
        money = sum(self.cover) + credit + int(self.orders.sent.sum(axis=1).max())
        if money > UNLIMITED:
            raise BadSetting(
                f"Collateral, credit and the largest day's demand add up to {money} cents, expected at most "
                f"{UNLIMITED}, since money is int32. Count in larger units: lower unit, or the amounts."
            )

    # ------------------------------------------------------------------------------------------------ what is given

    @property
    def orders(self) -> Orders:
        """The demand in cents."""
        return orders_of(self.demand, self.unit)

    @property
    def num_agents(self) -> int:
        """As many banks as the demand has."""
        return self.orders.shape[1]

    @property
    def periods(self) -> int:
        """T, as many as the demand has."""
        return self.orders.shape[2]

    @property
    def horizon(self) -> int:
        """A step per period, and the morning unless liquidity is given."""
        return self.periods + (self.decisions != "intraday")

    @property
    def cover(self) -> tuple[int, ...]:
        """Each bank's collateral in cents."""
        cents = tuple(whole(share, self.unit, "Collateral") for share in self.collateral)
        return cents * self.num_agents if len(cents) == 1 else cents

    @property
    def arrival(self) -> Int[np.ndarray, "lines"]:
        """The period in which each line of orders arrives."""
        _, _, periods, slots = self.orders.shape
        return np.repeat(np.arange(1, periods + 1), slots)

    @property
    def rules(self) -> Rules:
        """How a period is settled."""
        lumps = _around(self.orders.lumps)
        cents = lambda limit, what: None if limit is None else whole(limit, self.unit, what)
        return Rules(
            lumps if lumps.any() else None,
            self.rounds,
            self.netting,
            self.queue == "fifo",
            0 if self.credit == "none" else whole(self.credit_limit, self.unit, "credit_limit"),
            cents(self.bilateral_limit, "bilateral_limit"),
            cents(self.multilateral_limit, "multilateral_limit"),
        )

    @property
    def tickets(self) -> tuple[tuple[int, int], ...]:
        """Line and place around the ring of every ticket that some bank has on some day."""
        present = _table(self.demand, self.unit).any(axis=(0, 1))
        return tuple((int(line), int(other)) for line, other in np.argwhere(present))

    @property
    def actions(self) -> Space:
        """A level of liquidity, what to submit, or both."""
        paying: Space = Discrete(self.pay_levels)
        if self.pay == "counterparty":
            paying = (paying,) * (self.num_agents - 1)
        elif self.pay == "ticket":
            paying = (Discrete(2),) * len(self.tickets)
        posting = Discrete(self.levels)
        return {"liquidity": posting, "intraday": paying, "both": {"liquidity": posting, "pay": paying}}[self.decisions]

    @property
    def action_names(self) -> tuple[str, ...]:
        """Levels of what is chosen, if it is one thing."""
        if not isinstance(self.actions, Discrete):
            return ()
        word = "post" if self.decisions == "liquidity" else "pay"
        return tuple(f"{word} {100 * share:.4g} %" for share in np.linspace(0, 1, self.actions.n))

    # ---------------------------------------------------------------------------------------------------- the day

    def init(self, key: PRNGKeyArray) -> PaymentsState:
        """The morning of one of the days."""
        days = self.orders.shape[0]
        if days == 1:
            return self.begin(jnp.zeros((), jnp.int32))
        return self.begin(jnp.minimum((uniform(key, 1)[0] * days).astype(jnp.int32), days - 1))

    def begin(self, day: Int[Array, ""]) -> PaymentsState:
        """The morning of a given day of the demand, from 0 on."""
        table = jnp.asarray(_table(self.demand, self.unit), jnp.int32)
        n, given = self.num_agents, self.decisions == "intraday"
        money = jnp.asarray([int(exact(self.liquidity) * cents) * given for cents in self.cover], jnp.int32)
        none, pairs = jnp.zeros(n, jnp.int32), jnp.zeros((n, n), jnp.int32)
        return PaymentsState(
            jnp.asarray(int(given), jnp.int32),
            table[0] if table.shape[0] == 1 else jnp.take(table, day, axis=0, mode="clip"),
            money, money, pairs, jnp.zeros((n, self.periods), jnp.int32),
            Period(pairs, pairs, pairs, none, none, none, none),
        )

    def step(self, state: PaymentsState, actions: Actions, key: PRNGKeyArray) -> tuple[PaymentsState, Rewards]:
        """Post liquidity, or settle one period; after the last one, close."""
        time, rules, arrival = state.time, self.rules, self.arrival
        morning, closing = time == 0, time == self.periods
        posted = jnp.where(morning, self._posted(actions), state.posted)
        start = jnp.where(morning, posted, state.balance)

        here = jnp.where((arrival <= time)[None, :, None], state.owed, 0)
        submitted = self._submitted(here, time, actions)
        paid, balance, lowest = settled(rules, submitted, start, state.flow)
        moved, rest = matrix(jnp.sum(paid, axis=1)), here - paid
        late = jnp.where(self._due(time), rest, 0)

        # The close: the central bank lends what is still to be paid, and what a debit leaves open.
        lent = jnp.where(closing, matrix(jnp.sum(rest, axis=1)), 0)
        cash = balance + jnp.sum(lent, axis=0)
        debit = jnp.where(closing, jnp.maximum(-cash, 0), 0)
        last = Period(
            matrix(jnp.sum(submitted, axis=1)),
            moved,
            jnp.where(closing, 0, matrix(jnp.sum(rest, axis=1))),
            jnp.where(time == int(self.decisions == "intraday"), posted, 0),
            jnp.where(closing, 0, jnp.sum(late, axis=(1, 2))),
            self._drawn(start, balance, lowest),
            jnp.sum(lent, axis=1) + debit,
        )
        now = (np.arange(1, self.periods + 1) == time)[None]
        after = PaymentsState(
            time + 1,
            state.owed - jnp.where(closing, here, paid),
            cash + debit,
            posted,
            state.flow + moved + lent,
            state.sent + jnp.where(now, jnp.sum(moved, axis=1, keepdims=True), 0),
            last,
        )
        return after, -sum(self.costs(last).values(), jnp.zeros(self.num_agents, jnp.float32))

    def _posted(self, actions: Actions) -> Int[Array, "agents"]:
        """Cents that each bank would post; nothing where liquidity is given."""
        if self.decisions == "intraday":
            return jnp.zeros(self.num_agents, jnp.int32)
        level = actions["liquidity"] if self.decisions == "both" else actions
        return level * np.asarray([cents // (self.levels - 1) for cents in self.cover], np.int32)

    def _submitted(self, here: Lines, time: Int[Array, ""], actions: Actions) -> Lines:
        """Which orders each bank releases."""
        if self.overdue == "close" and self.deadline is not None:
            here = jnp.where(self._due(time - 1), 0, here)
        if self.decisions == "liquidity":
            return here
        choice, lumps = actions["pay"] if self.decisions == "both" else actions, self.rules.lumps
        if self.pay == "share":
            target = share_of(jnp.sum(here, axis=(1, 2)), choice, self.pay_levels)
            return released(here, lumps, target, None, fifo=False)
        if self.pay == "counterparty":
            target = share_of(jnp.sum(here, axis=1), jnp.stack(choice, axis=1), self.pay_levels)
            whole_purse = jnp.full(self.num_agents, UNLIMITED, jnp.int32)
            return upto(here, target) if lumps is None else released(here, lumps, whole_purse, target, fifo=False)
        chosen = jnp.zeros(here.shape, bool)
        for (line, other), yes in zip(self.tickets, choice, strict=True):
            place = np.zeros((1, *here.shape[1:]), bool)
            place[0, line, other] = True
            chosen = chosen | (place & (yes == 1)[:, None, None])
        return jnp.where(chosen, here, 0)

    def _due(self, time: Int[Array, ""]) -> Bool[Array, "agents lines others"]:
        """Orders that are past their deadline if they are unpaid after a period."""
        urgent = jnp.asarray(_around(self.orders.urgent))
        if self.deadline is None:
            return jnp.zeros(urgent.shape, bool)
        return urgent & (self.arrival + self.deadline <= time)[None, :, None]

    def _drawn(self, start: Array, end: Array, lowest: Array) -> Int[Array, "agents"]:
        """Intraday credit that a period is charged for."""
        debit = lambda balance: jnp.maximum(-balance, 0)
        return {
            "none": lambda: jnp.zeros_like(start),
            "priced": lambda: debit(end),
            "collateral": lambda: debit(lowest),
            "released": lambda: debit(lowest) - debit(start),
        }[self.credit]()

    def costs(self, last: Period) -> dict[str, Float[Array, "agents"]]:
        """What a step costs each bank, by kind, in units of collateral."""
        late = jnp.sum(last.unsettled, axis=1)
        bases = (
            ("liquidity", self.r_c, last.posted), ("delay", self.r_d, late), ("overdue", self.r_l, last.overdue),
            ("credit", self.r_i, last.credit), ("borrowing", self.r_b, last.borrowed),
        )
        return {f"{name}_cost": cents.astype(jnp.float32) * jnp.float32(r / self.unit) for name, r, cents in bases}

    # ------------------------------------------------------------------------------------------------- what is seen

    def observe(self, state: PaymentsState) -> Float[Array, "agents features"]:
        """Each bank's own books, as `view` says."""
        usual = ("forecast",) if self.decisions == "liquidity" else ("time", "new", "queue", "liquidity")
        due = self._due(state.time)
        return features(self.view or usual, state, arrival=self.arrival, due=due, unit=self.unit)

    def terminal(self, state: PaymentsState) -> Bool[Array, ""]:
        """After the close."""
        return state.time > self.periods

    def signals(self, before: PaymentsState, actions: Actions, after: PaymentsState) -> Signals:
        """What the ledger saw of the step."""
        scaled = lambda cents: cents.astype(jnp.float32) * jnp.float32(1.0 / self.unit)
        last, closing = after.last, before.time == self.periods
        queued = jnp.where(closing, 0, last.submitted - last.settled)
        money = (after.posted, last.submitted, last.settled, queued, last.unsettled - queued, last.unsettled)
        return Signals(before.time, *(scaled(part) for part in (*money, last.borrowed, after.flow, after.sent)))

    def measure(self, before: PaymentsState, actions: Actions, after: PaymentsState) -> Metrics:
        """Costs by kind, and what was settled, is unsettled and was posted, by bank."""
        seen = self.signals(before, actions, after)
        rows = {"settled": jnp.sum(seen.settled, axis=1), "unsettled": jnp.sum(seen.unsettled, axis=1)}
        balance = after.balance.astype(jnp.float32) * jnp.float32(1.0 / self.unit)
        return {**self.costs(after.last), **rows, "posted": seen.posted, "balance": balance}

    def stuck(self, state: PaymentsState) -> Metrics:
        """Whether the queue that the last period left is a gridlock (offset would move it) or a deadlock."""
        queued = jnp.where(state.time > self.periods, 0, state.last.submitted - state.last.settled)
        funds = jnp.maximum(state.balance + self.rules.credit, 0)
        return {"gridlock": gridlocked(queued, funds), "deadlock": deadlocked(queued, funds)}

    def frame(self, state: PaymentsState) -> Metrics:
        """Balances, and what is due between each two banks."""
        here = jnp.where((self.arrival <= state.time)[None, :, None], state.owed, 0)
        due = matrix(jnp.sum(here, axis=1))
        return {"time": state.time, "balance": state.balance, "posted": state.posted, "due": due, "flow": state.flow}

    def describe(self, state: PaymentsState) -> str:
        """Balances, what is due, and what the last step cost."""
        time, due = int(state.time), np.asarray(self.frame(state)["due"])
        costs = {kind: np.asarray(cost) for kind, cost in self.costs(state.last).items()}
        lines = ["morning" if time == 0 else f"period {time}" if time <= self.periods else "closed"]
        for bank in range(self.num_agents):
            owes = [f"{due[bank, j]} to {j}" for j in range(self.num_agents) if due[bank, j]]
            paid = [f"{kind.replace('_', ' ')} {cost[bank]:.4g}" for kind, cost in costs.items() if cost[bank]]
            said = [f"bank {bank}: balance {int(state.balance[bank])}", f"owes {', '.join(owes) or 'nothing'}", *paid]
            lines.append("; ".join(said))
        return "\n".join(lines)


def _around(one_day: np.ndarray) -> np.ndarray:
    """`[payer, payee, periods, slots]` in the order of lines, `[payer, lines, others around the ring]`."""
    n = one_day.shape[0]
    payer, others = np.arange(n)[:, None], np.arange(1, n)[None]
    around = one_day[payer, (payer + others) % n]
    return np.moveaxis(around, 1, -1).reshape(n, -1, n - 1)


@lru_cache(maxsize=64)
def _table(demand: AbstractDemand, unit: int) -> np.ndarray:
    """All days' orders in lines, `[days, agents, lines, others]`."""
    return np.stack([_around(day) for day in orders_of(demand, unit).cents])
