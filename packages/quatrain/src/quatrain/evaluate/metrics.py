"""What is measured of a system's lines: one number with its interval for each column.

Form is judged by a dictionary that the decoder does not use (`form`); a line with a word that it cannot judge is left
out of that column, and the word is counted and named. Whatever needs a model or a corpus is handed in (`Instruments`).
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..text import rhyme as own_rhyme
from ..text import syllables as own_syllables
from ..text.lexicon import lexicon
from ..text.words import is_word, tokens, words
from . import diversity, form
from .form import Verdict
from .intervals import Estimate, quantile, ratio, share
from .novelty import Seen
from .prompts import Prompt
from .running import Answer, Reply

if TYPE_CHECKING:
    from ..text.tagging import Tagger

Tag = Callable[[Sequence[tuple[Sequence[str], str]]], Sequence[Sequence[str]]]
"""Pairs (draft, line) -> the tag of each word of the line."""
ENOUGH = 5
"""Lines that a request should be answered with."""
SHOWN = 30
"""Refuted lines that are kept to be read."""


@dataclass(frozen=True)
class Column:
    """A measure.

    Attributes:
        key: in files.
        title: in tables.
        group: which of the tables it stands in.
        form: `percent`, `number` or `seconds`.
        better: 1 if more is better, -1 if less, 0 if neither.
        definition: what exactly is counted.
    """

    key: str
    title: str
    group: str
    form: str
    better: int
    definition: str


COLUMNS = tuple(
    Column(*row)
    for row in [
        ("answered", "answered", "form", "percent", 1, "prompts with at least one line"),
        ("enough", "five rhymes", "form", "percent", 1, f"prompts that ask for a rhyme and get at least {ENOUGH} lines "
         "that the check calls a perfect rhyme (one that it cannot judge counts if it is not labelled as relaxed)"),
        ("rhyme", "rhyme", "form", "percent", 1, "lines that rhyme perfectly (or feminine) with the asked line by the "
         "independent check, of those judged"),
        ("rhyme_kept", "rhyme, kept", "form", "percent", 1, "the same of the lines that claim to keep every wish"),
        ("rhyme_own", "rhyme, own", "form", "percent", 1, "the same by the decoder's own dictionary"),
        ("same", "self-rhyme", "form", "percent", -1, "lines that end in the asked line's last word, a form of it or a "
         "homophone, of those asked to rhyme"),
        ("syllables", "syllables", "form", "percent", 1, "lines that can have the asked count by the independent "
         "check, of those judged"),
        ("syllables_kept", "syllables, kept", "form", "percent", 1, "the same of the lines that claim to keep every "
         "wish"),
        ("syllables_own", "syllables, own", "form", "percent", 1, "the same by the decoder's own dictionary"),
        ("judged", "judged", "form", "percent", 0, "lines of which the independent check knows every word"),
        ("labelled", "labelled", "form", "percent", 0, "lines that say which wish they do not keep"),
        ("tags", "tags", "form", "percent", 1, "words whose tag, found again by the tagger with the draft before the "
         "line, is the one meant"),
        ("distinct1", "distinct-1", "range", "number", 1, "different words among words, one line a prompt, at an equal "
         "amount of text"),
        ("distinct2", "distinct-2", "range", "number", 1, "different pairs of words among pairs, likewise"),
        ("self_bleu", "self-BLEU", "range", "number", -1, "BLEU of each line of a set with the others as references"),
        ("new", "new 4-grams", "range", "percent", 1, "runs of four words that are not in the training text"),
        ("copies", "copies", "range", "percent", -1, "lines whose words are a line of the training text"),
        ("concrete", "concrete", "sense", "number", 1, "mean concreteness of the nouns that the norms list"),
        ("surprisal", "surprisal", "sense", "number", 0, "nats a word under the plain language model"),
        ("retrieval", "retrieval", "sense", "percent", 1, "true next lines found among ten of the same structure by "
         "the system's own score; chance is 10 %"),
        ("perplexity", "perplexity", "sense", "number", -1, "a word's, on held-out books, as each model defines it "
         "(two models: of a word given its tag)"),
        ("first", "first line", "time", "seconds", -1, "median seconds until the first line"),
        ("seconds", "all lines", "time", "seconds", -1, "median seconds until the last line of a prompt"),
        ("slow", "all lines, p95", "time", "seconds", -1, "95th percentile of that"),
    ]
)  # fmt: skip
"""All columns, in the order of the table; `retrieval` and `perplexity` are handed in, as a model has to say them."""
BY_KEY = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class Instruments:
    """What the measures need from outside; a column whose instrument is missing stays empty.

    Attributes:
        seen: the training text.
        concreteness: a noun (lower case) -> its rating, or none if the norms lack it.
        surprisal: lines -> nats per word of each, under the plain language model.
        tag: the tagger; `retag` unless another is given.
        set_size: lines of a prompt that self-BLEU compares.
    """

    seen: Seen | None = None
    concreteness: Callable[[str], float | None] | None = None
    surprisal: Callable[[Sequence[str]], Sequence[float]] | None = None
    tag: Tag | None = None
    set_size: int = 10


@dataclass(frozen=True)
class Refuted:
    """A line that the check refuted.

    Attributes:
        prompt: id.
        line: as given.
        what: `rhyme` or `syllables`.
        words: those that decide.
    """

    prompt: str
    line: str
    what: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """All that was measured of one system.

    Attributes:
        cells: by column; none where there is nothing to count.
        lines: how many were measured.
        unknown: words that the check could not judge, with how often.
        refuted: the first lines that it refuted, to be read.
    """

    cells: Mapping[str, Estimate | None]
    lines: int
    unknown: Mapping[str, int] = field(default_factory=dict)
    refuted: tuple[Refuted, ...] = ()

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "lines": self.lines,
            "cells": {key: cell and cell.record() for key, cell in self.cells.items()},
            "unknown": dict(self.unknown),
            "refuted": [vars(one) for one in self.refuted],
        }


def measure(prompts: Sequence[Prompt], replies: Sequence[Reply], tools: Instruments | None = None) -> Measured:
    """Measure the replies of a system.

    Args:
        prompts: what was asked.
        replies: one for each prompt, in the same order.
        tools: what the measures need from outside.
    """
    if [prompt.id for prompt in prompts] != [reply.prompt for reply in replies]:
        raise ValueError("The replies are not those to the prompts; give them in the same order.")
    tools = tools or Instruments()
    given = _Given(prompts, replies)
    checked = _Form(given)
    cells = checked.cells() | _told(prompts, replies) | _varied(replies, tools) | _novel(given, tools)
    cells |= _tagged(given, tools) | _surprising(given, tools)
    return Measured(cells, len(given.lines), dict(checked.unknown.most_common()), tuple(checked.refuted[:SHOWN]))


def retag(pairs: Sequence[tuple[Sequence[str], str]]) -> list[list[str]]:
    """Tags of the words of each line by the corpus's own tagger, the last two lines of its draft before it."""
    blocks = [[tokens(text) for text in (*draft[-2:], line)] for draft, line in pairs]
    found = []
    for block, tags in zip(blocks, _tagger().tag(blocks, verse=True), strict=True):
        found.append([tag for token, tag in zip(block[-1], tags[-1], strict=True) if is_word(token)])
    return found


