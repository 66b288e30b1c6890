"""Rhyme schemes: found in real poems, stable, and held against what was asked."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain import scheme
from quatrain.errors import BadSetting, UnknownName
from quatrain.scheme import compare, detect, ending, judge, letter, letters, parse
from quatrain.text.lists import listed
from quatrain.text.rhyme import Kind

# One reading each; words of one class rhyme perfectly, words of two classes not at all or nearly.
CLASSES = (
    listed("gate late fate hate state wait"),
    listed("town down crown brown frown gown"),
    listed("floor door more store shore core"),
    listed("tree bee key knee sea ski"),
)


def ends(*words):
    return [ending(word.split()) if word else None for word in words]


def found(*words):
    return letters(detect(ends(*words)))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("gate town late down", "ABAB"),
        ("gate late town down", "AABB"),
        ("gate town down late", "ABBA"),
        ("gate town tree down", "ABCB"),
        ("gate late fate hate", "AAAA"),
        ("gate river town film", "ABCD"),
        ("gate", "A"),
    ],
)
def test_plain_schemes(words, expected):
    assert found(*words.split()) == expected


# All in the public domain: Shakespeare (Sonnet 130), Tennyson (In Memoriam), Fitzgerald (Rubaiyat), Dickinson, Lear.
POEMS = {
    "ABABCDCDEFEFGG": "sun red dun head white cheeks delight reeks know sound go ground rare compare",
    "ABBA": "love face embrace prove",
    "AABA": "height night strikes light",
    "ABCB": "death me ourselves immortality",
    "AABBA": "beard feared hen wren beard",
}


@pytest.mark.parametrize(("expected", "words"), POEMS.items())
def test_poems_that_everybody_knows(expected, words):
    assert found(*words.split()) == expected


def kinds(*words):
    return [str(place.kind) for place in detect(ends(*words))]


def test_near_rhymes_are_told_from_perfect_ones():
    assert kinds("gate", "time", "late", "mine") == ["perfect", "family", "perfect", "family"]
    assert kinds("river", "shiver") == ["feminine", "feminine"]
    assert kinds("gate", "town", "gate") == ["same word", "none", "same word"]
    assert kinds("night", "town", "knight") == ["homophone", "none", "homophone"]


def test_a_near_rhyme_does_not_draw_a_line_from_its_perfect_partner():
    # rain and stone are consonant, but each has a better partner two lines on
    assert found("rain", "stone", "pain", "alone") == "ABAB"
    assert found("rain", "stone") == "AA" and kinds("rain", "stone") == ["consonance", "consonance"]
    assert found("rain", "stone", "pain") == "ABA"


def test_rhymes_across_words():
    assert compare(*ends("rise above me", "always love me")) is Kind.FEMININE
    assert compare(*ends("the name of it", "the shame of it")) is Kind.FEMININE
    assert compare(*ends("come with me", "wait for me")) is Kind.SAME_WORD
    assert compare(*ends("in my heart", "by my heart")) is Kind.SAME_WORD
    assert compare(*ends("to love me", "to love me")) is Kind.SAME_WORD


def test_lines_without_words_have_no_place_and_change_nothing():
    with_gap = detect(ends("gate", "", "town", "late", "", "down"))
    assert [place and place.letter for place in with_gap] == ["A", None, "B", "A", None, "B"]
    assert with_gap[3].partner == 0 and detect([]) == ()


def test_a_rhyme_that_is_far_away_is_not_heard():
    far = ["gate", *listed("silver month wasp bulb film angst wolf depth"), "late"]
    assert len(far) - 1 == scheme.SOLID_REACH + 1
    assert found(*far)[-1] != "A" and found(*(far[:1] + far[2:]))[-1] == "A"


def test_partners_are_earlier_lines_where_there_are_any():
    places = detect(ends("gate", "town", "late", "fate"))
    assert [place.partner for place in places] == [2, None, 0, 2]


MIXED = st.lists(
    st.sampled_from([word for group in CLASSES for word in group] + [*listed("time mine love move rain stone river")]),
    min_size=1,
    max_size=16,
)


@given(MIXED)
def test_letters_are_in_the_order_of_their_first_lines(words):
    seen = list(dict.fromkeys(place.letter for place in detect(ends(*words))))
    assert seen == list("ABCDEFGHIJKLMNOPQ"[: len(seen)])


@given(MIXED)
def test_letters_stay_when_a_line_follows_that_rhymes_with_nothing(words):
    before = [place.letter for place in detect(ends(*words))]
    after = [place.letter for place in detect(ends(*words, "film"))]
    assert after[:-1] == before and after[-1] not in before


@given(MIXED, st.sampled_from([word for group in CLASSES for word in group]))
def test_lines_that_rhyme_perfectly_are_never_parted_by_a_later_line(words, more):
    before, after = detect(ends(*words)), detect(ends(*words, more))
    for place, other in zip(before, after, strict=False):
        if place.partner is not None and place.solid:
            assert other.letter == after[place.partner].letter


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=14))
def test_perfect_groups_are_those_of_a_search_by_hand(picks):
    """The classes are known without the code under test: two lines share a letter if short steps join them."""
    words = [CLASSES[group][word] for group, word in picks]
    got = [place.letter for place in detect(ends(*words))]
    group = list(range(len(picks)))
    for place in range(len(picks)):
        for other in range(max(0, place - scheme.SOLID_REACH), place):
            if picks[place][0] == picks[other][0]:
                group = [group[other] if g == group[place] else g for g in group]
    alone = [group.count(g) == 1 for g in group]
    for place in range(len(picks)):
        for other in range(place):
            if not (alone[place] and alone[other]):
                assert (got[place] == got[other]) == (group[place] == group[other])


def test_letters_go_on_after_the_alphabet_and_leave_x_out():
    names = [letter(number) for number in range(2000)]
    assert names[:3] == ["A", "B", "C"] and names[24:27] == ["Z", "AA", "AB"]
    assert len(set(names)) == 2000 and not any("X" in name for name in names)


# ------------------------------------------------------------------------------------------------------------ asked for


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABAB", "ABAB"), ("abab", "ABAB"), ("abab cdcd, efef/gg", "ABABCDCDEFEFGG"), ("Ballad", "XAXA"),
        ("CDCD", "CDCD"), ("xaxa", "XAXA"), ("couplets", "AABB"), ("X", "X"),
    ],
)  # fmt: skip
def test_a_scheme_may_be_written_in_several_ways(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", " ", "AB1B", "A+B", "ÄBÄB"])
def test_what_is_no_scheme(text):
    with pytest.raises(BadSetting, match="no rhyme scheme"):
        parse(text)


def test_a_misspelt_name_gets_a_suggestion():
    with pytest.raises(UnknownName, match="Did you mean 'ballad'"):
        parse("balad")


def faults(asked, *words, kinds=scheme.SOLID):
    return [(fault.line, fault.other, str(fault.kind), fault.wanted) for fault in judge(ends(*words), asked, kinds)]


def test_lines_that_keep_the_scheme():
    assert faults("ABAB", "gate", "town", "late", "down", "floor", "tree", "more", "bee") == []
    assert faults("XAXA", "gate", "town", "gate", "down") == []
    assert faults("ABAB", "gate", "town", "late") == [], "the last block is not finished"
    assert faults("AA", "leave", "believe") == [], "rich rhymes will do"


def test_lines_that_contradict_the_scheme():
    assert faults("ABAB", "gate", "time", "late", "mine") == [(3, 1, "family", True)]
    assert faults("ABAB", "gate", "time", "late", "mine", kinds=(*scheme.SOLID, Kind.FAMILY)) == []
    assert faults("AABB", "gate", "town", "late", "down") == [
        (1, 0, "none", True), (2, 0, "perfect", False), (3, 2, "none", True)
    ]  # fmt: skip
    assert faults("AA", "the gate", "my gate") == [(1, 0, "same word", True)]
    assert faults("AABA", "gate", "late", "town", "tree") == [(3, 1, "none", True)]


def test_a_refrain_is_no_contradiction():
    line = ["going", "home"]
    assert judge([ending(line), ending(["the", "town"]), ending(line)], "ABA") == ()


@given(st.data())
def test_contradictions_are_those_counted_by_class(data):
    """Classes instead of sounds: a fault is a class that differs from its letter's, or is another letter's."""
    asked = data.draw(st.sampled_from(["ABAB", "AABB", "ABBA", "XAXA", "AABA", "AAA", "X"]))
    picks = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=10))
    rng = random.Random(len(picks))
    pools = [rng.sample(group, len(group)) for group in CLASSES]
    words = [pools[group][picks[:place].count(group) % 6] for place, group in enumerate(picks)]
    repeated = any(words[a] == words[b] for a in range(len(words)) for b in range(a))
    expected = []
    for place, group in enumerate(picks):
        step = place % len(asked)
        block = range(place - step, place)
        partners = [other for other in block if asked[other % len(asked)] == asked[step]]
        others = [o for o in block if asked[o % len(asked)] not in (asked[step], "X") and picks[o] == group]
        if asked[step] == "X":
            continue
        if (partners and not any(picks[o] == group for o in partners)) or others:
            expected.append(place)
    if not repeated:
        assert [fault.line for fault in judge(ends(*words), asked)] == expected


def test_classes_are_what_the_tests_say():
    for group in CLASSES:
        for other in CLASSES:
            for one in group:
                for two in other:
                    if one != two:
                        assert (compare(*ends(one, two)) in scheme.SOLID) == (group is other), (one, two)
    assert set("".join(scheme.NAMED.values())) <= set(string.ascii_uppercase)
