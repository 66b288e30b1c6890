"""Where the theorem breaks: the smallest games with an inefficient equilibrium, found by looking at all smaller ones.

One proposer, answers one after the other, a rich space, lump sums, one equilibrium after every refusal: then every
equilibrium is efficient. Each family below drops one of these, and keeps the others.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np

from ...core.errors import UnknownName
from ..equilibria.stage import pure_equilibria
from ..tables.normal import NormalForm
from ..tables.numbers import said
from .bargain import negotiate
from .claims import Claim, claims
from .offers import capped, fine, fine_enough, flipped, play_payoffs, read_signals
from .sidepayments import side_payments, solo_payoffs

ERROR = Fraction(1, 3)
"""Probability with which the noisy signal shows a wrong action."""

BOND = 1
"""The most that anybody ever pays under a contract on the noisy signal."""


@dataclasses.dataclass(frozen=True)
class Flaw:
    """An inefficient equilibrium of a contracted game."""

    payoffs: tuple[Fraction, ...]
    words: str


@dataclasses.dataclass(frozen=True, eq=False)
class Counterexample:
    """The first game, in order of size, in which a family leaves an inefficient equilibrium."""

    family: str
    dropped: str
    """What the family lacks, in words."""

    game: NormalForm
    flaw: Flaw
    best: Fraction
    searched: int
    """How many games were looked at, this one included: all smaller ones of the same kind have no flaw."""

    def sentence(self) -> str:
        """The example in words."""
        cells = "; ".join(
            f"{profile}: {', '.join(said(value) for value in self.game.payoff(profile))}"
            for profile in itertools.product(*map(range, self.game.num_actions))
        )
        total = said(sum(self.flaw.payoffs, Fraction(0)))
        got = ", ".join(map(said, self.flaw.payoffs))
        return (
            f"{self.dropped}: payoffs by joint action {cells}. {self.flaw.words} "
            f"Payoffs {got}: welfare {total} of {said(self.best)}. "
            f"None of the {self.searched - 1:,} smaller games has such an equilibrium."
        )


def games(shape: Sequence[int], top: int, symmetric: bool = False) -> Iterator[NormalForm]:
    """All games without ties and with payoffs 0, 1, ..., top, by the sum of payoffs, then lexicographically.

    Without ties: no agent has the same payoff twice, so that no example hangs on an indifference. `top` occurs.
    """
    size = int(np.prod(shape))
    if top + 1 < size:
        return
    rows = np.array(list(itertools.permutations(range(top + 1), size))).reshape(-1, *shape)
    if symmetric:
        cells = np.stack([rows, rows.swapaxes(1, 2)], axis=1)
    else:
        cells = rows[np.array(list(itertools.product(range(len(rows)), repeat=len(shape))))]
    cells = cells[(cells == top).reshape(len(cells), -1).any(axis=1)]
    for cell in cells[np.argsort(cells.reshape(len(cells), -1).sum(axis=1), kind="stable")]:
        yield NormalForm(cell)


@dataclasses.dataclass(frozen=True)
class Family:
    """One condition of the theorem dropped."""

    dropped: str
    shapes: tuple[tuple[int, ...], ...]
    """Numbers of actions that are searched, in order."""

    find: Callable[[NormalForm], Flaw | None]
    """The worst inefficient equilibrium of a game, if there is one."""

    symmetric: bool = False
    """Whether only symmetric games are looked at."""


def smallest(family: str, *, top: int = 5) -> Counterexample | None:
    """The smallest game of a family: fewest agents, then actions in all, then the largest payoff, then their sum.

    Deterministic; every smaller game is looked at. None if there is no flaw with payoffs 0 .. `top`.

    Raises:
        UnknownName: a family that is not in `FAMILIES`.
    """
    if family not in FAMILIES:
        raise UnknownName("family of counterexamples", family, FAMILIES)
    one, searched = FAMILIES[family], 0
    for shape in one.shapes:
        for largest in range(1, top + 1):
            for game in games(shape, largest, one.symmetric):
                searched += 1
                flaw = one.find(game)
                if flaw is not None:
                    return Counterexample(family, one.dropped, game, flaw, game.best_welfare, searched)
    return None


# -------------------------------------------------------------------------------------------------------- the families


def _no_lump_sums(game: NormalForm) -> Flaw | None:
    """Forcing contracts for every joint action, and nothing else."""
    outside = play_payoffs(game)
    targets, play = _forced(game)
    bargain = negotiate(play, outside, best=game.best_welfare)
    if bargain.efficient:
        return None
    path = bargain.path(int(np.argmin(bargain.units.sum(axis=1))))
    best = max(targets, key=lambda target: sum(game.payoff(target), Fraction(0)))
    losers = [i for i, (x, y) in enumerate(zip(game.payoff(best), path.payoffs, strict=True)) if x < y]
    why = f"{best} would leave agent {' and '.join(map(str, losers))} worse off, and nothing makes up for it"
    if path.signed:
        return Flaw(path.payoffs, f"All sign that {targets[path.contract or 0]} is enforced: {why}.")
    return Flaw(path.payoffs, f"No contract binds and all play {_played(game, path.payoffs)}: {why}.")


def _one_price(game: NormalForm) -> Flaw | None:
    """The same fine or subsidy, in halves, on everybody's last action, with any lump sums."""
    most = 2 * int(game.units.max() - game.units.min()) + 2
    contracts = [fine(game, Fraction(k, 2)) for k in range(-most, most + 1)]
    return _claimed(game, contracts, "no price of last actions makes the best joint action the only equilibrium")


