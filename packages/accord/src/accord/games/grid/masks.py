"""Sets of cells as bits: counting them and drawing one, without a sort, a gather or a random word per cell."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from ...core.types import Array, Bool, Int


def packed(mask: Bool[Array, "cells"]) -> Array:
    """The mask as 32-bit words, cell i in bit `i % 32` of word `i // 32`."""
    count = mask.shape[0]
    words = -(-count // 32)
    padded = jnp.concatenate([mask, jnp.zeros(32 * words - count, bool)]).reshape(words, 32)
    place = jnp.asarray(np.left_shift(np.uint32(1), np.arange(32, dtype=np.uint32)))
    return jnp.sum(jnp.where(padded, place, jnp.uint32(0)), axis=1, dtype=jnp.uint32)


def unpacked(words: Array, cells: int) -> Bool[Array, "cells"]:
    """Inverse of `packed`."""
    places = jnp.arange(32, dtype=jnp.uint32)
    return (((words[:, None] >> places[None]) & jnp.uint32(1)) != 0).reshape(-1)[:cells]


def count(words: Array) -> Int[Array, ""]:
    """How many bits are set."""
    return jnp.sum(jax.lax.population_count(words), dtype=jnp.uint32).astype(jnp.int32)


def pick(words: Array, rank: Int[Array, ""]) -> Int[Array, ""]:
    """Index of the set bit with so many set bits before it; any index if there are fewer."""
    rank = rank.astype(jnp.uint32)
    index = jnp.uint32(0)
    chosen = words[0]
    for i in range(words.shape[0] - 1):  # find the word: skip it while all its bits come before the wanted one
        within = jax.lax.population_count(words[i])
        skip = (rank >= within) & (index == jnp.uint32(32 * i))
        rank = jnp.where(skip, rank - within, rank)
        chosen = jnp.where(skip, words[i + 1], chosen)
        index = jnp.where(skip, jnp.uint32(32 * (i + 1)), index)
    for width in (16, 8, 4, 2, 1):  # then halve it
        low = chosen & jnp.uint32((1 << width) - 1)
        within = jax.lax.population_count(low)
        high = rank >= within
        rank = jnp.where(high, rank - within, rank)
        chosen = jnp.where(high, chosen >> jnp.uint32(width), low)
        index = jnp.where(high, index + jnp.uint32(width), index)
    return index.astype(jnp.int32)


def below(word: Array, bound: Int[Array, ""]) -> Int[Array, ""]:
    """A uniform integer in `0 .. bound-1` made of one random word; `bound` at most 65,536.

    The high half of the 64-bit product word * bound, so that no value is favoured by more than bound / 2**32.
    """
    bound = bound.astype(jnp.uint32)
    high, low = word >> jnp.uint32(16), word & jnp.uint32(0xFFFF)
    return ((high * bound + ((low * bound) >> jnp.uint32(16))) >> jnp.uint32(16)).astype(jnp.int32)
