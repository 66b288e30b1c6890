"""Tuning by reward on a toy: the reward rises, the leash holds, the curve is written and can be drawn."""

import json

import equinox as eqx
import jax
import numpy as np
import pytest

from quatrain import tune
from quatrain.errors import BadModel
from quatrain.models import curve
from quatrain.models import lexis as lx
from quatrain.models.transformer import Size
from quatrain.models.vocabulary import VERSE, VocabularyModel
from quatrain.tune import Course, Reward, Tuner


@pytest.fixture(scope="module")
def lexis(language):
    return lx.learn([language], [np.arange(len(language))], least=2)


@pytest.fixture(scope="module")
def prompts(language, lexis):
    return tune.prompts_of(language, np.arange(len(language)), lexis, 60)


STEPS = 12


class Toy(Tuner):
    """Lines earn for ending in a harbour."""

    def measured(self, prompt, lines):
        harbour = np.array([float(words[-1] == "harbour") for words in lines])
        return {name: harbour * (name == "picture") for name in ("rhyme", "syllables", "metre", "picture")}


def tuned(lexis, prompts, leash, run=None):
    model = VocabularyModel(lexis, Size(32, 1, 2), jax.random.key(0))
    toy = Toy(model, lexis, VERSE, Reward(picture=1.0, leash=leash))
    told = []
    toy.tune(prompts, Course(STEPS, prompts=6, samples=6, rate=1e-2), run, lambda _, said: told.append(said))
    return told


@pytest.fixture(scope="module")
def free(lexis, prompts, tmp_path_factory):
    run = tmp_path_factory.mktemp("tuned")
    return tuned(lexis, prompts, 0.0, run), run


def mean(told, name):
    return float(np.mean([one[name] for one in told]))


def test_lines_are_draws_of_the_model(lexis, prompts):
    """A model that is sure of an end word writes it again and again."""
    model = VocabularyModel(lexis, Size(32, 1, 2), jax.random.key(0))
    harbour = np.isin(lexis.kind_word, [lexis.number["harbour"], lexis.number["forest"]])
    sure = eqx.tree_at(lambda model: model.bias, model, model.bias + 50.0 * harbour)
    [(_, written)] = Tuner(sure, lexis, VERSE).write(prompts[:1], 12, 0)
    ends = [words[-1] for words in written.texts]
    assert set(ends) <= {"harbour", "forest"} and len(ends) > 2


def test_the_reward_rises(free):
    told, _ = free
    assert mean(told[-4:], "picture") > mean(told[:4], "picture") + 0.4
    assert told[0]["away"] == pytest.approx(0.0, abs=1e-4)


def test_the_leash_holds(free, lexis, prompts):
    held = tuned(lexis, prompts, 3.0)
    assert mean(held[-4:], "away") < 0.5 * mean(free[0][-4:], "away")
    assert mean(held[-4:], "picture") < mean(free[0][-4:], "picture")


def test_the_learning_curve_is_written_and_drawn(free, tmp_path):
    told, run = free
    rows = curve.read(run)
    assert [row["step"] for row in rows] == list(range(STEPS))
    assert [row["reward"] for row in rows] == [one["reward"] for one in told]
    pytest.importorskip("matplotlib")
    figure = curve.draw(rows, window=4)
    left, right, leash = figure.axes
    assert [len(axes.lines) for axes in (left, right, leash)] == [2, 8, 3]
    np.testing.assert_allclose(left.lines[0].get_ydata(), [one["reward"] for one in told])
    figure.savefig(tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 10_000


def test_a_log_that_is_none(tmp_path):
    with pytest.raises(BadModel, match="Tune first"):
        curve.read(tmp_path)
    (tmp_path / "log.jsonl").write_text(json.dumps({"step": 1}) + "\n")
    with pytest.raises(BadModel, match="Tune first"):
        curve.read(tmp_path)
    (tmp_path / "log.jsonl").write_text("")
    with pytest.raises(BadModel, match="empty"):
        curve.read(tmp_path)


def test_worth_is_against_the_others_of_the_prompt():
    owner = np.array([0, 0, 0, 1, 1, 2])
    worth = np.array([3.0, 0.0, 0.0, 1.0, 1.0, 9.0])
    np.testing.assert_allclose(tune._against_others(worth, owner), [3.0, -1.5, -1.5, 0.0, 0.0, 0.0])


def test_measures_of_a_line_by_hand(lexis, prompts):
    """Rhyme, syllables and metre of two lines after one that is known."""
    model = VocabularyModel(lexis, Size(32, 1, 2), jax.random.key(0))
    prompt = tune.Prompt((tune.Line(("i", "left", "my", "coat", "beside", "the", "gate"), ()),),
                         tune.Shape(("DT", "NN", "VBD", "JJ"), 4, ""))  # fmt: skip
    found = Tuner(model, lexis, VERSE).measured(
        prompt, [("the", "train", "was", "late"), ("the", "garden", "was", "gate")]
    )
    assert found["rhyme"].tolist() == [1.0, 0.0] and found["syllables"].tolist() == [1.0, 0.0]
    assert Reward(2.0, 1.0, 0.0, 0.0, 0.5)(found, np.array([0.0, 4.0])).tolist() == [3.0, -2.0]
