"""`accord geometry page`: the page in which polytopes are dragged."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

EXAMPLES = """\b
Examples:
  accord geometry page --open
  accord geometry page --out polytope.html
"""


@click.command(epilog=EXAMPLES)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file. Default: runs/polytope.html.")
@click.option("--open", "look", is_flag=True, help="Open it in a browser.")
def page(out: Path | None, look: bool) -> None:
    """Write the interactive page of the polytope: drag a reward or a contract, and watch values and learning move."""
    from ...geometry.polytope_page import write_polytope_page

    path = write_polytope_page(out or Path("runs") / "polytope.html")
    click.echo(f"Page: {path}")
    if look:
        webbrowser.open(path.resolve().as_uri())
