"""Answers about words: their sound, rhymes, synonyms; and the tables of the browser."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

from ...errors import BadText
from ...text import rhyme, stress, syllables
from ...text.lexicon import lexicon
from ...text.rhyme import Kind
from ...text.words import key, tokens
from .. import table
from ..document import sung
from .route import Call, File

if TYPE_CHECKING:
    from ...text.tagging import Tagger

LABELS = {
    Kind.PERFECT: "Perfect rhymes", Kind.FEMININE: "Perfect rhymes on two syllables or more",
    Kind.RICH: "Same consonant before the vowel", Kind.FAMILY: "Near rhymes: related consonants",
    Kind.CONSONANCE: "Near rhymes: other vowel, same ending", Kind.LAST_SYLLABLE: "Only the last syllable",
    Kind.ASSONANCE: "Same vowel only",
}  # fmt: skip
_BINARY = "application/octet-stream"
_TAGGING = threading.Lock()
"""The tagger is asked by one thread at a time."""


def words(call: Call) -> Any:
    """One of the two tables."""
    data = call.desk.endings() if call.path["part"] == "endings" else table.shipped()
    return File(data, _BINARY, tag=table.tag())


def sound(call: Call) -> Any:
    """How words sound."""
    found, problems = table.spoken(call.body["words"], call.body.get("overrides"))
    return {"words": found, "problems": problems}


def rhymes(call: Call) -> Any:
    """Words that rhyme, by kind and length."""
    word = single(call.query["word"])
    kinds = _kinds(call.query["kinds"])
    groups = []
    for kind, found in rhyme.rhymes(word, kinds=kinds).items():
        by_length: dict[int, list[dict[str, Any]]] = {}
        for other in found:
            one = shown(other)
            if call.query["syllables"] in (0, one["syllables"]):
                by_length.setdefault(one["syllables"], []).append(one | {"common": lexicon().common(other)})
        groups += [
            {"kind": str(kind), "label": LABELS[kind], "syllables": length, "words": listed[: call.query["limit"]]}
            for length, listed in sorted(by_length.items())
        ]
    return {"word": word, "groups": groups}


def alike(call: Call) -> Any:
    """Words that mean nearly the same, in the same form."""
    from ...senses.synonyms import synonyms

    word = single(call.query["word"])
    tag = _tag(word, call.query["line"], call.query["place"])
    meanings = synonyms(word, tag) or synonyms(word)  # the tagger may be wrong about a word in a line of verse
    groups = [
        {
            "gloss": meaning.gloss,
            "tag": meaning.tag,
            "words": [
                {"word": one.word, "step": str(one.step), "syllables": one.syllables, "stress": one.stress,
                 "same_metre": one.same_metre}
                for one in meaning.words
            ],
        }
        for meaning in meanings
    ]  # fmt: skip
    return {"word": word, "tag": tag, "groups": groups}


@functools.cache
def _tagger() -> Tagger:
    from ...text.tagging import Tagger

    return Tagger()


def _tag(word: str, line: str, place: int) -> str:
    """The part of speech of a word where it stands; empty if it does not stand there."""
    if not line:
        return ""
    with _TAGGING:
        tagged = _tagger().tag_line(sung(line))
    return tagged[place][1] if place < len(tagged) and tagged[place][0] == word else ""


def single(text: str) -> str:
    """The key of the one word in a text.

    Raises:
        BadText: there is none, or more than one.
    """
    found = [token for token in tokens(text) if any(char.isalnum() for char in token)]
    if len(found) != 1:
        raise BadText(f"'{text[:60]}' is {'no word' if not found else 'more than one word'}. Give one word.")
    return key(found[0])


def shown(word: str) -> dict[str, Any]:
    """A word for the menu."""
    said = lexicon().pronounce(word)
    return {"word": word, "syllables": syllables.usual(said), "stress": stress.of_word(said.first, word)}


def _kinds(text: str) -> list[Kind]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in set(map(str, LABELS))]
    if wrong:
        raise BadText(f"'{wrong[0][:40]}' is no kind of rhyme. Known: {', '.join(LABELS)}.")
    return [Kind(name) for name in names] or list(rhyme.SOUGHT)
