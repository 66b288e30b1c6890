"""Declared leaders against enumeration: of commitments on a grid, and of all functions from answers to actions."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.solve.equilibria.mixed import mixed_two_by_two
from accord.solve.rivals.leader import lead, lead_by_answers, lead_mixed
from accord.solve.tables.normal import NormalForm

PUBLISHED = NormalForm.of([[[2, 4], [1, 3]], [[1, 0], [0, 2]]])
DILEMMA = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]])
CHICKEN = NormalForm.of([[[3, 1], [4, 0]], [[3, 4], [1, 0]]])


def random_game(rng, *counts, top=6):
    return NormalForm.of(rng.integers(0, top, (len(counts), *counts)))


def declared(game, mixture):
    """What a leader (agent 0) gets by a mixture, in rationals: if ties break for it, and against it."""
    own, theirs = (np.array(mixture, object) @ part.astype(object) for part in game.units)
    best = [own[k] for k in range(len(own)) if theirs[k] == max(theirs)]
    return max(best), min(best)


def grid(count, parts):
    for cut in itertools.combinations(range(parts + count - 1), count - 1):
        ends = (-1, *cut, parts + count - 1)
        yield [F(ends[k + 1] - ends[k] - 1, parts) for k in range(count)]


def test_textbook_game():
    """Conitzer and Sandholm's example: an action is worth 3, a mixture 11/3, where the follower is just indifferent."""
    assert lead(PUBLISHED).optimistic.payoffs == (3, 2)
    found = lead_mixed(PUBLISHED)
    assert found.optimistic.payoffs == (F(11, 3), F(2, 3)) and found.optimistic.commitment == (F(2, 3), F(1, 3))
    assert found.optimistic.attained and found.exact
    assert found.pessimistic.payoffs[0] == F(11, 3) and not found.pessimistic.attained


def test_dilemma_and_chicken():
    for game, alone in ((DILEMMA, (1, 1)), (CHICKEN, (4, 1))):
        for solve in (lead, lead_mixed):
            found = solve(game)
            assert found.optimistic.payoffs == found.pessimistic.payoffs == alone
    assert lead(CHICKEN, 1).optimistic.payoffs == (1, 4)
    found = lead_by_answers(DILEMMA)  # "I cooperate if and only if you do"
    assert found.optimistic.payoffs == (2, 2) and found.pessimistic.payoffs == (2, 2) and found.pessimistic.attained
    better = lead_by_answers(DILEMMA, mixed=True)  # cooperate half of the time if the other does
    assert better.optimistic.payoffs == (F(5, 2), 1) and better.optimistic.commitment == (F(1, 2), F(1, 2))
    assert better.pessimistic.payoffs[0] == F(5, 2) and not better.pessimistic.attained


def test_mixtures_against_a_grid():
    rng = np.random.default_rng(1)
    limits = 0
    for counts in [(2, 2), (2, 3), (3, 2), (3, 3)] * 6:
        game = random_game(rng, *counts)
        found = lead_mixed(game)
        values = [declared(game, mixture) for mixture in grid(counts[0], 12)]
        high, low = found.optimistic.payoffs[0], found.pessimistic.payoffs[0]
        assert max(v for v, _ in values) <= high and max(v for _, v in values) <= low <= high
        assert declared(game, found.optimistic.commitment)[0] == high
        if found.pessimistic.attained:
            assert declared(game, found.pessimistic.commitment)[1] == low
        else:
            limits += 1
            assert declared(game, found.pessimistic.commitment)[1] < low
            limit, little = np.array(found.pessimistic.commitment), F(1, 10**6)
            near = [declared(game, (1 - little) * limit + little * np.array(other)) for other in grid(counts[0], 6)]
            assert max(value for _, value in near) > low - F(1, 10**4)
    assert limits > 5


def test_attained_or_not_by_hand():
    """Two answers pay the follower alike: the leader gets the worse one. A third ties only at one point."""
    alike = NormalForm.of([[[5, 1], [0, 0]], [[1, 1], [0, 0]]])
    found = lead_mixed(alike)
    assert found.optimistic.payoffs[0] == 5 and found.pessimistic.payoffs[0] == 1 and found.pessimistic.attained
    # the follower turns left only if the first action is certain, and is indifferent then: never better than the other
    edge = NormalForm.of([[[9, 1], [0, 2]], [[1, 1], [0, 1]]])
    found = lead_mixed(edge)
    assert found.optimistic.payoffs == (9, 1)
    assert found.pessimistic.payoffs == (2, 1) and found.pessimistic.attained


