"""A lexis of sixty words, made by hand, and a model of it with weights by chance."""

from collections.abc import Mapping

import numpy as np
import pytest

from quatrain.decode.ends import Ends
from quatrain.decode.masks import Palette
from quatrain.decode.network import Network
from quatrain.decode.search import Search
from quatrain.decode.stems import Stems
from quatrain.models.lexis import Lexis
from quatrain.models.reading import Layer, Reader
from quatrain.text.lexicon import lexicon, table

TAGGED = {
    "DT": "the a an every",
    "PRP": "i you we they she",
    "IN": "in beside under before into underneath",
    "CC": "and or",
    "JJ": "late great silver quiet empty golden narrow ordinary old idle",
    "NN": "gate state river shiver night knight day hour fire sycamore garden magistrate estate run moon afternoon "
    "candle apple umbrella town frown time rhyme",
    "NNS": "rivers stars runs hours candles umbrellas",
    "VB": "wait run shiver fly create remember",
    "VBD": "ran remembered flew waited left said",
    "RB": "late soon never quietly slowly",
    "NNP": "london",
    "PRP$": "my thy",
}


def lexis_of(tagged: Mapping[str, str], count: int = 100) -> Lexis:
    """A lexis of words by tag, each seen so many times."""
    tags = ("", *sorted(tagged))
    pairs = [(place, word) for place, tag in enumerate(tags) if tag for word in tagged[tag].split()]
    words = ("", *dict.fromkeys(word for _, word in pairs))
    number = {word: place for place, word in enumerate(words)}
    return Lexis(
        words=words,
        tags=tags,
        kind_word=np.array([number[word] for _, word in pairs], np.int32),
        kind_tag=np.array([place for place, _ in pairs], np.int32),
        counts=np.full(len(pairs), count, np.float32),
    )


def network_of(
    lexis: Lexis, seed: int = 0, width: int = 16, layers: int = 2, heads: int = 2, reach: int = 64
) -> Network:
    """A model with weights by chance."""
    rng = np.random.default_rng(seed)
    draw = lambda *shape: (rng.normal(size=shape) * 0.3).astype(np.float32)
    blocks = tuple(
        Layer(
            draw(width, 3 * width),
            draw(heads, reach),
            draw(width, width),
            draw(width, 4 * width),
            draw(4 * width, width),
        )
        for _ in range(layers)
    )
    return Network(
        words=draw(len(lexis.words), width),
        tags=draw(5, len(lexis.tags), width),
        place=draw(16, width),
        left=draw(16, width),
        syllables=draw(48, width),
        context=draw(60, width),
        bias=draw(len(lexis.kind_word)),
        net=Reader(blocks, np.ones(width, np.float32)),
    )


@pytest.fixture(scope="session")
def usual():
    """The 1,200 most common words of the dictionary."""
    known = lexicon()
    ranks = {word: known.common(word) for word in table() if word.isalpha()}
    return sorted(ranks, key=lambda word: (-ranks[word], word))[:1200]


@pytest.fixture(scope="session")
def lexis():
    return lexis_of(TAGGED)


@pytest.fixture(scope="session")
def palette(lexis):
    return Palette.of(lexis)


@pytest.fixture(scope="session")
def stems(lexis):
    return Stems(lexis)


@pytest.fixture(scope="session")
def ends(lexis, stems):
    return Ends(lexis.sounds, stems)


@pytest.fixture(scope="session")
def search(lexis, palette, stems):
    return Search(network_of(lexis), palette, stems)


@pytest.fixture(scope="session")
def kind(lexis):
    """The kind of a word and a tag."""
    return lambda word, tag: lexis.of(word, tag)[2]


@pytest.fixture(scope="session")
def shape(lexis):
    """Numbers of tags."""
    return lambda tags: tuple(lexis.tag_number[tag] for tag in tags.split())
