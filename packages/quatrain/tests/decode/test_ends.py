"""End words against `text.rhyme`, pair by pair, and against a second dictionary."""

import random

import numpy as np
import pytest
from conftest import lexis_of

from quatrain.decode.ends import Ends
from quatrain.decode.stems import Stems
from quatrain.models.voice import Voice
from quatrain.text import phones, rhyme
from quatrain.text.lexicon import Found as How
from quatrain.text.lexicon import Lexicon, Pronunciation, lexicon, table
from quatrain.text.lists import listed
from quatrain.text.rhyme import EXACT, Kind
from quatrain.text.sound import KINDS, READINGS

SOUGHT = tuple(kind for kind in KINDS if kind not in (*rhyme.REFUSED, Kind.NONE))
PARTNERS = listed(
    "gate night river live wind again fire love sea wandering month are been the to self prayer flowers desire "
    "tomorrow zxqvian trumpeting orange hour"
)


@pytest.fixture(scope="module")
def common(usual):
    """The 800 most common words of the dictionary, as nouns and as verbs."""
    extra = "knight wait late eight ate weight live lives wind winds loves dove glove shiver quiver seen bean prayers"
    every = " ".join(dict.fromkeys([*usual[:800], *extra.split()]))
    return lexis_of({"NN": every, "VB": every})


@pytest.fixture(scope="module")
def many(common):
    return Ends(common.sounds, Stems(common))


def test_every_pair_rhymes_as_text_says(common, many):
    known, others = lexicon(), common.sounds
    for word in PARTNERS:
        said = known.pronounce(word)
        found = many.rhyming([said], SOUGHT)
        got = dict(zip(found.kinds.tolist(), (KINDS[how] for how in found.how), strict=True))
        for place, pair in enumerate(zip(others.words, others.tags, strict=True)):
            kind = rhyme.compared(said, known.pronounce(*pair)).kind
            assert got.get(place) == (kind if kind in SOUGHT else None), (word, pair)


def test_one_kind_at_a_time_is_the_same(many):
    said = lexicon().pronounce("gate")
    whole = many.rhyming([said], SOUGHT)
    for kind in SOUGHT:
        one = many.rhyming([said], (kind,))
        np.testing.assert_array_equal(one.kinds, whole.kinds[whole.how == KINDS.index(kind)])


def test_no_word_rhymes_with_itself_its_forms_or_its_sound(common, many):
    known, rng = lexicon(), random.Random(0)
    refused = 0
    for word in rng.sample(common.words[1:], 150):
        said = known.pronounce(word)
        for place in many.rhyming([said], SOUGHT).kinds.tolist():
            other = known.pronounce(common.sounds.words[place], common.sounds.tags[place])
            assert not rhyme.compared(said, other).refused
        refused += many.refused([said]).sum() > 2  # the word as noun and verb, and more
    assert refused > 12


def test_homophones_are_refused_by_name(common, many):
    names = lambda kinds: {common.sounds.words[place] for place in kinds}
    night = names(many.rhyming([lexicon().pronounce("night")]).kinds)
    assert "light" in night and not {"night", "nights", "knight"} & night
    late = names(many.rhyming([lexicon().pronounce("wait")]).kinds)
    assert {"late", "eight", "ate"} <= late and "weight" not in late


def test_several_partners_must_all_rhyme(common, many):
    """The loosest of the rhymes counts: late is perfect with gate, an assonance with rain."""
    known = lexicon()
    gate, state, rain = (known.pronounce(word) for word in ("gate", "state", "rain"))
    one, two, both = many.rhyming([gate]), many.rhyming([state]), many.rhyming([gate, state])
    np.testing.assert_array_equal(both.kinds, np.intersect1d(one.kinds, two.kinds))
    assert len(both) and len(many.rhyming([gate, known.pronounce("river")])) == 0
    for partners in ([gate, rain], [rain, gate]):
        found, changed = many.rhyming(partners, SOUGHT), 0
        for place, how in zip(found.kinds.tolist(), found.how.tolist(), strict=True):
            other = known.pronounce(common.sounds.words[place], common.sounds.tags[place])
            kinds = [KINDS.index(rhyme.compared(said, other).kind) for said in partners]
            assert how == max(kinds)
            changed += kinds[0] != kinds[1]
        assert changed > 10


def test_words_used_already_are_left_out(common, many):
    known = lexicon()
    found = many.rhyming([known.pronounce("gate")], EXACT, [known.pronounce("wait"), known.pronounce("ate")])
    names = {common.sounds.words[place] for place in found.kinds}
    assert "late" in names and not names & {"wait", "weight", "ate", "eight", "eat"}


def _strong(said):
    """The first reading with a stress in it, or the first."""
    return next((reading for reading in said.readings if set(phones.stress(reading)) - {"0"}), said.first)


def test_sure_rhymes_hold_in_the_first_strong_readings_and_in_some_of_the_second_dictionary(common, many):
    known, doubted = lexicon(), 0
    for word in PARTNERS:
        said, found = known.pronounce(word), many.rhyming([known.pronounce(word)])
        for place, sure in zip(found.kinds.tolist(), found.sure.tolist(), strict=True):
            other = known.pronounce(common.sounds.words[place], common.sounds.tags[place])
            held = _kind(said.word, _strong(said), other.word, _strong(other)) in EXACT
            mine, its = (table("misaki").entry(one.word)[:READINGS] for one in (said, other))
            if mine and its:
                held &= any(_kind(said.word, a, other.word, b) in EXACT for _, a in mine for _, b in its)
            assert sure == held, (word, other.word)
            doubted += not sure
    assert doubted > 5


def test_a_songwriters_own_pronunciation_counts(common, many):
    mine = Lexicon({"orange": "D AY1 N JH"}).pronounce("orange")
    assert len(many.rhyming([lexicon().pronounce("orange")])) == 0
    found = many.rhyming([Lexicon({"orange": "L AY1 T"}).pronounce("orange")])
    assert "night" in {common.sounds.words[place] for place in found.kinds}
    assert mine.found is How.YOURS


def _kind(first, one, second, two):
    return rhyme.compared(Pronunciation(first, (one,), How.RULE), Pronunciation(second, (two,), How.RULE)).kind


def test_a_line_that_ends_on_a_word_of_grammar_rhymes_with_its_strong_form():
    """`That` ends a line as in hat, `can` as in man; their first readings in the dictionary are the weak ones."""
    known, lexis = lexicon(), Voice.load().lexis
    ends = Ends(lexis.sounds, Stems(lexis))
    for word, good, bad in (("that", "hat", "cocoanut"), ("can", "man", "mun"), ("will", "hill", "anvil")):
        found = ends.rhyming([known.pronounce(word)])
        sure = {lexis.words[lexis.kind_word[kind]] for kind in found.kinds[found.sure]}
        assert good in sure and bad not in sure
