"""Cleanup on a line: the same dilemma with a few hundred states, for solvers that must know everything."""

from typing import ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..core.errors import BadSetting
from ..core.finite import AbstractFiniteGame
from ..core.game import Discrete
from ..core.types import Array, Bool, Float, Int, Metrics

LEFT, RIGHT, WORK = range(3)


class Signals(NamedTuple):
    """What a contract on the brook may read."""

    cleaned: Float[Array, "agents"]
    """Dirt that each agent took out in this step."""

    eaten: Float[Array, "agents"]
    """Apples that each agent ate in this step."""


class BrookState(NamedTuple):
    """Where everybody stands, how dirty the water is, which trees bear an apple."""

    place: Int[Array, "agents"]
    dirt: Int[Array, ""]
    apples: Bool[Array, "trees"]


class Brook(AbstractFiniteGame):
    """Agents on a line of `cells`; the brook is cell 0, the last `trees` cells bear apples, the rest is grass.

    Actions: a step left, a step right, or work where one stands: in the brook take out one unit of dirt, under a tree
    eat its apple (1 point, shared if two eat it at once). After everybody has moved, the dirt grows by 1 up to `most`
    with probability 1/2, and *one* tree without an apple, the one nearest to the brook, gets one with probability
    `(most - dirt) / most / 2`. So apples grow for whoever stays in the orchard while another one stands in the brook.
    Agents may share a cell. Every probability is a multiple of `1 / (4 most)`: exact in integers.

    Source: the rules of Cleanup (Hughes et al. 2018) brought to a line; sizes of the order of the solver study that
    the tests repeat. The states number `cells**agents * (most + 1) * 2**trees`.
    """

    num_agents: int = 2
    cells: int = 5
    trees: int = 2
    most: int = 4
    horizon: int = 12

    version: ClassVar[int] = 1
    action_names: ClassVar[tuple[str, ...]] = ("left", "right", "work")
    source: ClassVar[str] = "Hughes et al. 2018 (Cleanup), brought to a line"

    def __check_init__(self) -> None:
        if self.num_agents < 1 or self.most < 1 or not 1 <= self.trees < self.cells:
            raise BadSetting(
                f"num_agents={self.num_agents}, cells={self.cells}, trees={self.trees}, most={self.most}: expected at "
                "least one agent, one unit of dirt, one tree, and a cell for the brook beside the trees."
            )

    @property
    def actions(self) -> Discrete:
        """Left, right, work."""
        return Discrete(3)

    def starts(self) -> tuple[Float[Array, "outcomes"], BrookState]:
        """Everybody beside the brook, half of the dirt there, no apples."""
        return jnp.ones(1, jnp.float32), BrookState(
            jnp.full((1, self.num_agents), min(1, self.cells - self.trees - 1), jnp.int32),
            jnp.full(1, (self.most + 1) // 2, jnp.int32),
            jnp.zeros((1, self.trees), bool),
        )

    def moved(self, state: BrookState, actions: Int[Array, "agents"]) -> tuple[BrookState, Signals]:
        """The step before the weather: places, dirt taken out, apples eaten."""
        shift = (actions == RIGHT).astype(jnp.int32) - (actions == LEFT).astype(jnp.int32)
        place = jnp.clip(state.place + shift, 0, self.cells - 1)
        works = actions == WORK
        dirt, cleaned = state.dirt, []
        for agent in range(self.num_agents):  # one after the other, so that nobody takes out what is not there
            takes = works[agent] & (state.place[agent] == 0) & (dirt > 0)
            cleaned.append(takes)
            dirt = dirt - takes.astype(jnp.int32)
        orchard = np.arange(self.cells - self.trees, self.cells)
        eats = (works[:, None] & (state.place[:, None] == orchard[None]) & state.apples[None]).astype(jnp.float32)
        mouths = jnp.sum(eats, axis=0)
        eaten = jnp.sum(eats / jnp.maximum(mouths, 1.0)[None], axis=1)
        after = BrookState(place, dirt, state.apples & (mouths == 0.0))
        return after, Signals(jnp.stack(cleaned).astype(jnp.float32), eaten)

    def outcomes(
        self, state: BrookState, actions: Int[Array, "agents"]
    ) -> tuple[Float[Array, "4"], BrookState, Float[Array, "4 agents"]]:
        """Dirt comes or not, an apple grows or not."""
        after, seen = self.moved(state, actions)
        comes, grows = jnp.asarray([0, 1, 0, 1], jnp.int32), jnp.asarray([0, 0, 1, 1], jnp.int32)
        chance = (self.most - after.dirt).astype(jnp.float32) / jnp.float32(2 * self.most)
        chance = jnp.where(jnp.all(after.apples), 0.0, chance)
        chance_dirt = jnp.where(after.dirt < self.most, 0.5, 0.0)
        probabilities = jnp.where(comes == 1, chance_dirt, 1.0 - chance_dirt) * jnp.where(
            grows == 1, chance, 1.0 - chance
        )
        earlier = jnp.cumsum((~after.apples).astype(jnp.int32)) - (~after.apples).astype(jnp.int32)
        next_tree = ~after.apples & (earlier == 0)
        return (
            probabilities,
            BrookState(
                jnp.broadcast_to(after.place, (4, self.num_agents)),
                jnp.minimum(after.dirt + comes, self.most),
                after.apples[None] | (next_tree[None] & (grows[:, None] == 1)),
            ),
            jnp.broadcast_to(seen.eaten, (4, self.num_agents)),
        )

    def signals(self, before: BrookState, actions: Int[Array, "agents"], after: BrookState) -> Signals:
        """Dirt taken out and apples eaten, by agent."""
        return self.moved(before, actions)[1]

    def observe(self, state: BrookState) -> Float[Array, "agents features"]:
        """Own place, the others' places (in order), each one-hot; dirt and apples."""
        n = self.num_agents
        spots = (state.place[:, None] == np.arange(self.cells)[None]).astype(jnp.float32)
        around = jnp.stack([jnp.concatenate([spots[(i + k) % n] for k in range(n)]) for i in range(n)])
        water = (state.dirt == np.arange(self.most + 1)).astype(jnp.float32)
        common = jnp.concatenate([water, state.apples.astype(jnp.float32)])
        return jnp.concatenate([around, jnp.broadcast_to(common, (n, common.shape[0]))], axis=1)

    def measure(self, before: BrookState, actions: Int[Array, "agents"], after: BrookState) -> Metrics:
        """Dirt taken out and apples eaten, by agent."""
        seen = self.moved(before, actions)[1]
        return {"cleaned": seen.cleaned, "eaten": seen.eaten}

    def describe(self, state: BrookState) -> str:
        """The line: ~ the brook, . grass, o an apple, t a bare tree; letters are agents."""
        line = ["~"] + ["."] * (self.cells - self.trees - 1) + ["o" if bool(a) else "t" for a in state.apples]
        for agent, place in enumerate(np.asarray(state.place)):
            line[int(place)] += chr(ord("A") + agent)
        return f"{' '.join(line)}  dirt {int(state.dirt)}/{self.most}"
