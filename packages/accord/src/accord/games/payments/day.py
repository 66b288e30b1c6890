"""A whole day as one move."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from ...core.game import AbstractGame, AbstractInstitution
from ...core.random import split
from ...core.types import Actions, Array, Bool, Float, Metrics, PRNGKeyArray, Rewards, State


class DayState(NamedTuple):
    """A state of the game inside, and what the day brought."""

    game: State
    rewards: Float[Array, "agents"]
    over: Bool[Array, ""]


class Day(AbstractInstitution):
    """A game whose players move once: the same joint action at every step, and the sum of rewards at the end.

    Around `Payments(decisions="liquidity")`, contracted or not, it is the paper's contextual bandit: the choice of
    liquidity, seen from the morning. A contract belongs inside (`Day(Contracted(...))`); signals and metrics are those
    of the last step.
    """

    game: AbstractGame

    @property
    def horizon(self) -> int:
        """One move."""
        return 1

    def inside(self, state: DayState) -> State:
        """The state of the game inside."""
        return state.game

    def init(self, key: PRNGKeyArray) -> DayState:
        """The morning."""
        return DayState(self.game.init(key), jnp.zeros(self.num_agents, jnp.float32), jnp.zeros((), bool))

    def step(self, state: DayState, actions: Actions, key: PRNGKeyArray) -> tuple[DayState, Rewards]:
        """The day."""
        total, now = jnp.zeros(self.num_agents, jnp.float32), state.game
        for step_key in split(key, self.game.horizon):
            over = self.game.terminal(now)
            after, rewards = self.game.step(now, actions, step_key)
            total = total + jnp.where(over, 0.0, rewards)
            now = jax.tree.map(lambda new, old: jnp.where(over, old, new), after, now)  # noqa: B023
        return DayState(now, total, jnp.ones((), bool)), total

    def terminal(self, state: DayState) -> Bool[Array, ""]:
        """After the one move."""
        return state.over

    def measure(self, before: DayState, actions: Actions, after: DayState) -> Metrics:
        """Nothing but what each bank earned: the game inside measures steps, and this is a day."""
        return {"earned": after.rewards}

    def describe(self, state: DayState) -> str:
        """The state inside."""
        return self.game.describe(state.game)
