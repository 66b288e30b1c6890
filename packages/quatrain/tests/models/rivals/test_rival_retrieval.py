"""Retrieval and sifting: every answer keeps the wishes, nothing that fits is lost, and the nearest comes first."""

import numpy as np
import pytest

from quatrain.models.rivals import retrieval
from quatrain.models.rivals.asking import Said, spelled
from quatrain.models.rivals.retrieval import Retrieval
from quatrain.models.rivals.sifting import Sifted
from quatrain.text import rhyme, syllables
from quatrain.text.words import words
from quatrain.wishes import Wishes

DRAFT = ["We walked along the road at night", "And never thought of going home"]


@pytest.fixture(scope="module")
def found(verse):
    return Retrieval(verse, np.arange(len(verse)))


def fitting(verse, partner, count):
    """All lines that end in a perfect rhyme and can have the syllables, by looking at each."""
    fits = lambda text: syllables.fits(syllables.of_line(text)[0], count)
    rhyming = (text for text in verse.text.to_pylist() if rhyme.compare(words(text)[-1], partner).exact)
    return {text for text in rhyming if fits(text)}


@pytest.mark.parametrize("partner", ["white", "mills", "cloud", "bound", "clay", "pies", "be", "hold"])
@pytest.mark.parametrize("count", [6, 7, 8, 10, 12])
def test_all_that_fits_is_found(verse, found, partner, count):
    wanted = fitting(verse, partner, count)
    said = found([f"Somebody said {partner}"], Wishes(rhyme_with=1, syllables=count, count=50), 0)
    ends = [words(one.text)[-1] for one in said]
    assert {one.text for one in said} <= {text.strip(" \"'_*“”‘’") for text in wanted}
    assert len(said) >= min(len({words(text)[-1] for text in wanted}), 50) * 0.8  # first readings only
    assert all(ends.count(end) <= 2 for end in ends)
    assert all(len(one.tags) == len(words(one.text)) for one in said)


def test_some_of_these_had_answers(verse):
    assert len(fitting(verse, "mills", 8)) == 2 and len(fitting(verse, "white", 7)) == 2
    assert "Was blind, but now I see." in fitting(verse, "be", 6)


def test_without_a_rhyme_only_syllables_count(found):
    said = found(DRAFT, Wishes(syllables=8, count=20), 0)
    assert len(said) == 20
    assert all(syllables.fits(syllables.of_line(one.text)[0], 8) for one in said)


def test_the_draft_does_not_come_back(verse, found):
    line = verse.text[0].as_py()
    said = found([line], Wishes(count=50), 0)
    assert line not in {one.text for one in said} and len(said) == 50
    assert words(line)[-1] not in {words(one.text)[-1] for one in said}


def test_nothing_is_found_where_nothing_rhymes(found):
    assert found(["The colour of an orange"], Wishes(rhyme_with=1), 0) == []


def test_a_seed_gives_the_same_lines(found):
    ask = lambda seed: found(DRAFT, Wishes(syllables=8, count=5), seed)
    assert ask(3) == ask(3)
    assert any(ask(3) != ask(seed) for seed in range(4, 8))


def test_words_keep_company():
    """Two topics whose words never meet: each word is near those of its own topic, and of no other."""
    rng = np.random.default_rng(0)
    topic = rng.integers(0, 2, 3000)
    word = np.concatenate([rng.permutation(6)[:4] + 6 * one for one in topic])
    line = np.repeat(np.arange(3000) * 5, 4)  # too far from each other to be company
    vectors = retrieval._vectors(word, line, 12)
    near = vectors @ vectors.T
    assert near[:6, :6].min() > 0.3 and near[6:, 6:].min() > 0.3 and np.abs(near[:6, 6:]).max() < 0.1


def test_a_line_of_the_same_matter_is_nearer(language):
    """In the small language verbs keep company with their own nouns only."""
    one = Retrieval(language, np.arange(len(language)))
    near, far = one.score(["The quiet stream flows"], ["The stream turns", "The dog barks"])
    assert near > far + 0.2


def test_unknown_words_say_nothing(found):
    assert found.score(["Zyzzyva qwx"], ["Blorp"]) == [0.0]


LINES = [
    "The moon is high tonight",
    "He lost the lantern light of day",
    "I saw a kindly light at last tonight",
    "We had no light",
    "I never saw so kind a sight",
]


def test_sifted_lines_that_keep_every_wish_come_first():
    asked = []

    def rival(draft, wishes, seed):
        asked.append((wishes.count, seed))
        return [Said(text) for text in LINES]

    said = Sifted(rival, rounds=3)(["We walked along the road at night"], Wishes(rhyme_with=1, syllables=8, count=4), 5)
    assert [one.text for one in said] == [LINES[4], LINES[1], LINES[3], LINES[0]]
    assert [len(one.relaxed) for one in said] == [0, 1, 1, 2]
    assert [one.relaxed for one in said[1:3]] == [("does not rhyme with night",), ("does not have 8 syllables",)]
    assert {count for count, _ in asked} == {50} and len({seed for _, seed in asked}) == 3


def test_lines_as_people_read_them():
    assert spelled(("i'm", "sure", "that", "i", "am", "illuminated")) == "I'm sure that I am illuminated"
    assert spelled(()) == ""
