"""The game: a value that says what can happen. Institutions map games to games; solvers and learners consume them.

A game is written for *one* environment. Where the batch axis lies is the rollout's business (`core/rollout.py`).
"""


import abc
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

import equinox as eqx
import jax.numpy as jnp

from .types import Actions, Array, Bool, Float, Metrics, Observations, PRNGKeyArray, Rewards, State


class Discrete(eqx.Module):
    """Actions 0 .. n-1; an action is an `int32` scalar per agent."""

    n: int


class Box(eqx.Module):
    """Actions in a box; an action is a `float32` vector per agent, one entry per bound."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def __check_init__(self) -> None:
        if len(self.low) != len(self.high) or any(a >= b for a, b in zip(self.low, self.high, strict=True)):
            raise ValueError(f"Box needs low < high entry by entry, got low={self.low}, high={self.high}.")


Space: TypeAlias = Discrete | Box | tuple | dict
"""`Discrete`, `Box`, or a tuple or dictionary of spaces (a product: one action has a part in each)."""


class Transition(NamedTuple):
    """Everything that one step shows: the default signals, full observation."""

    before: State
    actions: Actions
    after: State


if TYPE_CHECKING:  # a type checker takes an abstract variable for an argument of every subclass's constructor

    class _Variables:
        num_agents: int
        actions: Space
        horizon: int

    class _Inside:
        game: "AbstractGame"

else:
    _Variables = _Inside = object


class AbstractGame(eqx.Module, _Variables):
    """A Markov game of `num_agents` agents.

    Subclasses give the three attributes and `init`, `step`, `observe`; everything else has a default. Agents are the
    leading axis of every per-agent array. A game knows *termination* only: the time limit `horizon` is applied by the
    rollout, which tells *terminated* from *truncated*. Nothing resets itself in here.
    """

    if not TYPE_CHECKING:
        num_agents: eqx.AbstractVar[int]
        actions: eqx.AbstractVar[Space]
        horizon: eqx.AbstractVar[int]

    version: ClassVar[int] = 1
    """Changes when the numbers that the game produces can change; never for speed."""

    action_names: ClassVar[tuple[str, ...]] = ()
    """What people call the discrete actions, for playthroughs and reports."""

    source: ClassVar[str] = ""
    """Where the rules come from: paper, section, and where we depart."""

    @abc.abstractmethod
    def init(self, key: PRNGKeyArray) -> State:
        """Draw a first state."""

    @abc.abstractmethod
    def step(self, state: State, /, actions: Actions, key: PRNGKeyArray) -> tuple[State, Rewards]:
        """Play one joint action; give the next state and each agent's reward."""

    @abc.abstractmethod
    def observe(self, state: State, /) -> Observations:
        """What each agent sees of a state; leaves have the leading axis `agents`."""

    def terminal(self, state: State, /) -> Bool[Array, ""]:
        """Whether the game is over in this state (by its rules, not by the clock). Default: never."""
        return jnp.zeros((), bool)

    def signals(self, before: State, actions: Actions, after: State) -> Any:
        """The contractible outcomes of a step: all that a contract or a ledger may read. Default: everything."""
        return Transition(before, actions, after)

    def cumulants(self, before: State, actions: Actions, after: State) -> Float[Array, "agents cumulants"]:
        """Parts of a step's reward whose weight is known: `reward = rest + cumulants @ weights(before)`. Default: none.

        While play stays the same, what a cumulant adds up to does not depend on its weight: who knows the rest and the
        cumulants of some play knows its return under all weights.

        Source: successor features, Barreto et al. 2017 (arXiv 1606.05312); there the rest is zero.
        """
        return jnp.zeros((self.num_agents, 0), jnp.float32)

    def weights(self, state: State, /) -> Float[Array, "cumulants"]:
        """What each cumulant counts in the reward until the episode ends."""
        return jnp.zeros(0, jnp.float32)

    def measure(self, before: State, actions: Actions, after: State) -> Metrics:
        """Named quantities of a step for people to look at (averaged in curves, kept in records). Default: none."""
        return {}

    def frame(self, state: State) -> Metrics:
        """What a viewer needs to draw a state, as named arrays. Default: nothing to draw."""
        return {}

    def describe(self, state: State) -> str:
        """A state as text for people, not traced. Default: the state's own representation."""
        return eqx.tree_pformat(state, short_arrays=False)


class AbstractInstitution(AbstractGame, _Inside):
    """A game made of another, `game`: everything is as it is there until a subclass says otherwise.

    A subclass with states or actions of its own says what they are inside: `inside` and `apart`. Cumulants are not
    passed on: what an institution does to rewards it may do to them.
    """

    if not TYPE_CHECKING:
        game: eqx.AbstractVar[AbstractGame]

    @property
    def num_agents(self) -> int:
        """As in the game inside."""
        return self.game.num_agents

    @property
    def actions(self) -> Space:
        """As in the game inside."""
        return self.game.actions

    @property
    def horizon(self) -> int:
        """As in the game inside."""
        return self.game.horizon

    def inside(self, state: State) -> State:
        """The state of the game inside."""
        return state

    def apart(self, actions: Actions) -> Actions:
        """The actions of the game inside."""
        return actions

    def init(self, key: PRNGKeyArray) -> State:
        """As in the game inside."""
        return self.game.init(key)

    def step(self, state: State, /, actions: Actions, key: PRNGKeyArray) -> tuple[State, Rewards]:
        """As in the game inside."""
        return self.game.step(self.inside(state), self.apart(actions), key)

    def observe(self, state: State, /) -> Observations:
        """As in the game inside."""
        return self.game.observe(self.inside(state))

    def terminal(self, state: State, /) -> Bool[Array, ""]:
        """As in the game inside."""
        return self.game.terminal(self.inside(state))

    def signals(self, before: State, actions: Actions, after: State) -> Any:
        """As in the game inside."""
        return self.game.signals(self.inside(before), self.apart(actions), self.inside(after))

    def measure(self, before: State, actions: Actions, after: State) -> Metrics:
        """As in the game inside."""
        return self.game.measure(self.inside(before), self.apart(actions), self.inside(after))

    def frame(self, state: State) -> Metrics:
        """As in the game inside."""
        return self.game.frame(self.inside(state))

    def describe(self, state: State) -> str:
        """As in the game inside."""
        return self.game.describe(self.inside(state))
