"""A tiny game that knows no institution, and a contract space that fits every game: what the tests here compose."""

import jax
import jax.numpy as jnp

from accord.contracts.space import AbstractContractSpace, to_others
from accord.core.game import AbstractGame, Discrete


class Commons(AbstractGame):
    """Harvest (1) or wait (0); the stock regrows by half the waiters."""

    num_agents: int = 3
    actions = Discrete(2)
    horizon: int = 20
    stock: float = 10.0

    def init(self, key):
        return jnp.asarray(self.stock)

    def step(self, stock, actions, key):
        harvest = actions.astype(float)
        taken = harvest * jnp.minimum(1.0, stock / self.num_agents)
        return stock - taken.sum() + 0.5 * (1.0 - harvest).sum(), taken

    def observe(self, stock):
        return jnp.full((self.num_agents, 1), stock)


class HarvestTax(AbstractContractSpace):
    """Whoever harvests pays theta[0], shared equally by the others."""

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.0,)

    def pays(self, theta, signals):
        return to_others(theta[0] * signals.actions.astype(float))


class AnyPayments(AbstractContractSpace):
    """Any payer owes any payee any amount, more the larger the signals are; and as much again at signing.

    The first `agents**2` terms are the amounts per step (its diagonal too), the others the lump sums.
    """

    num_agents: int

    @property
    def low(self):
        return (0.0,) * (2 * self.num_agents**2)

    @property
    def high(self):
        return (1.0,) * (2 * self.num_agents**2)

    def pays(self, theta, signals):
        is_key = lambda leaf: jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key)
        leaves = [leaf for leaf in jax.tree.leaves(signals) if not is_key(leaf)]
        size = sum(jnp.sum(jnp.abs(leaf.astype(jnp.float32))) for leaf in leaves)
        return theta[: self.num_agents**2].reshape(self.num_agents, self.num_agents) * jnp.minimum(size, 10.0)

    def signing(self, theta, num_agents):
        return theta[num_agents**2 :].reshape(num_agents, num_agents)
