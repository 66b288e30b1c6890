"""Value heads: what a net's outputs mean as the value of an action, and how they move towards a target.

The heads are the whole difference between DQN, C51 and S51. Every one begins at mean 0 for every action (`start`), so
that agents who differ in their head alone begin with the same values and the same greedy play; that is why supports are
symmetric about 0. Axes: outputs of one action `[agents, size, ...batch]`, the size of a head being `size`.
"""

import abc
from dataclasses import dataclass
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ..core.types import Array


class AbstractHead(abc.ABC):
    """Outputs of one action, read as a value."""

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """Numbers that a net must give for each action."""

    @property
    @abc.abstractmethod
    def start(self) -> np.ndarray:
        """Biases under which an action is worth 0, `[size]`."""

    @abc.abstractmethod
    def means(self, outputs: Array) -> Array:
        """Values `[agents, ...batch]`."""

    @abc.abstractmethod
    def losses(self, outputs: Array, after: Array, rewards: Array, discounts: Array) -> Array:
        """Distance to the target `rewards + discounts * after`, `[agents, ...batch]`.

        Args:
            outputs: of the action that was taken.
            after: of the next state's best action, from the net that holds still.
            rewards: of the step, `[agents, ...batch]`.
            discounts: gamma, or 0 where the game was over, `[agents, ...batch]`.
        """


@dataclass(frozen=True)
class Expected(AbstractHead):
    """The value itself, and half the squared error: DQN.

    Source: Mnih et al. 2015, "Human-level control through deep reinforcement learning", with a squared error.
    """

    @property
    def size(self) -> int:
        """One."""
        return 1

    @property
    def start(self) -> np.ndarray:
        """Zero."""
        return np.zeros(1, np.float32)

    def means(self, outputs: Array) -> Array:
        """The output."""
        return outputs[:, 0]

    def losses(self, outputs: Array, after: Array, rewards: Array, discounts: Array) -> Array:
        """Half the squared error."""
        return 0.5 * (rewards + discounts * self.means(after) - self.means(outputs)) ** 2


@dataclass(frozen=True)
class AbstractDistribution(AbstractHead):
    """Probabilities on equally distant atoms from -bound to bound; a subclass says how outputs give them."""

    atoms: int = 51
    bound: float = 100.0

    @property
    def support(self) -> np.ndarray:
        """Where the atoms lie, `[atoms]`."""
        return np.linspace(-self.bound, self.bound, self.atoms, dtype=np.float32)

    @property
    def size(self) -> int:
        """One output for each atom."""
        return self.atoms

    @abc.abstractmethod
    def weights(self, outputs: Array) -> Array:
        """Mass on each atom, `[agents, atoms, ...batch]`."""

    def means(self, outputs: Array) -> Array:
        """Sum of mass times place."""
        return jnp.sum(self.weights(outputs) * _along(self.support, outputs.ndim), axis=1)

    def target(self, after: Array, rewards: Array, discounts: Array) -> Array:
        """The distribution of `reward + discount * after`, brought back to the atoms; mean and mass are kept inside.

        One atom after the other: forty times as fast on a CPU as all pairs of atoms at once.

        Source: the projection of Bellemare, Dabney and Munos 2017, "A distributional perspective on reinforcement
        learning" (cut to the support, then shared between the two nearest atoms).
        """
        support, gap = _along(self.support, after.ndim), 2.0 * self.bound / (self.atoms - 1)
        weights = self.weights(after)
        places = jnp.clip(rewards[:, None] + discounts[:, None] * support, -self.bound, self.bound)

        def share(total: Array, atom: tuple[Array, Array]) -> tuple[Array, None]:
            place, weight = atom
            near = jnp.clip(1.0 - jnp.abs(place[:, None] - support) / gap, 0.0, 1.0)
            return total + near * weight[:, None], None

        first = lambda leaf: jnp.moveaxis(leaf, 1, 0)
        return jax.lax.scan(share, jnp.zeros_like(weights), (first(places), first(weights)))[0]


@dataclass(frozen=True)
class Softmax(AbstractDistribution):
    """Logits and the cross-entropy: C51.

    Source: Bellemare, Dabney and Munos 2017, algorithm 1.
    """

    @property
    def start(self) -> np.ndarray:
        """The uniform distribution."""
        return np.zeros(self.atoms, np.float32)

    def weights(self, outputs: Array) -> Array:
        """The softmax."""
        return jax.nn.softmax(outputs, axis=1)

    def losses(self, outputs: Array, after: Array, rewards: Array, discounts: Array) -> Array:
        """Cross-entropy of the target."""
        return -jnp.sum(self.target(after, rewards, discounts) * jax.nn.log_softmax(outputs, axis=1), axis=1)


@dataclass(frozen=True)
class Signed(AbstractDistribution):
    """Mass itself, of any sign, and the squared Cramer distance with the total drawn to 1: S51.

    Source: after Bellemare, Le Roux, Castro and Moitra 2019, "Distributional reinforcement learning with linear
    function approximation" (no softmax, a Cramer distance for all vectors); the weight 1 on the total is ours.
    """

    @property
    def start(self) -> np.ndarray:
        """The uniform distribution."""
        return np.full(self.atoms, 1.0 / self.atoms, np.float32)

    def weights(self, outputs: Array) -> Array:
        """The outputs."""
        return outputs

    def losses(self, outputs: Array, after: Array, rewards: Array, discounts: Array) -> Array:
        """Half the squared differences of both cumulated, summed over atoms; the target's total is 1."""
        target = jnp.cumsum(self.target(after, rewards, discounts), axis=1).at[:, -1].set(1.0)
        return 0.5 * jnp.sum((jnp.cumsum(outputs, axis=1) - target) ** 2, axis=1)


@dataclass(frozen=True)
class Cumulative(AbstractDistribution):
    """The distribution function, and the squared Cramer distance: with a linear net and plain steps, exactly DQN.

    Source: after Lyle, Castro and Bellemare 2019, "A comparative analysis of expected and distributional reinforcement
    learning" (arXiv 1901.11084): the gradient with respect to the distribution function.
    """

    @property
    def size(self) -> int:
        """One output for each atom but the last, at which the function is 1."""
        return self.atoms - 1

    @property
    def start(self) -> np.ndarray:
        """The uniform distribution."""
        return (np.arange(1, self.atoms) / self.atoms).astype(np.float32)

    def weights(self, outputs: Array) -> Array:
        """Differences of the function."""
        ends = jnp.zeros_like(outputs[:, :1])
        return jnp.diff(jnp.concatenate([ends, outputs, ends + 1.0], axis=1), axis=1)

    def losses(self, outputs: Array, after: Array, rewards: Array, discounts: Array) -> Array:
        """Half the squared differences of both functions, summed over atoms."""
        target = jnp.cumsum(self.target(after, rewards, discounts), axis=1)[:, :-1]
        return 0.5 * jnp.sum((outputs - target) ** 2, axis=1)


Head: TypeAlias = Expected | Softmax | Signed | Cumulative

HEADS: dict[str, type[Head]] = {"dqn": Expected, "c51": Softmax, "s51": Signed, "cdf": Cumulative}
"""The heads by the names of their agents."""


def _along(support: np.ndarray, ndim: int) -> Array:
    """The support on the second of `ndim` axes."""
    return jnp.asarray(support).reshape((1, -1) + (1,) * (ndim - 2))
