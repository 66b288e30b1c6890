"""Institutions that put contracts in force: each takes a game and gives a game.

`Contracted` plays under terms that are given or drawn. `Negotiated` lets one agent propose and the others accept.
"""

import abc
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ..core.errors import BadGame
from ..core.finite import outcomes_of, starts_of, without_key
from ..core.game import AbstractGame, AbstractInstitution, Box, Discrete, Space
from ..core.random import uniform
from ..core.types import (
    Actions,
    Array,
    Bool,
    Float,
    Int,
    Metrics,
    Observations,
    Payments,
    PRNGKeyArray,
    Rewards,
    State,
    Theta,
)
from .space import AbstractContractSpace, settle


class Deal(NamedTuple):
    """A contract as the players carry it: its terms and whether it binds."""

    theta: Theta
    in_force: Float[Array, ""]  # 1.0 or 0.0


class AbstractTerms(eqx.Module):
    """How the terms of an episode come about without negotiation."""

    @abc.abstractmethod
    def draw(self, space: AbstractContractSpace, key: PRNGKeyArray) -> Deal:
        """Terms for one episode."""


class FixedTerms(AbstractTerms):
    """The same terms in every episode."""

    theta: tuple[float, ...]

    def draw(self, space: AbstractContractSpace, key: PRNGKeyArray) -> Deal:
        """Always `theta`, in force."""
        return Deal(jnp.asarray(self.theta, jnp.float32), jnp.ones((), jnp.float32))


class NoTerms(AbstractTerms):
    """The null contract in every episode."""

    def draw(self, space: AbstractContractSpace, key: PRNGKeyArray) -> Deal:
        """Nobody pays."""
        return Deal(jnp.asarray(space.low, jnp.float32), jnp.zeros((), jnp.float32))


class ChoiceTerms(AbstractTerms):
    """Terms drawn uniformly from a list, always in force: for sweeps over prices in one batch."""

    choices: tuple[tuple[float, ...], ...]

    def draw(self, space: AbstractContractSpace, key: PRNGKeyArray) -> Deal:
        """One of the choices."""
        count = len(self.choices)
        pick = jnp.minimum((uniform(key, 1)[0] * count).astype(jnp.int32), count - 1)
        mask = (jnp.arange(count) == pick).astype(jnp.float32)
        theta = jnp.sum(mask[:, None] * jnp.asarray(self.choices, jnp.float32), axis=0)
        return Deal(theta, jnp.ones((), jnp.float32))


class RandomTerms(AbstractTerms):
    """Terms drawn anew for each episode: null with probability `null`, else `low + u**power * (high - low)`.

    `power` above 1 puts more of the draws at small terms, where learned play is least reliable.
    """

    null: float = 0.3
    power: float = 1.0

    def draw(self, space: AbstractContractSpace, key: PRNGKeyArray) -> Deal:
        """One draw from the distribution."""
        draws = uniform(key, space.num_terms + 1)
        theta = space.unscaled(draws[1:] ** jnp.float32(self.power))
        return Deal(theta, (draws[0] >= self.null).astype(jnp.float32))


class ContractedState(NamedTuple):
    """A state of the game inside, and the deal that binds its players."""

    game: State
    deal: Deal
    signed: Float[Array, ""]  # 1.0 on the step that pays the lump sums


