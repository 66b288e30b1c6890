"""How the base voice is built from verse and novels. For maintainers: hours of work, which a kill does not lose.

    quatrain corpus verse.txt.xz --name verse --form verse --select
    quatrain corpus novels.tar.xz --name novels --form prose
    python -m quatrain.models.building vocabulary --runs RUNS       (and: structure, plain, …)
    python -m quatrain.models.building curve --runs RUNS            draws how the tuning by reward went
    python -m quatrain.models.building voice --runs RUNS            writes the voice that the package ships

More steps may be given to a run that has not begun to slow down (see `training.Schedule`).
"""

from __future__ import annotations

import importlib
import json
import math
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import equinox as eqx
import jax
import numpy as np

from ..decode import copies
from ..text import cache, prose, verse
from ..text.corpus import Part
from ..text.lines import Lines
from . import lexis as lx
from . import rare, storage, structure, training, transformer, vocabulary, voice
from .lexis import Lexis

BATCH = 64
"""Sequences in a batch: 4,096 slots."""


class Ground:
    """What the base voice is trained on: modern stretches of verse, and novels.

    Args:
        folder: the cache with the sources `verse` and `novels`.
        runs: where runs keep their checkpoints; the lexis stands there too.
    """

    def __init__(self, folder: Path, runs: Path) -> None:
        self.folder, self.runs = folder, runs

    @cached_property
    def verse(self) -> Lines:
        """The source of verse."""
        return cache.load("verse", self.folder)

    @cached_property
    def novels(self) -> Lines:
        """The source of fiction."""
        return cache.load("novels", self.folder)

    def verse_rows(self, part: Part = Part.TRAIN) -> np.ndarray:
        """Modern lines of one part."""
        return verse.Wanted(part).rows(self.verse)

    def prose_rows(self, part: Part = Part.TRAIN) -> np.ndarray:
        """Clauses of one part."""
        wanted = verse.Wanted(part, plain=False, filters=prose.PROSE.filters)
        return prose.examples(self.novels, wanted, alone=True).rows

    @cached_property
    def lexis(self) -> Lexis:
        """The words of the training parts; learned once and kept with the runs."""
        path = self.runs / "lexis.npz"
        if not path.exists():
            learned = lx.learn([self.novels, self.verse], [self.prose_rows(), self.verse_rows()], least=12)
            self.runs.mkdir(parents=True, exist_ok=True)
            storage.write(path, learned.arrays())
        return Lexis.of_arrays(storage.read(path))

    def streams(self, part: Part = Part.TRAIN) -> list[vocabulary.Stream]:
        """The slots of fiction and verse."""
        return [
            vocabulary.stream(self.novels, self.prose_rows(part), self.lexis, vocabulary.FICTION),
            vocabulary.stream(self.verse, self.verse_rows(part), self.lexis, vocabulary.VERSE),
        ]


def share(streams: list[vocabulary.Stream], lexis: Lexis) -> np.ndarray:
    """How often each tag is asked [tags]."""
    counts = sum(np.bincount(one.tag[one.kind >= 0], minlength=len(lexis.tags)) for one in streams)
    return counts / np.sum(counts)


def perplexity(
    model: vocabulary.VocabularyModel, one: vocabulary.Stream, plan: vocabulary.Plan, lexis: Lexis, most: int = 100
) -> float:
    """Perplexity of a word given its tag, on the first `most` batches of a stream."""
    surprise = eqx.filter_jit(lambda model, batch: model.losses(batch, plan, lexis))
    total, count = 0.0, 0
    for place, batch in enumerate(vocabulary.batches([one], plan, lexis, BATCH, None)):
        if place == most:
            break
        losses, asked = surprise(model, batch)
        total, count = total + float((losses * asked).sum()), count + int(asked.sum())
    return math.exp(total / count)


def train_vocabulary(ground: Ground, steps: int, size: str = "base") -> None:
    """Train the vocabulary model, or go on."""
    lexis, streams = ground.lexis, ground.streams()
    plan = vocabulary.Plan.of(lexis, share(streams, lexis), BATCH * vocabulary.REACH)
    held = dict(zip(("novels", "verse"), ground.streams(Part.VALID), strict=True))
    model = vocabulary.VocabularyModel(lexis, transformer.size(size), jax.random.key(0))
    training.train(
        model,
        lambda model, batch: model.loss(batch, plan, lexis),
        lambda skip: vocabulary.batches(streams, plan, lexis, BATCH, 1, skip),
        training.Schedule(steps),
        ground.runs / "vocabulary",
        lambda model: {f"held-out {name}": perplexity(model, one, plan, lexis, 25) for name, one in held.items()},
        tokens=BATCH * vocabulary.REACH,
        tell=_tell,
    )


