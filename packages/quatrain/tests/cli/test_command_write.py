"""`quatrain verse`, `rewrite` and `fill`, with an engine whose answers are known; and bad input at every command."""

import json
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from quatrain.cli import cli
from quatrain.errors import BadText, NothingFits, UnknownName
from quatrain.rewriting import parsed
from quatrain.text.rhyme import SOUGHT, Kind
from quatrain.wishes import Suggestion

SONG = """[Verse]
I left my coat beside the garden gate
The moon is hanging low above the town

[Chorus]
Hold me like a river, hold me late
"""
LATE = Suggestion(
    "It was late", ("it", "was", "late"), ("PRP", "VBD", "JJ"), 3, 1, Kind.PERFECT, reasons=("3 syllables",)
)
GONE = Suggestion("Gone", ("gone",), ("JJ",), 1, relaxed=("a syllable less",), reasons=("1 syllable", "relaxed"))


class Engine:
    """Notes what it is asked, and answers from a list."""

    def __init__(self):
        self.asked, self.answers = [], [LATE, GONE]

    def __call__(self, voice):
        if voice != "base":
            raise UnknownName("voice", voice, ("base",))
        return SimpleNamespace(suggest=self.noted, rewrite=self.noted, fill=self.noted, verse=self.verse)

    def noted(self, *asked):
        self.asked.append(asked)
        yield from self.answers

    def verse(self, *asked):
        self.asked.append(asked)
        for _ in range(asked[2]):
            yield self.answers


@pytest.fixture
def engine(monkeypatch):
    made = Engine()
    monkeypatch.setitem(sys.modules, "quatrain.suggest", SimpleNamespace(Writer=made))
    return made


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.txt").write_text(SONG, encoding="utf-8")
    return tmp_path


def said(*words, **how):
    return CliRunner().invoke(cli, words, prog_name="quatrain", **how)


def test_a_verse_is_drawn_line_by_line_with_other_ways_below(engine):
    options = ("--scheme", "AABB", "--lines", "2", "--count", "2", "--near", "--syllables", "9", "--seed", "3")
    got = said("verse", "one line", *options)
    assert got.output.splitlines() == [
        "  3  It was late", "     3 syllables", "     or: Gone",
        "  4  It was late", "     3 syllables", "     or: Gone",
    ]  # fmt: skip
    [(draft, wishes, many)] = engine.asked
    assert draft == ["one line"] and many == 2
    assert (wishes.scheme, wishes.kinds, wishes.syllables, wishes.seed) == ("AABB", SOUGHT, 9, 3)


def test_one_way_is_shown_of_several_that_are_written(engine):
    got = said("verse", "--json")
    rows = [json.loads(row) for row in got.stdout.splitlines()]
    assert [row["line"] for row in rows] == [1, 2, 3, 4] and all(len(row["suggestions"]) == 1 for row in rows)
    assert engine.asked[0][1].count > 1 and engine.asked[0][1].scheme == "ABAB"


@pytest.mark.parametrize("name", ["--song", "--file"])
def test_a_song_is_gone_on_from(engine, name):
    assert said("verse", name, "song.txt", "--at", "3").exit_code == 0
    assert engine.asked[0][0][1:] == ["I left my coat beside the garden gate", "The moon is hanging low above the town"]
    assert said("next", name, "-", input=SONG).exit_code == 0
    assert engine.asked[1][0][-1] == "Hold me like a river, hold me late"


@pytest.mark.parametrize(
    ("options", "line", "place"),
    [
        ((), 6, None), (("--line", "2"), 2, None), (("--line", "2", "--word", "Garden"), 2, 6),
        (("--line", "2", "--word", "1"), 2, 0), (("--word", "hold me"), 6, "hold me"), (("--word", "6"), 6, 5),
    ],
)  # fmt: skip
def test_a_line_or_a_word_of_it_is_written_anew(engine, options, line, place):
    got = said("rewrite", "--song", "song.txt", *options)
    if isinstance(place, str):
        assert got.exit_code == 2 and f"Line 6 has no word '{place}'" in got.stderr
        return
    assert got.exit_code == 0 and "It was late" in got.output
    draft, *where, wishes = engine.asked[0]
    assert where == [line, place] and len(draft) == 6 and wishes.count == 10


def test_gaps_are_filled(engine):
    got = said("fill", "the ___ of the ___", "one line", "--rhyme-with", "1", "--json")
    assert [json.loads(row)["text"] for row in got.stdout.splitlines()] == ["It was late", "Gone"]
    draft, pattern, wishes = engine.asked[0]
    assert (draft, pattern, wishes.rhyme_with) == (["one line"], "the ___ of the ___", 1)


