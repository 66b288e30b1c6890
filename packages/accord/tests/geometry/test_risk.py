"""Return distributions of contracted games against every history written out, and what risk adds to a price."""

import itertools
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.brook import BrookWage
from accord.contracts.library.matrix import DefectionFine
from accord.contracts.negotiate import Contracted, FixedTerms
from accord.core.errors import BadSetting, BadTerms
from accord.core.rollout import returns
from accord.experiments.geometry.distributional import clean_and_eat, eat_and_eat
from accord.games.brook import Brook
from accord.games.matrix import prisoners_dilemma
from accord.geometry.risk import Chain, Distribution, asked, followed, premium, returned


def by_hand(wage: Fraction, horizon: int) -> dict[tuple[Fraction, Fraction], Fraction]:
    """The rules of the brook written again in plain integers for one who cleans and one who eats; all histories."""
    half = Fraction(1, 2)
    # (places of both, dirt, apples, earned by both) -> probability
    now = {((1, 1), 2, (0, 0), (Fraction(0), Fraction(0))): Fraction(1)}
    for _ in range(horizon):
        then: dict = {}
        for ((cleaner, eater), dirt, apples, earned), chance in now.items():
            cleaned = cleaner == 0 and dirt > 0
            pay = wage if cleaned else Fraction(0)
            ate = 0
            trees = list(apples)
            if eater < 3:
                going = eater + 1
            elif trees[eater - 3]:
                trees[eater - 3], ate, going = 0, 1, eater
            elif trees[4 - eater]:
                going = 7 - eater
            else:
                going = eater
            water = dirt - cleaned
            grows = Fraction(4 - water, 8) if 0 in trees else Fraction(0)
            dirties = half if water < 4 else Fraction(0)
            for comes, apple in itertools.product((0, 1), (0, 1)):
                likely = (dirties if comes else 1 - dirties) * (grows if apple else 1 - grows)
                if not likely:
                    continue
                grown = list(trees)
                if apple:
                    grown[grown.index(0)] = 1
                both = earned[0] + pay, earned[1] + ate - pay
                state = ((max(cleaner - 1, 0), going), water + comes, tuple(grown), both)
                then[state] = then.get(state, Fraction(0)) + chance * likely
        now = then
    found: dict = {}
    for (*_, earned), chance in now.items():
        found[earned] = found.get(earned, Fraction(0)) + chance
    return found


@pytest.mark.parametrize(("wage", "horizon"), [(0.5, 12), (1.0, 7)])
def test_the_distribution_is_that_of_all_histories(wage, horizon):
    chain = followed(Brook(horizon=horizon), clean_and_eat, BrookWage(), (wage,))
    joint = by_hand(Fraction(wage), horizon)
    assert sum(joint.values()) == 1
    for agent in range(2):
        found = returned(chain, agent, unit=0.25)
        exact = np.zeros(len(found.places))
        for earned, chance in joint.items():
            exact[np.abs(found.places - float(earned[agent])).argmin()] += float(chance)
        np.testing.assert_allclose(found.weights, exact, atol=1e-12)
        worst, left = Fraction(0), Fraction(1, 10)
        for amount, chance in sorted((earned[agent], chance) for earned, chance in joint.items()):
            part = min(left, chance)
            worst, left = worst + part * amount, left - part
        assert found.cvar(0.1) == pytest.approx(float(worst * 10), abs=1e-9)


def test_sampled_episodes_of_the_contracted_game_agree():
    game, wage = Brook(), 1.0
    contracted = Contracted(game, BrookWage(), FixedTerms((wage,)))
    play = lambda seen, key: (clean_and_eat(seen["game"]), ())
    sampled = np.asarray(returns(contracted, play, 4000, jax.random.key(0))[0], float)
    chain = followed(game, clean_and_eat, BrookWage(), (wage,))
    for agent in range(2):
        found, worst = returned(chain, agent, unit=0.25), np.sort(sampled[agent])
        deviation = np.sqrt(found.places**2 @ found.weights - found.mean**2)
        assert abs(worst.mean() - found.mean) < 4 * deviation / np.sqrt(4000)
        assert abs(worst[:400].mean() - found.cvar(0.1)) < 0.12


