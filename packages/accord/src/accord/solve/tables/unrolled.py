"""A game whose states know the time: what depends on the step becomes a function of the state."""

from __future__ import annotations

import dataclasses

import numpy as np

from .tabular import Tabular


def unrolled(game: Tabular) -> tuple[Tabular, np.ndarray]:
    """The same game with a state for every time and every state that can be reached then.

    Gives the game, and the time and state inside of each of its states, `[states, 2]`; those of the time `horizon` are
    terminal. Payoffs, policies and equilibria correspond one to one.
    """
    joint, reached = game.num_joint, [np.flatnonzero(game.start)]
    for _ in range(game.horizon):
        rows = (reached[-1][:, None] * joint + np.arange(joint)).ravel()
        reached.append(np.unique(game.after[_entries(game, rows)]))
    places = np.concatenate([
        np.stack([np.full(len(part), time), part], axis=1) for time, part in enumerate(reached)
    ])
    number = np.full((game.horizon + 1, game.num_states), -1)
    number[places[:, 0], places[:, 1]] = np.arange(len(places))
    acting = places[places[:, 0] < game.horizon]
    rows = (acting[:, 1:] * joint + np.arange(joint)).ravel()
    kept = _entries(game, rows)
    counts = (game.first[1:] - game.first[:-1])[rows]
    times = np.repeat(np.repeat(acting[:, 0], joint), counts)
    last = (len(places) - len(acting)) * joint
    units = np.concatenate([game.units[rows], np.zeros((last, game.num_agents), game.units.dtype)])
    start = np.zeros(len(places), game.start.dtype)
    start[: len(reached[0])] = game.start[reached[0]]
    ended = places[:, 0] == game.horizon
    if game.ended is not None:
        ended |= game.ended[places[:, 1]]
    return dataclasses.replace(
        game, start=start, first=np.concatenate([[0], np.cumsum(np.append(counts, np.zeros(last, np.int64)))]),
        after=number[times + 1, game.after[kept]], weight=game.weight[kept], units=units, ended=ended,
        describe=lambda state: f"step {places[state, 0]}, {game.describe(int(places[state, 1]))}",
    ), places


def _entries(game: Tabular, rows: np.ndarray) -> np.ndarray:
    """The entries of some rows, in order."""
    counts = game.first[rows + 1] - game.first[rows]
    begin = np.repeat(game.first[rows] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return begin + np.arange(counts.sum())
