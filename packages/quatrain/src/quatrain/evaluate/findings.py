"""The report of a blind comparison, in words and tables; made from the votes alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from . import blind, preference
from .preference import PASSED, Report
from .table import LABELS, number

HEADS = {
    "person": "Blind comparison: {raters}",
    "scripted": "Dry run of the blind comparison with scripts in place of raters: {raters}",
    "model": "Blind comparison judged by language models: {raters}",
}
WARNINGS = {
    "person": "",
    "scripted": "**No person voted here.** Scripts chose by preferences that were written into them, to show that the "
    "instrument finds those again. It says nothing about what people like.",
    "model": "**No person voted here.** Language models chose. It does not say what people like.",
}


def from_file(path: Path, kind: str = "person", study: str = "") -> str:
    """The report of a file of votes, as Markdown; the same file gives the same report.

    Raises:
        BadText: no votes of that kind.
        StorageError: the file cannot be read.
    """
    return markdown(preference.report(blind.read(path), kind, study))


def markdown(found: Report, labels: Mapping[str, str] | None = None) -> str:
    """The report as Markdown."""
    names = {**LABELS, **(labels or {})}
    name = lambda system: str(names.get(system, system))
    counted = [rater for rater in found.raters if rater.counted]
    nouns = {"person": "person", "scripted": "script", "model": "model"}
    parts = ["# " + HEADS[found.kind].format(raters=_many(len(found.raters), nouns[found.kind]))]
    parts += [WARNINGS[found.kind]] if WARNINGS[found.kind] else []
    parts.append(f"Study {found.study}. {_many(found.votes, 'vote')} of {_many(len(counted), 'rater')} count. "
                 "In brackets: 95 % intervals, raters and prompts drawn again.")  # fmt: skip
    if len(counted) < 3:
        parts.append(f"With {_many(len(counted), 'rater')} the intervals say little about others; ask three or more.")
    parts += ["## Preferences", _shares(found, name)]
    if found.strengths:
        rows = [f"| {name(s)} | {e.value:+.2f} ({e.low:+.2f} to {e.high:+.2f}) |" for s, e in found.strengths.items()]
        parts += ["## Strengths (Bradley-Terry, logarithms, mean zero)"]
        parts += ["\n".join(["| | strength |", "| --- | --- |", *rows])]
    elif found.shares:
        parts.append("The comparisons do not connect all systems, so there is no common scale of strengths.")
    parts += ["## Raters", _raters(found), _agreement(found)]
    return "\n\n".join(parts) + "\n"


def _shares(found: Report, name: Callable[[str], str]) -> str:
    rows = ["| preferred | to | share, % | votes: for, against, neither |", "| --- | --- | --- | --- |"]
    for one, other in found.shares:
        mine, yours, neither = found.counts[one, other]
        if mine < yours:
            one, other, mine, yours = other, one, yours, mine
        share = preference.against(found, one)[other]
        cell = f"{number(share.value, 'percent')} ({number(share.low, 'percent')}–{number(share.high, 'percent')})"
        rows.append(f"| {name(one)} | {name(other)} | {cell} | {mine}, {yours}, {neither} |")
    return "\n".join(rows)


def _raters(found: Report) -> str:
    rows = ["| rater | votes | checks passed | seconds a vote | |", "| --- | --- | --- | --- | --- |"]
    for rater in found.raters:
        note = "" if rater.counted else f"left out: fewer than {PASSED:.0%} of the checks"
        checks = f"{rater.passed} of {rater.checks}"
        rows.append(f"| {_plain(rater.name)} | {rater.votes} | {checks} | {rater.seconds:.1f} | {note} |")
    return "\n".join(rows)


def _agreement(found: Report) -> str:
    parts = []
    if found.fleiss == found.fleiss:
        parts.append(f"Agreement of all raters: Fleiss' kappa {found.fleiss:.2f}.")
    pairs = [
        f"{_plain(a)} and {_plain(b)} {kappa:.2f} ({_many(n, 'pair')})"
        for (a, b), (kappa, n) in found.cohen.items()
        if kappa == kappa
    ]
    parts += [f"Of two (Cohen's kappa): {'; '.join(pairs)}."] if pairs else []
    if found.first:
        share, low, high = (number(x, "percent") for x in (found.first.value, found.first.low, found.first.high))
        parts.append(f"The line that stood first got {share} % ({low}–{high}); 50 % if the side does not matter.")
    return " ".join(parts)


def _plain(text: str) -> str:
    """A rater's name inside a table."""
    return "".join(char if char.isalnum() or char in " -_.'" else " " for char in text)


def _many(count: int, noun: str) -> str:
    plural = {"person": "people"}.get(noun, noun + "s")
    return f"{count} {noun if count == 1 else plural}"
