"""The joint model: its text is shapes and words as the docstring says, and wishes stand where they are learned."""

import math

import numpy as np
import pytest

from quatrain.errors import BadSetting
from quatrain.models.rivals import joint
from quatrain.models.rivals.speaking import surprises
from quatrain.models.rivals.symbols import BREAK
from quatrain.page import Page
from quatrain.text import rhyme
from quatrain.text.lexicon import lexicon
from quatrain.text.syllables import usual
from quatrain.wishes import Wishes

DRAFT = ["Amazing grace! how sweet the sound", "That saved a wretch like me!", "I once was lost, but now am found,"]


def test_a_stream_is_shapes_and_words(verse, rows, formed):
    """Against the definition, line after line; how a line rhymes is asked of the dictionary."""
    names = ("", "end", *formed.forms, *formed.words)
    found = joint.stream(verse, rows, formed)
    rhymed = 0
    for place, row in enumerate(rows):
        first, stop = found.offsets[place : place + 2]
        said, line = [names[symbol] for symbol in found.write[first:stop]], verse.of(row)
        n = len(line)
        tags = [f"tag {tag}" if f"tag {tag}" in formed.form else "tag ?" for _, tag in line]
        count = sum(usual(lexicon().pronounce(word, tag)) for word, tag in line)
        assert said[1] == f"syllables {count}" and said[2 : 2 + n] == tags and said[2 + n] == "words:"
        assert said[3 + n :] == [*(word for word, _ in line), "end"]
        back = int(said[0].removeprefix("back "))
        if back:
            rhymed += 1
            assert rows[place - back] == row - back  # no gap between
            kind = rhyme.compared(lexicon().pronounce(*line[-1]), lexicon().pronounce(*verse.of(row - back)[-1]))
            assert kind.kind in (rhyme.Kind.PERFECT, rhyme.Kind.FEMININE, rhyme.Kind.RICH, rhyme.Kind.FAMILY)
    assert rhymed >= 8
    inside = found.write[:-1] != BREAK
    np.testing.assert_array_equal(found.read[1:][inside], found.write[:-1][inside])


def test_a_draft_is_heard_as_it_was_learned(verse, formed, shaping):
    """The last four lines of an unbroken stretch give the very symbols of the stream."""
    rows = np.arange(4)
    stream = joint.stream(verse, rows, formed)
    symbols = [formed.begin, *stream.write[:-1].tolist()]
    heard = shaping.hear([verse.of(row) for row in rows], room=0)
    np.testing.assert_allclose(heard.keys, shaping.speaker.begun(symbols).keys, atol=1e-5)


def test_what_does_not_fit_is_not_heard(verse, shaping):
    lines = [verse.of(row) for row in range(20)]
    full = shaping.hear(lines)
    assert 0 < full.read <= shaping.speaker.net.reach - 26
    assert shaping.hear([]).read == 0


def test_wishes_are_written_where_they_belong(shaping, formed):
    page = Page.of(DRAFT)
    before = shaping._tagged(page)
    named = lambda head: [formed.forms[one - 2] if isinstance(one, int) else "?" for one in head]
    of = lambda **wishes: named(shaping._wished(page, before, Wishes(**wishes)))
    assert of() == ["?", "?"]
    assert of(rhyme_with=2, syllables=6) == ["back 2", "syllables 6"]
    assert of(scheme="ABAB") == ["back 2", "?"]
    assert of(scheme="ABAX") == ["back 0", "?"]
    assert of(like=2)[1] == "syllables 6" and of(like=2)[-1] == "words:" and len(of(like=2)) == 2 + 6 + 1
    assert of(like=2, syllables=7, rhyme_with=1)[:2] == ["back 3", "syllables 7"]
    with pytest.raises(BadSetting, match="Line 9"):
        of(like=9)


def test_a_line_has_a_shape_and_words(shaping):
    found = shaping(DRAFT, Wishes(rhyme_with=2, syllables=6, count=8), 3)
    assert found == shaping(DRAFT, Wishes(rhyme_with=2, syllables=6, count=8), 3)
    assert len({said.text for said in found}) == 8
    for said in found:
        line = said.text.lower().split()
        assert 3 <= len(line) <= 11 and set(line) <= set(shaping.symbols.words)
        assert not said.tags or len(said.tags) == len(line)


def test_the_tags_of_a_line_to_be_like_are_kept(shaping):
    tags = tuple(tag for _, tag in shaping._tagged(Page.of(DRAFT))[1])
    for said in shaping(DRAFT, Wishes(like=2, count=6), 0):
        assert said.tags in ((), tuple(tag if f"tag {tag}" in shaping.symbols.form else "?" for tag in tags))


def test_a_score_is_how_much_a_draft_helps(verse, formed, shaping):
    """Against the surprise of the stream: the fourth line after three, and by itself."""
    written = lambda rows: surprises(shaping.speaker, joint.stream(verse, np.array(rows), formed), batch=1)[1]
    rows, line = [16, 17, 18, 19], verse.of(19)
    size = 2 * len(line) + 4
    after, alone = written(rows)[-size:].sum(), written([19]).sum()
    draft, text = [verse.text[row].as_py() for row in rows[:3]], verse.text[19].as_py()
    assert shaping._tagged(Page.of([*draft, text])) == [verse.of(row) for row in rows]  # the tagger sees no more
    shape_alone = joint.stream(verse, np.array([19]), formed).write[:1]
    assert formed.forms[shape_alone[0] - 2] == "back 0"
    assert shaping.score(draft, [text, "..."])[0] == pytest.approx((alone - after) / len(line), abs=1e-3)
    assert math.isnan(shaping.score(draft, ["..."])[0])


def test_perplexity_counts_words_only(verse, rows, formed, shaping):
    """With all weights at nothing every level is uniform: the surprise can be counted by hand."""
    speaker = shaping.speaker
    speaker._levels = [(table * 0, bias * 0) for table, bias in speaker._levels]
    stream = joint.stream(verse, rows, formed)
    nats = len(stream.write) * np.log(len(formed))  # one level: there are fewer than 2,000 words
    words = sum(len(verse.of(row)) for row in rows)
    found = shaping.perplexity(stream)
    assert formed.cuts == (len(formed),)
    assert found["held-out"] == pytest.approx(np.exp(nats / words), rel=0.02)
    said = (words + len(rows)) * np.log(len(formed))
    assert found["held-out given shape"] == pytest.approx(np.exp(said / words), rel=0.01)
