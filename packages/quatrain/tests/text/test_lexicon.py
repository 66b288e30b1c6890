"""Pronunciations: how each is found, what a part of speech changes, and a second dictionary's opinion."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain.errors import BadWord, QuatrainError, StorageError
from quatrain.text import phones as ph
from quatrain.text import syllables
from quatrain.text.lexicon import ANY, NOUN, Found, Lexicon, Table, lexicon, pack, table


def said(word, tag=""):
    return str(lexicon().pronounce(word, tag))


@pytest.mark.parametrize(
    ("word", "tag", "sounds"),
    [
        ("live", "VB", "L IH1 V"),
        ("live", "JJ", "L AY1 V"),
        ("wind", "NN", "W IH1 N D"),
        ("wind", "VBP", "W AY1 N D"),
        ("tear", "NN", "T IH1 R"),
        ("tear", "VB", "T EH1 R"),
        ("read", "VB", "R IY1 D"),
        ("read", "VBD", "R EH1 D"),
        ("close", "JJ", "K L OW1 S"),
        ("close", "VB", "K L OW1 Z"),
        ("wound", "NN", "W UW1 N D"),
        ("wound", "VBD", "W AW1 N D"),
        ("dove", "NN", "D AH1 V"),
        ("use", "NN", "Y UW1 S"),
        ("use", "VB", "Y UW1 Z"),
        ("house", "NN", "HH AW1 S"),
        ("house", "VB", "HH AW1 Z"),
    ],
)
def test_some_words_sound_as_their_part_of_speech(word, tag, sounds):
    assert said(word, tag) == sounds


def test_stress_moves_with_the_part_of_speech():
    for word in ("record", "present", "object", "conduct", "rebel", "permit", "contrast"):
        assert ph.stress(lexicon().pronounce(word, "NN").first)[0] == "1"
        assert ph.stress(lexicon().pronounce(word, "VB").first)[0] != "1"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("moon", Found.DICTIONARY),
        ("MOON", Found.DICTIONARY),
        ("o’er", Found.DICTIONARY),
        ("wand'ring", Found.RULE),
        ("goeth", Found.DICTIONARY),
        ("overfloweth", Found.RULE),
        ("moon-lit", Found.RULE),
        ("1917", Found.RULE),
        ("skrrt", Found.GUESS),
        ("zxqv", Found.GUESS),
        ("blorf-night", Found.GUESS),
    ],
)
def test_the_answer_says_how_it_was_found(word, found):
    assert lexicon().pronounce(word).found is found


@given(st.text(alphabet=st.characters(max_codepoint=0x24F), min_size=1, max_size=15))
def test_every_word_gets_an_answer_with_a_vowel(text):
    if not any(char.isalnum() for char in text):
        with pytest.raises(BadWord):
            lexicon().pronounce(text)
        return
    answer = lexicon().pronounce(text)
    assert answer.readings and all(ph.count(reading) >= 1 for reading in answer.readings)


@pytest.mark.parametrize(
    "word", ["a" + "'s" * 5000, "'" * 5000 + "a", "9" * 5000, "la-" * 5000 + "la", "x" * 50_000, "²"]
)
def test_a_cat_on_the_keyboard_does_no_harm(word):
    assert ph.count(lexicon().pronounce(word).first) >= 1


def test_overrides_win_and_say_so():
    mine = Lexicon({"Caribbean": "K EH2 R AH0 B IY1 AH0 N | K ER0 IH1 B IY0 AH0 N", "poem": 1})
    assert mine.pronounce("caribbean").found is Found.YOURS
    assert len(mine.pronounce("CARIBBEAN").readings) == 2
    assert syllables.counts(syllables.sung(mine.pronounce("poem"))) == (1,)
    assert lexicon().pronounce("poem").found is Found.DICTIONARY


@pytest.mark.parametrize("text", ["B R R", "G AH1 QQ", "", "0", "99", "-1"])
def test_an_override_without_sense_is_refused_with_a_sentence(text):
    with pytest.raises(BadWord, match=r"\. |\.$") as caught:
        Lexicon({"gone": text})
    assert isinstance(caught.value, QuatrainError)


def test_the_table_gives_back_what_was_packed():
    entries = {
        "b": (1, [(ANY, ph.encode("B IY1"))]),
        "a": (4, [(ANY, ph.encode("AH0")), (NOUN, ph.encode("EY1"))]),
        "zoo's": (0, [(ANY, ph.encode("Z UW1 Z"))]),
    }
    packed = Table(pack(entries))
    assert list(packed) == ["a", "b", "zoo's"]
    assert {word: (packed.flags(word), packed.entry(word)) for word in packed} == entries
    assert "c" not in packed and packed.entry("c") == [] and packed.flags("") == -1
    assert packed.ending(re.escape(ph.encode("IY1"))) == ["b"]
    assert packed.ending(re.escape(ph.encode("AH0")) + b"|" + re.escape(ph.encode("EY1"))) == ["a"]


def test_a_damaged_lexicon_is_refused():
    with pytest.raises(StorageError):
        Table(b"something else")


def test_a_second_dictionary_agrees_on_syllables():
    """The five thousand commonest words that both dictionaries list: the other one's count is in our set."""
    second = table("misaki")
    common = sorted((w for w in table() if w in second and w.isalpha()), key=lambda w: (-lexicon().common(w), w))[:5000]
    differ = []
    for word in common:
        strict = syllables.strict(lexicon().pronounce(word))
        if not any(strict >> ph.count(sounds) & 1 for _, sounds in second.entry(word)):
            differ.append(word)
    assert len(differ) <= 0.012 * len(common), differ


def test_names_and_commonness():
    assert lexicon().is_name("London") and lexicon().is_name("barbara") and not lexicon().is_name("moon")
    assert lexicon().common("the") == 15 > lexicon().common("moon") > lexicon().common("magistrate") > 0
    assert lexicon().common("zxqv") == 0
