"""`quatrain corpus`: texts to learn from, read and tagged once; and the list of those that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from ..errors import BadSetting, BadText, StorageError
from .group import Commands

EXAMPLES = """\b
A PATH is a text, a lyric sheet, ChordPro, a folder of these, the Gutenberg
Poetry Corpus (.gz), or an archive of novels (.tar.xz). What was read once is
kept in the cache: the second time nothing is done, and an edited file costs
what was edited. It may be interrupted at any moment and goes on from there.
\b
Examples:
  quatrain corpus my_songs/ --name mine
  quatrain corpus verse.txt.xz --name verse --select --processes 2
  quatrain corpus list
"""


class Corpora(Commands):
    """The group `corpus`: what is no command of it is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `corpus PATH` as `corpus build PATH`."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.group("corpus", cls=Corpora, epilog=EXAMPLES, subcommand_metavar="PATH... | list")
def command() -> None:
    """Read texts to learn from, and list them."""


@command.command(epilog=EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--name", help="What it is called: small letters, digits, - and _. Default: the first path's name.")
@click.option("--form", type=click.Choice(["verse", "prose"]), help="By default each text says itself by its lines.")
@click.option("--select", is_flag=True, help="Of a big collection of verse take only what is English, shaped "
              "and rhymed.")  # fmt: skip
@click.option("--held-out", type=click.FloatRange(0.0, 0.4), default=0.05, show_default=True, help="Share of the "
              "documents for validation, and again for test.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first so many lines (for a trial).")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes tag.")
@click.option("--cache", type=click.Path(path_type=Path), help="The cache folder; by default the user's own.")
def build(
    paths: tuple[Path, ...],
    name: str | None,
    form: str | None,
    select: bool,
    held_out: float,
    limit: int | None,
    processes: int,
    cache: Path | None,
) -> None:
    """Read and tag (as `quatrain corpus PATH...`)."""
    if name is None:
        name = re.sub(r"[^a-z0-9_-]+", "-", paths[0].resolve().name.partition(".")[0].lower()).strip("-")
    if not re.fullmatch("[a-z0-9_-]+", name):
        raise BadSetting(f"'{name}' is no name for a source. Use small letters, digits, - and _: --name mine")
    for path in paths:
        if not path.exists():
            meant = " To see what there is: quatrain corpus list." if str(path).isalpha() and len(paths) == 1 else ""
            raise StorageError(f"There is no file or folder '{path}'. Check the name.{meant}")
    from ..text import sources

    built = sources.build(name, paths, cache, form, select, processes, limit, held_out)
    did = f"{built.tagged:,} words tagged" if built.fresh else "nothing to do"
    click.echo(f"{name}: {built.documents:,} documents, {built.lines:,} lines, {built.words:,} words; {did}; "
               f"{built.seconds:.1f} s; in {built.folder}")  # fmt: skip


LIST = """\b
Example:
  quatrain corpus list
"""


@command.command("list", epilog=LIST)
@click.option("--cache", type=click.Path(path_type=Path), help="The cache folder; by default the user's own.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def listed(cache: Path | None, as_json: bool) -> None:
    """List what was read, with its size."""
    from ..text.cache import default_folder

    folder = cache or default_folder()
    found = [_described(file) for file in sorted((folder / "sources").glob("*/source.json"))]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif not found:
        click.echo(f"Nothing yet in {folder}. Read your songs: quatrain corpus my_songs/ --name mine")
    else:
        wide = max(len(one["name"]) for one in found)
        for one in found:
            size = f"{one['documents']:>7,} documents  {one['lines']:>11,} lines  {one['words']:>12,} words"
            click.echo(f"{one['name']:<{wide}}  {one['form']:<5}  {size}  {one['known']:.1%} known")


def _described(file: Path) -> dict[str, Any]:
    """What a source says about itself.

    Raises:
        BadText: the file is damaged.
    """
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return {
            "name": file.parent.name,
            "form": str(said["form"]),
            "documents": len(said["documents"]),
            "lines": int(said["lines"]),
            "words": int(said["words"]),
            "known": 1.0 - float(said["found"]["guess"]),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadText(f"'{file}' is damaged ({error}). Read the source again: quatrain corpus PATH --name "
                      f"{file.parent.name}") from error  # fmt: skip
