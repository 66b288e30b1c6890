"""A known line is always known again; a new one seldom seems to be."""

import random

import numpy as np
import pytest

from quatrain.decode import copies
from quatrain.decode.copies import Copies
from quatrain.errors import BadModel
from quatrain.text import cache
from quatrain.text.corpus import Document, Form


def lines(count, seed):
    rng = random.Random(seed)
    return [[f"w{rng.randrange(5000)}" for _ in range(rng.randrange(3, 9))] for _ in range(count)]


@pytest.fixture(scope="module")
def known():
    return Copies.of(np.array([copies.hashed(line) for line in lines(20_000, 1)], np.uint64), size=17_000)


def test_known_lines_are_known(known):
    assert all(line in known for line in lines(20_000, 1))


def test_new_lines_seldom_seem_known(known):
    """Twenty thousand new lines against the chance that is named: within five standard deviations."""
    seem = sum(line in known for line in lines(20_000, 2))
    assert 0.01 < known.chance < 0.2
    assert abs(seem - 20_000 * known.chance) < 5 * np.sqrt(20_000 * known.chance)


def test_order_and_breaks_of_words_count(known):
    line = lines(1, 1)[0]
    assert (
        len({copies.hashed(line), copies.hashed(line[::-1]), copies.hashed(["".join(line)]), copies.hashed(line * 2)})
        == 4
    )


@pytest.mark.parametrize("size", [12_000, 20_000, 40_000, 60_000])
def test_it_fits_its_size_and_comes_back(tmp_path, size):
    whole = Copies.of(np.array([copies.hashed(line) for line in lines(20_000, 1)], np.uint64), size)
    arrays = whole.arrays()
    np.savez_compressed(tmp_path / "copies.npz", gaps=arrays["gaps"], span=arrays["span"])
    assert 0.8 * size < (tmp_path / "copies.npz").stat().st_size < 1.06 * size + 600
    with np.load(tmp_path / "copies.npz", allow_pickle=False) as arrays:
        again = Copies.of_arrays(arrays)
    np.testing.assert_array_equal(again.hashes, whole.hashes)
    assert again.span == whole.span and lines(1, 1)[0] in again


def test_hashes_of_a_source_are_those_of_its_lines(tmp_path):
    text = ["The lamp is low.", "", "I left my coat beside the garden gate", "I can't wait", "The lamp is low."]
    cache.build("song", [Document("song", Form.VERSE, tuple(text))], tmp_path)
    source = cache.load("song", tmp_path)
    rows = np.array([0, 2, 1, 3])
    found = copies.hashes_of(source, rows)
    assert found.tolist() == [copies.hashed([word for word, _ in source.of(row)]) for row in rows.tolist()]
    assert len(Copies.of(found)) == 3


def test_nothing_is_no_line():
    empty = Copies.of(np.zeros(0, np.uint64))
    assert ["a", "line"] not in empty and len(Copies.of_arrays(empty.arrays())) == 0


def test_damage_is_seen(known):
    arrays = known.arrays()
    with pytest.raises(BadModel, match="cannot be read"):
        Copies.of_arrays({"gaps": arrays["gaps"]})
    with pytest.raises(BadModel, match="cannot be read"):
        Copies.of_arrays({**arrays, "gaps": arrays["gaps"][:2]})
    with pytest.raises(BadModel, match="damaged"):
        Copies.of_arrays({**arrays, "gaps": arrays["gaps"] | 64})
