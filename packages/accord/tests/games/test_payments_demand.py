"""Demand: recipes, tables, and the synthetic days."""

import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadSetting, UnknownName
from accord.core.settings import override
from accord.games.payments.days import CorePeriphery, Days, apportioned, profile
from accord.games.payments.demand import PAPER_LUMP, PAPER_TWO, Orders, Ring, Steady, Table, TwoBanks
from accord.games.payments.game import Payments
from accord.games.payments.settlement import matrix, ring, share_of

UNIT = 1_200_000


def test_the_paper_s_profiles():
    cents = PAPER_TWO.orders(UNIT).cents
    assert cents.shape == (1, 2, 2, 2, 1)
    assert cents[0, 0, 1, :, 0].tolist() == [0, 180_000] and cents[0, 1, 0, :, 0].tolist() == [180_000, 60_000]
    lump = PAPER_LUMP.orders(UNIT)
    assert np.argwhere(lump.lumps).tolist() == [[1, 0, 1, 0]]
    cut = TwoBanks((0.2,), (0.1,), tickets=4).orders(UNIT).cents
    assert cut[0, 0, 1, 0].tolist() == [60_000] * 4


def test_steady_and_ring():
    steady = Steady(num_agents=3, amount=0.2, periods=2, rest=1).orders(UNIT)
    assert steady.sent.tolist() == [[480_000] * 3] and not steady.cents[..., 2, :].any()
    assert (steady.cents.sum(axis=2) == steady.cents.sum(axis=1)).all()
    debts = Ring(4, 0.2).orders(UNIT)
    assert np.argwhere(debts.cents).tolist() == [[0, i, (i + 1) % 4, 0, 0] for i in range(4)]


def test_days_keep_what_they_promise():
    recipe = Days()
    days = recipe.orders(UNIT)
    assert days.shape == (380, 2, 12, 1) and not days.lumps.any()
    share = days.sent / UNIT
    assert np.allclose(share.mean(axis=0), recipe.means, rtol=0.06)  # 380 log-normal days
    assert np.allclose(np.log(share).std(axis=0), recipe.sigmas, rtol=0.1)
    hours = [days.cents[:, i, 1 - i, :, 0].sum(axis=0) @ np.arange(12) / days.sent[:, i].sum() for i in (0, 1)]
    assert hours[1] < hours[0]  # the second bank pays earlier
    assert np.array_equal(recipe.orders(UNIT).cents, days.cents)
    assert not np.array_equal(Days(seed=2).orders(UNIT).cents, days.cents)
    tickets = Days(days=5, tickets=3).orders(UNIT)
    assert tickets.cents.shape[-1] == 3 and tickets.lumps.all()


def test_a_core_and_a_periphery():
    orders = CorePeriphery(days=40).orders(UNIT)
    links = orders.cents.sum(axis=(0, 3, 4)) > 0
    assert orders.shape == (40, 15, 12, 1)
    assert links[:2, :2].tolist() == [[False, True], [True, False]]
    assert not links[2:, 2:].any() and links[2:].any(axis=1).all()  # the periphery pays the core, and nobody else
    assert orders.sent.mean() / UNIT == pytest.approx(0.4, rel=0.1)
    answered = links[:2, 2:].sum() / links[2:, :2].sum()
    assert 0.0 < answered < 1.0


def test_whole_cents_in_proportion():
    random = np.random.default_rng(3)
    weights, totals = random.random((50, 7)), random.integers(0, 1000, 50)
    parts = apportioned(weights, totals)
    assert (parts.sum(axis=1) == totals).all() and parts.min() >= 0
    assert np.abs(parts - weights / weights.sum(axis=1, keepdims=True) * totals[:, None]).max() < 1
    assert profile(12, (2.0, 3.0)).sum() == pytest.approx(1.0)


def test_recipes_are_values():
    assert TwoBanks((0.1,), (0.2,)) == TwoBanks((0.1,), (0.2,)) and hash(Days()) == hash(Days())
    cents = np.ones((1, 2, 2, 1), np.int64) * (1 - np.eye(2, dtype=int))[:, :, None]
    assert Table(cents) == Table(cents.copy()) and hash(Table(cents)) == hash(Table(cents.copy()))
    assert Table(cents) != Table(2 * cents)
    assert Payments(Table(cents)) == Payments(Table(cents.copy()))
    game = override(Payments(Steady()), ["demand.periods=4", "r_d=0.013", "levels=31"])
    assert (game.periods, game.r_d, game.actions["liquidity"].n) == (5, 0.013, 31)


def test_around_the_ring_and_back():
    amounts = np.arange(16, dtype=np.int32).reshape(4, 4) * (1 - np.eye(4, dtype=np.int32))
    around = ring(jnp.asarray(amounts))
    assert np.asarray(around)[1].tolist() == [amounts[1, 2], amounts[1, 3], amounts[1, 0]]
    assert np.array_equal(matrix(around), amounts)


def test_shares_of_large_amounts_stay_exact():
    amounts = np.array([0, 1, 19, 20, 123_456_789, 2**31 - 1], np.int32)
    for level in range(21):
        expected = [int(amount) * level // 20 for amount in amounts]
        assert np.asarray(share_of(jnp.asarray(amounts), jnp.int32(level), 21)).tolist() == expected


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Orders.of(np.zeros((1, 2, 3, 1, 1), int)), "two banks or more"),
        (lambda: Orders.of(-np.ones((1, 2, 2, 1, 1), int)), "whole cents from 0"),
        (lambda: Orders.of(np.ones((1, 2, 2, 1, 1), int)), "owes itself"),
        (lambda: Payments(TwoBanks((0.1,), (0.1, 0.2))), "the same"),
        (lambda: Payments(TwoBanks((0.0000001,), (0.1,))), "Change unit"),
        (lambda: Payments(unit=100, levels=22), "equally distant levels"),
        (lambda: Payments(unit=1_000_000_000), "lower unit"),
        (lambda: Payments(levels=1), "nothing and all"),
        (lambda: Payments(r_b=float("inf")), "rates from 0"),
        (lambda: Payments(collateral=(1.0, 1.0, 1.0)), "one for each of 2"),
        (lambda: Payments(liquidity=1.5), "0 to 1"),
        (lambda: Payments(deadline=-1), "or none"),
        (lambda: Ring(1).orders(UNIT), "two banks"),
        (lambda: Days(days=0).orders(UNIT), "at least one day"),
    ],
)
def test_bad_demand_and_settings_are_named(make, words: str):
    with pytest.raises(BadSetting, match=words):
        make()


def test_unknown_words_are_met_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'partial'"):
        Payments(netting="partal")
    with pytest.raises(UnknownName, match="Did you mean 'queue'"):
        Payments(view=("time", "quue"))
