"""A system answers the prompts; every answer is on disk before the next prompt is asked.

    FOLDER/NAME.jsonl       first what was asked (prompts, count, seed), then one line a prompt

A run that was killed goes on where it was; what a kill cut off in the middle of a line is dropped and asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

from ..errors import BadSetting, NothingFits, StorageError
from ..wishes import Wishes
from .prompts import Prompt, fingerprint

VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@runtime_checkable
class Suggested(Protocol):
    """What the engine's suggestions have."""

    @property
    def text(self) -> str:
        """The line."""
        ...

    @property
    def tags(self) -> tuple[str, ...]:
        """The tag of each word, as meant."""
        ...

    @property
    def relaxed(self) -> tuple[str, ...]:
        """Labels of the wishes that it does not keep."""
        ...


System = Callable[[Sequence[str], Wishes, int], Iterable[str | Suggested]]
"""(draft, wishes, seed) -> lines, the best first: texts, or suggestions that know their tags and what was relaxed."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Answer:
    """One line that a system gave.

    Attributes:
        text: the line.
        tags: meant for its words; none if the system has no notion of tags.
        relaxed: labels of wishes that were given up; none if it claims to keep them all.
    """

    text: str
    tags: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """All that a system gave for one prompt.

    Attributes:
        prompt: its id.
        lines: the best first; none if nothing fits.
        seconds: of wall time until the last line; not a number for what was not timed.
        first: seconds until the first line.
    """

    prompt: str
    lines: tuple[Answer, ...]
    seconds: float = float("nan")
    first: float = float("nan")


def truth(prompts: Sequence[Prompt]) -> list[Reply]:
    """The true next lines, as if a system had given them; prompts without one have no line."""
    return [Reply(p.id, (Answer(p.next, p.tags),) if p.next else ()) for p in prompts]


def run(
    name: str,
    system: System,
    prompts: Sequence[Prompt],
    folder: Path,
    *,
    seed: int = 0,
    count: int = 10,
    progress: Progress | None = None,
) -> list[Reply]:
    """Ask a system all prompts that it has not answered yet, and give all its replies.

    The system is asked the first prompt once before anything is timed, so that a compilation does not count.

    Args:
        name: of the system: small letters, digits, `-` and `_`; also of its file.
        system: see `System`. `NothingFits` is an answer without lines; any other error ends the run.
        prompts: what to ask, in this order.
        folder: for its file.
        seed: of the whole run; each prompt gets its own from it.
        count: lines asked for; more are cut off.
        progress: called with prompts done and prompts in all.

    Raises:
        BadSetting: no such name, or its file holds answers to other prompts or another seed or count.
        StorageError: the file cannot be written.
    """
    path, about = _path(name, folder), _about(name, prompts, seed, count)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done = _resume(path, about)
        left = [prompt for prompt in prompts if prompt.id not in done]
        with path.open("ab") as file:
            if not file.tell():
                _append(file, about)
            if left:
                _ask(system, left[0], seed, count)
            for place, prompt in enumerate(left):
                reply = _ask(system, prompt, seed, count)
                _append(file, _record(reply))
                done[prompt.id] = reply
                if progress:
                    progress(len(prompts) - len(left) + place + 1, len(prompts))
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        reason = error.strerror or error
        raise StorageError(f"'{path}' cannot be written: {reason}. Choose another folder.") from error
    return [done[prompt.id] for prompt in prompts]


def stored(name: str, prompts: Sequence[Prompt], folder: Path, *, seed: int = 0, count: int = 10) -> list[Reply] | None:
    """The replies of a finished run; none if it is not there or not finished.

    Raises:
        BadSetting: as `run`.
    """
    path = _path(name, folder)
    if not path.exists():
        return None
    done = _read(path, _about(name, prompts, seed, count))[0]
    return [done[p.id] for p in prompts] if all(p.id in done for p in prompts) else None


def seed_of(prompt: Prompt, seed: int) -> int:
    """The seed that a system gets for a prompt: the same whatever else is asked."""
    return int.from_bytes(hashlib.blake2b(f"{seed} {prompt.id}".encode(), digest_size=4).digest(), "big") >> 1


# --------------------------------------------------------------------------------------------------------------- pieces


def _ask(system: System, prompt: Prompt, seed: int, count: int) -> Reply:
    began = time.perf_counter()
    lines: list[Answer] = []
    first = float("nan")
    try:
        mine = seed_of(prompt, seed)
        for line in system(prompt.draft, prompt.wishes(count, mine), mine):
            if not lines:
                first = time.perf_counter() - began
            lines.append(_answer(line))
            if len(lines) == count:
                break
    except NothingFits:
        pass
    return Reply(prompt.id, tuple(lines), round(time.perf_counter() - began, 6), round(first, 6))


def _answer(line: str | Suggested) -> Answer:
    if isinstance(line, str):
        return Answer(line)
    return Answer(line.text, tuple(line.tags), tuple(line.relaxed))


def _path(name: str, folder: Path) -> Path:
    if not _NAME.fullmatch(name):
        raise BadSetting(f"'{name}' is no name for a system. Use small letters, digits, - and _.")
    return folder / f"{name}.jsonl"


def _about(name: str, prompts: Sequence[Prompt], seed: int, count: int) -> dict[str, Any]:
    return {"version": VERSION, "system": name, "prompts": fingerprint(prompts), "seed": seed, "count": count}


def _record(reply: Reply) -> dict[str, Any]:
    kept = lambda line: {key: value for key, value in vars(line).items() if value or key == "text"}
    lines = [kept(line) for line in reply.lines]
    time_of = lambda value: None if value != value else value
    return {"prompt": reply.prompt, "lines": lines, "seconds": time_of(reply.seconds), "first": time_of(reply.first)}


def _reply(row: dict[str, Any]) -> Reply:
    lines = tuple(Answer(a["text"], tuple(a.get("tags", ())), tuple(a.get("relaxed", ()))) for a in row["lines"])
    time_of = lambda key: float("nan") if row[key] is None else float(row[key])
    return Reply(row["prompt"], lines, time_of("seconds"), time_of("first"))


def _append(file: BinaryIO, record: dict[str, Any]) -> None:
    file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


def _resume(path: Path, about: dict[str, Any]) -> dict[str, Reply]:
    """What is there already; a torn last line is cut off the file."""
    if not path.exists():
        return {}
    done, whole = _read(path, about)
    if whole < path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(whole)
    return done


def _read(path: Path, about: dict[str, Any]) -> tuple[dict[str, Reply], int]:
    """Replies by prompt, and how many bytes are whole lines."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(f"'{path}' cannot be read: {error.strerror or error}. Check its permissions.") from error
    data = data[: data.rfind(b"\n") + 1]
    done: dict[str, Reply] = {}
    for number, line in enumerate(data.splitlines(), 1):
        try:
            row = json.loads(line)
            if number == 1:
                _check(path, row, about)
            else:
                done[row["prompt"]] = _reply(row)
        except (ValueError, KeyError, TypeError) as error:
            if isinstance(error, BadSetting):
                raise
            raise StorageError(f"Line {number} of '{path}' is damaged. Remove that line, or the file.") from error
    return done, len(data)


def _check(path: Path, found: dict[str, Any], about: dict[str, Any]) -> None:
    differing = [key for key, value in about.items() if found.get(key) != value]
    if differing:
        raise BadSetting(f"'{path}' holds answers to something else (other {', '.join(differing)}). "
                         "Give another folder, or remove the file to ask again.")  # fmt: skip
