"""The one door with the shipped voice: form by another dictionary, never a self-rhyme, the same seed the same lines."""

import dataclasses

import numpy as np
import pytest

from quatrain.errors import BadSetting, BadText, NothingFits, UnknownName
from quatrain.evaluate import form, prompts
from quatrain.suggest import Writer
from quatrain.text import rhyme, syllables
from quatrain.text.diction import Filters
from quatrain.text.rhyme import EXACT, REFUSED, Kind
from quatrain.text.words import words
from quatrain.wishes import Wishes

SCHEMES = ("AABB", "ABAB", "ABBA")
DRAFT = ["I left my coat beside the garden gate", "The moon was hanging low above the town"]
REFUTED = (form.Verdict.WRONG, form.Verdict.SAME)


def lines(writer, draft, **wishes):
    return list(writer.suggest(draft, Wishes(**wishes)))


@pytest.mark.parametrize("place", range(0, 200, 17))
def test_form_by_an_independent_dictionary(writer, place):
    """Every line that claims to keep every wish passes a check that shares no rule with the decoder."""
    prompt = prompts.load("form")[place]
    asked = [prompt, *(prompts.under_scheme(prompt, scheme) for scheme in SCHEMES)]
    for one in asked:
        wishes = one.wishes(count=8, seed=place)
        found = list(writer.suggest(one.draft, wishes))
        assert len(found) == 8
        for suggestion in found:
            if suggestion.partner is not None:
                end = one.draft[suggestion.partner - 1]
                kind = rhyme.compare(suggestion.words[-1], words(end)[-1]).kind
                assert kind not in REFUSED
                assert suggestion.relaxed or form.rhyme(suggestion.text, end).verdict not in REFUTED, (suggestion, end)
            assert form.syllables(suggestion.text, suggestion.syllables).verdict not in REFUTED, suggestion
            strict, *_ = syllables.of_line(suggestion.text)
            assert syllables.fits(strict, suggestion.syllables)
            assert suggestion.words not in writer.voice.copies
            assert suggestion.relaxed or wishes.syllables is None or suggestion.syllables == wishes.syllables


def test_the_same_seed_gives_the_same_bytes(writer):
    one, two, other = (lines(writer, DRAFT, scheme="ABAB", seed=seed) for seed in (7, 7, 8))
    assert one == two
    assert Writer(writer.voice).suggest(DRAFT, Wishes(scheme="ABAB", seed=7)).__next__() == one[0]
    shared = {suggestion.text for suggestion in one} & {suggestion.text for suggestion in other}
    assert len(shared) <= 1


def test_at_most_two_lines_with_one_end_word(writer):
    ends = [suggestion.words[-1] for suggestion in lines(writer, DRAFT, rhyme_with=2, count=20)]
    assert max(map(ends.count, ends)) <= 2


def test_reasons_say_what_was_kept(writer):
    for suggestion in lines(writer, DRAFT, rhyme_with=1, syllables=8, count=5):
        assert suggestion.partner == 1 and suggestion.rhyme in EXACT
        assert suggestion.reasons[0] == f"rhymes with gate ({suggestion.rhyme}), line 1"
        assert f"{suggestion.syllables} syllables" in suggestion.reasons


def test_the_same_shape(writer):
    """Tags as meant, and mostly as the tagger finds them again."""
    again = total = 0
    for line in DRAFT:
        for suggestion in lines(writer, [line], like=1, rhyme_with=1, count=6):
            meant = [tag for _, tag in writer.tools.tagged(line)]
            if not suggestion.relaxed:
                assert list(suggestion.tags) == meant
            found = [tag for _, tag in writer.tools.tagged(suggestion.text)]
            again += sum(one == other for one, other in zip(found, suggestion.tags, strict=True))
            total += len(meant)
    assert again / total >= 0.8


def test_the_end_word_is_kept(writer):
    found = lines(writer, DRAFT, end="rain", count=5)
    assert len(found) == 5 and {suggestion.words[-1] for suggestion in found} == {"rain"}
    assert {suggestion.words[-1] for suggestion in lines(writer, DRAFT, end="blorfed", count=2)} == {"blorfed"}


def test_what_is_relaxed_is_said(writer):
    """Nothing rhymes perfectly with month: near rhymes come, each labelled; who wants none of them is told so."""
    draft = ["It has been raining for a month"]
    found = lines(writer, draft, rhyme_with=1, count=5)
    assert all(suggestion.relaxed for suggestion in found)
    assert any("rhyme" in label for suggestion in found for label in suggestion.relaxed)
    with pytest.raises(NothingFits, match="month|rhyme"):
        lines(writer, draft, rhyme_with=1, strict=True)


def test_near_rhymes_on_request(writer):
    found = lines(writer, DRAFT, rhyme_with=1, kinds=(Kind.FAMILY,), count=4)
    assert {suggestion.rhyme for suggestion in found if not suggestion.relaxed} == {Kind.FAMILY}


def test_filters_are_switches(writer):
    """Archaic words are left out by default, and may be written when they are let in."""
    lexis = writer.voice.lexis
    thou = np.flatnonzero(lexis.kind_word == lexis.number["thou"])
    shut, open_ = (writer.tools.search(Filters(archaic=archaic)).palette.open for archaic in (True, False))
    assert not shut[thou].any() and open_[thou].any() and (shut <= open_).all()
    found = lines(writer, ["Where art thou going, my lady"], count=30)
    assert not any("thou" in suggestion.words for suggestion in found)


@pytest.mark.parametrize("draft", [[], [""], ["***"], ["[Verse]"], ["Am G C"]])
def test_a_draft_without_lines(writer, draft):
    assert len(lines(writer, draft, count=3, scheme="ABAB")) == 3


