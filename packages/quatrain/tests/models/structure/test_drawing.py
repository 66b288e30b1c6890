"""Drawing shapes: every wish is kept, and chances are what the model says."""

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hand_tagged import GATE, loud, scores, small

from quatrain.errors import BadModel, BadSetting, NothingFits
from quatrain.models import drawing, shape, storage, structure
from quatrain.models.drawing import sample
from quatrain.models.shape import BEGIN, CLOSE, CLOSES, GAP, RELATION, SYLLABLES, TAG, WORDS, Shape
from quatrain.models.transformer import SIZES
from quatrain.models.twin import Twin


def twin_of(model):
    return Twin.of(storage.weights(model, np.float32))


def test_the_twin_has_the_scores_of_the_model(model, table):
    before = [BEGIN, *table.symbols(GATE), GAP, *table.symbols(GATE, 1)]
    line = [RELATION + 1, *table.symbols(Shape(("DT", "NN", "RB"), 4, "!"))[1:-1]]
    for prefix in ([BEGIN], before):
        reads, expected = shape.reading([*prefix, *line]), scores(model, [*prefix, *line])
        twin = twin_of(model)
        past = twin.read(shape.Reads(*(field[: len(prefix)] for field in reads)))
        np.testing.assert_allclose(past.scores, expected[len(prefix) - 1], atol=1e-5)
        rows = twin.lines(3).rows(np.array([0, 2]))
        for place in range(len(prefix), len(prefix) + len(line)):
            found = twin.step(past, rows, shape.Reads(*(np.repeat(field[place], 2) for field in reads)))
            np.testing.assert_allclose(found, np.repeat(expected[place][None], 2, 0), atol=1e-5)


def chance(model, table, before, one, relation=0, known=True):
    """What the JAX model says of one shape, field after field, in nats; `known`: unknown tags don't compete."""
    symbols = [*before, *table.symbols(one, relation)]
    said = scores(model, symbols).astype(np.float64)
    fields = [(SYLLABLES, WORDS), (WORDS, CLOSE), (CLOSE, TAG)] + [(TAG + known, len(table))] * len(one.tags)
    total = 0.0
    for place, (low, high) in enumerate(fields, len(before) + 1):
        likely = said[place - 1, low:high]
        total += likely[symbols[place] - low] - np.log(np.exp(likely).sum())
    return total


def every_shape(table, most, longest):
    """All shapes of up to `most` words and `longest` syllables."""
    return [
        Shape(tags, syllables, close)
        for words in range(1, most + 1)
        for syllables in range(words, longest + 1)
        for tags in itertools.product(table.tags[1:], repeat=words)
        for close in CLOSES
    ]


