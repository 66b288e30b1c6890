"""Is it a dilemma? Returns of scripted cleaners and harvesters against how many of the others clean.

Source: the diagram of Schelling 1973, "Hockey helmets, concealed weapons, and daylight saving", used for Cleanup by
Hughes et al. 2018 (arXiv 1803.08884).
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ..core.rollout import returns
from ..core.types import PRNGKeyArray
from .cleanup import Cleanup
from .scripted import alternator, cast, cleaner, harvester, team


class Diagram(NamedTuple):
    """Returns of whole episodes, without any learning."""

    cleaner: Float[np.ndarray, "agents episodes"]
    """Entry k: mean over cleaners while k *others* clean."""

    harvester: Float[np.ndarray, "agents episodes"]
    """Entry k: mean over harvesters while k *others* clean."""

    welfare: Float[np.ndarray, "cleaners episodes"]
    """Entry k: sum over all agents while k of them clean, for k from 0 to all."""

    solo: Float[np.ndarray, "episodes"]
    """One agent alone that cleans and eats in turn."""


def schelling(game: Cleanup, episodes: int, key: PRNGKeyArray) -> Diagram:
    """Play every number of cleaners beside harvesters, and one agent alone."""
    n = game.num_agents
    scripts = (harvester(game), cleaner(game))
    play = jax.jit(lambda roles: returns(game, cast(scripts, roles), episodes, key)[0])
    seen = [np.asarray(play(jnp.asarray(np.arange(n) < k, jnp.int32))) for k in range(n + 1)]  # [agents, episodes] each
    alone = dataclasses.replace(game, num_agents=1)
    solo = np.asarray(jax.jit(lambda: returns(alone, team(alternator(alone)), episodes, key)[0])())
    return Diagram(
        cleaner=np.stack([seen[k + 1][: k + 1].mean(axis=0) for k in range(n)]),
        harvester=np.stack([seen[k][k:].mean(axis=0) for k in range(n)]),
        welfare=np.stack([part.sum(axis=0) for part in seen]),
        solo=solo[0],
    )
