"""The elementwise cipher is threefry2x32, and its words are uniform and independent as far as counting shows."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from accord.core.random import _threefry, bits, split, uniform


def test_known_answers_of_the_cipher():
    # Salmon et al. 2011, the known-answer file of Random123, threefry2x32 with 20 rounds.
    word = lambda x: jnp.uint32(x)
    cases = [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for key, counter, expected in cases:
        found = _threefry(word(key[0]), word(key[1]), word(counter[0]), word(counter[1]))
        assert tuple(int(x) for x in found) == expected


def words(count: int, keys: int) -> np.ndarray:
    return np.asarray(jax.jit(jax.vmap(lambda key: bits(key, count)))(jax.random.split(jax.random.key(5), keys)))


def test_every_byte_of_every_word_is_uniform():
    drawn = words(33, 4096)
    for shift in (0, 8, 16, 24):
        counts = np.stack([np.bincount((column >> shift) & 255, minlength=256) for column in drawn.T])
        assert stats.chisquare(counts.sum(axis=0)).pvalue > 1e-4
        assert np.all(stats.chisquare(counts, axis=1).pvalue > 1e-6)


def test_words_of_one_key_are_uncorrelated():
    unit = words(20, 4096) / 2.0**32
    off = np.corrcoef(unit.T)[~np.eye(20, dtype=bool)]
    assert np.max(np.abs(off)) < 5.0 / np.sqrt(4096)


def test_an_odd_count_is_a_prefix_of_the_next_even_one_per_half():
    key = jax.random.key(3)
    np.testing.assert_array_equal(bits(key, 5), bits(key, 6)[:5])


def test_uniforms_stay_below_one():
    drawn = np.asarray(uniform(jax.random.key(0), 100_000))
    assert drawn.min() >= 0.0 and drawn.max() < 1.0
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3


def test_split_keys_are_distinct_and_not_the_parent():
    keys = [tuple(np.asarray(jax.random.key_data(k)).tolist()) for k in split(jax.random.key(9), 5)]
    assert len({*keys, tuple(np.asarray(jax.random.key_data(jax.random.key(9))).tolist())}) == 6
