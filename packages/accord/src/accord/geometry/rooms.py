"""Four rooms: the grid on which representations are compared. 104 cells, four actions, doors between rooms."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..core.errors import BadGame
from .process import Process

FOUR_ROOMS = """
#############
#     #     #
#     #     #
#           #
#     #     #
#     #     #
## ####     #
#     ### ###
#     #     #
#     #     #
#           #
#     #     #
#############
"""
"""After Sutton, Precup and Singh 1999, "Between MDPs and semi-MDPs"."""

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Up, right, down, left, as rows and columns."""


@dataclasses.dataclass(frozen=True, eq=False)
class Rooms:
    """The free cells of a map in reading order, and where each action leads from each."""

    shape: tuple[int, int]
    cells: np.ndarray
    """Row and column of each free cell, `[cells, 2]`."""

    after: np.ndarray
    """The cell reached, `[cells, actions]`; a wall leaves one where one was."""

    @property
    def num_cells(self) -> int:
        """Number of free cells."""
        return len(self.cells)

    def cell(self, row: int, column: int) -> int:
        """Number of a free cell.

        Raises:
            BadGame: there is a wall.
        """
        found = np.flatnonzero((self.cells == (row, column)).all(1))
        if not len(found):
            raise BadGame(f"Row {row}, column {column} is a wall or outside the map of {self.shape}. Name a free cell.")
        return int(found[0])

    @property
    def corner(self) -> int:
        """The free cell at the upper right: the usual goal."""
        top = self.cells[self.cells[:, 0] == self.cells[0, 0]]
        return self.cell(*top[-1])

    def moves(self, slip: float = 0.0) -> np.ndarray:
        """Transitions `[cells, actions, cells]`; with probability `slip` the action is replaced by a random one."""
        sure = np.eye(self.num_cells)[self.after]
        return (1.0 - slip) * sure + slip * sure.mean(1, keepdims=True)

    def goal(self, cell: int, slip: float = 0.0) -> np.ndarray:
        """Rewards `[cells, actions]`: 1 for every step that ends in the cell (staying there earns on)."""
        return self.moves(slip)[:, :, cell]

    def process(self, goal: int | None = None, discount: float = 0.9, slip: float = 0.0) -> Process:
        """The process with a goal cell, the corner unless said."""
        cell = self.corner if goal is None else goal
        return Process(self.goal(cell, slip), self.moves(slip), discount, "four rooms")

    def drawn(self, feature: np.ndarray) -> np.ndarray:
        """A number per cell as a picture `[rows, columns]`, walls not a number."""
        picture = np.full(self.shape, np.nan)
        picture[tuple(self.cells.T)] = feature
        return picture


def rooms(text: str = FOUR_ROOMS) -> Rooms:
    """Read a map: `#` is a wall, anything else is free."""
    rows = text.strip("\n").split("\n")
    free = np.array([[letter != "#" for letter in row] for row in rows])
    number = np.cumsum(free).reshape(free.shape) - 1
    cells = np.argwhere(free)
    after = np.empty((len(cells), len(MOVES)), int)
    for action, move in enumerate(MOVES):
        there = cells + move
        after[:, action] = np.where(free[tuple(there.T)], number[tuple(there.T)], np.arange(len(cells)))
    return Rooms(free.shape, cells, after)
