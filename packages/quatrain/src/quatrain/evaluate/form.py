"""Form checked by another dictionary than the decoder's: does the line rhyme, and has it as many syllables as asked?

The decoder uses the main lexicon (CMU first). This judge reads misaki's American lexicon alone, with rules of its own,
and shares no code with `text.rhyme`, `text.syllables` and `text.spelling`.

    rhyme       every sound from the last stressed vowel on is equal, and the consonants before that vowel are not;
                the same word, a form of it, or one that sounds the same is no rhyme
    syllables   vowels; a word with two readings has two counts, and a long vowel before a weak R (fire, our) is one or
                two. A line has the asked count if some choice of counts adds up to it

What misaki leaves to rules (as its own program does) is built here too: plurals, possessives, -ed and -ing. Words that
it lacks, and words whose reading the main lexicon took from it (those would be no second opinion), are not judged: they
are counted apart and named.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..text import lemma
from ..text.lexicon import MISAKI, table
from ..text.lists import listed
from ..text.phones import decode
from ..text.words import words

Reading = tuple[str, ...]
"""Sounds by name, a vowel with the digit of its stress: `("G", "EY1", "T")`."""


class Verdict(StrEnum):
    """What the judge says about one line."""

    RIGHT = "right"
    WRONG = "wrong"
    SAME = "same word"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Opinion:
    """A verdict and its reason.

    Attributes:
        verdict: right, wrong, the same word again, or not judged.
        words: the words that could not be judged; of a wrong one, those that decide.
    """

    verdict: Verdict
    words: tuple[str, ...] = ()


def rhyme(line: str, partner: str) -> Opinion:
    """Whether a line rhymes perfectly (or feminine) with another, by their last words."""
    first, second = _last(line), _last(partner)
    if first and second and (first == second or lemma.same(first, second)):
        return Opinion(Verdict.SAME, (first, second))
    unknown = tuple(word for word in (first, second) if not word or not _known(word))
    if unknown:
        return Opinion(Verdict.UNKNOWN, unknown)
    pairs = list(itertools.product(readings(first), readings(second)))
    if any(_flat(a) == _flat(b) for a, b in pairs):
        return Opinion(Verdict.SAME, (first, second))
    good = any(_tail(a) == _tail(b) and _before(a) != _before(b) for a, b in pairs)
    return Opinion(Verdict.RIGHT if good else Verdict.WRONG, (first, second))


def syllables(line: str, asked: int) -> Opinion:
    """Whether a line can have the asked count."""
    found = words(line)
    unknown = tuple(word for word in found if not _known(word))
    if unknown or not found:
        return Opinion(Verdict.UNKNOWN, unknown)
    sums = {0}
    for word in found:
        sums = {have + more for have in sums for more in counts(word)}
    return Opinion(Verdict.RIGHT if asked in sums else Verdict.WRONG, () if asked in sums else tuple(found))


def counts(word: str) -> frozenset[int]:
    """The numbers of syllables that a known word may have."""
    return frozenset(number for reading in readings(word) for number in _counts(reading))


@functools.lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[Reading, ...]:
    """What misaki says of a word (lower case), or what follows from a word that it has; empty if nothing does."""
    return tuple(dict.fromkeys(_listed(word) or _built(word)))


# --------------------------------------------------------------------------------------------------------------- sounds


_VOWEL = re.compile(r"[A-Z]{2}([012])")
_LONG = ("AY", "AW", "OY")
_BEFORE_R = {"IY": "IH", "OW": "AO", "EY": "EH", "UW": "UH"}
_HISSING = frozenset(listed("S Z SH ZH CH JH"))
_VOICELESS = frozenset(listed("P T K F TH S SH CH"))
_AFTER_S = frozenset(listed("P T K F M N L W"))
_LOUDER = frozenset(listed("P B T D K G F V TH SH S HH"))
"""Consonants that may stand before l, r or w."""
_NEVER = frozenset([("T", "L"), ("D", "L"), ("TH", "L"), ("S", "R"), ("HH", "L"), ("HH", "R"), ("V", "L"), ("V", "W"),
                    ("P", "W"), ("B", "W"), ("F", "W"), ("SH", "L"), ("SH", "W")])  # fmt: skip


def _is_vowel(sound: str) -> bool:
    return sound[-1].isdigit()


def _counts(reading: Reading) -> Iterator[int]:
    """From the fewest syllables to the most: fire is one or two, however a dictionary writes it."""
    vowels = sum(map(_is_vowel, reading))
    pairs = list(itertools.pairwise(reading))
    fewer = sum(a[:-1] in _LONG and a[-1] != "0" and b == "ER0" for a, b in pairs)
    more = sum(a[:-1] in _LONG and a[-1] != "0" and b == "R" for a, b in pairs)
    yield from range(vowels - fewer, vowels + more + 1)


def _flat(reading: Reading) -> Reading:
    return tuple(sound.rstrip("012") for sound in reading)


def _stressed(reading: Reading) -> int:
    """Where the last stressed vowel stands, or else the last vowel."""
    vowels = [place for place, sound in enumerate(reading) if _is_vowel(sound)]
    stressed = [place for place in vowels if reading[place][-1] != "0"]
    return (stressed or vowels)[-1]


def _tail(reading: Reading) -> Reading:
    """The sounds from the last stressed vowel on, in one spelling."""
    place = _stressed(reading)
    sounds = list(_flat(reading[place:]))
    weak = [at for at in range(1, len(sounds)) if reading[place + at] in ("IH0", "AH0")]
    for at in weak:
        sounds[at] = "AH"  # habit and rabbit, whichever weak vowel was written
    if sounds[1:2] == ["R"]:
        sounds[0] = _BEFORE_R.get(sounds[0], sounds[0])
    return tuple(sounds)


def _before(reading: Reading) -> Reading:
    """The consonants that begin that vowel's syllable: as many as rise in loudness towards it (plate, but in-stead)."""
    start = stop = _stressed(reading)
    if start and not _is_vowel(reading[start - 1]):
        start -= 1
        while start and not _is_vowel(reading[start - 1]) and _rises(reading[start - 1], reading[start]):
            start -= 1
    return reading[start:stop]


