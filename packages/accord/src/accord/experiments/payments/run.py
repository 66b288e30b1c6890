"""A case from end to end: what is true, what is learned, what a contract changes, and what was to be shown."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np

from ...games.payments.game import Payments
from ...games.payments.two_banks import TwoBankGame
from . import claims
from .cases import Offer, Setup, setup
from .certificates import certificate
from .learning import Learned, Progress, greedy_days, learn, reply_gains, to_learn
from .record import Case, Cell, Comparison, Curve, Exact, Institution, Outcome, Stat
from .truth import (
    MOST_PLAYS,
    Table,
    choice_count,
    choice_names,
    exploitability,
    own_replies,
    played,
    searched,
    solved,
)

SEEDS = 50
"""As many as the paper has."""

MOST_REPLIES = 3
"""Banks up to which best replies to learned payments are played out."""

POINTS = 120
"""Most points of a curve that a record keeps."""

_WIDE = 2.576
"""Standard errors on each side of a mean: 99 %."""

_MOST_SHARES = 12


def run_case(name: str, seeds: int = SEEDS, progress: Progress | None = None, *, seed: int = 0) -> Comparison:
    """Run a named case: exact answers, learners, contracts, and the claims.

    Args:
        name: one of `catalog.CASES`.
        seeds: of every learner, side by side.
        progress: told the part at hand, and how much of it is done of how much (0 of 0 if that is not known).
        seed: of all seeds.

    Raises:
        UnknownName: no such case.
    """
    begun = time.perf_counter()
    tell = progress or (lambda part, done, total: None)
    case = setup(name)
    tell("exact answers", 0, 0)
    table = table_of(case)
    main = learn(case, None, seeds=seeds, seed=seed, progress=tell)
    exact = solved(table) if table is not None else _without_table(case, main)
    first = Institution("no contract", "", (), exact, None, outcome(case, main, table, exact))
    outside = [stat.mean for stat in first.outcome.greedy]
    institutions = [first, *(_under(case, offer, table, outside, seeds, seed, tell) for offer in case.offers)]
    others = tuple(
        outcome(case, learn(case, None, learner=other, seeds=seeds, seed=seed, progress=tell), table, exact)
        for other in case.others
    )
    tell("claims", 0, 0)
    checks, notes = claims.of(case, tuple(institutions), main, others, table, seeds=seeds, seed=seed)
    return Comparison(
        described(case), tuple(institutions), others, checks, notes, _verdict(institutions),
        time.perf_counter() - begun, f"accord payments learn {name} --seeds {seeds}",
    )


def table_of(case: Setup) -> Table | None:
    """The table of all joint choices, or None where there are too many."""
    base = case.base
    if isinstance(base, TwoBankGame):
        return Table(base)
    if base.decisions == "intraday" and base.pay_levels > 2:
        return None
    if choice_count(base) ** base.num_agents * base.orders.shape[0] > MOST_PLAYS:
        return None
    return Table(base)


def described(case: Setup) -> Case:
    """The case as a record."""
    base = case.base
    count = 2 if isinstance(base, TwoBankGame) else base.num_agents
    rates = {} if isinstance(base, TwoBankGame) else {
        name: getattr(base, name) for name in ("r_c", "r_d", "r_b", "r_i") if getattr(base, name) or name != "r_i"
    }
    settings = {"updates": case.updates, **dataclasses.asdict(case.settings)}
    periods = 1 if isinstance(base, TwoBankGame) else base.periods
    return Case(case.name, case.title, bank_names(count), periods, choice_names(base), rates, settings, case.source)


def bank_names(count: int) -> tuple[str, ...]:
    """A, B, C, ..."""
    return tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[k] if count <= 26 else f"bank {k}" for k in range(count))


def _under(
    case: Setup, offer: Offer, table: Table | None, outside: list[float], seeds: int, seed: int, tell: Progress
) -> Institution:
    """The case under a contract."""
    assert table is not None, "contracts are tried on cases with a table"
    form = table.form.plus(table.transfers(offer.space, offer.theta))
    exact, signed = solved(table, form), certificate(table, offer, outside)
    found = learn(case, offer, seeds=seeds, seed=seed, progress=lambda part, a, b: tell(f"{part}, {offer.label}", a, b))
    return Institution(
        offer.label, offer.words, offer.theta, exact, signed, outcome(case, found, table, exact, form, offer)
    )


def _without_table(case: Setup, found: Learned) -> Exact:
    """What can be said where there are too many joint choices."""
    base = case.base
    assert isinstance(base, Payments)
    liquidity = dataclasses.replace(base, decisions="liquidity")
    if base.decisions == "intraday":
        whole = dataclasses.replace(liquidity, r_c=0.0)
        costs = own_cost(whole, np.full((1, base.num_agents), base.levels - 1))[0]
        all_of_it = (base.pay_levels - 1,) * base.num_agents
        words = tuple(choice_names(base)[a] for a in all_of_it)
        cell = Cell(all_of_it, words, tuple(map(float, costs)), float(costs.sum()))
        total = cell.total
        return Exact(
            "payments alone", (cell,), 1, (), cell, total, total, 1.0, None, None, None,
            "liquidity is given: everybody pays at once", total == 0.0,
        )
    start = np.full(base.num_agents, base.levels // 4)
    if found.chances is not None:
        start = np.median(found.chances[:, 0].argmax(axis=2), axis=0).astype(int)
    return searched(liquidity, start)


def _verdict(institutions: list[Institution]) -> str:
    parts = [one.certificate.message for one in institutions if one.certificate is not None]
    if parts:
        return " ".join(parts)
    exact = institutions[0].exact
    if exact.anarchy is None:
        return "No contract is tried here."
    known = "" if exact.proof else " (one equilibrium, one plan)"
    return f"The price of anarchy is {exact.anarchy:.3g}{known}" + (
        ": there is nothing that a contract could gain." if exact.anarchy <= 1.0 + 1e-9 and exact.proof else "."
    )


# ------------------------------------------------------------------------------------------------- what was learned


def stat(values: Any) -> Stat:
    """Mean over seeds and its 99 % interval."""
    values = np.asarray(values, float)
    mean = float(values.mean())
    error = _WIDE * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return Stat(mean, mean - error, mean + error)


def curve(values: np.ndarray) -> Curve:
    """The same for some updates, evenly spread, from `[updates, seeds]`."""
    points = np.unique(np.linspace(0, len(values) - 1, min(POINTS, len(values))).round().astype(int))
    values = values[points]
    mean, count = values.mean(axis=1), values.shape[1]
    error = _WIDE * values.std(axis=1, ddof=1) / np.sqrt(count) if count > 1 else np.zeros(len(mean))
    first, last = np.percentile(values, [1, 99], axis=1)
    rows = (mean, mean - error, mean + error, first, last)
    return Curve(tuple(int(k) + 1 for k in points), *(tuple(round(float(x), 6) for x in row) for row in rows))


def outcome(
    case: Setup, found: Learned, table: Table | None, exact: Exact, form: Any = None, offer: Offer | None = None
) -> Outcome:
    """What many seeds learned, as a record.

    Args:
        case: what was played.
        found: by whom.
        table: of all joint choices, if there is one.
        exact: the exact side under the same contract.
        form: the table under the contract; default without one.
        offer: the contract.
    """
    base, window = case.base, max(10, case.updates // 10)
    late = found.cost[-window:].mean(axis=0)  # [agents, seeds]
    greedy, liquidity, choice = _greedy(case, found, table, form)
    gains = _gains(case, found, table, form, choice)
    shares, distance, hits = {}, None, None
    if choice is not None:
        shares = _shares(choice, choice_names(base))
        ends = [offer.target] if offer else [cell.profile for cell in exact.equilibria]
        if ends:
            apart = np.abs(choice[:, None] - np.array(ends)[None]).sum(axis=2).min(axis=1)
            distance, hits = float(apart.mean()), float((apart == 0).mean())
    gridlock = None
    if found.chances is not None and found.chances.shape[3] == 2:
        gridlock = stat((1.0 - found.chances[:, 0, :, case.early]).prod(axis=1))
    over = lambda rows: tuple(stat(row) for row in rows)
    curves = lambda values: tuple(curve(values[:, i]) for i in range(values.shape[1]))
    return Outcome(
        found.learner, found.cost.shape[2], found.cost.shape[0], curves(found.cost), curve(found.cost.sum(axis=1)),
        () if found.posted is None else curves(found.posted), over(late), stat(late.sum(axis=0)), over(greedy),
        stat(greedy.sum(axis=0)), () if liquidity is None else over(liquidity), shares, gridlock, hits, distance,
        () if gains is None else over(gains.T), found.seconds,
    )


def _shares(choice: np.ndarray, names: tuple[str, ...]) -> dict[str, float]:
    """How many seeds end in each joint choice."""
    rows, counts = np.unique(choice, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_MOST_SHARES]

    def words(row: list[int]) -> str:
        alike = len(row) > 2 and len(set(row)) == 1
        return f"all {names[row[0]]}" if alike else ", ".join(names[a] for a in row)

    return {words(rows[k].tolist()): float(counts[k]) / len(choice) for k in order}


def _greedy(
    case: Setup, found: Learned, table: Table | None, form: Any
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Costs and liquidity `[agents, seeds]` of the most likely play; the joint choice `[seeds, agents]` of a day."""
    base = case.base
    if found.chances is None:
        assert isinstance(base, Payments)
        game = to_learn(base)
        seen = greedy_days(game, found.net, episodes=1 if base.orders.shape[0] == 1 else 64)
        if base.decisions != "both":
            return seen["cost"], None, None
        posted = seen["posted"] / game.horizon
        unit = np.array(base.cover) / base.unit / (base.levels - 1)
        return seen["cost"], posted, np.rint(posted.T / unit).astype(int)
    picks = found.chances.argmax(axis=3)  # [seeds, days, agents]
    one_day = picks[:, 0] if picks.shape[1] == 1 else None
    liquidity = None
    if isinstance(base, Payments) and base.decisions == "liquidity":
        step = np.array(base.cover) / base.unit / (base.levels - 1)
        liquidity = picks.mean(axis=1).T * step[:, None]
    if table is None:
        assert isinstance(base, Payments) and one_day is not None
        return own_cost(base, one_day).T, liquidity, one_day
    costs = table.costs if form is None else -form.floats[None]
    place = tuple(picks[:, :, i] for i in range(picks.shape[2]))
    days = np.arange(picks.shape[1])[None]
    return np.stack([costs[:, i][(days, *place)].mean(axis=1) for i in range(costs.shape[1])]), liquidity, one_day


def own_cost(game: Payments, joint: np.ndarray) -> np.ndarray:
    """Each bank's cost in joint choices, `[joint choices, agents]`."""
    units, scale = played(game, np.asarray(joint, np.int32)).costs()
    return units.T.astype(float) / scale


def _gains(
    case: Setup, found: Learned, table: Table | None, form: Any, choice: np.ndarray | None
) -> np.ndarray | None:
    """What each bank could still save, `[seeds, agents]`; None where that is too much to play out."""
    base = case.base
    if found.chances is not None and table is not None:
        return exploitability(table, found.chances, form)
    if found.chances is not None and choice is not None:
        assert isinstance(base, Payments)
        worth, _ = own_replies(base, choice.astype(np.int32))
        own = np.take_along_axis(worth, choice[:, :, None], axis=2)[:, :, 0]
        return own - worth.min(axis=2)
    if isinstance(base, Payments) and base.num_agents <= MOST_REPLIES:
        return reply_gains(to_learn(base), found.net)
    return None


__all__ = ["SEEDS", "bank_names", "curve", "described", "outcome", "own_cost", "run_case", "stat", "table_of"]
