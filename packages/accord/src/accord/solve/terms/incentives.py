"""What every one-shot deviation gains from a target, as an affine function of contract terms, in integers.

Under a fixed pure target each agent's value is affine in the terms, and so is what it gains by leaving the target once.
The target is subgame-perfect exactly if no such gain is positive (one-shot deviation principle), which makes incentive
compatibility a list of linear rows in the terms.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.normal import NormalForm
from ..tables.numbers import said, scaled, tight, together
from ..tables.tabular import Tabular
from .features import Features, actions_of, nothing, target_of

MODES = ("nash", "dominance", "iterated")


@dataclasses.dataclass(frozen=True)
class Temptation:
    """A deviation from the target that a contract has to deter."""

    agent: int
    time: int
    """Steps played before."""

    state: int
    where: str
    """The state in words."""

    action: str
    """What the agent does instead."""

    instead_of: str
    """What the target has it do."""

    others: tuple[str, ...]
    """What the others do meanwhile."""

    before: Fraction
    """What it gains without a contract."""

    gain: Fraction
    """What it gains under the contract; negative if deterred."""

    def __str__(self) -> str:
        return (
            f"agent {self.agent} at step {self.time} in {self.where}: '{self.action}' instead of '{self.instead_of}' "
            f"against {', '.join(self.others) or 'nobody'} (gains {said(self.before)} without a contract)"
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    """The deviations of one step: deviation d gains `(units[d, 0] + units[d, 1:] @ theta) / scale`."""

    time: int
    units: np.ndarray
    scale: int
    state: np.ndarray
    agent: np.ndarray
    stay: np.ndarray
    """Joint actions without the deviation, `[rows]`."""

    leave: np.ndarray
    """Joint actions with it, `[rows]`."""

    @cached_property
    def floats(self) -> np.ndarray:
        """The same in floats: for search, not for proof."""
        return np.asarray(self.units / self.scale, float)

    def gains(self, theta: np.ndarray) -> tuple[np.ndarray, int]:
        """All gains under some terms, as integers over a scale: exact."""
        terms, over = scaled(np.asarray(theta, object))
        return self.units.astype(object) @ np.array([over, *terms.astype(object)], object), self.scale * over


@dataclasses.dataclass(frozen=True, eq=False)
class Incentives:
    """All that a target asks of its contract. Make one with `incentives`."""

    game: Tabular | NormalForm
    features: Features
    target: np.ndarray
    """Joint actions `[horizon, states]`."""

    steps: tuple[Rows, ...]
    """The deviations of each step, in all states that can be reached by then."""

    alike: int
    """Deviations left out as they change nothing for anybody, whatever the terms."""

    worth: np.ndarray
    """Each agent's value from the start, affine in the terms: integers `[agents, 1 + terms]`."""

    worth_scale: int
    reachable: np.ndarray
    """Where play can be at each step, whatever anybody does, `[horizon, states]`."""

    def temptation(self, step: int, row: int, theta: np.ndarray) -> Temptation:
        """One deviation in words."""
        rows = self.steps[step]
        agent, stay, leave = int(rows.agent[row]), int(rows.stay[row]), int(rows.leave[row])
        counts = actions_of(self.game)
        before, after = (tuple(int(a) for a in np.unravel_index(joint, counts)) for joint in (stay, leave))
        gain = Fraction(int(rows.units[row, 0]), rows.scale)
        slope = (Fraction(int(unit), rows.scale) * term for unit, term in zip(rows.units[row, 1:], theta, strict=True))
        state = int(rows.state[row])
        return Temptation(
            agent, rows.time, state, self.game.describe(state) if isinstance(self.game, Tabular) else "the one move",
            self.named(agent, after[agent]), self.named(agent, before[agent]),
            tuple(self.named(j, a) for j, a in enumerate(before) if j != agent), gain, gain + sum(slope, Fraction(0)),
        )

    def named(self, agent: int, action: int) -> str:
        """An action in words."""
        if isinstance(self.game, NormalForm):
            return self.game.labels[agent][action] if self.game.labels else str(action)
        return self.game.action_names[action] if self.game.action_names else str(action)

    def best(self, theta: np.ndarray) -> dict[tuple[int, int], Temptation]:
        """The best deviation of every (time, state): the one that a punishment there has to deter, and no other."""
        found = {}
        for step, rows in enumerate(self.steps):
            gains, _ = rows.gains(theta)
            for row in np.argsort(-gains, kind="stable"):
                place = rows.time, int(rows.state[row])
                if place not in found:
                    found[place] = self.temptation(step, int(row), theta)
        return found

    def regret(self, theta: np.ndarray) -> Fraction:
        """The most that any deviation gains; negative if all are deterred strictly, 0 if there is none."""
        tops = (Fraction(int(gains.max()), over) for gains, over in (r.gains(theta) for r in self.steps) if gains.size)
        return max(tops, default=Fraction(0))

    def deters(self, theta: np.ndarray, margin: Fraction) -> bool:
        """Whether every deviation loses the margin at least: each one looked at, in integers."""
        found = (part.gains(theta) for part in self.steps)
        return all(np.all(gains * margin.denominator <= -margin.numerator * over) for gains, over in found)

    def values(self, theta: np.ndarray) -> tuple[Fraction, ...]:
        """What each agent gets from the start under the target."""
        terms = [Fraction(1), *(Fraction(term) for term in theta)]
        return tuple(
            sum((int(unit) * term for unit, term in zip(row, terms, strict=True)), Fraction(0)) / self.worth_scale
            for row in self.worth
        )

    @property
    def num_rows(self) -> int:
        """How many deviations are looked at."""
        return sum(len(rows.units) for rows in self.steps)


