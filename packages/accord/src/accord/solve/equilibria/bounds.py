"""What no subgame-perfect equilibrium can leave: outer bounds that cover pure, mixed and publicly correlated play.

Two tiers. *Boxes*: each agent's value lies between what it can guarantee itself against actions that may still be
played and the most that is left; actions dominated whatever happens later are struck out, again and again. *Programs*:
for each time and state, correlated play of the stage game with continuations in the outer set of tomorrow, every
deviation answered by the worst continuation; each side of the set is a linear program. A program's float solution only
proposes multipliers. For *any* multipliers >= 0 the Lagrangian is a bound, and it is evaluated in integers, rounded
outward.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ...core.errors import BadSetting
from ..tables.numbers import said
from ..tables.planner import optimal
from ..tables.tabular import Tabular
from .obedience import Stages, sides
from .sets import Fence, own_first

_NEVER = 2**62
TIERS = ("boxes", "programs")


@dataclasses.dataclass(frozen=True, eq=False)
class Bounds:
    """Intervals for the payoffs of *every* subgame-perfect equilibrium, by time, state and direction.

    Directions are the agents, their sum, and those the caller added. Numbers are integers in units of `1 / unit`; lower
    ends are rounded down, upper ends up, so the bounds hold exactly.
    """

    fence: Fence
    low: np.ndarray
    """`[horizon + 1, states, directions]`."""

    high: np.ndarray
    """`[horizon + 1, states, directions]`."""

    playable: np.ndarray
    """Actions that are not struck out by iterated strict dominance, `[horizon, states, agents, actions]`."""

    tier: str
    """`"boxes"` or `"programs"`: the tier that made the bounds. States that no play reaches keep their boxes."""

    programs: int = 0
    """Linear programs solved (after stage games that are alike were put together)."""

    refused: int = 0
    """Linear programs that the float solver did not solve; their bounds hold, but are wider."""

    def at(self, time: int, state: int) -> tuple[tuple[Fraction, Fraction], ...]:
        """The intervals by direction in one time and state."""
        unit = self.fence.unit
        ends = zip(self.low[time, state], self.high[time, state], strict=True)
        return tuple((Fraction(int(low)) / unit, Fraction(int(high)) / unit) for low, high in ends)

    @property
    def from_start(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The intervals by direction before the first state is drawn."""
        return tuple(zip(*self.fence.from_start(self.low[0], self.high[0]), strict=True))

    @property
    def values(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Least and most that each agent can have in an equilibrium."""
        return self.from_start[: self.fence.game.num_agents]

    @property
    def welfare(self) -> tuple[Fraction, Fraction]:
        """Least and most that all can have together in an equilibrium."""
        return self.from_start[self.fence.game.num_agents]

    @property
    def policy(self) -> np.ndarray | None:
        """The joint actions `[horizon, states]`, if one per time and state is left: then they are all equilibrium play.

        None where iterated strict dominance leaves a choice.
        """
        if np.any(self.playable.sum(axis=-1) != 1):
            return None
        game = self.fence.game
        step = game.num_actions ** np.arange(game.num_agents - 1, -1, -1)
        return self.playable.argmax(axis=-1) @ step


@dataclasses.dataclass(frozen=True)
class Dilemma:
    """Whether selfish agents provably fall short of what they could have together."""

    best: Fraction
    """The most that all can have together."""

    lower: Fraction
    """No equilibrium has less welfare."""

    upper: Fraction
    """No equilibrium has more welfare."""

    tier: str
    certified: bool
    """`upper < best`: every subgame-perfect equilibrium, also in mixed or publicly correlated play, falls short."""

    message: str

    @property
    def gap(self) -> Fraction:
        """At least this much is lost in every equilibrium; 0 if nothing is certified."""
        return max(self.best - self.upper, Fraction(0))


def bounds(
    game: Tabular, *, tier: str = "programs", directions: tuple[tuple[int, ...], ...] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Bounds:
    """Bounds on the payoffs of every subgame-perfect equilibrium.

    They cover behaviour strategies of any history dependence under perfect monitoring, and play that is correlated by
    signals which become public after each step; they do not cover mediators whose messages stay private over time.

    Args:
        game: with `horizon` steps.
        tier: `"boxes"` is faster and weaker, `"programs"` slower and stronger.
        directions: further integer directions in which to measure the sets, beyond the agents and their sum.
        progress: called with the number of steps done and `horizon`.

    Raises:
        BadSetting: another tier, or a direction that does not fit.

    Source: the operator of Abreu, Pearce and Stacchetti with support values in place of sets after Judd, Yeltekin and
    Conklin, per time and state, with obedience constraints of correlated play in place of pure actions.
    """
    if tier not in TIERS:
        raise BadSetting(f"tier={tier!r}, expected one of {', '.join(TIERS)}.")
    fence = Fence(game, directions)
    lows, highs, masks = [fence.nothing()[0]], [fence.nothing()[1]], []
    reached = reachable(game) if tier == "programs" else None
    programs = refused = 0
    for time in range(game.horizon - 1, -1, -1):
        rows = fence.ahead(lows[0], highs[0])
        alive = survivors(game, *rows)
        low, high = fence.closed(*boxes(game, *rows, alive))
        if reached is not None:
            solved, failed = _tighten(fence, rows, alive, low, high, reached[time])
            programs, refused = programs + solved, refused + failed
        lows.insert(0, low)
        highs.insert(0, high)
        masks.insert(0, alive)
        if progress is not None:
            progress(game.horizon - time, game.horizon)
    return Bounds(fence, np.stack(lows), np.stack(highs), np.stack(masks), tier, programs, refused)


def dilemma(game: Tabular, *, tier: str | None = None, progress: Callable[[int, int], None] | None = None) -> Dilemma:
    """Whether every subgame-perfect equilibrium is provably worse than the best joint policy.

    Args:
        game: with `horizon` steps.
        tier: one tier of `bounds`; None tries boxes first and then programs.
        progress: as in `bounds`.
    """
    best = sum(optimal(game)[1].from_start(game), Fraction(0))
    found = bounds(game, tier=TIERS[0] if tier is None else tier, progress=progress)
    if tier is None and found.welfare[1] >= best > found.welfare[0]:
        found = bounds(game, tier=TIERS[-1], progress=progress)
    lower, upper = found.welfare
    numbers = (
        f"the best joint policy has welfare {said(best)}, every subgame-perfect equilibrium between {said(lower)} and "
        f"{said(upper)}"
    )
    if upper < best:
        message = f"{game.name} is a dilemma: {numbers}."
    elif lower >= best:
        message = f"{game.name} is no dilemma: {numbers}."
    else:
        message = (
            f"{game.name}: nothing is certified: {numbers}. The bounds may be loose: try more directions, or ask for "
            "the pure equilibria."
        )
    return Dilemma(best, lower, upper, found.tier, upper < best, message)


def reachable(game: Tabular) -> np.ndarray:
    """Which states some play can reach at each time, `[horizon, states]`."""
    now = game.start > 0
    out = []
    entry_state = np.repeat(np.arange(game.num_rows), np.diff(game.first)) // game.num_joint
    for _ in range(game.horizon):
        out.append(now)
        now = np.zeros_like(now)
        now[game.after[out[-1][entry_state]]] = True
    return np.stack(out)


def survivors(game: Tabular, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Actions left by iterated strict dominance where payoffs are known as intervals, `[states, agents, actions]`.

    An action goes when another one gives more than it whatever the others (still) do and whatever happens later.

    Args:
        game: whose rows these are.
        low: the least that each row may give, `[rows, directions]`.
        high: the most.
    """
    alive = np.ones((game.num_states, game.num_agents, game.num_actions), bool)
    moving = np.arange(game.num_states)  # states in which something went in the last round
    rows = np.arange(game.num_joint)
    while moving.size:
        changed = np.zeros(moving.size, bool)
        pick = (moving[:, None] * game.num_joint + rows).ravel()
        for agent in range(game.num_agents):
            possible = _others(game, alive[moving], agent)
            worst, best = (own_first(values[pick, agent], game, agent) for values in (low, high))
            gone = np.zeros((moving.size, game.num_actions), bool)
            for better in range(game.num_actions):
                gone |= ((worst[:, better, None] > best) | ~possible[:, None]).all(axis=-1)
            changed |= (gone & alive[moving, agent]).any(axis=-1)
            alive[moving, agent] &= ~gone
        moving = moving[changed]
    return alive


def _others(game: Tabular, alive: np.ndarray, agent: int) -> np.ndarray:
    """Whether everybody but `agent` may play their part, `[states, what the others do]`."""
    each = np.ones((len(alive), game.num_joint), bool)
    for j in range(game.num_agents):
        if j != agent:
            each &= alive[:, j, game.profiles[:, j]]
    return own_first(each.ravel(), game, agent)[:, 0]


def playable_rows(game: Tabular, alive: np.ndarray) -> np.ndarray:
    """Joint actions of which every part is left, `[states, joint]`."""
    return np.logical_and.reduce([alive[:, j, game.profiles[:, j]] for j in range(game.num_agents)])


def boxes(game: Tabular, low: np.ndarray, high: np.ndarray, alive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intervals per state: what an agent can guarantee itself, and the most that playable rows give.

    Args:
        game: whose rows these are.
        low: the least that each row may give, `[rows, directions]`.
        high: the most.
        alive: actions that may be played, `[states, agents, actions]`.
    """
    open_rows = playable_rows(game, alive)[:, :, None]
    shape = (game.num_states, game.num_joint, -1)
    least = np.where(open_rows, low.reshape(shape), _NEVER).min(axis=1)
    most = np.where(open_rows, high.reshape(shape), -_NEVER).max(axis=1)
    for agent in range(game.num_agents):
        against = np.where(_others(game, alive, agent)[:, None], own_first(low[:, agent], game, agent), _NEVER)
        least[:, agent] = np.maximum(least[:, agent], against.min(axis=-1).max(axis=-1))
    return least, most


def _tighten(
    fence: Fence, rows: tuple[np.ndarray, np.ndarray], alive: np.ndarray, low: np.ndarray, high: np.ndarray,
    reached: np.ndarray,
) -> tuple[int, int]:
    """Replace boxes, in place, by the bounds of the linear programs where that can matter."""
    game = fence.game
    slack = 2 * game.horizon  # boxes as wide as the rounding of all steps can make them are points
    open_rows = playable_rows(game, alive)  # where one joint action is left, its box is all there is to know
    states = np.flatnonzero(reached & ((high - low).max(axis=1) > slack) & (open_rows.sum(axis=1) > 1))
    if not states.size:
        return 0, 0
    below, above = (values.reshape(game.num_states, game.num_joint, -1)[states] for values in rows)
    stages = Stages.of(fence, below, above, open_rows[states])
    below, above, solved, failed = sides(stages)
    low[states], high[states] = np.maximum(low[states], below), np.minimum(high[states], above)
    low[states], high[states] = fence.closed(low[states], high[states])
    return solved, failed
