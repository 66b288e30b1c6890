"""The sound of many words at once, as arrays (one row a word and tag): a corpus is scanned without a loop in Python."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from . import diction, lemma, rhyme, stress, syllables
from . import phones as ph
from .lexicon import Found, Lexicon, lexicon
from .rhyme import Kind
from .tagging import is_content

VERSION = "sound-2"
READINGS = 3
"""Readings of a word that take part in relations."""
KINDS = tuple(Kind)
FOUND = tuple(Found)
HISTORY = 4
"""Lines back that a line's rhyme is looked for."""
_NOTHING = -1


@dataclass(frozen=True)
class Sounds:
    """Words (each with its tag) and how they sound.

    Attributes:
        words: keys.
        tags: fine tags, composite ones joined by `+`.
        found: how each was found, a place in `FOUND`.
        strict: syllable sets, bit masks.
        sung: the wider sets.
        usual: the usual count.
        stress: one sign a syllable (`stress.of_word`).
        readings: sounds, the most usual first.
        marks: bits of `diction`.
        content: whether the word carries the picture.
        common: how common it is in the dictionary's texts, 0 to 15.
    """

    words: list[str]
    tags: list[str]
    found: np.ndarray
    strict: np.ndarray
    sung: np.ndarray
    usual: np.ndarray
    stress: list[str]
    readings: list[tuple[bytes, ...]]
    marks: np.ndarray
    content: np.ndarray
    common: np.ndarray

    def __len__(self) -> int:
        return len(self.words)


@functools.cache
def version() -> str:
    """Changes whenever the same words may sound otherwise: code, dictionary, or lists."""
    digest = hashlib.blake2b(VERSION.encode(), digest_size=8)
    for file in sorted((resources.files("quatrain.text") / "data").iterdir(), key=lambda f: f.name):
        if file.name.endswith((".bin", ".txt")):
            digest.update(file.read_bytes())
    return f"{VERSION} {digest.hexdigest()}"


def sounds(pairs: Iterable[tuple[str, str]], known: Lexicon | None = None) -> Sounds:
    """How words with these tags sound."""
    listed, known = list(pairs), known or lexicon()
    said = [known.pronounce(word, tag) for word, tag in listed]
    return Sounds(
        words=[word for word, _ in listed],
        tags=[tag for _, tag in listed],
        found=np.array([FOUND.index(one.found) for one in said], np.uint8),
        strict=np.array([syllables.strict(one) for one in said], np.uint64),
        sung=np.array([syllables.sung(one) for one in said], np.uint64),
        usual=np.array([syllables.usual(one) for one in said], np.uint8),
        stress=[stress.of_word(one.first, one.word) for one in said],
        readings=[one.readings for one in said],
        marks=np.array([diction.marks(word, tag) for word, tag in listed], np.uint8),
        content=np.array([is_content(tag) for _, tag in listed], bool),
        common=np.array([known.common(word) for word, _ in listed], np.uint8),
    )


def sum_sets(sets: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The syllable set of every line: the exact sum set of its words' sets (see `syllables.total`).

    Args:
        sets: bit masks of all words, line after line.
        offsets: where each line begins, and at the end where the last one stops.
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    lines = np.ones(len(starts), np.uint64)
    for place in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > place)
        mask, line = sets[starts[rows] + place], lines[rows]
        grown = np.zeros_like(line)
        for shift in range(int(mask.max()).bit_length()):
            has = (mask >> np.uint64(shift)) & np.uint64(1)
            grown |= (line << np.uint64(shift)) * has
        lines[rows] = grown
    return lines


def relations(kinds: Sounds, ends: np.ndarray, document: np.ndarray) -> np.ndarray:
    """How each line rhymes with each of the last `HISTORY` lines of its document: places in `KINDS`, lines by lags.

    Equal to `rhyme.compared` of the end words wherever those have up to `READINGS` readings.

    Args:
        kinds: the words.
        ends: each line's last word, as a row of `kinds`.
        document: each line's document.
    """
    found = np.full((len(ends), HISTORY), KINDS.index(Kind.NONE), np.uint8)
    codes = _Codes(kinds)
    for lag in range(1, HISTORY + 1):
        rows = np.flatnonzero(document[lag:] == document[:-lag]) + lag
        found[rows, lag - 1] = codes.compare(ends[rows], ends[rows - lag])
    return found


_TESTED = (
    Kind.RICH, Kind.FEMININE, Kind.PERFECT, Kind.FAMILY, Kind.CONSONANCE, Kind.LAST_SYLLABLE, Kind.ASSONANCE,
)  # fmt: skip