class Contracted(AbstractInstitution):
    """A game played under a contract whose terms are fixed, drawn at random, or absent.

    The deal lasts the whole episode and every agent sees it: the observation is `{"game": ..., "contract": ...}`, where
    `"contract"` holds, per agent, the terms scaled to [0, 1] (0 where no contract is in force) and the flag "no
    contract".

    Source: Christoffersen, Haupt, Hadfield-Menell 2023 (arXiv 2208.10469), the play stage of the augmented game; the
    null flag and null episodes follow the finding that without them the disagreement point is contaminated.
    """

    game: AbstractGame
    space: AbstractContractSpace
    terms: AbstractTerms = RandomTerms()

    version: ClassVar[int] = 1

    def inside(self, state: ContractedState) -> State:
        """The state of the game inside."""
        return state.game

    def init(self, key: PRNGKeyArray) -> ContractedState:
        """A first state of the game inside, and the episode's terms."""
        game_key, terms_key = jax.random.split(key)
        deal = self.terms.draw(self.space, terms_key)
        return ContractedState(self.game.init(game_key), deal, deal.in_force)

    def step(self, state: ContractedState, actions: Actions, key: PRNGKeyArray) -> tuple[ContractedState, Rewards]:
        """Play, then settle what the contract says about the step."""
        after, rewards = self.game.step(state.game, actions, key)
        new = ContractedState(after, state.deal, jnp.zeros((), jnp.float32))
        return new, rewards + settle(self.payments(state, actions, new))

    def starts(self) -> tuple[Float[Array, "outcomes"], ContractedState]:
        """The first states of the game inside under the deal; only for terms that are not drawn at random."""
        chances, states = starts_of(self.game)
        remedy = "Solve the game under FixedTerms, one price after the other."
        drawn = without_key(lambda key: self.terms.draw(self.space, key), f"{type(self.terms).__name__}.draw", remedy)
        deal = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (*chances.shape, *leaf.shape)), drawn())
        return chances, ContractedState(states, deal, deal.in_force)

    def outcomes(
        self, state: ContractedState, actions: Actions
    ) -> tuple[Float[Array, "outcomes"], ContractedState, Float[Array, "outcomes agents"]]:
        """What can happen in the game inside, settled; only for a game that lists it."""
        chances, after, rewards = outcomes_of(self.game)(state.game, actions)
        deal = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (*chances.shape, *leaf.shape)), state.deal)
        new = ContractedState(after, deal, jnp.zeros_like(deal.in_force))
        return chances, new, rewards + jax.vmap(lambda a: settle(self.payments(state, actions, a)))(new)

    def payments(self, before: ContractedState, actions: Actions, after: ContractedState) -> Payments:
        """Who pays whom for this step; in the first one, the lump sums too."""
        deal = before.deal
        due = self.space.pays(deal.theta, self.game.signals(before.game, actions, after.game)) * deal.in_force
        return due + self.space.signing(deal.theta, self.num_agents) * before.signed

    def cumulants(
        self, before: ContractedState, actions: Actions, after: ContractedState
    ) -> Float[Array, "agents terms"]:
        """What each term moves: transfers at its highest value less those at its lowest, all others at their lowest.

        Payments that are affine in the terms are these by the weights, and a constant. Others are not told apart so:
        what is left over stays in the rest of the reward.
        """
        low, high = jnp.asarray(self.space.low, jnp.float32), jnp.asarray(self.space.high, jnp.float32)
        bound = lambda theta: before._replace(deal=Deal(theta, jnp.ones((), jnp.float32)))
        moved = lambda theta: settle(self.payments(bound(theta), actions, after))
        each = [moved(jnp.where(jnp.arange(len(low)) == term, high, low)) for term in range(len(low))]
        return jnp.stack(each, axis=1) - moved(low)[:, None]

    def weights(self, state: ContractedState) -> Float[Array, "terms"]:
        """The terms in force, scaled to [0, 1]; 0 where there are none."""
        return self.space.scaled(state.deal.theta) * state.deal.in_force

    def observe(self, state: ContractedState) -> Observations:
        """The game's observation beside the contract's."""
        return {"game": self.game.observe(state.game), "contract": self.contract_view(state.deal)}

    def contract_view(self, deal: Deal) -> Float[Array, "agents terms_and_flag"]:
        """Scaled terms, zero where no contract is in force, and the flag "no contract"."""
        view = jnp.concatenate([self.space.scaled(deal.theta) * deal.in_force, (1.0 - deal.in_force)[None]])
        return jnp.broadcast_to(view, (self.num_agents, view.shape[0]))

    def measure(self, before: ContractedState, actions: Actions, after: ContractedState) -> Metrics:
        """What the game inside measures, and the money that moved."""
        due = self.payments(before, actions, after)
        inside = self.game.measure(before.game, actions, after.game)
        return {**inside, "transfers": settle(due), "payments": due, "in_force": before.deal.in_force}

    def frame(self, state: ContractedState) -> Metrics:
        """The game inside, and the deal that binds its players."""
        return {**self.game.frame(state.game), "theta": state.deal.theta, "in_force": state.deal.in_force}

    def describe(self, state: ContractedState) -> str:
        """The game inside, and the deal under it."""
        bound = f"contract in force: theta = {state.deal.theta.tolist()}" if state.deal.in_force else "no contract"
        return f"{self.game.describe(state.game)}\n{bound}"


PROPOSE, VOTE, PLAY = range(3)


class NegotiatedState(NamedTuple):
    """A state of the contracted game, and how far the negotiation is."""

    play: ContractedState
    stage: Int[Array, ""]  # PROPOSE, VOTE, PLAY
    voters: Float[Array, "agents"]  # 1.0 for those whose vote counts this time


