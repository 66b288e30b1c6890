"""The game, played over all choices, gives the equilibria, costs and thresholds that were solved by hand.

All comparisons are between whole numbers and rationals. Sources of the numbers: the tables of this project's own
derivation for two and three periods; the under-provision game of K periods.
"""

import itertools
from fractions import Fraction as F
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.rollout import over_envs
from accord.games.payments import closed_form as by_hand
from accord.games.payments.day import Day
from accord.games.payments.demand import PAPER_LUMP, PAPER_THREE, PAPER_TWO, Ring, Steady, Table, TwoBanks, orders_of
from accord.games.payments.exhaustive import play_all
from accord.games.payments.game import Payments
from accord.solve.equilibria.stage import pure_equilibria
from accord.solve.tables.normal import NormalForm

UNIT = Payments().unit


def nash(units: np.ndarray) -> list[tuple[int, ...]]:
    """Pure equilibria of a game in costs, by trying every deviation."""
    return [
        cell
        for cell in itertools.product(*map(range, units.shape[1:]))
        if all(units[i][cell] == min(units[i][(*cell[:i], a, *cell[i + 1 :])] for a in range(units.shape[1 + i]))
               for i in range(units.shape[0]))
    ]  # fmt: skip


def solved(volumes, day=None, *, fee=0):
    """Equilibria in levels, each bank's cost there, and the least total, by two searches that must agree."""
    units, scale = volumes.costs(day, fee=fee)
    found = nash(units)
    assert found == pure_equilibria(NormalForm(-units, scale))
    costs = [tuple(F(int(part[cell]), scale) for part in units) for cell in found]
    return found, costs, F(int(units.sum(axis=0).min()), scale)


TWO_PERIODS = {
    "paper": PAPER_TWO,
    "twenty": TwoBanks((0.2, 0.0), (0.2, 0.0)),
    "twice": TwoBanks((0.2, 0.2), (0.2, 0.2)),
    "late": TwoBanks((0.1, 0.3), (0.1, 0.3)),
}


@cache
def two_periods():
    table = np.concatenate([orders_of(demand, UNIT).cents for demand in TWO_PERIODS.values()])
    return play_all(Payments(Table(table)))


def two(name: str, **rates):
    return solved(two_periods().under(**rates), list(TWO_PERIODS).index(name))


@pytest.mark.parametrize("r_d", [0.2, 0.05, 0.08, 0.12])
def test_the_paper_s_two_periods(r_d: float):
    assert two("paper", r_d=r_d) == ([(0, 4)], [(0, F(2, 100))], F(2, 100))
    assert by_hand.two_period_equilibrium(("0", "0.15"), ("0.15", "0.05")) == (0, F(1, 5))


def test_other_demands_of_two_periods():
    assert two("twenty") == ([(4, 4)], [(F(2, 100), F(2, 100))], F(4, 100))
    cells, costs, best = two("twenty", r_d=0.05)
    assert cells == [(0, 4), (1, 3), (2, 2), (3, 1), (4, 0)] and best == F(3, 100)
    assert costs[0] == (F(1, 100), F(2, 100)) and {sum(pair) for pair in costs} == {F(3, 100)}
    for r_d in (0.2, 0.05):
        assert two("twice", r_d=r_d) == ([(4, 4)], [(F(2, 100), F(2, 100))], F(4, 100))
        assert two("late", r_d=r_d) == ([(6, 6)], [(F(3, 100), F(3, 100))], F(6, 100))
    assert two("paper", r_c=0.4, r_b=0.1) == ([(0, 0)], [(F(15, 1000), F(5, 100))], F(65, 1000))


@pytest.mark.parametrize(
    ("r_c", "r_d", "r_b"),
    [(r_c, r_d, r_b) for r_c in (0.0, 0.1, 0.2, 0.3, 0.5) for r_d in (0.1, 0.2) for r_b in (0.1, 0.3)],
)
def test_best_responses_for_every_order_of_rates(r_c: float, r_d: float, r_b: float):
    rates = by_hand.Rates.of(r_c, r_d, r_b)
    for day, demand in enumerate(TWO_PERIODS.values()):
        units, scale = two_periods().under(r_c=r_c, r_d=r_d, r_b=r_b).costs(day)
        for other in range(21):
            received = min(F(other, 20), by_hand.rational(demand.second[0]))
            arguments = (*demand.first, received, rates)
            own = [F(int(units[0, level, other]), scale) for level in range(21)]
            assert own == [by_hand.two_period_cost(F(level, 20), *arguments) for level in range(21)]
            low, high = by_hand.best_response(*arguments)
            assert [F(a, 20) for a in range(21) if own[a] == min(own)] == [
                F(a, 20) for a in range(21) if low <= F(a, 20) <= high
            ]


