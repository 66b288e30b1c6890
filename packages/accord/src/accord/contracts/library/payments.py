"""Contracts on payments. Terms are rates per unit of collateral; signals are what a settlement ledger sees."""

import jax.numpy as jnp
import numpy as np

from ...core.errors import BadSetting
from ...core.types import Array, Float, Payments, Theta
from ...games.payments.ledger import Signals
from ..space import AbstractContractSpace


class DelayFee(AbstractContractSpace):
    """A late bank pays `theta[0]` per unit and period to the bank that it owes; fees of both directions net out.

    `signal` says what counts as late at the end of a period. "settlement": whatever is due and not settled, so that a
    bank which is willing and has no liquidity is fined too; it makes the bank post more. "submission": only what is due
    and not submitted, known from the time stamps once it is; a willing bank in a gridlock pays nothing.

    Paying early is dominant in the two-bank games above `two_banks.TwoBankGame.fee_bound`; full cover is restored above
    `closed_form.cover_fee`. A fee can also cost: in chicken, where offset is available, and where delay is cheap.

    Source: derived for this project; the range is ours.
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (0.5,)
    signal: str = "settlement"

    def __check_init__(self) -> None:
        if self.signal not in ("settlement", "submission"):
            raise BadSetting(f"signal='{self.signal}', expected settlement or submission.")

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """The fees of one period."""
        return theta[0] * (signals.unsettled if self.signal == "settlement" else signals.withheld)


class LeaderFollowerPact(AbstractContractSpace):
    """One bank goes first: the follower pays for what it settled in time, the leader for what it did not.

    Terms, per unit that the leader owes the follower by the end of period `by`: `theta[0]`, from the follower, on what
    is settled by then; `theta[1]`, from the leader, on what is due and is not. It reads settlement: a leader that is
    willing and has no liquidity is fined too. In chicken leading is dominant where the two terms add up to more than
    `closed_form.pact_sum`.

    Source: derived for this project; the range is ours.
    """

    low: tuple[float, ...] = (0.0, 0.0)
    high: tuple[float, ...] = (0.5, 0.5)
    leader: int = 0
    follower: int = 1
    by: int = 1

    def __check_init__(self) -> None:
        if self.leader == self.follower or min(self.leader, self.follower) < 0 or self.by < 1:
            raise BadSetting(
                f"leader={self.leader}, follower={self.follower}, by={self.by}: expected two banks and a period from 1."
            )

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """What is due at the end of period `by`; nothing in the others."""
        n = signals.flow.shape[0]
        if max(self.leader, self.follower) >= n:
            raise BadSetting(f"leader={self.leader}, follower={self.follower}, but there are {n} banks, from 0 on.")
        forward = np.zeros((n, n), bool)
        forward[self.leader, self.follower] = True
        now = signals.period == self.by
        reward = jnp.where(forward & now, signals.flow, 0.0).T  # from the follower to the leader
        return theta[0] * reward + theta[1] * jnp.where(forward & now, signals.unsettled, 0.0)


class LiquiditySharing(AbstractContractSpace):
    """Whoever pays with others' liquidity pays `theta[0]` per unit for it.

    The signal: by how much a bank's payments of the day exceed the liquidity that it posted, up to what the others
    posted; so much came from them and is spent again. What a period adds to it is paid for, to the banks that the money
    came from, in proportion to what they sent in the day. What the central bank lends at the close is not counted.

    Source: derived for this project; the range is ours.
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (0.5,)

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """What the period's recycling costs."""
        own = jnp.sum(signals.sent, axis=1)
        others = jnp.sum(signals.posted) - signals.posted
        recycled = lambda spent: jnp.minimum(jnp.maximum(spent - signals.posted, 0.0), others)
        grown = jnp.maximum(recycled(own) - recycled(own - jnp.sum(signals.settled, axis=1)), 0.0)
        return theta[0] * grown[:, None] * _shares(signals.flow.T)


class ThroughputRule(AbstractContractSpace):
    """A bank behind the guideline pays `theta[0]` per unit that is missing, shared equally by the banks that are not.

    `guideline` names periods and the share of a bank's own value of the day to be settled by their end. The rule is
    applied at the close, when that value is known (what is borrowed for counts as value, and not as settled in time).
    Where nobody complies nobody pays. It reads settlement: a bank that is willing and has no liquidity is fined too.

    Source: throughput rules as in Buckle and Campbell 2003 (abstract), redistributed; the numbers are ours.
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (0.5,)
    guideline: tuple[tuple[int, float], ...] = ((1, 0.5),)

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """What is due at the close; nothing before."""
        n, periods = signals.sent.shape
        missing = jnp.zeros(n, jnp.float32)
        for period, share in self.guideline:
            if not (1 <= period <= periods and 0.0 <= share <= 1.0):
                raise BadSetting(f"guideline={self.guideline}, expected periods 1 to {periods} and shares in 0 .. 1.")
            wanted = jnp.float32(share) * jnp.sum(signals.flow, axis=1)
            missing = missing + jnp.maximum(wanted - jnp.sum(signals.sent[:, :period], axis=1), 0.0)
        missing = jnp.where(missing > _ROUNDING, missing, 0.0)
        closing = signals.period == periods
        complies = jnp.broadcast_to((missing == 0.0)[None], (n, n)).astype(jnp.float32)
        return jnp.where(closing, theta[0] * missing, 0.0)[:, None] * _shares(complies)


_ROUNDING = 1e-6
"""Of a unit of collateral: less than this is not missing, but rounded."""


def _shares(amounts: Float[Array, "payer payee"]) -> Float[Array, "payer payee"]:
    """Each row as shares of its sum; a row of zeros stays one."""
    total = jnp.sum(amounts, axis=1, keepdims=True)
    return amounts / jnp.where(total > 0.0, total, 1.0)
