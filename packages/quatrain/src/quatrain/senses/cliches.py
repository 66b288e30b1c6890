"""Worn-out rhymes: love and above, fire and desire, night and light.

Counted in verse (how widely a pair is used, and how surely one word brings the other), with a list by hand of what
songs added since; `making/pairs.py` has the formula.
"""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_left

from .packing import numbers, shipped

PLURAL = 0.8
"""Hearts / parts is worn by heart / part, a little less."""


def cliche(first: str, second: str) -> float:
    """How worn out two end words are as a rhyme, in either order.

    Args:
        first: an end word, as typed.
        second: the other.

    Returns:
        0 (fresh, or no rhyme) to 1; love / above, the most worn but one, has 0.8.

    >>> cliche("love", "above") > cliche("gate", "late") > cliche("magistrate", "gate") == 0
    True
    """
    one, two = _plain(first), _plain(second)
    own = _counted(one, two)
    if one.endswith("s") and two.endswith("s"):
        return max(own, PLURAL * _counted(one[:-1], two[:-1]))
    return own


def worn(word: str) -> dict[str, float]:
    """Every word that is worn out as a rhyme of a word, the most worn first."""
    found = {other: cliche(word, other) for other in _partners().get(_plain(word), ())}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _counted(first: str, second: str) -> float:
    words, pairs, values = _table()
    one, two = words.get(first, -1), words.get(second, -1)
    if min(one, two) < 0:
        return 0.0
    key = min(one, two) << 16 | max(one, two)
    place = bisect_left(pairs, key)
    return values[place] / 255 if place < len(pairs) and pairs[place] == key else 0.0


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


@functools.cache
def _table() -> tuple[dict[str, int], array, bytes]:
    columns = shipped("cliches")
    words = {word: place for place, word in enumerate(columns["words"].decode().split("\n"))}
    return words, numbers(columns["pairs"], "I"), columns["values"]


@functools.cache
def _partners() -> dict[str, list[str]]:
    words, pairs, _ = _table()
    listed, found = list(words), {}
    for key in pairs:
        one, two = listed[key >> 16], listed[key & 0xFFFF]
        found.setdefault(one, []).append(two)
        found.setdefault(two, []).append(one)
    return found
