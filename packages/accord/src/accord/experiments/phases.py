"""The jobs of MOCA: play under random contracts, find the contract, and look whether play at it is an equilibrium."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import numpy as np

from ..contracts.negotiate import Contracted, FixedTerms, NoTerms
from ..contracts.space import AbstractContractSpace
from ..core.rollout import over_envs, start
from ..core.settings import override
from ..learn import checkpoint, evaluate, response
from ..learn.ppo import PPO
from ..learn.schemes import moca
from . import stage
from .spec import game_of, ppo_of, space_of, updates_of
from .store import RunFolder
from .tasks import LABELS, keep_replay, key_of, learned, learner_of, outcome, summary
from .training import Bench, header_of

NEGOTIATION = "negotiation"


def train_moca(bench: Bench) -> dict[str, Any]:
    """Phase 1: learn to play under any contract and under none."""
    settings = ppo_of(bench.experiment, "moca")
    learner, _ = learned(bench, "moca", game_of(bench.experiment), settings)
    return summary(bench, "moca", LABELS["moca"], learner)


def play_of(run: RunFolder, seed: int) -> moca.Play:
    """What phase 1 of a seed learned, from its checkpoint."""
    experiment = run.experiment
    base, space, settings = game_of(experiment), space_of(experiment), ppo_of(experiment, "moca")
    learner = learner_of(experiment, "moca", base, settings)
    path = run.job(f"moca-seed{seed}").checkpoint("moca")
    state = checkpoint.load(path, learner.init(seed), header_of(experiment, base, "moca", settings))
    return moca.Play(base, space, state.net, state.scale, settings)


def grid(space: AbstractContractSpace, count: int) -> np.ndarray:
    """Terms that cover a space, `[count, terms]`: evenly spread for one term, at random (always the same) for more."""
    low, high = np.asarray(space.low, np.float32), np.asarray(space.high, np.float32)
    if space.num_terms == 1:
        unit = np.linspace(0.0, 1.0, count, dtype=np.float32)[:, None]
    else:
        unit = np.random.default_rng(0).random((count, space.num_terms), np.float32)
    return np.clip(low + unit * (high - low), low, high)


def negotiate(bench: Bench) -> dict[str, Any]:
    """Phase 2 on frozen play: value all contracts, search, learn to propose and accept, play under what was found."""
    plan, play = bench.experiment.moca, play_of(bench.run, bench.job.seed)
    theta = grid(play.space, plan.prices)
    seen = moca.landscape(play, theta, episodes=plan.episodes, key=key_of(bench.job, "landscape"))
    floor = calm_from(bench) if plan.stable else None
    found = moca.search(
        seen, proposer=plan.proposer, criterion=plan.criterion, values=plan.values, margin=plan.margin,
        among=None if floor is None else seen.theta[:, 0] >= floor - 1e-6,
    )
    contract: dict[str, Any] = {
        "search": {
            "theta": None if found.theta is None else list(found.theta),
            "signed": found.theta is not None,
            "criterion": found.criterion,
            "message": found.message,
            "stable_from": floor,
        }
    }
    acceptance: dict[str, Any] = {"theta": theta[:, 0].tolist(), "search": found.accepts.astype(float).tolist()}
    if plan.negotiations:
        contract["learned"], acceptance["learned"] = _learned(bench, play, theta)
    return {
        "contract": contract,
        "acceptance": acceptance,
        "landscape": _plain(seen),
        **{name: _played(bench, play, name, terms) for name, terms in (("moca", found.theta), ("moca-null", None))},
    }


def _plain(seen: moca.Landscape) -> dict[str, Any]:
    """A landscape as JSON, the null contract apart."""
    rows = lambda table: np.asarray(table, float)[:, :-1].tolist()
    null = lambda table: np.asarray(table, float)[:, -1].tolist()
    tables = {name: getattr(seen, name) for name in ("realised", "predicted", "discounted", "error", "transfers")}
    return {
        "theta": np.asarray(seen.theta, float)[:, 0].tolist(),
        "terms": np.asarray(seen.theta, float).tolist(),
        **{name: rows(table) for name, table in tables.items()},
        "null": {name: null(table) for name, table in tables.items()},
    }


def _played(bench: Bench, play: moca.Play, name: str, theta: tuple[float, ...] | None) -> dict[str, Any]:
    """Frozen play under the contract that was found, or under none."""
    plan = bench.experiment.moca
    terms = NoTerms() if theta is None else FixedTerms(theta)
    game = Contracted(play.game, play.space, terms)
    seen = evaluate.play_net(
        game, play.net, play.settings, episodes=bench.experiment.evaluation.episodes, key=key_of(bench.job, "played")
    )
    trained = bench.run.job(f"moca-seed{bench.job.seed}").result() or {}
    label = LABELS["moca"] if name == "moca" else f"{LABELS['moca']}, nothing signed"
    price = "" if theta is None else f"theta = {', '.join(f'{term:.3g}' for term in theta)}"
    keep_replay(bench, name, game, play.policy, title=label, caption=price)
    return {
        "name": name,
        "label": label,
        "seed": bench.job.seed,
        "env_steps": trained.get("env_steps", plan.env_steps),
        "minutes": trained.get("minutes", 0.0) + bench.seconds / 60.0,
        **outcome(seen),
    }


def _learned(bench: Bench, play: moca.Play, theta: np.ndarray) -> tuple[dict[str, Any], list[Any]]:
    """Learn to propose and to accept; what is proposed, how likely it is signed, and who would sign what."""
    plan = bench.experiment.moca
    settings = moca.negotiation_settings(play.settings)
    game = moca.negotiation(play, proposer=plan.proposer)
    learner = PPO(game, settings, total_updates=plan.negotiations)
    header = header_of(bench.experiment, play.game, NEGOTIATION, settings)
    state = bench.learn(NEGOTIATION, learner, learner.init(bench.job.seed), header=header, counts=False)

    table = moca.Negotiators(play, state.net, settings, proposer=plan.proposer, greedy=True)
    key = key_of(bench.job, "offers")
    fresh = start(table.game, 64, key).state
    propose = jax.jit(over_envs(lambda s: table(table.game.observe(s), key)[0]["terms"]))
    offers = propose(fresh)  # [agents, terms, envs]
    offer = np.asarray(offers[plan.proposer].mean(axis=1), np.float32)
    votes = lambda terms: moca.acceptance(play, state.net, settings, terms, proposer=plan.proposer, key=key)
    others = [agent for agent in range(play.game.num_agents) if agent != plan.proposer]
    everywhere = votes(theta)
    listed = [None if agent == plan.proposer else row.astype(float).tolist() for agent, row in enumerate(everywhere)]
    signed = float(np.prod(votes(offer[None])[others, 0]))
    return {"theta": [float(term) for term in offer], "acceptance": signed}, listed


def calm_from(bench: Bench) -> float | None:
    """The lowest price looked at from which on no retrained agent of this seed gains more than the tolerance.

    None where there is none: the search is then over all prices, and the report says that play is a habit.
    """
    game = game_of(bench.experiment)
    parts = [bench.run.job(f"respond-agent{i}-seed{bench.job.seed}").result() or {} for i in range(game.num_agents)]
    calm = np.all([np.asarray(part["gain"]) <= part["slack"] for part in parts], axis=0)
    settled = [bool(calm[k:].all()) for k in range(len(calm))]
    return float(parts[0]["theta"][settled.index(True)][0]) if any(settled) else None


def respond(bench: Bench) -> dict[str, Any]:
    """Retrain one agent against the others' frozen play, at prices up to the one found: what could it gain?

    It starts once from its own play and once from each other agent's, whose role it might rather take.
    """
    plan, play, agent = bench.experiment.response, play_of(bench.run, bench.job.seed), bench.job.detail
    assert agent is not None
    low, top = np.asarray(play.space.low), np.asarray(play.space.high)
    if not bench.experiment.moca.stable:
        found = bench.run.job(f"negotiate-seed{bench.job.seed}").result()
        assert found is not None, "the schedule runs what is needed first"
        top = np.asarray(found["contract"]["search"]["theta"] or top)
    shares = np.arange(1, plan.prices + 1) / plan.prices
    prices = (low + shares[:, None] * (top - low)).astype(np.float32)

    play = dataclasses.replace(play, settings=override(play.settings, plan.ppo))
    offers = tuple(tuple(float(term) for term in price) for price in prices)
    learner = response.responder(play, agent, offers, updates=updates_of(plan.env_steps, play.settings))
    episodes, key = bench.experiment.evaluation.episodes, key_of(bench.job, "responses")
    returns = lambda net: moca.under_contracts(
        dataclasses.replace(play, net=net), prices, episodes=episodes, key=key
    )[0][:, :-1]  # [agents, prices, episodes]
    habit = returns(play.net)
    best, error = habit[agent].mean(axis=1), np.zeros(len(prices))
    for start_from, fresh in enumerate(response.candidates(play, learner, agent, bench.job.seed)):
        step = f"respond-from{start_from}"
        purpose = f"{step}, agent {agent}, prices {prices.tolist()}"
        header = header_of(bench.experiment, play.game, purpose, play.settings)
        state = bench.learn(step, learner, fresh, header=header)
        seen = returns(response.mixed(play.net, state.net, agent))[agent]
        better = seen.mean(axis=1) > best
        best = np.where(better, seen.mean(axis=1), best)
        error = np.where(better, (seen - habit[agent]).std(axis=1) / np.sqrt(episodes), error)
    share = np.abs(habit.mean(axis=2)).mean()
    return {
        "theta": prices.astype(float).tolist(),
        "gain": (best - habit[agent].mean(axis=1)).astype(float).tolist(),
        "habit": habit[agent].mean(axis=1).astype(float).tolist(),
        "error": error.astype(float).tolist(),
        "slack": float(plan.tolerance * share),
        "env_steps": bench.work,
        "minutes": bench.seconds / 60.0,
    }


def threshold(bench: Bench) -> dict[str, Any]:
    """Phase 1 over the whole range of prices with so many players; then how often they cooperate at each price."""
    experiment, size = bench.experiment, bench.job.detail
    extra = (f"num_agents={size}",)
    base, space, settings = game_of(experiment, extra), space_of(experiment), ppo_of(experiment, "threshold")
    _, state = learned(bench, "moca", base, settings, extra, plan="threshold")
    play = moca.Play(base, space, state.net, state.scale, settings)
    theta = grid(space, experiment.threshold.prices)
    rates = stage.cooperation(play, theta, episodes=experiment.evaluation.episodes, key=key_of(bench.job, "prices"))
    return {
        "game": f"{experiment.game.name} n={base.num_agents}",
        "theta": theta[:, 0].astype(float).tolist(),
        "learned": rates.astype(float).tolist(),
        "exact": stage.dominance_price(base, space),
        "env_steps": bench.work,
        "minutes": bench.seconds / 60.0,
    }
