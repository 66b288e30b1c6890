"""Policy heads: what a net's outputs mean as a distribution over an action space.

A product space (tuple or dictionary) is a product of independent heads. Axes: outputs `[agents, outputs, ...batch]`,
discrete actions `[agents, ...batch]`, box actions `[agents, dimensions, ...batch]`.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import betaln, digamma

from ..core.game import Box, Discrete, Space
from ..core.random import split, uniform
from ..core.types import Actions, Array, PRNGKeyArray

_LOW_LOG_STD, _HIGH_LOG_STD = -4.0, 1.0
_PROPOSALS = 16


def num_outputs(space: Space) -> int:
    """How many numbers a net must give for one agent's action."""
    match space:
        case Discrete(n=n):
            return n
        case Box(low=low):
            return 2 * len(low)
    return sum(num_outputs(part) for part in _parts(space))


def _parts(space: Any) -> list[Space]:
    return list(space.values()) if isinstance(space, dict) else list(space)


def _pieces(space: Any, outputs: Array) -> list[Array]:
    sizes = [num_outputs(part) for part in _parts(space)]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [outputs[:, a : a + b] for a, b in zip(starts, sizes, strict=True)]


def _packed(space: Any, values: list) -> Any:
    return dict(zip(space, values, strict=True)) if isinstance(space, dict) else tuple(values)


def _beta(outputs: Array, dims: int) -> tuple[Array, Array]:
    """Both parameters above 1: unimodal, so that the mode is an honest greedy action."""
    both = 1.0 + jax.nn.softplus(outputs)
    return both[:, :dims], both[:, dims:]


def _draw_beta(alpha: Array, beta: Array, key: PRNGKeyArray) -> Array:
    """Beta variates for parameters above 1, by rejection with a fixed number of proposals.

    The rejection loop of `jax.random.beta` takes a minute to compile in a training step; here sixteen proposals stand
    side by side and the first accepted one counts. Each is accepted with probability above 0.68, so the mean is
    returned instead in fewer than one case of 10^7.

    Source: algorithm BB of Cheng 1978, "Generating beta variates with nonintegral shape parameters".
    """
    alpha, beta = alpha[None], beta[None]  # the proposals' axis
    low, high, total = jnp.minimum(alpha, beta), jnp.maximum(alpha, beta), alpha + beta
    rate = jnp.sqrt(jnp.maximum(total - 2.0, 1e-6) / jnp.maximum(2.0 * alpha * beta - total, 1e-6))
    draws = uniform(key, 2 * _PROPOSALS * alpha.size).reshape(2, _PROPOSALS, *alpha.shape[1:])
    first, second = jnp.clip(draws, 1e-7, 1.0 - 1e-7)
    v = rate * jnp.log(first / (1.0 - first))
    w = low * jnp.exp(jnp.minimum(v, 30.0))
    r = (low + 1.0 / rate) * v - jnp.float32(np.log(4.0))
    passes = r + total * jnp.log(total / (high + w)) >= jnp.log(first * first * second)
    value = jnp.where(alpha <= beta, w / (high + w), high / (high + w))
    result = (alpha / total)[0]
    for i in reversed(range(_PROPOSALS)):
        result = jnp.where(passes[i], value[i], result)
    return result


def _bounds(box: Box, ndim: int) -> tuple[Array, Array]:
    shape = (1, len(box.low)) + (1,) * (ndim - 2)
    low, high = (jnp.asarray(b, jnp.float32).reshape(shape) for b in (box.low, box.high))
    return low, high - low


def sample(space: Space, outputs: Array, key: PRNGKeyArray, *, box_head: str = "beta") -> Actions:
    """Draw one joint action from outputs of one environment, `[agents, outputs]`."""
    match space:
        case Discrete(n=n):
            # Inverse of the distribution function: one uniform per agent, elementwise.
            weights = jnp.exp(outputs - jnp.max(outputs, axis=1, keepdims=True))
            level = uniform(key, outputs.shape[0]) * jnp.sum(weights, axis=1)
            action, below = jnp.zeros(outputs.shape[0], jnp.int32), jnp.zeros(outputs.shape[0], jnp.float32)
            for k in range(n - 1):
                below = below + weights[:, k]
                action = action + (level >= below).astype(jnp.int32)
            return action
        case Box():
            dims = len(space.low)
            low, span = _bounds(space, 2)
            if box_head == "gaussian":
                mean, log_std = outputs[:, :dims], jnp.clip(outputs[:, dims:], _LOW_LOG_STD, _HIGH_LOG_STD)
                unit = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape, jnp.float32)
                return low + span * unit  # not clipped: the game clips, the density stays exact
            alpha, beta = _beta(outputs, dims)
            return low + span * jnp.clip(_draw_beta(alpha, beta, key), 1e-5, 1.0 - 1e-5)
    keys = split(key, len(_parts(space)))
    drawn = [
        sample(part, piece, k, box_head=box_head)
        for part, piece, k in zip(_parts(space), _pieces(space, outputs), keys, strict=True)
    ]
    return _packed(space, drawn)


