"""`quatrain rewrite`: a line, or one word of it, anew."""

from __future__ import annotations

from typing import Any

import click

from ..errors import BadSetting
from .asking import draft_of, options, show, wishes_of

EXAMPLES = """\b
The line keeps its shape, its syllables, and at its end the rhyme that it has in
its section. Lines of a file are numbered as by `quatrain check`.
\b
Examples:
  quatrain rewrite "I left my coat beside the garden gate" --word garden
  quatrain rewrite --song song.txt --line 7
  quatrain rewrite --song song.txt --line 7 --word 3 --count 20
  quatrain rewrite "It was late" "I shut the garden gate" --line 2 --syllables 8
"""


@click.command("rewrite", epilog=EXAMPLES)
@options("lines file")
@click.option("--line", type=int, metavar="LINE", help="Which line. Default: the last one.")
@click.option("--word", metavar="WORD", help="Only this word of it: the word, or its number from 1.")
@options("syllables words near allow strict count seed voice as_json")
def command(
    lines: tuple[str, ...],
    file: str | None,
    line: int | None,
    word: str | None,
    voice: str,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Write a line anew, or one word of it."""
    from ..page import Page

    draft, wished = draft_of(lines, file), wishes_of(**wishes)
    page = Page.of(draft)
    if not page.lines:
        raise BadSetting("There is no line to be written anew. Give one, or --song SONG.")
    sung = page.line(page.lines[-1].number if line is None else line, "to be written anew")
    place = None if word is None else _place(word, sung.words, sung.number)
    show(voice, as_json, lambda writer: writer.rewrite(draft, sung.number, place, wished))


def _place(word: str, words: tuple[str, ...], line: int) -> int:
    """Where in a line a word stands, from 0.

    Raises:
        BadSetting: it has no such word, or several.
    """
    from ..song import clean
    from ..text.words import key

    said = key(clean(word).strip())
    found = [place for place, other in enumerate(words) if other == said]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = " or ".join(f"--word {place + 1}" for place in found)
        raise BadSetting(f"Line {line} has '{word}' {len(found)} times. Say which: {numbers}.")
    if word.strip().isdecimal() and 1 <= int(word) <= len(words):
        return int(word) - 1
    raise BadSetting(f"Line {line} has no word '{word}'. It has {len(words)}: {' '.join(words)}.")
