"""Experiments with a name: `accord run NAME`. Plain values; every number of a budget stands here and nowhere else."""

from __future__ import annotations

from ..core.errors import UnknownName
from ..learn.settings import PPOSettings
from .spec import Choice, Evaluation, Experiment, MocaPlan, Plan, ResponsePlan, ThresholdPlan

STORY = Experiment(
    preset="story",
    title="Two robots and a river",
    game=Choice("cleanup-small"),
    space=Choice("cleaning-wage", ("high=0.6",)),
    unit="apples per cleaned cell",
    schemes=("solo", "separate", "joint", "moca"),
    solo=Plan(2_000_000),
    separate=Plan(5_000_000),
    joint=Plan(10_000_000),
    moca=MocaPlan(8_000_000, stable=True),
    response=ResponsePlan(600_000, prices=5),
    evaluation=Evaluation(scripted_episodes=256),
)
"""The main job: minutes on two cores."""

CLEANUP = Experiment(
    preset="cleanup",
    title="Cleanup, the paper's map, four agents",
    game=Choice("cleanup", ("num_agents=4",)),
    space=Choice("cleaning-wage"),
    unit="apples per cleaned cell",
    schemes=("separate", "joint", "moca"),
    separate=Plan(10_000_000),
    joint=Plan(10_000_000),
    moca=MocaPlan(10_000_000, power=3.0, prices=11, episodes=32),
    evaluation=Evaluation(episodes=64, scripted_episodes=32),
)
"""The paper's map with the released rules: hours."""

PRISONERS_DILEMMA = Experiment(
    preset="prisoners-dilemma",
    title="The prisoner's dilemma",
    game=Choice("prisoners-dilemma"),
    space=Choice("defection-fine"),
    unit="points for a defection",
    ppo=PPOSettings(num_envs=256, num_steps=16, phases=1),
    separate=Plan(400_000),
    joint=Plan(400_000),
    moca=MocaPlan(2_000_000, prices=61),
    response=ResponsePlan(400_000, prices=5),
    threshold=ThresholdPlan(2_000_000, sizes=(2,)),
)
"""Two players, one shot: learned play flips where the fine exceeds what a defection brings."""

PUBLIC_GOODS = Experiment(
    preset="public-goods",
    title="Public goods",
    game=Choice("public-goods", ("num_agents=4",)),
    space=Choice("withholding-fine"),
    unit="points for withholding all",
    ppo=PPOSettings(num_envs=256, num_steps=16, phases=1),
    separate=Plan(400_000),
    joint=Plan(400_000),
    moca=MocaPlan(2_000_000, prices=61),
    response=ResponsePlan(400_000, prices=5),
    threshold=ThresholdPlan(2_000_000, sizes=(2, 4, 8)),
)
"""n players, one shot: learned investment flips at 1 - 1.2 / n."""

BROOK = Experiment(
    preset="brook",
    title="A brook small enough to know everything",
    game=Choice("brook-clocked"),
    space=Choice("brook-wage", ("high=1.0",)),
    unit="apples per unit of dirt taken out",
    ppo=PPOSettings(num_envs=256, num_steps=12, phases=1, gamma=1.0),
    separate=Plan(2_000_000),
    joint=Plan(2_000_000),
    moca=MocaPlan(4_000_000, prices=21, episodes=512),
    response=ResponsePlan(1_000_000, prices=5),
    evaluation=Evaluation(episodes=1024),
)
"""Cleanup on a line, where everything learned can be held against the exact answer."""

SMOKE = Experiment(
    preset="smoke",
    title="Does it run?",
    game=Choice("cleanup-small", ("horizon=20",)),
    space=Choice("cleaning-wage"),
    unit="apples per cleaned cell",
    schemes=("solo", "separate", "joint", "moca"),
    ppo=PPOSettings(num_envs=8, num_steps=8, epochs=1, minibatches=2, hidden=(8,), phases=2),
    solo=Plan(256),
    separate=Plan(512),
    joint=Plan(512),
    moca=MocaPlan(512, prices=3, episodes=4, negotiations=2),
    response=ResponsePlan(256, prices=2),
    evaluation=Evaluation(episodes=8, scripted_episodes=4),
)
"""Everything once, as small as it can be: says nothing about the game, and all about the machinery."""

PRESETS = {preset.preset: preset for preset in (STORY, CLEANUP, PRISONERS_DILEMMA, PUBLIC_GOODS, BROOK, SMOKE)}


def preset_of(name: str) -> Experiment:
    """A preset by name.

    Raises:
        UnknownName: no such preset, with the nearest one.
    """
    if name not in PRESETS:
        raise UnknownName("preset", name, PRESETS, "List all with: accord presets")
    return PRESETS[name]
