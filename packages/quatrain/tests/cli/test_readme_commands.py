"""The README's examples of commands are what the commands print."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from quatrain.cli import cli

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
[SONG] = re.findall(r"With this in `song.txt`:\n\n```text\n(.*?)```", README, re.DOTALL)
EXAMPLES = re.findall(r"```console\n\$ quatrain (.*?)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("words", "shown"), EXAMPLES)
def test_an_example_prints_what_the_readme_says(words, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.txt").write_text(SONG, encoding="utf-8")
    got = CliRunner().invoke(cli, words.split(), prog_name="quatrain")
    assert got.exit_code == 0 and got.output == shown


def test_every_command_named_in_the_readme_is_there():
    assert len(EXAMPLES) >= 2
    for name in set(re.findall(r"quatrain ([a-z]+)", README)):
        assert name in cli.list_commands(None), name