class Negotiated(AbstractInstitution):
    """Propose, accept, play: the whole contract-augmented game.

    Stage 0: agent `proposer` names terms. Stage 1: the others accept or reject, seeing them. The contract binds only if
    all whose votes count accept; else nobody pays for the rest of the episode. Stage 2 on: play. The first two steps
    give no reward. An action is `{"play", "terms", "vote"}`; parts that the stage does not ask for are ignored.

    `voters` None counts every vote (unanimity as in the theory); a number draws that many voters per episode, the
    smoothing with which the paper learns acceptance (it uses 2).

    Source: Christoffersen, Haupt, Hadfield-Menell 2023 (arXiv 2208.10469), section 3 and Algorithm 1.
    """

    game: AbstractGame
    space: AbstractContractSpace
    proposer: int = 0
    voters: int | None = None

    version: ClassVar[int] = 1

    def __check_init__(self) -> None:
        if not 0 <= self.proposer < self.game.num_agents:
            raise BadGame(f"proposer={self.proposer}, but the game has agents 0..{self.game.num_agents - 1}.")
        if self.game.num_agents < 2:
            raise BadGame("A contract needs at least two agents; the game has one.")

    def inside(self, state: NegotiatedState) -> State:
        """The state of the game inside."""
        return state.play.game

    def apart(self, actions: Actions) -> Actions:
        """The part of the actions that plays the game inside; meaningless before play."""
        return actions["play"]

    @property
    def contracted(self) -> Contracted:
        """The play stage."""
        return Contracted(self.game, self.space, NoTerms())

    @property
    def actions(self) -> Space:
        """What each stage asks for, side by side."""
        return {"play": self.game.actions, "terms": Box(self.space.low, self.space.high), "vote": Discrete(2)}

    @property
    def horizon(self) -> int:
        """Two steps more than the game inside."""
        return self.game.horizon + 2

    def init(self, key: PRNGKeyArray) -> NegotiatedState:
        """A first state of the game inside, nothing proposed yet."""
        play_key, voter_key = jax.random.split(key)
        n = self.num_agents
        others = jnp.arange(n) != self.proposer
        if self.voters is not None and self.voters < n - 1:
            scores = jnp.where(others, 1.0 + uniform(voter_key, n), 0.0)
            rank = jnp.sum(scores[None] > scores[:, None], axis=1)
            others = rank < self.voters
        return NegotiatedState(self.contracted.init(play_key), jnp.zeros((), jnp.int32), others.astype(jnp.float32))

    def step(self, state: NegotiatedState, actions: Actions, key: PRNGKeyArray) -> tuple[NegotiatedState, Rewards]:
        """One stage of the negotiation, or one step of play."""
        contracted = self.contracted
        played, rewards = contracted.step(state.play, actions["play"], key)
        proposing, voting = state.stage == PROPOSE, state.stage == VOTE
        playing = state.stage == PLAY

        deal = state.play.deal
        low, high = jnp.asarray(self.space.low, jnp.float32), jnp.asarray(self.space.high, jnp.float32)
        offer = jnp.clip(actions["terms"][self.proposer], low, high)
        refused = jnp.any((state.voters > 0) & (actions["vote"] == 0))
        accepted = (voting & ~refused).astype(jnp.float32)
        table = ContractedState(
            state.play.game,
            Deal(jnp.where(proposing, offer, deal.theta), jnp.where(voting, accepted, deal.in_force)),
            accepted,
        )
        play = jax.tree.map(lambda a, b: jnp.where(playing, a, b), played, table)
        stage = jnp.minimum(state.stage + 1, PLAY).astype(jnp.int32)
        return NegotiatedState(play, stage, state.voters), jnp.where(playing, rewards, jnp.zeros_like(rewards))

    def observe(self, state: NegotiatedState) -> Observations:
        """The game's observation, the contract's (the offer, while it is on the table), and the stage one-hot."""
        n = self.num_agents
        offered = Deal(state.play.deal.theta, jnp.where(state.stage == VOTE, 1.0, state.play.deal.in_force))
        stage = (jnp.arange(3) == state.stage).astype(jnp.float32)
        return {
            "game": self.game.observe(state.play.game),
            "contract": self.contracted.contract_view(offered),
            "stage": jnp.broadcast_to(stage, (n, 3)),
        }

    def terminal(self, state: NegotiatedState) -> Bool[Array, ""]:
        """As in the game inside, once it is played."""
        return (state.stage == PLAY) & self.contracted.terminal(state.play)

    def measure(self, before: NegotiatedState, actions: Actions, after: NegotiatedState) -> Metrics:
        """What the contracted game measures, zero before play."""
        playing = before.stage == PLAY
        inside = self.contracted.measure(before.play, actions["play"], after.play)
        return {k: jnp.where(playing, v, jnp.zeros_like(v)) for k, v in inside.items()}

    def frame(self, state: NegotiatedState) -> Metrics:
        """As in the game inside."""
        return self.contracted.frame(state.play)

    def describe(self, state: NegotiatedState) -> str:
        """The stage, and what it shows."""
        if state.stage == PROPOSE:
            return f"agent {self.proposer} proposes"
        if state.stage == VOTE:
            return f"the others vote on theta = {state.play.deal.theta.tolist()}"
        return self.contracted.describe(state.play)
