"""Games that can say everything that may happen: what an exact solver needs, and a learner can play all the same."""

import abc
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.interpreters import partial_eval

from .errors import BadGame
from .game import AbstractGame, Discrete
from .random import uniform
from .types import Actions, Array, Float, PRNGKeyArray, PyTree, Rewards, State


class AbstractFiniteGame(AbstractGame):
    """A game with finitely many states that lists the outcomes of every joint action.

    Subclasses give `starts` and `outcomes`; `init` and `step` draw from them, so a solver and a learner cannot meet two
    different games. Probability 0 marks an outcome that does not happen here (lists have one length everywhere).
    """

    @abc.abstractmethod
    def starts(self) -> tuple[Float[Array, "outcomes"], State]:
        """Probabilities of the first states, and the states; their leaves have the leading axis `outcomes`."""

    @abc.abstractmethod
    def outcomes(
        self, state: State, actions: Actions
    ) -> tuple[Float[Array, "outcomes"], State, Float[Array, "outcomes agents"]]:
        """Probabilities, next states and rewards of everything that a joint action can lead to."""

    def init(self, key: PRNGKeyArray) -> State:
        """One of `starts`."""
        probabilities, states = self.starts()
        return drawn(probabilities, states, key)

    def step(self, state: State, /, actions: Actions, key: PRNGKeyArray) -> tuple[State, Rewards]:
        """One of `outcomes`."""
        probabilities, states, rewards = self.outcomes(state, actions)
        return drawn(probabilities, (states, rewards), key)


def drawn(probabilities: Float[Array, "outcomes"], options: PyTree, key: PRNGKeyArray) -> PyTree:
    """One of several options (leading axis of every leaf), by masks: nothing is looked up by index."""
    above = jnp.cumsum(probabilities) > uniform(key, 1)[0] * jnp.sum(probabilities)
    first = above & ~jnp.concatenate([jnp.zeros(1, bool), above[:-1]])

    def one(leaf: Array) -> Array:
        mask = first.reshape(-1, *(1,) * (leaf.ndim - 1))
        if leaf.dtype == jnp.bool_:
            return jnp.any(leaf & mask, axis=0)
        return jnp.sum(jnp.where(mask, leaf, jnp.zeros_like(leaf)), axis=0, dtype=leaf.dtype)

    return jax.tree.map(one, options)


def starts_of(game: AbstractGame) -> tuple[Float[Array, "outcomes"], State]:
    """A game's first states: as it lists them, or the only one if `init` does not use its key.

    Raises:
        BadGame: `init` is random and nothing is listed.
    """
    if hasattr(game, "starts"):
        return game.starts()  # pyright: ignore[reportAttributeAccessIssue]
    remedy = "Give `starts`, or a game that begins in one state."
    only = without_key(game.init, f"{type(game).__name__}.init", remedy)()
    return jnp.ones(1, jnp.float32), jax.tree.map(lambda leaf: leaf[None], only)


def outcomes_of(game: AbstractGame) -> Callable[[State, Actions], tuple[Array, State, Array]]:
    """A game's `outcomes`: as it lists them, or the only one if `step` does not use its key.

    Raises:
        BadGame: `step` is random and nothing is listed.
    """
    if hasattr(game, "outcomes"):
        return game.outcomes  # pyright: ignore[reportAttributeAccessIssue]
    state, actions = jax.eval_shape(game.init, jax.random.key(0)), jax.ShapeDtypeStruct((game.num_agents,), jnp.int32)
    if not isinstance(game.actions, Discrete):
        raise BadGame(f"{type(game).__name__} has {type(game.actions).__name__} actions, expected Discrete.")
    remedy = "Derive the game from AbstractFiniteGame and give `outcomes`, or learn on it instead."
    step = without_key(game.step, f"{type(game).__name__}.step", remedy, state, actions)

    def single(state: State, actions: Actions) -> tuple[Array, State, Array]:
        after, rewards = step(state, actions)
        return jnp.ones(1, jnp.float32), jax.tree.map(lambda leaf: leaf[None], after), rewards[None]

    return single


def without_key(function: Callable[..., Any], name: str, remedy: str, *shapes: PyTree) -> Callable[..., Any]:
    """A function that takes a key last and does not use it, without the key; read off its program, not sampled.

    Raises:
        BadGame: the program uses the key.
    """
    key = jax.random.key(0)
    program = jax.make_jaxpr(function)(*shapes, key).jaxpr
    _, used = partial_eval.dce_jaxpr(program, [True] * len(program.outvars))
    if used and used[-1]:
        raise BadGame(f"{name} is random and lists no outcomes, so their chances are not known exactly. {remedy}")
    return lambda *arguments: function(*arguments, key)
