"""`accord report`: write the report of a run anew."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from ...experiments.store import RunFolder

EXAMPLES = """\b
Example:
  accord report runs/story --open
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--open", "look", is_flag=True, help="Open it in a browser.")
def report(folder: Path, look: bool) -> None:
    """Write report.html (and result.json) of the run in the folder RUN anew."""
    from ...experiments.collect import collect
    from ..report import write_report

    run = RunFolder.open(folder)
    collect(run)
    path = write_report(run.path)
    click.echo(f"Report: {path}")
    if look:
        webbrowser.open(Path(path).resolve().as_uri())
