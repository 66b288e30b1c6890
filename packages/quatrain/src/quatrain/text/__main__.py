"""Build sources in the cache from the command line: `python -m quatrain.text verse.txt.xz --name verse --select`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import QuatrainError


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the source is called in the cache: small letters, digits, - and _.")
@click.option("--cache", type=click.Path(path_type=Path), help="The cache folder; by default the user's own.")
@click.option("--form", type=click.Choice(["verse", "prose"]), help="By default each text says itself by its lines.")
@click.option(
    "--select",
    is_flag=True,
    help="Of a big collection of verse take only stretches that are English, shaped and rhymed.",
)
@click.option("--processes", default=1, show_default=True, help="How many processes tag.")
@click.option("--limit", type=int, help="Only the first so many lines or paragraphs (for a trial).")
@click.option(
    "--held-out", default=0.05, show_default=True, help="Share of the documents for validation, and again for test."
)
def main(
    source: Path,
    name: str,
    cache: Path | None,
    form: str | None,
    select: bool,
    processes: int,
    limit: int | None,
    held_out: float,
) -> None:
    """Read SOURCE (a folder, a text, the Gutenberg Poetry Corpus, an archive), tag it and put it in the cache.

    It may be interrupted at any moment: what was tagged stays, and the same command goes on from there.
    """
    from . import sources

    try:
        built = sources.build(name, source, cache, form, select, processes, limit, held_out)
    except QuatrainError as failure:
        click.echo(str(failure), err=True)
        sys.exit(2)
    did = f"{built.tagged:,} words tagged" if built.fresh else "nothing to do"
    click.echo(f"{name}: {built.documents:,} documents, {built.lines:,} lines, {built.words:,} words; {did}; "
               f"{built.seconds:.1f} s; in {built.folder}")  # fmt: skip


if __name__ == "__main__":
    main()
