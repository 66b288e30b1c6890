"""What was seen, against sets of words."""

import numpy as np

from quatrain.evaluate import novelty
from quatrain.text import cache
from quatrain.text.corpus import Document, Form, Part

LEARNED = ("I left my coat beside the garden gate", "And wandered down the river, it was late;")
OTHER = ("The moon was hanging low above the town,", "I laid my heavy head and heart right down.")


def test_against_brute_force_on_random_words():
    rng = np.random.default_rng(0)
    draw = lambda count: [[f"w{i}" for i in rng.integers(0, 6, rng.integers(1, 9))] for _ in range(count)]
    learned, asked = draw(60), draw(200)
    runs = {tuple(line[i : i + 4]) for line in learned for i in range(len(line) - 3)}
    lines = {tuple(line) for line in learned}
    seen = novelty.of_texts(learned)
    for line in asked:
        mine = [tuple(line[i : i + 4]) for i in range(len(line) - 3)]
        assert seen.new(line) == (sum(run not in runs for run in mine), len(mine))
        assert seen.copied(line) == (tuple(line) in lines)
    assert any(seen.copied(line) for line in asked) and not all(seen.copied(line) for line in asked)


def test_only_training_text_counts_and_runs_cross_line_ends(tmp_path):
    documents = [
        Document("learned", Form.VERSE, LEARNED, Part.TRAIN),
        Document("held out", Form.VERSE, OTHER, Part.TEST),
        Document("learned too", Form.VERSE, ("And so the summer ended in the rain.",), Part.TRAIN),
    ]
    cache.build("verse", documents, tmp_path)
    seen = novelty.seen([cache.load("verse", tmp_path)])
    assert seen.copied(["i", "left", "my", "coat", "beside", "the", "garden", "gate"])
    assert not seen.copied(["i", "left", "my", "coat", "beside", "the", "garden"])
    assert not seen.copied(["the", "moon", "was", "hanging", "low", "above", "the", "town"])
    assert seen.new(["the", "garden", "gate", "and"]) == (0, 1)
    assert seen.new(["it", "was", "late", "and"]) == (1, 1), "runs must not cross documents"
    assert seen.new(["low", "above", "the", "town"]) == (1, 1)
    assert seen.new(["too", "short", "here"]) == (0, 0)


def test_nothing_was_seen():
    empty = novelty.of_texts([])
    assert empty.new(["one", "two", "three", "four"]) == (1, 1) and not empty.copied(["one"]) and not empty.copied([])
