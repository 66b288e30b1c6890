"""A declared leader: one agent binds itself in public before the others move. Nobody pays anybody.

Three powers: to name an action; to name a mixture of actions; to name an answer to every joint action of the others.
Followers who are indifferent do what the leader likes best (*optimistic*) or least (*pessimistic*); the pessimistic
value may be a supremum that no commitment attains, and then the result says so.

Source: von Stackelberg 1934; mixtures by one linear program per answer after Conitzer and Sandholm 2006; their
pessimistic value after von Stengel and Zamir 2010; answers as threats after Howard 1971 (metagames).
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..equilibria.stage import Profile, pure_equilibria
from ..programs.linear import Optimum, minimise
from ..tables.normal import NormalForm


@dataclasses.dataclass(frozen=True, eq=False)
class Play:
    """What a leader declares, and what follows."""

    payoffs: tuple[Fraction, ...]
    commitment: tuple[Fraction, ...]
    """The probability of each of the leader's actions if the others answer as expected."""

    answer: Profile
    """The followers' actions, in the order of the agents."""

    attained: bool = True
    """False: the payoffs are a limit; commitments near this one give payoffs near these."""

    @property
    def welfare(self) -> Fraction:
        """What all get together."""
        return sum(self.payoffs, Fraction(0))


@dataclasses.dataclass(frozen=True, eq=False)
class Leadership:
    """The best that one agent can do for itself by declaring first."""

    leader: int
    kind: str
    """"action", "mixture" or "answers"."""

    optimistic: Play | None
    """None: the followers have no pure equilibrium among themselves, whatever is declared."""

    pessimistic: Play | None
    """None: as above, or not looked for (answers to several followers)."""

    unanswered: tuple[int, ...] = ()
    """Actions of the leader after which the followers have no pure equilibrium; they are left out."""

    exact: bool = True
    """Whether the linear programs behind it were checked in rationals."""


def lead(game: NormalForm, leader: int = 0) -> Leadership:
    """Commit to an action; the others, who see it, play a pure equilibrium among themselves.

    Where the leader is indifferent, the optimistic play is the one with the most welfare, the pessimistic one that with
    the least.

    >>> lead(NormalForm.of([[[2, 4], [1, 3]], [[1, 0], [0, 2]]])).optimistic.payoffs
    (Fraction(3, 1), Fraction(2, 1))
    """
    units = _led(game, leader)
    optimistic, pessimistic, unanswered = [], [], []
    for action in range(units.shape[1]):
        part = units[:, action]
        answers = pure_equilibria(NormalForm(part[1:], game.scale))
        if not answers:
            unanswered.append(action)
            continue
        worth = [(int(part[0][cell]), int(part[(slice(None), *cell)].sum()), cell) for cell in answers]
        own, welfare, cell = max(worth)
        optimistic.append(((own, welfare), action, cell))
        own, welfare, cell = min(worth)
        pessimistic.append(((own, -welfare), action, cell))
    plays: list[Play | None] = []
    for found in (optimistic, pessimistic):
        best = max(found, default=None)
        plays.append(best and _play(game, leader, np.eye(units.shape[1], dtype=int)[best[1]], best[2]))
    return Leadership(leader, "action", plays[0], plays[1], tuple(unanswered))


# ------------------------------------------------------------------------------------------------------------- mixtures


def lead_mixed(game: NormalForm, leader: int = 0) -> Leadership:
    """Commit to a mixture of actions, against one follower.

    One linear program per answer of the follower: the best mixture under which that is a best answer. The pessimistic
    value counts only answers that some mixture makes better than all that differ from them; of answers that never
    differ for the follower it counts the one that is worst for the leader.

    >>> lead_mixed(NormalForm.of([[[2, 4], [1, 3]], [[1, 0], [0, 2]]])).optimistic.payoffs
    (Fraction(11, 3), Fraction(2, 3))

    Raises:
        BadGame: more than one follower.
    """
    if game.num_agents != 2:
        raise BadGame(f"The game has {game.num_agents} agents, expected 2. For more use lead, or lead_by_answers.")
    answers = _Answers(*_led(game, leader).astype(object))
    optimistic, pessimistic = (
        _play(game, leader, mixture, (answer,), attained)
        for mixture, answer, attained in (answers.favourite(), answers.guaranteed())
    )
    return Leadership(leader, "mixture", optimistic, pessimistic, exact=all(answers.checked))


