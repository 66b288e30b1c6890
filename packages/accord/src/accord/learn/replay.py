"""A memory of steps that lives inside a compiled program: a ring of rows, written in blocks, drawn from uniformly."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from ..core.types import Array, Int, PRNGKeyArray


class Steps(NamedTuple):
    """Steps of all agents, one row each; leading axis `rows`."""

    x: Array
    """Features before, `[rows, agents, features]`."""

    actions: Array
    """What each agent did, `[rows, agents]`."""

    rewards: Array
    """`[rows, agents]`."""

    next_x: Array
    """Features after, `[rows, agents, features]`; without meaning where `known` is 0."""

    over: Array
    """1 where the game was over afterwards, `[rows]`."""

    known: Array
    """0 where the time limit cut the episode: what came after was not seen, so nothing is learned there, `[rows]`."""


def empty(rows: int, agents: int, features: int) -> Steps:
    """A memory of so many rows without anything in it."""
    zeros = lambda *shape, kind=jnp.float32: jnp.zeros((rows, *shape), kind)
    x = zeros(agents, features)
    return Steps(x, zeros(agents, kind=jnp.int32), zeros(agents), jnp.zeros_like(x), zeros(), zeros())


def written(memory: Steps, block: Steps, count: Int[Array, ""]) -> Steps:
    """The memory with the `count`-th block (counted from 0) in its place; the oldest makes room.

    A memory holds a whole number of blocks, so that none is torn.
    """
    rows, size = memory.over.shape[0], block.over.shape[0]
    at = (count * size) % rows

    def put(old: Array, new: Array) -> Array:
        return jax.lax.dynamic_update_slice_in_dim(old, new, at, 0)

    return jax.tree.map(put, memory, block)


def drawn(memory: Steps, filled: Int[Array, ""], count: int, key: PRNGKeyArray) -> Steps:
    """`count` rows, each uniformly from the first `filled` ones, with repetition."""
    rows = jax.random.randint(key, (count,), 0, filled)
    return jax.tree.map(lambda leaf: leaf[rows], memory)
