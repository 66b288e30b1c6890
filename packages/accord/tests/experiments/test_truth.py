"""Learned play beside the exact answer: on a run that is too short to learn, the exact values must still agree."""

from fractions import Fraction

import jax
import numpy as np
import pytest

from accord.contracts.negotiate import Contracted, FixedTerms
from accord.experiments import truth
from accord.experiments.phases import play_of
from accord.experiments.store import RunFolder
from accord.learn import evaluate
from accord.solve.tables.tabulate import tabulate


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from click.testing import CliRunner

    from accord.studio.cli import cli

    folder = tmp_path_factory.mktemp("truth") / "brook"
    words = [
        "run", "brook", "game.game.cells=3", "game.game.trees=1", "game.game.most=2", "game.steps=4", "schemes=moca",
        "ppo.num_envs=16", "ppo.num_steps=4", "ppo.minibatches=1", "ppo.hidden=(8,)", "moca.env_steps=640",
        "moca.prices=3", "moca.episodes=8", "moca.negotiations=2", "response.prices=0", "evaluation.episodes=8",
        "--workers", "1", "--out", str(folder),
    ]  # fmt: skip
    got = CliRunner().invoke(cli, words)
    assert got.exit_code == 0, got.output
    return RunFolder.open(folder)


def test_exact_values_are_what_many_episodes_average_to(run):
    play = play_of(run, 0)
    table = tabulate(play.game)
    found, _ = truth.valued(play, table, table.linear(play.space), (Fraction(1, 2), None))
    game = Contracted(play.game, play.space, FixedTerms((0.5,)))
    seen = evaluate.play_net(game, play.net, play.settings, episodes=4096, key=jax.random.key(0))
    error = seen.after.std(axis=1) / np.sqrt(4096)
    assert (np.abs(seen.after.mean(axis=1) - found.values) < 5 * error).all()
    assert (found.gains >= -1e-9).all()


def test_the_record_of_a_run(run):
    found = truth.learned(run)
    assert len(found.values) == 1 and len(found.terms) == len(found.values[0]) == len(found.low) == 3
    for price, (low, high) in enumerate(found.welfare):
        assert low <= high
        assert all(a <= b for a, b in zip(found.low[price], found.high[price], strict=True))
    # nothing was learned: best responses gain, and the record says so
    assert max(found.gains[0]) > 0.05
    assert found.outside_low <= found.outside_high and found.bounds
