"""Sets of value functions from which features are made: what a representation is asked to span.

Each function gives targets `[targets, states]`. Some know the task's reward, some only goals, some only the moves.
"""

from __future__ import annotations

import numpy as np

from ..core.errors import BadSetting
from .adversarial import adversarial, signs, sparse
from .process import Process


def random_stochastic(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Values of policies drawn from Dirichlet(1) in every state."""
    return process.evaluate(process.drawn(rng, count))


def random_deterministic(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Values of random deterministic policies."""
    return process.evaluate(process.pure(rng.integers(process.num_actions, size=(count, process.num_states))))


def mixtures(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Values of optimal policies into which a random one is mixed, each with its own share from 0 to 1."""
    share = rng.random((count, 1, 1))
    best = process.pure(process.optimal()[1])
    return process.evaluate((1.0 - share) * best + share * process.drawn(rng, count))


def adversarial_signs(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Adversarial value functions of directions of +1 and -1, by swap ascent."""
    return adversarial(process, signs(rng, count, process.num_states), rng).values


def adversarial_sparse(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Adversarial value functions of directions that are normal in a tenth of the states and zero elsewhere."""
    return adversarial(process, sparse(rng, count, process.num_states), rng).values


def adversarial_goals(process: Process, rng: np.random.Generator, count: int, goals: np.ndarray) -> np.ndarray:
    """Adversarial value functions of signs, each under a goal drawn from `goals` `[goals, states, actions]`."""
    drawn = goals[rng.integers(len(goals), size=count)]
    return adversarial(process, signs(rng, count, process.num_states), rng, rewards=drawn).values


def successor(process: Process) -> np.ndarray:
    """The successor representation of the uniform policy: values of every state's indicator as a reward.

    Its leading left singular vectors are the best features for the uniform policy under independent random rewards.
    """
    return process.resolvent(process.uniform()).T


def goal_values(process: Process, goals: np.ndarray) -> np.ndarray:
    """Optimal values of each goal, of rewards `[goals, states, actions]`."""
    return np.stack([process.rewarded(goal).optimal()[0] for goal in goals])


def improvement_path(process: Process, start: np.ndarray, rate: float, count: int) -> np.ndarray:
    """Values along a path of improvement: each policy moves by `rate` towards the greedy one; rate 1 iterates policies.

    Source: the value-improvement path is after Dabney et al. 2021, "The value-improvement path".

    Raises:
        BadSetting: the rate is not in (0, 1].
    """
    if not 0.0 < rate <= 1.0:
        raise BadSetting(f"rate={rate}, expected more than 0 and at most 1.")
    policy, path = start, []
    for _ in range(count):
        path.append(process.evaluate(policy))
        greedy = process.pure(process.action_values(path[-1]).argmax(1))
        policy = (1.0 - rate) * policy + rate * greedy
    return np.stack(path)


def improvement_paths(process: Process, rng: np.random.Generator, count: int) -> np.ndarray:
    """Four improvement paths from random policies: one of policy iteration, three slower ones of rate 0.2."""
    lengths = [len(part) for part in np.array_split(np.arange(count), 4)]
    starts, rates = process.drawn(rng, 4), (1.0, 0.2, 0.2, 0.2)
    paths = [improvement_path(process, *each) for each in zip(starts, rates, lengths, strict=True)]
    return np.concatenate(paths)


__all__ = [
    "adversarial_goals", "adversarial_signs", "adversarial_sparse", "goal_values", "improvement_path",
    "improvement_paths", "mixtures", "random_deterministic", "random_stochastic", "successor",
]  # fmt: skip
