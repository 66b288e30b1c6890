"""The test kit: holds any game, contract space or institution against what the rest of the library relies on.

    from accord.testing import check_contract, check_game

    def test_my_game():
        check_game(MyGame())
        check_contract(MyGame(), MyContracts())

Each check plays at random and raises `BadGame` with the first thing that is wrong. None needs a test framework.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .contracts.negotiate import Contracted, ContractedState, Deal
from .contracts.space import AbstractContractSpace
from .core.errors import BadGame
from .core.game import AbstractGame, Box, Discrete
from .core.random import split
from .core.registry import GAMES
from .core.rollout import over_envs, random_policy
from .core.types import Array, PRNGKeyArray, PyTree

STEPS = 12
ENVS = 3
RANDOM_DEALS = 5


def check_game(game: AbstractGame, *, steps: int = STEPS, key: PRNGKeyArray | None = None) -> None:
    """Hold a game against its interface.

    Checked: action spaces; shapes and dtypes of states, observations, rewards, `terminal` and metrics; that one trace
    serves every step; finite numbers over random play; and that environments played one by one, and played again as a
    batch on the last axis with the same keys, show the same.

    Raises:
        BadGame: the first thing that does not hold.
    """
    key = jax.random.key(0) if key is None else key
    _check_form(game)
    _check_shapes(game, key)
    keys = jax.random.split(key, ENVS)
    alone = _alone(game, keys, steps)
    together = jax.jit(over_envs(lambda k: _play(game, k, steps)))(keys)
    for (path, one), (_, batch) in zip(_leaves(alone), _leaves(together), strict=True):
        where, one, batch = jax.tree_util.keystr(path), np.asarray(one), np.asarray(batch)
        if jnp.issubdtype(one.dtype, jnp.inexact) and not np.all(np.isfinite(one)):
            raise _bad(game, f"{where} is not finite in random play", "Guard divisions and logarithms")
        tolerance = 1e-4 if jnp.issubdtype(one.dtype, jnp.inexact) else 0.0
        if not np.allclose(one.astype(float), batch.astype(float), rtol=tolerance, atol=tolerance):
            remedy = "Write it for one environment, and take all randomness from `key`"
            raise _bad(game, f"{where} differs when the same keys are played again as a batch", remedy)


def check_contract(
    game: AbstractGame, space: AbstractContractSpace, *, steps: int = STEPS, key: PRNGKeyArray | None = None
) -> None:
    """Hold a contract space against its interface, on a game that it is written for.

    Checked, for the null contract, the corners of the box and random terms: amounts are finite and >= 0; rewards change
    by exactly what is paid, and the changes add up to zero at every step; nobody pays under the null contract, and
    agents see it apart from every other. Then the contracted game is checked as a game.

    Raises:
        BadGame: the first thing that does not hold.
    """
    key = jax.random.key(1) if key is None else key
    name, n = type(space).__name__, game.num_agents
    if len(space.low) != len(space.high) or any(a >= b for a, b in zip(space.low, space.high, strict=True)):
        raise BadGame(f"{name} needs low < high entry by entry, got low={space.low}, high={space.high}.")
    contracted = Contracted(game, space)
    due = jax.eval_shape(lambda k: _first_payments(contracted, k), key)
    for what, amounts in zip(("pays", "signing"), due, strict=True):
        if amounts.shape != (n, n):
            raise BadGame(f"{name}.{what} gives {_said(amounts)}, expected a row and a column per agent, ({n}, {n}).")
    deals = _deals(space, key)
    views = np.asarray(jax.vmap(contracted.contract_view)(deals))
    if any(np.array_equal(views[0], view) for view in views[1:]):
        raise BadGame(f"{name}: agents cannot tell the null contract from another one by what they observe.")

    keys = jax.random.split(key, len(views))
    last = jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 0, -1), deals)
    payments, gains = jax.jit(over_envs(lambda deal, k: _settled(contracted, deal, k, steps)))(last, keys)
    _check_payments(name, n, np.asarray(payments), np.asarray(gains))
    if np.any(np.asarray(payments)[..., 0]):
        raise BadGame(f"{name} pays under the null contract. Don't override `Contracted.payments`.")
    check_game(contracted, steps=steps, key=key)


def check_institution(
    make: Callable[[AbstractGame], AbstractGame], games: Iterable[AbstractGame] | None = None, *, steps: int = STEPS
) -> None:
    """Hold an institution against the one idea: it takes any game and gives a game.

    Args:
        make: the institution.
        games: what to try it on; the default is a matrix game and a grid game.
        steps: how long to play.

    Raises:
        BadGame: `make` gives no game, or one that fails `check_game`.
    """
    for game in (GAMES.make("prisoners-dilemma"), GAMES.make("cleanup-small")) if games is None else games:
        made = make(game)
        if not isinstance(made, AbstractGame):
            raise BadGame(f"The institution gives a {type(made).__name__} on {type(game).__name__}, expected a game.")
        check_game(made, steps=steps)


# ------------------------------------------------------------------------------------------------------------- playing


def _step(game: AbstractGame, state: PyTree, key: PRNGKeyArray) -> tuple[PyTree, PyTree]:
    """One step of random play, and everything that it shows."""
    act_key, play_key = split(key, 2)
    observations = game.observe(state)
    actions, _ = random_policy(game)(observations, act_key)
    after, rewards = game.step(state, actions, play_key)
    shown = {
        "observations": observations,
        "rewards": rewards,
        "terminal": game.terminal(after),
        "metrics": game.measure(state, actions, after),
        "frame": game.frame(after),
    }
    return after, shown


def _play(game: AbstractGame, key: PRNGKeyArray, steps: int) -> PyTree:
    """Random play of one environment, as one program."""
    init_key, run_key = split(key, 2)
    return jax.lax.scan(lambda s, k: _step(game, s, k), game.init(init_key), jax.random.split(run_key, steps))[1]


def _alone(game: AbstractGame, keys: Array, steps: int) -> PyTree:
    """The same step by step, one environment after the other; refuses a game that is traced more than once."""
    traces = 0
    strong = lambda tree: jax.tree.map(lambda leaf: jax.lax.convert_element_type(leaf, leaf.dtype), tree)

    def step(state: PyTree, key: PRNGKeyArray) -> tuple[PyTree, PyTree]:
        nonlocal traces
        traces += 1
        return strong(_step(game, state, key))

    compiled, begin = jax.jit(step), jax.jit(lambda k: strong(game.init(k)))
    episodes = []
    for key in keys:
        init_key, run_key = split(key, 2)
        state, shown = begin(init_key), []
        for step_key in jax.random.split(run_key, steps):
            state, seen = compiled(state, step_key)
            shown.append(seen)
        episodes.append(jax.tree.map(lambda *leaves: np.stack(leaves), *shown))
    if traces != 1:
        raise _bad(game, f"its steps were traced {traces} times", "Keep Python values out of the state")
    return jax.tree.map(lambda *leaves: np.stack(leaves, axis=-1), *episodes)


def _deals(space: AbstractContractSpace, key: PRNGKeyArray) -> Deal:
    """The null contract (first), both corners of the box, and random contracts; on the first axis."""
    random = jax.vmap(space.unscaled)(jax.random.uniform(key, (RANDOM_DEALS, space.num_terms)))
    theta = jnp.concatenate([jnp.asarray([space.low, space.low, space.high], jnp.float32), random])
    return Deal(theta, jnp.ones(len(theta), jnp.float32).at[0].set(0.0))


def _first_payments(game: Contracted, key: PRNGKeyArray) -> tuple[Any, Any]:
    """What is due for a first step under the lowest terms, and at signing."""
    inside, space = game.game, game.space
    state, theta = inside.init(key), jnp.asarray(space.low, jnp.float32)
    actions, _ = random_policy(inside)(inside.observe(state), key)
    after, _ = inside.step(state, actions, key)
    return space.pays(theta, inside.signals(state, actions, after)), space.signing(theta, inside.num_agents)


def _settled(game: Contracted, deal: Deal, key: PRNGKeyArray, steps: int) -> tuple[PyTree, PyTree]:
    """Random play under a deal: payments, and by how much rewards differ from those of the game inside."""
    policy = random_policy(game)

    def body(state: ContractedState, step_key: PRNGKeyArray) -> tuple[ContractedState, PyTree]:
        act_key, play_key = split(step_key, 2)
        actions, _ = policy(game.observe(state), act_key)
        after, rewards = game.step(state, actions, play_key)
        _, without = game.game.step(state.game, actions, play_key)
        return after, (game.payments(state, actions, after), rewards - without)

    init_key, run_key = split(key, 2)
    first = ContractedState(game.game.init(init_key), deal, deal.in_force)
    return jax.lax.scan(body, first, jax.random.split(run_key, steps))[1]


# ------------------------------------------------------------------------------------------------------------ checking


def _check_form(game: AbstractGame) -> None:
    if not isinstance(game, AbstractGame):
        raise BadGame(f"{game!r} is a {type(game).__name__}, expected an instance of AbstractGame.")
    for attribute in ("num_agents", "horizon"):
        value = getattr(game, attribute)
        if not isinstance(value, int) or value < 1:
            raise _bad(game, f"{attribute}={value!r}", "Make it a whole number, at least 1")
    if not isinstance(game.version, int):
        raise _bad(game, f"version={game.version!r}", "Make it a whole number that grows when the rules change")
    _check_space(game, game.actions)


def _check_space(game: AbstractGame, space: Any) -> None:
    match space:
        case Discrete(n=n) if n >= 1:
            return
        case Box():
            return
        case tuple() | dict() if space:
            for part in space.values() if isinstance(space, dict) else space:
                _check_space(game, part)
        case _:
            raise _bad(game, f"actions={space!r}", "Give Discrete(n), Box(low, high), or a tuple or dict of them")


def _check_shapes(game: AbstractGame, key: PRNGKeyArray) -> None:
    """Everything that shapes can tell, without running the game."""
    n = game.num_agents
    state = jax.eval_shape(game.init, key)
    actions = jax.eval_shape(lambda s, k: random_policy(game)(game.observe(s), k)[0], state, key)
    after, rewards = jax.eval_shape(game.step, state, actions, key)
    _same_shapes(game, state, after)
    if rewards.shape != (n,) or rewards.dtype != jnp.float32:
        raise _bad(game, f"rewards are {_said(rewards)}", f"Give one float32 per agent, float32[{n}]")
    for path, leaf in _leaves(jax.eval_shape(game.observe, state)):
        if leaf.shape[:1] != (n,):
            where = jax.tree_util.keystr(path)
            raise _bad(game, f"observation{where} is {_said(leaf)}", f"Lead with the axis of the {n} agents")
    terminal = jax.eval_shape(game.terminal, state)
    if terminal.shape != () or terminal.dtype != jnp.bool_:
        raise _bad(game, f"terminal gives {_said(terminal)}", "Give one truth value, bool[]")
    jax.eval_shape(game.signals, state, actions, after)
    for what, shown in (
        ("measure", jax.eval_shape(game.measure, state, actions, after)),
        ("frame", jax.eval_shape(game.frame, state)),
    ):
        if not isinstance(shown, dict) or not all(isinstance(name, str) for name in shown):
            raise _bad(game, f"{what} gives no dictionary by names", "Give a dictionary of named arrays")


def _same_shapes(game: AbstractGame, state: PyTree, after: PyTree) -> None:
    before, later = _leaves(state), _leaves(after)
    if jax.tree.structure(state) != jax.tree.structure(after):
        raise _bad(
            game,
            f"step turns a state {eqx.tree_pformat(state)} into {eqx.tree_pformat(after)}",
            "Keep the structure that init gives",
        )
    for (path, old), (_, new) in zip(before, later, strict=True):
        if (old.shape, old.dtype) != (new.shape, new.dtype):
            where = jax.tree_util.keystr(path)
            raise _bad(game, f"step turns state{where} from {_said(old)} into {_said(new)}", "Keep shapes and dtypes")


def _check_payments(name: str, n: int, payments: np.ndarray, gains: np.ndarray) -> None:
    """Payments `[steps, payer, payee, envs]` against the changes of rewards `[steps, agents, envs]`."""
    if not np.all(np.isfinite(payments)):
        raise BadGame(f"{name} pays amounts that are not finite. Guard divisions and logarithms.")
    if np.min(payments) < 0:
        raise BadGame(f"{name} pays {np.min(payments):.6g}, expected amounts >= 0. Swap payer and payee instead.")
    volume = np.sum(np.abs(payments), axis=(1, 2))
    tolerance = 1e-5 * (1.0 + volume + np.max(np.abs(gains), axis=1))
    if np.any(np.abs(np.sum(gains, axis=1)) > tolerance * n):
        raise BadGame(f"{name} creates or destroys money: the changes of rewards don't add up to zero.")
    if np.any(np.abs(gains - (np.sum(payments, axis=1) - np.sum(payments, axis=2))) > tolerance[:, None]):
        raise BadGame(f"{name}: rewards don't change by what `pays` says. Don't override `Contracted.step`.")


def _leaves(tree: PyTree) -> list[tuple[Any, Any]]:
    return jax.tree_util.tree_leaves_with_path(tree)


def _said(leaf: Any) -> str:
    return f"{leaf.dtype}[{','.join(map(str, leaf.shape))}]"


def _bad(game: AbstractGame, fact: str, remedy: str) -> BadGame:
    return BadGame(f"{type(game).__name__}: {fact}. {remedy}.")
