"""Retrieval: real lines of the training text that rhyme and have the syllables, the nearest to the draft first.

Nothing is trained and nothing is new: every answer is somebody's line. What a line is about is the sum of its content
words, and what a word is about is the company that it keeps in the same text, counted.

Source: positive pointwise mutual information and its largest singular vectors, Bullinaria and Levy 2012; the smoothing
of Levy, Goldberg and Dagan 2015; the random projection of Halko, Martinsson and Tropp 2011 (arXiv 0909.4061).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...page import Page, ending
from ...text import cache, rhyme, syllables
from ...text import phones as ph
from ...text.lexicon import Pronunciation, lexicon
from ...text.lines import Lines
from ...text.rhyme import EXACT
from ...text.verse import Wanted
from ...wishes import Wishes
from .asking import Said, heard, words_of
from .symbols import spans

WIDTH, WINDOW, FAR = 100, 2, 12
"""Numbers that a word's company is kept in; how many lines, and content words, further on it still is company."""
WORDS, LEAST = 5000, 5
"""Words whose company is known, the commonest; fewest occurrences."""
ALIKE = 2
"""Answers with one end word."""
POOL = 6000
"""Lines compared with the draft where more would fit."""
CHANCE = 0.03
"""How far, in cosine, the seed may move a line: a new seed gives new lines, but none that are far off."""
_FADING = 0.7
"""How much less each line further back counts."""
_QUOTES = "\"'“”‘’ _*"


class Retrieval:
    """Lines to be found again.

    Args:
        lines: a source of verse.
        rows: which of its lines, ascending.
    """

    def __init__(self, lines: Lines, rows: np.ndarray) -> None:
        self._lines, self._rows = lines, rows
        self._number: dict[str, int] = {}
        self._of_kind = np.array([self._number.setdefault(w, len(self._number)) for w in lines.kinds.words], np.int32)
        self._ends = lines.ends[rows]
        self._by_key = _by_key(lines, self._ends)
        self._weight, self._vectors = self._company()

    @classmethod
    def load(cls, folder: Path) -> Retrieval:
        """All lines that the rivals learn from, from a cache that has the source `verse`.

        Raises:
            StorageError: it was not built.
        """
        lines = cache.load("verse", folder)
        return cls(lines, Wanted().rows(lines))

    def __call__(self, draft: Sequence[str], wishes: Wishes, seed: int) -> list[Said]:
        """Lines that keep the wishes for rhyme and syllables, the nearest to the draft first; there may be none."""
        before = heard(draft)
        found = self._fitting(draft, wishes)
        rng = np.random.default_rng(seed)
        if len(found) > POOL:
            found = np.sort(rng.choice(found, POOL, replace=False))
        near = self._near(before, [self._words(place) for place in found])
        order = found[np.argsort(-(near + CHANCE * rng.standard_normal(len(found))), kind="stable")]
        chosen: list[Said] = []
        known, many = {tuple(line) for line in before}, dict.fromkeys((line[-1] for line in before), ALIKE)
        for place in order.tolist():
            words = tuple(word for word, _ in self._lines.of(int(self._rows[place])))
            if len(chosen) == wishes.count:
                break
            if words not in known and many.get(words[-1], 0) < ALIKE:
                known.add(words)
                many[words[-1]] = many.get(words[-1], 0) + 1
                chosen.append(self._said(place))
        return chosen

    def score(self, draft: Sequence[str], candidates: Sequence[str]) -> list[float]:
        """How near each of some lines is to a draft."""
        coded = [np.array([self._number[word] for word in words_of(text) if word in self._number], np.int64)
                 for text in candidates]  # fmt: skip
        return self._near(heard(draft), coded).tolist()

    def _said(self, place: int) -> Said:
        row = int(self._rows[place])
        return Said(self._lines.text[row].as_py().strip(_QUOTES), tuple(tag for _, tag in self._lines.of(row)))

    def _words(self, place: int) -> np.ndarray:
        row = self._rows[place]
        return self._of_kind[self._lines.words[self._lines.offsets[row] : self._lines.offsets[row + 1]]]

    def _fitting(self, draft: Sequence[str], wishes: Wishes) -> np.ndarray:
        """Places, in `rows`, of the lines that keep the wishes."""
        partners, fits = Page.of(draft).partners(wishes), np.ones(len(self._rows), bool)
        if wishes.syllables is not None:
            asked = np.uint64(min(max(wishes.syllables, 0), syllables.LONGEST))
            fits = (self._lines.strict[self._rows] >> asked) & np.uint64(1) == 1
        if not partners:
            return np.flatnonzero(fits)
        said = [ending(line) for line in partners]
        parts = [self._by_key[key] for key in rhyme.keys(said[-1]) if key in self._by_key]
        found = np.unique(np.concatenate([np.zeros(0, np.int64), *parts]))
        found = found[fits[found]]
        kinds, inverse = np.unique(self._ends[found], return_inverse=True)
        good = np.array([all(self._rhymes(int(kind), one) for one in said) for kind in kinds], bool)
        return found[good[inverse]] if len(found) else found

    def _rhymes(self, kind: int, said: Pronunciation) -> bool:
        """Whether a word rhymes as it is usually said, and is in no reading the same word, a form of it, or alike."""
        other = lexicon().pronounce(self._lines.kinds.words[kind], self._lines.kinds.tags[kind])
        usual = rhyme.compared(replace(said, readings=said.readings[:1]), replace(other, readings=other.readings[:1]))
        return usual.kind in EXACT and not rhyme.compared(said, other).refused

    def _near(self, before: Sequence[Sequence[str]], candidates: Sequence[np.ndarray]) -> np.ndarray:
        """The cosine between the lines before, the last one most, and each of some lines, as numbers of words."""
        draft = np.zeros(WIDTH, np.float32)
        for back, line in enumerate(reversed(before)):
            known = [self._number[word] for word in line if word in self._number]
            draft += np.float32(_FADING**back) * (self._weight[known] @ self._vectors[known])
        found = np.zeros((len(candidates), WIDTH), np.float32)
        lengths = np.array([len(words) for words in candidates], np.int64)
        flat = np.concatenate([np.zeros(0, np.int64), *candidates]).astype(np.int64)
        np.add.at(found, np.repeat(np.arange(len(candidates)), lengths), self._weight[flat, None] * self._vectors[flat])
        size = np.linalg.norm(found, axis=1) * np.linalg.norm(draft)
        return found @ draft / np.maximum(size, 1e-9)

    def _company(self) -> tuple[np.ndarray, np.ndarray]:
        """How much each word says of what a line is about, and what company it keeps [words], [words, WIDTH].

        Only the commonest content words say anything: of others too little is known.
        """
        lines, total = self._lines, len(self._number)
        running = lines.words[spans(lines, self._rows)]
        line = np.repeat(np.arange(len(self._rows)), lines.lengths[self._rows])
        content = lines.kinds.content[running]
        word, line = self._of_kind[running[content]], line[content]
        often = np.bincount(word, minlength=total)
        common = np.argsort(-often, kind="stable")[: min(WORDS, int((often >= LEAST).sum()))]
        place = np.full(total, -1)
        place[common] = np.arange(len(common))
        kept = place[word] >= 0
        weight, vectors = np.zeros(total, np.float32), np.zeros((total, WIDTH), np.float32)
        if len(common):
            weight[common] = np.log(len(self._rows) / often[common])
            vectors[common] = _vectors(place[word[kept]], line[kept], len(common))
        return weight, vectors


