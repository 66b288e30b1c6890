"""Two banks that pay early or delay: tables and thresholds by hand, and the same numbers out of the game itself."""

import itertools
from fractions import Fraction as F

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.payments import DelayFee, LeaderFollowerPact
from accord.contracts.negotiate import Contracted, FixedTerms
from accord.core.errors import BadGame
from accord.core.rollout import over_envs
from accord.games.payments import closed_form as by_hand
from accord.games.payments import two_banks
from accord.games.payments.demand import TwoBanks
from accord.games.payments.game import Payments
from accord.solve.equilibria.stage import pure_equilibria
from accord.solve.tables.normal import NormalForm

EARLY, DELAY = 0, 1
CELLS = list(itertools.product((0, 1), repeat=2))


def nash(game: two_banks.TwoBankGame) -> list[tuple[int, int]]:
    """Pure equilibria by trying both deviations in every cell, and by the solver."""
    first, second = game.costs
    found = [
        (i, j) for i, j in CELLS if first[i][j] <= first[1 - i][j] and second[i][j] <= second[i][1 - j]
    ]
    assert found == pure_equilibria(NormalForm.of(np.array(game.payoffs, object)))
    return found


def early_is_dominant(game: two_banks.TwoBankGame) -> bool:
    first, second = game.costs
    return all(first[0][k] < first[1][k] and second[k][0] < second[k][1] for k in (0, 1))


REGIMES = {
    "free": (two_banks.free_credit("0.1"), "harmony", [(0, 0)]),
    "cheap price": (two_banks.priced_credit("0.05", "0.1"), "harmony", [(0, 0)]),
    "price": (two_banks.priced_credit("0.2", "0.1"), "stag hunt", [(0, 0), (1, 1)]),
    "cheap collateral": (two_banks.collateralised_credit("0.05", "0.1"), "harmony", [(0, 0)]),
    "collateral": (two_banks.collateralised_credit("0.2", "0.1"), "prisoner's dilemma", [(1, 1)]),
    "released": (two_banks.released_credit("0.2", "0.1"), "chicken", [(0, 1), (1, 0)]),
    "paper": (two_banks.posted_liquidity("0.1", "0.2", "0.4"), "harmony", [(0, 0)]),
    "chicken": (two_banks.posted_liquidity("0.2", "0.1", "0.4"), "chicken", [(0, 1), (1, 0)]),
    "dear": (two_banks.posted_liquidity("0.6", "0.1", "0.4"), "delay dominant", [(1, 1)]),
    "offset": (two_banks.offset_available("0.2", "0.1"), "delay dominant", [(1, 1)]),
}


@pytest.mark.parametrize("name", REGIMES)
def test_regimes(name: str):
    game, kind, equilibria = REGIMES[name]
    assert (game.kind, nash(game)) == (kind, equilibria)
    np.testing.assert_allclose(game.game().table, np.array(game.payoffs, float), rtol=1e-6)


def test_where_delay_is_efficient():
    assert REGIMES["offset"][0].total[DELAY][DELAY] == min(min(row) for row in REGIMES["offset"][0].total)
    dilemma, chicken = REGIMES["collateral"][0], REGIMES["chicken"][0]
    assert dilemma.total[1][1] - dilemma.total[0][0] == 2 * F(1, 10)
    assert min(min(row) for row in chicken.total) == chicken.total[0][1] == F(3, 10)
    assert two_banks.posted_liquidity("0.1", "0.1", "0.4").kind == "a tie"


@pytest.mark.parametrize("edge", [F(99, 100), F(101, 100)])
def test_classes_change_where_they_should(edge: F):
    above = edge > 1
    assert (two_banks.priced_credit(edge, 1).kind == "stag hunt") == above
    assert (two_banks.collateralised_credit(edge, 1).kind == "prisoner's dilemma") == above
    assert (two_banks.posted_liquidity(edge, 1, 4).kind == "chicken") == above
    assert (two_banks.posted_liquidity(5 * edge, 1, 4).kind == "delay dominant") == above
    assert by_hand.waiting_is_risk_dominant(2 * edge, 1) == above


def test_mixed_equilibria_make_the_other_indifferent():
    for game, chance in (
        (two_banks.priced_credit("0.3", "0.1"), by_hand.stag_hunt_mixed(0.3, 0.1)),
        (two_banks.posted_liquidity("0.2", "0.1", "0.4"), by_hand.chicken_mixed(0.2, 0.1, 0.4)),
    ):
        a, b, c, d = game.cells
        assert chance * a + (1 - chance) * b == chance * c + (1 - chance) * d
    assert by_hand.chicken_mixed(0.2, 0.1, 0.4) == F(3, 4) and by_hand.chicken_gridlock(0.2, 0.1, 0.4) == F(1, 16)
    for edge in (F(99, 100), F(101, 100)):  # early with chance p costs (1 - p) F, waiting r_d
        p = by_hand.stag_hunt_mixed(0.3, 0.1) * edge
        assert by_hand.waiting_is_right(p, 0.3, 0.1) == ((1 - p) * F(3, 10) > F(1, 10)) == (edge < 1)


# ------------------------------------------------------------------------------------------------------- contracts


@pytest.mark.parametrize("name", ["price", "collateral", "released", "chicken", "dear", "offset"])
def test_the_fee_bound(name: str):
    game = REGIMES[name][0]
    bound = game.fee_bound
    assert bound == {"dear": F(5, 10)}.get(name, F(1, 10))
    assert not early_is_dominant(game.with_fee(bound * F(99, 100)))
    assert not early_is_dominant(game.with_fee(bound))
    assert early_is_dominant(game.with_fee(bound * F(101, 100)))
    assert nash(game.with_fee(bound * F(101, 100))) == [(0, 0)]
    below = {"price": [(0, 0), (1, 1)], "collateral": [(1, 1)], "chicken": [(0, 1), (1, 0)]}
    if name in below:
        assert nash(game.with_fee("0.099")) == below[name]


