"""Propose, accept, play: every subgame-perfect equilibrium of a contracted game, as sets of exact payoffs.

A contract enters as the *set* of payoffs that its play may have (one per equilibrium of play), and so does the game
without a contract. That is all that negotiation needs, so normal forms and Markov games are solved by the same lines.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..tables.numbers import said, scaled, together

Acceptance = Literal["sequential", "simultaneous", "undominated", "majority"]
"""How the others answer an offer.

- `sequential`: one after the other, each seeing the earlier answers; one refusal ends it.
- `simultaneous`: all at once; the contract binds if all accept. With two or more responders everybody's refusal is an
  equilibrium, since nobody alone changes anything.
- `undominated`: all at once, and nobody casts a weakly dominated vote.
- `majority`: whoever would gain is for it (the proposer too); it binds unless more are against. No equilibrium of
  votes but the rule of the released code of Christoffersen et al. 2023, which a minority may suffer from.
"""

Disagreement = Literal["same", "free"]
"""What is played after a refusal, where the game without a contract has several equilibria.

- `same`: the same one after every refusal, and after the null offer: refusals leave no trace. Each is taken in turn.
- `free`: any one, depending on the offer that was refused. Then the optimum is no longer the only outcome.
"""


@dataclasses.dataclass(frozen=True)
class Path:
    """What happens in an equilibrium, in order."""

    contract: int | None
    """The number of the contract that is offered; None: none is."""

    lump: tuple[Fraction, ...]
    """What each agent receives at signing; negative: pays."""

    answers: tuple[str, ...]
    """Each agent's part: "proposes", "accepts", "accepts or refuses" (one of those refuses), "-" (not asked)."""

    signed: bool
    payoffs: tuple[Fraction, ...]
    disagreement: int | None
    """Which equilibrium of play without a contract everybody expects after a refusal; None if it may vary."""


