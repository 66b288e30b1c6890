"""One controller for all: the institution that every contract is measured against."""

from typing import ClassVar

import jax
import jax.numpy as jnp

from ..core.game import AbstractGame, AbstractInstitution, Space
from ..core.types import Actions, Array, Observations, PRNGKeyArray, Rewards, State


def together(leaf: Array) -> Array:
    """What each member sees, `[agents, ...]`, as what one controller sees, `[1, ...]`."""
    if leaf.ndim == 4:
        return jnp.moveaxis(leaf, 0, 2).reshape(1, *leaf.shape[1:3], -1)
    return leaf.reshape(1, -1)


class Joint(AbstractInstitution):
    """A single agent that sees what all see, acts for all, and earns what all earn.

    The action space is a tuple with one part per member (the product action by factored heads); the reward is the sum.

    Source: the "joint" baseline of Christoffersen, Haupt, Hadfield-Menell 2023 (arXiv 2208.10469).
    """

    game: AbstractGame

    version: ClassVar[int] = 1

    @property
    def num_agents(self) -> int:
        """The controller, alone."""
        return 1

    @property
    def actions(self) -> Space:
        """One part per member."""
        return tuple(self.game.actions for _ in range(self.game.num_agents))

    def apart(self, actions: Actions) -> Actions:
        """The controller's tuple as one joint action of the members."""
        return jax.tree.map(lambda *parts: jnp.concatenate(parts), *actions)

    def step(self, state: State, actions: Actions, key: PRNGKeyArray) -> tuple[State, Rewards]:
        """Each member plays its part; the rewards are added up."""
        after, rewards = self.game.step(state, self.apart(actions), key)
        return after, jnp.sum(rewards)[None]

    def observe(self, state: State) -> Observations:
        """All members' observations in a row; images stacked on their channels."""
        return jax.tree.map(together, self.game.observe(state))
