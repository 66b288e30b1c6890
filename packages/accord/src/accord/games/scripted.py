"""Scripted players of Cleanup: a dedicated cleaner, a harvester, and one who does both in turn.

They read the feature observation and nothing else, so they play beside learned agents, under any institution. They are
anchors, not optima: what they earn is a lower bound on what their role can earn.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp

from ..core.random import uniform
from ..core.rollout import Policy
from ..core.types import Array, Bool, Cells, Float, Int, Observations, PRNGKeyArray
from .cleanup import CLEAN, Cleanup
from .grid.movement import (
    LEFT,
    MOVE_BACK,
    MOVE_FORWARD,
    MOVE_LEFT,
    MOVE_RIGHT,
    RIGHT,
    STAY,
    TURN_LEFT,
    TURN_RIGHT,
    relative,
)

Script: TypeAlias = Callable[[Float[Array, "features"], Float[Array, ""]], Int[Array, ""]]
"""What one agent does on seeing its own features; the number is a uniform draw in [0, 1) to break ties with."""


class Sight(NamedTuple):
    """Features of one agent, back in cells."""

    row: Array
    col: Array
    heading: Array
    apple: tuple[Array, Array, Array]  # cells ahead, cells to the right, whether there is one
    waste: tuple[Array, Array, Array]
    other: tuple[Array, Array, Array]
    dirt: Array  # waste density over the depletion threshold
    fruit: Array  # share of orchard cells with an apple


def read(game: Cleanup, features: Float[Array, "features"]) -> Sight:
    """Undo the scaling of `Cleanup.observe`."""
    height, width = game.map.shape
    size = float(max(height, width))
    whole = lambda value: jnp.round(value).astype(jnp.int32)
    offset = lambda i: (whole(features[i] * size), whole(features[i + 1] * size), features[i + 2] > 0.5)
    return Sight(
        whole((features[0] + 1.0) * (0.5 * (height - 1))),
        whole((features[1] + 1.0) * (0.5 * (width - 1))),
        whole(features[3] + 2.0 * features[4] + 3.0 * features[5]),
        offset(6),
        offset(9),
        offset(12),
        features[15],
        features[16],
    )


def _walk(sight: Sight, ahead: Array, side: Array, draw: Array) -> Array:
    """The step that shortens the longer of two distances; a random step where another agent is in the way."""
    forward = jnp.where(ahead > 0, MOVE_FORWARD, MOVE_BACK)
    sideways = jnp.where(side > 0, MOVE_RIGHT, MOVE_LEFT)
    along = jnp.abs(ahead) >= jnp.abs(side)
    arrived = (ahead == 0) & (side == 0)
    step = jnp.where(along, forward, sideways)
    met_ahead, met_side, met = sight.other
    blocked = met & jnp.where(
        along,
        (met_side == 0) & (met_ahead == jnp.sign(ahead)),
        (met_ahead == 0) & (met_side == jnp.sign(side)),
    )
    return jnp.where(arrived, STAY, jnp.where(blocked, _stray(draw), step)).astype(jnp.int32)


def _stray(draw: Array) -> Array:
    """A random step."""
    return jnp.minimum((draw * 4.0).astype(jnp.int32), 3)


def _middle(cells: Cells) -> tuple[int, int]:
    """The middle of some cells of the map."""
    return round(float(cells[0].mean())), round(float(cells[1].mean()))


def _go_to(sight: Sight, place: tuple[int, int], draw: Array) -> Array:
    """Walk to a place on the map."""
    ahead, side = relative(sight.heading, place[0] - sight.row, place[1] - sight.col)
    return _walk(sight, ahead, side, draw)


def _reaches(game: Cleanup, ahead: Array, side: Array) -> Bool[Array, ""]:
    """Whether the cleaning beam covers this offset if nothing is in its way."""
    middle = (side == 0) & (ahead >= 1) & (ahead <= game.beam_length)
    beside = (jnp.abs(side) <= game.beam_width // 2) & (side != 0) & (ahead >= 0) & (ahead < game.beam_length)
    return middle | beside


def _lane(game: Cleanup) -> tuple[int, int]:
    """The column along the river from which the beam reaches its far bank, and the heading that faces it."""
    near, far = int(game.river[1].max()), int(game.river[1].min())
    if game.orchard[1].mean() > game.river[1].mean():
        return min(near + 1, far + game.beam_length), LEFT
    return max(far - 1, near - game.beam_length), RIGHT


def cleaner(game: Cleanup) -> Script:
    """Faces the river from a lane beside it, sidesteps to the nearest waste, fires; never leaves to eat."""
    lane, facing = _lane(game)
    middle = _middle(game.river)[0]

    def act(features: Float[Array, "features"], draw: Float[Array, ""]) -> Int[Array, ""]:
        sight = read(game, features)
        ahead, side, found = sight.waste
        away, turn = lane - sight.col, (facing - sight.heading) & 3
        zero = jnp.int32(0)
        to_lane = _walk(sight, *relative(sight.heading, zero, away), draw)
        along = _walk(sight, zero, jnp.where((ahead == 0) & (side == 0), 1, side), draw)
        work = jnp.where(_reaches(game, ahead, side), CLEAN, along)
        work = jnp.where(turn == 0, work, jnp.where(turn == 3, TURN_LEFT, TURN_RIGHT))
        idle = _go_to(sight, (middle, lane), draw)
        return jnp.where(away != 0, to_lane, jnp.where(found, work, idle)).astype(jnp.int32)

    return act


def harvester(game: Cleanup) -> Script:
    """Walks to the nearest apple, waits in the orchard while there is none, and never cleans."""
    home = _middle(game.orchard)

    def act(features: Float[Array, "features"], draw: Float[Array, ""]) -> Int[Array, ""]:
        sight = read(game, features)
        ahead, side, found = sight.apple
        return jnp.where(found, _walk(sight, ahead, side, draw), _go_to(sight, home, draw)).astype(jnp.int32)

    return act


def alternator(game: Cleanup, *, clean_above: float = 0.9, clean_down_to: float = 0.6) -> Script:
    """Both jobs in turn: goes cleaning when the river is dirty, stays at it until it is clean enough.

    It has no memory: the half of the map where it stands says which job it is at.

    Args:
        clean_above: share of the depletion threshold above which a harvester becomes a cleaner.
        clean_down_to: share below which a cleaner goes back to the orchard.
    """
    clean, harvest = cleaner(game), harvester(game)
    border = 0.5 * float(game.river[1].mean() + game.orchard[1].mean())
    toward = 1.0 if game.orchard[1].mean() > game.river[1].mean() else -1.0

    def act(features: Float[Array, "features"], draw: Float[Array, ""]) -> Int[Array, ""]:
        sight = read(game, features)
        at_orchard = (sight.col.astype(jnp.float32) - border) * toward > 0.0
        cleans = sight.dirt > jnp.where(at_orchard, clean_above, clean_down_to)
        return jnp.where(cleans, clean(features, draw), harvest(features, draw)).astype(jnp.int32)

    return act


def team(*scripts: Script) -> Policy:
    """A rollout policy in which agent i follows script i."""
    return cast(scripts, jnp.arange(len(scripts), dtype=jnp.int32))


def cast(scripts: Sequence[Script], roles: Int[Array, "agents"]) -> Policy:
    """A rollout policy in which agent i follows `scripts[roles[i]]`; `roles` may be traced."""

    def policy(observations: Observations, key: PRNGKeyArray) -> tuple[Int[Array, "agents"], tuple[()]]:
        seen = observations["game"] if isinstance(observations, dict) else observations
        draws = uniform(key, roles.shape[0])
        wishes = [jax.vmap(script)(seen, draws) for script in scripts]
        chosen = [jnp.where(roles == role, wish, 0) for role, wish in enumerate(wishes)]
        return reduce(jnp.add, chosen), ()

    return policy
