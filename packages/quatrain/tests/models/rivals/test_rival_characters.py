"""The character model: letters in and out, an LSTM by its equations, surprise told per word."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest
from rival_models import loud

from quatrain.errors import BadModel
from quatrain.models import storage, training
from quatrain.models.rivals import characters
from quatrain.models.rivals.characters import BREAK, FIRST, SPACE, UNKNOWN, Characters
from quatrain.models.rivals.recurrent import RecurrentModel
from quatrain.text.corpus import Part
from quatrain.wishes import Wishes

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def model():
    return loud(RecurrentModel(FIRST + len(LETTERS), 12, 0))


@pytest.fixture(scope="module")
def spelling(model):
    return Characters(storage.weights(model, np.float32), LETTERS)


def test_a_stream_is_letters(verse, rows):
    found = characters.stream(verse, rows, LETTERS)
    text = "\n".join(" ".join(word for word, _ in verse.of(row)) for row in rows) + "\n"
    number = {**{letter: place for place, letter in enumerate(LETTERS, FIRST)}, " ": SPACE, "\n": BREAK}
    assert found.write.tolist() == [number.get(letter, UNKNOWN) for letter in text]
    assert (found.write == UNKNOWN).sum() == sum(text.count(letter) for letter in "'-")
    ends = np.flatnonzero(found.write == BREAK) + 1
    assert found.offsets.tolist() == [0, *ends]
    assert set(found.read[found.offsets[:-1]].tolist()) == {BREAK, FIRST + len(LETTERS)}


def test_the_alphabet_is_what_stands_often(verse, rows):
    text = "".join(word for row in rows for word, _ in verse.of(row))
    assert characters.alphabet(verse, rows, 20) == "".join(sorted(x for x in set(text) if text.count(x) >= 20))


def slow(model, read):
    """Log-probabilities by the equations of the LSTM, one sequence and one letter at a time, in double precision."""
    leaves = model.inputs, model.hidden, model.out, model.bias
    inputs, hidden, out, bias = (np.asarray(leaf, np.float64) for leaf in leaves)
    sigmoid = lambda x: 1 / (1 + np.exp(-x))
    found = []
    for row in read:
        c, h = np.zeros(len(hidden)), np.zeros(len(hidden))
        for symbol in row:
            f, i, o, g = np.split(inputs[symbol] + h @ hidden, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            scores = h @ out + bias
            found.append(scores - np.log(np.exp(scores).sum()))
    return np.array(found).reshape(*read.shape, -1)


def test_both_forms_keep_to_the_equations(model, spelling):
    rng = np.random.default_rng(0)
    read, write = rng.integers(0, FIRST + 27, (3, 20)), rng.integers(0, FIRST + 26, (3, 20))
    write[1, 5:] = -1
    expected = slow(model, read)
    np.testing.assert_allclose(spelling.read(read)[0], expected, atol=1e-4)
    losses = np.asarray(model.losses(jnp.asarray(read), jnp.asarray(write)))
    right = -np.take_along_axis(expected, np.maximum(write, 0)[..., None], -1)[..., 0]
    np.testing.assert_allclose(losses, np.where(write >= 0, right, 0), atol=1e-4)
    assert float(model.loss((read, write))) == pytest.approx(right[write >= 0].mean(), abs=1e-4)


def test_reading_in_pieces_is_the_same(spelling):
    read = np.random.default_rng(1).integers(0, FIRST + 27, (2, 15))
    whole, _ = spelling.read(read)
    first, state = spelling.read(read[:, :6])
    np.testing.assert_allclose(np.concatenate([first, spelling.read(read[:, 6:], state)[0]], 1), whole, atol=1e-5)


def test_surprise_is_told_per_word(verse, rows):
    """A model that knows nothing pays the same for every letter, space and end of line."""
    nothing = {name: leaf * 0 for name, leaf in storage.weights(RecurrentModel(FIRST + 26, 4, 0), np.float32).items()}
    stream = characters.stream(verse, rows, LETTERS)
    found = Characters(nothing, LETTERS).perplexity(stream)
    letters, words = len(stream.write), sum(len(verse.of(row)) for row in rows)
    assert found["held-out letter"] == pytest.approx(FIRST + 26, rel=1e-4)
    assert np.log(found["held-out"]) == pytest.approx(letters / words * np.log(FIRST + 26), rel=1e-3)


def test_a_score_is_the_surprise_after_the_last_line(model, spelling):
    number = {**{letter: place for place, letter in enumerate(LETTERS, FIRST)}, " ": SPACE, "\n": BREAK}
    draft, line = ["Nobody reads this", "The sky is low"], "And all is well"
    read = [FIRST + 26, *(number[x] for x in "the sky is low\nand all is well")]
    write = [number[x] for x in "and all is well\n"]
    picked = lambda read: -slow(model, np.array([read]))[0, -len(write) :][np.arange(len(write)), write].sum() / 4
    after, alone = picked(read), picked([FIRST + 26, *read[len("the sky is low\n") + 1 :]])
    assert spelling.surprise(line, ("the", "sky", "is", "low")) == pytest.approx(after, abs=1e-4)
    assert spelling.score(draft, [line, "Zzz"])[0] == pytest.approx(alone - after, abs=2e-4)


def test_a_seed_gives_the_same_lines(spelling):
    first, again, other = (spelling(["The sky is low"], Wishes(count=6), seed) for seed in (1, 1, 2))
    assert first == again and first != other
    assert len({said.text for said in first}) == 6
    for said in first:
        assert set(said.text.lower()) <= set(LETTERS + " ") and 0 < len(said.text) <= 90 and "  " not in said.text


def test_damaged_models_are_refused(model, tmp_path):
    weights = storage.weights(model, np.float32)
    with pytest.raises(BadModel, match="25 letters"):
        Characters(weights, LETTERS[1:])
    with pytest.raises(BadModel, match="hidden"):
        Characters({name: leaf for name, leaf in weights.items() if name != "hidden"}, LETTERS)
    storage.write(tmp_path / "model.npz", weights)
    with pytest.raises(BadModel, match="no character model"):
        Characters.load(tmp_path / "model.npz")


def test_it_learns_to_spell(language, tmp_path, monkeypatch):
    """Better than any guess by how common letters are, after a few steps; and it comes back from its file."""
    rows = {Part.TRAIN: np.arange(1600), Part.VALID: np.arange(1600, 2000)}
    ground = SimpleNamespace(verse=language, runs=tmp_path, verse_rows=lambda part=Part.TRAIN: rows[part])
    init = training.Schedule.__init__
    hasty = lambda self, steps: init(self, steps, warm=5, rate=0.02, keep=1e9)
    monkeypatch.setattr(training.Schedule, "__init__", hasty)
    monkeypatch.setattr(characters, "HIDDEN", 32)
    monkeypatch.setattr(characters, "BATCH", 8)
    characters.train_characters(ground, 60)
    again = Characters.load(tmp_path / "characters" / "model.npz")
    held = characters.stream(language, rows[Part.VALID], again.letters)
    share = np.bincount(held.write) / len(held.write)
    guess = np.exp(-(share[share > 0] * np.log(share[share > 0])).sum())
    found = again.perplexity(held, batch=8)
    assert found["held-out letter"] < 0.5 * guess
