"""The four filters."""

import pytest

from quatrain.text import diction
from quatrain.text.diction import ARCHAIC, DIALECT, NAMES, PROFANE, Filters
from quatrain.text.lists import listed


@pytest.mark.parametrize(
    "word", listed("thou hath o'er turn'd heav'n goeth lovest 'twas unto know'st th'unhappy methinks")
)
def test_archaic(word):
    assert diction.marks(word) & ARCHAIC


@pytest.mark.parametrize(
    "word",
    listed(
        "love biggest honest forest teeth he'd don't singin' gonna y'all moon beneath he's birds' art i'd rock'n'roll"
    ),
)
def test_not_archaic(word):
    assert not diction.marks(word) & ARCHAIC


def test_art_is_archaic_only_as_a_verb():
    assert diction.marks("art", "VBP") & ARCHAIC and not diction.marks("art", "NN") & ARCHAIC


@pytest.mark.parametrize("word", listed("gwine frae 'ouse auld massa"))
def test_dialect(word):
    assert diction.marks(word) & DIALECT


def test_what_people_sing_is_no_dialect():
    assert not any(diction.marks(word) for word in listed("gonna singin' 'cause ain't 'em y'all ol' wanna yeah ooh"))


def test_profane_words_are_found_inside_compounds():
    assert diction.marks("shit") & PROFANE and diction.marks("shit-faced") & PROFANE
    assert not diction.marks("shift") & PROFANE


@pytest.mark.parametrize(
    ("word", "tag", "name"),
    [
        ("barbara", "NNP", True),
        ("london", "", True),
        ("london's", "NNP+POS", True),
        ("zxqv", "NNP", True),
        ("moon", "NNP", False),
        ("monday", "NNP", False),
        ("lady", "NN", False),
        ("paul", "NN", False),
    ],
)
def test_names(word, tag, name):
    assert diction.is_name(word, tag) is name
    assert bool(diction.marks(word, tag) & NAMES) is name


def test_each_filter_is_a_switch():
    assert Filters().mask == ARCHAIC | DIALECT | PROFANE | NAMES
    assert Filters(False, False, False, False).mask == 0
    assert Filters(archaic=False).mask == DIALECT | PROFANE | NAMES
