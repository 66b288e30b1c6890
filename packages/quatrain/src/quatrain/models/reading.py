"""The transformer in arrays alone, for answering: the same numbers as the trained one, without JAX, which takes seconds
to start and to compile where these models take milliseconds.

What stands before is read once; all candidates share that memory and add their own.

Source: the model is `models.transformer`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..errors import BadModel

_FAR = np.float32(-1e9)


class Layer(NamedTuple):
    """The weights of one layer; the norms' gains are multiplied into the matrices after them."""

    qkv: np.ndarray
    bias: np.ndarray
    out: np.ndarray
    up: np.ndarray
    down: np.ndarray


@dataclass
class Memory:
    """Keys and values of what was read.

    Attributes:
        keys: [layers, batch, heads, room, width of a head].
        values: the same shape.
        read: how many places are filled.
    """

    keys: np.ndarray
    values: np.ndarray
    read: int = 0

    def rows(self, rows: np.ndarray | slice) -> Memory:
        """Some of the batch, also several times; a slice shares the arrays, numbers copy them."""
        return Memory(self.keys[:, rows], self.values[:, rows], self.read)


@dataclass(frozen=True)
class Reader:
    """A transformer that reads.

    Attributes:
        layers: their weights.
        norm: the last gain [width].
    """

    layers: tuple[Layer, ...]
    norm: np.ndarray

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray], prefix: str = "net") -> Reader:
        """The transformer that stands under a prefix in stored weights (`storage.weights`).

        Raises:
            BadModel: it is not there.
        """
        whole = lambda name: np.asarray(weights[f"{prefix}.{name}"], np.float32)
        layers = []
        try:
            while f"{prefix}.blocks.{len(layers)}.qkv" in weights:
                block = f"blocks.{len(layers)}"
                layers.append(
                    Layer(
                        qkv=whole(f"{block}.norm1")[:, None] * whole(f"{block}.qkv"),
                        bias=whole(f"{block}.bias"),
                        out=whole(f"{block}.out"),
                        up=whole(f"{block}.norm2")[:, None] * whole(f"{block}.up"),
                        down=whole(f"{block}.down"),
                    )
                )
            return cls(tuple(layers), whole("norm"))
        except KeyError as error:
            raise BadModel(f"The model has no {error}. Install quatrain again, or train the voice again.") from error

    @property
    def width(self) -> int:
        """Of the stream."""
        return len(self.norm)

    @property
    def heads(self) -> int:
        """Of attention."""
        return self.layers[0].bias.shape[0]

    @property
    def reach(self) -> int:
        """Places that a sequence may have."""
        return self.layers[0].bias.shape[1]

    def memory(self, batch: int, room: int) -> Memory:
        """An empty memory for so many sequences and places."""
        shape = (len(self.layers), batch, self.heads, room, self.width // self.heads)
        return Memory(np.zeros(shape, np.float32), np.zeros(shape, np.float32))

    def read(self, x: np.ndarray, own: Memory, shared: Memory | None = None) -> np.ndarray:
        """Read the next places of every sequence; they are added to its memory.

        Args:
            x: embedded places [batch, some, width].
            own: the memory of each sequence; must have room.
            shared: what stands before all of them (a batch of one).

        Returns:
            The stream after the last norm [batch, some, width].
        """
        batch, some, width = x.shape
        asking = (shared.read if shared else 0) + own.read + np.arange(some)
        for layer, weights in enumerate(self.layers):
            qkv = (_normed(x).reshape(-1, width) @ weights.qkv).reshape(batch, some, 3, self.heads, -1)
            q, k, v = qkv.transpose(2, 0, 3, 1, 4)  # each [batch, heads, some, width of a head]
            own.keys[layer, :, :, own.read : own.read + some] = k
            own.values[layer, :, :, own.read : own.read + some] = v
            found = self._attended(layer, q, own, shared, asking).transpose(0, 2, 1, 3).reshape(-1, width)
            x = x + (found @ weights.out).reshape(x.shape)
            hidden = np.maximum(_normed(x).reshape(-1, width) @ weights.up, 0)
            x += ((hidden * hidden) @ weights.down).reshape(x.shape)
        own.read += some
        return _normed(x) * self.norm

    def _attended(
        self, layer: int, q: np.ndarray, own: Memory, shared: Memory | None, asking: np.ndarray
    ) -> np.ndarray:
        """What every place finds in what stands before it [batch, heads, some, width of a head]."""
        batch, heads, some, _ = q.shape
        before, read = shared.read if shared else 0, own.read + some
        distance = asking[:, None] - np.arange(before + read)[None]
        bias = self.layers[layer].bias[:, np.clip(distance, 0, self.reach - 1)]
        mine = np.matmul(q, own.keys[layer, :, :, :read].transpose(0, 1, 3, 2))
        if shared and before:
            keys, values = (side[layer, 0, :, :before] for side in (shared.keys, shared.values))
            together = q.transpose(1, 0, 2, 3).reshape(heads, batch * some, -1)  # one large product a head
            theirs = np.matmul(together, keys.transpose(0, 2, 1)).reshape(heads, batch, some, before)
            scores = np.concatenate([theirs.transpose(1, 0, 2, 3), mine], -1)
        else:
            scores, values = mine, None
        scores *= np.float32(q.shape[-1] ** -0.5)
        scores += np.where(distance >= 0, bias, _FAR)
        weights = softmax(scores)
        found = np.matmul(weights[..., before:], own.values[layer, :, :, :read])
        if values is not None:
            theirs = weights[..., :before].transpose(1, 0, 2, 3).reshape(heads, batch * some, before)
            found += np.matmul(theirs, values).reshape(heads, batch, some, -1).transpose(1, 0, 2, 3)
        return found


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def _normed(x: np.ndarray) -> np.ndarray:
    """Each vector at root mean square one."""
    return x / np.sqrt(np.mean(x * x, -1, keepdims=True) + np.float32(1e-6))
