"""Leaning to a text: against sums written out by hand, and where the answer is known."""

import numpy as np
import pytest

from quatrain.models import marginals, vocabulary
from quatrain.models.lexis import Lexis
from quatrain.models.marginals import Lean, Read


class Plain:
    """A model whose scores are its biases, whatever it reads."""

    def __init__(self, chances):
        self.bias = np.log(np.array(chances))
        self.words = np.zeros((9, 2))

    def scores(self, hidden, rows, kinds):
        return np.repeat(self.bias[kinds][None], len(hidden), axis=0)


LEXIS = Lexis(
    ("", *"abcdefgh"), ("", "NN", "VB"), np.arange(1, 7), np.array([1, 1, 1, 1, 2, 2]), np.ones(6, np.float32)
)  # fmt: skip
MODEL = Plain([0.5, 0.25, 0.125, 0.125, 0.9, 0.1])
KIND = np.array([0, 0, 3, 3, 3, 3, 5, 4, -1])
TEXT = Read(np.zeros((9, 2), np.float32), KIND, np.array([1, 1, 1, 1, 1, 1, 2, 2, 1]))
COUNTS = np.bincount(KIND[KIND >= 0], minlength=6).astype(float)


def test_what_each_word_costs_given_its_tag():
    found = marginals.surprise(MODEL, LEXIS, TEXT)
    np.testing.assert_allclose(found, -np.log([0.5, 0.5, 0.125, 0.125, 0.125, 0.125, 0.1, 0.9]), rtol=1e-6)
    assert marginals.perplexity(MODEL, LEXIS, TEXT) == pytest.approx(np.exp(found.mean()))
    none = Read(TEXT.streams[:1], np.array([-1]), np.array([1]))
    assert marginals.perplexity(MODEL, LEXIS, none) == 1.0


def test_how_often_each_word_is_expected():
    found = marginals.expected(MODEL, LEXIS, TEXT, COUNTS)
    np.testing.assert_allclose(found, [3, 1.5, 0.75, 0.75, 1.8, 0.2])
    half = Read(TEXT.streams[:3], KIND[:3], TEXT.tag[:3])  # a sample tells as much; of a tag that is not in it nothing
    np.testing.assert_allclose(marginals.expected(MODEL, LEXIS, half, COUNTS), [3, 1.5, 0.75, 0.75, 1, 1])


def test_all_the_way_without_doubt_is_the_texts_own_frequency():
    """Of a model without context, as theory says."""
    expected = marginals.expected(MODEL, LEXIS, TEXT, COUNTS)
    shift = marginals.shift(COUNTS, expected, Lean(1e-9, 1.0))
    chance = np.exp(MODEL.bias + shift)
    np.testing.assert_allclose(chance[:4] / chance[:4].sum(), [1 / 3, 0, 0, 2 / 3], atol=1e-6)
    least = marginals.perplexity(MODEL, LEXIS, TEXT, shift)
    for lean in (*marginals.LEANS, Lean(1.0, 0.0)):
        assert least <= marginals.perplexity(MODEL, LEXIS, TEXT, marginals.shift(COUNTS, expected, lean)) + 1e-9


def test_a_word_that_stands_as_often_as_expected_stays():
    shift = marginals.shift(np.array([3.0, 0.0, 9.0]), np.array([3.0, 1.0, 1.0]), Lean(1.0, 0.5))
    np.testing.assert_allclose(shift, [0.0, -0.5 * np.log(2), 0.5 * np.log(5)])


def test_a_long_text_is_sampled_in_whole_sequences(monkeypatch):
    seen = []

    class Net:
        words = np.zeros((9, 2))
        net = type("net", (), {"memory": staticmethod(lambda *_: None)})

        def read(self, slots, memory):
            seen.append(slots.word.shape)
            return np.repeat(slots.word[..., None], 2, axis=-1).astype(np.float32)

    offsets = np.arange(0, 2001, 10)
    word = np.arange(2000) % 7
    slots = vocabulary.Slots(word, np.zeros((2000, 5), int), word, word, word, word)
    one = vocabulary.Stream(slots, word - 1, np.ones(2000, int), offsets)
    whole, some = marginals.read(Net(), one), marginals.read(Net(), one, 500)
    np.testing.assert_array_equal(whole.streams[:, 0], word)
    np.testing.assert_array_equal(whole.kind, word - 1)
    assert 300 <= len(some.kind) <= 500 and (some.kind == some.streams[:, 0] - 1).all()
