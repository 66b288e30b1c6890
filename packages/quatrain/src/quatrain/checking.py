"""What `quatrain check` knows about a song: syllables, stress, scheme, and what contradicts it, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import scheme as schemes
from .errors import BadSetting, UnknownName
from .scheme import Contradiction, Ending, Place
from .song import Line, Section, Song
from .text import stress, syllables
from .text.lexicon import Found, Lexicon, lexicon
from .text.rhyme import Kind
from .text.words import key

REGULAR = 0.10
"""A section has a metre if its lines miss it by less than this share of their syllables.

Of 100 stretches of a novel cut into lines of eight words none has one, of 77 sonnets of Shakespeare 23, of 95 quatrains
of Housman 60."""


@dataclass(frozen=True)
class CheckedWord:
    """A word of a line.

    Attributes:
        text: as written.
        syllables: the usual count.
        strict: the set of counts that the dictionary allows, a bit mask.
        sung: the set that a singer may take.
        stress: one sign a syllable (`stress.of_word`) of the usual reading.
        found: how its sound is known.
    """

    text: str
    syllables: int
    strict: int
    sung: int
    stress: str
    found: Found


@dataclass(frozen=True)
class CheckedLine:
    """A line of a song.

    Attributes:
        number: in the file.
        text: what is sung.
        words: its words.
        strict: the set of syllable counts that the dictionary allows, a bit mask; 0 if there are more than can be sung.
        sung: the set that a singer may take.
        place: its place in the scheme; none without words, or with words of another script.
        tail: how many words at its end rhyme where a rhyme goes across words (love me, above me).
        asked: the letter that it should have; empty if no scheme was asked.
        fault: what is wrong with it under the scheme that was asked.
    """

    number: int
    text: str
    words: tuple[CheckedWord, ...]
    strict: int
    sung: int
    place: Place | None
    tail: int = 1
    asked: str = ""
    fault: Contradiction | None = None

    def ends(self, other: CheckedLine, kind: Kind) -> str:
        """The word that rhymes with another line in this way; the words, if the rhyme goes across words."""
        across = kind in schemes.SOLID and key(self.words[-1].text) == key(other.words[-1].text)
        return " ".join(word.text for word in self.words[-(self.tail if across else 1) :])

    @property
    def counts(self) -> str:
        """Syllables for the margin: `8`, `8-9`; nothing without words, `?` if there are too many."""
        return syllables.shown(self.strict) if self.place else ""

    @property
    def usual(self) -> int:
        """The usual count of syllables."""
        return sum(word.syllables for word in self.words)

    @property
    def guessed(self) -> bool:
        """Whether the sound of a word in it is a guess."""
        return self.place is not None and any(word.found is Found.GUESS for word in self.words)

    @property
    def stress(self) -> str:
        """One sign a syllable, see `stress.of_word`."""
        return "".join(word.stress for word in self.words)


@dataclass(frozen=True)
class CheckedSection:
    """A section of a song.

    Attributes:
        title: what its heading says, or nothing.
        number: the line of the file where it begins.
        lines: in order.
        scheme: as found.
        asked: the scheme that was asked; empty if none was.
        metre: the regular pattern that its lines keep, if they keep one.
    """

    title: str
    number: int
    lines: tuple[CheckedLine, ...]
    scheme: str
    asked: str
    metre: str

    @property
    def faults(self) -> int:
        """How many lines contradict the scheme that was asked."""
        return sum(line.fault is not None for line in self.lines)


@dataclass(frozen=True)
class Checked:
    """A song, checked.

    Attributes:
        title: of the song, or nothing.
        sections: in order.
        guessed: words that no dictionary knows, with the first line that has each.
        notes: sentences about what is odd.
    """

    title: str
    sections: tuple[CheckedSection, ...]
    guessed: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def faults(self) -> int:
        """How many lines contradict a scheme that was asked."""
        return sum(section.faults for section in self.sections)


def check(
    song: Song, asked: Sequence[str] = (), kinds: Sequence[Kind] = schemes.SOLID, known: Lexicon | None = None
) -> Checked:
    """Look at every line of a song.

    Args:
        song: as read.
        asked: schemes, each for all sections (`ABAB`) or for those whose heading begins so (`Chorus=AABB`).
        kinds: rhymes that will do where a scheme asks for one.
        known: a lexicon with somebody's own pronunciations.

    Raises:
        BadSetting, UnknownName: a scheme that is none, or for a section that the song does not have.
    """
    words = _Words(known or lexicon())
    chosen = _chosen(song, asked)
    guessed: dict[str, int] = {}
    sections = tuple(_section(section, chosen[place], kinds, words) for place, section in enumerate(song.sections))
    for line in (line for section in sections for line in section.lines if line.guessed):
        for word in line.words:
            if word.found is Found.GUESS:
                guessed.setdefault(key(word.text), line.number)
    return Checked(song.title, sections, guessed, song.notes)


def sentence(fault: Contradiction, lines: Sequence[CheckedLine]) -> str:
    """What is wrong with a line, for people; its own number is not in it."""
    line, other = lines[fault.line], lines[fault.other]
    where = f"line {other.number} ({other.ends(line, fault.kind)} / {line.ends(other, fault.kind)})"
    if not fault.wanted:
        if fault.kind in schemes.REPEATED:
            return f"sounds the same as {where}: {fault.kind}; {line.asked} should not sound like {other.asked}"
        return f"rhymes with {where}: {fault.kind}; {line.asked} should not rhyme with {other.asked}"
    if fault.kind is Kind.NONE:
        return f"should rhyme with {where}, and does not"
    only = "" if fault.kind in schemes.REPEATED else "only "
    return f"should rhyme with {where}, and has {only}{_KINDS[fault.kind]}"


def plain(checked: Checked) -> dict[str, Any]:
    """Everything that was found, as JSON has it."""
    return {
        "title": checked.title,
        "sections": [
            {
                "title": section.title,
                "line": section.number,
                "scheme": section.scheme,
                "asked": section.asked,
                "metre": section.metre,
                "lines": [_plain_line(line, section.lines) for line in section.lines],
            }
            for section in checked.sections
        ],
        "contradictions": checked.faults,
        "guessed": dict(checked.guessed),
        "notes": list(checked.notes),
    }


# --------------------------------------------------------------------------------------------------------------- pieces

_KINDS = {
    Kind.PERFECT: "a perfect rhyme",
    Kind.FEMININE: "a feminine rhyme",
    Kind.RICH: "a rich rhyme",
    Kind.FAMILY: "a family rhyme",
    Kind.CONSONANCE: "consonance",
    Kind.LAST_SYLLABLE: "a rhyme on the last syllable",
    Kind.ASSONANCE: "assonance",
    Kind.SAME_WORD: "the same word",
    Kind.SAME_LEMMA: "a form of the same word",
    Kind.HOMOPHONE: "a word that sounds the same",
}


def _chosen(song: Song, asked: Sequence[str]) -> list[str]:
    """The scheme that is asked of each section; empty where none is."""
    chosen = [""] * len(song.sections)
    for text in sorted(asked, key=lambda text: "=" in text):  # what is said for some sections wins
        title, named, letters = text.rpartition("=")
        scheme = schemes.parse(letters)
        begins = [section.title.lower().startswith(title.strip().lower()) for section in song.sections]
        if named and not title.strip():
            raise BadSetting(f"'{text}' names no section. Write it as Chorus=AABB, or AABB for all sections.")
        if not any(begins):
            titles = tuple(dict.fromkeys(section.title for section in song.sections if section.title))
            remedy = "" if titles else "The song has no headings; write one above a section: [Chorus]"
            raise UnknownName("section", title.strip(), titles, remedy)
        chosen = [scheme if fits else old for fits, old in zip(begins, chosen, strict=True)]
    return chosen


def _section(section: Section, asked: str, kinds: Sequence[Kind], words: _Words) -> CheckedSection:
    endings = [schemes.ending(line.tokens, words.known) if line.sounded else None for line in section.lines]
    places = schemes.detect(endings)
    faults = {fault.line: fault for fault in schemes.judge(endings, asked, kinds)} if asked else {}
    wanted = _wanted(endings, asked)
    lines = tuple(
        _line(line, words, place, letter, faults.get(number), len(end.tail.word.split()) if end and end.tail else 1)
        for number, (line, place, letter, end) in enumerate(zip(section.lines, places, wanted, endings, strict=True))
    )
    return CheckedSection(section.title, section.number, lines, schemes.letters(places), asked, _metre(lines))


def _wanted(endings: Sequence[Ending | None], asked: str) -> list[str]:
    """The letter that is asked of each line: in every repetition of the scheme the next ones of the alphabet."""
    letters: list[str] = []
    sung = 0
    own = [letter for letter in dict.fromkeys(asked) if letter != schemes.FREE]
    for end in endings:
        if not asked or end is None:
            letters.append("")
            continue
        turn, step = divmod(sung, len(asked))
        letter, sung = asked[step], sung + 1
        letters.append(letter if letter == schemes.FREE else schemes.letter(turn * len(own) + own.index(letter)))
    return letters


def _line(
    line: Line, words: _Words, place: Place | None, asked: str, fault: Contradiction | None, tail: int
) -> CheckedLine:
    said = [words.of(token) for token in line.tokens]
    strict, sung = syllables.total(one.strict for one in said), syllables.total(one.sung for one in said)
    if not line.sounded:
        return CheckedLine(line.number, line.text, tuple(said), 0, 0, None)
    return CheckedLine(line.number, line.text, tuple(said), strict, sung, place, tail, asked, fault)


class _Words:
    """Every word of a song, looked up once."""

    def __init__(self, known: Lexicon) -> None:
        self.known = known
        self._seen: dict[str, CheckedWord] = {}

    def of(self, token: str) -> CheckedWord:
        """A word as written."""
        if token not in self._seen:
            said = self.known.pronounce(key(token))
            signs = stress.of_word(said.first, said.word)
            sets = syllables.strict(said), syllables.sung(said)
            self._seen[token] = CheckedWord(token, syllables.usual(said), *sets, signs, said.found)
        return self._seen[token]


def _metre(lines: Sequence[CheckedLine]) -> str:
    """What the lines have in common, as `iambic`; empty if they are few, short or irregular."""
    signs = [line.stress for line in lines if line.words]
    total = sum(map(len, signs))
    if len(signs) < 2 or total < 12:
        return ""
    found = stress.common(signs)
    return found.name if found.misses < REGULAR * total else ""


def _plain_line(line: CheckedLine, lines: Sequence[CheckedLine]) -> dict[str, Any]:
    place = line.place
    partner = None if place is None or place.partner is None else lines[place.partner].number
    fault = line.fault
    return {
        "line": line.number,
        "text": line.text,
        "syllables": list(syllables.counts(line.strict)) if place else [],
        "sung": list(syllables.counts(line.sung)) if place else [],
        "usual": line.usual,
        "letter": place.letter if place else "",
        "rhyme": None if place is None or partner is None else {"kind": str(place.kind), "with": partner},
        "stress": line.stress,
        "words": [
            {"word": word.text, "syllables": word.syllables, "stress": word.stress, "found": str(word.found)}
            for word in line.words
        ],
        "asked": line.asked,
        "contradiction": None if fault is None else {
            "line": lines[fault.other].number, "kind": str(fault.kind), "rhyme asked": fault.wanted,
            "sentence": sentence(fault, lines),
        },
    }  # fmt: skip
