"""Rare words: known by everybody, guessed from their neighbours, in their places."""

import numpy as np
import pytest

from quatrain.models import rare, storage
from quatrain.models.lexis import Lexis
from quatrain.models.voice import BASE, SHIPPED, Voice
from quatrain.text.lexicon import lexicon


@pytest.fixture(scope="module")
def shipped():
    arrays = storage.read(SHIPPED / BASE / "lexis.npz")
    weights = storage.read(SHIPPED / BASE / "vocabulary.npz")
    return Lexis.of_arrays(arrays), weights, arrays


@pytest.fixture(scope="module")
def voice():
    return Voice.load(BASE)


def test_the_lexis_grows_to_forty_thousand_words_and_keeps_its_order(shipped, voice):
    learned, grown = shipped[0], voice.lexis
    assert len(grown.words) > 40_000 > len(learned.words)
    assert grown.words[: len(learned.words)] == learned.words
    assert len(set(grown.words)) == len(grown.words) and len(grown.kind) == len(grown.kind_word)
    assert (np.diff(grown.kind_tag) >= 0).all()
    for tag in range(1, len(grown.tags)):  # of each tag the learned kinds come first, as they were
        mine = learned.kind_word[learned.starts[tag] : learned.starts[tag + 1]]
        np.testing.assert_array_equal(grown.kind_word[grown.starts[tag] : grown.starts[tag] + len(mine)], mine)


@pytest.mark.parametrize("word, tag", [("subway", "NN"), ("wallowed", "VBD"), ("aftermath", "NN"), ("radios", "NNS")])
def test_words_that_old_books_lack(shipped, voice, word, tag):
    assert shipped[0].of(word, tag)[2] < 0 <= voice.lexis.of(word, tag)[2]


def test_a_rare_word_can_be_said_and_is_a_mean_of_its_neighbours(shipped, voice):
    learned, weights, arrays = shipped
    grown, words = voice.lexis, bytes(arrays["rare_words"]).decode().split("\n")
    assert all(word in lexicon() for word in words)
    once = np.bincount(arrays["rare_word"])[arrays["rare_word"]] == 1
    for place in np.flatnonzero(once & (arrays["rare_near"][:, 0] >= 0))[::2000]:
        near = arrays["rare_near"][place]
        assert (learned.kind_tag[near] == arrays["rare_tag"][place]).all()
        expected = weights["words"][learned.kind_word[near]].astype(np.float32).mean(0)
        row = voice.vocabulary.words[grown.number[words[arrays["rare_word"][place]]]]
        np.testing.assert_allclose(row, expected, atol=2e-3)


def test_a_rare_word_is_no_likelier_than_the_common_ones_of_its_tag(shipped, voice):
    learned, grown, bias = shipped[0], voice.lexis, voice.vocabulary.bias
    for tag in map(grown.tag_number.__getitem__, ("NN", "NNS", "VBD", "JJ")):
        start, split, end = grown.starts[tag], grown.starts[tag] + np.diff(learned.starts)[tag], grown.starts[tag + 1]
        assert split < end and bias[split:end].mean() < bias[start:split].mean()


def test_what_is_added_is_what_the_rule_says(shipped):
    learned, _, arrays = shipped
    again = rare.rare(learned)
    assert all(np.array_equal(again[name], arrays[name]) for name in again)