def test_what_gave_up_a_wish_is_dim_on_a_terminal(engine, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    for words in (["fill", "the ___"], ["rewrite", "one line"]):
        got = said(*words, color=True).stdout
        assert "\x1b[1mIt was late" in got and "\x1b[2mGone" in got


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("rewrite", "There is no line to be written anew."),
        ("rewrite --song song.txt --line 1", "Line 1, to be written anew, has no words or is not there."),
        ("rewrite --song song.txt --word hold", "Line 6 has 'hold' 2 times. Say which: --word 1 or --word 6."),
        ("rewrite --song song.txt --word 99", "Line 6 has no word '99'. It has 8: hold me like a river hold me late."),
        ("rewrite one --song song.txt", "Give one of the two."),
        ("rewrite one --voice bass", "Did you mean 'base'?"),
        ("fill nothing", "Write ___ for each word to be found."),
        ("fill", "Missing argument 'PATTERN'."),
        ("fill ___ one --syllables 99", "The number of syllables is 99"),
        ("fill ___ one --end two.words.here", "is not one word"),
        ("verse --lines 0", "0 is not in the range 1<=x<=24."),
        ("verse --scheme balad", "Did you mean 'ballad'?"),
        ("verse one --at 3", "--at 3 names a line of a file"),
        ("verse --song sogn.txt", "Did you mean 'song.txt'?"),
        ("vesre", "Did you mean 'verse'?"),
    ],
)  # fmt: skip
def test_a_mistake_gets_one_sentence_before_a_voice_is_asked(engine, words, sentence):
    got = said(*words.split())
    assert got.exit_code == 2 and sentence in got.stderr and got.stdout == "" and not engine.asked
    assert len(got.stderr.strip().splitlines()) == 1


def test_no_answer_says_what_to_do(engine):
    engine.answers = []
    for words in (["fill", "the ___"], ["rewrite", "one line"], ["next", "one line"]):
        got = said(*words)
        assert got.exit_code == 2 and "Give up the syllables or the end word" in got.stderr

    def nothing(*_):
        raise NothingFits("No other word fits in the place of 'late'.")
        yield

    engine.noted = nothing
    assert said("rewrite", "one late", "--word", "late").stderr == "No other word fits in the place of 'late'.\n"


def test_a_pattern_too_long_is_none():
    with pytest.raises(BadText, match="9 gaps"):
        parsed("___ " * 9)


# ------------------------------------------------------------------------------------------------------------ bad input

FILES = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\n \t\n", "empty"),
    "binary.txt": (bytes(range(256)) * 40, "no text"),
    "chords.txt": (b"[Verse]\nAm G C\nF G\n", "no line that is sung"),
}
COMMANDS = (
    ["next", "--song"], ["verse", "--song"], ["rewrite", "--song"], ["fill", "the ___", "--song"], ["check"],
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_song(engine, path, command, name):
    data, sentence = FILES[name]
    (path / name).write_bytes(data)
    got = said(*command, name)
    assert got.exit_code == 2 and sentence in got.stderr and name in got.stderr and len(got.stderr.splitlines()) == 1
    assert (path / name).read_bytes() == data


TEXTS = {
    "spanish": "La lluvia cae sobre la ciudad\nY nadie sabe mi nombre de verdad\nLa noche es larga como una calle\n"
    * 4,
    "japanese": "雨が降る町で\n君を待っている\n",
    "one word": "Love\nGlove\n",
    "unknown": "Zzyzx brindlewock\nSkrrt gwarfle\n",
    "long": "".join(f"And line {n} goes wandering by the shore\n" * 1 for n in range(10_000)),
    "latin-1": "El ni\xf1o and I went home\n",
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", TEXTS)
def test_an_odd_song_is_answered_and_kept(engine, path, command, name):
    """A best effort, no traceback, and the file as it was."""
    data = TEXTS[name].encode("latin-1" if name == "latin-1" else "utf-8")
    (path / "odd.txt").write_bytes(data)
    got = said(*command, "odd.txt")
    assert got.exit_code == 0 or (got.exit_code == 2 and len(got.stderr.splitlines()) == 1), got.output
    assert not isinstance(got.exception, Exception) or isinstance(got.exception, SystemExit)
    assert (path / "odd.txt").read_bytes() == data
    if name in ("unknown", "one word", "long", "latin-1"):
        assert got.exit_code == 0


def test_a_scheme_that_contradicts_the_song_is_said(path):
    (path / "rain.txt").write_text(
        "I left it at the gate\nThe moon above the town\nIt was late\nDown\n", encoding="utf-8"
    )
    got = said("check", "rain.txt", "--scheme", "AABB", "--strict")
    assert got.exit_code == 1 and "!" in got.stdout
