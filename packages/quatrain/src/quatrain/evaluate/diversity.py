"""How much lines differ from each other: distinct-n over prompts, self-BLEU inside a set of suggestions.

    distinct-n    different n-grams divided by n-grams (Li et al. 2016, arXiv 1510.03055), over the first suggestion of
                  each prompt. It falls with the amount of text, so every system is read at the same amount: the number
                  of different n-grams that a random draw of `depth` n-grams would have, in closed form (rarefaction:
                  Hurlbert 1971)
    self-BLEU     the mean BLEU of each line of a set with the others as references (Zhu et al. 2018, arXiv 1802.01886);
                  low is diverse

Both are told with their intervals over prompts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from .intervals import Estimate, halves, mean

FLOOR = 0.1
"""Matches put in for an n-gram length without any, as in method 1 of Chen and Cherry 2014."""
Line = Sequence[str]
"""A line as its words."""


def ngrams(line: Line, n: int) -> list[tuple[str, ...]]:
    """The n-grams of a line, in order."""
    return [tuple(line[place : place + n]) for place in range(len(line) - n + 1)]


def rarefied(counts: Sequence[int] | np.ndarray, depth: int) -> float:
    """How many different things a random draw of `depth` things, without putting back, has on average.

    Args:
        counts: how often each different thing is there.
        depth: size of the draw.

    Returns:
        Not a number if there are fewer things than that.

    Source: Hurlbert 1971, "The nonconcept of species diversity", Ecology 52: the expected number of species.
    """
    sizes, many = np.unique(np.asarray(counts, int), return_counts=True)
    total = int((sizes * many).sum())
    if depth > total:
        return math.nan
    expected = 0.0
    for size, kinds in zip(sizes.tolist(), many.tolist(), strict=True):
        rest = total - size
        missed = 0.0 if rest < depth else math.exp(_log_choose(rest, depth) - _log_choose(total, depth))
        expected += kinds * (1.0 - missed)
    return expected


def distinct(lines: Sequence[Line | None], n: int, depth: int) -> Estimate | None:
    """Distinct-n at an amount of text.

    Args:
        lines: one a prompt, or none where a system had no answer.
        n: 1 for words, 2 for pairs.
        depth: n-grams to draw; half of the prompts must have as many. `2 * len(lines)` suits lines of four words and
            more.
    """
    numbers: dict[tuple[str, ...], int] = {}
    codes = [np.array([numbers.setdefault(g, len(numbers)) for g in ngrams(line or (), n)], int) for line in lines]

    def of(some: np.ndarray) -> float:
        drawn = np.concatenate([codes[place] for place in some])
        found = np.bincount(drawn, minlength=1)
        return rarefied(found[found > 0], depth) / depth

    return halves(len(lines), of)


def bleu(line: Line, references: Sequence[Line], order: int = 4) -> float:
    """How much of a line's n-grams stand in its references, from 0 to 1.

    Clipped counts, geometric mean of the lengths 1 to `order` (or as many as the line has words), brevity penalty
    against the reference nearest in length, `FLOOR` for a length without a match.

    Source: Papineni et al. 2002.
    """
    return _bleu(_profile(line, order), [_profile(reference, order) for reference in references])


def self_bleu(lines: Sequence[Line]) -> float:
    """The mean BLEU of each line against the others; not a number for fewer than two lines."""
    if len(lines) < 2:
        return math.nan
    profiles = [_profile(line, 4) for line in lines]
    return sum(_bleu(one, profiles[:i] + profiles[i + 1 :]) for i, one in enumerate(profiles)) / len(lines)


def self_bleus(sets: Sequence[Sequence[Line]], size: int, seed: int = 0) -> Estimate | None:
    """Self-BLEU over prompts: of the first `size` suggestions of each that has as many.

    Where no prompt has more than one line (as the true lines), a prompt's set is its own line and those of others drawn
    by the seed: what ten people wrote, each for something else, so it is the strictest measure for a machine.
    """
    if all(len(lines) <= 1 for lines in sets):
        sets = _across(sets, size, seed)
    return mean([self_bleu(lines[:size]) if len(lines) >= size else math.nan for lines in sets])


def _profile(line: Line, order: int) -> list[Counter[tuple[str, ...]]]:
    """How often each n-gram is there, for n from 1 to the order or the line's length."""
    return [Counter(ngrams(line, n)) for n in range(1, min(order, len(line)) + 1)]


def _bleu(line: Sequence[Counter[tuple[str, ...]]], references: Sequence[Sequence[Counter[tuple[str, ...]]]]) -> float:
    if not line or not references:
        return 0.0
    logs = 0.0
    for n, mine in enumerate(line):
        counted = [reference[n] for reference in references if len(reference) > n]
        clipped = sum(min(many, max((other[g] for other in counted), default=0)) for g, many in mine.items())
        logs += math.log(max(clipped, FLOOR) / mine.total())
    length = line[0].total()
    lengths = [reference[0].total() if reference else 0 for reference in references]
    nearest = min(lengths, key=lambda size: (abs(size - length), size))
    return min(1.0, math.exp(1 - nearest / length)) * math.exp(logs / len(line))


def _across(sets: Sequence[Sequence[Line]], size: int, seed: int) -> list[list[Line]]:
    rng = np.random.default_rng(seed)
    singles = [lines[0] for lines in sets if lines]
    if len(singles) < size:
        return [[]]
    found = []
    for lines in sets:
        if not lines:
            found.append([])
            continue
        others = [line for line in singles if line is not lines[0]]
        found.append([lines[0], *(others[i] for i in rng.permutation(len(others))[: size - 1])])
    return found


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
