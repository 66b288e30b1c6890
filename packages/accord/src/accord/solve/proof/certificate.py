"""The certificate: what was checked about a game and a way of playing it, and the best deviation that was found."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..tables.numbers import said
from ..written import Number, decoded, encoded


@dataclasses.dataclass(frozen=True)
class Deviation:
    """One agent leaving the play at one place, and what it gains by that against the others, who stay."""

    agent: int
    time: int
    """Steps played before."""

    state: int
    where: str
    """The state in words."""

    action: str
    """What it does instead."""

    instead_of: str
    """What the play has it do there."""

    gain: Number
    """Negative: it loses."""

    reached: Number
    """Probability that the play comes to this place."""


@dataclasses.dataclass(frozen=True)
class Rivalry:
    """The closest that another action comes to the target's, whatever the others do: what dominance hangs on."""

    agent: int
    time: int
    state: int
    where: str
    action: str
    against: tuple[str, ...]
    """What the others do there, in the order of the agents."""

    margin: Number
    """By how much the target's action is better. Dominance is strict where it is positive."""


@dataclasses.dataclass(frozen=True)
class Leak:
    """A place where money appears (positive) or disappears, or where the contract changes more than rewards."""

    where: str
    actions: tuple[str, ...]
    amount: Number
    what: str = "money"
    """`money`, `signing`, or `rules`: another game than the one without the contract."""


@dataclasses.dataclass(frozen=True)
class Distance:
    """How far the play is from an expected one. Joint actions differ at a place by their total variation, in [0, 1]."""

    everywhere: Number
    """Mean over all times and states that some play can reach."""

    on_path: Number
    """Mean over those that this play reaches, weighted by how often."""

    payoffs: Number
    """Largest difference of an agent's payoff."""


