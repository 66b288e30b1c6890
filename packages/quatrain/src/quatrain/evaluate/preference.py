"""What votes say: shares that prefer a system, strengths on one scale, and how far raters agree.

    shares      of the votes of a comparison those for its first system, a "neither" being half a vote each; 95 %
                intervals by drawing raters and prompts again, both at once (the pigeonhole bootstrap: Owen 2007, "The
                pigeonhole bootstrap", Annals of Applied Statistics 1), which is rather too wide than too narrow
    strengths   Bradley and Terry 1952: the odds that one system is preferred to another are the ratio of their
                strengths. Fitted by Hunter's (2004) MM steps for all draws at once, with half a vote each way added to
                every pair that was compared, so that a system that never lost has a finite strength. In logarithms,
                with mean zero
    agreement   Fleiss' (1971) kappa over pairs with at least two raters (as many as each has), Cohen's (1960) for two

A rater who fails more than a fifth of the checks of attention is left out, and named. People, scripts and models are
never counted together. Everything is a function of the file of votes: the same file gives the same report.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import BadText
from .blind import SHUFFLED, Vote
from .intervals import Estimate

RESAMPLES = 2000
PASSED = 0.8
"""Share of checks of attention that a rater must pass."""
_SEED = 20040701
_PRIOR = 0.5
_STEPS, _CLOSE = 2000, 1e-10


@dataclass(frozen=True)
class Rater:
    """One rater.

    Attributes:
        name: as given.
        votes: without checks.
        checks: answered.
        passed: of them.
        seconds: median time of a vote.
        counted: whether the votes count.
    """

    name: str
    votes: int
    checks: int
    passed: int
    seconds: float
    counted: bool


@dataclass(frozen=True)
class Report:
    """What the votes of one kind say about one study.

    Attributes:
        study: id.
        kind: who voted.
        raters: all of them.
        votes: that count.
        shares: (one, other) -> share that prefers one.
        counts: (one, other) -> votes for one, for the other, for neither.
        strengths: by system, the strongest first; empty if the comparisons do not connect all systems.
        fleiss: kappa of all raters; not a number if fewer than two.
        cohen: of each two raters, with the number of pairs that both judged.
        first: share of votes for the line that stood first; one half if the side does not matter.
    """

    study: str
    kind: str
    raters: Sequence[Rater]
    votes: int
    shares: Mapping[tuple[str, str], Estimate]
    counts: Mapping[tuple[str, str], tuple[int, int, int]]
    strengths: Mapping[str, Estimate]
    fleiss: float
    cohen: Mapping[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    first: Estimate | None = None


def report(votes: Sequence[Vote], kind: str = "person", study: str = "", resamples: int = RESAMPLES) -> Report:
    """Analyse the votes of one kind.

    Args:
        votes: as read from the file.
        kind: `person`, `scripted` or `model`.
        study: id; by default that of the last vote of the kind.
        resamples: draws for the intervals.

    Raises:
        BadText: there are none.
    """
    mine = [vote for vote in votes if vote.kind == kind and vote.study == (study or vote.study)]
    if not mine:
        raise BadText(f"There are no votes of kind '{kind}'. Let somebody rate pairs first.")
    mine = [vote for vote in mine if vote.study == mine[-1].study]
    raters = _raters(mine)
    good = {rater.name for rater in raters if rater.counted}
    counted = [vote for vote in mine if not vote.check and vote.rater in good]
    weights = _weights(counted, resamples)
    shares, counts = {}, {}
    for pair in sorted({_sides(vote) for vote in counted}):
        here = np.array([_sides(vote) == pair for vote in counted])
        won = np.array([_won(vote, pair[0]) for vote in counted])
        shares[pair] = _weighted(won, here, weights, len({v.prompt for v in counted if _sides(v) == pair}))
        counts[pair] = _counted(counted, pair)
    chosen = np.array([{"first": 1.0, "second": 0.0}.get(vote.choice, 0.5) for vote in counted])
    agreed = _choices(counted)
    return Report(
        study=mine[-1].study,
        kind=kind,
        raters=raters,
        votes=len(counted),
        shares=shares,
        counts=counts,
        strengths=_strengths(counted, weights),
        fleiss=fleiss([Counter(choices.values()) for choices in agreed.values()]),
        cohen=_cohens(agreed),
        first=_weighted(chosen, chosen >= 0, weights, len({v.prompt for v in counted})) if counted else None,
    )


def bradley_terry(wins: np.ndarray, prior: float = _PRIOR, compared: np.ndarray | None = None) -> np.ndarray:
    """Logarithms of the strengths of systems, with mean zero.

    Args:
        wins: how often i was preferred to j [..., i, j]; leading axes are independent data.
        prior: votes added each way to every pair that was compared.
        compared: which pairs those are [i, j]; by default those with a vote.

    Source: Hunter 2004, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics 32, equation 3.
    """
    wins = np.asarray(wins, float)
    asked = wins + np.swapaxes(wins, -1, -2) > 0 if compared is None else compared
    wins = wins + prior * asked
    played = wins + np.swapaxes(wins, -1, -2)
    total = wins.sum(axis=-1)
    strength = np.ones(total.shape)
    for _ in range(_STEPS):
        rates = played / (strength[..., :, None] + strength[..., None, :])
        grown = total / np.maximum(rates.sum(axis=-1), 1e-300)
        logs = np.log(np.maximum(grown, 1e-300))
        grown = np.exp(logs - logs.mean(axis=-1, keepdims=True))
        change = np.abs(np.log(grown / strength)).max(initial=0.0)
        strength = grown
        if change < _CLOSE:
            break
    return np.log(strength)


def fleiss(ratings: Sequence[Sequence[int]] | Sequence[Mapping[str, int]]) -> float:
    """Kappa of several raters; 1 is perfect agreement, 0 what chance gives.

    With equally many raters an item this is Fleiss' own; an item with fewer counts by its own number.

    Args:
        ratings: for each item how many raters chose each category (items with fewer than two are left out).

    Returns:
        Not a number if no item has two raters, or all chose one category.
    """
    rows = [_row(row) for row in ratings]
    rows = [row for row in rows if sum(row.values()) >= 2]
    if not rows:
        return math.nan
    agreed = [sum(n * (n - 1) for n in row.values()) / (sum(row.values()) * (sum(row.values()) - 1)) for row in rows]
    totals: Counter[str] = Counter()
    for row in rows:
        totals.update(row)
    chance = sum((n / totals.total()) ** 2 for n in totals.values())
    return _kappa(sum(agreed) / len(agreed), chance)


def cohen(first: Sequence[str], second: Sequence[str]) -> float:
    """Kappa of two raters over the same items; not a number if both chose one category only, or there are none."""
    if not first or len(first) != len(second):
        return math.nan
    one, two = Counter(first), Counter(second)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    chance = sum(one[category] * two[category] for category in one) / len(first) ** 2
    return _kappa(agreed, chance)


# --------------------------------------------------------------------------------------------------------------- pieces


def _kappa(agreed: float, chance: float) -> float:
    return math.nan if chance >= 1.0 else (agreed - chance) / (1.0 - chance)


def _row(row: Sequence[int] | Mapping[str, int]) -> Counter[str]:
    pairs = row.items() if isinstance(row, Mapping) else ((str(i), n) for i, n in enumerate(row))
    return Counter({name: int(n) for name, n in pairs if n})


def _sides(vote: Vote) -> tuple[str, str]:
    """The two systems in one order, whichever stood first."""
    return (vote.first, vote.second) if vote.first < vote.second else (vote.second, vote.first)


def _won(vote: Vote, system: str) -> float:
    return 0.5 if not vote.winner else float(vote.winner == system)


def _raters(votes: Sequence[Vote]) -> list[Rater]:
    found = []
    for name in sorted({vote.rater for vote in votes}):
        mine = [vote for vote in votes if vote.rater == name]
        checks = [vote for vote in mine if vote.check]
        passed = sum(bool(vote.winner) and vote.winner != SHUFFLED for vote in checks)
        times = [vote.milliseconds / 1000 for vote in mine]
        counts = passed >= PASSED * len(checks)
        found.append(Rater(name, len(mine) - len(checks), len(checks), passed, float(np.median(times)), counts))
    return found


def _weights(votes: Sequence[Vote], resamples: int) -> np.ndarray:
    """The weight of each vote in each draw of raters and prompts [resamples, votes]."""
    rng = np.random.default_rng(_SEED)
    weights = np.ones((resamples, len(votes)))
    for of in (lambda vote: vote.rater, lambda vote: vote.prompt):
        names = sorted({of(vote) for vote in votes})
        if len(names) > 1:
            drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), resamples)
            weights *= drawn[:, [names.index(of(vote)) for vote in votes]]
    return weights


def _weighted(values: np.ndarray, here: np.ndarray, weights: np.ndarray, prompts: int) -> Estimate:
    top, bottom = weights[:, here] @ values[here], weights[:, here].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = np.where(bottom > 0, top / bottom, np.nan)
    return Estimate(float(values[here].mean()), draws, prompts, share=True)


def _counted(votes: Sequence[Vote], pair: tuple[str, str]) -> tuple[int, int, int]:
    winners = Counter(vote.winner for vote in votes if _sides(vote) == pair)
    return winners[pair[0]], winners[pair[1]], winners[""]


def _strengths(votes: Sequence[Vote], weights: np.ndarray) -> dict[str, Estimate]:
    systems = sorted({system for vote in votes for system in _sides(vote)})
    if not systems:
        return {}
    index = {name: place for place, name in enumerate(systems)}
    many = len(systems)
    slots = np.zeros((len(votes), many * many))
    for at, vote in enumerate(votes):
        one, two = index[vote.first], index[vote.second]
        slots[at, one * many + two] = _won(vote, vote.first)
        slots[at, two * many + one] = _won(vote, vote.second)
    total = slots.sum(axis=0).reshape(many, many)
    compared = total + total.T > 0
    if not _connected(compared):
        return {}
    drawn = bradley_terry((weights @ slots).reshape(-1, many, many), compared=compared)
    point = bradley_terry(total)
    order = sorted(range(many), key=lambda place: -point[place])
    return {systems[i]: Estimate(float(point[i]), drawn[:, i], len(votes)) for i in order}


def _connected(compared: np.ndarray) -> bool:
    """Whether every system can be reached from the first by comparisons; otherwise there is no common scale."""
    reached = np.linalg.matrix_power(compared.astype(float) + np.eye(len(compared)), len(compared))
    return bool((reached[0] > 0).all())


def _choices(votes: Sequence[Vote]) -> dict[str, dict[str, str]]:
    """For each pair what each rater preferred, by system and not by side."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for vote in votes:
        found[vote.pair][vote.rater] = _category(vote)
    return found


