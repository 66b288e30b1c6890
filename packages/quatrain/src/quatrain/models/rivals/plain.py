"""The plain model (V2): a word-level transformer on verse, left to right; it knows no shape and keeps no wish.

It has two trades. As a rival it goes on with a draft, and answers the same whatever is wished. As a judge of fluency it
says how much a line surprises it after the lines before: in nats a word, for a hundred lines at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...text.corpus import Part
from ...wishes import Wishes
from .. import storage
from ..reading import Memory
from . import packing
from .asking import FEWEST, MOST, Said, heard, spelled, words_of
from .packing import Stream
from .speaking import Free, Speaker, draw, surprises
from .symbols import BREAK, FIRST, UNKNOWN, Symbols, learn, spans

if TYPE_CHECKING:
    from ...text.lines import Lines
    from ..building import Ground
    from ..training import Report

NAME, FILE = "plain", "model.npz"
LINES = 8
"""Lines before that are read, as far as they fit the model's reach."""
ROUNDS = 4
"""How often lines are drawn again where too many were equal."""


class Plain:
    """The plain model.

    Args:
        speaker: its network.
        free: how freely it writes.
    """

    def __init__(self, speaker: Speaker, free: Free | None = None) -> None:
        self.speaker, self.symbols, self.free = speaker, speaker.symbols, free or Free()
        self._own = np.ones(len(self.symbols), bool)
        self._own[UNKNOWN] = False

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Plain:
        """A model from `arrays`.

        Raises:
            BadModel: something is missing, or does not fit together.
        """
        return cls(Speaker(arrays, Symbols.of_arrays(arrays)))

    @classmethod
    def load(cls, path: Path) -> Plain:
        """A model from a file of its arrays.

        Raises:
            BadModel: it is missing or damaged.
        """
        return cls.of_arrays(storage.read(path))

    def hear(self, before: Sequence[Sequence[str]]) -> Memory:
        """Read the lines before, once for all questions about what comes next.

        Args:
            before: words (keys) of each line.
        """
        symbols: list[int] = []
        room = self.speaker.net.reach - MOST - 1
        for line in reversed([line for line in before if line][-LINES:]):
            own = [BREAK, *self.symbols.of(line)]
            if len(own) + len(symbols) > room:
                break
            symbols = own + symbols
        if symbols:
            symbols[0] = self.symbols.begin
        return self.speaker.begun(symbols)

    def nats(self, lines: Sequence[Sequence[str]], before: Memory | None = None) -> list[np.ndarray]:
        """The surprise of every word of some lines, and of the end of each, last [words + 1].

        A word that the model does not know counts as one of the rare words of its training text, each as likely.

        Args:
            lines: words (keys) of each; each is what comes next.
            before: from `hear`.
        """
        lengths = [len(line) for line in lines]
        lead = BREAK if before and before.read else self.symbols.begin
        read = np.full((len(lines), max(lengths, default=0) + 1), lead, np.int64)
        write = np.full(read.shape, BREAK, np.int64)
        for row, line in enumerate(lines):
            write[row, : len(line)] = self.symbols.of(line)
        read[:, 1:] = write[:, :-1]
        hidden = self.speaker.read(read, self.speaker.net.memory(*read.shape), before)
        asked = np.arange(read.shape[1]) <= np.array(lengths, np.int64)[:, None]
        return np.split(self.speaker.nats(hidden[asked], write[asked]), np.cumsum(np.array(lengths, np.int64) + 1)[:-1])

    def surprise(self, lines: Sequence[Sequence[str]], before: Memory | None = None) -> np.ndarray:
        """How much lines surprise, in nats a word: of all words and the end, over the number of words [lines].

        Args:
            lines: words (keys) of each; one without a word is not a number.
            before: from `hear`.
        """
        if not len(lines):
            return np.zeros(0)
        found = zip(self.nats(lines, before), lines, strict=True)
        return np.array([float(nats.sum()) / len(line) if line else np.nan for nats, line in found])

    def lift(self, lines: Sequence[Sequence[str]], before: Memory) -> np.ndarray:
        """How much less lines surprise after those before than by themselves, in nats a word [lines].

        Surprise alone says which line is common; this says which one belongs here. True next lines are found among ten
        of the same structure three times as often by it.

        Args:
            lines: words (keys) of each.
            before: from `hear`.
        """
        return self.surprise(lines) - self.surprise(lines, before)

    def surprisal(self, texts: Sequence[str]) -> list[float]:
        """Nats a word of lines as people write them, each by itself."""
        return self.surprise([words_of(text) for text in texts]).tolist()

    def score(self, draft: Sequence[str], candidates: Sequence[str]) -> list[float]:
        """How well each of some lines goes on with a draft: its lift."""
        return self.lift([words_of(text) for text in candidates], self.hear(heard(draft))).tolist()

    def perplexity(self, stream: Stream, most: int | None = None) -> dict[str, float]:
        """Of a word on held-out lines, ends of lines counted in; and of the words that the model knows, alone."""
        written, nats = surprises(self.speaker, stream, most)
        words, known = (written != BREAK).sum(), written >= FIRST
        return {"held-out": float(np.exp(nats.sum() / words)), "held-out known": float(np.exp(nats[known].mean()))}

    def write(self, before: Memory, count: int, seed: int) -> list[tuple[float, tuple[str, ...]]]:
        """Next lines, no two alike: nats a word, and words; there may be fewer.

        Args:
            before: from `hear`.
            count: how many.
            seed: the same gives the same.
        """
        rng, found = np.random.default_rng(seed), {}
        for _ in range(ROUNDS):
            for row in self._drawn(before, count, rng):
                found.setdefault(tuple(self.symbols.words[symbol - FIRST] for symbol in row))
            if len(found) >= count:
                break
        lines = list(found)[:count]
        return list(zip(self.surprise(lines, before).tolist(), lines, strict=True))

    def __call__(self, draft: Sequence[str], wishes: Wishes, seed: int) -> list[Said]:
        """Lines that go on with a draft, the least surprising first; of the wishes only the number is looked at."""
        written = self.write(self.hear(heard(draft)), wishes.count, seed)
        return [Said(spelled(line)) for _, line in sorted(written)]

    def _drawn(self, before: Memory, count: int, rng: np.random.Generator) -> list[list[int]]:
        own = self.speaker.net.memory(count, MOST + 1)
        last = np.full(count, BREAK if before.read else self.symbols.begin)
        rows: list[list[int]] = [[] for _ in range(count)]
        live = np.arange(count)
        for place in range(MOST + 1):
            hidden = self.speaker.read(last[:, None], own, before)[:, 0]
            allowed = self._own.copy()
            allowed[BREAK] = place >= FEWEST
            if place == MOST:
                allowed[:BREAK], allowed[FIRST:] = False, False
            last = draw(self.speaker.likely(hidden), allowed, self.free, rng)
            for row, symbol in zip(live.tolist(), last.tolist(), strict=True):
                if symbol != BREAK:
                    rows[row].append(symbol)
            go_on = last != BREAK
            if not go_on.any():
                break
            live, last = live[go_on], last[go_on]
            own = own.rows(np.flatnonzero(go_on))
        return rows


