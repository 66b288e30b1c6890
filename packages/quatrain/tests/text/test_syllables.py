"""Counts against hand-made lists, and the sum sets against brute force."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain.text import sound, syllables
from quatrain.text.lexicon import Lexicon, lexicon
from quatrain.text.words import key

masks = st.lists(st.sets(st.integers(1, 4), min_size=1), max_size=7)


def entries(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def as_mask(counts: set[int]) -> int:
    return sum(1 << count for count in counts)


def test_four_hundred_words_have_the_counts_a_singer_gives_them(fixtures):
    rows = [line.split() for line in entries(fixtures / "syllables.txt")]
    assert len(rows) > 400
    wrong = []
    for word, *numbers in rows:
        allowed, said = [int(n) for n in numbers], lexicon().pronounce(key(word))
        strict, sung = syllables.counts(syllables.strict(said)), syllables.counts(syllables.sung(said))
        if syllables.usual(said) not in allowed or not set(strict) <= set(allowed) or allowed[0] not in sung:
            wrong.append((word, allowed, strict, sung))
    assert not wrong


def test_sixty_lines_have_the_counts_a_singer_gives_them(fixtures):
    rows = [line.split("\t") for line in entries(fixtures / "lines.txt")]
    assert len(rows) >= 60
    strict, sung = 0, 0
    for count, line in rows:
        exact, wide, _ = syllables.of_line(line)
        strict, sung = strict + syllables.fits(exact, int(count)), sung + syllables.fits(wide, int(count))
    assert sung == len(rows)
    assert strict >= len(rows) - 1  # The Assyrian came down: Byron draws a word together that no dictionary does


@given(masks)
def test_a_line_can_have_exactly_the_sums_of_its_words(sets):
    sums = {sum(choice) for choice in itertools.product(*sets)}
    assert set(syllables.counts(syllables.total(map(as_mask, sets)))) == sums


@given(st.lists(masks, min_size=1, max_size=6))
def test_sum_sets_of_many_lines_are_those_of_each(lines):
    flat = np.array([as_mask(counts) for line in lines for counts in line], np.uint64)
    offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    found = sound.sum_sets(flat, offsets)
    assert found.tolist() == [syllables.total(map(as_mask, line)) for line in lines]


@given(masks, st.integers(0, 20))
def test_a_breakdown_adds_up_and_changes_as_little_as_can_be(sets, count):
    usuals = [min(counts) for counts in sets]
    found = syllables.breakdown([as_mask(counts) for counts in sets], usuals, count)
    fitting = [choice for choice in itertools.product(*map(sorted, sets)) if sum(choice) == count]
    if not fitting:
        assert found is None
        return
    changes = lambda choice: sum(a != b for a, b in zip(choice, usuals, strict=True))
    assert found in fitting
    assert changes(found) == min(map(changes, fitting))


def test_a_songwriters_count_stands_alone():
    mine = Lexicon({"fire": 2, "orange": "1 2"})
    assert syllables.of_line("Fire", mine) == (1 << 2, 1 << 2, 2)
    assert syllables.counts(syllables.of_line("fire and orange", mine)[0]) == (4, 5)
    assert syllables.counts(syllables.of_line("Fire")[0]) == (1, 2)


@pytest.mark.parametrize(("mask", "text"), [(1 << 8, "8"), (1 << 8 | 1 << 9, "8-9"), (0, "?")])
def test_a_set_in_the_margin(mask, text):
    assert syllables.shown(mask) == text


def test_an_empty_line_has_no_syllables():
    assert syllables.of_line("") == (1, 1, 0)
    assert syllables.of_line("... -- !") == (1, 1, 0)


def test_a_very_long_line_is_counted_up_to_the_limit():
    strict, _, usual = syllables.of_line("la " * 200)
    assert usual == 200
    assert strict < 1 << (syllables.LONGEST + 1)
