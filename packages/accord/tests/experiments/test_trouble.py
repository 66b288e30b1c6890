"""Everything that may go wrong on the way, through the real command line: a sentence, a non-zero exit, nothing lost."""

import errno
import json
import re
import shutil
import subprocess
import sys

import pytest

from accord.core.errors import BadCheckpoint
from accord.experiments.store import RunFolder
from accord.learn.checkpoint import header_of

from .conftest import SMALL, TINY, command, environment


def test_a_nan_stops_its_job_and_no_other(accord, tmp_path):
    """The poison is for the second of two agents, so the job with one agent is unharmed."""
    words = (*SMALL, "game.poison=0.004", "schemes=solo,separate", "solo.env_steps=320", "checkpoint_seconds=0")
    got = accord("run", "smoke", *words, "--out", "run")
    assert got.returncode == 2, got.stderr
    words = r"separate-seed0 failed: Training diverged at update (\d+) .*'reward' of agent 1 is not finite"
    told = re.search(words, got.stderr)
    assert told, got.stderr
    update = int(told[1])
    assert 1 < update <= 20, "choose a poison that strikes on the way"
    assert "accord resume run" in got.stderr and "Traceback" not in got.stderr
    run = RunFolder.open(tmp_path / "run")
    assert run.job("solo-seed0").result()["welfare"] is not None
    job = run.job("separate-seed0")
    assert header_of(job.checkpoint("separate"))["game version"] == 1, "the last good checkpoint stays"
    assert job.last_line()["update"] == update - 1
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert [scheme["name"] for scheme in result["schemes"]] == ["solo"]
    assert "diverged" in result["missing"][0]
    shown = accord("show", "run")
    assert shown.returncode == 0 and "diverged" in shown.stdout

    again = accord("resume", "run")
    assert again.returncode == 2 and f"diverged at update {update}" in again.stderr
    assert job.last_line()["update"] == update - 1


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """A run whose only job is stopped after its checkpoint."""
    place = tmp_path_factory.mktemp("half")
    shutil.copy(TINY, place / "game.py")
    words = tuple(word.replace(str(TINY), "game.py") for word in SMALL)
    got = subprocess.run(
        command("run", "smoke", *words, "--out", "run"), cwd=place, env=environment(), capture_output=True, text=True
    )
    assert got.returncode == 0, got.stderr
    (place / "run" / "jobs" / "separate-seed0" / "done.json").unlink()
    return place


def resumed(accord, half, tmp_path, change):
    shutil.copytree(half, tmp_path, dirs_exist_ok=True)
    change(tmp_path)
    kept = (tmp_path / "run/jobs/separate-seed0/checkpoint-separate.eqx").read_bytes()
    got = accord("resume", "run")
    assert "Traceback" not in got.stderr
    assert (tmp_path / "run/jobs/separate-seed0/checkpoint-separate.eqx").read_bytes() == kept
    return got


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_checkpoint_of_other_rules(accord, half, tmp_path):
    change = lambda place: replace(place / "game.py", "version: ClassVar[int] = 1", "version: ClassVar[int] = 3")
    got = resumed(accord, half, tmp_path, change)
    assert got.returncode == 2
    assert "was begun with game version 1, but it is 3 now" in got.stderr


def test_a_checkpoint_of_another_range(accord, half, tmp_path):
    """The range changes in the game's own file, and what the run knows of it is gone: the checkpoint itself refuses."""

    def change(place):
        replace(place / "game.py", "(1.2,)", "(2.0,)")
        replace(place / "run/run.json", "1.2", "2.0")

    got = resumed(accord, half, tmp_path, change)
    assert got.returncode == 2
    assert "has contract range = [[0.0], [1.2]], but [[0.0], [2.0]] is asked for" in got.stderr


def test_a_damaged_checkpoint(accord, half, tmp_path):
    def change(place):
        path = place / "run/jobs/separate-seed0/checkpoint-separate.eqx"
        path.write_bytes(path.read_bytes()[:-40])

    got = resumed(accord, half, tmp_path, change)
    assert got.returncode == 2 and "is damaged or of another shape. Delete it" in got.stderr


def test_a_disk_that_fills_up(half, tmp_path):
    """A limit on the size of files stands for the disk's; with more room the run goes on to its end."""
    shutil.copytree(half, tmp_path, dirs_exist_ok=True)
    replace(tmp_path / "run/settings.toml", "env_steps = 320", "env_steps = 6400")
    job = RunFolder.open(tmp_path / "run").job("separate-seed0")
    room = job.progress_file.stat().st_size + 10_000
    limited = (
        f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room})); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    words = {"cwd": tmp_path, "env": environment(), "capture_output": True, "text": True, "timeout": 300}
    got = subprocess.run([sys.executable, "-c", limited, *command("resume", "run")], **words)
    assert got.returncode == 2 and "Traceback" not in got.stderr
    assert "progress.jsonl could not be written (File too large). Free some space" in got.stderr
    assert 20 < job.last_line()["update"] < 400
    got = subprocess.run(command("resume", "run"), **words)
    assert got.returncode == 0, got.stderr
    assert [line["update"] for line in job.lines()] == list(range(1, 401))


def test_a_folder_that_cannot_be_made(accord):
    got = accord("run", "smoke", *SMALL, "--out", "/proc/run")
    assert got.returncode == 2 and "/proc/run could not be made" in got.stderr and "--out" in got.stderr
    assert got.stderr.count("\n") == 1


def test_a_full_disk_in_the_command_itself(monkeypatch, tmp_path):
    from click.testing import CliRunner

    from accord.studio.cli import cli

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("accord.studio.commands.run.described", full)
    got = CliRunner().invoke(cli, ["run", "smoke"])
    assert got.exit_code == 2 and "somewhere could not be used (No space left on device)" in got.stderr


def test_another_version_of_the_game_is_noticed_before_work(tmp_path):
    from accord.experiments.presets import preset_of
    from accord.experiments.spec import configured, described
    from accord.studio.working import go

    experiment = configured(preset_of("smoke"), SMALL)
    facts = described(experiment)
    facts["game"]["version"] = 0
    run = RunFolder.create(tmp_path / "run", experiment, ["accord"], facts)
    with pytest.raises(BadCheckpoint, match="begun with game version 0, but it is 1 now"):
        go(run)
