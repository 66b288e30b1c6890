"""Games of one move against hand computations, published examples and plain enumeration."""

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from accord.core.errors import BadGame, BadSetting
from accord.games.matrix import chicken, harmony, prisoners_dilemma, stag_hunt
from accord.solve.equilibria import mixed
from accord.solve.equilibria.mixed import Equilibrium, mixed_equilibria, mixed_two_by_two
from accord.solve.equilibria.stage import (
    classify,
    correlated,
    dominance,
    dominant,
    pure_equilibria,
    security,
    welfare_bounds,
)
from accord.solve.programs.linear import minimise
from accord.solve.tables.normal import NormalForm

PRISONERS = np.array([[[3, 0], [4, 1]], [[3, 4], [0, 1]]], object)
PENNIES = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]


def public_goods(agents: int, multiplier: Fraction) -> np.ndarray:
    """Action 0 invests: all share `multiplier` times the number of investors, who pay 1."""
    table = np.empty((agents, *(2,) * agents), object)
    for profile in np.ndindex(*(2,) * agents):
        invested = profile.count(0)
        for agent in range(agents):
            table[(agent, *profile)] = multiplier * invested / agents - (profile[agent] == 0)
    return table


def fined(table: np.ndarray, theta: Fraction) -> NormalForm:
    """Who plays action 1 pays theta, in equal parts to the others."""
    agents, out = len(table), table.copy()
    for profile in np.ndindex(*table.shape[1:]):
        for payer in np.flatnonzero(profile):
            for agent in range(agents):
                out[(agent, *profile)] += -theta if agent == payer else theta / (agents - 1)
    return NormalForm.of(out)


def random_game(rng: np.random.Generator, *actions: int) -> NormalForm:
    return NormalForm.of(rng.integers(-3, 4, (len(actions), *actions)))


# ---------------------------------------------------------------------------------------------------- pure, dominance


@pytest.mark.parametrize("actions", [(2, 2), (3, 2), (4, 4), (2, 2, 2), (2, 3, 2), (2, 2, 2, 2)])
def test_pure_equilibria_are_the_profiles_without_a_better_reply(actions: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(actions))
    for _ in range(30):
        game = random_game(rng, *actions)
        listed = [
            profile
            for profile in itertools.product(*map(range, actions))
            if all(
                game.payoff((*profile[:i], own, *profile[i + 1 :]))[i] <= game.payoff(profile)[i]
                for i, count in enumerate(actions)
                for own in range(count)
            )
        ]
        assert pure_equilibria(game) == listed


def test_ties_of_fractions_are_ties() -> None:
    tie = NormalForm.of(np.array([[[Fraction(1, 10) + Fraction(2, 10), 0]], [[Fraction(3, 10), Fraction(3, 10)]]]))
    assert pure_equilibria(tie) == [(0, 0), (0, 1)]


def test_elimination_needs_mixtures() -> None:
    """The third row beats neither other row and is beaten by none, but half of each beats it; then the column falls."""
    rows = [[4, 0], [0, 4], [1, 1]]
    columns = [[1, 1], [2, 0], [0, 9]]
    game = NormalForm.of([rows, columns])
    assert dominance(game, mixed=False).left == ((0, 1, 2), (0, 1))
    found = dominance(game)
    assert found.left == ((0, 1), (0, 1))
    (removal,) = found.removed
    assert (removal.agent, removal.action, removal.round) == (0, 2, 1)
    for column in range(2):
        assert sum(p * row[column] for p, row in zip(removal.instead, rows, strict=True)) > rows[2][column]


def test_elimination_takes_as_many_rounds_as_it_needs() -> None:
    """The left column falls to the middle one, then the top row to the middle one, then nothing."""
    game = NormalForm.of([[[4, 3, 1], [3, 4, 2], [2, 2, 9]], [[1, 2, 0], [1, 2, 3], [1, 2, 0]]])
    found = dominance(game)
    assert [(r.round, r.agent, r.action) for r in found.removed] == [(1, 1, 0), (2, 0, 0)]
    assert found.left == ((1, 2), (1, 2))
    assert found.solution is None
    assert dominance(NormalForm.of(PRISONERS)).solution == (1, 1)


