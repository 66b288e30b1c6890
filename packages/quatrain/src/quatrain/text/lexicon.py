"""Pronunciations: every word gets an answer, and the answer says how it was found.

    dictionary   the word stands in the shipped lexicon (or the songwriter said how she sings it)
    rule         it is built from a word that does: an elision, an inflection, a compound, a number (`spelling.py`)
    guess        letters were turned into sounds (`letters.py`)

Some words sound different as different parts of speech (wind, live, tear, record): ask with a Penn Treebank tag.

Source: the CMU Pronouncing Dictionary (its own licence, in `data/LICENSES.txt`), with the readings by part of speech,
and the words that it lacks, of misaki's American lexicon (Apache-2.0). `python -m quatrain.text.compiling` builds the
file.
"""

from __future__ import annotations

import functools
import re
import struct
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from ..errors import BadWord, StorageError
from . import phones as ph

MAGIC = b"quatrain lexicon 1\n"
ENTRY, READING = b"\xfe", b"\xff"
ANY, NOUN, VERB, ADJECTIVE, ADVERB, PAST, DETERMINER = range(240, 247)
CLASSES = {"ANY": ANY, "NOUN": NOUN, "VERB": VERB, "ADJ": ADJECTIVE, "ADV": ADVERB, "PAST": PAST, "DT": DETERMINER}
CMU, MISAKI, OURS, NAME, LEVEL = 0, 1, 2, 4, 16
"""Flags of an entry: where it comes from, plus NAME if it is only known with a capital, plus LEVEL times how common it
is (the binary logarithm of its count in 35 million words of verse and novels, at most 15)."""

MANY = 3000
"""Words asked for one by one, after which an index of all is made: it takes a tenth of a second and 20 MB."""
LONGEST_WORD = 60
"""No rule is tried on more letters than this: that is a cat on the keyboard."""


class Found(StrEnum):
    """How a pronunciation was found."""

    YOURS = "yours"
    DICTIONARY = "dictionary"
    RULE = "rule"
    GUESS = "guess"


@dataclass(frozen=True)
class Pronunciation:
    """One word's pronunciations, the most usual first.

    Attributes:
        word: lower case, with straight apostrophes.
        readings: phones (see `phones.py`), without doubles.
        found: how.
        syllables: counts that the songwriter set for this word, or none; they win over those of the readings.
    """

    word: str
    readings: tuple[bytes, ...]
    found: Found
    syllables: tuple[int, ...] = ()

    @property
    def first(self) -> bytes:
        """The most usual reading."""
        return self.readings[0]

    def __str__(self) -> str:
        return " | ".join(ph.decode(reading) for reading in self.readings)


