"""`quatrain next`: lines that could follow, each with its reasons, as they are found."""

from __future__ import annotations

from typing import Any

import click

from .asking import draft_of, options, show, wishes_of

EXAMPLES = """\b
Give the lines of a verse, or a file. In a file --at, --rhyme-with and --like
name lines as `quatrain check` numbers them, and the next line goes on from the
section of that line.
\b
A suggestion that had to give up a wish is dim and says which.
\b
Examples:
  quatrain next "I left my coat beside the garden gate"
  quatrain next "I left my coat beside the garden gate" \\
    "The moon is hanging low above the town" --scheme ABAB --words "rain, iron"
  quatrain next --song song.txt --at 7 --rhyme-with 5 --near
  quatrain next "The rain came down" --end floor --json
"""


@click.command("next", epilog=EXAMPLES)
@options(
    "lines file at scheme rhyme_with like syllables end words near running_on allow strict count seed voice as_json"
)
def command(lines: tuple[str, ...], file: str | None, at: int | None, voice: str, as_json: bool, **wishes: Any) -> None:
    """Suggest the next line."""
    draft, wished = draft_of(lines, file, at), wishes_of(**wishes)
    show(voice, as_json, lambda writer: writer.suggest(draft, wished))
