"""`quatrain next`, `train` and `voices`, with an engine whose answers are known."""

import json
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from quatrain.commands.next import command as next_command
from quatrain.commands.train import command as train_command
from quatrain.commands.voices import command as voices_command
from quatrain.errors import BadSetting, UnknownName
from quatrain.page import Page
from quatrain.text.rhyme import EXACT, SOUGHT, Kind
from quatrain.wishes import Suggestion

SONG = """[Verse]
I left my coat beside the garden gate
The moon is hanging low above the town

[Chorus]
Hold me like a river
"""


@dataclass
class Engine:
    """Notes what it is asked, and answers from a list."""

    answers: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def __call__(self, voice):
        if voice not in ("base", "mine"):
            raise UnknownName("voice", voice, ("base", "mine"))
        return SimpleNamespace(suggest=self.suggest)

    def suggest(self, draft, wishes):
        self.asked.append((draft, wishes))
        yield from self.answers


GOOD = Suggestion(
    "The iron rain was early and too late", ("the", "rain"), ("DT", "NN"), 10, 2, Kind.PERFECT, (), 1.5,
    ("rhymes with gate (perfect), line 2", "10 syllables"),
)  # fmt: skip
LESS = Suggestion("Gone", ("gone",), ("JJ",), 1, relaxed=("a syllable less",), reasons=("1 syllable", "relaxed"))


@pytest.fixture
def engine(monkeypatch):
    made = Engine([GOOD, LESS])
    monkeypatch.setitem(sys.modules, "quatrain.suggest", SimpleNamespace(Writer=made))
    return made


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.txt").write_text(SONG, encoding="utf-8")
    return tmp_path


def said(*words, command=next_command, **how):
    from quatrain.cli import cli

    group = type(cli)("quatrain", commands={command.name: command})
    return CliRunner().invoke(group, [command.name, *words], prog_name="quatrain", **how)


def test_lines_and_wishes_reach_the_engine(engine):
    numbers = "--syllables 9 --rhyme-with 1 --like 2 --count 3 --seed 7"
    options = f"{numbers} --scheme abab --end Gate --near --strict --allow names --running-on"
    got = said("one line", "two line", *options.split(), "--words", "rain, iron")
    assert got.exit_code == 0, got.output
    [(draft, wishes)] = engine.asked
    assert draft == ["one line", "two line"]
    assert (wishes.scheme, wishes.syllables, wishes.rhyme_with, wishes.like) == ("ABAB", 9, 1, 2)
    assert (wishes.end, wishes.words, wishes.kinds) == ("gate", ("rain", "iron"), SOUGHT)
    assert (wishes.count, wishes.seed, wishes.strict, wishes.running_on) == (3, 7, True, True)
    assert wishes.filters.archaic and wishes.filters.profane and not wishes.filters.names


def test_without_wishes_everything_is_left_open(engine):
    said("one line")
    [(_, wishes)] = engine.asked
    assert wishes == type(wishes)() and wishes.kinds == EXACT


def test_suggestions_are_drawn_with_their_reasons(engine):
    rows = said("one line").output.splitlines()
    assert rows == [
        "  1  The iron rain was early and too late",
        "     rhymes with gate (perfect), line 2; 10 syllables",
        "  2  Gone",
        "     1 syllable; relaxed",
    ]


def test_json_is_one_object_a_line(engine):
    first, second = map(json.loads, said("one line", "--json").stdout.splitlines())
    assert first["text"] == GOOD.text and first["rhyme"] == "perfect" and first["partner"] == 2
    assert second["relaxed"] == ["a syllable less"] and second["rhyme"] == "none"


def test_suggestions_come_as_they_are_found(engine, monkeypatch):
    told = []
    monkeypatch.setattr("quatrain.drawing.draw_suggestion", lambda number, *_: told.append(("told", number)))

    def slow(draft, wishes):
        for answer in (GOOD, LESS):
            told.append(("found", answer.syllables))
            yield answer

    engine.suggest = slow
    said("one line")
    assert told == [("found", 10), ("told", 1), ("found", 1), ("told", 2)]


@pytest.mark.parametrize(
    ("options", "lines", "section"),
    [((), [2, 3, 6], [6]), (("--at", "3"), [2, 3], [2, 3]), (("--at", "2"), [2], [2]), (("--at", "5"), [2, 3], [])],
)
def test_a_file_gives_its_own_line_numbers(engine, path, options, lines, section):
    assert said("--file", "song.txt", *options).exit_code == 0
    page = Page.of(engine.asked[0][0])
    assert [line.number for line in page.lines] == lines and [line.number for line in page.section] == section


def test_a_draft_from_a_pipe(engine):
    assert said("--file", "-", input=SONG.encode("utf-16")).exit_code == 0
    assert engine.asked[0][0][1] == "I left my coat beside the garden gate"


