"""Which lemmas are shipped, how common each is, and which of WordNet's meanings are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log2

import numpy as np

from ...text.lexicon import CMU, LEVEL, NAME, table
from ...text.lines import Lines
from ...text.lists import shipped as listed
from ...text.words import pieces
from .. import inflection
from ..lemmas import PARTS, PLURAL, Lemmas, irregular
from .wordnet import Key, WordNet

WORTH = 20
"""One count in WordNet's tagged texts is worth so many in ours: they are as much smaller, and of our time."""
_INSULT = re.compile(
    r"\bslurs?\b|\b(?:offensive|derogatory|disparaging|obscene|vulgar|insulting|contemptuous|racist)\b[^;)]*"
    r"\b(?:terms?|names?|words?|slang|synonym|for)\b"
)
_INSULTS = frozenset(("ethnic_slur", "disparagement", "obscenity", "vulgarism", "dirty_word", "derogation"))
Kinds = Mapping[tuple[str, str], int]


def kinds_of(sources: Sequence[Lines]) -> Counter[tuple[str, str]]:
    """How often each word stands with each tag."""
    found: Counter[tuple[str, str]] = Counter()
    for lines in sources:
        counts = np.bincount(lines.words, minlength=len(lines.kinds))
        for row in np.flatnonzero(counts).tolist():
            found[lines.kinds.words[row], lines.kinds.tags[row]] += int(counts[row])
    return found


def insults(wordnet: WordNet) -> set[Key]:
    """Meanings that WordNet calls slurs or obscene; they are never offered."""
    domains = {key for key, one in wordnet.synsets.items() if _INSULTS & set(one.words)}
    return {
        key
        for key, one in wordnet.synsets.items()
        if _INSULT.search(one.gloss.split('; "')[0]) or domains & set(one.to(";u"))
    }


def columns(wordnet: WordNet, kinds: Kinds) -> dict[str, bytes]:
    """The columns of `lemmas.bin`: words, use, flags."""
    bad = insults(wordnet)
    senses = {pair: [item for item in found if item[0] not in bad] for pair, found in wordnet.senses.items()}
    tagged = {pair: sum(count for _, count in found) for pair, found in senses.items()}
    small = {word for one in wordnet.synsets.values() for word in one.words if word[0].islower() and "_" not in word}
    has = lambda word: [part for part in PARTS if senses.get((word, part))]
    words = sorted(w for w in small if has(w) and _is_wanted(w, sum(tagged[w, part] for part in has(w))))
    flags = bytes(PLURAL * _is_plural(word, kinds) if senses.get((word, "n")) else 0 for word in words)
    present = bytes(int(part in has(word)) for word in words for part in PARTS)
    joined = "\n".join(words).encode()
    counts = _counts(Lemmas({"words": joined, "use": present, "flags": flags}), kinds)
    use = bytes(
        1 + round(8 * log2(1 + counts[place, part] + WORTH * tagged[word, part])) if part in has(word) else 0
        for place, word in enumerate(words)
        for part in PARTS
    )
    return {"words": joined, "use": use, "flags": flags}


def _is_wanted(word: str, tagged: int) -> bool:
    """A word that has been met: in our texts, in WordNet's, or in the CMU dictionary, and that is no name or insult."""
    flags = table().flags(word)
    if flags < 0 or flags & NAME or len(word) < 2 or word in listed("profane"):
        return False
    plain = word.isascii() and word.replace("-", "").replace("'", "").isalpha() and pieces(word) == (word,)
    return plain and (flags // LEVEL >= 1 or tagged > 0 or flags % 4 == CMU)


def _is_plural(word: str, kinds: Kinds) -> bool:
    """Whether the word is its own plural."""
    often = kinds.get((word, "NNS"), 0) >= 3 * max(1, kinds.get((word, "NN"), 0))
    return irregular(word, "NNS") == (word,) or (word.endswith("s") and often)


def _counts(known: Lemmas, kinds: Kinds) -> Counter[tuple[int, str]]:
    """How often each lemma stands as each part of speech."""
    found: Counter[tuple[int, str]] = Counter()
    for (word, tag), count in kinds.items():
        part = inflection.PARTS.get(tag.partition("+")[0], "")
        lemmas = known.of(word, tag) if part else ()
        if lemmas:
            found[lemmas[0], part] += count
    return found
