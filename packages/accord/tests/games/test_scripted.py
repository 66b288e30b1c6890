"""Scripted anchors: what cleaners and harvesters earn together, and that the story's map is a dilemma."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.rollout import returns
from accord.games.cleanup import Cleanup, paper_cleanup
from accord.games.schelling import schelling
from accord.games.scripted import cast, cleaner, harvester, read


def test_reading_undoes_the_observation():
    game = paper_cleanup(3)
    for seed in range(5):
        state = game.init(jax.random.key(seed))
        for agent, features in enumerate(game.features(state)):
            sight = read(game, features)
            own = (int(sight.row), int(sight.col), int(sight.heading))
            assert own == tuple(int(values[agent]) for values in state.bodies)
            rows, cols = game.river[:, np.asarray(state.waste)]
            nearest = np.min(np.abs(rows - own[0]) + np.abs(cols - own[1]))
            assert abs(int(sight.waste[0])) + abs(int(sight.waste[1])) == nearest
            assert bool(sight.waste[2]) and not bool(sight.apple[2])


def test_welfare_on_the_papers_map():
    """Four agents, released rules. Other scripts reached 78-143, 1270-1358 and 770-788 apples with 1, 2 and 3 cleaners.

    Ours, 64 episodes: 395, 1263 and 750 (one cleaner alone sits at the edge where apples begin, so it varies most).
    """
    game = paper_cleanup(4)
    play = jax.jit(lambda roles: returns(game, cast((harvester(game), cleaner(game)), roles), 8, jax.random.key(0))[0])
    welfare = [float(play(jnp.asarray(np.arange(4) < k, jnp.int32)).sum(axis=0).mean()) for k in range(5)]
    assert welfare[0] == welfare[4] == 0.0  # nobody cleans, nobody eats
    assert 66 < welfare[1] < 550
    assert 1150 < welfare[2] < 1400
    assert 700 < welfare[3] < 850


@pytest.mark.parametrize("agents", [2, 3])
def test_the_storys_map_is_a_dilemma(agents: int):
    diagram = schelling(Cleanup(agents), 24, jax.random.key(1))
    clean, harvest, welfare = (part.mean(axis=1) for part in diagram[:3])
    assert (clean == 0.0).all()  # who cleans does not eat
    assert (harvest[1:] > 10.0).all()  # who harvests does, as soon as somebody else cleans
    assert welfare[0] == welfare[agents] == 0.0  # all harvest or all clean: nobody eats
    assert welfare[agents - 1] == welfare.max() > 20.0  # a division of labour is best
    assert diagram.solo.mean() < 0.5 * welfare.max() / agents  # and cannot be had alone: walking eats up the day


def test_the_diagram_adds_up():
    diagram = schelling(Cleanup(2), 6, jax.random.key(2))
    assert [part.shape for part in diagram] == [(2, 6), (2, 6), (3, 6), (6,)]
    np.testing.assert_allclose(diagram.welfare[1], diagram.cleaner[0] + diagram.harvester[1])
    np.testing.assert_allclose(diagram.welfare[0], 2 * diagram.harvester[0])
