"""Rhymes against a hand-made list, and the search for rhymes against the whole dictionary word by word."""

import random

import pytest

from quatrain.text import phones as ph
from quatrain.text import rhyme
from quatrain.text.lexicon import Lexicon, lexicon, table
from quatrain.text.rhyme import Kind


def pairs(path):
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return [(kind, *words.split()) for kind, words in (line.split("\t") for line in lines)]


def test_two_hundred_pairs_rhyme_as_they_do_to_the_ear(fixtures):
    rows = pairs(fixtures / "rhymes.txt")
    assert len(rows) >= 150
    assert {kind for kind, *_ in rows} == {str(kind) for kind in Kind}
    assert [(k, a, b) for k, a, b in rows if rhyme.compare(a, b).kind != k] == []


def test_rhyme_is_symmetric(fixtures):
    for _, first, second in pairs(fixtures / "rhymes.txt"):
        assert rhyme.compare(first, second) == rhyme.compare(second, first)


def test_the_part_of_speech_decides():
    assert rhyme.compare("wind", "mind", tags=("NN", "NN")).kind is Kind.CONSONANCE
    assert rhyme.compare("wind", "mind", tags=("VB", "NN")).kind is Kind.PERFECT
    assert rhyme.compare("live", "give", tags=("VBP", "VB")).exact
    assert rhyme.compare("live", "five", tags=("JJ", "CD")).exact
    assert not rhyme.compare("read", "need", tags=("VBD", "VB")).exact


def test_a_songwriters_own_pronunciation_rhymes():
    mine = Lexicon({"nevada": "N AH0 V AE1 D AH0"})
    assert not rhyme.compare("nevada", "armada", mine).exact or rhyme.compare("nevada", "armada").exact
    assert rhyme.compare("again", "rain", Lexicon({"again": "AH0 G EY1 N"})).exact


@pytest.mark.parametrize(
    ("first", "second", "syllables"),
    [
        ("S EH1 N T AH0 L EH1 T ER0", "M EH1 N T AH0 B EH1 T ER0", 4),  # sent a letter, meant a better
        ("G EY1 T", "L EY1 T", 1),
        ("R IH1 V ER0", "SH IH1 V ER0", 2),
        ("M UW1 N", "S AH1 N", 0),
    ],
)
def test_depth_goes_across_words(first, second, syllables):
    assert rhyme.depth(ph.encode(first), ph.encode(second)) == syllables


def test_vowels_alone_go_deeper():
    first, second = ph.encode("K AE1 T AH0 P"), ph.encode("B AE1 K AH0 F")
    assert rhyme.depth(first, second) == 0
    assert rhyme.depth(first, second, vowels_only=True) == 2


@pytest.mark.parametrize("word", ["gate", "river", "love", "sky", "heart"])
def test_the_search_finds_what_reading_the_whole_dictionary_finds(word):
    said = lexicon().pronounce(word)
    exact = {kind: set() for kind in (*rhyme.EXACT, Kind.RICH)}
    keys = set(rhyme.keys(said))
    for other in table():
        readings = {sounds for _, sounds in table().entry(other)}
        if any(ph.rhyme(sounds) in keys for sounds in readings):
            kind = rhyme.compare(word, other).kind
            if kind in exact:
                exact[kind].add(other)
    found = rhyme.rhymes(word)
    assert {kind: set(found.get(kind, ())) for kind in exact} == exact


def test_the_search_finds_near_rhymes_too():
    rng, words = random.Random(0), sorted(table())
    sample = [w for w in rng.sample(words, 4000) if "'" not in w]
    for word in ("time", "window", "heart"):
        every = rhyme.rhymes(word, kinds=rhyme.NEAR)
        for other in sample:
            kind = rhyme.compare(word, other).kind
            assert (other in every.get(kind, ())) == (kind in rhyme.NEAR), (word, other, kind)


def test_common_words_come_first():
    assert rhyme.rhymes("moon")[Kind.PERFECT].index("soon") < 5
    assert "moon" not in rhyme.rhymes("moon")[Kind.PERFECT]


def test_unknown_words_rhyme_too():
    assert "light" in rhyme.rhymes("blorplight")[Kind.PERFECT]
    assert rhyme.compare("heav'n", "giv'n").kind is Kind.CONSONANCE


def test_every_rhyme_has_a_name():
    assert set(rhyme.EXACT) | set(rhyme.NEAR) | set(rhyme.REFUSED) | {Kind.NONE} == set(Kind)
