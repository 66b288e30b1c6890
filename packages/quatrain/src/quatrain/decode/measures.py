"""How fast and how exact constrained writing is, in numbers: `python -m quatrain.decode.measures`.

tables      processor seconds to prepare a voice: how its words sound, the palette, forms of words, ends of words
writing     processor seconds for 96 lines in 12 shapes after one line
rhymes      milliseconds for one look-up, by kind; what is lost where both dictionaries must agree
syllables   the share of lines whose count the second dictionary confirms, when it was asked before and when not
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import click
import numpy as np

from ..errors import NothingFits
from ..models.lexis import Lexis
from ..text import phones as ph
from ..text import syllables
from ..text.lexicon import lexicon, table
from ..text.lists import listed
from ..text.rhyme import EXACT, Kind
from .ends import Ends
from .ladder import Asked, Rung
from .masks import Palette
from .network import Network
from .request import Request
from .search import Search, Task, Written
from .slots import Line, before
from .stems import Stems

T = TypeVar("T")
LINE = Line(listed("i left my coat beside the garden gate"), listed("PRP VBD PRP$ NN IN DT NN NN"), ",")
SHAPES = tuple(
    listed(tags)
    for tags in (
        "PRP VBD DT JJ NN IN DT NN", "CC PRP VBD DT NNS IN PRP$ NN", "DT NN IN DT NN VBD RB JJ",
        "IN DT JJ NN PRP VBD PRP$ NN", "PRP MD VB DT NN CC VB", "DT JJ NN IN NNS CC NN", "PRP VBP RB VBN DT NN IN NN",
        "WRB DT NN VBD IN DT NN", "VBG DT NNS IN DT JJ NN", "CC RB DT NN VBD DT NN", "PRP VBD PRP$ NN IN DT JJ NN",
        "DT NNS VBP IN DT NN RB",
    )
)  # fmt: skip
"""Shapes of everyday lines; eight words and ten syllables."""
PARTNERS = listed(
    "gate town floor hall night rain light road day sea hand door tree stone fire river morning winter window summer "
    "again away alone below home heart sleep snow street song sun time wall wind word year love month water story"
)
"""End words to rhyme with."""


class Measures:
    """The measures of one voice.

    Args:
        lexis: its words.
        network: its vocabulary model.
    """

    def __init__(self, lexis: Lexis, network: Network) -> None:
        self.tables: dict[str, float] = {}
        self._timed("how words sound", lambda: lexis.sounds)
        palette = self._timed("palette", lambda: Palette.of(lexis))
        stems = self._timed("forms of words", lambda: Stems(lexis))
        self._ends = self._timed("ends of words", lambda: Ends(lexis.sounds, stems))
        self._search = Search(network, palette, stems)
        self._before = before([LINE], lexis, network, 1)

    def writing(self, search: Search | None = None) -> Iterator[tuple[float, list[tuple[Rung, Task]], Written]]:
        """For every partner: processor seconds, what was asked, and 96 lines.

        Args:
            search: another one than the usual.
        """
        search = search or self._search
        for seed, partner in enumerate(PARTNERS):
            wishes = [Asked(tags, 10, EXACT) for tags in SHAPES]
            try:
                tasks = Request(search, self._ends, [lexicon().pronounce(partner)]).tasks(wishes)
            except NothingFits:
                continue
            began = time.process_time()
            written = search.write([task for _, task in tasks], self._before, seed)
            yield time.process_time() - began, tasks, written

    def rhymes(self) -> dict[str, float]:
        """Milliseconds for a look-up (the slowest partner), and what two dictionaries cost."""
        slowest = dict.fromkeys((*EXACT, Kind.FAMILY, Kind.ASSONANCE), 0.0)
        every = sure = 0
        for partner in PARTNERS:
            said = lexicon().pronounce(partner)
            for kind in slowest:
                began = time.process_time()
                self._ends.rhyming([said], (kind,))
                slowest[kind] = max(slowest[kind], 1000 * (time.process_time() - began))
            found = self._ends.rhyming([said]).among(self._search.palette.open)
            every, sure = every + len(found), sure + int(found.sure.sum())
        return {**{f"milliseconds, {kind}": value for kind, value in slowest.items()}, "sure of all": sure / every}

    def confirmed(self) -> dict[str, float]:
        """The share of lines, with all words in the second dictionary, whose syllables it counts alike."""
        alone = self._search.on(Palette.of(self._search.palette.lexis, second=False))
        return {"asked before": self._confirmed(self._search), "not asked": self._confirmed(alone)}

    def _confirmed(self, search: Search) -> float:
        listed = alike = 0
        for _, tasks, written in self.writing(search):
            for place, words in zip(written.task.tolist(), written.texts, strict=True):
                sets = [sum({1 << ph.count(sounds) for _, sounds in table("misaki").entry(word)}) for word in words]
                listed += all(sets)
                alike += all(sets) and syllables.fits(syllables.total(sets), tasks[place][1].syllables)
        return alike / max(listed, 1)

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        found = work()
        self.tables[name] = time.process_time() - began
        return found


@click.command(help=__doc__)
@click.option("--voice", default="base", show_default=True, help="A voice, or its folder.")
def main(voice: str) -> None:
    """Print the measures of a voice."""
    from ..models.voice import Voice

    loaded = Voice.load(Path(voice) if Path(voice).is_dir() else voice)
    report(Measures(loaded.lexis, loaded.vocabulary))


def report(measures: Measures) -> None:
    """Print them."""
    seconds = [spent for spent, _, _ in measures.writing()]
    writing = {"median": float(np.median(seconds)), "95 of 100": float(np.percentile(seconds, 95))}
    found = ("tables", measures.tables), ("writing", writing), ("rhymes", measures.rhymes())
    for title, numbers in (*found, ("syllables", measures.confirmed())):
        click.echo(f"{title}: " + ", ".join(f"{name} {value:.4g}" for name, value in numbers.items()))


if __name__ == "__main__":
    main()
