"""Names: an open table, files, modules, and suggestions."""

from pathlib import Path

import pytest

from accord.core.errors import BadGame, BadSetting, UnknownName
from accord.core.registry import GAMES, SPACES, Entry, Registry

SOURCE = """
import jax.numpy as jnp
from accord.core.game import AbstractGame, Discrete

class Coin(AbstractGame):
    num_agents: int = 2
    actions = Discrete(2)
    horizon: int = 3
    prize: float = 1.0
    def init(self, key): return jnp.zeros(())
    def step(self, state, actions, key): return state, self.prize * actions.astype(jnp.float32)
    def observe(self, state): return jnp.zeros((self.num_agents, 1))

def three(): return Coin(num_agents=3)
number = 3
"""


@pytest.fixture
def coin(tmp_path: Path) -> Path:
    path = tmp_path / "coin.py"
    path.write_text(SOURCE)
    return path


def test_a_name_makes_its_game_with_settings():
    game = GAMES.make("cleanup-small", ["num_agents=3", "horizon=7"])
    assert (game.num_agents, game.horizon) == (3, 7)
    with pytest.raises(UnknownName, match="Unknown setting 'horizn'. Did you mean 'horizon'"):
        GAMES.make("cleanup-small", ["horizn=7"])
    with pytest.raises(BadSetting, match="expected a whole number"):
        GAMES.make("cleanup-small", ["horizon=soon"])


def test_unknown_names_get_a_suggestion():
    with pytest.raises(UnknownName) as caught:
        GAMES.make("cleanpu-small")
    words = "Unknown game 'cleanpu-small'. Did you mean 'cleanup-small'? List all with: accord games"
    assert str(caught.value) == words


def test_a_file_is_a_name(coin: Path):
    assert GAMES.make(f"{coin}:Coin", ["prize=2"]).prize == 2.0
    assert GAMES.make(f"{coin}:three").num_agents == 3
    assert type(GAMES.make(f"{coin}:three")) is type(GAMES.make(f"{coin}:Coin"))  # the file is loaded once


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("{folder}/coyn.py:Coin", "coin.py'"),
        ("{folder}/coin.py:Coyn", "Did you mean 'Coin'?"),
        ("accord.nowhere:Game", "Is it installed"),
        ("accord.games.cleanup:Cleanpu", "Did you mean 'Cleanup'?"),
    ],
)
def test_what_is_not_there(coin: Path, name: str, words: str):
    with pytest.raises(UnknownName) as caught:
        GAMES.make(name.format(folder=coin.parent))
    assert words in str(caught.value)


def test_what_is_no_game(coin: Path, tmp_path: Path):
    with pytest.raises(BadGame, match="gives a int, expected a game"):
        GAMES.make(f"{coin}:number")
    broken = tmp_path / "broken.py"
    broken.write_text("1 / 0")
    with pytest.raises(BadGame, match=r"broken.py fails while it is imported: ZeroDivisionError"):
        GAMES.make(f"{broken}:Game")


def test_the_table_is_open_and_a_name_is_taken_once(coin: Path):
    table = Registry(
        "game",
        shipped="accord.games.catalog",
        group="accord.nothing",
        interface="accord.core.game:AbstractGame",
        remedy="",
    )
    table.add(Entry("coin", f"{coin}:Coin", "toss"))
    assert table.names()[-1] == "coin" and table.make("coin").num_agents == 2
    with pytest.raises(BadGame, match="exists already"):
        table.add(Entry("coin", f"{coin}:three", "again"))
    assert "coin" not in GAMES.names()


def test_every_entry_names_spaces_that_exist():
    for entry in GAMES.entries():
        assert entry.summary and set(entry.spaces) <= set(SPACES.names()), entry.name
    for entry in SPACES.entries():
        assert entry.summary, entry.name
