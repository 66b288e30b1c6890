"""The compensation mechanism: closed form, brute force, and what ties do to it."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.solve.bargaining.compensation import compensate, reward_cooperation
from accord.solve.equilibria.mixed import mixed_two_by_two
from accord.solve.tables.normal import NormalForm

DILEMMA = NormalForm.of([[[2, -1], [4, 0]], [[2, 4], [-1, 0]]])


def quadratic(gain, cost, harm):
    """Profit gain x - cost x^2 / 2 and harm x^2 / 2, up to the level that firm 0 chooses on its own."""
    levels = range(int(F(gain) / cost) + 1)
    return [gain * x - F(cost) * x * x / 2 for x in levels], [F(harm) * x * x / 2 for x in levels]


def brute(profit, harm, prices, penalty):
    """By the definition: announcements, a level after each pair of them, no profitable deviation at any node."""
    grid, levels = range(len(prices)), range(len(profit))

    def pay(i, j, x):
        first = profit[x] - prices[j] * x - penalty * (prices[i] - prices[j]) ** 2
        return first, prices[i] * x - harm[x]

    best = {}
    for i, j in itertools.product(grid, grid):
        top = max(pay(i, j, x)[0] for x in levels)
        best[i, j] = [x for x in levels if pay(i, j, x)[0] == top]
    found = set()
    for i, j in itertools.product(grid, grid):
        for x in best[i, j]:
            mine, yours = pay(i, j, x)
            worst = lambda i, j, agent: min(pay(i, j, x)[agent] for x in best[i, j])
            if all(mine >= worst(k, j, 0) for k in grid) and all(yours >= worst(i, k, 1) for k in grid):
                found.add((prices[i], prices[j], x, mine, yours))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_all_equilibria_of_the_two_firms_and_no_other_ones(seed):
    draw = np.random.default_rng(seed)
    profit, harm = draw.integers(0, 6, 4).tolist(), draw.integers(0, 6, 4).tolist()
    prices, penalty = [F(k, 2) for k in range(6)], F(1, 1 + seed % 3)
    found = compensate(profit, harm, prices, penalty).outcomes
    assert {(*one.prices, one.level, *one.payoffs) for one in found} == brute(profit, harm, prices, penalty)
    assert all(one.welfare == sum(one.payoffs) for one in found)  # in equilibrium the prices agree: payments cancel


@pytest.mark.parametrize(("gain", "cost", "harm"), [(6, 1, 1), (6, 1, 2), (12, 2, 1), (8, 1, 1)])
def test_the_smooth_mechanism_in_closed_form(gain, cost, harm):
    """x* = gain / (cost + harm) at the price harm * x*, the marginal harm (derived); levels in between don't tie."""
    profit, loss = quadratic(gain, cost, harm)
    level = F(gain, cost + harm)
    assert level.denominator == 1
    found = compensate(profit, loss, [F(k, 2) for k in range(2 * gain + 1)])
    assert found.separated and found.efficient and found.best_levels == (level,)
    assert (harm * level, harm * level) in {one.prices for one in found.outcomes}
    assert found.price is not None
    low, high = found.price
    assert low <= harm * level <= high == harm * level + F(cost, 2)
    assert found.best == gain * level - (cost + harm) * level**2 / 2


def test_without_the_mechanism_the_firm_does_too_much():
    profit, loss = quadratic(6, 1, 1)
    alone = compensate(profit, loss, [0])
    assert [one.level for one in alone.outcomes] == [6] and alone.welfare == (0,) and alone.best == 9


def test_a_grid_that_separates_levels_leaves_no_inefficient_equilibrium():
    """The derived condition, on random games; without it, some of them have an inefficient equilibrium."""
    draw = np.random.default_rng(1)
    fine = coarse = broken = 0
    for _ in range(150):
        slopes = np.sort(draw.integers(0, 6, 3))[::-1]
        profit, harm = [0, *np.cumsum(slopes).tolist()], [0, *np.cumsum(draw.integers(0, 6, 3)).tolist()]
        found = compensate(profit, harm, [F(k, 2) for k in range(-2, 14)])
        if found.separated:
            assert set(found.welfare) <= {found.best}
            fine += 1
        found = compensate(profit, harm, range(0, 6))
        coarse += not found.separated
        broken += any(value < found.best for value in found.welfare)
    assert fine > 50 and coarse > 50 and broken > 10


def test_whole_prices_and_whole_slopes_leave_an_inefficient_equilibrium():
    """Profit 4x - x(x+1)/2 and harm x(x+1): the best level is 1, worth 3 - 2; yet nothing at price 3 is stable too.

    At 3 the firm is indifferent between 0 and 1. The sufferer would like 1 (3 - 2 > 0), but whatever other price it
    announces may be followed by a level that is no better for it than 0.
    """
    profit, harm = [4 * x - F(x * (x + 1), 2) for x in range(5)], [x * (x + 1) for x in range(5)]
    found = compensate(profit, harm, range(6))
    assert found.welfare == (0, 1) and found.best == 1 and not found.separated
    assert [(one.level, one.prices[0]) for one in found.outcomes] == [(1, 2), (0, 3), (1, 3)]
    assert compensate(profit, harm, [F(k, 2) for k in range(11)]).efficient


# --------------------------------------------------------------------------------------------------------- the dilemma


def test_paying_for_cooperation_loses_one_step_at_most():
    """Both announce 2, the temptation: cooperation ties with defection, and play has a continuum of equilibria.

    The other one could break the tie for one step more, so nobody loses more than that by it (derived): welfare is
    anything from 4 - step to 4.
    """
    for step in (F(1), F(1, 2), F(1, 4), F(1, 8)):
        rewards = [k * step for k in range(int(4 / step) + 1)]
        found = reward_cooperation(DILEMMA, rewards)
        assert found.attains and found.welfare == (4 - step, 4)
        efficient = [one for one in found.outcomes if one.high == (2, 2)]
        assert (2, 2) in {tuple(rewards[k] for k in one.announcements) for one in efficient}


def test_rewards_pair_by_pair():
    rewards = range(4)
    play = {}
    for s, t in itertools.product(rewards, rewards):
        first = DILEMMA.units[0] - s * np.array([[1, 0], [1, 0]]) + t * np.array([[1, 1], [0, 0]])
        second = DILEMMA.units[1] + s * np.array([[1, 0], [1, 0]]) - t * np.array([[1, 1], [0, 0]])
        play[s, t] = {one.payoffs for one in mixed_two_by_two(NormalForm.of(np.array([first, second])))}
    worst = lambda s, t, agent: min(x[agent] for x in play[s, t])
    expected = {
        x for (s, t), points in play.items() for x in points
        if x[0] >= max(worst(k, t, 0) for k in rewards) and x[1] >= max(worst(s, k, 1) for k in rewards)
    }
    found = reward_cooperation(DILEMMA, rewards).outcomes
    assert {one.high for one in found} <= expected
    within = lambda x, one: all(a <= v <= b for v, a, b in zip(x, one.low, one.high, strict=True))
    assert all(any(within(x, one) for one in found) for x in expected)


def test_complaints():
    with pytest.raises(BadGame, match="profit has 2 levels, harm 1"):
        compensate([0, 1], [0], [0])
    with pytest.raises(BadSetting, match="penalty=0"):
        compensate([0, 1], [0, 1], [0], 0)
    with pytest.raises(BadGame, match=r"expected \(2, 2\)"):
        reward_cooperation(NormalForm.of(np.zeros((2, 2, 3), int)), [0])
