"""`accord presets`: which experiments have a name, and what is in them."""

from __future__ import annotations

import click

from ...core.settings import to_toml
from ...experiments.presets import PRESETS, preset_of
from ..tables import table

EXAMPLES = """\b
Examples:
  accord presets
  accord presets story > mine.toml
  accord run mine.toml
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False)
def presets(name: str | None) -> None:
    """List experiments with a name; with NAME, every setting of one, as a file that `accord run` takes."""
    if name is not None:
        click.echo(to_toml(preset_of(name)), nl=False)
        return
    rows = [
        (preset.preset, preset.title, preset.game.name, ", ".join(preset.schemes), str(preset.seeds))
        for preset in PRESETS.values()
    ]
    click.echo(table(rows, heads=("name", "title", "game", "schemes", "seeds")))
    click.echo("\nRun one with: accord run NAME [key=value ...]     All settings of one: accord presets NAME")
