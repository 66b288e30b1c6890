"""Relational contracts against published thresholds, brute force, and programs that share no code with the solver."""

import itertools
import random
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from accord.core.errors import BadGame, BadSetting
from accord.solve.rivals.polygon import Polygon
from accord.solve.rivals.repeated import (
    critical_discount,
    equilibrium_payoffs,
    generated,
    grim_trigger_discount,
    pure_minmax,
    rounds_of,
    steady,
)
from accord.solve.rivals.support import GRID, Directions, payoff_bound
from accord.solve.tables.normal import NormalForm
from accord.solve.tables.numbers import said
from accord.solve.tables.tabular import Tabular


def symmetric(reward, temptation, sucker, punishment):
    rows = [[reward, sucker], [temptation, punishment]]
    return NormalForm.of([rows, np.array(rows, object).T.tolist()])


def points(*pairs):
    return Polygon.around((F(x), F(y)) for x, y in pairs)


def random_game(rng, count=2, top=9):
    return NormalForm.of([[[rng.randint(0, top) for _ in range(count)] for _ in range(count)] for _ in range(2)])


DILEMMA = symmetric(9, 10, 1, 3)
PENNIES = NormalForm.of([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
CHICKEN = symmetric(3, 4, 1, 0)


# ------------------------------------------------------------------------------------------------------------- polygons

coordinates = st.tuples(st.integers(-6, 6), st.integers(-6, 6))


@given(st.lists(coordinates, min_size=1, max_size=9), coordinates)
def test_hull_holds_exactly_the_mixtures_of_its_points(corners, probe):
    hull = Polygon.around((F(x), F(y)) for x, y in corners)
    mixture = linprog(
        np.zeros(len(corners)), A_eq=[*np.array(corners, float).T, np.ones(len(corners))], b_eq=[*probe, 1.0]
    )
    assert hull.holds((F(probe[0]), F(probe[1]))) == (mixture.status == 0)
    assert set(hull.corners) <= {(F(x), F(y)) for x, y in corners}


@given(st.lists(coordinates, min_size=1, max_size=8), st.integers(0, 1), st.fractions(-7, 7, max_denominator=5))
def test_cutting_keeps_what_is_above(corners, axis, bound):
    hull = Polygon.around((F(x), F(y)) for x, y in corners)
    cut = hull.above(axis, bound)
    assert hull.covers(cut) and all(point[axis] >= bound for point in cut.corners)
    for x, y in itertools.product(range(-6, 7), repeat=2):
        point = (F(x), F(y))
        assert cut.holds(point) == (hull.holds(point) and point[axis] >= bound)


@given(st.lists(st.tuples(st.fractions(-3, 3), st.fractions(-3, 3)), min_size=1, max_size=6))
def test_coarser_polygons_are_around_and_near(corners):
    hull = Polygon.around(corners)
    coarse = hull.coarser(8)
    assert coarse.covers(hull)
    assert all(value.denominator <= 8 for point in coarse.corners for value in point)
    assert all(hull.distance(point) <= F(1, 8) for point in coarse.corners)


def test_distance_by_hand():
    square = points((0, 0), (2, 0), (2, 2), (0, 2))
    assert square.distance((F(1), F(1))) == 0
    assert square.distance((F(5), F(3))) == 3
    assert points((0, 0), (2, 2)).distance((F(2), F(0))) == 1
    assert points((1, 1)).distance((F(0), F(3))) == 2
    assert Polygon().empty and not Polygon().holds((F(0), F(0)))


# ----------------------------------------------------------------------------------------------------------- two agents


@pytest.mark.parametrize(
    ("discount", "corners"),
    [
        ("1/10", [(3, 3)]),
        ("142/1000", [(3, 3)]),
        ("1/7", [(3, 3), (9, 9)]),
        ("3/10", [(3, 3), (F(39, 4), 3), (9, 9), (3, F(39, 4))]),
        ("1/2", [(3, 3), (F(39, 4), 3), (9, 9), (3, F(39, 4))]),
        ("3/4", [(3, 3), (F(39, 4), 3), (9, 9), (3, F(39, 4))]),
    ],
)
def test_prisoners_dilemma(discount, corners):
    """R, T, S, P = 9, 10, 1, 3: best symmetric payoffs 3, 9, 9, 9 at .1, .3, .5, .75 by two other programs, least 3.

    From the threshold 1/7 on both cooperate; (39/4, 3) is where the edge from (9, 9) to (10, 1) meets the punishment.
    """
    found = equilibrium_payoffs(DILEMMA, discount)
    assert found.exact and found.outer == points(*corners)
    assert found.gap == 0 and found.sustains((3, 3)) is True and found.sustains((1, 10)) is False


@pytest.mark.parametrize(("reward", "temptation", "sucker", "punishment"), [(9, 10, 1, 3), (2, 3, 0, 1), (4, 7, -1, 2)])
def test_grim_trigger_is_the_threshold(reward, temptation, sucker, punishment):
    """Friedman's threshold (T - R) / (T - P). It is tight here as the one-shot equilibrium is the worst punishment."""
    game = symmetric(reward, temptation, sucker, punishment)
    threshold = F(temptation - reward, temptation - punishment)
    assert grim_trigger_discount(game, (0, 0)) == threshold
    found = critical_discount(game, (reward, reward))
    assert found.proven == threshold and threshold - found.refuted < F(1, 2**16)
    assert f"from discount {said(threshold)} on" in found.message


def test_grim_trigger_where_there_is_none():
    assert grim_trigger_discount(DILEMMA, (1, 1)) == 0
    assert grim_trigger_discount(DILEMMA, (0, 1)) is None  # the one who gives in gets less than without
    assert grim_trigger_discount(PENNIES, (0, 0)) is None
    never = critical_discount(PENNIES, (0, 0), within=F(1, 8))
    assert never.proven is None and "no equilibrium payoff" in never.message


def test_payoff_between_two_rounds_needs_more_patience():
    """Alternating between (10, 1) and (1, 10) must be worth more than 3 to the one who gives in first."""
    found = critical_discount(DILEMMA, (F(11, 2), F(11, 2)), within=F(1, 256))
    assert found.refuted is not None and found.refuted < found.proven <= F(1, 7) + F(1, 256)


@pytest.mark.parametrize("discount", ["1/10", "1/2", "99/100"])
def test_no_pure_equilibrium_is_said(discount):
    found = equilibrium_payoffs(PENNIES, discount)
    assert found.outer.empty and found.exact and found.sustains((0, 0)) is False
    assert "No pure subgame-perfect equilibrium" in found.message
    assert payoff_bound(PENNIES, discount).empty[0]


def test_emptiness_that_takes_steps_to_prove():
    """Feasible and individually rational payoffs exist, but every promise needs a larger one."""
    rng = random.Random(4)
    seen = 0
    for _ in range(300):
        game = random_game(rng)
        found = equilibrium_payoffs(game, "1/3")
        if found.outer.empty and found.steps > 1:
            seen += 1
            promised = Polygon.around((one.payoff[0], one.payoff[1]) for one in rounds_of(game))
            for _ in range(200):
                promised = generated(rounds_of(game), promised, F(1, 3)).coarser(2**12)
            assert promised.empty
    assert seen >= 2


@pytest.mark.parametrize("game", [DILEMMA, CHICKEN, symmetric(4, 3, 0, 2), symmetric(2, 3, 0, 1)])
def test_patience_gives_all_that_is_feasible_and_rational(game):
    """The folk theorem (Fudenberg and Maskin 1986), here reached exactly before the limit."""
    rational = Polygon.around((one.payoff[0], one.payoff[1]) for one in rounds_of(game))
    for axis, floor in enumerate(pure_minmax(game)):
        rational = rational.above(axis, floor)
    found = equilibrium_payoffs(game, "99/100")
    assert found.exact and found.outer == rational


def reached(game, delta, polygon, point):
    """A float program of its own: the point as a lottery over joint actions and promises that keep everybody."""
    payoffs, corners = game.floats, np.array(polygon.corners, float)
    worst = corners.min(axis=0)
    columns, floors, equal = [], [], []
    cells = list(np.ndindex(*game.num_actions))
    for number, cell in enumerate(cells):
        now = payoffs[(slice(None), *cell)]
        best = np.array([payoffs[0][:, cell[1]].max(), payoffs[1][cell[0]].max()])
        for corner in corners:
            columns.append((1 - delta) * now + delta * corner)
            floor = np.zeros((len(cells), 2))
            floor[number] = (1 - delta) * (best - now) + delta * (worst - corner)
            floors.append(floor.ravel())
    equal = np.vstack([np.array(columns).T, np.ones(len(columns))])
    size = len(columns)
    answer = linprog(  # the largest error of the lottery's mean, or of a floor
        np.append(np.zeros(size), 1.0),
        A_ub=np.vstack([
            np.column_stack([np.array(floors).T, -np.ones(2 * len(cells))]),
            np.column_stack([equal[:2], -np.ones(2)]), np.column_stack([-equal[:2], -np.ones(2)]),
        ]),
        b_ub=np.concatenate([np.zeros(2 * len(cells)), np.array(point, float), -np.array(point, float)]),
        A_eq=[np.append(np.ones(size), 0.0)], b_eq=[1.0],
    )  # fmt: skip
    return answer.fun < 1e-7


def test_every_corner_of_the_inner_set_generates_itself():
    rng = random.Random(11)
    tested = exact = 0
    for _ in range(40):
        game = random_game(rng, rng.choice([2, 3]))
        delta = rng.choice([F(3, 10), F(1, 2), F(4, 5)])
        found = equilibrium_payoffs(game, delta)
        assert found.outer.covers(found.inner)
        for corner in found.inner.corners:
            assert reached(game, float(delta), found.inner, corner)
            tested += 1
        if found.exact and not found.outer.empty:  # extreme payoffs of all equilibria come of one joint action each
            exact += 1
            worst = found.inner.lowest
            for corner in found.inner.corners:
                assert any(
                    found.inner.holds(tuple((corner[i] - (1 - delta) * one.payoff[i]) / delta for i in range(2)))
                    and all(
                        corner[i] >= (1 - delta) * (one.payoff[i] + one.gain[i]) + delta * worst[i] for i in range(2)
                    )
                    for one in rounds_of(game)
                )
    assert tested > 60 and exact > 20


def test_both_sets_meet_where_corners_are_irrational():
    """Corners that are no rationals are approached from both sides; each inner set is proven by the same check."""
    rng = random.Random(0)
    gaps = []
    for _ in range(60):
        game, delta = random_game(rng), F(9, 10)
        found = equilibrium_payoffs(game, delta)
        assert generated(rounds_of(game), found.inner, delta).covers(found.inner)
        gaps.append(found.gap)
    assert max(gaps) < F(1, 10**6) and gaps.count(0) > 40
    assert any(gap > 0 for gap in gaps)


def test_the_shortcut_excludes_nothing():
    """The plain operator, many steps without the shortcut, ends where the outer set does."""
    rng = random.Random(5)
    compared = 0
    for _ in range(25):
        game, delta = random_game(rng, rng.choice([2, 3])), F(rng.choice(["3/10", "1/2"]))
        found = equilibrium_payoffs(game, delta)
        rounds = rounds_of(game)
        plain = Polygon.around((one.payoff[0], one.payoff[1]) for one in rounds)
        for _ in range(60):
            plain = generated(rounds, plain, delta).coarser(2**16)
        assert plain.coarser(2**12).covers(found.inner)
        if not found.outer.empty:
            compared += 1
            assert max(found.outer.distance(corner) for corner in plain.corners) < F(1, 1000)
    assert compared > 15


@given(
    st.lists(st.integers(0, 6), min_size=8, max_size=8), st.lists(coordinates, min_size=1, max_size=6),
    st.lists(coordinates, min_size=0, max_size=4), st.sampled_from([F(1, 4), F(1, 2), F(9, 10)]),
)  # fmt: skip
def test_more_promises_keep_more(payoffs, few, more, delta):
    rounds = rounds_of(NormalForm.of(np.array(payoffs).reshape(2, 2, 2)))
    small = Polygon.around((F(x), F(y)) for x, y in few)
    large = Polygon.around((F(x), F(y)) for x, y in [*few, *more])
    assert generated(rounds, large, delta).covers(generated(rounds, small, delta))


def test_more_patience_keeps_more():
    rng = random.Random(3)
    for _ in range(25):
        game = random_game(rng)
        sets = [equilibrium_payoffs(game, discount) for discount in ("1/5", "1/2", "4/5")]
        assert sets[1].outer.covers(sets[0].inner) and sets[2].outer.covers(sets[1].inner)


def test_steady_play_for_any_number_of_agents():
    """Three invest 6/5 in a public good: the loss of 3/5 is made good by 1/5 a round from a discount of 3/4 on."""
    game = public_goods(3)
    assert grim_trigger_discount(game, (1, 1, 1)) == F(3, 4)
    assert [one.profile for one in steady(rounds_of(game), F(3, 4))] == [(0, 0, 0), (1, 1, 1)]
    assert [one.profile for one in steady(rounds_of(game), F(74, 100))] == [(0, 0, 0)]


def test_bad_settings():
    with pytest.raises(BadSetting, match="discount=1"):
        equilibrium_payoffs(DILEMMA, 1)
    with pytest.raises(BadGame, match=r"3 agents, expected 2.*payoff_bound"):
        equilibrium_payoffs(public_goods(3), "1/2")
    with pytest.raises(BadSetting, match="lack one axis"):
        Directions(np.array([[1, 0], [-1, 0]]))
    with pytest.raises(BadSetting, match="Give fewer directions"):
        Directions(np.array([v for v in itertools.product((-1, 0, 1), repeat=5) if any(v)]))


# ------------------------------------------------------------------------------------------- many agents, many states


def public_goods(n, multiplier=F(6, 5)):
    cells = itertools.product((0, 1), repeat=n)
    table = [[multiplier * sum(cell) / n - cell[i] for i in range(n)] for cell in cells]
    return NormalForm.of(np.array(table, object).T.reshape(n, *(2,) * n))


@pytest.mark.parametrize("agents", [2, 3])
def test_cones_give_the_linear_program(agents):
    """The least bound of all cones is the optimum of the program, and tells an infeasible one."""
    rng = np.random.default_rng(agents)
    ways = Directions.around(agents)
    feasible = 0
    for least in [0, -3] * 9:
        centre = rng.integers(-20, 20, agents)
        bounds = ways.vectors @ centre + rng.integers(least, 20, len(ways.vectors))
        reach = ways.tightest(bounds[None])[0]
        empty = bool(np.any(reach + reach[ways.opposite] < 0))
        answers = [
            linprog(-vector, A_ub=ways.vectors, b_ub=bounds, bounds=[(None, None)] * agents) for vector in ways.vectors
        ]
        assert empty == (answers[0].status == 2) or abs(min(reach + reach[ways.opposite])) <= 1
        if answers[0].status == 0:
            feasible += 1
            assert np.all(reach >= [-answer.fun - 1e-7 for answer in answers])
            assert np.all(reach <= [-answer.fun + 1 for answer in answers])
    assert 9 <= feasible < 18


def test_bound_holds_every_equilibrium_of_two():
    rng = random.Random(8)
    for _ in range(30):
        game, delta = random_game(rng), F(rng.choice(["3/10", "4/5"]))
        exact, bound = equilibrium_payoffs(game, delta), payoff_bound(game, delta)
        assert not any(bound.excludes(corner) for corner in exact.inner.corners)
        assert exact.inner.empty or not bound.empty[0]
    found = payoff_bound(DILEMMA, "1/10")
    assert found.welfare() == (6, 6) and found.excludes((9, 9)) and found.settled
    assert "bound" in found.message


@pytest.mark.parametrize("agents", [3, 4])
def test_public_goods_by_threat(agents):
    game = public_goods(agents)
    assert payoff_bound(game, "1/2").welfare() == (0, 0)
    least, most = payoff_bound(game, "9/10").welfare()
    assert least == 0 and 0 <= most - F(agents, 5) < F(1, 2**16)


def random_states(rng, states=2):
    rewards = np.array([rng.randint(0, 6) for _ in range(states * 8)]).reshape(states, 2, 2, 2)
    shares = np.array([rng.randint(0, 4) for _ in range(states * 4)]).reshape(states, 2, 2)
    chances = np.stack([shares, 4 - shares], axis=-1).astype(object) * F(1, 4)
    return Tabular.of_arrays(rewards, chances, horizon=1)


def test_one_state_that_returns_is_the_repeated_game():
    table = Tabular.of_arrays(np.moveaxis(DILEMMA.units, 0, -1)[None], np.ones((1, 2, 2, 1), int), horizon=1)
    for discount in ("1/10", "1/2"):
        states, normal = payoff_bound(table, discount), payoff_bound(DILEMMA, discount)
        assert np.all(states.units >= normal.units) and np.all(states.units - normal.units <= 16)


def test_states_against_a_program_of_their_own():
    """The same operator in floats, one linear program per state, joint action and direction."""
    rng = random.Random(2)
    ways = Directions.around(2)
    for delta in (0.5, 0.75):
        game = random_states(rng)
        found = payoff_bound(game, delta, steps=5)
        reach = np.tile((game.rewards @ ways.vectors.T).max(axis=0), (2, 1))
        gone = np.zeros(2, bool)
        for _ in range(found.steps):
            later = game.transitions @ reach
            new = np.full_like(reach, -np.inf)
            for row in range(game.num_rows):
                if np.any(gone):
                    continue
                floors = []
                for i in range(2):
                    others = [row - row % 4 + j for j in game.deviations[row % 4, i]]
                    leaving = [(1 - delta) * game.rewards[o, i] - delta * later[o, ways.down[i]] for o in others]
                    floors.append((max(leaving) - (1 - delta) * game.rewards[row, i]) / delta)
                for number, vector in enumerate(ways.vectors):
                    answer = linprog(-vector, A_ub=ways.vectors, b_ub=later[row], bounds=[(f, None) for f in floors])
                    if answer.status == 0:
                        value = (1 - delta) * game.rewards[row] @ vector - delta * answer.fun
                        new[row // 4, number] = max(new[row // 4, number], value)
            gone |= np.isinf(new).all(axis=1)
            reach = np.where(gone[:, None], reach, np.minimum(reach, new))
        assert not found.empty.any() and not gone.any()
        assert np.all(found.units / GRID >= reach - 1e-6) and np.all(found.units / GRID <= reach + 1e-4)


def test_bound_holds_stationary_equilibria_of_states():
    """Pure stationary equilibria by brute force over all policies; none of their payoffs is excluded in any state."""
    rng = random.Random(6)
    delta, seen = F(3, 4), 0
    for _ in range(25):
        game = random_states(rng)
        bound = payoff_bound(game, delta)
        for choice in itertools.product(range(4), repeat=2):
            rows = np.array([0, 4]) + choice
            rewards, chances = game.rewards, game.transitions.toarray()
            value = np.linalg.solve(np.eye(2) - float(delta) * chances[rows], (1 - float(delta)) * rewards[rows])
            worth = (1 - float(delta)) * rewards + float(delta) * chances @ value
            best = worth.reshape(2, 2, 2, 2)
            stays = all(
                worth[rows[s], i] >= best[s].max(axis=i)[choice[s] % 2 if i == 0 else choice[s] // 2, i] - 1e-9
                for s in range(2) for i in range(2)
            )  # fmt: skip
            if stays:
                seen += 1
                for state in range(2):
                    assert np.all(bound.directions.vectors @ value[state] <= bound.units[state] / GRID + 1e-5)
                    assert not bound.empty[state]
    assert seen > 10


def test_nothing_is_an_equilibrium_where_leaving_it_leads_to_none():
    """Staying together in the first state is best for both; whoever leaves leads to matching pennies forever."""
    rewards = np.zeros((2, 2, 2, 2), int)
    rewards[0, 0, 0] = 9
    rewards[1] = np.moveaxis(PENNIES.units, 0, -1)
    chances = np.zeros((2, 2, 2, 2), int)
    chances[0, :, :, 1] = chances[1, :, :, 1] = 1
    chances[0, 0, 0] = [1, 0]
    found = payoff_bound(Tabular.of_arrays(rewards, chances, horizon=1), "1/2")
    assert found.empty.tolist() == [True, True] and found.excludes((9, 9)) and "from 2 of 2 states" in found.message


def test_where_the_game_ends_nothing_follows():
    """One round and the end: the equilibria of the round, times one minus the discount."""
    bound = payoff_bound(Tabular.of_normal(DILEMMA), "3/4")
    assert bound.welfare() == (F(6, 4), F(6, 4))
    assert payoff_bound(Tabular.of_normal(PENNIES), "3/4").empty[0]
