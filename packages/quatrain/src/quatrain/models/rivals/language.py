"""The word-level rivals' model: the next symbol from those before it, all of them compared, in levels.

Source: adaptive softmax, Grave et al. 2017 (arXiv 1609.04309): the rare symbols of a level stand behind one symbol of
the first level, p(symbol) = p(level) p(symbol | level). That is exact, and costs a fifth of one comparison with all.
Where we depart: one width for all levels, and rows of input and output shared (Press and Wolf 2017, 1608.05859).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .. import training
from ..storage import weights
from ..transformer import Size, Transformer
from . import packing
from .packing import NOTHING, Stream
from .speaking import Speaker
from .symbols import Symbols

REACH = 96
"""Slots in a sequence: twelve lines of words, or five with their shapes."""
BATCH = 32
SIZE = Size(112, 3, 4)
"""What fits 5 MB in half precision with 16,000 words."""


class Batch(NamedTuple):
    """Sequences, and what they should write.

    Attributes:
        read: symbols [batch, REACH].
        head: for every slot the target in the first level, -1 for none [slots].
        at: for every further level, which slots write a symbol of it; the number of slots for an empty row [rows].
        target: for every further level, the target of each of those rows, -1 for an empty one [rows].
    """

    read: Array | np.ndarray
    head: Array | np.ndarray
    at: tuple[Array | np.ndarray, ...]
    target: tuple[Array | np.ndarray, ...]


class LanguageModel(eqx.Module):
    """The next symbol.

    Args:
        symbols: how many there are, and how often each is written.
        size: of the transformer.
        key: random key.
    """

    words: Array
    levels: Array
    bias: Array
    net: Transformer
    cuts: tuple[int, ...] = eqx.field(static=True)

    def __init__(self, symbols: Symbols, size: Size, key: Array) -> None:
        one, two = jax.random.split(key)
        self.cuts = symbols.cuts
        self.words = jax.random.normal(one, (len(symbols) + 1, size.width)) * 0.5 * size.width**-0.5
        self.levels = jnp.zeros((len(self.cuts) - 1, size.width))
        self.bias = jnp.asarray(start(symbols))
        self.net = Transformer(size, REACH, two)

    def losses(self, batch: Batch) -> Array:
        """The surprise of every slot's symbol in nats, 0 where none is asked [slots]."""
        width, first = self.words.shape[1], self.cuts[0]
        x = self.net(self.words[batch.read] * width**0.5).reshape(-1, width)
        rows = jnp.concatenate([self.words[:first], self.levels])
        bias = jnp.concatenate([self.bias[:first], self.bias[self.cuts[-1] :]])
        nats = _surprise(x @ rows.T + bias, batch.head)
        x = jnp.concatenate([x, jnp.zeros_like(x[:1])])
        for (low, high), at, target in zip(pairwise(self.cuts), batch.at, batch.target, strict=True):
            scores = x[at] @ self.words[low:high].T + self.bias[low:high]
            nats = nats.at[at].add(_surprise(scores, target), mode="drop")
        return nats

    def loss(self, batch: Batch) -> Array:
        """The mean surprise of what is asked."""
        return jnp.sum(self.losses(batch)) / jnp.maximum(jnp.sum(batch.head >= 0), 1)


def _surprise(scores: Array, target: Array | np.ndarray) -> Array:
    target = jnp.asarray(target)
    right = jnp.take_along_axis(scores, jnp.maximum(target, 0)[:, None], 1)[:, 0]
    return jnp.where(target >= 0, jax.nn.logsumexp(scores, 1) - right, 0.0)


def start(symbols: Symbols) -> np.ndarray:
    """Biases with which an untrained model says how common each symbol is; those of levels last [symbols + levels]."""
    cuts, counts = symbols.cuts, np.maximum(symbols.counts, 0.5).astype(np.float64)
    levels = [counts[low:high].sum() for low, high in pairwise(cuts)]
    return np.log(np.concatenate([counts, levels]) / counts.sum()).astype(np.float32)


def room(symbols: Symbols, slots: int) -> tuple[int, ...]:
    """Rows of a batch to keep for every further level: what it needs, and five standard deviations."""
    cuts, counts = symbols.cuts, symbols.counts / symbols.counts.sum()
    shares = [float(counts[low:high].sum()) * slots for low, high in pairwise(cuts)]
    return tuple(int(np.ceil((share + 5 * np.sqrt(share) + 4) / 8) * 8) for share in shares)


def sort(read: np.ndarray, write: np.ndarray, cuts: tuple[int, ...], room: tuple[int, ...]) -> Batch:
    """A batch from what is read and written [batch, REACH]; a slot whose level has no room left is not asked."""
    wanted, at, target = write.ravel(), [], []
    level = np.searchsorted(cuts, wanted, "right")
    head = np.where(level == 0, wanted, cuts[0] + level - 1)
    for place, rows in enumerate(room, 1):
        slots = np.flatnonzero(level == place)
        head[slots[rows:]] = NOTHING
        slots = slots[:rows]
        at.append(np.full(rows, len(wanted), np.int32))
        target.append(np.full(rows, NOTHING, np.int32))
        at[-1][: len(slots)], target[-1][: len(slots)] = slots, wanted[slots] - cuts[place - 1]
    return Batch(read, head.astype(np.int32), tuple(at), tuple(target))


def batches(stream: Stream, symbols: Symbols, batch: int, seed: int | None, skip: int = 0) -> Iterator[Batch]:
    """See `packing.batches`."""
    rooms = room(symbols, batch * REACH)
    for read, write in packing.batches(stream, REACH, batch, symbols.begin, seed, skip):
        yield sort(read, write, symbols.cuts, rooms)


def train(
    symbols: Symbols,
    learned: Stream,
    run: Path | None,
    steps: int,
    measure: Callable[[Speaker], training.Measures] | None = None,
    tell: Callable[[training.Report], None] | None = None,
    size: Size = SIZE,
    batch: int = BATCH,
) -> LanguageModel:
    """Train a model, or go on with it.

    Args:
        symbols: read and written.
        learned: the training text.
        run: folder of checkpoint and log; none trains in memory.
        steps: in all.
        measure: held-out measures.
        tell: called with a report every so often.
        size: of the transformer.
        batch: sequences in a step.

    Raises:
        BadText: too little text.
        BadModel: the checkpoint is of another model.
        StorageError: the folder cannot be written.
    """
    return training.train(
        LanguageModel(symbols, size, jax.random.key(0)),
        LanguageModel.loss,
        lambda skip: batches(learned, symbols, batch, 1, skip),
        training.Schedule(steps),
        run,
        (lambda model: measure(speaker(model, symbols))) if measure else None,
        measure_every=500,
        tokens=batch * REACH,
        tell=tell,
    )


def speaker(model: LanguageModel, symbols: Symbols) -> Speaker:
    """The model on arrays, for answers."""
    return Speaker(weights(model, np.float32), symbols)
