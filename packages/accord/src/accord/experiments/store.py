"""The run folder: what is in it, and writing so that a kill at any moment loses nothing.

- `settings.toml`: everything needed to repeat the run
- `run.json`: command, date, version, machine
- `jobs/<job>/`: checkpoint-<stage>.eqx, progress.jsonl, done.json or error.json, log.txt
- `replays/*.npz`: episodes to look at
- `curves.parquet`: every number of every update, long form
- `result.json`: all that the report shows
- `report.html`: the report
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..core.errors import BadSetting, StorageError
from ..core.settings import from_toml, to_toml
from .spec import Experiment, checked

try:
    import fcntl
except ImportError:  # no such thing on Windows; two runs in one folder are then not noticed
    fcntl = None


@contextlib.contextmanager
def storage(path: Path, doing: str = "written") -> Iterator[None]:
    """Turn an `OSError` on this path into a sentence."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(
            f"{path} could not be {doing} ({reason}). Free some space or mend its rights, then: accord resume RUN; "
            "or choose another folder with --out."
        ) from error


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file whole or not at all."""
    data = text.encode() if isinstance(text, str) else text
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with storage(path):
        try:
            with open(partial, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


def read_json(path: Path) -> Any:
    """A JSON file, or None where there is none."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise StorageError(f"{path} is damaged ({error}). Delete it, then: accord resume RUN") from error
    except OSError as error:
        raise StorageError(f"{path} could not be read ({error.strerror}). Mend its rights.") from error


def dumps(value: Any) -> str:
    """JSON text; refuses what JSON does not know (NaN)."""
    return json.dumps(value, allow_nan=False, indent=1)


@contextlib.contextmanager
def locked(path: Path, busy: str | None = None) -> Iterator[None]:
    """Hold a lock file; it is free again as soon as this process ends, however it ends.

    Args:
        busy: message of the `StorageError` if another process holds it. None: wait for it.
    """
    with storage(path):
        file = open(path, "a")  # noqa: SIM115
    with file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
            except BlockingIOError as error:
                raise StorageError(busy) from error
        yield


