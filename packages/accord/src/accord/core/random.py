"""Random bits for games, cell by cell, in a form that batches on the last axis without a transpose.

`jax.random` puts the batch axis first when a game is vmapped with its batch axis last, so every draw costs a
transpose, and on the CPU it lowers threefry to a loop that does not fuse with what consumes the bits. Here the same
cipher (threefry2x32, 20 rounds: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") is written out
elementwise. Both words of each block are used.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .types import Array, Float, PRNGKeyArray

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))


def _rotate(x: Array, by: int) -> Array:
    return (x << jnp.uint32(by)) | (x >> jnp.uint32(32 - by))


def _threefry(key0: Array, key1: Array, x0: Array, x1: Array) -> tuple[Array, Array]:
    """Encrypt the counter pair (x0, x1) under the key pair: five groups of four rounds."""
    keys = (key0, key1, key0 ^ key1 ^ jnp.uint32(0x1BD11BDA))
    x0, x1 = x0 + keys[0], x1 + keys[1]
    for group in range(5):
        for by in _ROTATIONS[group % 2]:
            x0 = x0 + x1
            x1 = _rotate(x1, by) ^ x0
        x0 = x0 + keys[(group + 1) % 3]
        x1 = x1 + keys[(group + 2) % 3] + jnp.uint32(group + 1)
    return x0, x1


def bits(key: PRNGKeyArray, count: int) -> Array:
    """`count` independent uniform 32-bit words from one key: `UInt32[count]`."""
    data = jax.random.key_data(key)
    half = (count + 1) // 2
    counter = jnp.arange(half, dtype=jnp.uint32)
    first, second = _threefry(data[0], data[1], counter, jnp.zeros_like(counter))
    # Without the barrier the compiler repeats the cipher inside every consumer of a word (measured: 3 times slower).
    return jax.lax.optimization_barrier(jnp.concatenate([first, second])[:count])


def uniform(key: PRNGKeyArray, count: int) -> Float[Array, "count"]:
    """`count` independent uniforms in [0, 1), 24 bits each."""
    return (bits(key, count) >> jnp.uint32(8)).astype(jnp.float32) * jnp.float32(2.0**-24)


def split(key: PRNGKeyArray, count: int) -> tuple[PRNGKeyArray, ...]:
    """`count` new keys from one, drawn like `bits` (so that it batches on the last axis too)."""
    words = bits(key, 2 * count)
    wrap = lambda i: jax.random.wrap_key_data(words[2 * i : 2 * i + 2], impl="threefry2x32")
    return tuple(wrap(i) for i in range(count))
