"""The command draws its pictures and prints its tables; what is finished is not done twice."""

import json

import pytest
from click.testing import CliRunner

from accord.core.settings import override
from accord.experiments.geometry.deep import DeepStudy, deep_study
from accord.experiments.geometry.distributional import DistributionalStudy, distributional_study
from accord.studio.cli import cli

SMALL = ("seeds=2", "steps=200", "solved=1", "atoms=11", "episodes=50", "states=4", "features=3")


def test_tables_and_pictures(tmp_path):
    words = ["geometry", "distributional", *SMALL, "--out", str(tmp_path)]
    got = CliRunner().invoke(cli, words, prog_name="accord", catch_exceptions=False)
    assert got.exit_code == 0
    assert "softmax" in got.output and "price of risk" in got.output
    for name in ("gap-paths", "limits", "price-of-risk", "return-distributions"):
        assert (tmp_path / f"{name}.png").stat().st_size > 5000
    record = json.loads((tmp_path / "tables.json").read_text())
    gaps = {name: row["largest_gap"] for name, row in record["tabular"]["rules"].items()}
    assert gaps["cdf"] < 1e-12 < gaps["softmax"]
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "tables").iterdir()}
    study = override(DistributionalStudy(), SMALL)
    assert distributional_study(study, tmp_path / "tables") == record
    assert before == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "tables").iterdir()}


def test_a_deep_study_goes_on_where_it_was_killed(tmp_path):
    study = DeepStudy(
        games=("cartpole",), agents=("dqn",), updates=2, looks=1, episodes=1, rates=(1e-3,), periods=(10,),
        search_seeds=2, seeds=2, atoms=5, hidden=(4,),
    )  # fmt: skip
    done = []

    def killed(part, *_):
        done.append(part)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deep_study(study, tmp_path, killed)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert sorted(kept) == ["cartpole-dqn-search.json"]
    record = deep_study(study, tmp_path)
    assert all((tmp_path / name).stat().st_mtime_ns == time for name, time in kept.items())
    found = record["games"]["cartpole"]["dqn"]
    assert found["chosen"] == {"learning_rate": 1e-3, "target_period": 10}
    assert len(found["whole"]["per_seed"]) == 2 and found["steps"] == [512]
