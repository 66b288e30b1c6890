"""Contracts on Cleanup."""

from ...core.types import Payments, Theta
from ...games.cleanup import Signals
from ..space import AbstractContractSpace, from_others


class CleaningWage(AbstractContractSpace):
    """Each cleaned cell earns its cleaner `theta[0]` apples, financed equally by the others.

    Source: the Cleanup contract of Christoffersen, Haupt, Hadfield-Menell 2023, with its range [0, 0.2].
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (0.2,)

    def pays(self, theta: Theta, signals: Signals) -> Payments:
        """The wage for this step's work."""
        return from_others(theta[0] * signals.cleaned.astype(theta.dtype))
