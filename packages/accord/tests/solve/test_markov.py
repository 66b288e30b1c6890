"""Stationary Markov-perfect equilibria: by hand, and by brute-force best replies."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from markov_games import chances, drawn, repeated, reward

from accord.core.errors import BadSetting
from accord.solve.equilibria.markov import discounted, gains, markov_perfect
from accord.solve.tables.tabular import Tabular

HALF = Fraction(1, 2)


def test_only_defection_is_stationary():
    found = markov_perfect(repeated([[(2, 2), (0, 3)], [(3, 0), (1, 1)]], 1), "9/10")
    assert found.policies.tolist() == [[3]] and found.payoffs == ((10, 10),)
    assert found.looked_at == 4


def test_two_states_by_hand():
    # state 0: agent 0 alone decides, stay and get 1 each round, or go to state 1 for 0 now; there everybody gets 3 a
    # round for ever. Going is worth d * 3 / (1 - d), staying 1 / (1 - d): a tie at d = 1/3, where both are equilibria.
    rewards, after = np.zeros((2, 2, 2, 2)), np.zeros((2, 2, 2, 2))
    rewards[0, 0], rewards[1] = 1, 3
    after[0, 0, :, 0] = after[0, 1, :, 1] = after[1, ..., 1] = 1
    game = Tabular.of_arrays(rewards, after, horizon=1)
    choices = lambda discount: {int(policy[0]) // 2 for policy in markov_perfect(game, discount).policies}
    assert choices("1/4") == {0} and choices("1/3") == {0, 1} and choices("1/2") == {1}
    assert markov_perfect(game, HALF).payoffs[0] == (3, 3)


def values_by_iteration(game, policy, discount, agent, rounds=400):
    """Discounted values in floats, by applying the recursion many times."""
    values = np.zeros(game.num_states)
    for _ in range(rounds):
        rows = [s * game.num_joint + int(a) for s, a in enumerate(policy)]
        later = [sum(float(p) * values[s] for s, p in chances(game, r)) for r in rows]
        values = np.array([float(reward(game, r, agent)) for r in rows]) + discount * np.array(later)
    return values


def test_all_against_brute_force_best_replies():
    # an equilibrium: no stationary policy of one agent is better for it in any state (every one is tried, exactly)
    several = 0
    for seed in range(6):
        game = drawn(seed, states=2, high=2)
        expected = []
        every = itertools.product(range(game.num_joint), repeat=game.num_states)
        worth = {policy: discounted(game, np.array(policy), HALF) for policy in every}
        for policy, values in worth.items():
            replies = (
                (agent, tuple(int(game.deviations[j, agent, x]) for j, x in zip(policy, own, strict=True)))
                for agent in range(2) for own in itertools.product(range(2), repeat=2)
            )
            if all(worth[reply][s][agent] <= values[s][agent] for agent, reply in replies for s in range(2)):
                expected.append(list(policy))
        found = markov_perfect(game, HALF)
        assert found.policies.tolist() == expected
        assert found.looked_at == 16 and found.solved >= len(expected)
        several += len(expected) > 1
    assert several


def test_values_solve_the_recursion():
    game = drawn(3, states=3, horizon=1)
    policy = np.array([1, 2, 3])
    exact = discounted(game, policy, Fraction(3, 4))
    for agent in range(2):
        assert np.allclose([float(v[agent]) for v in exact], values_by_iteration(game, policy, 0.75, agent))


def test_gains_name_the_deviation():
    game = repeated([[(2, 2), (0, 3)], [(3, 0), (1, 1)]], 1)
    assert gains(game, np.array([0]), discounted(game, np.array([0]), HALF), HALF) == [(0, 0, 1, 1), (0, 1, 1, 1)]


def test_three_agents_and_mixed_only_games():
    assert markov_perfect(drawn(1, agents=3), HALF).looked_at == 64
    pennies = markov_perfect(repeated([[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]], 1), 0.5)
    assert pennies.payoffs == () and pennies.discount == HALF and "0 stationary" in pennies.message


def test_settings_are_checked():
    with pytest.raises(BadSetting, match="discount=1"):
        markov_perfect(drawn(0), 1)
    with pytest.raises(BadSetting, match=r"4\^300 stationary"):
        markov_perfect(drawn(0, states=300), HALF)
    assert markov_perfect(drawn(0, states=3), HALF, limit=64).looked_at == 64
    with pytest.raises(BadSetting, match="at most 63"):
        markov_perfect(drawn(0, states=3), HALF, limit=63)
