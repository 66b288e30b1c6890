"""Exact linear programs against brute force over vertices, and their certificates against plain arithmetic."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse

from accord.core.errors import BadSetting
from accord.solve.programs import linear, pivots
from accord.solve.programs.lifting import Singular, Square
from accord.solve.programs.linear import Optimum, minimise


def solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """A square system by elimination in fractions; None if singular."""
    rows = [[*map(Fraction, row), Fraction(b)] for row, b in zip(matrix, right, strict=True)]
    for step in range(len(rows)):
        pivot = next((i for i in range(step, len(rows)) if rows[i][step]), None)
        if pivot is None:
            return None
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [value / rows[step][step] for value in rows[step]]
        for i in range(len(rows)):
            if i != step:
                rows[i] = [a - rows[i][step] * b for a, b in zip(rows[i], rows[step], strict=True)]
    return [row[-1] for row in rows]


def vertices(at_most: list, equal: list, size: int) -> list[list[Fraction]]:
    """All vertices of `{x >= 0: a x <= b, a x = b}` (pairs of row and right side)."""
    lower = [([-int(i == j) for j in range(size)], 0) for i in range(size)]
    found = []
    for tight in itertools.combinations([*at_most, *equal, *lower], size):
        point = solved([row for row, _ in tight], [b for _, b in tight])
        if point is None or any(dot(row, point) > b for row, b in [*at_most, *lower]):
            continue
        if all(dot(row, point) == b for row, b in equal):
            found.append(point)
    return found


def dot(row: list, point: list) -> Fraction:
    return sum((Fraction(a) * x for a, x in zip(row, point, strict=True)), Fraction(0))


def brute_force(cost: list, at_most: list, equal: list) -> tuple[str, Fraction | None]:
    size = len(cost)
    corners = vertices(at_most, equal, size)
    if not corners:
        return "infeasible", None
    cone = [(row, 0) for row, _ in at_most]
    flat = [*((row, 0) for row, _ in equal), ([1] * size, 1)]
    if any(dot(cost, direction) < 0 for direction in vertices(cone, flat, size)):
        return "unbounded", None
    return "optimal", min(dot(cost, point) for point in corners)


def check_certificate(found: Optimum, cost: list, at_most: list, equal: list) -> None:
    """The proof that an answer carries, by plain arithmetic, for variables >= 0."""
    assert found.exact
    size = len(cost)
    rows, right = [row for row, _ in (*at_most, *equal)], [b for _, b in (*at_most, *equal)]
    if found.status == "infeasible":
        proof, target, bound = found.farkas, [0] * size, None
        assert not found.point.size
    else:
        assert all(x >= 0 for x in found.point)
        assert all(dot(row, found.point) <= b for row, b in at_most)
        assert all(dot(row, found.point) == b for row, b in equal)
        proof, target, bound = found.duals, cost, found.least
    if found.status == "unbounded":
        assert dot(cost, found.ray) < 0
        assert all(step >= 0 for step in found.ray)
        assert all(dot(row, found.ray) <= 0 for row, _ in at_most)
        assert all(dot(row, found.ray) == 0 for row, _ in equal)
        return
    weights = [*proof.at_most, *proof.equal]
    assert all(weight <= 0 for weight in proof.at_most)
    assert all(reduced >= 0 for reduced in proof.bounds)  # the lower bounds are 0
    for j in range(size):
        assert dot([row[j] for row in rows], weights) + proof.bounds[j] == target[j]
    weighed = dot(right, weights)
    assert weighed > 0 if bound is None else weighed == bound == dot(cost, found.point)


@pytest.mark.parametrize("floats", [True, False])
@pytest.mark.parametrize("spread", [1, 3, 9])
def test_brute_force_agrees_on_random_programs(spread: int, floats: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small integers make ties: with entries in {-1, 0, 1} most vertices are degenerate. Both ways to a basis."""
    monkeypatch.setattr(linear, "FEW_CELLS", -1 if floats else 1000)
    rng = np.random.default_rng(spread)
    seen = {"optimal": 0, "infeasible": 0, "unbounded": 0}
    for _ in range(120):
        size, upper, level = rng.integers(1, 4), rng.integers(0, 5), rng.integers(0, 2)
        draw = lambda *shape: rng.integers(-spread, spread + 1, shape).tolist()
        cost = draw(size)
        at_most = list(zip(draw(upper, size), draw(upper), strict=True))
        equal = list(zip(draw(level, size), draw(level), strict=True))
        parts = {
            name: (np.array([row for row, _ in part]), np.array([b for _, b in part]))
            for name, part in (("at_most", at_most), ("equal", equal))
            if part
        }
        found = minimise(cost, **parts)
        status, value = brute_force(cost, at_most, equal)
        assert found.status == status
        assert status != "optimal" or found.value == value
        check_certificate(found, cost, at_most, equal)
        seen[status] += 1
    assert min(seen.values()) >= 10


