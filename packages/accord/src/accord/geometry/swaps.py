"""Climbing from policy to policy by the best exact switch of one state; many climbs at once.

By the line theorem a switch of one state moves all values along a segment, and the best end of a segment is
deterministic. With C the resolvent of a policy, taking action a in state s instead gives, by a rank-one update,

    V' = V + C[:, s] step(s, a),    step(s, a) = (q(s, a) - V(s)) / (C[s, s] - gamma P(s, a) C[:, s]),

so all states * actions neighbours of a policy cost no more than evaluating it once. The denominator is positive: it is
the ratio of two determinants of I - gamma P. It is short because C = I + gamma P_pi C.

Source: the line theorem is after Dadashi et al. 2019 (arXiv 1901.11524); the rank-one formula is Sherman-Morrison.
"""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np

from ..core.errors import BadSetting
from .process import Process

REFRESH = 40
"""Switches after which a resolvent is inverted anew; rank-one updates lose a digit or so in that many."""

_CLOSE = 1e-10
_TOGETHER = 48
"""Climbs held in memory at once: their resolvents should fit in the processor's cache."""


class Score(Protocol):
    """What a climb increases: a convex function of the values, so that its best lies at deterministic policies."""

    def value(self, climb: Climbs) -> np.ndarray:
        """The score of each climb's policy, `[climbs]`."""
        ...

    def gains(self, climb: Climbs, steps: np.ndarray) -> np.ndarray:
        """What every switch would add, `[climbs, states, actions]`."""
        ...


@dataclasses.dataclass(frozen=True, eq=False)
class Ascents:
    """Where climbs ended: deterministic policies that no switch of one state improves."""

    actions: np.ndarray
    """`[climbs, states]`."""

    values: np.ndarray
    """Values of the policies, `[climbs, states]`, from a fresh inverse."""

    scores: np.ndarray
    """`[climbs]`."""

    gains: np.ndarray
    """The certificate: what the best switch would still add, `[climbs]`; not more than rounding."""

    histories: tuple[np.ndarray, ...]
    """The score before the first switch and after each."""

    @property
    def swaps(self) -> np.ndarray:
        """Switches that each climb took, `[climbs]`."""
        return np.array([len(history) - 1 for history in self.histories])

    def only(self, chosen: np.ndarray) -> Ascents:
        """Some of the climbs."""
        histories = tuple(self.histories[i] for i in chosen)
        return Ascents(self.actions[chosen], self.values[chosen], self.scores[chosen], self.gains[chosen], histories)


class Successors:
    """The states that may follow, as short lists: `[states, actions, most]` states and their probabilities."""

    def __init__(self, process: Process) -> None:
        most = int((process.transitions > 0).sum(-1).max())
        self.states = np.argsort(-process.transitions, axis=-1, kind="stable")[..., :most]
        self.chances = np.take_along_axis(process.transitions, self.states, -1)

    def expected(self, values: np.ndarray) -> np.ndarray:
        """Expected value after each action, `[..., states, actions]`, of `[..., states]`."""
        return (values[..., self.states] * self.chances).sum(-1)


class Climbs:
    """Some policies under way, with their values and resolvents."""

    def __init__(self, process: Process, starts: np.ndarray, rewards: np.ndarray, numbers: np.ndarray) -> None:
        self.process, self.after = process, Successors(process)
        self.numbers, self.policy, self.rewards = numbers, starts.copy(), rewards
        self.visits = process.resolvent(starts)
        self.values = (self.visits @ (starts * rewards).sum(-1)[..., None])[..., 0]
        self.age = np.zeros(len(starts), int)
        own = np.arange(process.num_states)[:, None, None]
        self._places = self.after.states * process.num_states + own  # of C[after, own] in a flat C

    def steps(self) -> np.ndarray:
        """How far along C[:, s] the values move if one switches, `[climbs, states, actions]`."""
        gamma, count, states = self.process.discount, len(self.numbers), self.process.num_states
        advantage = self.rewards + gamma * self.after.expected(self.values) - self.values[..., None]
        reached = self.visits.reshape(count, -1)[:, self._places]
        back = np.diagonal(self.visits, axis1=1, axis2=2)[..., None] - gamma * (reached * self.after.chances).sum(-1)
        assert advantage.shape == back.shape == (count, states, self.process.num_actions)
        return advantage / back

    def take(self, states: np.ndarray, actions: np.ndarray, steps: np.ndarray) -> None:
        """Switch one state of each policy: a rank-one update of values and resolvents."""
        rows = np.arange(len(states))
        column = self.visits[rows, :, states]
        following = self.after.states[states, actions]  # [climbs, most]
        chances = self.after.chances[states, actions]
        onward = self.process.discount * (chances[..., None] * self.visits[rows[:, None], following]).sum(1)
        change = onward - self.visits[rows, states]
        change[rows, states] += 1.0
        change /= (column[rows, states] - onward[rows, states])[:, None]
        self.values += column * steps[:, None]
        self.visits += column[:, :, None] * change[:, None, :]
        self.policy[rows, states] = np.eye(self.process.num_actions)[actions]
        self.age += 1

    def refresh(self, which: np.ndarray) -> None:
        """Invert anew."""
        self.visits[which] = self.process.resolvent(self.policy[which])
        earned = (self.policy[which] * self.rewards[which]).sum(-1)
        self.values[which] = (self.visits[which] @ earned[..., None])[..., 0]
        self.age[which] = 0

    def keep(self, which: np.ndarray) -> None:
        """Let go of the others."""
        for name in ("numbers", "policy", "rewards", "visits", "values", "age"):
            setattr(self, name, getattr(self, name)[which])