def _category(vote: Vote) -> str:
    """Categories that mean the same for every pair: the comparison's first system, its second, neither."""
    return "neither" if not vote.winner else "one" if vote.winner == _sides(vote)[0] else "other"


def _cohens(choices: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], tuple[float, int]]:
    raters = sorted({rater for row in choices.values() for rater in row})
    found = {}
    for one, two in itertools.combinations(raters, 2):
        both = [(row[one], row[two]) for row in choices.values() if one in row and two in row]
        if both:
            found[one, two] = (cohen([a for a, _ in both], [b for _, b in both]), len(both))
    return found


def against(found: Report, system: str) -> dict[str, Estimate]:
    """For each system that one was compared with, the share that prefers the one; for `goals.Given.preferred`."""
    shares: dict[str, Estimate] = {}
    for (one, other), share in found.shares.items():
        if system == one:
            shares[other] = share
        elif system == other:
            shares[one] = Estimate(1 - share.value, 1 - share.draws, share.n, share=True)
    return shares


def record(found: Report) -> dict[str, Any]:
    """For JSON."""
    name = lambda pair: f"{pair[0]} | {pair[1]}"
    number = lambda value: None if value != value else value
    return {
        "study": found.study,
        "kind": found.kind,
        "votes": found.votes,
        "raters": [vars(rater) for rater in found.raters],
        "shares": {name(p): e.record() | {"votes": found.counts[p]} for p, e in found.shares.items()},
        "strengths": {system: e.record() for system, e in found.strengths.items()},
        "fleiss": number(found.fleiss),
        "cohen": {name(p): {"kappa": number(k), "pairs": n} for p, (k, n) in found.cohen.items()},
        "first": found.first and found.first.record(),
    }
