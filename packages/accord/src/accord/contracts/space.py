"""Contract spaces: a box of terms and a rule that says who pays whom."""

import abc
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from ..core.errors import BadTerms
from ..core.types import Array, Float, Payments, Theta

if TYPE_CHECKING:  # see `AbstractGame`

    class _Box:
        low: tuple[float, ...]
        high: tuple[float, ...]

else:
    _Box = object


class AbstractContractSpace(eqx.Module, _Box):
    """All contracts of one kind: a box of terms `theta`, and `pays`.

    `pays` gives amounts >= 0 from each payer to each payee, reading nothing but the game's signals. Rewards change by
    column sums minus row sums (`settle`), so money is conserved by construction. The null contract (nobody pays) is not
    a point of the box: it is the state "no contract in force", which every observation tells apart.
    """

    if not TYPE_CHECKING:
        low: eqx.AbstractVar[tuple[float, ...]]
        high: eqx.AbstractVar[tuple[float, ...]]

    @abc.abstractmethod
    def pays(self, theta: Theta, signals: Any) -> Payments:
        """Amounts due for one step, from each payer (row) to each payee (column)."""

    def signing(self, theta: Theta, num_agents: int) -> Payments:
        """Lump sums due once, when the contract is signed. Default: none."""
        return jnp.zeros((num_agents, num_agents), jnp.float32)

    @property
    def num_terms(self) -> int:
        """Length of `theta`."""
        return len(self.low)

    def scaled(self, theta: Theta) -> Theta:
        """Terms mapped to [0, 1] by the box."""
        low, high = jnp.asarray(self.low, jnp.float32), jnp.asarray(self.high, jnp.float32)
        return (theta - low) / (high - low)

    def unscaled(self, unit: Theta) -> Theta:
        """Inverse of `scaled`."""
        low, high = jnp.asarray(self.low, jnp.float32), jnp.asarray(self.high, jnp.float32)
        return low + unit * (high - low)

    def checked(self, theta: Any) -> np.ndarray:
        """Terms given by a person, as an array; raises `BadTerms` where they don't fit the box."""
        name = type(self).__name__
        values = np.atleast_1d(np.asarray(theta, np.float32))
        box = f"{name} has {self.num_terms} (low={self.low}, high={self.high})"
        if values.shape != (self.num_terms,):
            raise BadTerms(f"theta has {values.size} terms, {box}. Give one number per term.")
        low, high = np.asarray(self.low, np.float32), np.asarray(self.high, np.float32)
        if not np.all((values >= low) & (values <= high)):
            raise BadTerms(f"theta={values.tolist()} is out of range, {box}. Choose terms inside, or widen the space.")
        return values


def settle(payments: Payments) -> Float[Array, "agents"]:
    """What each agent nets: received minus paid."""
    return jnp.sum(payments, axis=0) - jnp.sum(payments, axis=1)


def to_others(amounts: Float[Array, "agents"]) -> Payments:
    """Each agent pays its amount, shared equally by all the others."""
    n = amounts.shape[0]
    return amounts[:, None] * jnp.asarray((1.0 - np.eye(n)) / max(n - 1, 1), jnp.float32)


def from_others(amounts: Float[Array, "agents"]) -> Payments:
    """Each agent receives its amount, financed equally by all the others."""
    return to_others(amounts).T
