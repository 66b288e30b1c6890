"""The ablation table and the samples, from a voice and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..models.voice import Voice
from ..senses.pictures import concreteness
from ..suggest import Writer
from ..text import cache as caches
from . import coherence, metrics, novelty, prompts, systems, table
from .goals import Given
from .table import Progress, Table

QUESTIONS = 200
"""Of retrieval, for each system."""
SAMPLED = 20_000
"""Lines of verse whose concreteness is the goal."""


def noun(word: str) -> float | None:
    """The concreteness of a noun; none for one without a value."""
    return concreteness(word, "NN") or None


def table_of(
    folder: Path,
    cache: Path,
    runs: Path | None,
    voice: str,
    names: tuple[str, ...] = (),
    most: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
    scheme: str = "",
) -> Table:
    """Ask every system every prompt, measure, and write the table.

    Args:
        folder: for answers and table.
        cache: with the tagged `verse` and `novels`; without them novelty and retrieval stay empty.
        runs: of the rivals.
        voice: its name.
        names: rows; none for all that can be had.
        most: prompts.
        seed: of the run.
        progress: called with the system, prompts done and prompts in all.
        scheme: asked in place of the line that the true next one rhymes with, which is then no row.

    Raises:
        UnknownName: no such voice.
        BadSetting: the folder has answers to other prompts.
        StorageError: it cannot be written.
    """
    own = Voice.load(voice)
    found = systems.contestants(own, cache, runs, names or systems.NAMES)
    has = (cache / "sources" / "verse").exists() and (cache / "sources" / "novels").exists()
    seen = novelty.seen(caches.load(name, cache) for name in ("verse", "novels")) if has else None
    tools = metrics.Instruments(seen=seen, concreteness=noun, surprisal=own.plain.surprisal)
    extra, given = {}, None
    if has:
        verse = caches.load("verse", cache)
        plain = np.flatnonzero(verse.plain)
        sampled = np.random.default_rng(seed).choice(plain, min(SAMPLED, len(plain)), replace=False)
        questions = [] if scheme else coherence.items(verse, QUESTIONS)
        given = Given(concreteness=metrics.concreteness_quartile([verse.of(row) for row in sampled], noun))
        for name, one in found.items():
            if one.score is not None and questions:
                estimate = coherence.retrieval(questions, one.score)
                extra[name] = {"retrieval": estimate} if estimate else {}
                if progress:
                    progress(f"retrieval by {name}", QUESTIONS, QUESTIONS)
    asked = prompts.load("form")[:most]
    if scheme:
        asked = tuple(replace(prompts.under_scheme(prompt, scheme), next="", tags=()) for prompt in asked)
    made = table.ablation(
        {name: one.write for name, one in found.items()},
        asked,
        folder,
        tools,
        seed=seed,
        extra=extra,
        given=given,
        about={"voice": own.name, "steps": own.card.get("steps", "")},
        progress=progress,
    )
    return made


def samples(voice: str, name: str, count: int, seed: int) -> Iterator[str]:
    """Prompts with their top lines, unedited, as markdown.

    Args:
        voice: its name.
        name: of the set of prompts.
        count: lines for each.
        seed: of the lines.
    """
    writer = Writer(voice)
    for number, prompt in enumerate(prompts.load(name), 1):
        yield f"\n{number}. " + " / ".join(prompt.draft) + (f" / *{prompt.next}*" if prompt.next else "")
        for one in writer.suggest(prompt.draft, prompt.wishes(count, seed)):
            note = f" ({'; '.join(one.relaxed)})" if one.relaxed else ""
            yield f"   - {one.text}{note}"
