"""The jobs of an experiment: one (scheme, seed) each, with what must be done before. Loads no array library."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from .spec import Experiment

KINDS = ("solo", "separate", "joint", "moca", "negotiate", "respond", "threshold", "scripted")


class Stopped(Exception):
    """The job was asked to stop; its checkpoint is written."""


@dataclass(frozen=True)
class Job:
    """One unit of work for one process."""

    kind: str
    seed: int = 0
    detail: int | None = None
    """The agent of `respond`, the number of agents of `threshold`."""

    needs: tuple[str, ...] = ()
    """Names of jobs that must be done before."""

    env_steps: int = 0
    """How much there is to learn, for progress bars and for the order of work."""

    @property
    def name(self) -> str:
        """Also the name of its folder."""
        middle = {"respond": f"-agent{self.detail}", "threshold": f"-n{self.detail}"}.get(self.kind, "")
        return f"{self.kind}{middle}-seed{self.seed}" if self.kind != "scripted" else self.kind


def jobs_of(experiment: Experiment, num_agents: int) -> tuple[Job, ...]:
    """Every job of an experiment, in the order in which results are reported."""
    jobs: list[Job] = []
    if experiment.evaluation.scripted_episodes:
        jobs.append(Job("scripted"))
    for seed in range(experiment.seeds):
        for scheme in experiment.schemes:
            jobs.append(Job(scheme, seed, env_steps=getattr(experiment, scheme).env_steps))
        if "moca" in experiment.schemes:
            jobs += _phase_two(experiment, seed, num_agents)
        for size in experiment.threshold.sizes:
            jobs.append(Job("threshold", seed, size, env_steps=experiment.threshold.env_steps))
    return tuple(jobs)


def _phase_two(experiment: Experiment, seed: int, num_agents: int) -> list[Job]:
    """Find the contract, then retrain against it; for a stable one, retrain first and search where that shows calm."""
    stable, play = experiment.moca.stable, f"moca-seed{seed}"
    negotiate = Job("negotiate", seed, needs=(play,))  # no environment steps: it plays on the frozen values
    needs = (play,) if stable else (negotiate.name,)
    steps = experiment.response.env_steps * num_agents  # one training from each agent's play
    agents = range(num_agents) if experiment.response.prices else ()
    responses = [Job("respond", seed, agent, needs, steps) for agent in agents]
    if stable:
        negotiate = dataclasses.replace(negotiate, needs=(play, *(job.name for job in responses)))
    return [negotiate, *responses]


def by_urgency(jobs: tuple[Job, ...]) -> list[Job]:
    """Longest way to the end first: a job counts with everything that waits for it."""

    def weight(job: Job) -> int:
        return job.env_steps + 1 + max((weight(later) for later in jobs if job.name in later.needs), default=0)

    return sorted(jobs, key=lambda job: (job.seed, -weight(job)))
