"""Results that were written by hand, collected."""

import json

import pyarrow.parquet
import pytest

from accord.experiments.collect import collect, crossing
from accord.experiments.presets import preset_of
from accord.experiments.spec import configured
from accord.experiments.store import RunFolder

FACTS = {"game": {"name": "cleanup-small", "version": 1, "num_agents": 2, "horizon": 20, "action_names": [], "map": []}}


@pytest.fixture
def run(tmp_path):
    settings = ["schemes=separate", "seeds=3", "evaluation.scripted_episodes=0", "response.prices=0"]
    return RunFolder.create(tmp_path / "run", configured(preset_of("smoke"), settings), ["accord"], FACTS)


def finished(seed, welfare):
    return {
        "name": "separate", "label": "Each for itself", "seed": seed, "env_steps": 64, "minutes": 0.5,
        "welfare": welfare, "before": [welfare, 0.0], "after": [welfare, 0.0], "equality": 0.5 if seed else None,
        "transfer_volume": 0.0, "metrics": {"eaten": [welfare, 0.0], "waste": 0.4},
    }  # fmt: skip


def progress(run, seed, values):
    for update, welfare in enumerate(values, 1):
        line = {"stage": "separate", "update": update, "env_steps": 64 * update, "work": 0, "seconds": 0.1 * update}
        run.job(f"separate-seed{seed}").append(line | {"welfare": welfare, "metrics": {"reward": [welfare, 0.0]}})


def test_a_whole_run(run):
    for seed, welfare in enumerate((1.0, 2.0, 6.0)):
        run.job(f"separate-seed{seed}").finish(finished(seed, welfare))
        progress(run, seed, [0.0, welfare])
    result = collect(run)
    (scheme,) = result["schemes"]
    assert scheme["welfare"]["iqm"] == pytest.approx(3.0) and scheme["welfare"]["per_seed"] == [1.0, 2.0, 6.0]
    assert scheme["before"][0]["iqm"] == pytest.approx(3.0) and scheme["equality"]["per_seed"] == [0.5, 0.5]
    assert result["curves"]["separate"]["env_steps"] == [64, 128]
    assert result["curves"]["separate"]["iqm"] == pytest.approx([0.0, 3.0])
    assert result["missing"] == [] and json.loads((run.path / "result.json").read_text()) == result


def test_every_number_is_in_the_columns(run):
    progress(run, 0, [1.5, 2.5])
    collect(run)
    table = pyarrow.parquet.read_table(run.path / "curves.parquet").to_pylist()
    assert len(table) == 2 * 3  # welfare, and a reward for each of two agents
    picked = [row for row in table if row["metric"] == "reward" and row["agent"] == 0]
    seen = [(row["env_steps"], row["value"], row["scheme"]) for row in picked]
    assert seen == [(64, 1.5, "separate"), (128, 2.5, "separate")]


def test_half_a_run_says_what_is_missing(run):
    run.job("separate-seed1").finish(finished(1, 2.0))
    progress(run, 1, [2.0])
    result = collect(run)
    assert result["schemes"][0]["welfare"]["per_seed"] == [2.0]
    assert result["missing"] == ["separate-seed0: not finished.", "separate-seed2: not finished."]


def test_long_curves_are_thinned_to_means(run):
    progress(run, 0, [float(k) for k in range(401)])
    curve = collect(run)["curves"]["separate"]
    assert len(curve["iqm"]) <= 200 and curve["env_steps"][-1] == 64 * 401
    assert curve["iqm"][0] == pytest.approx(1.0)  # of 0, 1, 2


def test_the_price_of_the_flip_by_hand():
    assert crossing([0.0, 1.0, 2.0], [0.0, 0.25, 0.75]) == pytest.approx(1.5)
    assert crossing([0.0, 1.0, 2.0], [0.0, 0.1, 0.2]) is None
    assert crossing([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 1.0]) == pytest.approx(2.5)  # the last time it rises
