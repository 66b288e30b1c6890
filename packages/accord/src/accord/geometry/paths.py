"""The paths that learning draws through the polytope of values, or out of it.

Whatever iterates policies stays inside by definition; whatever iterates values by a Bellman operator may leave, and
`Path.outside` says when (`polytope.inside`, exact).

Source: Dadashi et al. 2019 (arXiv 1901.11524), section 5, with the protocol of the authors' public notebook: starts,
steps, sizes. That notebook differentiates numerically by a graph library; here every gradient is in closed form.
Damped value iteration, TD(0) and fitted Q are not in the paper.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Literal

import numpy as np

from ..core.errors import BadSetting
from .polytope import inside
from .process import Process

STARTS: tuple[tuple[float, float], ...] = ((5.0, -5.0), (-1.0, -5.0), (-1.0, 0.0))
"""The published starts: the logit of the first action in each of two states, the other action's logit being 0."""

_RIDGE = 1e-4
"""Added to the Fisher information, so that it has an inverse at a vertex."""


@dataclasses.dataclass(frozen=True, eq=False)
class Path:
    """The values that a method goes through, the start first."""

    values: np.ndarray
    """`[iterates, states]`"""

    outside: np.ndarray
    """Which of them no policy is worth, `bool[iterates]`."""

    @property
    def left(self) -> int:
        """How many iterates lie outside the polytope."""
        return int(self.outside.sum())

    @property
    def first_out(self) -> int | None:
        """The first iterate outside (the start is number 0), None if all are inside."""
        return int(self.outside.argmax()) if self.left else None

    def error(self, optimal: np.ndarray) -> float:
        """Largest difference, over states, between the last iterate and the optimal values."""
        return float(np.abs(self.values[-1] - optimal).max())


def _path(process: Process, values: list[np.ndarray]) -> Path:
    return Path(np.array(values), ~inside(process, np.array(values)))


def started(process: Process, start: tuple[float, ...]) -> np.ndarray:
    """The policy `[states, actions]` of a start: the first action has that logit in each state, all others 0.

    A process of more states than the start has numbers takes them in turn.
    """
    logits = np.zeros((process.num_states, process.num_actions))
    logits[:, 0] = np.resize(start, process.num_states)
    return _softmax(logits)


# ------------------------------------------------------------------------------------------------ iterations of values


def value_iteration(process: Process, policy: np.ndarray, *, steps: int = 50, rate: float = 1.0) -> Path:
    """V becomes (1 - rate) V + rate max_a q, from a policy's values; a rate below 1 damps it."""
    values = [process.evaluate(policy)]
    for _ in range(steps):
        values.append(values[-1] + rate * (process.improved(values[-1]) - values[-1]))
    return _path(process, values)


Protocol = Literal["sweep", "trajectory"]
"""How TD(0) samples. `sweep`: in each step one fresh transition from every state, all updated together. `trajectory`:
one endless episode from a random state; each step updates the state that it leaves."""


def temporal_difference(
    process: Process,
    policy: np.ndarray,
    rng: np.random.Generator,
    *,
    target: np.ndarray | None = None,
    protocol: Protocol = "sweep",
    steps: int = 200,
    rate: float = 0.1,
) -> Path:
    """TD(0): learn what a target policy is worth from its own samples, beginning at the values of another.

    Args:
        policy: where the estimate begins, `[states, actions]`.
        rng: source of the samples.
        target: the policy that acts and is evaluated. Default: the optimal one, so that all paths have one aim.
        protocol: what is sampled in each step.
        steps: how many.
        rate: the constant step size.

    Raises:
        BadSetting: the protocol is none of the two.
    """
    if protocol not in ("sweep", "trajectory"):
        raise BadSetting(f"protocol={protocol!r}, expected 'sweep' or 'trajectory'. Choose one.")
    target = process.pure(process.optimal()[1]) if target is None else target
    joint = (target[:, :, None] * process.transitions).reshape(process.num_states, -1).cumsum(-1)
    values = [process.evaluate(policy)]
    states = np.arange(process.num_states)
    here = rng.integers(process.num_states, size=1)
    for _ in range(steps):
        at = states if protocol == "sweep" else here
        drawn = (rng.random(len(at))[:, None] * joint[at, -1:] >= joint[at]).sum(-1)
        actions, after = np.divmod(drawn, process.num_states)
        now = values[-1].copy()
        now[at] += rate * (process.rewards[at, actions] + process.discount * now[after] - now[at])
        values.append(now)
        here = after
    return _path(process, values)


