"""Returns, advantages, and the scale on which values are learned."""

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


class ValueScale(NamedTuple):
    """Running mean and mean square of each agent's returns; `weight` is the debiasing mass of the averages."""

    mean: Float[Array, "agents"]
    square: Float[Array, "agents"]
    weight: Float[Array, ""]

    @staticmethod
    def fresh(num_agents: int) -> "ValueScale":
        """No returns seen: mean 0, deviation 1."""
        return ValueScale(jnp.zeros(num_agents), jnp.zeros(num_agents), jnp.zeros(()))

    def moments(self) -> tuple[Array, Array]:
        """Mean and standard deviation (at least 0.01)."""
        weight = jnp.maximum(self.weight, 1e-8)
        mean = self.mean / weight
        std = jnp.sqrt(jnp.maximum(self.square / weight - mean**2, 1e-4))
        seen = self.weight > 0
        return jnp.where(seen, mean, 0.0), jnp.where(seen, std, 1.0)

    def seeing(self, targets: Float[Array, "time agents envs"], rate: float) -> "ValueScale":
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
    ratio = std / new_std
    last = Dense(weight * ratio[:, None, None], bias * ratio[:, None] + ((mean - new_mean) / new_std)[:, None])
    return net._replace(critic=(*net.critic[:-1], last))
