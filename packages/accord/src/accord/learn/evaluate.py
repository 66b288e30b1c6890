"""Looking at what was learned: returns before and after transfers, and best responses against frozen others."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..core.game import AbstractGame
from ..core.rollout import Policy, rollout, start
from ..core.types import Array, Float, PRNGKeyArray
from .nets import ActorCritic
from .ppo import policy_of
from .settings import PPOSettings


class Episodes(NamedTuple):
    """Undiscounted returns of whole episodes, one per environment, and metrics summed over the episode."""

    after: Float[np.ndarray, "agents envs"]  # as paid, transfers included
    transfers: Float[np.ndarray, "agents"]  # mean net transfer per episode
    metrics: dict[str, np.ndarray]

    @property
    def before(self) -> np.ndarray:
        """Mean return per agent without transfers, `[agents]`."""
        return self.after.mean(axis=1) - self.transfers

    @property
    def welfare(self) -> float:
        """Mean of the sum over agents."""
        return float(self.after.sum(axis=0).mean())


def play(game: AbstractGame, policy: Policy, *, episodes: int, key: PRNGKeyArray) -> Episodes:
    """Play whole episodes side by side."""
    # A net inside the policy is an argument of the program: every seed then finds the same compiled one.
    arrays, fixed = eqx.partition(policy, eqx.is_array)
    run = jax.jit(lambda arrays, k: _whole(game, eqx.combine(arrays, fixed), episodes, k))
    return _host(game, *run(arrays, key))


def play_net(
    game: AbstractGame, net: ActorCritic, settings: PPOSettings, *, episodes: int, key: PRNGKeyArray
) -> Episodes:
    """`play` with a trained net."""
    run = jax.jit(lambda net, k: _whole(game, policy_of(game, net, settings), episodes, k))
    return _host(game, *run(net, key))


def _whole(game: AbstractGame, policy: Policy, episodes: int, key: PRNGKeyArray) -> tuple[Array, dict[str, Array]]:
    _, seen = rollout(game, policy, start(game, episodes, key), game.horizon, keep_observations=False)
    ended = jnp.cumsum(seen.terminated.astype(jnp.int32), axis=0) - seen.terminated.astype(jnp.int32) > 0
    alive = jnp.mean((~ended).astype(jnp.float32), axis=1)
    after = jnp.sum(jnp.where(ended[:, None], 0.0, seen.rewards), axis=0)
    # Metrics are means over environments: where all episodes end together (a horizon) this is exact.
    scaled = {k: jnp.sum(v * alive.reshape((-1,) + (1,) * (v.ndim - 1)), axis=0) for k, v in seen.metrics.items()}
    return after, scaled


def _host(game: AbstractGame, after: Array, metrics: dict[str, Array]) -> Episodes:
    here = {k: np.asarray(v) for k, v in metrics.items()}
    none = np.zeros(game.num_agents, np.float32)
    return Episodes(np.asarray(after), here.get("transfers", none), here)


def equality(returns: Float[np.ndarray, "agents"]) -> float:
    """1 - sum |R_i - R_j| / (2 n sum R): 1 if all earn the same, 0 if one of many earns all (negative sums: nan)."""
    total = float(returns.sum())
    if total <= 0:
        return float("nan")
    return float(1.0 - np.abs(returns[:, None] - returns[None]).sum() / (2 * len(returns) * total))
