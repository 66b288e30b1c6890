"""Shapes: a line and its symbols are each other's inverse, and tables know what stands in verse."""

import numpy as np
import pytest
from hand_tagged import small, source
from hypothesis import given
from hypothesis import strategies as some

from quatrain.errors import BadModel, BadText
from quatrain.models import shape, structure
from quatrain.models.shape import BEGIN, CLOSE, CLOSES, END, GAP, RELATION, SYLLABLES, TAG, WORDS, Shape, Structure
from quatrain.text import verse
from quatrain.text.corpus import Part
from quatrain.text.rhyme import Kind
from quatrain.text.sound import KINDS


def test_a_line_is_written_as_its_promises_its_tags_and_an_end(table):
    tags = [TAG + table.number[tag] for tag in ("DT", "NN", "RB")]
    line = Shape(("DT", "NN", "RB"), 5, ".")
    assert table.symbols(line, 2) == [RELATION + 2, SYLLABLES + 4, WORDS + 2, CLOSE + 4, *tags, END]
    assert table.shape(table.symbols(line, 2)) == (2, line)


@given(some.data())
def test_symbols_and_shapes_are_each_others_inverse(data):
    table = small()
    tags = data.draw(some.lists(some.sampled_from(table.tags[1:]), min_size=1, max_size=shape.MOST_WORDS))
    syllables = data.draw(some.integers(len(tags), shape.MOST_SYLLABLES))
    line = Shape(tuple(tags), syllables, data.draw(some.sampled_from(CLOSES)))
    relation = data.draw(some.integers(0, 4))
    symbols = table.symbols(line, relation)
    assert shape.well_formed(symbols)
    assert table.shape(symbols) == (relation, line)
    place = data.draw(some.integers(0, len(symbols) - 1))
    assert not shape.well_formed(symbols[:place] + symbols[place + 1 :])  # nothing may be missing
    assert not shape.well_formed([*symbols[:place], symbols[place], *symbols[place:]])  # or be there twice


@pytest.mark.parametrize(
    "symbols",
    [
        [],
        [END],
        [RELATION, SYLLABLES, WORDS, CLOSE, TAG, END],  # a tag that is not known
        [RELATION, SYLLABLES, WORDS + 1, CLOSE, TAG + 1, TAG + 1, END],  # two words in one syllable
        [RELATION, WORDS, SYLLABLES, CLOSE, TAG + 1, END],
        [GAP, SYLLABLES, WORDS, CLOSE, TAG + 1, END],
        [RELATION, SYLLABLES, WORDS, CLOSE, TAG + 1, BEGIN],
    ],
)
def test_what_is_no_line_is_told_apart(symbols):
    assert not shape.well_formed(symbols)
    with pytest.raises(BadText, match="no line"):
        small().shape(symbols)


def test_dashes_are_one_mark_and_other_signs_are_none():
    assert Shape(("NN",), 1, "—").close == Shape(("NN",), 1, "-").close == "-"
    for wrong in (("NN",), 0, ""), ((), 1, ""), (("NN",), 1, "("):
        with pytest.raises(BadText, match="shape"):
            Shape(*wrong)


def test_a_very_long_line_keeps_its_last_words(table):
    long = Shape(("DT", "JJ") * 20 + ("NN",), 63, ".")
    symbols = table.symbols(long)
    assert len(symbols) == shape.HEAD + shape.MOST_WORDS + 1
    assert table.tags[symbols[-2] - TAG] == "NN"
    assert symbols[1] == SYLLABLES + shape.MOST_SYLLABLES - 1


def test_the_nearest_exact_rhyme_wins_and_chance_likeness_is_none():
    kinds = [
        [Kind.NONE, Kind.PERFECT, Kind.NONE, Kind.PERFECT],
        [Kind.FAMILY, Kind.NONE, Kind.FEMININE, Kind.NONE],
        [Kind.ASSONANCE, Kind.RICH, Kind.FAMILY, Kind.CONSONANCE],
        [Kind.ASSONANCE, Kind.CONSONANCE, Kind.SAME_WORD, Kind.LAST_SYLLABLE],
    ]
    places = np.array([[KINDS.index(kind) for kind in row] for row in kinds])
    assert shape.relations(places).tolist() == [2, 3, 2, 0]
    assert [shape.relation_of(row) for row in kinds] == [2, 3, 2, 0]
    assert shape.relation_of([]) == shape.relation_of([Kind.NONE]) == 0


