"""Worlds with a picture of every state, so that a network can be given pixels and its answers be held against tables.

Pictures are those of the grid games: the surroundings of an agent as colours, the agent in the middle.
"""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from ..games.cleanup import AGENT, CROP_RADIUS, PALETTE, WALL, small_cleanup
from ..games.grid import movement, views
from .process import Process
from .rooms import rooms


@dataclasses.dataclass(frozen=True, eq=False)
class Scene:
    """A world to walk in; a goal is a place, and several states may be at one place."""

    name: str
    transitions: np.ndarray
    """Probability of the next state, `[states, actions, states]`."""

    pictures: np.ndarray
    """What is seen in each state, `[states, height, width, 3]`, red, green and blue in [0, 1]."""

    places: np.ndarray
    """The place of each state, `[states]`."""

    cells: np.ndarray
    """Row and column of each place on the map, `[places, 2]`."""

    shape: tuple[int, int]
    """Rows and columns of the map."""

    @property
    def num_places(self) -> int:
        """Number of places."""
        return len(self.cells)

    def goal(self, place: int) -> np.ndarray:
        """Rewards `[states, actions]`: 1 for every step that ends at the place."""
        return self.transitions[:, :, self.places == place].sum(-1)

    def process(self, place: int, discount: float) -> Process:
        """The process with a goal."""
        return Process(self.goal(place), self.transitions, discount, self.name)

    def drawn(self, feature: np.ndarray) -> np.ndarray:
        """A number per state as a picture of the map: the mean over the states of a place; elsewhere not a number."""
        picture = np.full(self.shape, np.nan)
        sums = np.bincount(self.places, feature, self.num_places) / np.bincount(self.places)
        picture[tuple(self.cells.T)] = sums
        return picture


def four_rooms() -> Scene:
    """Four rooms, seen from above through a window that moves along and never shows all of the map."""
    world = rooms()
    ground = np.full(world.shape, WALL, np.int32)
    ground[tuple(world.cells.T)] = 0

    def seen(row: jax.Array, col: jax.Array) -> jax.Array:
        body = movement.Bodies(row[None], col[None], jnp.zeros(1, jnp.int32))  # looking up
        crop = views.crops(jnp.asarray(ground), body, CROP_RADIUS)[0]
        return crop.at[CROP_RADIUS, CROP_RADIUS].set(jnp.int32(AGENT))

    crops = jax.jit(jax.vmap(seen))(*jnp.asarray(world.cells.T, jnp.int32))
    pictures = np.asarray(views.coloured(crops, PALETTE[: AGENT + 1]))
    return Scene("four rooms", world.moves(), pictures, np.arange(world.num_cells), world.cells, world.shape)


def cleanup_walk() -> Scene:
    """One robot that walks and turns in Cleanup's story map while river and orchard stay as they are at the start.

    States are cell and heading; the actions are the seven of the grid games, and the picture is the game's own.
    """
    game = small_cleanup(num_agents=1, view="crop")
    height, width = game.map.shape
    cells = np.argwhere(np.ones((height - 2, width - 2), bool)) + 1
    states = np.arange(4 * len(cells))
    every = movement.Bodies(*(jnp.asarray(line, jnp.int32) for line in (*cells[states // 4].T, states % 4)))

    @jax.jit  # whole: compiling it piece by piece takes a minute
    def seen() -> jax.Array:
        still = game.init(jax.random.key(0))
        look = lambda body: game.crop(still._replace(bodies=jax.tree.map(lambda part: part[None], body)))[0]
        return jax.vmap(look)(every)

    @jax.jit
    def ends() -> jax.Array:
        go = lambda action: movement.targets(every, jnp.full(len(states), action), game.map.shape)
        after = jax.vmap(go, out_axes=1)(jnp.arange(len(movement.MOVE_NAMES), dtype=jnp.int32))
        return ((after.row - 1) * (width - 2) + after.col - 1) * 4 + after.heading

    moves = np.eye(len(states))[np.asarray(ends())]
    return Scene("a walk in Cleanup", moves, np.asarray(seen()), states // 4, cells, (height, width))


SCENES = {"rooms": four_rooms, "cleanup": cleanup_walk}

__all__ = ["SCENES", "Scene", "cleanup_walk", "four_rooms"]
