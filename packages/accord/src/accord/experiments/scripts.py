"""Scripted players of Cleanup: is it a dilemma at all? A Schelling diagram, without any learning."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import BadSetting
from ..games.cleanup import Cleanup
from ..games.schelling import schelling as diagram
from .spec import game_of
from .statistics import band
from .tasks import key_of
from .training import Bench


def schelling(bench: Bench) -> dict[str, Any]:
    """Returns of a cleaner and of a harvester against the number of cleaners among the others."""
    game = game_of(bench.experiment)
    if not isinstance(game, Cleanup):
        raise BadSetting(
            f"There are no scripted players for {bench.experiment.game.name}, only for Cleanup. "
            "Set evaluation.scripted_episodes=0."
        )
    episodes = bench.experiment.evaluation.scripted_episodes
    seen = diagram(game, episodes, key_of(bench.job, "scripted"))
    return {
        "others_cleaning": list(range(game.num_agents)),
        "harvester": [_over_episodes(part) for part in seen.harvester],
        "cleaner": [_over_episodes(part) for part in seen.cleaner],
        "welfare_by_cleaners": [_over_episodes(part) for part in seen.welfare],
        "solo": _over_episodes(seen.solo),
        "episodes": episodes,
    }


def _over_episodes(values: np.ndarray) -> dict[str, Any]:
    """Interquartile mean over episodes and its interval; there are no seeds."""
    middle, low, high = band(values)
    return {"iqm": float(middle), "low": float(low), "high": float(high), "per_seed": []}