def test_shapes_are_drawn_as_often_as_the_model_says_among_those_that_fit():
    table = small()
    model = loud(structure.start(table, SIZES["tiny"], seed=1))
    before = [Shape(("DT", "NN"), 3, ","), Shape(("NN", "VB"), 2, "!")]
    symbols = [BEGIN, *table.symbols(before[0]), *table.symbols(before[1])]
    mask = drawing._mask(table, 2, 1, 4, {",", "?"}, (1, 2), None, {"NNP"})
    twin = twin_of(model)
    drawn = drawing._Drawing(twin, twin.read(shape.reading(symbols)), mask, 1.0, 1.0)
    rng, counts, told = np.random.default_rng(0), Counter(), {}
    for heads, tags, score, kept in drawn.draw(60_000, rng):
        if kept:
            one = Shape(tuple(table.tags[tag] for tag in tags), int(heads[1]), CLOSES[heads[3]])
            counts[one] += 1
            told[one] = score
    fits = {
        one: np.exp(chance(model, table, symbols, one, 1))
        for one in every_shape(table, 2, 4)
        if one.syllables == 4 and one.close in (",", "?") and "NNP" not in one.tags and one.tags[-1] != "DT"
    }
    assert set(counts) <= set(fits)
    total, number = sum(fits.values()), sum(counts.values())
    assert len(fits) == 2 * (2 + 3 * 2)
    for one, likely in fits.items():
        assert one not in told or told[one] == pytest.approx(np.log(likely), abs=1e-4)
        share = likely / total
        assert counts[one] / number == pytest.approx(share, abs=4.5 * np.sqrt(share / number) + 1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_every_wish_is_kept(model, table, seed):
    rng = np.random.default_rng(seed)
    before = [GATE, replace(GATE, close=";"), replace(GATE, syllables=8)][: rng.integers(0, 4)]
    relation = None if rng.random() < 0.3 else int(rng.integers(0, len(before) + 1))
    syllables = None if rng.random() < 0.3 else int(rng.integers(4, 21))
    close = set(rng.choice(CLOSES, rng.integers(1, 8), replace=False).tolist())
    fewest = int(rng.integers(1, 5))
    most = fewest + int(rng.integers(0, 4))
    found = sample(
        twin_of(model), table, before, relation=relation, syllables=syllables, close=close, words=(fewest, most),
        avoid=("JJ",), count=12, seed=seed, gap=bool(rng.random() < 0.5), relations=[0, 1, 4][: len(before)],
        temperature=float(rng.choice([0.6, 1.0, 1.5])), top_p=float(rng.choice([0.7, 1.0])),
    )  # fmt: skip
    assert found and len({(draw.shape, draw.relation) for draw in found}) == len(found)
    for draw in found:
        one = draw.shape
        assert shape.well_formed(table.symbols(one, draw.relation))
        assert draw.relation == relation or relation is None
        assert one.syllables == (syllables or one.syllables)
        assert one.close in close and fewest <= len(one.tags) <= most and "JJ" not in one.tags
        assert one.close == "" or table.enders[table.number[one.tags[-1]]]
        assert draw.score < 0 and draw.attested == table.attested(one)


def test_the_same_seed_draws_the_same_and_another_something_else(model, table):
    one, two = (sample(twin_of(model), table, [GATE], relation=1, seed=4) for _ in range(2))
    assert one == two
    other = sample(twin_of(model), table, [GATE], relation=1, seed=5)
    assert len({draw.shape for draw in one} & {draw.shape for draw in other}) <= 4


def test_where_only_few_shapes_fit_each_comes_once():
    table = small()
    model = loud(structure.start(table, SIZES["tiny"], seed=1))
    found = sample(twin_of(model), table, [], syllables=1, close=(",", "", "?"), count=50)
    # DT may end only a line that runs on; NNP is a name
    fits = {Shape((tag,), 1, close) for tag in ("NN", "VB") for close in (",", "", "?")} | {Shape(("DT",), 1)}
    assert {draw.shape for draw in found} == fits and len(found) == len(fits)


def test_a_cold_draw_is_the_likeliest_and_a_small_nucleus_too():
    table = small()
    model = loud(structure.start(table, SIZES["tiny"], seed=1))
    two = [one for one in every_shape(table, 2, 2) if len(one.tags) == 2 and one.close == "." and "NNP" not in one.tags]
    chances = {one: chance(model, table, [BEGIN], one) for one in two}
    likeliest = max((one for one in two if one.tags[1] != "DT"), key=chances.__getitem__)
    asked = {"relation": 0, "syllables": 2, "words": (2, 2), "close": (".",), "count": 1}
    first = {one.tags[0]: [] for one in two}
    for one in two:
        first[one.tags[0]].append(chances[one])
    assert max(first, key=lambda tag: np.logaddexp.reduce(first[tag])) == likeliest.tags[0]  # so greedily it is found
    for kind in ({"temperature": 0.01}, {"top_p": 1e-6}):
        assert [draw.shape for draw in sample(twin_of(model), table, [], **asked, **kind)] == [likeliest]


def test_a_shape_can_be_kept_with_other_syllables_and_unknown_tags(model, table):
    odd = Shape(("UH+QQ", "PRP", "VBD", "NNP"), 6, "")
    found = sample(twin_of(model), table, [GATE], like=odd, relation=1)
    assert {draw.shape.tags for draw in found} == {odd.tags} and {draw.shape.syllables for draw in found} == {6}
    assert {draw.shape.close for draw in found} == set(CLOSES) - {""}
    [same] = sample(twin_of(model), table, [GATE], like=replace(odd, close="!"), relation=0, syllables=7)
    assert same.shape == Shape(odd.tags, 7, "!")
    known = Shape(("NN", "VB"), 3, "!")
    [draw] = sample(twin_of(model), table, [GATE], like=known, relation=0)
    likely = chance(model, table, [BEGIN, *table.symbols(GATE)], known, known=False)
    assert draw.score == pytest.approx(likely, abs=1e-4)


def test_lines_without_any_mark_are_read_as_finished_unless_they_cannot_be(table):
    comma, open_end = replace(GATE, close=""), Shape(("NN", "IN", "DT"), 4)
    lines = drawing.lead_in(table, [comma, open_end], [0, 1], True)
    assert lines == [BEGIN, *table.symbols(GATE), *table.symbols(open_end, 1), GAP]
    marked = drawing.lead_in(table, [comma, replace(GATE, close=".")], [], False)
    assert marked == [BEGIN, *table.symbols(comma), *table.symbols(replace(GATE, close="."))]


def test_four_lines_are_seen_and_a_relation_to_what_is_not_seen_is_none(table):
    lines = [replace(GATE, syllables=n) for n in (5, 6, 7, 8, 9, 10)]
    symbols = drawing.lead_in(table, lines, [0, 1, 2, 3, 3, 4], False)
    assert symbols == [BEGIN, *itertools.chain(*(table.symbols(one, 0) for one in lines[2:]))]
    near = drawing.lead_in(table, lines, [0, 0, 0, 1, 2, 3], False)
    assert [s - RELATION for s in near if RELATION <= s < SYLLABLES] == [0, 1, 2, 3]
    assert len(drawing.lead_in(table, [Shape(("NN",) * 40, 60, ".")] * 4, [], True)) + 21 <= shape.REACH


@pytest.mark.parametrize(
    ("wishes", "error", "words"),
    [
        ({"relation": 2}, BadSetting, "rhyme 2 lines back"),
        ({"syllables": 21}, BadSetting, "21 syllables"),
        ({"close": ("(",)}, BadSetting, "marks"),
        ({"close": ()}, BadSetting, "marks"),
        ({"words": (5, 4)}, NothingFits, "5 to 4 words"),
        ({"words": (9, 9), "syllables": 8}, NothingFits, "9 to 9 words and 8 syllables"),
        ({"relations": (0, 1)}, BadSetting, "2 relations are given for 1"),
        ({"temperature": 0.0}, BadSetting, "temperature 0.0"),
        ({"top_p": 1.5}, BadSetting, "top_p 1.5"),
        ({"count": 0}, BadSetting, "count 0"),
    ],
)
def test_wishes_that_make_no_sense_get_a_sentence(model, table, wishes, error, words):
    with pytest.raises(error, match=words):
        sample(twin_of(model), table, [GATE], **wishes)


def test_weights_that_are_no_structure_model_get_a_sentence(model):
    weights = storage.weights(model, np.float32)
    for wrong in (
        {name: array for name, array in weights.items() if name != "close"},
        weights | {"out": weights["out"][:-1]},
        weights | {"left": weights["left"][:, :-1]},
    ):
        with pytest.raises(BadModel, match="structure model"):
            Twin.of(wrong)


def test_avoiding_every_end_gets_a_sentence(model, table):
    with pytest.raises(NothingFits, match="Avoid fewer"):
        sample(twin_of(model), table, [GATE], avoid=table.tags)