def test_transfers_cancel_and_move_nothing_but_money():
    free, paid = (followed(Brook(), clean_and_eat, *terms) for terms in ((), (BrookWage(), (2.0,))))
    np.testing.assert_allclose(paid.rewards.sum(-1), free.rewards.sum(-1), atol=1e-6)
    total = sum(returned(paid, agent, unit=0.25).mean for agent in range(2))
    assert total == pytest.approx(sum(returned(free, agent, unit=0.25).mean for agent in range(2)), abs=1e-9)


def test_a_game_of_one_sure_move():
    """Defecting against one who cooperates, fined by 2: the temptation less the fine, for sure; risk has no price."""
    game = prisoners_dilemma()
    play = lambda seen: jnp.asarray([1, 0], jnp.int32)
    table = np.asarray(game.payoffs, float)
    signed = returned(followed(game, play, DefectionFine(), (2.0,)), 0, unit=0.5)
    alone = returned(followed(game, play), 0, unit=0.5)
    assert signed.mean == pytest.approx(table[0, 1, 0] - 2.0) and alone.mean == pytest.approx(table[0, 1, 0])
    assert signed.cvar(0.01) == pytest.approx(signed.mean)
    assert asked(alone, signed, 0.3) == pytest.approx(2.0) and premium(alone, signed, 0.3) == pytest.approx(0.0)


COIN = Distribution(np.array([0.0, 1.0, 4.0]), np.array([0.25, 0.25, 0.5]))


def test_cvar_by_hand():
    assert COIN.cvar(1.0) == pytest.approx(2.25) == COIN.mean
    assert COIN.cvar(0.25) == 0.0 and COIN.cvar(0.5) == pytest.approx(0.5)
    assert COIN.cvar(0.75) == pytest.approx((0.25 + 1.0) / 0.75)
    levels = np.linspace(0.01, 1.0, 100)
    values = [COIN.cvar(level) for level in levels]
    assert (np.diff(values) >= -1e-12).all()
    least = lambda level: max(x - (COIN.weights @ np.maximum(x - COIN.places, 0)) / level for x in COIN.places)
    np.testing.assert_allclose(values, [least(level) for level in levels], atol=1e-12)  # as a maximum over thresholds
    with pytest.raises(BadSetting, match=r"level=0\.0"):
        COIN.cvar(0.0)


def test_the_price_of_risk_is_what_makes_an_agent_indifferent():
    alone = Distribution(np.array([1.0, 2.0]), np.array([0.5, 0.5]))
    for level in (0.1, 0.4, 0.9, 1.0):
        paid = Distribution(COIN.places + asked(alone, COIN, level), COIN.weights)
        assert paid.cvar(level) == pytest.approx(alone.cvar(level))
    assert premium(alone, COIN, 1.0) == 0.0 < premium(alone, COIN, 0.5)


def test_the_brook_asks_more_of_the_averse():
    alone, agreed = followed(Brook(), eat_and_eat), followed(Brook(), clean_and_eat, BrookWage(), (1.0,))
    prices = [premium(returned(alone, 0, unit=0.25), returned(agreed, 0, unit=0.25), level) for level in (0.1, 1.0)]
    assert prices[1] == 0.0 != prices[0]


def test_a_discount_between_atoms_keeps_the_mean():
    chain = Chain(np.ones(1), np.array([[0.5, 0.5]]), np.zeros((1, 2), int), np.array([[[0.0], [1.0]]]), horizon=5)
    found = returned(chain, 0, unit=0.1, discount=0.9)
    assert found.mean == pytest.approx(0.5 * (1 - 0.9**5) / 0.1) and found.weights.sum() == pytest.approx(1.0)


def test_terms_outside_the_space_are_refused():
    with pytest.raises(BadTerms):
        followed(Brook(), clean_and_eat, BrookWage(), (9.0,))