# --------------------------------------------------------------------------------------------------------------- pieces


@functools.cache
def _tagger() -> Tagger:
    from ..text.tagging import Tagger

    return Tagger()


class _Given:
    """All lines of all prompts in one list."""

    def __init__(self, prompts: Sequence[Prompt], replies: Sequence[Reply]) -> None:
        self.prompts = prompts
        self.of: list[int] = []
        self.lines: list[Answer] = []
        for place, reply in enumerate(replies):
            self.of += [place] * len(reply.lines)
            self.lines += reply.lines
        self.words = [words(line.text) for line in self.lines]

    def per_prompt(self, values: Sequence[float] | np.ndarray) -> np.ndarray:
        """Sums over the lines of each prompt [prompts]."""
        return np.bincount(np.array(self.of, int), np.asarray(values, float), len(self.prompts))

    def share(self, hits: Any, counted: Any) -> Estimate | None:
        """Of the lines that count, those that hit."""
        counted = np.asarray(counted, float)
        return share(self.per_prompt(np.asarray(hits, float) * counted), self.per_prompt(counted))


class _Form:
    """Verdicts of the independent check on every line."""

    def __init__(self, given: _Given) -> None:
        self.given = given
        self.unknown: Counter[str] = Counter()
        self.refuted: list[Refuted] = []
        self.rhymes = self._verdicts("rhyme", lambda prompt: prompt.partner is not None)
        self.counts = self._verdicts("syllables", lambda prompt: prompt.syllables is not None)
        self.labelled = np.array([bool(line.relaxed) for line in given.lines], bool)

    def cells(self) -> dict[str, Estimate | None]:
        kept = ~self.labelled
        part = self.given.share
        rhyming = np.isin(self.rhymes, [Verdict.RIGHT, Verdict.WRONG, Verdict.SAME])
        counted = np.isin(self.counts, [Verdict.RIGHT, Verdict.WRONG])
        right, exact = self.rhymes == Verdict.RIGHT, self.counts == Verdict.RIGHT
        asked = np.array([p.partner is not None for p in self.given.prompts], bool)
        good = self.given.per_prompt(right | ((self.rhymes == Verdict.UNKNOWN) & kept))
        return {
            "enough": share((good >= ENOUGH) & asked, asked),
            "labelled": part(self.labelled, np.ones(len(kept))),
            "rhyme": part(right, rhyming),
            "rhyme_kept": part(right, rhyming & kept),
            "rhyme_own": part([self._rhymes_own(at) for at in range(len(kept))], (self.rhymes != "") & kept),
            "same": part(self.rhymes == Verdict.SAME, self.rhymes != ""),
            "syllables": part(exact, counted),
            "syllables_kept": part(exact, counted & kept),
            "syllables_own": part([self._fits_own(at) for at in range(len(kept))], (self.counts != "") & kept),
            "judged": part(counted, self.counts != ""),
        }

    def _rhymes_own(self, at: int) -> bool:
        """What the decoder's dictionary says of one line's rhyme."""
        prompt, said, meant = self._line(at)
        if prompt.partner is None or not said:
            return False
        other = words(prompt.draft[prompt.partner - 1])
        return bool(other) and own_rhyme.compare(said[-1], other[-1], tags=(meant[-1], "")).exact

    def _fits_own(self, at: int) -> bool:
        """What the decoder's dictionary says of one line's syllables, as sung."""
        prompt, said, meant = self._line(at)
        sung = [own_syllables.sung(lexicon().pronounce(word, tag)) for word, tag in zip(said, meant, strict=True)]
        return own_syllables.fits(own_syllables.total(sung), prompt.syllables or 0)

    def _line(self, at: int) -> tuple[Prompt, list[str], Sequence[str]]:
        said, tags = self.given.words[at], self.given.lines[at].tags
        meant = tags if len(tags) == len(said) else [""] * len(said)
        return self.given.prompts[self.given.of[at]], said, meant

    def _verdicts(self, what: str, asked: Callable[[Prompt], bool]) -> np.ndarray:
        found = []
        for place, line in zip(self.given.of, self.given.lines, strict=True):
            prompt = self.given.prompts[place]
            if not asked(prompt):
                found.append("")
                continue
            if what == "rhyme":
                opinion = form.rhyme(line.text, prompt.draft[(prompt.partner or 1) - 1])
            else:
                opinion = form.syllables(line.text, prompt.syllables or 0)
            found.append(str(opinion.verdict))
            if opinion.verdict is Verdict.UNKNOWN:
                self.unknown.update(word for word in opinion.words if word)
            elif opinion.verdict is not Verdict.RIGHT and not line.relaxed:
                self.refuted.append(Refuted(prompt.id, line.text, what, opinion.words))
        return np.array(found, dtype="U16")