@pytest.mark.parametrize(
    "draft",
    [["Love"], ["zzyzx brindlewock"], ["La lluvia cae sobre la ciudad"], ["日本語の歌"], ["1999"], ["o'er th' hills"]],
)
def test_odd_lines_are_answered(writer, draft):
    for suggestion in lines(writer, draft, rhyme_with=1 if draft[0].isascii() else None, count=3):
        assert suggestion.text and suggestion.reasons


def test_ten_thousand_lines_before(writer):
    draft = [f"And line {n} goes wandering by the shore" if n % 5 else "" for n in range(10_000)]
    assert len(lines(writer, draft, scheme="ABAB", count=3)) == 3


def test_wishes_that_cannot_be(writer):
    with pytest.raises(BadSetting, match="Line 9"):
        lines(writer, DRAFT, rhyme_with=9)
    with pytest.raises(BadText, match="Break it"):
        lines(writer, ["la " * 600])
    with pytest.raises(UnknownName, match="voice"):
        Writer("nobody")


def test_a_whole_verse(writer):
    found = list(writer.verse(DRAFT, Wishes(scheme="ABAB", count=3, seed=2)))
    assert [len(options) for options in found] == [3] * 4
    first = [options[0] for options in found]
    assert first[0].partner is None and first[2].partner is not None
    assert rhyme.compare(first[2].words[-1], first[0].words[-1]).exact or first[2].relaxed
    assert rhyme.compare(first[3].words[-1], first[1].words[-1]).exact or first[3].relaxed


def test_a_line_anew_keeps_its_place_in_the_rhyme(writer):
    draft = [*DRAFT, "And all the trains were running very late"]
    for suggestion in writer.rewrite(draft, 3, None, Wishes(count=4)):
        assert suggestion.relaxed or (rhyme.compare(suggestion.words[-1], "gate").exact and suggestion.syllables == 10)
        assert suggestion.text != draft[2]
    for suggestion in writer.rewrite(draft, 1, None, Wishes(count=4)):  # rhymes with a line after it
        assert suggestion.relaxed or rhyme.compare(suggestion.words[-1], "late").exact


def test_one_word_anew_leaves_the_rest(writer):
    for place, word in ((3, "coat"), (7, "gate")):
        draft = ["  I left my coat beside the garden gate!  ", "It was late"]
        for suggestion in writer.rewrite(draft, 1, place, Wishes(count=5)):
            old, new = DRAFT[0].split(), suggestion.text.strip(" !").split()
            assert [p for p in range(8) if old[p] != new[p]] == [place]
            assert suggestion.text.endswith("!") and suggestion.reasons[0] == f"{new[place]} for {word}"
            assert syllables.fits(syllables.of_line(suggestion.text)[0], 10)
            assert place == 3 or rhyme.compare(new[7], "late").exact
    with pytest.raises(BadSetting, match="words 0 to 7"):
        list(writer.rewrite(DRAFT, 1, 8))


@pytest.mark.parametrize(
    "pattern", ["the ___ of the garden ___", "I never ___ the ___ in her eyes", "... was burning ...", "___"]
)
def test_gaps_are_filled_between_given_words(writer, pattern):
    found = list(writer.fill(DRAFT, pattern, Wishes(count=4)))
    assert found
    for suggestion in found:
        said, asked = suggestion.text.lower().split(), pattern.lower().replace("...", "___").split()
        assert len(said) == len(asked)
        assert all(other in ("___", word) for word, other in zip(said, asked, strict=True))


@pytest.mark.parametrize("pattern", ["no gap here", "___ " * 9, "a b c d e f g h i j k l m n o p ___"])
def test_patterns_that_are_none(writer, pattern):
    with pytest.raises(BadText, match="___"):
        list(writer.fill(DRAFT, pattern))


def test_mood_words_are_heard(writer):
    """Of two askings that differ in the mood only, the lines lean to it."""
    asked = {"sea": ("sea", "wave", "ship"), "fire": ("fire", "flame", "burn")}
    wet = ("sea", "ship", "water", "wave", "sail", "shore", "boat", "tide")
    hot = ("fire", "flame", "burn", "light", "hot", "smoke")
    leaning = {}
    for mood, named in asked.items():
        text = " ".join(one.text for one in lines(writer, DRAFT, words=named, count=20, seed=4)).lower()
        leaning[mood] = sum(map(text.count, wet)) - sum(map(text.count, hot))
    assert leaning["sea"] > leaning["fire"]


def test_the_true_line_is_likelier_than_nonsense(writer):
    said = ["And wandered down the river, it was late", "Six purple of the whether upon glass it"]
    true, odd = writer.score(DRAFT[:1], said)
    assert true > odd


def test_without_masks_the_form_is_soft(writer):
    soft = Writer(writer.voice, masks=False)
    found = list(soft.suggest(DRAFT, Wishes(rhyme_with=1, count=10, syllables=10)))
    assert len(found) == 10
    assert sum(rhyme.compare(suggestion.words[-1], "gate").exact for suggestion in found) <= 3


def test_a_suggestion_is_plain_data(writer):
    assert dataclasses.asdict(lines(writer, DRAFT, count=1)[0])["words"]


def test_where_one_word_rhymes_near_rhymes_fill_the_list_and_say_so(writer):
    found = lines(writer, ["The dial on the dashboard fell to zero"], rhyme_with=1, syllables=11, count=10)
    assert len(found) == 10
    kept = {one.words[-1] for one in found if not one.relaxed}
    assert kept == {"hero"} and all("near rhyme" in one.relaxed[0] for one in found if one.relaxed)
