"""How good shapes are, in numbers: `python -m quatrain.models.shape_measures RUN --cache FOLDER`.

perplexity   per symbol of held-out lines, each read with the four lines before it; by field
formed       the share of lines that are well formed when nothing is masked
syllables    how the tags of a shape agree with its syllables, were each word drawn by itself from all words of its tag:
             expected difference, and the chance that they come out exactly; beside true lines, and beside shapes that
             are held to a count one off
groups       true and drawn shapes, each also split by whether they are attested: how far their last tags are from those
             of true lines (half the sum of differences), how many end in a tag that no complete line should end in, or
             have a finite verb, and how a judge of another origin (three tags in a row, from novels) likes them:
             surprise in nats a tag
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from ..text import cache, prose
from ..text.corpus import Part
from ..text.lines import Lines
from ..text.verse import examples
from . import drawing, shape, storage, structure, training
from .shape import (
    BEGIN,
    CLOSE,
    COMPLETE,
    END,
    GAP,
    MOST_WORDS,
    RELATION,
    SYLLABLES,
    TAG,
    WORDS,
    Reads,
    Shape,
    Structure,
    reading,
)
from .structure import StructureModel
from .twin import Twin

FIELDS = {"relation": RELATION, "syllables": SYLLABLES, "words": WORDS, "close": CLOSE, "tags": TAG}
_MOST = 8
"""Syllables that a word may have here."""


@dataclass(frozen=True)
class Case:
    """A held-out line that is complete, with what stands before it.

    Attributes:
        before: shapes of the lines before, up to four.
        relations: how each of them rhymes.
        relation: how the line itself rhymes.
        line: its shape.
    """

    before: tuple[Shape, ...]
    relations: tuple[int, ...]
    relation: int
    line: Shape


def cases(lines: Lines, table: Structure, part: Part = Part.TEST, count: int = 1000, seed: int = 0) -> list[Case]:
    """Complete held-out lines that end as complete lines may, taken at random."""
    verse = examples(lines, structure.wanted(part))
    relation = shape.relations(verse.relation)
    place = {row: number for number, row in enumerate(verse.rows.tolist())}
    ends = table.enders[shape.tag_numbers(lines, table.tags)][lines.ends]
    fit = (shape.is_complete(lines) & ends & (lines.lengths >= 3) & (lines.lengths <= 11))[verse.rows]
    found = []
    for number in np.random.default_rng(seed).permutation(np.flatnonzero(fit))[:count].tolist():
        before = [row for row in verse.before[number, ::-1].tolist() if row >= 0]
        back = [int(relation[place[row]]) if row in place else 0 for row in before]
        known = tuple(r if r <= position else 0 for position, r in enumerate(back))
        shapes = tuple(shape.shape_of(lines, row) for row in before)
        line = shape.shape_of(lines, int(verse.rows[number]))
        found.append(Case(shapes, known, int(relation[number]), replace(line, syllables=min(line.syllables, 20))))
    return found


def perplexities(
    model: StructureModel, table: Structure, lines: Lines, part: Part = Part.TEST, count: int = 2000
) -> dict[str, float]:
    """Per symbol and by field, on lines taken at random, each with up to four lines before it."""
    one = structure.stream(examples(lines, structure.wanted(part)), table)
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(one.asked[one.offsets[1:] - 1]))[:count]
    sums: dict[str, list[float]] = {name: [] for name in (*FIELDS, "end")}
    for start in range(0, len(chosen), 32):
        cuts = [[max(line - 4, 0), line + 1] for line in chosen[start : start + 32].tolist()]
        batch = structure.batch_of(one, cuts, 32)
        surprise = np.asarray(structure.surprise(model, batch), np.float64)
        for row, (first, after) in enumerate(cuts):
            stop = int(one.offsets[after] - one.offsets[first] - one.lead[first])
            begin = stop - int(one.offsets[after] - one.offsets[after - 1] - one.lead[after - 1])
            for target, nats in zip(batch.target[row, begin:stop].tolist(), surprise[row, begin:stop], strict=True):
                name = "end" if target == END else [field for field in FIELDS if FIELDS[field] <= target][-1]
                sums[name].append(float(nats))
    every = [nats for part in sums.values() for nats in part]
    return {name: float(np.exp(np.mean(part))) for name, part in {"symbol": every, **sums}.items() if part}


def formed(twin: Twin, table: Structure, asked: Sequence[Case], each: int = 5) -> float:
    """The share of lines that are well formed when every symbol may follow every other."""
    rng, good = np.random.default_rng(0), 0
    for case in asked:
        past = twin.read(reading(drawing.lead_in(table, case.before, case.relations, False)))
        rows, scores = twin.lines(each), np.repeat(past.scores[None], each, 0)
        lines: list[list[int]] = [[] for _ in range(each)]
        for _ in range(shape.HEAD + shape.MOST_WORDS):
            chance = np.exp(drawing.log_softmax(scores))
            for line, symbol in zip(lines, drawing.choose(chance, rng).tolist(), strict=True):
                if line[-1:] != [END]:
                    line.append(symbol)
            last = [reading([BEGIN, *line]) for line in lines]
            scores = twin.step(past, rows, Reads(*np.array([[field[-1] for field in one] for one in last]).T))
        good += sum(shape.well_formed(line[line[:1] == [GAP] :]) for line in lines)
    return good / (each * len(asked))


def drawn(
    twin: Twin,
    table: Structure,
    asked: Sequence[Case],
    each: int = 4,
    refuse: bool = True,
    temperature: float = 1.0,
) -> list[Shape]:
    """Shapes in place of held-out lines: with their relation and syllables, complete."""
    free = table if refuse else replace(table, ending=np.ones(len(table.tags)))
    shapes = []
    for number, case in enumerate(asked):
        draws = drawing.sample(
            twin, free, case.before, relation=case.relation, relations=case.relations, names=True, count=each,
            syllables=case.line.syllables, close=COMPLETE, words=(3, 11), seed=number,
            temperature=temperature,
        )  # fmt: skip
        shapes += [draw.shape for draw in draws]
    return shapes


class Spoken:
    """How many syllables the words of each tag have, by running words of a source."""

    def __init__(self, lines: Lines, rows: np.ndarray) -> None:
        found = np.bincount(shape.words_of(lines, rows), minlength=len(lines.kinds))
        self._of: dict[str, np.ndarray] = {}
        for tag, usual, count in zip(lines.kinds.tags, lines.kinds.usual.tolist(), found.tolist(), strict=True):
            self._of.setdefault(tag, np.zeros(_MOST + 1))[min(usual, _MOST)] += count

    def total(self, tags: Sequence[str]) -> np.ndarray:
        """The chance of each count, were every word drawn by itself."""
        whole = np.ones(1)
        for tag in tags:
            whole = np.convolve(whole, self._of[tag] / self._of[tag].sum())
        return whole

    def agreement(self, shapes: Sequence[Shape], off: int = 0) -> tuple[float, float]:
        """The mean difference between expected and asked syllables, and the mean chance of exactly those asked."""
        differences, exact = [], []
        for one in shapes:
            total, count = self.total(one.tags), one.syllables + off
            differences.append(abs(float(total @ np.arange(len(total))) - count))
            exact.append(float(total[count]) if count < len(total) else 0.0)
        return float(np.mean(differences)), float(np.mean(exact))


class Judge:
    """Three tags in a row, learned from clauses of novels: a judge who has never seen the verse."""

    def __init__(self, novels: Lines, table: Structure) -> None:
        rows = prose.examples(novels, alone=True).rows
        rows = rows[novels.close[rows] != ""]
        number, size = shape.tag_numbers(novels, table.tags).astype(np.int64), len(table.tags) + 1
        length = novels.lengths[rows]
        stops = np.cumsum(length + 3)
        tags = np.full(int(stops[-1]), size - 1)  # the last number is for edges: two before, one after
        inside = np.ones(len(tags), bool)
        inside[stops - 1] = inside[stops - length - 3] = inside[stops - length - 2] = False
        tags[inside] = number[shape.words_of(novels, rows)]
        self._table, self._size = table, size
        code = (tags[:-2] * size + tags[1:-1]) * size + tags[2:]
        inner = np.ones(len(code), bool)
        inner[stops[:-1] - 2] = inner[stops[:-1] - 1] = False  # not across two clauses
        three = np.bincount(code[inner], minlength=size**3).reshape(size, size, size).astype(float)
        two = three.sum(0)
        one = two.sum(0) + 1.0
        back = (two + 20 * one / one.sum()) / (two.sum(1, keepdims=True) + 20)
        self._chance = (three + 20 * back) / (three.sum(2, keepdims=True) + 20)

    def surprise(self, shapes: Sequence[Shape], lengths: np.ndarray | None = None) -> float:
        """The mean, in nats a tag (the end counts as one).

        Args:
            shapes: to judge.
            lengths: how much shapes of each number of words count, whatever their number; by default as they come.
        """
        total, count = np.zeros(MOST_WORDS + 1), np.zeros(MOST_WORDS + 1)
        for one in shapes:
            edge = self._size - 1
            tags = [edge, edge, *self._table.numbers(one.tags), edge]
            total[len(one.tags)] -= np.log(self._chance[tags[:-2], tags[1:-1], tags[2:]]).sum()
            count[len(one.tags)] += len(one.tags) + 1
        weights = count if lengths is None else lengths * (count > 0)
        return float((total / np.maximum(count, 1) * weights).sum() / max(weights.sum(), 1e-9))


def ends(shapes: Sequence[Shape], table: Structure) -> np.ndarray:
    """The share of each tag as the last one."""
    return np.bincount(table.numbers([one.tags[-1] for one in shapes]), minlength=len(table.tags)) / len(shapes)


def told(model: StructureModel, table: Structure, verse: Lines, novels: Lines, count: int = 1000) -> Iterator[str]:
    """All measures, as lines for people."""
    by_field = perplexities(model, table, verse, count=2 * count)
    yield "perplexity on held-out books: " + ", ".join(f"{name} {value:.2f}" for name, value in by_field.items())
    twin, asked = Twin.of(storage.weights(model, np.float32)), cases(verse, table, count=count)
    yield f"well formed without any mask: {formed(twin, table, asked[: count // 4]):.4f}"
    true, shapes = [case.line for case in asked], drawn(twin, table, asked)
    spoken = Spoken(verse, examples(verse, structure.wanted(Part.TRAIN)).rows)
    for name, group, off in (
        ("true lines", true, 0), ("drawn", shapes, 0), ("drawn, held to one more", shapes, 1),
        ("drawn, held to one less", shapes, -1),
    ):  # fmt: skip
        difference, exact = spoken.agreement(group, off)
        yield f"syllables of {name}: {difference:.2f} off as expected, exact with chance {exact:.3f}"
    free, cool = drawn(twin, table, asked, refuse=False), drawn(twin, table, asked, temperature=0.8)
    groups = {"true": true, "drawn": shapes, "drawn at 0.8": cool, "drawn with no end refused": free}
    judge = Judge(novels, table)
    for name, group in groups.items():
        known = [one for one in group if table.attested(one)]
        other = [one for one in group if not table.attested(one)]
        lengths = np.bincount([len(one.tags) for one in known], minlength=MOST_WORDS + 1).astype(float)
        yield f"{name}: ends {np.abs(ends(group, table) - ends(true, table)).sum() / 2:.3f} from true"
        for kind, part in {"all": group, "attested": known, "not attested": other}.items():
            yield (
                f"    {kind} {len(part) / len(group):.3f}: ending where no line should "
                f"{ends(part, table)[~table.enders].sum():.4f}, with a finite verb {_verbs(part):.3f}, judged "
                f"{judge.surprise(part):.3f}, at the lengths of attested ones {judge.surprise(part, lengths):.3f}"
            )


def _verbs(shapes: Sequence[Shape]) -> float:
    """The share with a finite verb."""
    finite = {"VBD", "VBP", "VBZ", "MD"}
    return float(np.mean([any(finite & set(tag.split("+")) for tag in one.tags) for one in shapes]))


@click.command(help=__doc__)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--cache", "folder", type=click.Path(path_type=Path), help="The cache with the sources verse and novels.")
@click.option("--count", default=1000, show_default=True, help="Held-out lines to look at.")
def main(run: Path, folder: Path | None, count: int) -> None:
    """Print all measures of a trained model."""
    folder = folder or cache.default_folder()
    verse, novels = cache.load("verse", folder), cache.load("novels", folder)
    table = structure.table_of(verse)
    model, step = training.trained(run, structure.start(table))
    click.echo(f"after {step:,} steps")
    for line in told(model, table, verse, novels, count):
        click.echo(line)


if __name__ == "__main__":
    main()
