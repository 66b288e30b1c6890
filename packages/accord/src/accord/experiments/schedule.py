"""Working through the jobs of a run: start what is ready, watch it, go on past failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .backends import Executor
from .jobs import Job, by_urgency
from .store import RunFolder

State = Literal["waiting", "running", "done", "failed", "blocked"]


@dataclass
class Status:
    """How far a job is, for people."""

    job: Job
    state: State = "waiting"
    message: str = ""
    line: dict[str, Any] = field(default_factory=dict)
    """Its newest line of progress."""

    began: float = 0.0
    """When its process began, and how much it had learned by then (`base`): what its pace is measured from."""

    base: int | None = None

    @property
    def env_steps(self) -> int:
        """Learned so far."""
        return self.job.env_steps if self.state == "done" else min(int(self.line.get("work", 0)), self.job.env_steps)


def work_through(
    run: RunFolder,
    jobs: Sequence[Job],
    executor: Executor,
    watch: Callable[[list[Status]], None],
    *,
    pause: float = 0.2,
) -> list[Status]:
    """Run all jobs that are not done, as many at once as the executor takes; `watch` sees every change.

    A failed job stops only those that need it. Whatever interrupts this function (Ctrl-C included) first lets the
    running jobs write their checkpoints.
    """
    statuses = {job.name: Status(job) for job in jobs}
    for status in statuses.values():
        folder = run.job(status.job.name)
        if folder.result() is not None:
            status.state = "done"
        else:
            status.line = folder.last_line() or {}
    queue = [job for job in by_urgency(tuple(jobs)) if statuses[job.name].state != "done"]
    running: set[str] = set()
    try:
        while queue or running:
            for ending in executor.ended():
                running.discard(ending.job.name)
                _settle(run, statuses[ending.job.name], ending.ok, ending.message)
            _block(queue, statuses)
            for job in [j for j in queue if all(statuses[need].state == "done" for need in j.needs)]:
                if len(running) < executor.slots:
                    executor.start(run.path, job)
                    queue.remove(job)
                    running.add(job.name)
                    statuses[job.name].state, statuses[job.name].began = "running", time.monotonic()
            for name in running:
                _look(run, statuses[name])
            watch(list(statuses.values()))
            if running:
                time.sleep(pause)
    finally:
        executor.stop()
    return list(statuses.values())


def _settle(run: RunFolder, status: Status, ok: bool, message: str) -> None:
    done = run.job(status.job.name).result() is not None
    status.line = run.job(status.job.name).last_line() or status.line
    status.state = "done" if ok and done else "failed"
    status.message = message or ("" if done else "The job's process ended without a result.")


def _look(run: RunFolder, status: Status) -> None:
    line = run.job(status.job.name).last_line()
    if line is not None and line != status.line:
        status.line = line
        if status.base is None:  # the first line after the start: compilation is over
            status.base, status.began = status.env_steps, time.monotonic()


def _block(queue: list[Job], statuses: dict[str, Status]) -> None:
    """Take out of the queue what waits for something that failed."""
    for job in list(queue):
        lost = [need for need in job.needs if statuses[need].state in ("failed", "blocked")]
        if lost:
            queue.remove(job)
            statuses[job.name].state = "blocked"
            statuses[job.name].message = f"It needs {lost[0]}, which failed."


def seconds_left(statuses: Sequence[Status], slots: int) -> float | None:
    """Estimate of the time left, from the pace of the running jobs; None until there is a pace."""
    paces = [pace for status in statuses if status.state == "running" and (pace := pace_of(status))]
    if not paces:
        return None
    mean = sum(paces) / len(paces)
    alive = [s for s in statuses if s.state in ("waiting", "running")]
    left = {s.job.name: (s.job.env_steps - s.env_steps) / (pace_of(s) or mean) for s in alive}

    def chain(status: Status) -> float:
        return left[status.job.name] + max((chain(s) for s in alive if status.job.name in s.job.needs), default=0.0)

    return max(sum(left.values()) / slots, max((chain(s) for s in alive), default=0.0))


def pace_of(status: Status) -> float | None:
    """Environment steps a second since the job began to learn."""
    if status.base is None or status.env_steps <= status.base:
        return None
    return (status.env_steps - status.base) / max(time.monotonic() - status.began, 1e-3)
