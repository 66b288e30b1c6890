"""From a path to a source in the cache: read, select, split, build; with a bar that says how long it will take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from . import cache, selection
from .blocks import Progress
from .cache import Built
from .corpus import Document, Form, read, split


def build(
    name: str,
    source: Path | Sequence[Path],
    folder: Path | None = None,
    form: str | None = None,
    select: bool = False,
    processes: int = 1,
    limit: int | None = None,
    held_out: float = 0.05,
) -> Built:
    """Read a path, or several, and build them as a source.

    Args:
        name: of the source in the cache.
        source: whatever `corpus.read` takes; of several, each document's name begins with its path's.
        folder: the cache, by default the user's.
        form: verse or prose, or each text as it looks; of a mixture the larger part is taken.
        select: take only the windows that `selection` takes.
        processes: for tagging.
        limit: only so many units.
        held_out: the share of documents for validation, and again for test.

    Raises:
        BadText, StorageError: as `corpus.read` and `cache.build`.
    """
    with _bar(f"{name}: reading") as tell:
        documents = _one_form(_read([source] if isinstance(source, Path) else source, Form(form) if form else None))
        if limit is not None:
            documents = list(_first(documents, limit))
        if select:
            documents = list(_selected(documents, tell))
    with _bar(f"{name}: tagging") as tell:
        return cache.build(name, split(documents, held_out), folder or cache.default_folder(), processes, tell)


def _read(paths: Sequence[Path], form: Form | None) -> list[Document]:
    """The documents of all paths, each under a name of its own."""
    if len(paths) == 1:
        return read(paths[0], form)
    found: dict[str, Document] = {}
    for path in dict.fromkeys(path.resolve() for path in paths):
        for document in read(path, form):
            name = document.name if document.name == path.name else f"{path.name}/{document.name}"
            while name in found:
                name += "'"
            found[name] = replace(document, name=name)
    return list(found.values())


def _one_form(documents: list[Document]) -> list[Document]:
    """The documents of the form that most units have."""
    sizes = {form: sum(len(d.units) for d in documents if d.form is form) for form in Form}
    return [document for document in documents if document.form is max(sizes, key=lambda form: sizes[form])]


def _first(documents: list[Document], limit: int) -> Iterator[Document]:
    for document in documents:
        if limit <= 0:
            return
        yield replace(document, units=document.units[:limit])
        limit -= len(document.units)


def _selected(documents: list[Document], tell: Progress) -> Iterator[Document]:
    for place, document in enumerate(documents, 1):
        units = selection.taken(document.units)
        if units:
            yield replace(document, units=units)
        tell(place, len(documents))


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    """A bar with the time left; in a log file, a line now and then."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        began = told = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told > 10 or done == total:
                told, left = now, (now - began) * (total - done) / max(done, 1)
                console.print(
                    f"{title} {done:,} of {total:,}; {now - began:.0f} s; about {left:.0f} s left", highlight=False
                )

        yield tell
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