@pytest.mark.parametrize("actions", [(3, 3), (4, 3), (2, 3, 2)])
def test_elimination_leaves_only_best_replies_to_beliefs(actions: tuple[int, ...]) -> None:
    """An action survives exactly if it is a best reply to some belief about what survives (Pearce 1984, lemma 3)."""
    rng = np.random.default_rng(7)
    for _ in range(25):
        game = random_game(rng, *actions)
        found = dominance(game)
        assert found.exact
        for agent, part in enumerate(game.units):
            others = [list(own) for own in found.left]
            others[agent] = list(range(actions[agent]))
            table = np.moveaxis(part[np.ix_(*others)], agent, 0).reshape(actions[agent], -1)
            for action in range(actions[agent]):
                rows = table - table[action]
                belief = linprog(np.zeros(rows.shape[1]), rows, np.zeros(len(rows)), np.ones((1, rows.shape[1])), [1])
                assert (belief.status == 0) == (action in found.left[agent])
        for removal in found.removed:
            assert sum(removal.instead) == 1
            assert removal.instead[removal.action] == 0


def test_dominant_actions() -> None:
    assert dominant(NormalForm.of(PRISONERS)) == (1, 1)
    assert dominant(NormalForm.of(PENNIES)) == (None, None)
    tie = NormalForm.of([[[1, 2], [1, 1]], [[0, 0], [0, 0]]])
    assert dominant(tie) == (None, None)
    assert dominant(tie, weakly=True) == (0, 0)


# ---------------------------------------------------------------------------------------------- correlated equilibria

THETAS = [Fraction(text) for text in ("0", "1/4", "1/2", "3/4", "1", "9/8")]
TABLE = {
    "prisoners": (PRISONERS, [(2, 2), (2, 2), (2, 2), (2, 2), (2, 6), (6, 6)]),
    "three": (
        public_goods(3, Fraction(3, 2)),
        [(0, 0), (0, 0), (0, Fraction(3, 2)), *[(Fraction(3, 2), Fraction(3, 2))] * 3],
    ),
    "eight": (public_goods(8, Fraction(2)), [(0, 0), (0, 0), (0, 0), (0, 8), (8, 8), (8, 8)]),
}


@pytest.mark.parametrize("name", TABLE)
def test_welfare_of_all_equilibria_under_a_fine(name: str) -> None:
    """Below the knife edge nobody cooperates, above it all do, and exactly on it anything may happen."""
    table, expected = TABLE[name]
    for theta, ends in zip(THETAS, expected, strict=True):
        bounds = welfare_bounds(fined(table, theta))
        assert bounds.exact
        assert (bounds.low, bounds.high) == ends


@pytest.mark.parametrize(
    ("table", "least"),
    [
        (PRISONERS, Fraction(1)),
        (public_goods(3, Fraction(3, 2)), Fraction(1, 2)),
        (public_goods(10, Fraction(3)), Fraction(7, 10)),
    ],
)
def test_the_least_uniform_fine_for_dominance(table: np.ndarray, least: Fraction) -> None:
    """One row per agent and behaviour of the others (ten agents: 5,120): the fine is at least what defecting gains."""
    game = NormalForm.of(table)
    gains = [np.diff(part, axis=agent).ravel() for agent, part in enumerate(game.units)]
    right = np.concatenate(gains)
    found = minimise([1], at_most=(np.full((len(right), 1), -game.scale), -right))
    assert (found.value, found.exact) == (least, True)
    assert dominant(fined(table, least)) == (None,) * len(table)
    assert dominant(fined(table, least), weakly=True) == (0,) * len(table)
    assert dominant(fined(table, least + Fraction(1, 1000))) == (0,) * len(table)


