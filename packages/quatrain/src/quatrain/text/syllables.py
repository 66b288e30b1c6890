"""How many syllables: a *set* of counts for a word and for a line, since fire has one or two.

A set is an integer used as a bit mask: bit n says that n syllables are possible. The set of a line is the sum set of
its words', which is exact: a count is in it when some choice of readings, one for each word, adds up to it.

Two sets are told apart. `strict` has the counts that the dictionary gives. `sung` has also those that singers and poets
take without asking: fire and hour drawn together or apart, mem'ry, glor'yus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from . import phones as ph
from .lexicon import Lexicon, Pronunciation, lexicon
from .words import is_word, key, tokens

LONGEST = 63
"""More syllables than this in one line are not counted (a mask fits 64 bits)."""


def _class(*names: str) -> bytes:
    return b"[" + re.escape(bytes(code for code, name in enumerate(ph.NAMES) if name in names)) + b"]"


_WEAK = tuple(name for name in ph.NAMES if name.endswith("0"))
_LONG = tuple(vowel + stress for vowel in ("AY", "AW", "OY") for stress in "12")
_OPEN = tuple(vowel + stress for vowel in ("AY", "AW", "OY", "OW", "IY", "UW", "EY") for stress in "12")
_CONSONANT = _class(*ph.CONSONANTS)
_SHORTER = re.compile(
    b"|".join((
        _class(*_LONG) + _class("ER0"),  # flower
        b"(?<=" + _CONSONANT + b")" + _class("ER0") + b"(?=" + _class(*_WEAK) + b")",  # memory, wandering
        b"(?<=" + _CONSONANT + b")" + _class("AH0") + b"(?=" + _class("L", "N", "R") + _class(*_WEAK) + b")",
        _class("IY0") + _class("AH0", "ER0"),  # glorious, happier
        _class("UW0", "AH0") + _class("W") + b"?" + _class("AH0"),  # virtuous, actual
        _class(*_OPEN) + _class("AH0", "IH0"),  # being, violet
        b"(?<=" + _class("V") + b")" + _class("AH0", "IH0") + _class("N") + b"(?=" + _class("Z") + b"?$)",  # heaven
    )),
    re.DOTALL,
)  # fmt: skip
_LONGER = re.compile(_class(*_LONG) + _class("R"), re.DOTALL)  # fire as F AY1 R may be drawn apart


def strict(word: Pronunciation) -> int:
    """The counts that the dictionary, the rule, or the songwriter gives, as a bit mask."""
    return _mask(word.syllables or (ph.count(reading) for reading in word.readings))


def sung(word: Pronunciation) -> int:
    """The strict counts, and those that a singer may make of them; a songwriter's own count stands alone."""
    mask = strict(word)
    if word.syllables or "'" in word.word:  # o'er and pow'r say how they want to be sung
        return mask
    for reading in word.readings:
        usual = ph.count(reading)
        shorter = max(1, usual - _sites(reading))
        mask |= _mask(range(shorter, usual + len(_LONGER.findall(reading)) + 1))
    return mask


def usual(word: Pronunciation) -> int:
    """The one count to show for a word."""
    return word.syllables[0] if word.syllables else ph.count(word.first)


def total(masks: Iterable[int]) -> int:
    """The set of a line from the sets of its words; the empty line has exactly none."""
    line = 1
    for mask in masks:
        grown, shift = 0, 0
        while mask >> shift:
            if mask >> shift & 1:
                grown |= line << shift
            shift += 1
        line = grown & ((1 << LONGEST + 1) - 1)
    return line


def counts(mask: int) -> tuple[int, ...]:
    """The counts in a set, in order."""
    return tuple(n for n in range(mask.bit_length()) if mask >> n & 1)


def fits(mask: int, count: int) -> bool:
    """Whether a set has a count."""
    return bool(mask >> count & 1)


def shown(mask: int) -> str:
    """A set for the margin: `8`, `8-9`."""
    found = counts(mask)
    return str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}" if found else "?"


def breakdown(masks: Sequence[int], usuals: Sequence[int], count: int) -> tuple[int, ...] | None:
    """How many syllables each word has when the line has `count`; as usual as possible; none if it cannot be.

    Args:
        masks: the set of each word.
        usuals: the usual count of each word.
    """
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for mask, often in zip(masks, usuals, strict=True):
        grown: dict[int, tuple[int, tuple[int, ...]]] = {}
        for spent, (changes, chosen) in best.items():
            for n in counts(mask):
                entry = changes + (n != often), (*chosen, n)
                if spent + n <= count and (spent + n not in grown or entry < grown[spent + n]):
                    grown[spent + n] = entry
        best = grown
    return best[count][1] if count in best else None


def of_line(line: str, words: Lexicon | None = None) -> tuple[int, int, int]:
    """The strict set, the sung set and the usual count of a line as typed."""
    known = words or lexicon()
    said = [known.pronounce(key(token)) for token in tokens(line) if is_word(token)]
    return total(map(strict, said)), total(map(sung, said)), sum(map(usual, said))


def _sites(reading: bytes) -> int:
    return len(_SHORTER.findall(reading))


def _mask(numbers: Iterable[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << min(number, LONGEST)
    return mask
