"""Sets of syllables against sets of Python; the words that may be written against every line there is."""

from itertools import product

import numpy as np
from conftest import lexis_of
from hypothesis import given
from hypothesis import strategies as st

from quatrain.decode import masks
from quatrain.decode.masks import Palette
from quatrain.text import syllables
from quatrain.text.diction import Filters

COUNTS = st.sets(st.integers(0, 9), max_size=4)


def mask(counts):
    return sum(1 << n for n in counts)


def counts(mask):
    return {n for n in range(64) if int(mask) >> n & 1}


@given(COUNTS, COUNTS)
def test_added_is_the_sum_of_sets(first, second):
    assert counts(masks.added(mask(first), mask(second))) == {a + b for a in first for b in second}


@given(st.lists(COUNTS.filter(bool), max_size=6))
def test_what_remains_is_every_sum_of_the_places_to_come(places):
    rest = masks.remaining([mask(place) for place in places])
    assert [counts(one) for one in rest] == [{sum(c) for c in product(*places[i:])} for i in range(len(places) + 1)]


@given(st.lists(COUNTS, min_size=1, max_size=5), COUNTS, st.integers(0, 25))
def test_a_word_is_wanted_if_the_line_can_still_come_out(spent, rest, target):
    found = masks.wanted(np.array([mask(s) for s in spent], np.uint64), mask(rest), target)
    for one, fit in zip(spent, found, strict=True):
        assert counts(fit) == {n for n in range(64) if any(s + n + r == target for s in one for r in rest)}


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=5))
def test_spending_is_adding(pairs):
    found = masks.spend(*(np.array([mask(pair[i]) for pair in pairs], np.uint64) for i in (0, 1)))
    assert [counts(one) for one in found] == [{a + b for a in first for b in second} for first, second in pairs]


def test_a_target_out_of_reach_wants_nothing():
    assert masks.wanted(np.array([1], np.uint64), 1, 200).tolist() == [0]
    assert masks.complement(0b1, 70) == 0


def test_every_line_that_fits_can_be_written_and_no_other(lexis, palette, shape):
    """Every choice of words for a shape, one by one, against the forward masks."""
    tags = shape("DT JJ NN VBD RB")
    options = [[k for k in palette.kinds(tag) if palette.open[k]] for tag in tags]
    rest = masks.remaining([int(palette.unions[tag]) for tag in tags])
    for target in (7, 10, 13):
        truth = {
            line for line in product(*options) if syllables.total(int(palette.sets[k]) for k in line) >> target & 1
        }
        lines = [((), np.array([1], np.uint64))]
        for place, words in enumerate(options):
            grown = []
            for line, spent in lines:
                fit = masks.wanted(spent, rest[place + 1], target)[0]
                for k in words:
                    if fit & palette.sets[k]:
                        grown.append(((*line, k), masks.spend(spent, palette.sets[k : k + 1])))
            assert grown or not truth  # nobody was led into a dead end
            lines = grown
        assert {line for line, _ in lines} == truth and len(truth) > 50


def test_a_tag_is_trusted_if_it_is_usual():
    lexis = lexis_of({"NN": "wind gate rare", "VB": "wind gate rare", "JJ": "gate"})
    counts = {("gate", "NN"): 90, ("gate", "VB"): 8, ("gate", "JJ"): 2, ("wind", "NN"): 60, ("wind", "VB"): 40,
              ("rare", "NN"): 2, ("rare", "VB"): 1}  # fmt: skip
    lexis.counts[:] = [
        counts[lexis.words[w], lexis.tags[t]] for w, t in zip(lexis.kind_word, lexis.kind_tag, strict=True)
    ]
    trusted = {
        (lexis.words[lexis.kind_word[k]], lexis.tags[lexis.kind_tag[k]]) for k in np.flatnonzero(masks.admitted(lexis))
    }
    assert trusted == {("gate", "NN"), ("gate", "VB"), ("wind", "NN"), ("wind", "VB"), ("rare", "NN")}


def test_filters_close_kinds(lexis, kind, palette):
    assert not palette.open[[kind("thy", "PRP$"), kind("london", "NNP")]].any() and palette.open[kind("my", "PRP$")]
    loose = Palette.of(lexis, Filters(archaic=False, names=False))
    assert loose.open[[kind("thy", "PRP$"), kind("london", "NNP")]].all()


def test_two_dictionaries_are_asked_for_syllables(lexis, kind, palette):
    """Fire has one syllable or two in one dictionary, two in the other."""
    alone, fire = Palette.of(lexis, second=False), kind("fire", "NN")
    assert counts(alone.sets[fire]) == {1, 2} and alone.doubtful[fire] and alone.count[fire] == 1
    assert counts(palette.sets[fire]) == {2} and not palette.doubtful[fire] and palette.count[fire] == 2
    assert (palette.sets & ~alone.sets == 0).all()


def test_narrowed_leaves_the_rest(lexis, kind, palette):
    banned = np.zeros(len(lexis.counts), bool)
    banned[kind("gate", "NN")] = True
    less = palette.narrowed(banned)
    assert palette.open.sum() == less.open.sum() + 1 and not less.open[kind("gate", "NN")]


def test_articles_agree_with_the_next_word(lexis, kind, palette, shape):
    """A river, an hour; by spelling an hour would be a hour."""
    [article, noun] = shape("DT NN")
    before = np.array([lexis.number["a"], lexis.number["an"], lexis.number["the"], -1])
    found = palette.agreeing(palette.slice(noun), before, np.full(4, -1))
    names = [lexis.words[w] for w in lexis.kind_word[palette.kinds(noun)]]
    vowels = {"hour", "estate", "afternoon", "apple", "umbrella"}
    assert {name for name, fits in zip(names, found[0], strict=True) if not fits} == vowels
    assert {name for name, fits in zip(names, found[1], strict=True) if fits} == vowels
    assert found[2:].all()
    articles = palette.agreeing(palette.slice(article), np.full(3, -1), np.array([1, 0, -1]))
    listed = [lexis.words[w] for w in lexis.kind_word[palette.kinds(article)]]
    assert [[n for n, fits in zip(listed, row, strict=True) if not fits] for row in articles] == [["a"], ["an"], []]
