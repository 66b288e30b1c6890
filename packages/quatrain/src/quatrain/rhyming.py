"""What `quatrain rhyme` finds: words that rhyme, by kind, then by syllables, the common ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .text import diction, phones, rhyme, syllables
from .text.diction import Filters
from .text.lexicon import Lexicon, Pronunciation, lexicon
from .text.rhyme import Kind

KINDS = (*rhyme.EXACT, *rhyme.NEAR)
"""Every kind that can be asked for, the closest first."""
USUAL = rhyme.SOUGHT
"""Those that are looked for if none is asked."""


@dataclass(frozen=True)
class Rhyming:
    """A word that rhymes.

    Attributes:
        word: as the dictionary spells it.
        syllables: its usual count.
        common: from 0 (not seen in 35 million words of verse and novels) to 15.
    """

    word: str
    syllables: int
    common: int


@dataclass(frozen=True)
class Rhymes:
    """The rhymes of a word.

    Attributes:
        word: what was asked for, and how it sounds.
        kinds: that were looked for.
        syllables: the count that was asked for, if one was.
        found: by kind; a kind without any is left out. Common words first.
    """

    word: Pronunciation
    kinds: tuple[Kind, ...]
    syllables: int | None
    found: dict[Kind, tuple[Rhyming, ...]]


def find(
    word: str,
    kinds: Sequence[Kind] = USUAL,
    count: int | None = None,
    filters: Filters | None = None,
    known: Lexicon | None = None,
) -> Rhymes:
    """The words of the dictionary that rhyme with a word.

    Args:
        word: any spelling; if no dictionary knows it, its sound is guessed.
        kinds: of rhyme.
        count: of syllables; words that can be sung on it (fire on 1 or 2) are taken.
        filters: which words are left out; by default all that the filters know.
        known: a lexicon with somebody's own pronunciations.
    """
    known, plain, out = known or lexicon(), lexicon(), (filters or Filters()).mask
    found: dict[Kind, tuple[Rhyming, ...]] = {}
    for kind, group in rhyme.rhymes(word, known, kinds=kinds).items():
        said = [(other, plain.pronounce(other)) for other in group if not diction.marks(other) & out]
        fit = [(other, one) for other, one in said if count is None or syllables.fits(syllables.strict(one), count)]
        if fit:
            found[kind] = tuple(
                Rhyming(other, count or syllables.usual(one), plain.common(other)) for other, one in fit
            )
    return Rhymes(known.pronounce(word), tuple(kinds), count, found)


def plain(rhymes: Rhymes) -> dict[str, Any]:
    """The rhymes as JSON has them."""
    return {
        "word": rhymes.word.word,
        "found": str(rhymes.word.found),
        "sounds": [phones.decode(reading) for reading in rhymes.word.readings],
        "rhymes": {
            str(kind): [{"word": one.word, "syllables": one.syllables, "common": one.common} for one in group]
            for kind, group in rhymes.found.items()
        },
    }
