"""Beams, by hand: what they reach, what stops them, and who gets the credit."""

import jax
import jax.numpy as jnp
import numpy as np

from accord.games.cleanup import CLEAN, Cleanup, CleanupState
from accord.games.grid.maps import GridMap
from accord.games.grid.movement import DOWN, LEFT, RIGHT, STAY, UP, Bodies

WATER = GridMap(
    (
        "#########",
        "#HHHHHHH#",
        "#HHHHHHH#",
        "#HHHHHHH#",
        "#HHHHHHH#",
        "#HHHHHHH#",
        "#HHHHHHH#",
        "#PPPB   #",
        "#########",
    )
)
WIDE = Cleanup(2, WATER, beam_width=3, beam_length=3, waste_chance=0.0)
NARROW = Cleanup(2, WATER, beam_width=1, beam_length=3, waste_chance=0.0)
STEPS = {game: jax.jit(game.step) for game in (WIDE, NARROW)}


def shot(game: Cleanup, agents, waste, actions, seed: int = 0):
    """Cells cleaned, and by whom; `agents` as (row, column, heading), `waste` as a set of (row, column)."""
    cells = [tuple(cell) for cell in game.river.T.tolist()]
    state = CleanupState(
        Bodies(*(jnp.asarray(column, jnp.int32) for column in zip(*agents, strict=True))),
        jnp.zeros(1, bool),
        jnp.asarray([cell in waste for cell in cells]),
        jnp.zeros(len(agents), jnp.int32),
        jnp.zeros(len(agents), jnp.int32),
    )
    after, _ = STEPS[game](state, jnp.asarray(actions, jnp.int32), jax.random.key(seed))
    left = {cell for cell, there in zip(cells, np.asarray(after.waste), strict=True) if there}
    assert left <= waste
    assert int(after.cleaned.sum()) == len(waste - left)
    return waste - left, np.asarray(after.cleaned).tolist()


FAR = (7, 6, UP)  # an agent that is out of the way: behind every shooter in these tests
ALL = {(row, col) for row in range(1, 7) for col in range(1, 8)}


def test_each_column_stops_at_its_first_waste():
    # Looking up from (6, 3): the middle column begins ahead, the side ones beside the agent.
    assert shot(WIDE, [(6, 3, UP), FAR], ALL, [CLEAN, STAY]) == ({(6, 2), (5, 3), (6, 4)}, [3, 0])


def test_the_own_cell_is_never_reached():
    assert shot(WIDE, [(6, 3, UP), FAR], {(6, 3)}, [CLEAN, STAY]) == (set(), [0, 0])


def test_length():
    # Middle: 3 cells ahead. Sides: beside and 2 cells ahead.
    for cell, reached in {
        (3, 3): True,
        (2, 3): False,
        (4, 2): True,
        (3, 2): False,
        (4, 4): True,
        (3, 4): False,
    }.items():
        assert shot(WIDE, [(6, 3, UP), FAR], {cell}, [CLEAN, STAY])[0] == ({cell} if reached else set()), cell


def test_width():
    assert shot(WIDE, [(6, 3, UP), FAR], {(5, 1), (5, 5), (4, 5)}, [CLEAN, STAY]) == (set(), [0, 0])
    assert shot(NARROW, [(6, 3, UP), FAR], ALL, [CLEAN, STAY]) == ({(5, 3)}, [1, 0])
    assert shot(NARROW, [(6, 3, UP), FAR], {(6, 2), (5, 2), (5, 4), (2, 3)}, [CLEAN, STAY]) == (set(), [0, 0])


def test_every_heading():
    for heading, (middle, sides) in {
        UP: ((3, 4), {(4, 3), (4, 5)}),
        DOWN: ((5, 4), {(4, 3), (4, 5)}),
        LEFT: ((4, 3), {(3, 4), (5, 4)}),
        RIGHT: ((4, 5), {(3, 4), (5, 4)}),
    }.items():
        assert shot(WIDE, [(4, 4, heading), FAR], ALL, [CLEAN, STAY]) == ({middle} | sides, [3, 0])


def test_nothing_lies_behind_or_beyond_the_wall():
    assert shot(WIDE, [(2, 1, LEFT), FAR], ALL, [CLEAN, STAY])[0] == {(1, 1), (3, 1)}
    assert shot(WIDE, [(4, 4, UP), FAR], {(5, 4), (5, 3), (6, 4)}, [CLEAN, STAY])[0] == set()


def test_an_agent_stops_the_beam_but_its_own_cell_is_cleaned():
    behind = {(3, 3), (2, 3)}
    assert shot(WIDE, [(6, 3, UP), (5, 3, UP)], {(4, 3)}, [CLEAN, STAY])[0] == set()
    assert shot(WIDE, [(6, 3, UP), (4, 3, UP)], behind, [CLEAN, STAY])[0] == set()
    assert shot(WIDE, [(6, 3, UP), (4, 3, UP)], behind | {(4, 3)}, [CLEAN, STAY])[0] == {(4, 3)}
    # Beside the shooter an agent stops a side column at its very start.
    assert shot(WIDE, [(6, 3, UP), (6, 2, UP)], {(5, 2), (6, 4)}, [CLEAN, STAY])[0] == {(6, 4)}


def test_waste_before_an_agent_is_reached_first():
    assert shot(NARROW, [(6, 3, UP), (4, 3, UP)], {(5, 3), (4, 3)}, [CLEAN, STAY])[0] == {(5, 3)}


def test_two_beams_in_one_step_meet_the_river_one_after_the_other():
    """From both ends of one column: with two cells of waste each takes one, with one cell only the first is paid."""
    agents = [(6, 4, UP), (2, 4, DOWN)]
    paid = set()
    for seed in range(12):
        assert shot(NARROW, agents, {(5, 4), (3, 4)}, [CLEAN, CLEAN], seed) == ({(5, 4), (3, 4)}, [1, 1])
        cells, credit = shot(NARROW, agents, {(4, 4)}, [CLEAN, CLEAN], seed)
        assert cells == {(4, 4)}
        paid.add(tuple(credit))
    assert paid == {(1, 0), (0, 1)}  # either may be first


def test_the_second_beam_goes_as_far_as_the_first_has_cleared():
    """Side by side, looking up a shared column: the first takes the near cell, the second the far one."""
    agents, waste = [(6, 3, UP), (6, 5, UP)], {(5, 4), (4, 4)}
    for seed in range(6):
        assert shot(WIDE, agents, waste, [CLEAN, CLEAN], seed) == (waste, [1, 1])


def test_who_does_not_fire_cleans_nothing():
    assert shot(WIDE, [(6, 3, UP), (4, 4, UP)], ALL, [STAY, STAY]) == (set(), [0, 0])
