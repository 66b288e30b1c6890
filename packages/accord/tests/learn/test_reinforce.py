"""REINFORCE against the exact gradient and against dominance."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import Diverged
from accord.games.brook import Brook
from accord.games.clocked import Clocked
from accord.games.matrix import MatrixGame, chicken, prisoners_dilemma
from accord.learn.loop import train
from accord.learn.nets import policy_outputs
from accord.learn.reinforce import Reinforce, ReinforceSettings


def expected_return(game: MatrixGame, net, agent: int):
    """The mean payoff of an agent when everybody plays as the nets say, over all profiles."""
    chances = jax.nn.softmax(policy_outputs(net, jnp.ones((2, 1), jnp.float32)), axis=1)
    table = jnp.asarray(game.table)
    return sum(
        table[agent, a, b] * chances[0, a] * chances[1, b] for a, b in itertools.product(range(2), repeat=2)
    )


@pytest.mark.parametrize("baseline", ["none", "mean"])
def test_the_first_step_follows_the_exact_gradient(baseline):
    """Adam's first step is the gradient's sign times the rate: compared where the gradient is not close to zero."""
    game = chicken()
    learner = Reinforce(game, ReinforceSettings(num_envs=8192, baseline=baseline), total_updates=1)
    state = learner.init(3)
    net = jax.tree.map(lambda leaf: leaf[0], state.net)
    gradients = [jax.grad(lambda n, i=i: expected_return(game, n, i))(net) for i in range(2)]
    own = jax.tree.map(lambda a, b: jnp.stack([a[0], b[1]]), *gradients)
    after, _ = learner.update(state)
    for exact, new, old in zip(*map(jax.tree.leaves, (own, after.net, net)), strict=True):
        clear = np.abs(exact) > 0.02
        np.testing.assert_array_equal(np.sign(np.asarray(new[0] - old))[clear], np.sign(np.asarray(exact))[clear])


def test_every_seed_learns_to_defect():
    learner = Reinforce(prisoners_dilemma(), ReinforceSettings(num_envs=32, baseline="mean"), total_updates=60, seeds=8)
    for state, record in train(learner, learner.init(0), updates=60):
        pass
    assert record["reward"].shape == (2, 8)
    assert (record["defect"] > 0.9).all()
    assert int(state.updates) == 60


def test_seeds_are_independent_and_repeatable():
    many = Reinforce(chicken(), total_updates=2, seeds=3)
    first, second = (list(train(many, many.init(5), updates=2))[-1][1]["reward"] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert len(np.unique(first, axis=1).T) > 1


def test_an_episode_counts_once():
    """The mean return over an episode is what playing it pays, whether it ends by the rules or by the clock."""
    brook = Brook(cells=4, trees=1, most=2, horizon=6)
    for game in (brook, Clocked(brook, 6)):
        learner = Reinforce(game, ReinforceSettings(num_envs=64), total_updates=1, seeds=2)
        _, metrics = learner.update(learner.init(0))
        np.testing.assert_allclose(metrics["reward"], metrics["eaten"], atol=1e-5)


def test_what_is_not_finite_stops_it():
    broken = MatrixGame((((1.0, float("inf")), (1.0, 1.0)), ((1.0, 1.0), (1.0, 1.0))))
    learner = Reinforce(broken, total_updates=1, seeds=4)
    with pytest.raises(Diverged, match="rewards and the contract's payments are finite"):
        list(train(learner, learner.init(0), updates=1))