def fitted_q(
    process: Process, policy: np.ndarray, rng: np.random.Generator, *, batch: int = 100, steps: int = 50
) -> Path:
    """Fitted Q iteration on one fixed batch: so many transitions from each state and action, drawn once.

    A table fits the targets r + gamma max_b Q(s', b) best by their mean, so this is value iteration on the empirical
    process. The path is that of V = max_a Q.
    """
    counts = rng.multinomial(batch, process.transitions)
    seen = dataclasses.replace(process, transitions=counts / batch)
    values = [process.evaluate(policy)]
    for _ in range(steps):
        values.append(seen.improved(values[-1]))
    return _path(process, values)


# ---------------------------------------------------------------------------------------------- iterations of policies


def policy_iteration(process: Process, policy: np.ndarray) -> Path:
    """Evaluate, act greedily, and again, until that changes nothing (Howard 1960)."""
    values = [process.evaluate(policy)]
    while True:
        values.append(process.evaluate(process.pure(process.action_values(values[-1]).argmax(-1))))
        if np.allclose(values[-1], values[-2], rtol=1e-12, atol=1e-12):
            return _path(process, values[:-1])


def policy_gradient(
    process: Process,
    policy: np.ndarray,
    *,
    steps: int = 50,
    rate: float = 1.0,
    entropy: float = 0.0,
    natural: bool = False,
) -> Path:
    """Ascend the mean over states of V by its exact gradient in the logits of a softmax policy.

    The last action's logit stays 0, so two actions have one logit x(s), of pi(first | s) = sigmoid(x(s)). With the
    state weights d = C^T (1 / n), dJ / dx(s, a) = d(s) pi(a|s) (q(s, a) - V(s)).

    Args:
        process: the process.
        policy: the start, `[states, actions]`.
        steps: how many.
        rate: the step size.
        entropy: weight of an added reward: in each state, its policy's entropy divided by the number of actions.
        natural: precondition by the Fisher information, summed over states without weights, plus 1e-4.

    Raises:
        BadSetting: the start is not inside: some action has probability 0.
    """
    logits = _logits(policy)
    values = [process.evaluate(policy)]
    for _ in range(steps):
        pi = _softmax(logits)
        gradient = _gradient(process, pi) - entropy / process.num_actions * _disorder(pi)
        step = gradient[:, :-1]
        if natural:
            step = np.linalg.solve(_fisher(pi), step[..., None])[..., 0]
        logits[:, :-1] += rate * step
        values.append(process.evaluate(_softmax(logits)))
    return _path(process, values)


def cross_entropy_method(
    process: Process,
    policy: np.ndarray,
    rng: np.random.Generator,
    *,
    noise: float = 0.0,
    samples: int = 500,
    elites: int = 50,
    spread: float = 0.5,
    steps: int = 50,
) -> Path:
    """Draw logits from a normal distribution, fit it to the best, and again; the path is that of its mean's policy.

    Args:
        process: the process.
        policy: the first mean, `[states, actions]`.
        rng: source of the samples.
        noise: added to each variance after each fit, so that the distribution doesn't collapse.
        samples: how many logits are drawn in each step.
        elites: how many of them are fitted: the best by the mean over states of V.
        spread: the first variance of each logit.
        steps: how many.

    Raises:
        BadSetting: the start is not inside: some action has probability 0.
    """
    mean = _logits(policy)[:, :-1].ravel()
    covariance = spread * np.eye(len(mean))

    def policies(flat: np.ndarray) -> np.ndarray:
        free = flat.reshape(*flat.shape[:-1], process.num_states, process.num_actions - 1)
        return _softmax(np.concatenate([free, np.zeros((*free.shape[:-1], 1))], axis=-1))

    values = [process.evaluate(policy)]
    for _ in range(steps):
        drawn = rng.multivariate_normal(mean, covariance, samples, method="eigh")
        best = drawn[np.argsort(-process.evaluate(policies(drawn)).mean(-1), kind="stable")[:elites]]
        mean = best.mean(0)
        covariance = np.cov(best, rowvar=False).reshape(len(mean), len(mean)) + noise * np.eye(len(mean))
        values.append(process.evaluate(policies(mean)))
    return _path(process, values)


