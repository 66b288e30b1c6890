"""Trunks on pixels: their exact twins, the worlds that they see, and a small training that must pay."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.games.cleanup import small_cleanup
from accord.games.grid import movement
from accord.geometry.auxiliary import Training, floor, learned, overlap, untrained
from accord.geometry.representation import basis, errors
from accord.geometry.rooms import rooms
from accord.geometry.scenes import SCENES, cleanup_walk, four_rooms
from accord.geometry.targets import goal_values, successor
from accord.geometry.transfer import refitted


def test_the_least_loss_is_what_the_singular_values_leave():
    rng = np.random.default_rng(0)
    rotate = lambda n: np.linalg.qr(rng.normal(size=(n, n)))[0]
    targets = rotate(3) @ np.diag([2.0, 1.0, 0.5]) @ rotate(3)
    assert floor(targets, 1) == pytest.approx((1 + 0.25) / (4 + 1 + 0.25))
    assert floor(targets, 3) == pytest.approx(0.0, abs=1e-12)
    span = basis(targets.T, 2)
    assert floor(targets, 2) == pytest.approx((errors(span, targets.T) ** 2).mean() / (targets**2).mean())


def test_overlap_is_the_mean_squared_cosine():
    plane = np.eye(4)[:, :2]
    assert overlap(plane, plane[:, ::-1]) == pytest.approx(1.0)
    assert overlap(plane, np.eye(4)[:, 2:]) == pytest.approx(0.0)
    turned = np.stack([np.eye(4)[0], np.array([0, 0.6, 0.8, 0])], 1)
    assert overlap(plane, turned) == pytest.approx((1 + 0.36) / 2)


def test_a_small_training_beats_its_own_beginning_and_no_training_beats_the_twin():
    scene, training = four_rooms(), Training(features=8, hidden=64, steps=250, rate=5e-3)
    world = scene.process(0, 0.9)
    targets = successor(world).T
    found = learned(scene.pictures, targets, training, seed=0)
    least = floor(targets, 8)
    assert least <= found.losses[-1] < 1.25 * least < found.losses[0]
    new = goal_values(world, np.array([scene.goal(place) for place in range(5, 104, 9)]))
    missed = lambda features: float(np.sqrt(((refitted(features, new) - new) ** 2).mean()))
    before = untrained(scene.pictures, training, seed=0)
    assert missed(found.features) < 0.4 * missed(before)
    twin = basis(targets.T, 8)
    assert overlap(twin, basis(found.features.T, 8)) > 0.65 > 0.3 > overlap(twin, basis(before.T, 8))
    again = learned(scene.pictures, targets, training, seed=0)
    np.testing.assert_array_equal(found.features, again.features)


def test_hidden_states_are_not_looked_at():
    scene, training = four_rooms(), Training(features=4, hidden=8, steps=5)
    seen = np.arange(104) % 4 > 0
    targets = successor(scene.process(0, 0.9)).T
    changed = np.where(seen[:, None], targets, 100.0)
    one, other = (learned(scene.pictures, values, training, 0, seen) for values in (targets, changed))
    np.testing.assert_array_equal(one.features, other.features)
    assert one.features.shape == (104, 4)


def test_misfits_are_told():
    scene = four_rooms()
    with pytest.raises(BadSetting, match=r"shape \(3, 2\), expected \(104, heads\)"):
        learned(scene.pictures, np.ones((3, 2)), Training(), 0)
    for values in (0.0, np.inf):
        with pytest.raises(BadSetting, match="not all zero"):
            learned(scene.pictures, np.full((104, 2), values), Training(), 0)


@pytest.mark.parametrize("name", SCENES)
def test_every_state_has_a_picture_of_its_own(name):
    scene = SCENES[name]()
    seen = scene.pictures.reshape(len(scene.pictures), -1)
    assert len(np.unique(seen, axis=0)) == len(seen) == len(scene.transitions)
    assert seen.min() >= 0.0 and seen.max() <= 1.0
    assert (scene.transitions.sum(-1) == 1.0).all()
    picture = scene.drawn(scene.places.astype(float))
    np.testing.assert_array_equal(picture[~np.isnan(picture)], np.arange(scene.num_places))


def test_four_rooms_are_the_four_rooms():
    scene, world = four_rooms(), rooms()
    np.testing.assert_array_equal(scene.transitions, world.moves())
    np.testing.assert_array_equal(scene.goal(7), world.goal(7))
    # by hand: from the cell at the upper left, walls above and to the left, floor to the right and below
    first = scene.pictures[0].sum(-1)
    assert first[6, 7] > 0 and first[7, 6] > 0 and first[7, 8] == 0 and first[8, 7] == 0 and first[7, 7] > 0


def test_the_walk_is_the_games_own():
    scene, game = cleanup_walk(), small_cleanup(num_agents=1, view="crop")
    start = game.init(jax.random.key(0))
    rng = np.random.default_rng(0)
    step = jax.jit(lambda state, action: game.step(state, action, key=jax.random.key(1))[0].bodies)
    look = jax.jit(lambda state: game.crop(state)[0])
    for state in rng.integers(len(scene.places), size=25):
        row, col = scene.cells[scene.places[state]]
        body = movement.Bodies(*(jnp.asarray([part], jnp.int32) for part in (row, col, state % 4)))
        now = start._replace(bodies=body)
        np.testing.assert_array_equal(look(now), scene.pictures[state])
        action = rng.integers(len(movement.MOVE_NAMES))
        after = step(now, jnp.asarray([action], jnp.int32))
        there = int(scene.transitions[state, action].argmax())
        assert (scene.cells[scene.places[there]] == (int(after.row[0]), int(after.col[0]))).all()
        assert there % 4 == int(after.heading[0])
