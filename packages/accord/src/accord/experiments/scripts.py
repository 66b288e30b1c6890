"""Scripted players of Cleanup: is it a dilemma at all? A Schelling diagram, without any learning."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.errors import BadSetting
from ..core.rollout import returns
from ..games.cleanup import Cleanup
from ..games.scripted import alternator, cast, cleaner, harvester, team
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
    n, episodes = game.num_agents, bench.experiment.evaluation.scripted_episodes
    key = key_of(bench.job, "scripted")
    scripts = (harvester(game), cleaner(game))
    play = jax.jit(lambda roles: returns(game, cast(scripts, roles), episodes, key)[0])
    roles = [np.arange(n) < cleaners for cleaners in range(n + 1)]
    # One entry per number of cleaners, [agents, episodes] each.
    seen = [np.asarray(play(jnp.asarray(role, jnp.int32))) for role in roles]
    alone = game_of(bench.experiment, ["num_agents=1"])
    solo = np.asarray(jax.jit(lambda: returns(alone, team(alternator(alone)), episodes, key)[0])())
    return {
        "others_cleaning": list(range(n)),
        "harvester": [_over_episodes(seen[k][k:].mean(axis=0)) for k in range(n)],
        "cleaner": [_over_episodes(seen[k + 1][: k + 1].mean(axis=0)) for k in range(n)],
        "welfare_by_cleaners": [_over_episodes(part.sum(axis=0)) for part in seen],
        "solo": _over_episodes(solo[0]),
        "episodes": episodes,
    }


def _over_episodes(values: np.ndarray) -> dict[str, Any]:
    """Interquartile mean over episodes and its interval; there are no seeds."""
    middle, low, high = band(values)
    return {"iqm": float(middle), "low": float(low), "high": float(high), "per_seed": []}
