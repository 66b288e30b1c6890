"""How good these tables are, in numbers: `python -m quatrain.senses.measures --cache FOLDER [--norms FILE]`.

fields         for each word of a list by hand (tests/senses/fields.txt), how high its companions stand among all words
next lines     of held-out verse and prose: how often the true next line is more like the two before than nine others
concreteness   rank correlation with people's ratings (a table with the columns Word and Brysbaert; none is shipped)
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from ..text import cache
from ..text.lines import Lines
from .fields import NOWHERE, space
from .lemmas import PARTS, lemmas
from .pictures import concreteness

_TAG = dict(zip(PARTS, ("NN", "VB", "JJ", "RB"), strict=True))


def companions(path: Path) -> dict[str, float]:
    """Where the companions of each word stand in the order of likeness to it: the median place, from 0 on."""
    known, found = space(), {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        word, _, others = line.partition(":")
        [mine], rows = known.rows([word]), known.rows(others.split())
        place = np.empty(len(known.vectors), int)
        place[np.argsort(-(known.vectors @ known.vectors[mine]), kind="stable")] = np.arange(len(place))
        found[word] = float(np.median(place[rows[rows >= 0]])) - 1  # the word itself stands first
    return found


def retrieval(lines: Lines, count: int = 3000, seed: int = 0) -> tuple[float, np.ndarray, float]:
    """How often the true next line wins against nine others; quantiles of its likeness, and the mean of the others'.

    Args:
        lines: a source; only what is not of its training part is used, which the vectors have not seen.
        count: how many lines.
        seed: of the choice.
    """
    rng, rows = np.random.default_rng(seed), np.flatnonzero((lines.part > 0) & (lines.lengths >= 4))
    rows = rows[rows >= 2]
    true = rng.choice(rows[lines.document[rows] == lines.document[rows - 2]], count, replace=False)
    known = space()
    of_kind = known.rows(lines.kinds.words, lines.kinds.tags)
    of_kind[~lines.kinds.content] = NOWHERE
    context = np.concatenate([_words(lines, of_kind, true - 1), _words(lines, of_kind, true - 2)], axis=1)
    offered = np.concatenate([true[:, None], rng.choice(rows, (count, 9))], axis=1)
    centres = known.centre(_words(lines, of_kind, offered.ravel())).reshape(count, 10, -1)
    likes = np.einsum("nd,nkd->nk", known.centre(context), centres)
    won = likes[:, 0] > likes[:, 1:].max(axis=1)
    return float(won.mean()), np.quantile(likes[:, 0], [0.1, 0.25, 0.5, 0.75, 0.9]).round(2), float(likes[:, 1:].mean())


def ratings(path: Path) -> dict[str, tuple[float, int]]:
    """Rank correlation with people's ratings of lemmas, by their most usual part of speech, and how many there are."""
    known = lemmas()
    with path.open(encoding="utf-8") as file:
        rated = {row["Word"].lower(): float(row["Brysbaert"]) for row in csv.DictReader(file) if row["Brysbaert"]}
    listed = [(word, max(PARTS, key=lambda part: known.use(lemma, part))) for word, lemma in known.number.items()]
    listed = [(word, part) for word, part in listed if word in rated]
    found = {}
    for name, parts in (("nouns", "n"), ("verbs", "v"), ("adjectives", "a"), ("all three", "nva")):
        pairs = [(rated[word], concreteness(word, _TAG[part])) for word, part in listed if part in parts]
        found[name] = spearman(*zip(*pairs, strict=True)), len(pairs)
    return found


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """The rank correlation of two lists; equal values share their mean rank."""
    return float(np.corrcoef(_ranks(first), _ranks(second))[0, 1])


def _ranks(values: Sequence[float]) -> np.ndarray:
    _, place, count = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def _words(lines: Lines, of_kind: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows of the space of each line's words, filled up [rows, words]."""
    width = int(lines.lengths[rows].max())
    place = np.arange(width)
    inside = place < lines.lengths[rows][:, None]
    where = np.minimum(lines.offsets[rows][:, None] + place, len(lines.words) - 1)
    return np.where(inside, of_kind[lines.words[where]], NOWHERE)


@click.command()
@click.option("--cache", "folder", type=click.Path(path_type=Path), help="With the tagged sources verse and novels.")
@click.option("--fields", "listed", type=click.Path(exists=True, path_type=Path), help="A list of words by hand.")
@click.option("--norms", type=click.Path(exists=True, path_type=Path), help="People's ratings of concreteness.")
def main(folder: Path | None, listed: Path | None, norms: Path | None) -> None:
    """Print the measures for which there is data."""
    if listed:
        places = np.array(list(companions(listed).values()))
        click.echo(f"fields: median place of companions among {len(space().vectors):,} words: {np.median(places):.0f} "
                   f"(mean over words {places.mean():.0f})")  # fmt: skip
    for name in ("verse", "novels") if folder else ():
        share, quantiles, others = retrieval(cache.load(name, folder or cache.default_folder()))
        click.echo(f"next lines, {name}: {share:.3f} (chance 0.1), likeness {quantiles.tolist()}, others {others:.2f}")
    for name, (value, count) in ratings(norms).items() if norms else ():
        click.echo(f"concreteness, {name}: {value:.3f} ({count:,} words)")


if __name__ == "__main__":
    main()
