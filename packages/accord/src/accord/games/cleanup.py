"""Cleanup: apples grow only while somebody cleans the river, and only those who don't clean have time to eat."""

from __future__ import annotations

import difflib
import math
from typing import ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..core.errors import BadSetting
from ..core.game import AbstractGame, Discrete
from ..core.random import bits
from ..core.types import Array, Bool, Cells, Float, Int, Metrics, PRNGKeyArray, Rewards
from .grid import beams, masks, movement, views
from .grid.maps import GridMap

CLEAN = len(movement.MOVE_NAMES)
_NOWHERE = 1 << 30

STORY_MAP = GridMap(
    (
        "###########",
        "#RR  P  BB#",
        "#HR     BB#",
        "#HR  P  BB#",
        "#HR     BB#",
        "#RH  P  BB#",
        "#RH     BB#",
        "#RH  P  BB#",
        "###########",
    )
)
"""The small map of the story: 14 river cells, 14 orchard cells, five columns of grass between.

Why five: over three, two agents who each clean and eat in turn do half as well as one controller, and learners find
that; over five the walk eats up the day (docs/log/2026-11-22-story-map.md). Six cells start dirty, two more than the
orchard bears: the first apple waits for the first cleaner.
"""


PAPER_MAP = GridMap(
    (
        "##################",
        "#RRRRRR     BBBBB#",
        "#HHHHHH      BBBB#",
        "#RRRRRR     BBBBB#",
        "#RRRRR  P    BBBB#",
        "#RRRRR    P BBBBB#",
        "#HHHHH       BBBB#",
        "#RRRRR      BBBBB#",
        "#HHHHHHSSSSSSBBBB#",
        "#HHHHHHSSSSSSBBBB#",
        "#RRRRR   P P BBBB#",
        "#HHHHH   P  BBBBB#",
        "#RRRRRR    P BBBB#",
        "#HHHHHH P   BBBBB#",
        "#RRRRR       BBBB#",
        "#HHHH    P  BBBBB#",
        "#RRRRR       BBBB#",
        "#HHHHH  P P BBBBB#",
        "#RRRRR       BBBB#",
        "#HHHH       BBBBB#",
        "#RRRRR       BBBB#",
        "#HHHHH      BBBBB#",
        "#RRRRR       BBBB#",
        "#HHHH       BBBBB#",
        "##################",
    )
)
"""The map of the paper, as released: 119 river cells, 56 of them with waste at the start, 103 orchard cells, 10 starts.

Source: the layout released with Christoffersen et al. 2023, after Hughes et al. 2018.
"""

WASTE_RULES = ("nominal", "shipped")
VIEWS = ("features", "crop")
MAX_AGENTS = 8
CROP_RADIUS = 7

