"""The cheapest contract that makes a target an equilibrium: a linear program over transfers.

Incentives are rows in the terms (`incentives.py`), far more of them than ever bind. So the program begins with none and
is given the rows that its last answer breaks, until integers find none broken: then the answer is optimal for all rows,
and has been checked against each of them. What cannot be implemented comes with its proof: deviations, and weights with
which they gain together whatever the terms are.

Source: the program of "k-implementation" after Monderer and Tennenholtz 2004, carried from one move to Markov games by
the one-shot deviation principle; rows on demand are cutting planes, after Kelley 1960.
"""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..programs.linear import Optimum
from ..tables.normal import NormalForm
from ..tables.numbers import said
from ..tables.tabular import Tabular
from .deterrence import Demands, Program
from .features import Features, actions_of, indicators
from .incentives import Frame, Incentives, Temptation, incentives

_PLAIN = {"objective": "total", "margin": 0, "outside": None, "cap": None, "signing": False}


@dataclasses.dataclass(frozen=True)
class Conflict:
    """A deviation (or an agent's participation) with its weight in a proof that a target cannot be implemented."""

    weight: Fraction
    temptation: Temptation | None
    agent: int
    """Whose deviation, or who would not take part."""

    def __str__(self) -> str:
        what = str(self.temptation) if self.temptation else f"agent {self.agent} would not sign"
        return f"{said(self.weight)} x {what}"


@dataclasses.dataclass(frozen=True)
class CheapestContract:
    """The answer of `cheapest`."""

    feasible: bool
    mode: str
    objective: str
    margin: Fraction
    """Every deviation loses at least this much."""

    names: tuple[str, ...]
    theta: tuple[Fraction, ...]
    """The terms; if infeasible, those under which the best deviation gains least."""

    signing: tuple[Fraction, ...]
    """What each agent receives at signing."""

    cost: Fraction | None
    infimum: Fraction | None
    """The cost at margin 0. With strict incentives it is approached, never reached."""

    values: tuple[Fraction, ...]
    """What each agent gets from the start, lump sums included."""

    binding: tuple[Temptation, ...]
    """The deviations that are just deterred."""

    regret: Fraction
    """What the best deviation gains under `theta` (negative: loses)."""

    conflict: tuple[Conflict, ...]
    """If infeasible, deviations which so weighted (the weights add up to 1) gain at least `regret + margin` more than
    they may under any terms of the space."""

    rows: int
    """Deviations that were checked, in integers."""

    certified: bool
    """Whether the rational terms were put into every row in integers, and the optimum was proven in rationals."""

    message: str


def cheapest(
    game: Tabular | NormalForm, target: Any, features: Features, *, mode: str = "nash", order: tuple[int, ...] = (),
    margin: Any = 0, objective: str = "total", outside: tuple[Any, ...] | None = None, cap: Any = None,
    signing: bool = False,
) -> CheapestContract:
    """The cheapest terms under which a pure target is an equilibrium of the contracted game.

    Args:
        game: what is played without a contract.
        target: joint actions `[horizon, states]`, or a profile of a normal form.
        features: the contract space.
        mode: as in `incentives`.
        order: as in `incentives`.
        margin: what every deviation has to lose at least. At 0 ties remain: the target is an equilibrium, not the only.
        objective: "total" (the expected sum of money that changes hands on the path, and at signing), "largest" (what
            an agent nets or pays at most in a step, on or off the path) or "terms" (the sum of |theta|).
        outside: each agent's value without a contract, which it must not fall below; default no such condition.
        cap: the most that an agent may net or pay in a step.
        signing: allow lump sums at signing.

    Raises:
        BadSetting: an unknown objective or mode, a target that does not fit, a negative margin.
    """
    demands = Demands.of(objective, margin, outside, cap, signing)
    return _answered(Program(incentives(game, target, features, mode=mode, order=order), demands), mode)


def least_fines(
    game: Tabular | NormalForm, target: Any, *, mode: str = "nash", order: tuple[int, ...] = ()
) -> dict[tuple[int, int], Temptation]:
    """For every (time, state) the deviation whose gain a fine for leaving the target has to take away, and no more.

    A fine of `gain` on the best deviation deters all the others there too; to fine the largest loss that a deviation
    does to others would be more than is needed.
    """
    return incentives(game, target, mode=mode, order=order).best(np.zeros(0, object))


def next_best(
    game: Tabular | NormalForm, features: Features, *, limit: int = 4096, **settings: Any
) -> tuple[np.ndarray, CheapestContract] | None:
    """The implementable pure policy with the most welfare, by enumeration: joint actions `[horizon, states]`.

    Args:
        game: a small game.
        features: the contract space.
        limit: most policies to try.
        settings: as in `cheapest`.

    Raises:
        BadSetting: more policies than `limit`.
    """
    frame = Frame.of(game)
    places = np.argwhere(frame.reachable)
    if len(places) * np.log(frame.num_joint) > np.log(limit) + 1e-9:
        raise BadSetting(
            f"{frame.num_joint}^{len(places)} policies are more than limit={limit}. Name a target, or raise the limit."
        )
    found = []
    for choice in itertools.product(range(frame.num_joint), repeat=len(places)):
        policy = np.zeros((frame.horizon, frame.num_states), np.int64)
        policy[tuple(places.T)] = choice
        aim = np.unravel_index(choice[0], actions_of(game)) if isinstance(game, NormalForm) else policy
        welfare = sum(incentives(game, aim).values(np.zeros(0, object)), Fraction(0))
        found.append((-welfare, choice, aim, policy))
    for _, _, aim, policy in sorted(found, key=lambda entry: entry[:2]):
        contract = cheapest(game, aim, features, **settings)
        if contract.feasible:
            return policy, contract
    return None


