"""From wishes to lines: hundreds of requests, every unlabelled line checked word by word."""

import random

import numpy as np
import pytest
from conftest import lexis_of, network_of

from quatrain.decode.ends import Ends
from quatrain.decode.ladder import Asked
from quatrain.decode.masks import Palette
from quatrain.decode.request import Request
from quatrain.decode.search import Given, Search
from quatrain.decode.slots import before
from quatrain.decode.stems import Stems
from quatrain.errors import NothingFits
from quatrain.text import rhyme, syllables
from quatrain.text.lexicon import lexicon, table
from quatrain.text.rhyme import EXACT, Kind

SHAPES = [
    ("DT JJ NN IN DT NN", 9),
    ("DT NN VBD IN DT JJ NN", 10),
    ("PRP VBD DT NN", 6),
    ("DT NNS VBD RB", 6),
    ("JJ CC JJ", 5),
]


@pytest.fixture(scope="module")
def world(usual):
    """Common words shared out among tags by chance, and a model of them."""
    rng = random.Random(4)
    tagged = {tag: [] for tag in ("NN", "NNS", "JJ", "VBD", "VB", "RB")}
    for word in (word for word in usual if len(word) > 2):
        for tag in rng.sample(sorted(tagged), 2):
            tagged[tag].append(word)
    grammar = {"DT": "the a an every some", "PRP": "i you we", "IN": "in beside under into beyond", "CC": "and or"}
    lexis = lexis_of({**{tag: " ".join(listed) for tag, listed in tagged.items()}, **grammar})
    stems = Stems(lexis)
    return Search(network_of(lexis), Palette.of(lexis), stems), Ends(lexis.sounds, stems)


def asked(kinds=EXACT):
    return [Asked(tuple(tags.split()), count, kinds) for tags, count in SHAPES]


def written(world, request, seed=0, **wishes):
    tasks = request.tasks(asked(), candidates=24, **wishes)
    lines = world[0].write([task for _, task in tasks], before([], world[0].palette.lexis, world[0].network, 1), seed)
    return tasks, lines


def test_unlabelled_lines_keep_the_wish_and_no_word_rhymes_with_itself(world):
    """120 end words; both dictionaries are asked, the second without the first."""
    known, second, rng = lexicon(), table("misaki"), random.Random(1)
    partners = rng.sample(world[0].palette.lexis.words[1:], 120)
    checked = labelled = heard = nothing = 0
    for number, partner in enumerate(partners):
        said = known.pronounce(partner)
        try:
            tasks, lines = written(world, Request(world[0], world[1], [said]), number)
        except NothingFits:
            nothing += 1
            continue
        for place, words in zip(lines.task.tolist(), lines.texts, strict=True):
            rung, task = tasks[place]
            end = known.pronounce(words[-1], rung.asked.tags[-1])
            kind = rhyme.compared(said, end).kind
            assert not rhyme.compare(partner, words[-1]).refused
            pronounced = zip(words, rung.asked.tags, strict=True)
            total = syllables.total(syllables.strict(known.pronounce(*pair)) for pair in pronounced)
            assert total >> rung.asked.syllables & 1 and len(words) == len(rung.asked.tags)
            if rung.relaxed:
                labelled += 1
                continue
            assert kind in EXACT and (rung.asked.tags, rung.asked.syllables, EXACT) in [
                (one.tags, one.syllables, one.kinds) for one in asked()
            ]
            checked += 1
            entries = [second.entry(word) for word in (partner, words[-1])]
            if all(entries):
                heard += 1
                keys = [{rhyme.ph.rhyme(sounds) for _, sounds in entry} for entry in entries]
                assert keys[0] & keys[1], (partner, words[-1])
    assert checked > 1000 and labelled > 100 and heard > 1000 and nothing < 5


def test_labels_are_true(world):
    for partner in ("love", "month", "silver", "wanderer", "tomorrow", "nothing"):
        said = lexicon().pronounce(partner)
        tasks, lines = written(world, Request(world[0], world[1], [said]))
        assert any(rung.relaxed for rung, _ in tasks)
        for place, words in zip(lines.task.tolist(), lines.texts, strict=True):
            rung, _ = tasks[place]
            kind = rhyme.compared(said, lexicon().pronounce(words[-1], rung.asked.tags[-1])).kind
            near = [kind for kind in (Kind.FAMILY, Kind.ASSONANCE) if f"near rhyme ({kind})" in rung.relaxed]
            assert kind in (near or EXACT)


def test_candidates_are_shared_out(world):
    tasks, lines = written(world, Request(world[0], world[1], [lexicon().pronounce("gate")]))
    assert sum(task.candidates for _, task in tasks) == 24 and all(task.candidates for _, task in tasks)


def test_strict_gives_up_nothing(world):
    request = Request(world[0], world[1], [lexicon().pronounce("month")])
    with pytest.raises(NothingFits, match="Allow this: near rhyme"):
        request.tasks(asked(), strict=True)
    fits = Request(world[0], world[1], [lexicon().pronounce("day")]).tasks(asked(), strict=True)
    assert fits and not any(rung.relaxed for rung, _ in fits)


def test_words_used_already_end_no_line(world):
    known = lexicon()
    used = [known.pronounce(word) for word in ("way", "say", "may")]
    for partners in ([known.pronounce("day")], []):
        _, lines = written(world, Request(world[0], world[1], partners, used))
        assert len(lines) and not {words[-1] for words in lines.texts} & {
            "way",
            "ways",
            "weigh",
            "say",
            "says",
            "said",
            "may",
        }


def test_without_a_partner_the_end_is_free(world):
    tasks, lines = written(world, Request(world[0], world[1]))
    assert not any(rung.relaxed for rung, _ in tasks) and len({words[-1] for words in lines.texts}) > 12


def test_the_songwriters_words_stay(world):
    palette = world[0].palette
    given = {1: Given.of("zeppelin", "NN", palette)}
    request = Request(world[0], world[1], [lexicon().pronounce("day")], given=given)
    _, lines = written(world, request)
    assert len(lines) and all(words[1] == "zeppelin" for words in lines.texts)
    request = Request(world[0], world[1], [lexicon().pronounce("day")], end=Given.of("orange", "NN", palette))
    _, lines = written(world, request)
    assert len(lines) and all(words[-1] == "orange" for words in lines.texts)


def test_found_words_are_open_and_sure(world):
    request, palette = Request(world[0], world[1], [lexicon().pronounce("day")]), world[0].palette
    sure, every = request.found(EXACT), request.found(EXACT, sure=False)
    assert palette.open[every.kinds].all() and set(sure.kinds) == set(every.kinds[every.sure])
    assert np.isin(sure.kinds, every.kinds).all()
