"""Where jobs run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..jobs import Job


@dataclass(frozen=True)
class Ending:
    """How a job's process ended."""

    job: Job
    ok: bool
    message: str = ""
    """One sentence, where it failed."""


class Executor(Protocol):
    """Something that can run jobs of a run folder, each in a process of its own.

    A job is complete when its folder says so; an executor reports that a process ended and nothing more. It may lose
    processes at any time: running a job again continues it.
    """

    @property
    def slots(self) -> int:
        """How many jobs may run at once."""
        ...

    def start(self, folder: Path, job: Job) -> None:
        """Begin a job; a slot must be free."""
        ...

    def ended(self) -> list[Ending]:
        """Jobs that ended since the last call."""
        ...

    def stop(self) -> None:
        """Ask every running job to write a checkpoint and end, and wait for it."""
        ...
