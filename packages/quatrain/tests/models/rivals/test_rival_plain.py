"""The plain model: it reads what the docstring says, judges lines after a draft, writes by seed, and learns."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from rival_models import TINY

from quatrain.errors import BadModel
from quatrain.models import storage, training
from quatrain.models.rivals import language as lm
from quatrain.models.rivals import packing, plain, symbols
from quatrain.models.rivals.plain import Plain
from quatrain.models.rivals.speaking import surprises
from quatrain.models.rivals.symbols import BREAK
from quatrain.text.corpus import Part
from quatrain.wishes import Wishes

GATE = "I left my coat beside the garden gate"


def test_a_stream_is_words_and_ends(verse, rows, words):
    """Against the definition, line after line."""
    read, write, offsets = [], [], [0]
    for place, row in enumerate(rows):
        follows = place > 0 and rows[place - 1] == row - 1 and not verse.gap[row]
        line = words.of([word for word, _ in verse.of(row)])
        read += [BREAK if follows else words.begin, *line]
        write += [*line, BREAK]
        offsets.append(len(write))
    found = plain.stream(verse, rows, words)
    assert found.offsets.tolist() == offsets and found.write.tolist() == write and found.read.tolist() == read


def test_a_line_surprises_as_it_does_in_the_text(speaking, words):
    """Heard lines and a candidate give the same as all of it in one sequence."""
    before, line = [("the", "fog", "is", "a", "night"), ("me", "and", "my", "heart")], ("all", "of", "the", "sky")
    whole = [symbol for words_ in (*before, line) for symbol in (*words.of(words_), BREAK)]
    stream = packing.chained(np.array(whole), np.array([0, 6, 11, 16]), np.full(3, BREAK))
    expected = surprises(speaking.speaker, stream, batch=1)[1][11:]
    found = speaking.nats([line], speaking.hear(before))[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert speaking.surprise([line], speaking.hear(before))[0] == pytest.approx(expected.sum() / 4, abs=1e-5)


def test_lines_of_a_batch_do_not_touch_each_other(speaking):
    lines = [("the", "sky"), ("of", "the", "night", "and", "all", "the", "night"), ("my", "own", "zyzzyva"), ()]
    heard = speaking.hear([("i", "am", "all")])
    together = speaking.nats(lines, heard)
    assert [len(nats) for nats in together] == [3, 8, 4, 1]
    for line, nats in zip(lines, together, strict=True):
        np.testing.assert_allclose(nats, speaking.nats([line], heard)[0], atol=1e-5)
    per_word = speaking.surprise(lines, heard)
    assert per_word[:3] == pytest.approx([nats.sum() / (len(nats) - 1) for nats in together[:3]])
    assert math.isnan(per_word[3])


def test_nothing_before_is_the_beginning(speaking, words):
    empty = speaking.hear([])
    assert empty.read == 0
    stream = packing.chained(np.array([*words.of(["the", "sky"]), BREAK]), np.array([0, 3]), np.array([BREAK]))
    expected = surprises(speaking.speaker, stream, batch=1)[1]
    np.testing.assert_allclose(speaking.nats([("the", "sky")], empty)[0], expected, atol=1e-5)
    np.testing.assert_allclose(speaking.nats([("the", "sky")])[0], expected, atol=1e-5)
    assert speaking.surprise([]).shape == (0,)


def test_only_the_last_lines_are_heard(speaking):
    line = ("the", "night", "is", "all", "of", "me")
    assert speaking.hear([line] * 30).read == 8 * 7
    long = ("the",) * 30
    assert speaking.hear([long] * 8).read == 2 * 31  # more would leave no room to write
    a, b = speaking.hear([("my", "heart"), *[line] * 8]), speaking.hear([line] * 8)
    np.testing.assert_allclose(a.keys, b.keys)


def test_a_score_is_the_draft_s(speaking):
    draft, candidates = [GATE, "", "[Chorus]", "And all the night is long"], ["The sky is all", "Me and my heart"]
    heard = speaking.hear([tuple(GATE.lower().split()), ("and", "all", "the", "night", "is", "long")])
    lines = [("the", "sky", "is", "all"), ("me", "and", "my", "heart")]
    alone, after = speaking.surprise(lines), speaking.surprise(lines, heard)
    assert speaking.score(draft, candidates) == pytest.approx((alone - after).tolist())
    assert speaking.surprisal(candidates) == pytest.approx(alone.tolist())


def test_a_seed_gives_the_same_lines(speaking):
    first, again, other = (speaking([GATE], Wishes(count=12), seed) for seed in (4, 4, 5))
    assert first == again and first != other
    assert len({said.text for said in first}) == 12
    for said in first:
        line = said.text.lower().split()
        assert 3 <= len(line) <= 11 and set(line) <= set(speaking.symbols.words)
        assert said.text[0].isupper()


def test_the_least_surprising_line_is_first(speaking):
    heard = speaking.hear([tuple(GATE.lower().split())])
    lines = [tuple(said.text.lower().split()) for said in speaking([GATE], Wishes(count=8), 1)]
    assert (np.diff(speaking.surprise(lines, heard)) >= -1e-6).all()


def test_a_model_comes_back_from_its_file(speaking, model, words, tmp_path):
    storage.write(tmp_path / "model.npz", {**words.arrays(), **storage.weights(model)})
    again = Plain.load(tmp_path / "model.npz")
    lines = [("the", "sky", "is", "all"), ("me", "and", "my", "heart")]
    np.testing.assert_allclose(again.surprise(lines), speaking.surprise(lines), atol=0.05)
    (tmp_path / "model.npz").write_bytes(b"PK no")
    with pytest.raises(BadModel, match="damaged"):
        Plain.load(tmp_path / "model.npz")


@pytest.fixture(scope="module")
def ground(language, tmp_path_factory):
    """The small language in the place of modern verse: the last fifth is held out."""
    cut = len(language) * 4 // 5
    parts = {Part.TRAIN: np.arange(cut), Part.VALID: np.arange(cut, len(language))}
    return SimpleNamespace(verse=language, runs=tmp_path_factory.mktemp("runs"),
                           verse_rows=lambda part=Part.TRAIN: parts[part])  # fmt: skip


@pytest.fixture(scope="module")
def learned(ground):
    """A small model of it, trained by the command's own function, in two pieces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training.Schedule, "__init__", _hasty(training.Schedule.__init__))
        patch.setattr(lm.train, "__defaults__", (None, None, TINY._replace(width=32), 8))
        plain.train_plain(ground, 60)
        plain.train_plain(ground, 140)
    return Plain.load(ground.runs / "plain" / "model.npz")


