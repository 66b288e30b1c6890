"""What is said about a case: frozen records of plain values, ready for JSON. Costs are in units of collateral."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Record:
    """A record that knows how to become plain values."""

    def to_dict(self) -> dict[str, Any]:
        """Dictionaries, lists, numbers and text; JSON takes it as it is."""
        return _plain(self)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.item() if hasattr(value, "item") else value  # a number that an array left behind


@dataclasses.dataclass(frozen=True)
class Case(Record):
    """What is played, and how it is learned."""

    name: str
    title: str
    """One sentence."""

    banks: tuple[str, ...]
    """Their names."""

    periods: int
    choices: tuple[str, ...]
    """What each bank chooses from, in words and in order."""

    rates: dict[str, float]
    settings: dict[str, Any]
    """Of the learner: updates, batch, step size, hidden layers."""

    source: str
    """Where demand and settings come from, and departures."""


@dataclasses.dataclass(frozen=True)
class Stat(Record):
    """Mean over seeds, and its 99 % interval (normal, from the standard error: a mean, since outcomes split)."""

    mean: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Curve(Record):
    """The same over updates, and the range that 98 % of seeds lie in (1st and 99th percentile)."""

    update: tuple[int, ...]
    """Which updates, from 1 on: all of them, or some evenly spread."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    first: tuple[float, ...]
    last: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Cell(Record):
    """One joint choice."""

    profile: tuple[int, ...]
    play: tuple[str, ...]
    """The same in words."""

    costs: tuple[float, ...]
    total: float


@dataclasses.dataclass(frozen=True)
class Mixed(Record):
    """The mixed equilibrium of a game of two by two."""

    chances: tuple[float, ...]
    """Each bank's chance of its first choice."""

    costs: tuple[float, ...]
    gridlock: float
    """Chance that nobody makes the first choice."""


@dataclasses.dataclass(frozen=True)
class Exact(Record):
    """The exact side, decided in whole numbers."""

    kind: str
    """Class of a two-by-two game, else the shape of the table in words."""

    equilibria: tuple[Cell, ...]
    """Pure Nash equilibria, the first ones where there are very many."""

    count: int
    """How many there are."""

    survivors: tuple[tuple[int, ...], ...]
    """What iterated strict dominance leaves each bank; empty where it was not asked."""

    planner: Cell
    """Least total cost of a constant joint choice."""

    worst: float | None
    """Total of the worst pure equilibrium (and of the mixed one, if it is worse); None if none is known."""

    best: float | None
    """Total of the best pure equilibrium."""

    anarchy: float | None
    """Price of anarchy: worst over planner; None where the planner pays nothing and somebody else does."""

    hindsight: dict[str, float] | None
    """Mean, min and max over days of the least total with the day known; None with one day."""

    mixed: Mixed | None
    costs: tuple[Any, ...] | None
    """Each bank's costs for every joint choice, `[bank][choice of 0][choice of 1]`; None unless two banks play."""

    method: str
    proof: bool
    """Whether all joint choices were looked at; else equilibria were found and checked, and others may exist."""


@dataclasses.dataclass(frozen=True)
class Outcome(Record):
    """What many seeds of a learner learned."""

    learner: str
    seeds: int
    updates: int
    cost: tuple[Curve, ...]
    """Each bank's mean cost of the batch, by update."""

    total: Curve
    posted: tuple[Curve, ...]
    """Each bank's mean liquidity, by update; empty where none is chosen."""

    sampled: tuple[Stat, ...]
    """Each bank's cost as played, with all its exploration, over the last tenth of updates (10 at least)."""

    sampled_total: Stat
    greedy: tuple[Stat, ...]
    """Each bank's cost if all play their most likely choice at the end."""

    greedy_total: Stat
    liquidity: tuple[Stat, ...]
    """What each bank posts greedily; empty where none is chosen."""

    shares: dict[str, float]
    """Share of seeds by what they play greedily in the end, in words, most frequent first (12 at most)."""

    gridlock: Stat | None
    """Chance, as played in the end, that nobody makes the first choice; None unless there are two choices."""

    certified: float | None
    """Share of seeds whose greedy play is a Nash equilibrium (under a contract: the certified target)."""

    distance: float | None
    """Mean over seeds of the distance of greedy play to the nearest equilibrium, in steps of the grid, all banks
    together; None where there is no table."""

    exploitability: tuple[Stat, ...]
    """What each bank could still save by its best constant reply to the others' play as it is, exploration included;
    empty where there is no table."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class Check(Record):
    """A claim, what was wanted, and what came out."""

    name: str
    wanted: str
    found: str
    holds: bool


@dataclasses.dataclass(frozen=True)
class Selection(Record):
    """What a bank that rejects a contract expects, and who then signs."""

    name: str
    """Which play without the contract is expected: worst, best, mixed, risk-dominant, learned."""

    outside: tuple[float, ...]
    """Costs then."""

    gains: tuple[float, ...]
    """What each bank saves by the contract."""

    signed: bool
    """Whether all sign: nobody loses, and somebody gains."""


@dataclasses.dataclass(frozen=True)
class Certificate(Record):
    """Exact checks of a contract on the table of costs."""

    target: Cell
    checks: tuple[Check, ...]
    selections: tuple[Selection, ...]
    budget: float
    """What changes hands in the target, in all."""

    largest: float
    """The largest net transfer of a bank in any joint choice."""

    threshold: float | None
    """The fee above which, and only above which, the target is the only outcome; None where none was derived."""

    verdict: str
    """"gain", "no gain", "harm", or "not certified"."""

    message: str

    @property
    def holds(self) -> bool:
        """Whether all checks hold."""
        return all(check.holds for check in self.checks)


@dataclasses.dataclass(frozen=True)
class Institution(Record):
    """The case under one contract, or under none."""

    label: str
    contract: str
    """The contract in words; empty for none."""

    theta: tuple[float, ...]
    exact: Exact
    certificate: Certificate | None
    outcome: Outcome


@dataclasses.dataclass(frozen=True)
class Comparison(Record):
    """Everything about a case."""

    case: Case
    institutions: tuple[Institution, ...]
    """The first one is without a contract."""

    others: tuple[Outcome, ...]
    """Other learners without a contract."""

    checks: tuple[Check, ...]
    """What the case is to show, missed claims too."""

    notes: tuple[str, ...]
    verdict: str
    seconds: float
    command: str
