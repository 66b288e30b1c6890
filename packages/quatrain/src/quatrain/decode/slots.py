"""What the vocabulary model reads of a draft and of a line that is being written, slot by slot.

A line is written in its own order: the end word first, then the others left to right. In that order every slot reads
the word written just before, and the syllables left are the total minus a running sum. The numbers are those of
`models.vocabulary.stream`, without JAX; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..models.lexis import NOTHING, Lexis
from ..models.order import CLOSES, NEIGHBOURS
from ..text import syllables
from ..text.lexicon import Lexicon, lexicon
from .network import Network, Slots

_NO_SLOTS = Slots(*(np.zeros((1, 0, *more), np.int64) for more in ((), (len(NEIGHBOURS),), (), (), (), ())))


@dataclass(frozen=True)
class Line:
    """A line that stands before the one to write.

    Attributes:
        words: keys.
        tags: of the words, by name.
        close: the mark after the last word, or none.
        gap: whether a new section begins with it.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    close: str = ""
    gap: bool = False


@dataclass(frozen=True)
class Before:
    """What stands before a line, as the model reads it.

    Attributes:
        slots: of all lines that the model can see, in order [1, slots].
        last: the last word in writing order, which the first slot of the new line reads.
        context: of the new line.
    """

    slots: Slots
    last: int
    context: int


class Sheet:
    """What is known of a line before it has words.

    Args:
        tags: numbers of the tags of its words.
        total: its syllables.
        context: from `Before`.
        network: the model, whose tables say how far it can count.
    """

    def __init__(self, tags: Sequence[int], total: int, context: int, network: Network) -> None:
        n = len(tags)
        self.order = order(n)
        around = self.order[:, None] + np.array(NEIGHBOURS)
        inside = (around >= 0) & (around < n)
        self.tags = np.where(inside, np.asarray(tags)[np.clip(around, 0, n - 1)], NOTHING)
        self.place = np.minimum(np.arange(n), len(network.place) - 1)
        self.left = np.minimum(n - np.arange(n), len(network.left) - 1)
        self.total, self._context, self._most = total, context, len(network.syllables) // 2 - 1

    def __len__(self) -> int:
        return len(self.order)

    def slot(self, place: int, word: np.ndarray, spent: np.ndarray) -> Slots:
        """One slot of many candidates for this line.

        Args:
            place: of the slot, in the order of writing.
            word: the word that each candidate wrote before [candidates].
            spent: syllables that each has written [candidates].
        """
        return self._slots(slice(place, place + 1), word[:, None], spent[:, None])

    def slots(self, words: np.ndarray, counts: np.ndarray, first: int) -> Slots:
        """All slots of whole lines.

        Args:
            words: in the order of writing [lines, words].
            counts: their syllables [lines, words].
            first: the word that the first slot reads.
        """
        read = np.concatenate([np.full((len(words), 1), first), words[:, :-1]], axis=1)
        counts = np.asarray(counts, np.int64)
        return self._slots(slice(None), read, np.cumsum(counts, axis=1) - counts)

    def _slots(self, places: slice, word: np.ndarray, spent: np.ndarray) -> Slots:
        spread = lambda table: np.broadcast_to(table[places], word.shape)
        missing = np.clip(self.total - spent, 0, self._most)
        return Slots(
            word=word,
            tags=np.broadcast_to(self.tags[places], (*word.shape, len(NEIGHBOURS))),
            place=spread(self.place),
            left=spread(self.left),
            syllables=missing + (self._most + 1) * (spread(self.place) == 0),
            context=np.full(word.shape, self._context),
        )


def order(length: int) -> np.ndarray:
    """The places of a line in the order of writing."""
    return np.append(length - 1, np.arange(length - 1))


def context(source: int, gap: bool, close: str) -> int:
    """One number for where a line comes from, whether a gap stands before it, and the mark that closed the last."""
    return (source * 2 + gap) * len(CLOSES) + (0 if gap or close not in CLOSES else CLOSES.index(close))


def before(
    lines: Sequence[Line],
    lexis: Lexis,
    network: Network,
    source: int,
    gap: bool = False,
    room: int = 16,
    known: Lexicon | None = None,
) -> Before:
    """What the model reads before it writes: as many of the last lines as it can see, whole ones.

    Args:
        lines: all that stands before, in order.
        lexis: the words.
        network: the model.
        source: the kind of text that is to be written (`models.vocabulary`).
        gap: whether a new section begins with the new line.
        room: words that the new line may have.
        known: pronunciations, with the songwriter's own.
    """
    known, sheets, last, close = known or lexicon(), [], NOTHING, ""
    for line in [line for line in lines if line.words]:
        said = [syllables.usual(known.pronounce(*pair)) for pair in zip(line.words, line.tags, strict=True)]
        tags = [lexis.tag_number.get(tag, NOTHING) for tag in line.tags]
        sheet = Sheet(tags, sum(said), context(source, line.gap or not sheets, close), network)
        words = np.array([lexis.number.get(word, NOTHING) for word in line.words])[sheet.order]
        sheets.append(sheet.slots(words[None], np.array(said)[sheet.order][None], last))
        last, close = int(words[-1]), line.close
    seen = 0
    while seen < len(sheets) and sum(s.word.shape[1] for s in sheets[-seen - 1 :]) + room <= network.net.reach:
        seen += 1
    kept = sheets[len(sheets) - seen :] or [_NO_SLOTS]
    slots = Slots(*(np.concatenate(field, axis=1) for field in zip(*kept, strict=True)))
    return Before(slots, last, context(source, gap or not sheets, close))