def build_voice(ground: Ground, target: Path, card: dict[str, Any]) -> dict[str, int]:
    """Write the voice that the package ships, from the runs; says how many bytes each part has.

    Raises:
        BadModel: a run is missing.
    """
    lexis = ground.lexis
    vocabulary_, steps = training.trained(
        ground.runs / "vocabulary", vocabulary.VocabularyModel(lexis, transformer.size("base"), jax.random.key(0))
    )
    table = structure.table_of(ground.verse)
    structure_, _ = training.trained(ground.runs / "structure", structure.start(table))
    seen = [copies.hashes_of(ground.novels, ground.prose_rows()), copies.hashes_of(ground.verse, ground.verse_rows())]
    parts = {
        "lexis": {**lexis.arrays(), **rare.rare(lexis)},
        "vocabulary": storage.weights(vocabulary_),
        "structure": {**table.arrays(), **storage.weights(structure_)},
        "plain": storage.read(ground.runs / "plain" / "model.npz"),
        "copies": copies.Copies.of(np.concatenate(seen)).arrays(),
    }
    voice.save(target, {**card, "steps": steps, "source": vocabulary.VERSE}, parts)
    return {path.name: path.stat().st_size for path in sorted(target.iterdir())}


def _tell(report: training.Report) -> None:
    numbers = ", ".join(f"{name} {value:,.4g}" for name, value in report.measures.items())
    click.echo(f"{report.step:,} of {report.steps:,}: {numbers}; {report.seconds_left / 60:.0f} min left")


def test(ground: Ground) -> dict[str, float]:
    """Perplexities of a word given its tag on the books that were kept for the end."""
    lexis, held = ground.lexis, ground.streams(Part.TEST)
    model = vocabulary.VocabularyModel(lexis, transformer.size("base"), jax.random.key(0))
    model, _ = training.trained(ground.runs / "vocabulary", model)
    plan = vocabulary.Plan.of(lexis, share(held, lexis), BATCH * vocabulary.REACH)
    found = {}
    for name, one in zip(("novels", "verse"), held, strict=True):
        found[name] = perplexity(model, one, plan, lexis, 10_000)
        found[f"{name}, by counts alone"] = math.exp(-lexis.unigram[one.kind[one.kind >= 0]].mean())
        found[f"{name}, share of words not known"] = float((one.kind < 0).mean())
    return found


def _train(ground: Ground, what: str, steps: int) -> None:
    if what == "vocabulary":
        train_vocabulary(ground, steps)
    elif what == "tuned":
        from ..tune import train_tuned

        train_tuned(ground, steps, _tell)
    elif what == "structure":
        structure.train(ground.verse, ground.runs / "structure", steps, tell=_tell)
    else:
        module = importlib.import_module(f"quatrain.models.rivals.{what}")
        getattr(module, f"train_{what}")(ground, steps, _tell)


WHAT = ("vocabulary", "structure", "plain", "joint", "characters", "tuned", "curve", "test", "voice")


@click.command(help=__doc__)
@click.argument("what", type=click.Choice(WHAT))
@click.option("--cache", "folder", type=click.Path(path_type=Path), help="The cache of tagged text.")
@click.option("--runs", type=click.Path(path_type=Path), required=True, help="Where checkpoints are kept.")
@click.option("--steps", type=int, default=4_000, show_default=True)
@click.option("--to", "picture", type=click.Path(path_type=Path), default=Path("docs/pictures/quatrain-tuning.png"),
              show_default=True, help="Where the curve is drawn.")  # fmt: skip
@click.option("--card", type=click.Path(path_type=Path), help="JSON to begin the voice's card with.")
def main(what: str, folder: Path | None, runs: Path, steps: int, picture: Path, card: Path | None) -> None:
    """Train one model of the base voice, test it, draw a curve, or write the voice."""
    ground = Ground(folder or cache.default_folder(), runs)
    if what == "test":
        for name, value in test(ground).items():
            click.echo(f"{name}: {value:.4g}")
    elif what == "voice":
        begun = json.loads(card.read_text(encoding="utf-8")) if card else {}
        for name, size in build_voice(ground, voice.SHIPPED / voice.BASE, begun).items():
            click.echo(f"{name}: {size:,} bytes")
    elif what == "curve":
        from . import curve

        curve.draw(curve.read(runs / "tuned")).savefig(picture, dpi=120)
        click.echo(picture)
    else:
        _train(ground, what, steps)


if __name__ == "__main__":
    main()