@dataclasses.dataclass(frozen=True)
class Certificate:
    """The verdicts about one way of playing one game. None stands for what was not asked.

    Two tolerances, never one: `tolerance_regret` decides whether the play is an equilibrium, `tolerance_distance`
    whether it is the expected one.
    """

    method: str
    settings: dict[str, Any]
    exact: bool
    """Decided in integers. If not, floats decided, and the verdicts are no proof."""

    tolerance_regret: Number
    tolerance_distance: Number
    agents: tuple[str, ...]
    """Names of the agents, for sentences."""

    horizon: int
    places: int
    """Times and states that some play can reach and where something is decided: all of them were looked at."""

    values: tuple[Number, ...]
    """Each agent's payoff, lump sums at signing included."""

    regret: Number
    """The most that any agent can gain from any place on, by any plan."""

    gains: tuple[Number, ...]
    """What each agent can gain from the start, by any plan."""

    equilibrium: bool
    """Subgame-perfect: `regret` within its tolerance."""

    once: Deviation | None
    """The best deviation at one place with a return to the play afterwards; negative gain: the closest call."""

    plan: Deviation | None
    """The best deviation by any plan, told by its first step; None where no plan gains anything."""

    conserved: bool | None = None
    """The contract moves money and nothing else."""

    leak: Leak | None = None
    accepted: bool | None = None
    """Every agent has at least what it has without a contract."""

    surplus: tuple[Number, ...] = ()
    """What each agent has more than without a contract."""

    unique: bool | None = None
    """The play is the only subgame-perfect equilibrium, since it is strictly dominant at every place. False means that
    this was not shown, not that there are others."""

    rivalry: Rivalry | None = None
    expected: bool | None = None
    """The play is the expected one, within `tolerance_distance` on the path."""

    distance: Distance | None = None
    message: str = ""
    """The outcome in a sentence, with the remedy where something failed."""

    remedy: str = ""
    """What to do about it; empty where nothing failed."""

    @property
    def holds(self) -> bool:
        """An equilibrium, whose money is conserved and which everybody accepts, as far as was asked."""
        return self.equilibrium and self.conserved is not False and self.accepted is not False

    def lines(self) -> list[str]:
        """The certificate for a terminal."""
        places = "1 decision" if self.places == 1 else f"{self.places:,} times and states"
        lines = [f"Certificate ({'integers' if self.exact else 'floats, no proof'}; {places})"]
        for verdict, name, text in self.checks():
            mark = {True: "yes", False: "NO", None: "-"}[verdict]
            lines.append(f"  {mark:3}  {name:17}  {text}")
        return [*lines, f"  {self.remedy}"] if self.remedy else lines

    def checks(self) -> list[tuple[bool | None, str, str]]:
        """Every verdict with its name and its reason; what was not asked is left out."""
        found: list[tuple[bool | None, str, str]] = [(self.equilibrium, "equilibrium", self._best())]
        if self.conserved is not None:
            found.append((self.conserved, "money conserved", self._money()))
        if self.accepted is not None:
            low = min(self.surplus)
            who = self.agents[self.surplus.index(low)]
            found.append((self.accepted, "all accept", f"{who} gains least by signing: {said(low)}"))
        if self.unique is not None:
            text = "nobody has a choice" if self.rivalry is None else self._closest(self.rivalry)
            found.append((self.unique or None, "only equilibrium", text))
        if self.distance is not None:
            far = self.distance
            found.append((self.expected, "as expected", _apart(far)))
        return found

    def _best(self) -> str:
        found = self.once if self.equilibrium or self.plan is None else self.plan
        if found is None:
            return "nobody has a choice"
        verb = "gains" if found.gain > 0 else "loses"
        result = f"{verb} {said(abs(found.gain))}" if found.gain else "gains nothing"
        step = f" at step {found.time + 1}" if self.horizon > 1 else ""
        return (f"the best deviation {result}: {self.agents[found.agent]}{step}{_at(found.where)}, "
                f"{found.action} instead of {found.instead_of}")

    def _closest(self, close: Rivalry) -> str:
        if self.unique:
            return f"strictly dominant everywhere, by at least {said(close.margin)}"
        others = "the other plays" if len(close.against) == 1 else "the others play"
        told = f" if {others} {', '.join(close.against)}" if close.against else ""
        worth = "as good" if close.margin == 0 else "better"
        return f"not shown: {close.action} is {worth} for {self.agents[close.agent]}{told}{_at(close.where)}"

    def _money(self) -> str:
        leak = self.leak
        if leak is None:
            return "nothing appears or disappears"
        if leak.what == "rules":
            return "the contract changes more than rewards"
        place = "at signing" if leak.what == "signing" else f"when they play {', '.join(leak.actions)}{_at(leak.where)}"
        return f"{said(abs(leak.amount))} {'appears' if leak.amount > 0 else 'disappears'} {place}"

    def to_dict(self) -> dict[str, Any]:
        """The certificate as plain data for JSON."""
        return encoded(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Certificate:
        """The certificate that `to_dict` wrote.

        Raises:
            BadCheckpoint: other data.
        """
        return decoded(cls, data)


@dataclasses.dataclass(frozen=True)
class Exploitability:
    """What each agent could gain against a fixed way of playing, in floats. Sum of gains: NashConv."""

    values: tuple[float, ...]
    """Payoffs under the policy."""

    best: tuple[float, ...]
    """Each agent's best response value against the others, who stay."""

    @property
    def gains(self) -> tuple[float, ...]:
        """Best response value minus policy value of each agent."""
        return tuple(best - value for best, value in zip(self.best, self.values, strict=True))

    @property
    def total(self) -> float:
        """The sum over agents (NashConv)."""
        return sum(self.gains)


def _apart(far: Distance) -> str:
    """How far a play is from the expected one, in words."""
    share = lambda value: f"{100 * float(value):.4g} %"
    if far.on_path:
        return f"differs at {share(far.on_path)} of what is played, payoffs by {said(far.payoffs)}"
    elsewhere = f"; differs at {share(far.everywhere)} of all times and states" if far.everywhere else ""
    return f"the same wherever it is played{elsewhere}"


def _at(where: str) -> str:
    return f" in {where}" if where else ""


__all__ = ["Certificate", "Deviation", "Distance", "Exploitability", "Leak", "Rivalry"]
