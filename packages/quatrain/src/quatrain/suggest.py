"""The one door: a draft and wishes -> ranked lines, each with its reasons.

    page       the draft: lines, section, partners in rhyme
    tools      the voice; which shapes could come next             (models.drawing)
    request    which of them can be filled, and what to give up    (decode.request, decode.ladder)
    search     words for each shape, under the masks               (decode.search)
    judging    which lines to show, and why                        (ranking)

The first line comes after a small round of candidates, the others after a large one. The same voice, draft, wishes and
seed give the same lines, byte for byte, on one machine.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from . import judging, rewriting
from .decode.gaps import Anew
from .decode.ladder import Asked, Rung
from .decode.request import Request
from .decode.search import Given, Manner, Task
from .decode.slots import Line
from .decode.slots import before as read_before
from .errors import NothingFits
from .judging import Candidate, Filling
from .models import drawing
from .models.shape import COMPLETE, Shape
from .models.voice import Voice
from .page import Page
from .text import syllables
from .tools import Scene, Tools
from .wishes import Suggestion, Wishes

FIRST = (4, 6)
"""Shapes, and candidates of each, of the small round that the first line comes from."""
ROUND = (32, 360)
"""Shapes, and candidates of all of them, of the large round."""
MANNER = Manner(temperature=0.9, top=0.94)


DISAGREE = frozenset(
    [(who, "am") for who in ("you", "he", "she", "it", "we", "they", "who", "that", "this", "there")]
    + [(who, "is") for who in ("i", "you", "we", "they")]
    + [(who, "are") for who in ("i", "he", "she", "it")]
    + [(who, "were") for who in ("he", "she", "it")]
    + [(who, "was") for who in ("you", "we", "they")]
    + [(who, "has") for who in ("i", "you", "we", "they")]
    + [(who, "have") for who in ("he", "she", "it")]
)
"""Neighbours that no present-day line has; a tag (VBP) does not tell them apart."""


class Writer:
    """A loaded voice.

    Args:
        voice: loaded, or its name.
        masks: whether syllables and rhyme are held by masks; without them (for comparison) the models are only told.

    Raises:
        UnknownName: no such voice.
        BadModel: the voice is damaged.
    """

    def __init__(self, voice: Voice | str = "base", masks: bool = True) -> None:
        self.voice = Voice.load(voice) if isinstance(voice, str) else voice
        self.tools = Tools(self.voice, masks)

    def warm(self) -> None:
        """Do once what makes the first answer slow: the tagger is loaded, tables are built."""
        next(self.suggest(["The lamp is burning low."], Wishes(count=1, rhyme_with=1)))

    def suggest(self, draft: Sequence[str], wishes: Wishes | None = None) -> Iterator[Suggestion]:
        """The next line, the best first.

        Args:
            draft: lines of the song so far; empty ones and headings end a section. It may have none.
            wishes: about the line.

        Raises:
            BadSetting: a wish names a line that is not there.
            BadText: a line too long to be one.
            NothingFits: no line can keep every wish (only if `strict`, or if even the last rung fits nothing).
        """
        return self._suggest(self.tools.scene(Page.of(draft), wishes or Wishes()))

    def verse(self, draft: Sequence[str], wishes: Wishes | None = None, lines: int = 4) -> Iterator[list[Suggestion]]:
        """A whole next verse: for every line some suggestions; the first of each is what the next line goes on from.

        Args:
            draft: lines so far.
            wishes: about every line; without a scheme it is ABAB.
            lines: how many.

        Raises:
            BadSetting: a wish names a line that is not there.
            NothingFits: no line can keep every wish.
        """
        wishes = wishes or Wishes()
        wishes = dataclasses.replace(wishes, scheme=wishes.scheme or "ABAB", rhyme_with=None, end=None)
        going = [*draft, ""] if draft else []
        for number in range(lines):
            seed = (wishes.seed + number * 1_000_003) % 2**62
            found = list(self.suggest(going, dataclasses.replace(wishes, seed=seed)))
            yield found
            going.append(found[0].text)

    def rewrite(
        self, draft: Sequence[str], line: int, word: int | None = None, wishes: Wishes | None = None
    ) -> Iterator[Suggestion]:
        """A line, or one word of it, anew; its shape, and at its end the rhyme that it has in its section, are kept.

        Args:
            draft: lines of the song.
            line: which one, from 1.
            word: which word of it, from 0; none rewrites the whole line.
            wishes: count, seed, filters and mood words count, and of a line also syllables and kinds of rhyme.

        Raises:
            BadSetting: there is no such line or word.
            NothingFits: nothing else can stand there.
        """
        scene, sung = rewriting.scene_of(self.tools, draft, line, wishes or Wishes())
        if word is not None:
            return rewriting.words_anew(self.tools, scene, sung, word)
        shape = self.tools.shape(sung)
        shape = dataclasses.replace(shape, syllables=scene.wishes.syllables or shape.syllables)
        return self._suggest(scene, {shape: 0.0}, without=sung.words)

    def fill(self, draft: Sequence[str], pattern: str, wishes: Wishes | None = None) -> Iterator[Suggestion]:
        """A next line in which some words stand already, from the given words outwards.

        Args:
            draft: lines of the song so far.
            pattern: a line with `___` for each word to be found: "the ___ of the garden ___".
            wishes: about the line.

        Raises:
            BadText: a pattern without a gap, or with too many.
            NothingFits: no line can keep every wish.
        """
        return rewriting.filled(self.tools, self.tools.scene(Page.of(draft), wishes or Wishes()), pattern)

    def score(self, draft: Sequence[str], candidates: Sequence[str]) -> list[float]:
        """How well each of some lines goes on with a draft: how much less the vocabulary model is surprised after it.

        In nats a word. Source: of true next lines among ten of the same structure, three times as many are found by
        this as by likelihood, which mostly tells how common a line's words are.
        """
        scene = self.tools.scene(Page.of(draft), Wishes())
        read = [self._read(scene, text) for text in candidates]
        gained = judging.lift(self.tools, scene, [one for one in read if one])
        each = iter(gained.tolist())
        return [next(each) if one else -np.inf for one in read]

    def dream(self, verses: int, lines: int, seed: int) -> list[list[str]]:
        """Verses as the voice writes them by itself, without wishes or ranking: what it has learned, to be rehearsed.

        Args:
            verses: how many.
            lines: in each.
            seed: the same gives the same.
        """
        return [self._dreamed(lines, (seed + verse * 1_000_003) % 2**62) for verse in range(verses)]

    # ---------------------------------------------------------------------------------------------------------- pieces

    def _suggest(
        self, scene: Scene, shapes: dict[Shape, float] | None = None, without: tuple[str, ...] = ()
    ) -> Iterator[Suggestion]:
        fillings = self._fillings(scene, self.tools.shapes(scene) if shapes is None else shapes)
        wishes, told = scene.wishes, []
        for number in range(2 if wishes.count > 1 else 1):
            small = [dataclasses.replace(filling.task, candidates=FIRST[1]) for filling in fillings[: FIRST[0]]]
            tasks = [filling.task for filling in fillings] if number else small
            found = self._written(scene, fillings, tasks, wishes.seed * 2 + number, without)
            wanted = 1 if not number else wishes.count - len(told)
            for one in judging.ranked(self.tools, scene, found, told, wanted):
                told.append(one)
                yield judging.suggestion(self.tools, scene, one)
        if not told:
            raise NothingFits("Every line that fits stands in the training text or in the draft. Relax a wish.")

    def _fillings(self, scene: Scene, shapes: dict[Shape, float]) -> list[Filling]:
        """Shapes that can be filled, the most natural first, with what had to be relaxed."""
        wishes, palette = scene.wishes, scene.search.palette
        kinds = wishes.kinds if scene.partners and not wishes.end and self.tools.masks else ()
        asked = {Asked(shape.tags, shape.syllables, kinds): likely for shape, likely in shapes.items()}
        end = None
        if wishes.end:
            tag = max(asked, key=lambda one: asked[one]).tags[-1]
            asked = {one: likely for one, likely in asked.items() if one.tags[-1] == tag}
            end = Given.of(wishes.end, tag, palette, self.tools.known)
        partners = [self.tools.ending(sung) for sung in scene.partners] if kinds else []
        request = Request(scene.search, self.tools.ends, partners, scene.without, end=end)
        found = request.tasks(
            sorted(asked, key=lambda one: -asked[one]), candidates=ROUND[1], most=ROUND[0], strict=wishes.strict
        )
        least = min(asked.values(), default=0.0)
        return [Filling(rung, task, asked.get(rung.asked, least)) for rung, task in found]

    def _written(
        self, scene: Scene, fillings: Sequence[Filling], tasks: Sequence[Task], seed: int, without: tuple[str, ...]
    ) -> list[Candidate]:
        """Lines for shapes, without copies of training lines and of the draft."""
        written = scene.search.write(tasks, scene.before, seed, MANNER, scene.memory)
        here = {line.words for line in scene.lines} | {without}
        return [
            Candidate(fillings[task], words, kinds[: len(words)], surprise[: len(words)])
            for task, words, kinds, surprise in zip(
                written.task, written.texts, written.kinds, written.surprise, strict=True
            )
            if words not in self.voice.copies and words not in here and not DISAGREE & set(itertools.pairwise(words))
        ]

    def _read(self, scene: Scene, text: str) -> Candidate | None:
        """A line that somebody wrote, as if it were a candidate; None for one without a known word."""
        pairs = self.tools.tagged(text)
        numbers = [self.voice.lexis.of(word, tag) for word, tag in pairs]
        kinds = np.array([kind for *_, kind in numbers])
        if not (kinds >= 0).any():
            return None
        words, tags = zip(*pairs, strict=True)
        total = sum(syllables.usual(self.tools.known.pronounce(*pair)) for pair in pairs)
        task = Task(tuple(tag for _, tag, _ in numbers), total)
        costs = Anew(scene.search, task, scene.before, scene.memory).surprise(np.maximum(kinds, 0)[None])[0]
        return Candidate(Filling(Rung(Asked(tags, total), (), ()), task, 0.0), words, kinds, costs)

    def _dreamed(self, lines: int, seed: int) -> list[str]:
        lexis, voice = self.voice.lexis, self.voice
        written: list[Line] = []
        shapes: list[Shape] = []
        search = self.tools.search(Wishes().filters)
        for line in range(lines):
            draws = drawing.sample(
                voice.structure, voice.table, shapes[-4:], count=3, seed=seed + line, close=("", *COMPLETE)
            )
            known = [draw.shape for draw in draws if all(tag in lexis.tag_number for tag in draw.shape.tags)]
            numbers = [tuple(lexis.tag_number[tag] for tag in shape.tags) for shape in known]
            tasks = [Task(tags, shape.syllables, candidates=1) for tags, shape in zip(numbers, known, strict=True)]
            before = read_before(written, lexis, voice.vocabulary, voice.source, known=self.tools.known)
            found = search.write(tasks, before, seed + line, Manner(temperature=1.0, top=0.98))
            if len(found):
                shape = known[int(found.task[0])]
                written.append(Line(found.texts[0], shape.tags, shape.close))
                shapes.append(shape)
        return [" ".join(line.words) + line.close for line in written]
