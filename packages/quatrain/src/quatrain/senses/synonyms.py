"""Synonyms for the word menu: by meaning, inflected like the word they replace, with their metre.

    walked  VBD   use one's feet to advance      strolled, marched, strode, trod, trudged ...

Of a meaning's words come first those that share it, then narrower ones (stroll for walk), then wider ones and those
that share the wider meaning; of the last two only words that are also met in the same places (`fields.py`). Within a
step common words, and those near in use, stand first.

Source: WordNet 3.1 (its licence is in `data/LICENSES.txt`); the forms are made by `lemmas.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ..text import diction, lemma, stress, syllables
from ..text.diction import Filters
from ..text.lexicon import Lexicon, lexicon
from ..text.words import pieces
from . import inflection
from .lemmas import FORMS, lemmas
from .packing import numbers, shipped

NONE = 0xFFFF
RARE = 40
"""Words that are rarer than this (in the unit of `Lemmas.use`) are left out: nobody knows them."""
LIKE = 80
"""So much of `Lemmas.use` (ten doublings of the count) is worth as much as a likeness of one."""
FILTERS = Filters(names=False)
"""WordNet's words with a small letter are no names, whatever their spelling."""


_NEEDED = {"narrower": 0.05, "wider": 0.15, "beside": 0.35}
"""How like (`fields.py`) a word must be to the one it replaces, by step; chance is 0 ± 0.13."""
_UNKNOWN = 0.15
"""The likeness of a word without a vector."""


