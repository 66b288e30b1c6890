"""The structure model in arrays alone: what `structure.StructureModel` says, place after place, without JAX.

A test holds both to the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import BadModel
from .reading import Memory, Reader
from .shape import HEAD, MOST_WORDS, Reads

_EMBEDDED = ("symbols", "left", "syllables", "close")


@dataclass(frozen=True)
class Past:
    """The lines before, read.

    Attributes:
        memory: of one sequence.
        scores: of what comes next [symbols].
    """

    memory: Memory
    scores: np.ndarray


@dataclass(frozen=True)
class Twin:
    """The weights of a structure model.

    Attributes:
        embedded: of what is read: symbols, words left, syllables, marks.
        reader: the transformer.
        out: of what is written [width, symbols].
        bias: of what is written [symbols].
    """

    embedded: tuple[np.ndarray, ...]
    reader: Reader
    out: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray]) -> Twin:
        """The model that gave these weights (`storage.weights`).

        Raises:
            BadModel: one is missing, or they don't fit together.
        """
        try:
            embedded, (out, bias) = (
                tuple(np.asarray(weights[name], np.float32) for name in names) for names in (_EMBEDDED, ("out", "bias"))
            )
        except KeyError as error:
            raise BadModel(f"The structure model has no {error}. Install quatrain again, or train again.") from error
        reader = Reader.of(weights)
        if any(array.ndim != 2 or array.shape[1] != reader.width for array in (*embedded, out)) or len(out) != len(
            bias
        ):
            raise BadModel("The structure model's weights don't fit together. Install quatrain again, or train again.")
        return cls(embedded, reader, np.ascontiguousarray(out.T), bias)

    def read(self, reads: Reads) -> Past:
        """Read the lines before.

        Args:
            reads: one sequence [places].
        """
        memory = self.reader.memory(1, len(reads.symbol))
        stream = self.reader.read(self._embed(reads)[None], memory)
        return Past(memory, stream[0, -1] @ self.out + self.bias)

    def lines(self, number: int) -> Memory:
        """Lines of which nothing is written."""
        return self.reader.memory(number, HEAD + MOST_WORDS)

    def step(self, past: Past, lines: Memory, reads: Reads) -> np.ndarray:
        """Scores of what comes next in every line after one more place, which is added to its memory [lines, symbols].

        Args:
            past: the lines before.
            lines: those being written.
            reads: the place read in each [lines].
        """
        stream = self.reader.read(self._embed(reads)[:, None], lines, past.memory)
        return stream[:, 0] @ self.out + self.bias

    def _embed(self, reads: Reads) -> np.ndarray:
        symbol, left, syllables, close = (w[np.asarray(n)] for w, n in zip(self.embedded, reads, strict=True))
        return symbol + left + syllables + close
