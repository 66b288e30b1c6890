"""Propose, accept, play with unlimited lump sums: the exact answer in closed form, without a grid."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...core.errors import BadSetting
from .bargain import Acceptance, check, read


@dataclasses.dataclass(frozen=True)
class Claim:
    """Outcomes when any lump sum may go with any contract, for one equilibrium of play without a contract."""

    outside: tuple[Fraction, ...]
    reserved: Fraction
    """Welfare that the proposer can secure: no equilibrium has less, whatever else is in the space."""

    payoffs: tuple[tuple[Fraction, Fraction], ...]
    """The least and the most that each agent gets in the listed equilibria."""

    welfare: tuple[Fraction, ...]
    """Sums of payoffs in the listed equilibria, ascending."""

    contracts: tuple[int, ...]
    """Contracts that are signed in some equilibrium."""

    best: Fraction

    @property
    def efficient(self) -> bool:
        """Whether no equilibrium has less than the best welfare: those of a continuum of play included."""
        return self.reserved == self.best


def claims(
    play: Sequence[Any], outside: Any, *, proposer: int = 0, acceptance: Acceptance = "sequential", best: Any = None
) -> tuple[Claim, ...]:
    """The exact answer with unlimited lump sums in closed form, one for each no-contract equilibrium (`same`).

    Let m_i(c) be agent i's least payoff in play under c, and d the no-contract payoffs. By paying responder j a little
    more than d_j - m_j(c) the proposer makes everybody accept c whatever play it leads to, so that she gets nearly
    sum_i m_i(c) - sum_{j != p} d_j; at less pay some refusal may leave her with d_p. So payoffs x of play under c can
    be an outcome if and only if their sum is at least R = max(sum of d, max over c of sum_i m_i(c)); then responders
    get d_j and up, she R - sum of d_j and up. If play under the best contract is unique, R is the best welfare: she is
    residual claimant, responders are indifferent. Simultaneous votes of two or more responders may always fail, so then
    R is just the sum of d. Holds for mixed d too, and *any* d gives only optimal outcomes if some contract has
    sum_i m_i(c) = best.

    Source: derived here; the argument is that of Christoffersen et al. 2023 with set-valued play.
    """
    sets, common, _, scale = read(play, outside, None)
    check(proposer, common.shape[1], acceptance, "same")
    if acceptance not in ("sequential", "simultaneous"):
        raise BadSetting(f"acceptance={acceptance!r}, expected 'sequential' or 'simultaneous': the others want a grid.")
    responders = [i for i in range(common.shape[1]) if i != proposer]
    secure = max(int(part.min(axis=0).sum()) for part in sets)
    top = max(int(part.sum(axis=1).max()) for part in (*sets, common))
    target = Fraction(top, scale) if best is None else Fraction(best)
    out = []
    for row in common:
        without = int(row.sum())
        failing = acceptance == "simultaneous" and len(responders) > 1
        reserved = without if failing else max(without, secure)
        sums = [part.sum(axis=1) for part in sets]
        signed = [c for c, total in enumerate(sums) if (total >= reserved).any()]
        reached = sorted({int(value) for total in sums for value in total if value >= reserved}
                         | ({without} if without >= reserved else set()))
        spare = reached[-1] - reserved
        low = [int(value) if i != proposer else reserved - without + int(value) for i, value in enumerate(row)]
        out.append(Claim(
            tuple(Fraction(int(value), scale) for value in row), Fraction(reserved, scale),
            tuple((Fraction(value, scale), Fraction(value + spare, scale)) for value in low),
            tuple(Fraction(value, scale) for value in reached), tuple(signed), target,
        ))
    return tuple(out)
