"""`accord games`: which games and contract spaces have a name."""

from __future__ import annotations

import click

from ...core.registry import GAMES, SPACES, Registry
from ..tables import table

EXAMPLES = """\b
Example:
  accord games
"""


@click.command(epilog=EXAMPLES)
def games() -> None:
    """List games and contract spaces."""
    click.echo("Games\n" + table(_rows(GAMES), heads=("name", "what it is", "contract spaces")))
    click.echo("\nContract spaces\n" + table([row[:2] for row in _rows(SPACES)], heads=("name", "what it says")))
    click.echo("\nYour own: path/to/file.py:Name works wherever a name does.")


def _rows(registry: Registry) -> list[tuple[str, ...]]:
    return [(entry.name, entry.summary, ", ".join(entry.spaces)) for entry in registry.entries()]
