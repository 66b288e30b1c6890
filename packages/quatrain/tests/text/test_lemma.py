"""Forms of one word."""

import pytest

from quatrain.text import lemma
from quatrain.text.lists import listed


@pytest.mark.parametrize(
    "pair",
    listed(
        "run/runs run/running love/loved love/loves sing/sung was/were go/went wolf/wolves mouse/mice city/cities "
        "stop/stopped dance/dancing good/best my/mine singin'/sing turn'd/turn goeth/go lovest/love cry/cried die/dying"
    ),
)
def test_forms_of_one_word(pair):
    assert lemma.same(*pair.split("/"))


@pytest.mark.parametrize(
    "pair", listed("king/k gate/late glass/glas moon/soon thing/th rose/roses-not night/knight sea/see")
)
def test_different_words(pair):
    assert not lemma.same(*pair.split("/"))


def test_a_word_is_a_form_of_itself():
    for word in ("moon", "", "s", "'s", "ing"):
        assert lemma.same(word, word)
