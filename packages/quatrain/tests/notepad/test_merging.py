import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quatrain.notepad.document import Document, Line
from quatrain.notepad.merging import compared, matches, merged

letters = st.lists(st.sampled_from("abcd"), max_size=12)
texts = st.lists(st.sampled_from(["one", "two", "three", "four", ""]), max_size=8)


def song(*lines: str, **more: object) -> Document:
    return Document("T", tuple(map(Line, lines)), **more)  # type: ignore[arg-type]


def longest(one: list[str], two: list[str]) -> int:
    """The length of a longest common subsequence, by the table of every textbook."""
    table = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(two):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(letters, letters)
def test_matches_are_a_longest_common_subsequence(one: list[str], two: list[str]) -> None:
    found = matches(one, two)
    assert all(one[i] == two[j] for i, j in found)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(found))
    assert len(found) == longest(one, two)


def test_a_comparison_ends_within_its_budget() -> None:
    one, two = [f"a{n}" for n in range(3000)], [f"b{n}" for n in range(3000)]
    assert matches(["same", *one, "end"], ["same", *two, "end"], budget=10_000) == [(0, 0), (3001, 3001)]


@settings(max_examples=40)
@given(texts, texts)
def test_a_comparison_gives_both_texts_back(one: list[str], two: list[str]) -> None:
    found = compared(one, two)
    assert [c.text for c in found if c.op != "add"] == one
    assert [c.text for c in found if c.op != "remove"] == two
    assert [c.before for c in found if c.before] == list(range(1, len(one) + 1))
    assert [c.after for c in found if c.after] == list(range(1, len(two) + 1))


@settings(max_examples=40)
@given(texts, texts)
def test_a_change_on_one_side_only_is_that_side(base: list[str], other: list[str]) -> None:
    before, after = song(*base), song(*other)
    assert merged(before, before, after) == after
    assert merged(before, after, before) == after
    assert merged(before, after, after) == after


@settings(max_examples=60)
@given(texts, texts, texts)
def test_a_merge_never_drops_a_line_that_somebody_wrote(base: list[str], theirs: list[str], mine: list[str]) -> None:
    result = merged(song(*base), song(*theirs), song(*mine))
    if result is not None:
        written = {line for line in (*theirs, *mine) if line and line not in base}
        assert written <= {line.text for line in result.lines}


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "result"),
    [
        ("a b c", "a x c", "a b y", "a x y"),  # neighbouring lines
        ("a b c", "a b c t", "m a b c", "m a b c t"),
        ("a b c", "x y z b c", "a b! c", "x y z b! c"),  # more lines beside one line
        ("a b c d", "a x c d", "a b c", "a x c"),
        ("a c", "a t c", "a m c", "a t m c"),  # both put a line in at one place
        ("a c", "a t c", "a t m c", "a t m c"),  # and the same one is put in once
        ("a b c", "a c", "a b c d", "a c d"),
        ("a b c", "a x c", "a y c", None),  # the same line in two ways
        ("a b c", "a c", "a y c", None),  # taken out and changed
        ("a b c d", "b a c d", "a b c d e", "b a c d e"),
    ],
)
def test_merges_worked_out_by_hand(base: str, theirs: str, mine: str, result: str | None) -> None:
    found = merged(song(*base.split()), song(*theirs.split()), song(*mine.split()))
    assert found == (song(*result.split()) if result is not None else None)


def test_two_empty_sheets_begun_at_once_keep_both_lines() -> None:
    assert merged(song(""), song("theirs"), song("mine")) == song("theirs", "mine")


def test_title_words_and_parked_lines_are_merged_each_for_itself() -> None:
    base = song("a", words={"fire": "1"}, parked=(Line("p"), Line("q")))
    theirs = song("a", words={"fire": "1", "hour": "2"}, parked=(Line("q"),))
    mine = Document("Mine", base.lines, "AABB", {}, (Line("p"), Line("q"), Line("r")))
    result = merged(base, theirs, mine)
    assert result == Document("Mine", base.lines, "AABB", {"hour": "2"}, (Line("q"), Line("r")))
    assert merged(base, song("a", words={"fire": "2"}), song("a", words={"fire": "1 2"})) is None


def test_where_a_line_came_from_is_kept_when_its_scheme_changes_elsewhere() -> None:
    base, theirs = Line("[Verse]"), Line("[Verse]", scheme="ABAB")
    mine = Line("[Verse 1]", "edited")
    found = merged(Document("", (base,)), Document("", (theirs,)), Document("", (mine,)))
    assert found == Document("", (Line("[Verse 1]", "edited", "ABAB"),))