def test_nothing_written_yet(engine):
    assert said("--words", "rain").exit_code == 0 and engine.asked[0][0] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["one", "--file", "song.txt"], "Lines are given, and --file too."),
        (["one", "--at", "1"], "--at 1 names a line of a file, and none is given."),
        (["--file", "sogn.txt"], "Did you mean 'song.txt'?"),
        (["--file", "song.txt", "--at", "99"], "'song.txt' has no line 99: its last one is 6."),
        (["one", "--scheme", "balad"], "Did you mean 'ballad'?"),
        (["one", "--end", "two words"], "--end 'two words' is not one word."),
        (["one", "--end", "!"], "--end '!' is not one word."),
        (["one", "--count", "0"], "The number of suggestions is 0"),
        (["one", "--syllables", "99"], "The number of syllables is 99"),
        (["one", "--allow", "archiac"], "Unknown filter 'archiac'. Did you mean 'archaic'?"),
        (["one", "--voice", "bass"], "Unknown voice 'bass'. Did you mean 'base'?"),
        (["one", "--sylables", "9"], "Did you mean '--syllables'?"),
    ],
)
def test_bad_input_gets_one_sentence(engine, path, words, sentence):
    got = said(*words)
    assert got.exit_code == 2 and sentence in got.stderr and got.stdout == ""
    assert len(got.stderr.strip().splitlines()) == 1


def test_an_engine_without_an_answer_says_what_to_do(engine):
    engine.answers = []
    got = said("one line")
    assert got.exit_code == 2 and "Give up the syllables or the end word" in got.stderr


def test_relaxed_suggestions_are_dim_on_a_terminal(engine, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    rows = said("one line", color=True).stdout.splitlines()
    assert "\x1b[1mThe iron rain" in rows[0] and "\x1b[2mGone" in "".join(rows)


# --------------------------------------------------------------------------------------------------------------- voices


@pytest.fixture
def voices(tmp_path, monkeypatch):
    from quatrain.models import voice

    monkeypatch.setattr(voice, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setattr(voice, "own_folder", lambda: tmp_path / "own")
    for place, name in (("shipped", "base"), ("own", "mine")):
        (tmp_path / place / name).mkdir(parents=True)
        (tmp_path / place / name / "card.json").write_text(json.dumps({"format": 1, "lines": 3}))
        (tmp_path / place / name / "lexis.npz").write_bytes(bytes(2_500_000))
    return tmp_path


def test_voices_are_listed(voices):
    rows = said(command=voices_command).output.splitlines()
    assert rows[0].split()[:3] == ["base", "2.5", "MB"] and "comes with quatrain" in rows[0]
    assert rows[1].startswith("mine") and "yours" in rows[1]
    found = json.loads(said("--json", command=voices_command).output)
    assert [one["shipped"] for one in found] == [True, False] and found[1]["card"]["lines"] == 3


def test_a_voice_is_deleted_when_that_is_meant(voices):
    assert said("--delete", "mine", command=voices_command, input="n\n").exit_code == 130
    assert (voices / "own" / "mine").exists()
    assert said("--delete", "mine", command=voices_command, input="y\n").exit_code == 0
    assert not (voices / "own" / "mine").exists()
    assert "Did you mean 'base'" in said("--delete", "bse", "--yes", command=voices_command).stderr
    kept = said("--delete", "base", "--yes", command=voices_command)
    assert kept.exit_code == 2 and "is not deleted" in kept.stderr and (voices / "shipped" / "base").exists()


# ---------------------------------------------------------------------------------------------------------------- train


def test_a_voice_is_trained_and_says_what_changed(path, monkeypatch):
    asked = []

    def train(paths, name, base, tell, seed):
        asked.append((paths, name, base, seed))
        tell("reading", 0.5, 30.0)
        if name == "Base":
            raise BadSetting("'Base' is no name for a voice.")
        return Changed("mine", path / "own" / "mine", 120, 900, ("blorfing", "skrrt"), (80.0, 31.0), (20.0, 21.5), 90.0,
                       ("saddle", "trail"), (6.0, 5.5), habits, (sample,))  # fmt: skip

    @dataclass
    class Changed:
        name: str
        folder: object
        lines: int
        words: int
        new_words: tuple
        yours: tuple
        range: tuple
        seconds: float
        leaning: tuple
        shapes: tuple
        rhymes: object
        samples: tuple

    habits = SimpleNamespace(perfect=0.5, near=0.125, pairs=(("late", "gate"),))
    sample = SimpleNamespace(line="I rode all night", before="In the light", after="With the saddle tight")

    monkeypatch.setitem(sys.modules, "quatrain.yours", SimpleNamespace(train=train))
    got = said("song.txt", "--seed", "4", command=train_command)
    assert got.exit_code == 0 and [str(one) for one in asked[0][0]] == ["song.txt"]
    assert asked[0][1:] == ("mine", "base", 4)
    assert "120 lines, 900 words, 2 of them new (blorfing, skrrt)" in got.output
    assert "between 31.0 words where you wrote one, before between 80.0" in got.output and "1.5 minutes" in got.output
    assert "It leans to: saddle, trail." in got.output and "between 5.50, before 6.00" in got.output
    assert "50% rhyme perfectly, 12% nearly: late/gate." in got.output
    assert "  I rode all night\n    before: In the light\n    now:    With the saddle tight\n" in got.output
    assert json.loads(said("song.txt", "--json", command=train_command).stdout)["yours"] == [80.0, 31.0]
    assert said("song.txt", "--voice", "Base", command=train_command).exit_code == 2


def test_the_engine_takes_what_the_command_gives():
    import ast
    from pathlib import Path

    import quatrain

    source = ast.parse((Path(quatrain.__file__).parent / "yours.py").read_text(encoding="utf-8"))
    [train] = [node for node in source.body if isinstance(node, ast.FunctionDef) and node.name == "train"]
    assert [argument.arg for argument in train.args.args] == ["paths", "name", "base", "tell", "seed"]
