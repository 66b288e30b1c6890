"""What is true of a case, decided in whole numbers: the table of costs, its equilibria, the planner.

The table is the game itself played over all constant joint choices (nothing of it is written down twice); nothing here
knows a learner.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...contracts.space import AbstractContractSpace
from ...core.rollout import over_envs
from ...core.types import Actions, Array, PRNGKeyArray, Theta
from ...games.payments.closed_form import rational
from ...games.payments.exhaustive import Volumes
from ...games.payments.game import Payments
from ...games.payments.ledger import PaymentsState
from ...games.payments.two_banks import TwoBankGame
from ...solve.equilibria.mixed import mixed_two_by_two
from ...solve.equilibria.stage import dominance, pure_equilibria
from ...solve.tables.normal import NormalForm
from ...solve.tables.numbers import scaled
from .record import Cell, Exact, Mixed

MOST_PLAYS = 400_000
"""Days times joint choices up to which a table of all of them is made."""

LISTED = 25
"""Equilibria that a record lists."""

_CHUNK = 20_000


# ----------------------------------------------------------------------------------------------- playing joint choices


def played(game: Payments, joint: np.ndarray, days: Sequence[int] | None = None) -> Volumes:
    """What is charged for if all keep to one choice all day, for every day and joint choice of a list.

    Args:
        game: with one choice a step: liquidity alone, or a share to pay.
        joint: `[joint choices, agents]`.
        days: which days of the demand; None for all.
    """
    days = range(game.orders.shape[0]) if days is None else days
    day, choice = (part.ravel() for part in np.meshgrid(np.asarray(days), np.arange(len(joint)), indexing="ij"))
    seen = _in_chunks(_player(game), jnp.int32(day), jnp.int32(joint[choice].T))
    shape = (len(days), len(joint))
    formed = {
        name: np.moveaxis(leaf.sum(axis=0, dtype=np.int64).reshape(*leaf.shape[1:-1], *shape), -2, 0)
        for name, leaf in seen.items()
    }
    return Volumes(game, **formed)


@lru_cache(maxsize=8)
def _player(game: Payments) -> Callable[..., dict[str, Array]]:
    """The program behind `played`, compiled once per game."""

    def one(day: Array, actions: Actions, key: PRNGKeyArray) -> dict[str, Array]:
        def step(state: PaymentsState, _: None) -> tuple[PaymentsState, dict[str, Array]]:
            after, _rewards = game.step(state, actions, key)
            last = after.last
            same = {"posted": last.posted, "overdue": last.overdue, "credit": last.credit, "borrowed": last.borrowed}
            return after, {**same, "delay": last.unsettled}

        return jax.lax.scan(step, game.begin(day), None, length=game.horizon)[1]

    return jax.jit(over_envs(one))


def _in_chunks(run: Any, *arguments: Array) -> Any:
    """A function of many plays, the batch last, on so many at a time."""
    count = arguments[0].shape[-1]
    size = min(_CHUNK, count)
    keys, parts = jnp.broadcast_to(jax.random.key(0), (size,)), []
    for start in range(0, count, size):
        rows = np.arange(start, start + size) % count  # the last call repeats some rather than be compiled anew
        parts.append(jax.device_get(run(*(part[..., rows] for part in arguments), keys)))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=-1)[..., :count], *parts)


def all_choices(game: Payments) -> np.ndarray:
    """Every joint choice, `[joint choices, agents]`, the last bank's fastest."""
    counts = (choice_count(game),) * game.num_agents
    return np.array(list(itertools.product(*map(range, counts))), np.int32)


def choice_count(game: Payments) -> int:
    """How many constant choices a bank has: levels of liquidity, or of the share it pays."""
    return game.pay_levels if game.decisions == "intraday" else game.levels


def choice_names(base: TwoBankGame | Payments) -> tuple[str, ...]:
    """The choices in words."""
    if isinstance(base, TwoBankGame):
        return ("pay early", "delay")
    if base.decisions == "intraday":
        if base.pay_levels == 2:
            return ("wait", "pay")
        return tuple(f"pay {100 * share:.4g} %" for share in np.linspace(0, 1, base.pay_levels))
    return tuple(f"post {100 * share:.4g} %" for share in np.linspace(0, 1, base.levels))