def _told(prompts: Sequence[Prompt], replies: Sequence[Reply]) -> dict[str, Estimate | None]:
    """What replies say without looking at a word."""
    seconds = [reply.seconds for reply in replies]
    return {
        "answered": share([bool(reply.lines) for reply in replies], np.ones(len(prompts))),
        "first": quantile([reply.first for reply in replies], 0.5),
        "seconds": quantile(seconds, 0.5),
        "slow": quantile(seconds, 0.95),
    }


def _varied(replies: Sequence[Reply], tools: Instruments) -> dict[str, Estimate | None]:
    sets = [[words(line.text) for line in reply.lines] for reply in replies]
    first = [lines[0] if lines else None for lines in sets]
    return {
        "distinct1": diversity.distinct(first, 1, 2 * len(first)),
        "distinct2": diversity.distinct(first, 2, 2 * len(first)),
        "self_bleu": diversity.self_bleus(sets, tools.set_size),
    }


def _novel(given: _Given, tools: Instruments) -> dict[str, Estimate | None]:
    if tools.seen is None:
        return {"new": None, "copies": None}
    found = np.array([tools.seen.new(line) for line in given.words], float).reshape(-1, 2)
    copied = [tools.seen.copied(line) for line in given.words]
    return {
        "new": share(given.per_prompt(found[:, 0]), given.per_prompt(found[:, 1])),
        "copies": given.share(copied, np.ones(len(copied))),
    }


