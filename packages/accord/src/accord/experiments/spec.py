"""What an experiment is: plain values that say everything needed to repeat it. Loads no array library."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..core.errors import BadSetting, UnknownName
from ..core.registry import GAMES, SPACES
from ..core.settings import bounded, keys, override
from ..learn.settings import PPOSettings

SCHEMES = ("solo", "separate", "joint", "moca")
"""What `Experiment.schemes` may name, in the order of a report."""


@dataclass(frozen=True)
class Choice:
    """A registered game or contract space, and what is changed in it (`key=value`)."""

    name: str
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How long one scheme learns, and what it changes in the shared settings of PPO (`key=value`)."""

    env_steps: int = bounded(1_000_000, 1, 10**12, "environment steps, rounded to whole updates")
    ppo: tuple[str, ...] = ()


@dataclass(frozen=True)
class MocaPlan:
    """Phase 1 (play under random contracts), then phase 2 (propose and accept) on the frozen play."""

    env_steps: int = bounded(1_000_000, 1, 10**12, "environment steps of phase 1, rounded to whole updates")
    ppo: tuple[str, ...] = ()
    null: float = bounded(0.3, 0.0, 1.0, "share of phase 1 episodes without a contract")
    power: float = bounded(1.0, 0.1, 10.0, "above 1, small terms are drawn more often")
    proposer: int = bounded(0, 0, 1000, "the agent that proposes")
    prices: int = bounded(21, 2, 10_000, "terms that the search and the landscape try, evenly spread")
    episodes: int = bounded(64, 2, 1_000_000, "episodes to value each of them")
    criterion: Literal["proposer", "welfare"] = "proposer"
    values: Literal["predicted", "discounted", "realised"] = "predicted"
    margin: float = bounded(0.0, 0.0, 1e9, "by how much signing must beat the null for each agent")
    stable: bool = False
    """Search only where retrained agents gain nothing of note: learned play is an equilibrium there, and no habit."""

    negotiations: int = bounded(100, 0, 10**9, "updates of the learned phase 2; 0 leaves it out")


@dataclass(frozen=True)
class ResponsePlan:
    """Retrain one agent at a time against the others' frozen play, at prices between none and the one found.

    With `moca.stable` the prices go up to the highest of the space instead, since the search then waits for the answer.
    """

    env_steps: int = bounded(1_000_000, 1, 10**12, "environment steps for each agent and start, over all prices")
    ppo: tuple[str, ...] = ()
    prices: int = bounded(0, 0, 1000, "how many prices; 0 leaves best responses out")
    tolerance: float = bounded(0.05, 0.0, 1.0, "a gain up to this share of the mean return is none")


@dataclass(frozen=True)
class ThresholdPlan:
    """Games of one shot: from which price on do learned players cooperate?"""

    env_steps: int = bounded(1_000_000, 1, 10**12, "environment steps of phase 1 for each size")
    ppo: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    prices: int = bounded(61, 2, 10_000, "prices at which play is looked at, evenly spread")


@dataclass(frozen=True)
class Evaluation:
    """How closely the outcome is looked at."""

    episodes: int = bounded(256, 2, 1_000_000, "episodes behind each reported return")
    scripted_episodes: int = bounded(0, 0, 1_000_000, "episodes of scripted players per point; 0 leaves them out")
    replays: bool = True


@dataclass(frozen=True)
class Experiment:
    """A whole run. `accord run PRESET key=value` changes any of it; `settings.toml` stores all of it."""

    game: Choice
    space: Choice | None = None
    unit: str = ""
    """What one unit of the (first) term buys, for people."""

    title: str = ""
    preset: str = ""
    schemes: tuple[str, ...] = ("separate", "joint", "moca")
    seeds: int = bounded(1, 1, 10_000, "how often everything is repeated")
    ppo: PPOSettings = PPOSettings()
    solo: Plan = Plan()
    separate: Plan = Plan()
    joint: Plan = Plan()
    moca: MocaPlan = MocaPlan()
    response: ResponsePlan = ResponsePlan()
    threshold: ThresholdPlan = ThresholdPlan()
    evaluation: Evaluation = Evaluation()
    checkpoint_seconds: float = bounded(10.0, 0.0, 1e6, "time between checkpoints")


_CHOICES = ("game", "space")
_PLANS = ("solo", "separate", "joint", "moca", "response", "threshold")


def configured(experiment: Experiment, pairs: Iterable[str]) -> Experiment:
    """The experiment with `key=value` changes as a person types them.

    Beside the dotted keys of the fields: `game=NAME` and `game.KEY=value` (likewise `space`) choose and change the
    game; `joint.KEY=value` changes a setting of PPO for one scheme, and a plain setting of PPO changes it for all.

    Raises:
        UnknownName: a key that does not exist, with the nearest one.
        BadSetting: a value of the wrong type or out of its range.
    """
    for pair in pairs:
        key, sign, text = (part.strip() for part in pair.partition("="))
        if not sign or not key:
            raise BadSetting(f"'{pair}' is not a setting. Write key=value, for example seeds=5.")
        experiment = _changed(experiment, key, text)
    return checked(experiment)


