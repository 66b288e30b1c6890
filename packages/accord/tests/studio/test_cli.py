"""The command line, as far as nothing has to be learned."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from accord.core.settings import from_toml
from accord.experiments.presets import PRESETS
from accord.experiments.spec import Experiment
from accord.studio.cli import cli
from accord.studio.tables import table


def said(*words):
    return CliRunner().invoke(cli, words, prog_name="accord")


@pytest.mark.parametrize(
    "words", [["--help"], ["games"], ["presets"], ["presets", "story"], ["run", "--help"], ["run", "stroy"]]
)
def test_looking_around_loads_no_array_library(words):
    script = (
        "import sys; from accord.studio.cli import cli\n"
        f"try: cli({words!r}, prog_name='accord')\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('jax', 'numpy', 'equinox', 'rich', 'pyarrow', 'scipy')))"
    )
    got = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert got.returncode == 0, got.stdout + got.stderr


def test_every_command_has_an_example_that_begins_with_its_name():
    for name in cli.commands:
        text = said(name, "--help").output
        assert f"  accord {name}" in text, f"accord {name} --help has no example"


def test_games_and_presets_are_listed():
    listed = said("games").output
    assert "cleanup-small" in listed and "cleaning-wage" in listed
    names = said("presets").output
    assert all(name in names for name in PRESETS)


def test_a_printed_preset_is_a_settings_file():
    assert from_toml(Experiment, said("presets", "story").output) == PRESETS["story"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gams"], "Unknown command 'gams'. Did you mean 'games'?"),
        (["presets", "stori"], "Unknown preset 'stori'. Did you mean 'story'?"),
        (["run", "stroy"], "Unknown preset 'stroy'. Did you mean 'story'?"),
        (["run", "story", "sedes=2"], "Unknown setting 'sedes'. Did you mean 'seeds'?"),
        (["run", "story", "seeds=-1"], "seeds=-1 is out of its range"),
        (["run", "story", "game.horizn=9"], "Did you mean 'horizon'?"),
        (["run", "story", "space.high=(1,2)"], "entries"),
        (["run", "story", "moca.proposer=7"], "moca.proposer=7, but the agents are 0 to 1"),
        (["run", "none.toml"], "none.toml could not be read (No such file or directory)"),
        (["play", "clean-up-small"], "Did you mean 'cleanup-small'?"),
        (
            ["play", "cleanup-small", "--theta", "0.5"],
            "theta=[0.5] is out of range, CleaningWage has 1 (low=(0.0,), high=(0.2,))",
        ),
        (["play", "cleanup-small", "--theta", "0.1,0.1"], "theta has 2 terms"),
        (["play", "cleanup-small", "--theta", "much"], "expected numbers"),
        (["play", "cleanup-small", "--policy", "cleaner"], "names 1 roles for 2 agents"),
        (["play", "cleanup-small", "--policy", "cleaner,harvestr"], "Did you mean 'harvester'?"),
        (["show", "nowhere"], "There is no run in nowhere"),
        (["resume", "nowhere"], "There is no run in nowhere"),
        (["report", "nowhere"], "There is no run in nowhere"),
    ],
)
def test_bad_input_gets_one_sentence(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    got = said(*words)
    assert got.exit_code == 2
    assert sentence in got.stderr
    assert got.stderr.startswith("Error: ") and "Traceback" not in got.stderr and got.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [], "something was left behind"


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("accord.studio.commands.presets.preset_of", broken)
    got = said("presets", "story")
    assert isinstance(got.exception, ZeroDivisionError)


def test_tables_line_up_and_wrap():
    text = table(
        [("a", "one two three four five six seven", "1"), ("bb", "x", "22")],
        heads=("n", "words", "k"),
        right=(2,),
        width=40,
    )
    lines = text.splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[2].endswith(" 1") and lines[-1].endswith("22")
    assert "".join(lines).count("seven") == 1
