"""MOCA: first learn to play under any contract, then look for the contract.

Phase 1 is the one learner on `Contracted(game, space, RandomTerms(...))`. Play is then frozen, and the contract is
found in either of two ways: `search` ranks terms by the frozen critics' values (or by played episodes) under unanimity;
`negotiation` gives the game of two steps in which proposing and accepting are learned. A critic of parts
(`critic=parts`) knows what play earns apart from what terms move: `Forecast` reads off values of terms never asked for.

Source: Christoffersen, Haupt, Hadfield-Menell 2023 (arXiv 2208.10469), Algorithm 1. The search is the solver of their
released code with unanimity in place of a majority that counts the proposer, and a separate value for the null
contract.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...contracts.delegate import Delegated
from ...contracts.negotiate import ChoiceTerms, Contracted, Deal, Negotiated, NoTerms
from ...contracts.space import AbstractContractSpace
from ...core.errors import BadSetting
from ...core.game import AbstractGame
from ...core.rollout import over_envs, rollout, start
from ...core.types import Actions, Array, Bool, Float, Observations, Payments, PRNGKeyArray, Theta
from ..nets import ActorCritic, flat, value_output
from ..ppo import NetPolicy, policy_of
from ..returns import ValueScale, whole
from ..settings import PPOSettings


@dataclass(frozen=True)
class Play:
    """Phase 1's result, frozen: how all agents play under any contract of a space, and what their critics expect."""

    game: AbstractGame
    space: AbstractContractSpace
    net: ActorCritic
    scale: ValueScale
    settings: PPOSettings

    @property
    def policy(self) -> NetPolicy:
        """The frozen play policy (of the contracted game)."""
        return policy_of(Contracted(self.game, self.space), self.net, self.settings)


@dataclass(frozen=True)
class Landscape:
    """What each agent gets under each contract and under none, with frozen play.

    `predicted` are the critics' values of fresh episodes; `discounted` are the played counterpart on the same scale
    (discounted return plus the critic's value of the last state); `realised` are undiscounted returns of an episode,
    and `error` their standard errors. The last entry of the contract axis is the null contract.
    """

    theta: Float[np.ndarray, "contracts terms"]
    predicted: Float[np.ndarray, "agents contracts_and_null"]
    discounted: Float[np.ndarray, "agents contracts_and_null"]
    realised: Float[np.ndarray, "agents contracts_and_null"]
    error: Float[np.ndarray, "agents contracts_and_null"]
    transfers: Float[np.ndarray, "agents contracts_and_null"]


@dataclass(frozen=True)
class Agreement:
    """What a search found: the terms, or None where no contract beats the null for everybody."""

    theta: tuple[float, ...] | None
    accepts: np.ndarray  # bool [agents, contracts]: would sign, on the values used
    criterion: str
    message: str


@dataclass(frozen=True)
class Forecast:
    """What critics of parts foresee of some plays: what is earned, and what each term moves. Affine in the terms.

    A play is what agents do who believe in some contract, or in none (the last entry of the axis `plays`).
    """

    space: AbstractContractSpace
    theta: Float[np.ndarray, "plays_but_last terms"]
    rest: Float[np.ndarray, "agents plays"]
    moved: Float[np.ndarray, "agents terms plays"]

    def at(self, theta: Float[np.ndarray, "contracts terms"]) -> Float[np.ndarray, "agents contracts plays"]:
        """Values of contracts under each play: one product instead of a question to the net for each contract."""
        weights = np.asarray(jax.vmap(self.space.scaled)(jnp.asarray(theta, jnp.float32)), float)
        return self.rest[:, None] + np.einsum("itp,ct->icp", self.moved, weights)

    def nearest(self, theta: Float[np.ndarray, "contracts terms"]) -> Float[np.ndarray, "agents contracts_and_null"]:
        """Values of contracts, each under the play of the nearest terms known; and of no contract under its own."""
        scaled = lambda terms: np.asarray(jax.vmap(self.space.scaled)(jnp.asarray(terms, jnp.float32)), float)
        gaps = np.abs(scaled(theta)[:, None] - scaled(self.theta)[None]).sum(axis=2)
        contracts = np.arange(len(gaps))
        return np.concatenate([self.at(theta)[:, contracts, gaps.argmin(axis=1)], self.rest[:, -1:]], axis=1)


