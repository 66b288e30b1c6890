"""Rules of learning on the same stream of steps: how far their means part, and where each of them settles."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize

from .distributional import AbstractRule, CrossEntropy, Expected, Runs, Target

Say = Callable[[int, int], None]

_TIE = 1e-9
"""Values closer than this are equal to a greedy agent: rounding must not choose an action."""


@dataclasses.dataclass(frozen=True, eq=False)
class Walk:
    """One trajectory of each run under the uniform policy; arrays `[steps, runs]`."""

    states: np.ndarray
    actions: np.ndarray
    after: np.ndarray


def walk(runs: Runs, steps: int, rng: np.random.Generator) -> Walk:
    """Play at random from state 0."""
    moves = np.cumsum(np.stack([process.transitions for process in runs.processes]), axis=-1)
    count, each = len(moves), np.arange(len(moves))
    actions = rng.integers(moves.shape[2], size=(steps, count))
    states, levels = np.zeros((steps + 1, count), int), rng.random((steps, count))
    for t in range(steps):
        states[t + 1] = _next(moves[each, states[t], actions[t]], levels[t])
    return Walk(states[:-1], actions, states[1:])


def _next(cumulated: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """States drawn from cumulated probabilities `[runs, states]` by levels in [0, 1)."""
    return np.minimum((cumulated <= levels[:, None]).sum(-1), cumulated.shape[-1] - 1)


def _target(runs: Runs, after: np.ndarray, states: np.ndarray, actions: np.ndarray) -> Target:
    each = np.arange(len(states))
    return Target(after, runs.rewards[each, states, actions], runs.projections[each, states, actions])


@dataclasses.dataclass(frozen=True, eq=False)
class Coupled:
    """What coupled learning gave; one row for each rule, in the order given."""

    gaps: np.ndarray
    """Largest distance of a mean to expected learning's over inputs and looks, `[rules, runs]`."""

    values: np.ndarray
    """Means at the end, `[rules, runs, inputs]`."""

    errors: np.ndarray
    """Root mean square of their distance to the true values, `[rules, runs]`."""

    paths: np.ndarray
    """The distance to expected learning at each look, `[looks, rules, runs]`."""

    looks: np.ndarray
    """Steps done at each look."""


def coupled(
    runs: Runs, rules: Sequence[type[AbstractRule]], stream: Walk, *, step: float = 0.1, every: int = 10,
    say: Say = lambda *_: None,
) -> Coupled:
    """Learn the uniform policy's values by several rules on one stream, beside expected learning.

    Args:
        runs: inputs are states.
        rules: what to compare with expected learning.
        stream: the steps; all rules take all of them in this order.
        step: the step size, the same for all and constant.
        every: steps between two looks at the means.
        say: told how many steps are done, of how many.
    """
    reference, learners = Expected(runs), [rule(runs) for rule in rules]
    paths, total = [], len(stream.states)
    for t, (states, actions, after) in enumerate(zip(stream.states, stream.actions, stream.after, strict=True), 1):
        for rule in (reference, *learners):
            rule.learn(states, _target(runs, rule.outputs(after), states, actions), step)
        if t % every == 0 or t == total:
            values = reference.means()
            paths.append([np.abs(rule.means() - values).max(-1) for rule in learners])
            say(t, total)
    found = np.array(paths)
    values = np.stack([rule.means() for rule in learners])
    truth = np.stack([process.evaluate(process.uniform()) for process in runs.processes])
    errors = np.sqrt(((values - truth) ** 2).mean(-1))
    looks = np.unique(np.append(np.arange(every, total + 1, every), total))
    return Coupled(found.max(0), values, errors, found, looks)


# ------------------------------------------------------------------------------------------------------ without noise


def fixed_point(runs: Runs) -> np.ndarray:
    """Values `[runs, inputs]` at which expected learning settles, by solving its linear equation.

    Source: Tsitsiklis and Van Roy 1997: Phi' D (I - gamma P) Phi theta = Phi' D r, D the shares of time in each state.
    """
    found = []
    for process, features in zip(runs.processes, runs.features, strict=True):
        rewards, moves = process.under(process.uniform())
        weighed = features.T * _shares(moves)
        left = weighed @ (features - process.discount * moves @ features)
        found.append(features @ np.linalg.solve(left, weighed @ rewards))
    return np.stack(found)


