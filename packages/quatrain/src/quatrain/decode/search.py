"""Many candidates at once: the end word first, then the line towards it, every word drawn under the masks.

All candidates of all shapes go through the model in one batch, slot by slot (`draft`); the lines before are read once.
What is drawn depends only on the seed and the request, byte for byte on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..models.reading import Memory
from ..text import phones as ph
from ..text import syllables
from ..text.lexicon import Lexicon, Pronunciation, lexicon
from .masks import Palette, complement, remaining
from .network import Network
from .slots import Before, order
from .stems import Stems


@dataclass(frozen=True)
class Given:
    """A word that the songwriter has already; the lexis need not know it.

    Attributes:
        text: the word, a key.
        word: its number, 0 if unknown.
        tag: the number of its tag, 0 if unknown.
        kind: word with tag, -1 if unknown.
        sets: its syllable set, a bit mask.
        count: the usual one.
        vowel: whether it begins with a vowel.
    """

    text: str
    word: int
    tag: int
    kind: int
    sets: int
    count: int
    vowel: bool

    @classmethod
    def of(cls, text: str, tag: str, palette: Palette, known: Lexicon | None = None) -> Given:
        """A word as typed, with its tag.

        Raises:
            BadWord: it has no letter.
        """
        said = (known or lexicon()).pronounce(text, tag)
        return cls(
            said.word, *palette.lexis.of(said.word, tag), syllables.strict(said), syllables.usual(said), _vowel(said)
        )


@dataclass(frozen=True)
class Task:
    """A shape to be filled some times.

    Attributes:
        tags: numbers of the tags of its words.
        syllables: of the line.
        ends: kinds that may end it, of its last tag, ascending; none for any word of the tag.
        given: words that stand already, by place from 0.
        candidates: how many lines to write.
    """

    tags: tuple[int, ...]
    syllables: int
    ends: np.ndarray | None = None
    given: Mapping[int, Given] = field(default_factory=dict)
    candidates: int = 8


@dataclass(frozen=True)
class Manner:
    """How freely words are drawn.

    Attributes:
        temperature: of all words but the end word; lower is more cautious.
        top: the share of probability drawn from, the likeliest words first.
        end_temperature: of the end word. End words are drawn without putting back, so that candidates differ there.
        doubt: what a word loses (nats) whose syllables are ambiguous or counted differently by two dictionaries.
        again: whether a content word, or a form of it, may stand twice in a line.
    """

    temperature: float = 0.9
    top: float = 0.92
    end_temperature: float = 1.0
    doubt: float = 2.0
    again: bool = False


USUAL = Manner()


@dataclass(frozen=True)
class Written:
    """Candidates, in the order of their tasks.

    Attributes:
        task: which task each fills [n].
        kinds: of its words as they are read; -1 for a given word that is not known, and after the last [n, most].
        surprise: of each word given its tag and what was written before it, in nats, under no mask; 0 where it is not
            known [n, most].
        texts: its words.
    """

    task: np.ndarray
    kinds: np.ndarray
    surprise: np.ndarray
    texts: list[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, rows: Sequence[int] | np.ndarray) -> Written:
        """Some of them, in the order given.

        Args:
            rows: their numbers.
        """
        rows = np.asarray(rows, np.int64)
        return Written(self.task[rows], self.kinds[rows], self.surprise[rows], [self.texts[row] for row in rows])


class Search:
    """Writes lines with one model and one palette.

    Args:
        network: the model.
        palette: what may be written.
        stems: which words are forms of one word.
    """

    def __init__(self, network: Network, palette: Palette, stems: Stems) -> None:
        self.network, self.palette, self.stems = network, palette, stems
        self._rows: dict[int, np.ndarray] = {}

    def on(self, palette: Palette) -> Search:
        """The same with another palette of the same lexis; what was prepared is shared."""
        other = Search(self.network, palette, self.stems)
        other._rows = self._rows
        return other

    def rows(self, tag: int) -> np.ndarray:
        """The vectors of the words of a tag, side by side in memory [kinds, width]."""
        if tag not in self._rows:
            self._rows[tag] = self.network.words[self.palette.lexis.kind_word[self.palette.slice(tag)]]
        return self._rows[tag]

    def read(self, before: Before) -> Memory:
        """The model's memory of the lines before."""
        memory = self.network.net.memory(1, before.slots.word.shape[1])
        if before.slots.word.size:
            self.network.read(before.slots, memory)
        return memory

    def costs(self, hidden: np.ndarray, tag: int) -> np.ndarray:
        """What each word of a tag costs after these streams, in nats, under no mask [rows, kinds of the tag].

        Args:
            hidden: streams [rows, width].
            tag: its number.
        """
        scores = self.network.scores(hidden, self.rows(tag), self.palette.slice(tag))
        highest = scores.max(axis=1, keepdims=True)
        total = np.exp(scores - highest).sum(axis=1, dtype=np.float64, keepdims=True)
        return (highest + np.log(total)).astype(np.float32) - scores

    def ends(self, task: Task) -> np.ndarray:
        """The kinds with which a task can end so that its syllables come out, ascending; a given one is not judged."""
        last = len(task.tags) - 1
        if last in task.given:
            kind = task.given[last].kind
            return np.array([kind] if kind >= 0 else [], np.int64)
        kinds = self.palette.kinds(task.tags[last]) if task.ends is None else task.ends
        rest = remaining(self.unions(task)[1:])[0]
        fit = np.uint64(complement(rest, task.syllables))
        return kinds[self.palette.open[kinds] & (self.palette.sets[kinds] & fit != 0)]

    def unions(self, task: Task) -> list[int]:
        """For each slot of a task, in the order of writing, the counts that its words can have."""
        last, unions = len(task.tags) - 1, []
        for place in order(len(task.tags)).tolist():
            if place in task.given:
                unions.append(task.given[place].sets)
            elif place == last and task.ends is not None:
                unions.append(self.palette.union(task.ends[self.palette.open[task.ends]]))
            else:
                unions.append(int(self.palette.unions[task.tags[place]]))
        return unions

    def write(
        self,
        tasks: Sequence[Task],
        before: Before,
        seed: int,
        manner: Manner = USUAL,
        memory: Memory | None = None,
    ) -> Written:
        """Lines for all tasks; a line that comes out twice is kept once, one that has nowhere to go is dropped.

        Args:
            tasks: shapes to fill; those that cannot be filled (`ladder` says which can) give no line.
            before: the lines before.
            seed: of the draws, not negative.
            manner: how freely.
            memory: of the lines before, if it was read already.
        """
        from .draft import Draft

        draft = Draft(self, tasks, before, manner, seed)
        shared = memory or self.read(before)
        for _ in range(draft.most):
            draft.advance(shared)
        return draft.written()


def _vowel(said: Pronunciation) -> bool:
    return ph.is_vowel(said.first[0])
