"""From what is asked to what is written: shapes, a rhyme, words that stand already -> tasks, with what was relaxed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..text.lexicon import Pronunciation
from ..text.rhyme import Kind
from .ends import Ends, Found
from .ladder import END, Asked, Ladder, Rung, settle
from .search import Given, Search, Task

WORDS_EACH = 6
"""A shape with fewer end words than this gets fewer candidates."""


class Request:
    """One line that is asked for.

    Args:
        search: model and palette.
        ends: the ends of the palette's words.
        partners: end words to rhyme with; none for a free end.
        without: words that are not to end the line, nor their forms nor what sounds the same: those used already.
        given: words that stand already, by place from 0.
        end: the end word, if it stands already; nobody asks it to rhyme.
    """

    def __init__(
        self,
        search: Search,
        ends: Ends,
        partners: Sequence[Pronunciation] = (),
        without: Sequence[Pronunciation] = (),
        given: Mapping[int, Given] | None = None,
        end: Given | None = None,
    ) -> None:
        self._search, self._ends, self._partners, self._without = search, ends, tuple(partners), tuple(without)
        self._given, self._end = dict(given or {}), end
        self._found: dict[tuple[tuple[Kind, ...], bool], Found] = {}
        self._closed = ends.refused(self._without) if without and not partners else None

    def found(self, kinds: tuple[Kind, ...], sure: bool = True) -> Found:
        """The end words that rhyme in one of these ways with every partner and may be written.

        Args:
            kinds: of rhyme.
            sure: only those on which both dictionaries agree.
        """
        if (kinds, sure) not in self._found:
            found = self._ends.rhyming(self._partners, kinds, self._without).among(self._search.palette.open)
            self._found[kinds, False] = found
            self._found[kinds, True] = found.where(found.sure)
        return self._found[kinds, sure]

    def tasks(
        self,
        wishes: Sequence[Asked],
        candidates: int = 96,
        enough: int = 5,
        most: int = 12,
        strict: bool = False,
        lengthen: bool = True,
    ) -> list[tuple[Rung, Task]]:
        """What to write, those that give up least first.

        Args:
            wishes: shapes, the best first; without partners their kinds of rhyme don't count.
            candidates: lines to write in all.
            enough: different end words that are wanted, of all shapes together.
            most: shapes at most.
            strict: give up nothing.
            lengthen: whether the count of syllables may be given up.

        Raises:
            NothingFits: nothing can be written.
        """
        if not self._partners:
            wishes = [Asked(asked.tags, asked.syllables) for asked in wishes]
        fixed = frozenset(self._given) | (frozenset({END}) if self._end else frozenset())
        ladder = Ladder(self._supply, self._sure, fixed, lengthen, self._unsure)
        rungs = settle(ladder, wishes, self._variety, 1 if self._end else enough, most, strict)
        weights = np.array([min(len(self._variety(rung.asked)), WORDS_EACH) for rung in rungs])
        ends = np.round(np.cumsum(weights) / weights.sum() * candidates).astype(int)
        shares = np.diff(ends, prepend=0).tolist()
        return [(rung, self._task(rung.asked, share)) for rung, share in zip(rungs, shares, strict=True)]

    def _task(self, asked: Asked, candidates: int) -> Task:
        number, last = self._search.palette.lexis.tag_number, len(asked.tags) - 1
        given = {place: one for place, one in self._given.items() if place <= last}
        given |= {last: self._end} if self._end else {}
        tags = (given[place].tag if place in given else number.get(tag, 0) for place, tag in enumerate(asked.tags))
        return Task(tuple(tags), asked.syllables, None if last in given else self._kinds(asked), given, candidates)

    def _kinds(self, asked: Asked) -> np.ndarray | None:
        """The kinds that may end what is asked; none for any word of the tag."""
        place = self._search.palette.slice(self._search.palette.lexis.tag_number.get(asked.tags[-1], 0))
        if asked.kinds:
            kinds = self.found(asked.kinds, asked.sure).kinds
            return kinds[(kinds >= place.start) & (kinds < place.stop)]
        if self._closed is not None:
            return place.start + np.flatnonzero(~self._closed[place])
        return None

    def _supply(self, place: int, tag: str) -> int:
        palette = self._search.palette
        given = self._given.get(place)
        return given.sets if given else int(palette.unions[palette.lexis.tag_number.get(tag, 0)])

    def _sure(self, tag: str, kinds: tuple[Kind, ...]) -> int:
        return self._rhymes(tag, kinds, True)

    def _unsure(self, tag: str, kinds: tuple[Kind, ...]) -> int:
        return self._rhymes(tag, kinds, False)

    def _rhymes(self, tag: str, kinds: tuple[Kind, ...], sure: bool) -> int:
        if self._end:
            return self._end.sets
        found, palette = self._kinds(Asked((tag,), 0, kinds, sure)), self._search.palette
        if found is None:
            return int(palette.unions[palette.lexis.tag_number.get(tag, 0)])
        return palette.union(found[palette.open[found]])

    def _variety(self, asked: Asked) -> frozenset[int]:
        """The end words with which something asked can be written."""
        task = self._task(asked, 1)
        standing = task.given.get(len(task.tags) - 1)
        if standing:
            return frozenset({standing.word})
        return frozenset(self._search.palette.lexis.kind_word[self._search.ends(task)].tolist())
