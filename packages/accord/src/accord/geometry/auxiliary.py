"""A representation learned from pixels: a shared trunk, and a linear head for each of many auxiliary value functions.

The trunk ends in a few linear features, so with squared error on all heads the best that any trunk could do is known:
the span of the leading left singular vectors of the matrix of targets (Eckart and Young 1936). That is the exact twin,
and `floor` its loss. After training the heads are thrown away, the trunk is frozen, and `transfer.refitted` fits a new
last layer to the values of a new goal.

Source: the recipe is after Bellemare et al. 2019, "A geometric perspective on optimal representations for reinforcement
learning" (arXiv 1901.11530), whose targets are adversarial value functions. Here the targets are exact values, not
estimates from play, so that what is compared is the representation alone.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from ..core.errors import BadSetting
from ..core.settings import bounded

_LOOKS = 50
"""Points of a loss curve."""


@dataclasses.dataclass(frozen=True)
class Training:
    """How a trunk is trained."""

    features: int = bounded(16, 1, 4096, "Numbers that the trunk ends in.")
    hidden: int = bounded(256, 1, 65536, "Width of its one hidden layer.")
    steps: int = bounded(3000, 1, 10**7, "Steps of Adam, each on all states and all heads.")
    rate: float = bounded(2e-3, 1e-7, 1.0, "Largest step size; it falls to nothing along a cosine.")


class Trunk(eqx.Module):
    """Pixels to features: one hidden layer of rectified units, then a linear one without a bias."""

    hidden: eqx.nn.Linear
    out: eqx.nn.Linear

    def __init__(self, pixels: int, width: int, features: int, *, key: PRNGKeyArray):
        hidden_key, out_key = jax.random.split(key)
        self.hidden = eqx.nn.Linear(pixels, width, key=hidden_key)
        self.out = eqx.nn.Linear(width, features, use_bias=False, key=out_key)

    def __call__(self, pixels: Float[Array, "states pixels"]) -> Float[Array, "states features"]:
        """Features of many pictures at once; dense layers alone, which is fastest on processors."""
        hidden = jax.nn.relu(pixels @ self.hidden.weight.T + self.hidden.bias[None])  # pyright: ignore
        return hidden @ self.out.weight.T


@dataclasses.dataclass(frozen=True, eq=False)
class Learned:
    """A trained trunk, as the features that it gives each state."""

    trunk: Trunk
    features: np.ndarray
    """`[states, features]`, of all states, also of those that were hidden."""

    losses: np.ndarray
    """Mean squared error over heads and states seen, in units of the targets' mean square, at `steps`."""

    steps: np.ndarray


def flat(pictures: np.ndarray) -> np.ndarray:
    """Pictures as rows of numbers, `[states, pixels]`: centred, and of mean square 1 together."""
    rows = pictures.reshape(len(pictures), -1).astype(np.float32)
    rows = rows - rows.mean(0)
    return rows / np.sqrt((rows**2).mean())


def untrained(pictures: np.ndarray, training: Training, seed: int) -> np.ndarray:
    """Features of the very trunk that `learned` starts from, `[states, features]`."""
    pixels = flat(pictures)
    trunk = Trunk(pixels.shape[1], training.hidden, training.features, key=_keys(seed)[0])
    return np.asarray(trunk(jnp.asarray(pixels)), float)


def learned(
    pictures: np.ndarray, targets: np.ndarray, training: Training, seed: int, seen: np.ndarray | None = None
) -> Learned:
    """Train trunk and heads on values of many policies.

    Args:
        pictures: `[states, height, width, colours]`.
        targets: auxiliary value functions, `[states, heads]`.
        training: sizes and steps.
        seed: of the initial weights; nothing else is random.
        seen: states that training looks at, `[states]`; all unless said.

    Raises:
        BadSetting: pictures and targets don't fit each other, or there is nothing to learn.
    """
    if targets.ndim != 2 or len(targets) != len(pictures):
        raise BadSetting(f"The targets have shape {targets.shape}, expected ({len(pictures)}, heads): one row a state.")
    pixels = flat(pictures)
    used = np.ones(len(pixels), bool) if seen is None else np.asarray(seen, bool)
    size = float(np.sqrt((targets[used] ** 2).mean()))
    if not 0.0 < size < np.inf:
        raise BadSetting(f"The targets have root mean square {size}. Give finite values that are not all zero.")
    trunk_key, head_key = _keys(seed)
    trunk = Trunk(pixels.shape[1], training.hidden, training.features, key=trunk_key)
    heads = jax.random.normal(head_key, (training.features, targets.shape[1])) / np.sqrt(training.features)
    (trunk, _), losses, steps = _trained(
        (trunk, heads), jnp.asarray(pixels[used]), jnp.asarray(targets[used] / size, jnp.float32), training
    )
    return Learned(trunk, np.asarray(trunk(jnp.asarray(pixels)), float), losses, steps)


def floor(targets: np.ndarray, features: int) -> float:
    """The least loss of any trunk with so many features: what Eckart and Young leave of the targets' mean square."""
    sizes = np.linalg.svd(targets, compute_uv=False) ** 2
    return float(sizes[features:].sum() / sizes.sum())


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """How much two orthonormal bases span in common: mean squared cosine of the principal angles, 1 if the same."""
    return float((np.linalg.svd(first.T @ second, compute_uv=False) ** 2).sum() / min(first.shape[1], second.shape[1]))


def _keys(seed: int) -> tuple[PRNGKeyArray, PRNGKeyArray]:
    trunk, heads = jax.random.split(jax.random.key(seed))
    return trunk, heads


def _trained(net: Any, pixels: Array, targets: Array, training: Training) -> tuple[Any, np.ndarray, np.ndarray]:
    """The net after all steps, and its losses on the way."""
    optimiser = optax.adam(optax.cosine_decay_schedule(training.rate, training.steps))

    def loss(net: Any) -> Array:
        trunk, heads = net
        return jnp.mean((trunk(pixels) @ heads - targets) ** 2)

    def step(carry: Any, _: None) -> tuple[Any, Array]:
        net, state = carry
        value, slope = jax.value_and_grad(loss)(net)
        with jax.numpy_dtype_promotion("standard"):  # optax relies on it
            change, state = optimiser.update(slope, state)
            return (optax.apply_updates(net, change), state), value

    every = max(1, training.steps // _LOOKS)
    run = jax.jit(lambda carry: jax.lax.scan(step, carry, None, training.steps))
    (net, _), losses = run((net, optimiser.init(net)))
    last = np.append(np.asarray(losses)[::every], float(loss(net)))
    return net, last, np.append(np.arange(0, training.steps, every), training.steps)


__all__ = ["Learned", "Training", "Trunk", "flat", "floor", "learned", "overlap", "untrained"]
