"""The comparison of critics: kept runs are not made again, and what it says is what the runs say."""

import dataclasses
import json

import numpy as np
import pytest

from accord.core.errors import BadCheckpoint
from accord.experiments.geometry import critics
from accord.experiments.presets import preset_of
from accord.experiments.spec import game_of, ppo_of
from accord.experiments.training import header_of
from accord.learn import checkpoint

TINY = critics.Comparison("smoke", share=0.5, budgets=(0.5, 1.0), plays=2, episodes=2)


def invented(comparison, seed, critic):
    """A run whose numbers can be told by heart: separate heads find one more than the whole."""
    found = lambda welfare: {criterion: {"theta": [0.1], "welfare": welfare} for criterion in critics.CRITERIA}
    base = 10.0 + seed
    names = {"whole": {"whole": base, "played": base + 3}, "parts": {"parts": base + 1, "read off": base, "played": 0}}
    looks = [
        {
            "budget": budget, "env_steps": 100 * step, "welfare": [1.0, 20.0 + seed], "null": 2.0,
            "found": {name: found(step * value) for name, value in names[critic].items()},
            "error": {name: 0.5 for name in names[critic] if name != "played"},
        }
        for step, budget in enumerate(comparison.budgets, 1)
    ]  # fmt: skip
    return {"seed": seed, "critic": critic, "theta": [[0.1]], "looks": looks}


def test_kept_runs_are_not_made_again(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(critics, "run", lambda *what: made.append(what[1:]) or invented(*what))
    first = critics.compare(TINY, 2, tmp_path)
    assert made == [(0, "whole"), (0, "parts"), (1, "whole"), (1, "parts")]
    (tmp_path / "smoke-parts-1.json").unlink()  # as after a kill
    assert critics.compare(TINY, 2, tmp_path) == first
    assert made[4:] == [(1, "parts")]
    critics.compare(dataclasses.replace(TINY, episodes=4), 1, tmp_path)
    assert made[5:] == [(0, "whole"), (0, "parts")]  # another comparison


def test_the_summary_is_over_seeds_and_pairs_them(tmp_path, monkeypatch):
    monkeypatch.setattr(critics, "run", invented)
    record = critics.compare(TINY, 5, tmp_path)
    first, second = record["rows"]
    assert first["welfare"]["whole"]["proposer"]["iqm"] == pytest.approx(12.0)
    assert second["welfare"]["played"]["welfare"]["per_seed"] == [2 * (13.0 + seed) for seed in range(5)]
    gain = first["gain"]["welfare"]["parts"]
    assert (gain["iqm"], gain["low"], gain["high"]) == pytest.approx((1.0, 1.0, 1.0))  # paired: no spread
    assert first["missed"]["parts"]["iqm"] == pytest.approx(9.0) and first["missed"]["whole"]["iqm"] == 10.0
    assert first["best"]["parts"]["iqm"] == pytest.approx(22.0)
    json.dumps(record)


def test_a_real_run_judges_every_search_by_what_is_played():
    small = critics.Comparison("prisoners-dilemma", share=0.004, budgets=(0.5, 1.0), plays=2, episodes=2)
    seen = critics.run(small, 0, "parts")
    assert [look["budget"] for look in seen["looks"]] == [0.5, 1.0]
    for look in seen["looks"]:
        assert len(look["welfare"]) == len(seen["theta"]) == preset_of("prisoners-dilemma").moca.prices
        for found in look["found"].values():
            for one in found.values():
                place = None if one["theta"] is None else seen["theta"].index(one["theta"])
                assert one["welfare"] == (look["null"] if place is None else look["welfare"][place])
        assert set(look["error"]) == {"parts", "read off"} and all(np.isfinite(list(look["error"].values())))


def test_a_checkpoint_of_one_critic_does_not_fit_the_other(tmp_path):
    smoke = preset_of("smoke")
    whole = ppo_of(smoke, "moca")
    parts = dataclasses.replace(whole, critic="parts")
    old, new = (header_of(smoke, game_of(smoke), "moca", settings) for settings in (whole, parts))
    assert "critic" not in old  # as before there was a choice
    checkpoint.save(tmp_path / "c.eqx", {"a": np.zeros(2)}, old)
    with pytest.raises(BadCheckpoint, match="critic = None, but 'parts'"):
        checkpoint.load(tmp_path / "c.eqx", {"a": np.zeros(2)}, new)
