"""The batch on the last axis: the same numbers as `jax.vmap`, and no array inside with the batch anywhere else."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.core import jaxprs_in_params

from accord.contracts.library.cleanup import CleaningWage
from accord.contracts.negotiate import Contracted
from accord.core.batching import batch_last
from accord.core.random import bits, split, uniform
from accord.core.rollout import random_policy
from accord.games.cleanup import Cleanup

ENVS = 5
MATRIX = jnp.arange(12, dtype=jnp.float32).reshape(3, 4) / 7.0


def draw(*shape: int) -> jax.Array:
    return jax.random.normal(jax.random.key(sum(shape)), (*shape, ENVS))


def plain(function):
    return jax.vmap(function, in_axes=-1, out_axes=-1)


def same(one, other) -> None:
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        if jnp.issubdtype(a.dtype, jax.dtypes.prng_key):
            a, b = jax.random.key_data(a), jax.random.key_data(b)
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-6, atol=1e-6)


def cumulate(x):
    return jax.lax.scan(lambda total, row: (total + row, total * row), jnp.zeros(x.shape[1:]), x)


OPERATIONS = {
    "matrix from the left": (lambda x: MATRIX @ x, (4, 2)),
    "matrix from the right": (lambda x: x @ MATRIX, (2, 3)),
    "vector from the right": (lambda x: x @ MATRIX, (3,)),
    "pairs from the left": (lambda x: jnp.einsum("aij,aj->ai", jnp.ones((2, 5, 4)), x), (2, 4)),
    "pairs from the right": (lambda x: jnp.einsum("aj,aij->ai", x, jnp.ones((2, 5, 4))), (2, 4)),
    "two free axes from the right": (lambda x: jnp.einsum("abj,aji->abi", x, jnp.ones((2, 4, 5))), (2, 3, 4)),
    "two batched matrices": (lambda x: x @ x.T, (2, 3)),
    "constant beside batched": (lambda x: jnp.concatenate([MATRIX, x]), (2, 4)),
    "constant under mask": (lambda x: jnp.where(x > 0.0, MATRIX, x), (3, 4)),
    "scalar mask": (lambda x: jax.lax.select(x[0] > 0.0, MATRIX[0], x), (4,)),
    "scalar bounds": (lambda x: jax.lax.clamp(x[0], x, x[0] + 1.0), (4,)),
    "outer": (lambda x: x[:, None] * x[None], (3,)),
    "stack and roll": (lambda x: jnp.stack([jnp.roll(x, 1), x], axis=1), (3,)),
    "transpose and reshape": (lambda x: x.T.reshape(-1), (2, 3)),
    "slice with strides": (lambda x: x[1::2, :2], (5, 3)),
    "reverse": (lambda x: x[::-1], (4,)),
    "pad": (lambda x: jnp.pad(x, ((1, 2), (0, 0))), (2, 3)),
    "sums over axes": (lambda x: (x.sum(), x.max(0), x.any(1), x.argmin(1), jnp.cumsum(x, axis=0)), (2, 3)),
    "sort": (lambda x: (jnp.sort(x), jnp.argsort(x)), (4,)),
    "softmax": (lambda x: jax.nn.softmax(x, axis=0), (3, 2)),
    "custom derivative": (jax.nn.relu, (3,)),
    "gather": (lambda x: x[jnp.argmax(x)], (4,)),
    "scatter": (lambda x: x.at[jnp.argmin(x)].set(9.0), (4,)),
    "branch": (lambda x: jax.lax.cond(x[0] > 0.0, lambda: x + 1.0, lambda: x * 2.0), (3,)),
    "scan": (cumulate, (3, 2)),
    "loop": (lambda x: jax.lax.while_loop(lambda y: y.sum() < 5.0, lambda y: y + 1.0, x), (2,)),
    "nested": (lambda x: jax.vmap(lambda row: MATRIX @ row)(x), (2, 4)),
    "not batched": (lambda x: MATRIX, (2,)),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_rule_gives_the_numbers_of_vmap(name):
    function, shape = OPERATIONS[name]
    x = draw(*shape)
    same(jax.jit(batch_last(function))(x), jax.jit(plain(function))(x))


@pytest.mark.parametrize(
    "function",
    [
        lambda key: (bits(key, 7), uniform(key, 3)),
        lambda key: split(key, 3),
        lambda key: jax.random.split(key)[1],
        lambda key: (jax.random.normal(key, (2,)), key),
        lambda key: jax.random.key_data(jax.random.fold_in(key, 3)),
    ],
)
def test_keys_go_in_and_come_out(function):
    keys = jax.random.split(jax.random.key(1), ENVS)
    same(jax.jit(batch_last(function))(keys), jax.jit(plain(function))(keys))


def test_arrays_of_keys():
    keys = jax.random.split(jax.random.key(1), (3, ENVS))
    function = lambda ks: (ks[1], uniform(ks[0], 2), jax.random.key_data(ks))
    same(jax.jit(batch_last(function))(keys), jax.jit(plain(function))(keys))


def test_derivatives_pass_through():
    x = draw(4, 2)
    loss = lambda lift: jax.grad(lambda m: jnp.sum(jnp.tanh(lift(lambda row: m @ row)(x))))(MATRIX)
    same(loss(batch_last), loss(plain))


def one_step(game):
    def play(state, key):
        act_key, step_key = split(key, 2)
        seen = game.observe(state)
        actions, _ = random_policy(game)(seen, act_key)
        after, rewards = game.step(state, actions, step_key)
        return after, rewards, seen, game.measure(state, actions, after)

    return play


def test_a_contracted_game_plays_the_same():
    game = Contracted(Cleanup(), CleaningWage())
    keys = jax.random.split(jax.random.key(2), ENVS)
    ours, theirs = jax.jit(batch_last(one_step(game))), jax.jit(plain(one_step(game)))
    state = other = jax.jit(batch_last(game.init))(keys)
    for step in range(20):
        keys = jax.random.split(jax.random.key(step), ENVS)
        (state, *seen), (other, *expected) = ours(state, keys), theirs(other, keys)
        same((state, *seen), (other, *expected))


def shapes_inside(jaxpr) -> list[tuple[int, ...]]:
    found = []
    for eqn in jaxpr.eqns:
        found += [v.aval.shape for v in eqn.outvars]
        for inner in jaxprs_in_params(eqn.params):
            found += shapes_inside(inner)
    return found


@pytest.mark.parametrize("lift, strays", [(batch_last, False), (plain, True)])
def test_no_array_inside_a_game_has_the_batch_elsewhere(lift, strays):
    game, envs = Contracted(Cleanup(), CleaningWage()), 1013  # a prime that is no other size in there

    def play(state, words):
        return one_step(game)(state, jax.random.wrap_key_data(words))

    state = jax.eval_shape(lift(game.init), jax.eval_shape(lambda: jax.random.split(jax.random.key(0), envs)))
    words = jax.ShapeDtypeStruct((2, envs), jnp.uint32)
    shapes = shapes_inside(jax.make_jaxpr(lift(play))(state, words).jaxpr)
    assert any(shape[-1:] == (envs,) for shape in shapes)
    assert any(envs in shape[:-1] for shape in shapes) == strays


def test_different_batch_sizes_are_refused():
    with pytest.raises(ValueError, match="one batch size"):
        batch_last(lambda x, y: x)(jnp.zeros((2, 3)), jnp.zeros((2, 4)))


def test_a_loop_may_carry_a_key_and_stack_keys():
    def walk(x, key):
        def body(carry, time):
            place, key = carry
            key, own = split(key, 2)
            place = jnp.tanh(place @ jnp.full((3, 3), 0.1) + uniform(own, 3) * time + jnp.sum(x))
            return (place, key), (place[0], own)

        return jax.lax.scan(body, (jnp.zeros(3), key), jnp.arange(4.0))

    keys = jax.random.split(jax.random.key(1), ENVS)
    same(batch_last(walk)(draw(2), keys), plain(walk)(draw(2), keys))
