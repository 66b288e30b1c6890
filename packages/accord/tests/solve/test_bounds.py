"""Outer bounds: known numbers, programs written a second time, equilibria in mixed play, and a dilemma certified."""

import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize
from markov_games import chances, drawn, repeated, reward

from accord.core.errors import BadSetting
from accord.games.brook import Brook
from accord.games.matrix import harmony, prisoners_dilemma, stag_hunt
from accord.solve.equilibria.backward import POINTS, subgame_perfect
from accord.solve.equilibria.bounds import bounds, dilemma, reachable, survivors
from accord.solve.equilibria.obedience import Stages, lagrangian, sides, support
from accord.solve.equilibria.sets import Fence
from accord.solve.tables.normal import NormalForm
from accord.solve.tables.planner import optimal
from accord.solve.tables.tabular import Tabular
from accord.solve.tables.tabulate import tabulate

CLOSE = 1e-6


def fined(payoffs, fine: Fraction) -> Tabular:
    """A game of one move in which whoever plays 1 (defects) pays a fine, shared by the others."""
    base = NormalForm.of(np.asarray(payoffs, object))
    n = base.num_agents
    transfers = np.zeros(base.units.shape, object)
    for cell in np.ndindex(*base.num_actions):
        for i in range(n):
            for j in range(n):
                if i != j and cell[i]:
                    transfers[(i, *cell)] -= fine / (n - 1)
                    transfers[(j, *cell)] += fine / (n - 1)
    return Tabular.of_normal(base.plus(transfers))


def public_goods(agents: int, multiplier: Fraction):
    payoffs = np.zeros((agents, *(2,) * agents), object)
    for cell in itertools.product(range(2), repeat=agents):
        for i in range(agents):
            payoffs[(i, *cell)] = multiplier / agents * (agents - sum(cell)) - (1 - cell[i])
    return payoffs


PD = [[[3, 0], [4, 1]], [[3, 4], [0, 1]]]


@pytest.mark.parametrize(
    ("payoffs", "fine", "low", "high"),
    [(PD, "0", 2, 2), (PD, "3/4", 2, 2), (PD, "1", 2, 6), (PD, "9/8", 6, 6),
     (public_goods(3, Fraction(3, 2)), "1/4", 0, 0), (public_goods(3, Fraction(3, 2)), "1/2", 0, 1.5),
     (public_goods(3, Fraction(3, 2)), "3/4", 1.5, 1.5), (public_goods(5, Fraction(2)), "3/5", 0, 5)],
)
def test_welfare_of_correlated_equilibria(payoffs, fine, low, high):
    # Source: least and most welfare over correlated equilibria by linear programs in another implementation; the last
    # line by hand: at the price of not investing, 1 - 2/5, everybody is indifferent whatever the others do.
    least, most = bounds(fined(payoffs, Fraction(fine))).welfare
    assert low - CLOSE <= least <= low and high <= most <= high + CLOSE


def test_chicken_has_correlated_equilibria_beyond_its_nash_equilibria():
    # By hand: with probability p on (6, 6) and q on each of the pure equilibria, whoever is told to give way has
    # 6 p + 2 q by it and 7 p otherwise, so p <= 2 q; with p + 2 q = 1 the best is p = 1/2, of welfare 6 + 4.5 = 10.5.
    game = repeated([[(6, 6), (2, 7)], [(7, 2), (0, 0)]], 1)
    found = bounds(game)
    assert float(found.welfare[1]) == pytest.approx(10.5, abs=CLOSE)
    assert found.values[0][0] <= 2 and 7 <= found.values[0][1] <= 7 + CLOSE


