"""`accord solve` as a person types it."""

import json

import pytest
from click.testing import CliRunner

from accord.studio.cli import cli

GAME = """
import jax.numpy as jnp
from accord import AbstractContractSpace, AbstractGame, Discrete, to_others


class Commons(AbstractGame):
    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = 3

    def init(self, key):
        return jnp.int32(4)

    def step(self, stock, actions, key):
        harvest = (actions == 1).astype(jnp.int32)
        enough = (stock >= jnp.sum(harvest)).astype(jnp.int32)
        return jnp.clip(stock - enough * jnp.sum(harvest) + 1, 0, 4), (harvest * enough).astype(jnp.float32)

    def observe(self, stock):
        return jnp.full((2, 1), stock.astype(jnp.float32))


class Tax(AbstractContractSpace):
    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (1.0,)

    def pays(self, theta, signals):
        return to_others(theta[0] * signals.actions.astype(jnp.float32))
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words):
    return CliRunner().invoke(cli, ["solve", *words], prog_name="accord")


def test_the_answer_and_its_page(here):
    got = said("prisoners-dilemma", "--discount", "9/10")
    assert got.exit_code == 0, got.output
    assert "A price of more than 1 makes cooperate, cooperate dominant." in got.output
    assert "yes  only equilibrium" in got.output
    folder = here / "runs" / "solve-prisoners-dilemma"
    kept = json.loads((folder / "solution.json").read_text())
    assert kept["command"].startswith("accord") and kept["optimum"]["exact"] == "4" and len(kept["routes"]) > 5
    assert "<h1>prisoners-dilemma</h1>" in (folder / "report.html").read_text()


def test_a_game_and_a_space_of_ones_own(here):
    (here / "mine.py").write_text(GAME)
    got = said("mine.py:Commons", "--contract", "mine.py:Tax", "contract.high=2", "horizon=2", "--out", "there")
    assert got.exit_code == 0, got.output
    assert json.loads((here / "there" / "solution.json").read_text())["space"]["high"] == [{"exact": "2", "about": 2.0}]


def test_rules_of_negotiation(here):
    got = said("chicken", "--disagreement", "free", "--proposer", "1", "--target", "swerve,swerve")
    assert got.exit_code == 0 and "player B" in got.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["prisners-dilemma"], "Did you mean 'prisoners-dilemma'?"),
        (["public-goods"], "set levels=2"),
        (["cleanup-small"], "is random"),
        (["chicken", "--target", "swerve"], "names 1 actions for 2 agents"),
        (["chicken", "--target", "swerv,swerve"], "Unknown action 'swerv'. Did you mean 'swerve'?"),
        (["chicken", "--discount", "much"], "between 0 and 1, such as 9/10"),
        (["chicken", "--contract", "defection-fin"], "Did you mean 'defection-fine'?"),
        (["chicken", "--proposer", "7"], "the agents are 0 to 1"),
        (["brook", "--limit", "20"], "--limit"),
        (["chicken", "--contract", "none", "contract.high=2"], "Add --contract SPACE"),
    ],
)
def test_mistakes_are_sentences(here, words, sentence):
    got = said(*words)
    assert got.exit_code == 2 and sentence in got.output and "Traceback" not in got.output, got.output
    assert not (here / "runs").exists()