def test_best_responses_are_the_five_rules():
    rule = lambda *rates: by_hand.best_response("0.1", "0.3", "0.05", by_hand.Rates.of(*rates))
    a, b = F(1, 10), F(35, 100)
    assert rule(0.1, 0.2, 0.4) == (b, b) and by_hand.best_response(
        "0.1", "0", "0.05", by_hand.Rates.of(0.1, 0.2, 0.4)
    ) == (a, a)
    assert rule(0.2, 0.1, 0.4) == (b, b)
    assert rule(0.2, 0.4, 0.1) == (a, a)
    assert rule(0.4, 0.3, 0.2) == (a, a)
    assert rule(0.6, 0.3, 0.2) == (0, 0)
    assert rule(0.4, 0.2, 0.4) == (a, b) and rule(0.5, 0.3, 0.2) == (0, a)  # ties


@cache
def three_periods():
    return play_all(Payments(PAPER_THREE))


def test_three_periods():
    for r_d in (0.06, 0.08, 0.2):
        assert solved(three_periods().under(r_d=r_d))[:2] == ([(4, 4)], [(F(2, 100), F(2, 100))])
    assert len(solved(three_periods().under(r_d=0.05))[0]) == 6
    for r_d in (0.01, 0.02, 0.03, 0.04):
        assert solved(three_periods().under(r_d=r_d))[0] == [(3, 3)]


def test_one_day_as_a_move_is_the_same_game():
    day = Day(Payments(PAPER_THREE, decisions="liquidity"))
    units, scale = three_periods().costs()
    play = jax.jit(over_envs(lambda a, k: day.step(day.init(k), a, k)[1]))
    joint = np.array(list(itertools.product(range(21), repeat=2)), np.int32).T
    rewards = play(jnp.asarray(joint), jnp.broadcast_to(jax.random.key(0), (441,)))
    np.testing.assert_allclose(np.asarray(rewards), -units.reshape(2, 441) / scale, atol=1e-6)


# ------------------------------------------------------------------------------------------- holding back on purpose


def test_holding_back_one_unit_pays_where_a_lump_waits():
    """B's delay is 5 units without holding back, 4 with one unit held back, 5 with two (and then one is unsettled)."""
    demand = TwoBanks(PAPER_LUMP.first, PAPER_LUMP.second, PAPER_LUMP.lumps, tickets=4)
    game = Payments(demand, decisions="intraday", pay="ticket", liquidity=0.15)
    lines = [line for line, _ in game.tickets]
    plans = []  # [held, plans, periods, tickets]: B has 3 units, and first four tickets of one
    for held, old, lump in itertools.product(range(3), range(5), (False, True)):
        first = [line < 4 - held - 1 for line in lines]
        left = [line for line in lines if line < 4 and not first[lines.index(line)]]
        then = [line in left[:old] if line < 4 else lump for line in lines]
        plans.append((first, then, [True] * len(lines)))
    plans = np.array(plans, np.int32)

    def played(plan, key):
        state, late, lent = game.init(key), [], []
        for period in range(3):
            actions = tuple(jnp.stack([jnp.int32(1), plan[period, k]]) for k in range(len(lines)))
            state, _ = game.step(state, actions, key)
            late.append(jnp.sum(state.last.unsettled[1]))
            lent.append(state.last.borrowed[1])
        return sum(late), sum(lent)

    late, lent = jax.jit(over_envs(played))(
        jnp.asarray(np.moveaxis(plans, 0, -1)), jnp.broadcast_to(jax.random.key(0), (len(plans),))
    )
    unit = UNIT // 20
    late, lent = (np.asarray(x).reshape(3, 10) for x in (late, lent))
    best = [min(late[held]) for held in range(3)]
    assert [int(x) / unit for x in best] == [5, 4, 5]
    assert [int(lent[held][late[held].argmin()]) / unit for held in range(3)] == [0, 0, 1]


