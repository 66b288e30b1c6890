"""One joint model: a single transformer on verse that writes the shape of a line and then its words, in one sequence.

    rhymes 2 back · 10 syllables · PRP VBD PRP$ NN IN DT NN NN · words: · i left my coat beside the garden gate · end

Wishes are written for it where they belong (how the line rhymes, how many syllables, tags of a line to be like); the
words are what it makes of that. Nothing is masked: whether a line then rhymes and scans is what it has learned, which
is the point of the comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...page import Page
from ...text import rhyme
from ...text.corpus import Part
from ...text.lexicon import lexicon
from ...text.rhyme import Kind
from ...text.sound import HISTORY, KINDS
from ...text.syllables import usual
from ...text.tagging import Tagger
from ...text.words import is_word, key, tokens
from ...wishes import Wishes
from .. import shape, storage
from ..reading import Memory
from . import packing
from .asking import FEWEST, MOST, Said, spelled
from .packing import Stream
from .speaking import Free, Speaker, draw, surprises
from .symbols import BREAK, FIRST, UNKNOWN, Symbols, learn, spans, with_forms

if TYPE_CHECKING:
    from ...text.lines import Lines
    from ..building import Ground
    from ..training import Report

NAME, FILE = "joint", "model.npz"
RELATION, SYLLABLES, TAG, WORDS = "back ", "syllables ", "tag ", "words:"
"""What names of forms begin with; the last one stands between tags and words."""
OTHER = "tag ?"
"""For tags too rare to learn; read, but not written."""
ROUNDS = 4
Tagged = Sequence[tuple[str, str]]
"""The words of a line with their tags."""


def forms(lines: Lines, rows: np.ndarray, least: int = 80) -> tuple[str, ...]:
    """Names of the symbols of shapes: relations, counts of syllables, the tags that stand in a text often enough."""
    found: dict[str, int] = {}
    for row, count in enumerate(np.bincount(lines.words[spans(lines, rows)], minlength=len(lines.kinds)).tolist()):
        found[lines.kinds.tags[row]] = found.get(lines.kinds.tags[row], 0) + count
    tags = sorted(tag for tag, count in found.items() if count >= least and tag[0].isalpha())
    backs = [f"{RELATION}{back}" for back in range(HISTORY + 1)]
    counts = [f"{SYLLABLES}{count}" for count in range(1, shape.MOST_SYLLABLES + 1)]
    return (*backs, *counts, WORDS, OTHER, *(TAG + tag for tag in tags))


def stream(lines: Lines, rows: np.ndarray, symbols: Symbols) -> Stream:
    """Shapes and words of chosen lines: how it rhymes, syllables, a tag for each word, a sign, the words, the end.

    Args:
        lines: a source of verse.
        rows: which lines, ascending.
        symbols: with forms.
    """
    length = lines.lengths[rows]
    offsets = np.concatenate([[0], np.cumsum(2 * length + 4)])
    line = np.repeat(np.arange(len(rows)), 2 * length + 4)
    place = np.arange(offsets[-1]) - offsets[line]
    n, form = length[line], symbols.form
    gap = packing.after_gap(rows, lines.gap, lines.document)
    known = np.arange(len(rows)) - np.maximum.accumulate(np.where(gap, np.arange(len(rows)), 0))
    seen = np.arange(HISTORY) < known[:, None]
    back = shape.relations(np.where(seen, lines.relation[rows], KINDS.index(Kind.NONE)))
    syllables = shape.usual_syllables(lines)[rows]
    tags = np.array([form.get(TAG + tag, form[OTHER]) for tag in lines.kinds.tags], np.int32)
    tagged, worded = (place >= 2) & (place < 2 + n), (place > 2 + n) & (place < 3 + 2 * n)
    here = lines.words[spans(lines, rows)]
    write = np.full(offsets[-1], BREAK, np.int32)
    write[place == 0] = form[f"{RELATION}0"] + back
    write[place == 1] = form[f"{SYLLABLES}1"] + syllables - 1
    write[tagged], write[worded] = tags[here], symbols.rows(lines)[here]
    write[place == 2 + n] = form[WORDS]
    return packing.chained(write, offsets, np.where(gap, symbols.begin, BREAK))


class Joint:
    """The joint model.

    Args:
        speaker: its network.
        free: how freely it writes words; shapes are drawn as they are likely.
    """

    def __init__(self, speaker: Speaker, free: Free | None = None) -> None:
        self.speaker, self.symbols, self.free = speaker, speaker.symbols, free or Free()
        names = np.array(["", "", *self.symbols.forms, *[""] * len(self.symbols.words)])
        marked = lambda start: np.char.startswith(names, start)
        self._words = np.arange(len(names)) >= self.symbols.first_word
        self._backs, self._counts = marked(RELATION), marked(SYLLABLES)
        self._tags = marked(TAG) & (names != OTHER)

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Joint:
        """A model from stored arrays.

        Raises:
            BadModel: something is missing, or does not fit together.
        """
        return cls(Speaker(arrays, Symbols.of_arrays(arrays)))

    @classmethod
    def load(cls, path: Path) -> Joint:
        """A model from a file of its arrays.

        Raises:
            BadModel: it is missing or damaged.
        """
        return cls.of_arrays(storage.read(path))

    @cached_property
    def _tagger(self) -> Tagger:
        return Tagger()

    def hear(self, before: Sequence[Tagged], room: int = 2 * MOST + 4) -> Memory:
        """Read the lines before, as many of the last four as fit.

        Args:
            before: words with their tags; every line has some.
            room: slots to leave for what comes next.
        """
        symbols: list[int] = []
        for place in range(len(before) - 1, max(len(before) - 1 - HISTORY, -1), -1):
            own = [BREAK, *self._shape(before, place), *self.symbols.of([word for word, _ in before[place]])]
            if len(own) + len(symbols) + room > self.speaker.net.reach:
                break
            symbols = own + symbols
        if symbols:
            symbols[0] = self.symbols.begin
        return self.speaker.begun(symbols)

    def perplexity(self, stream: Stream, most: int | None = None) -> dict[str, float]:
        """Of a word given the shape of its line, ends of lines counted in, on held-out lines; and with the shapes' own
        surprise counted in too, which bounds the perplexity of the words alone from above.
        """
        written, nats = surprises(self.speaker, stream, most)
        said = (written < FIRST) | (written >= self.symbols.first_word)
        words = (said & (written != BREAK)).sum()
        given, whole = (float(np.exp(total / words)) for total in (nats[said].sum(), nats.sum()))
        return {"held-out given shape": given, "held-out": whole}

    def score(self, draft: Sequence[str], candidates: Sequence[str]) -> list[float]:
        """How well each of some lines goes on with a draft: how much less it and its shape surprise than by themselves,
        in nats a word.
        """
        before, found = self._tagged(Page.of(draft)), []
        memory, nothing = self.hear(before), self.hear([])
        for text in candidates:
            line = self._tagged(Page.of([*draft, text]))[len(before) :]
            lift = self._nats(line, nothing) - self._nats([*before, *line], memory) if line else float("nan")
            found.append(lift / max(sum(map(len, line)), 1))
        return found

    def __call__(self, draft: Sequence[str], wishes: Wishes, seed: int) -> list[Said]:
        """Lines that go on with a draft, the likeliest words for their shape first; wishes are conditions."""
        page = Page.of(draft)
        before, rng, found = self._tagged(page), np.random.default_rng(seed), {}
        memory, head = self.hear(before), self._wished(page, before, wishes)
        for _ in range(ROUNDS):
            for score, tags, words in self._drawn(memory, head, wishes.count, rng):
                found.setdefault(words, (score, tags))
            if len(found) >= wishes.count:
                break
        best = sorted((score, words, tags) for words, (score, tags) in list(found.items())[: wishes.count])
        return [Said(spelled(words), tags if len(tags) == len(words) else ()) for _, words, tags in best]

    def _nats(self, lines: Sequence[Tagged], before: Memory) -> float:
        """The surprise of the last of some lines, its shape and end counted in, after those before it."""
        said = self.symbols.of([word for word, _ in lines[-1]])
        write = np.array([*self._shape(lines, len(lines) - 1), *said, BREAK])
        read = np.array([BREAK if before.read else self.symbols.begin, *write[:-1]])
        hidden = self.speaker.read(read[None], self.speaker.net.memory(1, len(read)), before)[0]
        return float(self.speaker.nats(hidden, write).sum())

    def _tagged(self, page: Page) -> list[list[tuple[str, str]]]:
        units = [tokens(line.text) for line in page.lines]
        found = next(self._tagger.tag([units], verse=True)) if units else []
        pairs = (zip(unit, tags, strict=True) for unit, tags in zip(units, found, strict=True))
        return [[(key(token), tag) for token, tag in line if is_word(token)] for line in pairs]

    def _wished(self, page: Page, before: Sequence[Tagged], wishes: Wishes) -> list[int | np.ndarray]:
        """Relation, syllables and, if given, tags and what ends them: a symbol each, or which ones may stand there."""
        form, partners, back = self.symbols.form, page.partners(wishes), 0
        if partners:
            back = len(page.lines) - page.lines.index(partners[-1])
        asked = bool(partners or wishes.scheme)
        head: list[int | np.ndarray] = [form[f"{RELATION}{back if back <= HISTORY else 0}"] if asked else self._backs]
        head.append(self._counts)
        if wishes.like is not None:
            head[1:] = self._shape(before, page.lines.index(page.line(wishes.like, "to be like")))[1:]
        if wishes.syllables is not None:
            head[1] = form[f"{SYLLABLES}{min(wishes.syllables, shape.MOST_SYLLABLES)}"]
        return head

    def _shape(self, lines: Sequence[Tagged], place: int) -> list[int]:
        """The forms of a line of the draft, the sign before its words last."""
        line, form = lines[place], self.symbols.form
        near = [lines[place - lag][-1] if place >= lag else None for lag in range(1, HISTORY + 1)]
        kinds = [Kind.NONE if other is None else _rhyme(line[-1], other) for other in near]
        back = int(shape.relations(np.array([[KINDS.index(kind) for kind in kinds]]))[0])
        count = sum(usual(lexicon().pronounce(word, tag)) for word, tag in line)
        tags = [self._tag(tag) for _, tag in line]
        count = min(max(count, 1), shape.MOST_SYLLABLES)
        return [form[f"{RELATION}{back}"], form[f"{SYLLABLES}{count}"], *tags, form[WORDS]]

    def _tag(self, tag: str) -> int:
        return self.symbols.form.get(TAG + tag, self.symbols.form[OTHER])

    def _drawn(
        self, before: Memory, head: Sequence[int | np.ndarray], count: int, rng: np.random.Generator
    ) -> list[tuple[float, tuple[str, ...], tuple[str, ...]]]:
        """Lines: nats a word given the shape, tags, words."""
        own = self.speaker.net.memory(count, max(2 * MOST + 4, len(head) + MOST + 1))
        last = np.full(count, BREAK if before.read else self.symbols.begin)
        rows: list[list[int]] = [[] for _ in range(count)]
        nats, live = np.zeros(count), np.arange(count)
        while len(live):
            hidden, place = self.speaker.read(last[:, None], own, before)[:, 0], len(rows[live[0]])
            given = head[place] if place < len(head) else None
            if isinstance(given, int):
                last = np.full(len(live), given)
            else:
                said = np.array([self.symbols.form[WORDS] in rows[row] for row in live])
                allowed = np.stack([self._allowed(rows[row]) for row in live]) if given is None else given
                free = Free(np.where(said, self.free.temperature, 1.0), np.where(said, self.free.top, 1.0))
                likely = self.speaker.likely(hidden)
                last = draw(likely, allowed, free, rng)
                nats[live] -= np.where(said, likely[np.arange(len(live)), last], 0.0)
            for row, symbol in zip(live.tolist(), last.tolist(), strict=True):
                rows[row].append(symbol)
            go_on = last != BREAK
            live, last, own = live[go_on], last[go_on], own.rows(np.flatnonzero(go_on))
        named = zip(nats.tolist(), map(self._named, rows), strict=True)
        return [(cost / len(words), tags, words) for cost, (tags, words) in named]

    def _named(self, row: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Tags and words of a line of symbols."""
        cut = row.index(self.symbols.form[WORDS])
        tags = tuple(self.symbols.forms[symbol - FIRST].removeprefix(TAG) for symbol in row[2:cut])
        return tags, tuple(self.symbols.words[symbol - self.symbols.first_word] for symbol in row[cut + 1 : -1])

    def _allowed(self, row: Sequence[int]) -> np.ndarray:
        """What may follow in a line: tags and the sign, then words and the end; never an unknown word."""
        sign = self.symbols.form[WORDS]
        number = len(row) - 2 if sign not in row else len(row) - 1 - row.index(sign)
        inside, after = (self._tags, sign) if sign not in row else (self._words, BREAK)
        allowed = inside.copy() if number < MOST else np.zeros(len(inside), bool)
        allowed[after], allowed[UNKNOWN] = number >= FEWEST, False
        return allowed


