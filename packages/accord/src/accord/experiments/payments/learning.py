"""Learning a case with many seeds side by side: every learner of a case is one compiled program for all its seeds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...contracts.negotiate import Contracted, FixedTerms
from ...core.game import AbstractGame, AbstractInstitution, Discrete, Space
from ...core.rollout import returns
from ...core.types import Actions, Array, Metrics, Observations, PRNGKeyArray, PyTree
from ...games.payments.day import Day
from ...games.payments.game import Payments
from ...games.payments.two_banks import TwoBankGame
from ...learn.loop import train
from ...learn.nets import ActorCritic, flat, policy_outputs
from ...learn.ppo import PPO, LearnerState, NetPolicy
from ...learn.reinforce import Reinforce
from ...learn.settings import PPOSettings
from .bandit import Bandit, BanditSettings
from .cases import Offer, Setup
from .truth import contracted

Progress = Callable[[str, int, int], None]
"""The part at hand, and how much of it is done of how much."""


class OneDial(AbstractInstitution):
    """Liquidity and payments as one choice per step: a level in the morning, the share to pay from then on.

    Where both are learned, an action of the game has a part for each, and a learner would be taught by its idle part
    too: pure noise. Here every step has exactly one choice, and it counts.
    """

    game: Payments

    @property
    def actions(self) -> Discrete:
        """Levels; as many for both."""
        assert self.game.levels == self.game.pay_levels and self.game.pay == "share"
        return Discrete(self.game.levels)

    def apart(self, actions: Actions) -> Actions:
        """The same level for what the step asks for."""
        return {"liquidity": actions, "pay": actions}


def is_one_move(base: TwoBankGame | Payments) -> bool:
    """Whether a bank chooses once a day: a table, liquidity alone, or whether to pay or wait."""
    return isinstance(base, TwoBankGame) or base.decisions == "liquidity" or base.pay_levels == 2


def to_learn(base: TwoBankGame | Payments, offer: Offer | None = None) -> AbstractGame:
    """The game that learners play, under a contract or under none."""
    if isinstance(base, TwoBankGame):
        return (base if offer is None else contracted(base, offer.theta)).game()
    game: AbstractGame = base
    if offer is not None:
        assert offer.space is not None
        game = Contracted(base, offer.space, FixedTerms(offer.theta))
    if is_one_move(base):
        return Day(game)
    return OneDial(base) if base.decisions == "both" else game


def contexts(base: TwoBankGame | Payments, game: AbstractGame) -> np.ndarray:
    """What the banks see when they choose, for every day, `[agents, features, days]`."""
    key = jax.random.key(0)
    if isinstance(base, TwoBankGame):
        return np.asarray(flat(game.observe(game.init(key))))[..., None]

    def seen(day: Array) -> Array:
        state = game.init(key)
        inner = base.begin(day)
        inside = state.game._replace(game=inner) if isinstance(game.game, Contracted) else inner  # type: ignore[attr-defined]
        return flat(game.observe(state._replace(game=inside)))

    days = jnp.arange(base.orders.shape[0], dtype=jnp.int32)
    return np.moveaxis(np.asarray(jax.jit(jax.vmap(seen))(days)), 0, -1)


# ------------------------------------------------------------------------------------------------ learners side by side


class Many(NamedTuple):
    """PPO states of many seeds."""

    inner: LearnerState
    """Every leaf has the leading axis `seeds`."""

    updates: Array


class ManyPPO:
    """The project's PPO with many seeds in one program; metrics as of `Reinforce`."""

    def __init__(self, game: AbstractGame, settings: PPOSettings, *, total_updates: int, seeds: int) -> None:
        one = PPO(game, settings, total_updates=total_updates)
        self.settings, self.seeds = settings, seeds
        self.steps_per_update = one.steps_per_update

        def update(state: Many) -> tuple[Many, Metrics]:
            inner, metrics = jax.vmap(one.update)(state.inner)
            kept = {name: game.horizon * metrics[name].T for name in ("reward", "posted") if name in metrics}
            return Many(inner, state.updates + 1), kept

        self.update: Callable[[Many], tuple[Many, Metrics]] = jax.jit(update, donate_argnums=0)
        self._one = one

    def init(self, seed: int) -> Many:
        """Fresh learners, one after the other: many factorisations in one program can wait for each other for ever."""
        fresh = [self._one.init(seed * self.seeds + k) for k in range(self.seeds)]
        return Many(jax.tree.map(lambda *leaves: jnp.stack(leaves), *fresh), jnp.zeros((), jnp.int32))


