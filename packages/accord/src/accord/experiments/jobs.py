"""The jobs of an experiment: one (scheme, seed) each, with what must be done before. Loads no array library."""

from __future__ import annotations

from dataclasses import dataclass

from .spec import Experiment

KINDS = ("solo", "separate", "joint", "moca", "negotiate", "respond", "threshold", "scripted")


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
            # What phase 2 learns costs no environment steps: it plays on the frozen values.
            jobs.append(Job("negotiate", seed, needs=(f"moca-seed{seed}",)))
        if "moca" in experiment.schemes and experiment.response.prices:
            for agent in range(num_agents):
                needs = (f"negotiate-seed{seed}",)
                steps = experiment.response.env_steps * num_agents  # one training from each agent's play
                jobs.append(Job("respond", seed, agent, needs, steps))
        for size in experiment.threshold.sizes:
            jobs.append(Job("threshold", seed, size, env_steps=experiment.threshold.env_steps))
    return tuple(jobs)


def by_urgency(jobs: tuple[Job, ...]) -> list[Job]:
    """Longest way to the end first: a job counts with everything that waits for it."""

    def weight(job: Job) -> int:
        return job.env_steps + 1 + max((weight(later) for later in jobs if job.name in later.needs), default=0)

    return sorted(jobs, key=lambda job: (job.seed, -weight(job)))