# ------------------------------------------------------------------------------------------------------------- training


def stream(lines: Lines, rows: np.ndarray, symbols: Symbols) -> Stream:
    """Words and ends of chosen lines.

    Args:
        lines: a source.
        rows: which lines, ascending.
        symbols: those of words and ends.
    """
    length = lines.lengths[rows]
    offsets = np.concatenate([[0], np.cumsum(length + 1)])
    write = np.full(offsets[-1], BREAK, np.int32)
    inside = np.ones(len(write), bool)
    inside[offsets[1:] - 1] = False
    write[inside] = symbols.rows(lines)[lines.words[spans(lines, rows)]]
    gap = packing.after_gap(rows, lines.gap, lines.document)
    return packing.chained(write, offsets, np.where(gap, symbols.begin, BREAK))


def train_plain(ground: Ground, steps: int, tell: Callable[[Report], None] | None = None) -> None:
    """Train the plain model on modern verse, or go on; what it has learned is written to `RUNS/plain/model.npz`."""
    from . import language

    symbols = learn(ground.verse, ground.verse_rows())
    held = stream(ground.verse, ground.verse_rows(Part.VALID), symbols)
    learned = stream(ground.verse, ground.verse_rows(), symbols)
    measure = lambda speaker: Plain(speaker).perplexity(held, 25)
    run = ground.runs / NAME
    model = language.train(symbols, learned, run, steps, measure, tell)
    storage.write(run / FILE, {**symbols.arrays(), **storage.weights(model)})
