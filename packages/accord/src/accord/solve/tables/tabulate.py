"""Any small game as arrays: states are found by following every joint action from the first ones."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...contracts.space import AbstractContractSpace, settle
from ...core.errors import BadGame, BadTerms
from ...core.finite import outcomes_of, starts_of
from ...core.game import AbstractGame, Discrete
from ...core.types import PyTree
from .numbers import scaled, tight
from .tabular import Tabular

LIMIT = 50_000
"""States that `tabulate` finds before it refuses, unless it is told another number."""

ROUNDING = 1e-6
"""How far below 0 a payment may lie: the rounding of `1 - share` in single precision."""

_CHUNK = 2048
"""Rows that one compiled call evaluates."""


class TooLarge(BadGame):
    """A game with more states than the caller allows."""


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """A game, its states, and its arrays: the bridge between what a person wrote and what a solver reads."""

    game: AbstractGame
    states: PyTree
    """Every reachable state, leading axis `states`."""

    arrays: Tabular

    def transfers(self, space: AbstractContractSpace, theta: Any) -> tuple[np.ndarray, int]:
        """Expected transfers of a contract as integers `[rows, agents]` over a scale. Lump sums are not in it.

        Raises:
            BadTerms: terms outside the space.
            BadGame: a rule that pays less than nothing, or between other than the game's agents.
        """
        return scaled(_expected_transfers(self, space, np.asarray([space.checked(theta)]))[0])

    def under(self, space: AbstractContractSpace, theta: Any) -> Tabular:
        """The arrays of the game with a contract in force."""
        return self.arrays.plus(*self.transfers(space, theta))

    def linear(self, space: AbstractContractSpace) -> Linear:
        """Transfers as an affine function of the terms, exactly.

        Raises:
            BadTerms: the rule is not affine in its terms.
            BadGame: a rule that pays less than nothing, or between other than the game's agents.
        """
        low, high = np.asarray(space.low, float), np.asarray(space.high, float)
        corners = [np.zeros_like(low), *np.eye(len(low))]
        inside = [low + share * (high - low) for share in (0.0, 0.37, 0.5, 1.0)]
        found = _expected_transfers(self, space, np.asarray([*corners, *inside]), signed=True)
        constant, slopes = found[0], found[1 : len(corners)] - found[0]
        for theta, seen in zip(inside, found[len(corners) :], strict=True):
            said = constant + np.tensordot(theta, slopes, axes=1)
            if not np.allclose(said, seen, rtol=0, atol=1e-5 * (1 + np.abs(seen).max())):
                raise BadTerms(
                    f"{type(space).__name__} is not affine in its terms (off by {np.abs(said - seen).max():.3g} at "
                    f"theta={theta.tolist()}). A linear program needs that; sweep over terms instead."
                )
        units, scale = scaled(np.concatenate([constant[None], slopes]))
        return Linear(space, units[0], units[1:], scale)


@dataclasses.dataclass(frozen=True, eq=False)
class Linear:
    """Expected transfers of a contract space, affine in its terms: `(constant + sum_k theta_k slopes_k) / scale`."""

    space: AbstractContractSpace
    constant: np.ndarray
    """Integers `[rows, agents]`."""

    slopes: np.ndarray
    """Integers `[terms, rows, agents]`."""

    scale: int

    def at(self, theta: tuple[Any, ...]) -> tuple[np.ndarray, int]:
        """The transfers under some terms (rationals), as integers `[rows, agents]` over a scale."""
        terms, over = scaled(np.asarray(theta, object))
        total = self.constant.astype(object) * over
        for term, slope in zip(terms, self.slopes, strict=True):
            total = total + slope.astype(object) * int(term)
        return tight(total), self.scale * over


def tabulate(
    game: AbstractGame, *, limit: int = LIMIT, progress: Callable[[int, int], None] | None = None
) -> Table:
    """Write a game down as arrays.

    A game with `outcomes` (`AbstractFiniteGame`) says what may happen; any other must be deterministic, which is read
    off its program: `init` and `step` must not use their key. Terminal states end the game.

    Args:
        game: discrete actions only.
        limit: most states to find.
        progress: called with the numbers of states followed so far and found so far.

    Raises:
        TooLarge: more states than `limit`; the message says how to go on.
        BadGame: actions that are not discrete, or a random game that does not list its outcomes.
    """
    count = _actions_of(game)
    joint = np.array(list(itertools.product(range(count), repeat=game.num_agents)), np.int32)
    book = _Book(*_first(game), limit=limit, said=f"{type(game).__name__}: {len(joint)} joint actions a state")
    follow = jax.jit(jax.vmap(jax.vmap(outcomes_of(game), (None, 0)), (0, None)))
    ended = jax.jit(jax.vmap(game.terminal))
    per_call = max(1, _CHUNK // len(joint))
    pieces: list[tuple[np.ndarray, ...]] = []
    terminal: list[np.ndarray] = []
    done = 0
    while done < len(book):
        ids = np.arange(done, min(done + per_call, len(book)))
        batch = book.states(np.resize(ids, per_call))
        over = np.asarray(ended(batch))[: len(ids)]
        chances, after, rewards = picked(follow(batch, joint), slice(len(ids)))
        happens = (chances > 0) & ~over[:, None, None]
        owner, move, _ = where = np.nonzero(happens)
        numbers = book.number(picked(after, where))
        pieces.append((ids[owner] * len(joint) + move, numbers, chances[happens], rewards[happens]))
        terminal.append(over)
        done += len(ids)
        if progress is not None:
            progress(done, len(book))
    states = book.states(np.arange(len(book)))
    rows, after, chances, rewards = (np.concatenate(part) for part in zip(*pieces, strict=True))
    return Table(game, states, _arrays(game, states, book, rows, after, chances, rewards, np.concatenate(terminal)))


def picked(tree: PyTree, index: Any) -> PyTree:
    """The same index of every leaf, as numpy arrays."""
    return jax.tree.map(lambda leaf: np.asarray(leaf)[index], tree)


def _arrays(
    game: AbstractGame, states: PyTree, book: _Book, rows: np.ndarray, after: np.ndarray, chances: np.ndarray,
    rewards: np.ndarray, ended: np.ndarray,
) -> Tabular:
    """Outcomes, sorted into rows; those with one next state are one entry."""
    num_agents, count = game.num_agents, _actions_of(game)
    num_rows = len(book) * count**num_agents
    weights, denominator = scaled(chances.astype(np.float64))
    units, scale = scaled(rewards.astype(np.float64))
    expected = np.zeros((num_rows, num_agents), object)
    np.add.at(expected, rows, weights.astype(object)[:, None] * units.astype(object))
    keys, where = np.unique(rows * np.int64(len(book)) + after, return_inverse=True)
    merged = np.zeros(len(keys), np.int64)
    np.add.at(merged, where, weights.astype(np.int64))
    first = np.searchsorted(keys // len(book), np.arange(num_rows + 1))
    divisor = np.gcd.reduce(np.append(expected.astype(object), denominator * scale).astype(object))
    return Tabular(
        type(game).__name__, num_agents, count, start=book.start, first=first, after=keys % len(book), weight=merged,
        denominator=denominator, units=tight(expected // divisor), scale=denominator * scale // int(divisor),
        horizon=game.horizon, action_names=tuple(game.action_names), ended=ended,
        describe=lambda number: game.describe(picked(states, number)),
    )


# ---------------------------------------------------------------------------------------------------- what may happen


def _actions_of(game: AbstractGame) -> int:
    if isinstance(game.actions, Discrete):
        return game.actions.n
    kind = type(game.actions).__name__
    remedy = "set levels=2 or more" if hasattr(game, "levels") else "give it Discrete(n) actions, such as a grid"
    raise BadGame(
        f"{type(game).__name__} has {kind} actions, expected Discrete: it is not finite. To solve it exactly, {remedy}."
    )


def _first(game: AbstractGame) -> tuple[np.ndarray, PyTree]:
    """First states that can occur, and their chances."""
    chances, states = starts_of(game)
    keep = np.asarray(chances) > 0
    return np.asarray(chances)[keep], picked(states, keep)


class _Book:
    """States in the order in which they were found, each with a number."""

    def __init__(self, chances: np.ndarray, first: PyTree, *, limit: int, said: str) -> None:
        self._limit, self._said = limit, said
        self._numbers: dict[bytes, int] = {}
        leaves, self._structure = jax.tree.flatten(first)
        self._leaves: list[list[np.ndarray]] = [[] for _ in leaves]
        numbers = self.number(first)
        weights, _ = scaled(np.asarray(chances, float))
        self._start = np.bincount(numbers, weights=weights.astype(float)).astype(np.int64)

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def start(self) -> np.ndarray:
        """Weights of the first states, `[states]`."""
        return np.pad(self._start, (0, len(self) - len(self._start)))

    def number(self, states: PyTree) -> np.ndarray:
        """The numbers of a batch of states; new ones are written down."""
        leaves = [np.ascontiguousarray(leaf) for leaf in jax.tree.leaves(states)]
        size = len(leaves[0])
        if not size:
            return np.zeros(0, np.int64)
        raw = np.concatenate([leaf.reshape(size, -1).view(np.uint8).reshape(size, -1) for leaf in leaves], axis=1)
        distinct, place, where = np.unique(
            raw.view(np.dtype((np.void, raw.shape[1]))).ravel(), return_index=True, return_inverse=True
        )
        numbers = np.empty(len(distinct), np.int64)
        for i in np.argsort(place):  # in the order met, so that numbering does not depend on the bytes
            key = distinct[i].tobytes()
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers)
                for column, leaf in zip(self._leaves, leaves, strict=True):
                    column.append(leaf[place[i]])
            numbers[i] = self._numbers[key]
        if len(self) > self._limit:
            raise TooLarge(
                f"{self._said}, and more than {self._limit:,} states. Make the game smaller, raise the limit "
                "(--limit, or tabulate(game, limit=...)), or learn on it instead."
            )
        return numbers[where]

    def states(self, numbers: np.ndarray) -> PyTree:
        """States by number, leading axis as `numbers`."""
        return jax.tree.unflatten(self._structure, [np.stack([column[i] for i in numbers]) for column in self._leaves])


# ------------------------------------------------------------------------------------------------------------ transfers


def _expected_transfers(table: Table, space: AbstractContractSpace, thetas: np.ndarray, signed: bool = False) -> Any:
    """Mean net transfers `[contracts, rows, agents]` of several contracts."""
    arrays, game, n = table.arrays, table.game, table.arrays.num_agents
    joint = arrays.profiles.astype(np.int32)

    @jax.jit
    def due(before: PyTree, actions: Any, after: PyTree, terms: Any) -> tuple[Any, Any]:
        pays = jax.vmap(lambda b, a, c: space.pays(terms, game.signals(b, a, c)))(before, actions, after)
        return jax.vmap(settle)(pays), jnp.min(pays)

    rows, after, chances = entries(table)
    out = np.zeros((len(thetas), arrays.num_rows, n))
    for begin in range(0, len(rows), 1 << 16):
        part = slice(begin, begin + (1 << 16))
        size = 1 << max(4, (len(rows[part]) - 1).bit_length())
        fill = lambda values, size=size: np.resize(values, (size, *values.shape[1:]))
        before = picked(table.states, fill(rows[part] // arrays.num_joint))
        later = picked(table.states, fill(after[part]))
        actions = joint[fill(rows[part] % arrays.num_joint)]
        for number, theta in enumerate(thetas):
            net, least = due(before, actions, later, jnp.asarray(theta, jnp.float32))
            if net.shape[1:] != (n,):
                raise BadGame(f"{type(space).__name__}.pays is for {net.shape[1]} agents, {arrays.name} has {n}.")
            if float(least) < -ROUNDING and not signed:
                raise BadGame(
                    f"{type(space).__name__} pays {float(least):.6g} under theta={theta.tolist()}, expected amounts >= "
                    "0: money from nowhere. Swap payer and payee instead."
                )
            net = np.asarray(net, float)[: len(rows[part])]
            np.add.at(out[number], rows[part], net * chances[part, None])
    return out


def entries(table: Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, next state and probability of everything that may happen."""
    arrays = table.arrays
    rows = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.first))
    return rows, arrays.after, arrays.weight / arrays.denominator


__all__ = ["LIMIT", "Linear", "Table", "TooLarge", "entries", "tabulate"]
