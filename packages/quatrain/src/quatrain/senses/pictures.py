"""How concrete a word is: a gate is a picture, a hope is none.

Made from WordNet (under what a word's meanings are filed) and from the vectors, as `making/pictures.py` says.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from .inflection import PARTS
from .lemmas import lemmas
from .packing import shipped

_PLACES = {"n": 0, "v": 1, "a": 2}


def concreteness(word: str, tag: str = "") -> float:
    """How much of a picture a word is.

    Args:
        word: as in a line.
        tag: fine tag; without one, that of the word's most usual part of speech.

    Returns:
        0 (an idea, or a word of grammar) to 1 (a thing that can be pointed at). Verbs and adjectives have less than
        things, adverbs and unknown words nothing.

    >>> concreteness("lantern", "NN") > concreteness("summer", "NN") > concreteness("reason", "NN")
    True
    """
    known = lemmas()
    found = known.of(word, tag)
    if not found:
        return 0.0
    part = PARTS.get(tag.partition("+")[0], "") or ("n" if tag else "")
    if not part or not known.use(found[0], part):
        part = max("nvar", key=lambda one: known.use(found[0], one))
    return _table()[3 * found[0] + _PLACES[part]] / 255 if part in _PLACES else 0.0


def picture(words: Sequence[str], tags: Sequence[str]) -> float:
    """How much of a picture a line is: the mean over its nouns, or 0 if it has none."""
    nouns = [concreteness(word, tag) for word, tag in zip(words, tags, strict=True) if tag.startswith("NN")]
    return sum(nouns) / len(nouns) if nouns else 0.0


def all_of(pairs: Iterable[tuple[str, str]]) -> list[float]:
    """The concreteness of many words with their tags, as for a whole vocabulary."""
    return [concreteness(word, tag) for word, tag in pairs]


@functools.cache
def _table() -> bytes:
    return shipped("lemmas")["concrete"]