def _rises(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable together: sp, st, sn; pl, tr, sw; any before y but liquids."""
    if first == "S" and second in _AFTER_S:
        return True
    if second == "Y":
        return first not in ("R", "Y", "W")
    return second in ("L", "R", "W") and first in _LOUDER and (first, second) not in _NEVER


# ---------------------------------------------------------------------------------------------------------------- words


def _last(line: str) -> str:
    return (words(line) or [""])[-1]


def _known(word: str) -> bool:
    """Whether there is a reading, and one that the main lexicon did not copy."""
    if not readings(word):
        return False
    flags = table().flags(word)
    return flags < 0 or not flags & MISAKI


def _listed(word: str) -> tuple[Reading, ...]:
    return tuple(_whole(decode(sounds)) for _, sounds in table("misaki").entry(word))


def _whole(sounds: str) -> Reading:
    """A reading with the vowel that misaki writes as none: the end of button and certain is a syllable."""
    found = sounds.split()
    whole: list[str] = []
    for place, sound in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else ""
        if sound == "N" and place and found[place - 1] == "T" and not (after and _is_vowel(after)):
            whole.append("AH0")
        whole.append(sound)
    return tuple(whole)


def _built(word: str) -> Iterator[Reading]:
    """Readings of an inflected word, from its stem."""
    parts = word.split("-")
    if len(parts) > 1 and all(parts):
        yield from _compound([readings(part)[:1] for part in parts])
        return
    for ending, say in (("'s", _plural), ("s'", _same), ("s", _plural), ("ed", _past), ("ing", _going), ("in'", _in)):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith("ss"):
            stem = word[: -len(ending)]
            known = [_listed(base) for base in _stems(stem, ending)]
            for reading in next(filter(None, known), ()):
                yield say(reading)
            if any(known):
                return
    if word.endswith("s'"):
        yield from readings(word[:-1])


def _compound(parts: Sequence[tuple[Reading, ...]]) -> Iterator[Reading]:
    if all(parts):
        yield tuple(sound for part in parts for sound in part[0])


def _stems(stem: str, ending: str) -> Iterator[str]:
    """What a word may have been before its ending."""
    if ending in ("ed", "ing", "in'"):
        if len(stem) > 2 and stem[-1] == stem[-2]:
            yield stem[:-1]  # stopped
        yield stem
        yield stem + "e"  # loved
        if stem.endswith("i"):
            yield stem[:-1] + "y"  # cried
    else:
        if stem.endswith("ie"):
            yield stem[:-2] + "y"  # skies, before the ski
        yield stem  # makes
        if stem.endswith("e"):
            yield stem[:-1]  # wishes


def _plural(reading: Reading) -> Reading:
    last = reading[-1]
    return (*reading, "AH0", "Z") if last in _HISSING else (*reading, "S" if last in _VOICELESS else "Z")


def _past(reading: Reading) -> Reading:
    last = reading[-1]
    return (*reading, "AH0", "D") if last in ("T", "D") else (*reading, "T" if last in _VOICELESS else "D")


def _going(reading: Reading) -> Reading:
    return (*reading, "IH0", "NG")


def _in(reading: Reading) -> Reading:
    return (*reading, "AH0", "N")


def _same(reading: Reading) -> Reading:
    return reading
