"""Doing a run in front of somebody: bars on a terminal, lines in a log, and a way back from every interruption."""

from __future__ import annotations

import sys
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..core.errors import BadCheckpoint
from ..experiments.backends.local import Local
from ..experiments.jobs import jobs_of
from ..experiments.schedule import Status, seconds_left, work_through
from ..experiments.spec import described
from ..experiments.store import RunFolder
from .summary import summary

_LINES_EVERY = 5.0
"""Seconds between two looks in a log."""


def go(run: RunFolder, *, workers: int | None = None, look: bool = False) -> None:
    """Do all that is left of a run, then collect it, write the report, and say what came out.

    Exits with 2 if a job failed, with 130 after Ctrl-C; both leave a folder that goes on with `accord resume`.
    """
    _same_game(run)
    jobs = jobs_of(run.experiment, run.circumstances["game"]["num_agents"])
    executor = Local(workers)
    with run.lock():
        try:
            with _watcher(run, executor.slots) as watch:
                statuses = work_through(run, jobs, executor, watch)
        except KeyboardInterrupt:
            click.echo(f"\nStopped; every job wrote a checkpoint. Go on with: accord resume {run.path}", err=True)
            sys.exit(130)
        page = _written(run)
    failed = [status for status in statuses if status.state in ("failed", "blocked")]
    for status in failed:
        click.echo(f"{status.job.name} {status.state}: {status.message}", err=True)
    if failed:
        click.echo(f"The other jobs are done. Try these again with: accord resume {run.path}", err=True)
    if look:
        webbrowser.open(page.resolve().as_uri())
    if failed:
        sys.exit(2)


def _same_game(run: RunFolder) -> None:
    """Refuse a folder of another version of the game or of another range of terms: its numbers mean something else."""
    held, now = run.circumstances, described(run.experiment)
    for what, key in (("game", "version"), ("space", "low"), ("space", "high")):
        then, today = (facts.get(what, {}).get(key) for facts in (held, now))
        if then != today:
            raise BadCheckpoint(
                f"{run.path} was begun with {what} {key} {then}, but it is {today} now. "
                "Its checkpoints don't fit: begin a new run with: accord run"
            )


def _written(run: RunFolder) -> Path:
    from ..experiments.collect import collect
    from .report import write_report

    result = collect(run)
    page = Path(write_report(run.path))
    click.echo("\n" + summary(result))
    click.echo(f"\nReport: {page}")
    return page


def _watcher(run: RunFolder, slots: int) -> Any:
    return Bars(slots) if sys.stderr.isatty() else Lines(slots)


def left(statuses: Sequence[Status], slots: int) -> str:
    """The time left in words."""
    seconds = seconds_left(statuses, slots)
    if seconds is None:
        return "estimating the time left"
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} seconds left"
    return f"about {seconds / 60:.0f} minutes left" if seconds < 5400 else f"about {seconds / 3600:.1f} hours left"


def doing(status: Status) -> str:
    """What a running job is at: its share done and live welfare, or that it prepares."""
    if not status.line:
        return "compiling" if status.job.env_steps else "working"
    total = status.job.env_steps
    if not total:
        return f"{status.line['stage']}, update {status.line['update']}"
    share = status.env_steps / total
    if share >= 1:
        return f"learned, welfare {status.line['welfare']:.4g}; now playing"
    return f"{share:4.0%}, welfare {status.line['welfare']:.4g}"


class Lines:
    """For a log: a line for every job that begins or ends, and a look at all every few seconds."""

    def __init__(self, slots: int) -> None:
        self._slots, self._states, self._next = slots, {}, time.monotonic() + _LINES_EVERY

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, statuses: list[Status]) -> None:
        """Say what is new."""
        for status in statuses:
            before = self._states.get(status.job.name, "waiting")
            if status.state != before:
                self._states[status.job.name] = status.state
                self._say(f"{status.job.name}: {status.state}" + (f". {status.message}" if status.message else ""))
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINES_EVERY
            running = [f"{s.job.name} {doing(s)}" for s in statuses if s.state == "running"]
            if running:
                self._say(" | ".join([*running, left(statuses, self._slots)]))

    def _say(self, text: str) -> None:
        click.echo(f"{time.strftime('%H:%M:%S')}  {text}", err=True)


class Bars:
    """For a terminal: a bar for every job, with live welfare, and the time left."""

    def __init__(self, slots: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._slots = slots
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.fields[text]}"),
            console=Console(stderr=True), refresh_per_second=4,
        )
        self._bars: dict[str, Any] = {}
        self._foot: Any = None

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, statuses: list[Status]) -> None:
        """Draw how far everything is."""
        for status in statuses:
            name = status.job.name
            if name not in self._bars:
                self._bars[name] = self._progress.add_task(name, total=max(status.job.env_steps, 1), text="")
            done = status.state == "done"
            self._progress.update(
                self._bars[name],
                completed=max(status.job.env_steps, 1) if done else status.env_steps,
                text=doing(status) if status.state == "running" else _at_rest(status),
            )
        if self._foot is None:
            self._foot = self._progress.add_task("all", total=sum(s.job.env_steps for s in statuses) or 1, text="")
        over = all(s.state not in ("running", "waiting") for s in statuses)
        text = "" if over else left(statuses, self._slots)
        self._progress.update(self._foot, completed=sum(s.env_steps for s in statuses), text=text)


def _at_rest(status: Status) -> str:
    if status.state == "done":
        return f"done, welfare {status.line['welfare']:.4g}" if status.line else "done"
    return status.state