def settled(
    runs: Runs, run: int, kind: type[AbstractRule], *, step: float = 1.0, most: int = 2000
) -> tuple[np.ndarray, float]:
    """Where a rule settles without noise: mean updates over all steps that can happen.

    For `CrossEntropy`, which gets there like a logarithm, the equation "the mean update is 0" is then solved, by
    Levenberg and Marquardt's method from there on.

    Args:
        runs: inputs are states.
        run: which of them.
        kind: the rule.
        step: of the mean updates.
        most: how many of them.

    Returns:
        Values `[inputs]`, and the largest entry of the mean update there: 0 where nothing moves any more.
    """
    process = runs.processes[run]
    chances = _shares(process.under(process.uniform())[1])[:, None, None] * process.transitions / process.num_actions
    states, actions, after = np.nonzero(chances)
    weight = chances[states, actions, after][:, None]
    alone = Runs([process], runs.features[run : run + 1], runs.atoms, runs.share)
    rewards, projections = alone.rewards[0, states, actions], alone.projections[0, states, actions]
    rule, features = kind(alone), alone.features[0]

    def update(weights: np.ndarray) -> np.ndarray:
        outputs = rule.offset[0] + features @ weights.reshape(rule.weights.shape[1:]).T
        pull = rule.pull(outputs[states], Target(outputs[after], rewards, projections))
        return ((weight * pull).T @ features[states]).ravel()

    weights = rule.weights.ravel()
    for _ in range(most):
        weights = weights + step * update(weights)
    if issubclass(kind, CrossEntropy):
        weights = optimize.root(update, weights, method="lm", options={"xtol": 1e-12, "ftol": 1e-12}).x
    rule.weights = weights.reshape(rule.weights.shape)
    return rule.means()[0], float(np.abs(update(weights)).max())


def _shares(moves: np.ndarray) -> np.ndarray:
    """The stationary distribution of a chain, `[states]`."""
    count = len(moves)
    return np.linalg.solve((np.eye(count) - moves + 1.0 / count).T, np.full(count, 1.0 / count))


# ------------------------------------------------------------------------------------------------------------- control


@dataclasses.dataclass(frozen=True, eq=False)
class Controlled:
    """What learning to act gave; one row for each rule."""

    shares: np.ndarray
    """Mean value of the greedy policy over the mean optimal value, `[rules, runs]`."""

    gains: np.ndarray
    """The same with the uniform policy's value taken off both: 0 is random play, 1 is optimal, `[rules, runs]`."""

    visited: np.ndarray
    """Share of all pairs of state and action that were tried in the first hundredth of the steps, `[rules, runs]`."""

    values: np.ndarray
    """Means at the end, `[rules, runs, inputs]`."""


def controlled(
    runs: Runs, rules: Sequence[type[AbstractRule]], steps: int, rng: np.random.Generator, *, step: float = 0.1,
    exploration: float = 0.1, shared: bool = False, say: Say = lambda *_: None,
) -> Controlled:
    """Q-learning by several rules that draw the same numbers for exploration and for what happens.

    Args:
        runs: inputs are states times actions.
        rules: each plays its own trajectory.
        steps: of each trajectory.
        rng: of all draws.
        step: the step size.
        exploration: share of random actions; the others are greedy (the lowest of equals).
        shared: every action is random, so that all rules see the same steps: matched exploration.
        say: told how many rules are done, of how many.
    """
    count, num_actions = len(runs.processes), runs.rewards.shape[2]
    coins, chosen = rng.random((steps, count)), rng.integers(num_actions, size=(steps, count))
    levels = rng.random((steps, count))
    moves = np.cumsum(np.stack([process.transitions for process in runs.processes]), axis=-1)
    values, visited = [], []
    for done, kind in enumerate(rules):
        say(done, len(rules))
        rule, each, states = kind(runs), np.arange(count), np.zeros(count, int)
        actions, tried = chosen[0], np.zeros((count, runs.features.shape[1]), bool)
        for t in range(steps):
            inputs = states * num_actions + actions
            if t < steps // 100:
                tried[each, inputs] = True
            after = _next(moves[each, states, actions], levels[t])
            options = np.stack([rule.outputs(after * num_actions + a) for a in range(num_actions)], axis=1)
            best = _greedy(rule.mean(options))
            rule.learn(inputs, _target(runs, options[each, best], states, actions), step)
            if t + 1 < steps:
                explores = coins[t + 1] < (1.0 if shared else exploration)
                renewed = np.stack([rule.mean(rule.outputs(after * num_actions + a)) for a in range(num_actions)], 1)
                states, actions = after, np.where(explores, chosen[t + 1], _greedy(renewed))
        values.append(rule.means())
        visited.append(tried.mean(-1))
    shares, gains = zip(*(_worth(runs, found) for found in values), strict=True)
    return Controlled(np.array(shares), np.array(gains), np.array(visited), np.array(values))


def _greedy(values: np.ndarray) -> np.ndarray:
    """The lowest of the best actions, `[runs]`; rounding apart."""
    return (values >= values.max(-1, keepdims=True) - _TIE).argmax(-1)


def _worth(runs: Runs, values: np.ndarray) -> tuple[list[float], list[float]]:
    """The greedy policy's value against the optimum, plainly and with random play as zero."""
    shares, gains = [], []
    for process, found in zip(runs.processes, values, strict=True):
        actions = _greedy(found.reshape(process.num_states, process.num_actions))
        got = process.evaluate(process.pure(actions)).mean()
        most, none = process.optimal()[0].mean(), process.evaluate(process.uniform()).mean()
        shares.append(float(got / most))
        gains.append(float((got - none) / (most - none)))
    return shares, gains
