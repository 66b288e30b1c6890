"""Games as arrays: against the game itself, state by state, and what is refused."""

import itertools
from fractions import Fraction

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.contracts.negotiate import Contracted, FixedTerms, RandomTerms
from accord.contracts.space import AbstractContractSpace, to_others
from accord.core.errors import BadGame, BadTerms
from accord.core.finite import drawn
from accord.games.brook import Brook
from accord.games.cleanup import Cleanup
from accord.games.matrix import prisoners_dilemma
from accord.games.public_goods import PublicGoods
from accord.solve.tables.planner import evaluate, optimal
from accord.solve.tables.tabular import Tabular
from accord.solve.tables.tabulate import TooLarge, picked, tabulate

SMALL = Brook(cells=4, trees=1, most=2, horizon=5)


@pytest.fixture(scope="module")
def brook():
    return tabulate(SMALL)


def test_every_state_of_the_brook_is_found(brook):
    assert brook.arrays.num_states == 4**2 * 3 * 2  # places of two agents, three levels of dirt, one tree
    assert brook.arrays.num_joint == 9


def test_rows_are_what_the_game_lists(brook):
    arrays, rng = brook.arrays, np.random.default_rng(0)
    states = [picked(brook.states, i) for i in range(arrays.num_states)]
    number = {SMALL.describe(state): i for i, state in enumerate(states)}
    assert len(number) == arrays.num_states
    for row in rng.choice(arrays.num_rows, 40, replace=False):
        state, joint = divmod(int(row), arrays.num_joint)
        chances, after, rewards = SMALL.outcomes(states[state], jnp.asarray(arrays.profile(joint), jnp.int32))
        expected = {}
        for k, chance in enumerate(np.asarray(chances)):
            if chance:
                name = number[SMALL.describe(picked(after, k))]
                expected[name] = expected.get(name, 0) + Fraction(float(chance))
        found = slice(arrays.first[row], arrays.first[row + 1])
        weights = [Fraction(int(weight), arrays.denominator) for weight in arrays.weight[found]]
        got = dict(zip(arrays.after[found].tolist(), weights, strict=True))
        assert got == expected
        np.testing.assert_allclose(arrays.rewards[row], np.asarray(chances) @ np.asarray(rewards), atol=1e-6)


def test_step_draws_what_outcomes_lists():
    chances = jnp.asarray([0.25, 0.0, 0.5, 0.25], jnp.float32)
    keys = jax.random.split(jax.random.key(3), 4000)
    picks = np.asarray(jax.vmap(lambda k: drawn(chances, jnp.arange(4, dtype=jnp.int32), k))(keys))
    share = np.bincount(picks, minlength=4) / len(picks)
    assert share[1] == 0
    np.testing.assert_allclose(share, chances, atol=4 * np.sqrt(0.25 / len(picks)))


def test_games_of_one_move():
    arrays = tabulate(prisoners_dilemma()).arrays
    assert arrays.num_states == 2 and arrays.ended.tolist() == [False, True]
    assert arrays.stage(0).payoffs.tolist() == np.array([[[2, 0], [3, 1]], [[2, 3], [0, 1]]]).tolist()
    goods = tabulate(PublicGoods(num_agents=3, levels=2)).arrays
    assert goods.stage(0).payoff((1, 1, 0)) == (Fraction(-1, 5), Fraction(-1, 5), Fraction(4, 5))


def test_an_institution_is_tabulated_as_any_game():
    """The arrays under a contract are the arrays of the contracted game."""
    for game, space, theta in (
        (prisoners_dilemma(), DefectionFine(), 0.3),
        (PublicGoods(num_agents=3, levels=3), WithholdingFine(), 0.7),
    ):
        inside = tabulate(game).under(space, [theta])
        outside = tabulate(Contracted(game, space, FixedTerms((theta,)))).arrays
        assert (inside.stage(0).payoffs == outside.stage(0).payoffs).all()


def test_transfers_are_affine_where_they_say_so():
    table = tabulate(PublicGoods(num_agents=3, levels=3))
    linear = table.linear(WithholdingFine())
    units, scale = linear.at((Fraction(7, 10),))
    direct, other = table.transfers(WithholdingFine(), [0.7])
    assert np.array_equal(units.astype(object) * other, direct.astype(object) * scale)


class Squared(AbstractContractSpace):
    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (2.0,)

    def pays(self, theta, signals):
        return to_others(theta[0] ** 2 * (signals.actions == 1).astype(jnp.float32))


class Printing(AbstractContractSpace):
    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (2.0,)

    def pays(self, theta, signals):
        return -to_others(theta[0] * (signals.actions == 1).astype(jnp.float32))


def test_bad_input_is_named():
    table = tabulate(prisoners_dilemma())
    with pytest.raises(BadTerms, match="Squared is not affine"):
        table.linear(Squared())
    with pytest.raises(BadGame, match="expected amounts >= 0"):
        table.under(Printing(), [1.0])
    with pytest.raises(BadGame, match="set levels=2"):
        tabulate(PublicGoods())
    with pytest.raises(BadGame, match=r"Cleanup.init is random"):
        tabulate(Cleanup())
    with pytest.raises(BadGame, match="RandomTerms.draw is random"):
        tabulate(Contracted(prisoners_dilemma(), DefectionFine(), RandomTerms()))
    with pytest.raises(TooLarge, match=r"9 joint actions a state, and more than 50 states.*--limit"):
        tabulate(SMALL, limit=50)
    with pytest.raises(BadGame, match="add up to 1 after state 0 and actions cooperate, cooperate, expected 0"):
        table.arrays.plus(np.eye(8, 2, dtype=np.int64))
    with pytest.raises(BadGame, match="probabilities"):
        Tabular.of_arrays(np.zeros((1, 2, 2, 2)), np.full((1, 2, 2, 1), 0.5), horizon=3)


def test_the_optimum_is_the_best_of_all_policies():
    """Against every policy of a game of two states and two steps, one by one."""
    rng = np.random.default_rng(5)
    rewards, where = rng.integers(-3, 4, (2, 2, 2, 2)), rng.integers(0, 2, (2, 2, 2))
    game = Tabular.of_arrays(rewards, np.eye(2)[where], horizon=2)
    policy, values = optimal(game)
    best = max(
        sum(evaluate(game, np.reshape(choice, (2, 2))).from_start(game))
        for choice in itertools.product(range(4), repeat=4)
    )
    assert sum(values.from_start(game)) == best
    assert evaluate(game, policy).from_start(game) == values.from_start(game)


def test_integers_and_floats_agree_over_many_steps():
    arrays = tabulate(Brook(cells=4, trees=1, most=2, horizon=40)).arrays
    policy, values = optimal(arrays)
    floats = np.zeros((arrays.num_states, 2))
    for choice in policy[::-1]:
        rows = arrays.rewards + arrays.transitions @ floats
        floats = rows[np.arange(arrays.num_states) * arrays.num_joint + choice]
    assert values.scales[0] > 2**62  # past 64 bits
    np.testing.assert_allclose([float(v) for v in values.at(0, 7)], floats[7], rtol=1e-12)


def test_the_brook_is_a_game_like_any_other():
    from accord.testing import check_game

    check_game(SMALL)
    assert eqx.tree_equal(SMALL.init(jax.random.key(0)), SMALL.init(jax.random.key(1)))
