"""Beams that stop at the first target or at an agent.

A beam covers few cells: `width` columns of at most `length + 1`. Each has a bit, so that what a beam meets is a word
and "the first in each column" is its lowest set bit in each column's field.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import UInt

from ...core.types import Array, Bool, Line
from .movement import Bodies, relative

MAX_LENGTH = 9
"""Three columns of ten cells fit a word."""


def covered(shooter: Bodies, rows: Line, cols: Line, *, length: int, width: int) -> UInt[Array, "cells"]:
    """The bit of one agent's beam that lies on each cell if nothing stops it; 0 where the beam does not reach.

    The beam has `width` columns (1 or 3). The middle one starts ahead of the agent, the side ones start beside it; each
    is `length` cells long. Column c (0 is the left one) has the bits from `c * (length + 1)` on, nearest cell first.

    Source: the rules of the released Cleanup (Algorithmic-Alignment-Lab/contracts, beam of width 3 and length 5).
    """
    ahead, side = relative(shooter.heading, rows - shooter.row, cols - shooter.col)
    half = width // 2
    first = (side == 0).astype(jnp.int32)
    inside = (jnp.abs(side) <= half) & (ahead >= first) & (ahead < length + first)
    place = jnp.where(inside, (side + half) * (length + 1) + ahead, 0).astype(jnp.uint32)
    return jnp.where(inside, jnp.uint32(1) << place, jnp.uint32(0))


def first_met(met: UInt[Array, ""], *, length: int, width: int) -> UInt[Array, ""]:
    """Keep the nearest bit of each column."""
    fields = [((1 << (length + 1)) - 1) << (column * (length + 1)) for column in range(width)]
    columns = met & jnp.asarray(fields, jnp.uint32)
    return jnp.sum(columns & (~columns + jnp.uint32(1)), dtype=jnp.uint32)


def hits(
    beam: UInt[Array, "cells"], present: Bool[Array, "cells"], bodies: UInt[Array, "agents"], *, length: int, width: int
) -> Bool[Array, "cells"]:
    """Cells whose target one agent's beam reaches.

    Each column stops at its first present target, which it reaches, or at an agent, whose cell it still covers.

    Args:
        beam: the agent's beam over the cells, as `covered` gives it.
        present: which of the cells hold a target.
        bodies: the agent's beam over the places where agents stand.
    """
    met = jnp.sum(jnp.where(present, beam, jnp.uint32(0)), dtype=jnp.uint32)  # every bit once, so the sum is an OR
    met = met | jnp.sum(bodies, dtype=jnp.uint32)
    return present & ((beam & first_met(met, length=length, width=width)) != 0)
