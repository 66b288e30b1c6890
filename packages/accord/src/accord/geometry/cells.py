"""The polytope of values as an exact union of convex cells, its volume, and the boundary between inside and outside.

In every state the exact test (`polytope.inside`) compares V(s) with the q(s, a), so the hyperplanes q(s, a) = V(s), one
for each state and action, cut the space into cells that are wholly inside or wholly outside. The hull of the
deterministic policies' values, which contains all others, is cut by them one after the other.

Meant for two and three states: the number of cells grows like (states x actions) ** states.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from scipy.spatial import ConvexHull, Delaunay, QhullError

from .polytope import Frame, frame, inside, pure_values
from .process import Process

_THIN = 1e-10
"""Cells and distances below this, relative to the polytope's size, come from rounding."""


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
    """The set of all policies' values, exactly."""

    process: Process
    flat: Frame
    """The coordinates of the cells; as many as the set of values has dimensions."""

    hull: np.ndarray
    """Extreme points of the convex hull, `[points, dimensions]`."""

    cells: tuple[np.ndarray, ...]
    """Corners of each convex cell, `[corners, dimensions]`; in the plane in turn. No two cells overlap."""

    @property
    def share(self) -> float:
        """Volume of the region over that of its hull (area, with two states)."""
        if len(self.flat.basis) < 2:
            return 1.0  # a point or a segment: the region is connected, so nothing of its hull is missing
        return sum(ConvexHull(cell).volume for cell in self.cells) / ConvexHull(self.hull).volume

    def corners(self) -> list[np.ndarray]:
        """Corners of each cell as values, `[corners, states]`."""
        return [self.flat.up(cell) for cell in self.cells]

    def boundary(self) -> np.ndarray:
        """Facets `[facets, dimensions, states]` between inside and outside: edges in the plane, triangles in space.

        Triangles have their corners counter-clockwise as seen from outside. Empty for a point or a segment.
        """
        dimensions = len(self.flat.basis)
        step = 1e-6 * np.ptp(self.hull, axis=0).max(initial=0.0)
        found = []
        for cell in self.cells if dimensions > 1 else ():
            solid = ConvexHull(cell)
            facets, normals = cell[solid.simplices], solid.equations[:, :-1]
            beyond = ~inside(self.process, self.flat.up(facets.mean(1) + step * normals))
            facets, normals = facets[beyond], normals[beyond]
            if dimensions == 3:
                turns = np.cross(facets[:, 1] - facets[:, 0], facets[:, 2] - facets[:, 0])
                inward = (turns * normals).sum(-1) < 0
                facets[inward] = facets[inward][:, ::-1]
            found.append(facets)
        return self.flat.up(np.concatenate(found)) if found else np.empty((0, dimensions, self.process.num_states))


def ridges(triangles: np.ndarray) -> np.ndarray:
    """Edges `[edges, 2, 3]` of a surface of triangles `[triangles, 3, 3]` at which it bends: what there is to draw."""
    around: dict[tuple[float, ...], list[np.ndarray]] = {}
    size = np.ptp(triangles, axis=(0, 1)).max(initial=1e-12)
    for corners in triangles:
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        for ends in ((0, 1), (1, 2), (2, 0)):
            key = sorted(tuple((corners[end] / size).round(9) + 0.0) for end in ends)
            around.setdefault((*key[0], *key[1]), []).append(normal / np.linalg.norm(normal))
    flat = lambda normals: len(normals) == 2 and normals[0] @ normals[1] > 1.0 - 1e-9
    return size * np.array([edge for edge, normals in around.items() if not flat(normals)]).reshape(-1, 2, 3)


def region(process: Process, watch: Callable[[int, int], None] | None = None) -> Region:
    """Cut the hull of the deterministic policies' values into cells, and keep those that are inside.

    Args:
        process: the process.
        watch: is told at each hyperplane which one it is, and of how many.

    Raises:
        BadSetting: there are too many deterministic policies.
    """
    values = pure_values(process)[1]
    flat = frame(values)
    points = flat.down(values)
    if len(flat.basis) < 2:
        return Region(process, flat, points, (points,))
    whole = points[ConvexHull(points).vertices]
    thin = _THIN * np.ptp(whole, axis=0).max()
    cells = [whole]
    slopes = process.discount * process.transitions - np.eye(process.num_states)[:, None]
    levels = process.rewards + slopes @ flat.origin
    tilts = (slopes @ flat.basis.T).reshape(-1, len(flat.basis))
    for done, (slope, level) in enumerate(zip(tilts, levels.ravel(), strict=True), 1):
        if watch:
            watch(done, len(tilts))
        cells = [part for cell in cells for part in _cut(cell, cell @ slope + level, thin)]
    kept = [cell for cell in cells if inside(process, flat.up(cell.mean(0)))]
    return Region(process, flat, whole, tuple(kept))


def _cut(cell: np.ndarray, height: np.ndarray, thin: float) -> list[np.ndarray]:
    """A convex cell's parts above and below a hyperplane, from its corners' heights over it."""
    above, below = height > thin, height < -thin
    if not above.any() or not below.any():
        return [cell]
    up, down = height[above][:, None, None], height[below][None, :, None]
    edge = (up * cell[below] - down * cell[above][:, None]) / (up - down)
    edge = edge.reshape(-1, cell.shape[1])
    return [part for side in (~below, ~above) for part in _corners(np.concatenate([cell[side], edge]), thin)]


def _corners(points: np.ndarray, thin: float) -> list[np.ndarray]:
    """The extreme points of a cell; nothing if it is flat."""
    try:
        solid = ConvexHull(points)
    except QhullError:  # flat within rounding
        return []
    return [points[solid.vertices]] if solid.volume > thin * solid.area else []


def sampled_share(process: Process, rng: np.random.Generator, count: int = 200_000) -> float:
    """`Region.share` by drawing points from the hull: a check that shares nothing with the cells but the exact test."""
    values = pure_values(process)[1]
    flat = frame(values)
    points = flat.down(values)
    if len(flat.basis) < 2:
        return 1.0
    parts = Delaunay(points)
    corners = points[parts.simplices]
    sizes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))
    chosen = corners[rng.choice(len(corners), count, p=sizes / sizes.sum())]
    weights = rng.dirichlet(np.ones(corners.shape[1]), count)
    return float(inside(process, flat.up(np.einsum("nk,nkd->nd", weights, chosen))).mean())
