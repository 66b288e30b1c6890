"""Frozen play behind a negotiation: what is left of the contract-augmented game once play has been learned."""

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from ..core.game import AbstractInstitution, Space
from ..core.random import split
from ..core.types import Actions, Array, Bool, Float, Metrics, Observations, PRNGKeyArray, Rewards
from .negotiate import VOTE, ContractedState, Negotiated, NegotiatedState


class Delegated(AbstractInstitution):
    """Propose and vote; then given policies play the whole episode, and its return is the reward of the vote.

    A game of two steps, in which proposing and accepting can be learned at their own pace. Actions are `{"terms",
    "vote"}` as in `Negotiated`; terms and votes that the stage does not ask for are ignored.

    Source: phase 2 of MOCA, Algorithm 1 of Christoffersen, Haupt, Hadfield-Menell 2023 (arXiv 2208.10469). Departure:
    `scale` divides the reward, so that step sizes need not know the unit of the game.
    """

    game: Negotiated
    policy: Callable[[Observations, PRNGKeyArray], tuple[Actions, Any]]
    scale: float = 1.0

    version: ClassVar[int] = 1

    @property
    def horizon(self) -> int:
        """Propose, then vote."""
        return 2

    @property
    def actions(self) -> Space:
        """The negotiation's part of the actions."""
        space = self.game.actions
        return {"terms": space["terms"], "vote": space["vote"]}  # type: ignore[index]

    def step(self, state: NegotiatedState, actions: Actions, key: PRNGKeyArray) -> tuple[NegotiatedState, Rewards]:
        """Name terms; or vote, and be paid for the episode that follows."""
        step_key, play_key = split(key, 2)
        idle = jax.tree.map(jnp.zeros_like, self._idle())
        after, _ = self.game.step(state, {"play": idle, **actions}, step_key)
        earned = self._episode(after.play, play_key) / self.scale
        return after, jnp.where(state.stage == VOTE, earned, jnp.zeros_like(earned))

    def _idle(self) -> Actions:
        shape = jax.eval_shape(lambda k: self.policy(self._seen(self.game.init(k).play), k)[0], jax.random.key(0))
        return jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shape)

    def _seen(self, state: ContractedState) -> Observations:
        return self.game.contracted.observe(state)

    def _episode(self, state: ContractedState, key: PRNGKeyArray) -> Float[Array, "agents"]:
        game = self.game.contracted

        def body(carry: tuple, _: None) -> tuple[tuple, None]:
            now, total, alive, key = carry
            act_key, step_key, next_key = split(key, 3)
            actions, _ = self.policy(self._seen(now), act_key)
            after, rewards = game.step(now, actions, step_key)
            total = total + rewards * alive
            return (after, total, alive * (1.0 - game.terminal(after).astype(jnp.float32)), next_key), None

        start = (state, jnp.zeros(self.num_agents, jnp.float32), jnp.ones((), jnp.float32), key)
        (_, total, _, _), _ = jax.lax.scan(body, start, None, length=game.horizon)
        return total

    def terminal(self, state: NegotiatedState) -> Bool[Array, ""]:
        """Over once the votes are counted."""
        return state.stage > VOTE

    def signals(self, before: NegotiatedState, actions: Actions, after: NegotiatedState) -> Any:
        """None: the play is behind the curtain."""
        return ()

    def measure(self, before: NegotiatedState, actions: Actions, after: NegotiatedState) -> Metrics:
        """Whether the vote passed, and on which terms (both zero on the proposing step)."""
        voting = (before.stage == VOTE).astype(jnp.float32)
        deal = after.play.deal
        signed = {"accepted": voting * deal.in_force, "signed_terms": deal.theta * deal.in_force}
        return {**signed, "offered": voting * deal.theta}