def ascend(process: Process, starts: np.ndarray, score: Score, rewards: np.ndarray | None = None) -> Ascents:
    """Climb from each start by the best switch until none is left; no switch lowers the score.

    Args:
        process: in which to climb.
        starts: policies `[climbs, states, actions]`; stochastic ones see further than deterministic ones.
        score: what to increase.
        rewards: of each climb, `[climbs, states, actions]`, where they are not the process's own.

    Raises:
        BadSetting: the starts do not fit the process.
    """
    shape = (process.num_states, process.num_actions)
    if starts.ndim != 3 or starts.shape[1:] != shape or not len(starts):
        raise BadSetting(f"The starts have shape {starts.shape}, expected (climbs, {shape[0]}, {shape[1]}).")
    rewards = np.broadcast_to(process.rewards if rewards is None else rewards, starts.shape)
    found = Ascents(
        np.zeros(starts.shape[:2], int), np.zeros(starts.shape[:2]), np.zeros(len(starts)), np.zeros(len(starts)), ()
    )
    histories: list[list[float]] = [[] for _ in starts]
    for first in range(0, len(starts), _TOGETHER):
        some = np.arange(first, min(first + _TOGETHER, len(starts)))
        _climb(Climbs(process, starts[some], rewards[some].copy(), some), score, found, histories)
    return dataclasses.replace(found, histories=tuple(map(np.array, histories)))


def _climb(climbs: Climbs, score: Score, found: Ascents, histories: list[list[float]]) -> None:
    """Take best switches until all have ended; write into `found` and `histories`."""
    for number, value in zip(climbs.numbers, score.value(climbs), strict=True):
        histories[number].append(float(value))
    while len(climbs.numbers):
        steps, value = climbs.steps(), score.value(climbs)
        gains = score.gains(climbs, steps)
        top = gains.max((1, 2))
        settled = top <= _CLOSE * (1.0 + np.abs(value))
        mixed = climbs.policy.max(2) < 1.0
        # A state whose actions are all alike may stay mixed; its best action loses nothing and makes the policy pure.
        gains[settled[:, None] & ~mixed] = -np.inf
        idle = settled & ~mixed.any(1)
        if (idle & (climbs.age > 0)).any() or (climbs.age >= REFRESH).any():
            climbs.refresh(np.flatnonzero((idle & (climbs.age > 0)) | (climbs.age >= REFRESH)))
            continue
        if idle.any():
            ended = climbs.numbers[idle]
            found.actions[ended], found.values[ended] = climbs.policy[idle].argmax(2), climbs.values[idle]
            found.scores[ended], found.gains[ended] = value[idle], top[idle]
            climbs.keep(~idle)
            continue
        best = gains.reshape(len(top), -1).argmax(1)
        states, actions = np.divmod(best, gains.shape[2])
        climbs.take(states, actions, steps[np.arange(len(best)), states, actions])
        for number, reached in zip(climbs.numbers, score.value(climbs), strict=True):
            histories[number].append(float(reached))


__all__ = ["REFRESH", "Ascents", "Climbs", "Score", "Successors", "ascend"]
