"""Linear public goods: what one agent invests is multiplied and shared by all."""

from typing import ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..core.errors import BadSetting
from ..core.game import AbstractGame, Box, Discrete
from ..core.types import Actions, Array, Bool, Float, Metrics, PRNGKeyArray, Rewards


class Signals(NamedTuple):
    """What a contract on public goods may read: how much of the endowment each agent invested."""

    invested: Float[Array, "agents"]


class PublicGoodsState(NamedTuple):
    """Whether the one move is made."""

    over: Bool[Array, ""]


class PublicGoods(AbstractGame):
    """Each of n agents invests a share `a_i` of an endowment of 1, once; agent i gets `multiplier / n * sum(a) - a_i`.

    For 1 < multiplier < n nobody invests of their own accord, and all would gain if all did: welfare is
    `(multiplier - 1) * sum(a)`. The action is a share in [0, 1] (shares outside count as the nearest inside); with
    `levels` it is one of so many equally distant shares, from 0 to 1. There is nothing to see: the observation is 1.

    Source: the linear public goods game of Christoffersen et al. 2023, multiplier 1.2 (recalled, not in the released
    code; hence a parameter). For the game itself: Isaac and Walker 1988.
    """

    num_agents: int = 4
    multiplier: float = 1.2
    levels: int | None = None

    version: ClassVar[int] = 1
    horizon: ClassVar[int] = 1
    source: ClassVar[str] = "Isaac and Walker 1988; Christoffersen et al. 2023"

    def __check_init__(self) -> None:
        if self.num_agents < 1:
            raise BadSetting(f"num_agents={self.num_agents}, expected at least 1.")
        if not self.multiplier > 0.0:
            raise BadSetting(f"multiplier={self.multiplier}, expected more than 0; a dilemma needs 1 < multiplier < n.")
        if self.levels is not None and self.levels < 2:
            raise BadSetting(f"levels={self.levels}, expected at least 2 (nothing and all), or none for any share.")

    @property
    def actions(self) -> Box | Discrete:
        """A share of the endowment, or one of `levels`."""
        return Box((0.0,), (1.0,)) if self.levels is None else Discrete(self.levels)

    @property
    def action_names(self) -> tuple[str, ...]:
        """The shares that one can invest, if they are counted."""
        return () if self.levels is None else tuple(f"invest {share:.4g}" for share in np.linspace(0, 1, self.levels))

    def invested(self, actions: Actions) -> Float[Array, "agents"]:
        """The share that each action stands for."""
        if self.levels is None:
            return jnp.clip(actions[:, 0], 0.0, 1.0)
        return actions.astype(jnp.float32) * jnp.float32(1.0 / (self.levels - 1))

    def init(self, key: PRNGKeyArray) -> PublicGoodsState:
        """Nobody has moved."""
        return PublicGoodsState(jnp.zeros((), bool))

    def step(self, state: PublicGoodsState, actions: Actions, key: PRNGKeyArray) -> tuple[PublicGoodsState, Rewards]:
        """Everybody's share of the good, less the own investment."""
        invested = self.invested(actions)
        good = jnp.sum(invested) * jnp.float32(self.multiplier / self.num_agents)
        return PublicGoodsState(jnp.ones((), bool)), good - invested

    def observe(self, state: PublicGoodsState) -> Float[Array, "agents 1"]:
        """Nothing: a constant."""
        return jnp.ones((self.num_agents, 1), jnp.float32)

    def terminal(self, state: PublicGoodsState) -> Bool[Array, ""]:
        """After the one move."""
        return state.over

    def signals(self, before: PublicGoodsState, actions: Actions, after: PublicGoodsState) -> Signals:
        """What each agent invested."""
        return Signals(self.invested(actions))

    def measure(self, before: PublicGoodsState, actions: Actions, after: PublicGoodsState) -> Metrics:
        """What each agent invested."""
        return {"invested": self.invested(actions)}

    def describe(self, state: PublicGoodsState) -> str:
        """What is at stake."""
        if state.over:
            return "over"
        return f"each of {self.num_agents} agents may invest up to 1; all share {self.multiplier:g} times the sum"
