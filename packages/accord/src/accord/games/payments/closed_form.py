"""What can be solved by hand, in exact rationals: best responses, equilibria, and the fees that change them.

Rates and amounts are decimals (0.1 is 1/10), text ("1/3") or rationals. Derived for this project and tested by
exhaustive search, unless a source is named.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, TypeAlias

Number: TypeAlias = int | float | str | Fraction
"""A number that is read exactly."""

NONE = Fraction(0)


def rational(value: Number) -> Fraction:
    """A number as people write it: the float 0.1 is 1/10."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


class Rates(NamedTuple):
    """Cost per unit: of liquidity posted, of a unit late for a period, of a unit borrowed at the close."""

    r_c: Fraction
    r_d: Fraction
    r_b: Fraction

    @classmethod
    def of(cls, r_c: Number, r_d: Number, r_b: Number) -> Rates:
        """Rates, read exactly."""
        return cls(rational(r_c), rational(r_d), rational(r_b))


# ------------------------------------------------------------------------------------- two periods, two banks


def two_period_cost(
    liquidity: Number, early: Number, late: Number, received: Number, rates: Rates
) -> Fraction:
    """Cost of a bank that sends all it can over two periods.

    Args:
        liquidity: posted in the morning.
        early: demand of the first period.
        late: demand of the second one.
        received: what comes in at the end of the first, the smaller of the other's liquidity and early demand.
        rates: cost per unit.

    Source: Castro et al. 2025, the analytical case.
    """
    own, early, late, received = map(rational, (liquidity, early, late, received))
    delayed, borrowed = max(early - own, NONE), max(early + late - received - own, NONE)
    return rates.r_c * own + rates.r_d * delayed + rates.r_b * borrowed


def best_response(
    early: Number, late: Number, received: Number, rates: Rates, most: Number = 1
) -> tuple[Fraction, Fraction]:
    """The interval of best liquidity over two periods, for every order of the rates; one point without a tie.

    The cost is convex with kinks at `a = early` and `b = (early + late - received)^+`:

    | order | best |
    |---|---|
    | r_c < r_d and r_c < r_b | max(a, b) |
    | r_d < r_c < r_b | b, wait for what comes in |
    | r_b < r_c < r_d | a |
    | r_d, r_b < r_c < r_d + r_b | min(a, b) |
    | r_c > r_d + r_b | 0 |

    Equality joins the two rows that it lies between. `most` is the collateral.

    Source: the first row is in Castro et al. 2025; the others are derived here.
    """
    a, received = rational(early), rational(received)
    b = max(a + rational(late) - received, NONE)
    # One unit more below a kink saves that kink's rate; the best point is where the savings no longer exceed r_c.
    saves = lambda at: rates.r_d * (at < a) + rates.r_b * (at < b)
    saved = lambda at: rates.r_d * (at <= a) + rates.r_b * (at <= b)
    points = sorted({NONE, a, b})
    best = [
        at for at in points if saves(at) <= rates.r_c and (at == 0 or saved(at) >= rates.r_c)
    ]
    low, high = best[0], best[-1]
    if rates.r_c == 0:  # liquidity is free: more of it does no harm
        high = max(high, rational(most))
    return min(low, rational(most)), min(high, rational(most))


def two_period_equilibrium(
    first: tuple[Number, Number], second: tuple[Number, Number]
) -> tuple[Fraction, Fraction]:
    """Liquidity of both banks where it is the cheapest of all (`r_c < r_d, r_b`): the only equilibrium.

    Args:
        first: early and late demand of the first bank.
        second: those of the second.

    Source: Castro et al. 2025; two rounds of strict dominance.
    """
    one, other = tuple(map(rational, first)), tuple(map(rational, second))
    return one[0] + max(one[1] - other[0], NONE), other[0] + max(other[1] - one[0], NONE)


# ---------------------------------------------------------------- both owe the same in K periods, then an empty one


def own_delay(periods: int) -> int:
    """Unit-periods of own delay from posting one unit less than full cover."""
    return (periods + 1) ** 2 // 4


