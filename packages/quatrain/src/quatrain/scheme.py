"""The rhyme scheme of a section: found by ear (`detect`), or asked for and held against the lines (`judge`).

    A B A B     two sounds crossed         A A B B     couplets
    A B C B     lines 1 and 3 are free     X           in a scheme that is asked for: free

Lines that rhyme perfectly (or richly, or that repeat a word) within `SOLID_REACH` lines have one letter. A line that
rhymes with none in this way may rhyme nearly with another such line within `NEAR_REACH` lines; so a near rhyme never
joins two lines that have better partners. A letter depends on its own section only, and belongs to the first line that
has it.

On 126 sonnets of Shakespeare, 101 quatrains of the Rubaiyat and 150 of Housman (the poetry corpus, blocks of the known
scheme) pairs of lines with one letter are found with precision 0.92, 0.98 and 0.99 and recall 0.96, 1.00 and 0.99; in
blank verse, which has no scheme, 17 % of the lines get a partner by chance. With assonance that would be 42 %.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import BadSetting, UnknownName
from .text import phones, rhyme, stress
from .text.lexicon import Lexicon, Pronunciation, lexicon
from .text.rhyme import Kind
from .text.words import key

SOLID = (Kind.PERFECT, Kind.FEMININE, Kind.RICH)
"""Rhymes that nobody doubts."""
REPEATED = (Kind.SAME_WORD, Kind.HOMOPHONE)
"""Ends that sound the same; they share a letter, though they are no rhyme."""
NEAR = (Kind.FAMILY, Kind.CONSONANCE, Kind.LAST_SYLLABLE, Kind.SAME_LEMMA)
"""Near rhymes by which lines find together; assonance is left out, since every third pair of lines has it."""
SOLID_REACH, NEAR_REACH = 8, 4
_WEAK = 3
"""Weak words after the strong one, in a rhyme across words: `run to it for me`."""
FREE = "X"
NAMED = {
    "couplets": "AABB",
    "crossed": "ABAB",
    "enclosed": "ABBA",
    "ballad": "XAXA",
    "limerick": "AABBA",
    "sonnet": "ABABCDCDEFEFGG",
}
"""Schemes that have a name."""
_ORDER = {kind: place for place, kind in enumerate(Kind)}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWYZ"


@dataclass(frozen=True)
class Ending:
    """What of a line can rhyme.

    Attributes:
        word: its last word.
        tail: if that is weak, the words from the last strong one on: `above me` rhymes with `love me` across words.
        line: all its words, to know a refrain by.
    """

    word: Pronunciation
    tail: Pronunciation | None
    line: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A line's place in a scheme.

    Attributes:
        letter: of its sound.
        partner: the line of the section (from 0) that it rhymes with, an earlier one where there is one; none if free.
        kind: how it rhymes with that.
    """

    letter: str
    partner: int | None = None
    kind: Kind = Kind.NONE

    @property
    def solid(self) -> bool:
        """Whether it rhymes perfectly (or richly)."""
        return self.kind in SOLID


@dataclass(frozen=True)
class Contradiction:
    """A line that does not do what the scheme asks.

    Attributes:
        line: of the section, from 0.
        other: the line that it should rhyme with, or should not.
        kind: how it rhymes with that.
        wanted: whether a rhyme was asked for.
    """

    line: int
    other: int
    kind: Kind
    wanted: bool


def parse(text: str) -> str:
    """A scheme as its letters: `ABAB`, `abab cdcd`, or a name (`ballad`); `X` is a line that is free.

    Raises:
        BadSetting: signs that are no letters.
        UnknownName: a word that is neither.
    """
    named = NAMED.get(text.strip().lower())
    if named:
        return named
    letters = re.sub(r"[\s,;/|.-]+", "", text)
    if not re.fullmatch("[A-Za-z]+", letters):
        raise BadSetting(f"'{text}' is no rhyme scheme. Write a letter for each line, X for a free one: ABAB, XAXA.")
    seen = [letter for letter in dict.fromkeys(letters.upper()) if letter != FREE]
    if not letters.isupper() and "".join(seen) != _LETTERS[: len(seen)]:
        raise UnknownName("rhyme scheme", text, NAMED, "Or write a letter for each line: ABAB.")
    return letters.upper()


def ending(words: Sequence[str], known: Lexicon | None = None) -> Ending | None:
    """What of a line can rhyme; none if it has no words.

    Args:
        words: of the line, as written.
        known: a lexicon with somebody's own pronunciations.
    """
    if not words:
        return None
    known, line = known or lexicon(), tuple(key(word) for word in words)
    return Ending(known.pronounce(line[-1]), _tail(line, known), line)


def compare(first: Ending, second: Ending) -> Kind:
    """How two lines rhyme: by their last words; where both end in one word, across words (love me, above me)."""
    kind = _compared(first.word, second.word)
    if kind in REPEATED and first.tail and second.tail:
        wider = _compared(first.tail, second.tail)
        return wider if wider in SOLID else kind
    return kind


@functools.lru_cache(maxsize=1 << 16)
def _compared(first: Pronunciation, second: Pronunciation) -> Kind:
    return rhyme.compared(first, second).kind


