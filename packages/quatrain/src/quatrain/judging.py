"""Candidates of a request and what is known about each: from lines that fit to lines that are offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import ranking
from .decode.gaps import Anew
from .decode.ladder import Rung
from .decode.search import Task
from .decode.slots import Line, before
from .page import Page
from .ranking import Facts
from .senses.cliches import cliche
from .senses.fields import field, likeness
from .senses.pictures import picture
from .text import stress
from .text.lexicon import lexicon
from .text.rhyme import Kind, compared
from .text.tagging import is_content
from .tools import Scene, Tools
from .wishes import Suggestion

MOST_PER_END = 2
"""Suggestions with one end word, unless the songwriter gave it."""


@dataclass(frozen=True)
class Filling:
    """A shape that can be filled.

    Attributes:
        rung: what of the wishes it keeps.
        task: what to fill.
        likely: how natural the shape is.
    """

    rung: Rung
    task: Task
    likely: float


@dataclass
class Candidate:
    """A line that was written.

    Attributes:
        filling: the shape that it fills.
        words: keys.
        kinds: of them, -1 for one that the lexis does not know.
        surprise: of each word, in nats, in the order of words.
        merit: among the candidates.
    """

    filling: Filling
    words: tuple[str, ...]
    kinds: np.ndarray
    surprise: np.ndarray
    merit: float = 0.0

    @property
    def tags(self) -> tuple[str, ...]:
        """Of its words."""
        return self.filling.rung.asked.tags


def ranked(
    tools: Tools, scene: Scene, found: Sequence[Candidate], told: Sequence[Candidate], count: int
) -> list[Candidate]:
    """The best set, in order.

    Args:
        tools: the voice.
        scene: the request.
        found: candidates.
        told: those that were offered before; they count as chosen, and do not come again.
        count: how many more.
    """
    new = {one.words: one for one in found}
    for one in told:
        new.pop(one.words, None)
    everything = [*told, *new.values()]
    if not new:
        return []
    merits = ranking.scores(facts(tools, scene, everything))
    for one, merit in zip(everything, merits.tolist(), strict=True):
        one.merit = merit
    each = count + len(told) if scene.wishes.end else MOST_PER_END
    lines = [one.words for one in everything]
    return [everything[place] for place in ranking.choose(merits, lines, count, each, chosen=len(told))]


def facts(tools: Tools, scene: Scene, found: Sequence[Candidate]) -> Facts:
    """What is known about candidates."""
    lexis, lines = tools.voice.lexis, [one.words for one in found]
    ends = [int(one.kinds[-1]) for one in found]
    context = [word for line in scene.lines[-4:] for word in line.words]
    again = np.zeros(len(lexis.kind_word), bool)
    again[tools.stems.forms(word for line in scene.lines[-4:] for word in _content(line))] = True
    again &= tools.stems.picture
    rhymed = [line.words[-1] for line in scene.partners]
    mood = field(scene.wishes.words) if scene.wishes.words else None
    return Facts(
        fluency=-tools.voice.plain.surprise(lines, scene.heard),
        fit=-np.array([one.surprise.mean() for one in found]),
        worst=-np.array([one.surprise.max() for one in found]),
        lift=lift(tools, scene, found),
        picture=np.array([picture(one.words, one.tags) for one in found]),
        rarity=np.array([-np.log(lexis.counts[kind]) if kind >= 0 else 0.0 for kind in ends]),
        shape=np.array([one.filling.likely for one in found]),
        metre=-np.array([misses(tools, scene.metre, one) for one in found]),
        likeness=np.array([likeness(words, context) for words in lines]),
        mood=np.array([max(map(mood, one.words, one.tags)) if mood else 0.0 for one in found]),
        worn=np.array([max((cliche(word, words[-1]) for word in rhymed), default=0.0) for words in lines]),
        repeated=np.array([again[one.kinds[one.kinds >= 0]].sum() for one in found], float),
        relaxed=np.array([len(one.filling.rung.relaxed) for one in found], float),
    )


def lift(tools: Tools, scene: Scene, found: Sequence[Candidate]) -> np.ndarray:
    """How much less lines surprise after the draft than at the beginning of a song, in nats a word [candidates].

    Surprise alone says which line is common; this says which one belongs here.
    """
    if not scene.lines:
        return np.zeros(len(found))
    start = before((), tools.voice.lexis, tools.voice.vocabulary, tools.voice.source, known=tools.known)
    memory, alike, gained = scene.search.read(start), {}, np.zeros(len(found))
    for place, one in enumerate(found):
        alike.setdefault(id(one.filling.task), []).append(place)
    for places in alike.values():
        kinds = np.array([found[place].kinds for place in places])
        alone = Anew(scene.search, found[places[0]].filling.task, start, memory).surprise(np.maximum(kinds, 0))
        after = np.array([found[place].surprise for place in places])
        gained[places] = np.where(kinds >= 0, alone - after, 0.0).mean(1)
    return gained


def misses(tools: Tools, metre: str, one: Candidate) -> float:
    """Syllables of a line against a metre, for each syllable."""
    pairs = zip(one.words, one.tags, strict=True)
    said = "".join(stress.of_word(tools.known.pronounce(word, tag).first, word) for word, tag in pairs)
    foot = stress.METRES[metre]
    return stress.misses(said, (foot * len(said))[: len(said)]) / max(len(said), 1)


def suggestion(tools: Tools, scene: Scene, one: Candidate) -> Suggestion:
    """A candidate as it is offered, with its reasons."""
    rung = one.filling.rung
    partner = scene.partners[-1] if scene.partners else None
    said = tools.known.pronounce(one.words[-1], one.tags[-1])
    kind = compared(tools.ending(partner), said).kind if partner else Kind.NONE
    count = rung.asked.syllables
    reasons = [f"{count} syllable{'s' * (count != 1)}"]
    if partner:
        told = f"rhymes with {{}} ({kind})" if kind is not Kind.NONE else "no rhyme with {}"
        reasons.insert(0, f"{told.format(partner.words[-1])}, line {partner.number}")
    if scene.wishes.like is not None:
        reasons.append(f"the shape of line {scene.wishes.like}")
    reasons += [f"relaxed: {label}" for label in rung.relaxed]
    return Suggestion(
        text=written_out(one.words, one.tags, scene.page),
        words=one.words,
        tags=one.tags,
        syllables=count,
        partner=partner.number if partner else None,
        rhyme=kind,
        relaxed=rung.relaxed,
        score=round(one.merit, 4),
        reasons=tuple(reasons),
    )


def written_out(words: Sequence[str], tags: Sequence[str], page: Page) -> str:
    """Words as they are to be inserted: with a capital first if the draft's lines have one, I and names with theirs."""
    large = [sung.text[:1].isupper() for sung in page.lines if sung.text[:1].isalpha()]
    said = []
    for word, tag in zip(words, tags, strict=True):
        own = word.partition("'")[0] == "i" or tag.startswith("NNP") or lexicon().is_name(word)
        said.append(word[:1].upper() + word[1:] if own else word)
    text = " ".join(said)
    return text[:1].upper() + text[1:] if sum(large) * 2 >= len(large) else text


def _content(line: Line) -> list[str]:
    return [word for word, tag in zip(line.words, line.tags, strict=True) if is_content(tag)]
