"""The arrays read and say what the trained model does: slots against `vocabulary.stream`, numbers against JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pyarrow as pa
import pytest

from quatrain.decode.gaps import Anew
from quatrain.decode.network import Network, Slots
from quatrain.decode.search import Search, Task
from quatrain.decode.slots import CLOSES, NEIGHBOURS, Line, before
from quatrain.errors import BadModel
from quatrain.models import storage, vocabulary
from quatrain.models.transformer import Size
from quatrain.text.corpus import Form
from quatrain.text.lines import Lines
from quatrain.text.sound import sounds

POEM = [
    ("i/PRP left/VBD my/PRP$ candle/NN beside/IN the/DT golden/JJ gate/NN", ",", True),
    ("and/CC ran/VBD", ".", False),
    ("late/RB", "", False),
    ("the/DT xylophone/NN remembered/VBD every/DT ordinary/JJ afternoon/NN", "!", True),
    ("she/PRP waited/VBD slowly/RB underneath/IN an/DT umbrella/NN", "", False),
    ("in/IN the/DT town/NN the/DT rivers/NNS ran/VBD", "", False),
]


def pairs(text):
    return [(pair.partition("/")[0], pair.partition("/")[2]) for pair in text.split()]


@pytest.fixture(scope="module")
def source():
    """The poem as a tagged source."""
    kinds = list(dict.fromkeys(pair for text, _, _ in POEM for pair in pairs(text)))
    words = np.array([kinds.index(pair) for text, _, _ in POEM for pair in pairs(text)], np.int32)
    n = len(POEM)
    nothing = np.zeros(n, np.uint64)
    return Lines(
        form=Form.VERSE, kinds=sounds(kinds), documents=["poem"], text=pa.chunked_array([[line[0] for line in POEM]]),
        words=words, offsets=np.concatenate([[0], np.cumsum([len(text.split()) for text, _, _ in POEM])]),
        document=np.zeros(n, int), part=np.zeros(n, int), gap=np.array([gap for _, _, gap in POEM]),
        close=np.array([close for _, close, _ in POEM]), strict=nothing, sung=nothing, relation=np.zeros((n, 4), int),
        marks=nothing, plain=np.ones(n, bool), fresh=np.ones(n, bool),
    )  # fmt: skip


@pytest.fixture(scope="module")
def model(lexis):
    """A model that has moved away from where training begins."""
    whole = vocabulary.VocabularyModel(lexis, Size(16, 2, 2), jax.random.key(1))
    leaves, tree = jax.tree.flatten(whole)
    keys = jax.random.split(jax.random.key(2), len(leaves))
    return jax.tree.unflatten(
        tree, [leaf + 0.2 * jax.random.normal(key, leaf.shape) for leaf, key in zip(leaves, keys, strict=True)]
    )


@pytest.fixture(scope="module")
def network(model):
    return Network.of(storage.weights(model, np.float32))


def draft(count=None):
    listed = [(tuple(zip(*pairs(text), strict=True)), close, gap) for text, close, gap in POEM[:count]]
    return [Line(words, tags, close, gap) for (words, tags), close, gap in listed]


def test_the_constants_are_those_of_the_model():
    assert (NEIGHBOURS, CLOSES) == (vocabulary.NEIGHBOURS, vocabulary.CLOSES)


def test_a_draft_is_read_as_in_training(source, lexis, network):
    stream = vocabulary.stream(source, np.arange(len(source)), lexis, vocabulary.VERSE)
    read = before(draft(), lexis, network, vocabulary.VERSE)
    assert read.slots.word.shape == (1, len(source.words))
    for name in Slots._fields:
        np.testing.assert_array_equal(getattr(read.slots, name)[0], getattr(stream.slots, name), err_msg=name)


def test_the_next_line_begins_as_in_training(source, lexis, network):
    """What the first slot of each line reads, of all lines before it."""
    stream = vocabulary.stream(source, np.arange(len(source)), lexis, vocabulary.VERSE)
    for line in range(1, len(POEM)):
        read = before(draft(line), lexis, network, vocabulary.VERSE, gap=POEM[line][2])
        first = stream.offsets[line]
        assert (read.last, read.context) == (stream.slots.word[first], stream.slots.context[first])


def test_only_whole_lines_that_leave_room_are_read(lexis, network):
    long = draft() * 3
    read = before(long, lexis, network, vocabulary.VERSE, room=20)
    shown = [len(line.words) for line in long]
    assert read.slots.word.shape[1] == max(sum(shown[i:]) for i in range(len(shown)) if sum(shown[i:]) + 20 <= 64)
    assert before([], lexis, network, vocabulary.VERSE).slots.word.shape == (1, 0)


def test_streams_are_those_of_the_model(lexis, model, network):
    slots = before(draft(), lexis, network, vocabulary.VERSE).slots
    truth = model.net(model.embed(vocabulary.Slots(*(jnp.asarray(field) for field in slots))))
    whole = network.read(slots, network.net.memory(1, 40))
    np.testing.assert_allclose(whole, truth, atol=1e-4)
    shared, own = network.net.memory(1, 40), network.net.memory(3, 40)
    network.read(Slots(*(field[:, :9] for field in slots)), shared)
    steps = [
        network.read(Slots(*(np.repeat(field[:, i : i + 1], 3, axis=0) for field in slots)), own, shared)
        for i in range(9, whole.shape[1])
    ]
    for row in np.concatenate(steps, axis=1):
        np.testing.assert_allclose(row, truth[0, 9:], atol=1e-4)


def test_surprise_is_that_of_the_model(source, lexis, model, network, palette, stems):
    """The last line after all before, against the factored softmax of training."""
    stream = vocabulary.stream(source, np.arange(len(source)), lexis, vocabulary.VERSE)
    last, total = slice(*stream.offsets[-2:]), stream.offsets[-1]
    hidden = model.net(model.embed(vocabulary.Slots(*(jnp.asarray(field)[None] for field in stream.slots))))[0]
    scores = hidden @ model.words[lexis.kind_word].T + model.bias
    scores = jnp.where(stream.tag[:total, None] == lexis.kind_tag[None], scores, -1e9)
    truth = -jax.nn.log_softmax(scores)[np.arange(total), stream.kind][last]

    line = draft()[-1]
    read = before(draft()[:-1], lexis, network, vocabulary.VERSE)
    kinds = np.array([lexis.of(*pair)[2] for pair in zip(line.words, line.tags, strict=True)])
    usual = int(lexis.sounds.usual[kinds].sum())
    task = Task(tuple(lexis.kind_tag[kinds].tolist()), usual)
    found = Anew(Search(network, palette, stems), task, read).surprise(kinds[None])[0]
    np.testing.assert_allclose(found[[len(kinds) - 1, *range(len(kinds) - 1)]], truth, atol=1e-4)


def test_a_model_without_a_weight_is_refused(model):
    weights = storage.weights(model)
    weights.pop("places.left")
    with pytest.raises(BadModel, match=r"places\.left"):
        Network.of(weights)
