"""Contracts on public goods."""

from ...core.types import Payments, Theta
from ...games.public_goods import Signals
from ..space import AbstractContractSpace, to_others


class WithholdingFine(AbstractContractSpace):
    """Each agent pays `theta[0]` for the share that it keeps, shared equally by the others.

    Investing all is dominant for theta above 1 - multiplier / n: 0.40, 0.70, 0.85 for n = 2, 4, 8 at multiplier 1.2.

    Source: the public goods contract of Christoffersen et al. 2023, with its range [0, 1.2].
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.2,)

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """The fines of one move."""
        return to_others(theta[0] * (1.0 - signals.invested))