EMPTY, WALL, WATER, WASTE, APPLE, AGENT = range(6)
_COLOURS = "000000 b4b4b4 714b18 639cc2 00ff00 0000ff 02519a cc00cc d81e36 fe9700 64ffff 6363ff faccff"
PALETTE = tuple(tuple(bytes.fromhex(colour)) for colour in _COLOURS.split())
"""Empty, wall, water, waste, apple, agents 0 to 7 in red, green and blue: the numbers of the released environment."""


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
    makes one new waste cell practically every step; `"nominal"`, as described: at most one, with probability
    `waste_chance`.

    Observation: `view="features"` gives `num_features` numbers in the agent's own frame (see `features`);
    `view="crop"` gives 15 x 15 x 3 colours in [0, 1], the agent in the middle and looking up (see `crop`).

    Source: Hughes et al. 2018 (arXiv 1803.08884), Cleanup; rules and map as released with Christoffersen, Haupt and
    Hadfield-Menell 2023 (arXiv 2208.10469). Departures: the punishment beam is absent, as it is switched off there. Two
    agents never stand on one cell; in the released code the winner of a contested cell steps onto its occupant if that
    one is held up in turn. The crop looks up for every heading; there it looks down for left and right.
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
    view: str = "features"

    version: ClassVar[int] = 1
    action_names: ClassVar[tuple[str, ...]] = (*movement.MOVE_NAMES, "clean")
    source: ClassVar[str] = "Hughes et al. 2018; Christoffersen et al. 2023"

    def __check_init__(self) -> None:
        starts, longest = self.map.cells("P").shape[1], beams.MAX_LENGTH
        _one_of("waste_rule", self.waste_rule, WASTE_RULES)
        _one_of("view", self.view, VIEWS)
        for name, value, holds, expected in (
            ("num_agents", self.num_agents, 1 <= self.num_agents <= MAX_AGENTS, f"1 to {MAX_AGENTS}"),
            ("num_agents", self.num_agents, self.num_agents <= starts, f"at most {starts}, one per start cell (P)"),
            ("horizon", self.horizon, self.horizon >= 1, "at least 1"),
            ("apple_chance", self.apple_chance, 0.0 <= self.apple_chance <= 1.0, "a chance in 0 .. 1"),
            ("waste_chance", self.waste_chance, 0.0 <= self.waste_chance <= 1.0, "a chance in 0 .. 1"),
            ("depletion", self.depletion, 0.0 < self.depletion <= 1.0, "a density above 0, at most 1"),
            ("beam_width", self.beam_width, self.beam_width in (1, 3), "1 or 3 columns"),
            ("beam_length", self.beam_length, 1 <= self.beam_length <= longest, f"1 to {longest} cells"),
            ("map", self.map.shape, max(self.map.shape) <= 127, "at most 127 rows and columns"),
            ("map", "without river (H, R)", self.river.shape[1] > 0, "a river"),
            ("map", "without orchard (B)", self.orchard.shape[1] > 0, "an orchard"),
        ):
            if not holds:
                raise BadSetting(f"{name}={value}, expected {expected}. Change {name}.")

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
        headings = (words[spots.shape[1] :] & jnp.uint32(3)).astype(jnp.int32)
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
        words = bits(key, n + 2 + orchard.shape[1])

        # One random order serves both contests: an agent either moves or fires.
        bodies = movement.move(state.bodies, actions, self.map.shape, words[:n])
        apples, eaten, occupied = self._eaten(state.apples, bodies)
        dirty, cleaned = self._fired(state.waste, bodies, actions == CLEAN, movement.ranks(words[:n]))

        cells = river.shape[1]
        share = masks.count(dirty).astype(jnp.float32) * jnp.float32(1.0 / cells)
        alive = masks.count(dirty) < math.ceil(self.depletion * cells - 1e-9)  # whole cells: no rounding at the edge
        growth = jnp.where(alive, self.apple_chance * (1.0 - share / self.depletion), 0.0)
        grows = _chance(words[n + 2 :], growth) & ~occupied
        waste = masks.unpacked(dirty, cells) | self._spoiled(dirty, alive, words[n : n + 2])
        return CleanupState(bodies, apples | grows, waste, cleaned, eaten), eaten.astype(jnp.float32)

    def _eaten(self, apples: Array, bodies: movement.Bodies) -> tuple[Array, Array, Array]:
        """The apples left, what each agent ate, and which orchard cells are stood on."""
        occupied, eaten = jnp.zeros(apples.shape, bool), []
        for i in range(self.num_agents):  # unrolled: a reduction over the middle axis of (agent, cell, env) is slow
            here = movement.stands_on(bodies.row[i], bodies.col[i], self.orchard)
            eaten.append(jnp.sum(here & apples, dtype=jnp.int32))
            occupied = occupied | here
        return apples & ~occupied, jnp.stack(eaten), occupied

    def _fired(self, waste: Array, bodies: movement.Bodies, fires: Array, order: Array) -> tuple[Array, Array]:
        """The packed waste after all beams, and what each agent cleaned.

        Beams go in random order, each meeting the river that the one before left. Between them the river is packed:
        a reduction is where the compiler stops repeating the work of the beams before.
        """
        size = {"length": self.beam_length, "width": self.beam_width}
        rows, cols = self.river
        dirty = masks.packed(waste)
        cleaned = jnp.zeros(fires.shape, jnp.int32)
        for turn in range(self.num_agents):
            mine = order == turn
            shooter = movement.one(bodies, mine)
            present = masks.unpacked(dirty, rows.shape[0]) & jnp.any(mine & fires)
            beam = beams.covered(shooter, rows, cols, **size)
            blocked = beams.covered(shooter, bodies.row, bodies.col, **size)
            hit = masks.packed(beams.hits(beam, present, blocked, **size))
            dirty = dirty & ~hit
            cleaned = cleaned + jnp.where(mine, masks.count(hit), 0)
        return dirty, cleaned

    def _spoiled(self, dirty: Array, alive: Array, words: Array) -> Array:
        """The clean river cell that turns to waste, if any, as a mask."""
        cells = self.river.shape[1]
        clean = cells - masks.count(dirty)
        chosen = masks.pick(masks.packed(jnp.ones(cells, bool)) & ~dirty, masks.below(words[0], clean))
        if self.waste_rule == "shipped":
            chance = 1.0 - (1.0 - self.waste_chance) ** clean.astype(jnp.float32)
        else:
            chance = jnp.float32(self.waste_chance)
        spoils = alive & _chance(words[1], chance)
        return (jnp.arange(cells, dtype=jnp.int32) == chosen) & spoils

    @property
    def num_features(self) -> int:
        """Length of the feature observation."""
        return 17 + self.num_agents

    def observe(self, state: CleanupState) -> Float[Array, "agents ..."]:
        """`features` or `crop`, as `view` says."""
        return self.features(state) if self.view == "features" else self.crop(state)

    def crop(self, state: CleanupState) -> Float[Array, "agents 15 15 3"]:
        """The surroundings of each agent as colours, turned to its heading; black beyond the walls.

        As in the released environment beams are not to be seen: there they are drawn on a map that no agent is shown.
        """
        grounds = {"#": WALL, "H": WATER, "R": WATER, "S": WATER}
        layers = (("HR", state.waste, WASTE), ("B", state.apples, APPLE))
        picture = views.painted(self.map, grounds, layers, state.bodies, AGENT)
        return views.coloured(views.crops(picture, state.bodies, CROP_RADIUS), PALETTE[: AGENT + self.num_agents])

    def features(self, state: CleanupState) -> Float[Array, "agents features"]:
        """What matters, as numbers for each agent.

        Own row and column in [-1, 1]; heading one-hot (4); nearest apple, nearest waste and nearest other agent, each
        as (cells ahead, cells to the right) over the map's size and a flag "there is one"; waste over the depletion
        threshold; share of orchard cells with apples; cells cleaned last step by each agent, own first.
        """
        bodies = state.bodies
        height, width = self.map.shape
        n = self.num_agents
        own = [
            bodies.row.astype(jnp.float32) * jnp.float32(2.0 / (height - 1)) - 1.0,
            bodies.col.astype(jnp.float32) * jnp.float32(2.0 / (width - 1)) - 1.0,
        ]
        look = [(bodies.heading == h).astype(jnp.float32) for h in range(4)]
        apple = self._nearest(bodies, self.orchard, state.apples)
        waste = self._nearest(bodies, self.river, state.waste)
        agent = self._nearest(bodies, (bodies.row, bodies.col), None)
        dirt = jnp.sum(state.waste, dtype=jnp.int32).astype(jnp.float32) * jnp.float32(
            1.0 / (self.depletion * self.river.shape[1])
        )
        fruit = jnp.sum(state.apples, dtype=jnp.int32).astype(jnp.float32) * jnp.float32(1.0 / self.orchard.shape[1])
        same = lambda value: jnp.broadcast_to(value, (n,))
        work = state.cleaned.astype(jnp.float32) * jnp.float32(1.0 / self.beam_width)
        others = [jnp.roll(work, -shift) for shift in range(n)]
        return jnp.stack([*own, *look, *apple, *waste, *agent, same(dirt), same(fruit), *others], axis=1)

    def _nearest(self, bodies: movement.Bodies, cells: Cells, present: Array | None) -> list[Array]:
        """Nearest present cell in the own frame; for `present` None the cells are the agents, of whom all others count.

        Distance, row and column are packed in one integer, then it is one minimum.
        """
        best = []
        for i in range(self.num_agents):
            counts = jnp.arange(self.num_agents) != i if present is None else present
            rows, cols = cells[0] - bodies.row[i], cells[1] - bodies.col[i]
            code = ((jnp.abs(rows) + jnp.abs(cols)) << 16) + (rows << 8) + cols + jnp.int32(128 * 257)
            best.append(jnp.min(jnp.where(counts, code, jnp.int32(_NOWHERE))))
        nearest = jnp.stack(best)
        found = nearest < _NOWHERE
        ahead, side = movement.relative(bodies.heading, ((nearest >> 8) & 255) - 128, (nearest & 255) - 128)
        flag = found.astype(jnp.float32)
        ahead, side = ahead.astype(jnp.float32) * flag, side.astype(jnp.float32) * flag
        scale = jnp.float32(1.0 / max(self.map.shape))
        return [ahead * scale, side * scale, flag]

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
            "row": state.bodies.row,
            "col": state.bodies.col,
            "heading": state.bodies.heading,
            "apples": state.apples,
            "waste": state.waste,
            "cleaned": state.cleaned,
            "eaten": state.eaten,
        }

    def describe(self, state: CleanupState) -> str:
        """The map (`~` river, `%` waste, `.` orchard, `o` apple, agents as arrows), and what the last step did."""
        grounds = {"H": "~", "R": "~", "S": "~", "B": ".", "P": " "}
        layers = (("HR", state.waste, "%"), ("B", state.apples, "o"))
        lines = [views.text(self.map, grounds, layers, state.bodies)]
        waste, cells = int(state.waste.sum()), self.river.shape[1]
        barren = ": nothing grows" if waste / cells >= self.depletion else ""
        lines.append(f"waste {waste} of {cells}{barren}, apples {int(state.apples.sum())}")
        for i in range(self.num_agents):
            row, col, heading = (int(values[i]) for values in state.bodies)
            did = [f"{verb} {int(n[i])}" for verb, n in (("ate", state.eaten), ("cleaned", state.cleaned)) if n[i]]
            lines.append(" ".join([f"agent {i} {views.ARROWS[heading]} at {row},{col}", *did]))
        return "\n".join(lines)


