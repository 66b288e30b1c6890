"""The systems of the ablation table: the two models with and without masks, tuned, and their rivals.

The rivals' weights are no part of the package (the plain model's are): they stand in the folder of runs that
`quatrain.models.building` made. A system whose run is not there is left out, and the table says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..models import storage
from ..models.voice import Voice, folder_of
from ..suggest import Writer
from ..wishes import Suggestion, Wishes
from .running import System

Scores = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
NAMES = ("chars", "words", "joint", "retrieval", "soft", "tuned", "both", "masks")


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A system and what it can say of lines that it did not write.

    Attributes:
        write: lines for a prompt.
        score: how well lines go on with a draft; none if it cannot say.
    """

    write: System
    score: Scores | None = None


def contestants(voice: Voice, cache: Path, runs: Path | None, names: Sequence[str] = NAMES) -> dict[str, Contestant]:
    """The systems that can be had, in the order of the table.

    Args:
        voice: the two models.
        cache: with the tagged verse, for retrieval.
        runs: with the rivals' weights; none leaves out those that are not in the package.
        names: which.
    """
    found = {name: _one(name, voice, cache, runs) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def _weights(runs: Path | None, run: str) -> Path | None:
    path = runs / run / "model.npz" if runs else None
    return path if path and path.exists() else None


def _one(name: str, voice: Voice, cache: Path, runs: Path | None) -> Contestant | None:
    if name in ("masks", "soft"):
        return _two(voice, masks=name == "masks")
    if name in ("tuned", "both"):
        weights = _weights(runs, "tuned")
        return _two(tuned(voice, weights), masks=name == "both") if weights else None
    if name == "words":
        return Contestant(voice.plain, voice.plain.score)
    if name == "retrieval":
        if not (cache / "sources" / "verse").exists():
            return None
        from ..models.rivals.retrieval import Retrieval

        real = Retrieval.load(cache)
        return Contestant(real, real.score)
    weights = _weights(runs, {"chars": "characters"}.get(name, name))
    if name == "joint" and weights:
        from ..models.rivals.joint import Joint

        return Contestant(Joint.load(weights))
    if name == "chars" and weights:
        from ..models.rivals.characters import Characters

        characters = Characters.load(weights)
        return Contestant(characters, characters.score)
    return None


def _two(voice: Voice, masks: bool) -> Contestant:
    writer = Writer(voice, masks)
    writer.warm()

    def write(draft: Sequence[str], wishes: Wishes, seed: int) -> Iterator[Suggestion]:
        return writer.suggest(draft, dataclasses.replace(wishes, seed=seed))

    return Contestant(write, writer.score)


def tuned(voice: Voice, path: Path) -> Voice:
    """The voice with the vocabulary model that was tuned by reward (before or after rare words were added to it)."""
    parts = {**voice.weights, "vocabulary": storage.read(path)}
    if len(parts["vocabulary"]["words"]) != len(voice.lexis.words):
        parts["lexis"] = storage.read(folder_of(voice.name) / "lexis.npz")
    return Voice.of(voice.name, voice.card, parts)
