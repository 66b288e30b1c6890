"""Rows of words from tagged tokens: a line of verse is a row; of prose, each clause of 3 to 11 words is one.

A clause ends at a mark (, ; : . ! ? a dash). One that is too long is cut before a word that begins a clause or a
phrase, as near to its middle as there is one; one that is too short joins the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blocks import Tagged
from .words import ABBREVIATIONS, is_word

SHORT, LONG = 3, 11
"""Fewest and most words of a clause."""
MARKS = frozenset(",;:.!?-—–…")
_ENDS = frozenset(".!?")
_OPENERS = ({"CC", "WDT", "WP", "WRB", "WP$"}, {"IN", "TO"}, {"PRP", "DT", "EX", "RB"})
"""Tags before which a long clause is cut, the best first."""


@dataclass(frozen=True)
class Rows:
    """Rows of words.

    Attributes:
        words: kinds, row after row.
        offsets: where each row begins, and the end.
        unit: the unit that each row comes from.
        close: the mark after each row's last word, or an empty text.
        gap: whether an empty unit stands before the row (of prose: whether the clause before is not kept).
    """

    words: np.ndarray
    offsets: np.ndarray
    unit: np.ndarray
    close: list[str]
    gap: np.ndarray


def of_verse(tagged: Tagged, kind_of: np.ndarray, tags: Sequence[str]) -> Rows:
    """Every unit with a word is a row.

    Args:
        tagged: all tokens.
        kind_of: the kind of each token, -1 for a mark.
        tags: unused; prose needs it.
    """
    spoken = kind_of >= 0
    unit_of = np.repeat(np.arange(len(tagged.sizes)), tagged.sizes)
    lengths = np.bincount(unit_of[spoken], minlength=len(tagged.sizes))
    unit = np.flatnonzero(lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths[unit])])
    last = np.flatnonzero(spoken)[offsets[1:] - 1]
    close = [_mark(tagged, token, unit_of) for token in last]
    gap = np.diff(unit, prepend=-1) > 1
    return Rows(kind_of[spoken], offsets, unit, close, gap)


def of_prose(tagged: Tagged, kind_of: np.ndarray, tags: Sequence[str]) -> Rows:
    """Every clause of 3 to 11 words is a row; `gap` is set where the clause before is not kept."""
    words: list[int] = []
    ends, units, close, gap = [0], [], [], []
    marks = _marks(tagged)
    is_abbreviation = [
        token.lower() in ABBREVIATIONS or (len(token) == 1 and token.isalpha() and token not in "IaAO")
        for token in tagged.vocabulary
    ]
    start, broken = 0, True
    kinds, tokens = kind_of.tolist(), tagged.tokens.tolist()
    for unit, size in enumerate(tagged.sizes.tolist()):
        stop = start + size
        for clause, mark in _clauses(kinds, tokens, start, stop, marks, is_abbreviation):
            for piece, piece_mark in _fitted(clause, mark, tags):
                if not SHORT <= len(piece) <= LONG:
                    broken = True
                    continue
                words += piece
                ends.append(len(words))
                units.append(unit)
                close.append(piece_mark)
                gap.append(broken)
                broken = False
        start = stop
    return Rows(
        np.array(words, np.int32), np.array(ends, np.int64), np.array(units, np.int64), close, np.array(gap, bool)
    )


def _clauses(
    kinds: list[int], tokens: list[int], start: int, stop: int, marks: list[str], is_abbreviation: list[bool]
) -> list[tuple[list[int], str]]:
    """Words between marks, each with the mark after it; short ones are joined to the next of the same sentence."""
    found: list[tuple[list[int], str]] = []
    held: list[int] = []
    for place in range(start, stop):
        kind = kinds[place]
        if kind >= 0:
            held.append(kind)
            continue
        mark = marks[tokens[place]]
        if not mark or not held or (mark == "." and is_abbreviation[tokens[place - 1]]):
            continue
        if (
            found
            and found[-1][1] not in _ENDS
            and (len(found[-1][0]) < SHORT or len(held) < SHORT)
            and len(found[-1][0]) + len(held) <= LONG
        ):
            found[-1] = (found[-1][0] + held, mark)
        else:
            found.append((held, mark))
        held = []
    if held:
        found.append((held, ""))
    return found


def _fitted(clause: list[int], mark: str, tags: Sequence[str]) -> list[tuple[list[int], str]]:
    """A clause, cut until its pieces are short enough."""
    if len(clause) <= LONG:
        return [(clause, mark)]
    heads = [tags[kind].partition("+")[0] for kind in clause]
    for openers in _OPENERS:
        places = [
            i
            for i in range(SHORT, len(clause) - SHORT + 1)
            if heads[i] in openers and heads[i - 1] not in ("IN", "DT", "PRP$")
        ]
        if places:
            cut = min(places, key=lambda i: abs(2 * i - len(clause)))
            return _fitted(clause[:cut], "", tags) + _fitted(clause[cut:], mark, tags)
    return [(clause, mark)]


def _marks(tagged: Tagged) -> list[str]:
    """For every token of the vocabulary the mark that it is, as one sign; empty for words and other signs."""
    return ["" if is_word(token) or token[0] not in MARKS else token[0] for token in tagged.vocabulary]


def _mark(tagged: Tagged, token: int, unit_of: np.ndarray) -> str:
    """The mark after a word, through closing quotes and brackets."""
    for after in (token + 1, token + 2):
        if after < len(unit_of) and unit_of[after] == unit_of[token]:
            text = tagged.vocabulary[tagged.tokens[after]]
            if text[0] in MARKS:
                return text[0]
    return ""
