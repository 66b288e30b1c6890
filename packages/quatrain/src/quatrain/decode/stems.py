"""Which words of a lexis are forms of one word, as arrays: so that run is not written beside runs, nor night twice."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from ..models.lexis import Lexis
from ..text import lemma
from ..text.stress import WEAK


class Stems:
    """The words of a lexis by what they may be forms of.

    Args:
        lexis: the words.
    """

    def __init__(self, lexis: Lexis) -> None:
        self._lexis = lexis
        listed = [sorted(lemma.lemmas(word)) for word in lexis.words[1:]]
        self._number: dict[str, int] = {}
        for names in listed:
            for name in names:
                self._number.setdefault(name, len(self._number))
        stem = np.array([self._number[name] for names in listed for name in names], np.int32)
        word = np.repeat(np.arange(1, len(lexis.words)), [len(names) for names in listed])
        self._stems, self._stem_starts = stem, np.concatenate([[0, 0], np.cumsum([len(n) for n in listed])])
        order = np.argsort(stem, kind="stable")
        self._words, self._word_starts = word[order], np.searchsorted(stem[order], np.arange(len(self._number) + 1))
        self._kinds = np.argsort(lexis.kind_word, kind="stable")
        self._kind_starts = np.searchsorted(lexis.kind_word[self._kinds], np.arange(len(lexis.words) + 1))

    @cached_property
    def picture(self) -> np.ndarray:
        """Kinds that carry the picture: content words, but not the verbs that grammar leans on (be, have, do) [K]."""
        weak = np.array([word in WEAK or not WEAK.isdisjoint(lemma.lemmas(word)) for word in self._lexis.words])
        return self._lexis.sounds.content & ~weak[self._lexis.kind_word]

    def relatives(self, kind: int) -> np.ndarray:
        """All kinds that may be forms of the same word as this one, itself too, ascending."""
        return self._cached(int(self._lexis.kind_word[kind]))

    def forms(self, words: Iterable[str]) -> np.ndarray:
        """All kinds that may be forms of the same word as one of these, known to the lexis or not, ascending."""
        stems = {self._number[name] for word in words for name in lemma.lemmas(word) if name in self._number}
        return self._of(sorted(stems))

    def _cached(self, word: int) -> np.ndarray:
        if word not in self._memory:
            self._memory[word] = self._of(self._stems[self._stem_starts[word] : self._stem_starts[word + 1]])
        return self._memory[word]

    @cached_property
    def _memory(self) -> dict[int, np.ndarray]:
        return {}  # at most as many as words

    def _of(self, stems: Iterable[int]) -> np.ndarray:
        words = {int(w) for s in stems for w in self._words[self._word_starts[s] : self._word_starts[s + 1]]}
        kinds = [self._kinds[self._kind_starts[word] : self._kind_starts[word + 1]] for word in words]
        return np.sort(np.concatenate(kinds)) if kinds else np.zeros(0, np.int64)
