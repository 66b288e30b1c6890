"""What solving a game gives: one frozen record that is printed, drawn and kept as JSON.

Every value is a rational where the computation was exact and a float where it was not. What was not computed is None or
empty, and the pages leave it out.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from ..core.errors import BadCheckpoint
from .proof.certificate import Certificate
from .written import Number, decoded, encoded

FORMAT = 1
"""Format of the dictionaries; a newer one is refused."""


@dataclasses.dataclass(frozen=True)
class Game:
    """What was solved, and how large it is."""

    name: str
    num_agents: int
    horizon: int
    """Steps; 1 for a game of one move."""

    states: int
    joint_actions: int
    successors: int = 0
    """Entries of the table of transitions."""

    version: int | None = None
    source: str = ""
    action_names: tuple[str, ...] = ()
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    kind: str = ""
    """Class of a 2x2 game, such as "prisoner's dilemma"."""


@dataclasses.dataclass(frozen=True)
class Space:
    """The contract space that was searched."""

    name: str
    low: tuple[Number, ...] = ()
    high: tuple[Number, ...] = ()
    unit: str = ""
    """What one unit of the first term buys: "points for a defection", "apples per cleaned cell"."""

    signing: bool = False
    """Whether lump sums at signing belong to it."""


@dataclasses.dataclass(frozen=True)
class Equilibrium:
    """Payoffs of an equilibrium; of a whole component, from `payoffs` to `upto`."""

    payoffs: tuple[Number, ...]
    play: str = ""
    """What is played, in words: "defect, defect"."""

    mixed: bool = False
    upto: tuple[Number, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Equilibria:
    """The equilibria of a game, or what is known about them."""

    low: Number
    """Least welfare."""

    high: Number
    """Most welfare."""

    extent: Literal["complete", "bound", "some"]
    """`complete`: these are all; `bound`: all lie between `low` and `high`; `some`: there may be others elsewhere."""

    method: str
    """How they were found, and of what kind they are: "pure, by enumeration"."""

    found: tuple[Equilibrium, ...] = ()


@dataclasses.dataclass(frozen=True)
class Matrix:
    """A game of two agents and one move, without a contract and under the one that was found."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    before: tuple[tuple[tuple[Number, Number], ...], ...]
    """Payoffs by row and column."""

    stable_before: tuple[tuple[int, int], ...] = ()
    """Cells that are pure equilibria."""

    after: tuple[tuple[tuple[Number, Number], ...], ...] = ()
    stable_after: tuple[tuple[int, int], ...] = ()


@dataclasses.dataclass(frozen=True)
class Piece:
    """An interval of terms with the same equilibria; a knife edge where `low == high`."""

    low: Number
    high: Number
    low_closed: bool
    high_closed: bool
    welfare: tuple[Number, ...]
    """The different sums of payoffs of its equilibria, ascending; empty if it has none of the kind that was sought."""

    plays: tuple[str, ...] = ()
    """What is played, in words, in the order of `welfare`."""


@dataclasses.dataclass(frozen=True)
class Cheapest:
    """The least contract of a space under which a target is played, or the news that there is none."""

    target: str
    """What it is to bring about, in words: "both cooperate", "the best joint policy"."""

    mode: Literal["dominant", "equilibrium"]
    feasible: bool
    theta: tuple[Number, ...] = ()
    attained: bool = True
    """False: `theta` is the limit, and every contract beyond it will do."""

    binding: str = ""
    """The deviation that decides the amount, in words."""

    margin: Number | None = None
    """By how much every deviation is worse under `theta`."""

    largest: Number | None = None
    """Largest amount that one agent pays or receives in one step."""

    paid: Number | None = None
    """Expected amount that moves if the target is played."""

    nearest: str = ""
    """If not feasible: how near the space comes, in words."""

    proof: str = ""
    """If not feasible: the deviations that cannot all be deterred, and their weights in the proof."""


@dataclasses.dataclass(frozen=True)
class Fine:
    """What any zero-sum transfers can do: a fine for leaving the best joint policy, shared by the others."""

    amount: Number
    margin: Number
    """By how much every deviation is worse, at every time and state and whatever the others do."""

    binding: str
    """The deviation that decides the amount, in words."""

    proposer: int
    keeps: tuple[Number, Number]
    """The least and most that the proposer keeps if lump sums hold all others to their value without a contract. The
    two differ where that value is known by bounds only."""


@dataclasses.dataclass(frozen=True)
class Sweep:
    """Bounds on the welfare of every equilibrium at some prices."""

    terms: tuple[Number, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]
    method: str


@dataclasses.dataclass(frozen=True)
class Offer:
    """A contract that is proposed in an equilibrium of the negotiation."""

    theta: tuple[Number, ...] | None
    """None: no contract is offered."""

    lump: tuple[Number, ...]
    """What each agent receives at signing; negative: pays."""

    signed: bool
    payoffs: tuple[Number, ...]
    play: str = ""


