"""Which words may stand where: by tag, by diction, and so that the syllables of the line come out exactly.

Syllables are sets (`text.syllables`), bit masks in 64 bits. Backwards over a shape goes the set of totals that the
words still to write can make; forwards, a word is allowed when what it leaves over is in that set. So no candidate ever
runs into a line of the wrong length, and none that could be finished is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..models.lexis import Lexis
from ..text import phones as ph
from ..text.diction import Filters
from ..text.lexicon import table

LEAST, SHARE = 3, 0.08
"""A word may be written under a tag that was seen this often, and in this share of the word's uses, or most often."""
EVERY = Filters()
"""All filters on."""
_BITS = 64
_HISSING = frozenset(ph.CODES[name] for name in ("S", "Z", "SH", "ZH", "CH", "JH"))


def admitted(lexis: Lexis) -> np.ndarray:
    """Kinds whose tag can be trusted: rare ones are the tagger's mistakes [K].

    Source: the thresholds are those that gave usable lines in a trial on the same two corpora.
    """
    words = len(lexis.words)
    uses = np.bincount(lexis.kind_word, weights=lexis.counts, minlength=words)
    most = np.zeros(words)
    np.maximum.at(most, lexis.kind_word, lexis.counts)
    often = (lexis.counts >= LEAST) & (lexis.counts >= SHARE * uses[lexis.kind_word])
    return often | (lexis.counts >= most[lexis.kind_word])


@dataclass(frozen=True)
class Palette:
    """The kinds that may be written, and how many syllables each has.

    Attributes:
        lexis: the words.
        open: which kinds may be written at all [K].
        sets: their syllable sets, bit masks [K].
        count: the count to reckon with, the usual one if it is in the set [K].
        doubtful: kinds whose syllables are ambiguous, or counted differently by two dictionaries [K].
        vowel: kinds that begin with a vowel, and so want `an` before them [K].
    """

    lexis: Lexis
    open: np.ndarray
    sets: np.ndarray
    count: np.ndarray
    doubtful: np.ndarray
    vowel: np.ndarray

    @classmethod
    def of(cls, lexis: Lexis, filters: Filters = EVERY, second: bool = True) -> Palette:
        """The kinds of a lexis under these filters.

        Args:
            lexis: the words.
            filters: of `text.diction`.
            second: ask the second dictionary too: where both know a word, only counts that both give are used.
        """
        sounds = lexis.sounds
        allowed = admitted(lexis) & (sounds.marks & np.uint8(filters.mask) == 0)
        sets, doubtful = sounds.strict.copy(), np.zeros(len(sounds), bool)
        if second:
            other = _second(sounds.words)
            common = sets & other
            doubtful = (other != 0) & (common == 0)
            sets = np.where(common != 0, common, sets)
        usual = sounds.usual.astype(np.uint64)
        fits = (sets >> usual) & np.uint64(1) == 1
        lowest = np.log2((sets & (~sets + np.uint64(1))).astype(np.float64))
        vowel = np.array([ph.is_vowel(readings[0][0]) for readings in sounds.readings])
        count = np.where(fits, usual, lowest).astype(np.uint8)
        return cls(lexis, allowed, sets, count, doubtful | _several(sets), vowel)

    def narrowed(self, banned: np.ndarray) -> Palette:
        """The same without some kinds.

        Args:
            banned: which ones [K].
        """
        return replace(self, open=self.open & ~banned)

    @cached_property
    def unions(self) -> np.ndarray:
        """For each tag the counts that some open kind can have, a bit mask [tags]."""
        found = np.zeros(len(self.lexis.tags), np.uint64)
        np.bitwise_or.at(found, self.lexis.kind_tag, np.where(self.open, self.sets, np.uint64(0)))
        return found

    def union(self, kinds: np.ndarray) -> int:
        """The counts that some of these kinds can have, closed ones too."""
        return int(np.bitwise_or.reduce(self.sets[kinds], initial=np.uint64(0)))

    @cached_property
    def articles(self) -> tuple[int, int]:
        """The numbers of the words a and an; -1 for one that is not known."""
        return self.lexis.number.get("a", -1), self.lexis.number.get("an", -1)

    def agreeing(self, kinds: slice | np.ndarray, before: np.ndarray, vowel: np.ndarray) -> np.ndarray:
        """Whether each of some kinds agrees with its neighbours: a river, an hour [lines, kinds].

        Args:
            kinds: which ones.
            before: the number of the word before it; -1 if there is none or it is not known [lines].
            vowel: whether the word after it begins with a vowel, 1 or 0; -1 as above [lines].
        """
        a, an = self.articles
        here, found = self.lexis.kind_word[kinds], np.ones((len(before), len(self.vowel[kinds])), bool)
        found[(before == a) & (a >= 0)] &= ~self.vowel[kinds]
        found[(before == an) & (an >= 0)] &= self.vowel[kinds]
        found[vowel == 1] &= here != a
        found[vowel == 0] &= here != an
        return found

    def slice(self, tag: int) -> slice:
        """The kinds of a tag, as a slice."""
        return slice(int(self.lexis.starts[tag]), int(self.lexis.starts[tag + 1]))

    def kinds(self, tag: int) -> np.ndarray:
        """The kinds of a tag, ascending."""
        return np.arange(self.lexis.starts[tag], self.lexis.starts[tag + 1])


