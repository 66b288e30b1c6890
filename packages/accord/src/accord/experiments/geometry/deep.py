"""DQN, C51, S51 and the distribution-function agent on CartPole and Acrobot: one learner, one search, fresh seeds.

For each agent and game the same grid of step sizes and target periods is searched on seeds of its own; the pair with
the best mean return over the whole of training is then run on fresh seeds, of which alone the results speak.

All begin with the value 0 for every action. They still explore differently: where every step costs, 0 is optimistic,
and a head of many outputs moves its mean faster under Adam, so that rare states stand out sooner. An early lead on
Acrobot is such exploration (the goal has not been seen by then), and no evidence for a loss.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ...core.settings import bounded
from ..statistics import band, interval
from ..store import dumps, read_json, write_whole

Say = Callable[[str, int, int], None]

AGENTS = ("dqn", "c51", "s51", "cdf")
GAMES = ("cartpole", "acrobot")


@dataclasses.dataclass(frozen=True)
class DeepStudy:
    """What is compared, and for how long."""

    games: tuple[Literal["cartpole", "acrobot"], ...] = GAMES
    agents: tuple[Literal["dqn", "c51", "s51", "cdf"], ...] = AGENTS
    updates: int = bounded(200, 1, 1 << 20, "updates of 256 environment steps and 64 gradient steps each")
    looks: int = bounded(20, 1, 1 << 20, "evaluations on the way, equally distant")
    episodes: int = bounded(8, 1, 1 << 20, "episodes of one evaluation")
    rates: tuple[float, ...] = (3e-4, 1e-3, 3e-3)
    periods: tuple[int, ...] = (25, 200)
    """Target periods in gradient steps."""

    search_seeds: int = bounded(2, 1, 1000, "seeds of each pair in the search")
    seeds: int = bounded(10, 1, 1000, "fresh seeds of the chosen pair")
    atoms: int = bounded(51, 2, 10_000, "places of a distribution")
    hidden: tuple[int, ...] = (64, 64)


def deep_study(study: DeepStudy, folder: Path, say: Say = lambda *_: None) -> dict[str, Any]:
    """Do whatever is not yet in `folder`, and give the whole as one plain record.

    One file per agent, game and stage; a kill loses the stage that is under way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cells = [(game, agent) for agent in study.agents for game in study.games]
    record: dict[str, Any] = {"settings": dataclasses.asdict(study), "games": {}}
    for done, (game, agent) in enumerate(cells):
        pairs = [(rate, period) for rate in study.rates for period in study.periods]
        say(f"{agent} on {game}: searching {len(pairs)} pairs", 2 * done, 2 * len(cells))
        many = [pair for pair in pairs for _ in range(study.search_seeds)]
        curves = _kept(folder, study, game, agent, "search", many)
        scores = np.array(curves["returns"]).mean(0).reshape(len(pairs), study.search_seeds)
        best = pairs[int(scores.mean(1).argmax())]
        say(f"{agent} on {game}: {study.seeds} fresh seeds", 2 * done + 1, 2 * len(cells))
        fresh = _kept(folder, study, game, agent, "fresh", [best] * study.seeds)
        seconds = curves["processor_seconds"] + fresh["processor_seconds"]
        record["games"].setdefault(game, {})[agent] = _summary(pairs, scores, best, fresh) | {"seconds": seconds}
    return record


def _summary(
    pairs: Sequence[tuple[float, int]], scores: np.ndarray, best: tuple[float, int], fresh: dict[str, Any]
) -> dict[str, Any]:
    """Curve, whole and end of the fresh seeds, with what the search saw."""
    returns = np.array(fresh["returns"])  # [looks, seeds]
    middle, low, high = band(returns.T)
    end = max(1, len(returns) // 4)
    return {
        "search": [
            {"learning_rate": rate, "target_period": period, "mean": float(row.mean()), "seeds": row.tolist()}
            for (rate, period), row in zip(pairs, scores, strict=True)
        ],
        "chosen": {"learning_rate": best[0], "target_period": best[1]},
        "steps": fresh["steps"],
        "curve": {"iqm": middle.tolist(), "low": low.tolist(), "high": high.tolist()},
        "whole": interval(returns.mean(0)),
        "end": interval(returns[-end:].mean(0)),
    }


def _kept(
    folder: Path, study: DeepStudy, game: str, agent: str, stage: str, tuned: list[tuple[float, int]]
) -> dict[str, Any]:
    """The stage from its file, or done now and filed; a file of other settings is done again."""
    path = folder / f"{game}-{agent}-{stage}.json"
    asked = {
        "updates": study.updates, "looks": study.looks, "episodes": study.episodes, "atoms": study.atoms,
        "hidden": list(study.hidden), "tuned": [list(pair) for pair in tuned],
    }  # fmt: skip
    found = read_json(path)
    if found is not None and found["asked"] == asked:
        return found
    began = time.process_time()
    steps, returns = run(study, game, agent, tuned, seed=GAMES.index(game) * 2 + (stage == "fresh"))
    found = {
        "asked": asked, "steps": steps, "returns": returns, "processor_seconds": time.process_time() - began,
    }  # fmt: skip
    write_whole(path, dumps(found))
    return found


def run(
    study: DeepStudy, game: str, agent: str, tuned: Sequence[tuple[float, int]], *, seed: int
) -> tuple[list[int], list[list[float]]]:
    """Train one agent once for each pair of `tuned`; environment steps, and mean returns `[looks, runs]`."""
    from ...core.registry import GAMES as games
    from ...learn.loop import train
    from ...learn.values import ValueLearner, ValueSettings

    settings = ValueSettings(agent=agent, atoms=study.atoms, hidden=study.hidden)  # pyright: ignore[reportArgumentType]
    learner = ValueLearner(
        games.make(game), settings, total_updates=study.updates, seeds=len(tuned), tuned=list(tuned)
    )
    at = {round((look + 1) * study.updates / study.looks) for look in range(study.looks)}
    steps, returns = [], []
    for done, (state, _) in enumerate(train(learner, learner.init(seed), updates=study.updates), 1):
        if done in at:
            played = np.asarray(learner.play(state, episodes=study.episodes, seed=1000 * seed + done))[0]
            steps.append(done * learner.steps_per_update)
            returns.append(played.astype(float).tolist())
    return steps, returns
