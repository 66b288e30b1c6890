"""Cleanup: apples grow only while somebody cleans the river, and only those who don't clean have time to eat."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..core.game import AbstractGame, Discrete
from ..core.random import bits
from ..core.types import Array, Bool, Float, Int, Metrics, PRNGKeyArray, Rewards
from .grid import beams, movement
from .grid.maps import GridMap

CLEAN = len(movement.MOVE_NAMES)

STORY_MAP = GridMap((
    "#########",
    "#HH P BB#",
    "#RR   BB#",
    "#HH P BB#",
    "#RR   BB#",
    "#HH P BB#",
    "#RR   BB#",
    "#HH P BB#",
    "#########",
))
"""The small map of the story: 14 river cells, 14 orchard cells, three columns of grass between."""


class Signals(NamedTuple):
    """What a contract on Cleanup may read: the work done and the fruit taken in one step."""

    cleaned: Int[Array, "agents"]
    eaten: Int[Array, "agents"]


class CleanupState(NamedTuple):
    """Bodies, what lies on the two kinds of cell, and what the last step did."""

    bodies: movement.Bodies
    apples: Bool[Array, "orchard"]
    waste: Bool[Array, "river"]
    cleaned: Int[Array, "agents"]
    eaten: Int[Array, "agents"]


class Cleanup(AbstractGame):
    """A river, an orchard, and agents who clean or eat.

    Each step: agents move; whoever stands on an apple eats it (reward 1); whoever cleans fires a beam; apples grow on
    empty orchard cells with probability `apple_chance * (1 - density / depletion)`, where density is the share of river
    cells with waste; one clean river cell may turn to waste. At density >= `depletion` neither apples nor waste appear.

    Map characters: `H` river with waste at the start, `R` clean river, `B` orchard, `P` start, `S` stream (cosmetic).

    Waste rules: `"shipped"`, as the released code runs: cells are tried in random order until one draw succeeds, which
    makes one new waste cell practically every step; `"nominal"`, as described: at most one with probability `waste_chance`.

    Observation: `num_features` numbers, in the agent's own frame (see `observe`).

    Source: Hughes et al. 2018 (arXiv 1803.08884), Cleanup; rules and map as released with Christoffersen, Haupt and
    Hadfield-Menell 2023 (arXiv 2208.10469). Departures: the punishment beam is absent, as it is switched off there; of
    three agents of whom two contest a cell that a third holds against them, the released code may shuffle ties otherwise.
    """

    num_agents: int = 2
    map: GridMap = STORY_MAP
    horizon: int = 200
    apple_chance: float = 0.05
    waste_chance: float = 0.5
    waste_rule: str = "nominal"
    depletion: float = 0.4
    beam_length: int = 3
    beam_width: int = 1

    version: ClassVar[int] = 1
    action_names: ClassVar[tuple[str, ...]] = (*movement.MOVE_NAMES, "clean")
    source: ClassVar[str] = "Hughes et al. 2018; Christoffersen et al. 2023"

    @property
    def actions(self) -> Discrete:
        """Seven moves and turns, and the beam."""
        return Discrete(len(self.action_names))

    @property
    def river(self) -> np.ndarray:
        """Rows and columns of the river cells."""
        return self.map.cells("HR")

    @property
    def orchard(self) -> np.ndarray:
        """Rows and columns of the orchard cells."""
        return self.map.cells("B")

    def init(self, key: PRNGKeyArray) -> CleanupState:
        """Agents on distinct start cells with random headings, no apples, waste as the map says."""
        spots = self.map.cells("P")
        words = bits(key, spots.shape[1] + self.num_agents)
        headings = (words[spots.shape[1]:] & jnp.uint32(3)).astype(jnp.int32)
        none = jnp.zeros(self.num_agents, jnp.int32)
        return CleanupState(
            movement.spawn(spots, words[: spots.shape[1]], headings, self.num_agents),
            jnp.zeros(self.orchard.shape[1], bool),
            jnp.asarray(self.map.holds("H", "HR")),
            none,
            none,
        )

    def step(
        self, state: CleanupState, actions: Int[Array, "agents"], key: PRNGKeyArray
    ) -> tuple[CleanupState, Rewards]:
        """Move, eat, clean, grow."""
        n, river, orchard = self.num_agents, self.river, self.orchard
        words = bits(key, 2 * n + 1 + river.shape[1] + orchard.shape[1])
        priority, order, words = words[:n], movement.ranks(words[n : 2 * n]), words[2 * n :]

        bodies = movement.move(state.bodies, actions, self.map.shape, priority)
        standing = movement.stands_on(bodies, orchard)
        eaten = jnp.sum(standing & state.apples, axis=1, dtype=jnp.int32)
        occupied = jnp.any(standing, axis=0)
        apples = state.apples & ~occupied

        waste = state.waste
        cleaned = jnp.zeros(n, jnp.int32)
        for turn in range(n):  # in random order: the second beam meets the river that the first one left
            shooter = order == turn
            fires = jnp.any(shooter & (actions == CLEAN))
            hit = fires & beams.hits(
                shooter, bodies, river, waste, length=self.beam_length, width=self.beam_width
            )
            waste = waste & ~hit
            cleaned = cleaned + jnp.where(shooter, jnp.sum(hit, dtype=jnp.int32), 0)

        share = jnp.sum(waste, dtype=jnp.int32).astype(jnp.float32) * jnp.float32(1.0 / river.shape[1])
        alive = share < self.depletion
        growth = jnp.where(alive, self.apple_chance * (1.0 - share / self.depletion), 0.0)
        grows = _chance(words[: orchard.shape[1]], growth) & ~occupied
        waste = waste | self._spoiled(waste, alive, words[orchard.shape[1] :])
        return CleanupState(bodies, apples | grows, waste, cleaned, eaten), eaten.astype(jnp.float32)

    def _spoiled(self, waste: Array, alive: Array, words: Array) -> Array:
        """The clean river cell that turns to waste, if any, as a mask."""
        scores = jnp.where(waste, jnp.uint32(0), words[1:] | jnp.uint32(1))
        chosen = (scores == jnp.max(scores)) & ~waste
        if self.waste_rule == "shipped":
            clean = jnp.sum(~waste, dtype=jnp.int32).astype(jnp.float32)
            chance = 1.0 - (1.0 - self.waste_chance) ** clean
        else:
            chance = jnp.float32(self.waste_chance)
        return chosen & alive & _chance(words[0], chance)

    @property
    def num_features(self) -> int:
        """Length of the feature observation."""
        return 17 + self.num_agents

    def observe(self, state: CleanupState) -> Float[Array, "agents features"]:
        """Own row and column in [-1, 1]; heading one-hot (4); nearest apple, nearest waste, nearest other agent, each as
        (cells ahead, cells to the right) over the map's size and a flag "there is one"; waste over the depletion
        threshold; share of orchard cells with apples; cells cleaned last step by each agent, own first."""
        bodies = state.bodies
        height, width = self.map.shape
        n = self.num_agents
        own = [
            bodies.row.astype(jnp.float32) * jnp.float32(2.0 / (height - 1)) - 1.0,
            bodies.col.astype(jnp.float32) * jnp.float32(2.0 / (width - 1)) - 1.0,
        ]
        look = [(bodies.heading == h).astype(jnp.float32) for h in range(4)]
        apple = self._nearest(bodies, self.orchard[:, None], state.apples[None])
        waste = self._nearest(bodies, self.river[:, None], state.waste[None])
        everyone = jnp.stack([bodies.row, bodies.col])[:, None]
        agent = self._nearest(bodies, everyone, ~jnp.eye(n, dtype=bool))
        dirt = jnp.sum(state.waste, dtype=jnp.int32).astype(jnp.float32) * jnp.float32(
            1.0 / (self.depletion * self.river.shape[1])
        )
        fruit = jnp.sum(state.apples, dtype=jnp.int32).astype(jnp.float32) * jnp.float32(1.0 / self.orchard.shape[1])
        same = lambda value: jnp.broadcast_to(value, (n,))
        work = state.cleaned.astype(jnp.float32) * jnp.float32(1.0 / self.beam_width)
        others = [jnp.roll(work, -shift) for shift in range(n)]
        return jnp.stack([*own, *look, *apple, *waste, *agent, same(dirt), same(fruit), *others], axis=1)

    def _nearest(self, bodies: movement.Bodies, cells: Array, present: Array) -> list[Array]:
        """Nearest present cell in the own frame: distance, row and column packed in one integer, then one minimum."""
        rows = cells[0] - bodies.row[:, None]
        cols = cells[1] - bodies.col[:, None]
        packed = ((jnp.abs(rows) + jnp.abs(cols)) << 16) | ((rows + 128) << 8) | (cols + 128)
        best = jnp.min(jnp.where(present, packed, jnp.int32(1 << 30)), axis=1)
        found = best < (1 << 30)
        ahead, side = movement.relative(bodies.heading, ((best >> 8) & 255) - 128, (best & 255) - 128)
        scale = jnp.float32(1.0 / max(self.map.shape))
        zero = jnp.float32(0.0)
        return [
            jnp.where(found, ahead.astype(jnp.float32) * scale, zero),
            jnp.where(found, side.astype(jnp.float32) * scale, zero),
            found.astype(jnp.float32),
        ]

    def signals(self, before: CleanupState, actions: Array, after: CleanupState) -> Signals:
        """Cells cleaned and apples eaten in the step, by agent."""
        return Signals(after.cleaned, after.eaten)

    def measure(self, before: CleanupState, actions: Array, after: CleanupState) -> Metrics:
        """Work, fruit and the river's state."""
        share = jnp.mean(after.waste.astype(jnp.float32))
        return {
            "cleaned": after.cleaned.astype(jnp.float32),
            "eaten": after.eaten.astype(jnp.float32),
            "waste": share,
        }

    def frame(self, state: CleanupState) -> Metrics:
        """Agents, apples and waste, for a viewer that knows the map."""
        return {
            "row": state.bodies.row, "col": state.bodies.col, "heading": state.bodies.heading,
            "apples": state.apples, "waste": state.waste, "cleaned": state.cleaned, "eaten": state.eaten,
        }


def _chance(words: Array, probability: Array) -> Array:
    """Whether a uniform draw made of each word falls below a probability."""
    return (words >> jnp.uint32(8)).astype(jnp.float32) * jnp.float32(2.0**-24) < probability


__all__ = ["CLEAN", "STORY_MAP", "Cleanup", "CleanupState", "Signals"]
