"""Does a critic with separate heads for own reward and transfers find better contracts with fewer steps?

Both critics learn play under random contracts with the same seeds; at several budgets play is frozen, each search names
a contract, and that contract is played. What is compared is the welfare that was realised, not what was predicted.
Budgets are moments of one run, under one schedule of step sizes. A run is a file, and a kill loses the run at work.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ...contracts.negotiate import Contracted, RandomTerms
from ...core.settings import bounded
from ...learn.loop import train
from ...learn.ppo import PPO
from ...learn.schemes import moca
from ..phases import grid
from ..presets import preset_of
from ..spec import game_of, ppo_of, space_of, updates_of
from ..statistics import interval
from ..store import storage, write_whole

CRITICS = ("whole", "parts")
BY_CRITIC = ("whole", "parts", "read off")
SEARCHES = (*BY_CRITIC, "played")
"""Queried critics of either kind; values of all contracts read off from a few; played episodes (of the whole one)."""

CRITERIA = ("proposer", "welfare")


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A preset's first phase, shortened or not, looked at several times on the way."""

    preset: str
    share: float = bounded(1.0, 0.0, 1.0, "of the preset's environment steps; the schedules end there")
    budgets: tuple[float, ...] = (0.12, 0.25, 0.5, 1.0)
    """When contracts are searched, as shares of the steps that are played."""

    plays: int = bounded(5, 1, 1000, "contracts under which the critic of parts is asked, to read off the others")
    episodes: int = bounded(128, 2, 100_000, "episodes to play each contract, once to search and once to judge")


PUBLIC_GOODS = Comparison("public-goods", share=0.06, budgets=(0.06, 0.12, 0.25, 0.5, 1.0), episodes=512)
"""Short: after 60,000 steps, 3 % of the preset, either search finds the optimum, and nothing is left to tell."""

CLEANUP = Comparison("story")
"""The whole preset: in a quarter of its steps, under schedules that end there, play often learns nothing at all."""


def compare(
    comparison: Comparison, seeds: int, folder: Path, *, tell: Callable[[str, int, int], None] = lambda *_: None
) -> dict[str, Any]:
    """All runs of a comparison, those that are not in the folder yet made first, as one record.

    Args:
        comparison: what to learn, and when to look.
        seeds: how often, from 0 on; both critics use the same.
        folder: where the runs are kept.
        tell: told what is being done, how much is done, of how much.
    """
    runs, parts = [], [(seed, critic) for seed in range(seeds) for critic in CRITICS]
    for done, (seed, critic) in enumerate(parts):
        tell(f"{comparison.preset}, critic {critic}, seed {seed}", done, len(parts))
        runs.append(_kept(comparison, seed, critic, folder))
    return summary(comparison, runs)


def run(comparison: Comparison, seed: int, critic: str) -> dict[str, Any]:
    """One run: learn, and at each budget search and judge."""
    experiment = preset_of(comparison.preset)
    game, space = game_of(experiment), space_of(experiment)
    settings = dataclasses.replace(ppo_of(experiment, "moca"), critic=critic)
    contracted = Contracted(game, space, RandomTerms(experiment.moca.null, experiment.moca.power))
    total = updates_of(round(experiment.moca.env_steps * comparison.share), settings)
    learner = PPO(contracted, settings, total_updates=total)
    moments = {max(1, round(budget * total)): budget for budget in comparison.budgets}
    looks, theta = [], grid(space, experiment.moca.prices)
    for state, _ in train(learner, learner.init(seed), updates=total):
        done = int(state.updates)
        if done in moments:
            play = moca.Play(game, space, state.net, state.scale, settings)
            seen = _looked(comparison, play, theta, seed, experiment.moca.proposer)
            looks.append({"budget": moments[done], "env_steps": done * learner.steps_per_update, **seen})
    return {"seed": seed, "critic": critic, "theta": theta.astype(float).tolist(), "looks": looks}