class _Answers:
    """Mixtures of the leader by the follower's best answer. Payoffs `[actions, answers]` are integers."""

    def __init__(self, leader: np.ndarray, follower: np.ndarray) -> None:
        self.leader, self.follower = leader, follower
        self.actions, self.count = leader.shape
        self.checked: list[bool] = []

    @cached_property
    def best(self) -> list[Optimum]:
        """For each answer, minus the most that the leader gets with mixtures that make it a best one."""
        return [self.least(-self.leader[:, answer], answer) for answer in range(self.count)]

    def least(self, cost: np.ndarray, answer: int, floors: list[tuple[np.ndarray, Any]] | None = None) -> Optimum:
        """The mixture with the least cost among those that make an answer a best one and keep some floors."""
        regrets = (self.follower - self.follower[:, [answer]]).T
        rows = np.array([*regrets, *(-row for row, _ in floors or [])], object)
        right = [*[0] * self.count, *(-bound for _, bound in floors or [])]
        return self._solved(minimise(cost, at_most=(rows, right), equal=([[1] * self.actions], [1])))

    def highest(self, rows: np.ndarray, ceiling: int | None) -> Optimum:
        """The mixture under which the last variable can be largest, with `rows @ (mixture, last) <= 0`; minus that."""
        size = self.actions
        return self._solved(minimise(
            [0] * size + [-1], at_most=(rows, [0] * len(rows)), equal=([[1] * size + [0]], [1]),
            bounds=[(0, None)] * size + [(None, ceiling)],
        ))  # fmt: skip

    def _solved(self, found: Optimum) -> Optimum:
        self.checked.append(found.exact)
        return found

    def alike(self, answer: int) -> list[int]:
        """Answers that the follower can never tell from this one by what they pay."""
        return [k for k in range(self.count) if np.array_equal(self.follower[:, k], self.follower[:, answer])]

    def favourite(self) -> tuple[np.ndarray, int, bool]:
        """The leader's best mixture if ties are broken in its favour; of several, the follower's best one."""
        top = min(found.value for found in self.best if found.status == "optimal")
        tied = [k for k, found in enumerate(self.best) if found.status == "optimal" and found.value == top]
        again = [self.least(-self.follower[:, k], k, [(self.leader[:, k], -top)]) for k in tied]
        value, answer = min((found.value, k) for found, k in zip(again, tied, strict=True))
        return next(found.point for found in again if found.value == value), answer, True

    def guaranteed(self) -> tuple[np.ndarray, int, bool]:
        """The leader's best mixture if ties are broken against it, or where such mixtures tend to."""
        found = [(*self.lowest(answer), answer) for answer in range(self.count) if self.strict(answer)]
        top = max(value for value, _, _ in found)
        for value, _, answer in found:
            reached = self.reached(answer, top) if value == top else None
            if reached is not None:
                return *reached, True
        mixture, answer = next(entry[1:] for entry in found if entry[0] == top)
        return mixture, self.worst(mixture, self.alike(answer)), False

    def strict(self, answer: int) -> bool:
        """Whether some mixture makes an answer better than all that are not `alike`."""
        others = [k for k in range(self.count) if k not in self.alike(answer)]
        regrets = (self.follower[:, others] - self.follower[:, [answer]]).T
        return self.highest(np.column_stack([regrets, np.ones(len(others), int)]), 1).value < 0

    def lowest(self, answer: int) -> tuple[Fraction, np.ndarray]:
        """The most that mixtures with this best answer give the leader if the worst of those `alike` is played."""
        same = self.alike(answer)
        if len(same) == 1:
            return -self.best[answer].value, self.best[answer].point
        regrets = (self.follower - self.follower[:, [answer]]).T
        below = -self.leader[:, same].T
        last = np.repeat([0, 1], [len(regrets), len(below)])
        found = self.highest(np.column_stack([np.concatenate([regrets, below]), last]), None)
        return -found.value, found.point[:-1]

    def reached(self, answer: int, value: Fraction) -> tuple[np.ndarray, int] | None:
        """A mixture that gives the leader a value whatever an indifferent follower does; None if there is none.

        A point inside the set of candidates ties with no answer but those that tie on all of it. Those must give the
        leader the value as well, which makes the set smaller, and so on.
        """
        must = self.alike(answer)
        while True:
            floors = [(self.leader[:, k], value) for k in must]
            margins = [
                self.least(self.follower[:, k] - self.follower[:, answer], answer, floors) for k in range(self.count)
            ]
            if margins[0].status != "optimal":
                return None
            tied = [k for k, found in enumerate(margins) if not found.value and k not in must]
            if not tied:
                mixture = np.sum([found.point for found in margins], axis=0) / Fraction(self.count)
                return mixture, self.worst(mixture, must)
            must = [*must, *tied]

    def worst(self, mixture: np.ndarray, among: list[int]) -> int:
        """The answer that gives the leader least."""
        return min(among, key=lambda k: mixture @ self.leader[:, k])


# -------------------------------------------------------------------------------------------------------------- answers