@dataclasses.dataclass(frozen=True)
class Negotiation:
    """Propose, accept, play."""

    protocol: str
    """In words: "agent 0 proposes, the others answer in turn"."""

    proposer: int
    outside: tuple[Number, ...]
    """Payoffs if nobody signs."""

    offers: tuple[Offer, ...]
    """One for each equilibrium outcome; the first is the one that is told."""

    welfare: tuple[Number, ...]
    """The different sums of payoffs over all equilibria, ascending."""

    efficient: bool
    """Whether all of them are the most that all can have together."""

    complete: bool = True
    """Whether all equilibria of the discretised negotiation were found."""

    disagreement: str = "same"
    shares: tuple[Number, ...] = ()
    """Who gets which share of the surplus, in the first offer; empty where there is none."""


@dataclasses.dataclass(frozen=True)
class Route:
    """Another way to the same end, for comparison: threats, a mediator, commitment, a contract."""

    name: str
    low: Number
    """Least welfare of its equilibria."""

    high: Number
    """Most welfare of its equilibria."""

    needs: str = ""
    """What it takes, in words."""

    bound: bool = False


@dataclasses.dataclass(frozen=True)
class Learned:
    """What a training run found on the same game, valued exactly: frozen play at every price that was tried."""

    run: str
    terms: tuple[Number, ...]
    values: tuple[tuple[tuple[float, ...], ...], ...]
    """Expected return of an episode by seed, price and agent, transfers included."""

    outside: tuple[tuple[float, ...], ...]
    """The same without a contract, by seed and agent."""

    gains: tuple[tuple[float, ...], ...]
    """What the best response to the others' frozen play would add for the agent that gains most, by seed and price."""

    outside_gains: tuple[float, ...]
    low: tuple[tuple[Number, ...], ...]
    """The least that each agent can have in an equilibrium at each price, exactly: by price and agent."""

    high: tuple[tuple[Number, ...], ...]
    """The most, by price and agent."""

    welfare: tuple[tuple[Number, Number], ...]
    """The least and most that all can have together in an equilibrium, by price."""

    outside_low: tuple[Number, ...]
    outside_high: tuple[Number, ...]
    bounds: bool
    """Whether these ends are bounds only, and not attained for sure."""

    searched: tuple[float | None, ...]
    """The price that the search found, by seed; None where it found none that all sign."""

    offered: tuple[float, ...]
    """The price that the proposer learned to offer, by seed."""

    signed: tuple[float, ...]
    """The probability with which the others learned to sign it."""

    votes: tuple[tuple[tuple[float, ...] | None, ...], ...]
    """The probability with which each agent learned to accept each price, by seed; None for the proposer."""


@dataclasses.dataclass(frozen=True)
class Solution:
    """Everything that is known about a game and the contracts for it."""

    title: str
    game: Game
    optimum: Number
    """The most that all can have together."""

    before: Equilibria
    """Play without a contract."""

    optimum_play: str = ""
    reach: tuple[tuple[Number, ...], ...] = ()
    """Payoffs whose mixtures are all that two agents can reach without transfers."""

    space: Space | None = None
    matrix: Matrix | None = None
    prices: tuple[Piece, ...] = ()
    """The equilibria by terms, for a space with one term."""

    prices_of: str = ""
    """Which equilibria `prices` maps, in words: "pure equilibria"; empty for all."""

    sweep: Sweep | None = None
    """What is certain at some prices, where the equilibria are too many to map."""

    cheapest: Cheapest | None = None
    fine: Fine | None = None
    negotiation: Negotiation | None = None
    learned: Learned | None = None
    """What training found, beside what is true."""

    routes: tuple[Route, ...] = ()
    certificate: Certificate | None = None
    notes: tuple[str, ...] = ()
    """What is only a bound, and what was not done and why."""

    seconds: dict[str, float] = dataclasses.field(default_factory=dict)
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    command: str = ""
    created: str = ""
    accord: str = ""
    commit: str = ""
    machine: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data for JSON."""
        return {"format": FORMAT, **encoded(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Solution:
        """The record that `to_dict` wrote.

        Raises:
            BadCheckpoint: other data, or a newer format.
        """
        number = data.get("format") if isinstance(data, dict) else None
        if number != FORMAT:
            raise BadCheckpoint(
                f"These data have format {number}, this version reads {FORMAT}. Update accord, or solve the game again."
            )
        return decoded(cls, {name: part for name, part in data.items() if name != "format"})


__all__ = [
    "FORMAT", "Cheapest", "Equilibria", "Equilibrium", "Fine", "Game", "Learned", "Matrix", "Negotiation", "Offer",
    "Piece", "Route", "Solution", "Space", "Sweep",
]
