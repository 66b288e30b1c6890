"""Among tied optimal policies, the one that is cheapest to implement.

A planner is indifferent among joint actions of equal welfare, and whatever breaks the tie decides who does the work.
Contracts are not indifferent. Which tied action to take where is a choice of integers: a mixed-integer program on small
games, local search on larger ones. Both only propose; what they propose is priced exactly.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..tables.numbers import rational
from ..tables.planner import ahead, optimal
from ..tables.tabular import Tabular
from .deterrence import Demands
from .features import Features
from .incentives import Frame
from .mixed_program import MixedProgram
from .transfers import CheapestContract, cheapest

MOST_CHOICES = 1500
"""Choices (pairs of a place and one of its tied actions) up to which a mixed-integer program is tried."""

_SHARES = (0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
"""Fractions of the best gain so far below which a policy is built at random."""


@dataclasses.dataclass(frozen=True, eq=False)
class Selection:
    """The answer of `select`."""

    policy: np.ndarray
    """An optimal policy, joint actions `[horizon, states]`."""

    contract: CheapestContract
    """Its cheapest contract, exact; or why there is none, and the regret that is left."""

    first: CheapestContract
    """The same for the policy that takes the first of tied joint actions."""

    ties: int
    """Places (a time and a state that can be reached then) with a choice."""

    choices: int
    """Tied actions at all these places together."""

    method: str
    """"program" (mixed-integer, searched to its end), "program, stopped" or "local search"."""

    bound: float | None
    """No tied policy has a smaller cost (or, where none is implementable, regret), up to a float solver's tolerance."""

    message: str

    @property
    def better(self) -> bool:
        """Whether it beats the first of tied actions."""
        return _rank(self.contract) < _rank(self.first)


def tied(game: Tabular) -> np.ndarray:
    """Which joint actions are optimal for all together, `[horizon, states, joint]`: exact, where play can be."""
    _, values = optimal(game)
    frame, mask = Frame.of(game), []
    for time in range(game.horizon):
        rows, _ = ahead(game, values.units[time + 1], values.scales[time + 1])
        welfare = rows.sum(axis=1).reshape(game.num_states, game.num_joint)
        mask.append((welfare == welfare.max(axis=1, keepdims=True)) & frame.reachable[time][:, None])
    return np.array(mask)


def select(
    game: Tabular, features: Features, *, objective: str = "terms", margin: Any = 0, method: str | None = None,
    seconds: float = 30.0, tries: int = 2000, reach: float = 1e3,
) -> Selection:
    """The optimal policy that costs least to implement as an equilibrium (of mode "nash").

    Where no optimal policy is implementable, the one that leaves the best deviation the smallest gain. With no terms at
    all (`features.nothing`) that gain is the least uniform fine for leaving the policy.

    Args:
        game: what is played without a contract.
        features: the contract space.
        objective: "terms" or "largest", as in `cheapest`.
        margin: what every deviation has to lose at least.
        method: "program" or "search"; default the first where there are at most `MOST_CHOICES` choices.
        seconds: when to stop the program.
        tries: policies that the search looks at.
        reach: bounds on terms that have none, which a mixed-integer program needs.

    Raises:
        BadSetting: an unknown method, or an objective that depends on the path.
    """
    if objective not in ("terms", "largest") or method not in (None, "program", "search"):
        raise BadSetting(
            f"objective={objective!r} and method={method!r}, expected 'terms' or 'largest', and 'program' or 'search' "
            "(or None, which chooses by size)."
        )
    demands = Demands.of(objective, margin, None, None, False)
    options = _unlike(game, features, tied(game))
    count = options.sum(axis=2)
    ties, choices = int((count > 1).sum()), int(count[count > 1].sum())
    first = np.argmax(options, axis=2)
    price = lambda policy: cheapest(game, policy, features, objective=objective, margin=margin)
    baseline = price(first)
    bound, said = None, "local search"
    if ties and (method or ("program" if choices <= MOST_CHOICES else "search")) == "program":
        policy, bound, said = MixedProgram(game, features, demands, options, reach).best(seconds)
        policy = first if policy is None else policy
    else:
        policy = _Search(game, features, options, margin).best(first, baseline, tries)
    contract = price(policy)
    if _rank(baseline) < _rank(contract):
        policy, contract = first, baseline
    what = "cost" if contract.feasible else "smallest gain of a deviation"
    was, now = _rank(baseline)[1], _rank(contract)[1]
    text = (
        f"{ties} places with ties, {choices} tied actions; {said}: {what} {float(now):.6g}, against "
        f"{float(was):.6g}{'' if baseline.feasible == contract.feasible else ' (a gain: not implementable)'} for the "
        "first of tied actions."
    )
    return Selection(policy, contract, baseline, ties, choices, said, bound, text)


