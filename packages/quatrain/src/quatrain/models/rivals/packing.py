"""Sequences of whole lines, one after another: the one way in which rivals are given their text.

A line is a row of slots; each reads the symbol before and writes the next, the last one the end of the line. The first
slot of a sequence reads that nothing is known before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...errors import BadText

NOTHING = -1
"""In place of a symbol to write: the slot is empty."""


@dataclass(frozen=True)
class Stream:
    """The slots of all lines of a source.

    Attributes:
        read: the symbol that each slot reads [slots].
        write: the symbol that it should write [slots].
        offsets: where each line begins, and the end [lines + 1].
    """

    read: np.ndarray
    write: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        """How many lines."""
        return len(self.offsets) - 1


def chained(write: np.ndarray, offsets: np.ndarray, lead: np.ndarray) -> Stream:
    """A stream whose slots read what the slot before wrote.

    Args:
        write: symbols, line after line [slots].
        offsets: where each line begins, and the end [lines + 1].
        lead: what the first slot of each line reads [lines].
    """
    read = np.roll(write, 1)
    read[offsets[:-1]] = lead
    return Stream(read.astype(np.int32), write.astype(np.int32), offsets)


def after_gap(rows: np.ndarray, gap: np.ndarray, document: np.ndarray) -> np.ndarray:
    """Which of some lines don't follow the one before them in the list [rows].

    Args:
        rows: numbers of lines, ascending.
        gap: whether a gap stands before each line of the source.
        document: of each line of the source.
    """
    jump = np.concatenate([[True], np.diff(rows) != 1])
    return jump | gap[rows] | (np.diff(document[rows], prepend=-1) != 0)


def sequences(offsets: np.ndarray, reach: int, shift: int = 0) -> np.ndarray:
    """Whole lines packed into sequences: first slot and the one after the last of each [sequences, 2].

    Args:
        offsets: of lines.
        reach: slots that a sequence has; a longer line is cut.
        shift: lines to leave out at the beginning, so that every pass cuts elsewhere.
    """
    cuts, line, last = [], shift, len(offsets) - 1
    while line < last:
        stop = max(int(np.searchsorted(offsets, offsets[line] + reach, "right")) - 1, line + 1)
        cuts.append((offsets[line], min(offsets[stop], offsets[line] + reach)))
        line = stop
    return np.array(cuts, np.int64).reshape(-1, 2)


def batches(
    stream: Stream, reach: int, batch: int, begin: int, seed: int | None, skip: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """What is read and written, without end (`seed` given) or all lines once in order [batch, reach] twice.

    Args:
        stream: of lines.
        reach: slots in a sequence.
        batch: sequences.
        begin: the symbol for nothing before; empty slots read it too.
        seed: of the shuffling; none for one pass in order (the last batch filled up with empty slots).
        skip: batches that were seen before (a training that goes on).

    Raises:
        BadText: too few lines for one batch.
    """
    for one_pass in range(1 if seed is None else 1_000_000):
        rng = np.random.default_rng([seed or 0, one_pass])
        cuts = sequences(stream.offsets, reach, 0 if seed is None else int(rng.integers(8)))
        if seed is not None:
            cuts = rng.permutation(cuts)[: len(cuts) - len(cuts) % batch]
        if not len(cuts):
            raise BadText(f"The verse fills less than {batch} sequences of {reach} symbols. Give more of it.")
        count = -(-len(cuts) // batch)
        for start in range(min(skip, count) * batch, len(cuts), batch):
            read, write = np.full((batch, reach), begin, np.int32), np.full((batch, reach), NOTHING, np.int32)
            for row, (first, stop) in enumerate(cuts[start : start + batch].tolist()):
                read[row, 1 : stop - first] = stream.read[first + 1 : stop]
                write[row, : stop - first] = stream.write[first:stop]
            yield read, write
        skip = max(skip - count, 0)