def log_prob(space: Space, outputs: Array, actions: Actions, *, box_head: str = "beta") -> Array:
    """Log-density of actions, `[agents, ...batch]`; box actions are measured on the unit box."""
    match space:
        case Discrete(n=n):
            chosen = jnp.zeros_like(outputs[:, 0])
            for k in range(n):
                chosen = jnp.where(actions == k, outputs[:, k], chosen)
            return chosen - jax.nn.logsumexp(outputs, axis=1)
        case Box():
            dims = len(space.low)
            low, span = _bounds(space, outputs.ndim)
            unit = (actions - low) / span
            if box_head == "gaussian":
                mean, log_std = outputs[:, :dims], jnp.clip(outputs[:, dims:], _LOW_LOG_STD, _HIGH_LOG_STD)
                z = (unit - mean) * jnp.exp(-log_std)
                return jnp.sum(-0.5 * z * z - log_std - 0.5 * jnp.log(2.0 * jnp.pi).astype(jnp.float32), axis=1)
            alpha, beta = _beta(outputs, dims)
            unit = jnp.clip(unit, 1e-6, 1.0 - 1e-6)
            dense = (alpha - 1.0) * jnp.log(unit) + (beta - 1.0) * jnp.log1p(-unit) - betaln(alpha, beta)
            return jnp.sum(dense, axis=1)
    parts = _parts(space)
    given = [actions[k] for k in space] if isinstance(space, dict) else list(actions)
    terms = [
        log_prob(part, piece, act, box_head=box_head)
        for part, piece, act in zip(parts, _pieces(space, outputs), given, strict=True)
    ]
    return sum(terms[1:], terms[0])


def entropy(space: Space, outputs: Array, *, box_head: str = "beta") -> Array:
    """Entropy of the head, `[agents, ...batch]`."""
    match space:
        case Discrete():
            logs = jax.nn.log_softmax(outputs, axis=1)
            return -jnp.sum(jnp.exp(logs) * logs, axis=1)
        case Box():
            dims = len(space.low)
            if box_head == "gaussian":
                log_std = jnp.clip(outputs[:, dims:], _LOW_LOG_STD, _HIGH_LOG_STD)
                return jnp.sum(log_std + 0.5 * jnp.log(2.0 * jnp.pi * jnp.e).astype(jnp.float32), axis=1)
            a, b = _beta(outputs, dims)
            each = betaln(a, b) - (a - 1.0) * digamma(a) - (b - 1.0) * digamma(b) + (a + b - 2.0) * digamma(a + b)
            return jnp.sum(each, axis=1)
    terms = [
        entropy(part, piece, box_head=box_head)
        for part, piece in zip(_parts(space), _pieces(space, outputs), strict=True)
    ]
    return sum(terms[1:], terms[0])


def mode(space: Space, outputs: Array, *, box_head: str = "beta") -> Actions:
    """The most likely action of outputs of one environment, `[agents, outputs]`."""
    match space:
        case Discrete():
            return jnp.argmax(outputs, axis=1).astype(jnp.int32)
        case Box():
            dims = len(space.low)
            low, span = _bounds(space, 2)
            if box_head == "gaussian":
                return low + span * outputs[:, :dims]
            alpha, beta = _beta(outputs, dims)
            return low + span * (alpha - 1.0) / jnp.maximum(alpha + beta - 2.0, 1e-6)
    parts = zip(_parts(space), _pieces(space, outputs), strict=True)
    return _packed(space, [mode(part, piece, box_head=box_head) for part, piece in parts])
