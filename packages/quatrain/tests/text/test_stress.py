"""Metre: lines that every textbook scans."""

import pytest

from quatrain.text import stress
from quatrain.text.lexicon import Lexicon

TEXTBOOK = [
    ("Shall I compare thee to a summer's day?", "iambic", 5),
    ("The curfew tolls the knell of parting day,", "iambic", 5),
    ("Whose woods these are I think I know.", "iambic", 4),
    ("Tyger Tyger, burning bright,", "trochaic", 4),
    ("Once upon a midnight dreary, while I pondered, weak and weary,", "trochaic", 8),
    ("This is the forest primeval, the murmuring pines and the hemlocks", "dactylic", 6),
    ("And the sheen of their spears was like stars on the sea", "anapaestic", 4),
    ("'Twas the night before Christmas, when all through the house", "anapaestic", 4),
]


@pytest.mark.parametrize(("line", "name", "feet"), TEXTBOOK)
def test_textbook_lines(line, name, feet):
    found = stress.metre(stress.of_line(line))
    assert (found.name, found.feet) == (name, feet)


def test_a_pattern_against_itself_has_no_misses():
    for foot in stress.METRES.values():
        assert stress.misses(foot * 4, foot * 4) == 0
        assert stress.metre(foot * 4).misses == 0


def test_words_of_one_syllable_take_the_metre_and_others_do_not():
    assert stress.of_line("I love the garden gate") == "-+-10+"
    assert stress.misses("10", "01") == 2.0 > stress.misses("-+", "10") > 0
    assert stress.shown("-+102") == "??10?"


def test_the_metre_of_a_stanza():
    lines = [stress.of_line(line) for line in ("Tyger Tyger, burning bright,", "In the forests of the night;")]
    assert stress.common(lines).name == "trochaic"


def test_a_songwriters_pronunciation_moves_the_stress():
    assert stress.of_line("guitar", Lexicon({"guitar": "G IH1 T AA0 R"})) == "10" != stress.of_line("guitar")


def test_an_empty_line():
    assert stress.of_line("") == "" and stress.metre("").feet == 0 and stress.common([]).misses == 0
