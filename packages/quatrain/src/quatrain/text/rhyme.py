"""Rhymes by name: perfect, feminine, rich, family, consonance, last syllable, assonance; and what is refused as none.

    perfect        gate / late             equal from the last stressed vowel on, which is in the last syllable
    feminine       river / shiver          equal from the last stressed vowel on, with weak syllables after it
    rich           leave / believe         as perfect, and the consonant before the vowel is the same too
    family         time / mine             same vowels, consonants of one family
    consonance     love / move             other vowel, everything after it equal
    last syllable  eternity / sea          only the last syllable sounds alike
    assonance      gate / rain             same vowel, other consonants
    same word, same lemma, homophone       refused: night / night, run / runs, night / knight

A word with several readings rhymes in its best one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from . import lemma
from . import phones as ph
from .lexicon import Lexicon, Pronunciation, lexicon, table


class Kind(StrEnum):
    """How two words rhyme, the closest first; the last three are refused, `NONE` is no rhyme."""

    PERFECT = "perfect"
    FEMININE = "feminine"
    RICH = "rich"
    FAMILY = "family"
    CONSONANCE = "consonance"
    LAST_SYLLABLE = "last syllable"
    ASSONANCE = "assonance"
    NONE = "none"
    SAME_WORD = "same word"
    SAME_LEMMA = "same lemma"
    HOMOPHONE = "homophone"


EXACT = (Kind.PERFECT, Kind.FEMININE)
NEAR = (Kind.RICH, Kind.FAMILY, Kind.CONSONANCE, Kind.LAST_SYLLABLE, Kind.ASSONANCE)
SOUGHT = (*EXACT, Kind.RICH, Kind.FAMILY, Kind.CONSONANCE)
REFUSED = (Kind.SAME_WORD, Kind.SAME_LEMMA, Kind.HOMOPHONE)
_R = ph.encode("R")
_ORDER = {kind: place for place, kind in enumerate(Kind)}
_ONSETS = frozenset(
    ph.encode(text)
    for text in [
        "P R",
        "P L",
        "P Y",
        "B R",
        "B L",
        "B Y",
        "T R",
        "T W",
        "D R",
        "D W",
        "K R",
        "K L",
        "K W",
        "K Y",
        "G R",
        "G L",
        "G W",
        "F R",
        "F L",
        "F Y",
        "V Y",
        "TH R",
        "TH W",
        "SH R",
        "S P",
        "S T",
        "S K",
        "S M",
        "S N",
        "S L",
        "S W",
        "S F",
        "M Y",
        "HH Y",
        "HH W",
        "S P R",
        "S P L",
        "S T R",
        "S K R",
        "S K W",
        "S K Y",
        "N Y",
        "L Y",
        "T Y",
        "D Y",
        "V R",
    ]
)


@dataclass(frozen=True)
class Rhyme:
    """How two words rhyme.

    Attributes:
        kind: by name.
        syllables: how many syllables at the end sound alike (vowel and what follows it); 0 for none.
    """

    kind: Kind
    syllables: int

    @property
    def exact(self) -> bool:
        """Perfect or feminine."""
        return self.kind in EXACT

    @property
    def refused(self) -> bool:
        """The same word, a form of it, or one that sounds the same."""
        return self.kind in REFUSED


def compare(first: str, second: str, words: Lexicon | None = None, tags: tuple[str, str] = ("", "")) -> Rhyme:
    """How two words rhyme.

    Args:
        first: a word, as typed.
        second: another.
        words: a lexicon with somebody's own pronunciations.
        tags: their parts of speech, where known: live and five rhyme as adjective, live and give as verb.
    """
    known = words or lexicon()
    return compared(known.pronounce(first, tags[0]), known.pronounce(second, tags[1]))


def compared(first: Pronunciation, second: Pronunciation) -> Rhyme:
    """How two pronounced words rhyme."""
    pairs = [(a, b) for a in first.readings for b in second.readings]
    if first.word == second.word:
        kind = Kind.SAME_WORD
    elif any(ph.flat(a) == ph.flat(b) for a, b in pairs):
        kind = Kind.HOMOPHONE
    else:
        rhyme = min((_sounds(a, b) for a, b in pairs), key=lambda r: (_ORDER[r.kind], -r.syllables))
        if rhyme.kind is not Kind.NONE and lemma.same(first.word, second.word):
            return Rhyme(Kind.SAME_LEMMA, rhyme.syllables)
        return rhyme
    return Rhyme(kind, max(depth(a, b) for a, b in pairs))


def keys(word: Pronunciation) -> tuple[bytes, ...]:
    """The rhyme keys of all readings, the most usual first; equal keys are a perfect (or feminine, or rich) rhyme."""
    return tuple(dict.fromkeys(ph.rhyme(reading) for reading in word.readings))


def depth(first: bytes, second: bytes, vowels_only: bool = False) -> int:
    """How many syllables at the end sound alike, across as many words as the sounds come from.

    Args:
        first: sounds; those of several words one after the other, for rhymes like "sent a letter" / "meant a better".
        second: the same of the other.
        vowels_only: compare only the vowels, as rappers do.
    """
    alike = 0
    for a, b in zip(_syllables(first), _syllables(second), strict=False):
        if (a[0] if vowels_only else a) != (b[0] if vowels_only else b):
            break
        alike += 1
    return alike


def onset(sounds: bytes, place: int) -> bytes:
    """The consonants that begin the syllable of the vowel at `place`: as many as English allows."""
    start = place
    while start > 0 and not ph.is_vowel(sounds[start - 1]):
        start -= 1
    cluster = sounds[start:place]
    if start == 0:
        return cluster
    if not cluster:
        return _R if ph.coda(sounds[start - 1 : start]) else b""  # the R inside ER, as in surround
    while len(cluster) > 1 and cluster not in _ONSETS:
        cluster = cluster[1:]
    return cluster


@functools.lru_cache(maxsize=1 << 16)
def _sounds(first: bytes, second: bytes) -> Rhyme:
    """How two readings rhyme, by sound alone."""
    alike, one, two = depth(first, second), ph.rhyme(first), ph.rhyme(second)
    if one == two:
        same = onset(first, ph.stressed_at(first)) == onset(second, ph.stressed_at(second))
        kind = Kind.RICH if same else Kind.FEMININE if ph.count(one) > 1 else Kind.PERFECT
    elif ph.family(one) == ph.family(two):
        kind = Kind.FAMILY
    elif one[0] != two[0] and ph.coda(one) and ph.coda(one) == ph.coda(two):
        kind = Kind.CONSONANCE
    elif alike:
        kind = Kind.LAST_SYLLABLE
    elif one[0] == two[0] and ph.count(one) == ph.count(two):
        kind = Kind.ASSONANCE
    else:
        kind = Kind.NONE
    return Rhyme(kind, alike)


def _syllables(sounds: bytes) -> Iterator[bytes]:
    """From the last syllable back: its vowel and what follows up to the next vowel, without stress.

    What begins a stressed syllable belongs to that and may differ: sent a letter, meant a better.
    """
    end = len(sounds)
    for place in reversed(ph.nuclei(sounds)):
        yield ph.flat(ph.rhyme(sounds[:end], place))
        stressed = ph.stress(sounds[place : place + 1]) != "0"
        end = place - len(onset(sounds, place)) if stressed and sounds[place - 1] >= ph.FIRST_CONSONANT else place


# ----------------------------------------------------------------------------------------------------- words that rhyme


def rhymes(
    word: str, words: Lexicon | None = None, tag: str = "", kinds: Iterable[Kind] = SOUGHT
) -> dict[Kind, list[str]]:
    """Every word of the dictionary that rhymes with a word, by kind, the closest kind first and common words first.

    Refused ones are left out.

    Args:
        word: as typed; the dictionary need not know it.
        words: a lexicon with somebody's own pronunciations.
        tag: its part of speech, if known.
        kinds: which are wanted. Assonance and rhymes on the last syllable have thousands of words.
    """
    known, wanted = words or lexicon(), tuple(kinds)
    said, others = known.pronounce(word, tag), lexicon()
    found: dict[Kind, list[str]] = {kind: [] for kind in Kind if kind in wanted}
    patterns = {_pattern(kind, key) for kind in wanted for key in keys(said)}
    for other in table().ending(b"|".join(sorted(pattern for pattern in patterns if pattern))):
        kind = compared(said, others.pronounce(other)).kind
        if kind in found:
            found[kind].append(other)
    by_use = lambda other: (-others.common(other), other)
    return {kind: sorted(group, key=by_use) for kind, group in found.items() if group}


def _pattern(kind: Kind, key: bytes) -> bytes:
    """What the end of a word must sound like to rhyme in this way; it may allow a little more."""
    vowel, rest = _alike(key[:1], key), b"".join(_alike(key[i : i + 1], key[i:]) for i in range(1, len(key)))
    if kind in (*EXACT, Kind.RICH):
        return vowel + rest
    if kind is Kind.FAMILY:
        return b"".join(_kindred(code, key[place:]) for place, code in enumerate(key))
    if kind is Kind.CONSONANCE:
        either = b"(?:" + _STRESSED + _R + b"|" + _one_of(ph.encode("ER1 ER2")) + b")" + rest.removeprefix(_R)
        return either if ph.coda(key)[:1] == _R else _STRESSED + rest if rest else b""
    if kind is Kind.ASSONANCE:
        return vowel + _CONSONANT + b"*" + (_VOWEL + _CONSONANT + b"*") * (ph.count(key) - 1)
    last = ph.nuclei(key)[-1]
    return _VOWEL_OF[ph.flat(key[last : last + 1])] + b"".join(
        _alike(key[i : i + 1], key) for i in range(last + 1, len(key))
    )


def _alike(sound: bytes, key: bytes) -> bytes:
    """The sounds that the first sound of a key may be written as."""
    if not ph.is_vowel(sound[0]):
        return re.escape(sound)
    if ph.stress(sound) == "0":
        return _one_of(sound + ph.encode("IH0")) if sound == ph.encode("AH0") else re.escape(sound)
    return _one_of(
        bytes(code for code in range(1, ph.FIRST_CONSONANT) if ph.rhyme(bytes([code]) + key[1:], 0)[:1] == sound)
    )


def _kindred(code: int, key: bytes) -> bytes:
    """The sounds of one family with a sound of a key."""
    if code == key[0] and ph.is_vowel(code):
        kin = {other for other in range(1, ph.FIRST_CONSONANT) if ph.family(bytes([other])) == ph.family(bytes([code]))}
        return b"(?:" + b"|".join(_alike(bytes([other]), bytes([other]) + key[1:]) for other in sorted(kin)) + b")"
    kin = ph.family(bytes([code]))
    return _one_of(bytes(c for c in range(ph.FIRST_CONSONANT, len(ph.NAMES)) if ph.family(bytes([c])) == kin))


def _one_of(sounds: bytes) -> bytes:
    return b"[" + re.escape(sounds) + b"]"


_CONSONANT, _VOWEL = (
    _one_of(bytes(range(ph.FIRST_CONSONANT, len(ph.NAMES)))),
    _one_of(bytes(range(1, ph.FIRST_CONSONANT))),
)
_STRESSED = _one_of(bytes(code for code in range(1, ph.FIRST_CONSONANT) if ph.stress(bytes([code])) != "0"))
_VOWEL_OF = {bytes([code]): _one_of(bytes([code, code + 1, code + 2])) for code in range(1, ph.FIRST_CONSONANT, 3)}
