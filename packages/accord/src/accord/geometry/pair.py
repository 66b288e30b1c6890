"""A discounted stochastic game of two agents as arrays, and what stationary joint policies are worth in it."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from ..core.errors import BadGame, BadSetting
from .process import Process

_CLOSE = 1e-9


@dataclasses.dataclass(frozen=True, eq=False)
class Pair:
    """A stochastic game of two agents: in each state both choose at once, both are paid, play moves on for ever.

    A joint policy is a pair of arrays of probabilities, `[states, actions]` of either agent. A deterministic one may be
    given as joint actions `[..., states, 2]`.

    Source: Shapley 1953, "Stochastic games", without the zero sum.

    Raises:
        BadGame: the shapes don't fit, a number is not finite, or a row of `transitions` is no distribution.
        BadSetting: the discount is not in [0, 1).
    """

    rewards: np.ndarray
    """Expected reward of each agent, `[2, states, actions of the first, actions of the second]`."""

    transitions: np.ndarray
    """Probability of the next state, `[states, actions, actions, states]`."""

    discount: float

    def __post_init__(self) -> None:
        rewards, transitions = np.asarray(self.rewards, float), np.asarray(self.transitions, float)
        object.__setattr__(self, "rewards", rewards)
        object.__setattr__(self, "transitions", transitions)
        if rewards.ndim != 4 or len(rewards) != 2 or transitions.shape != (*rewards.shape[1:], rewards.shape[1]):
            raise BadGame(
                f"Rewards have shape {rewards.shape} and transitions {transitions.shape}; expected (2, states, "
                "actions, actions) and (states, actions, actions, states)."
            )
        if not (np.isfinite(rewards).all() and np.isfinite(transitions).all()):
            raise BadGame("A reward or a probability is not finite. Give numbers.")
        off = np.abs(transitions.sum(-1) - 1.0)
        if (transitions < 0).any() or (off > _CLOSE).any():
            where = tuple(int(part) for part in np.unravel_index(int(off.argmax()), off.shape))
            raise BadGame(
                f"The probabilities in state {where[0]} after actions {where[1:]} are {transitions[where].tolist()}; "
                "expected numbers from 0 to 1 that add up to 1."
            )
        if not 0.0 <= self.discount < 1.0:
            raise BadSetting(f"discount={self.discount}, expected at least 0 and less than 1: values add up for ever.")

    @property
    def num_states(self) -> int:
        """Number of states."""
        return self.rewards.shape[1]

    @property
    def counts(self) -> tuple[int, int]:
        """Number of actions of each agent, the same in every state."""
        return self.rewards.shape[2], self.rewards.shape[3]

    def worth(self, streams: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Discounted sums `[streams, states]` of anything paid per step, `[streams, states, actions, actions]`.

        All streams share one factorisation.
        """
        moves = np.einsum("sa,sb,sabt->st", first, second, self.transitions)
        per_step = np.einsum("sa,sb,ksab->sk", first, second, streams)
        return np.linalg.solve(np.eye(self.num_states) - self.discount * moves, per_step).T

    def evaluate(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Values of a joint policy, `[2, states]`."""
        return self.worth(self.rewards, first, second)

    def pure(self, joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Joint actions `[states, 2]` as a joint policy."""
        joint = np.asarray(joint)
        return np.eye(self.counts[0])[joint[:, 0]], np.eye(self.counts[1])[joint[:, 1]]

    def every_pure(self) -> np.ndarray:
        """All deterministic joint policies, `[policies, states, 2]`: (actions x actions) ** states of them."""
        pairs = np.array(list(itertools.product(*map(range, self.counts))))
        index = itertools.product(range(len(pairs)), repeat=self.num_states)
        return pairs[np.array(list(index))]

    def against(self, agent: int, other: np.ndarray) -> Process:
        """What one agent faces while the other one plays a stationary policy `[states, actions]`."""
        mixing = "sb,sab{}->sa{}" if agent == 0 else "sa,sab{}->sb{}"
        rewards = np.einsum(mixing.format("", ""), other, self.rewards[agent])
        return Process(rewards, np.einsum(mixing.format("t", "t"), other, self.transitions), self.discount)

    def planner(self) -> tuple[np.ndarray, np.ndarray]:
        """The most that both can get together, `[states]`, and joint actions that get it, `[states, 2]`."""
        states, joint = self.num_states, self.counts[0] * self.counts[1]
        both = Process(
            self.rewards.sum(0).reshape(states, joint), self.transitions.reshape(states, joint, states), self.discount
        )
        values, actions = both.optimal()
        return values, np.stack(np.unravel_index(actions, self.counts), axis=-1)

    def regret(self, first: np.ndarray, second: np.ndarray) -> float:
        """The most that an agent gains anywhere by its best response: 0 at a Markov-perfect equilibrium."""
        values = self.evaluate(first, second)
        best = self.against(0, second).optimal()[0], self.against(1, first).optimal()[0]
        return float(max((best[agent] - values[agent]).max() for agent in (0, 1)))


def random_pair(
    rng: np.random.Generator, states: int, actions: int, discount: float = 0.9, branching: int | None = None
) -> Pair:
    """A random game: normal rewards; Dirichlet(1) transitions to all states, or to `branching` random ones."""
    shape = (states, actions, actions)
    moves = np.zeros((*shape, states))
    reach = states if branching is None else branching
    for place in np.ndindex(shape):
        moves[(*place, rng.choice(states, reach, replace=False))] = rng.dirichlet(np.ones(reach))
    return Pair(rng.normal(size=(2, *shape)), moves, discount)
