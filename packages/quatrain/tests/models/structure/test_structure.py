"""The structure model: every line is learned once and whole, and nothing is seen before its time."""

import itertools
from dataclasses import replace

import equinox as eqx
import numpy as np
import pytest
from hand_tagged import GATE, POEMS, scores, source

from quatrain.errors import BadText
from quatrain.models import shape, structure, training
from quatrain.models.shape import BEGIN, END, GAP, RELATION, SYLLABLES
from quatrain.models.transformer import SIZES
from quatrain.text import verse
from quatrain.text.corpus import Part


def test_a_stream_has_every_line_in_order_with_what_it_promised(poems, table):
    one = structure.stream(verse.examples(poems, structure.wanted(Part.TRAIN)), table)
    symbols = one.reads.symbol.tolist()
    expected = []
    for line in range(len(poems)):
        if line in (0, 8):
            expected.append(BEGIN)
        elif line in (4, 12):
            expected.append(GAP)
        # night/flight, mist/resist two lines back; me/immortality/civility rhyme on the last syllable only
        expected += table.symbols(shape.shape_of(poems, line), 2 if line in (3, 7) else 0)
    assert symbols == expected
    alone = shape.reading(symbols)
    for name in shape.Reads._fields:
        assert getattr(one.reads, name).tolist() == getattr(alone, name).tolist()
    assert one.asked.tolist() == [symbol != BEGIN for symbol in symbols]


def test_lines_that_are_only_there_to_be_read_are_not_asked(poems, table):
    fresh = np.ones(len(poems), bool)
    fresh[[2, 3]] = False
    one = structure.stream(verse.examples(replace(poems, fresh=fresh), structure.wanted(Part.TRAIN)), table)
    line = np.repeat(np.arange(len(one.lead)), np.diff(one.offsets))
    assert sorted(set(line[~one.asked & (one.reads.symbol != BEGIN)].tolist())) == [2, 3]
    assert not one.asked[np.isin(line, [2, 3])].any()


def test_a_pass_has_every_line_once_and_whole(poems, table):
    many = source([poem * 5 for poem in POEMS])
    one = structure.stream(verse.examples(many, structure.wanted(Part.TRAIN)), table)
    found = []
    for batch in structure.batches(one, 2, None):
        for row in range(2):
            stop = int(np.flatnonzero(batch.asked[row]).max(initial=-1)) + 1
            symbols = [BEGIN, *batch.target[row][:stop].tolist()]
            assert batch.reads.symbol[row, : len(symbols) - 1].tolist() == symbols[:-1]
            alone = shape.reading(symbols)
            for name in shape.Reads._fields:
                assert (
                    getattr(batch.reads, name)[row, : len(symbols) - 1].tolist() == getattr(alone, name)[:-1].tolist()
                )
            found += [symbol for symbol in symbols if symbol not in (BEGIN, GAP)]
    ends = [place + 1 for place, symbol in enumerate(found) if symbol == END]
    lines = [found[start:stop] for start, stop in itertools.pairwise([0, *ends])]
    assert ends[-1] == len(found) and all(shape.well_formed(line) for line in lines)
    assert [table.shape(line)[1] for line in lines] == [shape.shape_of(many, line) for line in range(len(many))]


def test_a_line_never_rhymes_with_one_that_is_not_in_its_sequence(poems, table):
    one = structure.stream(verse.examples(poems, structure.wanted(Part.TRAIN)), table)
    for first in range(8):
        batch = structure.batch_of(one, [[first, 8]], 1)
        symbols = batch.target[0][batch.asked[0] > 0]
        heads = [s - RELATION for s in symbols.tolist() if RELATION <= s < SYLLABLES]
        assert heads == [2 if line in (3, 7) and line - 2 >= first else 0 for line in range(first, 8)]


def test_batches_go_on_where_a_training_was_killed(table):
    many = source([poem * 9 for poem in POEMS])
    one = structure.stream(verse.examples(many, structure.wanted(Part.TRAIN)), table)
    whole = list(itertools.islice(structure.batches(one, 2, 5), 12))
    for skip in (1, 3, 7, 11):
        again = next(structure.batches(one, 2, 5, skip))
        assert (again.target == whole[skip].target).all() and (again.asked == whole[skip].asked).all()
    other = next(structure.batches(one, 2, 6))
    assert not all((other.target == batch.target).all() for batch in whole[:1])
    with pytest.raises(BadText, match="less than 500"):
        next(structure.batches(one, 500, 0))


def test_nothing_after_a_place_is_seen_from_it(model, table):
    symbols = [BEGIN, *table.symbols(GATE), *table.symbols(GATE, 1)]
    whole = scores(model, symbols)
    for cut in (1, 3, 8, len(symbols) - 2):
        changed = scores(model, [*symbols[:cut], *[RELATION] * (len(symbols) - cut)])
        np.testing.assert_allclose(changed[:cut], whole[:cut], atol=1e-5)
        assert np.abs(changed[cut:] - whole[cut:]).max() > 0.1


def test_the_loss_is_the_mean_surprise_of_what_is_asked(model, table):
    symbols = [BEGIN, *table.symbols(GATE)]
    chance = np.exp(scores(model, symbols).astype(np.float64))
    by_hand = -np.log(chance[np.arange(5), symbols[1:6]] / chance[:5].sum(-1)).mean()
    fields = (np.pad(field[:-1], (0, 64 - len(symbols) + 1))[None] for field in shape.reading(symbols))
    target = np.pad(symbols[1:], (0, 64 - len(symbols) + 1))[None]
    batch = structure.Batch(shape.Reads(*fields), target, (np.arange(64) < 5)[None].astype(np.float32))
    assert float(eqx.filter_jit(structure.StructureModel.loss)(model, batch)) == pytest.approx(by_hand, abs=1e-5)


def test_a_small_model_learns_a_small_source_by_heart(table):
    lines = source([poem * 3 for poem in POEMS])
    one = structure.stream(verse.examples(lines, structure.wanted(Part.TRAIN)), table)
    begun = structure.start(table, SIZES["tiny"])
    batches = lambda skip: structure.batches(one, 2, 0, skip)
    learned = training.train(begun, structure.StructureModel.loss, batches, training.Schedule(120, warm=10))
    counts = np.bincount(one.reads.symbol)
    share = counts[counts > 0] / counts.sum()
    alone = float(np.exp(-(share * np.log(share)).sum()))  # the best without looking at what was before
    assert structure.perplexity(begun, one, 2) > alone > 10
    assert structure.perplexity(learned, one, 2) < 2.5
