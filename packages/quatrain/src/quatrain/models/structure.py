"""The structure model: from the shapes of the lines before, the shape of the next.

One sequence of symbols (`shape.py`), line after line, each symbol from those before it:

    begin  none 10 8 , PRP VBD PRP$ NN IN DT NN NN end  -1 10 7 . DT NN IN NN VBD IN NN end  …

Every place also reads what its line has promised and what is left of it: words still to write, syllables, closing mark.
So a line keeps its promises, and what it writes can be forced at any field: given, limited, or left to the model.

Source: the structure half of Castro and Attarian 2018 (arXiv 1811.04651). Where we depart: rhyme is a relation, not a
sound; four lines are seen, not one; promises come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..errors import BadText
from ..text.corpus import Part
from ..text.diction import Filters
from ..text.lines import Lines
from ..text.rhyme import Kind
from ..text.sound import HISTORY, KINDS
from ..text.verse import Verse, Wanted, examples
from . import shape, training
from .shape import (
    BEGIN,
    CLOSE,
    CLOSES,
    END,
    GAP,
    HEAD,
    MOST_SYLLABLES,
    MOST_WORDS,
    NO_LINE,
    REACH,
    RELATION,
    SYLLABLES,
    TAG,
    WORDS,
    Reads,
    Structure,
)
from .transformer import Size, Transformer

SIZE = Size(128, 3, 4)
_NO_RHYME = KINDS.index(Kind.NONE)


class Batch(NamedTuple):
    """Sequences, and what comes next at every place.

    Attributes:
        reads: [batch, REACH].
        target: the symbol to write next [batch, REACH].
        asked: 1 where that counts, 0 in lines that are only there to be read, and after the end [batch, REACH].
    """

    reads: Reads
    target: Array | np.ndarray
    asked: Array | np.ndarray


class StructureModel(eqx.Module):
    """The next symbol.

    Args:
        symbols: how many there are, `len(table)`.
        size: of the transformer.
        key: random key.
    """

    symbols: Array
    left: Array
    syllables: Array
    close: Array
    net: Transformer
    out: Array
    bias: Array

    def __init__(self, symbols: int, size: Size, key: Array) -> None:
        one, two, three = jax.random.split(key, 3)
        self.symbols = jax.random.normal(one, (symbols, size.width)) * 0.5
        self.left = jnp.zeros((NO_LINE + 1, size.width))
        self.syllables = jnp.zeros((MOST_SYLLABLES + 1, size.width))
        self.close = jnp.zeros((len(CLOSES) + 1, size.width))
        self.net = Transformer(size, REACH, two)
        self.out = jax.random.normal(three, (symbols, size.width)) * 0.5 * size.width**-0.5
        self.bias = jnp.zeros(symbols)

    def __call__(self, reads: Reads) -> Array:
        """Scores of the next symbol at every place [batch, places, symbols]."""
        x = self.symbols[reads.symbol] + self.left[reads.left]
        x = x + self.syllables[reads.syllables] + self.close[reads.close]
        return self.net(x) @ self.out.T + self.bias

    def surprise(self, batch: Batch) -> Array:
        """Minus the log-probability of every target, in nats [batch, places]."""
        scores = self(batch.reads)
        right = jnp.take_along_axis(scores, batch.target[..., None], -1)[..., 0]
        return jax.nn.logsumexp(scores, -1) - right

    def loss(self, batch: Batch) -> Array:
        """The mean surprise of what is asked."""
        return jnp.sum(self.surprise(batch) * batch.asked) / jnp.maximum(jnp.sum(batch.asked), 1.0)


# ----------------------------------------------------------------------------------------------------------------- data


@dataclass(frozen=True)
class Stream:
    """The symbols of the lines of a source, one after another.

    Attributes:
        reads: symbols and what goes with them [places].
        asked: whether each is learned, or only read [places].
        offsets: where each line begins, and the end [lines + 1].
        lead: whether a line begins with `BEGIN` or `GAP` [lines].
    """

    reads: Reads
    asked: np.ndarray
    offsets: np.ndarray
    lead: np.ndarray


def stream(verse: Verse, table: Structure) -> Stream:
    """The symbols of examples, with the lines before them where those are no examples themselves.

    Args:
        verse: from `verse.examples`.
        table: of symbols.
    """
    lines = verse.lines
    rows = np.unique(np.concatenate([verse.rows, verse.before[verse.before >= 0]]))
    rows = rows[lines.lengths[rows] <= MOST_WORDS]
    fresh = np.concatenate([[True], np.diff(rows) != 1]) | (np.diff(lines.document[rows], prepend=-1) != 0)
    known = np.arange(len(rows)) - np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0))
    relation = shape.relations(np.where(np.arange(HISTORY) < known[:, None], lines.relation[rows], _NO_RHYME))
    lead = fresh | lines.gap[rows]
    n = lines.lengths[rows]
    offsets = np.concatenate([[0], np.cumsum(n + HEAD + 1 + lead)])
    line = np.repeat(np.arange(len(rows)), np.diff(offsets))
    place = np.arange(offsets[-1]) - offsets[line] - lead[line]  # -1 for what leads
    syllables, close = shape.usual_syllables(lines)[rows][line], shape.closing(lines)[rows][line]
    tag = np.clip(place - HEAD, 0, n[line] - 1)
    tags = shape.tag_numbers(lines, table.tags)[lines.words[lines.offsets[rows][line] + tag]]
    fields = [np.where(fresh, BEGIN, GAP)[line], RELATION + relation[line], SYLLABLES - 1 + syllables]
    fields += [WORDS - 1 + n[line], CLOSE + close, TAG + tags.astype(np.int32)]
    symbol = np.where(place == n[line] + HEAD, END, np.choose(np.clip(place + 1, 0, HEAD + 1), fields))
    inside = place < n[line] + HEAD
    reads = Reads(
        symbol=symbol.astype(np.int16),
        left=np.where(inside & (place >= HEAD - 1), n[line] - (place - HEAD + 1), NO_LINE).astype(np.int8),
        syllables=np.where(inside & (place >= 1), syllables, 0).astype(np.int8),
        close=np.where(inside & (place >= HEAD - 1), close + 1, 0).astype(np.int8),
    )
    asked = np.isin(rows, verse.rows)[line] & (symbol != BEGIN)  # nobody can tell where a book ends
    return Stream(reads, asked, offsets, lead)


def sequences(one: Stream, shift: int = 0) -> np.ndarray:
    """Whole lines packed into sequences: first line and line after the last of each [sequences, 2].

    Args:
        one: a stream.
        shift: lines to leave out at the beginning, so that every pass cuts elsewhere.
    """
    cuts, line, last = [], shift, len(one.offsets) - 1
    while line < last:
        stop = int(np.searchsorted(one.offsets, one.offsets[line] + one.lead[line] + REACH, "right")) - 1
        cuts.append((line, stop))
        line = stop
    return np.array(cuts).reshape(-1, 2)


def batches(one: Stream, batch: int, seed: int | None, skip: int = 0) -> Iterator[Batch]:
    """Batches without end (`seed` given), or all lines once in order.

    Args:
        one: a stream.
        batch: sequences in a batch.
        seed: of the shuffling; none for one pass in order (the last batch filled up with nothing).
        skip: batches that were seen before (a training that goes on).

    Raises:
        BadText: too few lines for one batch.
    """
    for one_pass in range(1 if seed is None else 1_000_000):
        rng = np.random.default_rng([seed or 0, one_pass])
        cuts = sequences(one, 0 if seed is None else int(rng.integers(HISTORY)))
        if seed is not None:
            cuts = rng.permutation(cuts)[: len(cuts) - len(cuts) % batch]
        if not len(cuts):
            raise BadText(f"The verse fills less than {batch} sequences of ten lines. Give more of it.")
        count = -(-len(cuts) // batch)
        for start in range(min(skip, count) * batch, len(cuts), batch):
            yield batch_of(one, cuts[start : start + batch].tolist(), batch)
        skip = max(skip - count, 0)


def batch_of(one: Stream, cuts: Sequence[Sequence[int]], batch: int) -> Batch:
    """Sequences of given lines, filled up with nothing.

    Args:
        one: a stream.
        cuts: first line and line after the last of each sequence.
        batch: sequences.
    """
    arrays = [np.full((batch, REACH + 1), nothing, np.int32) for nothing in (BEGIN, NO_LINE, 0, 0)]
    asked = np.zeros((batch, REACH), np.float32)
    for row, (first, after) in enumerate(cuts):
        start, stop = one.offsets[first] + one.lead[first], one.offsets[after]
        for array, field in zip(arrays, one.reads, strict=True):
            array[row, 1 : stop - start + 1] = field[start:stop]
        asked[row, : stop - start] = one.asked[start:stop]
        for back, line in enumerate(range(first, min(first + HISTORY, after))):
            place = one.offsets[line] + one.lead[line] - start + 1
            if arrays[0][row, place] - RELATION > back:  # the line that it rhymes with is not in the sequence
                arrays[0][row, place] = RELATION
    return Batch(Reads(*(array[:, :-1] for array in arrays)), arrays[0][:, 1:], asked)


# ------------------------------------------------------------------------------------------------------------- training


def wanted(part: Part) -> Wanted:
    """The lines to learn from: modern ones; a guessed word does no harm, since only its tag and syllables are seen."""
    return Wanted(part, 1, MOST_WORDS, filters=Filters(names=False), known=False)


def table_of(lines: Lines) -> Structure:
    """The table of a source of verse; the bank is filled from its old verse too, which has more lines."""
    every = Wanted(Part.TRAIN, 2, MOST_WORDS, plain=False, filters=Filters(archaic=False, names=False), known=False)
    return shape.learn(examples(lines, wanted(Part.TRAIN)), examples(lines, every))


def start(table: Structure, size: Size = SIZE, seed: int = 0) -> StructureModel:
    """An untrained model."""
    return StructureModel(len(table), size, jax.random.key(seed))


def perplexity(model: StructureModel, one: Stream, batch: int = 32, most: int | None = None) -> float:
    """Per symbol, lines before included as far as a sequence has them.

    Args:
        model: the model.
        one: held-out lines.
        batch: sequences at a time.
        most: batches to use.
    """
    total = asked = 0.0
    for place, part in enumerate(batches(one, batch, None)):
        if place == most:
            break
        total += float(np.sum(np.asarray(surprise(model, part)) * part.asked))
        asked += float(part.asked.sum())
    return float(np.exp(total / max(asked, 1.0)))


@eqx.filter_jit
def surprise(model: StructureModel, batch: Batch) -> Array:
    """`model.surprise`, compiled."""
    return model.surprise(batch)


def train(
    lines: Lines,
    run: Path | None,
    steps: int = 4000,
    batch: int = 24,
    size: Size = SIZE,
    seed: int = 0,
    tell: Callable[[training.Report], None] | None = None,
) -> tuple[StructureModel, Structure]:
    """Train a structure model on verse, or go on with it.

    Args:
        lines: a source of verse with training and validation parts.
        run: folder of checkpoint and log; none trains in memory.
        steps: in all.
        batch: sequences of 128 symbols in a step.
        size: of the transformer.
        seed: of weights and order.
        tell: called with a report every so often.

    Raises:
        BadText: too little verse.
        BadModel: the checkpoint is of another model.
        StorageError: the folder cannot be written.
    """
    table = table_of(lines)
    learned = stream(examples(lines, wanted(Part.TRAIN)), table)
    held = examples(lines, wanted(Part.VALID))
    judged = stream(held, table) if len(held) else None
    model = training.train(
        start(table, size, seed),
        StructureModel.loss,
        lambda skip: batches(learned, batch, seed, skip),
        training.Schedule(steps),
        run,
        (lambda model: {"held-out perplexity": perplexity(model, judged, batch, 40)}) if judged else None,
        tokens=batch * REACH,
        tell=tell,
    )
    return model, table
