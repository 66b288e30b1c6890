"""The rivals side by side: values by hand on the games that everybody knows, and one game on which all differ."""

from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.games.matrix import chicken, prisoners_dilemma, stag_hunt
from accord.games.public_goods import PublicGoods
from accord.solve.rivals.routes import compare
from accord.solve.tables.normal import NormalForm
from accord.solve.tables.tabulate import tabulate

ALL_DIFFER = NormalForm.of([[[3, 0, 1], [2, 0, 5]], [[0, 4, 5], [3, 3, 2]]])
"""Eight routes, eight values of the best welfare (discount 1/2): the smallest game that a search found. It went through
all 2x2 games with payoffs 0..4 at the discounts 1/3, 1/2, 2/3 and 3/4, of which none has eight."""

NAMES = [
    "one round", "threat alone", "mediator: advice", "mediator: delegation", "leader: action", "leader: mixture",
    "leader: answers", "formal contract",
]  # fmt: skip


def stage(game):
    return tabulate(game).arrays.stage(0)


def ranges(routes):
    return {route.name: (route.best, route.worst) for route in routes}


def test_prisoners_dilemma():
    """Threats need patience 1/2; advice and leaders' actions don't help; to lead with answers is to reciprocate."""
    game = stage(prisoners_dilemma())
    patient, hasty = compare(game, "1/2"), compare(game, "49/100")
    assert [route.name for route in patient] == NAMES
    assert ranges(patient) == {
        "one round": (2, 2), "threat alone": (4, 2), "mediator: advice": (2, 2), "mediator: delegation": (4, 2),
        "leader: action": (2, 2), "leader: mixture": (2, 2), "leader: answers": (4, 4), "formal contract": (4, 4),
    }  # fmt: skip
    assert ranges(hasty)["threat alone"] == (2, 2)
    assert patient["formal contract"].payoffs == (3, 1)
    assert all(route.exact and route.attained for route in patient)


def test_stag_hunt():
    """Whoever may choose first chooses the better equilibrium; threats and mediators leave the worse one possible."""
    assert ranges(compare(stage(stag_hunt()), "1/2")) == {
        "one round": (8, 4), "threat alone": (8, 4), "mediator: advice": (8, 4), "mediator: delegation": (8, 4),
        "leader: action": (8, 8), "leader: mixture": (8, 8), "leader: answers": (8, 8), "formal contract": (8, 8),
    }  # fmt: skip


def test_chicken():
    """A leader goes straight on and takes its 4: worse for both together than a threat, a mediator or a contract."""
    routes = compare(stage(chicken()), "1/2")
    assert ranges(routes) == {
        "one round": (5, 4), "threat alone": (6, 2), "mediator: advice": (F(16, 3), F(10, 3)),
        "mediator: delegation": (6, 2), "leader: action": (5, 5), "leader: mixture": (5, 5),
        "leader: answers": (5, 5), "formal contract": (6, 6),
    }  # fmt: skip
    assert routes["formal contract"].payoffs == (5, 1)


@pytest.mark.parametrize("agents", [2, 3, 4])
def test_public_goods(agents):
    """Alone nobody invests. A mediator, a contract and, from patience p on, threats reach n / 5.

    One who stops investing saves 1 - 6 / (5 n) and loses 1 / 5 from then on: p = (1 - 6 / (5 n)) / (6 / 5 - 6 / (5 n)).
    """
    game = stage(PublicGoods(agents, levels=2))
    gain = 1 - F(6, 5 * agents)
    threshold = gain / (gain + F(1, 5))
    optimum = F(agents, 5)
    patient, hasty = compare(game, threshold + F(1, 50)), compare(game, threshold - F(1, 50))
    assert patient.optimum == optimum
    assert patient["threat alone"].best == optimum and hasty["threat alone"].best == 0
    assert hasty["threat alone"].best_bound == 0
    for name in ("one round", "mediator: advice", "leader: action"):
        assert (patient[name].best, patient[name].worst) == (0, 0)
    assert patient["mediator: delegation"].best == patient["formal contract"].worst == optimum
    assert patient["formal contract"].payoffs == (optimum, *(0,) * (agents - 1))
    # one leader can answer one follower; of several followers none is enough of a threat to the others
    assert patient["leader: answers"].best == (optimum if agents == 2 else 0)
    assert ("leader: mixture" in [route.name for route in patient]) == (agents == 2)


def test_all_routes_can_differ():
    routes = compare(ALL_DIFFER, "1/2")
    best = {route.name: route.best for route in routes}
    assert len(set(best.values())) == 8
    assert all(route.exact for route in routes)
    assert best["formal contract"] == 7 > best["mediator: delegation"] > best["threat alone"] > best["one round"]
    assert best["mediator: delegation"] > best["mediator: advice"] >= best["one round"]


def test_order_that_always_holds():
    """Advice and threats stay between one round and delegation, and nothing is beyond the contract."""
    rng = np.random.default_rng(7)
    for _ in range(25):
        routes = compare(NormalForm.of(rng.integers(0, 8, (2, 2, 2))), F(int(rng.integers(1, 10)), 10))
        advice, delegation = routes["mediator: advice"], routes["mediator: delegation"]
        assert routes["one round"].best <= advice.best <= delegation.best <= routes["formal contract"].best
        assert delegation.worst <= advice.worst <= routes["one round"].worst
        threat = routes["threat alone"]
        if threat.best is not None:
            assert threat.best <= threat.best_bound <= delegation.best
            assert threat.worst >= threat.worst_bound >= delegation.worst
        assert all(route.best <= routes.optimum for route in routes if route.best is not None)


def test_limits_and_gaps_are_said():
    mixture = compare(ALL_DIFFER, "1/2")["leader: mixture"]
    assert not mixture.attained and "worst is a limit (agent 1 leads" in mixture.note
    pennies = compare(NormalForm.of([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]), "9/10")
    assert pennies["threat alone"].best is None and pennies["threat alone"].note == "no pure equilibrium"
    assert pennies["one round"].best == 0  # the mixed one, in closed form
    rock = NormalForm.of([[[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]])
    routes = compare(rock, "1/2")
    assert routes["one round"].best is None and "not looked for" in routes["one round"].note
    assert routes["formal contract"].payoffs == () and "unknown" in routes["formal contract"].note


def test_table_is_for_people():
    routes = compare(stage(chicken()), "1/2")
    table = routes.table()
    assert table[0][:3] == ("route", "best", "worst") and [row[0] for row in table[1:]] == NAMES
    assert table[3][1:4] == ("16/3", "10/3", "8/3 8/3")
    lines = str(routes).splitlines()
    assert len(lines) == 9 and "agent 0 proposes and takes the surplus of 1" in lines[-1]
    with pytest.raises(BadSetting, match="discount=1"):
        compare(ALL_DIFFER, 1)
