"""Rules: elisions, endings, compounds, numbers, old spellings, each against a sound written by hand."""

import pytest

from quatrain.text import spelling
from quatrain.text.lexicon import lexicon


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("wand'ring", "W AA1 N D R IH0 NG"),
        ("heav'n", "HH EH1 V N"),
        ("pow'r", "P AW1 R"),
        ("turn'd", "T ER1 N D"),
        ("look'd", "L UH1 K T"),
        ("unnam'd", "AH2 N N EY1 M D"),
        ("know'st", "N OW1 S T"),
        ("blessèd", "B L EH1 S AH0 D"),
        ("mornin'", "M AO1 R N IH0 N"),
        ("'scape", "S K EY1 P"),
        ("th'unhappy", "DH AH2 N HH AE1 P IY0"),
        ("sooo", "S UW1"),
        ("colour", "K AH1 L ER0"),
        ("saltmarsh", "S AO1 L T M AA2 R SH"),
        ("moon-lit", "M UW1 N L IH2 T"),
        ("21st", "T W EH1 N T IY0 F ER1 S T"),
        ("moonlighters'", "M UW1 N L AY2 T ER0 Z"),
    ],
)
def test_a_word_is_built_from_one_that_is_known(word, sounds):
    assert sounds in str(lexicon().pronounce(word)).split(" | ")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (40, "forty"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (1000, "one thousand"),
        (1066, "one thousand sixty six"),
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (1917, "nineteen seventeen"),
        (2024, "two thousand twenty four"),
        (1_000_001, "one million one"),
    ],
)
def test_numbers_in_words(number, words):
    assert " ".join(spelling.spoken(number)) == words


def test_endless_numbers_are_read_digit_by_digit():
    assert spelling.spoken(10**20) == ["one", *["zero"] * 20]


def test_the_whole_word_behind_an_apostrophe():
    known = lexicon().readings
    assert spelling.restored("wand'ring", known) == "wandering"
    assert spelling.restored("pow'rs", known) == "powers"
    assert spelling.restored("xq'zz", known) == ""
    assert spelling.restored("moon", known) == ""
