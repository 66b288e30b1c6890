"""The ablation table from end to end, with systems that need no model; and the verdicts on the goals."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from quatrain.evaluate import goals, intervals, prompts, running, table
from quatrain.evaluate.goals import Given, Goal, Outcome
from quatrain.evaluate.intervals import Estimate
from quatrain.evaluate.metrics import Instruments, Measured

SOME = prompts.load("form")[:12]
PLAIN = Instruments(tag=lambda pairs: [["NN"] * 40 for _ in pairs], set_size=2)


def estimate(value, low, high):
    return Estimate(value, np.linspace(low, high, 1001), 100)


def test_from_end_to_end_and_again(tmp_path, echo):
    told = []
    extra = {"masks": {"retrieval": estimate(0.4, 0.3, 0.5), "perplexity": intervals.exact(19.0)}}
    ask = lambda: table.ablation({"words": echo, "masks": echo}, SOME, tmp_path, PLAIN, count=3, extra=extra,
                                 progress=lambda *at: told.append(at))  # fmt: skip
    made = ask()
    assert list(made.cells) == ["words", "masks", "truth"]
    assert told[0] == ("words", 1, 12) and told[-1] == ("measuring", 3, 3)
    asked = len(echo.asked)
    files = [(tmp_path / name).read_text() for name in ("table.md", "table.json")]
    assert ask().record() == made.record() and len(echo.asked) == asked
    assert [(tmp_path / name).read_text() for name in ("table.md", "table.json")] == files
    record = json.loads(files[1], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert record["systems"]["masks"]["cells"]["retrieval"]["value"] == 0.4
    assert record["systems"]["truth"]["cells"]["rhyme_own"]["value"] == 1.0
    assert record["about"]["prompts"] == 12
    assert running.stored("words", SOME, tmp_path / "answers", count=3)


def test_modern_prompts_have_no_truth(tmp_path, echo):
    made = table.ablation({"words": echo}, prompts.load("modern"), tmp_path, PLAIN, count=3)
    assert list(made.cells) == ["words"]


def made():
    cells = {
        "words": {"surprisal": estimate(3.0, 2.9, 3.1), "slow": estimate(0.2, 0.1, 0.3)},
        "masks": {"rhyme": estimate(0.9876, 0.95, 1.0), "surprisal": estimate(3.5, 3.4, 3.6), "same": None},
    }
    return table.tabulate({name: Measured(one, 1) for name, one in cells.items()})


def test_markdown_has_a_number_with_its_interval_and_says_what_it_is():
    text = made().markdown()
    assert "| rhyme, % | – | 98.8 (95.1–99.9) |" in text
    assert "- *rhyme*: lines that rhyme perfectly" in text
    assert "self-rhyme" not in text.split("### Goals")[0], "a row without any number is left out"
    assert "| unlikely |" in text and "0.500" in text


@pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(140, "98.8 (95.1–99.9)", "wider window"), (50, "98.8", "95.1")]
)
def test_windows_wide_and_narrow(width, shown, hidden):
    out = io.StringIO()
    made().show(Console(file=out, width=width, color_system=None))
    assert shown in out.getvalue() and hidden not in out.getvalue()


@pytest.mark.parametrize(
    ("value", "bound", "above", "strict", "outcome"),
    [
        (estimate(0.995, 0.991, 0.999), 0.99, True, False, Outcome.REACHED),
        (estimate(0.995, 0.980, 0.999), 0.99, True, False, Outcome.NARROWLY),
        (estimate(0.985, 0.970, 0.995), 0.99, True, False, Outcome.NEARLY),
        (estimate(0.950, 0.940, 0.960), 0.99, True, False, Outcome.MISSED),
        (estimate(1.2, 1.0, 1.4), 1.5, False, False, Outcome.REACHED),
        (estimate(1.6, 1.55, 1.7), 1.5, False, False, Outcome.MISSED),
        (intervals.exact(0.0), 0.0, False, False, Outcome.REACHED),
        (intervals.exact(0.5), 0.5, True, True, Outcome.MISSED),
        (None, 0.5, True, False, Outcome.OPEN),
    ],
)
def test_outcomes(value, bound, above, strict, outcome):
    assert Goal("it", "so much", "number", value, bound, above, strict).outcome is outcome


def test_goals_compare_with_people_and_with_the_plain_model():
    cells = {
        "masks": {"distinct2": estimate(0.95, 0.94, 0.96), "surprisal": estimate(4.0, 3.9, 4.1),
                  "concrete": estimate(3.0, 2.9, 3.1), "same": intervals.share([1, 0], [1, 1])},
        "words": {"surprisal": estimate(3.0, 2.9, 3.1)},
        "truth": {"distinct2": estimate(0.97, 0.96, 0.98)},
    }  # fmt: skip
    given = Given(intervals.exact(2.5), 12.0, {"words": estimate(0.7, 0.6, 0.8), "truth": estimate(0.3, 0.2, 0.4)})
    found = {goal.name: goal for goal in goals.goals(cells, given)}
    assert found["distinct-2"].outcome is Outcome.MISSED and found["distinct-2"].value.value == pytest.approx(-0.02)
    assert found["unlikely"].outcome is Outcome.REACHED
    assert found["concrete nouns"].outcome is Outcome.REACHED and "2.50" in found["concrete nouns"].target
    assert found["self-rhyme"].outcome is Outcome.MISSED, "one line is too many, whatever an interval says"
    assert found["training on one's own text"].outcome is Outcome.REACHED
    assert found["people prefer it to the plain model"].outcome is Outcome.REACHED
    assert found["people prefer it to the character LSTM"].outcome is Outcome.OPEN
    assert found["rhyme"].outcome is Outcome.OPEN
