"""The transformer: it looks back only, the same by pieces as at once, and the same in arrays alone."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from quatrain.errors import BadModel, UnknownName
from quatrain.models import reading, storage, transformer
from quatrain.models.transformer import Size, Transformer

REACH = 12


@pytest.fixture(scope="module")
def net():
    one = Transformer(Size(16, 2, 4), REACH, jax.random.key(0))
    noise = lambda leaf: leaf + 0.3 * jax.random.normal(jax.random.key(leaf.size), leaf.shape)
    return jax.tree.map(noise, one)  # gains and biases too, so that none is overlooked


@pytest.fixture(scope="module")
def x():
    return jax.random.normal(jax.random.key(1), (3, REACH, 16))


def test_later_places_change_nothing(net, x):
    other = x.at[:, 7:].set(0.0)
    np.testing.assert_allclose(net(x)[:, :7], net(other)[:, :7], atol=1e-5)
    assert not np.allclose(net(x)[:, 7:], net(other)[:, 7:])


@pytest.mark.parametrize("cuts", [(0, 12), (0, 1, 12), (0, 5, 6, 11, 12)])
def test_by_pieces_as_at_once(net, x, cuts):
    cache, pieces = net.start(3), []
    for start, stop in itertools.pairwise(cuts):
        hidden, cache = net.extend(x[:, start:stop], cache)
        pieces.append(hidden)
    np.testing.assert_allclose(jnp.concatenate(pieces, 1), net(x), atol=1e-5)


def test_arrays_alone_say_the_same(net, x):
    stored = {f"net.{name}": array for name, array in storage.weights(net, np.float32).items()}
    reader = reading.Reader.of(stored)
    assert (reader.width, reader.heads, reader.reach) == (16, 4, REACH)
    own = reader.memory(3, REACH)
    pieces = [reader.read(np.asarray(x[:, a:b]), own) for a, b in ((0, 4), (4, 5), (5, 12))]
    np.testing.assert_allclose(np.concatenate(pieces, 1), net(x), atol=1e-4)


def test_a_shared_past_says_the_same(net, x):
    """One past, three continuations: as if each had read the past itself."""
    reader = reading.Reader.of({f"net.{name}": array for name, array in storage.weights(net, np.float32).items()})
    past, rest = np.asarray(x[:1, :5]), np.asarray(x[:, 5:9])
    shared, own = reader.memory(1, 5), reader.memory(3, 4)
    reader.read(past, shared)
    together = reader.read(rest, own, shared)
    whole = np.concatenate([np.repeat(past, 3, 0), rest], 1)
    np.testing.assert_allclose(together, net(jnp.asarray(whole))[:, 5:], atol=1e-4)


def test_weights_come_back(net):
    stored = storage.weights(net)
    assert all(array.dtype == np.float16 for array in stored.values())
    again = storage.restored(jax.tree.map(jnp.zeros_like, net), stored)
    for old, new in zip(jax.tree.leaves(net), jax.tree.leaves(again), strict=True):
        np.testing.assert_allclose(old, new, atol=2e-3)
    stored.pop("blocks.1.up")
    with pytest.raises(BadModel, match="blocks.1.up"):
        storage.restored(net, stored)


def test_a_file_of_arrays(tmp_path, net):
    path = tmp_path / "model.npz"
    storage.write(path, storage.weights(net))
    first = path.read_bytes()
    storage.write(path, storage.weights(net))
    assert path.read_bytes() == first
    assert storage.read(path).keys() == storage.weights(net).keys()
    path.write_bytes(first[:100])
    with pytest.raises(BadModel, match="damaged"):
        storage.read(path)


def test_sizes():
    assert transformer.size("base").width % transformer.size("base").heads == 0
    with pytest.raises(UnknownName, match="Did you mean 'base'"):
        transformer.size("bases")
