"""Tables of plain text for a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence


def table(
    rows: Sequence[Sequence[str]], *, heads: Sequence[str], right: Sequence[int] = (), width: int | None = None
) -> str:
    """Columns that line up; the widest one wraps where the terminal is too narrow.

    Args:
        right: columns that hold numbers.
        width: characters to fit into. Default: the terminal's.
    """
    width = width or shutil.get_terminal_size((110, 24)).columns
    columns = [[head, *(row[i] for row in rows)] for i, head in enumerate(heads)]
    widths = [max(map(len, column)) for column in columns]
    widest = widths.index(max(widths))
    widths[widest] = max(20, min(widths[widest], width - sum(widths) + widths[widest] - 2 * len(widths)))
    lines = [_line(heads, widths, right), "  " + "  ".join("-" * w for w in widths)]
    return "\n".join(lines + [_line(row, widths, right) for row in rows])


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    cells = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=True)]
    lines = []
    for k in range(max(map(len, cells))):
        parts = [cell[k] if k < len(cell) else "" for cell in cells]
        just = [p.rjust(w) if i in right else p.ljust(w) for i, (p, w) in enumerate(zip(parts, widths, strict=True))]
        lines.append(("  " + "  ".join(just)).rstrip())
    return "\n".join(lines)
