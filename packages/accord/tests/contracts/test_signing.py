"""Lump sums at signing: who pays whom, when, and never otherwise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.contracts.negotiate import Contracted, FixedTerms, Negotiated, NoTerms
from accord.contracts.signing import WithSigning
from accord.core.errors import BadGame
from accord.games.matrix import prisoners_dilemma
from accord.games.public_goods import PublicGoods
from accord.testing import check_contract

KEY = jax.random.key(0)


def test_terms_are_appended():
    space = WithSigning(WithholdingFine(), num_agents=3, proposer=1, limit=5.0)
    assert space.low == (0.0, -5.0, -5.0)
    assert space.high == (1.2, 5.0, 5.0)


@pytest.mark.parametrize("proposer", [0, 1, 2])
def test_positive_sums_flow_from_the_proposer_and_negative_ones_to_it(proposer: int):
    space = WithSigning(WithholdingFine(), num_agents=3, proposer=proposer)
    paid = np.asarray(space.signing(jnp.asarray([0.7, 2.0, -3.0], jnp.float32), 3))
    others = [agent for agent in range(3) if agent != proposer]
    expected = np.zeros((3, 3))
    expected[proposer, others[0]] = 2.0
    expected[others[1], proposer] = 3.0
    np.testing.assert_array_equal(paid, expected)


def test_they_are_paid_once_and_only_if_there_is_a_contract():
    game, space = PublicGoods(2), WithSigning(WithholdingFine(), num_agents=2)
    all_in = jnp.ones((2, 1), jnp.float32)
    signed = Contracted(game, space, FixedTerms((1.0, 0.15)))
    state = signed.init(KEY)
    after, first = signed.step(state, all_in, KEY)
    np.testing.assert_allclose(first, [0.2 - 0.15, 0.2 + 0.15], atol=1e-6)
    _, second = signed.step(after, all_in, KEY)
    np.testing.assert_allclose(second, [0.2, 0.2], atol=1e-6)
    free = Contracted(game, space, NoTerms())
    np.testing.assert_allclose(free.step(free.init(KEY), all_in, KEY)[1], [0.2, 0.2], atol=1e-6)


def test_in_a_negotiation_the_vote_decides():
    """The prisoner's dilemma: the proposer asks the other for 0.9 of the 1 that the contract is worth to it."""
    negotiated = Negotiated(prisoners_dilemma(), WithSigning(DefectionFine(), num_agents=2))
    step = jax.jit(negotiated.step)
    act = lambda vote: {
        "play": jnp.zeros(2, jnp.int32),
        "terms": jnp.asarray([[1.5, -0.9]] * 2, jnp.float32),
        "vote": jnp.full(2, vote, jnp.int32),
    }
    for vote, expected in ((1, [2.9, 1.1]), (0, [2.0, 2.0])):
        state, total = negotiated.init(KEY), np.zeros(2)
        for _ in range(3):
            state, rewards = step(state, act(vote), KEY)
            total += np.asarray(rewards)
        np.testing.assert_allclose(total, expected, atol=1e-6)


def test_it_keeps_the_promises_of_every_space():
    check_contract(PublicGoods(4), WithSigning(WithholdingFine(), num_agents=4, proposer=2))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"num_agents": 2, "proposer": 2}, "proposer=2"),
        ({"num_agents": 1}, "at least two"),
        ({"limit": 0.0}, "limit=0.0"),
    ],
)
def test_bad_settings_are_refused(settings: dict, sentence: str):
    with pytest.raises(BadGame, match=sentence):
        WithSigning(DefectionFine(), **settings)


def test_a_space_for_another_number_of_agents_is_refused():
    with pytest.raises(BadGame, match="num_agents=2, the game 4"):
        WithSigning(WithholdingFine(), num_agents=2).signing(jnp.zeros(2, jnp.float32), 4)
