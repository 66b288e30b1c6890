"""Lump sums at signing: unconditional transfers as further terms of any contract."""

from typing import Any

import jax.numpy as jnp

from ..core.errors import BadGame
from ..core.types import Payments, Theta
from .space import AbstractContractSpace


class WithSigning(AbstractContractSpace):
    """A space with lump sums appended: one term in [-limit, limit] for each agent but the proposer.

    The proposer pays the term to that agent once, when the contract is signed; a negative term is paid by the agent to
    the proposer. With them a proposer can leave everybody at their value without the contract and keep the rest;
    without them the price has to do both jobs, to steer and to share.

    Source: the value at "acc" in the contracts of Christoffersen, Haupt, Hadfield-Menell 2023 (arXiv 2208.10469,
    section 3); their experiments leave it out.
    """

    space: AbstractContractSpace
    num_agents: int = 2
    proposer: int = 0
    limit: float = 10.0

    def __check_init__(self) -> None:
        if not 0 <= self.proposer < self.num_agents or self.num_agents < 2:
            raise BadGame(
                f"proposer={self.proposer} of num_agents={self.num_agents}: expected at least two agents, and the "
                "proposer to be one of them, counted from 0."
            )
        if not self.limit > 0.0:
            raise BadGame(f"limit={self.limit}, expected more than 0. For no lump sums use the space alone.")

    @property
    def low(self) -> tuple[float, ...]:
        """As in the space inside, then the most that an agent may have to pay."""
        return (*self.space.low, *(-self.limit for _ in range(self.num_agents - 1)))

    @property
    def high(self) -> tuple[float, ...]:
        """As in the space inside, then the most that an agent may get."""
        return (*self.space.high, *(self.limit for _ in range(self.num_agents - 1)))

    def pays(self, theta: Theta, signals: Any) -> Payments:
        """As in the space inside."""
        return self.space.pays(theta[: self.space.num_terms], signals)

    def signing(self, theta: Theta, num_agents: int) -> Payments:
        """The lump sums between proposer and others, and whatever the space inside has due at signing."""
        if num_agents != self.num_agents:
            raise BadGame(
                f"WithSigning has num_agents={self.num_agents}, the game {num_agents}. Give it the game's number."
            )
        inside = self.space.num_terms
        sums, zero = theta[inside:], jnp.zeros(1, theta.dtype)
        to_agent = jnp.concatenate([sums[: self.proposer], zero, sums[self.proposer :]])
        proposes = jnp.arange(num_agents) == self.proposer
        paid = jnp.where(proposes[:, None], jnp.maximum(to_agent, 0.0)[None], 0.0)
        received = jnp.where(proposes[None], jnp.maximum(-to_agent, 0.0)[:, None], 0.0)
        return paid + received + self.space.signing(theta[:inside], num_agents)
