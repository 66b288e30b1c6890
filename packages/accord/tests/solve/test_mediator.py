"""Mediators: values by hand, by polygons, by the duality with what agents can secure alone, and by other programs."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog

from accord.core.errors import BadGame, BadSetting
from accord.solve.equilibria.mixed import mixed_two_by_two
from accord.solve.equilibria.stage import security
from accord.solve.rivals.mediator import advised, delegated, punishment, strong, withstands
from accord.solve.rivals.polygon import Polygon
from accord.solve.tables.normal import NormalForm

CHICKEN = NormalForm.of([[[3, 1], [4, 0]], [[3, 4], [1, 0]]])
DILEMMA = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]])


def random_game(rng, *counts, top=10):
    return NormalForm.of(rng.integers(0, top, (len(counts), *counts)))


def public_goods(n, multiplier=F(6, 5)):
    cells = itertools.product((0, 1), repeat=n)
    table = [[multiplier * sum(cell) / n - cell[i] for i in range(n)] for cell in cells]
    return NormalForm.of(np.array(table, object).T.reshape(n, *(2,) * n))


def test_advice_in_chicken_by_hand():
    """Swerve together as often as each alone: told to swerve one expects (3 + 1) / 2 = (4 + 0) / 2, and no more."""
    found = advised(CHICKEN)
    third = F(1, 3)
    assert found.plan.tolist() == [[third, third], [third, 0]] and found.payoffs == (F(8, 3), F(8, 3))
    assert found.exact and found.welfare == F(16, 3)
    worst = advised(CHICKEN, [-1, -1])
    assert worst.welfare == F(10, 3)
    assert advised(CHICKEN, [1, 0]).payoffs == (4, 1)
    assert advised(DILEMMA).welfare == 2


def test_advice_is_obeyed_and_no_equilibrium_is_better():
    rng = np.random.default_rng(1)
    for _ in range(40):
        game = random_game(rng, 2, 2)
        best, worst = advised(game), advised(game, [-1, -1])
        for agent, part in enumerate(game.units):
            own, plan = np.moveaxis(part, agent, 0), np.moveaxis(best.plan, agent, 0)
            for told, other in itertools.permutations(range(2), 2):
                assert (plan[told] * (own[other] - own[told])).sum() <= 0
        assert best.plan.sum() == 1
        for found in mixed_two_by_two(game):
            assert worst.welfare <= found.welfare <= best.welfare


def test_delegation_by_hand():
    found = delegated(DILEMMA)
    assert found.payoffs == (2, 2) and found.threats == (1, 1) and strong(DILEMMA, found.payoffs) is True
    assert [part.tolist() for part in found.punishments] == [[0, 1], [0, 1]]
    assert delegated(DILEMMA, [-1, -1]).payoffs == (1, 1)
    assert delegated(DILEMMA, [1, 0]).payoffs == (F(5, 2), 1)  # between (2, 2) and (3, 0), at the other's threat


def test_threats_are_what_agents_can_secure():
    """Minimax theorem: holding one down by a joint plan achieves no more than it can secure by mixing."""
    rng = np.random.default_rng(2)
    for counts in [(2, 2), (3, 2), (3, 4), (2, 2, 2), (3, 2, 2)] * 4:
        game = random_game(rng, *counts)
        for agent in range(len(counts)):
            found = punishment(game, agent)
            assert found.exact and found.value == security(game, agent).mixed
            held = np.moveaxis(game.payoffs[agent], agent, 0).reshape(counts[agent], -1) @ found.point[:-1]
            assert max(held) == found.value


def test_delegation_of_two_by_polygons():
    rng = np.random.default_rng(3)
    for _ in range(40):
        game = random_game(rng, 3, 3)
        found = delegated(game)
        hull = Polygon.around((game.payoff(cell)[0], game.payoff(cell)[1]) for cell in np.ndindex(3, 3))
        for agent in range(2):
            hull = hull.above(agent, found.threats[agent])
        assert found.welfare == hull.most((1, 1))
        assert -delegated(game, [-1, -1]).welfare == hull.most((-1, -1))
        assert found.welfare >= advised(game).welfare
        assert strong(game, found.payoffs) is True
        assert all(share >= 0 for share in found.plan.flat) and found.exact


def test_nobody_stays_below_its_threat():
    game = CHICKEN
    assert withstands(game, (F(1, 2), F(3)), [0]) is False and withstands(game, (F(1), F(3)), [0]) is True
    assert withstands(game, (F(1), F(1)), [0, 1]) is False  # both swerving is better for both
    assert strong(game, (F(1), F(1))) is False and strong(game, (F(3), F(3))) is True


def test_coalitions_of_three():
    """In public goods nobody is missed by those who leave. Of three who look for a partner any two do better alone."""
    game = public_goods(3)
    found = delegated(game)
    assert found.welfare == F(3, 5) and found.threats == (0, 0, 0)
    assert strong(game, (F(1, 5),) * 3) is True
    pays = np.zeros((3, 2, 2, 2), int)
    for cell in itertools.product((0, 1), repeat=3):  # 0: point to the next agent, 1: to the one before
        for i in range(3):
            if cell[i] == 0 and cell[(i + 1) % 3] == 1:  # two who point to each other get 1 each
                pays[([i, (i + 1) % 3], *cell)] = 1
    partners = NormalForm.of(pays)
    assert delegated(partners).welfare == 2
    assert withstands(partners, (F(2, 3),) * 3, [0]) is True  # the other two pair up without it
    assert withstands(partners, (F(2, 3),) * 3, [0, 1]) is None and strong(partners, (F(2, 3),) * 3) is None


def test_pairs_against_brute_force():
    """A pair moves as one. Where a punishment is said to exist, one is found among the third's mixtures on a grid."""
    rng = np.random.default_rng(5)
    answers = []
    for _ in range(20):
        game = random_game(rng, 2, 2, 2, top=6)
        payoffs = delegated(game).payoffs
        answers.append(withstands(game, payoffs, [0, 1]))
        gains = []
        for share in np.linspace(0, 1, 11):
            moves = game.floats[:2] @ np.array([share, 1 - share]) - np.array(payoffs[:2], float)[:, None, None]
            gain = linprog(
                [0, 0, 0, 0, -1.0], A_ub=np.column_stack([-moves.reshape(2, 4), np.ones(2)]), b_ub=[0, 0],
                A_eq=[[1, 1, 1, 1, 0]], b_eq=[1], bounds=[(0, None)] * 4 + [(None, None)],
            )  # fmt: skip
            gains.append(-gain.fun)
        assert answers[-1] is None or min(gains) <= 5 / 20 + 1e-9  # half a step of the grid moves payoffs by 5 / 20
    assert answers.count(True) > 10


def test_bad_weights():
    with pytest.raises(BadSetting, match="3 weights for 2 agents"):
        delegated(CHICKEN, [1, 1, 1])
    with pytest.raises(BadGame, match="3 weights"):
        advised(CHICKEN, [1, 1, 1])
