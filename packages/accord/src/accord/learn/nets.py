"""Dense actor-critics, one per agent, stacked on the leading axis `agents`.

Activations have the layout `[agents, features, ...batch]`, batch last, in rollouts and updates alike: one layer of all
agents is one batched matrix product on contiguous environments. Measured with the update of two agents, two 2x64 towers
each, blocks of 256 rows, one core: as fast as agents unrolled by hand, 15 % faster than rows first.
"""

from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..core.types import Array, Float, Observations, PRNGKeyArray


class Dense(NamedTuple):
    """One affine layer per agent."""

    weight: Float[Array, "agents out in"]
    bias: Float[Array, "agents out"]


class ActorCritic(NamedTuple):
    """Policy and value towers; `trunk` is empty unless they share their hidden layers."""

    trunk: tuple[Dense, ...]
    actor: tuple[Dense, ...]
    critic: tuple[Dense, ...]


def _orthogonal(key: PRNGKeyArray, num_agents: int, out: int, into: int, gain: float) -> Dense:
    draw = jax.nn.initializers.orthogonal(gain)
    weights = jnp.stack([draw(k, (out, into), jnp.float32) for k in jax.random.split(key, num_agents)])
    return Dense(weights, jnp.zeros((num_agents, out), jnp.float32))


def init_net(
    key: PRNGKeyArray,
    *,
    num_agents: int,
    num_inputs: int,
    num_outputs: int,
    hidden: tuple[int, ...] = (64, 64),
    shared_trunk: bool = False,
) -> ActorCritic:
    """Orthogonal weights with gain sqrt(2), 0.01 at the policy's and 1 at the value's last layer; biases 0.

    Source: the initialisation of Andrychowicz et al. 2021, "What matters for on-policy deep actor-critic methods?".
    """
    widths = (num_inputs, *hidden)
    keys = iter(jax.random.split(key, 2 * len(widths) + 2))
    tower = lambda: tuple(
        _orthogonal(next(keys), num_agents, out, into, float(np.sqrt(2.0)))
        for into, out in pairwise(widths)
    )
    head = lambda out, gain: (_orthogonal(next(keys), num_agents, out, widths[-1], gain),)
    if shared_trunk:
        return ActorCritic(tower(), head(num_outputs, 0.01), head(1, 1.0))
    return ActorCritic((), tower() + head(num_outputs, 0.01), tower() + head(1, 1.0))


def flat(observations: Observations) -> Float[Array, "agents features ..."]:
    """All leaves side by side along the feature axis. Leaves are `[agents, features, ...batch]`, one layout for all."""
    leaves = jax.tree.leaves(observations)
    return leaves[0] if len(leaves) == 1 else jnp.concatenate(leaves, axis=1)


def _through(tower: tuple[Dense, ...], x: Array, *, last_is_linear: bool) -> Array:
    for i, (weight, bias) in enumerate(tower):
        x = jax.lax.dot_general(weight, x, (((2,), (1,)), ((0,), (0,))))
        x = x + bias.reshape(bias.shape + (1,) * (x.ndim - 2))
        if not (last_is_linear and i == len(tower) - 1):
            x = jnp.tanh(x)
    return x


def forward(net: ActorCritic, x: Array) -> tuple[Array, Array]:
    """Policy outputs `[agents, outputs, ...batch]` and normalised values `[agents, ...batch]`."""
    x = _through(net.trunk, x, last_is_linear=False)
    return _through(net.actor, x, last_is_linear=True), _through(net.critic, x, last_is_linear=True)[:, 0]


def policy_outputs(net: ActorCritic, x: Array) -> Array:
    """The policy half of `forward`."""
    return _through(net.actor, _through(net.trunk, x, last_is_linear=False), last_is_linear=True)


def value_output(net: ActorCritic, x: Array) -> Array:
    """The value half of `forward`."""
    return _through(net.critic, _through(net.trunk, x, last_is_linear=False), last_is_linear=True)[:, 0]
