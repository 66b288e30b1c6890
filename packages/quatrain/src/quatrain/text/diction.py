"""Which words to leave out: archaic, dialect, names, profane. Four switches, each documented here, each with its list.

    archaic    thou, hath, o'er, turn'd, goeth: a closed list, spellings with an apostrophe for a vowel, and -eth, -est
               on verbs that the dictionary knows
    dialect    gwine, frae, 'ouse: a closed list of spellings that imitate an accent. singin' and gonna are not in it:
               people sing like that
    names      Barbara, London: words that the tagger takes for a name and that the dictionary knows with a capital only
    profane    obscenities and slurs: a closed list

All are on by default; a songwriter switches each off.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from .lexicon import lexicon
from .lists import listed, shipped

ARCHAIC, DIALECT, PROFANE, NAMES = 1, 2, 4, 8
"""Bits of `marks`."""


@dataclass(frozen=True)
class Filters:
    """What is left out.

    Attributes:
        archaic: words of old poems.
        dialect: spellings of an accent.
        profane: obscenities and slurs.
        names: names of people and places.
    """

    archaic: bool = True
    dialect: bool = True
    profane: bool = True
    names: bool = True

    @property
    def mask(self) -> int:
        """The bits of `marks` that are left out."""
        return self.archaic * ARCHAIC | self.dialect * DIALECT | self.profane * PROFANE | self.names * NAMES


def marks(word: str, tag: str = "") -> int:
    """Which filters a word (lower case) meets, as bits."""
    found = _marks(word) | ARCHAIC * (word == "art" and tag.startswith("VB")) | NAMES * is_name(word, tag)
    return found & ~ARCHAIC if tag in ("JJS", "RBS") else found  # dimmest is a superlative, lovest is none


def is_name(word: str, tag: str = "") -> bool:
    """Whether a word is a name: by its tag and the dictionary, or by the dictionary alone where there is no tag."""
    known = lexicon()
    proper = tag.startswith("NNP")
    host = word.removesuffix("'s")
    if host in _EVERYBODY:
        return False
    if host in known:
        return known.is_name(host) and (proper or not tag)
    return proper


@functools.lru_cache(maxsize=1 << 17)
def _marks(word: str) -> int:
    found = 0
    for part in {word, *word.split("-")} - {""}:
        found |= ARCHAIC * _is_archaic(part)
        found |= DIALECT * (part in shipped("dialect")) | PROFANE * (part in shipped("profane"))
    return found


def _is_archaic(word: str) -> bool:
    if word in shipped("archaic"):
        return True
    if "'" in word:
        before, _, after = word.partition("'")
        if after in ("st", "dst", "rt") or word.startswith("th'"):
            return True
        if after == "d":
            return len(before) > 2 and before not in _HOSTS
        return bool(before and after) and after not in _MODERN and _is_elided(before, after)
    stem = word[:-3]
    if len(stem) < 2 or not word.endswith(("eth", "est")) or word in _EVERYDAY:
        return False
    known, single = lexicon(), stem[:-1] if stem[-1] == stem[-2] else stem
    if not any(known.readings(base) for base in (stem, stem + "e", single)):
        return False
    return word.endswith("eth") or word not in known  # lovest, goest; the dictionary has the usual superlatives


def _is_elided(before: str, after: str) -> bool:
    known = lexicon()
    return any(known.readings(before + vowel + after) for vowel in "eioauv")


_EVERYBODY = frozenset(
    listed(
        "god lord jesus christ christmas easter monday tuesday wednesday thursday friday saturday sunday january "
        "february march april may june july august september october november december english french heaven satan"
    )
)
"""Words with a capital that are not somebody's name."""
_HOSTS = frozenset(listed("i you he she it we they who there that what how where why when this these those here ma o"))
_MODERN = frozenset(listed("s t ll ve re m d all em clock am cause n't"))
_EVERYDAY = frozenset(
    listed("teeth seth beth best rest test west nest forest honest modest harvest interest priest quest")
)
