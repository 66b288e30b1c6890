"""Demand: who has to pay whom how much, and from which period on. A recipe is a value; its orders are integer cents."""

from __future__ import annotations

import abc
import dataclasses
from fractions import Fraction
from functools import lru_cache

import numpy as np

from ...core.errors import BadSetting


@dataclasses.dataclass(frozen=True, eq=False)
class Orders:
    """Payment orders of one or more days. All arrays are read-only data of a game."""

    cents: np.ndarray
    """Integers `[days, payer, payee, periods, slots]`: what falls due, by the period in which it arrives. A slot is a
    ticket of the period; aggregated demand has one slot."""

    lumps: np.ndarray
    """Booleans `[payer, payee, periods, slots]`: indivisible, to be paid whole or not at all."""

    urgent: np.ndarray
    """Booleans of the same shape: whether a deadline holds for the order."""

    @classmethod
    def of(cls, cents: np.ndarray, lumps: np.ndarray | None = None, urgent: np.ndarray | None = None) -> Orders:
        """Orders after a check; by default divisible, and all under the deadline if the game sets one.

        Raises:
            BadSetting: amounts that are negative or no integers, or that a bank owes itself.
        """
        if cents.ndim != 5 or cents.shape[1] != cents.shape[2] or cents.shape[1] < 2 or 0 in cents.shape:
            raise BadSetting(
                f"Orders have shape {cents.shape}, expected (days, payer, payee, periods, slots) with two banks or "
                "more. Add the missing axes, of length 1."
            )
        if cents.dtype.kind not in "iu" or cents.min() < 0:
            raise BadSetting(f"Orders hold {cents.dtype} from {cents.min()} on, expected whole cents from 0 on.")
        if np.any(cents[:, np.arange(cents.shape[1]), np.arange(cents.shape[1])]):
            raise BadSetting("A bank owes itself money in the orders. Set the diagonal of payer and payee to 0.")
        one_day = cents.shape[1:]
        lumps = np.zeros(one_day, bool) if lumps is None else np.broadcast_to(lumps, one_day)
        urgent = np.ones(one_day, bool) if urgent is None else np.broadcast_to(urgent, one_day)
        return cls(cents, lumps, urgent)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Days, banks, periods, slots."""
        days, banks, _, periods, slots = self.cents.shape
        return days, banks, periods, slots

    @property
    def sent(self) -> np.ndarray:
        """What each bank has to pay in a day, `[days, payer]`, in 64 bits."""
        return self.cents.sum(axis=(2, 3, 4), dtype=np.int64)


class AbstractDemand(abc.ABC):
    """A recipe for orders: a frozen dataclass, so that it can be a setting, be compared, and be written down."""

    @abc.abstractmethod
    def orders(self, unit: int) -> Orders:
        """The orders in cents.

        Args:
            unit: cents that the amounts of the recipe are counted in, a bank's collateral as a rule.
        """


@lru_cache(maxsize=64)
def orders_of(demand: AbstractDemand, unit: int) -> Orders:
    """The orders of a recipe, made once."""
    return demand.orders(unit)


def exact(value: float) -> Fraction:
    """A decimal as people write it: 0.15 is 15/100."""
    return Fraction(str(value))


def whole(value: float, unit: int, what: str) -> int:
    """An amount in cents.

    Raises:
        BadSetting: an amount that is negative or no whole number of cents.
    """
    cents = exact(value) * unit
    if cents < 0 or cents.denominator != 1:
        raise BadSetting(
            f"{what} is {value} of {unit} cents = {float(cents):.6g}, expected whole cents from 0 on. Change unit."
        )
    return int(cents)


@dataclasses.dataclass(frozen=True)
class TwoBanks(AbstractDemand):
    """One day of two banks, each with an amount per period for the other."""

    first: tuple[float, ...] = (0.0, 0.15)
    second: tuple[float, ...] = (0.15, 0.05)
    lumps: tuple[tuple[int, int], ...] = ()
    """(bank, period), both from 0: amounts that must be paid whole or not at all."""

    tickets: int = 1
    """Into how many equal orders an amount that is no lump is cut."""

    def orders(self, unit: int) -> Orders:
        """One day, divisible but for the lumps.

        Raises:
            BadSetting: days of different lengths, or amounts that are no whole cents or cannot be cut.
        """
        if len(self.first) != len(self.second) or not self.first:
            raise BadSetting(f"The banks have {len(self.first)} and {len(self.second)} periods. Give both the same.")
        periods, tickets = len(self.first), max(self.tickets, 1)
        cents = np.zeros((1, 2, 2, periods, tickets), np.int64)
        lumps = np.zeros((2, 2, periods, tickets), bool)
        for bank, amounts in enumerate((self.first, self.second)):
            for period, amount in enumerate(amounts):
                total = whole(amount, unit, f"The amount of bank {bank} in period {period}")
                if (bank, period) in self.lumps:
                    cents[0, bank, 1 - bank, period, 0], lumps[bank, 1 - bank, period] = total, True
                elif total % tickets:
                    raise BadSetting(f"{total} cents cannot be cut into {tickets} equal tickets. Change tickets.")
                else:
                    cents[0, bank, 1 - bank, period] = total // tickets
        return Orders.of(cents, lumps)


PAPER_TWO = TwoBanks((0.0, 0.15), (0.15, 0.05))
"""The two-period case of Castro et al. 2025: A owes 0.15 late, B owes 0.15 early and 0.05 late."""

PAPER_THREE = TwoBanks((0.2, 0.2, 0.0), (0.2, 0.2, 0.0))
"""The three-period case of Castro et al. 2025: both owe 0.2, 0.2 and nothing."""

PAPER_LUMP = TwoBanks((0.2, 0.2, 0.0), (0.2, 0.2, 0.0), lumps=((1, 1),))
"""The same, where the second amount of B is indivisible."""


@dataclasses.dataclass(frozen=True)
class Steady(AbstractDemand):
    """Every bank owes every other one the same amount in each of so many periods; then come empty ones."""

    num_agents: int = 2
    amount: float = 0.2
    """Owed per period by each bank in all, split equally over the others."""

    periods: int = 2
    rest: int = 1
    """Empty periods at the end: for what is late to arrive."""

    def orders(self, unit: int) -> Orders:
        """One day, divisible."""
        total = whole(self.amount, unit, "The amount of a period")
        if self.num_agents < 2 or self.periods < 1 or self.rest < 0 or total % (self.num_agents - 1):
            raise BadSetting(
                f"num_agents={self.num_agents}, periods={self.periods}, rest={self.rest}, {total} cents: expected two "
                "banks or more, a period, and an amount that the others can share equally."
            )
        pair = (1 - np.eye(self.num_agents, dtype=np.int64)) * (total // (self.num_agents - 1))
        busy = np.arange(self.periods + self.rest) < self.periods
        return Orders.of(pair[None, :, :, None, None] * busy.astype(np.int64)[None, None, None, :, None])


@dataclasses.dataclass(frozen=True)
class Ring(AbstractDemand):
    """Each bank owes the next one the same amount, from the first period on: nobody can begin without liquidity."""

    num_agents: int = 3
    amount: float = 0.2
    periods: int = 2
    whole_only: bool = True
    """Whether the debts are indivisible."""

    def orders(self, unit: int) -> Orders:
        """One day."""
        if self.num_agents < 2 or self.periods < 1:
            raise BadSetting(f"num_agents={self.num_agents}, periods={self.periods}: expected two banks, one period.")
        cents = np.zeros((1, self.num_agents, self.num_agents, self.periods, 1), np.int64)
        for bank in range(self.num_agents):
            cents[0, bank, (bank + 1) % self.num_agents, 0, 0] = whole(self.amount, unit, "The debt")
        return Orders.of(cents, np.full(cents.shape[1:], self.whole_only))


class Table(AbstractDemand):
    """Given orders, in cents whatever the unit: one day or a table of days, of which an episode draws one."""

    def __init__(self, cents: np.ndarray, lumps: np.ndarray | None = None, urgent: np.ndarray | None = None) -> None:
        """Integers `[days, payer, payee, periods]`, or with a last axis of slots; see `Orders`."""
        cents = np.asarray(cents)
        self._orders = Orders.of(cents[..., None] if cents.ndim == 4 else cents, lumps, urgent)
        parts = (self._orders.cents, self._orders.lumps, self._orders.urgent)
        self._content = (self._orders.cents.shape, *(part.tobytes() for part in parts))
        self._hash = hash(self._content)

    def orders(self, unit: int) -> Orders:
        """As given."""
        return self._orders

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._content == other._content

    def __hash__(self) -> int:
        return self._hash
