"""Finite contract spaces on a normal form: fines, forcing contracts, lump sums, payments on a noisy signal.

Transfers are arrays `[agents, actions, ..., actions]` of what each agent receives; they add up to zero everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...core.errors import BadSetting
from ..equilibria.mixed import mixed_two_by_two
from ..equilibria.stage import pure_equilibria
from ..tables.normal import NormalForm
from ..tables.numbers import rational


def fine(game: NormalForm, amount: Any, action: int = -1) -> np.ndarray:
    """Whoever plays `action` (default: the last one) pays `amount`, shared equally by all the others."""
    pays = np.zeros(game.units.shape, object)
    for agent, count in enumerate(game.num_actions):
        _charge(pays, agent, np.arange(count) == action % count, rational(amount))
    return pays


def forcing(game: NormalForm, target: Sequence[int], fines: Sequence[Any] | None = None) -> np.ndarray:
    """Whoever departs from a joint action pays a fine, shared equally by all the others; nothing is paid otherwise.

    By default the fine exceeds whatever the agent could gain by departing, so that the target's actions are strictly
    dominant and the target is the only equilibrium, mixed ones included. It is a multiple of (agents - 1) units.

    Source: the 0-implementation of Monderer and Tennenholtz ("K-implementation"), with payments among the agents.
    """
    pays = np.zeros(game.units.shape, object)
    shares = game.num_agents - 1
    for agent, kept in enumerate(target):
        own = np.moveaxis(game.units[agent], agent, 0)
        gain = int((own - own[kept]).max())
        amount = Fraction((gain // shares + 1) * shares, game.scale) if fines is None else rational(fines[agent])
        _charge(pays, agent, np.arange(game.num_actions[agent]) != kept, amount)
    return pays


def _charge(pays: np.ndarray, agent: int, when: np.ndarray, amount: Fraction) -> None:
    """Add to `pays`: one agent pays an amount at some of its actions, shared equally by all the others."""
    shape = [1] * (pays.ndim - 1)
    shape[agent] = len(when)
    due = when.reshape(shape).astype(object) * amount
    others = len(pays) - 1
    if not others:
        raise BadSetting("A contract needs at least two agents; the game has one.")
    for other in range(len(pays)):
        pays[other] = pays[other] - due if other == agent else pays[other] + due / Fraction(others)


def rich(game: NormalForm, random: int = 0, seed: int = 0) -> list[np.ndarray]:
    """A stand-in for "all zero-sum transfers": a forcing contract for every pure target, and some random contracts.

    The forcing contracts are enough for the theorem, since lump sums do the sharing; random ones are there to break it.
    Random amounts are integers up to the game's range of payoffs; the last agent bears the balance.
    """
    draw = np.random.default_rng(seed)
    reach = int(game.units.max() - game.units.min()) // game.scale + 1
    contracts = [forcing(game, target) for target in itertools.product(*map(range, game.num_actions))]
    for _ in range(random):
        pays = draw.integers(-reach, reach + 1, game.units.shape)
        pays[-1] = -pays[:-1].sum(axis=0)
        contracts.append(pays)
    return contracts


def signing(num_agents: int, amounts: Iterable[Any], *, proposer: int = 0, alike: bool = False) -> np.ndarray:
    """Lump sums `[lumps, agents]`: the proposer pays each of the others one of some amounts (negative: is paid).

    Args:
        num_agents: how many sign.
        amounts: what one responder may receive.
        proposer: who pays.
        alike: all responders receive the same; else every combination is there.
    """
    values = [rational(amount) for amount in amounts]
    others = num_agents - 1
    rows = ([value] * others for value in values) if alike else map(list, itertools.product(values, repeat=others))
    return np.array([[*row[:proposer], -sum(row, Fraction(0)), *row[proposer:]] for row in rows], object)


def fine_enough(play: Sequence[Any], outside: Any, *, proposer: int = 0) -> np.ndarray:
    """Lump sums on a grid on which no inefficient outcome can hide between two ticks.

    To be sure of every answer the proposer gives each responder less than one tick too much. With ticks of the smallest
    difference from the best welfare over the number of agents, all of these together cost less than that difference.
    The grid spans all differences of payoffs and one tick more.
    """
    points = np.concatenate([np.asarray(part, object) for part in (*play, outside)])
    values = {rational(value) for value in points.ravel()}
    sums = sorted({sum(map(rational, row), Fraction(0)) for row in points})
    agents = points.shape[1]
    tick = (sums[-1] - sums[-2] if len(sums) > 1 else Fraction(1)) / agents
    ticks = int((max(values) - min(values)) / tick) + 2
    return signing(agents, [k * tick for k in range(-ticks, ticks + 1)], proposer=proposer)


def read_signals(chances: np.ndarray, payments: Any) -> np.ndarray:
    """Expected transfers of payments that depend on a signal only, `[agents, actions, ..., actions]`.

    Args:
        chances: rational probabilities of each signal given the joint action, `[signals, actions, ..., actions]`.
        payments: what each agent receives at each signal, `[agents, signals]`.
    """
    return np.tensordot(np.asarray(payments, object), chances, axes=1)


def flipped(num_actions: Sequence[int], error: Any) -> np.ndarray:
    """Signals that show every agent's action, each one wrong with probability `error` (then any other one alike).

    Gives rational probabilities `[signals, actions, ..., actions]`, signals in the order of joint actions.
    """
    wrong = rational(error)
    if not 0 <= wrong <= 1:
        raise BadSetting(f"error={wrong}, expected a probability.")
    table = np.full((1,) * 2 * len(num_actions), Fraction(1), object)
    for agent, count in enumerate(num_actions):
        own = np.full((count, count), wrong / (count - 1) if count > 1 else 0, object)
        np.fill_diagonal(own, 1 - wrong if count > 1 else Fraction(1))
        shape = [1] * table.ndim
        shape[agent] = shape[len(num_actions) + agent] = count
        table = table * own.reshape(shape)
    return table.reshape(-1, *num_actions)


def capped(num_agents: int, signals: int, bond: int) -> list[np.ndarray]:
    """Every contract in integers on some signals under which nobody ever pays or gets more than a bond."""
    steps = range(-bond, bond + 1)
    rows = [row for row in itertools.product(steps, repeat=num_agents - 1) if abs(sum(row)) <= bond]
    each = np.array([[*row, -sum(row)] for row in rows])
    return [each[list(choice)].T for choice in itertools.product(range(len(each)), repeat=signals)]


def play_payoffs(game: NormalForm) -> np.ndarray:
    """Payoffs of equilibria of a normal form, different ones, as rationals `[equilibria, agents]`; it may be empty.

    Two agents with two actions: pure and mixed equilibria (of a continuum, those at its ends). Else pure ones only.
    """
    if game.num_actions == (2, 2):
        found = {equilibrium.payoffs for equilibrium in mixed_two_by_two(game)}
    else:
        found = {game.payoff(profile) for profile in pure_equilibria(game)}
    return np.array(sorted(found), object).reshape(-1, game.num_agents)