def ppo_settings(game: AbstractGame) -> PPOSettings:
    """Small batches of whole days."""
    steps = 8 if game.horizon == 1 else 2 * game.horizon
    pieces = next(k for k in (4, 3, 2, 1) if steps % k == 0)
    side_by_side = 16 if game.horizon > 1 else 32 if game.num_agents == 2 else 8
    return PPOSettings(
        num_envs=side_by_side, num_steps=steps, epochs=4, minibatches=pieces, learning_rate=5e-3,
        final_learning_rate=5e-4, gamma=1.0, lambda_=1.0, entropy_weight=0.02, hidden=(32, 32), phases=1,
    )


class Learned(NamedTuple):
    """What many seeds did, on the host."""

    learner: str
    cost: np.ndarray
    """Mean of the batch by update, `[updates, agents, seeds]`."""

    posted: np.ndarray | None
    """Mean liquidity by update, same axes."""

    net: ActorCritic
    chances: np.ndarray | None
    """In the end, where there is one move a day: `[seeds, days, agents, choices]`."""

    early: ActorCritic | None
    """The nets after a quarter of the way or 25 updates, whichever is less."""

    seconds: float


def learn(
    setup: Setup, offer: Offer | None, *, learner: str = "reinforce", seeds: int, seed: int = 0,
    progress: Progress | None = None,
) -> Learned:
    """Learn a case with one learner.

    Args:
        setup: the case.
        offer: a contract, or None.
        learner: "reinforce", "bandit" or "ppo".
        seeds: independent runs, all in one program.
        seed: of all of them.
        progress: told after every update.
    """
    begun = time.perf_counter()
    base, game = setup.base, to_learn(setup.base, offer)
    made, words = _learner(setup, game, learner, seeds)
    move = is_one_move(base)
    chances = _chances(made, contexts(base, game)) if move else None
    watch = _watch(base, chances)
    state = made.init(seed)
    costs, posted, early = [], [], None
    steps = train(made, state, updates=setup.updates)
    for number, (state, record) in enumerate(steps, 1):
        costs.append(-record["reward"])
        if watch is not None:
            posted.append(np.asarray(watch(_net(state), state.updates)))
        elif isinstance(game, OneDial):  # the balance sheet says so in every step of the day
            posted.append(record["posted"] / game.horizon)
        if number == min(25, max(setup.updates // 4, 1)):
            early = jax.device_get(_net(state))
        if progress is not None:
            progress(words, number, setup.updates)
    net = _net(state)
    last = None if chances is None else np.asarray(jax.jit(chances)(net, state.updates), float)
    if last is not None:
        last = last / last.sum(axis=3, keepdims=True)
    return Learned(
        words, np.array(costs, float), np.array(posted, float) if posted else None, net, last, early,
        time.perf_counter() - begun,
    )


def _watch(base: TwoBankGame | Payments, chances: Any) -> Any:
    """Mean liquidity by bank and seed, from nets and updates done; None where none is chosen in one move."""
    if chances is None or isinstance(base, TwoBankGame) or base.decisions != "liquidity":
        return None
    days = base.orders.shape[0]
    collateral = np.array(base.cover)[:, None] / base.unit
    shares = jnp.asarray(np.linspace(0, 1, base.levels)[None] * collateral / days, jnp.float32)
    return jax.jit(lambda net, done: jnp.einsum("sdak,ak->as", chances(net, done), shares))


def _learner(setup: Setup, game: AbstractGame, learner: str, seeds: int) -> tuple[Any, str]:
    updates = setup.updates
    if learner == "reinforce":
        s = setup.settings
        words = f"REINFORCE, batch {s.num_envs}, step {s.learning_rate:g}"
        return Reinforce(game, s, total_updates=updates, seeds=seeds), words
    if learner == "bandit":
        s = BanditSettings()
        return Bandit(game, s, total_updates=updates, seeds=seeds), f"contextual bandit, batch {s.num_envs}"
    s = ppo_settings(game)
    words = f"PPO, batch {s.num_envs * s.num_steps // game.horizon}"
    return ManyPPO(game, s, total_updates=updates, seeds=seeds), words


def _net(state: Any) -> ActorCritic:
    return state.inner.net if isinstance(state, Many) else state.net


def _chances(learner: Any, x: np.ndarray) -> Callable[[ActorCritic, Array], Array]:
    """Probabilities of all choices in given contexts, `[seeds, days, agents, choices]`, from nets and updates done."""
    seen = jnp.asarray(x)

    def one(net: ActorCritic, done: Array) -> Array:
        if isinstance(learner, Bandit):
            return learner.chances(net, seen, done)
        return jax.nn.softmax(policy_outputs(net, seen), axis=1)

    return lambda net, done: jnp.moveaxis(jax.vmap(lambda n: one(n, done))(net), 3, 1)


# --------------------------------------------------------------------------------------------- playing what was learned


def greedy_days(game: AbstractGame, net: ActorCritic, *, episodes: int, seed: int = 1) -> dict[str, Any]:
    """Days in which all take their most likely choice: costs `[agents, seeds]`, and what the game measures."""
    seeds = jax.tree.leaves(net)[0].shape[0]
    keys = jax.random.split(jax.random.key(seed), seeds)

    def one(net: ActorCritic, key: PRNGKeyArray) -> tuple[Array, Metrics]:
        paid, seen = returns(game, NetPolicy(net, game.actions, greedy=True), episodes, key)
        return -jnp.mean(paid, axis=1), jax.tree.map(lambda value: jnp.sum(value, axis=0), seen)

    cost, seen = jax.device_get(jax.jit(jax.vmap(one))(net, keys))
    return {"cost": cost.T, **{name: np.moveaxis(value, 0, -1) for name, value in seen.items()}}


class Reply(NamedTuple):
    """A policy in which one bank posts a constant level and then sends all it can, and the others play their nets."""

    policy: NetPolicy
    agent: Array
    level: Array
    space: Space

    def __call__(self, observations: Observations, key: PRNGKeyArray) -> tuple[Actions, PyTree]:
        """One joint action."""
        actions, _ = self.policy(observations, key)
        x = flat(observations)
        morning = x[:, 0] == 0.0  # the first feature is the time of day
        assert isinstance(self.space, Discrete)
        own = jnp.where(morning, self.level, self.space.n - 1).astype(jnp.int32)
        return jnp.where(jnp.arange(x.shape[0]) == self.agent, own, actions), ()


def reply_gains(game: AbstractGame, net: ActorCritic, *, episodes: int = 128, seed: int = 2) -> np.ndarray:
    """What each bank would save by the best constant level of liquidity with sending all, `[seeds, agents]`.

    The others play as they learned, exploration included; all replies meet the same random numbers.
    """
    assert isinstance(game.actions, Discrete)
    seeds, n = jax.tree.leaves(net)[0].shape[0], game.num_agents
    levels = game.actions.n if isinstance(game, OneDial) else 1
    pairs = np.meshgrid(range(n), range(levels), indexing="ij")
    agents, tried = (jnp.asarray(part.ravel(), jnp.int32) for part in pairs)

    def one(net: ActorCritic, key: PRNGKeyArray) -> Array:
        policy = NetPolicy(net, game.actions)
        own = -jnp.mean(returns(game, policy, episodes, key)[0], axis=1)

        def reply(agent: Array, level: Array) -> Array:
            paid, _ = returns(game, Reply(policy, agent, level, game.actions), episodes, key)
            return -jnp.sum(jnp.where(jnp.arange(n) == agent, jnp.mean(paid, axis=1), 0.0))

        cost = jax.lax.map(lambda pair: reply(*pair), (agents, tried)).reshape(n, levels)
        return own - jnp.min(cost, axis=1)

    keys = jax.random.split(jax.random.key(seed), seeds)
    return np.asarray(jax.jit(jax.vmap(one))(net, keys), float)
