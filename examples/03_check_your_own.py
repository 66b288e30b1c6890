"""The test kit on a game with two mistakes: what it says, one after the other."""

import jax.numpy as jnp
import numpy as np

from accord import AbstractGame, BadGame, Discrete
from accord.testing import check_game


class Lottery(AbstractGame):
    """One ticket each; each setting mends one mistake."""

    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = 4
    one_reward_each: bool = False
    random_from_key: bool = False

    def init(self, key): return jnp.zeros((), jnp.int32)

    def step(self, tickets, actions, key):
        if not self.one_reward_each:
            return tickets + 1, jnp.float32(1.0)
        luck = 0.5 if self.random_from_key else np.random.rand()  # the world's dice, not the key's
        return tickets + 1, actions.astype(jnp.float32) * jnp.float32(luck)

    def observe(self, tickets): return jnp.full((self.num_agents, 1), tickets, jnp.float32)


def main() -> None:
    for game in (Lottery(), Lottery(one_reward_each=True), Lottery(one_reward_each=True, random_from_key=True)):
        try:
            check_game(game)
            print("fine")
        except BadGame as mistake:
            print(mistake)


if __name__ == "__main__":
    main()
