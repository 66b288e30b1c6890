"""Payoff tables, entry by entry."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadGame
from accord.games.matrix import MatrixGame, chicken, harmony, prisoners_dilemma, stag_hunt, symmetric

KEY = jax.random.key(0)


def paid(game: MatrixGame, profile) -> list[float]:
    after, rewards = game.step(game.init(KEY), jnp.asarray(profile, jnp.int32), KEY)
    assert bool(game.terminal(after)) and not bool(game.terminal(game.init(KEY)))
    return rewards.tolist()


def test_the_prisoners_dilemma():
    game = prisoners_dilemma()
    assert game.action_names == ("cooperate", "defect")
    assert {profile: paid(game, profile) for profile in itertools.product((0, 1), repeat=2)} == {
        (0, 0): [2, 2],
        (0, 1): [0, 3],
        (1, 0): [3, 0],
        (1, 1): [1, 1],
    }


@pytest.mark.parametrize(
    ("game", "order"),
    [(prisoners_dilemma(), "TRPS"), (stag_hunt(), "RTPS"), (chicken(), "TRSP"), (harmony(), "RTSP")],
)
def test_each_named_game_has_the_order_that_defines_it(game: MatrixGame, order: str):
    worth = {
        "R": paid(game, (0, 0))[0],
        "S": paid(game, (0, 1))[0],
        "T": paid(game, (1, 0))[0],
        "P": paid(game, (1, 1))[0],
    }
    assert "".join(sorted(worth, key=worth.__getitem__, reverse=True)) == order
    assert len(set(worth.values())) == 4
    assert paid(game, (0, 1)) == paid(game, (1, 0))[::-1]  # symmetric
    assert 2 * worth["R"] > worth["T"] + worth["S"]  # cooperating is best for both together


def test_hare_is_risk_dominant():
    game = stag_hunt()
    stag = paid(game, (0, 0))[0] + paid(game, (0, 1))[0]
    hare = paid(game, (1, 0))[0] + paid(game, (1, 1))[0]
    assert hare > stag


def test_three_agents_with_three_actions():
    table = np.random.default_rng(0).normal(size=(3, 3, 3, 3)).round(3).astype(np.float32)
    nested = tuple(tuple(tuple(tuple(map(float, d)) for d in c) for c in b) for b in table)
    game = MatrixGame(nested, num_agents=3)
    pay = jax.jit(lambda profile: game.pay(profile))
    for profile in itertools.product(range(3), repeat=3):
        np.testing.assert_array_equal(pay(jnp.asarray(profile, jnp.int32)), table[(slice(None), *profile)])


def test_outcomes_are_the_step():
    game = chicken()
    actions = jnp.asarray([1, 0], jnp.int32)
    chances, states, rewards = game.outcomes(game.init(KEY), actions)
    assert chances.tolist() == [1.0] and states.over.tolist() == [True]
    assert rewards.tolist() == [paid(game, (1, 0))]


def test_what_is_measured_is_who_played_what():
    game = stag_hunt()
    start = game.init(KEY)
    measured = game.measure(start, jnp.asarray([0, 1], jnp.int32), start)
    assert {name: values.tolist() for name, values in measured.items()} == {"stag": [1, 0], "hare": [0, 1]}


def test_the_table_as_text():
    assert stag_hunt().describe(stag_hunt().init(KEY)) == "     stag hare\nstag 4, 4 0, 3\nhare 3, 0 2, 2"


@pytest.mark.parametrize(
    ("payoffs", "agents", "sentence"),
    [
        ((((1.0, 2.0), (3.0,)), ((1.0, 2.0), (3.0, 4.0))), 2, "ragged"),
        ((((1.0, 2.0), (3.0, 4.0)),) * 2, 3, "num_agents=3"),
        ((((1.0, 2.0, 3.0), (3.0, 4.0, 5.0)),) * 2, 2, "all of one length"),
    ],
)
def test_bad_tables_are_refused(payoffs, agents: int, sentence: str):
    with pytest.raises(BadGame, match=sentence):
        MatrixGame(payoffs, num_agents=agents)


def test_labels_name_all_actions():
    with pytest.raises(BadGame, match="name 3 actions, the table has 2"):
        MatrixGame(symmetric(2, 0, 3, 1, labels=("a", "b")).payoffs, ("a", "b", "c"))
