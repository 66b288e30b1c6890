"""Two who promise side payments at once: against enumeration pair by pair, and hand-derived solo payoffs."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.solve.bargaining.bargain import negotiate
from accord.solve.bargaining.offers import fine_enough, play_payoffs, rich
from accord.solve.bargaining.sidepayments import side_payments, solo_payoffs
from accord.solve.equilibria.components import components
from accord.solve.equilibria.mixed import mixed_two_by_two
from accord.solve.tables.normal import NormalForm

DILEMMA = NormalForm.of([[[2, -1], [4, 0]], [[2, 4], [-1, 0]]])
HALF = F(1, 2)


def inside(point, box):
    return all(low <= x <= high for x, low, high in zip(point, *box, strict=True))


# ---------------------------------------------------------------------------------------------- many games at once


@pytest.mark.parametrize("top", [1, 2, 6])
def test_components_hold_all_extreme_equilibria_of_every_game(top):
    """Small tops make ties, hence continua of equilibria."""
    draw = np.random.default_rng(top)
    units = draw.integers(-top, top + 1, (300, 2, 2, 2))
    found = components(units)
    boxes = 0
    for number, table in enumerate(units):
        known = {one.payoffs for one in mixed_two_by_two(NormalForm.of(table))}
        mine = found.boxes(number)
        corners = {corner for box in mine for corner in itertools.product(*zip(*box, strict=True))}
        assert corners <= known and all(any(inside(x, box) for box in mine) for x in known)
        least = tuple(found.values[rank] for rank in found.least[number])
        assert least == tuple(min(x[i] for x in known) for i in (0, 1))
        boxes += any(low != high for low, high in mine)
    assert boxes > 0 or top == 6


def test_a_continuum_of_equilibria_is_a_box():
    """Agent 1 does not care while agent 0 plays its first action, so agent 0 gets anything from 0 to 2."""
    found = components(np.array([[[[2, 0], [0, 0]], [[1, 1], [0, 0]]]]))
    assert found.boxes(0)[0] == ((F(0), F(1)), (F(2), F(1)))


# ---------------------------------------------------------------------------------------------------- pair by pair


def one_by_one(game, most):
    """Payoffs of extreme equilibria of play that some pair of promises supports, by the definition."""
    grid = [np.array(row).reshape(2, 2) for row in itertools.product(range(most + 1), repeat=4)]
    after = {}

    def play(t0, t1):
        net = t0 - t1
        key = net.tobytes()
        if key not in after:
            payoffs = [game.units[0] - net, game.units[1] + net]
            after[key] = {one.payoffs for one in mixed_two_by_two(NormalForm.of(np.array(payoffs)))}
        return after[key]

    first = [max(min(x[0] for x in play(s, t)) for s in grid) for t in grid]
    second = [max(min(x[1] for x in play(s, t)) for t in grid) for s in grid]
    return {
        x for i, s in enumerate(grid) for j, t in enumerate(grid) for x in play(s, t)
        if x[0] >= first[j] and x[1] >= second[i]
    }


@pytest.mark.parametrize("seed", range(6))
def test_outcomes_agree_with_every_pair_of_promises(seed):
    draw = np.random.default_rng(seed)
    game = NormalForm.of(draw.integers(0, 4, (2, 2, 2)))
    expected = one_by_one(game, 1)
    found = side_payments(game, 1).equilibria.outcomes
    boxes = [(one.low, one.high) for one in found]
    assert all(any(inside(x, box) for box in boxes) for x in expected)
    assert {high for _, high in boxes} <= expected


def test_promises_of_nothing_leave_the_game_as_it_is():
    found = side_payments(DILEMMA, 0)
    assert found.supported == ((0, 0),) and found.solo == (0, 0) and not found.equilibria.attains


# --------------------------------------------------------------------------------------------- the prisoner's dilemma


def test_solo_payoffs_by_hand():
    """Alone, agent 0 makes agent 1 cooperate while it defects itself: it pays a little more than agent 1 loses there.

    That loss is 1 at (defect, cooperate), so agent 0 gets 4 - 1 = 3 but for the step: 2, 2.5, 2.75.
    """
    for step in (F(1), HALF, F(1, 4)):
        assert solo_payoffs(DILEMMA, 2, step) == (3 - step, 3 - step)


@pytest.mark.parametrize("most", [2, 3])
def test_the_dilemma_has_no_efficient_equilibrium_if_both_promise(most):
    """Derived: each can undo the other's promises and then get nearly 3, but there are only 4 to share."""
    found = side_payments(DILEMMA, most, HALF)
    assert found.equilibria.outcomes and not found.equilibria.attains and found.excluded
    assert found.equilibria.best == 4 and max(found.equilibria.welfare) == F(13, 4)
    assert (F(0), F(0)) in found.supported
    assert "no equilibrium attains it" in found.equilibria.sentence()


def test_one_proposer_with_an_answer_brings_the_dilemma_to_its_best():
    play = [play_payoffs(DILEMMA.plus(pays)) for pays in rich(DILEMMA)]
    outside = play_payoffs(DILEMMA)
    found = negotiate(play, outside, lumps=fine_enough(play, outside), best=DILEMMA.best_welfare)
    assert found.efficient and found.welfare == (4,)


def test_a_coarse_step_invents_an_efficient_equilibrium():
    """With a step of 1 each secures just 2, and (2, 2) passes; any smaller step shows that it does not."""
    assert side_payments(DILEMMA, 3).equilibria.attains and not side_payments(DILEMMA, 3).excluded


def test_a_game_without_a_dilemma_stays_efficient():
    harmony = NormalForm.of([[[3, 1], [2, 0]], [[3, 2], [1, 0]]])
    found = side_payments(harmony, 2, HALF)
    assert found.equilibria.efficient and found.solo == (3, 3)


def test_scales_do_not_matter():
    """Payoffs and promises in thirds are the same game."""
    third = NormalForm.of([[[F(2, 3), F(-1, 3)], [F(4, 3), 0]], [[F(2, 3), F(4, 3)], [F(-1, 3), 0]]])
    small, large = side_payments(third, F(2, 3), F(1, 3)), side_payments(DILEMMA, 2)
    assert [3 * value for value in small.equilibria.welfare] == list(large.equilibria.welfare)


def test_complaints():
    with pytest.raises(BadGame, match=r"\(2, 3\) actions"):
        side_payments(NormalForm.of(np.zeros((2, 2, 3), int)), 1)
    with pytest.raises(BadSetting, match="multiple of the step"):
        side_payments(DILEMMA, 1, F(2, 3))
    with pytest.raises(BadSetting, match="pairs of promises"):
        side_payments(DILEMMA, 9)
    with pytest.raises(BadGame, match=r"\(games, 2, 2, 2\)"):
        components(np.zeros((1, 2, 3, 2), int))
