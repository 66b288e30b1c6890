"""The meanings of the shipped lemmas, for synonyms: who shares one, which are narrower or wider, and a short gloss."""

from __future__ import annotations

import re
from array import array
from math import log2

from ..lemmas import PARTS, Lemmas
from ..packing import column
from .dictionary import insults
from .wordnet import Key, WordNet

NONE = 0xFFFF
LONGEST = 60
"""Letters of a gloss."""
LEAST_SHARE = 0.01
"""A meaning with a smaller share of its word's counts is not shipped, unless it is one of the first three."""


def columns(lemmas: Lemmas, wordnet: WordNet) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The columns of `senses.bin` and `glosses.bin`.

    `starts` [lemmas + 1] cuts `senses` (meanings of each lemma, noun to adverb, the usual ones first) and `weights`
    (1 plus eight times the binary logarithm of the count); `ends` [meanings] cuts `members` (lemmas of each meaning,
    its commonest word first); `parts` and `above` [meanings]: the part of speech, and the next wider meaning.
    """
    bad = insults(wordnet)
    senses = {
        (lemma, part): [item for item in wordnet.senses.get((word, part), ()) if item[0] not in bad]
        for lemma, word in enumerate(lemmas.words)
        for part in PARTS
    }
    senses = {pair: _usual(found) for pair, found in senses.items() if found}
    counts = {(key, pair[0]): count for pair, found in senses.items() for key, count in found}
    members: dict[Key, list[int]] = {}
    for key, lemma in counts:
        members.setdefault(key, []).append(lemma)
    keys = sorted(members)
    number = {key: place for place, key in enumerate(keys)}
    starts, listed, weights = array("I", [0]), array("H"), bytearray()
    for lemma in range(len(lemmas)):
        for part in PARTS:
            for key, count in senses.get((lemma, part), ()):
                listed.append(number[key])
                weights.append(1 + round(8 * log2(1 + count)))
        starts.append(len(listed))
    order = lambda key: sorted(members[key], key=lambda n: (-counts[key, n], -lemmas.use(n, key[0]), n))
    ends, joined = array("I"), array("H")
    for key in keys:
        joined.extend(order(key))
        ends.append(len(joined))
    above = array("H", [_above(wordnet, key, number) for key in keys])
    parts = "".join(key[0] for key in keys).encode()
    table = {"starts": column(starts), "senses": column(listed), "weights": bytes(weights), "ends": column(ends),
             "members": column(joined), "above": column(above), "parts": parts}  # fmt: skip
    return table, {"glosses": "\n".join(shortened(wordnet.synsets[key].gloss) for key in keys).encode()}


def shortened(gloss: str) -> str:
    """The first definition of a gloss, without what is in brackets, and cut at a word if it is long."""
    plain = re.sub(r"\s*\([^)]*\)", "", gloss.split('; "')[0]).split(";")[0].split(":")[0].strip(" ,.")
    plain = " ".join((plain or gloss.split(";")[0].strip("() ")).split())
    if len(plain) <= LONGEST:
        return plain
    return plain[:LONGEST].rpartition(" ")[0].rstrip(" ,") + " …"


def _usual(found: list[tuple[Key, int]]) -> list[tuple[Key, int]]:
    total = sum(count for _, count in found)
    return [item for place, item in enumerate(found) if place < 3 or item[1] >= LEAST_SHARE * max(total, 1)]


def _above(wordnet: WordNet, key: Key, number: dict[Key, int]) -> int:
    """The nearest wider meaning that is shipped (of an adjective: the one that it is similar to)."""
    for up in (*wordnet.synsets[key].to("&"), *list(wordnet.above(key))[1:]):
        if up in number and up[0] == key[0]:
            return number[up]
    return NONE
