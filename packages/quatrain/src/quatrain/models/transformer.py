"""The one transformer: causal, pre-norm, with a learned bias by distance, so that a line may stand anywhere.

Batched on its own axes instead of mapped, since one large matrix product is what a small machine does best. What is
embedded before it and asked after it belongs to the models.

Source: Vaswani et al. 2017 (arXiv 1706.03762); pre-norm as in Xiong et al. 2020 (2002.04745); root mean square norm,
Zhang and Sennrich 2019 (1910.07467); squared ReLU, So et al. 2021 (2109.08668); bias by distance in the manner of
Raffel et al. 2020 (1910.10683), one value a distance instead of buckets.
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ..errors import UnknownName


class Size(NamedTuple):
    """The dial: how large a model is.

    Attributes:
        width: of the stream.
        layers: how many.
        heads: of attention; they share the width.
    """

    width: int
    layers: int
    heads: int


SIZES = {
    "tiny": Size(32, 1, 2),
    "small": Size(96, 2, 4),
    "base": Size(160, 4, 4),
    "large": Size(256, 6, 8),
}


def size(name: str) -> Size:
    """A size by name.

    Raises:
        UnknownName: there is none of that name.
    """
    if name not in SIZES:
        raise UnknownName("size", name, SIZES)
    return SIZES[name]


class Cache(NamedTuple):
    """Keys and values of the places read so far.

    Attributes:
        keys: [layers, batch, reach, heads, width of a head].
        values: the same shape.
        read: how many places are filled.
    """

    keys: Array
    values: Array
    read: Array


class Block(eqx.Module):
    """One layer: attention, then a two-layer perceptron, each added to the stream."""

    norm1: Array
    qkv: Array
    bias: Array
    out: Array
    norm2: Array
    up: Array
    down: Array

    def __init__(self, width: int, heads: int, reach: int, layers: int, key: Array) -> None:
        one, two, three, four = jax.random.split(key, 4)
        scale, deep = width**-0.5, (2 * layers) ** -0.5
        self.norm1 = self.norm2 = jnp.ones(width)
        self.qkv = jax.random.normal(one, (width, 3 * width)) * scale
        self.bias = jnp.zeros((heads, reach))
        self.out = jax.random.normal(two, (width, width)) * scale * deep
        self.up = jax.random.normal(three, (width, 4 * width)) * scale
        self.down = jax.random.normal(four, (4 * width, width)) * (4 * width) ** -0.5 * deep


class Transformer(eqx.Module):
    """A stack of blocks and a last norm.

    Args:
        size: width, layers, heads.
        reach: how many places back a place may look, itself included; sequences are not longer.
        key: random key.
    """

    blocks: tuple[Block, ...]
    norm: Array
    heads: int = eqx.field(static=True)
    reach: int = eqx.field(static=True)

    def __init__(self, size: Size, reach: int, key: Array) -> None:
        keys = jax.random.split(key, size.layers)
        self.blocks = tuple(Block(size.width, size.heads, reach, size.layers, one) for one in keys)
        self.norm = jnp.ones(size.width)
        self.heads, self.reach = size.heads, reach

    def __call__(self, x: Array) -> Array:
        """All places at once.

        Args:
            x: embedded sequence [batch, places, width].
        """
        places = x.shape[1]
        distance = jnp.arange(places)[:, None] - jnp.arange(places)[None, :]
        for block in self.blocks:
            q, k, v = self._heads(normed(x, block.norm1) @ block.qkv)
            x = x + _attended(q, k, v, block.bias, distance) @ block.out
            x = x + _perceptron(block, x)
        return normed(x, self.norm)

    def start(self, batch: int) -> Cache:
        """An empty cache."""
        width = self.norm.shape[0]
        shape = (len(self.blocks), batch, self.reach, self.heads, width // self.heads)
        return Cache(jnp.zeros(shape), jnp.zeros(shape), jnp.zeros((), jnp.int32))

    def extend(self, x: Array, cache: Cache) -> tuple[Array, Cache]:
        """The next places, after those in the cache.

        Args:
            x: embedded places [batch, some, width]; together with those read at most `reach`.
            cache: from `start` or an earlier call; its first axis of the batch must be that of `x`.
        """
        places = cache.read + jnp.arange(x.shape[1])
        distance = places[:, None] - jnp.arange(self.reach)[None, :]
        keys, values = cache.keys, cache.values
        for layer, block in enumerate(self.blocks):
            q, k, v = self._heads(normed(x, block.norm1) @ block.qkv)
            at = (layer, 0, cache.read, 0, 0)
            keys = jax.lax.dynamic_update_slice(keys, k[None], at)
            values = jax.lax.dynamic_update_slice(values, v[None], at)
            x = x + _attended(q, keys[layer], values[layer], block.bias, distance) @ block.out
            x = x + _perceptron(block, x)
        return normed(x, self.norm), Cache(keys, values, cache.read + x.shape[1])

    def _heads(self, qkv: Array) -> tuple[Array, Array, Array]:
        parts = qkv.reshape(*qkv.shape[:2], 3, self.heads, -1)
        return parts[:, :, 0], parts[:, :, 1], parts[:, :, 2]


def normed(x: Array, gain: Array) -> Array:
    """Each vector at root mean square one, times a gain."""
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6) * gain


def _attended(q: Array, k: Array, v: Array, bias: Array, distance: Array) -> Array:
    """Attention; `distance` [asking, asked] is negative where an asking place must not look."""
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * q.shape[-1] ** -0.5
    scores = scores + bias[:, jnp.clip(distance, 0, bias.shape[1] - 1)]
    weights = jax.nn.softmax(jnp.where(distance >= 0, scores, -1e9), -1)
    return jnp.einsum("bhqk,bkhd->bqhd", weights, v).reshape(*q.shape[:2], -1)


def _perceptron(block: Block, x: Array) -> Array:
    hidden = jax.nn.relu(normed(x, block.norm2) @ block.up)
    return (hidden * hidden) @ block.down