@dataclasses.dataclass(frozen=True, eq=False)
class Bargain:
    """All subgame-perfect equilibrium outcomes of a negotiation: pure offers and answers, sets of payoffs of play.

    Each *path* is an outcome: what is offered, whether it is signed, how play goes on. Leading axis `paths`.
    """

    contract: np.ndarray
    """The contract that is offered; -1: none is."""

    lump: np.ndarray
    """The row of `lumps` that goes with the offer."""

    signed: np.ndarray
    point: np.ndarray
    """Which payoff of play: of the contract if it is signed, else of the game without one."""

    expected: np.ndarray
    """Which no-contract payoff follows every refusal; -1 where it may depend on the offer."""

    refuses: np.ndarray
    """Who may be the one that says no, `[paths, agents]`."""

    units: np.ndarray
    """Payoffs in units of `1 / scale`, `[paths, agents]`."""

    lumps: np.ndarray
    """Lump sums in units of `1 / scale`, `[lumps, agents]`."""

    outside: np.ndarray
    """Payoffs without a contract in units of `1 / scale`, `[equilibria, agents]`."""

    scale: int
    proposer: int
    acceptance: Acceptance
    best: Fraction
    """The welfare that verdicts are measured against."""

    def __len__(self) -> int:
        return len(self.contract)

    @cached_property
    def welfare(self) -> tuple[Fraction, ...]:
        """The different sums of payoffs, ascending."""
        return tuple(Fraction(int(value), self.scale) for value in np.unique(self.units.sum(axis=1)))

    @property
    def efficient(self) -> bool:
        """Whether every equilibrium attains the best welfare."""
        return self.welfare == (self.best,)

    @cached_property
    def payoffs(self) -> tuple[tuple[Fraction, ...], ...]:
        """The different payoffs, in lexicographic order."""
        return tuple(self._rationals(row) for row in np.unique(self.units, axis=0))

    @property
    def contracts(self) -> tuple[int, ...]:
        """Contracts that are offered and signed in some equilibrium."""
        return tuple(int(number) for number in np.unique(self.contract[self.signed]))

    @property
    def gains(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The least and most that each agent gains over what follows a refusal (if that may vary: over its least)."""
        from_ = np.where(
            self.expected[:, None] >= 0, self.outside[np.maximum(self.expected, 0)], self.outside.min(axis=0)
        )
        gain = self.units - from_
        return tuple((self._rationals([low])[0], self._rationals([high])[0]) for low, high in
                     zip(gain.min(axis=0), gain.max(axis=0), strict=True))

    def path(self, number: int) -> Path:
        """One outcome to read."""
        offered, signed = int(self.contract[number]), bool(self.signed[number])
        answers = []
        for agent in range(self.units.shape[1]):
            yes = "accepts" if signed else "accepts or refuses" if self.refuses[number, agent] else "accepts"
            answers.append("proposes" if agent == self.proposer else "-" if offered < 0 else yes)
        expected = int(self.expected[number])
        return Path(
            None if offered < 0 else offered, self._rationals(self.lumps[self.lump[number]]), tuple(answers), signed,
            self._rationals(self.units[number]), None if expected < 0 else expected,
        )

    def sentence(self) -> str:
        """The verdict in words."""
        sums = ", ".join(said(value) for value in self.welfare)
        if self.efficient:
            taken = [f"agent {i} gains {said(low)}" + (f" to {said(high)}" if high > low else "")
                     for i, (low, high) in enumerate(self.gains)]
            return f"Every equilibrium has the best welfare, {sums}; over no contract {', '.join(taken)}."
        worst = int(np.argmin(self.units.sum(axis=1)))
        path = self.path(worst)
        offer = "no contract is offered" if path.contract is None else f"contract {path.contract} is offered"
        how = "" if path.contract is None else " and signed" if path.signed else " and refused"
        payoffs = ", ".join(said(value) for value in path.payoffs)
        return f"Welfare may be {sums}; the best is {said(self.best)}. At worst {offer}{how}: payoffs {payoffs}."

    def _rationals(self, row: Any) -> tuple[Fraction, ...]:
        return tuple(Fraction(int(value), self.scale) for value in row)


def negotiate(
    play: Sequence[Any],
    outside: Any,
    *,
    lumps: Any = None,
    proposer: int = 0,
    acceptance: Acceptance = "sequential",
    disagreement: Disagreement = "same",
    best: Any = None,
) -> Bargain:
    """All subgame-perfect equilibria in which one agent offers a contract and the others answer in order of number.

    Votes, offers and selections of equilibria of play are pure; mixed equilibria of play enter through their payoffs.
    With S_k(c) the payoffs that may follow offer c once responder k is asked, and D those without a contract:
    S_k = {x in S_{k+1} : x_k >= min D_k} + {d in D : d_k >= min over S_{k+1} of x_k}, and the proposer's outcomes are
    the u in some S_1(c) with u_p >= the largest over all offers c', the null offer too, of min S_1(c')_p.

    Args:
        play: for each contract the payoffs of play under it, numbers `[equilibria, agents]`.
        outside: payoffs of play without a contract, `[equilibria, agents]`.
        lumps: sums received at signing, `[lumps, agents]`, each row adding up to 0; every contract may come with each.
            None: no lump sums.
        proposer: who offers.
        acceptance: how the others answer.
        disagreement: whether the same equilibrium is played after every refusal.
        best: the most welfare there is; by default the most in `play` and `outside`.

    Raises:
        BadGame: no payoffs, payoffs of different numbers of agents, or lump sums that do not add up to zero.
        BadSetting: an unknown proposer or rule, or undominated votes with free disagreement (a vote is then hardly
            ever dominated).

    Source: subgame perfection with sets of continuation payoffs, after Abreu, Pearce and Stacchetti; the game is that
    of Christoffersen, Haupt and Hadfield-Menell 2023 (arXiv 2208.10469), the recursion derived here.
    """
    sets, common, sums, scale = read(play, outside, lumps)
    check(proposer, common.shape[1], acceptance, disagreement)
    top = max(int(part.sum(axis=1).max()) for part in (*sets, common))
    each = [common[i : i + 1] for i in range(len(common))] if disagreement == "same" else [common]
    found = [
        _outcomes(sets, without, sums, proposer, acceptance, number if disagreement == "same" else -1)
        for number, without in enumerate(each)
    ]
    contract, lump, signed, point, expected, refuses, units = map(np.concatenate, zip(*found, strict=True))
    target = Fraction(top, scale) if best is None else Fraction(best)
    return Bargain(
        contract, lump, signed, point, expected, refuses, units, sums, common, scale, proposer, acceptance, target
    )


def alternate(
    play: Sequence[Any], outside: Any, proposers: Sequence[int], *, lumps: Any = None, best: Any = None, **rules: Any
) -> Bargain:
    """Several rounds, one proposer in each: whoever refuses waits for the next round's offer; at last no contract.

    What follows a refusal is the set of equilibrium payoffs of the rounds that are left. Nobody loses by waiting.

    Source: finite-horizon alternating offers after Stahl 1972 and Rubinstein 1982, without discount.
    """
    later, bargain = outside, None
    for proposer in reversed(proposers):
        bargain = negotiate(play, later, lumps=lumps, proposer=proposer, best=best, **rules)
        later = np.array(bargain.payoffs, object)
    if bargain is None:
        raise BadSetting("proposers is empty, expected at least one agent who offers.")
    return bargain


# ------------------------------------------------------------------------------------------------------- the recursion


def _answers(
    points: np.ndarray, without: np.ndarray, proposer: int, acceptance: Acceptance
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What may follow each of several offers.

    Args:
        points: payoffs if the offer is signed, integers `[offers, points, agents]`.
        without: payoffs without a contract, integers `[equilibria, agents]`.

    Gives which points can be signed `[offers, points]`, which no-contract payoffs can be the outcome
    `[offers, equilibria]`, and who may refuse then `[offers, equilibria, agents]`.
    """
    offers, _, agents = points.shape
    asked = [i for i in range(agents) if i != proposer]
    floor = without.min(axis=0)
    refuses = np.zeros((offers, len(without), agents), bool)
    if acceptance == "majority":
        for_it = (points[:, :, None] > without).sum(axis=-1)
        return np.any(2 * for_it >= agents, axis=2), np.any(2 * for_it < agents, axis=1), refuses
    if acceptance == "sequential":
        signed = np.ones(points.shape[:2], bool)
        refused = np.zeros((offers, len(without)), bool)
        beyond = max(int(points.max()), int(without.max())) + 1
        for k in reversed(asked):
            least = np.minimum(
                np.where(signed, points[:, :, k], beyond).min(axis=1),
                np.where(refused, without[:, k], beyond).min(axis=1),
            )
            refuses[:, :, k] = without[:, k] >= least[:, None]
            refused |= refuses[:, :, k]
            signed &= points[:, :, k] >= floor[k]
        return signed, refused, refuses
    signed = (points[:, :, asked] >= floor[asked]).all(axis=2)
    for k in asked:  # refuses alone, or (undominated) need not accept
        refuses[:, :, k] = without[:, k] >= points[:, :, k].min(axis=1)[:, None]
    if acceptance == "simultaneous" and len(asked) > 1:
        refuses[:, :, asked] = True
    return signed, np.asarray(refuses.any(axis=2)), refuses