def _softmax(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def _logits(policy: np.ndarray) -> np.ndarray:
    """Logits `[states, actions]` of a policy, the last action's 0."""
    if (policy <= 0.0).any():
        state, action = np.argwhere(policy <= 0.0)[0]
        raise BadSetting(
            f"The start takes action {action} in state {state} with probability {policy[state, action]:g}, which no "
            "logits give. Begin with a policy that takes every action sometimes."
        )
    logits = np.log(policy)
    return logits - logits[:, -1:]


def _gradient(process: Process, policy: np.ndarray) -> np.ndarray:
    """Derivative of the mean over states of V in the logits, `[states, actions]`."""
    values = process.evaluate(policy)
    weights = process.resolvent(policy).mean(0)
    return weights[:, None] * policy * (process.action_values(values) - values[:, None])


def _disorder(policy: np.ndarray) -> np.ndarray:
    """Derivative of sum_a pi log pi in the logits, `[states, actions]`."""
    logs = np.log(policy)
    return policy * (logs - (policy * logs).sum(-1, keepdims=True))


def _fisher(policy: np.ndarray) -> np.ndarray:
    """Fisher information of the free logits in each state, plus the ridge, `[states, actions - 1, actions - 1]`."""
    free = policy[:, :-1]
    eye = np.eye(free.shape[1])
    return free[:, :, None] * eye - free[:, :, None] * free[:, None, :] + _RIDGE * eye


# ---------------------------------------------------------------------------------------------------------- all of them


@dataclasses.dataclass(frozen=True)
class Method:
    """A way to learn, with the settings of the published figures."""

    title: str
    run: Callable[[Process, np.ndarray, np.random.Generator], Path]
    says: str
    """What moves it."""

    published: bool = True
    """Whether the paper has a picture of it."""

    random: bool = False
    """Whether it draws."""


def _certain(run: Callable[..., Path], **settings: float) -> Callable[[Process, np.ndarray, np.random.Generator], Path]:
    return lambda process, policy, rng: run(process, policy, **settings)


METHODS: dict[str, Method] = {
    "value-iteration": Method("Value iteration", _certain(value_iteration), "values, by the optimality operator"),
    "policy-iteration": Method("Policy iteration", _certain(policy_iteration), "policies, from vertex to vertex"),
    "policy-gradient": Method("Policy gradient", _certain(policy_gradient), "policies, by the exact gradient"),
    "entropy": Method(
        "Policy gradient with entropy", _certain(policy_gradient, entropy=1.0), "policies; entropy pulls them inside"
    ),
    "natural": Method(
        "Natural policy gradient", _certain(policy_gradient, natural=True), "policies, by the preconditioned gradient"
    ),
    "cem": Method(
        "Cross-entropy method", cross_entropy_method, "a distribution over policies, which collapses", random=True
    ),
    "cem-noise": Method(
        "Cross-entropy with noise",
        functools.partial(cross_entropy_method, noise=0.01),
        "a distribution over policies, kept wide",
        random=True,
    ),
    "damped": Method(
        "Damped value iteration",
        _certain(value_iteration, rate=0.1, steps=200),
        "values, a tenth of each step",
        published=False,
    ),
    "td": Method(
        "TD(0), sweeps",
        temporal_difference,
        "values of the optimal policy, by sampled sweeps",
        published=False,
        random=True,
    ),
    "td-trajectory": Method(
        "TD(0), one trajectory",
        functools.partial(temporal_difference, protocol="trajectory"),
        "values of the optimal policy, by one long episode",
        published=False,
        random=True,
    ),
    "fitted-q": Method("Fitted Q", fitted_q, "action values, fitted to one batch", published=False, random=True),
}
"""All methods with their settings: the notebook's, and for the last four ours."""
