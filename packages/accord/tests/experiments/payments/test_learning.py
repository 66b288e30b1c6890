"""Learned beside exact, with few seeds: what is claimed for fifty has to show for a handful."""

import dataclasses
import json

import numpy as np
import pytest

from accord.experiments.payments.bandit import Bandit
from accord.experiments.payments.cases import setup
from accord.experiments.payments.learning import contexts, learn, reply_gains, to_learn
from accord.experiments.payments.run import curve, run_case, stat
from accord.games.payments.day import Day
from accord.games.payments.game import Payments
from accord.learn.loop import train


def test_a_stalemate_and_the_fee_that_ends_it():
    told: list[tuple[str, int, int]] = []
    found = run_case("stag-hunt", seeds=8, progress=lambda *said: told.append(said))
    free, fee = found.institutions
    assert free.outcome.shares == {"delay, delay": 1.0} and free.outcome.greedy_total.mean == pytest.approx(0.2)
    assert fee.outcome.shares == {"pay early, pay early": 1.0} and fee.outcome.greedy_total.mean == 0.0
    assert free.outcome.gridlock is not None and free.outcome.gridlock.mean > 0.9
    assert fee.certificate is not None and fee.certificate.verdict == "gain"
    assert all(check.holds for check in found.checks)
    assert told[-1][0] == "claims" and any(done == total == 400 for _, done, total in told)
    again = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert again["institutions"][1]["certificate"]["verdict"] == "gain" and again["command"].endswith("--seeds 8")


def test_the_paper_s_settings_come_to_its_costs():
    found = learn(setup("two-periods"), None, seeds=16, seed=1)
    assert found.cost.shape == (50, 2, 16)
    np.testing.assert_allclose(found.cost[-10:].mean(axis=(0, 2)), (0.0, 0.02), atol=0.004)
    assert found.posted is not None and found.posted[0].mean() == pytest.approx(0.5, abs=0.1)
    assert found.chances is not None and found.chances.shape == (16, 1, 2, 21)
    np.testing.assert_allclose(found.chances.sum(axis=3), 1.0)


def test_a_bandit_finds_the_cheapest_choice():
    game = Day(Payments(decisions="liquidity"))
    learner = Bandit(game, total_updates=150, seeds=4)
    *_, (_, record) = train(learner, learner.init(0), updates=150)
    assert record["reward"].shape == (2, 4)
    np.testing.assert_allclose(record["reward"].mean(axis=1), (0.0, -0.02), atol=0.012)


def test_what_is_seen_is_the_day():
    case = setup("under-provision")
    assert isinstance(case.base, Payments)
    seen = contexts(case.base, to_learn(case.base, case.offers[0]))
    assert seen.shape == (2, 5, 1)  # the contract's term and flag, three periods
    np.testing.assert_allclose(seen[0, :, 0], (0.044, 0.0, 0.3, 0.3, 0.0), atol=1e-6)


def test_who_sends_all_has_nothing_to_gain_from_sending_all():
    case = dataclasses.replace(setup("three-periods"), updates=20)
    found = learn(case, None, seeds=2)
    gains = reply_gains(to_learn(case.base), found.net, episodes=16)
    assert gains.shape == (2, 2) and gains.min() >= -0.002  # the best constant reply is no worse than play, nearly


def test_means_and_bands():
    assert stat([1.0, 3.0]).mean == 2.0 and stat([1.0, 3.0]).low == pytest.approx(2.0 - 2.576)
    line = curve(np.arange(2000.0)[:, None] + np.zeros((1, 3)))
    assert len(line.mean) == 120 and (line.update[0], line.update[-1]) == (1, 2000) and line.low == line.mean