def _chance(words: Array, probability: Array) -> Array:
    """Whether a uniform draw made of each word falls below a probability."""
    return (words >> jnp.uint32(8)).astype(jnp.float32) * jnp.float32(2.0**-24) < probability


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a value that is none of the known ones, with the nearest."""
    if value not in known:
        near = difflib.get_close_matches(value, known, n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise BadSetting(f"{name}='{value}', expected one of: {', '.join(known)}.{hint}")


def paper_cleanup(num_agents: int = 4, *, waste_rule: str = "shipped", view: str = "features") -> Cleanup:
    """Cleanup as in the paper: its map, 1,000 steps, a beam 3 wide and 5 long.

    Args:
        num_agents: 1 to 8; the paper has 2, 4 and 8.
        waste_rule: `"shipped"`, about one new waste cell every step, or `"nominal"`, one with probability 0.5.
        view: `"features"`, or `"crop"` as in the paper.
    """
    return Cleanup(num_agents, PAPER_MAP, horizon=1000, waste_rule=waste_rule, beam_length=5, beam_width=3, view=view)


def small_cleanup(num_agents: int = 2, *, waste_rule: str = "nominal", view: str = "features") -> Cleanup:
    """Cleanup on the map of the story: `Cleanup()` with the choices that people make most often."""
    return Cleanup(num_agents, waste_rule=waste_rule, view=view)


__all__ = ["CLEAN", "PAPER_MAP", "STORY_MAP", "Cleanup", "CleanupState", "Signals", "paper_cleanup", "small_cleanup"]
