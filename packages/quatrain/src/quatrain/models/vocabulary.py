"""The vocabulary model: which words fill a shape, knowing the lines before.

A line of n words is n *slots*. The first slot writes the end word, so that the line can lead to its rhyme; the others
write the words left to right, all but the last:

    slot       1      2      3      …  n
    writes     w[n]   w[1]   w[2]      w[n-1]
    reads      the word before last    w[n]   w[1]   …  w[n-2]
               of the line before

Each slot also reads the shape: tags of the word that it writes and of its neighbours, words and syllables left. Lines
stand one after another in one sequence and every slot is asked, so nothing is padded but the ends of sequences. Asked
is the word given its tag: only words seen under the tag compete, which costs a tenth of a full softmax.

Source: two models that share the work, Castro and Attarian 2018 (arXiv 1811.04651); the rhyme word first, Pasini et al.
2024 (2405.05176); a shape that sees ahead, SongNet (Li et al. 2020, 2004.08022). Where we depart: the shape enters as
embeddings of a slot's neighbourhood instead of tokens of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..text.lines import Lines
from .lexis import NOTHING, Lexis
from .order import CLOSES, NEIGHBOURS, SOURCES
from .order import FICTION as FICTION
from .order import MINE as MINE
from .order import VERSE as VERSE
from .transformer import Size, Transformer

REACH = 64
"""Slots in a sequence: about eight lines."""
LONGEST = 15
"""Words that a place can be told apart by; a line with more words counts as one with this many."""
MOST_SYLLABLES = 23
_PLACES = {"place": LONGEST + 1, "left": LONGEST + 1, "syllables": 2 * (MOST_SYLLABLES + 1)}


class Slots(NamedTuple):
    """What slots read. All are numbers of the same shape, `tags` with one more axis.

    Attributes:
        word: the word read.
        tags: tags around the word to write, at `NEIGHBOURS`.
        place: 0 for the end word, else the place of the word to write, from 1.
        left: words still to write, this one too.
        syllables: to spend on the words still to write; for the end word on the whole line, in a range of its own.
        context: source, whether a gap stands before the line, and the closing mark of the line before (`context`).
    """

    word: Array | np.ndarray
    tags: Array | np.ndarray
    place: Array | np.ndarray
    left: Array | np.ndarray
    syllables: Array | np.ndarray
    context: Array | np.ndarray


class Batch(NamedTuple):
    """Sequences of slots and what they should write, sorted into the blocks of a `Plan`.

    Attributes:
        slots: [batch, REACH].
        at: for every row of every block, which slot of the batch (`batch * REACH` for an empty row) [rows].
        target: for every row the place of its kind in its block; -1 for an empty row [rows].
        tag: for every row its tag [rows].
    """

    slots: Slots
    at: Array | np.ndarray
    target: Array | np.ndarray
    tag: Array | np.ndarray


def context(source: int | np.ndarray, gap: bool | np.ndarray, close: int | np.ndarray) -> np.ndarray:
    """One number for source, gap and closing mark (a place in `CLOSES`)."""
    return (np.asarray(source) * 2 + np.asarray(gap)) * len(CLOSES) + np.asarray(close)


@dataclass(frozen=True)
class Plan:
    """How the rows of a batch are sorted for the factored softmax: a common tag is a block, all others share the last.

    Attributes:
        tags: of each block but the last.
        kinds: of each block, in order; those of the last are of many tags.
        room: rows for each block.
    """

    tags: tuple[int, ...]
    kinds: tuple[np.ndarray, ...]
    room: tuple[int, ...]

    @classmethod
    def of(cls, lexis: Lexis, share: np.ndarray, slots: int, common: float = 0.003) -> Plan:
        """A plan for batches of so many slots.

        Args:
            lexis: the words.
            share: how often each tag stands in the training text [tags].
            slots: in a batch.
            common: from this share on a tag has its own block.
        """
        starts = lexis.starts
        own = tuple(int(tag) for tag in np.flatnonzero(share >= common) if starts[tag] < starts[tag + 1])
        kinds = [np.arange(starts[tag], starts[tag + 1], dtype=np.int32) for tag in own]
        rest = np.flatnonzero(~np.isin(lexis.kind_tag, own)).astype(np.int32)
        shares = [*(share[tag] for tag in own), 1.0 - sum(share[tag] for tag in own)]
        room = [int(np.ceil((slots * s + 5 * np.sqrt(slots * s) + 4) / 8) * 8) for s in shares]
        return cls(own, (*kinds, rest), tuple(room))

    @cached_property
    def place(self) -> np.ndarray:
        """Where each kind stands in its block [kinds]."""
        place = np.zeros(sum(map(len, self.kinds)), np.int32)
        for kinds in self.kinds:
            place[kinds] = np.arange(len(kinds))
        return place

    def sort(self, kind: np.ndarray, lexis: Lexis) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """`at`, `target` and `tag` of a `Batch`; what finds no room is not asked.

        Args:
            kind: the kind to write in each slot, -1 for none [slots].
            lexis: the words.
        """
        block_of_tag = np.full(len(lexis.tags), len(self.tags))
        block_of_tag[list(self.tags)] = np.arange(len(self.tags))
        asked = np.flatnonzero(kind >= 0)
        tag = lexis.kind_tag[kind[asked]]
        block = block_of_tag[tag]
        order = np.argsort(block, kind="stable")
        first = np.concatenate([[0], np.cumsum(self.room)])
        in_block = np.arange(len(order)) - np.searchsorted(block[order], np.arange(len(self.room)))[block[order]]
        fits = in_block < np.array(self.room)[block[order]]
        row = (first[block[order]] + in_block)[fits]
        slot = asked[order][fits]
        at, target, tags = np.full(first[-1], len(kind)), np.full(first[-1], -1), np.zeros(first[-1])
        at[row], target[row], tags[row] = slot, self.place[kind[slot]], lexis.kind_tag[kind[slot]]
        return at.astype(np.int32), target.astype(np.int32), tags.astype(np.int32)


class VocabularyModel(eqx.Module):
    """Words for slots.

    Args:
        lexis: the words; only their number matters.
        size: of the transformer.
        key: random key.
    """

    words: Array
    tags: Array
    places: dict[str, Array]
    context: Array
    net: Transformer
    bias: Array

    def __init__(self, lexis: Lexis, size: Size, key: Array) -> None:
        one, two, three = jax.random.split(key, 3)
        width = size.width
        self.words = jax.random.normal(one, (len(lexis.words), width)) * 0.5 * width**-0.5
        self.tags = jax.random.normal(two, (len(NEIGHBOURS), len(lexis.tags), width)) * 0.02
        self.places = {name: jnp.zeros((rows, width)) for name, rows in _PLACES.items()}
        self.context = jnp.zeros((SOURCES * 2 * len(CLOSES), width))
        self.net = Transformer(size, REACH, three)
        self.bias = jnp.asarray(lexis.unigram, jnp.float32)

    def embed(self, slots: Slots) -> Array:
        """What slots read, as vectors [..., width]."""
        x = self.words[slots.word] * self.words.shape[1] ** 0.5
        for place in range(len(NEIGHBOURS)):
            x = x + self.tags[place, slots.tags[..., place]]
        for name in _PLACES:
            x = x + self.places[name][getattr(slots, name)]
        return x + self.context[slots.context]

    def losses(self, batch: Batch, plan: Plan, lexis: Lexis) -> tuple[Array, Array]:
        """The surprise of every row's word given its tag, in nats, and whether the row is asked, block after block.

        Args:
            batch: from `batches`.
            plan: by which the batch was sorted.
            lexis: the words.
        """
        x = self.net(self.embed(batch.slots)).reshape(-1, self.words.shape[1])
        hidden = jnp.concatenate([x, jnp.zeros_like(x[:1])])[batch.at]
        rows = self.words[np.concatenate([lexis.kind_word[kinds] for kinds in plan.kinds])]
        found, row, first = [], 0, 0
        for block, (kinds, room) in enumerate(zip(plan.kinds, plan.room, strict=True)):
            scores = hidden[row : row + room] @ rows[first : first + len(kinds)].T + self.bias[kinds]
            target = batch.target[row : row + room]
            if block == len(plan.tags):
                other = batch.tag[row : row + room, None] != lexis.kind_tag[kinds][None]
                scores = jnp.where(other & (target >= 0)[:, None], -1e9, scores)
            right = jnp.take_along_axis(scores, jnp.maximum(target, 0)[:, None], 1)[:, 0]
            found.append(jax.nn.logsumexp(scores, 1) - right)
            row, first = row + room, first + len(kinds)
        return jnp.concatenate(found), jnp.asarray(batch.target >= 0)

    def loss(self, batch: Batch, plan: Plan, lexis: Lexis) -> Array:
        """The mean surprise of a word given its tag."""
        losses, asked = self.losses(batch, plan, lexis)
        return jnp.sum(losses * asked) / jnp.maximum(jnp.sum(asked), 1)


# ----------------------------------------------------------------------------------------------------------------- data


@dataclass(frozen=True)
class Stream:
    """The slots of all lines of a source, one after another, and what each should write.

    Attributes:
        slots: as arrays [slots].
        kind: what to write, -1 where the word is not known [slots].
        tag: its tag [slots].
        offsets: where each line begins, and the end [lines + 1].
    """

    slots: Slots
    kind: np.ndarray
    tag: np.ndarray
    offsets: np.ndarray


def stream(lines: Lines, rows: np.ndarray, lexis: Lexis, source: int) -> Stream:
    """The slots of chosen lines, in order.

    Args:
        lines: a source.
        rows: which lines; where two of them don't follow each other, a gap is marked.
        lexis: the words.
        source: `FICTION`, `VERSE` or `MINE`.
    """
    known = lexis.rows(lines)
    length = lines.lengths[rows]
    offsets = np.concatenate([[0], np.cumsum(length)])
    line = np.repeat(np.arange(len(rows)), length)
    slot = np.arange(offsets[-1]) - offsets[line]  # place in the line, in writing order
    n = length[line]
    position = np.where(slot == 0, n - 1, slot - 1)  # the word to write
    base = lines.offsets[rows][line]
    here = lines.words[base + position]
    tags = np.zeros((len(line), len(NEIGHBOURS)), np.int16)
    for place, step in enumerate(NEIGHBOURS):
        inside = (position + step >= 0) & (position + step < n)
        tags[:, place] = np.where(inside, known[lines.words[base + np.where(inside, position + step, 0)], 1], NOTHING)
    read = np.where(slot == 1, n - 1, slot - 2)  # the word read, where slot >= 1
    word = known[lines.words[base + np.maximum(read, 0)], 0]
    lost = known[lines.words[lines.offsets[rows] + np.maximum(length - 2, 0)], 0]  # last but one of every line
    word = np.where(slot == 0, np.concatenate([[NOTHING], lost[:-1]])[line], word)
    usual = lines.kinds.usual.astype(np.int32)
    total = np.add.reduceat(usual[lines.words[_spans(lines, rows)]], offsets[:-1])
    spent = np.where(slot == 0, 0, usual[here])
    before = np.cumsum(spent) - spent  # syllables of the words written in order before this one
    before = before - before[offsets[:-1]][line]
    end = usual[lines.words[lines.offsets[rows] + length - 1]]
    left = np.clip(np.where(slot == 0, total[line], (total - end)[line] - before), 0, MOST_SYLLABLES)
    gap = np.concatenate([[True], (np.diff(rows) != 1)]) | lines.gap[rows]
    mark = {mark: place for place, mark in enumerate(CLOSES)}
    close = np.array([mark.get(one, 0) for one in lines.close[np.maximum(rows - 1, 0)].tolist()])
    slots = Slots(
        word=word.astype(np.int32),
        tags=tags,
        place=np.minimum(slot, LONGEST).astype(np.int8),
        left=np.minimum(n - slot, LONGEST).astype(np.int8),
        syllables=(left + (slot == 0) * (MOST_SYLLABLES + 1)).astype(np.int8),
        context=context(source, gap, np.where(gap, 0, close))[line].astype(np.int8),
    )
    return Stream(slots, known[here, 2], known[here, 1].astype(np.int16), offsets)


def _spans(lines: Lines, rows: np.ndarray) -> np.ndarray:
    """Places of the words of chosen lines in `lines.words`."""
    length = lines.lengths[rows]
    first = np.concatenate([[0], np.cumsum(length)[:-1]])
    return np.arange(length.sum()) + np.repeat(lines.offsets[rows] - first, length)


def sequences(one: Stream, shift: int = 0) -> np.ndarray:
    """Whole lines packed into sequences: first and last slot of each [sequences, 2].

    Args:
        one: a stream.
        shift: lines to leave out at the beginning, so that every pass cuts elsewhere.
    """
    cuts, line, last = [], shift, len(one.offsets) - 1
    while line < last:
        stop = max(int(np.searchsorted(one.offsets, one.offsets[line] + REACH, "right")) - 1, line + 1)
        cuts.append((one.offsets[line], min(one.offsets[stop], one.offsets[line] + REACH)))
        line = stop
    return np.array(cuts).reshape(-1, 2)


def batches(
    streams: Sequence[Stream], plan: Plan, lexis: Lexis, batch: int, seed: int | None, skip: int = 0
) -> Iterator[Batch]:
    """Batches without end (`seed` given), or all of them once in order.

    Args:
        streams: of all sources; each is seen once a pass.
        plan: of the softmax.
        lexis: the words.
        batch: sequences in a batch.
        seed: of the shuffling; none for one pass in order (the last batch filled up with empty slots).
        skip: batches that were seen before (a training that goes on).
    """
    for one_pass in range(1 if seed is None else 1_000_000):
        rng = np.random.default_rng([seed or 0, one_pass])
        shift = 0 if seed is None else int(rng.integers(8))
        cuts = [(place, *cut) for place, one in enumerate(streams) for cut in sequences(one, shift).tolist()]
        order = np.arange(len(cuts)) if seed is None else rng.permutation(len(cuts))
        last = len(order) if seed is None else len(order) - len(order) % batch
        count = -(-last // batch)
        if skip >= count:
            skip -= count
            continue
        for start in range(skip * batch, last, batch):
            yield batch_of(streams, [cuts[place] for place in order[start : start + batch]], plan, lexis, batch)
        skip = 0


def batch_of(
    streams: Sequence[Stream], cuts: list[tuple[int, int, int]], plan: Plan, lexis: Lexis, batch: int
) -> Batch:
    """A batch of chosen pieces.

    Args:
        streams: of all sources.
        cuts: which stream, first slot, and slot after the last of each piece; at most `batch` of them.
        plan: of the softmax.
        lexis: the words.
        batch: sequences in a batch; the rest is empty.
    """
    arrays = [np.zeros((batch, REACH, *field.shape[1:]), np.int32) for field in streams[0].slots]
    kind = np.full((batch, REACH), -1, np.int32)
    for row, (place, start, stop) in enumerate(cuts):
        for array, field in zip(arrays, streams[place].slots, strict=True):
            array[row, : stop - start] = field[start:stop]
        kind[row, : stop - start] = streams[place].kind[start:stop]
    return Batch(Slots(*arrays), *plan.sort(kind.ravel(), lexis))
