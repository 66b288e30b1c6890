"""Guesses: always something singable, and right often enough on words that the dictionary knows."""

import random

from hypothesis import given
from hypothesis import strategies as st

from quatrain.text import letters
from quatrain.text import phones as ph
from quatrain.text.lexicon import lexicon, table


@given(st.text(max_size=30))
def test_a_guess_always_has_a_vowel_and_one_stress_at_least(text):
    sounds = letters.guess(text)
    assert ph.count(sounds) >= 1
    assert ph.count(sounds) > 1 or ph.stress(sounds)


def test_guesses_have_the_right_number_of_syllables():
    """On words that the table was learned from it must be far better than chance."""
    words = [w for w in table() if w.isalpha() and not lexicon().is_name(w) and lexicon().common(w) >= 2]
    sample = random.Random(1).sample(words, 1500)
    right = sum(ph.count(letters.guess(w)) in {ph.count(s) for _, s in table().entry(w)} for w in sample)
    assert right >= 0.93 * len(sample)


def test_letters_are_aligned_with_their_sounds():
    lessons = {"cat": "K AE1 T", "bat": "B AE1 T", "cab": "K AE1 B", "tab": "T AE1 B", "back": "B AE1 K"}
    lessons |= {"tack": "T AE1 K", "box": "B AA1 K S", "cox": "K AA1 K S"}
    aligned = letters.align({word: tuple(sounds.split()) for word, sounds in lessons.items()})
    assert aligned["cat"] == ["K", "AE1", "T"]
    assert aligned["box"] == ["B", "AA1", "K S"]
    assert sorted(aligned["back"]) == sorted(["B", "AE1", "K", ""])


def test_a_word_with_too_many_sounds_is_left_out():
    assert letters.align({"x": ("EH1", "K", "S")}) == {}


def test_very_long_words_are_stressed_in_turn():
    assert ph.count(letters.guess("banana" * 12)) == 36
