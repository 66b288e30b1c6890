"""The character model (V0): an LSTM that writes a line letter by letter, having read the line before.

The oldest of the rivals: it knows no words, so it can spell any. Its surprise is told per word, so that it may be held
against the others: a word costs its letters and what ends it.

Source: Hochreiter and Schmidhuber 1997; text by letters, Graves 2013 (arXiv 1308.0850).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import BadModel
from ...text.corpus import Part
from ...wishes import Wishes
from .. import storage
from . import packing
from .asking import Said, heard, spelled, words_of
from .packing import NOTHING, Stream
from .speaking import Free, draw
from .symbols import spans

if TYPE_CHECKING:
    from ...text.lines import Lines
    from ..building import Ground
    from ..training import Report

NAME, FILE = "characters", "model.npz"
UNKNOWN, BREAK, SPACE, FIRST = range(4)
"""A letter that is not known; the end of a line; between words; the first letter."""
LONGEST = 90
"""Letters of a line that is written."""
REACH = 128
"""Letters in a sequence: three lines."""
BATCH = 64
HIDDEN = 256
ROUNDS = 4
State = tuple[np.ndarray, np.ndarray]
"""What an LSTM knows [rows, hidden] and what it says of it [rows, hidden]."""


class Characters:
    """The character model on arrays.

    Args:
        weights: by name; `inputs`, `hidden`, `out`, `bias`.
        letters: the alphabet.
        free: how freely it writes.

    Raises:
        BadModel: weights are missing or of another shape.
    """

    def __init__(self, weights: Mapping[str, np.ndarray], letters: str, free: Free | None = None) -> None:
        self.letters, self.free = letters, free or Free(0.8, 1.0)
        try:
            names = ("inputs", "hidden", "out", "bias")
            self._inputs, self._hidden, self._out, self._bias = (np.asarray(weights[n], np.float32) for n in names)
        except KeyError as error:
            raise BadModel(f"The model has no weight {error}. Get the file again, or train again.") from error
        if len(self._inputs) != FIRST + len(letters) + 1:
            raise BadModel(f"The model has {len(self._inputs)} inputs for {len(letters)} letters. Get the file again.")
        self._number = {letter: place for place, letter in enumerate(letters, FIRST)} | {" ": SPACE, "\n": BREAK}

    @property
    def begin(self) -> int:
        """Read where nothing is known before a line."""
        return FIRST + len(self.letters)

    @classmethod
    def load(cls, path: Path) -> Characters:
        """A model from a file of its arrays.

        Raises:
            BadModel: it is missing or damaged.
        """
        arrays = storage.read(path)
        if "letters" not in arrays:
            raise BadModel(f"'{path}' holds no character model. Train it first.")
        return cls(arrays, bytes(arrays["letters"]).decode())

    def read(self, symbols: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        """Log-probabilities of what comes next at every place [rows, places, symbols], and the state after the last.

        Args:
            symbols: [rows, places].
            state: after what stands before.
        """
        width = self._hidden.shape[0]
        nothing = np.zeros((len(symbols), width), np.float32)
        memory, said = state or (nothing, nothing)
        spoken = np.zeros((*symbols.shape, width), np.float32)
        for place in range(symbols.shape[1]):
            gates = self._inputs[symbols[:, place]] + said @ self._hidden
            keep, take, give = (_sigmoid(gates[:, part * width : (part + 1) * width]) for part in range(3))
            memory = keep * memory + take * np.tanh(gates[:, 3 * width :])
            said = spoken[:, place] = give * np.tanh(memory)
        scores = spoken @ self._out + self._bias
        scores -= scores.max(-1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(-1, keepdims=True)), (memory, said)

    def perplexity(self, stream: Stream, most: int | None = None, batch: int = BATCH) -> dict[str, float]:
        """Of a word on held-out lines, ends of lines counted in; and of a letter.

        Args:
            stream: of lines.
            most: batches to use.
            batch: sequences in one.
        """
        nats, letters, words = 0.0, 0, 0
        for place, (read, write) in enumerate(packing.batches(stream, REACH, batch, self.begin, None)):
            if place == most:
                break
            likely, _ = self.read(read)
            asked = write != NOTHING
            nats -= float(np.take_along_axis(likely, np.maximum(write, 0)[..., None], -1)[..., 0][asked].sum())
            letters, words = letters + int(asked.sum()), words + int(np.isin(write, (BREAK, SPACE)).sum())
        return {"held-out": float(np.exp(nats / words)), "held-out letter": float(np.exp(nats / letters))}

    def __call__(self, draft: Sequence[str], wishes: Wishes, seed: int) -> list[Said]:
        """Lines that go on with the last line, the least surprising first; of the wishes only the count counts."""
        before = self._coded(" ".join(next(iter(heard(draft)[-1:]), ())))
        rng, found = np.random.default_rng(seed), {}
        for _ in range(ROUNDS):
            for nats, text in self._drawn(before, wishes.count, rng):
                if text.split():
                    found.setdefault(" ".join(text.split()), nats)
            if len(found) >= wishes.count:
                break
        best = sorted(list(found.items())[: wishes.count], key=lambda item: (item[1], item[0]))
        return [Said(spelled(text.split())) for text, _ in best]

    def surprise(self, text: str, before: Sequence[str] = ()) -> float:
        """How much a line surprises, in nats a word, its end counted in.

        Args:
            text: the line.
            before: words (keys) of the line before; none if there is none.
        """
        lead = [self.begin, *self._coded(" ".join(before)), BREAK] if before else [self.begin]
        write = [*self._coded(" ".join(words_of(text))), BREAK]
        likely, _ = self.read(np.array([[*lead, *write[:-1]]]))
        nats = -likely[0, len(lead) - 1 :][np.arange(len(write)), write]
        return float(nats.sum()) / (write.count(SPACE) + 1)

    def score(self, draft: Sequence[str], candidates: Sequence[str]) -> list[float]:
        """How well each of some lines goes on with a draft: how much less it surprises than by itself."""
        last = next(iter(heard(draft)[-1:]), ())
        return [self.surprise(text) - self.surprise(text, last) for text in candidates]

    def _coded(self, text: str) -> list[int]:
        return [self._number.get(letter, UNKNOWN) for letter in text]

    def _drawn(self, before: Sequence[int], count: int, rng: np.random.Generator) -> list[tuple[float, str]]:
        """Lines with the surprise of a letter."""
        lead = [self.begin, *before, BREAK] if before else [self.begin]
        likely, state = self.read(np.repeat(np.array([lead]), count, 0))
        texts, nats, live = [""] * count, np.zeros(count), np.arange(count)
        allowed = np.ones(len(self._bias), bool)
        allowed[UNKNOWN] = False
        for _ in range(LONGEST):
            last = draw(likely[:, -1], allowed, self.free, rng)
            nats[live] -= likely[np.arange(len(live)), -1, last]
            for row, symbol in zip(live.tolist(), last.tolist(), strict=True):
                texts[row] += "" if symbol == BREAK else " " if symbol == SPACE else self.letters[symbol - FIRST]
            go_on = last != BREAK
            live, last, state = live[go_on], last[go_on], (state[0][go_on], state[1][go_on])
            if not len(live):
                break
            likely, state = self.read(last[:, None], state)
        return [(float(cost) / (len(text) + 1), text) for cost, text in zip(nats, texts, strict=True)]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.float32(0.5) * (np.tanh(np.float32(0.5) * x) + np.float32(1.0))


# ------------------------------------------------------------------------------------------------------------- training


def alphabet(lines: Lines, rows: np.ndarray, least: int = 50) -> str:
    """The letters that stand at least so often in the words of chosen lines."""
    found: dict[str, int] = {}
    counts = np.bincount(lines.words[spans(lines, rows)], minlength=len(lines.kinds))
    for row in np.flatnonzero(counts).tolist():
        for letter in lines.kinds.words[row]:
            found[letter] = found.get(letter, 0) + int(counts[row])
    return "".join(sorted(letter for letter, count in found.items() if count >= least and not letter.isspace()))


def stream(lines: Lines, rows: np.ndarray, letters: str) -> Stream:
    """Letters of chosen lines: words (keys) with a space between, and the end.

    Args:
        lines: a source.
        rows: which lines, ascending.
        letters: the alphabet.
    """
    number = {letter: place for place, letter in enumerate(letters, FIRST)}
    coded = [[*(number.get(letter, UNKNOWN) for letter in word), SPACE] for word in lines.kinds.words]
    sizes = np.array([len(word) for word in coded])
    first, buffer = np.concatenate([[0], np.cumsum(sizes)]), np.array([one for word in coded for one in word], np.int32)
    here = lines.words[spans(lines, rows)]
    ends = np.concatenate([[0], np.cumsum(sizes[here])])
    write = buffer[np.arange(ends[-1]) + np.repeat(first[here] - ends[:-1], sizes[here])]
    offsets = ends[np.concatenate([[0], np.cumsum(lines.lengths[rows])])]
    write[offsets[1:] - 1] = BREAK
    gap = packing.after_gap(rows, lines.gap, lines.document)
    return packing.chained(write, offsets, np.where(gap, FIRST + len(letters), BREAK))


def train_characters(ground: Ground, steps: int, tell: Callable[[Report], None] | None = None) -> None:
    """Train the character model on modern verse, or go on; it is written to `RUNS/characters/model.npz`."""
    from .. import training
    from .recurrent import RecurrentModel

    rows = ground.verse_rows()
    letters = alphabet(ground.verse, rows)
    held, learned = (stream(ground.verse, which, letters) for which in (ground.verse_rows(Part.VALID), rows))
    run, begin = ground.runs / NAME, FIRST + len(letters)
    model = training.train(
        RecurrentModel(begin, HIDDEN, 0),
        RecurrentModel.loss,
        lambda skip: packing.batches(learned, REACH, BATCH, begin, 1, skip),
        training.Schedule(steps),
        run,
        lambda model: Characters(storage.weights(model, np.float32), letters).perplexity(held, 25),
        measure_every=1000,
        tokens=BATCH * REACH,
        tell=tell,
    )
    storage.write(run / FILE, {"letters": np.frombuffer(letters.encode(), np.uint8), **storage.weights(model)})
