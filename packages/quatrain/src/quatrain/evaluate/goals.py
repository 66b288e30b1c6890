"""The goals set for the suggestions, and how far each was reached: `goal, target, reached`.

A goal is *reached* when the whole 95 % interval meets its target, *reached (interval crosses)* when the number does and
an end of its interval does not, and likewise missed. Goals of "all" and "none" are counts of these lines, without an
interval. What was not measured is said to be so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .intervals import Estimate, exact

_EQUAL = 1e-9
Cells = Mapping[str, Mapping[str, Estimate | None]]
"""System -> column -> number."""


class Outcome(StrEnum):
    """How a goal stands."""

    REACHED = "reached"
    NARROWLY = "reached (interval crosses)"
    NEARLY = "missed (interval crosses)"
    MISSED = "missed"
    OPEN = "not measured"


@dataclass(frozen=True)
class Goal:
    """One goal.

    Attributes:
        name: what it is about.
        target: in words.
        form: `percent`, `number`, `seconds` or `minutes`.
        value: what was measured; for a comparison the difference; none if it was not measured.
        bound: what the value is held against.
        above: whether it must be at least the bound, or at most.
        strict: whether to be equal is not enough.
    """

    name: str
    target: str
    form: str
    value: Estimate | None
    bound: float
    above: bool = True
    strict: bool = False

    @property
    def outcome(self) -> Outcome:
        """How it stands."""
        if self.value is None or math.isnan(self.value.value):
            return Outcome.OPEN
        meets, ends = self._meets(self.value.value), [end for end in (self.value.low, self.value.high) if end == end]
        sure = all(self._meets(end) == meets for end in ends)
        if meets:
            return Outcome.REACHED if sure else Outcome.NARROWLY
        return Outcome.MISSED if sure else Outcome.NEARLY

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {"goal": self.name, "target": self.target, "reached": self.value and self.value.record(),
                "outcome": str(self.outcome)}  # fmt: skip

    def _meets(self, number: float) -> bool:
        if math.isclose(number, self.bound, abs_tol=_EQUAL):
            return not self.strict
        return (number > self.bound) == self.above


@dataclass(frozen=True)
class Given:
    """What the prompts cannot tell.

    Attributes:
        concreteness: the corpus's 75th percentile (`metrics.concreteness_quartile`).
        minutes: to the first usable models from somebody's own text.
        preferred: of the blind comparison, people only: other system -> share that preferred ours.
    """

    concreteness: Estimate | None = None
    minutes: float | None = None
    preferred: Mapping[str, Estimate] | None = None


def goals(
    cells: Cells, given: Given | None = None, ours: str = "masks", plain: str = "words", human: str = "truth"
) -> list[Goal]:
    """The goals and what was reached.

    Args:
        cells: of the ablation table.
        given: what the prompts cannot tell.
        ours: the system that the goals are set for.
        plain: the plain language model.
        human: the true lines.
    """
    given = given or Given()
    of = lambda key, system=ours: cells.get(system, {}).get(key)
    beside = lambda key, other: _minus(of(key), of(key, other))
    found = [
        Goal("syllables", "100 % by the decoder's own dictionary", "percent", _count(of("syllables_own")), 1.0),
        Goal("syllables, independent", "at least 99 %", "percent", of("syllables_kept"), 0.99),
        Goal("rhyme", "at least 99 % of requests with five lines that rhyme", "percent", of("enough"), 0.99),
        Goal("self-rhyme", "none", "percent", _count(of("same")), 0.0, above=False),
        Goal("tags found again", "at least 80 %", "percent", of("tags"), 0.80),
        Goal("distinct-2", "at least people's: difference 0 or more", "number", beside("distinct2", human), 0.0),
        Goal("self-BLEU", "at most people's: difference 0 or less", "number", beside("self_bleu", human), 0.0, False),
        Goal("new 4-grams", "at least 95 %", "percent", of("new"), 0.95),
        Goal("copies", "none", "percent", _count(of("copies")), 0.0, above=False),
        Goal("unlikely", "more surprising than the plain model's own lines: difference above 0", "number",
             beside("surprisal", plain), 0.0, strict=True),
        Goal("coherent", "next line found more often than by chance, 10 %", "percent", of("retrieval"), 0.10,
             strict=True),
        _concrete(of("concrete"), given),
        Goal("latency", "at most 1.5 s for ten lines, p95", "seconds", of("slow"), 1.5, above=False),
        Goal("training on one's own text", "at most 15 min", "minutes",
             None if given.minutes is None else exact(given.minutes), 15.0, above=False),
    ]  # fmt: skip
    return found + _preferred(given.preferred or {}, plain, human)


def _concrete(value: Estimate | None, given: Given) -> Goal:
    target = "at least the corpus's 75th percentile"
    if given.concreteness is None:
        return Goal("concrete nouns", target, "number", None, 0.0)
    bound = given.concreteness.value
    return Goal("concrete nouns", f"{target}, {bound:.2f}", "number", value, bound)


def _preferred(shares: Mapping[str, Estimate], plain: str, human: str) -> list[Goal]:
    wanted: Sequence[tuple[str, str]] = (("chars", "the character LSTM"), (plain, "the plain model"))
    found = [
        Goal(f"people prefer it to {label}", "more than half", "percent", shares.get(name), 0.5, strict=True)
        for name, label in wanted
    ]
    honest = Goal("people prefer it to the true line", "told, no target", "percent", shares.get(human), 0.0)
    return [*found, honest]


def _count(value: Estimate | None) -> Estimate | None:
    return value and exact(value.value, value.n)


def _minus(first: Estimate | None, second: Estimate | None) -> Estimate | None:
    return first.minus(second) if first and second else None
