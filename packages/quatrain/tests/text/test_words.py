"""Tokens: nothing is lost, contractions and elisions are one word, quotation marks are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain.text.words import is_word, key, pieces, plain, tokens, words


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_tokens_are_the_line_without_its_spaces(line):
    assert "".join(tokens(line)) == "".join(plain(line).split())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Don’t cry, o'er the hills!", ["don't", "cry", "o'er", "the", "hills"]),
        ("'Tis the birds' song", ["'tis", "the", "birds'", "song"]),
        ("'It is as' he said 'the birds' song'", ["it", "is", "as", "he", "said", "the", "birds", "song"]),
        ("rock 'n' roll an' blues, ol' man", ["rock", "'n'", "roll", "an'", "blues", "ol'", "man"]),
        ("I'm singin' low--gonna go", ["i'm", "singin'", "low", "gonna", "go"]),
        ("moon-lit, heart-broken, a-walkin'", ["moon-lit", "heart-broken", "a-walkin'"]),
        ("In 1917, 1,000 men & 3rd", ["in", "1917", "1,000", "men", "and", "3rd"]),
        ("To-day Mr. O'Brien's café", ["today", "mr", "o'brien's", "café"]),
        ("th' o'er-arching sky", ["th'", "o'er-arching", "sky"]),
        ("...", []),
        ("", []),
    ],
)
def test_words_as_a_singer_counts_them(line, expected):
    assert words(line) == expected


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("don't", "do n't"),
        ("can't", "ca n't"),
        ("she'll", "she 'll"),
        ("he'd", "he 'd"),
        ("turn'd", "turned"),
        ("lov'd", "loved"),
        ("heav'n", "heaven"),
        ("heav'n's", "heaven 's"),
        ("o'er", "over"),
        ("gonna", "going to"),
        ("'twas", "it was"),
        ("singin'", "singing"),
        ("birds'", "birds '"),
        ("thou", "you"),
        ("th'unhappy", "the unhappy"),
        ("moon", "moon"),
    ],
)
def test_what_the_tagger_sees(word, parts):
    assert " ".join(pieces(word)) == parts


def test_a_mark_is_no_word():
    assert not any(is_word(token) for token in tokens("' \" , -- … ( ) ! – ."))
    assert key("&") == "and"
