"""A finite Markov decision process with a discount, as three arrays, and what its policies are worth.

Values of *all* policies are what `accord.geometry` is about, so a policy here is always an array of probabilities
`[..., states, actions]` with any number of leading axes, and everything takes them in one call.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np

from ..core.errors import BadGame, BadSetting

_CLOSE = 1e-9


@dataclasses.dataclass(frozen=True, eq=False)
class Process:
    """A Markov decision process (S, A, r, P, gamma).

    Raises:
        BadGame: the shapes don't fit, a number is not finite, or a row of `transitions` is no distribution.
        BadSetting: the discount is not in [0, 1).
    """

    rewards: np.ndarray
    """Expected reward, `[states, actions]`."""

    transitions: np.ndarray
    """Probability of the next state, `[states, actions, states]`."""

    discount: float
    name: str = ""

    def __post_init__(self) -> None:
        rewards, transitions = np.asarray(self.rewards, float), np.asarray(self.transitions, float)
        object.__setattr__(self, "rewards", rewards)
        object.__setattr__(self, "transitions", transitions)
        if rewards.ndim != 2 or transitions.shape != (*rewards.shape, rewards.shape[0]):
            raise BadGame(
                f"Rewards have shape {rewards.shape} and transitions {transitions.shape}; expected (states, actions) "
                "and (states, actions, states)."
            )
        if not (np.isfinite(rewards).all() and np.isfinite(transitions).all()):
            raise BadGame("A reward or a probability is not finite. Give numbers.")
        off = np.abs(transitions.sum(-1) - 1.0)
        if (transitions < 0).any() or (off > _CLOSE).any():
            state, action = np.unravel_index(int(off.argmax()), off.shape)
            raise BadGame(
                f"The probabilities after action {action} in state {state} are {transitions[state, action].tolist()}; "
                "expected numbers from 0 to 1 that add up to 1."
            )
        if not 0.0 <= self.discount < 1.0:
            raise BadSetting(f"discount={self.discount}, expected at least 0 and less than 1: values add up for ever.")

    @property
    def num_states(self) -> int:
        """Number of states."""
        return self.rewards.shape[0]

    @property
    def num_actions(self) -> int:
        """Number of actions, the same in every state."""
        return self.rewards.shape[1]

    def rewarded(self, rewards: np.ndarray, name: str = "") -> Process:
        """The same world with another reward, `[states, actions]`."""
        return dataclasses.replace(self, rewards=rewards, name=name or self.name)

    # ------------------------------------------------------------------------------------------- what a policy is worth

    def under(self, policy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Reward `[..., states]` and transitions `[..., states, states]` when a policy acts."""
        return (policy * self.rewards).sum(-1), np.einsum("...sa,sat->...st", policy, self.transitions)

    def evaluate(self, policy: np.ndarray) -> np.ndarray:
        """Values `[..., states]` of policies `[..., states, actions]`: V = (I - gamma P)^-1 r."""
        rewards, moves = self.under(policy)
        return np.linalg.solve(np.eye(self.num_states) - self.discount * moves, rewards[..., None])[..., 0]

    def resolvent(self, policy: np.ndarray) -> np.ndarray:
        """C = (I - gamma P)^-1, `[..., states, states]`: discounted visits of the column's state from the row's."""
        return np.linalg.inv(np.eye(self.num_states) - self.discount * self.under(policy)[1])

    def action_values(self, values: np.ndarray) -> np.ndarray:
        """Q = r + gamma P V, `[..., states, actions]`, of values `[..., states]`."""
        return self.rewards + self.discount * np.einsum("sat,...t->...sa", self.transitions, values)

    def improved(self, values: np.ndarray) -> np.ndarray:
        """The Bellman optimality operator: max over actions of q, `[..., states]`."""
        return self.action_values(values).max(-1)

    def optimal(self) -> tuple[np.ndarray, np.ndarray]:
        """Optimal values `[states]` and actions `[states]` (the lowest of equals), by policy iteration.

        Source: Howard 1960. It ends: each switch improves by more than rounding, and there are finitely many policies.
        """
        actions = self.rewards.argmax(1)
        while True:
            values = self.evaluate(self.pure(actions))
            q = self.action_values(values)
            here = np.take_along_axis(q, actions[:, None], 1)[:, 0]
            better = q.max(1) > here + _CLOSE * (1.0 + np.abs(here))
            if not better.any():
                return values, (q >= q.max(1, keepdims=True) - _CLOSE * (1.0 + np.abs(here[:, None]))).argmax(1)
            actions = np.where(better, q.argmax(1), actions)

    # --------------------------------------------------------------------------------------------------------- policies

    def pure(self, actions: np.ndarray) -> np.ndarray:
        """Deterministic policies `[..., states, actions]` from actions `[..., states]`."""
        return np.eye(self.num_actions)[np.asarray(actions)]

    def uniform(self) -> np.ndarray:
        """The policy that takes every action alike, `[states, actions]`."""
        return np.full((self.num_states, self.num_actions), 1.0 / self.num_actions)

    def drawn(self, rng: np.random.Generator, count: int, concentration: float = 1.0) -> np.ndarray:
        """Random policies `[count, states, actions]`, each state's probabilities from a symmetric Dirichlet."""
        return rng.dirichlet(np.full(self.num_actions, concentration), (count, self.num_states))

    def every_pure(self) -> Iterator[tuple[int, ...]]:
        """All deterministic policies as actions per state: actions ** states of them."""
        return itertools.product(range(self.num_actions), repeat=self.num_states)


def _table(name: str, actions: int, discount: float, rewards: str, moves: str) -> Process:
    """A process of two states from the printed order: reward r[s * actions + a], rows P[s * actions + a]."""
    return Process(
        np.array(rewards.split(), float).reshape(2, actions),
        np.array(moves.split(), float).reshape(2, actions, 2),
        discount,
        name,
    )


PUBLISHED: dict[str, Process] = {
    process.name: process
    for process in (
        _table("2a", 2, 0.9, ".06 .38 -.13 .64", ".01 .99 .92 .08 .08 .92 .70 .30"),
        _table("2b", 2, 0.9, ".88 -.02 -.98 .42", ".96 .04 .19 .81 .43 .57 .72 .28"),
        _table("2c", 3, 0.9, "-.93 -.49 .63 .78 .14 .41", ".52 .48 .5 .5 .99 .01 .85 .15 .11 .89 .1 .9"),
        _table("2d", 2, 0.9, "-.45 -.1 .5 .5", ".7 .3 .99 .01 .2 .8 .99 .01"),
        _table("left", 3, 0.8, "-.1 -1 .1 .4 1.5 .1", ".9 .1 .2 .8 .7 .3 .05 .95 .25 .75 .3 .7"),
    )
}
"""The two-state processes of the published figures: 2(a) to 2(d), and the left half of figures 3 to 6.

Source: Dadashi, Ali Taiga, Le Roux, Schuurmans and Bellemare 2019, "The value function polytope in reinforcement
learning" (arXiv 1901.11524), as two independent public re-implementations give them.
"""


def random_process(
    rng: np.random.Generator, states: int, actions: int, discount: float = 0.9, branching: int | None = None
) -> Process:
    """A random process: normal rewards; Dirichlet(1) transitions to all states, or to `branching` random ones."""
    moves = np.zeros((states, actions, states))
    reach = states if branching is None else branching
    for state, action in np.ndindex(states, actions):
        moves[state, action, rng.choice(states, reach, replace=False)] = rng.dirichlet(np.ones(reach))
    return Process(rng.normal(size=(states, actions)), moves, discount, f"random {states} x {actions}")
