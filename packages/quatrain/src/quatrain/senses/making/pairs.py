"""Which pairs of end words are worn out: counted in verse, and a list by hand of what songs added since.

Of every line the nearest of the four lines before it that rhymes exactly makes a pair with it (where none does, the
nearest of two that rhymes by consonance, since love / move is worn out too, unless chance explains it). The value of a
pair is the product of

    how widely    d / (d + 60), of the documents (4,000 lines each) that have it: a habit of one poet is no cliché
    how surely    s / (s + 0.1), where s is the geometric mean of the shares that each word has among the rhymes of the
                  other, shrunk by 20 rhymes: love is followed by above as by nothing else
"""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np

from ...text.lines import Lines
from ...text.rhyme import Kind
from ...text.sound import HISTORY, KINDS
from ..packing import column

WIDE, SURE, SHRINK, CHANCE = 60, 0.1, 20, 5.0
LEAST = 0.05
"""Pairs below this are not shipped."""
BY_HAND = 0.6
"""The value of a pair of the list by hand."""


def columns(verse: Lines, by_hand: Path) -> dict[str, bytes]:
    """The columns of `cliches.bin`: words, pairs (two places in words, the first the smaller, ascending), values."""
    worn = counted(verse)
    for pair in read(by_hand):
        worn[pair] = max(worn.get(pair, 0.0), BY_HAND)
    kept = {pair: value for pair, value in worn.items() if value >= LEAST}
    words = sorted({word for pair in kept for word in pair})
    place = {word: number for number, word in enumerate(words)}
    keys = sorted((place[one] << 16 | place[two], value) for (one, two), value in kept.items())
    return {
        "words": "\n".join(words).encode(),
        "pairs": column(array("I", [key for key, _ in keys])),
        "values": bytes(round(255 * value) for _, value in keys),
    }


def read(path: Path) -> list[tuple[str, str]]:
    """The pairs of a list: a word, then each word it is worn out with; `#` begins a comment."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [_pair(first, other) for first, *others in filter(None, lines) for other in others]


def counted(verse: Lines) -> dict[tuple[str, str], float]:
    """Every counted pair of words, in alphabetical order, with its value."""
    number: dict[str, int] = {}
    ends = np.array([number.setdefault(word, len(number)) for word in verse.kinds.words])[verse.ends]
    names = list(number)
    paired = np.zeros(len(verse), bool)
    exact = _pairs(verse, ends, (Kind.PERFECT, Kind.FEMININE, Kind.RICH), HISTORY, paired)
    near = _pairs(verse, ends, (Kind.CONSONANCE,), 2, paired)
    often = np.bincount(ends, minlength=len(names)) / len(ends)
    found: dict[tuple[str, str], float] = {}
    for pairs, by_chance in ((exact, 0.0), (near, 2 * len(verse) * CHANCE)):
        rhymes = np.bincount(pairs[:, :2].ravel(), minlength=len(names)) + SHRINK
        keys, place = np.unique(pairs[:, 0] << 32 | pairs[:, 1], return_inverse=True)
        one, two, count = keys >> 32, keys & 0xFFFFFFFF, np.bincount(place)
        documents = np.bincount(np.unique(np.stack([place, pairs[:, 2]], 1), axis=0)[:, 0], minlength=len(keys))
        share = count / np.sqrt(rhymes[one] * rhymes[two])
        value = documents / (documents + WIDE) * share / (share + SURE)
        value[count < by_chance * often[one] * often[two]] = 0.0
        for a, b, worn in zip(one.tolist(), two.tolist(), value.tolist(), strict=True):
            pair = _pair(names[a], names[b])
            if worn > found.get(pair, 0.0):
                found[pair] = worn
    return found


def _pairs(verse: Lines, ends: np.ndarray, kinds: tuple[Kind, ...], back: int, paired: np.ndarray) -> np.ndarray:
    """End words (the smaller number first) and document of every rhyme [n, 3]; marks the lines that have one."""
    wanted = np.isin(np.arange(len(KINDS)), [KINDS.index(kind) for kind in kinds])
    found = []
    for lag in range(1, back + 1):
        rows = np.flatnonzero(wanted[verse.relation[:, lag - 1]] & ~paired & verse.fresh)
        paired[rows] = True
        both = np.sort(np.stack([ends[rows], ends[rows - lag]], 1), axis=1)
        found.append(np.concatenate([both, verse.document[rows][:, None]], axis=1))
    return np.concatenate(found).astype(np.int64)


def _pair(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)
