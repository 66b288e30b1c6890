"""`quatrain fill`: a line in which some words stand already."""

from __future__ import annotations

from typing import Any

import click

from .asking import draft_of, options, show, wishes_of

EXAMPLES = """\b
PATTERN is a line with ___ for each word to be found. The other lines are those
before it; they may come from a file.
\b
Examples:
  quatrain fill "the ___ of the garden ___"
  quatrain fill "I never ___ the ___ in her eyes" "I left my coat" --rhyme-with 1
  quatrain fill "___ was burning ___" --song song.txt --at 7 --scheme ABAB
"""


@click.command("fill", epilog=EXAMPLES)
@click.argument("pattern", metavar="PATTERN")
@options("lines file at scheme rhyme_with syllables end words near allow strict count seed voice as_json")
def command(
    pattern: str, lines: tuple[str, ...], file: str | None, at: int | None, voice: str, as_json: bool, **wishes: Any
) -> None:
    """Find words for the gaps of a line."""
    from ..rewriting import parsed
    from ..song import clean

    draft, wished, asked = draft_of(lines, file, at), wishes_of(**wishes), clean(pattern)
    parsed(asked)  # a pattern that is none is told before a voice is loaded
    show(voice, as_json, lambda writer: writer.fill(draft, asked, wished))