def _several(sets: np.ndarray) -> np.ndarray:
    return sets & (sets - np.uint64(1)) != 0


def _second(words: Sequence[str]) -> np.ndarray:
    """The syllable sets of the second dictionary, 0 for a word that it does not list [words].

    It leaves plurals and the like to rules: towards is counted as toward, since an s after a sound that does not hiss
    adds no syllable.
    """
    second, known = table("misaki"), {}
    for word in words:
        if word not in known:
            listed = [sounds for _, sounds in second.entry(word)]
            if not listed and word.endswith("s"):
                listed = [sounds for _, sounds in second.entry(word[:-1]) if sounds[-1] not in _HISSING]
            known[word] = 0
            for sounds in listed:
                known[word] |= 1 << ph.count(sounds)
    return np.array([known[word] for word in words], np.uint64)


# ----------------------------------------------------------------------------------------------------------- syllables


def added(first: int, second: int) -> int:
    """The totals of two sets: every sum of a count of one and a count of the other, up to 63."""
    total = 0
    for shift in range(second.bit_length()):
        if second >> shift & 1:
            total |= first << shift
    return total & ((1 << _BITS) - 1)


def remaining(unions: Sequence[int]) -> list[int]:
    """Backwards: for each place the totals that the words from there on can make; after the last, none but 0.

    Args:
        unions: for each place, in the order of writing, the counts that its words can have.
    """
    rest = [1]
    for union in reversed(unions):
        rest.append(added(rest[-1], union))
    return rest[::-1]


def wanted(spent: np.ndarray, rest: int, target: int) -> np.ndarray:
    """Forwards: the counts with which a word still lets the line come out, a bit mask for every candidate.

    A word with the syllable set `s` is allowed where `wanted & s` is not 0.

    Args:
        spent: the totals that the words written so far can have, bit masks [candidates].
        rest: the totals that the words after this one can make (from `remaining`).
        target: syllables of the line.
    """
    missing = np.uint64(complement(rest, target))
    values, inverse = np.unique(spent, return_inverse=True)
    found = np.zeros(len(values), np.uint64)
    for shift in range(min(target + 1, _BITS)):
        has = (values >> np.uint64(shift)) & np.uint64(1)
        found |= (missing >> np.uint64(shift)) * has
    return found[inverse]


def complement(rest: int, target: int) -> int:
    """What is missing to a total: the counts that, with one of a set, make it.

    Args:
        rest: a set of counts, a bit mask.
        target: syllables of the line.
    """
    return sum(1 << target - r for r in range(target + 1) if rest >> r & 1) & ((1 << _BITS) - 1)


def spend(spent: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """The totals after one more word, bit masks [candidates].

    Args:
        spent: the totals before [candidates].
        sets: the syllable set of the word that each candidate got [candidates].
    """
    total = np.zeros_like(spent)
    for shift in range(int(sets.max(initial=np.uint64(0))).bit_length()):
        total |= (spent << np.uint64(shift)) * ((sets >> np.uint64(shift)) & np.uint64(1))
    return total