@pytest.mark.parametrize("floats", [True, False])
def test_free_variables_and_upper_bounds(floats: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any variable is the difference of two that are not negative; a bound is a row."""
    monkeypatch.setattr(linear, "FEW_CELLS", -1 if floats else 1000)
    rng = np.random.default_rng(5)
    for _ in range(60):
        matrix, right, cost = rng.integers(-3, 4, (4, 2)), rng.integers(-2, 5, 4), rng.integers(-3, 4, 2)
        high = Fraction(int(rng.integers(0, 7)), 2)
        found = minimise(cost, at_most=(matrix, right), bounds=[(None, None), (Fraction(-1, 3), high)])
        split = np.column_stack([matrix[:, 0], -matrix[:, 0], matrix[:, 1]]).astype(object)
        at_most = [
            *((list(row), int(b) + Fraction(int(row[2]), 3)) for row, b in zip(split, right, strict=True)),
            ([0, 0, 1], high + Fraction(1, 3)),
        ]
        status, value = brute_force([cost[0], -cost[0], cost[1]], at_most, [])
        assert found.exact
        assert found.status == status
        if value is not None:
            assert found.value == value - Fraction(int(cost[1]), 3)


@pytest.mark.parametrize("floats", [True, False])
def test_ties_far_below_the_precision_of_floats_are_seen(floats: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "FEW_CELLS", -1 if floats else 1000)
    tiny, free = Fraction(1, 10**13), [(None, None)]
    dearer = minimise([-1, -1 - tiny], equal=([[1, 1]], [1]))
    assert dearer.exact
    assert dearer.point.tolist() == [0, 1]
    apart = minimise([1], at_most=([[1], [-1]], [1, -1 - tiny]), bounds=free)
    assert (apart.status, apart.exact) == ("infeasible", True)
    touching = minimise([1], at_most=([[1], [-1]], [1 + tiny, -1 - tiny]), bounds=free)
    assert (touching.value, touching.exact) == (1 + tiny, True)
    crossing = minimise([1, 0], equal=([[1, 1], [1, 1 + tiny]], [1, 1 + tiny / 2]))
    assert (crossing.value, crossing.exact) == (Fraction(1, 2), True)


def test_what_is_too_large_for_pivots_and_too_fine_for_floats_is_not_called_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two rows that a float solver takes for one."""
    monkeypatch.setattr(linear, "FEW_CELLS", -1)
    monkeypatch.setattr(pivots, "CELLS", 0)
    tiny = Fraction(1, 10**13)
    found = minimise([1, 0], equal=([[1, 1], [1, 1 + tiny]], [1, 1 + tiny / 2]))
    assert not found.exact
    assert found.reason


def test_coefficients_of_all_magnitudes_in_one_program() -> None:
    """Security strategies of a game in huge units: the variable of the value has coefficients of 1."""
    rng = np.random.default_rng(4)
    for reach in (1, 10**30):
        table = rng.integers(-9, 10, (12, 12)).astype(object) * reach
        rows = np.column_stack([-table.T, np.ones(12, int)])
        bounds = [(0, None)] * 12 + [(None, None)]
        found = minimise([0] * 12 + [-1], at_most=(rows, [0] * 12), equal=([[1] * 12 + [0]], [1]), bounds=bounds)
        assert found.exact
        assert (table.T @ found.point[:-1]).min() == -found.value
        assert (table @ -found.duals.at_most).max() == -found.value


def test_numbers_of_any_kind_and_size() -> None:
    wide = minimise([1, 1], at_most=([[-(10**30), 1], [3, -(10**25)]], [-(10**31), -1]))
    assert wide.exact
    x, y = wide.point
    assert -(10**30) * x + y == -(10**31)
    assert 3 * x - 10**25 * y == -1
    text = minimise(["1/3", 0.25], at_most=([[-1, -2]], ["-0.1"]))
    assert text.value == Fraction(1, 80)


def test_sparse_programs_with_many_rows_match_dense_ones() -> None:
    rng = np.random.default_rng(2)
    draw = lambda size: rng.integers(-9, 10, size)
    matrix = scipy.sparse.random_array((4000, 12), density=0.3, rng=rng, data_sampler=draw)
    right, cost = rng.integers(1, 60, 4000), rng.integers(-9, 10, 12)
    bounds = [(-40, 40)] * 12
    found = minimise(cost, at_most=(matrix.tocsr(), right), bounds=bounds)
    whole = matrix.toarray().astype(int)
    assert found.exact
    assert all(dot(row, found.point) <= int(b) for row, b in zip(whole.tolist(), right, strict=True))
    assert found.value == minimise(cost, at_most=(whole, right), bounds=bounds).value
    active = np.flatnonzero(found.duals.at_most)
    assert len(active) <= 12
    bound = sum(d * (-40 if d > 0 else 40) for d in found.duals.bounds)
    assert dot(right[active].tolist(), found.duals.at_most[active]) + bound == found.value


def test_all_outcomes_of_programs_with_many_rows() -> None:
    """A circle by its tangents, one of them moved by far less than a float can see, and then beyond the others."""
    turns = np.linspace(0, 2 * np.pi, 5000)
    matrix = np.rint(1000 * np.column_stack([np.cos(turns), np.sin(turns)])).astype(int)
    right = np.array([Fraction(1000)] * 5000, object)
    free = [(None, None)] * 2
    disc = minimise([-1, 0], at_most=(matrix, right), bounds=free)
    assert (disc.value, disc.exact) == (-1, True)
    right[0] -= Fraction(1, 10**20)
    inside = minimise([-1, 0], at_most=(matrix, right), bounds=free)
    assert (inside.value, inside.exact) == (-1 + Fraction(1, 10**23), True)
    right[0] = Fraction(-1001)
    assert matrix[0].tolist() == [1000, 0]
    beyond = minimise([-1, 0], at_most=(matrix, right), bounds=free)
    assert (beyond.status, beyond.exact) == ("infeasible", True)
    weights = beyond.farkas.at_most
    assert np.all(weights <= 0)
    assert np.all(weights @ matrix == 0)
    assert weights @ right > 0
    half = matrix[:, 0] < 0
    open_ended = minimise([-1, 0], at_most=(matrix[half], right[half]), bounds=free)
    assert (open_ended.status, open_ended.exact) == ("unbounded", True)
    assert np.all(matrix[half] @ open_ended.ray <= 0)
    assert open_ended.ray[0] > 0


def test_what_has_no_optimum_has_no_value() -> None:
    for found in (minimise([-1]), minimise([1], at_most=([[1]], [-1]))):
        assert found.status != "optimal"
        with pytest.raises(BadSetting, match=f"is {found.status}, so it has no least value"):
            _ = found.value


def test_wrong_sizes_and_bounds_are_refused() -> None:
    with pytest.raises(BadSetting, match=re.escape("at_most has a matrix (1, 3) and right sides (1,)")):
        minimise([1, 2], at_most=([[1, 2, 3]], [1]))
    with pytest.raises(BadSetting, match="Variable 1 has the bounds 3 and 2"):
        minimise([1, 2], bounds=[(0, None), (3, 2)])
    with pytest.raises(BadSetting, match="1 bounds for 2 variables"):
        minimise([1, 2], bounds=[(0, None)])


@pytest.mark.parametrize("size", [1, 2, 6, 40])
@pytest.mark.parametrize("entry", [3, 10**20])
def test_lifting_solves_square_systems(size: int, entry: int) -> None:
    rng = np.random.default_rng(size)
    matrix = rng.integers(-9, 10, (size, size)).astype(object) * (entry // 3) + 7 * np.eye(size, dtype=int)
    right = rng.integers(-9, 10, size).astype(object)
    for transposed in (False, True):
        numerators, denominator = Square(matrix).solve(right, transposed=transposed)
        assert ((matrix.T if transposed else matrix) @ numerators == right * denominator).all()
        assert denominator > 0
        assert np.gcd.reduce(np.append(numerators, denominator)) == 1


def test_lifting_survives_a_matrix_that_is_singular_modulo_a_prime() -> None:
    prime = 2**31 - 1
    numerators, denominator = Square(np.array([[prime, 0], [1, 1]])).solve(np.array([1, 0]))
    assert (list(numerators), denominator) == ([1, -1], prime)
    with pytest.raises(Singular, match="2 equations"):
        Square(np.array([[1, 2], [2, 4]])).solve(np.array([1, 1]))
