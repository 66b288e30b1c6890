"""`accord resume`: go on with a run that was stopped."""

from __future__ import annotations

from pathlib import Path

import click

from ...experiments.spec import tried
from ...experiments.store import RunFolder
from ..working import go

EXAMPLES = """\b
Example:
  accord resume runs/story
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--workers", type=int, help="Processes at once. Default: one per core.")
@click.option("--open", "look", is_flag=True, help="Open the report in a browser at the end.")
def resume(folder: Path, workers: int | None, look: bool) -> None:
    """Go on with the run in the folder RUN, to the same numbers as if it had never stopped.

    Failed jobs are tried again, from their last good checkpoint; step sizes may be changed in RUN/settings.toml before.
    """
    run = RunFolder.open(folder)
    tried(run.experiment)
    run.prepare()
    go(run, workers=workers, look=look)
