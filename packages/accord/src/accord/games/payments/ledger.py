"""What the ledger of a day holds: balances, orders and flows in cents, and what a contract may read of them."""

from __future__ import annotations

from typing import NamedTuple

from ...core.types import Array, Float, Int


class Period(NamedTuple):
    """What the last step did, in cents."""

    submitted: Int[Array, "payer payee"]
    settled: Int[Array, "payer payee"]
    unsettled: Int[Array, "payer payee"]
    posted: Int[Array, "agents"]
    overdue: Int[Array, "agents"]
    credit: Int[Array, "agents"]
    borrowed: Int[Array, "agents"]


class PaymentsState(NamedTuple):
    """A day in cents; orders lie in lines (see `settlement`), those of later periods among them."""

    time: Int[Array, ""]
    """The period that comes next; 0 while liquidity is posted."""

    owed: Int[Array, "agents lines others"]
    balance: Int[Array, "agents"]
    posted: Int[Array, "agents"]
    flow: Int[Array, "payer payee"]
    """Settled in the day so far."""

    sent: Int[Array, "agents periods"]
    """What each bank settled by itself in each period."""

    last: Period


class Signals(NamedTuple):
    """What the ledger saw of a step, in units of collateral: all that a contract on payments may read.

    What an order is worth to a customer, and orders that are not due yet, are not in it. `unsettled` and `withheld` are
    known once an order is settled, from the due time that it carries.
    """

    period: Int[Array, ""]
    """The period just played, from 1 on; 0 while liquidity is posted."""

    posted: Float[Array, "agents"]
    """Liquidity that each bank posted for the day."""

    submitted: Float[Array, "payer payee"]
    """Released for settlement in this period, settled or not."""

    settled: Float[Array, "payer payee"]
    """Settled in this period, by the banks' own money or by offset."""

    queued: Float[Array, "payer payee"]
    """Submitted, and not settled at the end of the period: the payer was willing."""

    withheld: Float[Array, "payer payee"]
    """Due, and not submitted."""

    unsettled: Float[Array, "payer payee"]
    """Due, and not settled at the end of the period: queued or withheld. 0 at the close: the central bank lends."""

    borrowed: Float[Array, "agents"]
    """Borrowed at the close."""

    flow: Float[Array, "payer payee"]
    """Settled in the day so far; at the close with what was borrowed for."""

    sent: Float[Array, "agents periods"]
    """What each bank settled by itself in each period so far."""
