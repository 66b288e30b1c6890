"""Lines that stand already, changed: one word anew, or gaps filled between given words."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence

import numpy as np

from . import judging
from .decode import gaps
from .decode.gaps import Anew
from .decode.ladder import Asked, Rung
from .decode.masks import added, remaining
from .decode.request import Request
from .decode.search import Given, Task
from .errors import BadSetting, BadText, NothingFits
from .judging import Candidate, Filling
from .models.shape import MOST_WORDS
from .page import Page, Sung, length
from .text import lemma, syllables
from .text.rhyme import EXACT, compared
from .text.words import is_word, key, tokens
from .tools import Scene, Tools
from .wishes import LONGEST, Suggestion, Wishes

GAP = re.compile(r"_+|\.\.\.|…")
MOST_GAPS = 8
SHAPES = 12
"""Shapes of a pattern that are filled."""
TAGS = ("NN", "NNS", "JJ", "VBD", "VBZ", "VBP", "VB", "VBG", "VBN", "RB", "IN", "DT", "PRP", "PRP$", "CC")
"""Tags that a gap may have."""


def scene_of(tools: Tools, draft: Sequence[str], line: int, wishes: Wishes) -> tuple[Scene, Sung]:
    """What a rewriting sees: the lines before, and those of the section that the line rhymes with now.

    Args:
        tools: the voice.
        draft: lines of the song.
        line: which one, from 1.
        wishes: as given; those about scheme and likeness don't count.

    Raises:
        BadSetting: there is no such line.
    """
    whole = Page.of(draft)
    sung = whole.line(line, "to be written anew")
    place = whole.lines.index(sung)
    before = Page.of(draft[: line - 1])
    page = dataclasses.replace(before, fresh=sung.first)
    start = max(p for p, one in enumerate(whole.lines[: place + 1]) if one.first)
    stop = next((p for p in range(place + 1, len(whole.lines)) if whole.lines[p].first), len(whole.lines))
    end = tools.ending(sung)
    others = [one for one in whole.lines[start:stop] if one is not sung]
    partners = [one for one in others if compared(tools.ending(one), end).kind in EXACT]
    wishes = dataclasses.replace(wishes, scheme="", rhyme_with=None, like=None)
    return tools.scene(page, wishes, partners), sung


def words_anew(tools: Tools, scene: Scene, sung: Sung, word: int) -> Iterator[Suggestion]:
    """The line with another word in one place: the same tag, the count of syllables kept, at the end the rhyme too.

    Args:
        tools: the voice.
        scene: from `scene_of`.
        sung: the line.
        word: its place, from 0.

    Raises:
        BadSetting: the line has no such word.
        NothingFits: no other word can stand there.
    """
    tagged, palette = tools.tagged(sung.text), scene.search.palette
    if not 0 <= word < len(tagged):
        raise BadSetting(f"Line {sung.number} has words 0 to {len(tagged) - 1}; {word} is none of them.")
    given = {p: Given.of(*pair, palette, tools.known) for p, pair in enumerate(tagged) if p != word}
    kinds = np.array([given[p].kind if p in given else -1 for p in range(len(tagged))])
    tag = tagged[word][1] if tagged[word][1] in tools.voice.lexis.tag_number else tools.tags(tagged[word][0])[0]
    tags = tuple(tag if p == word else other for p, (_, other) in enumerate(tagged))
    numbers = tuple(tools.voice.lexis.tag_number.get(one, 0) for one in tags)
    ends = None
    if word == len(tagged) - 1 and scene.partners:
        found = tools.ends.rhyming([tools.ending(one) for one in scene.partners], scene.wishes.kinds)
        ends = found.kinds[palette.open[found.kinds] & (tools.voice.lexis.kind_tag[found.kinds] == numbers[word])]
    task = Task(numbers, _total(tools, sung), ends, given)
    listed = Anew(scene.search, task, scene.before, scene.memory).words(kinds, word)
    own = tagged[word][0]
    filling = Filling(Rung(Asked(tags, task.syllables), (), ()), task, 0.0)
    told = 0
    for kind in listed.kinds.tolist():
        text = tools.voice.lexis.words[tools.voice.lexis.kind_word[kind]]
        if lemma.same(text, own):
            continue
        words = tuple(text if p == word else other for p, (other, _) in enumerate(tagged))
        one = Candidate(filling, words, np.where(kinds < 0, kind, kinds), np.zeros(len(words)))
        offered, reason = judging.suggestion(tools, scene, one), f"{text} for {own}"
        yield dataclasses.replace(offered, text=_swapped(sung.text, word, text), reasons=(reason, *offered.reasons))
        told += 1
        if told == scene.wishes.count:
            return
    if not told:
        raise NothingFits(f"No other word fits in the place of '{own}'. Write the whole line anew.")


def filled(tools: Tools, scene: Scene, pattern: str) -> Iterator[Suggestion]:
    """A line in which some words stand already.

    Args:
        tools: the voice.
        scene: the request.
        pattern: with `___` for each word to be found.

    Raises:
        BadText: no gap, too many, or too many words.
        NothingFits: no line can keep every wish.
    """
    places = parsed(pattern)
    open_ = [place for place, word in enumerate(places) if word is None]
    wishes, palette = scene.wishes, scene.search.palette
    last = len(places) - 1
    kinds = wishes.kinds if scene.partners and places[last] is None and not wishes.end else ()
    if wishes.end and places[last] is None:
        places[last] = key(wishes.end)
        open_.remove(last)
    known = {place: word for place, word in enumerate(places) if word is not None}
    asked, given = {}, {}
    for tags, likely in _tag_rows(tools, places):
        given = {p: Given.of(word, tags[p], palette, tools.known) for p, word in known.items()}
        for total in _totals(tools, scene, tags, given):
            asked.setdefault(Asked(tags, total, kinds), likely)
    partners = [tools.ending(sung) for sung in scene.partners] if kinds else []
    end = given.pop(last, None)
    request = Request(scene.search, tools.ends, partners, scene.without, given=given, end=end)
    found = request.tasks(
        list(asked), candidates=96, enough=1, most=SHAPES, strict=wishes.strict, lengthen=wishes.syllables is None
    )
    lines: list[Candidate] = []
    for place, (rung, task) in enumerate(found):
        few = dataclasses.replace(task, candidates=16)
        written = gaps.fill(scene.search, few, scene.before, wishes.seed + place, memory=scene.memory)
        filling = Filling(rung, task, asked.get(rung.asked, min(asked.values())))
        rows = zip(written.texts, written.kinds, written.surprise, strict=True)
        lines += [Candidate(filling, words, own, cost) for words, own, cost in itertools.islice(rows, 12)
                  if words not in tools.voice.copies]  # fmt: skip
    if not lines:
        raise NothingFits("No words fill these gaps. Give fewer words, or another count of syllables.")
    for one in judging.ranked(tools, scene, lines, [], wishes.count):
        offered = judging.suggestion(tools, scene, one)
        new = ", ".join(one.words[place] for place in open_)
        yield dataclasses.replace(offered, reasons=(f"filled in: {new}", *offered.reasons))


def parsed(pattern: str) -> list[str | None]:
    """The words of a pattern, and none for each gap.

    Raises:
        BadText: no gap, too many, or too many words.
    """
    found: list[str | None] = []
    for part in re.split(rf"({GAP.pattern})", pattern):
        found += [None] if GAP.fullmatch(part) else [key(token) for token in tokens(part) if is_word(token)]
    count = found.count(None)
    if not 1 <= count <= MOST_GAPS or len(found) > MOST_WORDS:
        raise BadText(
            f"'{pattern[:60]}' has {count} gaps and {len(found)} words: expected 1 to {MOST_GAPS} gaps and at most "
            f"{MOST_WORDS} words. Write ___ for each word to be found."
        )
    return found


def _tag_rows(tools: Tools, places: Sequence[str | None]) -> list[tuple[tuple[str, ...], float]]:
    """The likeliest tags for a pattern, by which tags follow each other in verse; words that stand keep theirs."""
    filled_in = " ".join(word or "thing" for word in places)
    own = [tag for _, tag in tools.tagged(filled_in)]
    follows = tools.following
    number = tools.voice.table.number
    beams: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for place, word in enumerate(places):
        choices = TAGS if word is None else (own[place],)
        grown = []
        for score, tags in beams:
            before = number.get(tags[-1], 0) if tags else len(follows) - 1
            for tag in choices:
                if place == len(places) - 1 and word is None and not tools.voice.table.enders[number.get(tag, 0)]:
                    continue
                grown.append((score + follows[before, number.get(tag, 0)], (*tags, tag)))
        beams = sorted(grown, key=lambda beam: -beam[0])[:48]
    return [(tags, score / len(places)) for score, tags in beams[:SHAPES]]


def _totals(tools: Tools, scene: Scene, tags: tuple[str, ...], given: dict[int, Given]) -> list[int]:
    """Counts of syllables to try: the one wished for, or the partner's, or two that leave room in every gap."""
    palette, number = scene.search.palette, tools.voice.lexis.tag_number
    sets = [given[p].sets if p in given else int(palette.unions[number.get(tag, 0)]) for p, tag in enumerate(tags)]
    reachable = remaining(sets)[0]
    wished = scene.wishes.syllables or (length(scene.partners[-1], tools.known) if scene.partners else None)
    if wished is None and scene.page.lines:
        wished = length(scene.page.lines[-1], tools.known)
    fits = [n for n in range(1, LONGEST + 1) if reachable >> n & 1]
    if wished in fits or scene.wishes.syllables:
        return [wished] if wished else []
    usual = sum(one.count for one in given.values()) + round(1.4 * (len(tags) - len(given)))
    return sorted(fits, key=lambda n: abs(n - usual))[:2]


def _total(tools: Tools, sung: Sung) -> int:
    """The usual count of a line."""
    total = length(sung, tools.known)
    strict = 1
    for word in sung.words:
        strict = added(strict, syllables.strict(tools.known.pronounce(word)))
    return total if strict >> total & 1 else int(np.log2(strict & -strict))


def _swapped(line: str, word: int, new: str) -> str:
    """A line as typed with another word in one place; a capital stays."""
    found = [match for match in re.finditer(r"\S+", line) if any(is_word(token) for token in tokens(match[0]))]
    pieces = [token for token in tokens(line) if is_word(token)]
    place = 0
    for match in found:
        inside = [token for token in tokens(match[0]) if is_word(token)]
        if place <= word < place + len(inside):
            old = inside[word - place]
            said = new[:1].upper() + new[1:] if old[:1].isupper() and (word == 0 or old != "I") else new
            at = match.start() + match[0].find(old)
            if match[0].find(old) >= 0:
                return line[:at] + said + line[at + len(old) :]
        place += len(inside)
    return " ".join(new if p == word else token for p, token in enumerate(pieces))
