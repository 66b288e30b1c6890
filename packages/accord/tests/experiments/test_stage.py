"""The closed-form prices, by enumeration of profiles."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from accord.experiments.stage import dominance_price, gain_of_deviating, optimum, payoffs

_spec = importlib.util.spec_from_file_location("tiny", Path(__file__).with_name("tiny.py"))
tiny = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tiny)


@pytest.mark.parametrize(("players", "price"), [(2, 0.40), (4, 0.70), (8, 0.85)])
def test_public_goods(players, price):
    """Investing is dominant from 1 - 1.2 / n on (Christoffersen et al. 2023, public goods with multiplier 1.2)."""
    assert dominance_price(tiny.Goods(num_agents=players), tiny.Fine()) == pytest.approx(price, abs=1e-5)


def test_taking_by_hand():
    """Two agents, 1 for a take, 0.75 lost by everybody per take: a take nets 0.25 for the taker and -0.5 for both."""
    table = payoffs(tiny.Commons(), tiny.Fine(), 0.0)
    np.testing.assert_allclose(table[0], [[0.0, -0.75], [0.25, -0.5]], atol=1e-6)
    np.testing.assert_allclose(table[1], table[0].T, atol=1e-6)
    assert optimum(table) == (0, 0)
    assert gain_of_deviating(table, (0, 0)) == pytest.approx(0.25)
    assert dominance_price(tiny.Commons(), tiny.Fine()) == pytest.approx(0.25, abs=1e-5)


def test_a_range_that_is_too_small():
    assert dominance_price(tiny.Goods(num_agents=8), tiny.Fine(high=(0.5,))) is None
