"""Voices on the page: which there are, which one writes, and the training of a songwriter's own.

A training runs in a process of its own (`learning.py`), so that the page stays quick and a stop is a stop. It is given
a folder with copies of the texts; the copies are deleted when it ends, however it ends.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import BadSetting, BadText, StorageError, UnknownName
from . import cards

BASE = "base"
CHOSEN = "voice"
_LOG = 12
"""Lines of a training's log that are shown."""
_ENDED = ("done", "failed", "stopped")


@dataclass
class Job:
    """A training.

    Attributes:
        id: its name in addresses.
        voice: the voice that it makes.
        state: `waiting`, `running`, `done`, `failed` or `stopped`.
        share: how much is done, 0 to 1.
        seconds_left: until the end of what it does now.
        message: what it does, or what it came to.
        started: when.
        log: what it said last; at the end, what the new voice says otherwise.
    """

    id: str
    voice: str
    state: str = "waiting"
    share: float = 0.0
    seconds_left: float | None = None
    message: str = "Waiting."
    started: str = ""
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LOG))

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in _ENDED

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"log": list(self.log)}


class Voices:
    """The voices of this machine.

    Args:
        folder: for what is chosen, and for texts while a voice learns them.
        command: what trains; it is given the folder of texts, the name and the base voice, and prints JSON lines.
    """

    def __init__(self, folder: Path, command: tuple[str, ...] = ()) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._command = command or (sys.executable, "-m", "quatrain.notepad.learning")
        self._job: Job | None = None
        self._process: subprocess.Popen[str] | None = None
        shutil.rmtree(folder / "texts", ignore_errors=True)  # of a training that a kill ended

    @property
    def current(self) -> str:
        """The voice that writes."""
        try:
            chosen = (self._folder / CHOSEN).read_text("utf-8").strip()
        except OSError:
            return BASE
        return chosen if chosen in _names() else BASE

    def made(self, name: str) -> float:
        """When a voice was written: a voice that was trained anew has its old name."""
        from ..models import voice

        return (voice.folder_of(name) / "card.json").stat().st_mtime

    def missing(self) -> str:
        """Why no voice can write; empty if one can."""
        if _names():
            return ""
        return "There is no voice yet: the base voice is not installed. Install quatrain again."

    def choose(self, name: str) -> None:
        """Make a voice the one that writes.

        Raises:
            UnknownName: there is none of that name.
        """
        if name not in _names():
            raise UnknownName("voice", name, _names())
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / CHOSEN).write_text(name, "utf-8")
        except OSError as error:
            raise StorageError(f"{self._folder} cannot be written ({error.strerror}).") from error

    def listed(self) -> dict[str, Any]:
        """Every voice, the chosen one, and the training, as JSON has it."""
        job = self._job
        return {
            "current": self.current,
            "voices": [_card(name) for name in _names()],
            "job": job.plain() if job is not None else None,
        }

    def train(self, name: str, texts: Iterable[tuple[str, str]]) -> Job:
        """Begin to make a voice from texts.

        Raises:
            BadText: no text.
            BadSetting: not a name for a voice, or one is being made.
        """
        from ..models import voice

        listed = [(title, text) for title, text in texts if text.strip()]
        if not listed:
            raise BadText("There is no text to learn from. Give a folder of songs, or choose songs of the shelf.")
        if self.missing():
            raise BadSetting(self.missing())
        voice.new_folder(name)
        with self._lock:
            if self._job is not None and not self._job.ended:
                raise BadSetting(f"The voice '{self._job.voice}' is being made. Wait for it, or stop it.")
            self._job = job = Job(cards.name(), name, started=cards.stamp(cards.now()))
        folder = self._folder / "texts" / job.id
        try:
            folder.mkdir(parents=True)
            for number, (_, text) in enumerate(listed):
                (folder / f"{number:04}.txt").write_text(text, "utf-8")
            self._process = subprocess.Popen(
                [*self._command, str(folder), name, BASE], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, text=True, encoding="utf-8", errors="replace",
            )  # fmt: skip
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            job.state, job.message = "failed", f"The training cannot begin ({error.strerror})."
            return job
        job.state, job.message = "running", "Beginning."
        threading.Thread(target=self._watch, args=(job, self._process, folder), name="training", daemon=True).start()
        return job

    def job(self, name: str) -> Job:
        """A training.

        Raises:
            UnknownName: there is none of that name.
        """
        if self._job is None or self._job.id != name:
            raise UnknownName("training", name, (), "Trainings are forgotten when the notepad is closed.")
        return self._job

    def stop(self, name: str) -> Job:
        """Stop a training; what was learned is dropped."""
        job, process = self.job(name), self._process
        if not job.ended and process is not None:
            job.state, job.seconds_left, job.message = "stopped", None, "Stopped; nothing of it is kept."
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            _clear(job.voice)
        return job

    def delete(self, name: str) -> None:
        """Delete a songwriter's voice for good, with every copy of her texts.

        Raises:
            UnknownName: there is none of that name.
            BadSetting: it comes with quatrain.
        """
        from ..models import voice

        if self._job is not None and self._job.voice == name and not self._job.ended:
            raise BadSetting(f"The voice '{name}' is being made. Stop that first.")
        voice.delete(name)
        _clear(name)

    def close(self) -> None:
        """Stop what is running."""
        if self._job is not None and not self._job.ended:
            self.stop(self._job.id)

    def _watch(self, job: Job, process: subprocess.Popen[str], folder: Path) -> None:
        """Follow a training's report until it ends."""
        assert process.stdout is not None
        for line in process.stdout:
            try:
                report = json.loads(line)
                what, share, left = str(report["what"]), float(report["share"]), report["seconds_left"]
            except (ValueError, KeyError, TypeError):
                job.log.append(line.strip()[:500])
                continue
            if "said" in report:
                job.log = deque(map(str, report["said"]), maxlen=_LOG)
            if not job.ended:
                job.message, job.share = what, min(max(share, 0.0), 1.0)
                job.seconds_left = None if left is None else max(float(left), 0.0)
        process.stdout.close()
        code = process.wait()
        shutil.rmtree(folder, ignore_errors=True)
        if not job.ended:
            job.seconds_left = None
            if code == 0:
                job.share, job.state = 1.0, "done"
            else:
                job.message = job.log[-1] if job.log else f"The training ended with an error ({code})."
                job.state = "failed"
                _clear(job.voice)


def _names() -> list[str]:
    from ..models import voice

    return voice.names()


def _card(name: str) -> dict[str, Any]:
    from ..models import voice

    folder = voice.folder_of(name)
    files = [file.stat() for file in folder.iterdir() if file.is_file()]
    shipped = folder.parent == voice.SHIPPED
    made = max((file.st_mtime for file in files), default=time.time())
    return {
        "name": name,
        "kind": "base" if shipped else "yours",
        "created": None if shipped else cards.stamp(cards.now().fromtimestamp(made).astimezone()),
        "bytes": sum(file.st_size for file in files),
        "note": _note(folder / "card.json"),
    }


def _note(card: Path) -> str:
    """What its card says of a voice, in a sentence."""
    try:
        known = json.loads(card.read_text("utf-8"))
    except (OSError, ValueError):
        return "Its card cannot be read."
    if "based on" in known:
        return f"Learned from {known.get('lines', 0):,} lines of yours."
    return str(known.get("note", "Comes with quatrain."))


def _clear(name: str) -> None:
    """Delete what a training left behind before it was done."""
    from ..models import voice

    for rest in voice.own_folder().glob(f".{name}.*"):  # a name has no dot, so these are all its own
        shutil.rmtree(rest, ignore_errors=True)
