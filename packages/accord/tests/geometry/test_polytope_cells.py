"""The exact union of convex cells: its area against drawn points, its boundary against the volume that it encloses."""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from accord.geometry.cells import region, sampled_share
from accord.geometry.polytope import inside, sampled
from accord.geometry.process import PUBLISHED, Process, random_process

SHARES = {"2a": 0.994, "2b": 0.999, "2c": 0.682, "2d": 0.496, "left": 0.824}
"""Measured before by 200,000 drawn points, so right to about half a percent."""


@pytest.mark.parametrize("name", SHARES)
def test_the_published_areas(name: str):
    found = region(PUBLISHED[name])
    assert found.share == pytest.approx(SHARES[name], abs=0.008)
    drawn = sampled_share(PUBLISHED[name], np.random.default_rng(0), 100_000)
    assert found.share == pytest.approx(drawn, abs=0.006)  # four standard errors


@pytest.mark.parametrize(("states", "actions"), [(2, 2), (2, 5), (3, 2), (3, 3), (4, 2)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_share_of_random_processes(states: int, actions: int, seed: int):
    process = random_process(np.random.default_rng(seed), states, actions)
    drawn = sampled_share(process, np.random.default_rng(1), 40_000)
    assert region(process).share == pytest.approx(drawn, abs=0.01)


def test_cells_hold_only_values_of_policies_and_all_of_them():
    process = PUBLISHED["2c"]
    rng = np.random.default_rng(0)
    found = region(process)
    for corners in found.corners():
        assert inside(process, rng.dirichlet(np.ones(len(corners)), 500) @ corners, 1e-8).all()
    values = sampled(process, rng, 2000)
    held = np.zeros(len(values), bool)
    for corners in found.corners():  # in turn, counter-clockwise: inside is left of every edge
        edges = np.roll(corners, -1, 0) - corners
        to = values[:, None] - corners
        held |= (edges[:, 0] * to[..., 1] - edges[:, 1] * to[..., 0] >= -1e-9).all(1)
    assert held.all()


@pytest.mark.parametrize("seed", range(4))
def test_the_surface_encloses_the_volume(seed: int):
    """Gauss: the signed tetrahedra from the origin to a closed, outward surface add up to what it encloses."""
    process = random_process(np.random.default_rng(seed), 3, 3)
    found = region(process)
    triangles = found.boundary()
    enclosed = np.linalg.det(triangles).sum() / 6
    assert enclosed == pytest.approx(sum(ConvexHull(cell).volume for cell in found.corners()), rel=1e-8)
    middles = triangles.mean(1)
    assert inside(process, middles, 1e-7).all()


def test_the_outline_in_the_plane_is_made_of_policies_that_are_sure_in_a_state():
    process = PUBLISHED["2d"]
    edges = region(process).boundary()
    assert edges.shape[1:] == (2, 2)
    q = process.action_values(edges.mean(1))
    distance = np.abs(q - edges.mean(1)[:, :, None]).min((1, 2))
    assert distance.max() < 1e-9


def test_a_process_without_choices_is_a_point_and_one_free_state_a_segment():
    moves = np.full((2, 1, 2), 0.5)
    still = region(Process(np.array([[1.0], [2.0]]), moves, 0.9))
    assert still.share == 1 and len(still.flat.basis) == 0 and len(still.boundary()) == 0
    line = region(Process(np.array([[1.0, 1.0], [2.0, 3.0]]), np.full((2, 2, 2), 0.5), 0.9))
    assert line.share == 1 and len(line.flat.basis) == 1 and len(line.boundary()) == 0
