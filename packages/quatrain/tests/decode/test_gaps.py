"""One word anew and lines with given words, against every line there is."""

from itertools import product

import numpy as np
import pytest

from quatrain.decode.gaps import Anew, fill
from quatrain.decode.search import Given, Task
from quatrain.decode.slots import before
from quatrain.text import syllables


@pytest.fixture(scope="module")
def read(lexis, search):
    return before([], lexis, search.network, 1)


def fits(palette, stems, line, total):
    """Whether a line keeps the rules, judged word by word."""
    words = [palette.lexis.words[word] for word in palette.lexis.kind_word[list(line)]]
    if not palette.open[list(line)].all() or not syllables.total(int(palette.sets[k]) for k in line) >> total & 1:
        return False
    for place, kind in enumerate(line):
        if any(kind in stems.relatives(other) for other in line[:place] if stems.picture[kind]):
            return False
    return not any(
        (one == "a" and palette.vowel[two]) or (one == "an" and not palette.vowel[two])
        for one, two in zip(words, line[1:], strict=False)
    )


def test_a_word_anew_is_the_best_of_all(lexis, palette, stems, search, read, shape, kind):
    line = [
        kind(*pair)
        for pair in zip(
            ["an", "old", "garden", "beside", "the", "moon"], ["DT", "JJ", "NN", "IN", "DT", "NN"], strict=True
        )
    ]
    task = Task(shape("DT JJ NN IN DT NN"), 8)
    anew = Anew(search, task, read)
    for place, tag in enumerate(task.tags):
        lines = [[*line[:place], k, *line[place + 1 :]] for k in palette.kinds(tag).tolist()]
        truth = [one for one in lines if fits(palette, stems, one, 8)]
        found = anew.words(line, place)
        costs = dict(zip([one[place] for one in truth], anew.surprise(np.array(truth)).sum(axis=1), strict=True))
        assert set(found.kinds.tolist()) == set(costs) and line[place] in costs
        np.testing.assert_allclose(found.surprise, [costs[k] for k in found.kinds.tolist()], atol=1e-4)
        assert (np.diff(found.surprise) >= 0).all()


def test_an_end_word_anew_rhymes(lexis, palette, search, ends, read, shape, kind):
    from quatrain.text.lexicon import lexicon

    gate = ends.rhyming([lexicon().pronounce("gate")]).kinds
    nouns = gate[np.isin(gate, palette.kinds(shape("NN")[0]))]
    task = Task(shape("DT NN"), 4, nouns)
    found = Anew(search, task, read).words([kind("the", "DT"), kind("afternoon", "NN")], 1)
    assert {lexis.words[word] for word in lexis.kind_word[found.kinds]} == {"magistrate"}


def test_few_are_compared_whole_if_so_asked(search, read, shape, kind):
    task, line = (
        Task(shape("DT NN IN NN"), 5),
        [kind("the", "DT"), kind("moon", "NN"), kind("in", "IN"), kind("fire", "NN")],
    )
    anew = Anew(search, task, read)
    whole, some = anew.words(line, 1), anew.words(line, 1, most=3)
    assert len(some.kinds) == 3 and set(some.kinds) <= set(whole.kinds)


def test_gaps_are_filled_with_the_best_lines(lexis, palette, stems, search, read, shape, kind):
    """The best of many draws, made better, is the best line that there is."""
    tags = shape("DT JJ NN IN DT NN")
    given = {2: Given.of("candle", "NN", palette), 3: Given.of("beside", "IN", palette)}
    written = fill(search, Task(tags, 9, given=given, candidates=64), read, seed=2)
    options = [[given[p].kind] if p in given else palette.kinds(tag).tolist() for p, tag in enumerate(tags)]
    truth = np.array([line for line in product(*options) if fits(palette, stems, line, 9)])
    costs = Anew(search, Task(tags, 9, given=given), read).surprise(truth).sum(axis=1)
    assert len(truth) > 300 and set(map(tuple, written.kinds.tolist())) <= set(map(tuple, truth.tolist()))
    assert tuple(written.kinds[0]) in {tuple(line) for line in truth[np.argsort(costs)[:3]].tolist()}
    totals = written.surprise.sum(axis=1)
    assert (np.diff(totals) >= 0).all() and len(set(written.texts)) == len(written)
    assert all(words[2:4] == ("candle", "beside") for words in written.texts)
    again = fill(search, Task(tags, 9, given=given, candidates=64), read, seed=2)
    assert again.texts == written.texts


def test_an_unknown_given_word_costs_nothing(palette, search, read, shape):
    given = {1: Given.of("xylophone", "NN", palette)}
    written = fill(search, Task(shape("DT NN RB"), 5, given=given, candidates=6), read, seed=0)
    assert len(written) and all(words[1] == "xylophone" for words in written.texts)
    assert (written.surprise[:, 1] == 0).all() and (written.kinds[:, 1] == -1).all()


def test_what_cannot_be_filled_gives_no_line(palette, search, read, shape):
    given = {1: Given.of("magistrate", "NN", palette)}
    assert len(fill(search, Task(shape("DT NN"), 3, given=given), read, seed=0)) == 0
