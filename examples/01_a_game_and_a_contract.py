"""A commons and a tax on harvesting, in thirty lines: what does the tax do to random play?"""

import jax
import jax.numpy as jnp

from accord import (
    AbstractContractSpace,
    AbstractGame,
    Contracted,
    Discrete,
    FixedTerms,
    random_policy,
    returns,
    to_others,
)


class Commons(AbstractGame):
    """Harvest (1) or wait (0); the stock regrows by half the waiters."""

    num_agents: int = 3
    actions = Discrete(2)
    horizon: int = 20
    stock: float = 10.0

    def init(self, key): return jnp.asarray(self.stock)

    def step(self, stock, actions, key):
        harvest = actions.astype(float)
        taken = harvest * jnp.minimum(1.0, stock / self.num_agents)
        return stock - taken.sum() + 0.5 * (1.0 - harvest).sum(), taken

    def observe(self, stock): return jnp.full((self.num_agents, 1), stock)


class HarvestTax(AbstractContractSpace):
    """Whoever harvests pays theta[0], shared equally by the others."""

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.0,)

    def pays(self, theta, signals): return to_others(theta[0] * signals.actions.astype(float))


def main(episodes: int = 1024) -> None:
    greedy_and_two_idle = lambda observations, key: (jnp.asarray([1, 0, 0]), ())
    for terms in ((0.0,), (0.4,), (1.0,)):
        game = Contracted(Commons(), HarvestTax(), FixedTerms(terms))
        for name, policy in (("random", random_policy(game)), ("one harvester", greedy_and_two_idle)):
            earned, _ = returns(game, policy, episodes, jax.random.key(0))
            each = earned.mean(axis=1)
            shares = "  ".join(f"{share:6.2f}" for share in each)
            print(f"tax {terms[0]:.1f}  {name:14s} each agent earns {shares}   together {each.sum():6.2f}")


if __name__ == "__main__":
    main()