def _tagged(given: _Given, tools: Instruments) -> dict[str, Estimate | None]:
    """Columns that need the tags of the lines."""
    if tools.concreteness is None and not any(line.tags for line in given.lines):
        return {"tags": None, "concrete": None}
    pairs = [(given.prompts[place].draft, line.text) for place, line in zip(given.of, given.lines, strict=True)]
    found = (tools.tag or retag)(pairs)
    alike, places, ratings, rated = (np.zeros(len(pairs)) for _ in range(4))
    for at, (line, said, tags) in enumerate(zip(given.lines, given.words, found, strict=True)):
        if line.tags:
            alike[at] = sum(a == b for a, b in zip(line.tags, tags, strict=False))
            places[at] = max(len(line.tags), len(tags))
        if tools.concreteness is not None:
            nouns = [word for word, tag in zip(said, tags, strict=True) if tag in ("NN", "NNS")]
            known = [rating for rating in map(tools.concreteness, nouns) if rating is not None]
            ratings[at], rated[at] = sum(known), len(known)
    per_prompt = given.per_prompt
    return {
        "tags": share(per_prompt(alike), per_prompt(places)),
        "concrete": ratio(per_prompt(ratings), per_prompt(rated)),
    }


def _surprising(given: _Given, tools: Instruments) -> dict[str, Estimate | None]:
    if tools.surprisal is None or not given.lines:
        return {"surprisal": None}
    nats = np.asarray(tools.surprisal([line.text for line in given.lines]), float)
    long = np.array([len(line) for line in given.words], float) * np.isfinite(nats)
    return {"surprisal": ratio(given.per_prompt(np.nan_to_num(nats) * long), given.per_prompt(long))}


def concreteness_quartile(
    lines: Sequence[Sequence[tuple[str, str]]], concreteness: Callable[[str], float | None]
) -> Estimate | None:
    """The 75th percentile of the mean concreteness of a line's nouns, over lines that have one that is listed.

    Args:
        lines: words with their tags, line by line: a sample of the corpus.
        concreteness: as in `Instruments`.
    """
    means = []
    for line in lines:
        ratings = [concreteness(word) for word, tag in line if tag in ("NN", "NNS")]
        known = [rating for rating in ratings if rating is not None]
        if known:
            means.append(sum(known) / len(known))
    return quantile(means, 0.75)