def _rhyme(one: tuple[str, str], other: tuple[str, str]) -> Kind:
    said = [lexicon().pronounce(word, tag) for word, tag in (one, other)]
    return rhyme.compared(said[0], said[1]).kind


# ------------------------------------------------------------------------------------------------------------- training


def symbols_of(lines: Lines, rows: np.ndarray) -> Symbols:
    """Words and forms of a training text."""
    bare = learn(lines, rows)
    named = forms(lines, rows)
    drafted = with_forms(bare, named, np.zeros(len(named)))
    counts = np.bincount(stream(lines, rows, drafted).write, minlength=len(drafted))
    return with_forms(bare, named, counts[FIRST : drafted.first_word])


def train_joint(ground: Ground, steps: int, tell: Callable[[Report], None] | None = None) -> None:
    """Train the joint model on modern verse, or go on; what it has learned is written to `RUNS/joint/model.npz`."""
    from . import language

    rows = ground.verse_rows()
    symbols = symbols_of(ground.verse, rows)
    held, learned = (stream(ground.verse, which, symbols) for which in (ground.verse_rows(Part.VALID), rows))
    measure = lambda speaker: Joint(speaker).perplexity(held, 25)
    run = ground.runs / NAME
    model = language.train(symbols, learned, run, steps, measure, tell)
    storage.write(run / FILE, {**symbols.arrays(), **storage.weights(model)})
