"""How good the text layer is, in numbers: `python -m quatrain.text.measures verse --cache FOLDER`.

coverage      the share of running words found in the dictionary, by rule, by guess; without names, too
agreement     the share of running words (that both dictionaries list) whose syllables the second one counts alike
rhyming       how often a line rhymes with the last lines, by kind
speed         words tagged for a second of one core, pronunciations for a second, opening the lexicon
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from . import blocks, cache, sound, tagging
from . import phones as ph
from .corpus import Form
from .diction import NAMES
from .lexicon import Lexicon, Table, table
from .lines import Lines
from .rhyme import Kind


def coverage(lines: Lines) -> dict[str, dict[str, float]]:
    """Shares of running words by how they were found: of all, and of all but names."""
    counts = np.bincount(lines.words, minlength=len(lines.kinds))
    plain = np.where(lines.kinds.marks & NAMES, 0, counts)
    ways = {"all words": counts, "without names": plain}
    return {
        name: {str(way): share for way, share in sound.coverage(lines.kinds, n).items()} for name, n in ways.items()
    }


def agreement(lines: Lines) -> tuple[float, float]:
    """The share of running words that both dictionaries list, and of these the share with a count in common."""
    second, counts = table("misaki"), np.bincount(lines.words, minlength=len(lines.kinds))
    listed = alike = 0
    for row in np.flatnonzero(counts):
        readings = second.entry(lines.kinds.words[row])
        if readings:
            listed += counts[row]
            strict = int(lines.kinds.strict[row])
            alike += counts[row] * any(strict >> ph.count(sounds) & 1 for _, sounds in readings)
    return float(listed / counts.sum()), float(alike / max(listed, 1))


def rhyming(lines: Lines) -> dict[str, list[float]]:
    """For each kind of rhyme the share of lines that have it with the line 1, 2, 3, 4 back."""
    return {
        str(kind): (lines.relation == place).mean(axis=0).round(4).tolist() for place, kind in enumerate(sound.KINDS)
    }


def speed(lines: Lines, count: int = 12_000) -> dict[str, float]:
    """Words a second of processor time: tagging lines from text, and pronouncing words that were never asked for."""
    texts = lines.text.slice(0, count).to_pylist()
    cut = blocks.cut(texts, Form.VERSE)
    tagger = tagging.Tagger()
    tagger.tag_line("one line, so that the model is there")
    from . import words

    def tag() -> float:
        units = [[words.tokens(unit) for unit in block.units] for block in cut]
        return float(sum(len(tags) for block in tagger.tag(units, verse=lines.form is Form.VERSE) for tags in block))

    fresh, sample = Lexicon(), lines.kinds.words[:20_000]
    data = (Path(__file__).parent / "data" / "lexicon.bin").read_bytes()
    return {
        "tokens tagged a second": _rate(tag),
        "words pronounced a second": _rate(lambda: float(len([fresh.pronounce(word) for word in sample]))),
        "lexicons opened a second": _rate(lambda: float(len(Table(data)) > 0)),
    }


def _rate(work: Callable[[], float]) -> float:
    began = time.process_time()
    done = work()
    return round(done / (time.process_time() - began), 1)


@click.command()
@click.argument("name")
@click.option("--cache", "folder", type=click.Path(path_type=Path), help="The cache folder; by default the user's own.")
def main(name: str, folder: Path | None) -> None:
    """Print the measures of the source NAME."""
    lines = cache.load(name, folder or cache.default_folder())
    click.echo(f"{name}: {len(lines):,} lines, {len(lines.words):,} words, {len(lines.kinds):,} words with tags")
    for title, shares in coverage(lines).items():
        click.echo(f"coverage, {title}: " + ", ".join(f"{way} {share:.4f}" for way, share in shares.items() if share))
    listed, alike = agreement(lines)
    click.echo(f"second dictionary: lists {listed:.4f} of the words; of these, syllables agree on {alike:.4f}")
    if lines.form is Form.VERSE:
        for kind, shares in rhyming(lines).items():
            if kind != Kind.NONE:
                click.echo(f"rhyme with the line 1 to 4 back, {kind}: {shares}")
    for title, rate in speed(lines).items():
        click.echo(f"{title}: {rate:,}")


if __name__ == "__main__":
    main()
