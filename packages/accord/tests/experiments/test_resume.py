"""Killed at any moment, a run continues to the same numbers. Through the command line, with real processes."""

import json
import os
import signal
import subprocess
import sys
import time

import equinox as eqx
import jax
import numpy as np

from accord.experiments.jobs import jobs_of
from accord.experiments.spec import game_of, ppo_of
from accord.experiments.store import RunFolder
from accord.experiments.tasks import learner_of
from accord.learn.checkpoint import _without_keys

from .conftest import SMALL, command, environment


def numbers(folder):
    """Every line of progress, without the clock."""
    lines = RunFolder.open(folder).job("separate-seed0").lines()
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]


def leaves(folder):
    """Everything in the final checkpoint, bit by bit."""
    run = RunFolder.open(folder)
    learner = learner_of(run.experiment, "separate", game_of(run.experiment), ppo_of(run.experiment, "separate"))
    like = _without_keys(learner.init(0))
    with open(run.job("separate-seed0").checkpoint("separate"), "rb") as file:
        file.readline()
        return [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.tree_deserialise_leaves(file, like))]


def wait_for(condition, seconds=120.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


ATTENTIVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in a shell's background is born deaf to it
from accord.studio.cli import main
sys.argv[0] = "accord"
main()
"""


def worker(folder):
    return subprocess.Popen(
        [sys.executable, "-m", "accord.experiments.worker", str(folder), "separate-seed0"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_killed_and_interrupted_runs_end_like_undisturbed_ones(accord, tmp_path):
    # Long enough that it can be killed on the way; checkpoints only now and then, so that a kill loses updates.
    slow = (*SMALL, "separate.env_steps=48000", "checkpoint_seconds=0.1")
    done = accord("run", "smoke", *slow, "--out", "whole")
    assert done.returncode == 0, done.stderr
    whole = tmp_path / "whole"

    killed = tmp_path / "killed"
    experiment = RunFolder.open(whole).experiment
    run = RunFolder.create(killed, experiment, ["accord"], RunFolder.open(whole).circumstances)
    job = run.job(jobs_of(experiment, 2)[0].name)
    lengths = []
    for _ in range(2):
        process = worker(killed)
        size = (job.last_line() or {"update": 0})["update"]
        wait_for(lambda: (job.last_line() or {"update": 0})["update"] > size + 200)  # noqa: B023
        process.kill()
        process.communicate()
        lengths.append(len(job.lines()))
        assert job.result() is None, "killed too late, so this test shows nothing"
    assert 0 < lengths[0] < lengths[1] < 3000

    politely = subprocess.Popen(
        [sys.executable, "-c", ATTENTIVE, "resume", str(killed)], cwd=tmp_path, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    wait_for(lambda: job.last_line()["update"] > lengths[1] + 20)  # early: on a busy machine the signal comes late
    politely.send_signal(signal.SIGINT)
    _, said = politely.communicate(timeout=60)
    assert politely.returncode == 130 and f"Go on with: accord resume {killed}" in said

    last = accord("resume", killed)
    assert last.returncode == 0, last.stderr
    assert numbers(killed) == numbers(whole)
    assert len(numbers(whole)) == 3000
    for one, other in zip(leaves(killed), leaves(whole), strict=True):
        np.testing.assert_array_equal(one, other)
    for part in ("welfare", "before", "after"):
        results = [json.loads((f / "jobs" / "separate-seed0" / "done.json").read_text())[part] for f in (killed, whole)]
        assert results[0] == results[1]
    for part in ("result.json", "curves.parquet", "report.html", "settings.toml"):
        assert (killed / part).stat().st_size > 0


def test_workers_end_with_their_parent(tmp_path):
    """A parent that is killed cannot ask anybody to stop; its workers notice."""
    words = ("run", "smoke", *SMALL, "separate.env_steps=1e9", "--out", "run")
    parent = subprocess.Popen(
        command(*words), cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    progress = tmp_path / "run" / "jobs" / "separate-seed0" / "progress.jsonl"
    wait_for(lambda: progress.exists() and progress.stat().st_size > 0)
    parent.kill()
    parent.wait()
    checkpoint = progress.with_name("checkpoint-separate.eqx")
    wait_for(checkpoint.exists, seconds=20)
    time.sleep(0.3)
    size = progress.stat().st_size
    time.sleep(0.3)
    assert progress.stat().st_size == size, "the orphan still works"
    assert os.listdir(progress.parent).count("done.json") == 0
