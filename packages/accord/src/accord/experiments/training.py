"""One job at its bench: learning that can be killed at any moment and goes on to the same numbers."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..core.game import AbstractGame
from ..core.settings import to_plain
from ..learn import checkpoint
from ..learn.loop import Record, train
from ..learn.ppo import PPO, LearnerState
from ..learn.settings import PPOSettings
from .jobs import Job, Stopped
from .spec import Experiment, space_of
from .store import JobFolder, RunFolder, storage

_SHAPING = ("num_envs", "hidden", "shared_trunk", "encoder", "box_head")
"""Settings of PPO without which a checkpoint does not fit; the others may be changed on the way."""


class Leashed(Protocol):
    """Something that says when to stop."""

    @property
    def pulled(self) -> bool:
        """Whether to stop now."""
        ...


@dataclass
class Bench:
    """Where one job learns: its folder, its progress, and what it has learned so far (`work`, environment steps)."""

    run: RunFolder
    job: Job
    leash: Leashed
    work: int = 0
    seconds: float = 0.0

    @property
    def place(self) -> JobFolder:
        """The job's folder."""
        return self.run.job(self.job.name)

    @property
    def experiment(self) -> Experiment:
        """What the run is about."""
        return self.run.experiment

    def learn(
        self, stage: str, learner: PPO, fresh: LearnerState, *, header: dict[str, Any], counts: bool = True
    ) -> LearnerState:
        """Train to the learner's `total_updates`, from the stage's checkpoint if there is one.

        Args:
            fresh: the state to begin with; also the shape of the checkpoint.
            header: what the checkpoint must belong to.
            counts: whether the steps are environment steps of the game that is learned.

        Raises:
            Stopped: asked to stop, after the checkpoint was written.
            Diverged: the state is not finite; the last good checkpoint stays.
        """
        path = self.place.checkpoint(stage)
        state = checkpoint.load(path, fresh, header) if path.exists() else fresh
        self.place.trim(stage, int(state.updates))
        batch = learner.settings.num_envs * learner.settings.num_steps
        before, earlier = self.work, self._seconds_of(stage)
        begun = saved = time.monotonic()
        worth = batch if counts else 0
        self.work = before + int(state.updates) * worth
        learning = train(learner, state, updates=learner.total_updates)
        for state, record in learning:
            now, update = time.monotonic(), int(state.updates)
            self.work = before + update * worth
            self.place.append(self._line(stage, update, update * batch, earlier + now - begun, learner.game, record))
            stopping = self.leash.pulled
            due = now - saved >= self.experiment.checkpoint_seconds
            if stopping or due or update == learner.total_updates:
                self._save(path, state, header)
                saved = time.monotonic()
            if stopping:
                raise Stopped
        self.seconds += self._seconds_of(stage)
        return state

    def _save(self, path: Any, state: LearnerState, header: dict[str, Any]) -> None:
        """First the progress, then the checkpoint: no checkpoint knows of updates that the progress has lost."""
        with storage(self.place.progress_file):
            handle = os.open(self.place.progress_file, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        checkpoint.save(path, state, header)

    def _seconds_of(self, stage: str) -> float:
        return max((line["seconds"] for line in self.place.lines() if line["stage"] == stage), default=0.0)

    def _line(
        self, stage: str, update: int, env_steps: int, seconds: float, game: AbstractGame, record: Record
    ) -> dict[str, Any]:
        metrics = {
            name: np.asarray(value, np.float64).tolist() for name, value in sorted(record.items()) if value.ndim <= 1
        }
        return {
            "stage": stage,
            "update": update,
            "env_steps": env_steps,
            "work": self.work,
            "seconds": round(seconds, 3),
            "welfare": float(np.sum(record["reward"], dtype=np.float64)) * game.horizon,
            "metrics": metrics,
        }


def header_of(
    experiment: Experiment, game: AbstractGame, stage: str, settings: PPOSettings, extra: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What a checkpoint belongs to: another game version, contract range or net makes it refuse."""
    space = space_of(experiment)
    plain = to_plain(settings)
    return {
        "stage": stage,
        "game": experiment.game.name,
        "game version": type(game).version,
        "game settings": [*experiment.game.settings, *extra],
        "contract space": experiment.space.name if experiment.space else None,
        "contract range": [list(space.low), list(space.high)] if space is not None else None,
        **{name: plain[name] for name in _SHAPING},
        # Only where it is not what it always was: checkpoints from before the choice existed still fit.
        **({} if settings.critic == "whole" else {"critic": settings.critic}),
    }

