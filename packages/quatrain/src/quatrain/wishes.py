"""What a songwriter wishes of the next line, and what she gets."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import BadSetting
from .scheme import parse
from .text.diction import Filters
from .text.rhyme import EXACT, Kind

MOST = 50
"""Suggestions in one answer."""
LONGEST = 20
"""Syllables of a line that can be asked for."""


@dataclass(frozen=True)
class Wishes:
    """Wishes about the next line; every one may be left open.

    Lines are counted from 1, empty lines and headings too, as they stand in the draft.

    Attributes:
        scheme: a letter for each line of the section, X for one that rhymes with none, repeated: ABAB, AABB, XAXA.
        rhyme_with: a line to rhyme with; wins over the scheme.
        like: a line whose shape (tags and syllables) is kept.
        syllables: of the line; else as many as in the line that it rhymes with, or as the model likes.
        end: the end word, if the songwriter has it.
        words: mood words; lines of their field are preferred.
        kinds: rhymes that will do, before anything is relaxed.
        filters: words to leave out.
        count: suggestions.
        seed: the same gives the same.
        strict: relax nothing, rather say that nothing fits.
        running_on: allow lines that run on into the next.

    Raises:
        BadSetting: a number out of its range.
        UnknownName: no such scheme.
    """

    scheme: str = ""
    rhyme_with: int | None = None
    like: int | None = None
    syllables: int | None = None
    end: str | None = None
    words: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = EXACT
    filters: Filters = field(default_factory=Filters)
    count: int = 10
    seed: int = 0
    strict: bool = False
    running_on: bool = False

    def __post_init__(self) -> None:
        if self.scheme:
            object.__setattr__(self, "scheme", parse(self.scheme))
        _within("the number of suggestions", self.count, 1, MOST)
        _within("the seed", self.seed, 0, 2**63 - 1)
        if self.syllables is not None:
            _within("the number of syllables", self.syllables, 1, LONGEST)
        for name, line in (("the line to rhyme with", self.rhyme_with), ("the line to be like", self.like)):
            if line is not None:
                _within(name, line, 1, 10**9)


@dataclass(frozen=True)
class Suggestion:
    """A line that is offered.

    Attributes:
        text: as it is to be inserted.
        words: its words, keys.
        tags: of the words.
        syllables: of the line.
        partner: the line of the draft that it rhymes with, from 1; none if it need not rhyme.
        rhyme: how it rhymes with that.
        relaxed: labels of what was relaxed; none if nothing was.
        score: its merit among the candidates of this request.
        reasons: sentences for people.
    """

    text: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    syllables: int
    partner: int | None = None
    rhyme: Kind = Kind.NONE
    relaxed: tuple[str, ...] = ()
    score: float = 0.0
    reasons: tuple[str, ...] = ()


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadSetting(f"{name[0].upper()}{name[1:]} is {value}: expected {low} to {high:,}.")
