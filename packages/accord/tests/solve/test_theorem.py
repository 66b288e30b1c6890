"""With a rich space every subgame-perfect equilibrium is efficient; drop a condition, and some are not."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import UnknownName
from accord.solve.bargaining.bargain import negotiate
from accord.solve.bargaining.claims import claims
from accord.solve.bargaining.counterexample import BOND, ERROR, FAMILIES, games, smallest
from accord.solve.bargaining.offers import capped, fine_enough, flipped, play_payoffs, read_signals, rich
from accord.solve.bargaining.sidepayments import side_payments
from accord.solve.equilibria.mixed import mixed_equilibria
from accord.solve.tables.normal import NormalForm


def random_game(draw, shape, top=3):
    """Small integers, so that ties abound."""
    return NormalForm.of(draw.integers(0, top + 1, (len(shape), *shape)))


def known(game, contracts):
    """Play under the contracts for which an equilibrium is known, and how many others there are."""
    play = [play_payoffs(game.plus(pays)) for pays in contracts]
    return [part for part in play if len(part)], sum(not len(part) for part in play)


def test_the_theorem_on_two_by_two_games_with_mixed_play():
    """150 games; all pure and mixed equilibria of play, with and without a contract; lump sums on a fine grid."""
    draw = np.random.default_rng(11)
    inefficient = mixed = broken = 0
    for seed in range(150):
        game = random_game(draw, (2, 2))
        play, unknown = known(game, rich(game, random=4, seed=seed))
        outside = play_payoffs(game)
        assert unknown == 0
        found = negotiate(play, outside, lumps=fine_enough(play, outside), best=game.best_welfare)
        assert found.efficient, (game.units.tolist(), found.sentence())
        assert all(claim.efficient for claim in claims(play, outside, best=game.best_welfare))
        inefficient += any(sum(row) < game.best_welfare for row in outside)
        mixed += any(value.denominator > 1 for value in outside.ravel())
        broken += not negotiate(play, outside, best=game.best_welfare).efficient
    assert inefficient == 92 and mixed == 33  # there was something to mend, and mixed play did occur
    assert broken > 60  # and without lump sums it is not mended


def test_the_theorem_on_larger_games_of_two_with_all_extreme_mixed_equilibria():
    pytest.importorskip("pygambit")
    draw = np.random.default_rng(12)
    inefficient = 0
    for number in range(60):
        game = random_game(draw, ((2, 3), (3, 2), (3, 3))[number % 3])
        outside = np.array([list(one.payoffs) for one in mixed_equilibria(game)], object)
        play, _ = known(game, rich(game, random=3, seed=number))
        found = claims(play, outside, best=game.best_welfare)
        assert found and all(claim.efficient and claim.welfare == (game.best_welfare,) for claim in found)
        inefficient += any(sum(row) < game.best_welfare for row in outside)
    assert inefficient == 45


def test_the_theorem_on_games_of_three_whatever_is_played_without_a_contract():
    """120 games. Play without a contract is worth some mixture of the table's cells: its welfare is at most the best.

    A contract secures the best welfare whatever that is (`reserved` at every cell), and outcomes must have at least as
    much: so mixed disagreement, and mixed play under the contracts left out, are covered without computing them.
    """
    draw = np.random.default_rng(13)
    without_pure = left_out = inefficient = 0
    for number in range(120):
        shape = ((2, 2, 2), (2, 2, 3), (2, 1, 2))[number % 3]
        game = random_game(draw, shape)
        proposer = number % 3
        play, unknown = known(game, rich(game, random=3, seed=number))
        cells = [game.payoff(profile) for profile in itertools.product(*map(range, shape))]
        for outside in (play_payoffs(game), np.array(cells, object)):
            if len(outside):
                found = claims(play, outside, proposer=proposer, best=game.best_welfare)
                assert all(claim.efficient and claim.welfare == (game.best_welfare,) for claim in found)
            else:
                without_pure += 1
        left_out += unknown
        inefficient += any(sum(row) < game.best_welfare for row in play_payoffs(game))
    assert (without_pure, left_out, inefficient) == (7, 106, 79)


def test_the_theorem_on_games_of_three_with_lump_sums_on_a_grid():
    draw = np.random.default_rng(14)
    checked = 0
    for number in range(30):
        game = random_game(draw, (2, 2, 2), top=2)
        play, _ = known(game, rich(game, random=1, seed=number))
        outside = play_payoffs(game)
        if len(outside):
            lumps = fine_enough(play, outside, proposer=1)
            assert negotiate(play, outside, lumps=lumps, proposer=1, best=game.best_welfare).efficient
            checked += 1
    assert checked == 29


def test_coarse_lump_sums_are_not_enough():
    """Play worth (0, 3) under the contract, (2, 0) without: a tick of 2 leaves too little for a sure answer."""
    play, outside = [[(0, 3)]], [(2, 0)]
    assert negotiate(play, outside, lumps=[(-2 * k, 2 * k) for k in range(-3, 4)]).welfare == (2, 3)
    assert negotiate(play, outside, lumps=fine_enough(play, outside)).welfare == (3,)


# ----------------------------------------------------------------------------------------------------- counterexamples

SMALLEST = {
    "no-lump-sums": [[[0, 2]], [[1, 0]]],
    "one-price": [[[0, 1], [2, 3]], [[2, 3], [1, 0]]],
    "noisy-signal": [[[0, 2]], [[1, 0]]],
    "second-proposer": [[[1, 5], [0, 3]], [[1, 0], [5, 3]]],
    "simultaneous-votes": [[[[0, 1]]], [[[0, 1]]], [[[1, 0]]]],
    "free-disagreement": [[[0, 2], [3, 1]], [[2, 3], [1, 0]]],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_has_a_smallest_game_with_an_inefficient_equilibrium(family):
    found = smallest(family)
    assert found is not None and found.game.units.tolist() == SMALLEST[family]
    assert found.best == found.game.best_welfare > sum(found.flaw.payoffs)
    sentence = found.sentence()
    assert found.dropped in sentence and found.flaw.words in sentence


@pytest.mark.parametrize("family", FAMILIES)
def test_with_all_conditions_the_same_game_has_none(family):
    game = NormalForm.of(SMALLEST[family])
    play, _ = known(game, rich(game))
    assert negotiate(play, play_payoffs(game), lumps=fine_enough(play, play_payoffs(game))).efficient


def test_games_come_once_each_in_order_of_size():
    two = list(games((2, 2), 3))
    assert len(two) == 24**2 and len({game.units.tobytes() for game in two}) == len(two)
    assert all(len(set(part.ravel())) == 4 for game in two[:50] for part in game.units)
    sums = [int(game.units.sum()) for game in games((1, 2), 3)]
    assert sums == sorted(sums) and len(list(games((1, 2), 3))) == 12**2 - 6**2
    with pytest.raises(UnknownName, match="one-price"):
        smallest("one-prize")


def test_without_a_price_of_its_own_for_each_agent():
    """By hand: the best joint action (0, 1) needs agent 0 to lose by its last action, and agent 1 not to."""
    game = NormalForm.of(SMALLEST["one-price"])
    gain0 = {b: int(game.units[0][1, b] - game.units[0][0, b]) for b in (0, 1)}
    gain1 = {a: int(game.units[1][a, 1] - game.units[1][a, 0]) for a in (0, 1)}
    assert gain0 == {0: 2, 1: 2} and gain1 == {0: 1, 1: -1}  # a price above 2 is needed, one below 1 allowed


def test_the_noisy_signal_is_beyond_the_bond_by_hand():
    """Agent 1 gains 1 by its first action; a bond of 1 and an error of 1/3 move its payoff by 2/3 at most."""
    game = NormalForm.of(SMALLEST["noisy-signal"])
    told = [read_signals(flipped((1, 2), ERROR), pays) for pays in capped(2, 2, BOND)]
    assert max(part[1][0, 1] - part[1][0, 0] for part in told) == F(2, 3) < 1
    assert all(play_payoffs(game.plus(part)).shape == (1, 2) for part in told)


def test_signals_are_probabilities_and_transfers_their_means():
    chances = flipped((2, 3), F(1, 4))
    assert chances.shape == (6, 2, 3) and np.all(chances.sum(axis=0) == 1)
    assert chances[0, 0, 0] == F(9, 16) and chances[0, 1, 2] == F(1, 4) * F(1, 8)
    assert np.all(flipped((2, 2), 0).reshape(4, 4) == np.eye(4, dtype=int))
    assert np.all(flipped((2,), F(1, 2)) == F(1, 2))
    assert len(capped(2, 2, 1)) == 9 and len(capped(3, 1, 1)) == 7


def test_two_who_promise_at_once_defect_where_one_proposer_brings_cooperation():
    game = NormalForm.of(SMALLEST["second-proposer"])
    solved = side_payments(game, 2, F(1, 2))
    assert solved.excluded and not solved.equilibria.attains and (F(1), F(1)) in solved.supported
