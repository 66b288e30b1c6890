"""The fixed prompts: what they promise of themselves, and that they can be chosen again."""

import dataclasses
from collections import Counter
from importlib import resources

import pytest

from quatrain.errors import BadSetting, BadText, UnknownName
from quatrain.evaluate import prompts
from quatrain.text import rhyme, syllables
from quatrain.text.words import words

FORM = prompts.load("form")


def last(line):
    return words(line)[-1]


def test_how_many_there_are_and_of_which_rhyme():
    lag = lambda prompt: len(prompt.draft) + 1 - prompt.partner
    assert Counter(map(lag, FORM)) == {1: 80, 2: 80, 3: 40}
    assert Counter(map(lag, prompts.load("people"))) == {1: 24, 2: 24, 3: 12}
    assert len(prompts.load("modern")) == 20
    assert len({prompt.source for prompt in FORM}) == 30


def test_every_prompt_is_named_and_stands_alone():
    every = [*FORM, *prompts.load("modern")]
    assert len({prompt.id for prompt in every}) == len(every)
    lines = [line for prompt in every for line in (*prompt.draft, prompt.next) if line]
    assert len(set(lines)) >= len(lines) - 2  # a line may stand in two poems, hardly more
    assert all(prompt.source.startswith("verse.txt:") for prompt in FORM)


def test_the_true_line_rhymes_with_its_partner_only():
    for prompt in FORM:
        exact = [i for i, line in enumerate(prompt.draft, 1)
                 if rhyme.compare(last(prompt.next), last(line), tags=(prompt.tags[-1], "")).exact]  # fmt: skip
        assert exact == [prompt.partner], prompt
        assert len(prompt.tags) == len(words(prompt.next)), prompt
        assert syllables.fits(syllables.of_line(prompt.next)[1], prompt.syllables), prompt


def test_modern_prompts_can_be_answered():
    for prompt in prompts.load("modern"):
        assert not prompt.next and 6 <= prompt.syllables <= 12
    for prompt in prompts.load("modern")[::4]:  # each search takes a fifth of a second
        assert sum(map(len, rhyme.rhymes(last(prompt.draft[prompt.partner - 1]), kinds=rhyme.EXACT).values())) > 40


@pytest.mark.parametrize(
    ("lines", "scheme", "partner"),
    [
        (2, "AABB", None),
        (3, "AABB", 3),
        (2, "ABAB", 1),
        (3, "ABAB", 2),
        (2, "ABBA", 2),
        (3, "ABBA", 1),
        (3, "XAXA", 2),
        (2, "XAXA", None),
        (2, "aa", None),
        (3, "AA", 3),
    ],
)
def test_what_a_scheme_asks_of_the_next_line(lines, scheme, partner):
    prompt = dataclasses.replace(FORM[0], draft=("one", "two", "three")[:lines])
    asked = prompts.under_scheme(prompt, scheme)
    assert asked.partner == partner and asked.id != prompt.id
    assert asked.wishes().scheme == scheme.upper() and asked.wishes().rhyme_with is None


def test_wishes_say_what_the_prompt_says():
    prompt = FORM[0]
    wishes = prompt.wishes(count=7, seed=3)
    assert (wishes.rhyme_with, wishes.syllables, wishes.count, wishes.seed) == (prompt.partner, prompt.syllables, 7, 3)


def test_names_that_are_none():
    with pytest.raises(UnknownName, match="Did you mean 'modern'"):
        prompts.load("modren")
    with pytest.raises(BadSetting, match="no rhyme scheme"):
        prompts.under_scheme(FORM[0], "A-B")


def test_the_file_is_what_would_be_written():
    stored = (resources.files("quatrain.evaluate") / "data" / "verse.json").read_text(encoding="utf-8")
    seed, dropped = prompts.stored_choice()
    assert prompts.written(FORM, seed, dropped) == stored
    assert not {prompt.id for prompt in FORM} & set(dropped)


def test_the_fingerprint_sees_every_word():
    other = dataclasses.replace(FORM[5], next=FORM[5].next + " now")
    assert prompts.fingerprint(FORM) == prompts.fingerprint(prompts.load())
    assert prompts.fingerprint([*FORM[:5], other, *FORM[6:]]) != prompts.fingerprint(FORM)


def test_choosing_by_seed(corpus, monkeypatch):
    monkeypatch.setattr(prompts, "APART", 1)
    monkeypatch.setattr(prompts, "STRATA", {3: 12})
    monkeypatch.setattr(prompts, "PEOPLE", {3: 4})
    first = prompts.choose(corpus, seed=1)
    assert first == prompts.choose(corpus, seed=1) != prompts.choose(corpus, seed=2)
    known = {prompt.next: prompt for prompt in FORM}
    for prompt in first:  # the corpus is made of the stored prompts, so the same lines must come out
        stored = known[prompt.next]
        assert (stored.id, stored.draft, stored.partner, stored.syllables) == (
            prompt.id, prompt.draft, 1, prompt.syllables)  # fmt: skip
    assert sum(prompt.people for prompt in first) == 4
    assert first[0].id not in {p.id for p in prompts.choose(corpus, seed=1, dropped=[first[0].id])}
    monkeypatch.setattr(prompts, "STRATA", {3: 500})
    with pytest.raises(BadText, match="500 are needed"):
        prompts.choose(corpus, seed=1)
