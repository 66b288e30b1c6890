"""The ablation table: what each part of the design does, on prompts that no model has seen, each number with its
interval; and the goals. As text, Markdown and JSON.

    chars       a character LSTM (V0)
    words       a plain word-level language model (V2)
    joint       one model of structure and words
    retrieval   real lines of the training text that fit the wishes
    soft        two models, wishes given as conditions only
    masks       two models, wishes enforced by masks
    tuned       the same after reinforcement
    truth       what people wrote
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import StorageError
from .goals import Given, Goal, goals
from .intervals import Estimate
from .metrics import COLUMNS, Column, Instruments, Measured, measure
from .prompts import Prompt
from .running import System, run, truth

if TYPE_CHECKING:
    from rich.console import Console

LABELS = {
    "chars": "V0 characters",
    "words": "V2 words",
    "joint": "joint",
    "retrieval": "retrieval",
    "soft": "two, no masks",
    "masks": "two, masks",
    "tuned": "two, tuned, no masks",
    "both": "two, tuned, masks",
    "truth": "truth",
}
"""Headings."""
GROUPS = {"form": "Form", "range": "Range and novelty", "sense": "Sense", "time": "Time"}
Extra = Mapping[str, Mapping[str, Estimate]]
"""System -> column -> a number that only the model can say: retrieval, perplexity."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Table:
    """The ablation table.

    Attributes:
        measured: by system, in the order of the rows.
        cells: all numbers, those handed in too.
        goals: what was to be reached.
        about: prompts, seed, lines a prompt, and whatever the caller adds (machine, commit).
        labels: of systems.
    """

    measured: Mapping[str, Measured]
    cells: Mapping[str, Mapping[str, Estimate | None]]
    goals: Sequence[Goal]
    about: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=lambda: LABELS)

    def columns(self, group: str) -> list[Column]:
        """The columns of one group that any system has."""
        has = lambda column: any(cells.get(column.key) for cells in self.cells.values())
        return [column for column in COLUMNS if column.group == group and has(column)]

    def markdown(self) -> str:
        """The table, what its rows count, and the goals."""
        head = ["", *map(self._label, self.cells)]
        rows, told = [], []
        for group, title in GROUPS.items():
            columns = self.columns(group)
            rows += [[f"**{title}**", *[""] * len(self.cells)]] if columns else []
            rows += [[c.title + _unit(c.form), *(_cell(cells.get(c.key), c.form) for cells in self.cells.values())]
                     for c in columns]  # fmt: skip
            told += [f"- *{c.title}*: {c.definition}" for c in columns]
        goals = _grid(["goal", "target", "reached", ""], [list(_goal(goal)) for goal in self.goals])
        return "\n\n".join([_grid(head, rows), "\n".join(told), "### Goals", goals, self._footnote()]) + "\n"

    def record(self) -> dict[str, Any]:
        """For JSON."""
        systems = {
            name: self.measured[name].record()
            | {"label": self._label(name), "cells": {key: cell and cell.record() for key, cell in cells.items()}}
            for name, cells in self.cells.items()
        }
        definitions = {column.key: column.definition for column in COLUMNS}
        return {"about": dict(self.about), "definitions": definitions, "systems": systems,
                "goals": [goal.record() for goal in self.goals]}  # fmt: skip

    def json(self) -> str:
        """`record` as text; what is not a number is null."""
        return json.dumps(_plain(self.record()), indent=1, ensure_ascii=False)

    def show(self, console: Console, goals: bool = True) -> None:
        """Print it; a narrow window gets numbers without their intervals."""
        from rich import box
        from rich.table import Table as Grid

        wide = console.width >= 22 + 18 * len(self.cells)
        grid = Grid("", *map(self._label, self.cells), box=box.SIMPLE)
        for group in GROUPS:
            for column in self.columns(group):
                found = [cells.get(column.key) for cells in self.cells.values()]
                cells = [_cell(one, column.form) if wide else _value(one, column.form) for one in found]
                grid.add_row(column.title + _unit(column.form), *cells)
            grid.add_section()
        console.print(grid)
        if not wide:
            console.print("Intervals are in the JSON and the Markdown, or in a wider window.", soft_wrap=True)
        if goals:
            grid = Grid("goal", "target", "reached", "", box=box.SIMPLE)
            for goal in self.goals:
                grid.add_row(*_goal(goal))
            console.print(grid)
        console.print(self._footnote())

    def _label(self, name: str) -> str:
        return self.labels.get(name, name)

    def _footnote(self) -> str:
        told = ", ".join(f"{key} {value}" for key, value in self.about.items())
        unknown = {word for measured in self.measured.values() for word in measured.unknown}
        return (f"In brackets: 95 % intervals over prompts. {told}. Words that the independent check could not judge: "
                f"{len(unknown)} (named in the JSON).")  # fmt: skip


