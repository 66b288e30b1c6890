"""Games that are as small as games can be, for tests of the machinery around them."""

from typing import ClassVar

import jax
import jax.numpy as jnp

from accord.contracts.space import AbstractContractSpace, to_others
from accord.core.game import AbstractGame, Box, Discrete


class Commons(AbstractGame):
    """Taking (1) earns 1 and costs everybody a share of 1.5."""

    num_agents: int = 2
    horizon: int = 5
    poison: float = 0.0
    """Chance per step that the last of several agents earns a NaN."""

    actions: ClassVar[Discrete] = Discrete(2)
    version: ClassVar[int] = 1
    action_names: ClassVar[tuple[str, ...]] = ("wait", "take")

    def init(self, key):
        return jax.random.uniform(key, (2,))

    def step(self, state, actions, key):
        takes = actions.astype(jnp.float32)
        rewards = takes - jnp.float32(1.5 / self.num_agents) * jnp.sum(takes)
        bad = jax.random.uniform(key) < self.poison
        last = jnp.arange(self.num_agents) == max(1, self.num_agents - 1)
        return 1.0 - state, jnp.where(bad & last, jnp.nan, rewards)

    def observe(self, state):
        return jnp.stack([state] * self.num_agents)

    def signals(self, before, actions, after):
        return actions


class CommonsTwo(Commons):
    """The same under later rules."""

    version: ClassVar[int] = 2


class Goods(AbstractGame):
    """Linear public goods in one shot: invest a in [0, 1], get 1.2 / n of all that is invested."""

    num_agents: int = 2
    horizon: int = 1
    actions: ClassVar[Box] = Box((0.0,), (1.0,))
    version: ClassVar[int] = 1

    def init(self, key):
        return jnp.zeros(())

    def step(self, state, actions, key):
        return state, jnp.float32(1.2 / self.num_agents) * jnp.sum(actions) - actions[:, 0]

    def observe(self, state):
        return jnp.zeros((self.num_agents, 1))

    def signals(self, before, actions, after):
        return 1.0 - actions[:, 0]


class Fine(AbstractContractSpace):
    """Taking, or what is not invested, costs theta, paid to the others."""

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.2,)

    def pays(self, theta, signals):
        return to_others(theta[0] * signals.astype(jnp.float32))
