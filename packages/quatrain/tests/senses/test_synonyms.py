"""Synonyms: by meaning, in the same form, with the same metre, and nothing that hurts."""

import pytest

from quatrain.senses.lemmas import lemmas
from quatrain.senses.synonyms import Step, synonyms, tags_of
from quatrain.text import lemma, syllables
from quatrain.text import phones as ph
from quatrain.text.diction import Filters
from quatrain.text.lexicon import Lexicon, lexicon
from quatrain.text.lists import listed, shipped


def offered(word, tag="", **wishes):
    return [one.word for meaning in synonyms(word, tag, **wishes) for one in meaning.words]


@pytest.mark.parametrize(
    ("word", "tag", "wanted"),
    [
        ("walked", "VBD", "strolled marched strode trudged"),
        ("walking", "VBG", "strolling marching striding"),
        ("walks", "VBZ", "strolls marches trudges"),
        ("roads", "NNS", "routes highways lanes"),
        ("rain", "NN", "shower drizzle downpour"),
        ("lonely", "JJ", "lone lonesome solitary"),
        ("said", "VBD", "told answered replied"),
        ("house", "NN", "cottage mansion cabin"),
        ("quickly", "RB", "rapidly promptly"),
        ("weep", "VB", "cry"),
        ("fast", "JJ", "quick"),
        ("faster", "JJR", "quicker"),
        ("singin'", "VBG", "chantin' hummin'"),
        ("house's", "NN+POS", "cottage's cabin's"),
        ("Dark", "JJ", "dim gloomy"),
    ],
)
def test_words_that_a_songwriter_expects(word, tag, wanted):
    assert set(wanted.split()) <= set(offered(word, tag))


def test_meanings_are_told_apart():
    glosses = {one.word: meaning.gloss for meaning in synonyms("bank", "NN") for one in meaning.words}
    assert glosses["slope"] != glosses["ridge"] and "land" in glosses["slope"]


@pytest.mark.parametrize(
    ("word", "tag"), [("walked", "VBD"), ("stars", "NNS"), ("light", "NN"), ("run", "VB"), ("sad", "JJ")]
)
def test_the_form_is_kept_and_no_word_comes_twice(word, tag):
    found = offered(word, tag)
    known = lemmas()
    assert len(found) == len(set(found)) > 3
    assert all(any(known.form(number, tag) == one for number in known.of(one, tag)) for one in found)
    assert not [one for one in found if lemma.same(one, word)]


def test_words_that_share_the_meaning_come_first():
    for meaning in synonyms("road", "NN") + synonyms("lonely", "JJ"):
        steps = [list(Step).index(one.step) for one in meaning.words]
        assert steps == sorted(steps)


def test_the_same_metre():
    """By another dictionary: every word offered has a count of syllables of the word it replaces."""
    from quatrain.text.lexicon import table

    second = table("misaki")
    for word, tag in (("walked", "VBD"), ("lonely", "JJ"), ("mountain", "NN"), ("remember", "VB"), ("delight", "NN")):
        counts = {ph.count(sounds) for _, sounds in second.entry(word)}
        found = [one for meaning in synonyms(word, tag, same_metre=True) for one in meaning.words]
        assert all(one.same_metre for one in found)
        checked = [one.word for one in found if one.word in second]
        assert all(counts & {ph.count(sounds) for _, sounds in second.entry(one)} for one in checked)
    assert set(offered("lonely", "JJ", same_metre=True)) < set(offered("lonely", "JJ"))


def test_stress_counts_in_the_metre():
    """Delight is weak, strong: pleasure (strong, weak) does not fit, though it has two syllables."""
    found = {one.word: one for meaning in synonyms("pleasure", "NN") for one in meaning.words}
    assert found["delight"].syllables == 2 and not found["delight"].same_metre
    assert lexicon().pronounce("delight").first and found["delight"].stress == "01"


def test_a_songwriters_own_count_decides():
    usual = {one.word: one.same_metre for meaning in synonyms("fire", "NN") for one in meaning.words}
    drawn = {one.word: one.same_metre for m in synonyms("fire", "NN", words=Lexicon({"fire": 3})) for one in m.words}
    assert any(usual.values()) and sum(drawn.values()) < sum(usual.values())
    assert syllables.fits(syllables.strict(Lexicon({"fire": 3}).pronounce("fire")), 3)


def test_filters():
    archaic = offered("girl", "NN", filters=Filters(archaic=False, names=False))
    assert "wench" in archaic and "wench" not in offered("girl", "NN")


def test_nothing_that_hurts_is_offered():
    """All words around those that people are called by: none from the list of slurs and obscenities, filter or not."""
    open_filters = Filters(archaic=False, dialect=False, profane=False, names=False)
    asked = listed("man woman person girl fool stranger foreigner homosexual peasant")
    found = {other for word in asked for other in offered(word, "NN", filters=open_filters, limit=500)}
    assert len(found) > 100 and not found & shipped("profane")


@pytest.mark.parametrize(("word", "tag"), [("the", "DT"), ("might", "MD"), ("zxqv", "NN"), ("zxqv", ""), ("!", "")])
def test_grammar_and_unknown_words_have_none(word, tag):
    assert synonyms(word, tag) == []


def test_without_a_tag_the_likely_ones_are_tried():
    assert tags_of("walked")[0] == "VBD" and tags_of("rivers") == ["NNS"] and tags_of("lonely") == ["JJ"]
    assert "NN" in {meaning.tag for meaning in synonyms("light")} <= {"NN", "JJ", "VB"}
    assert "strolled" in offered("walked")


def test_the_limit_is_for_one_meaning():
    assert all(len(meaning.words) <= 3 for meaning in synonyms("walk", "VB", limit=3))
