"""`accord play`: what is shown is what happens."""

import re
from pathlib import Path

from click.testing import CliRunner

from accord.studio.cli import cli

TINY = Path(__file__).parents[1] / "experiments" / "tiny.py"


def said(*words):
    got = CliRunner().invoke(cli, ["play", *words], prog_name="accord")
    assert got.exit_code == 0, got.output
    return got.output


def test_a_game_in_a_file_by_hand():
    """A take earns 1, and 0.75 is lost by everybody for each take."""
    text = said(f"{TINY}:Commons", "--steps", "5", "--seed", "1")
    steps = re.findall(r"agent 0: (\w+), earns (-?[\d.]+)\n  agent 1: (\w+), earns (-?[\d.]+)", text)
    assert len(steps) == 5
    total = 0.0
    for one, earned, other, other_earned in steps:
        loss = 0.75 * (one, other).count("take")
        assert float(earned) == (one == "take") - loss and float(other_earned) == (other == "take") - loss
        total += float(earned)
    assert re.search(rf"Total: agent 0 {total:.4g}", text)


def test_the_same_seed_shows_the_same_episode():
    first, again, other = (said(f"{TINY}:Commons", "--seed", seed) for seed in ("3", "3", "4"))
    assert first == again != other


def test_a_contract_in_force_moves_money():
    """Under a fine of 1 whoever takes alone pays 1 to the other: 1 - 0.75 - 1, and -0.75 + 1."""
    text = said(f"{TINY}:Commons", "--space", f"{TINY}:Fine", "--theta", "1.0", "--steps", "5", "--seed", "1")
    assert re.search(r"agent \d: take, earns -0.75\b", text) and re.search(r"agent \d: wait, earns 0.25\b", text)
    assert "theta = [1.0]" in text
