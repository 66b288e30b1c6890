"""The word-level rivals' model on arrays: what it would say next, and how much what was said surprises it.

The same numbers as `language.LanguageModel`, without JAX; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...errors import BadModel
from ..reading import Memory, Reader
from . import packing
from .packing import NOTHING, Stream
from .symbols import UNKNOWN, Symbols

CHOICES = 256
"""Symbols that stay in play where one is drawn; all others together have next to no chance."""


@dataclass(frozen=True)
class Free:
    """How freely symbols are drawn, all or each row of a batch.

    Attributes:
        temperature: below one for likelier symbols.
        top: the share of likeliest symbols that stay in play.
    """

    temperature: float | np.ndarray = 0.9
    top: float | np.ndarray = 0.95


def draw(likely: np.ndarray, allowed: np.ndarray, free: Free, rng: np.random.Generator) -> np.ndarray:
    """One symbol for each row.

    Args:
        likely: log-probabilities [rows, symbols].
        allowed: symbols that may be drawn, of all or of each row [symbols] or [rows, symbols].
        free: how freely.
        rng: of the draws.
    """
    likely = np.where(allowed, likely / np.reshape(free.temperature, (-1, 1)), -np.inf)
    many = min(CHOICES, likely.shape[1])
    best = np.argpartition(-likely, many - 1, 1)[:, :many]
    scores = np.take_along_axis(likely, best, 1)
    order = np.lexsort((best, -scores), axis=1)
    best, scores = np.take_along_axis(best, order, 1), np.take_along_axis(scores, order, 1).astype(np.float64)
    chance = np.exp(scores - scores[:, :1])
    sums = np.cumsum(chance / chance.sum(1, keepdims=True), 1)
    last = np.minimum((sums < np.reshape(free.top, (-1, 1))).sum(1), (chance > 0).sum(1) - 1)
    at = rng.random(len(sums)) * sums[np.arange(len(sums)), last]
    return np.take_along_axis(best, (sums <= at[:, None]).sum(1)[:, None], 1)[:, 0]


class Speaker:
    """A word-level rival's model.

    Args:
        weights: by name (`storage.weights`), of any precision.
        symbols: read and written.

    Raises:
        BadModel: weights are missing or of another shape.
    """

    def __init__(self, weights: Mapping[str, np.ndarray], symbols: Symbols) -> None:
        try:
            plain = {name: np.asarray(weights[name], np.float32) for name in ("words", "levels", "bias")}
        except KeyError as error:
            raise BadModel(f"The model has no weight {error}. Get the file again, or train again.") from error
        self.net, self.symbols, cuts = Reader.of(weights), symbols, symbols.cuts
        self.words, bias = plain["words"], plain["bias"]
        if len(self.words) != len(symbols) + 1 or len(bias) != len(symbols) + len(cuts) - 1:
            raise BadModel(f"The model has {len(self.words)} rows for {len(symbols)} symbols. Get the file again.")
        self._levels = [(np.concatenate([self.words[: cuts[0]], plain["levels"]]).T,
                         np.concatenate([bias[: cuts[0]], bias[cuts[-1] :]]))]  # fmt: skip
        self._levels += [(self.words[low:high].T, bias[low:high]) for low, high in pairwise(cuts)]

    def read(self, symbols: np.ndarray, own: Memory, shared: Memory | None = None) -> np.ndarray:
        """Read the next symbols of every sequence.

        Args:
            symbols: [batch, some].
            own: the memory of each sequence; must have room.
            shared: what stands before all of them.

        Returns:
            What the model makes of them [batch, some, width].
        """
        return self.net.read(self.words[symbols] * np.float32(self.words.shape[1] ** 0.5), own, shared)

    def nats(self, hidden: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The surprise of each symbol; an unknown word is one of the rare ones, each as likely [rows].

        Args:
            hidden: from `read` [rows, width].
            target: symbols [rows].
        """
        cuts = self.symbols.cuts
        level = np.searchsorted(cuts, target, "right")
        nats = _surprise(hidden, *self._levels[0], np.where(level == 0, target, cuts[0] + level - 1))
        for place in range(1, len(cuts)):
            rows = np.flatnonzero(level == place)
            nats[rows] += _surprise(hidden[rows], *self._levels[place], target[rows] - cuts[place - 1])
        nats[target == UNKNOWN] += np.log(self.symbols.rare)
        return nats

    def likely(self, hidden: np.ndarray) -> np.ndarray:
        """The log-probability of every symbol [rows, symbols]."""
        first = _log_softmax(hidden, *self._levels[0])
        parts = [first[:, : self.symbols.cuts[0]]]
        for place in range(1, len(self._levels)):
            behind = first[:, self.symbols.cuts[0] + place - 1, None]
            parts.append(behind + _log_softmax(hidden, *self._levels[place]))
        return np.concatenate(parts, 1)

    def begun(self, symbols: Sequence[int]) -> Memory:
        """The memory of one sequence, to be shared."""
        memory = self.net.memory(1, len(symbols))
        if symbols:
            self.read(np.array([symbols]), memory)
        return memory


def surprises(
    speaker: Speaker, stream: Stream, most: int | None = None, batch: int = 32
) -> tuple[np.ndarray, np.ndarray]:
    """The symbols written in a stream and the surprise of each, in order.

    Args:
        speaker: the model.
        stream: of lines, packed as in training: a line knows those before it in its sequence.
        most: batches to use.
        batch: sequences in one.
    """
    nats, written = [np.zeros(0, np.float32)], [np.zeros(0, np.int32)]
    reach = speaker.net.reach
    for place, (read, write) in enumerate(packing.batches(stream, reach, batch, speaker.symbols.begin, None)):
        if place == most:
            break
        asked = write.ravel() != NOTHING
        hidden = speaker.read(read, speaker.net.memory(batch, reach)).reshape(write.size, -1)[asked]
        written.append(write.ravel()[asked])
        nats.append(speaker.nats(hidden, written[-1]))
    return np.concatenate(written), np.concatenate(nats)


def _scores(hidden: np.ndarray, rows: np.ndarray, bias: np.ndarray) -> np.ndarray:
    scores = hidden @ rows
    scores += bias
    scores -= scores.max(1, keepdims=True, initial=-np.inf)
    return scores


def _surprise(hidden: np.ndarray, rows: np.ndarray, bias: np.ndarray, target: np.ndarray) -> np.ndarray:
    scores = _scores(hidden, rows, bias)
    right = scores[np.arange(len(target)), target]
    return np.log(np.exp(scores, out=scores).sum(1)) - right


def _log_softmax(hidden: np.ndarray, rows: np.ndarray, bias: np.ndarray) -> np.ndarray:
    scores = _scores(hidden, rows, bias)
    return scores - np.log(np.exp(scores).sum(1, keepdims=True))