def _hasty(init):
    return lambda self, steps: init(self, steps, warm=20, keep=1e9)


def test_it_learns_all_that_can_be_known(learned, ground):
    """A line holds two of four colours, one of eight nouns, one of its two verbs, one of eight places: 7.62 nats."""
    best = math.exp((2 * math.log(4) + math.log(8) + math.log(2) + math.log(8)) / 8)
    held = plain.stream(ground.verse, ground.verse_rows(Part.VALID), learned.symbols)
    assert best * 0.97 < learned.perplexity(held)["held-out"] < best * 1.08
    assert learned.perplexity(held)["held-out known"] == pytest.approx(learned.perplexity(held)["held-out"], rel=0.01)


def test_it_knows_a_good_line_from_a_bad_one(learned):
    good, bad = "The quiet stream flows beside the golden garden", "The quiet stream barks beside the golden garden"
    worse = "The stream quiet flows the beside golden garden"
    first, second, third = learned.surprisal([good, bad, worse])
    assert first < second - 0.3 and first < third - 1


def test_its_lines_are_of_the_language(learned):
    for said in learned([], Wishes(count=10), 0):
        the, _, noun, verb, beside, *_ = said.text.lower().split()
        assert (the, beside) == ("the", "beside")
        assert (noun, verb) not in [("stream", "barks"), ("bell", "sails")]


def test_fewer_steps_only_write_the_file_again(learned, ground, monkeypatch):
    path = ground.runs / "plain" / "model.npz"
    before = path.read_bytes()
    path.unlink()
    monkeypatch.setattr(lm.train, "__defaults__", (None, None, TINY._replace(width=32), 8))
    plain.train_plain(ground, 0)
    assert path.read_bytes() == before
    assert symbols.learn(ground.verse, ground.verse_rows()).words == learned.symbols.words
