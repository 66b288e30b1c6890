"""The choice among tied optimal actions as a mixed-integer program. It proposes; `selection.py` prices exactly.

Source: big-M linking of binaries and values, as in mixed-integer programs for Markov decision processes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse

from ...core.errors import BadSetting
from ..tables.planner import optimal
from ..tables.tabular import Tabular
from .deterrence import Demands
from .features import Features
from .incentives import Frame


class MixedProgram:
    """Variables: terms, excess, largest transfer or |terms|, values `[time, state, agent]`, one binary per tied action.

    A value equals what the chosen action is worth, and no agent gains by leaving it: both hold for the chosen action
    and are switched off for the others by the largest difference that values can have there (big-M). Values of a place
    add up to its best welfare, which no choice changes.
    """

    def __init__(self, game: Tabular, features: Features, demands: Demands, options: np.ndarray, reach: float) -> None:
        self.game, self.features, self.demands, self.options = game, features, demands, options
        self.frame, self.best_values = Frame.of(game), optimal(game)[1]
        flows, scale = self.frame.flows(features)
        self.flows = np.asarray(flows / scale, float)
        low = [-reach if bound is None else float(bound) for bound in features.low]
        high = [reach if bound is None else float(bound) for bound in features.high]
        self.low, self.high = np.array(low), np.array(high)
        self.terms = features.num_terms
        self.extra = 1 if demands.objective == "largest" else self.terms
        self.reached = np.argwhere(self.frame.reachable)
        self.place = {tuple(place): k for k, place in enumerate(self.reached.tolist())}
        self.value0 = self.terms + 1 + self.extra
        self.choice0 = self.value0 + len(self.reached) * game.num_agents
        self.picks = np.argwhere(options)
        self.size = self.choice0 + len(self.picks)
        self.least, self.most = self._range()

    def best(self, seconds: float) -> tuple[np.ndarray | None, float | None, str]:
        """Policy, float bound, and how the search ended: first the least excess; if that is none, the least cost."""
        cost = np.zeros(self.size)
        cost[self.terms] = 1.0
        found = self._solve(cost, np.inf, seconds)
        if found.x is None:
            return None, None, "program, stopped"
        done = found.status == 0
        if found.x[self.terms] < 1e-7:
            cost = np.zeros(self.size)
            cost[self.terms + 1 : self.value0] = 1.0
            cheap = self._solve(cost, 0.0, seconds)
            if cheap.x is not None:
                found, done = cheap, cheap.status == 0
        policy = np.argmax(self.options, axis=2)
        for chosen, (time, state, joint) in zip(found.x[self.choice0 :], self.picks, strict=True):
            if chosen > 0.5:
                policy[time, state] = joint
        return policy, found.mip_dual_bound, "program" if done else "program, stopped"

    def _solve(self, cost: np.ndarray, most_excess: float, seconds: float) -> Any:
        rows, low, high = self._rows()
        least, most = np.full(self.size, -np.inf), np.full(self.size, np.inf)
        least[: self.terms], most[: self.terms] = self.low, self.high
        least[self.terms : self.value0] = 0.0
        most[self.terms] = most_excess
        least[self.choice0 :], most[self.choice0 :] = 0.0, 1.0
        whole = np.arange(self.size) >= self.choice0
        box: Any = (least, most)  # scipy's annotations know bounds that are one float only
        return scipy.optimize.milp(
            cost, constraints=(rows, low, high), integrality=whole, bounds=scipy.optimize.Bounds(*box),
            options={"time_limit": seconds},
        )

    def _rows(self) -> tuple[Any, np.ndarray, np.ndarray]:
        game, agents = self.game, self.game.num_agents
        lines: list[tuple[dict[int, float], float, float]] = []
        chosen: dict[tuple[int, int], dict[int, float]] = {}
        for number, (time, state, joint) in enumerate(self.picks.tolist()):
            binary, margin = self.choice0 + number, float(self.demands.margin)
            chosen.setdefault((time, state), {})[binary] = 1.0
            for agent in range(agents):
                base, worth = self._worth(time, state, joint, agent)
                value = self.value0 + self.place[time, state] * agents + agent
                equal = _plus(worth, {value: -1.0}, 1.0)
                high = self._reached(equal, 1) + base
                low = self._reached(equal, -1) + base
                lines.append(({**equal, binary: high}, -np.inf, high - base))
                lines.append(({**equal, binary: low}, low - base, np.inf))
                for other in game.deviations[joint, agent]:
                    if other != joint:
                        gain, slopes = self._worth(time, state, int(other), agent)
                        row = _plus(slopes, worth, -1.0)
                        big = max(0.0, self._reached(row, 1) + gain - base + margin)
                        if big:
                            row = {**row, self.terms: -1.0, binary: big}
                            lines.append((row, -np.inf, big - margin - gain + base))
        lines += [(row, 1.0, 1.0) for row in chosen.values()]
        lines += self._conserved()
        lines += self._measured()
        data = [(k, j, v) for k, (row, _, _) in enumerate(lines) for j, v in row.items()]
        row, column, values = zip(*data, strict=True)
        matrix = scipy.sparse.csr_array((values, (row, column)), shape=(len(lines), self.size))
        return matrix, np.array([line[1] for line in lines]), np.array([line[2] for line in lines])

    def _worth(self, time: int, state: int, joint: int, agent: int) -> tuple[float, dict[int, float]]:
        """What an agent gets after a joint action, as a constant and coefficients of variables."""
        game, row = self.game, state * self.game.num_joint + joint
        base, *slopes = self.flows[min(time, len(self.flows) - 1), row, agent]
        out = {k: slope for k, slope in enumerate(slopes) if slope}
        for entry in range(game.first[row], game.first[row + 1]):
            place = self.place.get((time + 1, int(game.after[entry])))
            if place is not None:
                column = self.value0 + place * game.num_agents + agent
                out[column] = out.get(column, 0.0) + game.weight[entry] / game.denominator
        return float(base), out

    def _conserved(self) -> list[tuple[dict[int, float], float, float]]:
        """All values of a place add up to the best welfare from there, whoever has them."""
        agents, out = self.game.num_agents, []
        for place, (time, state) in enumerate(self.reached):
            total = float(sum(self.best_values.at(int(time), int(state))))
            out.append(({self.value0 + place * agents + i: 1.0 for i in range(agents)}, total, total))
        return out

    def _range(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and most that each agent can have at every reached place: under tied actions and terms in the box."""
        game, states = self.game, np.arange(self.game.num_states)[:, None] * self.game.num_joint
        out = []
        for sign in (-1, 1):
            ends = np.where(sign * self.flows[..., 1:] > 0, self.high, self.low)
            pays = self.flows[..., 0] + np.where(self.flows[..., 1:] != 0, self.flows[..., 1:] * ends, 0.0).sum(axis=-1)
            values, found = np.zeros((game.num_states, game.num_agents)), []
            for time in range(game.horizon - 1, -1, -1):
                worth = pays[min(time, len(pays) - 1)] + game.transitions @ values
                worth = worth[states + np.arange(game.num_joint)]
                table = np.where(self.options[time][..., None], worth, -sign * np.inf)
                values = table.max(axis=1) if sign > 0 else table.min(axis=1)
                values = np.where(np.isfinite(values), values, 0.0)
                found.insert(0, values)
            out.append(np.array([found[time][state] for time, state in self.reached]).ravel())
        return out[0], out[1]

    def _reached(self, row: dict[int, float], sign: int) -> float:
        """The most (least, for sign -1) that an expression can be."""
        total = 0.0
        for column, weight in row.items():
            up = weight * sign > 0
            if column < self.terms:
                total += weight * (self.high if up else self.low)[column]
            else:
                total += weight * (self.most if up else self.least)[column - self.value0]
        return total

    def _measured(self) -> list[tuple[dict[int, float], float, float]]:
        """What the objective is at least."""
        if self.demands.objective == "terms":
            return [({k: s, self.terms + 1 + k: -1.0}, -np.inf, 0.0) for k in range(self.terms) for s in (1.0, -1.0)]
        table = np.unique(self.flows[..., 1:].reshape(-1, self.terms), axis=0)  # rewards are constants: slopes only
        fixed = np.asarray(self.features.constant / self.features.scale, float)
        if np.any(fixed):
            raise BadSetting("The space has transfers that no term moves; use objective='terms' with it.")
        return [
            ({**{k: s * v for k, v in enumerate(line) if v}, self.terms + 1: -1.0}, -np.inf, 0.0)
            for line in table for s in (1.0, -1.0) if np.any(line)
        ]


def _plus(one: dict[int, float], two: dict[int, float], weight: float) -> dict[int, float]:
    """`one + weight * two`."""
    out = dict(one)
    for key, value in two.items():
        out[key] = out.get(key, 0.0) + weight * value
    return out
