"""Concreteness: things before people before deeds before ideas."""

import itertools

import pytest

from quatrain.senses.pictures import all_of, concreteness, picture
from quatrain.text.lists import listed

THINGS = listed(
    "gate lantern boot kettle window hammer river stone bread horse wheel rope candle apple bottle coat knife ladder "
    "feather bucket barn truck guitar shoulder finger snow lamp pebble saddle table"
)
IDEAS = listed(
    "hope reason truth mercy freedom belief virtue wisdom patience justice honour intention opinion fate idea concept "
    "logic morality necessity possibility theory tendency doubt pride relevance loyalty envy guilt faith advantage"
)


def test_every_thing_is_more_of_a_picture_than_every_idea():
    wrong = [(thing, idea) for thing, idea in itertools.product(THINGS, IDEAS)
             if concreteness(thing, "NN") <= concreteness(idea, "NN")]  # fmt: skip
    assert len(wrong) <= 0.005 * len(THINGS) * len(IDEAS), wrong
    assert min(concreteness(word, "NN") for word in THINGS) > 0.6 > 0.5 > max(concreteness(w, "NN") for w in IDEAS)


@pytest.mark.parametrize(
    "falling",
    [
        ["hammer", "father", "dance", "meaning"],
        ["mountain", "town", "summer", "eternity"],
        ["blood", "rain", "song", "sorrow"],
    ],
)
def test_things_people_deeds_ideas(falling):
    values = [concreteness(word, "NN") for word in falling]
    assert values == sorted(values, reverse=True) and len(set(values)) == len(values)


def test_a_tag_decides_and_forms_are_as_their_word():
    assert concreteness("wolves", "NNS") == concreteness("wolf", "NN") > 0.8
    assert concreteness("hammer", "NN") > concreteness("hammer", "VB") > concreteness("believe", "VB")
    assert concreteness("walked", "VBD") == concreteness("walk", "VB")
    assert concreteness("red", "JJ") > concreteness("possible", "JJ")
    assert concreteness("lantern") == concreteness("lantern", "NN")


@pytest.mark.parametrize(
    ("word", "tag"), [("the", "DT"), ("slowly", "RB"), ("zxqv", "NN"), ("zxqv", ""), ("might", "MD")]
)
def test_grammar_and_unknown_words_are_no_picture(word, tag):
    assert concreteness(word, tag) == 0.0


def test_a_line_is_as_concrete_as_its_nouns():
    words, tags = ("the", "lantern", "swung", "in", "hope"), ("DT", "NN", "VBD", "IN", "NN")
    expected = (concreteness("lantern", "NN") + concreteness("hope", "NN")) / 2
    assert picture(words, tags) == pytest.approx(expected)
    assert picture(("go", "now"), ("VB", "RB")) == 0.0
    assert all_of([("gate", "NN"), ("the", "DT")]) == [concreteness("gate", "NN"), 0.0]
