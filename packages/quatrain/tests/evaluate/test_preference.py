"""What votes say, against closed forms, published tables and another solver."""

import itertools
import math
import random

import numpy as np
import pytest
from scipy import optimize

from quatrain.errors import BadText
from quatrain.evaluate import blind, findings, preference
from quatrain.evaluate.blind import SHUFFLED, Vote

FLEISS = """0 0 0 0 14
0 2 6 4 2
0 0 3 5 6
0 3 9 2 0
2 2 8 1 1
7 7 0 0 0
3 2 6 3 0
2 5 3 2 2
6 5 2 1 0
0 2 2 3 7"""
"""Ten subjects, fourteen raters, five categories: the worked example of Fleiss' kappa on Wikipedia; kappa 0.210."""


def test_fleiss_of_the_worked_example():
    rows = [[int(n) for n in line.split()] for line in FLEISS.splitlines()]
    assert preference.fleiss(rows) == pytest.approx(0.210, abs=0.0005)
    assert preference.fleiss([*rows, [1, 0, 0, 0, 0]]) == preference.fleiss(rows), "one rater agrees with nobody"


def test_fleiss_by_hand_with_unequal_raters():
    """Items a,a / a,b,b / b,b: agreement 1, 1/3, 1; a is 3 of 7. (7/9 - 25/49) / (1 - 25/49)."""
    found = preference.fleiss([{"a": 2}, {"a": 1, "b": 2}, {"b": 2}])
    assert found == pytest.approx((7 / 9 - 25 / 49) / (1 - 25 / 49))
    assert math.isnan(preference.fleiss([{"a": 3}, {"a": 2}])) and math.isnan(preference.fleiss([]))


def test_cohen_by_hand():
    """50 items: both yes 20, both no 15, one alone 5, the other alone 10: (0.7 - 0.5) / (1 - 0.5)."""
    first = ["y"] * 20 + ["y"] * 5 + ["n"] * 10 + ["n"] * 15
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert preference.cohen(first, second) == pytest.approx(0.4)
    assert preference.cohen(first, first) == 1.0
    assert math.isnan(preference.cohen([], [])) and math.isnan(preference.cohen(["y"], ["y"]))


def test_two_systems_have_the_logarithm_of_their_odds():
    found = preference.bradley_terry(np.array([[0, 30], [10, 0]]), prior=0.0)
    assert found[0] - found[1] == pytest.approx(math.log(3)) and found.sum() == pytest.approx(0)


def test_many_systems_against_another_solver():
    wins = np.random.default_rng(1).integers(1, 20, (4, 5, 5)).astype(float)
    wins[:, range(5), range(5)] = 0.0

    def minus_likelihood(logs, table):
        return sum(table[i, j] * np.log1p(np.exp(logs[j] - logs[i])) for i, j in itertools.permutations(range(5), 2))

    found = preference.bradley_terry(wins, prior=0.5)
    for table, mine in zip(wins, found, strict=True):
        other = optimize.minimize(minus_likelihood, np.zeros(5), args=(table + 0.5 * (1 - np.eye(5)),), tol=1e-12).x
        assert mine == pytest.approx(other - other.mean(), abs=1e-4)


def test_who_never_lost_has_a_finite_strength():
    found = preference.bradley_terry(np.array([[0, 12, 0], [0, 0, 12], [0, 0, 0]]))
    assert np.isfinite(found).all() and found[0] > found[1] > found[2]


def test_a_draw_without_votes_for_a_system_is_no_disaster():
    compared = np.array([[0, 1], [1, 0]]) > 0
    assert preference.bradley_terry(np.zeros((3, 2, 2)), compared=compared) == pytest.approx(np.zeros((3, 2)))


# ------------------------------------------------------------------------------------------------------- whole reports


def votes(raters=3, prompts=40, likes=0.75, kind="person", check=1.0, seed=0, pair=("ours", "plain")):
    """Votes of raters who prefer the first system with a probability and pass checks with another."""
    rng = random.Random(f"{seed} {pair}")
    found = []
    for rater, prompt in itertools.product(range(raters), range(prompts)):
        sides = pair if rng.random() < 0.5 else pair[::-1]
        choice = ("first", "second")[(rng.random() < likes) == (sides != pair)]
        found.append(Vote("s", f"r{rater}", kind, f"{pair}{prompt}", f"q{prompt}", *sides, choice, 2000))
        if prompt % 8 == 0:
            good = rng.random() < check
            choice = "first" if good else "second"
            found.append(Vote("s", f"r{rater}", kind, f"c{prompt}", f"q{prompt}", "truth", SHUFFLED, choice, 1000))
    return found


