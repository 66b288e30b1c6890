"""The question of the next line."""

import pytest

from quatrain.errors import BadText
from quatrain.evaluate import coherence
from quatrain.text import rhyme
from quatrain.text.words import words


@pytest.fixture(scope="module")
def questions(corpus):
    return coherence.items(corpus, count=25, seed=0)


def test_ten_lines_of_one_structure(questions, corpus):
    texts = corpus.text.to_pylist()
    for item in questions:
        assert len(item.candidates) == len(set(item.candidates)) == 10
        assert len({len(words(line)) for line in item.candidates}) == 1
        place = texts.index(item.candidates[item.answer])
        assert tuple(texts[place - 2 : place]) == item.draft
        kinds = {rhyme.compare(words(line)[-1], words(before)[-1]).kind
                 for line in item.candidates for before in item.draft}  # fmt: skip
        assert not kinds & {*rhyme.EXACT, *rhyme.REFUSED}
    assert len({item.answer for item in questions}) > 4, "the place of the answer must not give it away"
    assert sum(item.alike for item in questions) / len(questions) > 0.25


def test_by_seed(questions, corpus):
    assert coherence.items(corpus, count=25, seed=0) == questions != coherence.items(corpus, count=25, seed=1)


def test_who_knows_all_and_who_knows_nothing(questions):
    true = {item.draft: item.candidates[item.answer] for item in questions}
    knows = lambda draft, lines: [float(line == true[draft]) for line in lines]
    assert coherence.retrieval(questions, knows).value == 1.0
    assert coherence.retrieval(questions, lambda draft, lines: [0.5] * len(lines)).value == pytest.approx(0.1)
    assert coherence.retrieval(questions, lambda draft, lines: [-x for x in knows(draft, lines)]).value == 0.0
    lost = lambda draft, lines: [float("nan") if line == true[draft] else 0.0 for line in lines]
    assert coherence.retrieval(questions, lost).value == 0.0


def test_scores_that_are_missing(questions):
    with pytest.raises(ValueError, match="3 scores for 10"):
        coherence.retrieval(questions, lambda draft, lines: [1.0, 2.0, 3.0])


def test_too_small_a_corpus(corpus):
    with pytest.raises(BadText, match="5000 are needed"):
        coherence.items(corpus, count=5000)
