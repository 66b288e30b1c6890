"""Expected against distributional learning, coupled: same steps, same step sizes, same values at the start.

Every update here is `weights += step * pull * features`, from outputs that are `offset + weights . features`; the rules
differ in what an output means, and in the pull. Tabular learning is the case of one feature for each input. If the mean
of the pull is the pull of the mean, expected and distributional learning are one: so it is for mixtures and for the
gradient with respect to the distribution function, and for no other rule below.

Arrays begin with an axis `runs`: independent processes side by side.

Source: after Lyle, Castro and Bellemare 2019, "A comparative analysis of expected and distributional reinforcement
learning" (arXiv 1901.11084); the common form is ours.
"""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from ..core.errors import BadSetting
from .process import Process


def support(process: Process, atoms: int = 51, share: float = 1.0) -> np.ndarray:
    """Equally distant places `[atoms]`, symmetric about 0: all returns that are possible, or a share of that range."""
    bound = share * np.abs(process.rewards).max() / (1.0 - process.discount)
    return np.linspace(-bound, bound, atoms)


def projection(places: np.ndarray, rewards: np.ndarray, discount: float) -> np.ndarray:
    """Matrices `[..., atoms, atoms]` from weights of Z on `places` to those of `reward + discount * Z`, brought back.

    Each atom is cut to the support and shared between its two neighbours: mass is kept, and so is the mean of whatever
    is not cut.

    Source: Bellemare, Dabney and Munos 2017; as the projection of least Cramer distance, Rowland et al. 2018.
    """
    moved = np.clip(np.asarray(rewards)[..., None] + discount * places, places[0], places[-1])
    gap = (places[-1] - places[0]) / (len(places) - 1)
    return np.clip(1.0 - np.abs(moved[..., None, :] - places[:, None]) / gap, 0.0, 1.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Runs:
    """Several processes of one size under the uniform policy, and what is known of their inputs.

    Raises:
        BadSetting: processes of different sizes or discounts, or features of another shape.
    """

    processes: Sequence[Process]
    features: np.ndarray
    """`[runs, inputs, features]`; inputs are states, or for control states times actions in that order."""

    atoms: int = 51
    share: float = 1.0
    """Of the range of returns that the support covers."""

    def __post_init__(self) -> None:
        first = self.processes[0]
        kinds = {(p.num_states, p.num_actions, p.discount) for p in self.processes}
        inputs = self.features.shape[1] if self.features.ndim == 3 else 0
        sizes = (first.num_states, first.num_states * first.num_actions)
        if len(kinds) != 1 or self.features.shape[:1] != (len(self.processes),) or inputs not in sizes:
            raise BadSetting(
                f"Processes of (states, actions, discount) {sorted(kinds)} with features {self.features.shape}: "
                f"expected one kind, and features (runs, inputs, features) with {sizes[0]} or {sizes[1]} inputs."
            )

    @property
    def discount(self) -> float:
        """The discount of all processes."""
        return self.processes[0].discount

    @cached_property
    def places(self) -> np.ndarray:
        """`[runs, atoms]`."""
        return np.stack([support(process, self.atoms, self.share) for process in self.processes])

    @cached_property
    def rewards(self) -> np.ndarray:
        """`[runs, states, actions]`."""
        return np.stack([process.rewards for process in self.processes])

    @cached_property
    def projections(self) -> np.ndarray:
        """`[runs, states, actions, atoms, atoms]`."""
        pairs = zip(self.places, self.rewards, strict=True)
        return np.stack([projection(places, rewards, self.discount) for places, rewards in pairs])


def tabular(processes: Sequence[Process], *, atoms: int = 51, share: float = 1.0, control: bool = False) -> Runs:
    """One feature for each state, or for each state and action."""
    inputs = processes[0].num_states * (processes[0].num_actions if control else 1)
    return Runs(processes, np.repeat(np.eye(inputs)[None], len(processes), 0), atoms, share)


def linear(
    processes: Sequence[Process], rng: np.random.Generator, num_features: int = 5, *, atoms: int = 51,
    realisable: bool = False,
) -> Runs:
    """A constant feature and normal random ones, of length 1 in every state.

    Args:
        processes: one for each run.
        rng: of the features.
        num_features: how many, the constant included.
        atoms: places of a distribution.
        realisable: one feature is the true value of the uniform policy (to mean 0 and deviation 1), so that expected
            learning can be right, and a head that bends means cannot.
    """
    drawn = rng.normal(size=(len(processes), processes[0].num_states, num_features))
    drawn[..., 0] = 1.0
    if not realisable:
        return Runs(processes, drawn / np.linalg.norm(drawn, axis=-1, keepdims=True), atoms)
    truth = np.stack([process.evaluate(process.uniform()) for process in processes])
    drawn[..., 1] = (truth - truth.mean(-1, keepdims=True)) / truth.std(-1, keepdims=True)
    return Runs(processes, drawn / np.sqrt(num_features), atoms)


# ---------------------------------------------------------------------------------------------------------- the rules


@dataclasses.dataclass(frozen=True)
class Target:
    """What a step says: outputs where it led, its reward, and the projection that belongs to it, for each run."""

    after: np.ndarray
    rewards: np.ndarray
    projections: np.ndarray


class AbstractRule(abc.ABC):
    """A way to learn; `weights` begin at 0, where every rule's mean is 0 for every input."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs
        self.offset = self.start(runs.places)
        self.weights = np.zeros((*self.offset.shape, runs.features.shape[-1]))

    @abc.abstractmethod
    def start(self, places: np.ndarray) -> np.ndarray:
        """Outputs before learning, `[runs, outputs]`, of mean 0."""

    @abc.abstractmethod
    def mean(self, outputs: np.ndarray) -> np.ndarray:
        """Value `[runs, ...]` of outputs `[runs, ..., outputs]`."""

    @abc.abstractmethod
    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """Direction `[runs, outputs]` towards a target."""

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs `[runs, outputs]` at one input of each run."""
        features = self.runs.features[np.arange(len(inputs)), inputs]
        return self.offset + (self.weights @ features[..., None])[..., 0]

    def means(self) -> np.ndarray:
        """Values of all inputs, `[runs, inputs]`."""
        return self.mean(self.offset[:, None] + self.runs.features @ np.swapaxes(self.weights, 1, 2))

    def learn(self, inputs: np.ndarray, target: Target, step: float) -> None:
        """One step of each run at one input of each."""
        features = self.runs.features[np.arange(len(inputs)), inputs]
        self.weights += step * self.pull(self.outputs(inputs), target)[:, :, None] * features[:, None, :]

    def _across(self, along: np.ndarray, outputs: np.ndarray) -> np.ndarray:
        """An array `[runs, outputs]`, to be multiplied with outputs that may have axes in between."""
        return along.reshape(len(along), *(1,) * (outputs.ndim - 2), -1)


class Expected(AbstractRule):
    """Temporal differences: the output is the value."""

    def start(self, places: np.ndarray) -> np.ndarray:
        """Zero."""
        return np.zeros((len(places), 1))

    def mean(self, outputs: np.ndarray) -> np.ndarray:
        """The output."""
        return outputs[..., 0]

    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """The temporal difference."""
        return target.rewards[:, None] + self.runs.discount * target.after - outputs


class Mixture(AbstractRule):
    """Weights of atoms, mixed with the projected target's: Z becomes (1 - step) Z + step (r + gamma Z')."""

    def start(self, places: np.ndarray) -> np.ndarray:
        """The uniform distribution."""
        return np.full(places.shape, 1.0 / places.shape[1])

    def mean(self, outputs: np.ndarray) -> np.ndarray:
        """Sum of weight times place."""
        return (outputs * self._across(self.runs.places, outputs)).sum(-1)

    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """From the own weights to the target's."""
        return (target.projections @ target.after[..., None])[..., 0] - outputs


class CumulativeGradient(AbstractRule):
    """The distribution function at all atoms but the last; gradient of half its squared Cramer distance."""

    def start(self, places: np.ndarray) -> np.ndarray:
        """The uniform distribution."""
        atoms = places.shape[1]
        return np.repeat(np.arange(1, atoms)[None] / atoms, len(places), 0)

    def mean(self, outputs: np.ndarray) -> np.ndarray:
        """The last place, less the gap times the function's sum."""
        last, gap = self.runs.places[:, -1:], self.runs.places[:, 1:2] - self.runs.places[:, :1]
        return (self._across(last, outputs) - self._across(gap, outputs) * outputs.sum(-1, keepdims=True))[..., 0]

    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """From the own function to the target's."""
        ends = np.zeros((len(outputs), 1))
        weights = np.diff(np.concatenate([ends, target.after, ends + 1.0], axis=1))
        return np.cumsum((target.projections @ weights[..., None])[..., 0], axis=1)[:, :-1] - outputs


class MassGradient(Mixture):
    """Weights of atoms; gradient of the same distance with respect to them, total mass kept.

    The gradient is L'L times the difference, L the matrix that cumulates. Its largest eigenvalue is about (2K/pi)^2 for
    K atoms, and it is divided by that: with the plain step the rule diverges.
    """

    def __init__(self, runs: Runs) -> None:
        super().__init__(runs)
        cumulate, keep = np.tril(np.ones((runs.atoms, runs.atoms))), np.eye(runs.atoms) - 1.0 / runs.atoms
        slope = keep @ cumulate.T @ cumulate @ keep
        self.slope = slope / np.linalg.eigvalsh(slope)[-1]

    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """The difference of the weights, seen through the gradient."""
        return super().pull(outputs, target) @ self.slope


class CrossEntropy(Mixture):
    """Logits, and the gradient of the cross-entropy with the projected target: the categorical agent's rule."""

    def start(self, places: np.ndarray) -> np.ndarray:
        """The uniform distribution."""
        return np.zeros(places.shape)

    def mean(self, outputs: np.ndarray) -> np.ndarray:
        """Sum of weight times place."""
        return super().mean(_softmax(outputs))

    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """From the own weights to the target's."""
        weights = dataclasses.replace(target, after=_softmax(target.after))
        return super().pull(_softmax(outputs), weights)


class Quantiles(AbstractRule):
    """As many quantiles as there are atoms, by quantile regression.

    Source: Dabney, Rowland, Bellemare and Munos 2018, "Distributional reinforcement learning with quantile regression".
    """

    def start(self, places: np.ndarray) -> np.ndarray:
        """Those of the uniform distribution."""
        return places.copy()

    def mean(self, outputs: np.ndarray) -> np.ndarray:
        """Each quantile counts alike."""
        return outputs.mean(-1)

    def pull(self, outputs: np.ndarray, target: Target) -> np.ndarray:
        """How much more often the target should lie above each quantile than it does."""
        moved = target.rewards[:, None] + self.runs.discount * target.after
        count = outputs.shape[1]
        levels = (np.arange(count) + 0.5) / count
        return levels - (moved[:, None, :] < outputs[:, :, None]).mean(-1)


def _softmax(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


RULES: Mapping[str, type[AbstractRule]] = {
    "expected": Expected,
    "mixture": Mixture,
    "cdf": CumulativeGradient,
    "pmf": MassGradient,
    "softmax": CrossEntropy,
    "quantile": Quantiles,
}
"""The rules by name, expected learning first."""

EQUAL = ("expected", "mixture", "cdf")
"""The rules whose means must be one and the same."""
