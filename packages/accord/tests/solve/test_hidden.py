"""Hidden actions: the published table, closed forms, duality, and a team counted by hand."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.solve.tables.normal import NormalForm
from accord.solve.terms.hidden import cheapest_payment, critical_quality, degrade, implementable, smallest_bond
from accord.solve.terms.signals import blurred, bump, chances, earth_mover

SHIRK, WORK = bump(10, 3, 1.5), bump(10, 6, 1.5)
SIGNALS = np.array([SHIRK, WORK])
FIRM = NormalForm.of(np.array([[[0], [-1]], [[0], [F(5, 2)]]], object), (("shirk", "work"), ("pay",)))
"""Effort costs the agent 1 and gains the principal 2.5."""

# Quality, distance, payment under limited liability, the same capped at 4, largest zero-sum mean-zero transfer: the
# table of the solver study (facts, A.5). Its densities were not written down; bells of spread 1.5 around 3 and 6, cut
# off at 0 and 9, give all of its 31 numbers but one: 3.79 there is 3.7845 here.
TABLE = [
    ("0.1", 0.29, 5.04, None, 7.40), ("0.2", 0.59, 2.88, None, 3.7845), ("0.3", 0.88, 2.16, None, 2.62),
    ("0.4", 1.17, 1.76, 2.10, 2.06), ("0.6", 1.76, 1.36, 1.40, 1.48), ("0.8", 2.34, 1.16, 1.18, 1.22),
    ("1", 2.93, 1.00, 1.02, 1.06),
]


@pytest.mark.parametrize(("quality", "distance", "payment", "capped", "transfer"), TABLE)
def test_the_table(quality, distance, payment, capped, transfer):
    near = lambda value: pytest.approx(value, abs=0.00501)
    seen = blurred(SIGNALS, quality)
    assert float(earth_mover(*seen)) == near(distance)
    free = cheapest_payment(seen, [0, 1], 1)
    assert float(free.expected) == near(payment) and free.certified
    bound = cheapest_payment(seen, [0, 1], 1, cap=4)
    assert bound.feasible == (capped is not None) and bound.certified
    assert capped is None or (float(bound.expected) == near(capped) and max(bound.schedule) <= 4)
    team = smallest_bond(FIRM, seen[:, None], (1, 0), mean_zero=True)
    assert float(team.bond) == near(transfer) and team.certified
    # nobody pays anything on the path: the surplus stays whole
    assert team.values == (-1, F(5, 2))


def test_useless_signals_implement_nothing():
    seen = blurred(SIGNALS, 0)
    assert earth_mover(*seen) == 0
    assert not cheapest_payment(seen, [0, 1], 1).feasible
    team = smallest_bond(FIRM, seen[:, None], (1, 0))
    assert not team.feasible and [(pull.weight, pull.agent, pull.gain) for pull in team.conflict] == [(1, 0, 1)]
    assert smallest_bond(FIRM, seen[:, None], (0, 0)).bond == 0


def test_payment_by_hand():
    """Success has chance 3/4 with effort and 1/4 without, effort costs 1: pay 2 for success, 3/2 in expectation."""
    paid = cheapest_payment([[F(3, 4), F(1, 4)], [F(1, 4), F(3, 4)]], [0, 1], 1)
    assert paid.schedule == (0, 2) and paid.expected == F(3, 2)
    assert cheapest_payment([[F(3, 4), F(1, 4)], [F(1, 4), F(3, 4)]], [0, 1], 1, outside=1).expected == 2
    assert cheapest_payment([[F(3, 4), F(1, 4)], [F(1, 4), F(3, 4)]], [0, 1], 0).expected == 0


def test_bond_is_one_over_quality_and_steepness_is_transport():
    """Bond x quality is constant, gain / ||P - Q||_1; slope x earth mover's distance is the gain (duality), exactly."""
    at_best = smallest_bond(FIRM, SIGNALS[:, None], (1, 0)).bond
    assert at_best == 1 / sum(abs(gap) for gap in WORK - SHIRK)
    for quality in (F(1, 10), F(1, 3), F(9, 10)):
        seen = blurred(SIGNALS, quality)
        assert smallest_bond(FIRM, seen[:, None], (1, 0)).bond * quality == at_best
        assert smallest_bond(FIRM, seen[:, None], (1, 0), slope=True).bond * earth_mover(*seen) == 1


def test_welfare_jumps_where_the_bond_binds():
    """Bond 4: from 0 to 1.5 between quality .1 and .2, while the bond that is needed moves without a jump."""
    curve = degrade(FIRM, SIGNALS[:, None], ["0", "0.1", "0.2", "1"], 4, mean_zero=True)
    assert [point.welfare for point in curve] == [0, 0, F(3, 2), F(3, 2)]
    assert [point.profile for point in curve] == [(0, 0), (0, 0), (1, 0), (1, 0)]
    assert curve[0].bond is None and curve[0].distance == 0 and curve[3].distance == earth_mover(SHIRK, WORK)
    low, high = critical_quality(FIRM, SIGNALS[:, None], (1, 0), 4, mean_zero=True)
    assert F(1, 10) < low < high < F(1, 5) and high - low == F(1, 2**12)
    # without the condition on means the place is known in closed form
    at_best = smallest_bond(FIRM, SIGNALS[:, None], (1, 0)).bond
    low, high = critical_quality(FIRM, SIGNALS[:, None], (1, 0), 4)
    assert low < at_best / 4 <= high
    assert critical_quality(FIRM, SIGNALS[:, None], (1, 0), at_best / 2) is None
    signals = [blurred(SIGNALS, F(k, 40))[:, None] for k in range(4, 41)]
    needed = [smallest_bond(FIRM, seen, (1, 0), mean_zero=True).bond for seen in signals]
    assert all(one > two for one, two in itertools.pairwise(needed))
    assert all(one - two < F(1, 4) * one for one, two in itertools.pairwise(needed))


