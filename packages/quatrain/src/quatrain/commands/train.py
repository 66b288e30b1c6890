"""`quatrain train`: a voice that knows your songs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..yours import Changed

EXAMPLES = """\b
MY_SONGS is a folder of texts, lyric sheets or ChordPro, or one such file. They
never leave this machine, and the voice keeps what it learned, not the text.
\b
Examples:
  quatrain train my_songs/
  quatrain train my_songs/ --voice mine
  quatrain next --file song.txt --voice mine
"""
_EVERY = 10.0
"""Seconds between two words about how far it is, where there is no terminal for a bar."""


@click.command("train", epilog=EXAMPLES)
@click.argument("songs", nargs=-1, required=True, metavar="MY_SONGS...", type=click.Path(path_type=Path))
@click.option("--voice", default="mine", show_default=True, metavar="NAME", help="What the new voice is called.")
@click.option(
    "--from", "base", default="base", show_default=True, metavar="NAME", help="The voice that it goes on from."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same voice.")
@click.option("--json", "as_json", is_flag=True, help="Print what changed as JSON.")
def command(songs: tuple[Path, ...], voice: str, base: str, seed: int, as_json: bool) -> None:
    """Teach a voice your own songs."""
    with _progress() as tell:
        from ..yours import train

        changed = train(songs, voice, base, tell, seed)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(changed), ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(told(changed))


def told(changed: Changed) -> str:
    """What a training changed, in sentences."""
    new = ", ".join(changed.new_words[:8]) + (", ..." if len(changed.new_words) > 8 else "")
    words = f"{len(changed.new_words):,} of them new" + (f" ({new})" if new else "")
    said = [
        f"The voice '{changed.name}' has learned {changed.lines:,} lines, {changed.words:,} words, {words}.",
        f"It hesitates between {changed.yours[1]:.1f} words where you wrote one, before between "
        f"{changed.yours[0]:.1f}; in its old manner between {changed.range[1]:.1f}, before {changed.range[0]:.1f} "
        "(perplexity given the part of speech, on lines held out).",
    ]
    if changed.yours[1] >= changed.yours[0]:
        said.append("Your lines were as easy to guess before: of its ways with words it kept the old ones.")
    if changed.leaning:
        said.append(f"It leans to: {', '.join(changed.leaning)}.")
    if changed.shapes[1] < changed.shapes[0]:
        said.append(f"Shapes of your lines: between {changed.shapes[1]:.2f}, before {changed.shapes[0]:.2f}.")
    if changed.rhymes.pairs:
        pairs = ", ".join("/".join(pair) for pair in changed.rhymes.pairs[:6])
        said.append(
            f"Of your lines {changed.rhymes.perfect:.0%} rhyme perfectly, {changed.rhymes.near:.0%} nearly: {pairs}."
        )
    for sample in changed.samples:
        said.append(f"\n  {sample.line}\n    before: {sample.before}\n    now:    {sample.after}")
    said.append(
        f"\nIt took {changed.seconds / 60:.1f} minutes and stands in {changed.folder}. "
        f"Ask it: quatrain next --voice {changed.name}"
    )
    return "\n".join(said)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, float, float], None]]:
    """A bar with the time left; in a log file, a line now and then."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from ..drawing import paper

    screen = paper(stderr=True)
    if not screen.is_terminal:
        last = time.monotonic()

        def say(part: str, share: float, left: float) -> None:
            nonlocal last
            if time.monotonic() - last > _EVERY:
                last = time.monotonic()
                screen.print(f"{part}: {share:.0%}, {_left(left)}")

        yield say
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}")
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("starting", total=1.0, left="")
        yield lambda part, share, left: bar.update(task, description=part, completed=share, left=_left(left))


def _left(seconds: float) -> str:
    return f"about {seconds:.0f} s left" if seconds < 90 else f"about {seconds / 60:.0f} min left"
