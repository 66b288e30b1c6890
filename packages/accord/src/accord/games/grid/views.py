"""What grid games show: crops of the map as colours for agents, the whole map as text for people.

A crop is cut with a dynamic slice, which is a gather once it is batched: fine for a picture of hundreds of numbers,
and the reason why features are the fast path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from ...core.types import Array, Bool, Float, Int
from .maps import GridMap
from .movement import DOWN, Bodies

ARROWS = "^>v<"


def painted(
    map: GridMap, grounds: Mapping[str, int], layers: Sequence[tuple[str, Array, int]], bodies: Bodies, first: int
) -> Int[Array, "height width"]:
    """The map as one number per cell, later things over earlier ones.

    Args:
        map: the map.
        grounds: number of each map character; 0 for those not named.
        layers: characters of cells that may hold something, which of `map.cells` of them do, and its number.
        bodies: agents; they cover all else.
        first: number of agent 0; the others follow.
    """
    picture = jnp.asarray([[grounds.get(char, 0) for char in line] for line in map.text], jnp.int32)
    for chars, mask, number in layers:
        index = _places(map, chars)
        there = jnp.concatenate([mask, jnp.zeros(1, bool)])[index]  # the last entry is for cells of other kinds
        picture = jnp.where(there, jnp.int32(number), picture)
    rows, cols = np.indices(map.shape)
    for i in range(bodies.row.shape[0]):
        picture = jnp.where((rows == bodies.row[i]) & (cols == bodies.col[i]), jnp.int32(first + i), picture)
    return picture


def _places(map: GridMap, chars: str) -> np.ndarray:
    """For each cell of the map its index in `map.cells(chars)`, or their number."""
    rows, cols = map.cells(chars)
    index = np.full(map.shape, rows.size, np.int32)
    index[rows, cols] = np.arange(rows.size)
    return index


def crops(picture: Int[Array, "height width"], bodies: Bodies, radius: int) -> Int[Array, "agents rows cols"]:
    """Each agent's surroundings, itself in the middle, turned so that it looks up; 0 beyond the map."""
    wide = jnp.pad(picture, radius)
    side = 2 * radius + 1
    cut = []
    for i in range(bodies.row.shape[0]):
        view = jax.lax.dynamic_slice(wide, (bodies.row[i], bodies.col[i]), (side, side))
        view = jnp.where(bodies.heading[i] >= DOWN, view[::-1, ::-1], view)
        cut.append(jnp.where((bodies.heading[i] & 1) == 1, jnp.rot90(view), view))
    return jnp.stack(cut)


def coloured(pictures: Int[Array, "*cells"], palette: Sequence[Sequence[int]]) -> Float[Array, "*cells rgb"]:
    """Numbers to red, green and blue in [0, 1]."""
    shades = np.asarray(palette, np.float32) / 255.0
    channels = []
    for shade in shades.T:
        channel = jnp.full(pictures.shape, shade[0], jnp.float32)
        for number, value in enumerate(shade[1:], 1):
            if value != shade[0]:
                channel = jnp.where(pictures == number, jnp.float32(value), channel)
        channels.append(channel)
    return jnp.stack(channels, axis=-1)


def text(
    map: GridMap, grounds: Mapping[str, str], layers: Sequence[tuple[str, Bool[Array, "_"], str]], bodies: Bodies
) -> str:
    """The map for people: agents as arrows over what lies there."""
    lines = [[grounds.get(char, char) for char in line] for line in map.text]
    for chars, mask, glyph in layers:
        for (row, col), there in zip(map.cells(chars).T, np.asarray(mask), strict=True):
            if there:
                lines[row][col] = glyph
    for row, col, heading in zip(*(np.asarray(values) for values in bodies), strict=True):
        lines[row][col] = ARROWS[heading]
    return "\n".join("".join(line) for line in lines)
