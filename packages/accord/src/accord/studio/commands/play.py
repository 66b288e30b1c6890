"""`accord play`: a game as text, step by step."""

from __future__ import annotations

from typing import Any

import click

from ...core.errors import BadSetting, UnknownName
from ...core.registry import GAMES, SPACES

SCRIPTS = ("cleaner", "harvester", "alternator")

EXAMPLES = """\b
Examples:
  accord play cleanup-small --steps 20 --policy cleaner,harvester --theta 0.15
  accord play cleanup-small num_agents=1 --policy alternator
  accord play my_game.py:Commons
"""


@click.command(epilog=EXAMPLES)
@click.argument("game")
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--seed", default=0, show_default=True, help="Randomness of the whole episode.")
@click.option("--steps", default=10, show_default=True, type=click.IntRange(min=1), help="Stop after so many steps.")
@click.option("--policy", default="random", help="random; for Cleanup a role per agent: cleaner,harvester")
@click.option("--theta", help="Terms of a contract in force, such as 0.15")
@click.option("--space", help="Contract space of the terms. Default: the game's usual one.")
def play(
    game: str, settings: tuple[str, ...], seed: int, steps: int, policy: str, theta: str | None, space: str | None
) -> None:
    """Play GAME and show every step as text."""
    made = GAMES.make(game, settings)
    if theta is not None:
        made = _contracted(made, game, theta, space)
    for line in playthrough(made, _policy(made, policy), seed=seed, steps=steps):
        click.echo(line)


def _contracted(made: Any, name: str, theta: str, space: str | None) -> Any:
    from ...contracts.negotiate import Contracted, FixedTerms

    usual = GAMES[name].spaces
    if space is None and not usual:
        raise BadSetting(f"{name} has no usual contract space. Name one with --space, as listed by: accord games")
    try:
        terms = [float(term) for term in theta.split(",")]
    except ValueError as error:
        raise BadSetting(f"--theta={theta} does not fit: expected numbers, such as 0.15 or 0.1,2") from error
    rule = SPACES.make(space or usual[0])
    return Contracted(made, rule, FixedTerms(tuple(float(term) for term in rule.checked(terms))))


def _policy(game: Any, text: str) -> Any:
    from ...core.rollout import random_policy
    from ...games import scripted
    from ...games.cleanup import Cleanup

    if text == "random":
        return random_policy(game)
    inner = getattr(game, "game", game)
    roles = text.split(",")
    for role in roles:
        if role not in SCRIPTS:
            raise UnknownName("policy", role, ("random", *SCRIPTS))
    if not isinstance(inner, Cleanup):
        raise BadSetting(f"--policy={text} is for Cleanup only, and this is {type(inner).__name__}. Use random.")
    if len(roles) != inner.num_agents:
        raise BadSetting(f"--policy={text} names {len(roles)} roles for {inner.num_agents} agents. Name one for each.")
    return scripted.team(*(getattr(scripted, role)(inner) for role in roles))


def playthrough(game: Any, policy: Any, *, seed: int, steps: int) -> Any:
    """Lines that show an episode: the state, what each agent does and earns, the state after, and so on."""
    import jax
    import numpy as np

    @jax.jit
    def turn(state: Any, key: Any) -> Any:
        act_key, step_key = jax.random.split(key)
        actions, _ = policy(game.observe(state), act_key)
        after, rewards = game.step(state, actions, step_key)
        return actions, after, rewards, game.terminal(after)

    first_key, *keys = jax.random.split(jax.random.key(seed), min(steps, game.horizon) + 1)
    state, total = jax.jit(game.init)(first_key), np.zeros(game.num_agents)
    yield "step 0"
    yield game.describe(state)
    for step, key in enumerate(keys, 1):
        actions, state, rewards, over = turn(state, key)
        total += np.asarray(rewards)
        yield f"\nstep {step}"
        for agent in range(game.num_agents):
            did = jax.tree.map(lambda leaf: np.asarray(leaf)[agent], actions)  # noqa: B023
            yield f"  agent {agent}: {_named(game, did)}, earns {float(rewards[agent]):.3g}"
        yield game.describe(state)
        if over:
            yield "\nThe game is over."
            break
    yield "\nTotal: " + ", ".join(f"agent {agent} {value:.4g}" for agent, value in enumerate(total))


def _named(game: Any, action: Any) -> str:
    import numpy as np

    names = getattr(game, "game", game).action_names
    if isinstance(action, np.ndarray | np.generic) and action.ndim == 0 and action.dtype.kind == "i" and names:
        return names[int(action)]
    return str(action)