def _looked(
    comparison: Comparison, play: moca.Play, theta: np.ndarray, seed: int, proposer: int
) -> dict[str, Any]:
    """What the searches find on one frozen play, and what it is worth."""
    search_key, judge_key = jax.random.split(jax.random.fold_in(jax.random.key(seed), 7))
    many = comparison.episodes
    after, discounted, predicted = (
        part.mean(2) for part in moca.under_contracts(play, theta, episodes=many, key=search_key)
    )
    none = np.zeros_like(after)
    seen = moca.Landscape(theta, predicted, discounted, after, none, none)
    tables = {play.settings.critic: (seen, "predicted"), "played": (seen, "realised")}
    if play.settings.critic == "parts":
        read = moca.forecast(play, grid(play.space, comparison.plays), states=many, key=search_key).nearest(theta)
        tables["read off"] = (dataclasses.replace(seen, predicted=read), "predicted")
    judged, truth, _ = (part.mean(2) for part in moca.under_contracts(play, theta, episodes=many, key=judge_key))
    welfare = judged.sum(axis=0)
    found = {
        name: {
            criterion: _found(moca.search(table, proposer=proposer, criterion=criterion, values=values), theta, welfare)
            for criterion in CRITERIA
        }
        for name, (table, values) in tables.items()
    }
    error = {
        name: float(np.sqrt(np.mean((table.predicted - truth) ** 2)))
        for name, (table, values) in tables.items() if values == "predicted"
    }
    return {"found": found, "error": error, "welfare": welfare[:-1].tolist(), "null": float(welfare[-1])}


def _found(agreement: moca.Agreement, theta: np.ndarray, welfare: np.ndarray) -> dict[str, Any]:
    """The terms that were signed, if any, and the welfare that play realises then."""
    if agreement.theta is None:
        return {"theta": None, "welfare": float(welfare[-1])}
    place = int(np.abs(theta - np.asarray(agreement.theta, theta.dtype)).sum(axis=1).argmin())
    return {"theta": [float(term) for term in theta[place]], "welfare": float(welfare[place])}


def summary(comparison: Comparison, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Interquartile means over seeds with their intervals.

    For each budget and search: `welfare` realised under the contract found; `missed`, how much more the best contract
    realises under the same play (searches for welfare), which is the search's own fault; `error` of the values it
    believed. `gain` is over the search by one value, seed by seed; `best` the welfare of the best contract.
    """
    rows = []
    for number, budget in enumerate(comparison.budgets):
        looks = {critic: [one["looks"][number] for one in runs if one["critic"] == critic] for critic in CRITICS}
        row: dict[str, Any] = {"budget": budget, "env_steps": looks["whole"][0]["env_steps"]}
        row |= {"welfare": {}, "missed": {}, "error": {}}
        for search in SEARCHES:
            of = looks["parts" if search == "read off" else "whole" if search == "played" else search]
            row["welfare"][search] = {
                criterion: interval([look["found"][search][criterion]["welfare"] for look in of])
                for criterion in CRITERIA
            }
            row["missed"][search] = interval(
                [max(*look["welfare"], look["null"]) - look["found"][search]["welfare"]["welfare"] for look in of]
            )
            if search != "played":
                row["error"][search] = interval([look["error"][search] for look in of])
        row["gain"] = {
            criterion: {
                search: interval(
                    np.subtract(
                        row["welfare"][search][criterion]["per_seed"], row["welfare"]["whole"][criterion]["per_seed"]
                    )
                )
                for search in ("parts", "read off")
            }
            for criterion in CRITERIA
        }
        row["best"] = {
            critic: interval([max(*look["welfare"], look["null"]) for look in looks[critic]]) for critic in CRITICS
        }
        rows.append(row)
    seeds = len({one["seed"] for one in runs})
    return {"comparison": dataclasses.asdict(comparison), "seeds": seeds, "rows": rows, "runs": runs}


def _kept(comparison: Comparison, seed: int, critic: str, folder: Path) -> dict[str, Any]:
    """A run from its file, or made and put there; a file of another comparison is not used."""
    path = folder / f"{comparison.preset}-{critic}-{seed}.json"
    plan = json.loads(json.dumps(dataclasses.asdict(comparison)))
    if path.exists():
        kept = json.loads(path.read_text())
        if kept["comparison"] == plan:
            return kept["run"]
    made = run(comparison, seed, critic)
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps({"comparison": plan, "run": made}))
    return made