def incentives(
    game: Tabular | NormalForm, target: Any, features: Features | None = None, *, mode: str = "nash",
    order: tuple[int, ...] = (),
) -> Incentives:
    """Every deviation from a pure target, as rows that are affine in the terms.

    Args:
        game: what is played without a contract.
        target: joint actions `[horizon, states]`, or a profile of a normal form.
        features: the contract space; default no transfers.
        mode: whom a deviator meets: "nash" (the others at the target), "dominance" (the others at anything, now; with
            every gain negative the subgame-perfect equilibrium is unique, by backward induction), or "iterated" (each
            against anything by those after it in `order`, those before it at the target: unique as well).
        order: for "iterated", the agents in the order in which they become predictable.

    Raises:
        BadSetting: an unknown mode, an order that is none, a target that does not fit.
    """
    held = _held(mode, order, game.num_agents)
    features = nothing(game) if features is None else features
    frame, policy = Frame.of(game), target_of(game, target)
    flows, scale = frame.flows(features)
    places = np.arange(frame.num_states)
    values, value_scale = np.zeros((frame.num_states, game.num_agents, 1 + features.num_terms), np.int64), scale
    classes: np.ndarray | None = None
    steps, alike = [], 0
    for time in range(frame.horizon - 1, -1, -1):
        flow = flows[min(time, len(flows) - 1)]
        kinds, classes = frame.kinds(flow, classes)
        worth, value_scale = frame.ahead(flow, scale, values, value_scale)
        state, agent, stay, leave = frame.deviations(policy[time], frame.reachable[time], held)
        differ = kinds[state * frame.num_joint + stay] != kinds[state * frame.num_joint + leave]
        alike += int((~differ).sum())
        state, agent, stay, leave = state[differ], agent[differ], stay[differ], leave[differ]
        gain = worth[state * frame.num_joint + leave, agent] - worth[state * frame.num_joint + stay, agent]
        steps.insert(0, Rows(time, gain, value_scale, state, agent, stay, leave))
        values = worth[places * frame.num_joint + policy[time]]
    total = (frame.start.astype(object)[:, None, None] * values.astype(object)).sum(axis=0)
    return Incentives(
        game, features, policy, tuple(steps), alike, total, value_scale * int(frame.start.sum()), frame.reachable
    )


