"""The rules of Cleanup: maps, dirt thresholds, chances, eating; and what agents and people see."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.errors import BadSetting
from accord.core.registry import GAMES
from accord.core.rollout import random_policy
from accord.games.cleanup import (
    CLEAN,
    PAPER_MAP,
    STORY_MAP,
    Cleanup,
    CleanupState,
    paper_cleanup,
    small_cleanup,
)
from accord.games.grid.maps import GridMap
from accord.games.grid.movement import DOWN, LEFT, MOVE_FORWARD, RIGHT, STAY, UP, Bodies

DRAWS = 4096
STRIP = GridMap(("######", "#RR B#", "#RRPB#", "#RRPB#", "######"))  # 6 river cells, 3 orchard cells


def state_of(game: Cleanup, agents, waste: int = 0, apples=(), cleaned=None) -> CleanupState:
    """Agents as (row, column, heading), the first so many river cells dirty, apples at the given cells."""
    orchard = [tuple(cell) for cell in game.orchard.T.tolist()]
    assert set(apples) <= set(orchard)
    none = jnp.zeros(game.num_agents, jnp.int32)
    return CleanupState(
        Bodies(*(jnp.asarray(column, jnp.int32) for column in zip(*agents, strict=True))),
        jnp.asarray([cell in set(apples) for cell in orchard]),
        jnp.arange(game.river.shape[1]) < waste,
        none if cleaned is None else jnp.asarray(cleaned, jnp.int32),
        none,
    )


def many(game: Cleanup, state: CleanupState, actions, draws: int = DRAWS):
    """The same step with independent keys."""
    step = jax.jit(jax.vmap(lambda key: game.step(state, jnp.asarray(actions, jnp.int32), key)))
    return step(jax.random.split(jax.random.key(7), draws))


def within(successes: int, trials: int, chance: float) -> bool:
    """Five standard deviations: wrong about once in two million."""
    return abs(successes - trials * chance) <= 5.0 * math.sqrt(trials * chance * (1.0 - chance)) + 1e-9


# ------------------------------------------------------------------------------------------------------------- maps


def test_the_map_of_the_paper():
    assert PAPER_MAP.shape == (25, 18)
    assert PAPER_MAP.cells("HR").shape[1] == 119
    assert PAPER_MAP.cells("H").shape[1] == PAPER_MAP.holds("H", "HR").sum() == 56
    assert PAPER_MAP.cells("B").shape[1] == 103
    assert PAPER_MAP.cells("P").shape[1] == 10
    assert PAPER_MAP.cells("S").shape[1] == 12
    game = paper_cleanup()
    assert (game.num_agents, game.horizon, game.beam_width, game.beam_length) == (4, 1000, 3, 5)
    assert (game.waste_rule, game.apple_chance, game.waste_chance, game.depletion) == ("shipped", 0.05, 0.5, 0.4)


def test_both_maps_start_too_dirty_for_apples():
    for game in (Cleanup(), paper_cleanup()):
        dirty = int(game.init(jax.random.key(0)).waste.sum())
        assert dirty >= game.depletion * game.river.shape[1]
    assert STORY_MAP.cells("HR").shape[1] == STORY_MAP.cells("B").shape[1] == 14


def test_episodes_begin_on_distinct_starts_with_any_heading():
    game = paper_cleanup(8)
    bodies = jax.jit(jax.vmap(lambda key: game.init(key).bodies))(jax.random.split(jax.random.key(0), 500))
    places = np.asarray(bodies.row) * 100 + np.asarray(bodies.col)
    starts = {row * 100 + col for row, col in PAPER_MAP.cells("P").T.tolist()}
    assert set(places.ravel()) == starts
    assert all(len(set(row)) == 8 for row in places)
    for heading in range(4):
        assert within(int((np.asarray(bodies.heading) == heading).sum()), 4000, 0.25)


# ----------------------------------------------------------------------------------------------------------- chances


@pytest.mark.parametrize(("game", "limit"), [(paper_cleanup(2), 48), (Cleanup(), 6)], ids=["paper", "small"])
def test_at_the_threshold_neither_apples_nor_waste_appear(game: Cleanup, limit: int):
    """0.4 of 119 is 47.6 and of 14 is 5.6: one cell below still lives."""
    agents = [(3, 8, UP), (5, 8, UP)]
    above, _ = many(game, state_of(game, agents, limit), [STAY, STAY], 512)
    assert int(above.apples.sum()) == 0 and int(above.waste.sum()) == 512 * limit
    below, _ = many(game, state_of(game, agents, limit - 1), [STAY, STAY], 512)
    assert int(below.apples.sum()) > 0 and int(below.waste.sum()) > 512 * (limit - 1)


def test_a_density_of_exactly_the_threshold_is_dead():
    """2 of 5, 6 of 15, 4 of 10 are 0.4 exactly, whatever rounding makes of it."""
    for cells, limit in ((5, 2), (10, 4), (15, 6)):
        game = Cleanup(
            1, GridMap(("#" * (cells + 2), "#" + "R" * cells + "#", "#PB" + " " * (cells - 2) + "#", "#" * (cells + 2)))
        )
        dead, _ = many(game, state_of(game, [(2, 1, UP)], limit), [STAY], 256)
        assert int(dead.waste.sum()) == 256 * limit
        alive, _ = many(game, state_of(game, [(2, 1, UP)], limit - 1), [STAY], 256)
        assert int(alive.waste.sum()) > 256 * (limit - 1)


@pytest.mark.parametrize("waste", [0, 24, 46])
def test_apples_grow_with_their_chance_on_every_free_cell(waste: int):
    game = paper_cleanup(2)
    standing, eaten = (5, 14), (6, 15)
    agents = [(*standing, UP), (2, 9, UP)]
    state = state_of(game, agents, waste, apples=[eaten])
    after, _ = many(game, state, [STAY, STAY])
    chance = 0.05 * (1.0 - waste / 119 / 0.4)
    grown = np.asarray(after.apples).sum(axis=0)
    cells = [tuple(cell) for cell in game.orchard.T.tolist()]
    assert grown[cells.index(standing)] == 0  # not under an agent
    assert grown[cells.index(eaten)] == DRAWS  # apples stay
    free = [count for cell, count in zip(cells, grown, strict=True) if cell not in (standing, eaten)]
    assert len(free) == 101
    assert within(sum(free), 101 * DRAWS, chance)
    assert all(within(count, DRAWS, chance) for count in free)


def test_nominal_waste_comes_with_its_chance_and_shipped_waste_practically_always():
    for rule, chance in (("nominal", 0.5), ("shipped", 1.0)):
        game = paper_cleanup(2, waste_rule=rule)
        after, _ = many(game, state_of(game, [(3, 9, UP), (5, 9, UP)], 30), [STAY, STAY])
        new = np.asarray(after.waste).sum(axis=1) - 30
        assert set(new) <= {0, 1}
        assert within(int(new.sum()), DRAWS, chance)


@pytest.mark.parametrize(("waste", "chance"), [(0, 1.0 - 0.9**6), (2, 1.0 - 0.9**4)])
def test_the_shipped_rule_tries_every_clean_cell_once(waste: int, chance: float):
    game = Cleanup(1, STRIP, waste_chance=0.1, waste_rule="shipped")
    after, _ = many(game, state_of(game, [(2, 3, UP)], waste), [STAY])
    new = np.asarray(after.waste).sum(axis=0)
    assert (new[:waste] == DRAWS).all()
    assert within(int(new[waste:].sum()), DRAWS, chance)
    assert all(within(int(count), DRAWS, chance / (6 - waste)) for count in new[waste:])  # each cell equally


# ----------------------------------------------------------------------------------------------------------- eating


def test_whoever_steps_on_an_apple_eats_it():
    game = Cleanup(2, STRIP, apple_chance=0.0, waste_chance=0.0)
    apples = [(1, 4), (2, 4), (3, 4)]
    state = state_of(game, [(2, 3, RIGHT), (3, 3, RIGHT)], 0, apples)
    after, rewards = game.step(state, jnp.asarray([MOVE_FORWARD, STAY], jnp.int32), jax.random.key(0))
    assert rewards.tolist() == [1.0, 0.0]
    assert after.apples.tolist() == [True, False, True]
    assert after.eaten.tolist() == [1, 0]
    again, rewards = game.step(after, jnp.asarray([STAY, STAY], jnp.int32), jax.random.key(1))
    assert rewards.tolist() == [0.0, 0.0] and again.eaten.tolist() == [0, 0]


def test_apples_are_accounted_for_and_nobody_overlaps():
    """Over random play: rewards are apples gone; at most one new waste cell a step; cleaned cells are waste gone."""
    game = paper_cleanup(4)
    policy = random_policy(game)
    start = game.init(jax.random.key(0))._replace(waste=jnp.arange(119) < 30)

    def body(state, key):
        actions, _ = policy(game.observe(state), key)
        after, rewards = game.step(state, actions, key)
        return after, (state, after, rewards)

    _, (before, after, rewards) = jax.jit(lambda key: jax.lax.scan(body, start, jax.random.split(key, 400)))(
        jax.random.key(3)
    )
    gone = (np.asarray(before.apples) & ~np.asarray(after.apples)).sum(axis=1)
    assert gone.sum() > 0
    np.testing.assert_array_equal(np.asarray(rewards).sum(axis=1), gone)
    spoiled = (
        np.asarray(after.waste).sum(axis=1)
        - np.asarray(before.waste).sum(axis=1)
        + np.asarray(after.cleaned).sum(axis=1)
    )
    assert set(spoiled) <= {0, 1} and np.asarray(after.cleaned).sum() > 0
    places = np.asarray(after.bodies.row) * 100 + np.asarray(after.bodies.col)
    assert all(len(set(row)) == 4 for row in places)


def test_signals_say_who_worked_and_who_ate():
    game = Cleanup(2, STRIP, apple_chance=0.0, waste_chance=0.0)
    state = state_of(game, [(2, 3, LEFT), (3, 3, RIGHT)], 6, [(3, 4)])
    actions = jnp.asarray([CLEAN, MOVE_FORWARD], jnp.int32)
    after, _ = game.step(state, actions, jax.random.key(0))
    signals = game.signals(state, actions, after)
    assert signals.cleaned.tolist() == [1, 0] and signals.eaten.tolist() == [0, 1]
    assert not game.terminal(after)


# ------------------------------------------------------------------------------------------------------ observation


def test_features_by_hand():
    game = Cleanup(2, STRIP)  # 5 x 6
    state = state_of(game, [(3, 3, RIGHT), (1, 3, DOWN)], 1, [(1, 4), (3, 4)], cleaned=[0, 1])
    first, second = np.asarray(game.observe(state))
    # Agent 0 looks right: the apple at (3, 4) is one ahead; waste at (1, 1) is two behind and two to the left.
    apple = [1 / 6, 0, 1]
    waste = [-2 / 6, -2 / 6, 1]
    other = [0, -2 / 6, 1]
    rest = [1 / (0.4 * 6), 2 / 3, 0, 1]  # dirt, fruit, own work, the other's
    np.testing.assert_allclose(
        first, [2 * 3 / 4 - 1, 2 * 3 / 5 - 1, 0, 1, 0, 0, *apple, *waste, *other, *rest], atol=1e-6
    )
    # Agent 1 looks down: the apple at (1, 4) is one to its left; waste at (1, 1) is two to its right.
    apple = [0, -1 / 6, 1]
    waste = [0, 2 / 6, 1]
    other = [2 / 6, 0, 1]
    rest = [1 / (0.4 * 6), 2 / 3, 1, 0]
    np.testing.assert_allclose(
        second, [2 * 1 / 4 - 1, 2 * 3 / 5 - 1, 0, 0, 1, 0, *apple, *waste, *other, *rest], atol=1e-6
    )


def test_nothing_to_see_is_said_by_a_flag():
    game = Cleanup(1, STRIP)
    seen = np.asarray(game.observe(state_of(game, [(2, 3, UP)])))[0]
    assert seen.shape == (game.num_features,)
    np.testing.assert_array_equal(seen[6:15], 0.0)  # apple, waste, other agent: offsets and flags


@pytest.mark.parametrize("heading", [UP, RIGHT, DOWN, LEFT])
def test_the_crop_looks_up_for_every_heading(heading: int):
    """An agent, with one apple ahead and another agent to its right."""
    game = paper_cleanup(2, view="crop")
    down, right = ((-1, 0), (0, 1), (1, 0), (0, -1))[heading]
    row, col = 12, 14
    side = (row + right, col - down)
    state = state_of(game, [(row, col, heading), (*side, UP)], 0, [(row + down, col + right)])
    view = np.asarray(game.observe(state))[0]
    assert view.shape == (15, 15, 3) and view.min() >= 0.0 and view.max() <= 1.0
    colour = lambda cell: (view[cell] * 255).round().astype(int).tolist()
    assert colour((7, 7)) == [0, 0, 255]  # itself
    assert colour((6, 7)) == [0, 255, 0]  # the apple
    assert colour((7, 8)) == [2, 81, 154]  # the other one
    assert colour((8, 7)) == [0, 0, 0]  # nothing behind
    at_wall = {RIGHT: (4, 7), LEFT: (10, 7), UP: (7, 10), DOWN: (7, 4)}[heading]  # the wall at column 17
    assert colour(at_wall) == [180, 180, 180]
    beyond = {RIGHT: (3, 7), LEFT: (11, 7), UP: (7, 11), DOWN: (7, 3)}[heading]
    assert colour(beyond) == [0, 0, 0]


def test_crops_and_features_show_the_same_world():
    features, crop = paper_cleanup(3), paper_cleanup(3, view="crop")
    state = features.init(jax.random.key(1))
    seen = np.asarray(crop.observe(state))
    waste = (np.abs(seen * 255 - np.asarray([99, 156, 194])).max(axis=-1) < 0.5).sum(axis=(1, 2))
    rows, cols = features.river[:, np.asarray(state.waste)]
    near = [
        int(((np.abs(rows - int(row)) <= 7) & (np.abs(cols - int(col)) <= 7)).sum())
        for row, col in zip(state.bodies.row, state.bodies.col, strict=True)
    ]
    assert waste.tolist() == near


def test_describe():
    game = Cleanup(2, STRIP)
    state = state_of(game, [(2, 3, LEFT), (3, 4, UP)], 3, [(1, 4)], cleaned=[1, 0])
    assert game.describe(state) == "\n".join(
        [
            "######",
            "#%% o#",
            "#%~<.#",
            "#~~ ^#",
            "######",
            "waste 3 of 6: nothing grows, apples 1",
            "agent 0 < at 2,3 cleaned 1",
            "agent 1 ^ at 3,4",
        ]
    )


# --------------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (["waste_rule=shiped"], "waste_rule='shiped', expected one of: nominal, shipped. Did you mean 'shipped'?"),
        (["view=features2"], "Did you mean 'features'?"),
        (["num_agents=0"], "num_agents=0, expected 1 to 8."),
        (["num_agents=9"], "num_agents=9, expected 1 to 8."),
        (["apple_chance=1.5"], "apple_chance=1.5, expected a chance in 0 .. 1."),
        (["depletion=0"], "depletion=0.0, expected a density above 0"),
        (["beam_width=2"], "beam_width=2, expected 1 or 3 columns."),
        (["beam_length=10"], "beam_length=10, expected 1 to 9 cells."),
    ],
)
def test_bad_settings_are_refused_in_a_sentence(settings: list[str], sentence: str):
    with pytest.raises(BadSetting) as error:
        GAMES.make("cleanup", settings)
    assert sentence in str(error.value)


def test_more_agents_than_starts_are_refused():
    starts = STORY_MAP.cells("P").shape[1]
    with pytest.raises(BadSetting, match=f"at most {starts}, one per start cell"):
        small_cleanup(starts + 1)


def test_maps_without_a_river_or_an_orchard_are_refused():
    for line, sentence in (("#PB#", "expected a river"), ("#PR#", "expected an orchard")):
        with pytest.raises(BadSetting, match=sentence):
            Cleanup(1, GridMap(("####", line, "####")))


def test_all_settings_make_a_game():
    for agents, rule, view in itertools.product((1, 8), ("nominal", "shipped"), ("features", "crop")):
        game = paper_cleanup(agents, waste_rule=rule, view=view)
        shape = jax.eval_shape(lambda key: game.observe(game.init(key)), jax.random.key(0)).shape  # noqa: B023
        assert shape == ((agents, game.num_features) if view == "features" else (agents, 15, 15, 3))
