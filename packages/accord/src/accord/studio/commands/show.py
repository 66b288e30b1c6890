"""`accord show`: what came out of a run, in the terminal."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from ...core.errors import StorageError
from ...experiments.store import RunFolder, read_json
from ..summary import summary

EXAMPLES = """\b
Examples:
  accord show runs/story
  accord show runs/story --open
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--open", "look", is_flag=True, help="Open the report in a browser.")
def show(folder: Path, look: bool) -> None:
    """Show what came out of the run in the folder RUN: welfare, returns before and after transfers, the contract."""
    run = RunFolder.open(folder)
    result = read_json(run.path / "result.json")
    if result is None:
        from ...experiments.collect import collect

        result = collect(run)
    click.echo(summary(result))
    page = run.path / "report.html"
    if page.exists():
        click.echo(f"\nReport: {page}")
        if look:
            webbrowser.open(page.resolve().as_uri())
    elif look:
        raise StorageError(f"{run.path} has no report yet. Write it with: accord report {run.path}")
