"""Bodies on a grid: headings, moves, conflicts, spawning. Elementwise: no gather, no scatter."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp

from ...core.types import Array, Bool, Cells, Int, Line

UP, RIGHT, DOWN, LEFT = range(4)
MOVE_LEFT, MOVE_RIGHT, MOVE_FORWARD, MOVE_BACK, STAY, TURN_RIGHT, TURN_LEFT = range(7)
MOVE_NAMES = ("step left", "step right", "step forward", "step back", "stay", "turn right", "turn left")


class Bodies(NamedTuple):
    """Where agents stand and look."""

    row: Int[Array, "agents"]
    col: Int[Array, "agents"]
    heading: Int[Array, "agents"]  # UP, RIGHT, DOWN, LEFT


def direction(heading: Array) -> tuple[Array, Array]:
    """Row and column step of a heading."""
    one, zero = jnp.int32(1), jnp.int32(0)
    down = jnp.where(heading == DOWN, one, jnp.where(heading == UP, -one, zero))
    right = jnp.where(heading == RIGHT, one, jnp.where(heading == LEFT, -one, zero))
    return down, right


def relative(heading: Array, rows: Line, cols: Line) -> tuple[Array, Array]:
    """Turn an offset in rows and columns into (cells ahead, cells to the right) for somebody with this heading."""
    upright = (heading & 1) == 0
    ahead, side = jnp.where(upright, rows, cols), jnp.where(upright, cols, rows)
    return jnp.where((heading == UP) | (heading == LEFT), -ahead, ahead), jnp.where(heading >= DOWN, -side, side)


def targets(bodies: Bodies, actions: Int[Array, "agents"], shape: tuple[int, int]) -> Bodies:
    """Where each agent wants to be: the border stops a move, a turn changes the heading at once."""
    quarter = jnp.where(
        actions == MOVE_RIGHT, 1, jnp.where(actions == MOVE_BACK, 2, jnp.where(actions == MOVE_LEFT, 3, 0))
    ).astype(jnp.int32)
    down, right = direction((bodies.heading + quarter) & 3)
    moves = (actions <= MOVE_BACK).astype(jnp.int32)
    turn = jnp.where(actions == TURN_RIGHT, 1, jnp.where(actions == TURN_LEFT, 3, 0)).astype(jnp.int32)
    return Bodies(
        jnp.clip(bodies.row + moves * down, 1, shape[0] - 2),
        jnp.clip(bodies.col + moves * right, 1, shape[1] - 2),
        (bodies.heading + turn) & 3,
    )


def move(bodies: Bodies, actions: Int[Array, "agents"], shape: tuple[int, int], priority: Array) -> Bodies:
    """Move all agents at once.

    Of several agents that want one cell the one with the highest `priority` gets it. Two agents cannot swap. An agent
    may enter a cell that its occupant leaves in the same step (so files and rings of three or more move together), and
    stays if the occupant stays.
    """
    wanted = targets(bodies, actions, shape)
    n = bodies.row.shape[0]
    moving = (wanted.row != bodies.row) | (wanted.col != bodies.col)
    if n > 1:
        other = ~jnp.eye(n, dtype=bool)
        same_target = (wanted.row[:, None] == wanted.row[None]) & (wanted.col[:, None] == wanted.col[None])
        into = (wanted.row[:, None] == bodies.row[None]) & (wanted.col[:, None] == bodies.col[None]) & other
        index = jnp.arange(n, dtype=jnp.int32)
        beaten = (priority[None] > priority[:, None]) | (
            (priority[None] == priority[:, None]) & (index[None] > index[:, None])
        )
        goes = moving & ~jnp.any(same_target & other & moving[None] & beaten, axis=1) & ~jnp.any(into & into.T, axis=1)
        for _ in range(n - 1):  # a file of n agents needs n - 1 rounds until its head's halt reaches its tail
            goes = goes & ~jnp.any(into & ~goes[None], axis=1)
    else:
        goes = moving
    return Bodies(jnp.where(goes, wanted.row, bodies.row), jnp.where(goes, wanted.col, bodies.col), wanted.heading)


def one(bodies: Bodies, mask: Bool[Array, "agents"]) -> Bodies:
    """The one agent that the mask marks."""
    pick = lambda values: jnp.sum(jnp.where(mask, values, 0), dtype=jnp.int32)
    return Bodies(pick(bodies.row), pick(bodies.col), pick(bodies.heading))


def stands_on(row: Array, col: Array, cells: Cells) -> Bool[Array, "cells"]:
    """On which of the given cells (as `GridMap.cells` gives them) one agent stands: at most one."""
    return (cells[0] == row) & (cells[1] == col)


def ranks(scores: Array) -> Int[Array, "entries"]:
    """Rank of each score, highest first; ties by index. Quadratic, for short lists."""
    index = jnp.arange(scores.shape[0], dtype=jnp.int32)
    above = (scores[None] > scores[:, None]) | ((scores[None] == scores[:, None]) & (index[None] < index[:, None]))
    return jnp.sum(above, axis=1, dtype=jnp.int32)


def spawn(spots: Cells, scores: Array, headings: Array, num_agents: int) -> Bodies:
    """Put agents on distinct spots, drawn by random `scores` (one per spot)."""
    rank = ranks(scores)
    mine = rank[None] == jnp.arange(num_agents, dtype=jnp.int32)[:, None]
    zero = jnp.int32(0)
    return Bodies(
        jnp.sum(jnp.where(mine, spots[0], zero), axis=1, dtype=jnp.int32),
        jnp.sum(jnp.where(mine, spots[1], zero), axis=1, dtype=jnp.int32),
        headings,
    )