def enriched(
    game: Tabular | NormalForm, target: Any, features: Features, *, timed: bool = False, most: int = 64,
    batch: int = 8, mode: str = "nash", order: tuple[int, ...] = (), **settings: Any,
) -> tuple[Features, CheapestContract]:
    """A space made rich enough by adding indicator terms, and the cheapest contract in it.

    Column generation: the weights that prove the space too poor price every indicator "after this state and joint
    action i pays j"; those that break the proof most are added, until the target is implementable or no indicator
    breaks the proof, which then holds for all transfers whatever.

    Args:
        game: what is played without a contract.
        target: joint actions `[horizon, states]`, or a profile of a normal form.
        features: the space to begin with.
        timed: whether an indicator stands for one step only.
        most: terms to add at most.
        batch: terms to add at a time.
        mode: as in `incentives`.
        order: as in `incentives`.
        settings: others of `cheapest`, without a cap.

    Raises:
        BadSetting: with a cap, whose weight in a proof is not priced.
    """
    demands = Demands.of(**{**_PLAIN, **settings})
    if demands.cap is not None:
        raise BadSetting(f"cap={demands.cap} with terms on demand. Enrich the space first, then ask for the cap.")
    added: list[tuple[int | None, int, int, int]] = []
    while True:
        space = features.and_also(indicators(game, added)) if added else features
        program = Program(incentives(game, target, space, mode=mode, order=order), demands)
        proof = program.proof() if len(added) < most else None
        new = [move for move in program.priced(*proof, timed) if move not in added][:batch] if proof else []
        if not new:
            return space, _answered(program, mode)
        added += new[: most - len(added)]


def _answered(program: Program, mode: str) -> CheapestContract:
    """The program's optimum as a record, or why there is none."""
    demands, rows = program.demands, program.rows
    found = program.search(demands.margin, False)
    if found.status == "infeasible":
        return _refused(program, mode)
    loose = program.search(Fraction(0), False) if demands.margin else found
    theta, exact = program.answer(found)
    lump = tuple(found.point[program.terms : program.terms + program.lumps]) or (Fraction(0),) * program.agents
    regret = rows.regret(theta)
    text = f"Implemented ({mode}) at cost {said(found.value)} ({demands.objective})."
    if demands.margin:
        text += f" The infimum {said(loose.value)}, at margin 0, is not attained with strict incentives."
    elif regret == 0:
        text += " Ties remain at margin 0, and with them other equilibria; ask for a margin."
    return CheapestContract(
        True, mode, demands.objective, demands.margin, rows.features.names, tuple(theta), lump, found.value,
        loose.value, tuple(value + extra for value, extra in zip(rows.values(theta), lump, strict=True)),
        _binding(rows, theta, demands.margin), regret, (), rows.num_rows,
        exact and rows.deters(theta, demands.margin), text,
    )


def _refused(program: Program, mode: str) -> CheapestContract:
    """The proof that nothing fits, and the terms that come nearest."""
    demands, rows = program.demands, program.rows
    none = (Fraction(0),) * program.agents
    found = program.search(demands.margin, True)
    common = (False, mode, demands.objective, demands.margin, rows.features.names)
    if found.status != "optimal":
        text = f"No terms of the space keep every transfer within cap={demands.cap}, whatever is played. Raise the cap."
        return CheapestContract(*common, (), none, None, None, none, (), Fraction(0), (), rows.num_rows, True, text)
    theta, exact = program.answer(found)
    conflict, regret = _conflict(program, found), rows.regret(theta)
    most = "; ".join(str(part) for part in conflict[:4])
    more = f"; and {len(conflict) - 4} more" if len(conflict) > 4 else ""
    text = (
        f"No terms of the space implement the target ({mode}): at best a deviation still gains {said(regret)}. Proof: "
        f"{most}{more}; so weighted they gain at least {said(found.value)} too much under all terms. Add terms "
        "(`enriched`), or choose another target (`next_best`)."
    )
    values = rows.values(theta)
    return CheapestContract(
        *common, tuple(theta), none, None, None, values, (), regret, conflict, rows.num_rows, exact, text
    )


def _binding(rows: Incentives, theta: np.ndarray, margin: Fraction) -> tuple[Temptation, ...]:
    """The deviations that lose the margin and no more."""
    out = []
    for step, part in enumerate(rows.steps):
        gains, over = part.gains(theta)
        hit = np.flatnonzero(gains * margin.denominator == -margin.numerator * over)
        out += [rows.temptation(step, int(row), theta) for row in hit]
    return tuple(out)


def _conflict(program: Program, found: Optimum) -> tuple[Conflict, ...]:
    """The multipliers of a relaxed program in words, the heaviest first."""
    theta, out = found.point[: program.terms], []
    for place, dual in zip(program.chosen, program.duals(found), strict=True):
        if dual:
            temptation = program.rows.temptation(*place, theta)
            out.append(Conflict(-dual, temptation, temptation.agent))
    for agent, dual in enumerate(program.shares(found)):
        if dual:
            out.append(Conflict(-dual, None, agent))
    return tuple(sorted(out, key=lambda part: -part.weight))
