"""A time limit that belongs to the rules: players see the clock, and the game is over when it has run down."""

from typing import NamedTuple

import jax.numpy as jnp

from ..core.errors import BadSetting
from ..core.finite import outcomes_of, starts_of
from ..core.game import AbstractGame, AbstractInstitution
from ..core.types import Actions, Array, Bool, Float, Int, Observations, PRNGKeyArray, Rewards, State
from .brook import Brook


class ClockedState(NamedTuple):
    """A state of the game inside, and how many steps are left."""

    game: State
    left: Int[Array, ""]


class Clocked(AbstractInstitution):
    """A game that ends after so many steps, by its own rules.

    The time limit of a rollout cuts an episode and says nothing about the game: what would come later counts, and
    nobody sees the end coming. Here nothing comes later, and everybody sees how much is left: the observation is
    `{"game": ..., "clock": ...}` with one entry per number of steps left. So what is learned can be held against
    backward induction over the same number of steps.
    """

    game: AbstractGame
    steps: int = 0
    """How many; 0 for the horizon of the game inside."""

    def __check_init__(self) -> None:
        if self.steps < 0:
            raise BadSetting(f"steps={self.steps}, expected 1 or more, or 0 for the game's own horizon.")

    @property
    def horizon(self) -> int:
        """Until the clock has run down."""
        return self.steps or self.game.horizon

    @property
    def action_names(self) -> tuple[str, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """As in the game inside."""
        return self.game.action_names

    def inside(self, state: ClockedState) -> State:
        """The state of the game inside."""
        return state.game

    def init(self, key: PRNGKeyArray) -> ClockedState:
        """A first state of the game inside, and all the time."""
        return ClockedState(self.game.init(key), jnp.int32(self.horizon))

    def step(self, state: ClockedState, actions: Actions, key: PRNGKeyArray) -> tuple[ClockedState, Rewards]:
        """As in the game inside; a step less is left."""
        after, rewards = self.game.step(state.game, actions, key)
        return ClockedState(after, jnp.maximum(state.left - 1, 0)), rewards

    def starts(self) -> tuple[Float[Array, "outcomes"], ClockedState]:
        """The first states of the game inside, if it lists them."""
        chances, states = starts_of(self.game)
        return chances, ClockedState(states, jnp.full(chances.shape, self.horizon, jnp.int32))

    def outcomes(
        self, state: ClockedState, actions: Actions
    ) -> tuple[Float[Array, "outcomes"], ClockedState, Float[Array, "outcomes agents"]]:
        """What can happen in the game inside, if it lists it."""
        chances, after, rewards = outcomes_of(self.game)(state.game, actions)
        left = jnp.broadcast_to(jnp.maximum(state.left - 1, 0), chances.shape)
        return chances, ClockedState(after, left), rewards

    def observe(self, state: ClockedState) -> Observations:
        """The game's observation, and the clock one-hot over the steps left, for every agent."""
        clock = (jnp.arange(1, self.horizon + 1) == state.left).astype(jnp.float32)
        seen = jnp.broadcast_to(clock, (self.num_agents, self.horizon))
        return {"game": self.game.observe(state.game), "clock": seen}

    def terminal(self, state: ClockedState) -> Bool[Array, ""]:
        """When no step is left, or the game inside is over."""
        return (state.left == 0) | self.game.terminal(state.game)

    def describe(self, state: ClockedState) -> str:
        """The game inside, and the clock."""
        return f"{self.game.describe(state.game)}  {int(state.left)} left"


def clocked_brook() -> Clocked:
    """The brook with its horizon as a rule: for learning what the exact solver knows."""
    return Clocked(Brook())
