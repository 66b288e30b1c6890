"""Worn-out rhymes: the famous ones are, rare ones and strangers are not; and the counting, by hand."""

import numpy as np
import pyarrow as pa
import pytest

from quatrain.senses.cliches import cliche, worn
from quatrain.senses.making import pairs
from quatrain.text.corpus import Form
from quatrain.text.lines import Lines
from quatrain.text.rhyme import REFUSED, Kind, compare
from quatrain.text.sound import relations, sounds

WORN = "love above, fire desire, heart part, night light, death breath, youth truth, eyes skies, moon june, baby maybe"
FRESH = (
    "gate magistrate, floor sycamore, stone telephone, night satellite, hand contraband, town sundown, rain windowpane"
)


def listed(text):
    return [tuple(pair.split()) for pair in text.split(", ")]


def test_worn_rhymes_are_above_fresh_ones():
    assert min(cliche(*pair) for pair in listed(WORN)) > 0.3
    assert max(cliche(*pair) for pair in listed(FRESH)) < 0.1


def test_order_and_spelling_do_not_matter():
    for one, two in listed(WORN):
        assert cliche(one, two) == cliche(two, one) == cliche(one.upper(), two.capitalize())


def test_plurals_are_a_little_less_worn():
    assert cliche("hearts", "parts") >= 0.7 * cliche("heart", "part")
    assert cliche("doves", "gloves") >= 0.8 * cliche("dove", "glove")


@pytest.mark.parametrize("pair", [("love", "love"), ("love", "zxqv"), ("", ""), ("lantern", "night")])
def test_what_is_no_rhyme_is_not_worn(pair):
    assert cliche(*pair) == 0.0


def test_the_partners_of_a_word_are_listed_the_most_worn_first():
    found = worn("love")
    assert next(iter(found)) == "above" and list(found.values()) == sorted(found.values(), reverse=True)
    assert all(0 < value <= 1 and value == cliche("love", other) for other, value in found.items())
    assert worn("zxqv") == {}


def test_what_is_worn_out_by_hand_are_rhymes():
    """Of the list by hand every pair sounds alike somehow, and no pair is a word with itself."""
    from importlib import resources

    with resources.as_file(resources.files("quatrain.senses") / "data" / "worn.txt") as path:
        found = pairs.read(path)
    kinds = {pair: compare(*pair).kind for pair in found}
    assert len(found) > 150
    assert not [pair for pair, kind in kinds.items() if kind is Kind.NONE or kind in REFUSED]


def verse(ends, documents):
    """Lines of one word each."""
    words = list(dict.fromkeys(ends))
    kinds = sounds([(word, "NN") for word in words])
    place, document = np.array([words.index(word) for word in ends]), np.array(documents)
    count = len(ends)
    flat = np.zeros(count, np.uint8)
    return Lines(
        Form.VERSE, kinds, [str(n) for n in range(max(documents) + 1)], pa.chunked_array([pa.array(ends)]), place,
        np.arange(count + 1), document, flat, flat > 1, np.array([""] * count), flat, flat,
        relations(kinds, place, document), flat, flat < 1, flat < 1,
    )  # fmt: skip


def test_pairs_are_counted_by_hand():
    """Two documents: moon / june three times in both, stone / bone once; lantern rhymes with nothing."""
    lines = verse(
        ["moon", "june", "stone", "bone", "moon", "lantern", "june", "june", "moon"], [0, 0, 0, 0, 0, 0, 0, 1, 1]
    )
    found = pairs.counted(lines)
    # moon (line 5) looks back for a rhyme: june is three lines before; june (line 7): moon is two before
    rhymes = {"moon": 4, "june": 4, "stone": 1, "bone": 1}
    for pair, count, documents in ((("june", "moon"), 4, 2), (("bone", "stone"), 1, 1)):
        share = count / ((rhymes[pair[0]] + 20) * (rhymes[pair[1]] + 20)) ** 0.5
        assert found[pair] == pytest.approx(documents / (documents + 60) * share / (share + 0.1))
    assert set(found) == {("june", "moon"), ("bone", "stone")}


def test_shipped_pairs_are_in_order_and_rhyme():
    columns = pairs.columns(verse(["moon", "june"] * 60, [n // 2 for n in range(120)]), _hand())
    from quatrain.senses.packing import numbers

    keys = numbers(columns["pairs"], "I")
    words = columns["words"].decode().split("\n")
    named = {(words[key >> 16], words[key & 0xFFFF]) for key in keys}
    assert list(keys) == sorted(keys) and {("june", "moon"), ("above", "love")} <= named


def _hand():
    from importlib import resources
    from pathlib import Path

    return Path(str(resources.files("quatrain.senses") / "data" / "worn.txt"))