class Table:
    """A case as tables of costs: one per day, in integers, and their mean.

    Attributes:
        form: the mean over days as a normal form (payoffs are minus costs).
        days: costs by day over a common scale, `[days, agents, choices, ..., choices]`.
        volumes: of the payments game, what was charged for.
    """

    def __init__(self, base: TwoBankGame | Payments) -> None:
        if isinstance(base, Payments) and base.decisions == "both":  # liquidity, and everybody pays what they can
            base = dataclasses.replace(base, decisions="liquidity")
        self.base, self.labels = base, choice_names(base)
        self.volumes: Volumes | None = None
        self._slopes: dict[str, np.ndarray] = {}
        if isinstance(base, TwoBankGame):
            self.form = NormalForm.of(np.array(base.payoffs, object), (self.labels,) * 2)
            self.days, self.scale = -self.form.units[None], self.form.scale
            return
        n, count = base.num_agents, choice_count(base)
        self.volumes = played(base, all_choices(base))
        shape = (n, *(count,) * n)
        units = [self.volumes.costs(day) for day in range(base.orders.shape[0])]
        self.days, self.scale = np.stack([part.reshape(shape) for part, _ in units]), units[0][1]
        mean, scale = self.volumes.costs()
        self.form = NormalForm(-mean.reshape(shape), scale, (self.labels,) * n)

    @property
    def costs(self) -> np.ndarray:
        """By day as floats, `[days, agents, choices, ..., choices]`."""
        return self.days.astype(float) / self.scale

    def transfers(self, space: AbstractContractSpace | None, theta: tuple[float, ...]) -> NormalForm:
        """What a contract pays in every joint choice: net receipts of each bank, which add up to zero."""
        if isinstance(self.base, TwoBankGame):
            other = contracted(self.base, theta)
            gain = [
                [[mine - more for mine, more in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]
                for tables in zip(self.base.costs, other.costs, strict=True)
            ]
            return NormalForm.of(np.array(gain, object))
        rates, over = scaled(np.array([rational(term) for term in theta], object))
        pays = np.tensordot(rates.astype(object), self.slopes(space).astype(object), axes=1)
        net = pays.sum(axis=0) - pays.sum(axis=1)  # received less paid, [agents, joint choices]
        return NormalForm(net.reshape(self.form.units.shape), over * self.base.unit * len(self.days))

    def slopes(self, space: AbstractContractSpace | None) -> np.ndarray:
        """`slopes` of a contract space on all joint choices."""
        assert isinstance(self.base, Payments) and space is not None
        if repr(space) not in self._slopes:
            self._slopes[repr(space)] = slopes(self.base, space, all_choices(self.base))
        return self._slopes[repr(space)]


def contracted(base: TwoBankGame, theta: tuple[float, ...]) -> TwoBankGame:
    """A table of two banks under a fee (one term) or a pact (two)."""
    return base.with_fee(theta[0]) if len(theta) == 1 else base.with_pact(theta[0], theta[1])


def slopes(game: Payments, space: AbstractContractSpace, joint: np.ndarray) -> np.ndarray:
    """Who pays whom per unit of a contract's terms, in cents over all days, `[terms, payer, payee, joint choices]`.

    The shipped contracts are linear in their terms. What a rule says is computed in floats from the ledger's signals,
    at terms of one, and rounded to whole cents: so sums are exact, and what one pays the other receives.
    """
    days, terms = game.orders.shape[0], space.num_terms
    units = np.eye(terms, dtype=np.float32)
    day, which, choice = (
        part.ravel() for part in np.meshgrid(np.arange(days), np.arange(terms), np.arange(len(joint)), indexing="ij")
    )

    def one(day: Array, actions: Actions, theta: Theta, key: PRNGKeyArray) -> Array:
        def step(state: PaymentsState, _: None) -> tuple[PaymentsState, Array]:
            after, _rewards = game.step(state, actions, key)
            return after, space.pays(theta, game.signals(state, actions, after))

        return jax.lax.scan(step, game.begin(day), None, length=game.horizon)[1]

    whole = jax.jit(over_envs(one))
    amounts = _in_chunks(whole, jnp.int32(day), jnp.int32(joint[choice].T), jnp.asarray(units[which].T))
    cents = np.rint(amounts.astype(float) * game.unit).astype(np.int64).sum(axis=0)
    n = game.num_agents
    return np.moveaxis(cents.reshape(n, n, days, terms, len(joint)).sum(axis=2), 2, 0)


# ------------------------------------------------------------------------------------------------------- what is true


def cell(form: NormalForm, profile: Sequence[int]) -> Cell:
    """A joint choice with its costs."""
    place = tuple(int(a) for a in profile)
    costs = tuple(-pay for pay in form.payoff(place))
    return Cell(place, form.named(place), tuple(map(float, costs)), float(sum(costs, Fraction(0))))


def solved(table: Table, form: NormalForm | None = None) -> Exact:
    """Everything exact about a table of costs.

    Args:
        table: of the case.
        form: the same under a contract; default without one.
    """
    form = table.form if form is None else form
    found = pure_equilibria(form)
    cells = tuple(cell(form, profile) for profile in found[:LISTED])
    totals = [-Fraction(int(form.welfare[profile]), form.scale) for profile in found]
    least = np.unravel_index(int(form.welfare.argmax()), form.welfare.shape)
    planner = cell(form, least)  # type: ignore[arg-type]
    mixed, mixed_total = _mixed(form)
    worst = max([*totals, *mixed_total], default=None)
    best = Fraction(int(-form.welfare.max()), form.scale)
    return Exact(
        kind=_kind(table, form),
        equilibria=cells,
        count=len(found),
        survivors=dominance(form, mixed=False).left,
        planner=planner,
        worst=None if worst is None else float(worst),
        best=float(min(totals)) if totals else None,
        anarchy=None if worst is None else _anarchy(worst, best),
        hindsight=hindsight(table),
        mixed=mixed,
        costs=tuple(np.round(-form.floats[i], 9).tolist() for i in range(2)) if form.num_agents == 2 else None,
        method=f"all {form.welfare.size:,} joint choices in whole numbers, iterated strict dominance",
        proof=True,
    )


def _anarchy(worst: Fraction, planner: Fraction) -> float | None:
    if planner > 0:
        return float(worst / planner)
    return 1.0 if worst == planner else None


def _kind(table: Table, form: NormalForm) -> str:
    if isinstance(table.base, TwoBankGame) and form.num_actions == (2, 2):
        rows = tuple(tuple(tuple(-pay for pay in row) for row in part) for part in form.payoffs.tolist())
        game = TwoBankGame(rows)  # type: ignore[arg-type]
        symmetric = all(game.costs[1][j][i] == game.costs[0][i][j] for i in (0, 1) for j in (0, 1))
        return game.kind if symmetric else "asymmetric"
    if form.num_agents > 3:
        return f"{form.num_agents} banks with {form.num_actions[0]} choices each"
    return " x ".join(map(str, form.num_actions)) + " choices"


def _mixed(form: NormalForm) -> tuple[Mixed | None, list[Fraction]]:
    """The one fully mixed equilibrium of a game of two by two, and its total cost."""
    if form.num_actions == (2, 2):
        for one in mixed_two_by_two(form):
            if all(len(part) == 2 for part in one.support):
                chances = tuple(float(own[0]) for own in one.strategies)
                neither = (1 - one.strategies[0][0]) * (1 - one.strategies[1][0])
                return Mixed(chances, tuple(-float(pay) for pay in one.payoffs), float(neither)), [-one.welfare]
    return None, []


def hindsight(table: Table) -> dict[str, float] | None:
    """Over days, the least total cost with the day known: what no policy that must choose before can reach."""
    if len(table.days) == 1:
        return None
    totals = table.days.sum(axis=1).reshape(len(table.days), -1).min(axis=1)
    over = [Fraction(int(total), table.scale) for total in totals]
    return {"mean": float(sum(over) / len(over)), "min": float(min(over)), "max": float(max(over))}


# -------------------------------------------------------------------------------- what remains to be gained by learners


def exploitability(table: Table, chances: np.ndarray, form: NormalForm | None = None) -> np.ndarray:
    """What each bank could save by its best reply to the others' mixed play, `[seeds, agents]`.

    Args:
        table: of the case.
        chances: `[seeds, days, agents, choices]`; a bank knows its own demand, and so the day. The best reply may
            differ from day to day, and knows how the others mix on that day: with many days this is an upper bound.
        form: the table under a contract (of one day); default without one.
    """
    costs = table.costs if form is None else -form.floats[None]
    n = costs.shape[1]
    letters = "abcdefghijklmno"[:n]
    saved = []
    for agent in range(n):
        others = [f"zs{letters[j]}" for j in range(n) if j != agent]
        against = [chances[:, :, j].swapaxes(0, 1) for j in range(n) if j != agent]
        worth = np.einsum(
            f"z{letters},{','.join(others)}->zs{letters[agent]}", costs[:, agent], *against, optimize=True
        )
        own = chances[:, :, agent].swapaxes(0, 1)
        saved.append(((worth * own).sum(axis=2) - worth.min(axis=2)).mean(axis=0))
    return np.stack(saved, axis=1)


def own_replies(game: Payments, joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For a list of joint choices, what every change of one bank's choice makes of its cost and of the total.

    Returns:
        That bank's cost, and the total, both `[joint choices, agents, own choices]`.
    """
    count, n = choice_count(game), game.num_agents
    tried = np.repeat(joint[:, None, None], n, axis=1).repeat(count, axis=2)  # [joint, bank, own, agents]
    for agent in range(n):
        tried[:, agent, :, agent] = np.arange(count)
    units, scale = played(game, tried.reshape(-1, n)).costs()
    units = units.reshape(n, len(joint), n, count).astype(float) / scale
    return np.stack([units[agent, :, agent] for agent in range(n)], axis=1), units.sum(axis=0)


def searched(game: Payments, start: np.ndarray, *, rounds: int = 40) -> Exact:
    """An equilibrium and a good plan where there are too many banks for a table.

    From a joint choice each bank in turn replies best until nobody moves: then it is an equilibrium, checked in full,
    and there may be others. The plan is found in the same way with the total in place of the own cost: nobody's change
    alone improves it, and a better one may exist.
    """
    ends, sure = [], True
    for goal in (0, 1):
        joint = np.array(start, np.int32)
        for _ in range(rounds):
            moved = False
            for agent in range(game.num_agents):
                worth = own_replies(game, joint[None])[goal][0, agent]
                if worth[joint[agent]] > worth.min() + 1e-9:
                    joint[agent], moved = int(worth.argmin()), True
            if not moved:
                break
        else:
            sure = sure and goal != 0
        ends.append(joint.copy())
    names = choice_names(game)
    cells = []
    for joint in ends:
        units, scale = played(game, joint[None]).costs()
        costs = [Fraction(int(unit), scale) for unit in units[:, 0]]
        words = tuple(names[a] for a in joint)
        cells.append(Cell(tuple(map(int, joint)), words, tuple(map(float, costs)), float(sum(costs))))
    found = cells[:1] if sure else []
    worst = found[0].total if found else None
    return Exact(
        f"{game.num_agents} banks with {choice_count(game)} choices each", tuple(found), len(found), (), cells[1],
        worst, worst, None if worst is None or cells[1].total <= 0 else worst / cells[1].total, None, None, None,
        "best replies in turn until nobody moves; the plan by coordinates", False,
    )


__all__ = [
    "Table", "all_choices", "cell", "choice_count", "choice_names", "contracted", "exploitability",
    "hindsight", "own_replies", "played", "searched", "slopes", "solved",
]
