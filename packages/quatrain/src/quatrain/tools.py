"""What a voice writes with, loaded once; and what one request sees of it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from .decode.ends import Ends
from .decode.masks import Palette
from .decode.search import Search
from .decode.slots import Before, Line
from .decode.slots import before as read_before
from .decode.stems import Stems
from .models import drawing
from .models.reading import Memory
from .models.shape import COMPLETE, MOST_WORDS, Shape
from .models.voice import Voice
from .page import SEEN, Page, Sung, length
from .text import stress
from .text.diction import Filters
from .text.lexicon import Pronunciation, lexicon
from .text.tagging import Tagger
from .wishes import LONGEST, Wishes

DRAWN = 80
"""Shapes drawn from the structure model, of which the best are filled."""
EVERY_COUNT = ~np.uint64(0)


@dataclasses.dataclass(frozen=True)
class Scene:
    """What does not change while one request is answered.

    Attributes:
        page: the draft.
        wishes: about the line.
        lines: before, with their tags, as the models are shown them.
        before: the same as the vocabulary model reads it.
        memory: of those lines.
        heard: of those lines, by the plain model.
        partners: lines to rhyme with.
        search: with the words that may stand.
        metre: of the lines before, by name.
        without: end words of the section, which are not to come again.
    """

    page: Page
    wishes: Wishes
    lines: tuple[Line, ...]
    before: Before
    memory: Memory
    heard: Memory
    partners: tuple[Sung, ...]
    search: Search
    metre: str
    without: tuple[Pronunciation, ...]


class Tools:
    """A loaded voice and everything that is built from it once.

    Args:
        voice: loaded.
        masks: whether syllables and rhyme are held by masks; without them (for comparison) the models are only told.
    """

    def __init__(self, voice: Voice, masks: bool = True) -> None:
        self.voice, self.masks, self.known = voice, masks, lexicon()
        self.stems = Stems(voice.lexis)
        self.ends = Ends(voice.lexis.sounds, self.stems)
        self._search = Search(voice.vocabulary, self._palette(Filters()), self.stems)
        self.tagged = functools.lru_cache(maxsize=4096)(Tagger().tag_line)

    def search(self, filters: Filters) -> Search:
        """Model and palette, under these filters."""
        return self._search.on(self._palette(filters))

    @functools.lru_cache(maxsize=16)  # noqa: B019 (it lives as long as its process)
    def _palette(self, filters: Filters) -> Palette:
        palette = Palette.of(self.voice.lexis, filters)
        if self.masks:
            return palette
        every = np.full_like(palette.sets, EVERY_COUNT)
        return dataclasses.replace(palette, sets=every, doubtful=np.zeros_like(palette.doubtful))

    @functools.cached_property
    def following(self) -> np.ndarray:
        """How likely each tag follows each other one in attested shapes; the last row is the beginning of a line."""
        bank, many = self.voice.table.bank, len(self.voice.table.tags)
        counts = np.full((many + 1, many), 0.1)
        first = np.zeros(len(bank.tags), bool)
        first[np.cumsum(bank.words, dtype=np.int64) - bank.words] = True
        before = np.where(first, many, np.roll(bank.tags, 1).astype(np.int64))
        np.add.at(counts, (before, bank.tags.astype(np.int64)), np.repeat(bank.counts, bank.words))
        return np.log(counts / counts.sum(1, keepdims=True))

    def line(self, sung: Sung) -> Line:
        """A line of the draft as the models read it."""
        words, tags = zip(*self.tagged(sung.text), strict=True)
        return Line(tuple(words), tuple(tags), sung.close, sung.first)

    def shape(self, sung: Sung) -> Shape:
        """The shape of a line of the draft."""
        return Shape(self.line(sung).tags, max(length(sung, self.known), 1), sung.close)

    def ending(self, sung: Sung) -> Pronunciation:
        """How the last word of a line sounds, by its tag there: a separate way, ways that separate."""
        word, tag = self.tagged(sung.text)[-1]
        return self.known.pronounce(word, tag)

    def tags(self, word: str) -> list[str]:
        """The tags of a word, the most usual first; of one that the lexis does not know as it stands alone."""
        lexis = self.voice.lexis
        kinds = np.flatnonzero(lexis.kind_word == lexis.number.get(word, -1))
        known = [lexis.tags[lexis.kind_tag[kind]] for kind in kinds[np.argsort(-lexis.counts[kinds])]]
        return known or [tag for _, tag in self.tagged(word)] or ["NN"]

    def scene(self, page: Page, wishes: Wishes, partners: Sequence[Sung] | None = None) -> Scene:
        """What a request sees.

        Args:
            page: the draft.
            wishes: about the line.
            partners: lines to rhyme with; by default what the wishes say.

        Raises:
            BadSetting: a wish names a line that is not there.
        """
        rhymed = page.partners(wishes) if partners is None else tuple(partners)
        shown = page.lines[-SEEN:]
        lines = tuple(self.line(sung) for sung in shown)
        voice, search = self.voice, self.search(wishes.filters)
        before = read_before(lines, voice.lexis, voice.vocabulary, voice.source, gap=page.fresh, known=self.known)
        return Scene(
            page=page,
            wishes=wishes,
            lines=lines,
            before=before,
            memory=search.read(before),
            heard=voice.plain.hear([sung.words for sung in shown]),
            partners=rhymed,
            search=search,
            metre=stress.common([stress.of_line(sung.text) for sung in shown[-4:]]).name,
            without=tuple(self.ending(sung) for sung in page.section),
        )

    def shapes(self, scene: Scene) -> dict[Shape, float]:
        """Shapes for the next line, and how natural each is.

        Raises:
            BadSetting: a wish names a line that is not there.
            NothingFits: no shape can keep every wish.
        """
        page, wishes = scene.page, scene.wishes
        if wishes.like is not None:
            like = self.shape(page.line(wishes.like, "to be like"))
            return {dataclasses.replace(like, syllables=wishes.syllables or like.syllables): 0.0}
        syllables = wishes.syllables
        if syllables is None and scene.partners:
            syllables = min(length(scene.partners[-1], self.known), LONGEST)
        before = page.lines[-4:]
        back = [place for place, sung in enumerate(reversed(before), 1) if sung in scene.partners]
        draws = drawing.sample(
            self.voice.structure,
            self.voice.table,
            [self.shape(sung) for sung in before],
            relation=back[0] if back else 0,
            syllables=syllables,
            close=("", *COMPLETE) if wishes.running_on else COMPLETE,
            words=(1, MOST_WORDS) if syllables is not None and syllables < 4 else (3, MOST_WORDS),
            names=not wishes.filters.names,
            gap=page.fresh,
            count=DRAWN,
            seed=wishes.seed,
            temperature=0.8,
        )
        natural = {draw.shape: naturalness(draw.shape, draw.score, draw.attested) for draw in draws}
        if wishes.end:
            tags = self.tags(self.known.pronounce(wishes.end).word)[:2]
            natural = {dataclasses.replace(shape, tags=(*shape.tags[:-1], tag)): value - (shape.tags[-1] != tag)
                       for shape, value in natural.items() for tag in tags}  # fmt: skip
        known = self.voice.lexis.tag_number
        return {shape: value for shape, value in natural.items() if all(tag in known for tag in shape.tags)}


def naturalness(shape: Shape, score: float, attested: int) -> float:
    """How natural a shape is: its log-probability a symbol; more if it stands in verse, and if it is a whole clause."""
    heads = [tag.partition("+")[0] for tag in shape.tags]
    parts = {part for tag in shape.tags for part in tag.split("+")}
    clause = not parts.isdisjoint(("VBD", "VBZ", "VBP", "MD")) or heads[0] == "VB"
    return score / (len(shape.tags) + 4) + 0.1 * min(attested, 5) + 0.5 * clause - 0.3 * (heads[0] == "CC")