def _noisy_signal(game: NormalForm) -> Flaw | None:
    """All integer contracts within the bond, on a signal that errs; without the error they suffice."""
    signals = int(np.prod(game.num_actions))
    contracts = capped(game.num_agents, signals, BOND)
    told = [[read_signals(flipped(game.num_actions, error), pays) for pays in contracts] for error in (ERROR, 0)]
    flaw = _claimed(game, told[0], f"payments within a bond of {BOND} differ too little between true and false signals")
    return flaw if flaw is not None and _claimed(game, told[1], "") is None else None


def _simultaneous_votes(game: NormalForm) -> Flaw | None:
    """The rich space and any lump sums; the others vote at the same time."""
    outside, (_, play) = play_payoffs(game), _forced(game)
    found = claims(play, outside, acceptance="simultaneous", best=game.best_welfare) if len(outside) else ()
    return _worst(game, found, "all refuse every offer, since nobody alone changes anything")


def _free_disagreement(game: NormalForm) -> Flaw | None:
    """The rich space and lump sums on a fine grid; what is played after a refusal depends on the offer."""
    outside, (_, play) = play_payoffs(game), _forced(game)
    if len(outside) < 2:
        return None
    lumps = fine_enough(play, outside)
    bargain = negotiate(play, outside, lumps=lumps, disagreement="free", best=game.best_welfare)
    if bargain.efficient:
        return None
    path = bargain.path(int(np.argmin(bargain.units.sum(axis=1))))
    better = max(outside, key=lambda row: row[1])
    return Flaw(
        path.payoffs,
        f"Agent 0 offers nothing, and all play {_played(game, path.payoffs)}. After any offer that would gain it more "
        f"they would play {_played(game, better)}, which agent 1 likes better: it refuses.",
    )


def _second_proposer(game: NormalForm) -> Flaw | None:
    """Both promise side payments at once (halves, up to 2); no equilibrium is efficient, however large promises are."""
    if sum(solo_payoffs(game, 2, Fraction(1, 2)), Fraction(0)) <= game.best_welfare:
        return None
    solved = side_payments(game, 2, Fraction(1, 2))
    if not solved.equilibria.outcomes or solved.equilibria.attains:
        return None
    worst = min(solved.equilibria.outcomes, key=lambda one: (sum(one.low, Fraction(0)), one.low))
    mine, yours = (
        [[said(value) for value in row] for row in solved.promises[number]] for number in worst.announcements
    )
    return Flaw(
        worst.low,
        f"Agent 0 promises {_table(mine)}, agent 1 promises {_table(yours)} (by joint action); no other promise "
        "up to 2 brings either one more for sure.",
    )


_UP_TO_TWO = ((1, 2), (2, 1), (2, 2))

FAMILIES = {
    "no-lump-sums": Family("Contracts without lump sums", _UP_TO_TWO, _no_lump_sums),
    "one-price": Family("A single price", _UP_TO_TWO, _one_price),
    "noisy-signal": Family("A signal that errs, and a bond", _UP_TO_TWO, _noisy_signal),
    "second-proposer": Family("Two who promise at once", ((2, 2),), _second_proposer, symmetric=True),
    "simultaneous-votes": Family("Votes at the same time", ((1, 1, 2), (1, 2, 1), (2, 1, 1)), _simultaneous_votes),
    "free-disagreement": Family("Play after a refusal that depends on the offer", _UP_TO_TWO, _free_disagreement),
}
"""Families by name. Of two agents only one votes, so three are needed there; side payments are solved for two actions
each, and symmetric games keep that search short."""


def _claimed(game: NormalForm, contracts: list[np.ndarray], why: str) -> Flaw | None:
    """An inefficient equilibrium under some contracts with any lump sums."""
    outside = play_payoffs(game)
    if all(sum(row, Fraction(0)) == game.best_welfare for row in outside):  # nothing to gain, or no known equilibrium
        return None
    play = [play_payoffs(game.plus(pays)) for pays in contracts]
    known = [part for part in play if len(part)]
    return _worst(game, claims(known, outside, best=game.best_welfare), why)


def _worst(game: NormalForm, found: Sequence[Claim], why: str) -> Flaw | None:
    """The worst equilibrium of several claims, if it is inefficient."""
    if not found or all(claim.efficient for claim in found):
        return None
    claim = min((claim for claim in found if not claim.efficient), key=lambda claim: claim.welfare[0])
    if claim.welfare[0] == claim.best:
        return None
    if claim.welfare[0] == sum(claim.outside, Fraction(0)):
        return Flaw(claim.outside, f"No contract binds and all play {_played(game, claim.outside)}: {why}.")
    payoffs = tuple(low for low, _ in claim.payoffs)
    return Flaw(payoffs, f"A contract is signed that does not secure the best: {why}.")


def _forced(game: NormalForm) -> tuple[list[tuple[int, ...]], list[list[tuple[Fraction, ...]]]]:
    """All joint actions, and the payoffs of play under the contracts that force them: the target's, nothing else."""
    targets = list(itertools.product(*map(range, game.num_actions)))
    return targets, [[game.payoff(target)] for target in targets]


def _played(game: NormalForm, payoffs: Sequence[Fraction]) -> str:
    """The pure equilibrium with some payoffs, in words."""
    for profile in pure_equilibria(game):
        if game.payoff(profile) == tuple(payoffs):
            return str(profile)
    return f"a mixed equilibrium with payoffs {', '.join(said(value) for value in payoffs)}"


def _table(rows: list[list[str]]) -> str:
    return "[" + "; ".join(" ".join(row) for row in rows) + "]"


__all__ = ["BOND", "ERROR", "FAMILIES", "Counterexample", "Flaw", "games", "smallest"]