def pushed_delay(periods: int) -> int:
    """Unit-periods of delay that the same unit pushes on the other bank."""
    return periods**2 // 4


def full_cover_is_equilibrium(periods: int, r_c: Number, r_d: Number) -> bool:
    """Whether it is an equilibrium that both post all that they owe in a period."""
    return rational(r_d) * own_delay(periods) >= rational(r_c)


def full_cover_is_best(periods: int, r_c: Number, r_d: Number) -> bool:
    """Whether full cover is what costs both together the least."""
    return rational(r_d) * (own_delay(periods) + pushed_delay(periods)) >= rational(r_c)


def dilemma_window(periods: int, r_c: Number) -> tuple[Fraction, Fraction]:
    """The delay rates between which both post too little: full cover is best for both, and no equilibrium."""
    cost = rational(r_c)
    return cost / (own_delay(periods) + pushed_delay(periods)), cost / own_delay(periods)


def under_provision(periods: int, amount: Number) -> Fraction:
    """Liquidity in the equilibrium inside the window, for an even number of periods; the odd have many equilibria.

    Found by exhaustive search for 2 and 4 periods.
    """
    if periods % 2:
        raise ValueError(f"periods={periods} is odd: there is a continuum of equilibria, and no single one to name.")
    return rational(amount) * periods / (periods + 1)


def two_period_anarchy(r_c: Number, r_d: Number) -> Fraction:
    """Cost in the equilibrium over the least cost, for two periods and a delay rate inside the window."""
    return 1 + (3 * rational(r_d) / rational(r_c) - 1) / 3


def cover_fee(periods: int, r_c: Number, r_d: Number) -> Fraction:
    """The least fee on delay, per unit and period and paid to the other bank, that makes full cover an equilibrium."""
    missing = rational(r_c) - own_delay(periods) * rational(r_d)
    return max(missing, NONE) / -(-periods // 2)


# ------------------------------------------------------------------------------------------------ one debt each way


def stag_hunt_mixed(fee: Number, r_d: Number) -> Fraction:
    """Chance of paying early in the mixed equilibrium of priced credit (`fee > r_d`)."""
    return 1 - rational(r_d) / rational(fee)


def waiting_is_risk_dominant(fee: Number, r_d: Number) -> bool:
    """Whether waiting is the safer of the two equilibria of priced credit."""
    return rational(fee) > 2 * rational(r_d)


def waiting_is_right(chance: Number, fee: Number, r_d: Number) -> bool:
    """Whether waiting costs less where the other pays early with a given chance, and credit is priced."""
    return rational(chance) < 1 - rational(r_d) / rational(fee)


def chicken_mixed(r_c: Number, r_d: Number, shortfall: Number) -> Fraction:
    """Chance of paying early in the mixed equilibrium of chicken (`r_d < r_c < r_d + shortfall`)."""
    return 1 - (rational(r_c) - rational(r_d)) / rational(shortfall)


def chicken_gridlock(r_c: Number, r_d: Number, shortfall: Number) -> Fraction:
    """Chance that nobody pays early there."""
    return (1 - chicken_mixed(r_c, r_d, shortfall)) ** 2


def pact_sum(r_c: Number, r_d: Number) -> Fraction:
    """In chicken: what reward and penalty of a leader must exceed together, so that leading is dominant."""
    return rational(r_c) - rational(r_d)


def pact_rewards(r_c: Number, r_d: Number, shortfall: Number) -> tuple[Fraction, Fraction]:
    """Rewards of a leader that both sides gain by, against what they expect without a pact.

    In chicken (`r_c < r_d + shortfall`) against the mixed equilibrium, ends included; where waiting is dominant and an
    early payer is still worth it (`r_d + shortfall < r_c < r_d + 2 shortfall`) against waiting, ends excluded.
    """
    cost, delay, gap = rational(r_c), rational(r_d), rational(shortfall)
    if cost < delay + gap:
        return NONE, cost - delay
    return cost - delay - gap, gap
