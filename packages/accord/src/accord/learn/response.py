"""Best responses: what an agent could gain by learning anew while the others stay as they are.

This is the measure that tells an equilibrium from a habit: frozen play may cooperate at prices where nobody would.
"""

import jax

from .nets import ActorCritic
from .ppo import PPO, LearnerState
from .schemes.moca import Play, price_sweep


def mixed(frozen: ActorCritic, learner: ActorCritic, agent: int) -> ActorCritic:
    """The frozen profile with one agent's net taken from another."""
    return jax.tree.map(lambda f, own: f.at[agent].set(own[agent]), frozen, learner)


def responder(play: Play, agent: int, prices: tuple[tuple[float, ...], ...], *, updates: int) -> PPO:
    """A learner of one agent's best response at all prices at once; the others' nets don't move."""
    game = price_sweep(play, prices)
    trains = tuple(1.0 if i == agent else 0.0 for i in range(game.num_agents))
    return PPO(game, play.settings, total_updates=updates, trains=trains)


def candidates(play: Play, learner: PPO, agent: int, seed: int) -> list[LearnerState]:
    """Where a best response may start: from the agent's own play, and from each other agent's, whose role it may take.

    Only the deviator's net differs from the frozen profile; its value scale starts as frozen.
    """
    states = []
    for role in range(play.game.num_agents):
        net = jax.tree.map(lambda leaf, role=role: leaf.at[agent].set(leaf[role]), play.net)
        scale = play.scale._replace(
            mean=play.scale.mean.at[agent].set(play.scale.mean[role]),
            square=play.scale.square.at[agent].set(play.scale.square[role]),
        )
        states.append(learner.init(seed + role, net=net, scale=scale))
    return states
