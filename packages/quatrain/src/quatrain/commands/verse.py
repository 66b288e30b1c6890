"""`quatrain verse`: a whole next verse, line after line."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import click

from .asking import draft_of, options, wishes_of, writer_of

EXAMPLES = """\b
Give the lines of a song so far, or a file; or nothing, for a first verse. Each
line goes on from the ones before it. With --count other ways to put a line
stand below it.
\b
Examples:
  quatrain verse "I left my coat beside the garden gate"
  quatrain verse --song song.txt --scheme AABB --syllables 8
  quatrain verse --song song.txt --lines 2 --count 5 --words "rain, iron"
"""


@click.command("verse", epilog=EXAMPLES)
@options("lines file at")
@click.option("--lines", "many", type=click.IntRange(1, 24), default=4, show_default=True, metavar="N", help="Lines of "
              "the verse.")  # fmt: skip
@click.option("--scheme", default="ABAB", show_default=True, metavar="SCHEME", help="Rhyme scheme: ABAB, AABB, XAXA, "
              "ballad ...")  # fmt: skip
@options("syllables words near running_on allow strict")
@click.option("--count", type=int, default=1, show_default=True, metavar="N", help="Ways to put each line.")
@options("seed voice as_json")
def command(
    lines: tuple[str, ...],
    file: str | None,
    at: int | None,
    many: int,
    count: int,
    voice: str,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Suggest a whole next verse."""
    from ..drawing import draw_suggestion, paper

    draft = draft_of(lines, file, at)
    wished = wishes_of(count=count, **wishes)
    wished = dataclasses.replace(wished, count=max(count, _CHOICE))
    console = paper()
    with writer_of(voice) as (writer, ready):
        for number, found in enumerate(writer.verse(draft, wished, many), len(draft) + 1 + bool(draft)):
            ready()
            if as_json:
                said = [dataclasses.asdict(one) for one in found[:count]]
                click.echo(json.dumps({"line": number, "suggestions": said}, ensure_ascii=False))
                continue
            draw_suggestion(number, found[0], console)
            for other in found[1:count]:
                click.echo(f"     or: {other.text}")


_CHOICE = 4
"""Lines that the first is the best of, however few are shown."""
