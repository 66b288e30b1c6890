"""Agreement with gambit and OpenSpiel on random games: two to three agents, small integers, many ties."""

import io
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from accord.solve.equilibria.mixed import Equilibrium, as_nfg, mixed_equilibria, mixed_two_by_two
from accord.solve.equilibria.stage import correlated, dominance, pure_equilibria, security, welfare_bounds
from accord.solve.tables.normal import NormalForm

pygambit = pytest.importorskip("pygambit")
pyspiel = pytest.importorskip("pyspiel")

SHAPES = {(2, 2): 260, (2, 3): 60, (3, 2): 60, (3, 3): 80, (4, 3): 30, (4, 4): 40, (2, 2, 2): 100}
"""How many games of each shape: 630."""


def games(shape: tuple[int, ...]) -> Iterator[NormalForm]:
    """Payoffs in -1..1, where almost every game has ties, -3..3, and halves of them."""
    rng = np.random.default_rng([20, *shape])
    for number in range(SHAPES[shape]):
        reach = (1, 3, 9)[number % 3]
        yield NormalForm(rng.integers(-reach, reach + 1, (len(shape), *shape)), 1 + number % 2)


def test_there_are_enough_games() -> None:
    assert sum(SHAPES.values()) >= 500


class Spiel:
    """A game in OpenSpiel, and how far pure or mixed profiles are from equilibrium there."""

    def __init__(self, game: NormalForm) -> None:
        tables = [part.ravel().tolist() for part in game.floats]
        if game.num_agents == 2:
            played = pyspiel.create_matrix_game(*(part.tolist() for part in game.floats))
        else:
            played = pyspiel.create_tensor_game(tables, list(game.num_actions))
        self.game = pyspiel.convert_to_turn_based(played)

    def nash_conv(self, strategies: tuple) -> float:
        """The sum over agents of what the best deviation gains."""
        state, policy = self.game.new_initial_state(), {}
        for agent, own in enumerate(strategies):
            policy[state.information_state_string(agent)] = [(a, float(p)) for a, p in enumerate(own)]
            state.apply_action(0)
        return pyspiel.nash_conv(self.game, pyspiel.TabularPolicy(policy), True)


def pure(game: NormalForm, profile: tuple[int, ...]) -> tuple:
    """A pure profile as strategies."""
    one_hot = lambda a, count: tuple(int(a == other) for other in range(count))
    return tuple(map(one_hot, profile, game.num_actions))


@pytest.mark.parametrize("shape", SHAPES)
def test_pure_equilibria_agree_with_both(shape: tuple[int, ...]) -> None:
    """Gambit lists the same ones; OpenSpiel finds a deviation from a profile exactly if we don't list it."""
    for game in games(shape):
        ours = {pure(game, profile) for profile in pure_equilibria(game)}
        solved = pygambit.nash.enumpure_solve(pygambit.read_nfg(io.BytesIO(as_nfg(game).encode())))
        theirs = {
            tuple(tuple(int(profile[str(i + 1)][str(a + 1)]) for a in range(count)) for i, count in enumerate(shape))
            for profile in solved.equilibria
        }
        assert ours == theirs
        spiel = Spiel(game)
        for profile in np.ndindex(*shape):
            strategies = pure(game, profile)
            assert (spiel.nash_conv(strategies) < 1e-9) == (strategies in ours)


@pytest.mark.parametrize("shape", SHAPES)
def test_mixed_equilibria_lie_within_our_bounds(shape: tuple[int, ...]) -> None:
    """All of gambit's are equilibria by our count, survive elimination, and have welfare between our bounds."""
    kinds = 0
    for game in games(shape):
        found = mixed_equilibria(game)
        bounds, left = welfare_bounds(game), dominance(game).left
        assert bounds.exact
        for equilibrium in found:
            slack = Fraction(0) if len(shape) == 2 else Fraction(1, 10**5)
            assert equilibrium.exact or len(shape) > 2
            assert bounds.low - slack <= equilibrium.welfare <= bounds.high + slack
            assert all(set(used) <= set(own) for used, own in zip(equilibrium.support, left, strict=True))
            kinds += any(len(used) > 1 for used in equilibrium.support)
        listed = {equilibrium.strategies for equilibrium in found}
        if len(shape) == 2:
            assert found
            assert {pure(game, profile) for profile in pure_equilibria(game)} <= listed
    assert kinds > SHAPES[shape] // 6


def test_closed_form_of_two_by_two_games_is_gambits() -> None:
    for game in games((2, 2)):
        ours = mixed_two_by_two(game)
        assert {one.strategies for one in ours} == {one.strategies for one in mixed_equilibria(game)}
        for equilibrium in ours:
            assert Equilibrium.of(game, equilibrium.strategies) == equilibrium
            assert Spiel(game).nash_conv(equilibrium.strategies) < 1e-9


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (4, 3), (4, 4)])
def test_values_of_zero_sum_games(shape: tuple[int, ...]) -> None:
    """Security levels add up to zero, OpenSpiel finds no deviation from them, gambit and correlation pay the same."""
    for base in list(games(shape))[:20]:
        game = NormalForm(np.array([base.units[0], -base.units[0]]), base.scale)
        first, second = security(game, 0), security(game, 1)
        assert first.exact
        assert first.mixed == -second.mixed
        assert Spiel(game).nash_conv((first.strategy, second.strategy)) < 1e-9
        assert correlated(game, (1, 0)).value == -correlated(game, (-1, 0)).value == first.mixed
        assert {equilibrium.payoffs for equilibrium in mixed_equilibria(game)} == {(first.mixed, second.mixed)}