def _changed(experiment: Experiment, key: str, text: str) -> Experiment:
    head, _, rest = key.partition(".")
    ppo_keys = keys(experiment.ppo)
    if head in _CHOICES and rest != "settings":
        choice = getattr(experiment, head)
        if rest in ("", "name"):
            table = GAMES if head == "game" else SPACES
            table[text]  # raises UnknownName with a suggestion
            return dataclasses.replace(experiment, **{head: Choice(text)})
        if choice is None:
            raise BadSetting(f"'{key}' changes a contract space, but the experiment has none. Choose one: space=NAME.")
        kept = tuple(s for s in choice.settings if not s.startswith(f"{rest}="))
        return dataclasses.replace(experiment, **{head: Choice(choice.name, (*kept, f"{rest}={text}"))})
    if head in _PLANS and rest and rest not in keys(getattr(experiment, head)):
        if rest not in ppo_keys:
            own = [f"{head}.{k}" for k in (*keys(getattr(experiment, head)), *ppo_keys)]
            raise UnknownName("setting", key, own, f"List them with: accord presets {experiment.preset}".rstrip())
        plan = getattr(experiment, head)
        kept = tuple(s for s in plan.ppo if not s.startswith(f"{rest}="))
        return dataclasses.replace(experiment, **{head: dataclasses.replace(plan, ppo=(*kept, f"{rest}={text}"))})
    if key in ppo_keys:
        key = f"ppo.{key}"
    if head not in {f.name for f in dataclasses.fields(experiment)} and key.partition(".")[0] != "ppo":
        known = (*keys(experiment), *ppo_keys)
        raise UnknownName("setting", key, known, f"List them with: accord presets {experiment.preset}".rstrip())
    return override(experiment, [f"{key}={text}"])


def checked(experiment: Experiment) -> Experiment:
    """The same experiment, after everything that needs no game was held against its range."""
    for scheme in experiment.schemes:
        if scheme not in SCHEMES:
            raise UnknownName("scheme", scheme, SCHEMES)
    if len(set(experiment.schemes)) < len(experiment.schemes):
        raise BadSetting(f"schemes={','.join(experiment.schemes)} names one twice. Name each once.")
    if not experiment.schemes and not experiment.threshold.sizes:
        raise BadSetting(f"schemes is empty, so there is nothing to run. Choose some of: {', '.join(SCHEMES)}.")
    if experiment.space is None and ("moca" in experiment.schemes or experiment.threshold.sizes):
        raise BadSetting("Contracts need a space of terms. Choose one: space=NAME, as listed by: accord games")
    if experiment.moca.stable and not experiment.response.prices:
        raise BadSetting("moca.stable=true needs best responses to know what is stable. Set response.prices=5, say.")
    for plan in _PLANS:
        settings = ppo_of(experiment, plan)
        if settings.num_steps % settings.minibatches:
            raise BadSetting(
                f"minibatches={settings.minibatches} must divide num_steps={settings.num_steps} ({plan}): "
                "a minibatch is a random set of time steps. Change one of them."
            )
    return experiment


def ppo_of(experiment: Experiment, plan: str) -> PPOSettings:
    """The settings of PPO under which one scheme learns."""
    return override(experiment.ppo, getattr(experiment, plan).ppo)


def updates_of(env_steps: int, settings: PPOSettings) -> int:
    """Updates that come nearest to a number of environment steps; at least one."""
    return max(1, round(env_steps / (settings.num_envs * settings.num_steps)))


def game_of(experiment: Experiment, extra: Sequence[str] = ()) -> Any:
    """The game, made anew (loads the array library)."""
    return GAMES.make(experiment.game.name, (*experiment.game.settings, *extra))


def space_of(experiment: Experiment) -> Any:
    """The contract space, or None (loads the array library)."""
    return None if experiment.space is None else SPACES.make(experiment.space.name, experiment.space.settings)


def tried(experiment: Experiment) -> Experiment:
    """The same experiment, after its game and space were made once: a mistake shows before anything starts."""
    game, space = game_of(experiment), space_of(experiment)
    for size in experiment.threshold.sizes:
        game_of(experiment, [f"num_agents={size}"])
    if "solo" in experiment.schemes:
        game_of(experiment, ["num_agents=1"])
    if "moca" in experiment.schemes:
        if game.num_agents < 2:
            raise BadSetting(f"A contract needs two agents; {experiment.game.name} has {game.num_agents} here.")
        if experiment.moca.proposer >= game.num_agents:
            last = game.num_agents - 1
            raise BadSetting(f"moca.proposer={experiment.moca.proposer}, but the agents are 0 to {last}. Choose one.")
    if space is not None and experiment.space is not None:
        pairs = zip(space.low, space.high, strict=False)
        if len(space.low) != len(space.high) or any(low >= high for low, high in pairs):
            raise BadSetting(
                f"{experiment.space.name} has low={space.low}, high={space.high}. "
                "Give as many entries to both, low < high."
            )
    return experiment


def described(experiment: Experiment) -> dict[str, Any]:
    """Facts about the game and the space, plain values, as reports show them (loads the array library)."""
    game, space = game_of(experiment), space_of(experiment)
    lines = tuple(getattr(getattr(game, "map", None), "text", ()))
    settings = {}
    for item in dataclasses.fields(game):
        value = getattr(game, item.name)
        if isinstance(value, bool | int | float | str):
            settings[item.name] = value
    facts: dict[str, Any] = {
        "game": {
            "name": experiment.game.name,
            "version": type(game).version,
            "num_agents": game.num_agents,
            "horizon": game.horizon,
            "action_names": list(game.action_names),
            "map": list(lines),
            "settings": settings,
            "source": game.source,
        }
    }
    if space is not None and experiment.space is not None:
        facts["space"] = {
            "name": experiment.space.name,
            "low": list(space.low),
            "high": list(space.high),
            "unit": experiment.unit,
        }
    return facts
