"""Square systems of integer equations, solved exactly: p-adic lifting."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np

PRIMES = (2**31 - 1, 2**31 - 19, 2**31 - 61)
"""Primes whose residues multiply within 64 bits. Several, as a regular matrix may be singular modulo one of them."""

_WORD = 2**62


class Singular(ArithmeticError):
    """A system without exactly one solution (or so it looks modulo every prime tried)."""


class Square:
    """A regular integer matrix that many right-hand sides share.

    The inverse modulo a prime p gives the solution modulo p; dividing what is left over by p and repeating gives it
    modulo p, p^2, p^3, ... until rationals can be read off. They are put back into the equations, so an answer is
    never a guess. Source: after Dixon 1982, exact solution of linear equations using p-adic expansions; we start with
    few digits and double them, where Dixon takes the worst case at once.
    """

    def __init__(self, matrix: np.ndarray) -> None:
        self.matrix = matrix

    def solve(self, right: np.ndarray, *, transposed: bool = False) -> tuple[np.ndarray, int]:
        """Integers `x` and `d > 0` with `matrix @ x == d * right` (or `matrix.T @ x`), over the least such `d`.

        Raises:
            Singular: the matrix has no inverse.
        """
        size = len(right)
        if size == 0 or not np.any(right):
            return np.zeros(size, object), 1
        prime, inverse = self._inverse
        matrix, inverse = (self.matrix.T, inverse.T) if transposed else (self.matrix, inverse)
        left, product = self._narrow(matrix, right, prime)
        total, modulus, rounds, until = np.zeros(size, object), 1, 0, 3
        while True:
            digit = (inverse * (left % prime).astype(np.int64) % prime).sum(axis=1) % prime
            left = (left - product(digit)) // prime
            total += digit.astype(object) * modulus
            modulus, rounds = modulus * prime, rounds + 1
            if rounds == until:
                until += until
                found = _rationals(total, modulus)
                if found is not None and np.array_equal(
                    matrix.astype(object) @ found[0], right.astype(object) * found[1]
                ):
                    return found

    @cached_property
    def _inverse(self) -> tuple[int, np.ndarray]:
        for prime in PRIMES:
            inverse = _inverse_modulo((self.matrix % prime).astype(np.int64), prime)
            if inverse is not None:
                return prime, inverse
        raise Singular(f"A system of {len(self.matrix)} equations is singular modulo {len(PRIMES)} primes.")

    @staticmethod
    def _narrow(
        matrix: np.ndarray, right: np.ndarray, prime: int
    ) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """What is left over at first, and the product with a vector of digits: in 64 bits where they suffice."""
        widest = int(np.abs(matrix).sum(axis=1).max()) + int(np.abs(right).max())
        kind = np.int64 if widest < _WORD // prime else object
        narrow = matrix.astype(kind)
        return right.astype(kind), lambda digits: narrow @ digits.astype(kind)


def _inverse_modulo(matrix: np.ndarray, prime: int) -> np.ndarray | None:
    """The inverse modulo a prime by Gauss-Jordan elimination in place, None if there is none."""
    work, size = matrix.copy(), len(matrix)
    swaps = []
    for step in range(size):
        candidates = np.flatnonzero(work[step:, step])
        if not candidates.size:
            return None
        pivot = step + int(candidates[0])
        swaps.append(pivot)
        work[[step, pivot]] = work[[pivot, step]]
        scale = pow(int(work[step, step]), -1, prime)
        work[step, step] = 1
        work[step] = work[step] * scale % prime
        column = work[:, step].copy()
        column[step] = 0
        rows = np.flatnonzero(column)
        work[rows, step] = 0
        work[rows] = (work[rows] - column[rows, None] * work[step] % prime) % prime
    for step in range(size - 1, -1, -1):  # row exchanges become column exchanges of the inverse
        pivot = swaps[step]
        work[:, [step, pivot]] = work[:, [pivot, step]]
    return work


def _rationals(residues: np.ndarray, modulus: int) -> tuple[np.ndarray, int] | None:
    """Numerators over one denominator with these residues, all below sqrt(modulus / 2); None if there are none.

    The denominator found so far multiplies the next residue, so almost always only the first one costs a division
    algorithm.
    """
    bound = math.isqrt(modulus // 2)
    parts, denominator = [], 1
    for residue in residues:
        value = int(residue) * denominator % modulus
        value = value - modulus if value > modulus // 2 else value
        if abs(value) > bound:
            found = _rational(value % modulus, modulus, bound)
            if found is None:
                return None
            value, more = found
            denominator *= more
            if denominator > bound:
                return None
            parts = [part * more for part in parts]
        parts.append(value)
    common = math.gcd(denominator, *parts)
    return np.array([part // common for part in parts], object), denominator // common


def _rational(residue: int, modulus: int, bound: int) -> tuple[int, int] | None:
    """The fraction up to `bound`, above and below, that is `residue` modulo `modulus`: Euclid, halfway."""
    before, now, outer, inner = modulus, residue, 0, 1
    while now > bound:
        quotient = before // now
        before, now = now, before - quotient * now
        outer, inner = inner, outer - quotient * inner
    if abs(inner) > bound or inner == 0:
        return None
    return (now, inner) if inner > 0 else (-now, -inner)