def test_a_share_and_its_interval_by_hand():
    found = preference.report(votes())
    won = sum(vote.winner == "ours" for vote in votes() if not vote.check)
    share = found.shares["ours", "plain"]
    assert share.value == won / 120 and found.counts["ours", "plain"] == (won, 120 - won, 0)
    assert share.low < share.value < share.high and share.n == 40
    assert preference.against(found, "plain")["ours"].value == pytest.approx(1 - share.value)
    assert preference.against(found, "plain")["ours"].high == pytest.approx(1 - share.low)
    assert found.strengths["ours"].value == pytest.approx(math.log((won + 0.5) / (120 - won + 0.5)) / 2)
    assert list(found.strengths) == ["ours", "plain"]


def test_the_interval_holds_the_truth_most_of_the_time():
    inside = 0
    for seed in range(60):
        share = preference.report(votes(seed=seed, likes=0.7), resamples=300).shares["ours", "plain"]
        inside += share.low <= 0.7 <= share.high
    assert inside >= 54, "95 % intervals, and the pigeonhole bootstrap is rather too wide"


def test_who_fails_the_checks_is_left_out_and_named():
    careless = [Vote(**{**vars(vote), "rater": "zed"}) for vote in votes(raters=1, likes=0.0, check=0.0, seed=1)]
    found = preference.report([*votes(), *careless])
    assert found.shares == preference.report(votes()).shares and found.votes == 120
    zed = found.raters[-1]
    assert (zed.name, zed.checks, zed.passed, zed.counted) == ("zed", 5, 0, False)
    assert "left out" in findings.markdown(found)


def test_kinds_and_studies_are_never_mixed():
    scripted = votes(kind="scripted", likes=0.0)
    old = [Vote(**{**vars(vote), "study": "old"}) for vote in votes(likes=0.0)]
    every = [*old, *votes(), *scripted]
    assert preference.report(every).shares == preference.report(votes()).shares
    assert preference.report(every, study="old").shares["ours", "plain"].value == 0.0
    with pytest.raises(BadText, match="no votes of kind 'model'"):
        preference.report(every, kind="model")


def test_neither_is_half_a_vote_each():
    undecided = [Vote(**{**vars(vote), "choice": "neither"}) for vote in votes() if not vote.check]
    found = preference.report(undecided)
    assert found.shares["ours", "plain"].value == 0.5 and found.counts["ours", "plain"] == (0, 0, 120)
    assert found.first.value == 0.5 and math.isnan(found.fleiss)


def test_kappa_is_of_systems_and_not_of_sides():
    """Two raters who always choose ours, whichever side it stands on, agree; so do the kappas."""
    turn = lambda rater, n: ("ours", "plain") if (n + rater) % 2 else ("plain", "ours")
    cast = [Vote("s", f"r{rater}", "person", f"p{n}", f"q{n}", *turn(rater, n),
                 CHOICE[turn(rater, n)[0] == ("ours" if n % 3 else "plain")])
            for rater in range(2) for n in range(30)]  # fmt: skip
    found = preference.report(cast)
    assert found.fleiss == pytest.approx(1.0)
    assert found.cohen == {("r0", "r1"): (pytest.approx(1.0), 30)}
    assert found.shares["ours", "plain"].value == pytest.approx(2 / 3)


CHOICE = {True: "first", False: "second"}


def test_islands_have_no_common_scale():
    cast = [*votes(pair=("a", "b")), *votes(pair=("c", "d"))]
    found = preference.report(cast)
    assert found.strengths == {} and "no common scale" in findings.markdown(found)


def test_one_rater_is_a_case_of_her_own():
    found = preference.report(votes(raters=1))
    assert "ask three or more" in findings.markdown(found)
    share = found.shares["ours", "plain"]
    assert share.low < share.value < share.high


def test_the_report_is_a_function_of_the_file(tmp_path):
    kept = blind.Votes(tmp_path / "votes.jsonl")
    kept.append(*votes())
    text = findings.from_file(kept.path)
    assert text == findings.from_file(kept.path)
    assert text.startswith("# Blind comparison: 3 people") and "No person voted" not in text
    kept.append(*votes(kind="scripted"))
    assert findings.from_file(kept.path) == text
    dry = findings.from_file(kept.path, "scripted")
    assert dry.startswith("# Dry run") and "No person voted here" in dry
    record = preference.record(preference.report(kept.read()))
    assert record["shares"]["ours | plain"]["votes"] == preference.report(kept.read()).counts["ours", "plain"]


def test_all_fail_the_checks():
    found = preference.report(votes(check=0.0))
    assert found.votes == 0 and found.shares == {} and found.strengths == {} and found.first is None
    assert "0 votes of 0 raters" in findings.markdown(found)


def test_a_name_cannot_break_the_report():
    odd = [Vote(**{**vars(vote), "rater": "x|<b>`"}) for vote in votes(raters=1)]
    assert "| x  b   |" in findings.markdown(preference.report(odd))
