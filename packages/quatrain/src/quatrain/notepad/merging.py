"""Two people (or two tabs) at one song: what changed between two texts, and one text from both.

Source: the comparison is the greedy one of Myers 1986 ("An O(ND) difference algorithm"), within a budget; the merge of
three texts is diff3 as Khanna, Kunal and Pierce 2007 ("A formal investigation of diff3") describe it. Where we depart:
changes of neighbouring lines are no conflict, lines that both put in at one place are all kept, and a changed stretch
of equal length on all three sides is merged line by line.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .document import Document, Line

BUDGET = 1_000_000
"""Steps of a comparison; texts that differ more than this allows are taken as wholly different in the middle."""

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Change:
    """One line of a comparison: `op` is same, add or remove; places count from 1."""

    op: str
    text: str
    before: int | None
    after: int | None


def matches(one: Sequence[T], two: Sequence[T], budget: int = BUDGET) -> list[tuple[int, int]]:
    """Pairs of places with equal entries, rising on both sides: a longest such list, within the budget."""
    start = 0
    while start < min(len(one), len(two)) and one[start] == two[start]:
        start += 1
    end = 0
    while end < min(len(one), len(two)) - start and one[-1 - end] == two[-1 - end]:
        end += 1
    middle = _greedy(one[start : len(one) - end], two[start : len(two) - end], budget)
    head = [(i, i) for i in range(start)]
    tail = [(len(one) - i, len(two) - i) for i in range(end, 0, -1)]
    return head + [(i + start, j + start) for i, j in middle] + tail


def _greedy(one: Sequence[T], two: Sequence[T], budget: int) -> list[tuple[int, int]]:
    """Myers' search: after d changes, the furthest place (in `one`) on each of the diagonals -d, -d + 2, ... d."""
    n, m = len(one), len(two)
    rows: list[array] = []
    for d in range(n + m + 1):
        row = array("i")
        for i in range(d + 1):
            k, x = 2 * i - d, _step(rows, d, i)[0]
            while x < n and x - k < m and one[x] == two[x - k]:
                x, budget = x + 1, budget - 1
            row.append(x)
            if x == n and x - k == m:
                return _back([*rows, row], i)
        rows.append(row)
        budget -= d + 1
        if budget < 0:
            return []
    return []


def _step(rows: list[array], d: int, i: int) -> tuple[int, int]:
    """Where change d lands on diagonal i of its row, before what is equal there; and the diagonal it comes from."""
    if d == 0:
        return 0, 0
    before = rows[d - 1]
    added = i == 0 or (i < d and before[i - 1] < before[i])
    return (before[i], i) if added else (before[i - 1] + 1, i - 1)


def _back(rows: list[array], i: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for d in range(len(rows) - 1, -1, -1):
        k, end = 2 * i - d, rows[d][i]
        start, i = _step(rows, d, i)
        found += [(x, x - k) for x in range(end - 1, start - 1, -1)]
    return found[::-1]


def compared(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """What changed between two texts, line by line; removed lines stand before added ones."""
    found: list[Change] = []
    i = j = 0
    for x, y in [*matches(before, after), (len(before), len(after))]:
        found += [Change("remove", before[n], n + 1, None) for n in range(i, x)]
        found += [Change("add", after[n], None, n + 1) for n in range(j, y)]
        if x < len(before):
            found.append(Change("same", before[x], x + 1, y + 1))
        i, j = x + 1, y + 1
    return found


# ------------------------------------------------------------------------------------------------------------- merging


def merged(base: Document, theirs: Document, mine: Document) -> Document | None:
    """One song with both sides' changes; none if both changed the same thing in different ways."""
    try:
        return Document(
            _either(base.title, theirs.title, mine.title),
            tuple(merged_lines(base.lines, theirs.lines, mine.lines)),
            _either(base.scheme, theirs.scheme, mine.scheme),
            _words(base.words, theirs.words, mine.words),
            _parked(base.parked, theirs.parked, mine.parked),
        )
    except _Conflict:
        return None


class _Conflict(Exception):
    pass


Hunk = tuple[int, int, int, Sequence[Line]]
"""A change: from which line of the base up to which, on which side, and what stands there now."""


def merged_lines(base: Sequence[Line], theirs: Sequence[Line], mine: Sequence[Line]) -> Iterator[Line]:
    """Lines with both sides' changes; ends in `_Conflict` where that cannot be."""
    hunks = sorted([*_hunks(base, theirs, 0), *_hunks(base, mine, 1)], key=lambda hunk: hunk[:3])
    place = 0
    while hunks:
        low, high, *_ = hunks[0]
        group = [hunks.pop(0)]
        while hunks and (hunks[0][0] < high or low == high == hunks[0][0] == hunks[0][1]):
            high = max(high, hunks[0][1])
            group.append(hunks.pop(0))
        yield from base[place:low]
        yield from _stretch(base[low:high], *(_applied(base, low, high, group, side) for side in (0, 1)))
        place = high
    yield from base[place:]


def _hunks(base: Sequence[Line], other: Sequence[Line], side: int) -> Iterator[Hunk]:
    i = j = 0
    for x, y in [*matches(base, other), (len(base), len(other))]:
        if x > i or y > j:
            yield i, x, side, other[j:y]
        i, j = x + 1, y + 1


def _applied(base: Sequence[Line], low: int, high: int, group: Sequence[Hunk], side: int) -> Sequence[Line]:
    """What one side has made of a stretch of the base."""
    lines: list[Line] = []
    for start, end, whose, new in group:
        if whose == side:
            lines += [*base[low:start], *new]
            low = end
    return [*lines, *base[low:high]]


def _stretch(base: Sequence[Line], theirs: Sequence[Line], mine: Sequence[Line]) -> Sequence[Line]:
    """One stretch that somebody changed."""
    base = list(base)
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    if not any(line.text.strip() for line in base):
        return _both(theirs, mine)
    if len(base) == len(theirs) == len(mine):
        return [_line(*three) for three in zip(base, theirs, mine, strict=True)]
    raise _Conflict


def _both(theirs: Sequence[Line], mine: Sequence[Line]) -> Sequence[Line]:
    """Lines that both put in at one place: theirs, then those of mine that are not the same."""
    shared = {place for _, place in matches(theirs, mine)}
    return [*theirs, *(line for place, line in enumerate(mine) if place not in shared and line.text.strip())]


def _line(base: Line, theirs: Line, mine: Line) -> Line:
    """One line that exists on all sides; its parts may change apart from each other."""
    if base in (theirs, mine) or theirs == mine:
        return mine if theirs == base else theirs
    text, scheme = _either(base.text, theirs.text, mine.text), _either(base.scheme, theirs.scheme, mine.scheme)
    return replace(mine if text == mine.text else theirs, text=text, scheme=scheme)


def _either(base: Any, theirs: Any, mine: Any) -> Any:
    """The side that changed; both may change alike."""
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    raise _Conflict


def _words(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> dict[str, str]:
    names = dict.fromkeys((*theirs, *mine))
    said = {word: _either(base.get(word), theirs.get(word), mine.get(word)) for word in names}
    return {word: count for word, count in said.items() if count is not None}


def _parked(base: Sequence[Line], theirs: Sequence[Line], mine: Sequence[Line]) -> tuple[Line, ...]:
    """Everything that either side parked, without what either side took away."""
    gone = {line for line in base if line not in theirs or line not in mine}
    return tuple(line for line in dict.fromkeys((*theirs, *mine)) if line not in gone)
