"""Going on with a text: what it teaches is kept, what it spoils is not, and a kill loses nothing."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest

from quatrain.decode.network import Network
from quatrain.models import adapting, marginals, storage, vocabulary
from quatrain.models import lexis as lx
from quatrain.models.adapting import Texts
from quatrain.models.transformer import Size
from quatrain.models.vocabulary import MINE, VERSE, VocabularyModel
from quatrain.text import cache
from quatrain.text.corpus import Document, Form

OWN = ("ship", "sails", "sinks", "harbour", "golden", "narrow")


@pytest.fixture(scope="module")
def lexis(language):
    return lx.learn([language], [np.arange(len(language))], least=2)


@pytest.fixture(scope="module")
def model(lexis):
    return VocabularyModel(lexis, Size(32, 1, 2), jax.random.key(0))


@pytest.fixture(scope="module")
def texts(language, lexis):
    """Somebody who sings of a golden ship in a narrow harbour and of nothing else; the old manner is of everything."""
    said = [row for row in range(len(language)) if len(set(OWN) & {word for word, _ in language.of(row)}) >= 4]
    assert len(said) >= 20
    mine = [vocabulary.stream(language, np.array(rows), lexis, MINE) for rows in (said[:-8], said[-8:-4], said[-4:])]
    others = [row for row in range(len(language)) if row not in said]
    old, apart = (vocabulary.stream(language, np.array(rows), lexis, VERSE) for rows in (others[:60], others[60:90]))
    return Texts(mine[0], old, mine[1], mine[2], apart)


@pytest.fixture(scope="module")
def few():
    """Short steps, and few of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapting, "STEPS", (10, 10))
        patch.setattr(adapting, "BATCH", 4)
        yield


@pytest.fixture(scope="module")
def new(model, lexis, texts, few, tmp_path_factory):
    """The model after learning."""
    return adapting.learned(model, lexis, texts, tmp_path_factory.mktemp("run"))


def weights(model):
    return storage.weights(model, np.float32)


def test_words_stay_and_layers_learn(model, new):
    before, after = weights(model), weights(new)
    for name in before:
        assert np.array_equal(before[name], after[name]) == (name in ("words", "bias")), name


def test_a_strong_style_is_learned_and_the_old_manner_kept(model, new, lexis, texts):
    found = adapting.chosen(weights(model), weights(new), lexis, texts)
    assert found.lean is not None
    assert found.yours[1] < 0.95 * found.yours[0]
    assert found.range[1] <= adapting.RANGE * found.range[0] + 1e-6
    again = Network.of(found.weights)  # the numbers are those of the weights that are written
    cost = marginals.perplexity(again, lexis, marginals.read(again, texts.judged_by))
    assert cost == pytest.approx(found.yours[1], rel=1e-4)
    ships = [kind for kind in range(len(lexis.kind_word)) if lexis.words[lexis.kind_word[kind]] in OWN[:3]]
    assert (found.shift[ships] > 0).any()


def test_where_nothing_helps_the_old_weights_stay(model, lexis, texts):
    """New layers are noise, and the text to learn is unlike the lines held out."""
    old, rng = weights(model), np.random.default_rng(0)
    noise = {name: rng.normal(0, 1, array.shape).astype(np.float32) for name, array in old.items()}
    misled = Texts(texts.own, texts.old, texts.range, texts.old, texts.range)
    found = adapting.chosen(old, noise, lexis, misled)
    assert found.yours[0] == found.yours[1] and found.range[0] == found.range[1] and found.lean is None
    for name, array in old.items():
        np.testing.assert_array_equal(found.weights[name], array)


def test_a_range_that_would_be_lost_is_a_limit(model, lexis, texts, monkeypatch):
    old = weights(model)
    free = adapting.chosen(old, old, lexis, texts)
    monkeypatch.setattr(adapting, "RANGE", 1.0)
    held = adapting.chosen(old, old, lexis, texts)
    assert held.range[1] <= held.range[0] + 1e-6
    assert free.yours[1] <= held.yours[1]


def test_a_killed_learning_goes_on_with_the_same_batches(lexis, texts):
    """Which is all that `training.train` needs to end with the same weights."""
    tags = np.bincount(texts.own.tag, minlength=len(lexis.tags)) / len(texts.own.tag)
    plan = vocabulary.Plan.of(lexis, tags, adapting.BATCH * vocabulary.REACH)
    whole, again = (adapting._mixed(texts.own, texts.old, plan, lexis, 3, skip) for skip in (0, 5))
    listed = [next(whole) for _ in range(7)]
    for one, other in zip(listed[5:], again, strict=False):
        for mine, theirs in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    assert not np.array_equal(listed[0].slots.word, listed[1].slots.word)


def test_a_new_word_begins_as_the_words_of_its_tag(model, lexis, tmp_path):
    units = tuple(f"The quiet wombat runs beside the {place} wharf" for place in ("empty", "golden", "narrow") * 4)
    cache.build("new", [Document("song", Form.VERSE, units)], tmp_path)
    lines = cache.load("new", tmp_path)
    grown, moved = lx.grown(lexis, lines, np.arange(len(lines)))
    assert set(grown.words[len(lexis.words) :]) == {"wombat", "wharf"}
    base = SimpleNamespace(weights={"vocabulary": weights(model)}, lexis=lexis, source=VERSE)
    bigger = weights(adapting.grown_model(base, grown, moved))
    np.testing.assert_array_equal(bigger["words"][: len(lexis.words)], weights(model)["words"])
    np.testing.assert_array_equal(bigger["bias"][moved], weights(model)["bias"])
    nouns = np.arange(*lexis.starts[lexis.tag_number["NN"] :][:2])
    mean = weights(model)["words"][lexis.kind_word[nouns[:50]]].mean(0)
    assert np.abs(bigger["words"][grown.number["wombat"]] - mean).max() < 0.1
    assert np.isfinite(bigger["bias"]).all()


@pytest.mark.parametrize(("slots", "least", "most"), [(100, 40, 40), (10_000, 100, 180), (10**6, 1500, 1500)])
def test_a_short_text_is_not_learned_by_heart(slots, least, most, monkeypatch):
    monkeypatch.setattr(adapting, "STEPS", (40, 1500))
    monkeypatch.setattr(adapting, "BATCH", 16)
    assert least <= adapting.steps_of(slots) <= most