@dataclass(frozen=True)
class JobFolder:
    """The folder of one job."""

    path: Path

    @property
    def name(self) -> str:
        """Name of the job."""
        return self.path.name

    def checkpoint(self, stage: str) -> Path:
        """Where a stage of the job keeps its learner."""
        return self.path / f"checkpoint-{stage}.eqx"

    @property
    def progress_file(self) -> Path:
        """One line per update."""
        return self.path / "progress.jsonl"

    def result(self) -> dict[str, Any] | None:
        """What the job found, if it is done."""
        return read_json(self.path / "done.json")

    def finish(self, result: dict[str, Any]) -> None:
        """Write what the job found; from now on it is done."""
        with contextlib.suppress(FileNotFoundError):
            (self.path / "error.json").unlink()
        write_whole(self.path / "done.json", dumps(result))

    def error(self) -> str | None:
        """Why the job stopped, if it failed."""
        found = read_json(self.path / "error.json")
        return found and found["message"]

    def lines(self) -> list[dict[str, Any]]:
        """Every whole line of progress; a line that a kill cut in two is left out."""
        try:
            raw = self.progress_file.read_bytes()
        except FileNotFoundError:
            return []
        return [line for text in raw.splitlines() if (line := _parsed(text)) is not None]

    def last_line(self) -> dict[str, Any] | None:
        """The newest whole line of progress, without reading the rest."""
        try:
            with open(self.progress_file, "rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - 16_384))
                tail = file.read().splitlines()
        except OSError:
            return None
        return next((line for text in reversed(tail) if (line := _parsed(text)) is not None), None)

    def append(self, line: dict[str, Any]) -> None:
        """Add a line of progress."""
        data = json.dumps(line, allow_nan=False).encode() + b"\n"
        with storage(self.progress_file):
            handle = os.open(self.progress_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                while data:
                    data = data[os.write(handle, data) :]
            finally:
                os.close(handle)

    def trim(self, stage: str, updates: int) -> None:
        """Forget lines of a stage beyond a number of updates: those that the checkpoint does not know."""
        lines = self.lines()
        kept = [line for line in lines if line["stage"] != stage or line["update"] <= updates]
        if lines or self.progress_file.exists():
            write_whole(self.progress_file, "".join(json.dumps(line) + "\n" for line in kept))


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "stage" in line else None


@dataclass(frozen=True)
class RunFolder:
    """The folder of a whole run."""

    path: Path
    experiment: Experiment

    @staticmethod
    def create(
        path: Path, experiment: Experiment, command: Sequence[str], facts: dict[str, Any] | None = None
    ) -> RunFolder:
        """A new folder, or the existing one of the very same experiment (which then goes on).

        Args:
            facts: more to keep in `run.json`.

        Raises:
            BadSetting: the folder holds another run, or other things.
            StorageError: it cannot be written.
        """
        path = Path(path)
        with storage(path, "used"):
            exists = (path / "settings.toml").exists()
        if exists:
            run = RunFolder.open(path)
            if run.experiment != experiment:
                raise BadSetting(
                    f"{path} holds a run with other settings. Choose another folder with --out, or go on with it: "
                    f"accord resume {path}"
                )
            run.prepare()
            return run
        with storage(path):
            if path.is_dir() and any(path.iterdir()):
                raise BadSetting(f"{path} exists and holds other files. Choose another folder with --out.")
        run = RunFolder(path, experiment)
        run.prepare()
        write_whole(path / "run.json", dumps(circumstances_of(command) | (facts or {})))
        write_whole(path / "settings.toml", to_toml(experiment))  # last: from now on it is a run
        return run

    @staticmethod
    def open(path: Path) -> RunFolder:
        """An existing run.

        Raises:
            StorageError: there is none, or it cannot be read.
        """
        path = Path(path)
        try:
            text = (path / "settings.toml").read_text()
        except (FileNotFoundError, NotADirectoryError) as error:
            near = sorted(p.parent.as_posix() for p in Path("runs").glob("*/settings.toml"))
            known = f"Runs here: {', '.join(near)}." if near else "Start one with: accord run story"
            raise StorageError(f"There is no run in {path} (no settings.toml). {known}") from error
        except OSError as error:
            raise StorageError(f"{path}/settings.toml is unreadable ({error.strerror}). Mend its rights.") from error
        return RunFolder(path, checked(from_toml(Experiment, text)))

    def prepare(self) -> None:
        """Make the sub-folders, and make sure that they can be written."""
        for folder in (self.path, self.path / "jobs", self.path / "replays"):
            with storage(folder, "made"):
                folder.mkdir(parents=True, exist_ok=True)
        probe = self.path / f".probe.{os.getpid()}"
        with storage(self.path):
            probe.touch()
            probe.unlink()

    def job(self, name: str) -> JobFolder:
        """The folder of one job, made if need be."""
        folder = self.path / "jobs" / name
        with storage(folder, "made"):
            folder.mkdir(parents=True, exist_ok=True)
        return JobFolder(folder)

    def lock(self) -> contextlib.AbstractContextManager[None]:
        """Only one process works on a run."""
        busy = f"{self.path} is being worked on by another process. Wait for it, or stop it first."
        return locked(self.path / ".lock", busy)

    @property
    def circumstances(self) -> dict[str, Any]:
        """Command, date, version and machine of the run."""
        return read_json(self.path / "run.json") or {}


def circumstances_of(command: Sequence[str]) -> dict[str, str]:
    """Command, date, version, commit and machine, for whatever is written from now on."""
    return {
        "command": shlex.join(command),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "accord": __version__,
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {_cores()} cores",
    }


def _commit() -> str:
    """Commit of the source tree, with + where it was changed since; empty for an installed package."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        head, changes = (
            subprocess.check_output([*git, *words], stderr=subprocess.DEVNULL, text=True, timeout=5).strip()
            for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "."))
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return head + ("+" if changes else "")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