def ablation(
    systems: Mapping[str, System],
    prompts: Sequence[Prompt],
    folder: Path,
    tools: Instruments | None = None,
    *,
    seed: int = 0,
    count: int = 10,
    extra: Extra | None = None,
    given: Given | None = None,
    about: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Table:
    """Ask every system every prompt (what was answered already is not asked again), measure, and write the table.

    Args:
        systems: by name, in the order of the rows; the true lines are added.
        prompts: what to ask.
        folder: `answers/NAME.jsonl`, `table.md` and `table.json` go here.
        tools: what the measures need from outside.
        seed: of the run.
        count: lines a prompt.
        extra: numbers that only the models can say.
        given: what goals need besides.
        about: what to write under the table.
        progress: called with the system, prompts done and prompts in all.

    Raises:
        BadSetting: the folder has answers to other prompts.
        StorageError: it cannot be written.
    """
    replies = {}
    for name, system in systems.items():
        tell = (lambda done, every, name=name: progress(name, done, every)) if progress else None
        replies[name] = run(name, system, prompts, folder / "answers", seed=seed, count=count, progress=tell)
    if any(prompt.next for prompt in prompts):
        replies["truth"] = truth(prompts)
    told = {"prompts": len(prompts), "lines a prompt": count, "seed": seed, **(about or {})}
    measured = {}
    for place, (name, answers) in enumerate(replies.items()):
        measured[name] = measure(prompts, answers, tools)
        if progress:
            progress("measuring", place + 1, len(replies))
    made = tabulate(measured, extra, given, told)
    write(made, folder)
    return made


def tabulate(
    measured: Mapping[str, Measured],
    extra: Extra | None = None,
    given: Given | None = None,
    about: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Table:
    """The table of what was measured."""
    cells = {name: {**one.cells, **(extra or {}).get(name, {})} for name, one in measured.items()}
    if "truth" in cells:
        cells["truth"]["enough"] = None  # a poet wrote one line, and nobody asked for five
    return Table(measured, cells, goals(cells, given), about or {}, {**LABELS, **(labels or {})})


def write(table: Table, folder: Path) -> None:
    """Write `table.md` and `table.json`, each whole or not at all.

    Raises:
        StorageError: they cannot be written.
    """
    texts = {"table.md": table.markdown(), "table.json": table.json() + "\n"}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            draft = folder / f".{name}.{os.getpid()}"
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, folder / name)
    except OSError as error:
        reason = error.strerror or error
        raise StorageError(f"'{folder}' cannot be written: {reason}. Choose another folder.") from error


def _plain(value: Any) -> Any:
    """The same for strict JSON: what is not a number is null."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and value != value else value


def number(value: float, form: str) -> str:
    """A number as people read it."""
    if value != value:
        return "?"
    if form == "percent":
        return f"{100 * value:.1f}"
    if form in ("seconds", "minutes"):
        return f"{value:.2f}"
    return f"{value:.3f}" if abs(value) < 2 else f"{value:.2f}"


def _value(estimate: Estimate | None, form: str) -> str:
    return "–" if estimate is None else number(estimate.value, form)


def _cell(estimate: Estimate | None, form: str) -> str:
    """A number with its interval, if it has one."""
    if estimate is None or estimate.low != estimate.low:
        return _value(estimate, form)
    low, high = number(estimate.low, form), number(estimate.high, form)
    return f"{number(estimate.value, form)} ({low}–{high})" if float(low) >= 0 else (
        f"{number(estimate.value, form)} ({low} to {high})")  # fmt: skip


def _unit(form: str) -> str:
    return {"percent": ", %", "seconds": ", s", "minutes": ", min"}.get(form, "")


def _goal(goal: Goal) -> tuple[str, str, str, str]:
    unit = _unit(goal.form).replace(",", "") if goal.value else ""
    return goal.name, goal.target, _cell(goal.value, goal.form) + unit, str(goal.outcome)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)
