"""Correlated play of many stage games whose continuations are known as sets: the linear programs behind `bounds`.

A stage game has joint actions `a`, and after each one payoffs (now and later together) somewhere in
`Q(a) = {u : low_k(a) <= d_k . u <= high_k(a)}`. With `mu(a)` the probability of `a` and `m(a) = mu(a) u(a)`:

    maximise  sum_a d . m(a)   subject to   sum_a mu(a) = 1,   m(a) in mu(a) Q(a),
              sum_{a_-i} m_i(a) - mu(a) worst_i(b, a_-i) >= 0    for every agent i and actions a_i, b  (obedience),

where `worst_i(a)` is the least that i can have after `a`. For multipliers `lam[i, a_i, b] >= 0` of obedience, weak
duality gives the bound

    max over a of  max { (d + sum_b lam[., a, b]) . u : u in Q(a) } - sum_{i, b} lam[i, a_i, b] worst_i(b, a_-i).

The programs are solved in floats to find good multipliers; these are rounded, and the bound is computed from them in
integers.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import highspy
import numpy as np

from ..tables.tabular import Tabular
from .sets import Fence

_NEVER = 2**62
_BITS = 29
"""Multipliers, times what they are summed with, stay below 2**_BITS; payoffs stay below 2**32."""

_CELLS = 2_000_000
"""Numbers in one array of the integer evaluation."""


@dataclasses.dataclass(frozen=True, eq=False)
class Stages:
    """Different stage games, each measured from its own origin: those that differ by constants are one."""

    fence: Fence
    low: np.ndarray
    """`[stages, joint, directions]`, integers."""

    high: np.ndarray
    playable: np.ndarray
    """Joint actions that may have probability, `[stages, joint]`."""

    which: np.ndarray
    """The stage game of each state asked for, `[states]`."""

    origin: np.ndarray
    """What to add to a stage's bounds to get the state's, `[states, directions]`."""

    @classmethod
    def of(cls, fence: Fence, low: np.ndarray, high: np.ndarray, playable: np.ndarray) -> Stages:
        """Put stage games together that differ by a constant per agent (and are open to the same joint actions)."""
        n = fence.game.num_agents
        least = np.where(playable[:, :, None], low[:, :, :n], _NEVER).min(axis=1)
        origin = least @ fence.directions.T
        low, high = low - origin[:, None], high - origin[:, None]
        flat = np.concatenate([part.reshape(len(low), -1) for part in (low, high, playable)], axis=1)
        keys = np.ascontiguousarray(flat, np.int64).view(np.dtype((np.void, 8 * flat.shape[1]))).ravel()
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        return cls(fence, low[first], high[first], playable[first], which, origin)


def sides(stages: Stages) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Bounds in every direction, for each state asked for: `low, high [states, directions]`, and two counts.

    The counts are the programs solved, and those that the float solver left unsolved (their bounds use no multipliers).
    """
    fence, game = stages.fence, stages.fence.game
    count, joint, k = stages.low.shape
    low, high = np.empty((count, k), np.int64), np.empty((count, k), np.int64)
    size = max(1, _CELLS // (2 * k * joint * (game.num_agents + game.num_actions)))
    solver = _Solver(fence)
    for begin in range(0, count, size):
        part = slice(begin, begin + size)
        found = [
            solver.multipliers(*stage)
            for stage in zip(stages.low[part], stages.high[part], stages.playable[part], strict=True)
        ]
        lam, extra = (np.stack(values) for values in zip(*found, strict=True))
        best = lagrangian(fence, stages.low[part], stages.high[part], stages.playable[part], lam, extra)
        low[part], high[part] = -best[:, k:], best[:, :k]
    low, high = low[stages.which] + stages.origin, high[stages.which] + stages.origin
    return low, high, 2 * k * count, solver.unsolved


def lagrangian(
    fence: Fence, low: np.ndarray, high: np.ndarray, playable: np.ndarray, lam: np.ndarray, extra: np.ndarray
) -> np.ndarray:
    """The bound that multipliers give, in integers and rounded up: right for *any* multipliers.

    Args:
        fence: directions, and the game whose actions are meant.
        low: `[stages, joint, directions]`.
        high: as `low`.
        playable: `[stages, joint]`.
        lam: multipliers of obedience `[stages, objectives, agents, own action, other action]`, floats >= 0. Objectives
            are the directions and then their negatives.
        extra: multipliers `[stages, objectives, joint, further directions]` of the directions after welfare; positive
            ones multiply upper ends, negative ones lower ends.

    Gives `[stages, objectives]`.
    """
    game, n = fence.game, fence.game.num_agents
    further = fence.directions[n + 1 :]
    objectives = np.concatenate([fence.directions, -fence.directions])
    size = (2 * n + 1) * (
        np.abs(objectives).max() + n * lam.sum(axis=-1).max(axis=(-1, -2))
        + (np.abs(extra) @ (1.0 + np.abs(further).sum(axis=1))).max(axis=-1)
    )
    shift = _BITS - np.ceil(np.log2(size)).astype(np.int64)
    useless = shift < 0  # multipliers too large for 64 bits: go without
    shift = np.where(useless, 0, shift)
    unit = np.where(useless, 0.0, 2.0**shift)
    lam = np.rint(lam * unit[:, :, None, None, None]).astype(np.int64)
    extra = np.rint(extra * unit[:, :, None, None]).astype(np.int64)

    tilt = np.stack([lam[:, :, i, game.profiles[:, i]].sum(axis=-1) for i in range(n)], axis=-1)
    slope = (objectives[None] * 2 ** shift[:, :, None])[:, :, None] + tilt - extra @ further
    worst = np.zeros(tilt.shape[:-1], np.int64)
    for i in range(n):
        after = low[:, game.deviations[:, i], i]
        worst += (lam[:, :, i, game.profiles[:, i]] * after[:, None]).sum(axis=-1)
    beyond = np.where(extra > 0, high[:, None, :, n + 1 :], low[:, None, :, n + 1 :])
    total = support(slope, low[:, None, :, : n + 1], high[:, None, :, : n + 1]) + (extra * beyond).sum(axis=-1) - worst
    best = np.where(playable[:, None], total, -_NEVER).max(axis=-1)
    return -((-best) >> shift)


def support(slope: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The most of `slope . u` where `low <= (u, sum of u) <= high`, in integers.

    One constraint couples the agents, so its multiplier z decides all: `z high_w + sum_i max over [low_i, high_i] of
    (slope_i - z) u_i` (with `low_w` for z < 0) is convex and piecewise linear in z, with kinks at 0 and at the slopes.

    Args:
        slope: `[..., agents]`.
        low: `[..., agents + 1]`, welfare last.
        high: as `low`.
    """
    values = []
    for z in [np.zeros_like(slope[..., 0]), *np.moveaxis(slope, -1, 0)]:
        rest = slope - z[..., None]
        ends = np.where(rest > 0, high[..., :-1], low[..., :-1])
        values.append((rest * ends).sum(axis=-1) + z * np.where(z > 0, high[..., -1], low[..., -1]))
    return np.minimum.reduce(values)


class _Solver:
    """One float solver, warm from program to program. What it says is a proposal only."""

    def __init__(self, fence: Fence) -> None:
        self.fence, self.unsolved = fence, 0
        self._highs = highspy.Highs()
        for option, value in (("output_flag", False), ("presolve", "off"), ("threads", 1), ("solver", "simplex")):
            self._highs.setOptionValue(option, value)

    def multipliers(self, low: np.ndarray, high: np.ndarray, playable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Multipliers of one stage game for all objectives: of obedience, and of the further directions."""
        game, directions = self.fence.game, self.fence.directions
        n, count, k = game.num_agents, game.num_actions, len(directions)
        lam = np.zeros((2 * k, n, count, count))
        extra = np.zeros((2 * k, game.num_joint, k - n - 1))
        program = _Program(game, directions, low, high, np.flatnonzero(playable))
        self._highs.passModel(program.model())
        columns = np.arange(program.columns, dtype=np.int32)
        for number, objective in enumerate(np.concatenate([directions, -directions])):
            self._highs.changeColsCost(program.columns, columns, -program.gradient(objective))
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                self._highs.clearSolver()  # once more, from the beginning
                self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                self.unsolved += 1
                continue
            duals = np.asarray(self._highs.getSolution().row_dual)
            for row, cell in program.obedience:
                lam[number][cell] = max(duals[row], 0.0)
            for row, cell in program.further:
                extra[number][cell] -= duals[row]
        return lam, extra


class _Program:
    """The program of one stage game, with `m(a) = mu(a) low(a) + e(a)` and e >= 0, so that lower ends cost no rows."""

    def __init__(
        self, game: Tabular, directions: np.ndarray, low: np.ndarray, high: np.ndarray, rows: np.ndarray
    ) -> None:
        n, joint = game.num_agents, len(rows)
        self.columns = joint * (1 + n)
        span = max(1.0, float(high[rows].max() - low[rows].min()))
        low, high = low / span, high / span
        self._joint, self._agents, self._base = joint, n, low[rows, :n]
        self.obedience: list[tuple[int, tuple[int, int, int]]] = []
        self.further: list[tuple[int, tuple[int, int]]] = []
        mass, gains = np.arange(joint), joint + np.arange(joint * n).reshape(joint, n)
        blocks: list[np.ndarray] = [np.append(np.ones(joint), np.zeros(joint * n))[None]]
        sign = [0]  # 0: = 1; -1: <= 0; +1: >= 0
        for k, direction in enumerate(directions):
            along = self._base @ direction
            up, down = np.maximum(direction, 0), np.minimum(direction, 0)
            top = high[rows, :n] @ up + low[rows, :n] @ down
            bottom = low[rows, :n] @ up + high[rows, :n] @ down
            for end, binds, way in (
                (high[rows, k], (high[rows, k] < top) | (k < n), -1),
                (low[rows, k], (low[rows, k] > bottom) & (k >= n), 1),
            ):
                for a in np.flatnonzero(binds):
                    line = np.zeros(self.columns)
                    line[gains[a]] = direction
                    line[mass[a]] = along[a] - end[a]
                    if k > n:
                        self.further.append((len(blocks), (int(rows[a]), k - n - 1)))
                    blocks.append(line[None])
                    sign.append(way)
        profiles = game.profiles[rows]
        for i in range(n):
            left = np.unique(profiles[:, i])
            for own in left:
                here = np.flatnonzero(profiles[:, i] == own)
                for other in left[left != own]:
                    line = np.zeros(self.columns)
                    line[gains[here, i]] = 1.0
                    line[mass[here]] = self._base[here, i] - low[game.deviations[rows[here], i, other], i]
                    self.obedience.append((len(blocks), (i, int(own), int(other))))
                    blocks.append(line[None])
                    sign.append(1)
        self._matrix, self._sign = np.concatenate(blocks), np.array(sign)

    def model(self) -> Any:
        """For the solver, with no objective yet."""
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self._matrix.shape
        lp.col_cost_ = np.zeros(self.columns)
        lp.col_lower_, lp.col_upper_ = np.zeros(self.columns), np.full(self.columns, np.inf)
        lp.row_lower_ = np.where(self._sign == 0, 1.0, np.where(self._sign > 0, 0.0, -np.inf))
        lp.row_upper_ = np.where(self._sign == 0, 1.0, np.where(self._sign < 0, 0.0, np.inf))
        filled = self._matrix != 0
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.append(0, np.cumsum(filled.sum(axis=1))).astype(np.int32)
        lp.a_matrix_.index_ = np.nonzero(filled)[1].astype(np.int32)
        lp.a_matrix_.value_ = self._matrix[filled]
        return lp

    def gradient(self, objective: np.ndarray) -> np.ndarray:
        """The objective's coefficients: it counts `mu(a) low(a) + e(a)`."""
        return np.concatenate([self._base @ objective, np.tile(objective, self._joint)])
