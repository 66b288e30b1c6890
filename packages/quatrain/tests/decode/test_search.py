"""What is written keeps every promise, costs what the model says, is drawn as often as it should be, comes again."""

from itertools import pairwise, product

import numpy as np
import pytest

from quatrain.decode.gaps import Anew
from quatrain.decode.search import Given, Manner, Task
from quatrain.decode.slots import Line, before
from quatrain.text import syllables
from quatrain.text.lexicon import lexicon
from quatrain.text.rhyme import EXACT, compared

LINE = Line(
    tuple(["i", "left", "my", "candle", "beside", "the", "golden", "gate"]),
    tuple(["PRP", "VBD", "PRP$", "NN", "IN", "DT", "JJ", "NN"]),
    ",",
)
SHAPES = [("DT JJ NN IN DT NN", 10), ("PRP VBD IN DT JJ NN", 9), ("CC RB PRP VBD DT NN", 8), ("DT NN", 3), ("NN", 2)]


@pytest.fixture(scope="module")
def read(lexis, search):
    return before([LINE], lexis, search.network, 1)


@pytest.fixture(scope="module")
def gate(ends):
    return ends.rhyming([lexicon().pronounce("gate", "NN")]).kinds


def tasks(lexis, palette, shape, ends=None, candidates=12):
    made = []
    for tags, count in SHAPES:
        place = palette.slice(shape(tags)[-1])
        mine = ends if ends is None else ends[(ends >= place.start) & (ends < place.stop)]
        made.append(Task(shape(tags), count, mine, candidates=candidates))
    return made


def test_candidates_keep_every_promise(lexis, palette, stems, search, read, gate, shape):
    asked = tasks(lexis, palette, shape, gate)
    written = search.write(asked, read, seed=3)
    assert set(written.task.tolist()) == {0, 1, 2, 3, 4} and len(written) > 30
    assert (np.diff(written.task) >= 0).all() and len(set(written.texts)) == len(written)
    for place, kinds, words in zip(written.task.tolist(), written.kinds, written.texts, strict=True):
        task, kinds = asked[place], kinds[kinds >= 0]
        assert words == tuple(lexis.words[word] for word in lexis.kind_word[kinds])
        assert tuple(lexis.kind_tag[kinds].tolist()) == task.tags and palette.open[kinds].all()
        assert syllables.total(int(lexis.sounds.strict[kind]) for kind in kinds) >> task.syllables & 1
        assert compared(lexicon().pronounce("gate", "NN"), lexicon().pronounce(words[-1], "NN")).kind in EXACT
        pictures = [kind for kind in kinds.tolist() if stems.picture[kind]]
        assert not any(a in stems.relatives(b) for i, a in enumerate(pictures) for b in pictures[:i])
        for article, word in pairwise(words):
            vowel = palette.vowel[kinds[words.index(word)]]
            assert not (article == "a" and vowel) and not (article == "an" and not vowel)


def test_words_cost_what_the_model_says(lexis, palette, search, read, gate, shape):
    asked = tasks(lexis, palette, shape, gate)
    written = search.write(asked, read, seed=5)
    for place, task in enumerate(asked):
        rows, n = np.flatnonzero(written.task == place), len(task.tags)
        found = Anew(search, task, read).surprise(written.kinds[rows, :n])
        np.testing.assert_allclose(written.surprise[rows, :n], found, atol=1e-4)
        assert (written.kinds[rows, n:] == -1).all() and (written.surprise[rows, n:] == 0).all()


def test_words_are_drawn_as_often_as_they_should_be(lexis, palette, search, read, shape, kind):
    """Two free words before a given end, against the product of renormalised chances."""
    tags, total = shape("JJ NN NN"), 6
    given = {2: Given.of("gate", "NN", palette)}
    manner = Manner(temperature=1.0, top=1.0, doubt=0.0, again=True)
    anew, count = Anew(search, Task(tags, total, given=given), read, again=True), 6000
    written = drawn(search, Task(tags, total, given=given, candidates=count), read, manner)
    gate = kind("gate", "NN")
    options = [[k for k in palette.kinds(tag).tolist() if palette.open[k]] for tag in tags[:2]]
    fits = lambda *kinds: syllables.total([*(int(palette.sets[k]) for k in kinds), 0b10]) >> total & 1
    lines = np.array([[a, b, gate] for a, b in product(*options) if fits(a, b)])
    costs = anew.surprise(lines)
    first = {}
    for line, cost in zip(lines.tolist(), costs, strict=True):
        first[line[0]] = np.exp(-cost[0])
    second = {
        a: sum(np.exp(-c[1]) for line, c in zip(lines.tolist(), costs, strict=True) if line[0] == a) for a in first
    }
    chance = {
        (a, b): first[a] / sum(first.values()) * np.exp(-cost[1]) / second[a]
        for (a, b, _), cost in zip(lines.tolist(), costs, strict=True)
    }
    assert sum(chance.values()) == pytest.approx(1.0) and set(written) <= set(chance)
    for pair, p in chance.items():
        assert abs(written.get(pair, 0) - count * p) < 5 * np.sqrt(count * p * (1 - p)) + 1


