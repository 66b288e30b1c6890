"""Forms of words: rules, irregular words, and that a form leads back to its word."""

import random

import pytest

from quatrain.senses import inflection
from quatrain.senses.lemmas import FORMS, PARTS, irregular, lemmas


def form(word, tag):
    return lemmas().form(lemmas().number[word], tag)


def of(word, tag=""):
    return [lemmas().words[number] for number in lemmas().of(word, tag)]


@pytest.mark.parametrize(
    ("word", "tag", "spelled"),
    [
        ("walk", "VBD", "walked"),
        ("stop", "VBD", "stopped"),
        ("visit", "VBD", "visited"),
        ("admit", "VBG", "admitting"),
        ("look", "VBG", "looking"),
        ("quit", "VBG", "quitting"),
        ("hope", "VBG", "hoping"),
        ("hop", "VBG", "hopping"),
        ("see", "VBG", "seeing"),
        ("dye", "VBG", "dyeing"),
        ("die", "VBG", "dying"),
        ("singe", "VBG", "singeing"),
        ("carry", "VBZ", "carries"),
        ("play", "VBZ", "plays"),
        ("wash", "VBZ", "washes"),
        ("echo", "VBZ", "echoes"),
        ("mimic", "VBD", "mimicked"),
        ("fix", "VBD", "fixed"),
        ("snow", "VBD", "snowed"),
        ("kiss", "NNS", "kisses"),
        ("city", "NNS", "cities"),
        ("piano", "NNS", "pianos"),
        ("housewife", "NNS", "housewives"),
        ("bookshelf", "NNS", "bookshelves"),
        ("roof", "NNS", "roofs"),
        ("fisherman", "NNS", "fishermen"),
        ("human", "NNS", "humans"),
        ("sheep", "NNS", "sheep"),
        ("sad", "JJR", "sadder"),
        ("happy", "JJS", "happiest"),
        ("gentle", "JJR", "gentler"),
        ("good", "JJS", "best"),
        ("beautiful", "JJR", ""),
        ("careful", "JJS", ""),
        ("sing", "VBD", "sang"),
        ("sing", "VBN", "sung"),
        ("undo", "VBN", "undone"),
        ("overhear", "VBD", "overheard"),
        ("mistake", "VBN", "mistaken"),
        ("put", "VBD", "put"),
        ("lie", "VBD", "lay"),
        ("lay", "VBD", "laid"),
        ("go", "VBZ", "goes"),
        ("moon", "VB", "moon"),
        ("lantern", "VBD", ""),
    ],
)
def test_forms(word, tag, spelled):
    assert form(word, tag) == spelled


@pytest.mark.parametrize(
    ("word", "tag", "base"),
    [
        ("found", "VBD", "find"),
        ("founded", "VBD", "found"),
        ("wolves", "NNS", "wolf"),
        ("leaves", "NNS", "leaf"),
        ("leaves", "VBZ", "leave"),
        ("hoping", "VBG", "hope"),
        ("hopping", "VBG", "hop"),
        ("travelled", "VBD", "travel"),
        ("traveled", "VBD", "travel"),
        ("better", "JJR", "good"),
        ("women", "NNS", "woman"),
        ("eyes", "NNS", "eye"),
        ("walkin'", "VBG", "walk"),
        ("turn'd", "VBD", "turn"),
        ("heav'n", "NN", "heaven"),
        ("bird's", "NN+POS", "bird"),
        ("STARS", "NNS", "star"),
        ("dying", "VBG", "die"),
        ("broken", "JJ", "broken"),
        ("broken", "VBN", "break"),
        ("saw", "", "see"),
        ("building", "", "building"),
        ("fell", "", "fall"),
    ],
)
def test_the_word_of_a_form(word, tag, base):
    assert of(word, tag)[0] == base


@pytest.mark.parametrize(
    ("word", "tag"), [("the", "DT"), ("may", "MD"), ("zxqv", "NN"), ("London", "NNP"), ("can", "MD")]
)
def test_words_without_a_meaning_here(word, tag):
    assert of(word, tag) == []


def test_every_form_leads_back_to_its_word():
    """Of four thousand lemmas, every form that is written has its lemma among those it is read as."""
    known = lemmas()
    lost = []
    for number in random.Random(0).sample(range(len(known)), 4000):
        for part in PARTS:
            for tag in FORMS[part]:
                written = known.form(number, tag)
                if written and number not in known.of(written, tag):
                    lost.append((known.words[number], tag, written))
    assert not lost, lost[:20]


def test_a_regular_form_is_among_its_variants():
    for word in ("stop", "carry", "travel", "kiss", "hero", "dance", "bus"):
        for tag in inflection.ENDINGS:
            assert inflection.variants(word, tag)[0] == inflection.regular(word, tag)


def test_irregular_words_follow_their_last_part():
    assert irregular("undo", "VBD") == ("undid",) and irregular("walk", "VBD") == ()
    assert set(irregular("penny", "NNS")) == {"pennies", "pence"}


def test_how_common_a_lemma_is():
    known = lemmas()
    use = lambda word, part="": known.use(known.number[word], part)
    assert use("rain", "n") > use("rain", "v") > 0 == use("rain", "a")
    assert use("hand") > use("lantern") > use("chisel") > 0
    assert use("television", "n") > 30  # of our time, by WordNet's texts: the verse and the novels don't have it