def _vectors(word: np.ndarray, line: np.ndarray, total: int) -> np.ndarray:
    """The company of words as vectors of length one: how much more often than by chance two stand near each other.

    Args:
        word: running words, as numbers below `total`.
        line: of each, ascending.
        total: how many words there are.
    """
    counts = np.zeros(total * total, np.float32)
    for step in range(1, min(FAR, len(word))):
        near = line[step:] - line[:-step] <= WINDOW
        counts += np.bincount(word[:-step][near] * total + word[step:][near], minlength=total * total)
    together = counts.reshape(total, total)
    together += together.T.copy()
    alone = np.maximum(together.sum(1), 1e-9)
    spread = alone**0.75
    together *= spread.sum() / alone[:, None] / spread[None]
    more = np.log(np.maximum(together, 1.0), out=together)
    rng, width = np.random.default_rng(0), min(WIDTH + 16, total)
    basis = rng.standard_normal((total, width)).astype(np.float32)
    for _ in range(3):
        basis = np.linalg.qr(more @ (more.T @ basis))[0]
    left, size, _ = np.linalg.svd(basis.T @ more, full_matrices=False)
    found = np.zeros((total, WIDTH), np.float32)
    found[:, : min(WIDTH, width)] = ((basis @ left) * size**0.5)[:, :WIDTH]
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def _by_key(lines: Lines, ends: np.ndarray) -> dict[bytes, np.ndarray]:
    """For each rhyme key the places of the lines that can end in it."""
    kinds, inverse = np.unique(ends, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(inverse, minlength=len(kinds)))[:-1])
    found: dict[bytes, list[np.ndarray]] = {}
    for kind, places in zip(kinds.tolist(), groups, strict=True):
        for key in {ph.rhyme(reading) for reading in lines.kinds.readings[kind]}:
            found.setdefault(key, []).append(places)
    return {key: np.sort(np.concatenate(parts)) for key, parts in found.items()}
