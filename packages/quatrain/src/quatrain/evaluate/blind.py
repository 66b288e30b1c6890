"""The blind comparison: pairs of lines for the same draft, and the votes of people who don't know who wrote which.

A *study* is fixed before the first vote: for each prompt and each comparison a pair, and among them checks of attention
whose one line is the true line of another draft with its words shuffled. A rater's order, and which line stands first
(left), follow from the study and the rater's name alone, so a session goes on where it was. In every comparison the
sides are drawn in blocks of two, so at any moment they are balanced within one.

    study.json      the pairs
    votes.jsonl     one vote a line, appended and flushed to disk before the page hears of it; never changed

Both lines are shown in the same dress, words without marks, so that neither a full stop nor a capital gives the machine
away.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import BadSetting, BadText, StorageError
from ..text.words import words
from .prompts import Prompt
from .running import Reply

VERSION = 1
SHUFFLED = "shuffled words"
"""The name of the side of a check that nobody attentive prefers."""
CHOICES = ("first", "second", "neither")
KINDS = ("person", "scripted", "model")
"""Who votes: a person at the page, a script in a dry run, a language model as judge; never counted together."""


@dataclass(frozen=True)
class Pair:
    """Two lines for one draft.

    Attributes:
        id: opaque, so that the page gives nothing away.
        prompt: id.
        before: the draft.
        systems: who wrote the two lines, as the comparison names them; of a check `truth` and `SHUFFLED`.
        lines: the two lines, as shown.
    """

    id: str
    prompt: str
    before: tuple[str, ...]
    systems: tuple[str, str]
    lines: tuple[str, str]

    @property
    def check(self) -> bool:
        """Whether it is a check of attention."""
        return SHUFFLED in self.systems


@dataclass(frozen=True)
class Turn:
    """A pair as one rater meets it.

    Attributes:
        pair: which.
        swapped: whether the second system's line stands first.
    """

    pair: Pair
    swapped: bool

    @property
    def systems(self) -> tuple[str, str]:
        """Who wrote the first and the second line."""
        one, two = self.pair.systems
        return (two, one) if self.swapped else (one, two)

    @property
    def lines(self) -> tuple[str, str]:
        """The first and the second line."""
        one, two = self.pair.lines
        return (two, one) if self.swapped else (one, two)


@dataclass(frozen=True)
class Study:
    """All pairs.

    Attributes:
        pairs: in the order of the prompts.
        seed: of everything random.
        about: what the systems were.
    """

    pairs: tuple[Pair, ...]
    seed: int
    about: Mapping[str, Any]

    @functools.cached_property
    def id(self) -> str:
        """Changes when any pair does."""
        text = json.dumps([self.seed, [asdict(pair) for pair in self.pairs]], ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def session(self, rater: str) -> tuple[Turn, ...]:
        """The pairs in one rater's order and with her sides; a prompt never comes twice in a row if others are left."""
        rng = _rng(self.seed, "session", rater)
        left = [self.pairs[place] for place in rng.permutation(len(self.pairs))]
        ordered: list[Pair] = []
        while left:
            last = ordered[-1].prompt if ordered else ""
            place = next((i for i, pair in enumerate(left) if pair.prompt != last), 0)
            ordered.append(left.pop(place))
        blocks: dict[tuple[str, str], list[bool]] = {}
        turns = []
        for pair in ordered:
            block = blocks.setdefault(pair.systems, [])
            if not block:
                block += [True, False] if rng.random() < 0.5 else [False, True]
            turns.append(Turn(pair, block.pop()))
        return tuple(turns)

    def save(self, path: Path) -> None:
        """Write it whole or not at all.

        Raises:
            StorageError: it cannot be written.
        """
        pairs = [asdict(pair) for pair in self.pairs]
        record = {"version": VERSION, "seed": self.seed, "about": dict(self.about), "pairs": pairs}
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
            os.replace(draft, path)
        except OSError as error:
            reason = error.strerror or error
            raise StorageError(f"'{path}' cannot be written: {reason}. Choose another folder.") from error


