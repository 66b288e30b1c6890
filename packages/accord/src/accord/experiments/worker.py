"""One job in one process: `python -m accord.experiments.worker FOLDER JOB`.

The last line of its standard output is its last word to whoever started it: nothing, or `{"error": …}`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.errors import AccordError, StorageError
from .jobs import Job, Stopped, jobs_of
from .store import JobFolder, RunFolder, dumps, locked, write_whole

STOPPED = 75
"""Exit code of a job that was asked to stop and wrote its checkpoint."""


class Leash:
    """Says when to stop: on SIGTERM, or when whoever started this process is gone."""

    def __init__(self, parent: int | None) -> None:
        self._parent, self._asked = parent, False

    def hold(self) -> None:
        """Listen to SIGTERM from now on."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, *_: object) -> None:
        self._asked = True

    @property
    def pulled(self) -> bool:
        """Whether to stop now."""
        return self._asked or (self._parent is not None and os.getppid() != self._parent)


def main(arguments: list[str] | None = None) -> int:
    """Run the job that the arguments name."""
    parser = argparse.ArgumentParser(prog="accord.experiments.worker", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("job")
    parser.add_argument("--core", type=int, help="the core to stay on")
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    given = parser.parse_args(arguments)
    if given.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {given.core})  # before the array library counts cores
    leash = Leash(given.parent)
    leash.hold()
    try:
        _work(given.folder, given.job, leash)
    except Stopped:
        return STOPPED
    except AccordError as error:
        return _failed(given.folder, given.job, str(error), 2)
    except OSError as error:
        traceback.print_exc()
        return _failed(given.folder, given.job, f"{error.filename or given.folder}: {error.strerror or error}.", 2)
    except Exception as error:
        traceback.print_exc()
        log = given.folder / "jobs" / given.job / "log.txt"
        return _failed(given.folder, given.job, f"{type(error).__name__}: {error} (whole story in {log})", 1)
    return 0


def _work(folder: Path, name: str, leash: Leash) -> None:
    from .spec import game_of

    run = RunFolder.open(folder)
    jobs = {job.name: job for job in jobs_of(run.experiment, game_of(run.experiment).num_agents)}
    job, place = jobs[name], run.job(name)
    with locked(place.path / ".lock"):  # an orphan of a killed run may still be writing its last checkpoint
        if place.result() is None:
            place.finish(perform(run, job, leash))


def perform(run: RunFolder, job: Job, leash: Leash) -> dict[str, Any]:
    """Do a job; its result is plain JSON.

    Raises:
        Stopped: asked to stop; doing the job again continues it.
        AccordError: anything that a person can mend.
    """
    from . import phases, scripts, tasks  # these load the array library
    from .training import Bench

    does: dict[str, Callable[[Bench], dict[str, Any]]] = {
        "solo": tasks.train_scheme,
        "separate": tasks.train_scheme,
        "joint": tasks.train_scheme,
        "moca": phases.train_moca,
        "negotiate": phases.negotiate,
        "respond": phases.respond,
        "threshold": phases.threshold,
        "scripted": scripts.schelling,
    }
    return does[job.kind](Bench(run, job, leash))


def _failed(folder: Path, name: str, message: str, code: int) -> int:
    with contextlib.suppress(StorageError):  # if the disk is the trouble, the pipe still works
        write_whole(JobFolder(folder / "jobs" / name).path / "error.json", dumps({"message": message}))
    print(json.dumps({"error": message}), flush=True)
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
