"""The vocabulary model: its slots say what they should, its softmax is one, and it learns a small language."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from quatrain.errors import BadText
from quatrain.models import lexis as lx
from quatrain.models import training, vocabulary
from quatrain.models.transformer import Size
from quatrain.models.vocabulary import NEIGHBOURS, REACH, VERSE, Plan, VocabularyModel

BATCH = 8


@pytest.fixture(scope="module")
def lexis(language):
    return lx.learn([language], [np.arange(len(language))], least=2)


@pytest.fixture(scope="module")
def stream(language, lexis):
    return vocabulary.stream(language, np.arange(len(language)), lexis, VERSE)


@pytest.fixture(scope="module")
def plan(stream, lexis):
    share = np.bincount(stream.tag[stream.kind >= 0], minlength=len(lexis.tags)) / (stream.kind >= 0).sum()
    return Plan.of(lexis, share, BATCH * REACH, common=0.15)


@pytest.fixture(scope="module")
def model(lexis):
    return VocabularyModel(lexis, Size(32, 1, 2), jax.random.key(0))


def test_the_lexis_is_sorted_by_tag(lexis, language):
    assert lexis.words[0] == lexis.tags[0] == "" and (np.diff(lexis.kind_tag) >= 0).all()
    nouns = range(*lexis.starts[lexis.tag_number["NN"] :][:2])
    assert {"stream", "station"} <= {lexis.words[lexis.kind_word[kind]] for kind in nouns}
    assert lexis.counts.sum() == pytest.approx(len(language.words), rel=0.01)
    totals = np.zeros(len(lexis.tags))
    np.add.at(totals, lexis.kind_tag, np.exp(lexis.unigram))
    np.testing.assert_allclose(totals[1:], 1.0, atol=1e-5)


def test_the_lexis_comes_back_from_arrays(lexis):
    again = lx.Lexis.of_arrays(lexis.arrays())
    assert again.words == lexis.words and again.tags == lexis.tags
    np.testing.assert_array_equal(again.kind_word, lexis.kind_word)
    np.testing.assert_array_equal(again.starts, lexis.starts)


def test_too_little_text_is_no_lexis(language):
    with pytest.raises(BadText, match="stands 9999 times"):
        lx.learn([language], [np.arange(len(language))], least=9999)


def test_slots_by_hand(language, lexis, stream):
    """The second line, slot by slot, against its words one by one."""
    words, tags = zip(*language.of(1), strict=True)
    usual = language.kinds.usual[language.words[language.offsets[1] : language.offsets[2]]].tolist()
    order = [len(words) - 1, *range(len(words) - 1)]
    read = [language.of(0)[-2][0], words[-1], *words[:-2]]
    first = stream.offsets[1]
    left = [sum(usual), *(sum(usual[:-1]) - sum(usual[:i]) for i in range(len(words) - 1))]
    for slot, place in enumerate(order):
        at = first + slot
        assert lexis.words[lexis.kind_word[stream.kind[at]]] == words[place]
        assert lexis.words[stream.slots.word[at]] == read[slot]
        around = [tags[place + step] if 0 <= place + step < len(words) else "" for step in NEIGHBOURS]
        assert [lexis.tags[tag] for tag in stream.slots.tags[at]] == around
        assert (stream.slots.place[at], stream.slots.left[at]) == (slot, len(words) - slot)
        assert stream.slots.syllables[at] == left[slot] + (slot == 0) * (vocabulary.MOST_SYLLABLES + 1)


def test_every_slot_is_asked_once(stream, plan, lexis):
    asked = 0
    for batch in vocabulary.batches([stream], plan, lexis, BATCH, None):
        at = batch.at[batch.target >= 0]
        assert len(np.unique(at)) == len(at)
        asked += len(at)
    assert asked == (stream.kind >= 0).sum()


def test_sequences_hold_whole_lines(stream):
    cuts = vocabulary.sequences(stream, shift=3)
    assert (cuts[1:, 0] == cuts[:-1, 1]).all() and cuts[0, 0] == stream.offsets[3] and cuts[-1, 1] == stream.offsets[-1]
    assert np.isin(cuts, stream.offsets).all() and (np.diff(cuts, axis=1) <= REACH).all()


def test_the_factored_softmax_is_a_softmax(stream, plan, lexis, model):
    """Against every word of the tag, one slot at a time; blocks of one tag and the block of many."""
    batch = next(vocabulary.batches([stream], plan, lexis, BATCH, None))
    losses, asked = model.losses(batch, plan, lexis)
    assert len(plan.tags) < len(np.unique(stream.tag))  # the last block is used
    hidden = model.net(model.embed(batch.slots)).reshape(-1, 32)
    block = np.repeat(np.arange(len(plan.room)), plan.room)
    for row in np.random.default_rng(0).choice(np.flatnonzero(asked), 40, replace=False):
        kind = plan.kinds[block[row]][batch.target[row]]
        tag = lexis.kind_tag[kind]
        rivals = np.arange(lexis.starts[tag], lexis.starts[tag + 1])
        scores = hidden[batch.at[row]] @ model.words[lexis.kind_word[rivals]].T + model.bias[rivals]
        expected = jax.nn.logsumexp(scores) - scores[kind - rivals[0]]
        assert losses[row] == pytest.approx(float(expected), abs=1e-4)


def test_it_begins_at_the_unigram(stream, plan, lexis, model):
    """Before training the model knows how common words are under their tags, and little else."""
    batch = next(vocabulary.batches([stream], plan, lexis, BATCH, None))
    assert float(model.loss(batch, plan, lexis)) == pytest.approx(-lexis.unigram[stream.kind].mean(), abs=0.35)


def test_it_learns_a_small_language(stream, plan, lexis, model, perfect, tmp_path):
    """Held-out surprise comes down from the unigram's to near that of a perfect guess; a kill loses nothing."""
    parts = stream.offsets[:1600], stream.offsets[1600:]
    shares = [vocabulary.Stream(stream.slots, stream.kind, stream.tag, part) for part in parts]
    loss = lambda model, batch: model.loss(batch, plan, lexis)
    source = lambda skip: vocabulary.batches(shares[:1], plan, lexis, BATCH, 0, skip)
    schedule = training.Schedule(240, warm=20, every=40, rate=1e-2, keep=0.0)
    told = []

    def killed(report):
        told.append(report.step)
        if report.step == 120 and len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.train(model, loss, source, schedule, tmp_path, tokens=BATCH * REACH, tell=killed)
    model = training.train(model, loss, source, schedule, tmp_path, tokens=BATCH * REACH, tell=killed)
    assert told[:3] == [40, 80, 120] and told[3] in (120, 160)
    held = [model.losses(batch, plan, lexis) for batch in vocabulary.batches(shares[1:], plan, lexis, BATCH, None)]
    surprise = sum(float((nats * asked).sum()) for nats, asked in held) / sum(int(asked.sum()) for _, asked in held)
    unigram = -lexis.unigram[stream.kind[stream.offsets[1600] :]].mean()
    assert -0.02 < surprise - perfect < 0.1
    assert surprise < unigram - 0.05


def test_a_resumed_training_is_the_same_training(stream, plan, lexis, model, tmp_path):
    """Killed after a checkpoint and begun again: the same weights to the last bit."""
    loss = lambda model, batch: model.loss(batch, plan, lexis)
    source = lambda skip: vocabulary.batches([stream], plan, lexis, BATCH, 0, skip)
    schedule = training.Schedule(6, warm=2, every=1, keep=0.0)

    def killed(report):
        if report.step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.train(model, loss, source, schedule, tmp_path / "killed", tell=killed)
    again = training.train(model, loss, source, schedule, tmp_path / "killed")
    whole = training.train(model, loss, source, schedule, tmp_path / "whole")
    for one, other in zip(jax.tree.leaves(again), jax.tree.leaves(whole), strict=True):
        assert jnp.array_equal(one, other)
