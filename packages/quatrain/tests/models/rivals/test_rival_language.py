"""Symbols, sequences and the model in levels: a probability distribution, the same in training and in answers."""

from itertools import pairwise

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from rival_models import TINY

from quatrain.errors import BadModel, BadText
from quatrain.models import storage
from quatrain.models.rivals import language, packing, symbols
from quatrain.models.rivals.speaking import Free, Speaker, draw, surprises
from quatrain.models.rivals.symbols import BREAK, UNKNOWN, Symbols


def test_symbols_are_words_by_how_often_they_stand(words, verse, rows):
    running = [word for row in rows for word, _ in verse.of(row)]
    counts = {word: running.count(word) for word in running}
    assert words.words[0] == "the" and len(words.words) == 90
    assert all(counts[a] >= counts[b] for a, b in pairwise(words.words))
    known = sum(counts[word] for word in words.words)
    assert words.counts[:3].tolist() == [len(running) - known, len(rows), counts["the"]]
    assert words.rare == len(counts) - 90
    assert words.of(["the", "zyzzyva"]) == [2, UNKNOWN] and words.cuts == (7, 22, 92)


def test_symbols_come_back_from_arrays(formed):
    again = Symbols.of_arrays(formed.arrays())
    assert (again.forms, again.words, again.rare) == (formed.forms, formed.words, formed.rare)
    np.testing.assert_array_equal(again.counts, formed.counts)


def test_no_forms_come_back_as_none(words):
    assert Symbols.of_arrays(words.arrays()).forms == ()


def test_damaged_symbols_are_refused(words):
    arrays = words.arrays()
    with pytest.raises(BadModel, match=r"symbols\.rare"):
        Symbols.of_arrays({name: array for name, array in arrays.items() if name != "symbols.rare"})
    with pytest.raises(BadModel, match="counts 91"):
        Symbols.of_arrays({**arrays, "symbols.counts": arrays["symbols.counts"][1:]})


def test_too_little_text_has_no_symbols(verse, rows):
    with pytest.raises(BadText, match="stands 999 times"):
        symbols.learn(verse, rows, least=999)


@given(some.lists(some.integers(1, 20), min_size=1, max_size=40), some.integers(0, 7), some.integers(8, 24))
def test_sequences_are_whole_lines(lengths, shift, reach):
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    cuts = packing.sequences(offsets, reach, shift)
    assert all(0 < stop - start <= reach and start in offsets for start, stop in cuts)
    covered = [place for start, stop in cuts for place in range(start, stop)]
    longest = [min(length, reach) for length in lengths[shift:]]
    assert len(covered) == len(set(covered)) == sum(longest)
    for (start, stop), (later, _) in pairwise(cuts):
        following = int(np.searchsorted(offsets, later)) + 1
        assert stop <= later and offsets[following] - start > reach  # no line more would have fitted


def numbered(lines=60):
    """A stream whose slots write 10, 11, 12 …: every one can be known again."""
    lengths = 2 + np.arange(lines) % 5
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return packing.chained(10 + np.arange(offsets[-1]), offsets, np.full(lines, 1))


def test_slots_read_what_was_written_before():
    one = numbered()
    for read, write in packing.batches(one, 16, 4, 9, None):
        for row in range(4):
            used = write[row] >= 0
            assert read[row, 0] == 9
            inside = np.flatnonzero(used[1:]) + 1
            starts = np.isin(write[row, inside] - 10, one.offsets)
            np.testing.assert_array_equal(read[row, inside], np.where(starts, 1, write[row, inside] - 1))
    every = np.concatenate([write[write >= 0] for _, write in packing.batches(one, 16, 4, 9, None)])
    np.testing.assert_array_equal(every, one.write)


def test_a_training_goes_on_where_it_was():
    one = numbered()
    first = packing.batches(one, 16, 3, 9, 5)
    seen = [next(first) for _ in range(20)]
    for skip in (1, 7, 13):
        again = packing.batches(one, 16, 3, 9, 5, skip)
        np.testing.assert_array_equal(next(again)[1], seen[skip][1])
    assert not np.array_equal(seen[0][1], next(packing.batches(one, 16, 3, 9, 6))[1])


def test_too_few_lines_for_a_batch():
    with pytest.raises(BadText, match="less than 500 sequences"):
        next(packing.batches(numbered(), 16, 500, 9, 1))


def slow(model, words, read):
    """Log-probabilities of all symbols by the definition, one level after another, in double precision."""
    hidden = np.asarray(model.net(model.words[read] * model.words.shape[1] ** 0.5), np.float64)
    rows, levels, bias = (np.asarray(part, np.float64) for part in (model.words, model.levels, model.bias))
    cuts, found = words.cuts, np.zeros((*read.shape, len(words)))
    softmax = lambda scores: np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    behind = softmax(np.concatenate([hidden @ rows[: cuts[0]].T + bias[: cuts[0]],
                                     hidden @ levels.T + bias[len(words) :]], -1))  # fmt: skip
    found[..., : cuts[0]] = behind[..., : cuts[0]]
    for level in range(1, len(cuts)):
        low, high = cuts[level - 1], cuts[level]
        inside = softmax(hidden @ rows[low:high].T + bias[low:high])
        found[..., low:high] = behind[..., cuts[0] + level - 1, None] * inside
    return np.log(found)


def asked(words, seed=0):
    rng = np.random.default_rng(seed)
    read = rng.integers(0, len(words) + 1, (2, language.REACH))
    write = rng.integers(0, len(words), (2, language.REACH))
    write[1, 60:] = -1
    return read, write


