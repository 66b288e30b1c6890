"""The vocabulary model in arrays alone: the same numbers as the trained one, without JAX.

Source: the model is `models.vocabulary`, its transformer `models.reading`; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..errors import BadModel
from ..models.reading import Memory, Reader


class Slots(NamedTuple):
    """What slots read, as numbers; see `models.vocabulary.Slots`."""

    word: np.ndarray
    tags: np.ndarray
    place: np.ndarray
    left: np.ndarray
    syllables: np.ndarray
    context: np.ndarray


@dataclass(frozen=True)
class Network:
    """The weights of a vocabulary model.

    Attributes:
        words: vectors of words [words, width].
        tags: vectors of tags, by neighbour [neighbours, tags, width].
        place: vectors of places.
        left: vectors of words left.
        syllables: vectors of syllables left.
        context: vectors of contexts.
        bias: of every kind [K].
        net: the transformer.
    """

    words: np.ndarray
    tags: np.ndarray
    place: np.ndarray
    left: np.ndarray
    syllables: np.ndarray
    context: np.ndarray
    bias: np.ndarray
    net: Reader

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray]) -> Network:
        """The model that has these weights (`models.storage.weights`), of any precision.

        Raises:
            BadModel: one is missing.
        """
        plain = ("words", "tags", "context", "bias")
        try:
            named = {name: weights[name] for name in plain}
            named |= {name: weights[f"places.{name}"] for name in ("place", "left", "syllables")}
        except KeyError as error:
            raise BadModel(f"The model has no {error}. Install quatrain again, or train the voice again.") from error
        return cls(**{name: np.asarray(array, np.float32) for name, array in named.items()}, net=Reader.of(weights))

    def embed(self, slots: Slots) -> np.ndarray:
        """What slots read, as vectors [..., width]."""
        x = self.words[slots.word] * np.float32(self.net.width**0.5)
        for place in range(len(self.tags)):
            x += self.tags[place, slots.tags[..., place]]
        x += self.place[slots.place] + self.left[slots.left] + self.syllables[slots.syllables]
        return x + self.context[slots.context]

    def read(self, slots: Slots, own: Memory, shared: Memory | None = None) -> np.ndarray:
        """Read the next slots of every sequence; they are added to its memory (`models.reading.Reader.read`).

        Args:
            slots: [batch, some].
            own: the memory of each sequence; must have room.
            shared: what stands before all of them (a batch of one).
        """
        return self.net.read(self.embed(slots), own, shared)

    def scores(self, hidden: np.ndarray, rows: np.ndarray, kinds: slice | np.ndarray) -> np.ndarray:
        """How much some kinds are wanted, as logits [batch, kinds].

        Args:
            hidden: streams [batch, width].
            rows: vectors of the kinds' words [kinds, width].
            kinds: which kinds.
        """
        return hidden @ rows.T + self.bias[kinds]