def test_more_power_is_worth_more():
    rng = np.random.default_rng(2)
    for _ in range(15):
        game = random_game(rng, 3, 3)
        action, mixture, answers = lead(game), lead_mixed(game), lead_by_answers(game, mixed=True)
        pure = lead_by_answers(game)
        worth = [found.optimistic.payoffs[0] for found in (action, mixture, answers)]
        assert worth == sorted(worth) and action.optimistic.payoffs[0] <= pure.optimistic.payoffs[0] <= worth[2]
        worth = [found.pessimistic.payoffs[0] for found in (action, mixture, answers)]
        assert worth == sorted(worth)
        for found in (action, mixture, answers, pure):
            assert found.pessimistic.payoffs[0] <= found.optimistic.payoffs[0]


def test_a_leader_who_mixes_gets_at_least_every_equilibrium():
    """Von Stengel and Zamir 2010: leading is never worse than any equilibrium of the game of one round."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        game = random_game(rng, 2, 2, top=10)
        best = max(found.payoffs[0] for found in mixed_two_by_two(game))
        assert lead_mixed(game).optimistic.payoffs[0] >= best


@pytest.mark.parametrize("counts", [(2, 2), (3, 3), (2, 4), (4, 2)])
def test_answers_of_one_follower_by_enumeration(counts):
    """Every function from the follower's actions to the leader's, and every best reply to it."""
    rng = np.random.default_rng(sum(counts))
    for _ in range(15):
        game = random_game(rng, *counts, top=4)
        high, low = [], []
        for rule in itertools.product(range(counts[0]), repeat=counts[1]):
            own, theirs = (part[list(rule), range(counts[1])] for part in game.units)
            tied = own[theirs == theirs.max()]
            high.append(tied.max())
            low.append(tied.min())
        found = lead_by_answers(game)
        assert found.optimistic.payoffs[0] == max(high)
        assert found.pessimistic.attained and found.pessimistic.payoffs[0] == max(low)


def test_mixed_answers_against_a_grid():
    rng = np.random.default_rng(4)
    for _ in range(15):
        game = random_game(rng, 2, 2, top=5)
        rules = itertools.product(grid(2, 8), repeat=2)
        high = low = -1
        for rule in rules:
            own, theirs = ([rule[k] @ part[:, k].astype(object) for k in range(2)] for part in game.units)
            tied = [own[k] for k in range(2) if theirs[k] == max(theirs)]
            high, low = max(high, *tied), max(low, min(tied))
        found = lead_by_answers(game, mixed=True)
        assert high <= found.optimistic.payoffs[0] <= high + F(5, 8)
        assert low <= found.pessimistic.payoffs[0] <= low + F(10, 8)


def test_several_followers_by_enumeration():
    rng = np.random.default_rng(5)
    silent = 0
    for _ in range(40):
        game = random_game(rng, 2, 2, 2, top=4)
        for leader in range(3):
            order = [leader, *(i for i in range(3) if i != leader)]
            units = np.transpose(game.units[order], [0, *(i + 1 for i in order)])
            stable = lambda part, a, b: (
                part[1][a, b] >= part[1][1 - a, b] and part[2][a, b] >= part[2][a, 1 - b]
            )  # fmt: skip
            named, ruled = [], []
            for action in range(2):
                cells = [c for c in np.ndindex(2, 2) if stable(units[:, action], *c)]
                if cells:
                    named.append((max(units[0, action][c] for c in cells), min(units[0, action][c] for c in cells)))
            for rule in itertools.product(range(2), repeat=4):
                table = np.take_along_axis(units, np.array(rule).reshape(1, 1, 2, 2), axis=1)[:, 0]
                ruled += [table[0][c] for c in np.ndindex(2, 2) if stable(table, *c)]
            found, rules = lead(game, leader), lead_by_answers(game, leader)
            silent += len(found.unanswered)
            assert len(found.unanswered) == 2 - len(named)
            if named:
                assert found.optimistic.payoffs[leader] == max(high for high, _ in named)
                assert found.pessimistic.payoffs[leader] == max(low for _, low in named)
            else:
                assert found.optimistic is None and found.pessimistic is None
            assert (rules.optimistic is None) == (not ruled) and rules.pessimistic is None
            if ruled:
                assert rules.optimistic.payoffs[leader] == max(ruled)
    assert silent > 0


def test_twenty_by_twenty():
    """The size of the study that this repeats; the leader's value is that of its best answer's program."""
    game = random_game(np.random.default_rng(0), 20, 20, top=100)
    found = lead_mixed(game)
    assert found.exact and declared(game, found.optimistic.commitment)[0] == found.optimistic.payoffs[0]
    assert lead(game).optimistic.payoffs[0] <= found.optimistic.payoffs[0]


def test_bad_settings():
    with pytest.raises(BadSetting, match="leader=2"):
        lead(CHICKEN, 2)
    with pytest.raises(BadGame, match=r"3 agents, expected 2.*lead_by_answers"):
        lead_mixed(random_game(np.random.default_rng(0), 2, 2, 2))
