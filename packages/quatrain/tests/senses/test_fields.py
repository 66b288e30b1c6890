"""Fields of meaning: companions written by hand stand near, true next lines win, sums are what they are said to be."""

import json
import random
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from quatrain.senses.fields import NOWHERE, WIDTH, field, likeness, space
from quatrain.senses.lemmas import lemmas
from quatrain.senses.measures import companions, spearman
from quatrain.text.words import words

HERE = Path(__file__).parent


def test_companions_written_by_hand_are_near():
    """Of 20,000 words, half of a word's companions are among the nearest 1 %, for nearly every word."""
    places = companions(HERE / "fields.txt")
    assert len(places) == 40
    assert np.median(list(places.values())) < 50
    assert sum(place < 200 for place in places.values()) >= 36, places


def test_the_true_next_line_is_often_the_most_alike():
    """Of verse that was not learned from: against nine other next lines, chance is one in ten."""
    data = json.loads((resources.files("quatrain.evaluate") / "data" / "verse.json").read_text(encoding="utf-8"))
    prompts = data["prompts"]
    draw, won = random.Random(0), 0
    for prompt in prompts:
        context = [word for line in prompt["draft"] for word in words(line)]
        others = [one["next"] for one in draw.sample(prompts, 10) if one is not prompt][:9]
        likes = [likeness(words(line), context) for line in (prompt["next"], *others)]
        won += likes[0] > max(likes[1:])
    assert won / len(prompts) > 0.2


def test_mood_words():
    mood = field(["rain", "iron"])
    assert mood("rain") == mood("iron") == 1.0 and mood.unknown == ()
    for inside in ("storm", "anvil", "steel", "showers", "hammered", "wet"):
        assert mood(inside) > 0.3, inside
    for outside in ("opinion", "uncle", "marriage", "the", "zxqv"):
        assert mood(outside) < 0.05, outside
    listed = mood.words(30)
    assert {"steel", "snow", "hammer"} <= set(listed) and not {"rain", "iron"} & set(listed) and len(listed) == 30


def test_more_words_make_a_wider_field():
    one, two = field(["rain"]), field(["rain", "money"])
    assert (two.values >= one.values - 1e-6).all() and two("debt") > 0.5 > one("debt")


def test_unknown_mood_words_are_named():
    mood = field(["zxqv", "rain", "zxqv", "the"])
    assert mood.unknown == ("zxqv", "the") and mood("storm") > 0.3
    nothing = field(["zxqv"])
    assert nothing("rain") == 0.0 and nothing.words() == []
    assert field([]).unknown == ()


def test_a_whole_vocabulary_at_once():
    mood, listed = field(["sea"]), ["ship", "ships", "the", "banker"]
    rows = space().rows(listed, ["NN", "NNS", "DT", "NN"])
    assert rows[0] == rows[1] and rows[2] == NOWHERE
    assert mood.of(rows).tolist() == pytest.approx([mood(word) for word in listed])


def test_likeness_knows_a_scene():
    scene = ["I", "watched", "the", "ship", "go", "down", "in", "the", "rain"]
    assert likeness(["the", "storm", "broke", "over", "the", "harbor"], scene) > 0.3
    assert likeness(["the", "lawyer", "wrote", "a", "long", "opinion"], scene) < 0.15
    assert likeness(scene, scene) == pytest.approx(1.0)
    assert likeness([], scene) == likeness(["of", "the"], scene) == likeness(["zxqv"], scene) == 0.0


def test_the_centre_of_a_text_by_hand():
    known = space()
    rows = known.rows(["ship", "storm", "zxqv"])
    total = sum(known.weights[row] * known.vectors[row] for row in rows if row >= 0)
    padded = np.array([[*rows, NOWHERE], [NOWHERE] * 4])
    centre = known.centre(padded)
    assert centre.shape == (2, WIDTH)
    assert centre[0] == pytest.approx(total / np.linalg.norm(total), abs=1e-6)
    assert not centre[1].any()


def test_vectors_are_of_length_one_and_common_words_weigh_less():
    known = space()
    assert np.linalg.norm(known.vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (known.row >= 0).sum() == len(known.vectors) == len(known.weights)
    weight = lambda word: known.weights[known.row[lemmas().number[word]]]
    assert weight("say") < 0.2 < weight("heart") < weight("lantern") <= 1.0


def test_rank_correlation_by_hand():
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1.0)
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1.0)
    # ranks 1.5 1.5 3 and 1 2 3
    assert spearman([5, 5, 9], [1, 2, 3]) == pytest.approx(1.5 / (1.5 * 2) ** 0.5)
