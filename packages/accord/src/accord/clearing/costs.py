"""What a settled day costs each bank: liquidity, overdrafts, delay, borrowing at the close."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from ..core.settings import bounded
from .clock import HOUR
from .settled import Settled

_HIGH = 1e6


@dataclasses.dataclass(frozen=True)
class Prices:
    """Prices of money and time. Rates are read as the decimals as which they are written (0.1 is a tenth).

    Source: after the payments game of Castro et al., whose r_c, r_d and r_b are the first, third and fourth (a period
    is an hour here); the price of an overdraft is the priced intraday credit of Bech and Garratt's games.
    """

    liquidity: float = bounded(0.1, 0.0, _HIGH, "for each cent posted in the morning, as balance or collateral")
    overdraft: float = bounded(0.0, 0.0, _HIGH, "for each cent and hour of overdraft, under priced credit")
    delay: float = bounded(0.2, 0.0, _HIGH, "for each cent and hour in the queue; unsettled payments wait to the close")
    lending: float = bounded(0.4, 0.0, _HIGH, "for each cent lent by the lender of last resort at the close")


@dataclasses.dataclass(frozen=True, eq=False)
class Costs:
    """Costs of each bank in cents, `int64[banks]`, each rounded half to even."""

    banks: tuple[str, ...]
    liquidity: np.ndarray
    overdraft: np.ndarray
    delay: np.ndarray
    lending: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """All four, `int64[banks]`."""
        return self.liquidity + self.overdraft + self.delay + self.lending

    def table(self) -> Any:
        """One row per bank: `bank, liquidity, overdraft, delay, lending, total`, as a `pyarrow.Table`."""
        import pyarrow as pa

        parts = {name: getattr(self, name) for name in ("liquidity", "overdraft", "delay", "lending", "total")}
        return pa.table({"bank": list(self.banks), **parts})


def costs(settled: Settled, prices: Prices | None = None) -> Costs:
    """What the day cost each bank."""
    prices = prices or Prices()
    accounts = settled.day.accounts
    collateral = accounts.credit if settled.rules.credit == "collateralised" else 0
    overdrawn = overdraft_time(settled) if settled.rules.credit == "priced" else [0] * len(accounts)
    return Costs(
        accounts.banks,
        _charged((accounts.opening + collateral).tolist(), prices.liquidity),
        _charged(overdrawn, prices.overdraft, HOUR),
        _charged(queued_time(settled), prices.delay, HOUR),
        _charged(settled.lent.tolist(), prices.lending),
    )


def _charged(amounts: list[int], rate: float, unit: int = 1) -> np.ndarray:
    price = Fraction(str(rate)) / unit
    return np.array([round(amount * price) for amount in amounts], np.int64)


def queued_time(settled: Settled) -> list[int]:
    """Cents times milliseconds that each bank's payments waited, exact."""
    day, totals = settled.day, [0] * len(settled.day.accounts)
    until = np.where(settled.done, settled.time, day.closes)
    waits = zip(day.sender.tolist(), day.amount.tolist(), (until - day.time).tolist(), strict=True)
    for bank, amount, wait in waits:
        totals[bank] += amount * wait
    return totals


def overdraft_time(settled: Settled) -> list[int]:
    """Cents times milliseconds that each account was overdrawn, exact."""
    day, seen = settled.day, settled.positions()
    totals = [0] * len(day.accounts)
    balance = day.accounts.opening[seen.bank] + seen.position
    same = np.diff(seen.bank, append=-1) == 0
    until = np.where(same, np.append(seen.time[1:], 0), day.closes)
    for bank, below, length in zip(seen.bank.tolist(), balance.tolist(), (until - seen.time).tolist(), strict=True):
        if below < 0:
            totals[bank] -= below * length
    return totals