class Table:
    """A compiled lexicon: sorted words and their readings in two long byte strings; a word is found by bisection."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise StorageError("The lexicon file is of another version or damaged. Install quatrain again.")
        data = zlib.decompress(data[len(MAGIC) :])
        count, words, entries = struct.unpack_from("<III", data)
        cut = 12 + words
        self._words, self._entries = data[12:cut], data[cut : cut + entries]
        self._flags = data[cut + entries : cut + entries + count]
        self._index: dict[str, int] | None = None
        self._asked = 0
        self._word_ends, self._ends = _places(self._words, b"\n"), _places(self._entries, ENTRY)
        if not len(self._word_ends) == len(self._ends) == len(self._flags) == count:
            raise StorageError("The lexicon file is damaged. Install quatrain again.")

    def __len__(self) -> int:
        return len(self._ends)

    def __contains__(self, word: str) -> bool:
        return self._find(word) >= 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._words.decode().split())

    def entry(self, word: str) -> list[tuple[int, bytes]]:
        """Class and phones of every reading; none for an unknown word."""
        index = self._find(word)
        if index < 0:
            return []
        start = self._ends[index - 1] + 1 if index else 0
        return [(part[0], part[1:]) for part in self._entries[start : self._ends[index]].split(READING)]

    def flags(self, word: str) -> int:
        """Where a known word comes from; -1 for an unknown one."""
        index = self._find(word)
        return -1 if index < 0 else self._flags[index]

    def ending(self, pattern: bytes) -> list[str]:
        """Words with a reading whose end matches a regular expression in sounds, in alphabetical order."""
        whole = re.compile(b"(?:" + pattern + b")[" + ENTRY + READING + b"]", re.DOTALL)
        places = (bisect_left(self._ends, match.end() - 1) for match in whole.finditer(self._entries))
        return [self._word(index).decode() for index in dict.fromkeys(places)]

    def _word(self, index: int) -> bytes:
        return self._words[self._word_ends[index - 1] + 1 if index else 0 : self._word_ends[index]]

    def _find(self, word: str) -> int:
        """The place of a word, by bisection; once very many were asked for, an index pays."""
        if self._index is not None:
            return self._index.get(word, -1)
        self._asked += 1
        if self._asked > MANY:
            self._index = {known: place for place, known in enumerate(self)}
        sought = word.encode()
        index = bisect_left(range(len(self._ends)), sought, key=self._word)
        return index if index < len(self._ends) and self._word(index) == sought else -1


def _places(data: bytes, mark: bytes) -> array:
    """Where a one-byte mark stands."""
    return array("I", (match.start() for match in re.finditer(re.escape(mark), data)))


def pack(entries: Mapping[str, tuple[int, list[tuple[int, bytes]]]]) -> bytes:
    """The file that `Table` reads. `entries` maps a word to its flags and its readings (class, phones)."""
    words = sorted(word.encode() for word in entries)
    blob, flags = bytearray(), bytearray()
    for word in words:
        flag, readings = entries[word.decode()]
        blob += READING.join(bytes([kind]) + sounds for kind, sounds in readings) + ENTRY
        flags.append(flag)
    listed = b"".join(word + b"\n" for word in words)
    body = struct.pack("<III", len(words), len(listed), len(blob)) + listed + bytes(blob) + bytes(flags)
    return MAGIC + zlib.compress(body, 9)


@functools.cache
def table(name: str = "lexicon") -> Table:
    """A shipped lexicon: `lexicon`, or `misaki`, the second opinion (only for checking the first)."""
    return Table((resources.files("quatrain.text") / "data" / f"{name}.bin").read_bytes())


class Lexicon:
    """The door to pronunciations, with a songwriter's own ones in front.

    Args:
        overrides: word -> pronunciation as text (`"G AH1 N AH0"`; several separated by `|`), or a number of syllables,
            or several (`"1 2"`). A count keeps the sounds and changes the count only.

    Raises:
        BadWord: an override that is neither.
    """

    def __init__(self, overrides: Mapping[str, str | int] | None = None) -> None:
        self._table = table()
        self._cache: dict[tuple[str, int], Pronunciation] = {}
        self._yours = {_plain(word): _override(word, text) for word, text in (overrides or {}).items()}

    def __contains__(self, word: str) -> bool:
        """Whether the shipped dictionary has the word itself."""
        return _plain(word) in self._table

    def pronounce(self, word: str, tag: str = "") -> Pronunciation:
        """How a word sounds.

        Args:
            word: any spelling; case and the kind of apostrophe don't matter.
            tag: fine Penn Treebank tag, if known; of a composite tag (`PRP+VBZ`) the first part counts.

        Raises:
            BadWord: text without any letter or digit.
        """
        plain, kind = _plain(word), _class(tag)
        known = self._cache.get((plain, kind))
        if known is None:
            if len(self._cache) > 500_000:  # a corpus has about as many; a server must not grow without end
                self._cache.clear()
            known = self._cache[plain, kind] = self._pronounce(plain, kind)
        return known

    def readings(self, word: str, kind: int = ANY) -> tuple[bytes, ...]:
        """Readings in the dictionary for one class of words; empty if the word is not there."""
        entry = self._table.entry(word)
        if not entry:
            return ()
        fit = [sounds for k, sounds in entry if k == kind] if kind != ANY else []
        if not fit and kind == PAST:
            fit = [sounds for k, sounds in entry if k == VERB]
        if not fit:
            fit = [sounds for k, sounds in entry if k == ANY or kind == ANY]
        return tuple(dict.fromkeys(fit or (sounds for _, sounds in entry)))

    def is_name(self, word: str) -> bool:
        """Whether the dictionary knows the word with a capital only."""
        flags = self._table.flags(_plain(word))
        return flags >= 0 and bool(flags & NAME)

    def common(self, word: str) -> int:
        """How common a word is in verse and novels: 0 (not seen, or once) to 15 (the), one more for each doubling."""
        return max(self._table.flags(_plain(word)), 0) // LEVEL

    def _pronounce(self, word: str, kind: int) -> Pronunciation:
        if not any(char.isalnum() for char in word):
            raise BadWord(f"'{word}' has no letter, so it has no sound. Give a word.")
        sounds, counts = self._yours.get(word, ((), ()))
        if sounds:
            return Pronunciation(word, sounds, Found.YOURS)
        readings, found = self.readings(word, kind), Found.DICTIONARY
        if not readings:
            readings, found = self._built(word, kind)
        return Pronunciation(word, readings, Found.YOURS if counts else found, counts)

    def _built(self, word: str, kind: int) -> tuple[tuple[bytes, ...], Found]:
        """By rule, part by part if it has hyphens, or else guessed."""
        from . import letters, spelling  # only unknown words need them

        parts = [part for part in re.split(r"[-–—_/.]+", word) if any(char.isalnum() for char in part)]
        if len(parts) > 1 and not word.replace(",", "").replace(".", "").isdigit():
            said = [self.pronounce(part) for part in parts]
            guessed = any(one.found is Found.GUESS for one in said)
            return spelling.joined([one.readings for one in said]), Found.GUESS if guessed else Found.RULE
        short = len(word) <= LONGEST_WORD
        readings = spelling.derive(word, lambda other: self.readings(other, kind)) if short else ()
        return (readings, Found.RULE) if readings else ((letters.guess(word),), Found.GUESS)


@functools.cache
def lexicon() -> Lexicon:
    """The lexicon without anybody's overrides."""
    return Lexicon()


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").replace("‘", "'").replace("`", "'")


@functools.lru_cache(maxsize=512)
def _class(tag: str) -> int:
    """The class of readings that a Penn Treebank tag asks for."""
    head = tag.partition("+")[0]
    if head in ("VBD", "VBN"):
        return PAST
    for start, kind in (
        ("NN", NOUN),
        ("VB", VERB),
        ("MD", VERB),
        ("JJ", ADJECTIVE),
        ("RB", ADVERB),
        ("DT", DETERMINER),
    ):
        if head.startswith(start):
            return kind
    return ANY


def _override(word: str, text: str | int) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Readings, or counts of syllables, as a songwriter wrote them."""
    parts = str(text).replace(",", " ").split()
    if parts and all(part.isdigit() for part in parts):
        counts = tuple(int(part) for part in parts)
        if not all(1 <= count <= 20 for count in counts):
            raise BadWord(f"'{word}' cannot have {text} syllables. Give a number from 1 to 20.")
        return (), counts
    readings = tuple(ph.encode(reading) for reading in str(text).split("|") if reading.strip())
    if not readings or not all(ph.count(reading) for reading in readings):
        raise BadWord(f"'{text}' is no pronunciation of '{word}': it has no vowel. Write one like 'G AH1 N AH0'.")
    return readings, ()