def detect(endings: Sequence[Ending | None]) -> tuple[Place | None, ...]:
    """The scheme of a section, a place for each line; none for a line without words."""
    links = _solid(endings)
    heads = _heads(links)
    _attach(endings, links, heads)
    names: dict[int, str] = {}
    for place, head in enumerate(heads):
        if endings[place]:
            names.setdefault(head, letter(len(names)))
    back: dict[int, tuple[int, Kind]] = {}
    for place, (link, kind) in enumerate(links):
        if link is not None and (link not in back or _ORDER[kind] < _ORDER[back[link][1]]):
            back[link] = place, kind
    found: list[Place | None] = []
    for place, end in enumerate(endings):
        link, kind = links[place] if links[place][0] is not None else back.get(place, (None, Kind.NONE))
        found.append(Place(names[heads[place]], link, kind) if end else None)
    return tuple(found)


def letter(number: int) -> str:
    """The letter of a sound, counted from 0: A, B, C ... Z without X, then AA, AB ..."""
    signs = ""
    while number >= 0:
        number, rest = divmod(number, len(_LETTERS))
        signs, number = _LETTERS[rest] + signs, number - 1
    return signs


def letters(places: Sequence[Place | None]) -> str:
    """A scheme as one word: `ABAB`; letters of two signs are set apart."""
    found = [place.letter for place in places if place]
    return "".join(found) if all(len(letter) == 1 for letter in found) else " ".join(found)


def judge(endings: Sequence[Ending | None], scheme: str, kinds: Sequence[Kind] = SOLID) -> tuple[Contradiction, ...]:
    """The lines of a section that contradict a scheme, at most one fault for each.

    Args:
        endings: of the lines.
        scheme: letters, one a line, repeated as often as the section needs: 8 lines of ABAB are ABAB CDCD.
        kinds: rhymes that will do. A line that is repeated word for word always does.
    """
    sung = [place for place, end in enumerate(endings) if end]
    faults: list[Contradiction] = []
    for first in range(0, len(sung), len(scheme)):
        block = sung[first : first + len(scheme)]
        for step, line in enumerate(block):
            earlier = [(scheme[i], other, _between(endings, line, other)) for i, other in enumerate(block[:step])]
            fault = _fault(line, scheme[step], earlier, kinds)
            if fault:
                faults.append(fault)
    return tuple(faults)


# --------------------------------------------------------------------------------------------------------------- pieces

_Link = tuple[int | None, Kind]


def _between(endings: Sequence[Ending | None], line: int, other: int) -> Kind | None:
    """How two lines rhyme; none if one is the other's refrain."""
    one, two = endings[line], endings[other]
    assert one and two
    return None if one.line == two.line else compare(one, two)


def _fault(
    line: int, letter: str, earlier: list[tuple[str, int, Kind | None]], kinds: Sequence[Kind]
) -> Contradiction | None:
    """What is wrong with one line: that it lacks the rhyme, or that it rhymes with another letter."""
    if letter == FREE:
        return None
    partners = [(other, kind) for its, other, kind in earlier if its == letter]
    if partners and not any(kind is None or kind in kinds for _, kind in partners):
        other, kind = min(partners, key=lambda pair: (_ORDER[pair[1] or Kind.NONE], line - pair[0]))
        return Contradiction(line, other, kind or Kind.NONE, wanted=True)
    for its, other, kind in reversed(earlier):
        if kind is not None and its not in (letter, FREE) and kind in (*SOLID, *REPEATED):
            return Contradiction(line, other, kind, wanted=False)
    return None


def _tail(line: Sequence[str], known: Lexicon) -> Pronunciation | None:
    """The last strong word and the weak ones after it, as one."""
    weak = 0
    while weak < min(len(line), _WEAK + 1) and _is_weak(line[-1 - weak], known):
        weak += 1
    if not weak or weak == min(len(line), _WEAK + 1):
        return None
    strong = known.pronounce(line[-1 - weak])
    rest = b"".join(phones.flat(known.pronounce(word).first) for word in line[-weak:])
    readings = tuple(one + rest for one in strong.readings if phones.stress(one).strip("0"))
    return Pronunciation(" ".join(line[-1 - weak :]), readings, strong.found) if readings else None


def _is_weak(word: str, known: Lexicon) -> bool:
    return word in stress.WEAK and phones.count(known.pronounce(word).first) == 1


def _solid(endings: Sequence[Ending | None]) -> list[_Link]:
    """For each line the nearest earlier one that it rhymes with beyond doubt, or whose last word it repeats."""
    links: list[_Link] = []
    for place, end in enumerate(endings):
        link: _Link = (None, Kind.NONE)
        for other in range(place - 1, max(-1, place - SOLID_REACH - 1), -1):
            before = endings[other]
            kind = compare(end, before) if end and before else Kind.NONE
            if kind in SOLID or (kind in REPEATED and link[0] is None):
                link = other, kind
            if kind in SOLID:
                break
        links.append(link)
    return links


def _heads(links: Sequence[_Link]) -> list[int]:
    """For each line the first line of its group."""
    heads: list[int] = []
    for place, (link, _) in enumerate(links):
        heads.append(place if link is None else heads[link])
    return heads


def _attach(endings: Sequence[Ending | None], links: list[_Link], heads: list[int]) -> None:
    """Link lines that stand alone to earlier ones that did, by their closest near rhyme."""
    sizes = Counter(heads)
    alone = [sizes[head] == 1 for head in heads]
    for place, end in enumerate(endings):
        found: list[tuple[int, int, int]] = []
        for other in range(max(0, place - NEAR_REACH), place if alone[place] and end else 0):
            before = endings[other]
            kind = compare(end, before) if alone[other] and end and before else Kind.NONE
            if kind in NEAR:
                found.append((_ORDER[kind], place - other, other))
        if found:
            kind, _, other = min(found)
            links[place], heads[place] = (other, tuple(Kind)[kind]), heads[other]
