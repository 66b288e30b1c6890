"""`quatrain voices`: who can suggest lines, and how to be rid of a voice."""

from __future__ import annotations

import json
from typing import Any

import click

EXAMPLES = """\b
`base` comes with quatrain; your own voices stand in your data folder. A voice
holds what it learned from your songs: deleting it deletes that for good.
\b
Examples:
  quatrain voices
  quatrain voices --json
  quatrain voices --delete mine
"""


@click.command("voices", epilog=EXAMPLES)
@click.option("--delete", "gone", metavar="NAME", help="Delete a voice of yours, and all that it learned.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the card of each voice as JSON.")
def command(gone: str | None, yes: bool, as_json: bool) -> None:
    """List the voices, or delete one."""
    from ..models import voice

    if gone is not None:
        folder = voice.folder_of(gone)
        if not yes:
            click.confirm(f"Delete the voice '{gone}' in {folder} for good?", abort=True)
        voice.delete(gone)
        click.echo(f"The voice '{gone}' is gone.")
        return
    found = [_described(name) for name in voice.names()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif not found:
        click.echo("There is no voice: that which comes with quatrain is missing. Install quatrain again.")
    else:
        wide = max(len(one["name"]) for one in found)
        for one in found:
            whose = "comes with quatrain" if one["shipped"] else f"yours, in {one['folder']}"
            click.echo(f"{one['name']:<{wide}}  {one['megabytes']:6.1f} MB  {whose}")


def _described(name: str) -> dict[str, Any]:
    """A voice by its files, which are not loaded."""
    from ..models import voice

    folder = voice.folder_of(name)
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        card = None  # a damaged voice is listed, so that it can be deleted
    shipped = folder.parent == voice.SHIPPED
    return {"name": name, "shipped": shipped, "folder": str(folder), "megabytes": round(size / 1e6, 1), "card": card}