def load(path: Path) -> Study:
    """A study from its file.

    Raises:
        StorageError: it cannot be read, or is no study.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Study(tuple(map(_read_pair, record["pairs"])), int(record["seed"]), record["about"])
    except OSError as error:
        raise StorageError(f"'{path}' cannot be read: {error.strerror or error}. Make the study first.") from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StorageError(f"'{path}' is no study, or damaged ({error}). Make it again.") from error


def study(
    prompts: Sequence[Prompt],
    replies: Mapping[str, Sequence[Reply]],
    comparisons: Sequence[tuple[str, str]],
    *,
    seed: int = 0,
    checks: float = 0.1,
    about: Mapping[str, Any] | None = None,
) -> Study:
    """A study from what systems answered: of each the first line.

    Args:
        prompts: usually `prompts.load("people")`.
        replies: by system, one for each prompt; `truth` may be among them.
        comparisons: pairs of systems.
        seed: of checks and sides.
        checks: how many checks of attention for each pair; at least one.
        about: what the systems were.

    Raises:
        BadSetting: a comparison with a system that has no replies.
        BadText: no prompt has lines of both sides that differ.
    """
    missing = sorted({name for pair in comparisons for name in pair if name not in replies})
    if missing or not comparisons:
        raise BadSetting(f"No answers of {', '.join(missing) or 'any pair'} to compare. Known: "
                         f"{', '.join(sorted(replies))}.")  # fmt: skip
    firsts = {name: {r.prompt: shown(r.lines[0].text) for r in answers if r.lines} for name, answers in replies.items()}
    pairs = []
    for prompt in prompts:
        for one, two in comparisons:
            lines = firsts[one].get(prompt.id, ""), firsts[two].get(prompt.id, "")
            if all(lines) and lines[0] != lines[1]:
                pairs.append(_pair(prompt, (one, two), (lines[0], lines[1]), seed))
    if not pairs:
        raise BadText("No prompt has two different lines to compare. Ask the systems first.")
    pairs += _checks(prompts, max(1, round(checks * len(pairs))), seed)
    return Study(tuple(pairs), seed, about or {})


def shown(line: str) -> str:
    """A line in the dress that all lines wear: its words, a capital first, no marks.

    >>> shown("and Therefore i'm,--he said--at sea!")
    "And therefore I'm he said at sea"
    """
    text = " ".join(word.capitalize() if word == "i" or word.startswith("i'") else word for word in words(line))
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------------------------------------------------------- votes


@dataclass(frozen=True)
class Vote:
    """One vote; all that the analysis needs, so that a report can be made from the votes alone.

    Attributes:
        study: id.
        rater: a name that the rater chose.
        kind: one of `KINDS`.
        pair: id.
        prompt: id.
        first: the system whose line stood first.
        second: the other.
        choice: one of `CHOICES`.
        milliseconds: from seeing the pair to choosing.
        at: when, ISO 8601, UTC.
    """

    study: str
    rater: str
    kind: str
    pair: str
    prompt: str
    first: str
    second: str
    choice: str
    milliseconds: int = 0
    at: str = ""

    @property
    def winner(self) -> str:
        """The system preferred; empty for neither."""
        return {"first": self.first, "second": self.second}.get(self.choice, "")

    @property
    def check(self) -> bool:
        """Whether it answers a check of attention."""
        return SHUFFLED in (self.first, self.second)


class Votes:
    """The file of votes. Appending is safe against a kill at any moment and against several threads of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, *votes: Vote) -> None:
        """Put votes on disk; they are there when this returns.

        Raises:
            BadSetting: an unknown kind or choice.
            StorageError: they cannot be written.
        """
        for vote in votes:
            if vote.kind not in KINDS or vote.choice not in CHOICES:
                raise BadSetting(f"A vote of kind '{vote.kind}' for '{vote.choice}' cannot be kept. Kinds: "
                                 f"{', '.join(KINDS)}; choices: {', '.join(CHOICES)}.")  # fmt: skip
        data = b"".join(json.dumps(asdict(vote), ensure_ascii=False).encode() + b"\n" for vote in votes)
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("a+b") as file:
                    if file.tell() and not self._ends_whole():
                        data = b"\n" + data  # a kill tore the last vote: it stays as it is, alone on its line
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise StorageError(
                f"'{self.path}' cannot be written: {error.strerror or error}. The vote is not kept; make room."
            ) from error

    def read(self) -> list[Vote]:
        """All votes in the order in which they were given, without torn lines; of one given again the last counts."""
        return read(self.path)

    def _ends_whole(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"


def read(path: Path) -> list[Vote]:
    """The votes of a file; see `Votes.read`.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise StorageError(f"'{path}' cannot be read: {error.strerror or error}. Check its permissions.") from error
    found: dict[tuple[str, str, str, str], Vote] = {}
    for line in data.split(b"\n"):
        try:
            vote = Vote(**json.loads(line))
        except (ValueError, TypeError):
            continue  # empty, or torn by a kill
        if vote.kind in KINDS and vote.choice in CHOICES:
            mark = (vote.study, vote.kind, vote.rater, vote.pair)
            found.pop(mark, None)
            found[mark] = vote
    return list(found.values())


# --------------------------------------------------------------------------------------------------------------- pieces


def _read_pair(row: Mapping[str, Any]) -> Pair:
    (one, two), (first, second) = row["systems"], row["lines"]
    return Pair(row["id"], row["prompt"], tuple(row["before"]), (one, two), (first, second))


def _pair(prompt: Prompt, systems: tuple[str, str], lines: tuple[str, str], seed: int) -> Pair:
    mark = hashlib.blake2b(f"{seed} {prompt.id} {systems} {lines}".encode(), digest_size=5).hexdigest()
    return Pair(mark, prompt.id, prompt.draft, systems, lines)


def _checks(prompts: Sequence[Prompt], count: int, seed: int) -> list[Pair]:
    """True lines beside the shuffled words of another prompt's true line, so that both are as well chosen."""
    rng = _rng(seed, "checks", "")
    true = [prompt for prompt in prompts if len(set(words(prompt.next))) >= 4]
    if len(true) < 2:
        raise BadText("Checks of attention need two prompts with a true next line. Use the set 'people'.")
    found = []
    for place in range(count):
        mine = place % len(true)
        said = words(true[(mine + 1 + int(rng.integers(len(true) - 1))) % len(true)].next)
        mixed = said
        while mixed == said:
            mixed = [said[i] for i in rng.permutation(len(said))]
        lines = (shown(true[mine].next), shown(" ".join(mixed)))
        found.append(_pair(true[mine], ("truth", SHUFFLED), lines, seed))
    return list({pair.id: pair for pair in found}.values())


def _rng(seed: int, use: str, rater: str) -> np.random.Generator:
    digest = hashlib.blake2b(json.dumps([seed, use, rater]).encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
