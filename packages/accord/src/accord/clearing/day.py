"""A day of payments as columns: who pays whom how much, and when they ask for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..core.errors import BadPayments, BadSetting, UnknownName
from .clock import FULL_DAY, NO_TIME, written
from .rules import NORMAL

LARGEST = 2**53
"""No single payment is above this many cents: beyond it a reader that goes through floats would lose cents."""

_ROOM = 2**61


@dataclasses.dataclass(frozen=True, eq=False)
class Accounts:
    """The settlement accounts in the morning, one entry per bank; amounts in cents. Make one with `Accounts.of`."""

    banks: tuple[str, ...]

    opening: np.ndarray
    """Balances at the opening, `int64[banks]`."""

    credit: np.ndarray
    """Intraday credit lines, `int64[banks]`: the largest overdraft, or the collateral posted (see `Rules.credit`)."""

    reserve: np.ndarray
    """What normal payments leave in the account (credit line included) for urgent ones, `int64[banks]`."""

    net_limit: np.ndarray
    """Multilateral net sender limits, `int64[banks]`: the most that a bank pays out more than it receives during the
    day through normal payments; -1 for none."""

    bilateral: Mapping[tuple[int, int], int]
    """Bilateral net sender limits by (sender, receiver), for pairs that have one."""

    @classmethod
    def of(
        cls,
        banks: Sequence[str],
        opening: Any = 0,
        credit: Any = 0,
        *,
        reserve: Any = 0,
        net_limit: Any = -1,
        bilateral: Mapping[tuple[str, str], int] | None = None,
    ) -> Accounts:
        """Accounts of these banks; each amount is one number for all of them or one per bank.

        Raises:
            BadSetting: no bank, a name twice, or a negative amount.
        """
        names = tuple(banks)
        if not names or len(set(names)) != len(names):
            twice = next((name for k, name in enumerate(names) if name in names[:k]), None)
            raise BadSetting(f"The bank '{twice}' stands twice in the list." if names else "No banks were given.")
        column = lambda values: np.array(np.broadcast_to(np.asarray(values, np.int64), len(names)))
        made = cls(names, column(opening), column(credit), column(reserve), column(net_limit), {})
        for label, values in (("opening", made.opening), ("credit", made.credit), ("reserve", made.reserve)):
            if (values < 0).any():
                worst = int(values.argmin())
                raise BadSetting(f"{label} of {names[worst]} is {values[worst]} cents, expected 0 or more.")
        where = {name: k for k, name in enumerate(names)}
        pairs = {}
        for pair, limit in (bilateral or {}).items():
            for name in pair:
                if name not in where:
                    raise UnknownName("bank", name, names)
            if limit < 0:
                raise BadSetting(f"The limit of {pair[0]} towards {pair[1]} is {limit} cents, expected 0 or more.")
            pairs[where[pair[0]], where[pair[1]]] = int(limit)
        return dataclasses.replace(made, bilateral=pairs)

    def __len__(self) -> int:
        return len(self.banks)

    def table(self) -> Any:
        """One row per bank: `bank, opening, credit, reserve, net_limit`, as a `pyarrow.Table`."""
        import pyarrow as pa

        return pa.table(
            {
                "bank": pa.array(self.banks, pa.string()), "opening": self.opening, "credit": self.credit,
                "reserve": self.reserve, "net_limit": pa.array(self.net_limit, mask=self.net_limit < 0),
            }
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Day:
    """Payments in the order in which they are submitted; one entry per payment in each column.

    Make one with `Day.of`, which sorts by time (payments of one millisecond keep the order given), with
    `Day.from_table`, or with a reader.
    """

    accounts: Accounts
    time: np.ndarray
    """Submission in milliseconds since midnight, `int64`, never falling."""

    sender: np.ndarray
    receiver: np.ndarray
    """Indices into `accounts.banks`, `int64`."""

    amount: np.ndarray
    """Cents, `int64`, each from 1 to 2^53."""

    priority: np.ndarray
    """0 highly urgent, 1 urgent, 2 normal, `int8`."""

    deadline: np.ndarray
    """Milliseconds since midnight by which the payment should be settled, `int64`; -1 for none. Nothing happens at a
    deadline; the metrics count the missed ones."""

    ids: np.ndarray
    """Names of the payments, text."""

    opens: int = 0
    closes: int = FULL_DAY
    """The system's hours in milliseconds since midnight; every payment is submitted within them."""

    currency: str = ""

    @classmethod
    def of(
        cls,
        accounts: Accounts,
        time: Any,
        sender: Any,
        receiver: Any,
        amount: Any,
        *,
        priority: Any = NORMAL,
        deadline: Any = NO_TIME,
        ids: Any = None,
        opens: int = 0,
        closes: int = FULL_DAY,
        currency: str = "",
    ) -> Day:
        """A day from columns; banks by name or index, other columns as the fields say; one value stands for all.

        Raises:
            BadPayments: a payment that breaks a rule of `Day`, named by its id.
            UnknownName: a bank without an account.
        """
        time = np.asarray(time, np.int64).reshape(-1)
        count = time.size
        column = lambda values, kind: np.array(np.broadcast_to(np.asarray(values, kind), count))
        names = np.array([str(k + 1) for k in range(count)], object) if ids is None else np.array(list(ids), object)
        order = np.argsort(time, kind="stable")
        day = cls(
            accounts, time[order], _indices(accounts, sender, count)[order], _indices(accounts, receiver, count)[order],
            column(amount, np.int64)[order], column(priority, np.int8)[order], column(deadline, np.int64)[order],
            names[order], int(opens), int(closes), currency,
        )
        day.check()
        return day

    def check(self) -> None:
        """Raise `BadPayments` for the first payment that breaks a rule.

        Raises:
            BadPayments: see `Day`.
        """
        known = len(self.accounts)
        faults = (
            ((self.amount <= 0) | (self.amount > LARGEST), lambda k: f"{self.amount[k]} cents, expected 1 to 2^53"),
            (self.sender == self.receiver, lambda k: f"{self.accounts.banks[self.sender[k]]} pays itself"),
            ((self.time < self.opens) | (self.time > self.closes), lambda k: (
                f"submitted at {written(int(self.time[k]))}, not within {written(self.opens)} to {written(self.closes)}"
            )),
            ((self.priority < 0) | (self.priority > NORMAL), lambda k: f"priority {self.priority[k]}, expected 0 to 2"),
            ((self.sender < 0) | (self.sender >= known) | (self.receiver < 0) | (self.receiver >= known),
             lambda k: f"bank number {max(self.sender[k], self.receiver[k])}, expected 0 to {known - 1}"),
        )
        for wrong, said in faults:
            if wrong.any():
                first = int(wrong.argmax())
                remedy = "Mend it, or read with a reader: it sets bad rows aside and says why."
                raise BadPayments(f"Payment {self.ids[first]}: {said(first)}. {remedy}")
        if len(set(self.ids.tolist())) < len(self):
            seen: set[str] = set()
            twice = next(name for name in self.ids.tolist() if name in seen or seen.add(name))
            raise BadPayments(f"Payment {twice} stands twice. Give every payment an id of its own.")
        total = sum(sum(c.tolist()) for c in (self.amount, self.accounts.opening, self.accounts.credit))
        if total > _ROOM:
            raise BadPayments(f"Payments, balances and credit are {total} cents, expected at most 2^61. Split the day.")

    def __len__(self) -> int:
        return self.time.size

    def name(self, bank: int) -> str:
        """The bank's name."""
        return self.accounts.banks[int(bank)]

    @property
    def value(self) -> int:
        """Cents submitted during the day."""
        return int(self.amount.sum())

    def funded(self, opening: Any) -> Day:
        """The same payments with other opening balances, one for all or one per bank (cents)."""
        values = np.array(np.broadcast_to(np.asarray(opening, np.int64), len(self.accounts)))
        if (values < 0).any():
            raise BadSetting(f"An opening balance is {values.min()} cents, expected 0 or more.")
        return dataclasses.replace(self, accounts=dataclasses.replace(self.accounts, opening=values))

    def only(self, chosen: np.ndarray) -> Day:
        """The payments where `chosen` is true, with the same accounts."""
        names = ("time", "sender", "receiver", "amount", "priority", "deadline", "ids")
        return dataclasses.replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def table(self) -> Any:
        """One row per payment, as a `pyarrow.Table`: `id, time, sender, receiver, amount, priority, deadline`.

        Times are `time32[ms]` and amounts whole cents; `from_table` gives back an equal day.
        """
        import pyarrow as pa

        banks = pa.array(self.accounts.banks, pa.string())
        named = lambda column: pa.DictionaryArray.from_arrays(pa.array(column.astype(np.int32)), banks)
        clock = lambda column, mask=None: pa.array(column.astype(np.int32), pa.int32(), mask=mask).cast(pa.time32("ms"))
        return pa.table(
            {
                "id": pa.array(self.ids.tolist(), pa.string()), "time": clock(self.time),
                "sender": named(self.sender), "receiver": named(self.receiver), "amount": self.amount,
                "priority": self.priority, "deadline": clock(self.deadline, self.deadline < 0),
            }
        )

    @classmethod
    def from_table(cls, frame: Any, accounts: Accounts | None = None, **circumstances: Any) -> Day:
        """A day from a `pyarrow.Table`, or from any frame with Arrow's C stream interface (pandas, polars).

        Columns: `time` (a time type, or whole milliseconds), `sender`, `receiver`, `amount` (whole cents, or decimals
        of the currency unit; floats are refused), and if there `id`, `priority`, `deadline`. Without accounts, every
        bank that occurs gets one, empty. `circumstances` are `opens`, `closes`, `currency`.

        Raises:
            BadPayments: a column that is missing or of another type, or a payment that breaks a rule.
        """
        from .frames import columns_of

        columns = columns_of(frame)
        if accounts is None:
            named = sorted({*columns["sender"], *columns["receiver"]})
            accounts = Accounts.of([str(name) for name in named])
        time, sender, receiver, amount = (columns.pop(name) for name in ("time", "sender", "receiver", "amount"))
        return cls.of(accounts, time, sender, receiver, amount, **columns, **circumstances)


def _indices(accounts: Accounts, column: Any, count: int) -> np.ndarray:
    """Banks as indices, from names or indices."""
    values = np.asarray(column)
    if values.dtype.kind in "iu":
        return np.array(np.broadcast_to(values.astype(np.int64), count))
    where = {name: k for k, name in enumerate(accounts.banks)}
    flat = np.broadcast_to(values, count).tolist()
    try:
        return np.fromiter((where[name] for name in flat), np.int64, count)
    except KeyError as missing:
        raise UnknownName("bank", str(missing.args[0]), accounts.banks, "Give it an account.") from missing
