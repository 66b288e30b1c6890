"""The test kit accepts the smallest honest game, and names what is wrong with each broken one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from commons import Commons, HarvestTax

from accord.contracts.joint import Joint
from accord.core.errors import BadGame
from accord.core.game import AbstractGame, Discrete
from accord.testing import check_contract, check_game, check_institution


def test_the_smallest_game_and_contract_pass():
    check_game(Commons())
    check_contract(Commons(num_agents=2), HarvestTax())
    check_institution(Joint, [Commons()])


def broken(**methods) -> AbstractGame:
    """Commons with some methods replaced."""
    return type("Broken", (Commons,), methods)()


def rewards(give):
    return lambda self, stock, actions, key: (stock, give(stock, actions))


GAMES = {
    "rewards are float32[]": {"step": rewards(lambda s, a: jnp.float32(0.0))},
    "rewards are int32[3]": {"step": rewards(lambda s, a: a)},
    "from float32[] into float32[1]": {"step": lambda self, s, a, key: (s[None], a.astype(jnp.float32))},
    "Keep the structure": {"step": lambda self, s, a, key: ((s, s), a.astype(jnp.float32))},
    "observation is float32[2,1]": {"observe": lambda self, s: jnp.zeros((2, 1))},
    "terminal gives int32[]": {"terminal": lambda self, s: jnp.int32(0)},
    "['rewards'] is not finite": {"step": rewards(lambda s, a: a.astype(jnp.float32) * jnp.log(s - 10.0))},
    "['rewards'] differs": {"step": rewards(lambda s, a: a.astype(jnp.float32) + np.float32(np.random.rand()))},
    "['metrics']['total'] differs": {
        "measure": lambda self, s, a, after: {"total": jnp.asarray(np.random.rand(), jnp.float32)}
    },
    "actions=3": {"actions": 3},
    "measure gives no dictionary": {"measure": lambda self, s, a, after: a},
}


@pytest.mark.parametrize("words", GAMES)
def test_a_broken_game_is_named(words: str):
    with pytest.raises(BadGame) as caught:
        check_game(broken(**GAMES[words]))
    assert words in str(caught.value)


def test_a_game_without_time_is_named():
    with pytest.raises(BadGame, match="Commons: horizon=0. Make it a whole number, at least 1."):
        check_game(Commons(horizon=0))


def test_a_game_whose_tracing_depends_on_time_is_named():
    calls = []

    def step(self, stock, actions, key):
        calls.append(0)
        leaf = jnp.zeros((), jnp.float32 if len(calls) < 2 else jnp.int32)
        return leaf, actions.astype(jnp.float32)

    with pytest.raises((BadGame, TypeError)):
        check_game(broken(init=lambda self, key: jnp.zeros(()), step=step))


def rule(**methods) -> HarvestTax:
    return type("Rule", (HarvestTax,), methods)()


SPACES = {
    "expected amounts >= 0": {"pays": lambda self, theta, signals: -HarvestTax().pays(theta, signals)},
    "not finite": {"pays": lambda self, theta, signals: HarvestTax().pays(theta, signals) / (theta[0] - 1.0)},
    "a row and a column per agent": {"pays": lambda self, theta, signals: jnp.full((1, 3), theta[0])},
}


@pytest.mark.parametrize("words", SPACES)
def test_a_broken_contract_is_named(words: str):
    with pytest.raises(BadGame) as caught:
        check_contract(Commons(), rule(**SPACES[words]))
    assert words in str(caught.value)


def test_an_empty_box_is_named():
    with pytest.raises(BadGame, match="low < high"):
        check_contract(Commons(), HarvestTax(low=(1.0,)))


def test_an_institution_must_give_a_game():
    with pytest.raises(BadGame, match="gives a str on Commons, expected a game"):
        check_institution(lambda game: "no game", [Commons()])


def test_random_keys_in_the_state_are_welcome():
    class Lottery(AbstractGame):
        num_agents: int = 2
        actions = Discrete(3)
        horizon: int = 5

        def init(self, key):
            return key

        def step(self, state, actions, key):
            return jax.random.split(state)[0], jax.random.uniform(key, (2,))

        def observe(self, state):
            return jnp.zeros((2, 1))

    check_game(Lottery())
