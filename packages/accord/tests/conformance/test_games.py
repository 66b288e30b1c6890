"""Every registered game keeps the interface, at its usual size and at the smallest and largest."""

import pytest

from accord.core.registry import GAMES
from accord.testing import check_game

SIZES = [("public-goods", 2), ("public-goods", 8), ("cleanup-small", 1), ("cleanup-small", 3)]
SIZES += [("cleanup", 1), ("cleanup", 8)]


@pytest.mark.parametrize("name", GAMES.names())
def test_game(name: str):
    check_game(GAMES.make(name))


@pytest.mark.parametrize(("name", "agents"), SIZES)
def test_game_at_other_sizes(name: str, agents: int):
    game = GAMES.make(name, [f"num_agents={agents}"])
    assert game.num_agents == agents
    check_game(game)
