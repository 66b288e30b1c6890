"""Contracts on the brook."""

from ...core.types import Payments, Theta
from ...games.brook import Signals
from ..space import AbstractContractSpace, from_others


class BrookWage(AbstractContractSpace):
    """Each unit of dirt taken out earns its cleaner `theta[0]` apples, financed equally by the others.

    Source: the Cleanup contract of Christoffersen, Haupt, Hadfield-Menell 2023, brought to the line; the range is ours.
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (4.0,)

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """The wage for this step's work."""
        return from_others(theta[0] * signals.cleaned.astype(theta.dtype))
