"""Returns, advantages, and the scale on which values are learned.

Where a critic gives several parts of a value, each part is treated like an agent of its own: the axis `agents` then has
`agents * parts` entries, the parts of the first agent first.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from ..core.types import Array, Bool, Float
from .nets import ActorCritic, Dense


def advantages(
    rewards: Float[Array, "time agents envs"],
    values: Float[Array, "time agents envs"],
    last_values: Float[Array, "agents envs"],
    terminated: Bool[Array, "time envs"],
    truncated: Bool[Array, "time envs"],
    end_values: Float[Array, "time agents envs"],
    *,
    gamma: float,
    lambda_: float,
) -> Float[Array, "time agents envs"]:
    """Generalised advantage estimates.

    After a terminated step nothing follows. After a truncated step the value of the state *before* the reset follows
    (`end_values`), and the trace stops in both cases.

    Source: Schulman et al. 2016 (arXiv 1506.02438), eq. 16; truncation as in Pardo et al. 2018 (arXiv 1712.00378).
    """

    def backwards(carry: tuple[Array, Array], step: tuple) -> tuple[tuple[Array, Array], Array]:
        next_advantage, next_value = carry
        reward, value, ended, cut, end_value = step
        runs_on = (~(ended | cut)).astype(jnp.float32)[None]
        following = next_value * runs_on + end_value * cut.astype(jnp.float32)[None]
        delta = reward + gamma * following - value
        advantage = delta + (gamma * lambda_) * runs_on * next_advantage
        return (advantage, value), advantage

    start = (jnp.zeros_like(last_values), last_values)
    _, result = jax.lax.scan(backwards, start, (rewards, values, terminated, truncated, end_values), reverse=True)
    return result


def divided(
    rewards: Float[Array, "*time agents envs"],
    cumulants: Float[Array, "*time agents cumulants envs"],
    weights: Float[Array, "*time cumulants envs"],
) -> Float[Array, "*time values envs"]:
    """Rewards as their parts: for each agent the rest, then the cumulants. `whole` puts them together again."""
    rest = rewards - jnp.sum(cumulants * weights[..., None, :, :], axis=-2)
    parts = jnp.concatenate([rest[..., None, :], cumulants], axis=-2)
    return parts.reshape(*rewards.shape[:-2], -1, rewards.shape[-1])


def whole(
    parts: Float[Array, "*time values envs"], weights: Float[Array, "*time cumulants envs"]
) -> Float[Array, "*time agents envs"]:
    """For each agent the rest, and every cumulant times its weight: of rewards, of values, of advantages alike."""
    table = parts.reshape(*parts.shape[:-2], -1, weights.shape[-2] + 1, parts.shape[-1])
    return table[..., 0, :] + jnp.sum(table[..., 1:, :] * weights[..., None, :, :], axis=-2)


class ValueScale(NamedTuple):
    """Running mean and mean square of each value's returns; `weight` is the debiasing mass of the averages."""

    mean: Float[Array, "values"]
    square: Float[Array, "values"]
    weight: Float[Array, ""]

    @staticmethod
    def fresh(num_values: int) -> "ValueScale":
        """No returns seen: mean 0, deviation 1."""
        return ValueScale(jnp.zeros(num_values), jnp.zeros(num_values), jnp.zeros(()))

    def moments(self) -> tuple[Array, Array]:
        """Mean and standard deviation (at least 0.01)."""
        weight = jnp.maximum(self.weight, 1e-8)
        mean = self.mean / weight
        std = jnp.sqrt(jnp.maximum(self.square / weight - mean**2, 1e-4))
        seen = self.weight > 0
        return jnp.where(seen, mean, 0.0), jnp.where(seen, std, 1.0)

    def seeing(self, targets: Float[Array, "time values envs"], rate: float) -> "ValueScale":
        """The scale after a batch of return targets."""
        mean, square = jnp.mean(targets, axis=(0, 2)), jnp.mean(targets**2, axis=(0, 2))
        keep = 1.0 - rate
        return ValueScale(
            keep * self.mean + rate * mean, keep * self.square + rate * square, keep * self.weight + rate
        )


def rescaled(net: ActorCritic, old: ValueScale, new: ValueScale) -> ActorCritic:
    """The net whose denormalised values under the new scale equal those under the old.

    Source: PopArt, van Hasselt et al. 2016 (arXiv 1602.07714), eq. 9. It replaces the value-loss clip of the released
    code, under which the critic gets no gradient wherever its error exceeds sqrt(10).
    """
    (mean, std), (new_mean, new_std) = old.moments(), new.moments()
    last = net.critic[-1]
    assert isinstance(last, Dense), "a value tower ends in a dense layer"
    weight, bias = last
    ratio, shift = (std / new_std).reshape(bias.shape), ((mean - new_mean) / new_std).reshape(bias.shape)
    last = Dense(weight * ratio[:, :, None], bias * ratio + shift)
    return net._replace(critic=(*net.critic[:-1], last))