def under_contracts(
    play: Play, theta: Float[np.ndarray, "contracts terms"], *, episodes: int, key: PRNGKeyArray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Episodes under each contract and under none (the last entry), all in one batch of one program.

    Every contract meets the same random numbers, so differences between contracts are paired.

    Returns:
        `after`, undiscounted returns `[agents, contracts + 1, episodes]`; `discounted`, discounted returns plus the
        critic's value of the last state, same axes; `predicted`, the critics' values of the first states, same axes.
    """
    game, space = play.game, play.space
    terms = np.asarray(theta, np.float32).reshape(-1, space.num_terms)
    count = len(terms) + 1
    deals = Deal(
        jnp.asarray(np.concatenate([terms, [space.low]]), jnp.float32).repeat(episodes, axis=0).T,
        (jnp.arange(count) < len(terms)).astype(jnp.float32).repeat(episodes),
    )
    seen = _played(Contracted(game, space, NoTerms()), play.settings, count)(play.net, play.scale, deals, key)
    after, discounted, predicted = (np.asarray(x).reshape(game.num_agents, count, episodes) for x in seen)
    return after, discounted, predicted


def forecast(
    play: Play, theta: Float[np.ndarray, "plays terms"], *, states: int = 256, key: PRNGKeyArray
) -> Forecast:
    """What the critics of parts foresee at the first states, for the plays of some contracts and of none.

    Raises:
        BadSetting: the critic gives one value for all.
    """
    if play.settings.critic == "whole":
        raise BadSetting("critic=whole gives one value for all. Train with critic=parts to read values off.")
    contracted = Contracted(play.game, play.space, NoTerms())
    terms = np.asarray(theta, np.float32).reshape(-1, play.space.num_terms)

    @jax.jit
    def run(net: ActorCritic, scale: ValueScale, deals: Deal, key: PRNGKeyArray) -> Array:
        mean, std = (m[:, None] for m in scale.moments())
        fresh = start(contracted, states, key).state

        def one(deal: Deal) -> Array:
            seen = lambda s: flat(contracted.observe(s._replace(deal=deal, signed=deal.in_force)))
            return jnp.mean(over_envs(lambda s: value_output(net, seen(s)))(fresh) * std + mean, axis=1)

        return jax.lax.map(one, deals)

    deals = Deal(
        jnp.asarray(np.concatenate([terms, [play.space.low]]), jnp.float32),
        (jnp.arange(len(terms) + 1) < len(terms)).astype(jnp.float32),
    )
    table = np.asarray(run(play.net, play.scale, deals, key), float).reshape(len(terms) + 1, play.game.num_agents, -1)
    return Forecast(play.space, terms, table[:, :, 0].T, np.moveaxis(table[:, :, 1:], 0, 2))


@lru_cache(maxsize=16)
def _played(contracted: Contracted, settings: PPOSettings, count: int) -> Callable[..., tuple[Array, Array, Array]]:
    """The program behind `under_contracts`, compiled once per game."""
    gamma, critic_is_whole = jnp.float32(settings.gamma), settings.critic == "whole"

    def run(net: ActorCritic, scale: ValueScale, deals: Deal, key: PRNGKeyArray) -> tuple[Array, Array, Array]:
        mean, std = (m[:, None] for m in scale.moments())
        output = over_envs(lambda s: value_output(net, flat(contracted.observe(s))))
        fresh = start(contracted, deals.in_force.shape[0] // count, key)
        fresh = jax.tree.map(lambda leaf: jnp.tile(leaf, (1,) * (leaf.ndim - 1) + (count,)), fresh)
        state = fresh.state._replace(deal=deals, signed=deals.in_force)
        policy = policy_of(contracted, net, settings)
        _, seen = rollout(
            contracted, policy, fresh._replace(state=state), contracted.horizon,
            at_end=lambda o: value_output(net, flat(o)), keep_observations=False,
        )
        over = seen.terminated.astype(jnp.int32)
        alive = (jnp.cumsum(over, axis=0) - over == 0).astype(jnp.float32)[:, None]
        discount = (gamma ** jnp.arange(contracted.horizon, dtype=jnp.float32))[:, None, None]
        weights = over_envs(contracted.weights)(state)
        value = lambda outputs: outputs * std + mean if critic_is_whole else whole(outputs * std + mean, weights)
        tail = value(seen.end_values[-1]) * seen.truncated[-1].astype(jnp.float32)[None] * alive[-1]
        discounted = jnp.sum(seen.rewards * alive * discount, axis=0) + gamma**contracted.horizon * tail
        return jnp.sum(seen.rewards * alive, axis=0), discounted, value(output(state))

    return jax.jit(run)


class Unpaid(AbstractContractSpace):
    """The same contracts on paper, and no money: what play earns before transfers, with play unchanged."""

    space: AbstractContractSpace

    @property
    def low(self) -> tuple[float, ...]:
        """As in the space inside."""
        return self.space.low

    @property
    def high(self) -> tuple[float, ...]:
        """As in the space inside."""
        return self.space.high

    def pays(self, theta: Theta, signals: Any) -> Payments:
        """Nothing."""
        return jnp.zeros_like(self.space.pays(theta, signals))


def landscape(
    play: Play, theta: Float[np.ndarray, "contracts terms"], *, episodes: int, key: PRNGKeyArray
) -> Landscape:
    """Values of contracts under frozen play: critics and played episodes, all contracts in one batch."""
    terms = np.asarray(theta, np.float32).reshape(-1, play.space.num_terms)
    after, discounted, predicted = under_contracts(play, terms, episodes=episodes, key=key)
    before, _, _ = under_contracts(replace(play, space=Unpaid(play.space)), terms, episodes=episodes, key=key)
    return Landscape(
        terms, predicted.mean(2), discounted.mean(2), after.mean(2), after.std(2) / np.sqrt(episodes),
        (after - before).mean(2),
    )


def search(
    seen: Landscape,
    *,
    proposer: int = 0,
    criterion: str = "proposer",
    values: str = "predicted",
    margin: float = 0.0,
    among: Bool[np.ndarray, "contracts"] | None = None,
) -> Agreement:
    """The best contract that everybody signs.

    Args:
        proposer: who proposes (and must gain too).
        criterion: `"proposer"` maximises the proposer's value, as the theory has it; `"welfare"` the sum of values, as
            the released solver does.
        values: `"predicted"` ranks by the critics, `"discounted"` by played episodes on the same scale, `"realised"` by
            undiscounted played returns.
        margin: by how much signing must beat the null for each agent.
        among: which contracts may be chosen, such as those under which play is known to be an equilibrium; default all.
    """
    table = {"predicted": seen.predicted, "discounted": seen.discounted, "realised": seen.realised}[values]
    gain = table[:, :-1] - table[:, -1:]
    accepts = gain > margin
    considered = np.ones(len(seen.theta), bool) if among is None else among
    signed = accepts.all(axis=0) & considered
    score = table[:, :-1].sum(axis=0) if criterion == "welfare" else table[proposer, :-1]
    if not signed.any():
        least = gain.min(axis=0)
        nearest = int(np.where(considered, least, least.min() - 1.0).argmax())
        worst = int(gain[:, nearest].argmin())
        which = "No contract" if among is None else "No contract of those considered"
        return Agreement(
            None,
            accepts,
            criterion,
            f"{which} beats the null for everybody: the nearest is theta = {_text(seen.theta[nearest])}, where agent "
            f"{worst} gains {gain[worst, nearest]:.3g}. Widen the space, or train phase 1 longer.",
        )
    best = int(np.where(signed, score, -np.inf).argmax())
    chosen = tuple(float(x) for x in seen.theta[best])
    verdict = f"theta = {_text(chosen)}: every agent gains at least {gain[:, best].min():.3g}."
    return Agreement(chosen, accepts, criterion, verdict)


def _text(theta: Any) -> str:
    return "(" + ", ".join(f"{float(x):.4g}" for x in theta) + ")"


def negotiation(play: Play, *, proposer: int = 0, voters: int | None = None, scale: float = 1.0) -> Delegated:
    """The game of two steps whose players learn to propose and to accept, before frozen play."""
    return Delegated(Negotiated(play.game, play.space, proposer, voters), play.policy, scale)


def negotiation_settings(settings: PPOSettings, *, num_envs: int = 64) -> PPOSettings:
    """How the negotiation is learned by default: whole two-step episodes, undiscounted, short and greedy at the end."""
    return PPOSettings(
        num_envs=num_envs, num_steps=8, epochs=4, minibatches=4, gamma=1.0, lambda_=1.0, phases=1,
        learning_rate=3e-3, final_learning_rate=3e-4, entropy_weight=0.01, final_entropy_weight=0.0,
        hidden=settings.hidden, encoder=settings.encoder, box_head=settings.box_head, value_rate=0.1,
    )


class Negotiators:
    """Play and negotiation put together: a policy of the whole game `Negotiated`."""

    def __init__(
        self, play: Play, net: ActorCritic, settings: PPOSettings, *, proposer: int = 0, greedy: bool = False
    ) -> None:
        self.game = Negotiated(play.game, play.space, proposer)
        self._play = play.policy
        space = self.game.actions
        self._talk = NetPolicy(net, {"terms": space["terms"], "vote": space["vote"]}, settings.box_head, greedy)  # type: ignore[index]

    def __call__(self, observations: Observations, key: PRNGKeyArray) -> tuple[Actions, tuple]:
        """One joint action: what the stage asks for, by the net that knows it."""
        play_key, talk_key = jax.random.split(key)
        inside = {"contract": observations["contract"], "game": observations["game"]}
        acts, _ = self._play(inside, play_key)
        talk, _ = self._talk(observations, talk_key)
        return {"play": acts, **talk}, ()


def acceptance(
    play: Play, net: ActorCritic, settings: PPOSettings, theta: Float[np.ndarray, "contracts terms"], *,
    proposer: int = 0, states: int = 256, key: PRNGKeyArray,
) -> Float[np.ndarray, "agents contracts"]:
    """Probability with which each agent's learned vote accepts each offer, averaged over first states."""
    from ...contracts.negotiate import VOTE
    from ..nets import policy_outputs

    game = Negotiated(play.game, play.space, proposer)

    @jax.jit
    def run(net: ActorCritic, theta: Array, key: PRNGKeyArray) -> Array:
        fresh = start(game, states, key).state

        def one(state: Any) -> Array:
            offered = state.play._replace(deal=Deal(theta, jnp.zeros((), jnp.float32)))
            seen = game.observe(state._replace(play=offered, stage=jnp.asarray(VOTE, jnp.int32)))
            outputs = policy_outputs(net, flat(seen))
            return jax.nn.softmax(outputs[:, -2:], axis=1)[:, 1]

        return jnp.mean(over_envs(one)(fresh), axis=1)

    return np.stack([np.asarray(run(net, jnp.asarray(row, jnp.float32), key)) for row in np.atleast_2d(theta)], axis=1)


def price_sweep(play: Play, prices: tuple[tuple[float, ...], ...]) -> Contracted:
    """The contracted game with terms drawn from a list of prices: where best responses are retrained."""
    return Contracted(play.game, play.space, ChoiceTerms(prices))
