"""`accord geometry paths`: how methods of learning move through the values of policies, or out of them."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

import click

from ..payments import RUNS, Watch

EXAMPLES = """\b
PROCESS is as for: accord geometry polytope. Starts, steps and sizes are the
published ones; TD(0), fitted Q and damped value iteration are added.

\b
Examples:
  accord geometry paths 2d
  accord geometry paths 2d left --seeds 20 --out FOLDER
  accord geometry paths mine.toml --open
"""


@click.command(epilog=EXAMPLES)
@click.argument("processes", nargs=-1, metavar="[PROCESS]...")
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(1, 10_000), help="Runs of what draws.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of page and pictures. Default: "
              f"{RUNS}/geometry-paths.")  # fmt: skip
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def paths(processes: tuple[str, ...], seeds: int, out: Path | None, look: bool) -> None:
    """Draw the paths of learning through the values of a PROCESS; without one, of 2d and left."""
    from ....experiments.geometry.value_paths import walks
    from ....experiments.store import circumstances_of, storage, write_whole
    from ....geometry.cells import region
    from ...geometry import polytope_figures as figures
    from ...geometry.polytope_report import board, measured, paths_page
    from ...geometry.processes import filename
    from ...geometry.processes import processes as named
    from ...tables import table

    found = named(processes or ("2d", "left"))
    folder = out or RUNS / "geometry-paths"
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lines, pictures = [], 0
    with Watch() as watch:
        for process in found:
            whole = region(process)
            walked = walks(process, seeds, watch)
            lines.append((measured(process, whole), walked))
            drawn = figures.walks(process, whole, {walk.method: walk.paths for walk in walked})
            for done, (kind, draw) in enumerate(drawn.items()):
                watch(f"drawing {process.name}, {kind}", done, len(drawn))
                figures.save(draw(), folder / f"{filename(process)}-{kind}.png")
                pictures += 1
    told = circumstances_of(["accord", *sys.argv[1:]])
    write_whole(folder / "report.html", paths_page(lines, seeds, told))
    for one, walked in lines:
        heads, rows = board(walked)
        click.echo(f"\nProcess {one.process.name}")
        click.echo(table(rows, heads=heads, right=(4,)))
    click.echo(
        "\nError: largest difference to the optimal values at the end. Where a method draws: the interquartile mean "
        f"over {seeds} seeds, and its 95 % interval."
    )
    click.echo(f"\nPage: {folder / 'report.html'}     Pictures beside it: {pictures}")
    if look:
        webbrowser.open((folder / "report.html").resolve().as_uri())
