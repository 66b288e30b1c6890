"""Sets as bits, against plain lists."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.games.grid import masks


@pytest.mark.parametrize("cells", [1, 14, 32, 33, 119])
def test_bits_and_back(cells: int):
    rng = np.random.default_rng(cells)
    for share in (0.0, 0.3, 1.0):
        mask = rng.random(cells) < share
        words = masks.packed(jnp.asarray(mask))
        assert int(masks.count(words)) == mask.sum()
        np.testing.assert_array_equal(masks.unpacked(words, cells), mask)


@pytest.mark.parametrize("cells", [14, 33, 119])
def test_pick_gives_the_set_bits_in_order(cells: int):
    mask = np.random.default_rng(cells).random(cells) < 0.4
    places = np.flatnonzero(mask)
    words = masks.packed(jnp.asarray(mask))
    picked = jax.vmap(lambda rank: masks.pick(words, rank))(jnp.arange(places.size, dtype=jnp.int32))
    np.testing.assert_array_equal(picked, places)


def test_below_is_the_high_half_of_the_product():
    words = np.asarray([0, 1, 2**31 - 1, 2**31, 2**32 - 1, 123456789], np.uint32)
    for bound in (1, 2, 7, 119, 65536):
        drawn = jax.vmap(lambda word: masks.below(word, jnp.int32(bound)))(jnp.asarray(words))  # noqa: B023
        assert np.asarray(drawn).tolist() == [(int(word) * bound) >> 32 for word in words]
