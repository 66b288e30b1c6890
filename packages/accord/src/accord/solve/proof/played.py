"""A game and a way of playing it, as the certificate reads them: arrays and arithmetic of its own, no solver's.

One number type throughout: Python integers over a scale where the verdict is to be exact, floats over 1 where not.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.normal import NormalForm
from ..tables.tabular import Tabular


@dataclasses.dataclass(frozen=True, eq=False)
class Form:
    """A game: rows are states times joint actions, the last agent's action changing fastest."""

    exact: bool
    counts: tuple[int, ...]
    """Actions of each agent."""

    start: np.ndarray
    """Weights of the first states, `[states]`."""

    first: np.ndarray
    """Where each row's successors begin, `[rows + 1]`."""

    after: np.ndarray
    weight: np.ndarray
    denominator: int
    units: np.ndarray
    """Rewards over `scale`, `[rows, agents]`."""

    scale: int
    horizon: int
    open: np.ndarray
    """States in which something is decided."""

    labels: tuple[tuple[str, ...], ...]
    """Each agent's names of its actions."""

    describe: Callable[[int], str]

    @classmethod
    def of(cls, game: Tabular | NormalForm, exact: bool) -> Form:
        """Read a game."""
        if isinstance(game, NormalForm):
            rows, nothing = math.prod(game.units.shape[1:]), np.zeros(0, np.int64)
            counts, units, horizon = game.units.shape[1:], game.units.reshape(len(game.units), -1).T, 1
            start, first, after, weight = np.ones(1, np.int64), np.zeros(rows + 1, np.int64), nothing, nothing
            denominator = 1
            open_, labels, describe = np.ones(1, bool), game.labels, "the one move, {}".format
        else:
            counts, units, horizon = (game.num_actions,) * game.num_agents, game.units, game.horizon
            start, first, after, weight, denominator = game.start, game.first, game.after, game.weight, game.denominator
            open_ = np.ones(len(start), bool) if game.ended is None else ~game.ended
            labels, describe = (tuple(game.action_names),) * len(counts) if game.action_names else (), game.describe
        labels = labels or tuple(tuple(str(action) for action in range(count)) for count in counts)
        if exact:
            number = lambda array, over: array.astype(object)
            return cls(True, counts, number(start, 1), first, after, number(weight, 1), denominator, number(units, 1),
                       game.scale, horizon, open_, labels, describe)
        number = lambda array, over: array.astype(float) / over
        return cls(False, counts, number(start, int(start.sum())), first, after, number(weight, denominator), 1,
                   number(units, game.scale), 1, horizon, open_, labels, describe)

    @property
    def agents(self) -> int:
        """How many play."""
        return len(self.counts)

    @property
    def joint(self) -> int:
        """How many joint actions there are."""
        return math.prod(self.counts)

    @cached_property
    def owner(self) -> np.ndarray:
        """The row of each successor."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    @cached_property
    def possible(self) -> np.ndarray:
        """Which states some play can reach at which time, `[horizon, states]`. Nothing is claimed about others."""
        possible = np.zeros((self.horizon, len(self.start)), bool)
        possible[0] = self.start > 0
        for time in range(1, self.horizon):
            possible[time, self.after[possible[time - 1][self.owner // self.joint]]] = True
        return possible

    def number(self, value: Any, scale: Any = 1) -> Any:
        """A value over a scale: a `Fraction`, or a float where the game is read in floats."""
        return Fraction(value) / scale if self.exact else float(value) / float(scale)

    def where(self, state: int) -> str:
        """A state in one line; nothing where there is only one decision."""
        if self.horizon == 1 and np.sum(self.possible[0] & self.open) <= 1:
            return ""
        text = self.describe(state)
        return f"state {state}" if "\n" in text else text

    def actions(self, joint: int) -> tuple[str, ...]:
        """The names of a joint action."""
        picks = np.unravel_index(joint, self.counts)
        return tuple(names[int(pick)] for names, pick in zip(self.labels, picks, strict=True))

    def followed(self, values: np.ndarray, scale: int) -> tuple[np.ndarray, int]:
        """What each row is worth if play goes on with `values[states, agents] / scale`.

        Gives `[states, actions of agent 0, actions of agent 1, ..., agents]` and its scale.
        """
        later = np.zeros_like(self.units)
        filled = np.flatnonzero(np.diff(self.first))
        if filled.size:
            later[filled] = np.add.reduceat(self.weight[:, None] * values[self.after], self.first[filled], axis=0)
        own = scale * self.denominator
        common = math.lcm(own, self.scale)
        total = self.units * (common // self.scale) + later * (common // own)
        return total.reshape(-1, *self.counts, self.agents), common


@dataclasses.dataclass(frozen=True, eq=False)
class Play:
    """A policy."""

    mixed: list[np.ndarray]
    """Each agent's probabilities over `scale`, `[horizon, states, actions]`."""

    scale: int
    pure: bool

    @classmethod
    def of(cls, form: Form, policy: Any) -> Play:
        """Read a policy, in one of the forms that `certify` takes.

        Raises:
            BadSetting: it does not fit the game.
        """
        if form.horizon == 1 and len(form.start) == 1:
            if _holds(form, policy, lambda part: isinstance(part, int | np.integer)):
                return cls._pure(form, np.full((1, 1), np.ravel_multi_index(tuple(map(int, policy)), form.counts)))
            if _holds(form, policy, lambda part: np.ndim(part) == 1):
                return cls._mixed(form, [np.asarray(part)[None, None] for part in policy])
        array = np.asarray(policy)
        shape = (form.horizon, len(form.start))
        if array.ndim in (1, 3):
            array = np.broadcast_to(array, (form.horizon, *array.shape))
        if array.shape == shape and array.dtype.kind in "iu":
            return cls._pure(form, array)
        if array.ndim == 4 and array.shape[:3] == (*shape, form.agents) and set(form.counts) == {array.shape[3]}:
            return cls._mixed(form, [array[:, :, i] for i in range(form.agents)])
        mixed = (*shape, form.agents, form.counts[0])
        raise BadSetting(
            f"The policy has shape {array.shape} and holds {array.dtype}; expected joint actions {shape} or "
            f"probabilities {mixed}, or one of these without the time axis."
        )

    @classmethod
    def _pure(cls, form: Form, joint: np.ndarray) -> Play:
        if np.any(joint < 0) or np.any(joint >= form.joint):
            raise BadSetting(
                f"The policy holds joint actions {joint.min()} to {joint.max()}, but there are {form.joint}, counted "
                "from 0."
            )
        kind = object if form.exact else float
        acts = zip(np.unravel_index(joint, form.counts), form.counts, strict=True)
        return cls([(act[..., None] == np.arange(n)).astype(np.int64).astype(kind) for act, n in acts], 1, True)

    @classmethod
    def _mixed(cls, form: Form, parts: list[np.ndarray]) -> Play:
        kind = np.vectorize(Fraction, otypes=[object]) if form.exact else lambda part: part.astype(float)
        parts = [kind(part.astype(object)) for part in parts]
        for agent, (part, count) in enumerate(zip(parts, form.counts, strict=True)):
            if part.shape[-1] != count:
                raise BadSetting(f"Agent {agent} mixes {part.shape[-1]} actions, but it has {count}.")
            sums = part.sum(axis=-1).astype(float)
            off = part.sum(axis=-1) != 1 if form.exact else ~(np.abs(sums - 1) < 1e-4)
            if np.any(off) or np.any(part < 0):
                wanted = "exactly 1. Give fractions, or set exact=False" if form.exact else "1"
                raise BadSetting(
                    f"Agent {agent}'s probabilities add up to {float(sums.flat[int(np.argmax(off))])!r} somewhere, or "
                    f"one is negative; expected {wanted}."
                )
        if not form.exact:
            return cls([part / part.sum(axis=-1, keepdims=True) for part in parts], 1, False)
        scale = math.lcm(*{value.denominator for part in parts for value in part.flat})
        whole = np.vectorize(lambda value: int(value * scale), otypes=[object])
        return cls([whole(part) for part in parts], scale, False)

    def joint(self, time: int) -> np.ndarray:
        """Probabilities of the joint actions over `scale**agents`, `[states, joint]`."""
        total = self.mixed[0][time]
        for part in self.mixed[1:]:
            total = (total[:, :, None] * part[time][:, None, :]).reshape(len(total), -1)
        return total

    def against(self, worth: np.ndarray, time: int, agent: int) -> np.ndarray:
        """What each action of an agent is worth, the others playing on: `[states, actions]`, over `scale**(agents-1)`.

        Args:
            worth: of every joint action, `[states, actions of agent 0, actions of agent 1, ...]`.
            time: step.
            agent: whose actions.
        """
        for other in range(len(self.mixed) - 1, -1, -1):  # the last axis first, so that the others keep their place
            if other != agent:
                shape = [len(worth), *(1,) * (worth.ndim - 1)]
                shape[other + 1] = -1
                worth = (worth * self.mixed[other][time].reshape(shape)).sum(axis=other + 1)
        return worth

    def reached(self, form: Form) -> list[tuple[np.ndarray, int]]:
        """Probability of every state at every time: `[states]` over a scale each."""
        mass, scale = form.start, int(form.start.sum()) if form.exact else 1
        found = []
        for time in range(form.horizon):
            found.append((mass, scale))
            rows = (mass[:, None] * self.joint(time)).ravel()
            follows = np.flatnonzero(rows[form.owner] != 0)
            mass = np.zeros_like(form.start)
            np.add.at(mass, form.after[follows], rows[form.owner[follows]] * form.weight[follows])
            scale *= self.scale**form.agents * form.denominator
        return found


def _holds(form: Form, policy: Any, kind: Callable[[Any], bool]) -> bool:
    return hasattr(policy, "__len__") and len(policy) == form.agents and all(map(kind, policy))
