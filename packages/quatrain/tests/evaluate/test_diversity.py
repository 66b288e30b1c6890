"""Diversity against counts by hand and brute force."""

import itertools
import math

import numpy as np
import pytest

from quatrain.evaluate import diversity


@pytest.mark.parametrize(
    ("line", "references", "value"),
    [
        # 3 of 4 words, 2 of 3 pairs, 1 of 2 triples, 0.1 of 1: the fourth root of 0.025
        ("a b c d", ["a b c e"], 0.025**0.25),
        # clipped: one "the" of three, then nothing of two and of one; the line is longer, so no penalty
        ("the the the", ["the cat"], (1 / 3 * 0.05 * 0.1) ** (1 / 3)),
        # all there, but the reference is half as long again
        ("a b", ["a b c"], math.exp(1 - 3 / 2)),
        # each reference gives a part; the nearest in length decides
        ("a b c", ["a b x y z", "b c q"], (1.0 * 1.0 * 0.1) ** (1 / 3)),
        ("a b c d e", ["a b c d e"], 1.0),
        ("", ["a"], 0.0),
        ("a", [], 0.0),
    ],
)
def test_bleu_by_hand(line, references, value):
    assert diversity.bleu(line.split(), [reference.split() for reference in references]) == pytest.approx(value)


def test_self_bleu_is_the_mean_over_the_lines():
    lines = [line.split() for line in ("the sea is wide", "the sea is deep", "my love is deep")]
    each = [diversity.bleu(line, [other for other in lines if other is not line]) for line in lines]
    assert diversity.self_bleu(lines) == pytest.approx(sum(each) / 3)
    assert diversity.self_bleu([["a", "b"]] * 5) == 1.0
    assert math.isnan(diversity.self_bleu(lines[:1]))


def test_sets_of_one_size_only():
    full, short = [["a", "b"], ["a", "b"], ["c", "d"]], [["a", "b"]]
    found = diversity.self_bleus([full, short], size=2)
    assert found.value == 1.0 and found.n == 1
    assert diversity.self_bleus([short, short], size=3) is None


def test_single_lines_are_compared_across_prompts():
    lines = [[f"word{i} one two".split()] for i in range(12)]
    found = diversity.self_bleus(lines, size=10)
    expected = diversity.bleu(["a", "one", "two"], [["b", "one", "two"]])
    assert found.value == pytest.approx(expected) and found.n == 12
    assert diversity.self_bleus([*lines, []], size=10).n == 12


@pytest.mark.parametrize("counts", [[3, 2, 1], [1, 1, 1, 1], [6], [4, 1, 2]])
@pytest.mark.parametrize("depth", [1, 3, 4])
def test_rarefaction_by_brute_force(counts, depth):
    things = [kind for kind, many in enumerate(counts) for _ in range(many)]
    draws = [len({things[i] for i in some}) for some in itertools.combinations(range(len(things)), depth)]
    assert diversity.rarefied(counts, depth) == pytest.approx(np.mean(draws))


def test_distinct_does_not_depend_on_the_amount_of_text():
    """Twice as many lines from one urn: plain distinct-1 falls, the rarefied one stays."""
    rng = np.random.default_rng(3)
    draw = lambda count: [[f"w{i}" for i in rng.integers(0, 500, 8)] for _ in range(count)]
    small, large = draw(200), draw(800)
    plain = lambda lines: len({w for line in lines for w in line}) / sum(map(len, lines))
    assert plain(large) < 0.5 * plain(small)
    one, other = (diversity.distinct(lines, 1, 400) for lines in (small, large))
    assert one.value == pytest.approx(other.value, rel=0.05)
    assert one.low < one.value < one.high


def test_distinct_of_extremes():
    assert diversity.distinct([["a", "a", "a", "a"]] * 40, 1, 40).value == pytest.approx(1 / 40)
    different = [[f"{i} {j}" for j in range(4)] for i in range(40)]
    assert diversity.distinct(different, 2, 40).value == pytest.approx(1.0)
    assert diversity.distinct([None] * 10, 1, 5) is None
    assert diversity.distinct([["a"]] * 10, 2, 5) is None
