"""An invented run: numbers that look like a run's, and real replays of scripted robots. For tests only."""

import dataclasses
import json
import math
from pathlib import Path

import jax
import numpy as np

from accord.contracts.library.cleanup import CleaningWage
from accord.contracts.negotiate import Contracted, FixedTerms
from accord.core import record
from accord.games.cleanup import Cleanup
from accord.games.scripted import cleaner, harvester, team


def spread(mid, width, seeds=5):
    """An interval around a number."""
    offsets = [math.sin(7.1 * i + mid) * width for i in range(seeds)]
    return {"iqm": mid, "low": mid - width, "high": mid + width, "per_seed": [mid + o for o in offsets]}


def curve(end, width, half=3.0, top=12.0):
    """A learning curve that saturates."""
    xs = [top * i / 60 * 1e6 for i in range(61)]
    mids = [end / (1 + math.exp(-(x / 1e6 - half) * 1.4)) - end / (1 + math.exp(half * 1.4)) for x in xs]
    return {
        "env_steps": xs,
        "iqm": mids,
        "low": [m - width * min(1, m / 10) for m in mids],
        "high": [m + width * min(1, m / 10) for m in mids],
        "per_seed": [mids],
    }


def landscape(thetas):
    """Values of a price that works from 0.06 on."""
    rise = [1 / (1 + math.exp(-(x - 0.05) * 90)) for x in thetas]
    first = [spread(0.3 + (0.2 + 52 * x) * r, 0.8 + r) for x, r in zip(thetas, rise, strict=True)]
    second = [spread(17 + (32 - 52 * x) * r, 1.5 + r) for x, r in zip(thetas, rise, strict=True)]
    return first, second


