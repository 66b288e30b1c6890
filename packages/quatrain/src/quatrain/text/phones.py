"""The sounds of English, one byte each: a pronunciation is a `bytes`, and a rhyme search is a search in bytes.

The alphabet is that of the CMU Pronouncing Dictionary: 15 vowels that carry a stress (0 none, 1 primary, 2 secondary)
and 24 consonants. Vowels come first (codes 1 to 45, three for each), then consonants (46 to 69); codes from 240 on are
left to files as separators.
"""

from __future__ import annotations

import re

from ..errors import BadWord
from .lists import listed

VOWELS = tuple(listed("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"))
CONSONANTS = tuple(listed("B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"))
NAMES = ("", *(vowel + stress for vowel in VOWELS for stress in "012"), *CONSONANTS)
CODES = {name: code for code, name in enumerate(NAMES)}
CODES |= {vowel: CODES[vowel + "1"] for vowel in VOWELS}  # who leaves the digit out means a stressed vowel
FIRST_CONSONANT = 1 + 3 * len(VOWELS)

FAMILIES = ("B D G P T K", "V DH Z ZH F TH S SH JH CH", "M N NG", "L R")
"""Consonants that may stand for each other at the end of a near rhyme: plosives, hissing sounds, nasals, liquids.

Source: the "family rhyme" of Pat Pattison's teaching of lyric writing; the liquids are our addition."""

_ALL_VOWELS, _ALL_CONSONANTS = bytes(range(1, FIRST_CONSONANT)), bytes(range(FIRST_CONSONANT, len(NAMES)))
_DIGITS = bytes(48 + (code - 1) % 3 if 0 < code < FIRST_CONSONANT else 0 for code in range(256))
_FLAT = bytes(code - (code - 1) % 3 if 0 < code < FIRST_CONSONANT else code for code in range(256))
_FAMILY_OF = {CODES[name]: CODES[family.split()[0]] for family in FAMILIES for name in family.split()}
_FAMILY_OF |= {CODES["AO" + digit]: CODES["AA" + digit] for digit in "012"}  # many Americans make cot and caught alike
_FAMILY = bytes(_FAMILY_OF.get(code, code) for code in range(256))
_ER = tuple(CODES["ER" + digit] for digit in "012")
_STRESSED = re.compile(b"[" + re.escape(bytes(c for c in _ALL_VOWELS if (c - 1) % 3)) + b"]")
_ANY_VOWEL = re.compile(b"[" + re.escape(_ALL_VOWELS) + b"]")

# American vowels before R that dictionaries write in two ways (fear F IH R, here HH IY R): one way for rhyme.
_BEFORE_R = {CODES[a + "1"]: CODES[b + "1"] for a, b in (("IY", "IH"), ("OW", "AO"), ("EY", "EH"), ("UW", "UH"))}
_R, _WEAK_I, _SCHWA = CODES["R"], CODES["IH0"], CODES["AH0"]


def encode(text: str) -> bytes:
    """A pronunciation from its usual spelling, `"G AH1 N AH0"`.

    Raises:
        BadWord: a sound that is not in the alphabet.
    """
    try:
        return bytes(CODES[name] for name in text.upper().split())
    except KeyError as error:
        raise BadWord(
            f"{error.args[0]!r} is not a sound of the alphabet. Use {' '.join(VOWELS)} (each with 0, 1 or 2 for its "
            f"stress) and {' '.join(CONSONANTS)}, with spaces between."
        ) from error


def decode(phones: bytes) -> str:
    """The usual spelling of a pronunciation; inverse of `encode`."""
    return " ".join(NAMES[code] for code in phones)


def count(phones: bytes) -> int:
    """Syllables, which are vowels."""
    return len(phones.translate(None, _ALL_CONSONANTS))


def stress(phones: bytes) -> str:
    """One digit a syllable: 0 none, 1 primary, 2 secondary."""
    return phones.translate(_DIGITS, _ALL_CONSONANTS).decode("ascii")


def flat(phones: bytes) -> bytes:
    """The same sounds without stress (every vowel as if it had none)."""
    return phones.translate(_FLAT)


def family(phones: bytes) -> bytes:
    """The same sounds with each consonant replaced by the first of its family (and AO by AA)."""
    return phones.translate(_FAMILY)


def is_vowel(code: int) -> bool:
    """Whether a sound is a vowel."""
    return 0 < code < FIRST_CONSONANT


def nuclei(phones: bytes) -> list[int]:
    """Where the vowels stand."""
    return [match.start() for match in _ANY_VOWEL.finditer(phones)]


def stressed_at(phones: bytes) -> int:
    """Where the last stressed vowel stands; the last vowel if none is stressed; -1 if there is none."""
    place = -1
    for match in _STRESSED.finditer(phones):
        place = match.start()
    if place < 0:
        for match in _ANY_VOWEL.finditer(phones):
            place = match.start()
    return place


def rhyme(phones: bytes, start: int | None = None) -> bytes:
    """The rhyme key: the sounds from the last stressed vowel to the end, in one spelling.

    Two words rhyme perfectly when their keys are equal (and they are not the same word). The stressed vowel counts as
    primary; weak vowels written IH0 or AH0 (habit, rabbit) are one; vowels before R are written in one way.

    Args:
        phones: a pronunciation.
        start: another vowel to begin at, for a rhyme on more or fewer syllables.
    """
    place = stressed_at(phones) if start is None else start
    if place < 0:
        return b""
    key = bytearray(phones[place:])
    key[0] += 1 - (key[0] - 1) % 3
    if len(key) > 1 and key[1] == _R:
        key[0] = _BEFORE_R.get(key[0], key[0])
    return bytes(key).replace(bytes([_WEAK_I]), bytes([_SCHWA]))


def coda(key: bytes) -> bytes:
    """What follows the vowel of a rhyme key, without stress; the R inside ER (hurt) counts, as that of heart does."""
    return (bytes([_R]) if key[0] in _ER else b"") + flat(key[1:])