def drawn(search, task, read, manner):
    """How often each pair of words was drawn; `written` keeps each line once, so the draft is asked itself."""
    from quatrain.decode.draft import Draft

    draft, memory = Draft(search, [task], read, manner, 11), search.read(read)
    for _ in range(draft.most):
        draft.advance(memory)
    pairs, counts = np.unique(draft._kinds[:, 1:3], axis=0, return_counts=True)
    return {tuple(pair): count for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)}


def test_the_same_seed_gives_the_same_lines(lexis, palette, search, read, gate, shape):
    asked = tasks(lexis, palette, shape, gate)
    one, two, other = (search.write(asked, read, seed) for seed in (1, 1, 2))
    assert one.texts == two.texts and one.surprise.tobytes() == two.surprise.tobytes()
    assert one.texts != other.texts


def test_end_words_are_drawn_without_putting_back(lexis, search, read, shape):
    task = Task(shape("DT NN"), 3, candidates=9)
    assert len({words[-1] for words in search.write([task], read, 0).texts}) == min(9, len(search.ends(task)))


def test_possible_ends_are_those_with_which_a_line_can_be_made(lexis, palette, search, shape, gate):
    for tags, count in [("DT NN", 2), ("DT NN", 4), ("DT JJ NN", 7), ("NN", 3)]:
        task = Task(shape(tags), count)
        options = [[k for k in palette.kinds(tag).tolist() if palette.open[k]] for tag in task.tags]
        truth = {
            line[-1] for line in product(*options) if syllables.total(int(palette.sets[k]) for k in line) >> count & 1
        }
        assert set(search.ends(task).tolist()) == truth
    assert set(search.ends(Task(shape("DT NN"), 2, gate[:3])).tolist()) <= set(gate[:3].tolist())


def test_what_cannot_be_filled_gives_no_line(search, read, shape):
    possible = Task(shape("DT NN"), 3, candidates=3)
    for impossible in (Task(shape("DT NN"), 1), Task(shape("DT NN"), 90), Task(shape("DT NN"), 3, np.zeros(0, int))):
        assert len(search.write([impossible], read, 0)) == 0
        assert set(search.write([impossible, possible], read, 0).task.tolist()) == {1}
    assert len(search.write([], read, 0)) == 0


def test_nothing_before_is_no_hindrance(lexis, search, shape):
    assert len(search.write([Task(shape("DT JJ NN"), 4)], before([], lexis, search.network, 1), 0)) > 2


def test_given_words_stay_even_unknown_ones(lexis, palette, search, read, shape):
    given = {
        1: Given.of("xylophone", "NN", palette),
        3: Given.of("An", "DT", palette),
        4: Given.of("hour", "NN", palette),
    }
    assert (given[1].kind, given[1].word, given[1].count) == (-1, 0, 3) and given[3].text == "an"
    task = Task(shape("DT NN IN DT NN"), 9, given=given, candidates=20)
    written = search.write([task], read, 0)
    assert len(written) > 2
    for words, cost in zip(written.texts, written.surprise, strict=True):
        assert (words[1], words[3], words[4]) == ("xylophone", "an", "hour") and words[0] != "an"
        assert cost[1] == 0 and (cost[[0, 2, 3, 4]] > 0).all()
        counts = syllables.total(syllables.strict(lexicon().pronounce(word)) for word in words)
        assert counts >> 9 & 1


def test_a_content_word_stands_twice_only_on_request(lexis, palette, search, read, shape):
    given = {0: Given.of("run", "NN", palette)}
    task = Task(shape("NN CC NNS"), 3, given=given, candidates=40)
    texts = lambda again: search.write([task], read, 0, Manner(again=again)).texts
    assert ("run", "and", "runs") in texts(True) and ("run", "and", "runs") not in texts(False)


def test_narrow_palettes_share_what_was_prepared(lexis, palette, search, read, shape, kind):
    banned = np.zeros(len(lexis.counts), bool)
    banned[palette.kinds(shape("JJ")[0])] = True
    banned[kind("great", "JJ")] = False
    narrow = search.on(palette.narrowed(banned))
    assert narrow.rows(shape("JJ")[0]) is search.rows(shape("JJ")[0])
    assert {words[1] for words in narrow.write([Task(shape("DT JJ NN"), 4)], read, 0).texts} == {"great"}
