"""What all rivals share when they are asked: lines as people read them, and what is known about them.

A rival is called as `rival(draft, wishes, seed)` and gives lines, the best first; of the wishes it looks at those that
its page says, and at the number of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...page import Page
from ...text.words import is_word, key, tokens
from ...wishes import Wishes

FEWEST, MOST = 3, 11
"""Words of a line: as in the verse that rivals learn from."""


@dataclass(frozen=True)
class Said:
    """A line that a rival gave.

    Attributes:
        text: as people read it.
        tags: meant for its words; none if the rival has no notion of tags.
        relaxed: labels of wishes that it does not keep; none if nobody looked.
    """

    text: str
    tags: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()


Rival = Callable[[Sequence[str], Wishes, int], list[Said]]


def heard(draft: Sequence[str]) -> list[tuple[str, ...]]:
    """The words (keys) of the lines of a draft that have any."""
    return [line.words for line in Page.of(draft).lines]


def words_of(text: str) -> tuple[str, ...]:
    """The words (keys) of one line."""
    return tuple(key(token) for token in tokens(text) if is_word(token))


def spelled(words: Sequence[str]) -> str:
    """Words (keys) as a line: a capital first, and I."""
    said = ["I" + word[1:] if word == "i" or word.startswith("i'") else word for word in words]
    return " ".join([said[0][:1].upper() + said[0][1:], *said[1:]]) if said else ""
