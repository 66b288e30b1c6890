"""Run folders: nothing is lost, and trouble has a sentence."""

import errno
import json
import os
from pathlib import Path

import pytest

from accord.core.errors import BadSetting, StorageError
from accord.experiments.presets import preset_of
from accord.experiments.spec import configured
from accord.experiments.store import JobFolder, RunFolder, write_whole

SMOKE = preset_of("smoke")


def line(stage, update):
    return {"stage": stage, "update": update, "env_steps": update, "work": update, "seconds": 0.0, "welfare": 1.0}


def test_a_folder_is_one_experiment(tmp_path):
    run = RunFolder.create(tmp_path / "a", SMOKE, ["accord", "run", "smoke"])
    assert RunFolder.open(tmp_path / "a").experiment == SMOKE == RunFolder.create(tmp_path / "a", SMOKE, []).experiment
    assert run.circumstances["command"] == "accord run smoke"
    with pytest.raises(BadSetting, match="other settings"):
        RunFolder.create(tmp_path / "a", configured(SMOKE, ["seeds=2"]), [])


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(BadSetting, match="holds other files"):
        RunFolder.create(tmp_path, SMOKE, [])
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_no_run_says_how_to_begin_one(tmp_path):
    with pytest.raises(StorageError, match="There is no run in"):
        RunFolder.open(tmp_path / "none")


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="--out"):
        RunFolder.create(tmp_path / "file" / "run", SMOKE, [])
    with pytest.raises(StorageError, match="could not be made"):
        RunFolder.create(Path("/proc/run"), SMOKE, [])


def test_a_folder_without_write_access(tmp_path):
    tmp_path.chmod(0o500)
    was_root = os.geteuid() == 0
    if was_root:  # root may write everywhere, nobody may not
        os.seteuid(65534)
    try:
        with pytest.raises(StorageError, match="Permission denied"):
            RunFolder.create(tmp_path / "run", SMOKE, [])
    finally:
        if was_root:
            os.seteuid(0)
        tmp_path.chmod(0o700)


def test_one_process_at_a_time(tmp_path):
    run = RunFolder.create(tmp_path / "a", SMOKE, [])
    with run.lock(), pytest.raises(StorageError, match="worked on by another process"), run.lock():
        pass
    with run.lock():
        pass


def test_a_torn_line_is_forgotten(tmp_path):
    job = JobFolder(tmp_path)
    for update in (1, 2, 3):
        job.append(line("separate", update))
    with open(job.progress_file, "ab") as file:
        file.write(json.dumps(line("separate", 4)).encode()[:20])
    assert [entry["update"] for entry in job.lines()] == [1, 2, 3]
    assert job.last_line()["update"] == 3
    job.trim("separate", 2)
    job.append(line("separate", 3))
    assert [entry["update"] for entry in job.lines()] == [1, 2, 3]


def test_only_the_own_stage_is_trimmed(tmp_path):
    job = JobFolder(tmp_path)
    for stage, update in (("first", 1), ("first", 2), ("second", 1), ("second", 2)):
        job.append(line(stage, update))
    job.trim("second", 1)
    assert [(e["stage"], e["update"]) for e in job.lines()] == [("first", 1), ("first", 2), ("second", 1)]


def test_a_full_disk_keeps_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "result.json"
    write_whole(path, "old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["result.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_line_on_a_full_disk(tmp_path):
    job = JobFolder(tmp_path)
    job.progress_file.symlink_to("/dev/full")
    with pytest.raises(StorageError, match=r"progress.jsonl could not be written \(No space left on device\)"):
        job.append(line("separate", 1))
