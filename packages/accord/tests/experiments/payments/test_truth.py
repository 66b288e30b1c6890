"""The exact side of the payments cases, against closed forms, brute force and money that must add up."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.contracts.library.payments import DelayFee, LiquiditySharing
from accord.core.errors import UnknownName
from accord.experiments.payments.cases import setup
from accord.experiments.payments.catalog import CASES
from accord.experiments.payments.certificates import certificate, least_rate, risk_dominant
from accord.experiments.payments.truth import (
    Table,
    all_choices,
    exploitability,
    own_replies,
    played,
    searched,
    slopes,
    solved,
)
from accord.games.payments.days import CorePeriphery, Days
from accord.games.payments.exhaustive import play_all
from accord.games.payments.game import Payments
from accord.games.payments.two_banks import collateralised_credit, posted_liquidity, priced_credit


def test_every_case_can_be_set_up_and_a_wrong_name_is_helped():
    assert {setup(name).name for name in CASES} == set(CASES)
    with pytest.raises(UnknownName, match="two-periods"):
        setup("two-period")


def test_the_paper_s_two_periods():
    found = solved(Table(setup("two-periods").base))
    assert [(cell.profile, cell.costs) for cell in found.equilibria] == [((0, 4), (0.0, 0.02))]
    assert (found.survivors, found.anarchy, found.planner.total) == (((0,), (4,)), 1.0, 0.02)


def test_playing_a_list_is_playing_all():
    game = Payments(Days(days=3, periods=3), decisions="liquidity", levels=3)
    table, whole = Table(game), play_all(game)
    for day in range(3):
        units, scale = whole.costs(day)
        assert scale == table.scale
        np.testing.assert_array_equal(units, table.days[day])
    units, scale = whole.costs()
    np.testing.assert_array_equal(-units * F(1, scale), table.form.payoffs)
    best = min(sum(part) for part in zip(*(table.form.payoffs[i].ravel() for i in range(2)), strict=True))
    assert best <= -F(solved(table).planner.total).limit_denominator(10**12)
    by_hand = [min(float(table.costs[d, :, a, b].sum()) for a, b in np.ndindex(3, 3)) for d in range(3)]
    assert solved(table).hindsight == pytest.approx(
        {"mean": np.mean(by_hand), "min": min(by_hand), "max": max(by_hand)}
    )


def test_under_provision_and_three_contracts():
    case = setup("under-provision")
    table = Table(case.base)
    free = solved(table)
    assert [cell.profile for cell in free.equilibria] == [(4, 4)]  # two thirds of 0.3
    assert free.anarchy == pytest.approx(16 / 15) and free.planner.profile == (6, 6)
    for offer in case.offers:
        found = certificate(table, offer)
        assert found.holds and found.verdict == "gain", found
        assert found.target.costs == (0.03, 0.03)
    assert least_rate(table, case.offers[0]) == "(0.02, 0.5]"


def test_fees_read_off_the_ledger_are_the_delay_in_cents():
    case = setup("under-provision")
    assert isinstance(case.base, Payments)
    table = Table(case.base)
    assert table.volumes is not None
    np.testing.assert_array_equal(slopes(case.base, DelayFee(), all_choices(case.base))[0], table.volumes.delay[0])
    theta = case.offers[0].theta
    units, scale = table.volumes.costs(0, fee=theta[0])
    under = table.form.plus(table.transfers(DelayFee(), theta))
    np.testing.assert_array_equal(-(units.reshape(under.units.shape) * F(1, scale)), under.payoffs)


def test_every_contract_moves_money_and_makes_none():
    for name in ("under-provision", "ring", "chicken", "dilemma"):
        table = Table(setup(name).base)
        for offer in setup(name).offers:
            transfers = table.transfers(offer.space, offer.theta)
            assert not transfers.welfare.any() and transfers.units.any()
    game = Payments(CorePeriphery(3, 1), decisions="liquidity", levels=5)
    paid = slopes(game, LiquiditySharing(), all_choices(game))
    assert paid.min() >= 0 and paid.max() > 0


def test_verdicts_compare_with_the_planner_and_not_with_delay():
    verdict = lambda name, k=0: certificate(Table(setup(name).base), setup(name).offers[k])
    assert verdict("dilemma").verdict == "gain" and verdict("dilemma").holds
    assert verdict("stag-hunt").verdict == "gain" and verdict("ring").verdict == "gain"
    for name in ("chicken", "offset", "standoff", "under-provision-cheap"):
        found = verdict(name)
        assert found.verdict == "harm" and "not a gain" in found.message
        best = solved(Table(setup(name).base)).best
        assert best is not None and found.target.total > best
    pact = verdict("chicken", 1)
    assert pact.verdict == "no gain" and pact.target.costs == (0.15, 0.15)
    signed = {one.name: one.signed for one in pact.selections}
    assert signed["mixed"] and not signed["best"]
    assert verdict("standoff", 1).verdict == "gain"  # one leads and is paid for it
    assert verdict("harmony").verdict == "no gain"


def test_thresholds_are_bracketed():
    fees = ("dilemma", "stag-hunt", "chicken", "under-provision", "ring")
    for name, k in (*((name, 0) for name in fees), ("chicken", 1)):
        checks = {check.name: check for check in certificate(Table(setup(name).base), setup(name).offers[k]).checks}
        assert checks["0.99 of the threshold"].holds and checks["1.01 of the threshold"].holds, (name, checks)


def test_risk_dominance_turns_at_twice_the_delay_rate():
    form = lambda fee: Table(priced_credit(fee, "0.1")).form
    assert risk_dominant(form("0.3")) == (1, 1) and risk_dominant(form("0.15")) == (0, 0)
    assert risk_dominant(form("0.2")) is None
    assert risk_dominant(Table(collateralised_credit("0.2", "0.1")).form) is None


def test_chicken_in_mixed_play():
    found = solved(Table(posted_liquidity("0.2", "0.1", "0.4")))
    assert found.mixed is not None and found.mixed.chances == (0.75, 0.75) and found.mixed.gridlock == 0.0625
    assert found.mixed.costs == (0.2, 0.2) and found.anarchy == pytest.approx(4 / 3)


def test_exploitability_is_the_best_deviation():
    game = Payments(CorePeriphery(3, 1), decisions="liquidity", collateral=(2.0,), levels=4)
    table = Table(game)
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.ones(4), size=(2, 1, 3))
    found = exploitability(table, chances)
    for seed, bank in itertools.product(range(2), range(3)):
        worth = np.zeros(4)
        own = 0.0
        for cell in np.ndindex(4, 4, 4):
            others = np.prod([chances[seed, 0, j, cell[j]] for j in range(3) if j != bank])
            worth[cell[bank]] += others * table.costs[0, bank][cell]
            own += others * chances[seed, 0, bank, cell[bank]] * table.costs[0, bank][cell]
        assert found[seed, bank] == pytest.approx(own - worth.min(), abs=1e-12)
    joint = rng.integers(0, 4, (2, 3)).astype(np.int32)
    cost, total = own_replies(game, joint)
    for row, bank, other in itertools.product(range(2), range(3), range(4)):
        cell = [*joint[row]]
        cell[bank] = other
        assert cost[row, bank, other] == pytest.approx(table.costs[0, bank][tuple(cell)])
        assert total[row, bank, other] == pytest.approx(table.costs[0].sum(axis=0)[tuple(cell)])


def test_a_search_ends_in_an_equilibrium_of_the_table():
    game = Payments(CorePeriphery(3, 1), decisions="liquidity", collateral=(2.0,), levels=5)
    exact, found = solved(Table(game)), searched(game, np.array([4, 4, 4]))
    assert not found.proof
    assert found.equilibria[0].profile in [cell.profile for cell in exact.equilibria]
    assert found.planner.total >= exact.planner.total - 1e-12


def test_a_ring_of_fifteen_is_played_without_a_table():
    game = setup("ring-15").base
    assert isinstance(game, Payments)
    waits = np.zeros(15, np.int32)
    first = waits.copy()
    first[0] = 1
    units, scale = played(game, np.stack([waits, first, np.ones(15, np.int32)])).costs()
    assert [F(int(unit), scale) for unit in units[0]] == [F(1, 10), F(3, 10), 0]  # alone it pays the price of a debit
