"""A stable contract: retrain first, then search only where nobody gains by it."""

import dataclasses

import pytest

from accord.core.errors import BadSetting
from accord.experiments.jobs import Job, jobs_of
from accord.experiments.phases import calm_from
from accord.experiments.presets import preset_of
from accord.experiments.spec import configured
from accord.experiments.store import RunFolder
from accord.experiments.training import Bench

STORY = preset_of("story")


def needs(experiment, name):
    return {job.name: job.needs for job in jobs_of(experiment, 2)}[name]


def test_the_order_of_work_turns_round():
    assert STORY.moca.stable
    assert needs(STORY, "respond-agent0-seed0") == ("moca-seed0",)
    assert needs(STORY, "negotiate-seed0") == ("moca-seed0", "respond-agent0-seed0", "respond-agent1-seed0")
    plain = configured(STORY, ["moca.stable=false"])
    assert needs(plain, "negotiate-seed0") == ("moca-seed0",)
    assert needs(plain, "respond-agent1-seed0") == ("negotiate-seed0",)


def test_without_best_responses_nothing_can_be_called_stable():
    with pytest.raises(BadSetting, match=r"moca.stable=true needs best responses.*response.prices=5"):
        configured(STORY, ["response.prices=0"])


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ([9.0, 4.0, 0.9, 0.1], [0.0, 0.0, 0.0, 0.0], 0.3),
        ([9.0, 4.0, 0.9, 0.1], [0.0, 0.0, 3.0, 0.5], 0.4),  # both must be calm
        ([0.0, 0.0, 5.0, 0.0], [0.0, 0.0, 0.0, 0.0], 0.4),  # and from there on, not here and there
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], 0.1),
        ([9.0, 9.0, 9.0, 9.0], [0.0, 0.0, 0.0, 0.0], None),
    ],
)
def test_calm_begins_where_nobody_gains_any_more(tmp_path, first, second, found):
    run = RunFolder.create(tmp_path / "run", dataclasses.replace(STORY, seeds=1), ["accord"])
    theta = [[0.1], [0.2], [0.3], [0.4]]
    for agent, gain in enumerate((first, second)):
        run.job(f"respond-agent{agent}-seed0").finish({"theta": theta, "gain": gain, "slack": 1.0})
    bench = Bench(run, Job("negotiate"), leash=None)
    assert calm_from(bench) == found
