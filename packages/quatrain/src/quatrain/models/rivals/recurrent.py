"""The character model in training: one layer of an LSTM. `characters.Characters` answers with the same numbers."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .packing import NOTHING


class RecurrentModel(eqx.Module):
    """The next symbol, from all before it.

    Args:
        symbols: how many may be written; one more may be read, that for nothing before.
        hidden: how many numbers it remembers.
        seed: of the weights.
    """

    inputs: Array
    hidden: Array
    out: Array
    bias: Array

    def __init__(self, symbols: int, hidden: int, seed: int) -> None:
        one, two, three = jax.random.split(jax.random.key(seed), 3)
        keep = jnp.concatenate([jnp.ones(hidden), jnp.zeros(3 * hidden)])  # to remember is easier learned to stop
        self.inputs = jax.random.normal(one, (symbols + 1, 4 * hidden)) * 0.1 + keep
        self.hidden = jax.random.normal(two, (hidden, 4 * hidden)) * hidden**-0.5
        self.out = jax.random.normal(three, (hidden, symbols)) * hidden**-0.5
        self.bias = jnp.zeros(symbols)

    def losses(self, read: Array, write: Array) -> Array:
        """The surprise of every symbol in nats, 0 where none is asked [batch, places]."""
        width = self.hidden.shape[0]

        def step(state: tuple[Array, Array], inputs: Array) -> tuple[tuple[Array, Array], Array]:
            memory, said = state
            gates = inputs + said @ self.hidden
            keep, take, give = jnp.split(jax.nn.sigmoid(gates[:, : 3 * width]), 3, 1)
            memory = keep * memory + take * jnp.tanh(gates[:, 3 * width :])
            said = give * jnp.tanh(memory)
            return (memory, said), said

        nothing = jnp.zeros((read.shape[0], width))
        _, said = jax.lax.scan(step, (nothing, nothing), self.inputs[read.T])
        scores = said @ self.out + self.bias
        right = jnp.take_along_axis(scores, jnp.maximum(write.T, 0)[..., None], -1)[..., 0]
        return jnp.where(write.T != NOTHING, jax.nn.logsumexp(scores, -1) - right, 0.0).T

    def loss(self, batch: tuple[Array | np.ndarray, Array | np.ndarray]) -> Array:
        """The mean surprise of what is asked."""
        read, write = (jnp.asarray(part) for part in batch)
        return jnp.sum(self.losses(read, write)) / jnp.maximum(jnp.sum(write != NOTHING), 1)
