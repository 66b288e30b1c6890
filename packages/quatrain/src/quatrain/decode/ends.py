"""Which words may end a line: those that rhyme with its partners, by kind, and none that only seems to.

Everything about the end of a word that decides how it rhymes gets a number, once for all kinds of a lexis; what has the
partner's numbers is found by index, and only that is compared. The answer is the one of `text.rhyme.compared`, which
takes the best pair of readings. A second dictionary is heard as well: an end word is *sure* when the first readings
rhyme, and some of the second dictionary do too. First is a strong one, since a line ends on it: `that` with an A.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..text import phones as ph
from ..text import sound
from ..text.lexicon import Pronunciation, table
from ..text.rhyme import EXACT, Kind
from ..text.sound import KINDS, READINGS, Sounds
from .stems import Stems

NAMES = ("whole", "key", "onset", "family", "rest", "vowel", "last", "many")
"""What is compared; see `text.sound`."""
_NOWHERE = -1
_PLACE = {kind: place for place, kind in enumerate(KINDS)}
_LOOKED_UP = {
    Kind.PERFECT: "key",
    Kind.FEMININE: "key",
    Kind.RICH: "key",
    Kind.FAMILY: "family",
    Kind.CONSONANCE: "rest",
    Kind.LAST_SYLLABLE: "last",
    Kind.ASSONANCE: "vowel",
}


@dataclass(frozen=True)
class Found:
    """Kinds of a lexis that rhyme with all partners.

    Attributes:
        kinds: ascending [found].
        how: place in `KINDS` of the loosest rhyme that each has with a partner [found].
        sure: whether the first readings rhyme as asked, and some readings of the second dictionary as far as it
            knows the words [found].
    """

    kinds: np.ndarray
    how: np.ndarray
    sure: np.ndarray

    def __len__(self) -> int:
        return len(self.kinds)

    def where(self, keep: np.ndarray) -> Found:
        """Some of them.

        Args:
            keep: which [found].
        """
        return Found(self.kinds[keep], self.how[keep], self.sure[keep])

    def among(self, allowed: np.ndarray) -> Found:
        """Those that are allowed.

        Args:
            allowed: for each kind of the lexis whether it is [K].
        """
        return self.where(allowed[self.kinds])


class Ends:
    """The ends of the words of a lexis.

    Args:
        sounds: its kinds.
        stems: which words are forms of one word.
    """

    def __init__(self, sounds: Sounds, stems: Stems) -> None:
        self._stems, self._total = stems, len(sounds)
        rows: dict[tuple[str, tuple[bytes, ...]], int] = {}
        pairs = zip(sounds.words, sounds.readings, strict=True)
        row = np.array([rows.setdefault((word, readings), len(rows)) for word, readings in pairs], np.int64)
        self._kinds = np.argsort(row, kind="stable")
        self._kind_starts = np.searchsorted(row[self._kinds], np.arange(len(rows) + 1))
        self._words = np.array([word for word, _ in rows])
        self._number: dict[tuple[str, bytes], int] = {}
        self._features: dict[bytes, dict[str, int]] = {}
        self._of = self._table([_strong_first(readings)[:READINGS] for _, readings in rows], READINGS)
        self._second = self._table([_second(word) for word, _ in rows], READINGS)
        self._feminine = np.array([n == "key" and ph.count(v) > 1 for n, v in self._number] + [False])
        self._rows, self._row_starts = _index(self._of, len(self._number))

    def rhyming(
        self, partners: Sequence[Pronunciation], wanted: Collection[Kind] = EXACT, without: Iterable[Pronunciation] = ()
    ) -> Found:
        """The kinds that rhyme with all partners.

        Never among them: a partner itself, a form of it, what sounds the same.

        Args:
            partners: end words to rhyme with, at least one.
            wanted: kinds of rhyme.
            without: other words that are not to end the line, nor their forms, nor what sounds the same.
        """
        how = sure = rows = np.zeros(0, np.int64)
        for place, partner in enumerate(partners):
            mine, best, firm = self._rhyming(partner, frozenset(wanted))
            if not place:
                rows, how, sure = mine, best, firm
                continue
            _, old, new = np.intersect1d(rows, mine, assume_unique=True, return_indices=True)
            rows, how, sure = rows[old], np.maximum(how[old], best[new]), sure[old] & firm[new]
        parts = [self._kinds[self._kind_starts[row] : self._kind_starts[row + 1]] for row in rows]
        if not parts:
            nothing = np.zeros(0, np.int64)
            return Found(nothing, nothing.astype(np.uint8), nothing.astype(bool))
        kinds, many = np.concatenate(parts), [len(part) for part in parts]
        order = np.argsort(kinds)
        found = Found(kinds[order], np.repeat(how, many)[order].astype(np.uint8), np.repeat(sure, many)[order])
        return found.among(~self.refused([*partners, *without]))

    def refused(self, words: Iterable[Pronunciation]) -> np.ndarray:
        """For each kind of the lexis whether it is one of these words, a form of one, or sounds like one [K]."""
        banned = np.zeros(self._total, bool)
        for said in words:
            banned[self._stems.forms([said.word])] = True
            for reading in (*said.readings, *_second(said.word)):
                code = self._number.get(("whole", ph.flat(reading)), _NOWHERE)
                for row in self._having(code):
                    banned[self._kinds[self._kind_starts[row] : self._kind_starts[row + 1]]] = True
        return banned

    def _rhyming(self, partner: Pronunciation, wanted: frozenset[Kind]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows that rhyme with one partner, how, and whether surely."""
        readings = [self._codes(reading) for reading in _strong_first(partner.readings)[:READINGS]]
        looked = {_LOOKED_UP[kind] for kind in wanted if kind in _LOOKED_UP}
        parts = [self._having(codes[name]) for codes in readings for name in sorted(looked)]
        rows = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
        firsts = self._compare({name: codes[rows, :1] for name, codes in self._of.items()}, readings[:1])
        others = {name: codes[rows, 1:] for name, codes in self._of.items()}
        best = np.minimum(firsts, self._compare(others, readings[:1]))
        if readings[1:]:
            best = np.minimum(best, self._compare({n: codes[rows] for n, codes in self._of.items()}, readings[1:]))
        asked = np.zeros(len(KINDS), bool)
        asked[[_PLACE[kind] for kind in wanted]] = True
        keep = asked[best]
        rows, best, sure = rows[keep], best[keep], asked[firsts[keep]]
        second = [self._codes(reading) for reading in _second(partner.word)]
        if second:
            heard = self._compare({name: codes[rows] for name, codes in self._second.items()}, second)
            silent = self._second["whole"][rows, 0] == _NOWHERE
            sure &= asked[heard] | silent
        return rows, best, sure

    def _compare(self, many: dict[str, np.ndarray], one: Sequence[dict[str, int]]) -> np.ndarray:
        """How each of many words rhymes with one, in the best pair of readings; words that sound the same don't.

        Args:
            many: codes by name [words, readings].
            one: codes by name of each reading.
        """
        best = np.full(len(many["whole"]), _PLACE[Kind.NONE], np.uint8)
        for codes in one:
            same = {name: (many[name] == codes[name]) & (many[name] != _NOWHERE) for name in NAMES}
            key, rest = same["key"], same["rest"] & (many["vowel"] != codes["vowel"])
            feminine = self._feminine[many["key"]]
            found = np.full(key.shape, _PLACE[Kind.NONE], np.uint8)
            for kind, holds in (
                (Kind.ASSONANCE, same["vowel"] & same["many"]),
                (Kind.LAST_SYLLABLE, same["last"]),
                (Kind.CONSONANCE, rest),
                (Kind.FAMILY, same["family"]),
                (Kind.PERFECT, key & ~feminine),
                (Kind.FEMININE, key & feminine),
                (Kind.RICH, key & same["onset"]),
            ):  # the closest last, since later ones overwrite
                found[holds] = _PLACE[kind]
            best = np.minimum(best, found.min(axis=1, initial=_PLACE[Kind.NONE]))
        return best

    def _codes(self, reading: bytes) -> dict[str, int]:
        """The numbers of a reading; -2 for what no word of the lexis has."""
        features = sound.features(reading)
        return {n: self._number.get((n, features[n]), -2) if n in features else -3 for n in NAMES}

    def _having(self, code: int) -> np.ndarray:
        """Rows with a reading that has this number."""
        return self._rows[self._row_starts[code] : self._row_starts[code + 1]] if code >= 0 else self._rows[:0]

    def _table(self, listed: Sequence[Sequence[bytes]], width: int) -> dict[str, np.ndarray]:
        table = {name: np.full((len(listed), width), _NOWHERE, np.int32) for name in NAMES}
        for row, readings in enumerate(listed):
            for column, reading in enumerate(readings):
                if reading not in self._features:
                    features = sound.features(reading).items()
                    self._features[reading] = {
                        n: self._number.setdefault((n, v), len(self._number)) for n, v in features
                    }
                for name, code in self._features[reading].items():
                    table[name][row, column] = code
        return table


def _strong_first(readings: Sequence[bytes]) -> list[bytes]:
    """Readings without a stress (`that` as in `that I`) after the others."""
    return sorted(readings, key=lambda reading: not set(ph.stress(reading)) - {"0"})


def _second(word: str) -> list[bytes]:
    """The readings of a word in the second dictionary; none if it does not list it."""
    return [sounds for _, sounds in table("misaki").entry(word)[:READINGS]]


def _index(of: dict[str, np.ndarray], total: int) -> tuple[np.ndarray, np.ndarray]:
    """For each number the rows that have it: all rows, and where those of each number begin."""
    codes = np.concatenate([of[name].ravel() for name in sorted(set(_LOOKED_UP.values()) | {"whole"})])
    width = of["whole"].shape[1]
    rows = np.tile(np.repeat(np.arange(len(of["whole"])), width), len(codes) // of["whole"].size)
    pairs = np.unique(codes.astype(np.int64) << 32 | rows)
    pairs = pairs[pairs >= 0]
    return pairs & 0xFFFFFFFF, np.searchsorted(pairs >> 32, np.arange(total + 1))
