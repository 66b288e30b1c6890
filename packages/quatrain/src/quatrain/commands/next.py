"""`quatrain next`: lines that could follow, each with its reasons, as they are found."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import BadSetting, NothingFits
from .group import OneOf

if TYPE_CHECKING:
    from ..wishes import Wishes


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
  quatrain next --file song.txt --at 7 --rhyme-with 5 --near
  quatrain next "The rain came down" --end floor --json
"""


def _filters() -> tuple[str, ...]:
    from ..text.diction import Filters

    return tuple(field.name for field in dataclasses.fields(Filters))


@click.command("next", epilog=EXAMPLES)
@click.argument("lines", nargs=-1, metavar='["LINE"]...')
@click.option("--file", "file", metavar="SONG", help="Take the lines from a file; - is the standard input.")
@click.option("--at", type=int, metavar="LINE", help="Of the file: the line to go on from. Default: the last one.")
@click.option(
    "--scheme", default="", metavar="SCHEME", help="Rhyme scheme of the section: ABAB, AABB, XAXA, ballad ..."
)
@click.option("--rhyme-with", type=int, metavar="LINE", help="Rhyme with this line; wins over the scheme.")
@click.option("--like", type=int, metavar="LINE", help="Same parts of speech and syllables as this line.")
@click.option("--syllables", type=int, metavar="N", help="How many syllables.")
@click.option("--end", metavar="WORD", help="The word that the line is to end with.")
@click.option("--words", default="", metavar="WORDS", help="The mood, in words: --words 'rain, iron'.")
@click.option("--near", is_flag=True, help="Near rhymes will do.")
@click.option("--running-on", is_flag=True, help="The line may run on into the one after it.")
@click.option("--allow", multiple=True, type=OneOf("filter", _filters), metavar="FILTER", help="Words that are left "
              "out by default: archaic, dialect, names, profane.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Keep every wish, or say that nothing fits.")
@click.option("--count", type=int, default=10, show_default=True, metavar="N", help="How many suggestions.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="The same seed, the same lines.")
@click.option("--voice", default="base", show_default=True, metavar="NAME", help="Who suggests: see quatrain voices.")
@click.option("--json", "as_json", is_flag=True, help="Print each suggestion as JSON, one a line.")
def command(
    lines: tuple[str, ...], file: str | None, at: int | None, voice: str, as_json: bool, **options: Any
) -> None:
    """Suggest the next line."""
    from ..drawing import draw_suggestion, paper

    draft, wishes = _draft(lines, file, at), _wishes(**options)
    console, found = paper(), 0
    with _waiting(f"The voice '{voice}' is being loaded") as ready:
        from ..suggest import Writer

        for suggestion in Writer(voice).suggest(draft, wishes):
            ready()
            found += 1
            if as_json:
                click.echo(json.dumps(dataclasses.asdict(suggestion), ensure_ascii=False))
            else:
                draw_suggestion(found, suggestion, console)
    if not found:
        raise NothingFits("No line keeps every wish. Give up the syllables or the end word, or allow --near rhymes.")


def _draft(lines: tuple[str, ...], file: str | None, at: int | None) -> list[str]:
    """The lines to go on from."""
    from ..song import clean, read

    if lines and file:
        raise BadSetting("Lines are given, and --file too. Give one of the two.")
    if at is not None and not file:
        raise BadSetting(f"--at {at} names a line of a file, and none is given. Add --file SONG, or leave --at out.")
    if file:
        return read(file).draft(at)
    return [clean(part) for line in lines for part in (line.splitlines() or [""])]


def _wishes(words: str, near: bool, allow: tuple[str, ...], end: str | None, scheme: str, **plain: Any) -> Wishes:
    """The options as wishes."""
    from ..song import clean
    from ..text import words as text
    from ..text.diction import Filters
    from ..text.rhyme import EXACT, SOUGHT
    from ..wishes import Wishes

    ends = [] if end is None else text.words(clean(end))
    if end is not None and len(ends) != 1:
        raise BadSetting(f"--end '{end}' is not one word. Give the word that the line is to end with.")
    filters = Filters(**{name: name not in allow for name in _filters()})
    mood, kinds = tuple(text.words(clean(words))), SOUGHT if near else EXACT
    return Wishes(scheme=scheme, end=ends[0] if ends else None, words=mood, kinds=kinds, filters=filters, **plain)


@contextlib.contextmanager
def _waiting(said: str) -> Iterator[Callable[[], None]]:
    """A sign of life on a terminal until the first line is there."""
    from rich.status import Status

    from ..drawing import paper

    screen = paper(stderr=True)
    if not screen.is_terminal:
        yield lambda: None
        return
    with Status(said, console=screen) as status:
        yield status.stop
