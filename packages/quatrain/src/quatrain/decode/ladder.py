"""What to give up when nothing fits, in which order, and what the songwriter is told.

    another word kind inside the line      a plural where the shape had a noun
    another word kind at the end           a verb where the shape had a noun; content words only
    one syllable more, one syllable less
    a rhyme that only one of two dictionaries hears
    near rhyme (family)
    near rhyme (assonance)

The rungs are ordered so that the rhyme is given up last: first everything above is tried with the rhyme kept. What is
given up has its label, which reaches the songwriter; nothing is relaxed silently. Whether a rung holds is arithmetic on
sets of syllables (`masks`), so thousands are tried in a few milliseconds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import NothingFits
from ..text.lists import listed
from ..text.rhyme import Kind
from ..text.tagging import is_content
from .masks import added, remaining

KIN = tuple(
    listed(group)
    for group in (
        "NN NNS", "NNP NNPS", "VB VBP", "VBD VBZ VBP", "VBN VBG JJ", "JJ JJR JJS", "RB RBR", "DT PRP$ CD PDT",
        "IN RP TO", "PRP EX", "WDT WP",
    )
)  # fmt: skip
"""Tags that may stand in for each other inside a line without breaking it."""
ENDS = tuple(listed("NN NNS VB JJ VBN VBD VBG VBZ VBP RB"))
"""Tags of end words, the ones that rhyme lists are richest in first."""
NEARER = (Kind.FAMILY, Kind.ASSONANCE)
"""Rhymes to fall back on, the nearest first."""
END = -1
"""The last place, however long the line."""
SPREAD = (0, 1, -1)
"""Syllables more than asked, in the order of trying."""
_SPOKEN = dict(
    NN="noun", NNS="plural noun", NNP="name", NNPS="plural name", JJ="adjective", JJR="comparative",
    JJS="superlative", RB="adverb", RBR="comparative adverb", RP="particle", IN="preposition", TO="to", PRP="pronoun",
    DT="article", CD="number", PDT="predeterminer", EX="there", WDT="which", WP="who", VB="verb", VBP="verb",
    VBZ="verb with -s", VBD="past verb", VBN="past participle", VBG="verb with -ing",
)  # fmt: skip
_SPOKEN["PRP$"] = "possessive"


@dataclass(frozen=True)
class Asked:
    """What a line should be.

    Attributes:
        tags: of its words.
        syllables: of the whole line.
        kinds: how its end may rhyme; none if it need not.
        sure: whether the rhyme has to be sure (`ends`).
    """

    tags: tuple[str, ...]
    syllables: int
    kinds: tuple[Kind, ...] = ()
    sure: bool = True


@dataclass(frozen=True)
class Rung:
    """What can be had instead.

    Attributes:
        asked: what to write.
        relaxed: labels of what was given up; none if nothing was.
        cost: how much is given up: rhyme, syllables, end, inside; the first difference counts.
    """

    asked: Asked
    relaxed: tuple[str, ...]
    cost: tuple[int, ...]


Supply = Callable[[int, str], int]
"""Place and tag -> the syllable counts that words there can have, a bit mask; the last place without a rhyme."""
Rhymes = Callable[[str, tuple[Kind, ...]], int]
"""Tag and kinds of rhyme -> the counts that such end words can have, a bit mask."""
ONE_EAR = "a rhyme in one dictionary only"


@dataclass(frozen=True)
class Ladder:
    """The rungs for one stock of words.

    Attributes:
        supply: the words inside a line.
        rhymes: the end words that rhyme surely.
        fixed: places whose word is the songwriter's, `END` for the last; their tags stay.
        lengthen: whether the count of syllables may change.
        unsure: the end words that rhyme in some reading or by one dictionary; none to offer no such rhyme.
    """

    supply: Supply
    rhymes: Rhymes
    fixed: frozenset[int] = frozenset()
    lengthen: bool = True
    unsure: Rhymes | None = None

    def rungs(self, asked: Asked) -> Iterator[Rung]:
        """What fits, from what was asked to what gives up most; the inside changes only where nothing else will do."""
        last = len(asked.tags) - 1
        inside = [(asked.tags[:last], "")] + [
            ((*asked.tags[:place], tag, *asked.tags[place + 1 : last]), _inside(asked.tags[place], tag))
            for place in range(last)
            if place not in self.fixed
            for tag in kin(asked.tags[place])
        ]
        totals = [remaining([self.supply(place, tag) for place, tag in enumerate(tags)])[0] for tags, _ in inside]
        sums = functools.cache(added)
        for near, (kinds, sure, loose) in enumerate(self._kinds(asked)):
            for syllables in [asked.syllables + d for d in SPREAD if self.lengthen or not d]:
                for swapped, end in enumerate(self._ends(asked.tags[last], last)):
                    endings = self.rhymes(end, kinds) if sure or not self.unsure else self.unsure(end, kinds)
                    fits = (p for p, total in enumerate(totals) if sums(total, endings) >> syllables & 1)
                    place = next(fits, -1)
                    if syllables < 1 or place < 0:
                        continue
                    tags, inner = inside[place]
                    relaxed = (
                        loose,
                        _longer(syllables - asked.syllables),
                        f"ends on {_a(end)} instead of {_a(asked.tags[last])}" if swapped else "",
                        inner,
                    )
                    cost = (near, SPREAD.index(syllables - asked.syllables), min(swapped, 1), min(place, 1))
                    yield Rung(Asked((*tags, end), syllables, kinds, sure), tuple(filter(None, relaxed)), cost)

    def _kinds(self, asked: Asked) -> list[tuple[tuple[Kind, ...], bool, str]]:
        """The rhymes to try, with their labels: as asked, then looser ones, one kind each, so that labels are true."""
        tried = [(asked.kinds, asked.sure, "")]
        if asked.kinds:
            tried += [(asked.kinds, False, ONE_EAR)] if asked.sure and self.unsure else []
            tried += [((kind,), not self.unsure, f"near rhyme ({kind})") for kind in NEARER if kind not in asked.kinds]
        return tried

    def _ends(self, tag: str, last: int) -> tuple[str, ...]:
        """Tags of the end word to try: as asked, its kin, then the others."""
        if not self.fixed.isdisjoint((last, END)):
            return (tag,)
        return tuple(dict.fromkeys((tag, *(kin(tag) if is_content(tag) else ()), *ENDS)))


def settle(
    ladder: Ladder,
    wishes: Sequence[Asked],
    variety: Callable[[Asked], frozenset[int]],
    enough: int = 5,
    most: int = 12,
    strict: bool = False,
) -> list[Rung]:
    """What to write: every wish that fits as it is; if that gives too few end words, what gives up least as well.

    First it is climbed until there are enough end words; then every other shape may be written at that height too.

    Args:
        ladder: the rungs.
        wishes: shapes to fill, the best first.
        variety: the end words with which something asked can be written.
        enough: end words that are wanted, of all shapes together.
        most: shapes to write at most.
        strict: give up nothing.

    Raises:
        NothingFits: no wish fits (as it is, if `strict`); the message names what to give up.
    """
    climbs = [ladder.rungs(asked) for asked in wishes]
    heads = {place: rung for place, climb in enumerate(climbs) if (rung := next(climb, None))}
    settled = [rung for rung in heads.values() if not rung.relaxed][:most]
    if strict and not settled:
        raise NothingFits(_refusal(wishes, min(heads.values(), key=lambda rung: rung.cost, default=None)))
    words = frozenset[int]().union(*(variety(rung.asked) for rung in settled))
    if strict or len(words) >= enough:
        return settled
    settled = settled[: max(most // 2, 1)]  # what gives up something needs room too
    passed: list[tuple[int, Rung, frozenset[int]]] = []
    taken: set[int] = set()
    while heads and len(settled) < most:
        place = min(heads, key=lambda p: (heads[p].cost, p))
        rung = heads.pop(place)
        if settled and len(words) >= enough and rung.cost > settled[-1].cost:
            break
        if following := next(climbs[place], None):
            heads[place] = following
        if rung.relaxed:
            new = variety(rung.asked)
            if not settled or (len(words) < enough and not new <= words):
                settled, words = [*settled, rung], words | new
                taken.add(place)
            else:
                passed.append((place, rung, new))
    for place, rung, new in passed:
        if len(settled) < most and place not in taken and len(new) >= enough:
            settled.append(rung)
            taken.add(place)
    if not settled:
        raise NothingFits(_refusal(wishes, None))
    return settled


def kin(tag: str) -> tuple[str, ...]:
    """Tags that may stand in for one, in order; none for a tag of several parts."""
    found = [other for group in KIN if tag in group for other in group if other != tag]
    return tuple(dict.fromkeys(found))


def _inside(old: str, new: str) -> str:
    return f"{_a(new)} instead of {_a(old)} inside the line"


def _longer(more: int) -> str:
    return {0: "", 1: "one syllable more", -1: "one syllable less"}[more]


def _a(tag: str) -> str:
    name = _SPOKEN.get(tag, _SPOKEN.get(tag.partition("+")[0], "word"))
    return name if name in ("to", "there", "which", "who") else ("an " if name[0] in "aeiou" else "a ") + name


def _refusal(wishes: Sequence[Asked], rung: Rung | None) -> str:
    """Why nothing fits, and which wish to relax."""
    if not wishes:
        return "No shape was given to fill. Give one, or a line to take it from."
    one = wishes[0]
    lengths = sorted({asked.syllables for asked in wishes})
    count = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
    rhyme = f" with a {' or '.join(map(str, one.kinds))} rhyme" if one.kinds else ""
    fact = f"No line of {count} syllables{rhyme} fits the shape."
    if rung:
        return f"{fact} Allow this: {'; '.join(rung.relaxed)}."
    return f"{fact} Ask for another count of syllables, another rhyme, or another shape."