def test_aumanns_chicken() -> None:
    """Source: Aumann 1974: correlation gives each 5 1/4 = (6 + 6 + 2 + 7) / 4, more than any mix of equilibria."""
    game = NormalForm.of([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    best = correlated(game, (1, 1))
    assert best.payoffs == (Fraction(21, 4), Fraction(21, 4))
    assert best.play.tolist() == [[Fraction(1, 2), Fraction(1, 4)], [Fraction(1, 4), 0]]


def check_correlated(game: NormalForm, direction: tuple[int, ...], coarse: bool) -> Fraction:
    """Primal and dual proof by loops over joint actions."""
    found = correlated(game, direction, coarse=coarse)
    assert found.exact
    play, n = found.play, game.num_agents
    assert play.sum() == 1
    assert np.all(play >= 0)
    worth = np.zeros(game.num_actions, object)
    for agent, part in enumerate(game.payoffs):
        count = game.num_actions[agent]
        gains = np.zeros((count, count), object)
        for profile in np.ndindex(*game.num_actions):
            worth[profile] += direction[agent] * part[profile]
            for other in range(count):
                gain = part[(*profile[:agent], other, *profile[agent + 1 :])] - part[profile]
                gains[profile[agent], other] += play[profile] * gain
                worth[profile] -= found.multipliers[agent][0 if coarse else profile[agent], other] * gain
        assert np.all((gains.sum(axis=0) if coarse else gains) <= 0)
        assert np.all(found.multipliers[agent] >= 0)
        assert found.payoffs[agent] == (play * part).sum()
    assert worth.max() == found.value == sum(d * u for d, u in zip(direction, found.payoffs, strict=True))
    assert n == len(found.multipliers)
    return found.value


@pytest.mark.parametrize("actions", [(2, 2), (3, 3), (2, 4), (2, 2, 2), (2, 3, 2)])
def test_correlated_equilibria_carry_their_proof(actions: tuple[int, ...]) -> None:
    rng = np.random.default_rng(11)
    larger = 0
    for _ in range(15):
        game = random_game(rng, *actions)
        game = NormalForm(game.units, int(rng.integers(1, 4)))
        direction = tuple(rng.integers(-2, 3, len(actions)).tolist())
        fine, coarse = (check_correlated(game, direction, kind) for kind in (False, True))
        assert coarse >= fine
        larger += coarse > fine
        for profile in pure_equilibria(game):
            assert sum(d * u for d, u in zip(direction, game.payoff(profile), strict=True)) <= fine
    assert (larger > 0) == (max(actions) > 2)  # with two actions each, what is not told is what is played instead


def test_a_direction_has_a_weight_for_everybody() -> None:
    with pytest.raises(BadGame, match="3 weights, the game 2 agents"):
        correlated(NormalForm.of(PENNIES), (1, 1, 1))


# --------------------------------------------------------------------------------------------------- security, names


def test_security_levels() -> None:
    pennies = security(NormalForm.of(PENNIES), 0)
    assert (pennies.pure, pennies.mixed, pennies.strategy) == (-1, 0, (Fraction(1, 2), Fraction(1, 2)))
    uneven = NormalForm.of([[[3, -1], [-2, Fraction(1, 2)]], [[-3, 1], [2, Fraction(-1, 2)]]])
    first, second = security(uneven, 0), security(uneven, 1)
    assert first.mixed == -second.mixed == Fraction(-1, 13)  # (3/2 - 2) / (3 + 1/2 + 1 + 2)
    assert first.strategy == (Fraction(5, 13), Fraction(8, 13))
    assert (first.pure, first.action) == (-1, 0)
    assert (second.pure, second.action) == (Fraction(-1, 2), 1)


def test_dilemmas_are_recognised_however_actions_are_named() -> None:
    for build, name in (
        (prisoners_dilemma, "prisoner's dilemma"), (stag_hunt, "stag hunt"), (chicken, "chicken"), (harmony, "harmony"),
    ):
        units = NormalForm.of(build().table).units
        for flip, turn in itertools.product((1, -1), repeat=2):
            kind = classify(NormalForm(units[:, ::flip, ::turn]))
            assert kind.name == name
            assert kind.cooperate == (int(flip < 0), int(turn < 0))


def test_names_of_all_strict_ordinal_games() -> None:
    """576 pairs of orders; one in eight has no pure equilibrium, one in eight has two (Rapoport and Guyer 1966)."""
    orders = [np.reshape(order, (2, 2)) for order in itertools.permutations(range(1, 5))]
    names: Counter[str] = Counter()
    by_number: Counter[int] = Counter()
    for one, other in itertools.product(orders, repeat=2):
        game = NormalForm(np.array([one, other]))
        names[classify(game).name] += 1
        by_number[len(pure_equilibria(game))] += 1
    assert by_number == {0: 72, 1: 432, 2: 72}
    assert names["matching pennies"] == 72
    # a symmetric order has four labellings; in harmony each agent has one of three orders
    assert (names["prisoner's dilemma"], names["stag hunt"], names["chicken"], names["harmony"]) == (4, 4, 4, 36)
    assert names["coordination"] + names["battle of the sexes"] == 72 - 8
    assert names["degenerate"] == 0


@pytest.mark.parametrize(
    ("payoffs", "name"),
    [
        (PENNIES, "matching pennies"),
        ([[[2, 0], [0, 1]], [[2, 0], [0, 1]]], "coordination"),
        ([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], "battle of the sexes"),
        ([[[2, 1], [0, -1]], [[-2, -1], [0, 1]]], "zero-sum"),
        ([[[1, 1], [0, 1]], [[1, 0], [0, 1]]], "degenerate"),
    ],
)
def test_names_of_other_games(payoffs: list, name: str) -> None:
    kind = classify(NormalForm.of(payoffs))
    assert (kind.name, kind.cooperate) == (name, None)


def test_only_two_by_two_games_have_names_and_a_closed_form() -> None:
    game = NormalForm.of(np.zeros((2, 2, 3), int))
    for function in (classify, mixed_two_by_two):
        with pytest.raises(BadGame, match=r"\(2, 3\) actions"):
            function(game)


# --------------------------------------------------------------------------------------------------- mixed equilibria


def test_mixed_equilibria_in_closed_form() -> None:
    battle = mixed_two_by_two(NormalForm.of([[[2, 0], [0, 1]], [[1, 0], [0, 2]]]))
    assert [equilibrium.support for equilibrium in battle] == [((0,), (0,)), ((0, 1), (0, 1)), ((1,), (1,))]
    assert battle[1].strategies == ((Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 3), Fraction(2, 3)))
    assert battle[1].payoffs == (Fraction(2, 3), Fraction(2, 3))
    assert [len(mixed_two_by_two(NormalForm.of(table))) for table in (PENNIES, PRISONERS)] == [1, 1]


def test_a_continuum_is_given_by_its_ends() -> None:
    """The row player is indifferent if the column player plays left, which is best if up is likely enough (1/3)."""
    game = NormalForm.of([[[1, 2], [1, 0]], [[2, 0], [0, 1]]])
    ends = [equilibrium.strategies for equilibrium in mixed_two_by_two(game)]
    assert ends == [((1, 0), (1, 0)), ((Fraction(1, 3), Fraction(2, 3)), (1, 0))]
    assert len(mixed_two_by_two(NormalForm.of(np.zeros((2, 2, 2), int)))) == 4


def test_regret_is_the_best_deviation() -> None:
    half = (Fraction(1, 2), Fraction(1, 2))
    weighed = Equilibrium.of(NormalForm.of(PRISONERS), (half, (Fraction(1), Fraction(0))))
    assert weighed.payoffs == (Fraction(7, 2), Fraction(3, 2))
    assert weighed.regret == 1  # the column player's: 5/2 - 3/2; the row player's is 4 - 7/2
    assert not weighed.exact
    assert weighed.welfare == 5


def test_without_gambit_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(mixed.importlib, "import_module", absent)
    with pytest.raises(BadSetting, match=r"accord\[gambit\]"):
        mixed_equilibria(NormalForm.of(PENNIES))
