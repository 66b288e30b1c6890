"""What tests of the rivals need: a source of real verse, and models with weights that overlook nothing."""

import jax
import numpy as np
import pytest
from rival_models import TINY, loud

from quatrain.models.rivals import joint, language, plain, symbols
from quatrain.text import cache
from quatrain.text.corpus import Document, Form


@pytest.fixture(scope="session")
def verse(fixtures, tmp_path_factory):
    """Lines of many poets in the public domain (named in the file), tagged by the real tagger."""
    text = (fixtures / "lines.txt").read_text(encoding="utf-8").splitlines()
    lines = tuple(line.split("\t")[1] for line in text if "\t" in line)
    folder = tmp_path_factory.mktemp("verse")
    cache.build("verse", [Document("one", Form.VERSE, lines[:30]), Document("two", Form.VERSE, lines[30:])], folder)
    return cache.load("verse", folder)


@pytest.fixture(scope="session")
def rows(verse):
    """Most of the lines, so that there are gaps."""
    return np.array([row for row in range(len(verse)) if row % 7 != 5])


@pytest.fixture
def narrow(monkeypatch):
    """Levels so small that a small text has three of them."""
    monkeypatch.setattr(symbols, "COMMON", 5)
    monkeypatch.setattr(symbols, "USUAL", 20)


@pytest.fixture
def words(verse, rows, narrow):
    return symbols.learn(verse, rows, least=1, most=90)


@pytest.fixture
def model(words):
    return loud(language.LanguageModel(words, TINY, jax.random.key(0)))


@pytest.fixture
def speaking(model, words):
    return plain.Plain(language.speaker(model, words))


@pytest.fixture
def formed(verse, rows, monkeypatch):
    """Symbols with forms, of all tags that stand twice."""
    known = joint.forms
    monkeypatch.setattr(joint, "forms", lambda lines, rows: known(lines, rows, least=2))
    monkeypatch.setattr(joint, "learn", lambda lines, rows: symbols.learn(lines, rows, least=1))
    return joint.symbols_of(verse, rows)


@pytest.fixture
def shaping(formed):
    return joint.Joint(language.speaker(loud(language.LanguageModel(formed, TINY, jax.random.key(1))), formed))
