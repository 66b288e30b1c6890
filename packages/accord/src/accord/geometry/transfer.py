"""What still serves when the reward changes: the policies, or the representation.

Two things can be kept of a task. **Policies**: with its successor representation M = (I - gamma P)^-1 a policy is worth
exactly M r' under any reward r', but its choice of actions is stale; over a library of policies generalised policy
improvement chooses anew. **Features**: with phi frozen the last linear layer is fitted again (`refitted`) and actions
are chosen by looking one step ahead (`representation.control`); the choice is fresh, and the value has the error
|V - projection of V|.

A contract pays theta . f on top of r, so a family of contracts is a family of rewards, and the same two answers apply.

Source: Dayan 1993 (successor representation) and Barreto et al. 2017 (arXiv 1606.05312, generalised policy
improvement), both after their idea; what is claimed here is derived here.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from .process import Process

_SINGLE = 1e-6
"""Of the largest singular value: what is smaller in features of single precision is their rounding."""


@dataclasses.dataclass(frozen=True, eq=False)
class Library:
    """Policies of one world with their successor representations; the world's own reward plays no part."""

    world: Process
    policies: np.ndarray
    """Probabilities, `[members, states, actions]`."""

    successors: np.ndarray
    """Discounted visits M of the column's state from the row's, `[members, states, states]`."""

    def first(self, size: int) -> Library:
        """The library of the first so many policies."""
        return dataclasses.replace(self, policies=self.policies[:size], successors=self.successors[:size])

    def values(self, rewards: np.ndarray) -> np.ndarray:
        """What each policy is worth under rewards `[..., states, actions]`: M r', exactly, `[..., members, states]`."""
        earned = np.einsum("lsa,...sa->...ls", self.policies, rewards)
        return (self.successors @ earned[..., None])[..., 0]

    def improved(self, rewards: np.ndarray) -> np.ndarray:
        """Generalised policy improvement: greedy for the best member's q in each state, `[..., states, actions]`.

        It is nowhere worse than any member. Let T be the operator of the greedy policy and q the maximum over members
        of q_l, each the fixed point of its own policy's T_l. Then q_l = T_l q_l <= T_l q <= T q for every member, so
        q <= T q; T is monotone, so iterating it from q climbs to the greedy policy's worth.
        """
        moves = self.world.transitions.reshape(-1, self.world.num_states).T
        best = (self.values(rewards) @ moves).max(-2).reshape(np.shape(rewards))
        return self.world.pure((rewards + self.world.discount * best).argmax(-1))


def library(world: Process, policies: np.ndarray) -> Library:
    """The successor representations of policies `[members, states, actions]`."""
    return Library(world, np.asarray(policies), world.resolvent(policies))


def optima(world: Process, rewards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Optimal values `[rewards, states]` and actions `[rewards, states]` under each reward `[..., states, actions]`."""
    found = [world.rewarded(reward).optimal() for reward in rewards]
    return np.array([values for values, _ in found]), np.array([actions for _, actions in found])


def refitted(features: np.ndarray, values: np.ndarray, seen: np.ndarray | None = None) -> np.ndarray:
    """What frozen features say of values `[..., states]` once their last linear layer is fitted again, `[..., states]`.

    Args:
        features: phi, `[states, features]`, of any rank.
        values: the targets of least squares.
        seen: which states are in the fit, `[states]`. All unless said: then this is the orthogonal projection.
    """
    used = np.ones(len(features), bool) if seen is None else np.asarray(seen, bool)
    targets = np.atleast_2d(values)[:, used].T
    weights = np.linalg.lstsq(features[used], targets, rcond=_SINGLE)[0]
    return (features @ weights).T.reshape(np.shape(values))


__all__ = ["Library", "library", "optima", "refitted"]