def test_levels_are_one_distribution(model, words):
    likely = slow(model, words, asked(words)[0])
    np.testing.assert_allclose(np.exp(likely).sum(-1), 1.0, atol=1e-9)


def test_the_loss_is_the_surprise(model, words):
    read, write = asked(words)
    batch = language.sort(read, write, words.cuts, (200, 200))
    expected = -np.take_along_axis(slow(model, words, read), np.maximum(write, 0)[..., None], -1)[..., 0]
    found = np.asarray(model.losses(batch)).reshape(write.shape)
    np.testing.assert_allclose(found[write >= 0], expected[write >= 0], atol=2e-4)
    assert (found[write < 0] == 0).all()
    assert float(model.loss(batch)) == pytest.approx(expected[write >= 0].mean(), abs=1e-4)


def test_what_finds_no_room_is_not_asked(model, words):
    read, write = asked(words)
    batch = language.sort(read, write, words.cuts, (200, 8))
    late = np.flatnonzero(write.ravel() >= words.cuts[1])[8:]
    assert len(late) and (batch.head[late] == -1).all()
    found, whole = (np.asarray(model.losses(language.sort(read, write, words.cuts, room))) for room in
                    ((200, 8), (200, 200)))  # fmt: skip
    kept = np.setdiff1d(np.arange(write.size), late)
    np.testing.assert_allclose(found[kept], whole[kept], atol=1e-5)
    assert (found[late] == 0).all()


def test_there_is_room_for_what_a_text_needs(words, verse, rows):
    rooms = language.room(words, 3072)
    share = words.counts / words.counts.sum()
    assert rooms[0] >= 3072 * share[7:22].sum() + 60 and rooms[1] >= 3072 * share[22:].sum() + 60


def test_untrained_is_how_common_words_are(words):
    model = language.LanguageModel(words, TINY, jax.random.key(0))
    model = jax.tree.map(lambda leaf: leaf if leaf.shape == model.bias.shape else leaf * 0, model)
    likely = slow(model, words, np.zeros((1, 1), int))[0, 0]
    np.testing.assert_allclose(np.exp(likely), words.counts / words.counts.sum(), atol=1e-6)


def test_answers_have_the_same_numbers(model, words):
    read, write = asked(words, 3)
    speaker, used = language.speaker(model, words), write >= 0
    hidden = speaker.read(read, speaker.net.memory(2, language.REACH))[used]
    expected = slow(model, words, read)[used]
    np.testing.assert_allclose(speaker.likely(hidden), expected, atol=2e-4)
    right = -expected[np.arange(used.sum()), write[used]] + np.log(words.rare) * (write[used] == UNKNOWN)
    np.testing.assert_allclose(speaker.nats(hidden, write[used]), right, atol=2e-4)


def test_half_precision_is_near(model, words):
    read, write = asked(words)
    found = []
    for kind in (np.float32, np.float16):
        speaker = Speaker(storage.weights(model, kind), words)
        hidden = speaker.read(read[:1], speaker.net.memory(1, language.REACH))[0]
        found.append(speaker.nats(hidden, write[0]))
    np.testing.assert_allclose(found[0], found[1], atol=0.05)


def test_surprises_are_those_of_the_whole_stream(model, words):
    speaker, rng = language.speaker(model, words), np.random.default_rng(0)
    offsets = np.arange(0, 330, 11)
    stream = packing.chained(rng.integers(1, len(words), offsets[-1]), offsets, np.full(len(offsets) - 1, BREAK))
    written, nats = surprises(speaker, stream, batch=2)
    np.testing.assert_array_equal(written, stream.write)
    first = stream.read[: 8 * 11].copy()  # eight lines fit a sequence
    first[0] = words.begin
    expected = -slow(model, words, first[None])[0][np.arange(88), stream.write[:88]]
    np.testing.assert_allclose(nats[:88], expected, atol=2e-4)


def test_weights_of_another_model_are_refused(model, words, formed):
    weights = storage.weights(model)
    with pytest.raises(BadModel, match="rows for"):
        Speaker(weights, formed)
    with pytest.raises(BadModel, match="levels"):
        Speaker({name: leaf for name, leaf in weights.items() if name != "levels"}, words)


def test_draws_follow_the_chances():
    likely = np.log(np.array([[0.5, 0.25, 0.15, 0.1]], np.float32)).repeat(4000, 0)
    rng, every = np.random.default_rng(0), np.ones(4, bool)
    share = lambda free, allowed=every: np.bincount(draw(likely, allowed, free, rng), minlength=4) / 4000
    np.testing.assert_allclose(share(Free(1.0, 1.0)), [0.5, 0.25, 0.15, 0.1], atol=0.03)
    np.testing.assert_allclose(share(Free(0.5, 1.0)), np.array([0.25, 0.0625, 0.0225, 0.01]) / 0.345, atol=0.03)
    np.testing.assert_allclose(share(Free(1.0, 0.7)), [2 / 3, 1 / 3, 0, 0], atol=0.03)
    inner = share(Free(1.0, 1.0), np.array([False, True, True, False]))
    np.testing.assert_allclose(inner, [0, 0.625, 0.375, 0], atol=0.03)


def test_draws_may_differ_in_freedom_from_row_to_row():
    likely = np.log(np.array([[0.6, 0.4]], np.float32)).repeat(2000, 0)
    cold = np.arange(2000) < 1000
    free = Free(np.where(cold, 0.01, 1.0), np.ones(2000))
    found = draw(likely, np.ones(2, bool), free, np.random.default_rng(0))
    assert (found[cold] == 0).all() and 300 < (found[~cold] == 1).sum() < 500
