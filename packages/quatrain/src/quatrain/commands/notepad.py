"""`quatrain notepad`, and `quatrain` alone: the sheet of paper in the browser."""

from __future__ import annotations

from pathlib import Path

import click

EXAMPLES = """\b
Examples:
  quatrain                                   the same
  quatrain notepad --port 8000 --no-browser
"""


@click.command("notepad", epilog=EXAMPLES)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default the last one, or one that is free.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--songs", type=click.Path(path_type=Path), help="Folder of the songs; by default your own data folder.")
def command(port: int, no_browser: bool, songs: Path | None) -> None:
    """Open the notepad in the browser. It answers on this machine only."""
    from ..notepad.open import serve

    serve(port, not no_browser, songs, click.echo)