def _outcomes(
    sets: list[np.ndarray], without: np.ndarray, sums: np.ndarray, proposer: int, acceptance: Acceptance, expected: int
) -> tuple[np.ndarray, ...]:
    """The paths of one negotiation, column by column: contract ... units of `Bargain`."""
    secured = int(without[:, proposer].min())  # by the null offer
    answers = []
    for own in sets:
        points = own[None] + sums[:, None]
        signed, refused, refuses = _answers(points, without, proposer, acceptance)
        beyond = max(int(points.max()), int(without.max())) + 1
        least = np.minimum(
            np.where(signed, points[:, :, proposer], beyond).min(axis=1),
            np.where(refused, without[:, proposer], beyond).min(axis=1),
        )
        secured = max(secured, int(least.max()))
        answers.append((points, signed, refused, refuses))
    null = np.flatnonzero(without[:, proposer] >= secured)
    nobody = np.zeros((len(null), without.shape[1]), bool)
    parts = [_paths(-1, np.zeros_like(null), False, null, nobody, without[null])]
    for number, (points, signed, refused, refuses) in enumerate(answers):
        lump, point = np.nonzero(signed & (points[:, :, proposer] >= secured))
        nobody = np.zeros((len(lump), without.shape[1]), bool)
        parts.append(_paths(number, lump, True, point, nobody, points[lump, point]))
        lump, point = np.nonzero(refused & (without[:, proposer] >= secured))
        parts.append(_paths(number, lump, False, point, refuses[lump, point], without[point]))
    contract, lump, sign, point, refuses, units = (np.concatenate(column) for column in zip(*parts, strict=True))
    if expected >= 0:  # one no-contract payoff stands for itself
        point = np.where(sign, point, expected)
    return contract, lump, sign, point, np.full(len(contract), expected), refuses, units


