"""Convex polygons with rational corners: no direction is preferred, and nothing is rounded unless asked for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from fractions import Fraction

from ..tables.numbers import simplest

Point = tuple[Fraction, Fraction]


@dataclasses.dataclass(frozen=True)
class Polygon:
    """A convex set in the plane, possibly a segment, a point or empty.

    Make one with `Polygon.around`.
    """

    corners: tuple[Point, ...] = ()
    """Extreme points, anticlockwise from the one furthest to the left; none of them lies between two others."""

    @classmethod
    def around(cls, points: Iterable[Point]) -> Polygon:
        """The convex hull. Source: the monotone chain of Andrew 1979, over integers with one denominator.

        >>> len(Polygon.around([(Fraction(x), Fraction(y)) for x in range(3) for y in range(3)]).corners)
        4
        """
        distinct = sorted(set(points))
        if len(distinct) < 3:
            return cls(tuple(distinct))
        scale = math.lcm(*(value.denominator for point in distinct for value in point))
        whole = [(int(x * scale), int(y * scale)) for x, y in distinct]
        chain = [*_chain(whole)[:-1], *_chain(whole[::-1])[:-1]]
        return cls(tuple((Fraction(x, scale), Fraction(y, scale)) for x, y in chain))

    @property
    def empty(self) -> bool:
        """Whether there is no point in it."""
        return not self.corners

    @property
    def lowest(self) -> Point:
        """The smallest coordinate along each axis; seldom one of its points."""
        return min(x for x, _ in self.corners), min(y for _, y in self.corners)

    @property
    def middle(self) -> Point:
        """The mean of its corners."""
        count = len(self.corners)
        return sum(x for x, _ in self.corners) / Fraction(count), sum(y for _, y in self.corners) / Fraction(count)

    def most(self, normal: tuple[int, int]) -> Fraction:
        """The support function: the largest `normal . point`."""
        return max(normal[0] * x + normal[1] * y for x, y in self.corners)

    def above(self, axis: int, bound: Fraction) -> Polygon:
        """Its points whose coordinate along an axis is at least `bound`."""
        if all(point[axis] >= bound for point in self.corners):
            return self
        kept = [point for point in self.corners if point[axis] >= bound]
        return Polygon.around([*kept, *self.crossings(axis, bound)]) if kept else Polygon()

    def crossings(self, axis: int, bound: Fraction) -> list[Point]:
        """Where its edges meet the line on which a coordinate is `bound`."""
        found = []
        for p, q in self.edges():
            if (p[axis] - bound) * (q[axis] - bound) < 0:
                share = (bound - p[axis]) / (q[axis] - p[axis])
                other = p[1 - axis] + share * (q[1 - axis] - p[1 - axis])
                found.append((bound, other) if axis == 0 else (other, bound))
        return found + [point for point in self.corners if point[axis] == bound]

    def edges(self) -> list[tuple[Point, Point]]:
        """Its sides, each from a corner to the next; those of a segment run to and fro."""
        return list(zip(self.corners, (*self.corners[1:], *self.corners[:1]), strict=True))

    def holds(self, point: Point) -> bool:
        """Whether a point lies in it; its border belongs to it."""
        if len(self.corners) < 3:  # what lies on the line through two points, and sorted between them
            return not self.empty and min(self.corners) <= point <= max(self.corners) and self._along(point)
        return self._along(point)

    def _along(self, point: Point) -> bool:
        return all(_turn(p, q, point) >= 0 for p, q in self.edges())

    def covers(self, other: Polygon) -> bool:
        """Whether all of another one lies in it."""
        return all(self.holds(point) for point in other.corners)

    def moved(self, towards: Point, share: Fraction) -> Polygon:
        """Its image when every point goes the given share of the way towards a point: no corner is gained or lost."""
        keep = 1 - share
        return Polygon(tuple((share * towards[0] + keep * x, share * towards[1] + keep * y) for x, y in self.corners))

    def coarser(self, denominators: int) -> Polygon:
        """A polygon around it without denominators above a bound: longer ones move outward, to a grid."""
        if all(value.denominator <= denominators for point in self.corners for value in point):
            return self
        grown = [
            (x, y) for point in self.corners
            for x in _neighbours(point[0], denominators) for y in _neighbours(point[1], denominators)
        ]
        return Polygon.around(grown)

    def simpler(self, within: float) -> Polygon:
        """The polygon with each coordinate replaced by the simplest rational near it: a guess, not a bound."""
        return Polygon.around((simplest(float(x), within), simplest(float(y), within)) for x, y in self.corners)

    def distance(self, point: Point) -> Fraction:
        """How far away a point lies: the larger one of the differences of coordinates, to the nearest point in it."""
        return Fraction(0) if self.holds(point) else min(_to_segment(point, p, q) for p, q in self.edges())


def _turn(p: tuple, q: tuple, r: tuple) -> Fraction:
    """Positive where the way from p over q to r turns left."""
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def _chain(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lower half of a hull, from the first of sorted points to the last."""
    chain: list[tuple[int, int]] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _neighbours(value: Fraction, denominators: int) -> tuple[Fraction, ...]:
    if value.denominator <= denominators:
        return (value,)
    below = Fraction(math.floor(value * denominators), denominators)
    return below, below + Fraction(1, denominators)


def _to_segment(point: Point, p: Point, q: Point) -> Fraction:
    """The larger difference of coordinates is convex and has corners along a segment: one of those is nearest."""
    start, step = (p[0] - point[0], p[1] - point[1]), (q[0] - p[0], q[1] - p[1])
    lines = [(start[0], step[0]), (start[1], step[1]), (start[0] - start[1], step[0] - step[1]),
             (start[0] + start[1], step[0] + step[1])]  # fmt: skip
    shares = [Fraction(0), Fraction(1), *(min(max(-a / b, Fraction(0)), Fraction(1)) for a, b in lines if b)]
    return min(max(abs(start[0] + s * step[0]), abs(start[1] + s * step[1])) for s in shares)
