"""`accord geometry contracts`: what it says and draws, at the smallest size, and a comparison of invented runs."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from accord.experiments.geometry import contracts as study
from accord.experiments.geometry import critics
from accord.studio.cli import cli
from accord.studio.geometry import contracts_figures as figures


def test_the_exact_part_says_what_it_measured(tmp_path, monkeypatch):
    few, checks = 60, study.checks
    monkeypatch.setattr(study, "checks", lambda: checks(few))
    done = CliRunner().invoke(cli, ["geometry", "contracts", "--games", "1", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "15.88 without a contract, 36.99 with the best of one feature" in done.output
    assert "agree on 100.0% of 60. Map of 81 joint policies" in done.output
    record = json.loads((tmp_path / "exact.json").read_text())
    full = [row for row in record["feasibility"] if row["full"]]
    assert all(row["feasible"]["per_seed"] == [1] * 5 and row["regret"] < 1e-8 for row in full)
    assert {path.name for path in tmp_path.iterdir()} == {"theta-map.png", "richness.png", "exact.json"}


def test_the_learned_part_puts_searches_side_by_side(tmp_path, monkeypatch):
    def invented(comparison, seed, critic):
        names = {"whole": ("whole", "played"), "parts": ("parts", "read off", "played")}[critic]
        worth = {"whole": 1.0, "parts": 1.5, "read off": 1.25, "played": 2.0}
        cell = lambda name: {criterion: {"theta": None, "welfare": worth[name]} for criterion in critics.CRITERIA}
        looks = [
            {"budget": b, "env_steps": int(1000 * b), "welfare": [3.0], "null": 0.0,
             "found": {name: cell(name) for name in names}, "error": dict.fromkeys(names, 0.25)}
            for b in comparison.budgets
        ]  # fmt: skip
        return {"seed": seed, "critic": critic, "theta": [[0.0]], "looks": looks}

    monkeypatch.setattr(critics, "run", invented)
    arguments = ["geometry", "contracts", "--learned", "story", "--learned", "public-goods", "--out", str(tmp_path)]
    done = CliRunner().invoke(cli, arguments, terminal_width=200)
    assert done.exit_code == 0, done.output
    assert "1.25 [1.25, 1.25]" in done.output and "+0.50" in done.output
    assert (tmp_path / "critics-proposer.png").exists() and (tmp_path / "critics-story.json").exists()


def test_the_picture_shows_every_equilibrium_with_its_interval():
    _, found = study.example()
    above, below = figures.theta_steps(found).axes
    drawn = [np.asarray(line.get_xdata(), float) for line in above.lines[1:]]  # the first one marks "no contract"
    np.testing.assert_allclose(np.stack(drawn), np.stack([found.low, found.high], axis=1))
    edges, best, _ = found.steps()
    assert below.get_xlim() == pytest.approx(found.bounds)
    thick = [line for line in below.lines if line.get_linewidth() > 2]
    assert len(thick) == np.isfinite(best).sum() < len(edges) - 1
