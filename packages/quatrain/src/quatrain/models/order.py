"""The numbers that a slot of the vocabulary model is told by: shared by training (JAX) and answering (numpy)."""

from __future__ import annotations

from ..text.clauses import MARKS

NEIGHBOURS = (0, 1, 2, -1, -2)
"""Where, from the word to write, a slot sees the shape's tags."""
CLOSES = ("", *sorted(MARKS))
"""Closing marks of the line before, by number."""
FICTION, VERSE, MINE = range(3)
"""Where a line comes from; the songwriter's own text is a source of its own."""
SOURCES = 3
