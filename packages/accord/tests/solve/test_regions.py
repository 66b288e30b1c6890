"""Regions of terms: closed forms, and every piece of a map against enumeration at points inside it."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.solve.tables.normal import NormalForm
from accord.solve.tables.tabular import Tabular
from accord.solve.terms.features import Features
from accord.solve.terms.regions import Interval, equilibrium_map, price_interval, region, region_map

PD = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]])
FINE = Features.of([[[[0, 1], [-1, 0]], [[0, -1], [1, 0]]]], low=[0], high=[3])


def nash(payoffs):
    """Pure equilibria of a table of fractions `[agents, actions, ...]`, by definition."""
    shape = payoffs.shape[1:]
    return {
        a for a in np.ndindex(*shape)
        if all(
            payoffs[(i, *a)] >= payoffs[(i, *a[:i], b, *a[i + 1 :])] for i in range(len(shape)) for b in range(shape[i])
        )
    }


def random_normal(rng, shape):
    payoffs = rng.integers(-3, 4, (len(shape), *shape))
    flow = rng.integers(-2, 3, shape)
    slopes = np.zeros((1, len(shape), *shape), int)
    slopes[0, 0], slopes[0, -1] = flow, -flow
    return NormalForm.of(payoffs), Features.of(slopes, low=[-3], high=[3]), payoffs, slopes[0]


def test_prisoners_dilemma():
    assert str(price_interval(PD, (0, 0), FINE)) == "[1, 3]"
    assert str(price_interval(PD, (0, 0), FINE, mode="dominance", strict=True)) == "(1, 3]"
    assert str(price_interval(PD, (1, 1), FINE)) == "[0, 1]"
    assert str(price_interval(PD, (0, 1), FINE)) == "[1, 1]"
    assert price_interval(PD, (0, 1), FINE, strict=True) is None
    found = equilibrium_map(PD, FINE)
    assert [str(piece.where) for piece in found.pieces] == ["[0, 1)", "[1, 1]", "(1, 3]"]
    assert [set(piece.welfare) for piece in found.pieces] == [{2}, {2, 3, 4}, {4}]
    assert found.breakpoints == (1,) and found.edges == ((F(1), ((0, 1), (1, 0))),)
    with pytest.raises(BadSetting, match="outside the space"):
        found.at(4)
    with pytest.raises(BadSetting, match="raise the limit"):
        equilibrium_map(PD, FINE, limit=3)


RC, RD, RB = F(1, 5), F(1, 10), F(2, 5)


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "below"),
    [
        (RC, 2 * RC, RD, RD + RC, {(1, 1)}),  # collateral: the prisoner's dilemma
        (F(0), RC, RD, RD, {(0, 0), (1, 1)}),  # priced credit: the stag hunt
        (RC, RC, RD, RD + RB, {(0, 1), (1, 0)}),  # chicken
    ],
)
def test_delay_fee_in_payment_games(a, b, c, d, below):
    """theta* = .1 in all three; .099 leaves what the facts say it leaves."""
    game = NormalForm.of([[[-a, -b], [-c, -d]], [[-a, -c], [-b, -d]]])
    fee = Features.of([[[[0, 1], [-1, 0]], [[0, -1], [1, 0]]]], low=[0], high=[1])
    assert str(price_interval(game, (0, 0), fee, mode="dominance", strict=True)) == "(0.1, 1]"
    found = equilibrium_map(game, fee)
    assert set(found.at(F(99, 1000)).equilibria) == below
    assert set(found.at(F(101, 1000)).equilibria) == {(0, 0)}


@pytest.mark.parametrize("seed", range(20))
def test_maps_of_random_games(seed):
    """At the middle of every piece, at every breakpoint and on a grid: exactly the equilibria by definition."""
    rng = np.random.default_rng(seed)
    game, space, payoffs, slope = random_normal(rng, [(2, 2), (3, 2), (2, 3), (3, 3), (2, 2, 2)][seed % 5])
    found = equilibrium_map(game, space)
    assert found.pieces[0].where.low == -3 and found.pieces[-1].where.high == 3
    for before, after in itertools.pairwise(found.pieces):
        assert before.where.high == after.where.low and before.where.closed_high != after.where.closed_low
        assert before.equilibria != after.equilibria
    for theta in [*(piece.where.middle for piece in found.pieces), *(F(k, 3) for k in range(-9, 10))]:
        piece = found.at(theta)
        assert set(piece.equilibria) == nash(payoffs + slope * theta)
        assert list(piece.welfare) == [payoffs[(slice(None), *a)].sum() for a in piece.equilibria]
        for profile in np.ndindex(*game.num_actions):
            held = price_interval(game, profile, space)
            assert (held is not None and theta in held) == (profile in piece.equilibria)


@pytest.mark.parametrize("seed", range(4))
def test_maps_of_markov_games(seed):
    """Two states, two steps: subgame-perfect policies by enumeration of all of them at fixed terms."""
    rng = np.random.default_rng(seed)
    rewards, flow = rng.integers(-2, 3, (2, 2, 2, 2)), rng.integers(-1, 2, (2, 2, 2))
    after = rng.integers(0, 2, (2, 2, 2))
    game = Tabular.of_arrays(rewards, np.eye(2, dtype=int)[after], horizon=2, start=[F(1, 2), F(1, 2)])
    space = Features.of(np.stack([flow, -flow], axis=-1).reshape(1, 8, 2), low=[-2], high=[2])
    found = equilibrium_map(game, space)

    def perfect(theta):
        pays = (rewards + np.stack([flow, -flow], axis=-1) * theta).astype(object)
        last = [nash(np.moveaxis(pays[s], -1, 0)) for s in range(2)]
        out = set()
        for choice in itertools.product(*last):
            later = np.array([pays[(s, *choice[s])] for s in range(2)])
            early = [nash(np.moveaxis(pays[s] + later[after[s]], -1, 0)) for s in range(2)]
            number = lambda plan: tuple(2 * a + b for a, b in plan)
            out |= {(number(first), number(choice)) for first in itertools.product(*early)}
        return out

    for theta in [*(piece.where.middle for piece in found.pieces), F(1, 7), F(-1), F(1)]:
        assert set(found.at(theta).equilibria) == perfect(theta)


@pytest.mark.parametrize("seed", range(6))
def test_polyhedra(seed):
    rng = np.random.default_rng(seed)
    game, one, payoffs, first = random_normal(rng, (2, 3))
    _, two, _, second = random_normal(rng, (2, 3))
    space = one.and_also(two)
    regions = region_map(game, space)
    for x, y in itertools.product(range(-3, 4), repeat=2):
        here = nash(payoffs + first * x + second * y)
        for profile in np.ndindex(2, 3):
            part = regions.get(profile) or region(game, profile, space)
            assert bool(np.all(part.rows @ np.array([x, y]) <= part.limits)) == (profile in here)
            assert profile not in here or part.witness is not None
    for profile, part in regions.items():
        terms = part.witness
        assert profile in nash(payoffs + first * terms[0] + second * terms[1])
        assert min(part.limits - part.rows @ np.array(terms)) >= part.slack
    with pytest.raises(BadSetting, match="an interval needs 1"):
        equilibrium_map(game, space)


def test_intervals():
    ray = Interval(None, F(2), True, False)
    assert 2 not in ray and 1 in ray and str(ray) == "(-inf, 2)" and ray.middle == 1
    assert str(ray.meet(Interval(F(0), None, False))) == "(0, 2)"
    assert ray.meet(Interval(F(2), F(3))).empty and not Interval(F(2), F(2)).empty
