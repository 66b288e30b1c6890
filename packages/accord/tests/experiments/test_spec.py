"""What a person may type after `accord run`, and that a stored experiment is the same experiment."""

import dataclasses

import pytest

from accord.core.errors import BadSetting, UnknownName
from accord.core.settings import from_toml, to_toml
from accord.experiments.presets import PRESETS, preset_of
from accord.experiments.spec import Choice, Experiment, configured, ppo_of, updates_of
from accord.learn.settings import PPOSettings

STORY = preset_of("story")


@pytest.mark.parametrize("name", PRESETS)
def test_stored_and_read_is_the_same(name):
    assert from_toml(Experiment, to_toml(PRESETS[name])) == PRESETS[name]


def test_every_way_to_change_something():
    got = configured(
        STORY,
        ["seeds=3", "moca.env_steps=12e6", "joint.learning_rate=5e-4", "gamma=0.9"]
        + ["game.horizon=50", "space.high=0.4"],
    )
    assert got.seeds == 3 and got.moca.env_steps == 12_000_000
    assert ppo_of(got, "joint").learning_rate == 5e-4 and ppo_of(got, "joint").hidden == ppo_of(STORY, "joint").hidden
    assert ppo_of(got, "separate").learning_rate == STORY.ppo.learning_rate
    assert {ppo_of(got, plan).gamma for plan in ("separate", "joint", "moca")} == {0.9}
    assert got.game == dataclasses.replace(STORY.game, settings=(*STORY.game.settings, "horizon=50"))
    assert "high=0.4" in got.space.settings
    assert from_toml(Experiment, to_toml(got)) == got


def test_a_later_change_replaces_an_earlier_one():
    got = configured(STORY, ["game.horizon=50", "game.horizon=60", "joint.clip=0.1", "joint.clip=0.3"])
    assert [s for s in got.game.settings if s.startswith("horizon")] == ["horizon=60"]
    assert ppo_of(got, "joint").clip == 0.3


def test_another_game_starts_from_its_own_settings():
    assert configured(configured(STORY, ["game.horizon=50"]), ["game=cleanup-small"]).game == Choice("cleanup-small")


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("sedes=3", "Unknown setting 'sedes'. Did you mean 'seeds'?"),
        ("joint.learning_rat=1", "Did you mean 'joint.learning_rate'?"),
        ("moca.nul=0.1", "Did you mean 'moca.null'?"),
        ("gama=0.9", "Did you mean 'gamma'?"),
        ("game=cleanup-smal", "Unknown game 'cleanup-smal'. Did you mean 'cleanup-small'?"),
        ("space=cleaning-wag", "Did you mean 'cleaning-wage'?"),
        ("schemes=seperate", "Unknown scheme 'seperate'. Did you mean 'separate'?"),
    ],
)
def test_misspelt_names_get_a_suggestion(pair, words):
    with pytest.raises(UnknownName) as caught:
        configured(STORY, [pair])
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("seeds", "Write key=value"),
        ("seeds=0", "seeds=0 is out of its range"),
        ("seeds=many", "expected a whole number"),
        ("moca.null=1.5", "out of its range"),
        ("joint.gamma=2", "out of its range"),
        ("num_steps=10", "minibatches=4 must divide num_steps=10"),
        ("schemes=moca,moca", "twice"),
        ("space=none", "Unknown contract space 'none'"),
    ],
)
def test_bad_values_are_refused_in_a_sentence(pair, words):
    with pytest.raises((BadSetting, UnknownName)) as caught:
        configured(STORY, [pair])
    assert words in str(caught.value)


def test_updates_come_nearest_to_the_budget():
    settings = PPOSettings(num_envs=10, num_steps=10, minibatches=1)
    assert [updates_of(steps, settings) for steps in (1, 149, 151, 1000)] == [1, 1, 2, 10]