@dataclasses.dataclass(frozen=True, eq=False)
class Frame:
    """What a game of one move and a game of many have in common: states, joint actions, what follows."""

    counts: tuple[int, ...]
    horizon: int
    start: np.ndarray
    units: np.ndarray
    scale: int
    first: np.ndarray
    after: np.ndarray
    weight: np.ndarray
    denominator: int
    ended: np.ndarray
    expected: Callable[[np.ndarray], np.ndarray]

    @classmethod
    def of(cls, game: Tabular | NormalForm) -> Frame:
        """Either kind of game."""
        if isinstance(game, NormalForm):
            none, joint = np.zeros(0, np.int64), math.prod(game.num_actions)
            return cls(
                game.num_actions, 1, np.ones(1, np.int64), game.units.reshape(game.num_agents, joint).T, game.scale,
                np.zeros(joint + 1, np.int64), none, none, 1, np.zeros(1, bool),
                lambda values: np.zeros((joint, *values.shape[1:]), np.int64),
            )
        ended = np.zeros(game.num_states, bool) if game.ended is None else game.ended
        return cls(
            actions_of(game), game.horizon, game.start, game.units, game.scale, game.first, game.after, game.weight,
            game.denominator, ended, game.expected,
        )

    @property
    def num_states(self) -> int:
        """How many states there are."""
        return len(self.start)

    @property
    def num_joint(self) -> int:
        """How many joint actions there are in every state."""
        return math.prod(self.counts)

    @cached_property
    def profiles(self) -> np.ndarray:
        """Each agent's action in every joint action, `[joint, agents]`."""
        return np.array(list(itertools.product(*map(range, self.counts))))

    @cached_property
    def reachable(self) -> np.ndarray:
        """Where play can be at each step and go on, whatever anybody does, `[horizon, states]`."""
        mask = np.zeros((self.horizon, self.num_states), bool)
        here = self.start > 0
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first)) // self.num_joint
        for time in range(self.horizon):
            mask[time] = here & ~self.ended
            here = np.zeros_like(here)
            here[self.after[mask[time][owner]]] = True
        return mask

    def flows(self, features: Features) -> tuple[np.ndarray, int]:
        """Rewards and transfers of each row, affine in the terms: integers `[times, rows, agents, 1 + terms]`."""
        (rewards, fixed, slopes), scale = together(
            (self.units, self.scale), (features.constant, features.scale), (features.slopes, features.scale)
        )
        times = max(len(fixed), len(slopes))
        if times not in (1, self.horizon) or fixed.shape[1:] != self.units.shape:
            raise BadSetting(
                f"Transfers for {times} steps and {fixed.shape[1:]} rows and agents; the game has {self.horizon} steps "
                f"and {self.units.shape}. Make them for this game."
            )
        base = np.broadcast_to(rewards[None] + fixed, (times, *self.units.shape))
        slopes = np.broadcast_to(slopes, (times, *slopes.shape[1:]))
        return tight(np.concatenate([base[..., None], np.moveaxis(slopes, 1, -1)], axis=-1)), scale

    def ahead(self, flow: np.ndarray, scale: int, values: np.ndarray, value_scale: int) -> tuple[np.ndarray, int]:
        """What each row is worth if play goes on with `values`: `[rows, agents, 1 + terms]`, and the scale."""
        new = value_scale * self.denominator
        now = flow.astype(object) * (new // scale) if new // scale > 1 else flow
        return tight(now + self.expected(values)), new

    def deviations(self, joint: np.ndarray, here: np.ndarray, held: list[list[int]]) -> tuple[np.ndarray, ...]:
        """State, agent, joint action without and with every deviation from `joint[states]`.

        Args:
            joint: the target of one step.
            here: states to look at.
            held: for each agent, the others that stay at the target when it deviates; the rest may do anything.
        """
        found: list[tuple[np.ndarray, ...]] = []
        states, profiles = np.flatnonzero(here), self.profiles
        aim = profiles[joint[states]]
        for agent, count in enumerate(self.counts):
            fixed = [agent, *held[agent]]
            place, stay = np.nonzero(np.all(profiles[None][:, :, fixed] == aim[:, None][:, :, fixed], axis=2))
            own = aim[place, agent]
            step = math.prod(self.counts[agent + 1 :])
            for action in range(count):
                other = own != action
                leave = stay[other] + (action - own[other]) * step
                found.append((states[place[other]], np.full(other.sum(), agent), stay[other], leave))
        return tuple(np.concatenate(part).astype(np.int64) for part in zip(*found, strict=True))

    def kinds(self, flow: np.ndarray, later: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Numbers for rows and states, equal where nothing that may come differs for anybody under any terms.

        Ties that no contract can break: a step towards an orchard that will not be reached in time. Class 0 is "nothing
        more happens".

        Args:
            flow: rewards and transfers of the rows.
            later: the classes of states one step later; None at the end.
        """
        wide = flow.reshape(len(flow), -1)
        if wide.dtype == object:
            book: dict[Any, int] = {}
            paid = np.array([book.setdefault(tuple(row), len(book) + 1) for row in wide])
        else:
            paid = np.unique(wide, axis=0, return_inverse=True)[1].ravel() + 1
        paid = np.where(np.any(wide != 0, axis=1), paid, 0)
        follow: list[list[tuple[int, int]]] = [[] for _ in range(len(flow))]
        if later is not None and self.after.size:
            owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
            matters = later[self.after] > 0
            width = int(later.max()) + 1
            keys, where = np.unique((owner * width + later[self.after])[matters], return_inverse=True)
            mass = np.zeros(len(keys), self.weight.dtype)
            np.add.at(mass, where, self.weight[matters])
            for key, share in zip(keys, mass, strict=True):
                follow[key // width].append((int(key % width), int(share)))
        names: dict[Any, int] = {(0, ()): 0}
        kinds = np.array([names.setdefault((int(p), tuple(f)), len(names)) for p, f in zip(paid, follow, strict=True)])
        table = kinds.reshape(self.num_states, self.num_joint)
        seen: dict[Any, int] = {bytes(np.zeros_like(table[0])): 0}
        return kinds, np.array([seen.setdefault(bytes(row), len(seen)) for row in np.ascontiguousarray(table)])


def _held(mode: str, order: tuple[int, ...], agents: int) -> list[list[int]]:
    """For each agent, who stays at the target when it deviates."""
    if mode not in MODES:
        raise BadSetting(f"mode={mode!r}, expected one of {', '.join(MODES)}.")
    if mode == "iterated" and sorted(order) != list(range(agents)):
        raise BadSetting(f"order={order}, expected each of the {agents} agents once, for mode='iterated'.")
    if mode == "nash":
        return [[j for j in range(agents) if j != i] for i in range(agents)]
    return [list(order[: order.index(i)]) if mode == "iterated" else [] for i in range(agents)]