def written_again(fence: Fence, low, high, objective) -> float:
    """The program of one stage game, from its definition, in floats."""
    game, n, joint = fence.game, fence.game.num_agents, fence.game.num_joint
    index = lambda a, i: joint + a * n + i
    rows, right = [], []

    def add(line, at_most):
        rows.append(line)
        right.append(at_most)

    for a in range(joint):
        for k, direction in enumerate(fence.directions):
            for sign, end in ((1, high[a, k]), (-1, low[a, k])):
                line = np.zeros(joint * (1 + n))
                for i in range(n):
                    line[index(a, i)] = sign * direction[i]
                line[a] = -sign * end
                add(line, 0)
    for i in range(n):
        for own, other in itertools.permutations(range(game.num_actions), 2):
            line = np.zeros(joint * (1 + n))
            for a in range(joint):
                if game.profile(a)[i] == own:
                    line[index(a, i)] -= 1
                    line[a] += low[game.deviations[a, i, other], i]
            add(line, 0)
    cost = np.zeros(joint * (1 + n))
    for a in range(joint):
        for i in range(n):
            cost[index(a, i)] = -objective[i]
    free = [(0, None)] * joint + [(None, None)] * (joint * n)
    total = np.append(np.ones(joint), np.zeros(joint * n))[None]
    found = scipy.optimize.linprog(cost, np.array(rows), right, total, [1], free)
    assert found.status == 0
    return -found.fun


