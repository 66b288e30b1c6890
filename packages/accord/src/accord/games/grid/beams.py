"""Beams that stop at the first target or at an agent. Elementwise over the target cells."""

from __future__ import annotations

import jax.numpy as jnp

from ...core.types import Array, Bool, Int
from .movement import Bodies, relative

_FAR = 1 << 20


def hits(
    shooter: Int[Array, "agents"],
    bodies: Bodies,
    cells: Array,
    present: Bool[Array, "cells"],
    *,
    length: int,
    width: int,
) -> Bool[Array, "cells"]:
    """Cells whose target the beam of one agent reaches.

    The beam has `width` columns (1 or 3). The middle one starts ahead of the agent, the side ones start beside it; each
    is `length` cells long and stops at its first present target, which it reaches, or at an agent, whose cell it still
    covers.

    Args:
        shooter: one-hot mask of the agent that fires.
        cells: rows and columns of the cells that may hold a target, `int32[2, cells]`.
        present: which of them hold one.

    Source: the rules of the released Cleanup (Algorithmic-Alignment-Lab/contracts, beam of width 3 and length 5).
    """
    pick = lambda values: jnp.sum(jnp.where(shooter, values, 0), dtype=jnp.int32)
    row, col, heading = pick(bodies.row), pick(bodies.col), pick(bodies.heading)
    ahead, side = relative(heading, cells[0] - row, cells[1] - col)
    body_ahead, body_side = relative(heading, bodies.row - row, bodies.col - col)
    reached = jnp.zeros(present.shape, bool)
    far = jnp.int32(_FAR)
    for column in range(-(width // 2), width // 2 + 1):
        start = 1 if column == 0 else 0
        inside = lambda a, s: (s == column) & (a >= start) & (a < start + length)  # noqa: B023
        block = jnp.min(jnp.where(inside(body_ahead, body_side) & ~shooter, body_ahead, far))
        open_to = inside(ahead, side) & present
        first = jnp.minimum(jnp.min(jnp.where(open_to, ahead, far)), block)
        reached = reached | (open_to & (ahead == first))
    return reached