def lead_by_answers(game: NormalForm, leader: int = 0, *, mixed: bool = False) -> Leadership:
    """Commit to an answer to every joint action of the others, who move first, all at once.

    The followers can be held to a joint action if each of them gets at least the most that it could have by leaving
    while the leader punishes it as hard as possible. With one follower and mixtures this is worth at least what
    `lead_mixed` is.

    Args:
        game: any number of followers; the pessimistic value is looked for with one.
        leader: who declares.
        mixed: the answer to what is expected may be a mixture of actions.
    """
    units = _led(game, leader).astype(object)
    punished = units[1:].min(axis=1)  # what each follower gets if punished, by joint action of the followers
    floors = np.array([_best_elsewhere(low, follower) for follower, low in enumerate(punished)])
    optimistic, pessimistic, checked = [], [], []
    for cell in np.ndindex(*units.shape[2:]):
        table, floor = units[(slice(None), slice(None), *cell)], floors[(slice(None), *cell)]
        for mixture in _promises(table, floor, mixed, checked):
            own, followers = table[0] @ mixture, sum(table[1:] @ mixture)
            optimistic.append(((own, followers), cell, mixture, True))
            if len(table) == 2:
                answer, played, attained = _despite_ties(units, cell[0], mixture, mixed)
                own, theirs = units[0][:, answer] @ played, units[1][:, answer] @ played
                pessimistic.append(((own, attained, -theirs), (answer,), played, attained))
    plays: list[Play | None] = []
    for found in (optimistic, pessimistic):
        best = max(found, key=lambda entry: entry[0], default=None)
        plays.append(best and _play(game, leader, best[2], best[1], best[3]))
    return Leadership(leader, "answers", plays[0], plays[1], exact=all(checked))


def _best_elsewhere(low: np.ndarray, axis: int) -> np.ndarray:
    """The largest number along an axis at other places than here; less than all of them if there is no other place."""
    if low.shape[axis] == 1:
        return np.full_like(low, low.min() - 1)
    return np.stack([np.delete(low, k, axis).max(axis) for k in range(low.shape[axis])], axis)


def _promises(table: np.ndarray, floor: np.ndarray, mixed: bool, checked: list[bool]) -> list[np.ndarray]:
    """What the leader may promise for a joint action of the followers: every action, or the one best mixture."""
    count = table.shape[1]
    if not mixed:
        return [np.eye(count, dtype=int)[a] for a in np.flatnonzero((table[1:] >= floor[:, None]).all(axis=0))]
    equal = [[1] * count], [1]
    found = minimise(-table[0], at_most=(-table[1:], -floor), equal=equal)
    if found.status != "optimal":
        return []
    again = minimise(-table[1:].sum(axis=0), at_most=(-table, [found.value, *-floor]), equal=equal)
    checked += [found.exact, again.exact]
    return [again.point]  # of the leader's best ones the others' best one


def _despite_ties(units: np.ndarray, answer: int, mixture: np.ndarray, mixed: bool) -> tuple[int, np.ndarray, bool]:
    """What follows a promise if an indifferent follower does what is worst for the leader; whether it is no limit.

    An indifferent follower may go where it is punished; there the leader chooses, of the hardest punishments, the one
    that is best for itself. If mixtures can give the follower a little more, ties can be avoided in the limit.
    """
    own, theirs = units[0][:, answer] @ mixture, units[1][:, answer] @ mixture
    plays = [(own, answer, mixture)]
    for other in range(units.shape[2]):
        hardest = np.flatnonzero(units[1][:, other] == units[1][:, other].min())
        if other != answer and units[1][hardest[0], other] == theirs:
            action = max(hardest, key=lambda a, k=other: units[0][a, k])
            plays.append((units[0][action, other], other, np.eye(len(mixture), dtype=int)[action]))
    worst = min(plays, key=lambda play: play[0])
    if mixed and worst[0] < own and units[1][:, answer].max() > theirs:
        return answer, mixture, False
    return worst[1], worst[2], True


def _led(game: NormalForm, leader: int) -> np.ndarray:
    """Payoffs with the leader first, among agents and among actions."""
    if not 0 <= leader < game.num_agents:
        raise BadSetting(f"leader={leader}, but the game has agents 0..{game.num_agents - 1}.")
    order = [leader, *(agent for agent in range(game.num_agents) if agent != leader)]
    return np.transpose(game.units[order], [0, *(agent + 1 for agent in order)])


def _play(game: NormalForm, leader: int, mixture: np.ndarray, answer: Profile, attained: bool = True) -> Play:
    """What each agent gets, in the order of the agents."""
    rows = np.moveaxis(game.units, leader + 1, 1)[(slice(None), slice(None), *answer)].astype(object)
    payoffs = tuple(Fraction(row @ mixture) / game.scale for row in rows)
    return Play(payoffs, tuple(Fraction(share) for share in mixture), answer, attained)
