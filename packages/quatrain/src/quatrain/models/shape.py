"""Shapes: what is left of a line without its words, and the table of symbols that the structure model writes them in.

A line is written as how it rhymes, its syllables, how many words it has, the mark that closes it, the tag of each word,
and an end:

    I left my coat beside the garden gate,   ->   none · 10 · 8 · "," · PRP VBD PRP$ NN IN DT NN NN · end

How it rhymes is a relation (with the line before, or the one two lines back), not a sound: it says the same of every
rhyme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import BadModel, BadText
from ..text.rhyme import EXACT, Kind
from ..text.sound import HISTORY, KINDS

if TYPE_CHECKING:
    from ..text.lines import Lines
    from ..text.verse import Verse

CLOSES = ("", ",", ";", ":", ".", "!", "?", "-")
"""The mark after a line's last word, or none; a dash of any length is `-`."""
COMPLETE = frozenset(CLOSES) - {""}
"""Marks of a line that is finished with itself; one without a mark runs on into the next."""
NAMES = frozenset({"NNP", "NNPS", "NNP+POS", "NNPS+POS", "NNP+VBZ"})
"""Tags of names, which nobody wants who has not written one."""
RHYMING = (*EXACT, Kind.RICH, Kind.FAMILY)
"""Kinds that count as a relation; the others stand as often between lines that don't belong together."""
MOST_SYLLABLES, MOST_WORDS = 20, 16
"""Longer lines are read as lines of this length."""
BEGIN, GAP, END = 0, 1, 2
"""Nothing is known before; a new stanza; the end of a line."""
RELATION = 3
SYLLABLES = RELATION + HISTORY + 1
WORDS = SYLLABLES + MOST_SYLLABLES
CLOSE = WORDS + MOST_WORDS
TAG = CLOSE + len(CLOSES)
"""The first symbol of each field; that of no relation, one syllable, one word, no mark, no known tag."""
OTHER = ""
"""Stands for tags too rare to learn; it is read, but never written."""
HEAD = 4
"""Symbols of a line before its tags."""
REACH = 128
"""Places in a sequence: ten lines in training; four lines and the next have at most 106."""
NO_LINE = MOST_WORDS + 1
"""Words left where there is no tag to write next, nor an end."""
_FOLDED = {"—": "-", "–": "-", "…": "."}
_NO_WORDS = ("XX", "FW", "LS", "SYM", "ADD", "AFX", "NFP", "HYPH")
"""Tags, and beginnings of tags, of what the tagger found strange."""


@dataclass(frozen=True)
class Shape:
    """A line without its words.

    Attributes:
        tags: the fine tag of each word; composite ones are joined by `+`.
        syllables: the usual count of the whole line.
        close: the mark after the last word, one of `CLOSES`.
    """

    tags: tuple[str, ...]
    syllables: int
    close: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "close", _FOLDED.get(self.close, self.close))
        if not self.tags or self.syllables < 1 or self.close not in CLOSES:
            raise BadText(
                f"A shape of {len(self.tags)} words and {self.syllables} syllables that closes with '{self.close}' is "
                f"none. It has a word, a syllable, and one of these marks or none: {' '.join(CLOSES[1:])}"
            )


@dataclass(frozen=True)
class Bank:
    """The shapes that stand most often in verse as complete lines, and how often.

    Attributes:
        tags: numbers of the tags, shape after shape.
        words: how many tags each shape has.
        syllables: of each shape.
        counts: how often each stands there.
    """

    tags: np.ndarray
    words: np.ndarray
    syllables: np.ndarray
    counts: np.ndarray

    @cached_property
    def _count(self) -> dict[bytes, int]:
        cuts = np.concatenate([[0], np.cumsum(self.words, dtype=np.int64)]).tolist()
        data = self.tags.astype(np.uint8).tobytes()
        spans = zip(cuts[:-1], cuts[1:], self.syllables.tolist(), self.counts.tolist(), strict=True)
        return {data[start:stop] + bytes([syllables]): count for start, stop, syllables, count in spans}

    def count(self, tags: Sequence[int], syllables: int) -> int:
        """How often the shape stands in the bank; 0 for one that is not there."""
        return self._count.get(bytes(tags) + bytes([min(syllables, MOST_SYLLABLES)]), 0)


