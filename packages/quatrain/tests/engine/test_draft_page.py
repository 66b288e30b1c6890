"""A draft: which lines count, where a section begins, and who rhymes with whom."""

import pytest

from quatrain.errors import BadSetting, BadText, UnknownName
from quatrain.page import Page, length
from quatrain.wishes import Wishes

DRAFT = ["[Verse 1]", "I left my coat beside the garden gate,", "Am  G/B  F", "The moon was low", "", "What now?"]


def test_headings_chords_and_gaps():
    page = Page.of(DRAFT)
    assert [(line.number, line.first) for line in page.lines] == [(2, True), (4, False), (6, True)]
    assert [line.close for line in page.lines] == [",", "", "?"]
    assert [line.number for line in page.section] == [6] and not page.fresh
    assert page.lines[0].words[-1] == "gate" and length(page.lines[0]) == 10


def test_an_empty_draft_and_one_that_ends_in_a_gap():
    assert Page.of([]).section == () and Page.of([]).fresh
    page = Page.of(["One line", "", "  "])
    assert page.fresh and page.section == () and len(page.lines) == 1


@pytest.mark.parametrize(
    ("scheme", "lines", "partners"),
    [
        ("ABAB", 2, [1]), ("ABAB", 3, [2]), ("ABAB", 4, []), ("ABAB", 6, [5]), ("AABB", 1, [1]), ("ABBA", 2, [2]),
        ("ABBA", 3, [1]), ("XAXA", 3, [2]), ("XAXA", 2, []), ("AAAA", 3, [1, 2, 3]), ("AABBA", 4, [1, 2]),
        ("limerick", 9, [6, 7]), ("", 3, []),
    ],
)  # fmt: skip
def test_partners_by_scheme(scheme, lines, partners):
    page = Page.of([f"line number {n}" for n in range(lines)])
    assert [line.number for line in page.partners(Wishes(scheme=scheme))] == partners


def test_a_line_to_rhyme_with_wins_over_the_scheme():
    page = Page.of(DRAFT)
    assert [line.number for line in page.partners(Wishes(scheme="AABB", rhyme_with=2))] == [2]
    with pytest.raises(BadSetting, match=r"Line 3, to rhyme with.*2, 4, 6"):
        page.partners(Wishes(rhyme_with=3))


@pytest.mark.parametrize(
    "wish",
    [{"count": 0}, {"count": 51}, {"seed": -1}, {"syllables": 0}, {"syllables": 21}, {"rhyme_with": 0}, {"like": 0}],
)
def test_wishes_out_of_range(wish):
    with pytest.raises(BadSetting, match="expected"):
        Wishes(**wish)


def test_a_scheme_that_is_none():
    with pytest.raises((BadSetting, UnknownName)):
        Wishes(scheme="A1B2")
    with pytest.raises(UnknownName, match="Did you mean 'ballad'"):
        Wishes(scheme="balad")


def test_a_line_too_long():
    with pytest.raises(BadText, match="Break it"):
        Page.of(["la " * 500])
