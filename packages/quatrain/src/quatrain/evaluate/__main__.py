"""The measuring instrument from the command line: `python -m quatrain.evaluate COMMAND`.

`main` holds all of it; `blind` alone is the comparison by people. `table` and `samples` need a voice, the rest none.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..commands.group import Commands
from ..errors import StorageError

_CACHE = click.option("--cache", type=click.Path(path_type=Path), help="The cache folder; by default the user's own.")
_FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group(cls=Commands)
def main() -> None:
    """Prompts, measures of true lines, and the blind comparison."""


@main.command()
@_CACHE
def choose(cache: Path | None) -> None:
    """Choose the prompts of held-out verse again; the same corpus and seed give the same file."""
    from ..text import cache as caches
    from . import prompts

    seed, dropped = prompts.stored_choice()
    found = prompts.choose(caches.load("verse", cache or caches.default_folder()), seed, dropped)
    path = Path(prompts.__file__).parent / "data" / "verse.json"
    try:
        path.write_text(prompts.written(found, seed, dropped), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"'{path}' cannot be written: {error.strerror}. Run it in a checkout.") from error
    click.echo(f"{len(found)} prompts, {len({prompt.source for prompt in found})} documents, seed {seed}: {path}")


@main.command()
@_CACHE
@click.option("--no-corpus", is_flag=True, help="Without the training text: what is new is not measured.")
@click.option("--json", "as_json", is_flag=True, help="All numbers, unknown words and refuted lines.")
def truth(cache: Path | None, no_corpus: bool, as_json: bool) -> None:
    """Measure the true next lines of the prompts as if a system had written them."""
    from rich.console import Console

    from ..text import cache as caches
    from . import metrics, novelty, prompts, running, table

    asked, folder = prompts.load("form"), cache or caches.default_folder()
    with Console(stderr=True).status("Reading the training text and tagging, about 20 seconds"):
        seen = None if no_corpus else novelty.seen(caches.load(name, folder) for name in ("verse", "novels"))
        measured = metrics.measure(asked, running.truth(asked), metrics.Instruments(seen=seen))
    made = table.tabulate({"truth": measured}, about={"prompts": len(asked)})
    if as_json:
        click.echo(made.json())
    else:
        made.show(Console(), goals=False)


@main.command("table")
@_FOLDER
@_CACHE
@click.option("--runs", type=click.Path(path_type=Path), help="The rivals' runs (quatrain.models.building).")
@click.option("--voice", default="base", show_default=True)
@click.option("--systems", default="", help="Which rows, separated by commas; by default all that can be had.")
@click.option("--prompts", "most", type=click.IntRange(2, 200), default=200, show_default=True)
@click.option("--scheme", default="", metavar="LETTERS", help="Ask by a rhyme scheme, as ABBA, instead of by line.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def ablation(
    folder: Path, cache: Path | None, runs: Path | None, voice: str, systems: str, most: int, scheme: str, seed: int
) -> None:
    """Ask every system every prompt, measure, and write the table to FOLDER; it goes on where it was stopped."""
    from rich.console import Console

    from ..text import cache as caches
    from . import measuring

    with Console(stderr=True).status("Loading") as status:
        made = measuring.table_of(
            folder, cache or caches.default_folder(), runs, voice, tuple(filter(None, systems.split(","))), most, seed,
            lambda name, done, every: status.update(f"{name}: {done} of {every}"), scheme,
        )  # fmt: skip
    made.show(Console())


@main.command()
@click.option("--voice", default="base", show_default=True)
@click.option("--set", "name", type=click.Choice(["people", "form", "modern"]), default="people", show_default=True)
@click.option("--count", type=click.IntRange(1, 10), default=5, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def samples(voice: str, name: str, count: int, seed: int) -> None:
    """Print prompts with their top lines, unedited, as markdown."""
    from . import measuring

    for text in measuring.samples(voice, name, count, seed):
        click.echo(text)


@main.group(cls=Commands)
def blind() -> None:
    """Let people compare lines without knowing who wrote them, and say what their votes say."""


@blind.command()
@_FOLDER
@click.option("--compare", "wanted", multiple=True, required=True, metavar="ONE:OTHER", help="Systems, as masks:words.")
@click.option("--seed", default=0, show_default=True, help="Of the checks and of the sides.")
@click.option("--answers-seed", default=0, show_default=True, help="The seed that the systems were asked with.")
@click.option("--count", default=10, show_default=True, help="Lines a prompt that the systems were asked for.")
def pairs(folder: Path, wanted: tuple[str, ...], seed: int, answers_seed: int, count: int) -> None:
    """Make FOLDER/study.json, the pairs for people, from the answers in FOLDER/answers."""
    from . import blind as blinds
    from . import prompts, running

    comparisons = [(one, other) for one, _, other in (text.partition(":") for text in wanted)]
    if not all(one and other and ":" not in other for one, other in comparisons):
        raise click.BadParameter("Write two systems with a colon between, as masks:words.", param_hint="--compare")
    asked = prompts.load("form")
    replies = {"truth": running.truth(asked)}
    for name in sorted({name for names in comparisons for name in names} - {"truth"}):
        found = running.stored(name, asked, folder / "answers", seed=answers_seed, count=count)
        if found is None:
            raise StorageError(f"'{name}' has not answered all prompts in '{folder / 'answers'}'. Evaluate it first.")
        replies[name] = found
    made = blinds.study(prompts.load("people"), replies, comparisons, seed=seed)
    path = folder / "study.json"
    made.save(path)
    click.echo(f"{len(made.pairs)} pairs, {sum(pair.check for pair in made.pairs)} of them checks: {path}")


@blind.command()
@_FOLDER
@click.option("--port", default=0, help="By default any free one.")
def rate(folder: Path, port: int) -> None:
    """Serve the page for the study in FOLDER, on this computer only; votes go to FOLDER/votes.jsonl."""
    from . import blind as blinds
    from . import page

    study, votes = blinds.load(folder / "study.json"), blinds.Votes(folder / "votes.jsonl")
    page.serve(study, votes, port, lambda address: click.echo(f"Open {address} (Ctrl+C ends it; every vote is kept)"))


@blind.command()
@_FOLDER
@click.option("--rehearsal", is_flag=True, help="Of the scripted votes in FOLDER/rehearsal.jsonl.")
@click.option("--study", default="", help="Its id; by default that of the last vote.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def report(folder: Path, rehearsal: bool, study: str, as_json: bool) -> None:
    """Print what the votes in FOLDER/votes.jsonl say; the same file gives the same report."""
    from . import blind as blinds
    from . import findings, preference

    name, kind = ("rehearsal.jsonl", "scripted") if rehearsal else ("votes.jsonl", "person")
    found = preference.report(blinds.read(folder / name), kind, study)
    text = json.dumps(preference.record(found), indent=1, ensure_ascii=False) + "\n" if as_json else ""
    click.echo(text or findings.markdown(found), nl=False)


@blind.command()
@_FOLDER
@click.option("--raters", default=3, show_default=True, help="How many scripts.")
@click.option("--careless", default=0, show_default=True, help="How many of them choose without looking.")
@click.option("--strength", "given", multiple=True, metavar="SYSTEM=NUMBER", help="By default each one apart.")
@click.option("--seed", default=0, show_default=True)
def rehearse(folder: Path, raters: int, careless: int, given: tuple[str, ...], seed: int) -> None:
    """Let scripts with known preferences answer the study in FOLDER.

    Their votes go to FOLDER/rehearsal.jsonl, never among people's.
    """
    from . import blind as blinds
    from . import scripted

    study = blinds.load(folder / "study.json")
    systems = dict.fromkeys(name for pair in study.pairs if not pair.check for name in pair.systems)
    known = {name: float(place) for place, name in enumerate(systems)}
    for text in given:
        name, _, number = text.partition("=")
        if name not in known or not number.lstrip("+-").replace(".", "", 1).isdigit():
            raise click.BadParameter(f"'{text}' is no strength. Write one of {', '.join(known)}, =, and a number.")
        known[name] = float(number)
    votes = blinds.Votes(folder / "rehearsal.jsonl")
    added = scripted.vote(study, votes, known, raters=raters, careless=careless, seed=seed)
    told = ", ".join(f"{name} {value:+.1f}" for name, value in known.items())
    click.echo(f"{added} scripted votes by strengths {told}: {votes.path}")


if __name__ == "__main__":
    main()