class Step(StrEnum):
    """How near a word is in meaning, the nearest first."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    BESIDE = "beside"


@dataclass(frozen=True)
class Synonym:
    """One word to put in the place of another.

    Attributes:
        word: inflected, ready to be written.
        step: how near it is in meaning.
        syllables: the usual count.
        stress: one sign a syllable (`stress.of_word`).
        same_metre: whether it can be sung where the word stood: a count in common, no strong syllable on a weak one.
        common: how common its lemma is (`Lemmas.use`).
    """

    word: str
    step: Step
    syllables: int
    stress: str
    same_metre: bool
    common: int


@dataclass(frozen=True)
class Meaning:
    """One meaning of the word that was asked for.

    Attributes:
        gloss: a short definition.
        tag: the tag that its words are inflected for.
        words: the nearest first.
    """

    gloss: str
    tag: str
    words: tuple[Synonym, ...]


def synonyms(
    word: str, tag: str = "", words: Lexicon | None = None, filters: Filters = FILTERS, same_metre: bool = False,
    limit: int = 24,
) -> list[Meaning]:  # fmt: skip
    """Other words for one, by meaning, the usual meanings first; a word stands under the first meaning that has it.

    Args:
        word: as in a line: walked, walkin', bird's.
        tag: its fine tag; without one, the tags that the word most likely has (`tags_of`).
        words: a lexicon with somebody's own pronunciations.
        filters: what to leave out.
        same_metre: only words that can be sung in its place.
        limit: most words of one meaning.

    Returns:
        Nothing for words of grammar and words that are not known.

    >>> "strolled" in [one.word for meaning in synonyms("walked", "VBD") for one in meaning.words]
    True
    """
    menu = _Menu(word.lower().replace("’", "'"), words or lexicon(), filters, same_metre)
    tags = [tag] if tag else tags_of(word)
    found = [menu.meaning(number, one) for one in tags for number in _meanings(word, one)]
    return [Meaning(one.gloss, one.tag, one.words[:limit]) for one in found if one.words]


def tags_of(word: str) -> list[str]:
    """The tags that a word may have by its form, at most two, the most usual first."""
    known = lemmas()
    found: dict[str, int] = {}
    for lemma_number in known.of(word):
        for part, tags in FORMS.items():
            for tag in tags:
                if tag != "VBP" and known.form(lemma_number, tag) == pieces(word.lower().replace("’", "'"))[0]:
                    found[tag] = max(found.get(tag, 0), known.use(lemma_number, part))
    return sorted(found, key=lambda tag: -found[tag])[:2]


class _Menu:
    """Collects the words for one that was asked for."""

    def __init__(self, word: str, known: Lexicon, filters: Filters, same_metre: bool) -> None:
        self._word, self._known, self._filters, self._same_metre = word, known, filters, same_metre
        self._seen: set[str] = set()

    def meaning(self, number: int, tag: str) -> Meaning:
        """The words for one meaning that no earlier meaning had."""
        head = tag.partition("+")[0]
        found: list[tuple[float, Synonym]] = []
        around = [(step, other) for step, other in _around(number) if lemmas().use(other) >= RARE]
        near = self._near([other for _, other in around], tag)
        for (step, other), like in zip(around, near, strict=True):
            form = lemmas().form(other, head) if like >= _NEEDED.get(step, -1.0) else ""
            written = _dressed(form, self._word) if form else ""
            if written and written not in self._seen and self._fits(written, tag):
                common = lemmas().use(other, inflection.PARTS[head])
                one = self._synonym(written, tag, step, common)
                if one.same_metre or not self._same_metre:
                    self._seen.add(written)
                    found.append((common / LIKE + like, one))
        found.sort(key=lambda item: (list(Step).index(item[1].step), -item[0], item[1].word))
        return Meaning(_glosses()[number], tag, tuple(one for _, one in found))

    def _near(self, others: list[int], tag: str) -> list[float]:
        """How like each lemma is to the word that was asked for."""
        from .fields import space  # the rest of the menu needs no arrays

        known = space()
        mine, rows = known.rows([self._word], [tag])[0], known.row[others]
        if mine < 0:
            return [_UNKNOWN] * len(others)
        likes = (known.vectors[rows] @ known.vectors[mine]).tolist()
        return [like if row >= 0 else _UNKNOWN for like, row in zip(likes, rows.tolist(), strict=True)]

    def _fits(self, written: str, tag: str) -> bool:
        marks = diction.marks(written, tag)
        return not marks & self._filters.mask and not lemma.same(written, self._word)

    def _synonym(self, written: str, tag: str, step: Step, common: int) -> Synonym:
        said, mine = self._known.pronounce(written, tag), self._known.pronounce(self._word, tag)
        signs = stress.of_word(said.first, said.word)
        fits = bool(syllables.strict(said) & syllables.strict(mine))
        even = _agree(signs, stress.of_word(mine.first, mine.word))
        return Synonym(written, step, syllables.usual(said), signs, fits and even, common)


def _agree(first: str, second: str) -> bool:
    """Whether no strong syllable stands where the other word has a weak one."""
    plain = [signs.replace("+", "?").replace("-", "?").replace("2", "?") for signs in (first, second)]
    return len(first) != len(second) or all(a == b or "?" in (a, b) for a, b in zip(*plain, strict=True))


def _dressed(form: str, like: str) -> str:
    """A form written as the word it replaces: without its g (walkin'), with its 's."""
    if like.endswith("in'") and form.endswith("ing"):
        return form[:-1] + "'"
    if like.endswith("'s"):
        return form + "'s"
    if like.endswith("s'"):
        return form + ("'" if form.endswith("s") else "'s")
    return form


# ------------------------------------------------------------------------------------------------------------ the table


def _meanings(word: str, tag: str) -> list[int]:
    """The meanings of a word's lemmas as one part of speech, the usual ones first."""
    table, part = _table(), inflection.PARTS.get(tag.partition("+")[0], "")
    found: dict[int, int] = {}
    for number in lemmas().of(word, tag) if part else ():
        for place in range(table.starts[number], table.starts[number + 1]):
            meaning = table.senses[place]
            if table.parts[meaning] == part:
                found[meaning] = max(found.get(meaning, 0), table.weights[place])
    return sorted(found, key=lambda meaning: -found[meaning])


def _around(number: int) -> Iterator[tuple[Step, int]]:
    """The lemmas around a meaning, the nearest first."""
    table = _table()
    yield from ((Step.SAME, one) for one in table.of(number))
    for below in table.below.get(number, ()):
        yield from ((Step.NARROWER, one) for one in table.of(below))
    above = table.above[number]
    if above != NONE:
        yield from ((Step.WIDER, one) for one in table.of(above))
        for beside in table.below[above]:
            yield from ((Step.BESIDE, one) for one in table.of(beside))


class _Table:
    """The columns of `senses.bin`, as `making/senses.py` says."""

    def __init__(self, columns: dict[str, bytes]) -> None:
        self.starts, self.senses = numbers(columns["starts"], "I"), numbers(columns["senses"], "H")
        self.weights, self.parts = columns["weights"], columns["parts"].decode()
        self.above = numbers(columns["above"], "H")
        self._ends, self._members = numbers(columns["ends"], "I"), numbers(columns["members"], "H")
        self.below: dict[int, list[int]] = {}
        for number, above in enumerate(self.above):
            self.below.setdefault(above, []).append(number)

    def of(self, number: int) -> list[int]:
        """The lemmas that share a meaning."""
        return list(self._members[self._ends[number - 1] if number else 0 : self._ends[number]])


@functools.cache
def _table() -> _Table:
    return _Table(shipped("senses"))


@functools.cache
def _glosses() -> list[str]:
    return shipped("glosses")["glosses"].decode().split("\n")
