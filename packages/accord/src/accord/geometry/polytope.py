"""The polytope of values: what all policies of a process are worth, taken together.

The set of values is a finite union of convex polytopes, connected, often not convex. Here are the exact test of who
belongs to it, the segments that it is made of, and the extreme points of its hull; `cells.py` has its exact volume.

Source: Dadashi, Ali Taiga, Le Roux, Schuurmans and Bellemare 2019, "The value function polytope in reinforcement
learning" (arXiv 1901.11524). The membership test and the rank-one switch are derived here.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.spatial import ConvexHull

from ..core.errors import BadSetting
from .process import Process

TOLERANCE = 1e-9
"""How far outside its interval a value may be and still count as inside, times one plus its size."""

MOST_POLICIES = 1_000_000
_CHUNK = 100_000


def inside(process: Process, values: np.ndarray, tolerance: float = TOLERANCE) -> np.ndarray:
    """Whether some policy is worth exactly this, `bool[...]` of values `[..., states]`.

    V is the value of a policy if and only if min_a q(s, a) <= V(s) <= max_a q(s, a) in every state, where
    q = r + gamma P V. If it is, a mixture of actions in each state has sum_a pi(a|s) q(s, a) = V(s), so V solves that
    policy's Bellman equation, which has one solution; conversely V^pi is such a mixture.
    """
    q = process.action_values(values)
    slack = tolerance * (1.0 + np.abs(values))
    return ((q.min(-1) <= values + slack) & (values <= q.max(-1) + slack)).all(-1)


def sampled(process: Process, rng: np.random.Generator, count: int, concentration: float = 1.0) -> np.ndarray:
    """Values `[count, states]` of random policies (Dirichlet in each state, uniform by default)."""
    sizes = [min(_CHUNK, count - done) for done in range(0, count, _CHUNK)]
    parts = [process.evaluate(process.drawn(rng, size, concentration)) for size in sizes]
    return np.concatenate(parts) if parts else np.empty((0, process.num_states))


def pure_values(process: Process) -> tuple[np.ndarray, np.ndarray]:
    """Actions `[policies, states]` and values `[policies, states]` of all deterministic policies.

    Raises:
        BadSetting: there are too many of them.
    """
    count = process.num_actions**process.num_states
    if count > MOST_POLICIES:
        raise BadSetting(
            f"{process.num_states} states with {process.num_actions} actions have {count:,} deterministic policies, "
            f"more than the {MOST_POLICIES:,} that are listed. Sample policies instead, or take a smaller process."
        )
    actions = np.array(list(process.every_pure()))
    parts = np.array_split(actions, -(-count // _CHUNK))
    return actions, np.concatenate([process.evaluate(process.pure(part)) for part in parts])


# ----------------------------------------------------------------------------------------------------- one state's line


def switched(process: Process, policy: np.ndarray) -> np.ndarray:
    """Values `[states, actions, states]` after the policy takes one action for sure in one state, for all of them.

    Changing state s to action a gives V + C[:, s] A(s, a) / (1 - gamma (P(s, a) - P_pi(s)) C[:, s]), with the resolvent
    C and the advantage A = q - V (Sherman-Morrison; the denominator is positive).
    """
    values, resolvent = process.evaluate(policy), process.resolvent(policy)
    moves = process.under(policy)[1]
    gain = process.action_values(values) - values[:, None]
    turn = np.einsum("sat,ts->sa", process.transitions - moves[:, None], resolvent)
    return values + resolvent.T[:, None, :] * (gain / (1.0 - process.discount * turn))[:, :, None]


@dataclasses.dataclass(frozen=True, eq=False)
class Segment:
    """All that policies are worth which agree but in one state: a segment, along which all values rise together.

    Source: the line theorem of Dadashi et al. 2019.
    """

    state: int
    worst: int
    """The action for sure at the lower end, and"""

    best: int
    """at the upper end."""

    low: np.ndarray
    high: np.ndarray
    bend: float
    """Below 1; 0 if mixing the two actions moves the value in proportion."""

    def position(self, share: np.ndarray | float) -> np.ndarray:
        """Place on the segment (0 the lower end, 1 the upper) when the best action gets this share, the worst the rest.

        It rises strictly with the share m but not in proportion: m (1 - b) / (1 - m b).
        """
        share = np.asarray(share, float)
        return share * (1.0 - self.bend) / (1.0 - share * self.bend)

    def at(self, share: np.ndarray | float) -> np.ndarray:
        """Values `[..., states]` of these mixtures."""
        return self.low + self.position(share)[..., None] * (self.high - self.low)

    def distance(self, values: np.ndarray) -> np.ndarray:
        """How far values `[..., states]` are from the segment, `[...]`."""
        along = self.high - self.low
        length = along @ along
        place = np.clip((values - self.low) @ along / length, 0.0, 1.0) if length else np.zeros(values.shape[:-1])
        return np.linalg.norm(values - self.low - place[..., None] * along, axis=-1)


def segment(process: Process, policy: np.ndarray, state: int) -> Segment:
    """What can be had by changing a policy `[states, actions]` in one state alone."""
    ends = switched(process, policy)[state]
    order = ends.sum(-1)  # all values rise together, so their sum tells the order
    worst, best = int(order.argmin()), int(order.argmax())
    base = policy.copy()
    base[state] = np.eye(process.num_actions)[worst]
    visits = process.resolvent(base)[:, state]
    turn = (process.transitions[state, best] - process.transitions[state, worst]) @ visits
    return Segment(state, worst, best, ends[worst], ends[best], float(process.discount * turn))


def mixtures(process: Process, first: np.ndarray, last: np.ndarray, count: int = 500) -> np.ndarray:
    """Values `[count, states]` of mixtures of two policies `[states, actions]`: a curve, not a segment."""
    share = np.linspace(0.0, 1.0, count)[:, None, None]
    return process.evaluate((1.0 - share) * first + share * last)


def action_mixtures(process: Process, count: int = 500) -> np.ndarray:
    """Mixtures of taking the first action everywhere and the second everywhere, `[count, states]`."""
    ends = [process.pure(np.full(process.num_states, action)) for action in (0, min(1, process.num_actions - 1))]
    return mixtures(process, ends[0], ends[1], count)


def bow(curve: np.ndarray) -> float:
    """Largest distance of a curve `[points, states]` from the line through its two ends."""
    along, out = curve[-1] - curve[0], curve - curve[0]
    length = np.linalg.norm(along)
    across = out - (out @ along)[:, None] * along / length**2 if length else out
    return float(np.linalg.norm(across, axis=1).max())


# ----------------------------------------------------------------------------------------------------------------- hull


@dataclasses.dataclass(frozen=True, eq=False)
class Frame:
    """Coordinates in the flat that some points span: as many as it has dimensions, even if there are more states."""

    origin: np.ndarray
    basis: np.ndarray
    """Orthonormal rows, `[dimensions, states]`."""

    def down(self, values: np.ndarray) -> np.ndarray:
        """Coordinates `[..., dimensions]` of values `[..., states]`."""
        return (values - self.origin) @ self.basis.T

    def up(self, coordinates: np.ndarray) -> np.ndarray:
        """Values `[..., states]` of coordinates `[..., dimensions]`."""
        return self.origin + coordinates @ self.basis


def frame(points: np.ndarray) -> Frame:
    """The flat through points `[points, states]`; numerical rank decides its dimensions."""
    middle = points.mean(0)
    _, sizes, rows = np.linalg.svd(points - middle, full_matrices=False)
    rank = int((sizes > TOLERANCE * (1.0 + np.abs(points).max())).sum())
    basis = np.eye(points.shape[1]) if rank == points.shape[1] else rows[:rank]
    return Frame(middle, basis)


def hull(points: np.ndarray) -> np.ndarray:
    """Numbers of the points `[points, states]` that are extreme in their convex hull (in the plane: in turn)."""
    flat = frame(points)
    if not len(flat.basis):
        return np.array([0])
    there = flat.down(points)
    if len(flat.basis) == 1:
        return np.array([there[:, 0].argmin(), there[:, 0].argmax()])
    return ConvexHull(there).vertices
