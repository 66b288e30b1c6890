"""Sifting: a rival that keeps no wish is asked for many lines, and those that keep them by chance come first.

The simplest way to make any model rhyme, and so the measure of what masks save.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...page import Page, ending
from ...text import rhyme, syllables
from ...text.lexicon import Pronunciation, lexicon
from ...text.rhyme import EXACT
from ...wishes import MOST, Wishes
from .asking import Rival, Said, words_of


@dataclass(frozen=True)
class Sifted:
    """A rival that is asked for many lines.

    Attributes:
        rival: any.
        rounds: how often it is asked for as many lines as may be asked for at once.
    """

    rival: Rival
    rounds: int = 4

    def __call__(self, draft: Sequence[str], wishes: Wishes, seed: int) -> list[Said]:
        """The lines that keep every wish first, as the rival ranks them; the others say which they don't keep."""
        partners = [ending(line) for line in Page.of(draft).partners(wishes)]
        asked, found = replace(wishes, count=MOST), dict[str, Said]()
        for number in range(self.rounds):
            for said in self.rival(draft, asked, seed + number * 1_000_003):
                found.setdefault(said.text, said)
        judged = [_judged(said, partners, wishes.syllables) for said in found.values()]
        return sorted(judged, key=lambda said: len(said.relaxed))[: wishes.count]


def _judged(said: Said, partners: Sequence[Pronunciation], count: int | None) -> Said:
    line = words_of(said.text)
    tags = said.tags if len(said.tags) == len(line) else [""] * len(line)
    spoken = [lexicon().pronounce(word, tag) for word, tag in zip(line, tags, strict=True)]
    relaxed = []
    if not all(spoken and rhyme.compared(partner, spoken[-1]).kind in EXACT for partner in partners):
        relaxed.append(f"does not rhyme with {partners[-1].word}")
    if count is not None and not syllables.fits(syllables.total(map(syllables.strict, spoken)), count):
        relaxed.append(f"does not have {count} syllables")
    return replace(said, relaxed=tuple(relaxed))
