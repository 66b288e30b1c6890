"""Generated days do what their law says, and the acceptance table says where they miss."""

import dataclasses

import numpy as np
import pytest

from accord.clearing import FEDWIRE, DayLaw, acceptance, bounds, generate, network, settle
from accord.clearing.clock import HOUR
from accord.clearing.generator import linked
from accord.clearing.network import tail
from accord.core.errors import BadSetting

SMALL = DayLaw(payments=4000)


def test_the_same_seed_gives_the_same_day():
    one, same, other = generate(SMALL, seed=5), generate(SMALL, seed=5), generate(SMALL, seed=6)
    assert one.table().equals(same.table())
    assert not one.table().equals(other.table())


def test_a_hundred_thousand_payments_in_one_call():
    day = generate(DayLaw(payments=100_000, counts="fixed"))
    assert len(day) == 100_000 and len(day.accounts) == 15
    lower, upper = bounds(day)
    assert (day.accounts.opening >= lower).all()
    assert (day.accounts.opening - lower <= 0.3 * (upper - lower) + 1).all()
    assert (day.time >= 6 * HOUR).all() and (day.time < 18 * HOUR).all()
    settled = settle(day)
    assert settled.closing.sum() == day.accounts.opening.sum()


def test_values_are_met_to_the_cent():
    # Without noise, two banks share the day's value evenly, half a cent apart.
    law = DayLaw(banks=2, core=2, payments=301, counts="fixed", daily_sigma=0.0, mean_amount=1001)
    day = generate(law)
    by_sender = np.bincount(day.sender, day.amount)
    assert abs(by_sender - 301 * 1001 / 2).max() <= 0.5


def test_counts_are_poisson_and_sizes_are_skewed():
    counts = np.array([len(generate(dataclasses.replace(SMALL, payments=400), seed=k)) for k in range(60)])
    assert abs(counts.mean() - 400) < 4 * 20 / np.sqrt(60)
    assert 0.5 < counts.var(ddof=1) / 400 < 1.7
    day = generate(SMALL)
    assert day.amount.mean() > 3 * np.median(day.amount)
    assert len(generate(dataclasses.replace(SMALL, surge=2.0, counts="fixed"))) == 8000


def test_large_banks_pay_earlier():
    days = [generate(SMALL, seed=k) for k in range(5)]
    mean = lambda large: np.mean([day.time[(day.sender < 3) == large].mean() for day in days])
    assert mean(True) + HOUR < mean(False)


@pytest.mark.parametrize("reciprocity", [0.2, 0.5, 1.0])
def test_networks_reach_their_reciprocity(reciprocity: float):
    law = DayLaw(banks=400, core=8, mean_degree=12.0, reciprocity=reciprocity, network_seed=1)
    sender, receiver, fitness = linked(law)
    pairs = set(zip(sender.tolist(), receiver.tolist(), strict=True))
    assert len(pairs) == sender.size and (sender != receiver).all()
    mutual = np.mean([(j, i) in pairs for i, j in pairs])
    assert abs(mutual - reciprocity) < 0.03
    assert abs(sender.size / 400 - 12.0) < 0.5
    assert all((i, j) in pairs for i in range(8) for j in range(8) if i != j)
    assert (np.diff(fitness) < 0).all()
    touched = np.bincount(sender, minlength=400) + np.bincount(receiver, minlength=400)
    assert (touched > 0).all()


def test_degrees_have_the_tail():
    law = dataclasses.replace(FEDWIRE, banks=1500, core=12)
    sender, _, _ = linked(law)
    found = tail(np.bincount(sender, minlength=1500))
    assert found is not None and 1.8 < found < 2.6


def test_deadlines_and_priorities_have_their_shares():
    day = generate(dataclasses.replace(SMALL, urgent=0.25, timed=0.5))
    assert abs((day.priority == 1).mean() - 0.25) < 0.03
    timed = day.deadline >= 0
    assert abs(timed.mean() - 0.5) < 0.03 and (day.deadline[timed] >= day.time[timed]).all()


def test_acceptance_says_what_meets_and_what_misses():
    table = acceptance([generate(seed=k) for k in range(2)])
    rows = {row["statistic"]: row for row in table.to_pylist()}
    assert rows["payments"]["verdict"] == "meets" and rows["payments"]["mark"] == "seen"
    assert rows["banks"]["mark"].startswith("recalled")
    assert rows["clustering"]["verdict"] == "not comparable"
    assert rows["share of value, hour from 06:00"]["verdict"] == "no figure"
    assert rows["cumulative share, hour from 17:00"]["here"] == pytest.approx(1.0)
    few = {row["statistic"]: row for row in acceptance(generate(SMALL)).to_pylist()}
    assert few["payments"]["verdict"].startswith("misses (-8") and few["payments"]["spread"] is None


def test_a_large_system_is_held_against_fedwire():
    day = generate(dataclasses.replace(FEDWIRE, banks=1000, core=10, payments=40_000))
    rows = {row["statistic"]: row for row in acceptance(day).to_pylist()}
    assert rows["payments"]["verdict"] == "misses (-90% from 400000)"
    assert rows["turnover"]["verdict"] == "not comparable"
    assert rows["reciprocity"]["here"] == pytest.approx(network(day).reciprocity)


def test_laws_are_checked():
    with pytest.raises(BadSetting, match=r"reciprocity=1\.5 is out of its range"):
        generate(DayLaw(reciprocity=1.5))
    with pytest.raises(BadSetting, match="leave no day"):
        generate(DayLaw(opens=9 * HOUR, closes=9 * HOUR))