def _paths(
    contract: int, lump: np.ndarray, signed: bool, point: np.ndarray, refuses: np.ndarray, units: np.ndarray
) -> tuple[np.ndarray, ...]:
    return np.full(len(lump), contract), lump, np.full(len(lump), signed), point, refuses, units


def read(play: Sequence[Any], outside: Any, lumps: Any) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, int]:
    """All payoffs and lump sums as integers over one scale."""
    without = scaled(np.asarray(outside))
    if without[0].ndim != 2 or 0 in without[0].shape:
        raise BadGame(
            f"Payoffs without a contract have shape {without[0].shape}, expected (equilibria, agents) with at least "
            "one of each. If the game has no pure equilibrium, give the payoffs of a mixed one."
        )
    agents = without[0].shape[1]
    parts = [scaled(np.asarray(part)) for part in play]
    for number, (part, _) in enumerate(parts):
        if part.ndim != 2 or part.shape[1] != agents or not len(part):
            raise BadGame(
                f"Payoffs of play under contract {number} have shape {part.shape}, expected (equilibria, {agents}) "
                "with at least one. Give the payoffs of a mixed equilibrium, or leave the contract out of the space."
            )
    sums = scaled(np.zeros((1, agents), int) if lumps is None else np.asarray(lumps))
    if sums[0].ndim != 2 or sums[0].shape[1] != agents or not len(sums[0]) or np.any(sums[0].sum(axis=1) != 0):
        raise BadGame(
            f"Lump sums have shape {sums[0].shape}, expected (lumps, {agents}) with rows that add up to 0: what one "
            "agent gets at signing another one pays."
        )
    (*sets, common, paid), scale = together(*parts, without, sums)
    return sets, common, paid, scale


def check(proposer: int, agents: int, acceptance: str, disagreement: str) -> None:
    """Complain about settings that make no negotiation."""
    if not 0 <= proposer < agents or agents < 2:
        raise BadSetting(f"proposer={proposer} of {agents} agents, expected one of at least two, counted from 0.")
    for name, value, known in (
        ("acceptance", acceptance, get_args(Acceptance)), ("disagreement", disagreement, get_args(Disagreement))
    ):
        if value not in known:
            raise BadSetting(f"{name}={value!r}, expected one of {', '.join(known)}.")
    if acceptance == "undominated" and disagreement == "free":
        raise BadSetting("Undominated votes need disagreement='same': if play after a refusal may depend on the votes, "
                         "hardly a vote is dominated. Choose 'same', or sequential answers.")
