"""A finite Markov game as arrays: states, joint actions, transitions, rewards, in integers and in floats."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse

from ...core.errors import BadGame, BadSetting
from .normal import NormalForm
from .numbers import scaled, tight, together


@dataclasses.dataclass(frozen=True, eq=False)
class Tabular:
    """A finite Markov game with observed states, simultaneous moves and a time limit.

    A *row* is a state and a joint action: `row = state * num_joint + joint`, joint actions in the order of
    `itertools.product` (the last agent's action changes fastest). The successors of a row are the entries
    `first[row]:first[row + 1]` of `after` and `weight`; a row without successors ends the game.
    """

    name: str
    num_agents: int
    num_actions: int
    """Actions of each agent."""

    start: np.ndarray
    """Weights of the first states, integers `[states]` over their sum."""

    first: np.ndarray
    """Where the entries of each row begin, `[rows + 1]`."""

    after: np.ndarray
    """Next state of each entry, `[entries]`."""

    weight: np.ndarray
    """Probability of each entry in units of `1 / denominator`, integers `[entries]`."""

    denominator: int
    units: np.ndarray
    """Expected reward of each row in units of `1 / scale`, integers `[rows, agents]`."""

    scale: int
    horizon: int
    """Steps until the game is stopped; rewards are summed without discount."""

    action_names: tuple[str, ...] = ()
    describe: Callable[[int], str] = "state {}".format
    """A state in words."""

    ended: np.ndarray | None = None
    """Which states are terminal, `[states]`; their rows have no successors and reward 0. None: none is."""

    def __post_init__(self) -> None:
        rows = self.num_states * self.num_joint
        if self.first.shape != (rows + 1,) or self.units.shape != (rows, self.num_agents):
            raise BadGame(
                f"{self.name}: {self.num_states} states and {self.num_joint} joint actions make {rows} rows; got "
                f"first {self.first.shape} and units {self.units.shape}, expected ({rows + 1},) and "
                f"({rows}, {self.num_agents})."
            )
        if self.horizon < 1:
            raise BadSetting(f"horizon={self.horizon}, expected at least one step.")
        sums = np.add.reduceat(np.append(self.weight, 0), self.first[:-1]) if rows else np.zeros(0)
        filled = np.diff(self.first) > 0
        if np.any(sums[filled] != self.denominator) or np.any(self.weight <= 0):
            row = int(np.flatnonzero(filled & (sums != self.denominator))[0]) if np.any(sums != self.denominator) else 0
            raise BadGame(
                f"{self.name}: the probabilities after {self.where(row)} add up to "
                f"{Fraction(int(sums[row]), self.denominator)}, expected 1. If they are no short fractions, give the "
                "game's table yourself."
            )

    @property
    def num_states(self) -> int:
        """How many states there are."""
        return self.start.shape[0]

    @property
    def num_joint(self) -> int:
        """How many joint actions there are in every state."""
        return self.num_actions**self.num_agents

    @property
    def num_rows(self) -> int:
        """States times joint actions."""
        return self.num_states * self.num_joint

    @cached_property
    def profiles(self) -> np.ndarray:
        """Each agent's action in every joint action, `[joint, agents]`."""
        return np.array(list(itertools.product(range(self.num_actions), repeat=self.num_agents)))

    def profile(self, joint: int) -> tuple[int, ...]:
        """Each agent's action in a joint action."""
        return tuple(int(a) for a in self.profiles[joint])

    def joint(self, profile: tuple[int, ...]) -> int:
        """The number of a joint action."""
        return int(np.ravel_multi_index(profile, (self.num_actions,) * self.num_agents))

    def named(self, joint: int) -> tuple[str, ...]:
        """Each agent's action in words."""
        return tuple(self.action_names[a] if self.action_names else str(a) for a in self.profile(joint))

    def where(self, row: int) -> str:
        """A row in words, on one line."""
        state, joint = divmod(row, self.num_joint)
        text = self.describe(state)
        return f"{f'state {state}' if chr(10) in text else text} and actions {', '.join(self.named(joint))}"

    @cached_property
    def deviations(self) -> np.ndarray:
        """The joint action in which one agent plays another action, `[joint, agents, actions]`."""
        step = self.num_actions ** np.arange(self.num_agents - 1, -1, -1)
        base = np.arange(self.num_joint)[:, None] - self.profiles * step
        return base[:, :, None] + np.arange(self.num_actions) * step[None, :, None]

    @cached_property
    def rewards(self) -> np.ndarray:
        """Expected rewards as `float64`, `[rows, agents]`."""
        return self.units.astype(float) / self.scale

    @cached_property
    def transitions(self) -> scipy.sparse.csr_array:
        """Probabilities as a sparse matrix `[rows, states]`."""
        values = self.weight.astype(float) / self.denominator
        return scipy.sparse.csr_array((values, self.after, self.first), shape=(self.num_rows, self.num_states))

    @cached_property
    def starting(self) -> np.ndarray:
        """Probabilities of the first states, `[states]`."""
        return self.start.astype(float) / int(self.start.sum())

    def expected(self, values: np.ndarray) -> np.ndarray:
        """The mean of integer values `[states, ...]` over each row's successors, times `denominator`: exact.

        Gives `[rows, ...]`; Python integers where 64 bits are too few.
        """
        top = max((abs(int(values.max())), abs(int(values.min())))) if values.size else 0
        kind = np.int64 if top * self.denominator < 2**62 else object
        terms = self.weight.astype(kind).reshape(-1, *(1,) * (values.ndim - 1)) * values.astype(kind)[self.after]
        sums = np.zeros((self.num_rows, *values.shape[1:]), kind)
        filled = np.flatnonzero(np.diff(self.first))
        if filled.size:
            sums[filled] = np.add.reduceat(terms, self.first[filled], axis=0)
        return sums

    def stage(self, state: int) -> NormalForm:
        """The immediate rewards in a state as a game of one move."""
        rows = self.units[state * self.num_joint : (state + 1) * self.num_joint]
        shape = (self.num_agents, *(self.num_actions,) * self.num_agents)
        labels = (self.action_names,) * self.num_agents if self.action_names else ()
        return NormalForm(rows.T.reshape(shape), self.scale, labels)

    def plus(self, units: np.ndarray, scale: int = 1) -> Tabular:
        """The game with expected transfers `[rows, agents]` (integers over `scale`) added to the rewards.

        Raises:
            BadGame: transfers of another shape, or that do not add up to zero in every row.
        """
        if units.shape != self.units.shape:
            raise BadGame(f"Transfers have shape {units.shape}, {self.name} needs {self.units.shape}: rows and agents.")
        off = np.flatnonzero(units.sum(axis=1) != 0)
        if off.size:
            row, total = int(off[0]), Fraction(int(units[off[0]].sum()), scale)
            raise BadGame(
                f"Transfers add up to {total} after {self.where(row)}, expected 0: what one agent gets another pays."
            )
        (mine, theirs), common = together((self.units, self.scale), (units, scale))
        return dataclasses.replace(self, units=tight(mine.astype(object) + theirs), scale=common)

    @classmethod
    def of_normal(cls, game: NormalForm, name: str = "normal form") -> Tabular:
        """A game of one move: one state before it, and the game is over after it.

        Raises:
            BadGame: the agents have different numbers of actions.
        """
        if len(set(game.num_actions)) != 1:
            raise BadGame(f"Agents have {game.num_actions} actions, expected the same number each.")
        n, count = game.num_agents, game.num_actions[0]
        joint = count**n
        return cls(
            name, n, count, start=np.array([1]), first=np.zeros(joint + 1, np.int64), after=np.zeros(0, np.int64),
            weight=np.zeros(0, np.int64), denominator=1, units=game.units.reshape(n, joint).T, scale=game.scale,
            horizon=1, action_names=game.labels[0] if game.labels else (), describe=lambda _: "the one move",
        )

    @classmethod
    def of_arrays(
        cls, rewards: Any, transitions: Any, *, horizon: int, start: Any = None, name: str = "a game of arrays"
    ) -> Tabular:
        """A game from dense arrays of numbers of any kind; floats are read as the simplest rationals near.

        Args:
            rewards: `[states, actions, ..., actions, agents]`, one axis of actions per agent.
            transitions: probabilities `[states, actions, ..., actions, states]`.
            horizon: steps.
            start: probabilities of the first states; default the first state.
            name: for messages.
        """
        units, scale = scaled(np.asarray(rewards))
        weights, denominator = scaled(np.asarray(transitions))
        states, agents, count = units.shape[0], units.shape[-1], units.shape[1]
        if units.shape != (states, *(count,) * agents, agents) or weights.shape != (*units.shape[:-1], states):
            raise BadGame(
                f"{name}: rewards {units.shape} and transitions {weights.shape} don't fit; expected (states, actions "
                "of every agent, agents) and (states, actions of every agent, states), all agents with as many actions."
            )
        rows = scipy.sparse.csr_array(weights.reshape(-1, states).astype(np.int64))
        first = np.eye(1, states, dtype=np.int64)[0] if start is None else scaled(np.asarray(start))[0]
        return cls(
            name, agents, count, start=first, first=rows.indptr.astype(np.int64), after=rows.indices.astype(np.int64),
            weight=rows.data, denominator=denominator, units=units.reshape(-1, agents), scale=scale, horizon=horizon,
        )
