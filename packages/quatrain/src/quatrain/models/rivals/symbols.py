"""What a word-level rival reads and writes: words, the end of a line, and, if it writes shapes too, their symbols.

    0 unknown · 1 end of line · forms … · words, the commonest first · (read only) nothing before

Symbols are cut into three levels, so that a softmax need not compare all of them: the first has forms and common words,
the others stand behind one symbol each (`language.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...errors import BadModel, BadText

if TYPE_CHECKING:
    from ...text.lines import Lines

UNKNOWN, BREAK, FIRST = 0, 1, 2
"""A word that is not known; the end of a line; the first form, or, if there are none, the first word."""
COMMON, USUAL = 2000, 6000
"""Words of the first level, and of the first and second together."""


@dataclass(frozen=True)
class Symbols:
    """The symbols of a rival.

    Attributes:
        forms: names of the symbols of shapes; none for a model of words alone.
        words: the commonest first.
        counts: how often each symbol is written in the training text [symbols].
        rare: how many other words stand there; an unknown word is taken to be one of them, each as likely.
    """

    forms: tuple[str, ...]
    words: tuple[str, ...]
    counts: np.ndarray
    rare: int

    def __len__(self) -> int:
        """How many may be written."""
        return FIRST + len(self.forms) + len(self.words)

    @property
    def begin(self) -> int:
        """Read where nothing is known before a line."""
        return len(self)

    @property
    def first_word(self) -> int:
        """The first symbol that is a word."""
        return FIRST + len(self.forms)

    @property
    def cuts(self) -> tuple[int, ...]:
        """Where the levels end; at least one level."""
        ends = (self.first_word + COMMON, self.first_word + USUAL, len(self))
        return tuple(sorted({min(end, len(self)) for end in ends}))

    @cached_property
    def number(self) -> dict[str, int]:
        """A word's symbol."""
        return {word: place for place, word in enumerate(self.words, self.first_word)}

    @cached_property
    def form(self) -> dict[str, int]:
        """A form's symbol."""
        return {name: place for place, name in enumerate(self.forms, FIRST)}

    def of(self, words: Sequence[str]) -> list[int]:
        """Symbols of the words of a line (keys, as of `text.words`)."""
        return [self.number.get(word, UNKNOWN) for word in words]

    def rows(self, lines: Lines) -> np.ndarray:
        """The symbol of every kind of word of a source [kinds]."""
        return np.array(self.of(lines.kinds.words), np.int32)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as plain arrays, for a file."""
        text = lambda names: np.frombuffer("\n".join(names).encode(), np.uint8)
        counts, rare = np.asarray(self.counts, np.float32), np.array(self.rare)
        return {"symbols.forms": text(self.forms), "symbols.words": text(self.words), "symbols.counts": counts,
                "symbols.rare": rare}  # fmt: skip

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Symbols:
        """The symbols that gave these arrays.

        Raises:
            BadModel: they are not there, or don't fit together.
        """
        try:
            listed = lambda name: tuple(bytes(arrays[f"symbols.{name}"]).decode().split("\n"))
            forms, words = listed("forms"), listed("words")
            found = cls(() if forms == ("",) else forms, words, arrays["symbols.counts"], int(arrays["symbols.rare"]))
        except (KeyError, ValueError) as error:
            raise BadModel(f"The model's table of words is damaged ({error}). Get the file again.") from error
        if len(found.counts) != len(found):
            raise BadModel(f"The model knows {len(found)} symbols and counts {len(found.counts)}. Get the file again.")
        return found


def learn(lines: Lines, rows: np.ndarray, least: int = 7, most: int = 16_000) -> Symbols:
    """The words of a training text; forms are added by the model that has them (`with_forms`).

    Args:
        lines: a source of verse.
        rows: the lines that count.
        least: fewest occurrences of a word.
        most: words.

    Raises:
        BadText: no word is common enough.
    """
    found: dict[str, int] = {}
    counts = np.bincount(lines.words[spans(lines, rows)], minlength=len(lines.kinds))
    for row in np.flatnonzero(counts).tolist():
        word = lines.kinds.words[row]
        found[word] = found.get(word, 0) + int(counts[row])
    ordered = sorted(found, key=lambda word: (-found[word], word))
    words = tuple(word for word in ordered[:most] if found[word] >= least)
    if not words:
        raise BadText(f"No word stands {least} times in the text. Give more of it.")
    unknown = sum(found.values()) - sum(found[word] for word in words)
    written = [unknown, len(rows), *(found[word] for word in words)]
    return Symbols((), words, np.array(written, np.float32), max(len(found) - len(words), 1))


def with_forms(symbols: Symbols, forms: Sequence[str], counts: np.ndarray) -> Symbols:
    """The same words, and forms with how often each is written."""
    parts = symbols.counts[:FIRST], np.asarray(counts, np.float32), symbols.counts[symbols.first_word :]
    return Symbols(tuple(forms), symbols.words, np.concatenate(parts), symbols.rare)


def spans(lines: Lines, rows: np.ndarray) -> np.ndarray:
    """Places of the words of chosen lines in `lines.words`."""
    length = lines.lengths[rows]
    first = np.concatenate([[0], np.cumsum(length)[:-1]])
    return np.arange(length.sum()) + np.repeat(lines.offsets[rows] - first, length)