def test_sending_all_is_best_against_a_bank_that_sends_all():
    """40 days of three periods: no plan out of 11 shares in each period beats sending all, with any purse."""
    random = np.random.default_rng(11)
    cents = np.zeros((40, 2, 2, 3), np.int64)
    cents[:, 0, 1], cents[:, 1, 0] = random.integers(0, 9, (2, 40, 3)) * (UNIT // 20)
    game = Payments(Table(cents))
    days, plans = np.arange(40), np.array(list(itertools.product(range(0, 21, 2), repeat=2)))
    purse = random.integers(0, 9, (40, 2))
    day, plan = (part.ravel() for part in np.meshgrid(days, np.arange(len(plans)), indexing="ij"))

    def cost(day, posted, plan, key):
        state, total = game.begin(day), jnp.zeros(())
        for share in (jnp.int32(20), plan[0], plan[1], jnp.int32(20)):
            actions = {"liquidity": posted, "pay": jnp.stack([share, jnp.int32(20)])}
            state, rewards = game.step(state, actions, key)
            total = total - rewards[0]
        return total

    rows = (jnp.asarray(day), jnp.asarray(purse[day].T), jnp.asarray(plans[plan].T))
    rows = [row.astype(jnp.int32) for row in rows]
    costs = jax.jit(over_envs(cost))(*rows, jnp.broadcast_to(jax.random.key(0), day.shape))
    costs = np.asarray(costs).reshape(40, len(plans))
    assert np.all(plans[-1] == 20)
    assert np.all(costs[:, -1] <= costs.min(axis=1) + 1e-6)
    assert np.ptp(costs, axis=1).max() > 0.1  # it matters what one sends


# ----------------------------------------------------------------------------------------------- K equal periods


def test_delay_coefficients():
    periods = range(1, 12)  # as days of one table: near full cover more empty periods at the end change nothing
    days = [orders_of(Steady(periods=k, rest=12 - k), UNIT).cents for k in periods]
    delay = play_all(Payments(Table(np.concatenate(days)), collateral=(0.2,))).delay
    step = UNIT // 100  # one level of a collateral of 0.2
    for day, k in enumerate(periods):
        assert delay[day, :, :, 20, 20].sum() == 0
        assert delay[day, 0, 1, 19, 20] == (k + 1) ** 2 // 4 * step == by_hand.own_delay(k) * step
        assert delay[day, 1, 0, 19, 20] == k**2 // 4 * step == by_hand.pushed_delay(k) * step
        assert by_hand.own_delay(k) + by_hand.pushed_delay(k) == k * (k + 1) // 2


WINDOWS = {2: (F(1, 3), F(1, 2)), 3: (F(1, 6), F(1, 4)), 4: (F(1, 10), F(1, 6)), 5: (F(1, 15), F(1, 9))}
FULL = 15  # the level of full cover: a level is D/15, so that 2D/3 and 4D/5 are on the grid
R_C = 0.1


@cache
def steady(k: int):
    """K periods of demand 0.3 each and an empty one, liquidity up to 16/15 of it."""
    return play_all(Payments(Steady(amount=0.3, periods=k), levels=17, collateral=(0.32,)))


def at(k: int, r_d, *, fee=0):
    """Equilibria, costs and least total of K periods."""
    return solved(steady(k).under(r_c=R_C, r_d=float(r_d)), fee=fee)


@pytest.mark.parametrize("k", WINDOWS)
def test_the_window_of_the_dilemma_is_tight(k: int):
    low, high = by_hand.dilemma_window(k, R_C)
    assert (low, high) == tuple(F(str(R_C)) * share for share in WINDOWS[k])
    full = (FULL, FULL)
    for r_d, nash_there, best_there in (
        (low * F(99, 100), False, False), (low * F(101, 100), False, True),
        (high * F(99, 100), False, True), (high * F(101, 100), True, True),
    ):  # fmt: skip
        r_d = F(str(round(float(r_d), 8)))
        cells, costs, best = at(k, r_d)
        assert (full in cells) == nash_there == by_hand.full_cover_is_equilibrium(k, R_C, r_d)
        assert (2 * F(str(R_C)) * F(3, 10) == best) == best_there == by_hand.full_cover_is_best(k, R_C, r_d)
        # Outside of the window some equilibrium is as good as any plan; inside none is.
        assert (min(map(sum, costs)) == best) == (nash_there == best_there)


def test_too_little_is_posted_inside_the_window():
    for r_d, ratio in ((0.04, 1.0667), (0.049, 1.1567)):
        cells, costs, best = at(2, r_d)
        assert cells == [(10, 10)] and by_hand.under_provision(2, 0.3) == F(2, 10)
        assert sum(costs[0]) / best == by_hand.two_period_anarchy(R_C, r_d)
        assert round(float(sum(costs[0]) / best), 4) == ratio
    assert at(4, 0.013)[0] == [(12, 12)] and by_hand.under_provision(4, 0.3) == F(24, 100)
    for k in (3, 5):
        assert len(at(k, float(sum(WINDOWS[k]) / 20))[0]) > 1
        with pytest.raises(ValueError, match="continuum"):
            by_hand.under_provision(k, 0.3)


@pytest.mark.parametrize("k", WINDOWS)
def test_the_fee_that_restores_full_cover(k: int):
    r_d = F(str(round(float(sum(WINDOWS[k]) * F(str(R_C)) / 2), 6)))
    least = by_hand.cover_fee(k, R_C, r_d)
    best = at(k, r_d)[2]
    for share in (F(9, 10), F(99, 100)):
        cells, costs, _ = at(k, r_d, fee=share * least)
        assert (FULL, FULL) not in cells and all(sum(pair) > best for pair in costs)
    for share in (F(101, 100), F(11, 10)):
        assert at(k, r_d, fee=share * least)[0] == [(FULL, FULL)]
    assert at(k, r_d, fee=share * least)[1] == [(best / 2, best / 2)]


def test_the_fee_of_two_periods_in_numbers():
    assert by_hand.cover_fee(2, 0.1, 0.04) == F(2, 100)
    assert [at(2, 0.04, fee=fee)[0] for fee in ("0.018", "0.0198", "0.0202", "0.022")] == [
        [(10, 10)], [(10, 10)], [(15, 15)], [(15, 15)]
    ]  # fmt: skip


def test_a_fee_below_the_window_hurts():
    """At r_d = 0.03 delay is cheap: to force full cover costs more than what it saves."""
    least = by_hand.cover_fee(2, 0.1, 0.03)
    cells, costs, best = at(2, 0.03, fee=least * F(11, 10))
    assert cells == [(FULL, FULL)] and round(float(sum(costs[0]) / best), 4) == 1.0345
    assert not by_hand.full_cover_is_best(2, 0.1, 0.03)


# ----------------------------------------------------------------------------------------------------- the ring


@pytest.mark.parametrize(
    ("banks", "mechanism", "moves"),
    [(3, "none", 0), (3, "bilateral", 0), (3, "multilateral", 3), (3, "partial", 3), (5, "partial", 5)],
)
def test_a_ring_without_liquidity_stands_still_until_it_is_netted(banks: int, mechanism: str, moves: int):
    key, rounds = jax.random.key(0), 1 if banks == 5 else banks
    ring = Ring(banks, 0.2, periods=1)
    game = Payments(ring, decisions="intraday", pay="ticket", liquidity=0.0, netting=mechanism, rounds=rounds)
    go = (jnp.ones(banks, jnp.int32),) * len(game.tickets)
    after, rewards = jax.jit(game.step)(game.init(key), go, key)
    assert int(after.last.settled.sum()) == moves * UNIT // 5
    assert int(after.last.borrowed.sum()) == (banks - moves) * UNIT // 5
    np.testing.assert_allclose(rewards, 0.0 if moves else -0.08, atol=1e-7)


def test_a_stuck_ring_is_called_a_gridlock():
    game, key = Payments(Ring(3, 0.2), decisions="intraday", liquidity=0.0), jax.random.key(0)

    @jax.jit
    def named(shares):
        return game.stuck(game.step(game.init(key), shares, key)[0])

    stuck, chain = named(jnp.full(3, 20, jnp.int32)), named(jnp.asarray([20, 20, 0], jnp.int32))
    assert stuck["gridlock"] and not stuck["deadlock"]
    assert chain["deadlock"] and not chain["gridlock"]  # the third does not submit: offset cannot help


def test_one_bank_s_liquidity_goes_around_in_a_period_of_three_rounds():
    game, key = Payments(Ring(3, 0.2), collateral=(0.2, 0.0, 0.0), rounds=3, levels=2), jax.random.key(0)
    go = {"liquidity": jnp.ones(3, jnp.int32), "pay": jnp.full(3, 20, jnp.int32)}
    step = jax.jit(game.step)
    state = step(step(game.init(key), go, key)[0], go, key)[0]
    assert int(state.owed.sum()) == 0 and state.balance.tolist() == [UNIT // 5, 0, 0]
