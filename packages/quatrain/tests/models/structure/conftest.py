"""What several tests of models need: a source of verse tagged by hand, its table, and a model of it."""

import pytest
from hand_tagged import POEMS, loud, source

from quatrain.models import shape, structure
from quatrain.models.transformer import SIZES
from quatrain.text import verse
from quatrain.text.corpus import Part


@pytest.fixture(scope="session")
def poems():
    return source(POEMS)


@pytest.fixture(scope="session")
def table(poems):
    return shape.learn(verse.examples(poems, structure.wanted(Part.TRAIN)), least=1)


@pytest.fixture(scope="session")
def model(table):
    return loud(structure.start(table, SIZES["tiny"], seed=3))
