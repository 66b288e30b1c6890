"""The command `quatrain` as people type it."""

import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from quatrain import cli as command_line
from quatrain.cli import cli
from quatrain.commands.group import Commands

SONG = """[Verse]
I left my coat beside the garden gate
The moon is hanging low above the town
My father counted pennies, it was late
And laid the little silver towers down
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.txt").write_text(SONG, encoding="utf-8")
    return tmp_path


def said(*words, **how):
    return CliRunner().invoke(cli, words, prog_name="quatrain", **how)


def run(*words, given=b"", **environment):
    code = "from quatrain.cli import main; main()"
    plain = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-c", code, *words], input=given, capture_output=True, env=plain | environment
    )


HEAVY = ("jax", "numpy", "equinox", "spacy", "pyarrow", "scipy")


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], (*HEAVY, "rich", "quatrain.text")),
        (["check", "--help"], (*HEAVY, "rich")),
        (["next", "--help"], (*HEAVY, "rich")),
        (["rhyme", "gate"], HEAVY),
        (["rhyme", "gate", "--json"], (*HEAVY, "rich")),
        (["check", "song.txt", "--stress", "--scheme", "ABAB"], HEAVY),
        (["check", "song.txt", "--json"], (*HEAVY, "rich")),
        (["chekc"], (*HEAVY, "rich")),
    ],
)
def test_looking_around_loads_nothing_heavy(path, words, heavy):
    script = (
        "import sys; from quatrain.cli import cli\n"
        f"try: cli({words!r}, prog_name='quatrain')\n"
        "except SystemExit: pass\n"
        f"sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules) or None)"
    )
    got = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert got.returncode == 0, got.stderr


def test_every_command_is_listed_and_has_an_example_that_begins_with_its_name():
    listed = said("--help").output
    names = [name for name, entry in command_line.COMMANDS.items() if entry.there]
    assert {"rhyme", "check", "corpus"} <= set(names)
    for name in names:
        assert f"\n  {name} " in listed
        if command_line.COMMANDS[name].module.startswith("commands."):
            assert f"  quatrain {name}" in said(name, "--help").output, f"quatrain {name} --help has no example"


def test_a_command_whose_module_is_missing_is_not_there():
    assert command_line.Entry("commands.check", needs=("text", "text.rhyme")).there
    missing = command_line.Entry("commands.check", needs=("models.nowhere",))
    group = Commands("some", entries={"check": missing, "rhyme": command_line.COMMANDS["rhyme"]})
    assert not missing.there and group.list_commands(click.Context(group)) == ["rhyme"]
    got = CliRunner().invoke(group, ["check"])
    assert got.exit_code == 2 and "Unknown command 'check'" in got.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["chekc"], "Unknown command 'chekc'. Did you mean 'check'? List all with: quatrain --help"),
        (["check"], "Missing argument 'SONG'. See: quatrain check --help"),
        (["check", "song.txt", "--sceme", "AA"], "No such option '--sceme'. Did you mean '--scheme'?"),
        (["check", "sogn.txt"], "There is no file 'sogn.txt'. Did you mean 'song.txt'?"),
        (["check", "song.txt", "--scheme", "balad"], "Unknown rhyme scheme 'balad'. Did you mean 'ballad'?"),
        (["check", "song.txt", "--scheme", "Vers2=AA"], "Unknown section 'Vers2'. Did you mean 'Verse'?"),
        (["check", "song.txt", "--strict"], "--strict compares with a scheme, and none is given."),
        (["check", "song.txt", "--say", "gate"], "--say gate does not say how."),
        (["check", "song.txt", "--say", "gate=Q"], "'Q' is not a sound"),
        (["check", "song.txt", "--say", "gate=77"], "cannot have 77 syllables"),
        (["check", "."], "'.' is a folder"),
        (["rhyme"], "Missing argument 'WORD'."),
        (["rhyme", ""], "'' is no word"),
        (["rhyme", "love me"], "'love me' is 2 words, expected one. Give the last one: quatrain rhyme me"),
        (["rhyme", "gate", "--kind", "perfct"], "Unknown kind of rhyme 'perfct'. Did you mean 'perfect'?"),
        (["rhyme", "gate", "--syllables", "0"], "0 is not in the range"),
        (["rhyme", "привет"], "is not written in English letters"),
        (["corpus", "nowhere"], "There is no file or folder 'nowhere'."),
        (["corpus", "song.txt", "--name", "My Songs"], "'My Songs' is no name for a source."),
    ],
)
def test_bad_input_gets_one_sentence(path, words, sentence):
    got = said(*words)
    assert got.exit_code == 2
    assert sentence in got.stderr and got.stdout == ""
    assert len(got.stderr.strip().splitlines()) == 1 and "Traceback" not in got.stderr


@pytest.mark.parametrize("data", [b"", b" \n", bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + bytes(100) * 9])
def test_what_is_no_song_is_refused_from_a_pipe_too(data):
    got = said("check", "-", input=data)
    assert got.exit_code == 2 and "the standard input" in got.stderr


def test_a_song_from_a_pipe_is_that_of_the_file(path):
    assert said("check", "-", input=SONG.encode()).output == said("check", "song.txt").output
    utf_16 = said("check", "-", input=SONG.replace("\n", "\r\n").encode("utf-16"))
    assert utf_16.output == said("check", "song.txt").output


def test_contradictions_and_the_exit_code(path):
    assert said("check", "song.txt", "--scheme", "ABAB", "--strict").exit_code == 0
    assert said("check", "song.txt", "--scheme", "AABB").exit_code == 0
    got = said("check", "song.txt", "--scheme", "AABB", "--strict")
    assert got.exit_code == 1 and "should rhyme with line 2 (gate / town), and does not" in got.output
    assert json.loads(said("check", "song.txt", "--scheme", "AABB", "--strict", "--json").stdout)["contradictions"] == 3


def test_json_of_a_song_is_one_document_and_notes_do_not_disturb_it(path):
    (path / "long.txt").write_text("la " * 1000 + "\nthe gate\n")
    got = said("check", "long.txt", "--json")
    assert any("longer than" in note for note in json.loads(got.stdout)["notes"])
    got = said("check", "long.txt")
    assert "longer than" in got.stderr and "longer than" not in got.stdout


def test_pipes_get_no_escapes_and_lines_that_are_whole(path):
    text = (SONG.replace("garden", "garden " * 30)).encode()
    got = run("check", "-", given=text)
    assert got.returncode == 0 and b"\x1b" not in got.stdout
    assert b"garden " * 30 + b"gate" in got.stdout


def test_colour_where_it_is_wanted_and_not_where_it_is_not(path):
    assert b"\x1b[1;38" in run("check", "song.txt", FORCE_COLOR="1", COLORTERM="truecolor", TERM="xterm").stdout
    plain = run("check", "song.txt", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm").stdout
    assert b"\x1b[1m" in plain and b"\x1b[38" not in plain and b";38" not in plain


def test_a_terminal_that_lacks_a_sign_shows_a_question_mark():
    got = run("check", "-", given="the café\nthe day\n".encode(), PYTHONIOENCODING="ascii")
    assert got.returncode == 0 and b"the caf?" in got.stdout


def test_a_song_of_ten_thousand_lines(path):
    lines = SONG.splitlines()[1:]
    (path / "long.txt").write_text("\n".join(lines * 2500))
    got = said("check", "long.txt", "--scheme", "ABAB", "--strict")
    rows = got.output.splitlines()
    assert got.exit_code == 0 and sum(row[:6].strip().isdigit() for row in rows) == 10_000
    assert rows[0].startswith("ABABABAB") and "as asked" in rows[0]


def test_an_interrupted_command_says_nothing_and_exits_as_a_shell_expects(path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("quatrain.song.read", stop)
    got = said("check", "song.txt")
    assert got.exit_code == 130 and "Traceback" not in got.output


def test_a_mistake_of_ours_keeps_its_traceback(path, monkeypatch):
    monkeypatch.setattr("quatrain.song.read", lambda _: 1 / 0)
    assert isinstance(said("check", "song.txt").exception, ZeroDivisionError)


def test_a_full_disk_is_a_sentence(path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "cache")

    monkeypatch.setattr("quatrain.song.read", full)
    got = said("check", "song.txt")
    assert got.exit_code == 2 and "cache could not be used (No space left on device)" in got.stderr


def test_the_module_is_the_command():
    got = subprocess.run([sys.executable, "-m", "quatrain", "--version"], capture_output=True, text=True)
    assert got.returncode == 0 and got.stdout.startswith("quatrain, version ")