def test_the_table_knows_what_ends_a_complete_line(poems, table):
    whole = np.flatnonzero(shape.is_complete(poems)).tolist()
    # those after a line without a mark ("falls from the wings of night,") and those without a mark are not complete
    assert whole == [8, 9, 10, 11, 12, 15]
    ending = dict(zip(table.tags, table.ending.tolist(), strict=True))
    assert ending["NN"] == pytest.approx(4 / 5)  # death, immortality, haste, civility; and carriage, which ends none
    assert ending["DT"] == ending["CC"] == ending["IN"] == 0
    assert not table.enders[table.number["DT"]] and table.enders[table.number["NN"]]


def test_the_bank_counts_complete_lines_with_their_syllables():
    stanza = (
        "the/DT moon/NN shines/VBZ ,\nthe/DT sun/NN burns/VBZ ;\nthe/DT river/NN runs/VBZ ,\na/DT bird/NN sings/VBZ\n"
    )
    lines = source([[stanza + "a/DT cat/NN hums/VBZ .\nthe/DT end/NN ,\nmy/PRP$ own/JJ ,\nmy/PRP$ love/NN ,"]])
    table = shape.learn(verse.examples(lines, structure.wanted(Part.TRAIN)), least=1)
    assert table.attested(Shape(("DT", "NN", "VBZ"), 3, "!")) == 2  # the last two are no lines of their own
    assert table.attested(Shape(("DT", "NN", "VBZ"), 4)) == 0  # once is not often
    assert table.attested(Shape(("DT", "NN"), 2)) == 0
    assert table.attested(Shape(("PRP$", "QQ"), 2)) == 0


def test_a_table_survives_its_file_and_a_damaged_one_is_refused(table, tmp_path):
    lines = source([["the/DT moon/NN ,\na/DT sun/NN ."]])
    filled = shape.learn(verse.examples(lines, structure.wanted(Part.TRAIN)), least=1)
    assert filled.attested(Shape(("DT", "NN"), 2, ".")) == 2
    for one in (table, filled):
        np.savez(tmp_path / "table.npz", **one.arrays())
        with np.load(tmp_path / "table.npz", allow_pickle=False) as file:
            again = Structure.of_arrays(file)
        assert again.tags == one.tags and again.ending.tolist() == one.ending.tolist()
        assert again.arrays().keys() == one.arrays().keys()
        assert all((again.arrays()[name] == array).all() for name, array in one.arrays().items())
    good = filled.arrays()
    for name, array in {
        "bank_words": good["bank_words"][:-1],
        "bank_tags": good["bank_tags"] + np.uint8(9),
        "ending": good["ending"][:-1],
        "closes": np.frombuffer(b"\n.", np.uint8),
        "tags": np.frombuffer(b"\n\xff", np.uint8),
    }.items():
        with pytest.raises(BadModel):
            Structure.of_arrays(good | {name: array})
    with pytest.raises(BadModel, match="cannot be read"):
        Structure.of_arrays({name: array for name, array in good.items() if name != "ending"})


def test_rare_tags_and_what_the_tagger_found_strange_are_not_written(poems):
    few = shape.learn(verse.examples(poems, structure.wanted(Part.TRAIN)), least=3)
    assert "MD+RB" not in few.tags and few.numbers(["MD+RB", "NN"]) == [0, few.number["NN"]]
    strange = source([["die/FW zeit/FW ,\nthe/DT x/XX ,\nthe/DT y/LS ."]])
    assert shape.learn(verse.examples(strange, structure.wanted(Part.TRAIN)), least=1).tags == ("", "DT")
    with pytest.raises(BadText, match="80 times"):
        shape.learn(verse.examples(poems, structure.wanted(Part.TRAIN)))
