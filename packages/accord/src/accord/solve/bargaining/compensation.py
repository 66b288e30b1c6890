"""The compensation mechanism: both announce a price for the externality, then the one who causes it chooses.

Exact enumeration on grids of prices, with every selection among ties: the discrete mechanism may have inefficient
subgame-perfect equilibria that the smooth one does not have.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..equilibria.components import components
from ..tables.normal import NormalForm
from ..tables.numbers import rational, scaled, together
from .sidepayments import Announcements, announced


@dataclasses.dataclass(frozen=True)
class Compensated:
    """An equilibrium outcome of the two firms' mechanism."""

    prices: tuple[Fraction, Fraction]
    """As announced by the firm that causes the harm and by the one that suffers it."""

    level: int
    payoffs: tuple[Fraction, Fraction]
    welfare: Fraction
    """Profit less harm; payments cancel where the prices agree."""


@dataclasses.dataclass(frozen=True)
class Compensation:
    """All subgame-perfect equilibrium outcomes of the two firms' mechanism, on a grid of prices."""

    outcomes: tuple[Compensated, ...]
    best: Fraction
    """The largest profit less harm."""

    best_levels: tuple[int, ...]
    price: tuple[Fraction, Fraction] | None
    """Closed form: prices from the first to the second one support the best level (the lowest, if there are more)."""

    separated: bool
    """Whether every level is the *only* best one at some price of the grid: then every equilibrium is efficient."""

    @property
    def welfare(self) -> tuple[Fraction, ...]:
        """The different sums, ascending."""
        return tuple(sorted({outcome.welfare for outcome in self.outcomes}))

    @property
    def efficient(self) -> bool:
        """Whether there is an equilibrium, and every one has the best welfare."""
        return self.welfare == (self.best,)


def compensate(profit: Sequence[Any], harm: Sequence[Any], prices: Sequence[Any], penalty: Any = 1) -> Compensation:
    """The two-firm externality: firm 0 chooses a level x, which earns it profit(x) and costs firm 1 harm(x).

    First both announce a price at once. Then firm 0 chooses x and pays the price that firm 1 announced for each unit,
    while firm 1 receives the price that firm 0 announced: payoffs profit(x) - p_1 x - penalty (p_0 - p_1)^2 and
    p_0 x - harm(x). So firm 0 announces what firm 1 does, and firm 1 wants the level that is best for it at that price.

    Every level that some equilibrium reaches at price p maximises profit(x) - p x; if firm 1 can bring about each level
    for sure (`separated`), it also maximises p x - harm(x), hence their sum: all equilibria are efficient (derived
    here). On a coarse grid ties leave firm 1 without that power.

    Args:
        profit: of levels 0, 1, 2, ...
        harm: of the same levels.
        prices: what may be announced, ascending.
        penalty: more than 0.

    Raises:
        BadGame: profit and harm of different lengths.
        BadSetting: no prices, or a penalty of zero or less.

    Source: after Varian 1994, "A solution to the problem of externalities when agents are well-informed".
    """
    if len(profit) != len(harm) or not len(profit):
        raise BadGame(f"profit has {len(profit)} levels, harm {len(harm)}; expected the same number, at least one.")
    if not len(prices) or rational(penalty) <= 0:
        raise BadSetting(f"{len(prices)} prices, penalty={penalty}: expected at least one price and a penalty above 0.")
    parts = [scaled(np.array([rational(value) for value in part], object)) for part in (profit, harm, prices)]
    (gain, loss, price), scale = together(*parts)
    level = np.arange(len(gain))
    earned = gain - price[:, None] * level  # [price of firm 1, level]
    chosen = earned == earned.max(axis=1, keepdims=True)
    paid = price[:, None] * level - loss  # [price of firm 0, level]
    # over scale**2, because of the squared difference of prices
    weight = rational(penalty)
    apart = (price[:, None] - price).astype(object) ** 2 * weight.numerator
    own = earned.max(axis=1)[None] * (scale * weight.denominator) - apart  # [price of firm 0, of firm 1]
    beyond = int(paid.max()) + 1
    least = np.where(chosen[None], paid[:, None], beyond).min(axis=2)  # [price of firm 0, of firm 1]
    stable = (own == own.max(axis=0))[:, :, None] & chosen[None] & (paid[:, None] >= least.max(axis=1)[:, None, None])
    welfare = gain - loss
    outcomes = []
    for i, j, x in np.argwhere(stable):
        first = Fraction(int(own[i, j]), scale * scale * weight.denominator)
        outcomes.append(Compensated(
            (Fraction(int(price[i]), scale), Fraction(int(price[j]), scale)), int(x),
            (first, Fraction(int(paid[i, x]), scale)), Fraction(int(welfare[x]), scale),
        ))
    best = np.flatnonzero(welfare == welfare.max())
    alone = chosen & (chosen.sum(axis=1, keepdims=True) == 1)
    return Compensation(
        tuple(outcomes), Fraction(int(welfare.max()), scale), tuple(int(x) for x in best),
        _supporting(gain, scale, int(best[0])), bool(np.all(alone.any(axis=0))),
    )


def _supporting(gain: np.ndarray, scale: int, best: int) -> tuple[Fraction, Fraction] | None:
    """Between which prices a level maximises profit less payments; None if at no price (profit is not concave)."""
    others = [x for x in range(len(gain)) if x != best]
    slopes = [(Fraction(int(gain[x] - gain[best]), scale * (x - best)), x > best) for x in others]
    low = max((slope for slope, more in slopes if more), default=Fraction(0))
    high = min((slope for slope, more in slopes if not more), default=low)
    return (low, high) if low <= high else None


def reward_cooperation(game: NormalForm, rewards: Sequence[Any]) -> Announcements:
    """Both announce what they pay the other one for its *first* action, at once; then they play.

    The compensation mechanism of a prisoner's dilemma: each prices the harm that the other's defection does to it. If
    both announce the temptation to defect, cooperation is an equilibrium of play. All subgame-perfect equilibria with
    pure announcements from the grid are found, mixed play included.

    Raises:
        BadGame: other than two agents with two actions.

    Source: after Varian 1994 and Andreoni and Varian 1999, "Preplay contracting in the prisoners' dilemma".
    """
    if game.num_actions != (2, 2):
        raise BadGame(f"The game has {game.num_actions} actions, expected (2, 2).")
    paid, over = scaled(np.array([rational(value) for value in rewards], object))
    (units, paid), scale = together((game.units, game.scale), (paid, over))
    first, second = np.meshgrid(paid, paid, indexing="ij")  # what agent 0 pays, what agent 1 pays
    cooperates = np.array([1, 0])
    net = second[..., None, None] * cooperates[:, None] - first[..., None, None] * cooperates
    games = units[None, None] + np.stack([net, -net], axis=2)
    count = len(paid)
    found = components(games.reshape(-1, 2, 2, 2))
    return announced(found, np.arange(count) * count, np.arange(count), game.best_welfare, scale)


__all__ = ["Compensated", "Compensation", "compensate", "reward_cooperation"]
