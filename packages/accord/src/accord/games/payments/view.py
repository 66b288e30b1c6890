"""What a bank sees: its own books and nothing of the others'."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from ...core.types import Array, Bool, Float, Int
from .ledger import PaymentsState

PARTS = ("time", "new", "queue", "liquidity", "forecast", "pairs", "received", "due")
"""Share of the day that is over; own demand that is new in the coming period; all that is unpaid; own balance; own
unpaid demand by the period of its arrival, later ones too; what is unpaid by counterparty (the next bank around the
ring first); receipts of the last period; what passes its deadline if it is not paid now. Amounts count in collateral.
"""


def features(
    parts: tuple[str, ...],
    state: PaymentsState,
    *,
    arrival: Int[np.ndarray, "lines"],
    due: Bool[Array, "agents lines others"],
    unit: int,
) -> Float[Array, "agents features"]:
    """The parts of a bank's view side by side.

    Args:
        parts: names from `PARTS`.
        state: the day so far.
        arrival: the period in which each line arrives.
        due: which orders pass their deadline unless they are paid now.
        unit: cents that count as 1.
    """
    n, periods = state.sent.shape
    here = (arrival <= state.time)[None, :, None]
    queue = jnp.where(here, state.owed, 0)
    total = lambda lines: jnp.sum(lines, axis=(1, 2))[:, None]
    one = {
        "time": lambda: jnp.broadcast_to(state.time, (n, 1)),
        "new": lambda: total(jnp.where((arrival == state.time)[None, :, None], state.owed, 0)),
        "queue": lambda: total(queue),
        "liquidity": lambda: state.balance[:, None],
        "forecast": lambda: jnp.sum(state.owed.reshape(n, periods, -1), axis=2),
        "pairs": lambda: jnp.sum(queue, axis=1),
        "received": lambda: jnp.sum(state.last.settled, axis=0)[:, None],
        "due": lambda: total(jnp.where(due, queue, 0)),
    }
    scaled = lambda part: one[part]().astype(jnp.float32) * jnp.float32(1.0 / (periods if part == "time" else unit))
    return jnp.concatenate([scaled(part) for part in parts], axis=1)
