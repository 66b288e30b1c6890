"""`accord geometry polytope`: what all policies of a process are worth, as a table, pictures and a page."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

import click

from ..payments import RUNS, Watch

EXAMPLES = """\b
PROCESS is 2a, 2b, 2c, 2d, left (two states), three, or a .toml or .json file:

\b
  discount = 0.9
  rewards = [[-0.45, -0.1], [0.5, 0.5]]                    # [state][action]
  transitions = [[[0.7, 0.3], [0.99, 0.01]],               # [state][action][next]
                 [[0.2, 0.8], [0.99, 0.01]]]

\b
Examples:
  accord geometry polytope
  accord geometry polytope 2d --out FOLDER
  accord geometry polytope mine.toml three --open
"""


@click.command(epilog=EXAMPLES)
@click.argument("processes", nargs=-1, metavar="[PROCESS]...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of page and pictures. Default: "
              f"{RUNS}/geometry-polytope.")  # fmt: skip
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def polytope(processes: tuple[str, ...], out: Path | None, look: bool) -> None:
    """Draw what all policies of a PROCESS of two or three states are worth; without one, of all that have a name."""
    import numpy as np

    from ....experiments.store import circumstances_of, storage, write_whole
    from ....geometry.cells import region
    from ...geometry import polytope_figures as figures
    from ...geometry.polytope_report import measured, numbers, polytope_page
    from ...geometry.processes import filename, known
    from ...geometry.processes import processes as named
    from ...tables import table

    found = named(processes or known())
    folder = out or RUNS / "geometry-polytope"
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lines, pictures = [], 0
    with Watch() as watch:
        for process in found:
            cut = lambda done, total, name=process.name: watch(f"cutting the values of {name}", done, total)
            lines.append(measured(process, region(process, cut)))
            rng = np.random.default_rng(0)
            drawn = figures.shapes(process, lines[-1].region, rng)
            for done, (kind, draw) in enumerate(drawn.items()):
                watch(f"drawing {process.name}, {kind}", done, len(drawn))
                figures.save(draw(), folder / f"{filename(process)}-{kind}.png")
                pictures += 1
    told = circumstances_of(["accord", *sys.argv[1:]])
    write_whole(folder / "report.html", polytope_page(lines, told))
    heads, rows = numbers(lines)
    click.echo(table(rows, heads=heads, right=(1, 2, 3, 4, 5, 6, 9)))
    click.echo(f"\nPage: {folder / 'report.html'}     Pictures beside it: {pictures}")
    if look:
        webbrowser.open((folder / "report.html").resolve().as_uri())
