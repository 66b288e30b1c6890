"""Contracts on matrix games."""

from ...core.game import Transition
from ...core.types import Payments, Theta
from ..space import AbstractContractSpace, to_others


class DefectionFine(AbstractContractSpace):
    """Whoever plays `action` pays `theta[0]`, shared equally by the others.

    In the shipped games of two agents action 1 is the one that a contract is to prevent (defect, hare, straight). Where
    both play it the fines cancel. Cooperating is dominant for theta above the larger of temptation - reward and
    punishment - sucker: 1 in the prisoner's dilemma, 2 in the stag hunt.

    Source: the prisoner's dilemma contract of Christoffersen et al. 2023; its range there is not known, this is ours.
    """

    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (3.0,)
    action: int = 1

    def pays(self, theta: Theta, signals: Transition) -> Payments:
        """The fines of one move."""
        return to_others(theta[0] * (signals.actions == self.action).astype(theta.dtype))