def _unlike(game: Tabular, features: Features, options: np.ndarray) -> np.ndarray:
    """The options without those that differ from an earlier one in nothing that matters to anybody under any terms."""
    frame, kept, later = Frame.of(game), options.copy(), None
    flows, _ = frame.flows(features)
    for time in range(game.horizon - 1, -1, -1):
        kinds, later = frame.kinds(flows[min(time, len(flows) - 1)], later)
        table = kinds.reshape(game.num_states, game.num_joint)
        for state in np.flatnonzero(options[time].sum(axis=1) > 1):
            seen = set()
            for joint in np.flatnonzero(options[time, state]):
                around = tuple(frozenset(table[state, row].tolist()) for row in game.deviations[joint])
                mark = int(table[state, joint]), around
                kept[time, state, joint] = mark not in seen
                seen.add(mark)
    return kept


def _rank(contract: CheapestContract) -> tuple[bool, Fraction]:
    """Smaller is better: implementable before not, then cost or regret."""
    return (False, contract.cost) if contract.cost is not None else (True, contract.regret)


class _Search:
    """Local swaps among tied actions, at fixed terms, so as to lower the largest gain of a deviation."""

    def __init__(self, game: Tabular, features: Features, options: np.ndarray, margin: Any) -> None:
        self.game, self.features, self.options = game, features, options
        self.frame, self.margin = Frame.of(game), rational(margin)
        flows, scale = self.frame.flows(features)
        self.flows = np.asarray(flows / scale, float)
        self.first = np.argmax(options, axis=2)
        self.owner = np.repeat(np.arange(game.num_rows), np.diff(game.first))

    def best(self, start: np.ndarray, contract: CheapestContract, tries: int) -> np.ndarray:
        """Build policies at several terms, improve them by swaps, price the best, begin again at its terms."""
        kept, known, rng = start, contract, np.random.default_rng(0)
        for _ in range(3):
            found = [self._improved(self._pays(known.theta), kept, tries // 10)]
            for theta in [known.theta, *self._spread()]:
                pays = self._pays(theta)
                built = [self._built(pays, top, rng) for top in (0.0, *(found[0][0] * share for share in _SHARES))]
                best = min((self._scored(pays, policy), k) for k, policy in enumerate(built))
                found.append(self._improved(pays, built[best[1]], tries // 40))
            policy = min(found, key=lambda entry: entry[0])[1]
            priced = cheapest(self.game, policy, self.features, objective=contract.objective, margin=self.margin)
            if _rank(priced) >= _rank(known):
                break
            kept, known = policy, priced
        return kept

    def _spread(self) -> list[tuple[Fraction, ...]]:
        """Terms along the box, where it has ends."""
        box = zip(self.features.low, self.features.high, strict=True)
        ends = [(low, high) for low, high in box if low is not None and high is not None]
        if not ends or len(ends) < self.features.num_terms:
            return []
        return [tuple((1 - share) * a + share * b for a, b in ends) for share in (Fraction(k, 16) for k in range(1, 8))]

    def _scored(self, pays: np.ndarray, policy: np.ndarray) -> tuple[float, int]:
        empty = [np.zeros((self.game.num_states, self.game.num_agents)) for _ in range(self.game.horizon + 1)]
        return _score(self._played(pays, policy, self.game.horizon - 1, empty)[1])

    def _pays(self, theta: tuple[Fraction, ...]) -> np.ndarray:
        """Rewards and transfers under some terms, `[times, rows, agents]`."""
        return self.flows @ np.array([1.0, *(float(term) for term in theta)])

    def _gains(self, pays: np.ndarray, time: int, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What rows are worth `[states, joint, agents]`, and the best gain from leaving each `[states, joint]`."""
        game = self.game
        worth = pays[min(time, len(pays) - 1)] + game.transitions @ values
        worth = worth.reshape(game.num_states, game.num_joint, game.num_agents)
        best = [worth[:, game.deviations[:, i], i].max(axis=2) - worth[:, :, i] for i in range(game.num_agents)]
        return worth, np.max(best, axis=0)

    def _built(self, pays: np.ndarray, top: float, rng: np.random.Generator) -> np.ndarray:
        """Backward induction that takes, of tied actions, any that tempts by `top` at most, else the least tempting."""
        game, policy = self.game, self.first.copy()
        values, places = np.zeros((game.num_states, game.num_agents)), np.arange(game.num_states)
        for time in range(game.horizon - 1, -1, -1):
            worth, gains = self._gains(pays, time, values)
            open_ = self.options[time]
            order = np.maximum(gains, top) + 1e-9 * rng.random(gains.shape)
            choice = np.argmin(np.where(open_, order, np.inf), axis=1)
            policy[time] = np.where(open_.any(axis=1), choice, policy[time])
            values = worth[places, policy[time]]
        return policy

    def _played(self, pays: np.ndarray, policy: np.ndarray, upto: int, ahead: list[np.ndarray]) -> Any:
        """Values at every time, and gains from leaving, for a policy that changed at `upto` and before."""
        places, values, regrets = np.arange(self.game.num_states), list(ahead), []
        for time in range(upto, -1, -1):
            worth, gains = self._gains(pays, time, values[time + 1])
            values[time] = worth[places, policy[time]]
            regrets.insert(0, np.where(self.frame.reachable[time], gains[places, policy[time]], -np.inf))
        return values, regrets

    def _improved(self, pays: np.ndarray, policy: np.ndarray, tries: int) -> tuple[float, np.ndarray]:
        """Swaps at the place of the largest gain and at what follows it, while they lower the largest gains."""
        horizon, policy = self.game.horizon, policy.copy()
        empty = [np.zeros((self.game.num_states, self.game.num_agents)) for _ in range(horizon + 1)]
        values, regrets = self._played(pays, policy, horizon - 1, empty)
        score = _score(regrets)
        while tries > 0:
            time, state = np.unravel_index(np.argmax(regrets), (horizon, self.game.num_states))
            for when, where in self._near(int(time), int(state), policy):
                for joint in np.flatnonzero(self.options[when, where]):
                    tries -= 1
                    old, policy[when, where] = policy[when, where], joint
                    new_values, new = self._played(pays, policy, when, values)
                    whole = [*new, *regrets[when + 1 :]]
                    if joint != old and _score(whole) < score:
                        values, regrets, score = new_values, whole, _score(whole)
                        break
                    policy[when, where] = old
                else:
                    continue
                break
            else:
                break
        return score[0], policy

    def _near(self, time: int, state: int, policy: np.ndarray) -> list[tuple[int, int]]:
        """A place and those that may follow it within two steps, if they have a choice."""
        game, out, layer = self.game, [(time, state)], {state}
        for when in range(time + 1, min(time + 3, game.horizon)):
            rows = [s * game.num_joint + j for s in layer for j in np.unique(game.deviations[policy[when - 1, s]])]
            layer = {int(s) for row in rows for s in game.after[game.first[row] : game.first[row + 1]]}
            out += [(when, s) for s in sorted(layer)]
        return [(when, s) for when, s in out if self.options[when, s].sum() > 1]


def _score(regrets: list[np.ndarray]) -> tuple[float, int]:
    """The largest gain, and at how many places: smaller is better."""
    table = np.array(regrets)
    top = round(float(table.max()), 9)
    return top, int((table > top - 1e-7).sum())
