"""What the commands that ask a voice share: where the draft comes from, wishes, and how answers are shown."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import BadSetting, NothingFits
from .group import OneOf

if TYPE_CHECKING:
    from ..suggest import Writer
    from ..wishes import Suggestion, Wishes

Command = Callable[..., Any]


def _filters() -> tuple[str, ...]:
    from ..text.diction import Filters

    return tuple(field.name for field in dataclasses.fields(Filters))


_OPTIONS: dict[str, Callable[[Command], Command]] = {
    "lines": click.argument("lines", nargs=-1, metavar='["LINE"]...'),
    "file": click.option("--file", "--song", "file", metavar="SONG", help="Take the lines from a song, a file; - is "
                         "the standard input."),
    "at": click.option("--at", type=int, metavar="LINE", help="Of the file: the line to go on from. Default: the last "
                       "one."),
    "scheme": click.option("--scheme", default="", metavar="SCHEME", help="Rhyme scheme of the section: ABAB, AABB, "
                           "XAXA, ballad ..."),
    "rhyme_with": click.option("--rhyme-with", type=int, metavar="LINE", help="Rhyme with this line; wins over the "
                               "scheme."),
    "like": click.option("--like", type=int, metavar="LINE", help="Same parts of speech and syllables as this line."),
    "syllables": click.option("--syllables", type=int, metavar="N", help="How many syllables."),
    "end": click.option("--end", metavar="WORD", help="The word that the line is to end with."),
    "words": click.option("--words", default="", metavar="WORDS", help="The mood, in words: --words 'rain, iron'."),
    "near": click.option("--near", is_flag=True, help="Near rhymes will do."),
    "running_on": click.option("--running-on", is_flag=True, help="The line may run on into the one after it."),
    "allow": click.option("--allow", multiple=True, type=OneOf("filter", _filters), metavar="FILTER", help="Words that "
                          "are left out by default: archaic, dialect, names, profane."),
    "strict": click.option("--strict", is_flag=True, help="Keep every wish, or say that nothing fits."),
    "count": click.option("--count", type=int, default=10, show_default=True, metavar="N", help="How many "
                          "suggestions."),
    "seed": click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="The same seed, the same "
                         "lines."),
    "voice": click.option("--voice", default="base", show_default=True, metavar="NAME", help="Who suggests: see "
                          "quatrain voices."),
    "as_json": click.option("--json", "as_json", is_flag=True, help="Print each suggestion as JSON, one a line."),
}  # fmt: skip


def options(names: str) -> Callable[[Command], Command]:
    """Some of the options above, in this order.

    Args:
        names: of them, with spaces between.
    """

    def added(function: Command) -> Command:
        for name in reversed(names.split()):
            function = _OPTIONS[name](function)
        return function

    return added


def draft_of(lines: tuple[str, ...], file: str | None, at: int | None = None) -> list[str]:
    """The lines to go on from.

    Raises:
        BadSetting: lines and a file, or a line of no file.
        BadText: the file is no song.
        StorageError: the file cannot be read.
    """
    from ..song import clean, read

    if lines and file:
        raise BadSetting("Lines are given, and --file too. Give one of the two.")
    if at is not None and not file:
        raise BadSetting(f"--at {at} names a line of a file, and none is given. Add --file SONG, or leave --at out.")
    if file:
        return read(file).draft(at)
    return [clean(part) for line in lines for part in (line.splitlines() or [""])]


def wishes_of(
    words: str = "", near: bool = False, allow: tuple[str, ...] = (), end: str | None = None, **plain: Any
) -> Wishes:
    """The options as wishes.

    Raises:
        BadSetting: a number out of its range, or an end that is not one word.
        UnknownName: no such scheme.
    """
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
    return Wishes(end=ends[0] if ends else None, words=mood, kinds=kinds, filters=filters, **plain)


def show(voice: str, as_json: bool, ask: Callable[[Writer], Iterable[Suggestion]]) -> None:
    """Draw suggestions as they are found.

    Args:
        voice: its name.
        as_json: one object a line instead.
        ask: what to ask of the loaded voice.

    Raises:
        NothingFits: there are none.
    """
    from ..drawing import draw_suggestion, paper

    console, found = paper(), 0
    with writer_of(voice) as (writer, ready):
        for suggestion in ask(writer):
            ready()
            found += 1
            if as_json:
                click.echo(json.dumps(dataclasses.asdict(suggestion), ensure_ascii=False))
            else:
                draw_suggestion(found, suggestion, console)
    if not found:
        raise NothingFits("No line keeps every wish. Give up the syllables or the end word, or allow --near rhymes.")


@contextlib.contextmanager
def writer_of(voice: str) -> Iterator[tuple[Writer, Callable[[], None]]]:
    """A loaded voice; on a terminal there is a sign of life until what comes with it is called."""
    from rich.status import Status

    from ..drawing import paper

    screen = paper(stderr=True)
    if not screen.is_terminal:
        from ..suggest import Writer

        yield Writer(voice), lambda: None
        return
    with Status(f"The voice '{voice}' is being loaded", console=screen) as status:
        from ..suggest import Writer

        yield Writer(voice), status.stop
