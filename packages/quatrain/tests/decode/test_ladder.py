"""What is given up, in which order and under which label: a world of five tags, and brute force over all rungs."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain.decode import ladder
from quatrain.decode.ladder import END, Asked, Ladder, Rung, settle
from quatrain.decode.masks import added
from quatrain.errors import NothingFits
from quatrain.text.rhyme import EXACT, Kind
from quatrain.text.tagging import is_content


def sets(*counts):
    return sum(1 << n for n in counts)


INSIDE = {"DT": sets(1), "NN": sets(1, 2), "NNS": sets(2, 3), "IN": sets(1, 2), "PRP$": sets(1)}
ENDS = {
    (EXACT, "NN"): sets(1), (EXACT, "VB"): sets(2), ((Kind.FAMILY,), "NN"): sets(4), ((Kind.ASSONANCE,), "NN"): sets(7),
}  # fmt: skip


def world(**changes):
    return Ladder(lambda _, tag: INSIDE.get(tag, 0), lambda tag, kinds: ENDS.get((kinds, tag), 0), **changes)


def first(syllables, **changes):
    """The first rung; one of no shape if there is none."""
    asked = Asked(("DT", "NN", "IN", "DT", "NN"), syllables, EXACT)
    return next(world(**changes).rungs(asked), Rung(Asked((), 0), ("nothing",), ()))


def test_what_fits_is_not_touched():
    rung = first(6)
    assert (rung.asked.syllables, rung.relaxed, set(rung.cost)) == (6, (), {0})


@pytest.mark.parametrize(
    ("syllables", "relaxed"),
    [
        (8, ("a plural noun instead of a noun inside the line",)),  # 1 + 3 + 2 + 1 + 1
        (9, ("ends on a verb instead of a noun", "a plural noun instead of a noun inside the line")),
        (
            10,
            (
                "one syllable less",
                "ends on a verb instead of a noun",
                "a plural noun instead of a noun inside the line",
            ),
        ),
        (4, ("one syllable more",)),
        (11, ("near rhyme (family)", "a plural noun instead of a noun inside the line")),
        (13, ("near rhyme (assonance)",)),
        (3, ("nothing",)),
        (16, ("nothing",)),
    ],
)
def test_each_rung_in_turn(syllables, relaxed):
    rung = first(syllables)
    assert rung.relaxed == relaxed


def test_the_count_is_kept_if_it_must_be():
    assert first(4, lengthen=False).relaxed == ("nothing",)
    assert first(10, lengthen=False).relaxed == ("near rhyme (family)",)


def test_given_words_keep_their_tags():
    assert first(8, fixed=frozenset({1})).relaxed == ("ends on a verb instead of a noun",)
    assert "ends on" not in " ".join(first(9, fixed=frozenset({END})).relaxed)


def test_a_rhyme_in_one_dictionary_is_labelled():
    unsure = lambda tag, kinds: sets(5) if (kinds, tag) == (EXACT, "NN") else ENDS.get((kinds, tag), 0)
    rung = first(11, unsure=unsure)
    assert rung.relaxed == (ladder.ONE_EAR,) and not rung.asked.sure
    assert first(6, unsure=unsure).relaxed == ()


TAGS = st.sampled_from(sorted(INSIDE))


@given(st.lists(TAGS, min_size=1, max_size=4), st.integers(1, 14), st.booleans())
def test_the_first_rung_gives_up_least(inside, syllables, lengthen):
    """Against all rungs there could be, each judged by its own arithmetic."""
    tags = (*inside, "NN")
    found = next(world(lengthen=lengthen).rungs(Asked(tags, syllables, EXACT)), None)
    rhymes = [EXACT, *((kind,) for kind in ladder.NEARER)]
    insides = [tags[:-1]] + [
        (*tags[:i], tag, *tags[i + 1 : -1]) for i in range(len(tags) - 1) for tag in ladder.kin(tags[i])
    ]
    costs = []
    for near, spread, end, middle in product(range(3), range(3 if lengthen else 1), ("NN", "VB"), insides):
        total = ENDS.get((rhymes[near], end), 0)
        for tag in middle:
            total = added(total, INSIDE.get(tag, 0))
        if total >> syllables + ladder.SPREAD[spread] & 1 and syllables + ladder.SPREAD[spread] > 0:
            costs.append((near, spread, int(end != "NN"), int(middle != tags[:-1])))
    assert (found and found.cost) == min(costs, default=None)


@given(st.integers(1, 14))
def test_labels_tell_everything(syllables):
    asked = Asked(("DT", "NN", "IN", "DT", "NN"), syllables, EXACT)
    for rung in world().rungs(asked):
        changed = [
            rung.asked.kinds != asked.kinds,
            rung.asked.syllables != asked.syllables,
            rung.asked.tags[-1] != asked.tags[-1],
            rung.asked.tags[:-1] != asked.tags[:-1],
        ]
        assert len(rung.relaxed) == sum(changed) and changed == [cost > 0 for cost in rung.cost]


def words(asked):
    """End words: as many as there are counts, of the tag's own."""
    return frozenset(hash((asked.tags[-1], asked.kinds, n)) for n in range(3 if asked.kinds == EXACT else 9))


def test_enough_words_need_no_ladder():
    wishes = [Asked(("DT", "NN"), 2, EXACT), Asked(("DT", "NN"), 9, EXACT)]
    settled = settle(world(), wishes, words, enough=3)
    assert [rung.asked for rung in settled] == wishes[:1]


def test_too_few_words_climb_until_there_are_enough():
    settled = settle(world(), [Asked(("DT", "NN"), 2, EXACT), Asked(("IN", "NN"), 4, EXACT)], words, enough=6)
    assert settled[0].relaxed == ()
    assert len({rung.relaxed for rung in settled}) == 2 and all(rung.relaxed for rung in settled[1:])


def test_one_shape_may_be_written_at_several_heights():
    settled = settle(world(), [Asked(("DT", "NN"), 2, EXACT)], words, enough=6)
    assert [rung.relaxed for rung in settled] == [(), ("one syllable more", "ends on a verb instead of a noun")]


def test_every_shape_has_its_turn_at_the_same_height():
    wishes = [Asked(("DT", tag), syllables, EXACT) for tag, syllables in (("NN", 3), ("VB", 2), ("JJ", 3), ("RB", 2))]
    settled = settle(world(), wishes, words, enough=3)
    assert len(settled) > 1 and len({rung.cost for rung in settled}) == 1


def test_strict_says_what_to_relax():
    with pytest.raises(NothingFits, match="No line of 12 syllables with a perfect or feminine rhyme.*near rhyme"):
        settle(world(), [Asked(("DT", "NN", "IN", "DT", "NN"), 12, EXACT)], words, strict=True)
    with pytest.raises(NothingFits, match="another count of syllables"):
        settle(world(), [Asked(("DT", "NN"), 40, EXACT)], words)
    with pytest.raises(NothingFits, match="No shape"):
        settle(world(), [], words)


def test_kin_is_mutual_and_content_stays_content():
    for group in ladder.KIN:
        for tag in group:
            assert all(tag in ladder.kin(other) for other in ladder.kin(tag))
    assert all(is_content(tag) for tag in ladder.ENDS)
    assert ladder.kin("PRP+VBZ") == ()
