"""Closed forms: the price from which on cooperation is dominant, against every profile of the contracted game.

The closed forms are worked out in rationals from the payoffs alone; the enumeration plays the contracted game itself.
"""

import itertools
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.contracts.negotiate import Contracted, Deal
from accord.games.matrix import chicken, harmony, prisoners_dilemma, stag_hunt
from accord.games.public_goods import PublicGoods

KEY = jax.random.key(0)
STEP = Fraction(1, 100)


def contracted(game, space, theta: Fraction, actions) -> np.ndarray:
    """Payoffs of every profile under a price, `[profiles, agents]`."""
    institution = Contracted(game, space)
    start = institution.init(KEY)._replace(
        deal=Deal(jnp.asarray([float(theta)], jnp.float32), jnp.ones((), jnp.float32)), signed=jnp.ones((), jnp.float32)
    )
    return np.asarray(jax.jit(jax.vmap(lambda a: institution.step(start, a, KEY)[1]))(actions))


def is_dominant(payoffs: np.ndarray, profiles: list[tuple[int, ...]], action: int) -> bool:
    """Whether this action strictly beats every other, for every agent and whatever the others do."""
    pay = dict(zip(profiles, payoffs, strict=True))
    for profile in profiles:
        for agent, own in enumerate(profile):
            if own != action and pay[profile][agent] >= pay[(*profile[:agent], action, *profile[agent + 1 :])][agent]:
                return False
    return True


@pytest.mark.parametrize(
    ("game", "threshold"),
    [(prisoners_dilemma(), 1), (stag_hunt(), 2), (chicken(), 1), (harmony(), None)],
    ids=["prisoners-dilemma", "stag-hunt", "chicken", "harmony"],
)
def test_two_by_two(game, threshold: int | None):
    (reward, sucker), (temptation, punishment) = ([Fraction(v) for v in row] for row in game.payoffs[0])
    exact = max(temptation - reward, punishment - sucker)
    assert exact == threshold if threshold is not None else exact < 0
    profiles = list(itertools.product((0, 1), repeat=2))
    actions = jnp.asarray(profiles, jnp.int32)
    for theta in (max(exact + STEP, Fraction(0)), Fraction(3)):
        assert is_dominant(contracted(game, DefectionFine(), theta, actions), profiles, 0)
    if exact > 0:
        for theta in (exact - STEP, exact, Fraction(0)):
            assert not is_dominant(contracted(game, DefectionFine(), theta, actions), profiles, 0)


def test_the_fine_takes_the_prisoners_from_2_to_4():
    profiles = [(0, 0), (1, 1)]
    payoffs = contracted(prisoners_dilemma(), DefectionFine(), Fraction(3, 2), jnp.asarray(profiles, jnp.int32))
    assert payoffs.sum(axis=1).tolist() == [4.0, 2.0]


@pytest.mark.parametrize(("agents", "threshold"), [(2, "0.40"), (4, "0.70"), (8, "0.85")])
def test_public_goods(agents: int, threshold: str):
    exact = 1 - Fraction("1.2") / agents
    assert exact == Fraction(threshold)
    game, space = PublicGoods(agents, levels=3), WithholdingFine()  # nothing, half, all
    profiles = list(itertools.product(range(3), repeat=agents))
    if agents == 8:  # payoffs are linear, so for many agents the corners and one agent's middle are enough
        profiles = [p for p in profiles if sum(a == 1 for a in p) <= 1]
    actions = jnp.asarray(profiles, jnp.int32)
    above = contracted(game, space, exact + STEP, actions)
    below = contracted(game, space, exact - STEP, actions)
    assert is_dominant(above, profiles, 2)
    assert is_dominant(below, profiles, 0)
    everything, nothing = profiles.index((2,) * agents), profiles.index((0,) * agents)
    np.testing.assert_allclose(above[everything], 0.2, atol=1e-5)  # welfare 0.2 n, and no fine is paid
    np.testing.assert_allclose(below[nothing], 0.0, atol=1e-5)


@pytest.mark.parametrize("agents", [2, 3, 4, 8])
def test_the_gain_of_investing_is_theta_less_the_threshold(agents: int):
    """One agent goes from nothing to all: multiplier / n - 1 + theta, whatever the others do."""
    game, rng = PublicGoods(agents), np.random.default_rng(agents)
    for theta in (Fraction(0), Fraction(1, 4), Fraction(6, 5)):
        others = rng.random(agents - 1)
        pair = np.stack([np.concatenate([[own], others]) for own in (0.0, 1.0)])[..., None]
        payoffs = contracted(game, WithholdingFine(), theta, jnp.asarray(pair, jnp.float32))
        expected = float(Fraction("1.2") / agents - 1 + theta)
        np.testing.assert_allclose(payoffs[1, 0] - payoffs[0, 0], expected, atol=1e-5)
