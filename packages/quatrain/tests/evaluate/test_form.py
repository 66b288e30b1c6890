"""The independent check: words that a person has judged, and the other implementation of the same ideas."""

import random

import pytest

from quatrain.evaluate import form
from quatrain.evaluate.form import Verdict
from quatrain.text import phones as ph
from quatrain.text import rhyme
from quatrain.text.lexicon import MISAKI, Found, Pronunciation, table

RIGHT, WRONG, SAME, UNKNOWN = Verdict


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("gate", "late", RIGHT),
        ("river", "shiver", RIGHT),
        ("plate", "late", RIGHT),
        ("skies", "eyes", RIGHT),
        ("cried", "side", RIGHT),
        ("stopped", "dropped", RIGHT),
        ("wishes", "dishes", RIGHT),
        ("loved", "shoved", RIGHT),
        ("habit", "rabbit", RIGHT),
        ("moon's", "tunes", RIGHT),
        ("gate", "gates", SAME),
        ("night", "knight", SAME),
        ("there", "their", SAME),
        ("was", "were", SAME),
        ("sea", "sea", SAME),
        ("stead", "instead", WRONG),
        ("leave", "believe", WRONG),
        ("love", "move", WRONG),
        ("time", "mine", WRONG),
        ("running", "sing", WRONG),
        ("gate", "rain", WRONG),
        ("moon", "zzyzzyva", UNKNOWN),
    ],
)
def test_rhymes_that_a_person_has_judged(first, second, verdict):
    assert form.rhyme(f"We saw the {first}", f"and the {second},").verdict is verdict
    assert form.rhyme(f"We saw the {second}", f"and the {first},").verdict is verdict


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("I left my coat beside the garden gate", {10}),
        ("The moon is hanging low above the town", {10}),
        ("A certain button's forgotten", {8}),
        ("fire", {1, 2}),
        ("our hour", {2, 3, 4}),
        ("wanted, stopped and loved", {5}),
        ("wishes and roses", {5}),
        ("running home-sick", {4}),
        ("don't cry", {2}),
    ],
)
def test_syllables_that_a_person_has_counted(line, counts):
    assert {n for n in range(15) if form.syllables(line, n).verdict is RIGHT} == counts


def test_what_cannot_be_judged_is_named():
    assert form.syllables("the zzyzzyva sleeps", 5) == form.Opinion(UNKNOWN, ("zzyzzyva",))
    assert form.syllables("—", 1).verdict is UNKNOWN
    assert form.rhyme("", "the gate") == form.Opinion(UNKNOWN, ("",))


def test_words_whose_reading_the_main_lexicon_took_from_misaki_are_not_judged():
    borrowed = next(w for w in table() if table().flags(w) & MISAKI and w in table("misaki") and w.isalpha())
    assert form.readings(borrowed)
    assert form.syllables(borrowed, 1).verdict is UNKNOWN


def test_agrees_with_the_other_implementation_on_the_same_readings():
    """Two programs written apart, one dictionary: they may differ by a hair on odd clusters, no more."""
    rng = random.Random(5)
    misaki, main = table("misaki"), table()
    listed = [word for word in rng.sample(list(misaki), 12_000) if word.isalpha() and word in main]
    known = [word for word in listed if not main.flags(word) & MISAKI]
    ends: dict[bytes, list[str]] = {}
    for word in known:
        ends.setdefault(ph.rhyme(misaki.entry(word)[0][1]), []).append(word)
    groups = [group for group in ends.values() if len(group) > 1]
    pairs = [tuple(rng.sample(group, 2)) for group in rng.choices(groups, k=1000)]
    pairs += [tuple(rng.sample(known, 2)) for _ in range(300)]

    def said(word):
        readings = [ph.encode(" ".join(reading)) for reading in form.readings(word)]
        return Pronunciation(word, tuple(readings), Found.DICTIONARY)

    differ = []
    for first, second in pairs:
        mine, other = form.rhyme(first, second).verdict, rhyme.compared(said(first), said(second))
        if mine is not SAME and not other.refused and (mine is RIGHT) != other.exact:
            differ.append((first, second, str(mine), str(other.kind)))
    assert len(differ) <= 0.005 * len(pairs), differ