def test_no_fee_is_needed_in_harmony_and_no_fee_leaks():
    assert REGIMES["paper"][0].fee_bound == 0
    for game, *_ in REGIMES.values():
        assert game.with_fee("0.3").total == game.total == game.with_pact("0.1", "0.2").total


@pytest.mark.parametrize(("name", "gain"), [("collateral", "0.2"), ("chicken", "-0.1"), ("dear", "-0.2")])
def test_what_the_fee_is_worth(name: str, gain: str):
    """Against the cheapest pure equilibrium; in chicken and where delay is dominant a fee hurts."""
    game = REGIMES[name][0]
    forced = game.with_fee(game.fee_bound * F(101, 100))
    assert min(game.total[i][j] for i, j in nash(game)) - forced.total[0][0] == F(gain)


def test_the_pact_in_chicken():
    game, needed = REGIMES["chicken"][0], by_hand.pact_sum(0.2, 0.1)
    assert needed == F(1, 10) and by_hand.pact_rewards(0.2, 0.1, 0.4) == (0, F(1, 10))
    reward = needed / 2
    for edge, only in ((F(99, 100), False), (F(101, 100), True)):
        found = nash(game.with_pact(reward, needed * edge - reward))
        assert (found == [(EARLY, DELAY)]) == only and (EARLY, DELAY) in found
    signed = game.with_pact("0.05", "0.051")
    assert nash(signed) == [(0, 1)] and signed.costs[0][0][1] == signed.costs[1][0][1] == F(15, 100)
    assert len(nash(game.with_pact("0.05", "0.04"))) == 2
    assert nash(game.with_pact("0.05", "0.051", leader=1)) == [(1, 0)]


def test_the_pact_where_waiting_is_dominant():
    game = two_banks.posted_liquidity("0.6", "0.1", "0.4")
    low, high = by_hand.pact_rewards(0.6, 0.1, 0.4)
    assert (low, high) == (F(1, 10), F(4, 10)) and game.cells[3] == F(5, 10)
    for reward, better in ((low * F(99, 100), False), (low * F(101, 100), True), (high * F(99, 100), True),
                           (high * F(101, 100), False)):  # fmt: skip
        signed = game.with_pact(reward, 0)
        led = (signed.costs[0][0][1], signed.costs[1][0][1])
        assert all(cost < game.cells[3] for cost in led) == better
    assert nash(game.with_pact("0.2", 0)) == [(0, 1)]


def test_cells_of_unequal_banks_are_refused():
    with pytest.raises(BadGame, match="differ"):
        REGIMES["chicken"][0].with_pact("0.1", "0.1").cells  # noqa: B018


# ------------------------------------------------------------------------------------------- out of the game itself


ONE = TwoBanks((1.0, 0.0), (1.0, 0.0))
CREDIT = {"demand": ONE, "decisions": "intraday", "liquidity": 0.0, "pay_levels": 2, "r_d": 0.1}
POSTED = {"demand": ONE, "levels": 2, "pay_levels": 2, "r_d": 0.1, "r_b": 0.4}
PLAYED = {
    "free": Payments(**CREDIT, credit="priced"),
    "price": Payments(**CREDIT, credit="priced", r_i=0.2),
    "collateral": Payments(**CREDIT, credit="collateral", r_i=0.2),
    "released": Payments(**CREDIT, credit="released", r_i=0.2),
    "chicken": Payments(**POSTED, r_c=0.2),
    "dear": Payments(**POSTED, r_c=0.6),
    "offset": Payments(**POSTED, r_c=0.2, netting="bilateral"),
}


def table(game) -> np.ndarray:
    """Costs `[bank, first, second]` of paying in the morning (with liquidity where it is posted) or the afternoon."""
    posts = isinstance(game.actions, dict)

    def day(early, key):
        state, total = game.init(key), jnp.zeros(2)
        for pay in ((early, early) if posts else (early,)) + (jnp.ones(2, jnp.int32),):
            actions = {"liquidity": early, "pay": pay} if posts else pay
            state, rewards = game.step(state, actions, key)
            total = total - rewards
        return total

    early = jnp.asarray([[1 - i, 1 - j] for i, j in CELLS], jnp.int32).T
    costs = jax.jit(over_envs(day))(early, jnp.broadcast_to(jax.random.key(0), (4,)))
    return np.asarray(costs).reshape(2, 2, 2)


@pytest.mark.parametrize("name", PLAYED)
def test_the_game_has_the_tables_of_the_regimes(name: str):
    np.testing.assert_allclose(table(PLAYED[name]), np.array(REGIMES[name][0].costs, float), atol=1e-6)


@pytest.mark.parametrize("name", ["price", "collateral", "chicken"])
def test_the_fee_in_the_game_is_the_fee_by_hand(name: str):
    game = Contracted(PLAYED[name], DelayFee(), FixedTerms((0.11,)))
    np.testing.assert_allclose(table(game), np.array(REGIMES[name][0].with_fee("0.11").costs, float), atol=1e-6)


@pytest.mark.parametrize("leader", [0, 1])
def test_the_pact_in_the_game_is_the_pact_by_hand(leader: int):
    pact = LeaderFollowerPact(leader=leader, follower=1 - leader)
    game = Contracted(PLAYED["chicken"], pact, FixedTerms((0.05, 0.06)))
    expected = REGIMES["chicken"][0].with_pact("0.05", "0.06", leader).costs
    np.testing.assert_allclose(table(game), np.array(expected, float), atol=1e-6)
