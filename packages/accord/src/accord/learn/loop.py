"""The training loop, once. It yields records; callers decide what to keep, show and save."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar, runtime_checkable

import jax
import numpy as np

from ..core.errors import Diverged
from ..core.types import Metrics

Record = dict[str, np.ndarray]
"""Metrics of one update on the host: `reward` per agent and step, what the game measures per step, losses per agent."""

State = TypeVar("State", bound=Any)


@runtime_checkable
class Learner(Protocol[State]):
    """Whatever learns by updates: `PPO`, `Reinforce`."""

    settings: Any
    steps_per_update: int
    update: Callable[[State], tuple[State, Metrics]]


def train(learner: Learner[State], state: State, *, updates: int) -> Iterator[tuple[State, Record]]:
    """Update until `updates` are done in all (those done before `state` count), yielding after each.

    The yielded state is donated to the next update: copy it to the host before asking for more, if it is to be kept.

    Raises:
        Diverged: a metric of an update is not finite. Raised before the damaged state is yielded.
    """
    for done in range(int(state.updates), updates):
        state, metrics = learner.update(state)
        record = {name: np.asarray(value) for name, value in jax.device_get(metrics).items()}
        for name in sorted(record, key=lambda name: name != "reward"):  # a bad reward is the cause, the rest its effect
            _check(learner, name, record[name], done + 1)
        yield state, record


def _check(learner: Learner, name: str, value: np.ndarray, update: int) -> None:
    if np.isfinite(value).all():
        return
    agents = [] if value.ndim == 0 else np.unique(np.argwhere(~np.isfinite(value))[:, 0]).tolist()
    who = f" of agent {', '.join(map(str, agents))}" if agents else ""
    steps = update * learner.steps_per_update
    if name == "reward":
        remedy = "Check that the game's rewards and the contract's payments are finite."
    else:
        rate = learner.settings.learning_rate
        remedy = f"Try a smaller step, such as learning_rate={rate / 3:.1g}, or, for PPO, max_grad_norm=0.3."
    raise Diverged(
        f"Training diverged at update {update} ({steps:,} environment steps): '{name}'{who} is not finite. "
        f"{remedy} The last good checkpoint is untouched."
    )