def stages(seed: int, *, agents: int = 2, actions: int = 3, directions=()) -> tuple[Fence, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    game = drawn(seed, agents=agents, actions=actions, states=1, horizon=1, high=9)
    fence = Fence(game, directions)
    low = np.zeros((4, game.num_joint, len(fence.directions)), np.int64)
    centre = rng.integers(-2000, 2000, (4, game.num_joint, agents)) @ fence.directions.T
    low, high = centre - rng.integers(0, 900, low.shape), centre + rng.integers(0, 900, low.shape)
    return fence, *fence.closed(low, high)


@pytest.mark.parametrize(
    ("seed", "agents", "actions", "directions"), [(0, 2, 3, ()), (1, 2, 2, ((1, -1), (2, 1))), (2, 3, 2, ((1, 1, -1),))]
)
def test_sides_are_the_programs_values(seed, agents, actions, directions):
    fence, low, high = stages(seed, agents=agents, actions=actions, directions=directions)
    below, above, solved, refused = sides(Stages.of(fence, low, high, np.ones(low.shape[:2], bool)))
    assert refused == 0 and solved == 8 * len(fence.directions)
    for stage in range(4):
        for k, direction in enumerate(fence.directions):
            top = written_again(fence, low[stage], high[stage], direction)
            bottom = -written_again(fence, low[stage], high[stage], -direction)
            assert top - CLOSE <= above[stage, k] <= top + 2, "rounded up, by little"
            assert bottom - 2 <= below[stage, k] <= bottom + CLOSE


def test_any_multipliers_give_a_bound():
    fence, low, high = stages(5, directions=((1, -1),))
    rng = np.random.default_rng(0)
    k = len(fence.directions)
    for size in (0.0, 0.3, 5.0, 1e12):  # the last ones do not fit into 64 bits
        lam = rng.exponential(size, (4, 2 * k, 2, 3, 3))
        extra = rng.normal(0, size, (4, 2 * k, 9, 1))
        bound = lagrangian(fence, low, high, np.ones((4, 9), bool), lam, extra)
        for stage in range(4):
            for number, objective in enumerate([*fence.directions, *-fence.directions]):
                assert bound[stage, number] >= written_again(fence, low[stage], high[stage], objective) - CLOSE


def test_support_of_a_box_cut_by_welfare():
    rng = np.random.default_rng(3)
    for _ in range(60):
        n = int(rng.integers(1, 5))
        low, width = rng.integers(-9, 9, n), rng.integers(0, 9, n)
        inside = low + rng.integers(0, width + 1)
        ends = inside.sum() - rng.integers(0, 5), inside.sum() + rng.integers(0, 5)
        slope = rng.integers(-5, 6, n)
        found = scipy.optimize.linprog(
            -slope, np.array([np.ones(n), -np.ones(n)]), [ends[1], -ends[0]],
            bounds=list(zip(low, low + width, strict=True)),
        )
        assert support(slope, np.append(low, ends[0]), np.append(low + width, ends[1])) == pytest.approx(-found.fun)


def test_stage_games_that_differ_by_constants_are_one():
    fence, low, high = stages(0)
    shift = np.array([[5, -3], [0, 0], [100, 7], [1, 1]]) @ fence.directions.T
    one, two = (np.repeat(values[:1], 4, axis=0) + shift[:, None] for values in (low, high))
    together = Stages.of(fence, one, two, np.ones((4, 9), bool))
    assert len(together.low) == 1
    below, above, solved, _ = sides(together)
    assert solved == 6 and np.array_equal(above - shift, np.repeat(above[1:2], 4, axis=0))
    assert np.array_equal(below - shift, np.repeat(below[1:2], 4, axis=0))


@pytest.mark.parametrize("tier", ["boxes", "programs"])
def test_every_pure_equilibrium_is_inside(tier):
    seen = 0
    for seed in range(25):
        game = drawn(seed, states=3, actions=2 + seed % 2, horizon=3, start=2)
        exact, outer = subgame_perfect(game), bounds(game, tier=tier, directions=((1, -1),))
        for time in range(game.horizon):
            for state in map(int, np.flatnonzero(exact.kind[time] == POINTS)):
                layer = exact.layers[time]
                along = layer.of(state).astype(object) @ outer.fence.directions.T.astype(object)
                for k, (low, high) in enumerate(outer.at(time, state)):
                    assert low <= Fraction(int(along[:, k].min()), layer.scale)
                    assert Fraction(int(along[:, k].max()), layer.scale) <= high
                    seen += 1
    assert seen > 300


def test_programs_are_inside_of_boxes_and_directions_only_help():
    for seed in range(10):
        game = drawn(seed, states=3, horizon=3)
        box, program = bounds(game, tier="boxes"), bounds(game)
        more = bounds(game, directions=((1, -1), (1, 2), (2, 1)))
        reached = reachable(game)
        assert np.all(program.low >= box.low) and np.all(program.high <= box.high)
        for sign, one, other in ((1, more.high, program.high), (-1, more.low, program.low)):
            ends = [float(f.fence.unit) for f in (more, program)]
            gain = sign * (other[:-1, :, :3] / ends[1] - one[:-1, :, :3] / ends[0])
            assert np.all(gain[reached] >= -CLOSE), "multipliers are rounded, but by little"


def mixed_equilibrium(game: Tabular) -> dict[tuple[int, int], tuple[Fraction, Fraction]]:
    """Values of one Markov equilibrium of a 2x2 game, in mixed play wherever both can be made indifferent."""
    values = {(game.horizon, s): (Fraction(0), Fraction(0)) for s in range(game.num_states)}
    for time in range(game.horizon - 1, -1, -1):
        for state in range(game.num_states):
            pay = [[[Fraction(0)] * 2 for _ in range(2)] for _ in range(2)]
            for a, b, i in itertools.product(range(2), repeat=3):
                row = state * 4 + 2 * a + b
                later = sum(p * values[time + 1, s][i] for s, p in chances(game, row))
                pay[i][a][b] = reward(game, row, i) + later
            values[time, state] = two_by_two(pay[0], pay[1])
    return values


def two_by_two(one, two) -> tuple[Fraction, Fraction]:
    gap_two = two[0][0] - two[0][1] - two[1][0] + two[1][1]
    gap_one = one[0][0] - one[1][0] - one[0][1] + one[1][1]
    if gap_one and gap_two:
        p, q = (two[1][1] - two[1][0]) / gap_two, (one[1][1] - one[0][1]) / gap_one
        if 0 < p < 1 and 0 < q < 1:
            weights = [[p * q, p * (1 - q)], [(1 - p) * q, (1 - p) * (1 - q)]]
            cells = list(itertools.product(range(2), repeat=2))
            mean = lambda pay: sum((weights[a][b] * pay[a][b] for a, b in cells), Fraction(0))
            return mean(one), mean(two)
    for a, b in itertools.product(range(2), repeat=2):
        if one[a][b] >= one[1 - a][b] and two[a][b] >= two[a][1 - b]:
            return one[a][b], two[a][b]
    raise AssertionError("a 2x2 game without equilibrium")


@pytest.mark.parametrize("tier", ["boxes", "programs"])
def test_mixed_equilibria_are_inside(tier):
    inner = 0
    for seed in range(40):
        game = drawn(seed, horizon=3, high=6)
        values, outer = mixed_equilibrium(game), bounds(game, tier=tier)
        for (time, state), value in values.items():
            for (low, high), mine in zip(outer.at(time, state), (*value, sum(value)), strict=True):
                assert low <= mine <= high
        inner += subgame_perfect(game).payoffs == ()
    assert inner >= 3, "games whose equilibria are all mixed are among them"


def test_zero_sum_games_have_their_value():
    game = repeated([[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]], 3)
    for low, high in bounds(game).values:
        assert -CLOSE <= low <= 0 <= high <= CLOSE
    assert bounds(game, tier="boxes").values[0] == (-3, 3)


def test_dominant_play_collapses_the_bounds():
    found = bounds(repeated([[(2, 2), (0, 3)], [(3, 0), (1, 1)]], 6), tier="boxes")
    assert np.all(found.policy == 3) and found.values == ((6, 6), (6, 6)) and found.welfare == (12, 12)
    assert bounds(drawn(0), tier="boxes").policy is None


@pytest.mark.parametrize("factor", [Fraction(10**14), Fraction(1, 10**9 + 7)])
def test_units_suit_the_payoffs(factor):
    for seed in (0, 3):
        small = drawn(seed, horizon=3)
        large = dataclasses.replace(small, units=small.units * factor.numerator, scale=small.scale * factor.denominator)
        (low, high), (least, most) = bounds(small).welfare, bounds(large).welfare
        assert float(least / factor) == pytest.approx(float(low), abs=CLOSE)
        assert float(most / factor) == pytest.approx(float(high), abs=CLOSE)
        exact = subgame_perfect(large)
        for point in exact.payoffs or ():
            assert least <= sum(point) <= most


def test_dominance_is_iterated():
    # only agent 0 has a dominated action (its third); without it agent 1's third goes, then agent 0's second, ...
    pay = NormalForm.of([[[3, 0, 0], [0, 3, 9], [-1, -1, -1]], [[2, 1, 0], [2, 1, 0], [0, 0, 9]]])
    game = Tabular.of_normal(pay)
    fence = Fence(game)
    alive = survivors(game, *fence.ahead(*fence.nothing()))
    assert alive[0].tolist() == [[True, False, False], [True, False, False]]


def test_certified_dilemmas_and_none():
    dilemmas = {"PrisonersDilemma": prisoners_dilemma(), "Harmony": harmony(), "StagHunt": stag_hunt()}
    found = {name: dilemma(tabulate(game).arrays) for name, game in dilemmas.items()}
    assert found["PrisonersDilemma"].certified and found["PrisonersDilemma"].gap == 2
    assert not found["Harmony"].certified and "no dilemma" in found["Harmony"].message
    assert not found["StagHunt"].certified and "nothing is certified" in found["StagHunt"].message
    assert found["StagHunt"].upper >= found["StagHunt"].best == 8 and found["StagHunt"].gap == 0


def test_the_brook_is_a_dilemma():
    game = tabulate(Brook()).arrays
    boxes, programs = dilemma(game), dilemma(game, tier="programs")
    assert game.num_states == 500 and boxes.tier == "boxes" and boxes.certified and programs.certified
    assert float(boxes.best) == pytest.approx(4.7401685, abs=1e-6)
    assert boxes.upper < Fraction(377, 100) and programs.upper < Fraction(374, 100)
    assert boxes.lower <= programs.lower <= programs.upper <= boxes.upper


def test_a_larger_brook_is_a_dilemma():
    game = tabulate(Brook(cells=7, trees=3)).arrays
    found = dilemma(game)
    assert game.num_states == 1960 and game.horizon == 12
    assert found.certified and found.gap > Fraction(9, 10)
    assert found.best == sum(optimal(game)[1].from_start(game))


def test_pure_equilibria_of_a_short_brook_are_inside():
    game = tabulate(Brook(horizon=4)).arrays
    exact, outer = subgame_perfect(game, outer=bounds(game)), bounds(game)
    assert exact.payoffs
    low, high = outer.welfare
    assert low <= exact.welfare[0] <= exact.welfare[1] <= high < sum(optimal(game)[1].from_start(game))


def test_settings_are_checked():
    with pytest.raises(BadSetting, match="tier='exact'"):
        bounds(drawn(0), tier="exact")
    with pytest.raises(BadSetting, match="Direction"):
        bounds(drawn(0), directions=((1, 2, 3),))
    with pytest.raises(BadSetting, match="Direction"):
        bounds(drawn(0), directions=((0, 0),))