def result():
    """A `result.json` of five seeds on the small map."""
    thetas = [round(0.2 * i / 20, 3) for i in range(21)]
    first, second = landscape(thetas)
    prices = [0.03, 0.06, 0.09, 0.13, 0.17]
    step = lambda at, seen: [1 / (1 + math.exp(-(x / 20 - at) * 70)) for x in range(21)]
    return {
        "format": 1,
        "title": "Two robots, one river, one contract",
        "preset": "story",
        "command": "accord run story seeds=5",
        "created": "2025-11-22T12:00:00",
        "accord": "0.1.0",
        "commit": "0123abcd",
        "machine": "2 cores, 8 GB",
        "game": {
            "name": "cleanup-small",
            "version": 1,
            "num_agents": 2,
            "horizon": 200,
            "action_names": list(Cleanup.action_names),
            "map": list(Cleanup().map.text),
            "settings": record._settings(Cleanup()),
        },
        "space": {"name": "CleaningWage", "low": [0.0], "high": [0.2], "unit": "apples per cleaned cell"},
        "settings": {
            "game": {"apple_chance": 0.05, "depletion": 0.4},
            "ppo": {"epochs": 4, "lr": 3e-4, "gamma": 0.99},
            "seeds": 5,
        },
        "schelling": {
            "others_cleaning": [0, 1],
            "cleaner": [spread(0.0, 0.0), spread(0.4, 0.2)],
            "harvester": [spread(6.2, 0.4), spread(50.3, 0.6)],
            "welfare_by_cleaners": [spread(12.4, 0.4), spread(50.3, 0.6), spread(0.8, 0.2)],
            "solo": spread(31.0, 0.7),
            "episodes": 4096,
        },
        "schemes": [
            {
                "name": "solo",
                "label": "One robot alone",
                "env_steps": 6e6,
                "minutes": [1.6] * 5,
                "welfare": spread(33.1, 1.1),
                "before": [spread(33.1, 1.1)],
                "after": [spread(33.1, 1.1)],
            },
            {
                "name": "separate",
                "label": "Two, each for itself",
                "env_steps": 12e6,
                "minutes": [3.5] * 5,
                "welfare": spread(16.4, 2.4),
                "before": [spread(0.3, 0.2), spread(16.1, 2.0)],
                "after": [spread(0.3, 0.2), spread(16.1, 2.0)],
            },
            {
                "name": "joint",
                "label": "One mind, two bodies",
                "env_steps": 12e6,
                "minutes": [3.9] * 5,
                "welfare": spread(50.2, 0.7),
                "before": [spread(50.2, 0.7)],
                "after": [spread(50.2, 0.7)],
            },
            {
                "name": "moca",
                "label": "Two with a contract",
                "env_steps": 13e6,
                "minutes": [4.2] * 5,
                "welfare": spread(49.1, 0.8),
                "before": [spread(0.6, 0.2), spread(48.5, 0.9)],
                "after": [spread(10.4, 0.5), spread(38.7, 0.8)],
                "equality": spread(0.71, 0.02),
                "transfer_volume": spread(9.8, 0.4),
            },
            {
                "name": "moca-null",
                "label": "The same two, unsigned",
                "env_steps": 13e6,
                "minutes": [4.2] * 5,
                "welfare": spread(17.2, 2.0),
                "before": [spread(0.2, 0.2), spread(17.0, 2.0)],
                "after": [spread(0.2, 0.2), spread(17.0, 2.0)],
            },
        ],
        "curves": {"separate": curve(16.4, 2.5, 2.0), "joint": curve(50.2, 1.0, 4.0), "moca": curve(49.1, 1.6, 5.0)},
        "landscape": {
            "theta": thetas,
            "realised": [first, second],
            "predicted": [[v["iqm"] + 0.8 for v in first], [v["iqm"] - 1.2 for v in second]],
            "null": {"realised": [spread(0.2, 0.2), spread(17.0, 2.0)], "predicted": [0.6, 16.1]},
        },
        "contract": {
            "theta": [spread(0.17, 0.01)],
            "signed": [True] * 5,
            "search": {
                "theta": [0.165, 0.17, 0.18, 0.16, 0.175],
                "criterion": "the best for the proposer that all accept",
            },
            "learned": {"theta": [0.19, 0.185, 0.2, 0.17, 0.195], "acceptance": [0.99, 0.97, 0.98, 0.4, 0.99]},
        },
        "acceptance": {"theta": thetas, "search": [step(0.055, 0), step(0.035, 0)], "learned": [None, step(0.045, 0)]},
        "best_response": {
            "theta": prices,
            "gain": [
                [spread(x, 0.8) for x in (14.0, 6.5, 2.1, 0.6, 0.3)],
                [spread(x, 0.5) for x in (0.4, 0.2, 0.3, 0.1, 0.2)],
            ],
            "equilibrium_from": 0.13,
            "tolerance": 1.5,
        },
        "thresholds": [
            {
                "game": f"Public goods, {n} players",
                "theta": [i / 20 for i in range(21)],
                "learned": [1 / (1 + math.exp(-(i / 20 - at) * 120)) for i in range(21)],
                "exact": at,
                "observed": round(at - 0.01, 2),
            }
            for n, at in ((2, 0.4), (4, 0.7), (8, 0.85))
        ],
        "replays": [
            {"id": name, "title": title, "caption": "", "file": f"replays/{name}.npz"}
            for name, title in (
                ("solo", "One robot alone"),
                ("separate", "Two, each for itself"),
                ("joint", "One mind, two bodies"),
                ("moca", "Two with a contract"),
            )
        ],
    }


def write_run(folder: Path, horizon: int = 60) -> Path:
    """A run folder with the invented result and its replays.

    One episode is played, of a cleaner and a harvester under a contract. The other replays are made of it (to compile
    one game is enough for a test): without the payments, and the first robot of it alone.
    """
    game = Contracted(Cleanup(horizon=horizon), CleaningWage(), FixedTerms((0.17,)))
    policy = team(cleaner(game.game), harvester(game.game))
    moca = record.record(game, policy, jax.random.key(5))
    for name, one in {"moca": moca, "separate": unpaid(moca), "joint": unpaid(moca), "solo": first(moca)}.items():
        record.save(one, folder / "replays" / f"{name}.npz")
    (folder / "result.json").write_text(json.dumps(result()))
    return folder


def unpaid(one):
    """The same episode with no contract in force."""
    frames = {name: values for name, values in one.frames.items() if name not in ("theta", "in_force")}
    rewards = one.frames["eaten"][1:].astype(np.float32)
    return dataclasses.replace(one, frames=frames, metrics={}, rewards=rewards, institutions=())


def first(one):
    """The first robot of an episode, alone."""
    alone = unpaid(one)
    frames = {name: v if name in ("apples", "waste") else v[:, :1] for name, v in alone.frames.items()}
    actions = {name: values[:, :1] for name, values in alone.actions.items()}
    return dataclasses.replace(alone, frames=frames, actions=actions, rewards=alone.rewards[:, :1], num_agents=1)
