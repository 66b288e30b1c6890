"""Moves, contests, swaps, files and rings, by hand; and that nobody ever stands on another, over random crowds."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.games.grid import movement
from accord.games.grid.movement import (
    DOWN,
    LEFT,
    MOVE_BACK,
    MOVE_FORWARD,
    MOVE_LEFT,
    MOVE_RIGHT,
    RIGHT,
    STAY,
    TURN_LEFT,
    TURN_RIGHT,
    UP,
)

SHAPE = (8, 9)  # walls on the border: rows 1 to 6, columns 1 to 7 are free
run = jax.jit(lambda bodies, actions, priority: movement.move(bodies, actions, SHAPE, priority))


def moved(agents: list[tuple[int, int, int]], actions: list[int], priority: list[int] | None = None):
    """Places and headings after one step; `agents` as (row, column, heading)."""
    bodies = movement.Bodies(*(jnp.asarray(column, jnp.int32) for column in zip(*agents, strict=True)))
    order = jnp.asarray(priority or range(len(agents)), jnp.uint32)
    after = run(bodies, jnp.asarray(actions, jnp.int32), order)
    return [tuple(int(v) for v in values) for values in zip(*(np.asarray(x) for x in after), strict=True)]


@pytest.mark.parametrize(
    ("heading", "ahead"),
    [(UP, (-1, 0)), (RIGHT, (0, 1)), (DOWN, (1, 0)), (LEFT, (0, -1))],
    ids=["up", "right", "down", "left"],
)
def test_steps_are_relative_to_the_heading(heading: int, ahead: tuple[int, int]):
    down, right = ahead
    for action, (dr, dc) in {
        MOVE_FORWARD: (down, right),
        MOVE_BACK: (-down, -right),
        MOVE_RIGHT: (right, -down),  # a quarter turn clockwise
        MOVE_LEFT: (-right, down),
        STAY: (0, 0),
    }.items():
        assert moved([(4, 4, heading)], [action]) == [(4 + dr, 4 + dc, heading)]
    assert moved([(4, 4, heading)], [TURN_RIGHT]) == [(4, 4, (heading + 1) % 4)]
    assert moved([(4, 4, heading)], [TURN_LEFT]) == [(4, 4, (heading - 1) % 4)]


def test_walls_stop():
    assert moved([(1, 3, UP)], [MOVE_FORWARD]) == [(1, 3, UP)]
    assert moved([(6, 3, DOWN)], [MOVE_FORWARD]) == [(6, 3, DOWN)]
    assert moved([(3, 1, UP)], [MOVE_LEFT]) == [(3, 1, UP)]
    assert moved([(3, 7, UP)], [MOVE_RIGHT]) == [(3, 7, UP)]


@pytest.mark.parametrize("winner", [0, 1])
def test_of_two_who_want_a_cell_the_one_with_priority_gets_it(winner: int):
    priority = [5, 9] if winner == 1 else [9, 5]
    after = moved([(3, 2, RIGHT), (3, 4, LEFT)], [MOVE_FORWARD, MOVE_FORWARD], priority)
    assert after[winner] == (3, 3, (RIGHT, LEFT)[winner])
    assert after[1 - winner] == ((3, 2, RIGHT), (3, 4, LEFT))[1 - winner]


def test_equal_priority_is_no_way_to_share_a_cell():
    after = moved([(3, 2, RIGHT), (3, 4, LEFT), (2, 3, DOWN)], [MOVE_FORWARD] * 3, [7, 7, 7])
    assert [place[:2] for place in after].count((3, 3)) == 1


def test_two_cannot_swap():
    start = [(3, 3, RIGHT), (3, 4, LEFT)]
    assert moved(start, [MOVE_FORWARD, MOVE_FORWARD]) == start


def test_nobody_enters_a_cell_whose_occupant_stays_or_turns():
    for action in (STAY, TURN_LEFT, 7):  # 7: a beam, for example
        after = moved([(3, 3, RIGHT), (3, 4, UP)], [MOVE_FORWARD, action])
        assert after[0] == (3, 3, RIGHT)
        assert after[1][:2] == (3, 4)


def test_a_file_moves_together_or_halts_together():
    file = [(3, 3, RIGHT), (3, 4, RIGHT), (3, 5, RIGHT)]
    assert moved(file, [MOVE_FORWARD] * 3) == [(3, 4, RIGHT), (3, 5, RIGHT), (3, 6, RIGHT)]
    at_wall = [(3, 5, RIGHT), (3, 6, RIGHT), (3, 7, RIGHT)]
    assert moved(at_wall, [MOVE_FORWARD] * 3) == at_wall


def test_a_file_of_eight_halts_to_its_tail():
    file = [(row, 4, DOWN) for row in (1, 2, 3, 4, 5, 6)]
    assert moved(file, [MOVE_FORWARD] * 6) == file  # the head stands at the wall, five rounds away from the tail


def test_a_ring_of_four_turns():
    ring = [(2, 2, RIGHT), (2, 3, DOWN), (3, 3, LEFT), (3, 2, UP)]
    after = moved(ring, [MOVE_FORWARD] * 4)
    assert [place[:2] for place in after] == [(2, 3), (3, 3), (3, 2), (2, 2)]


def test_the_winner_of_a_contest_waits_for_the_occupant():
    """Agents 0 and 1 want the cell of 2, who is held up by 3: the released code puts two agents on one cell here."""
    start = [(3, 2, RIGHT), (2, 3, DOWN), (3, 3, RIGHT), (3, 4, UP)]
    assert moved(start, [MOVE_FORWARD, MOVE_FORWARD, MOVE_FORWARD, STAY], [9, 8, 7, 6]) == start
    free = moved(start, [MOVE_FORWARD, MOVE_FORWARD, MOVE_FORWARD, MOVE_FORWARD], [9, 8, 7, 6])
    assert [place[:2] for place in free] == [(3, 3), (2, 3), (3, 4), (2, 4)]


def test_a_loser_stays_and_holds_up_those_behind():
    start = [(3, 2, RIGHT), (3, 4, LEFT), (3, 5, LEFT)]  # 0 and 1 want (3, 3); 2 wants the cell of 1
    assert moved(start, [MOVE_FORWARD] * 3, [9, 1, 5]) == [(3, 3, RIGHT), (3, 4, LEFT), (3, 5, LEFT)]
    assert moved(start, [MOVE_FORWARD] * 3, [1, 9, 5]) == [(3, 2, RIGHT), (3, 3, LEFT), (3, 4, LEFT)]


@settings(max_examples=150)
@given(data=st.data(), agents=st.sampled_from([2, 4, 8]))
def test_nobody_ever_stands_on_another(data: st.DataObject, agents: int):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    block = [(row, col) for row in (2, 3, 4, 5) for col in (1, 2, 3)]  # a crowd at a wall
    start = [block[i] for i in rng.choice(len(block), agents, replace=False)]
    headings, actions = rng.integers(0, 4, agents), rng.choice([0, 1, 2, 2, 2, 3, 4, 5, 7], agents)
    priority = rng.integers(0, 3, agents)  # ties are likely
    after = moved([(*p, int(h)) for p, h in zip(start, headings, strict=True)], actions.tolist(), priority.tolist())
    places = [place[:2] for place in after]
    assert len(set(places)) == agents
    for (row, col), (new_row, new_col) in zip(start, places, strict=True):
        assert abs(row - new_row) + abs(col - new_col) <= 1
        assert 1 <= new_row <= 6 and 1 <= new_col <= 7


def test_spawning_draws_every_start_equally_and_never_twice():
    spots = np.asarray([[1, 2, 3, 4, 5], [6, 6, 6, 6, 6]], np.int32)
    draw = lambda key: movement.spawn(spots, jax.random.bits(key, (5,)), jnp.zeros(3, jnp.int32), 3).row
    rows = np.asarray(jax.jit(jax.vmap(draw))(jax.random.split(jax.random.key(0), 4000)))
    assert (np.sort(rows, axis=1)[:, 1:] > np.sort(rows, axis=1)[:, :-1]).all()
    counts = np.stack([(rows == row).sum(axis=0) for row in (1, 2, 3, 4, 5)])
    assert np.abs(counts - 800).max() < 5 * np.sqrt(4000 * 0.2 * 0.8)  # five standard deviations
