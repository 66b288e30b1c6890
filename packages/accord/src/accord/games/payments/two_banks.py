"""Each of two banks owes the other one unit: pay in the morning, or delay. The regimes of credit, as exact tables."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from ...core.errors import BadGame
from ..matrix import MatrixGame
from .closed_form import NONE, Number, rational

LABELS = ("pay early", "delay")

Table = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]


@dataclasses.dataclass(frozen=True)
class TwoBankGame:
    """Costs of two banks that pay early (0) or delay (1): `costs[bank][first's choice][second's choice]`."""

    costs: tuple[Table, Table]

    @classmethod
    def symmetric(cls, both: Number, alone: Number, waiting: Number, neither: Number) -> TwoBankGame:
        """The same costs for both.

        Args:
            both: each, if both pay early.
            alone: of the one who pays early alone.
            waiting: of the one who delays while the other pays early.
            neither: each, if both delay.
        """
        a, b, c, d = map(rational, (both, alone, waiting, neither))
        return cls((((a, b), (c, d)), ((a, c), (b, d))))

    @property
    def cells(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """`both, alone, waiting, neither` of a symmetric game.

        Raises:
            BadGame: the banks' costs differ.
        """
        (a, b), (c, d) = self.costs[0]
        if self.costs[1] != ((a, c), (b, d)):
            raise BadGame("The two banks' costs differ, so there is no one set of cells. Read `costs`.")
        return a, b, c, d

    @property
    def payoffs(self) -> tuple[Table, Table]:
        """Minus the costs, as rationals: ready for the exact solver."""
        first, second = (tuple(tuple(-cost for cost in row) for row in table) for table in self.costs)
        return first, second  # pyright: ignore[reportReturnType]

    @property
    def kind(self) -> str:
        """harmony, stag hunt, prisoner's dilemma, chicken, delay dominant; or "a tie" where nothing is strict.

        The prisoner's dilemma is the case of a dominant delay that costs both more than paying early.
        """
        a, b, c, d = self.cells
        if len({a, c}) == 1 or len({b, d}) == 1:
            return "a tie"
        if a < c and b < d:
            return "harmony"
        if a > c and b > d:
            return "prisoner's dilemma" if d > a else "delay dominant"
        return "stag hunt" if a < c else "chicken"

    @property
    def total(self) -> Table:
        """Costs of both together."""
        first, second = self.costs
        rows = tuple(tuple(first[i][j] + second[i][j] for j in (0, 1)) for i in (0, 1))
        return rows  # pyright: ignore[reportReturnType]

    def game(self) -> MatrixGame:
        """The game to play and to learn, in floats."""
        first, second = (tuple(tuple(float(value) for value in row) for row in table) for table in self.payoffs)
        return MatrixGame((first, second), LABELS)

    def with_fee(self, fee: Number) -> TwoBankGame:
        """The game where whoever delays pays the other one a fee; it cancels if both do."""
        due = rational(fee)
        return self.plus((((NONE, -due), (due, NONE)), ((NONE, due), (-due, NONE))))

    def with_pact(self, reward: Number, penalty: Number, leader: int = 0) -> TwoBankGame:
        """The game where the follower pays the leader a reward for paying early, and gets a penalty if it does not."""
        early, late = -rational(reward), rational(penalty)
        leads = ((early, early), (late, late)) if leader == 0 else ((early, late), (early, late))
        follows = tuple(tuple(-value for value in row) for row in leads)
        both = (leads, follows) if leader == 0 else (follows, leads)
        return self.plus(both)  # pyright: ignore[reportArgumentType]

    def plus(self, extra: tuple[Table, Table]) -> TwoBankGame:
        """The game with more costs, cell by cell."""
        first, second = (
            tuple(tuple(x + y for x, y in zip(mine, more, strict=True)) for mine, more in zip(own, add, strict=True))
            for own, add in zip(self.costs, extra, strict=True)
        )
        return TwoBankGame((first, second))  # pyright: ignore[reportArgumentType]

    @property
    def fee_bound(self) -> Fraction:
        """The fee above which, and only above which, paying early is strictly dominant for both."""
        a, b, c, d = self.cells
        return max(a - c, b - d, NONE)


# ------------------------------------------------------------------------------------------------------- the regimes
# Source: after Bech and Garratt 2003 and Bech 2008, whose tables we have not seen: structure recalled, algebra ours.


def free_credit(r_d: Number) -> TwoBankGame:
    """Intraday credit costs nothing: there is no reason to wait."""
    return TwoBankGame.symmetric(0, 0, r_d, r_d)


def priced_credit(fee: Number, r_d: Number) -> TwoBankGame:
    """A midday debit costs a fee; payments of the same moment offset. Harmony below `r_d`, a stag hunt above."""
    return TwoBankGame.symmetric(0, fee, r_d, r_d)


def collateralised_credit(cost: Number, r_d: Number) -> TwoBankGame:
    """Credit locks collateral for each half-day until it is repaid. A prisoner's dilemma above `r_d`.

    The dilemma rests on the charge by the half-day: with collateral released at noon regardless it is chicken.
    """
    locked, delay = rational(cost), rational(r_d)
    return TwoBankGame.symmetric(locked, 2 * locked, delay, delay + locked)


def released_credit(cost: Number, r_d: Number) -> TwoBankGame:
    """The same with collateral that is released at noon regardless."""
    locked, delay = rational(cost), rational(r_d)
    return TwoBankGame.symmetric(locked, locked, delay, delay + locked)


def posted_liquidity(r_c: Number, r_d: Number, shortfall: Number) -> TwoBankGame:
    """Liquidity is posted for the day, and what is missing at the close costs the shortfall rate.

    Harmony for `r_c < r_d`; chicken up to `r_d + shortfall`; above it delay is dominant.
    """
    return TwoBankGame.symmetric(r_c, r_c, r_d, rational(r_d) + rational(shortfall))


def offset_available(r_c: Number, r_d: Number) -> TwoBankGame:
    """The same where opposing queues offset at the close: for `r_c > r_d` delay is dominant, and efficient."""
    return posted_liquidity(r_c, r_d, 0)
