"""Measures of a handful of lines, counted by hand."""

import pytest

from quatrain.evaluate import metrics, novelty, prompts, running
from quatrain.evaluate.metrics import Instruments, measure
from quatrain.evaluate.prompts import Prompt
from quatrain.evaluate.running import Answer, Reply

PROMPTS = (
    Prompt("gate", ("I left my coat beside the garden gate",), "", 1, 8),
    Prompt("night", ("We walked along the river in the night",), "", 1, 4),
    Prompt("free", ("The moon was hanging low above the town",), "", None, None),
)
REPLIES = (
    Reply("gate", (
        Answer("The train was very very late"),  # 8, rhymes
        Answer("We saw the garden and the gate"),  # 8, the same word
        Answer("We sang until the light of day"),  # 8, no rhyme
        Answer("And he was late", relaxed=("4 syllables",)),  # 4, rhymes, says itself what it does not keep
    ), 1.0, 0.5),
    Reply("night", (
        Answer("he was a knight"),  # 4, a homophone
        Answer("the zzyzzyva"),  # cannot be judged
    ), 3.0, 0.25),
    Reply("free", (), 2.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def cells():
    return measure(PROMPTS, REPLIES).cells


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("answered", 2 / 3),
        ("labelled", 1 / 6),
        ("rhyme", 2 / 5),
        ("rhyme_kept", 1 / 4),
        ("same", 2 / 6),
        ("syllables", 4 / 5),
        ("syllables_kept", 4 / 4),
        ("judged", 5 / 6),
        ("enough", 0.0),
        ("rhyme_own", 1 / 5),
        ("first", 0.25),
        ("seconds", 2.0),
        ("slow", 3.0),
    ],
)
def test_counted_by_hand(cells, column, value):
    assert cells[column].value == pytest.approx(value)


def test_what_needs_an_instrument_stays_empty(cells):
    assert all(cells[column] is None for column in ("new", "copies", "tags", "concrete", "surprisal"))


def test_words_that_cannot_be_judged_are_named_and_refuted_lines_shown():
    found = measure(PROMPTS, REPLIES)
    assert found.unknown == {"zzyzzyva": 2} and found.lines == 6
    assert [(one.prompt, one.what, one.words) for one in found.refuted] == [
        ("gate", "rhyme", ("gate", "gate")),
        ("gate", "rhyme", ("day", "gate")),
        ("night", "rhyme", ("knight", "night")),
    ]


def test_five_lines_are_enough_if_they_rhyme_or_cannot_be_judged():
    good = [Answer(f"and so the {end}") for end in ("late", "fate", "state", "plate")]
    ask = lambda *more: measure(PROMPTS[:1], [Reply("gate", (*good, *more))]).cells["enough"].value
    assert ask() == 0.0
    assert ask(Answer("the weight")) == 1.0
    assert ask(Answer("the day")) == 0.0
    assert ask(Answer("the zzyzzyva")) == 1.0
    assert ask(Answer("the zzyzzyva", relaxed=("a near rhyme",))) == 0.0


def test_instruments():
    tags = {"late": ["JJ", "NN"], "gate": ["DT", "NN", "NNS"], "river": ["NN"]}
    replies = (
        Reply("gate", (Answer("so late", ("RB", "JJ")), Answer("the garden gate", ("DT", "NN", "NN")))),
        Reply("night", (Answer("river"),)),
        Reply("free", ()),
    )
    tools = Instruments(
        seen=novelty.of_texts([["so", "late"], ["by", "the", "garden", "gate", "we"]]),
        concreteness={"late": 1.0, "garden": 5.0, "gate": 4.0}.get,
        surprisal=lambda lines: [float(len(line)) for line in lines],
        tag=lambda pairs: [tags[line.split()[-1]] for _, line in pairs],
    )
    cells = measure(PROMPTS, replies, tools).cells
    assert cells["tags"].value == pytest.approx((0 + 2) / 5)
    assert cells["concrete"].value == pytest.approx((1.0 + 5.0 + 4.0) / 3)
    assert cells["surprisal"].value == pytest.approx((7 * 2 + 15 * 3 + 5 * 1) / 6)
    assert cells["copies"].value == pytest.approx(1 / 3)
    assert cells["new"] is None, "no line has four words"


def test_the_true_lines_measure_as_people_do():
    """Loose bounds around what was measured on all 200 (`python -m quatrain.evaluate truth`)."""
    asked = prompts.load("form")[::2]
    cells = measure(asked, running.truth(asked)).cells
    assert cells["rhyme_own"].value == cells["syllables_own"].value == 1.0 and cells["same"].value == 0.0
    assert cells["rhyme"].value > 0.94 and cells["syllables"].value > 0.95 and cells["judged"].value > 0.8
    assert cells["tags"].value > 0.97, "the tagger finds the corpus's tags again"
    assert cells["distinct2"].value > 0.95 and cells["self_bleu"].value < 0.05


def test_replies_to_other_prompts():
    with pytest.raises(ValueError, match="same order"):
        measure(PROMPTS, REPLIES[::-1])


def test_nothing_at_all():
    cells = measure(PROMPTS, [Reply(prompt.id, ()) for prompt in PROMPTS]).cells
    assert cells["answered"].value == 0.0 and cells["rhyme"] is None and cells["distinct2"] is None


def test_every_column_is_described_and_measured():
    assert {*metrics.BY_KEY} == {*measure(PROMPTS, REPLIES).cells} | {"retrieval", "perplexity"}
    assert all(column.definition and column.better in (-1, 0, 1) for column in metrics.COLUMNS)


def test_concreteness_quartile():
    rate = {"sea": 5.0, "gate": 3.0, "hope": 1.0, "stone": 4.0}.get
    line = lambda *nouns: [*((noun, "NN") for noun in nouns), ("so", "RB")]
    lines = [line("sea", "hope"), line("gate"), line("stone"), line("what"), line("sea")]
    found = metrics.concreteness_quartile(lines, rate)
    assert found.value == 4.0 and found.n == 4, "of the means 3, 3, 4 and 5"
