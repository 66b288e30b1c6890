"""Games replayed as text: when a rule, a reward or a draw changes, the diff says where, in words.

After a change that is meant: ACCORD_REGENERATE=1 python -m pytest packages/accord/tests/golden, then read the diff,
and raise the game's `version` if its numbers changed.
"""

import os
from pathlib import Path

import pytest

from accord.contracts.library.cleanup import CleaningWage
from accord.contracts.negotiate import Contracted, FixedTerms
from accord.core.game import AbstractGame
from accord.core.registry import GAMES
from accord.core.rollout import Policy, random_policy
from accord.games.scripted import alternator, cleaner, harvester, team
from accord.studio.commands.play import playthrough

FOLDER = Path(__file__).parent


def games() -> dict[str, tuple[AbstractGame, Policy, int]]:
    """Name of the transcript: game, policy, steps."""
    small, paper = GAMES.make("cleanup-small"), GAMES.make("cleanup", ["num_agents=3"])
    solo = GAMES.make("cleanup-small", ["num_agents=1"])
    waged = Contracted(small, CleaningWage(), FixedTerms((0.2,)))
    dilemma, goods = GAMES.make("prisoners-dilemma"), GAMES.make("public-goods")
    return {
        "cleanup-small-random": (small, random_policy(small), 12),
        "cleanup-small-cleaner-harvester": (small, team(cleaner(small), harvester(small)), 40),
        "cleanup-small-alternator": (solo, team(alternator(solo)), 40),
        "cleanup-small-wage": (waged, team(cleaner(small), harvester(small)), 20),
        "cleanup-three": (paper, team(cleaner(paper), cleaner(paper), harvester(paper)), 25),
        "prisoners-dilemma": (dilemma, random_policy(dilemma), 1),
        "public-goods": (goods, random_policy(goods), 1),
    }


@pytest.mark.parametrize("name", games())
def test_playthrough(name: str):
    game, policy, steps = games()[name]
    inner = getattr(game, "game", game)
    lines = [f"{type(inner).__name__} version {inner.version}", *playthrough(game, policy, seed=1, steps=steps)]
    text = "\n".join(lines) + "\n"
    path = FOLDER / f"{name}.txt"
    if os.environ.get("ACCORD_REGENERATE"):
        path.write_text(text)
    assert text == path.read_text(), f"{path.name} differs; see the head of {Path(__file__).name}"
