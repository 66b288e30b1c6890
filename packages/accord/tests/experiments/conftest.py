"""The command line as a person has it: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TINY = Path(__file__).with_name("tiny.py")
SMALL = (
    f"game={TINY}:Commons", f"space={TINY}:Fine", "schemes=separate", "ppo.num_envs=4", "ppo.num_steps=4",
    "ppo.hidden=(4,)", "ppo.minibatches=1", "separate.env_steps=320", "evaluation.scripted_episodes=0",
    "evaluation.episodes=4", "response.prices=0",
)  # fmt: skip
"""Changes to the preset `smoke` after which one job of 20 updates is left."""


def command(*words):
    return [sys.executable, "-m", "accord.studio.cli", *map(str, words)]


def environment(**more):
    source = str(Path(__file__).parents[2] / "src")
    return os.environ | {"PYTHONPATH": source, "COLUMNS": "120"} | more


@pytest.fixture
def accord(tmp_path):
    """Run `accord` with some words; gives the finished process."""

    def run(*words, **more):
        return subprocess.run(
            command(*words), cwd=tmp_path, env=environment(**more), capture_output=True, text=True, timeout=300
        )

    return run