class _Codes:
    """Numbers for everything about a word's end that decides how it rhymes: equal numbers, equal sounds."""

    def __init__(self, kinds: Sounds) -> None:
        self._kinds = kinds
        shape = (len(kinds), READINGS)
        names = ("whole", "key", "onset", "family", "rest", "vowel", "last", "many")
        self._of = {name: np.full(shape, _NOTHING, np.int32) for name in names}
        seen: dict[tuple[str, bytes], int] = {}
        for row, readings in enumerate(kinds.readings):
            for column, reading in enumerate(readings[:READINGS]):
                for name, value in features(reading).items():
                    self._of[name][row, column] = seen.setdefault((name, value), len(seen))
        words: dict[str, int] = {}
        self._feminine = np.zeros(len(seen) + 1, bool)  # by the code of a key; the last place is for "no reading"
        for (name, value), code in seen.items():
            self._feminine[code] = name == "key" and ph.count(value) > 1
        self._word = np.array([words.setdefault(word, len(words)) for word in kinds.words], np.int32)

    def compare(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Kinds for pairs of rows; of all pairs of readings, the closest kind counts."""
        order = {kind: place for place, kind in enumerate(KINDS)}
        best = np.full(len(first), order[Kind.NONE], np.uint8)
        homophone = np.zeros(len(first), bool)
        for i in range(READINGS):
            for j in range(READINGS):
                same = {name: self._same(name, first, second, i, j) for name in self._of}
                both = (self._of["whole"][first, i] >= 0) & (self._of["whole"][second, j] >= 0)
                weak = self._of["key"][first, i] >= 0
                kind = np.select(
                    [
                        same["key"] & same["onset"],
                        same["key"] & self._feminine[self._of["key"][first, i]],
                        same["key"],
                        same["family"],
                        same["rest"] & ~self._same("vowel", first, second, i, j, alone=True),
                        same["last"],
                        same["vowel"] & same["many"],
                    ],
                    [order[k] for k in _TESTED],
                    order[Kind.NONE],
                )  # fmt: skip
                best = np.where(both & weak, np.minimum(best, kind), best).astype(np.uint8)
                homophone |= same["whole"]
        best[homophone] = order[Kind.HOMOPHONE]
        best[self._word[first] == self._word[second]] = order[Kind.SAME_WORD]
        return self._lemmas(best, first, second)

    def _same(
        self, name: str, first: np.ndarray, second: np.ndarray, i: int, j: int, alone: bool = False
    ) -> np.ndarray:
        one, two = self._of[name][first, i], self._of[name][second, j]
        return (one == two) if alone else (one == two) & (one >= 0)

    def _lemmas(self, best: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Forms of one word are no rhyme; only pairs that begin alike, or that are in the irregular list, are asked."""
        order = {kind: place for place, kind in enumerate(KINDS)}
        asked = np.flatnonzero(best < order[Kind.NONE])
        pairs, inverse = np.unique(
            self._word[first[asked]].astype(np.int64) << 32 | self._word[second[asked]], return_inverse=True
        )
        names = {int(code): word for code, word in zip(self._word, self._kinds.words, strict=True)}
        same = np.zeros(len(pairs), bool)
        for place, pair in enumerate(pairs.tolist()):
            one, two = names[pair >> 32], names[pair & 0xFFFFFFFF]
            if one[0] == two[0] or one in lemma.IRREGULAR:
                same[place] = lemma.same(one, two)
        best[asked[same[inverse]]] = order[Kind.SAME_LEMMA]
        return best


def features(reading: bytes) -> dict[str, bytes]:
    """What `_Codes` compares; a feature that cannot count is left out."""
    key = ph.rhyme(reading)
    last = ph.nuclei(reading)[-1]
    features = {
        "whole": ph.flat(reading),
        "key": key,
        "onset": rhyme.onset(reading, ph.stressed_at(reading)),
        "vowel": key[:1],
        "many": bytes([ph.count(key)]),
        "last": ph.flat(ph.rhyme(reading, last)),
        "family": ph.family(key),
    }
    return features | ({"rest": ph.coda(key)} if ph.coda(key) else {})


def coverage(kinds: Sounds, counts: Sequence[int] | np.ndarray) -> dict[Found, float]:
    """The share of running words found in each way."""
    totals = np.bincount(kinds.found, weights=np.asarray(counts, float), minlength=len(FOUND))
    return {way: float(totals[place] / max(totals.sum(), 1.0)) for place, way in enumerate(FOUND)}