@dataclass(frozen=True)
class Structure:
    """The table of symbols: which tags there are, which may end a line, and the bank.

    Attributes:
        tags: by number; the first is `OTHER`.
        ending: of the places of each tag in complete lines, the share that ends one [tags].
        bank: attested shapes.
    """

    tags: tuple[str, ...]
    ending: np.ndarray
    bank: Bank

    def __len__(self) -> int:
        """How many symbols there are."""
        return TAG + len(self.tags)

    @cached_property
    def number(self) -> dict[str, int]:
        """A tag's number."""
        return {tag: place for place, tag in enumerate(self.tags)}

    def numbers(self, tags: Sequence[str]) -> list[int]:
        """Numbers of tags; unknown ones are `OTHER`."""
        return [self.number.get(tag, 0) for tag in tags]

    @cached_property
    def enders(self) -> np.ndarray:
        """Whether a tag may end a line that wants to be complete: articles, prepositions and their like may not [tags].

        One place in fifty is the bound: nouns reach 29 of a hundred, can and will 2.4, prepositions 0.6.
        """
        return self.ending >= 0.02

    def symbols(self, shape: Shape, relation: int = 0) -> list[int]:
        """A line as the model reads and writes it; a very long one keeps its last words.

        Args:
            shape: of the line.
            relation: how many lines back it rhymes, 0 for none.
        """
        tags = self.numbers(shape.tags[-MOST_WORDS:])
        return [
            RELATION + relation,
            SYLLABLES + min(shape.syllables, MOST_SYLLABLES) - 1,
            WORDS + len(tags) - 1,
            CLOSE + CLOSES.index(shape.close),
            *(TAG + tag for tag in tags),
            END,
        ]

    def shape(self, symbols: Sequence[int]) -> tuple[int, Shape]:
        """The relation and the shape that symbols stand for.

        Raises:
            BadText: they are no line.
        """
        if not well_formed(symbols):
            raise BadText("These symbols are no line: expected a relation, syllables, words, a mark, tags and an end.")
        relation, syllables, _, close, *tags, _ = symbols
        named = tuple(self.tags[tag - TAG] for tag in tags)
        return relation - RELATION, Shape(named, syllables - SYLLABLES + 1, CLOSES[close - CLOSE])

    def attested(self, shape: Shape) -> int:
        """How often the bank has the tags with these syllables as a complete line."""
        numbers = self.numbers(shape.tags)
        return self.bank.count(numbers, shape.syllables) if all(numbers) else 0

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as plain arrays, for a file."""
        text = lambda words: np.frombuffer("\n".join(words).encode(), np.uint8)
        return {
            "tags": text(self.tags),
            "closes": text(CLOSES),
            "ending": self.ending.astype(np.float32),
            "bank_tags": self.bank.tags.astype(np.uint8),
            "bank_words": self.bank.words.astype(np.uint8),
            "bank_syllables": self.bank.syllables.astype(np.uint8),
            "bank_counts": self.bank.counts.astype(np.uint16),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Structure:
        """The table that gave these arrays.

        Raises:
            BadModel: something is missing, of another version, or does not fit together.
        """
        text = lambda name: tuple(np.asarray(arrays[name], np.uint8).tobytes().decode().split("\n"))
        try:
            bank = Bank(*(np.asarray(arrays[f"bank_{name}"]) for name in ("tags", "words", "syllables", "counts")))
            table, marks = cls(text("tags"), np.asarray(arrays["ending"]), bank), text("closes")
        except (KeyError, ValueError) as error:
            raise BadModel(f"The model's table of shapes cannot be read: {error}. Train it again.") from error
        known = len(table.tags)
        whole = bank.words.sum() == len(bank.tags) and len(bank.words) == len(bank.syllables) == len(bank.counts)
        if not (whole and 1 < known <= 256 and len(table.ending) == known and bank.tags.max(initial=0) < known):
            raise BadModel("The model's table of shapes does not fit together. Train it again, or get the file again.")
        if marks != CLOSES:
            raise BadModel(
                f"The model knows the marks {' '.join(marks)}, this version {' '.join(CLOSES)}. Train again."
            )
        return table


class Reads(NamedTuple):
    """What the places of sequences read, numbers of one shape.

    Attributes:
        symbol: the symbol.
        left: words still to write after it, `NO_LINE` outside of tags.
        syllables: of the line; 0 where that is not known yet.
        close: the place of the line's mark in `CLOSES`, plus one; 0 where that is not known yet.
    """

    symbol: np.ndarray
    left: np.ndarray
    syllables: np.ndarray
    close: np.ndarray


def reading(symbols: Sequence[int]) -> Reads:
    """What the places of one sequence of symbols read; the sequence begins with `BEGIN` [places]."""
    rows, left, words, syllables, close = [], NO_LINE, 0, 0, 0
    for symbol in symbols:
        if symbol < SYLLABLES:
            left, syllables, close = NO_LINE, 0, 0
        elif symbol < WORDS:
            syllables = symbol - SYLLABLES + 1
        elif symbol < CLOSE:
            words = symbol - WORDS + 1
        elif symbol < TAG:
            left, close = words, symbol - CLOSE + 1
        else:
            left -= 1
        rows.append((symbol, left, syllables, close))
    return Reads(*np.array(rows, np.int32).T)


def well_formed(symbols: Sequence[int]) -> bool:
    """Whether symbols are exactly one line: each field once and in order, as many tags as words, all of them known, and
    no more words than syllables.
    """
    if len(symbols) < HEAD + 2 or symbols[-1] != END:
        return False
    relation, syllables, words, close, *tags, _ = symbols
    fields = RELATION <= relation < SYLLABLES <= syllables < WORDS <= words < CLOSE <= close < TAG
    number = words - WORDS + 1
    fits = number == len(tags) and number <= syllables - SYLLABLES + 1
    return fields and fits and all(tag > TAG for tag in tags)


# -------------------------------------------------------------------------------------------------------- from a corpus


def learn(verse: Verse, complete: Verse | None = None, least: int = 80, room: int = 40_000) -> Structure:
    """The table of a training text.

    Args:
        verse: lines whose tags are to be known.
        complete: lines to fill the bank from (and to learn ends from), by default the same; more lines are better.
        least: occurrences from which on a tag is known.
        room: most shapes in the bank.

    Raises:
        BadText: no tag is common enough.
    """
    lines, kinds = verse.lines, verse.lines.kinds
    found = Counter[str]()
    for row, count in enumerate(np.bincount(words_of(lines, verse.rows), minlength=len(kinds)).tolist()):
        found[kinds.tags[row]] += count
    known = (tag for tag, count in found.items() if count >= least and tag[0].isalpha())
    common = sorted(tag for tag in known if not tag.startswith(_NO_WORDS))
    if not common:
        raise BadText(f"No part of speech stands {least} times in the text. Give more of it.")
    tags = (OTHER, *common[:255])
    complete = complete or verse
    whole = complete.rows[is_complete(complete.lines)[complete.rows]]
    return Structure(tags, *_complete(complete.lines, whole, tags, room))


def is_complete(lines: Lines) -> np.ndarray:
    """Which lines are whole by themselves: a mark closes them, and the one before, if there is one [n]."""
    closed = lines.close != ""
    return closed & (np.concatenate([[True], closed[:-1]]) | lines.gap)


def relations(kinds: np.ndarray) -> np.ndarray:
    """How many lines back a line rhymes: the nearest exact rhyme, else the nearest other of `RHYMING`; 0 for none.

    Args:
        kinds: of rhyme with each of the last lines, places in `KINDS` [n, lines back].
    """
    found = np.zeros(len(kinds), np.int32)
    for wanted in ([KINDS.index(kind) for kind in EXACT], [KINDS.index(kind) for kind in RHYMING]):
        fits = np.isin(kinds, wanted)
        found = np.where((found == 0) & fits.any(1), fits.argmax(1) + 1, found)
    return found


def relation_of(kinds: Sequence[Kind]) -> int:
    """How many lines back one line rhymes, 0 for none.

    Args:
        kinds: of rhyme with the line before, the one before that, and so on.
    """
    return int(relations(np.array([[KINDS.index(kind) for kind in kinds]]))[0]) if kinds else 0


def tag_numbers(lines: Lines, tags: Sequence[str]) -> np.ndarray:
    """The number of the tag of every kind of word of a source; 0 for tags that are not known [kinds]."""
    number = {tag: place for place, tag in enumerate(tags)}
    return np.array([number.get(tag, 0) for tag in lines.kinds.tags], np.uint8)


def words_of(lines: Lines, rows: np.ndarray) -> np.ndarray:
    """The words of chosen lines, in order, as rows of the source's kinds."""
    chosen = np.zeros(len(lines), bool)
    chosen[rows] = True
    return lines.words[np.repeat(chosen, lines.lengths)]


