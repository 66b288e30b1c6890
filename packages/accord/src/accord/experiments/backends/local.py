"""Jobs on this machine: one pinned process per core.

Two programs on a core each are faster than one program on two (facts: seeds side by side beat threads), and whatever
kills one process leaves the others alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import BadSetting
from ..jobs import Job
from ..store import storage
from . import Ending

_GRACE = 10.0
"""Seconds that a process has to write its checkpoint."""


@dataclass(frozen=True)
class _Running:
    job: Job
    core: int | None
    process: subprocess.Popen[bytes]


class Local:
    """Worker processes on the cores of this machine.

    Args:
        workers: how many at once. Default: one per core that this process may use.
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise BadSetting(f"workers={workers}, but somebody must do the work. Choose at least 1.")
        cores: list[int | None] = [*sorted(os.sched_getaffinity(0))] if hasattr(os, "sched_getaffinity") else []
        if not cores:  # no pinning here
            cores = [None] * (os.cpu_count() or 1)
        count = workers or len(cores)
        self._free: list[int | None] = [cores[i % len(cores)] for i in range(count)]
        self._slots = count
        self._running: list[_Running] = []

    @property
    def slots(self) -> int:
        """How many jobs may run at once."""
        return self._slots

    def start(self, folder: Path, job: Job) -> None:
        """Begin a job on a free core; its standard error goes to `log.txt`, its last word comes back by a pipe."""
        core = self._free.pop(0)
        command = [sys.executable, "-m", "accord.experiments.worker", str(folder), job.name]
        command += ["--parent", str(os.getpid())] + ([] if core is None else ["--core", str(core)])
        log = folder / "jobs" / job.name / "log.txt"
        with storage(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            with open(log, "ab") as errors:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=environment(),
                    start_new_session=True,  # Ctrl-C reaches the parent, which then asks politely
                )
        self._running.append(_Running(job, core, process))

    def ended(self) -> list[Ending]:
        """Jobs that ended since the last call."""
        over = [running for running in self._running if running.process.poll() is not None]
        for running in over:
            self._running.remove(running)
            self._free.append(running.core)
        return [_ending(running) for running in over]

    def stop(self) -> None:
        """Ask every running job to write a checkpoint and end; end those that don't within some seconds."""
        for running in self._running:
            with contextlib.suppress(ProcessLookupError):
                running.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        for running in self._running:
            try:
                running.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()
        self._running.clear()


def _ending(running: _Running) -> Ending:
    code = running.process.returncode
    assert running.process.stdout is not None
    with running.process.stdout as pipe:
        said = pipe.read().decode(errors="replace").strip().splitlines()
    if code == 0:
        return Ending(running.job, True)
    try:
        message = json.loads(said[-1])["error"]
    except (IndexError, ValueError, KeyError, TypeError):
        reason = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        memory = " (the machine may be out of memory)" if code == -signal.SIGKILL else ""
        message = f"The job's process {reason}{memory}. Its log: jobs/{running.job.name}/log.txt"
    return Ending(running.job, False, message)


def environment() -> dict[str, str]:
    """Environment of a worker: one thread, the package on the path, and a lasting cache of compiled programs."""
    env = dict(os.environ)
    source = str(Path(__file__).parents[3])
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [source, env.get("PYTHONPATH")]))
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    env["XLA_FLAGS"] = " ".join(filter(None, [env.get("XLA_FLAGS"), flags]))
    env.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_folder() / "jax"))
    env.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.3")
    return env


def cache_folder() -> Path:
    """Where things are kept that can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "accord"
