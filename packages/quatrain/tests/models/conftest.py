"""A small language whose best guess is known: every noun has its own two verbs, everything else is chance."""

import math
import random
from collections import Counter

import pytest

from quatrain.text import cache
from quatrain.text.corpus import Document, Form

NOUNS = {
    "dog": ("barks", "runs"), "stream": ("flows", "turns"), "bird": ("sings", "flies"), "child": ("laughs", "sleeps"),
    "ship": ("sails", "sinks"), "bell": ("rings", "swings"), "horse": ("kicks", "drinks"), "door": ("creaks", "shuts"),
}  # fmt: skip
PLACES = ("garden", "valley", "kitchen", "harbour", "meadow", "station", "village", "forest")
COLOURS = ("quiet", "golden", "empty", "narrow")


def lines(count, seed=0):
    """Lines such as: the golden stream flows beside the narrow station."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        noun = rng.choice(sorted(NOUNS))
        verb, place = rng.choice(NOUNS[noun]), rng.choice(PLACES)
        made.append(f"The {rng.choice(COLOURS)} {noun} {verb} beside the {rng.choice(COLOURS)} {place}")
    return made


@pytest.fixture(scope="session")
def language(tmp_path_factory):
    """2,000 lines of the small language, tagged by the real tagger."""
    folder = tmp_path_factory.mktemp("language")
    documents = [Document(f"book {i}", Form.VERSE, tuple(lines(500, i))) for i in range(4)]
    cache.build("language", documents, folder)
    return cache.load("language", folder)


@pytest.fixture(scope="session")
def perfect(language):
    """Nats a word of a perfect guess: of every choice what its own tags leave open."""
    found = [tuple(zip(*language.of(line), strict=True)) for line in range(len(language))]
    groups = (1,), (2, 3), (6,), (7,)  # noun and verb are one choice
    left: dict[tuple, Counter] = {}
    for words, tags in found:
        for group in groups:
            seen = left.setdefault((group, tuple(tags[place] for place in group)), Counter())
            seen[tuple(words[place] for place in group)] += 1
    nats = [-n * math.log(n / seen.total()) for seen in left.values() for n in seen.values()]
    return sum(nats) / len(language.words)