def usual_syllables(lines: Lines) -> np.ndarray:
    """The usual count of every line, at most what can be told [n]."""
    totals = np.add.reduceat(lines.kinds.usual[lines.words].astype(np.int32), lines.offsets[:-1])
    return np.minimum(totals, MOST_SYLLABLES)


def closing(lines: Lines) -> np.ndarray:
    """The mark that closes every line, as its place in `CLOSES` [n]."""
    marks, inverse = np.unique(lines.close, return_inverse=True)
    folded = [_FOLDED.get(str(mark), str(mark)) for mark in marks]
    return np.array([CLOSES.index(mark) if mark in CLOSES else 0 for mark in folded])[inverse]


def shape_of(lines: Lines, line: int) -> Shape:
    """The shape of one line of a source."""
    tags = tuple(tag for _, tag in lines.of(line))
    usual = lines.kinds.usual[lines.words[lines.offsets[line] : lines.offsets[line + 1]]]
    return Shape(tags, int(usual.sum()), str(lines.close[line]))


def _complete(lines: Lines, rows: np.ndarray, tags: Collection[str], room: int) -> tuple[np.ndarray, Bank]:
    """How often each tag ends a complete line, and the bank of those that stand at least twice."""
    number = tag_numbers(lines, tuple(tags))
    coded, last = number[words_of(lines, rows)], number[lines.ends[rows]]
    ending = np.bincount(last, minlength=len(tags)) / np.maximum(np.bincount(coded, minlength=len(tags)), 1)
    cuts = np.concatenate([[0], np.cumsum(lines.lengths[rows])]).tolist()
    syllables, data = usual_syllables(lines)[rows].tolist(), coded.tobytes()
    spans = zip(cuts[:-1], cuts[1:], syllables, strict=True)
    counts = Counter((data[start:stop], spoken) for start, stop, spoken in spans if stop - start <= MOST_WORDS)
    often = [(shape, count) for shape, count in counts.items() if count > 1 and 0 not in shape[0]]
    often = sorted(often, key=lambda item: (-item[1], item[0]))[:room]
    bank = Bank(
        tags=np.frombuffer(b"".join(shape for (shape, _), _ in often), np.uint8),
        words=np.array([len(shape) for (shape, _), _ in often], np.uint8),
        syllables=np.array([spoken for (_, spoken), _ in often], np.uint8),
        counts=np.array([min(count, 65_535) for _, count in often], np.uint16),
    )
    return ending.astype(np.float32), bank
