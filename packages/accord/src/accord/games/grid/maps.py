"""Maps of grid games: read once from text into constant arrays of coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.errors import BadGame


@dataclass(frozen=True)
class GridMap:
    """A rectangular map as text, walled on its border only.

    Walls inside the border are refused: movement and beams then need no wall look-up, which is what makes them
    elementwise. Rows are counted downwards and columns to the right, from the border's corner (0, 0).
    """

    text: tuple[str, ...]

    def __post_init__(self) -> None:
        if len({len(line) for line in self.text}) != 1:
            raise BadGame(f"A map needs lines of one length, got lengths {[len(line) for line in self.text]}.")
        height, width = self.shape
        for row, line in enumerate(self.text):
            for col, char in enumerate(line):
                border = row in (0, height - 1) or col in (0, width - 1)
                if (char == "#") != border:
                    raise BadGame(
                        f"A map is walled ('#') on its border and nowhere else, "
                        f"got '{char}' at row {row}, column {col}."
                    )

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, border included."""
        return len(self.text), len(self.text[0])

    def cells(self, chars: str) -> np.ndarray:
        """Row and column of every cell that holds one of `chars`, in reading order: `int32[2, cells]`."""
        found = [(r, c) for r, line in enumerate(self.text) for c, char in enumerate(line) if char in chars]
        return np.asarray(found, np.int32).reshape(-1, 2).T.copy()

    def holds(self, chars: str, among: str) -> np.ndarray:
        """For each cell of `cells(among)`, whether it holds one of `chars`: `bool[cells]`."""
        return np.asarray([char in chars for line in self.text for char in line if char in among])
