"""What to ask of a game and a contract space, and the desk at which it is answered."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal

from .bargaining.bargain import Acceptance, Disagreement
from .tables.tabulate import LIMIT, Table
from .terms.features import Features


@dataclasses.dataclass(frozen=True)
class Question:
    """What to ask of a game and a contract space."""

    proposer: int = 0
    acceptance: Acceptance = "sequential"
    disagreement: Disagreement = "same"
    signing: bool = True
    """Whether lump sums at signing may be offered with every contract."""

    terms: int = 25
    """How many terms of a one-dimensional space may be offered, evenly spread, beside those where equilibria change."""

    margin: Fraction = Fraction(1, 100)
    """What every deviation from the target has to lose at least under the cheapest contract."""

    target: tuple[int, ...] | None = None
    """A joint action to bring about in a game of one move; default the best one."""

    discount: Fraction | None = None
    """One move: of the repeated game, for a comparison with threats, mediators and leaders. Many steps: of play without
    a time limit, whose stationary equilibria are listed if the game is tiny. None leaves it out."""

    limit: int = LIMIT
    """Most states."""

    depth: Literal["quick", "usual", "exact"] = "usual"
    """For games of many steps. `quick` leaves out linear programs and the search among tied optimal policies, `usual`
    does so where the game is large, and checks a large contract in floats; `exact` does everything in rationals."""


USUAL = Question()
"""What is asked if nothing else is."""


@dataclasses.dataclass(frozen=True, eq=False)
class Asked:
    """A question, the table it is about, and the watch."""

    question: Question
    table: Table
    features: Features | None
    signing: bool
    seconds: dict[str, float]
    notes: list[str]
    progress: Callable[[str, int, int], None]

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """Do a part and write down how long it took."""
        self.progress(name, 0, 0)
        begun = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