def team(n=3, multiplier=F(3, 2)):
    """A public good of which only the sum is seen."""
    payoffs, signals = np.empty((n, *(2,) * n), object), np.full((*(2,) * n, n + 1), F(0), object)
    for a in np.ndindex(*(2,) * n):
        signals[(*a, sum(a))] = F(1)
        for i in range(n):
            payoffs[(i, *a)] = multiplier / n * sum(a) - a[i]
    return NormalForm.of(payoffs), signals


def test_holmstrom():
    """Three agents, m = 3/2: each gains 1/2 by shirking, and one missing unit does not say whose it is."""
    game, total = team()
    balanced = smallest_bond(game, total, (1, 1, 1))
    assert not balanced.feasible and balanced.certified
    # T_i(3) - T_i(2) >= 1/2 for each i adds up to 0 >= 3/2: a third of each
    pulls = [(pull.agent, pull.weight, pull.gain) for pull in balanced.conflict]
    assert pulls == [(i, F(1, 3), F(1, 2)) for i in range(3)]
    assert (1, 1, 1) not in implementable(game, total, 100)
    broken = smallest_bond(game, total, (1, 1, 1), breaker=True)
    assert broken.bond == F(1, 2) and broken.certified
    assert [row[2] - row[3] for row in broken.transfers] == [F(-1, 2)] * 3 and broken.values == (F(1, 2),) * 3
    # who contributes is seen: balanced transfers do it, each fined by 1/2 in favour of the others
    named = np.full((2, 2, 2, 8), F(0), object)
    for k, a in enumerate(np.ndindex(2, 2, 2)):
        named[(*a, k)] = F(1)
    # x_i + B >= 1/2 with the x_i on the path adding up to 0: B = 1/2
    assert smallest_bond(game, named, (1, 1, 1)).bond == F(1, 2)


def test_bond_of_named_signals_by_hand():
    """With all actions seen, whoever shirks pays the other."""
    game, _ = team(2, F(3, 2))
    named = np.full((2, 2, 4), F(0), object)
    for k, a in enumerate(np.ndindex(2, 2)):
        named[(*a, k)] = F(1)
    # two agents gain 1/4 each; T(1,1) = (x, -x): x + B >= 1/4 and -x + B >= 1/4
    assert smallest_bond(game, named, (1, 1)).bond == F(1, 4)


@pytest.mark.parametrize("seed", range(6))
def test_random_teams_against_definition(seed):
    """What is called implementable is an equilibrium of the game with expected transfers; what is not has a proof."""
    rng = np.random.default_rng(seed)
    n, shape, values = 3, (2, 2, 2), 3
    payoffs = rng.integers(-3, 4, (n, *shape))
    raw = rng.integers(1, 6, (*shape, values))
    seen = np.array([F(int(x), int(total)) for row in raw.reshape(-1, values) for total in [row.sum()] for x in row])
    seen = seen.reshape(*shape, values)
    game = NormalForm.of(payoffs)
    for target in np.ndindex(*shape):
        found = smallest_bond(game, seen, target)
        moves = [(i, (*target[:i], 1 - target[i], *target[i + 1 :])) for i in range(n)]
        gain = {i: payoffs[(i, *other)] - payoffs[(i, *target)] for i, other in moves}
        shift = {i: seen[other] - seen[target] for i, other in moves}
        if found.feasible:
            pay = np.array(found.transfers)
            assert np.all(pay.sum(axis=0) == 0) and np.abs(pay).max() == found.bond
            assert all(gain[i] + shift[i] @ pay[i] <= 0 for i in range(n))
        else:  # the weighted shifts are one and the same for all agents (missing ones: none), so transfers cancel
            weight = {pull.agent: pull.weight for pull in found.conflict}
            common = [weight.get(i, 0) * shift[i] for i in range(n)]
            assert all(np.ptp(column) == 0 for column in np.array(common).T)
            assert sum(weight[i] * gain[i] for i in weight) > 0


def test_earth_mover():
    line = np.abs(np.subtract.outer(np.arange(10), np.arange(10)))
    assert earth_mover(SHIRK, WORK) == earth_mover(SHIRK, WORK, line)
    assert earth_mover([1, 0, 0], [0, 0, 1]) == 2
    ring = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert earth_mover([1, 0, 0], [0, F(1, 2), F(1, 2)], ring) == 1
    assert earth_mover(*blurred(SIGNALS, "1/4")) * 4 == earth_mover(SHIRK, WORK)


def test_bad_input():
    with pytest.raises(BadGame, match="add up to 0.9"):
        chances([[0.5, 0.4]])
    with pytest.raises(BadSetting, match="expected between 0"):
        blurred(SIGNALS, 2)
    with pytest.raises(BadGame, match="one axis of values"):
        smallest_bond(FIRM, SIGNALS, (1, 0))
