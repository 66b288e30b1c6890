"""The dry run: scripts with known preferences, and an analysis that finds them again; and the commands around it."""

import json
import math

import pytest
from click.testing import CliRunner

from quatrain.evaluate import blind, preference, prompts, running, scripted
from quatrain.evaluate.__main__ import main

STRENGTHS = {"chars": -1.2, "words": -0.6, "masks": 0.3, "truth": 1.0}
FORM = prompts.load("form")


@pytest.fixture(scope="module")
def study():
    people = prompts.load("people")
    own = lambda name: [running.Reply(p.id, (running.Answer(f"{name} {p.next}"),)) for p in people]
    answers = {name: own(name) for name in ("chars", "words", "masks")} | {"truth": running.truth(people)}
    return blind.study(people, answers, [("masks", "chars"), ("masks", "words"), ("masks", "truth")])


def test_known_preferences_are_found_again(study, tmp_path):
    votes = blind.Votes(tmp_path / "votes.jsonl")
    added = scripted.vote(study, votes, STRENGTHS, raters=5, careless=1, taste=0.3, seed=2)
    assert added == 5 * len(study.pairs)
    found = preference.report(votes.read(), "scripted")
    assert [rater.name for rater in found.raters if not rater.counted] == ["scripted-5"]
    assert list(found.strengths) == sorted(STRENGTHS, key=lambda name: -STRENGTHS[name])
    middle = sum(STRENGTHS.values()) / 4
    for name, estimate in found.strengths.items():
        assert estimate.low <= STRENGTHS[name] - middle <= estimate.high
    for other, share in preference.against(found, "masks").items():
        odds = 1 / (1 + math.exp(STRENGTHS[other] - STRENGTHS["masks"]))
        assert share.low <= 0.95 * odds + 0.025 <= share.high  # one vote in twenty is for neither
    assert found.fleiss > 0.1, "scripts share some of their taste"
    assert found.first.low <= 0.5 <= found.first.high


def test_a_dry_run_goes_on_where_it_was(study, tmp_path):
    votes = blind.Votes(tmp_path / "votes.jsonl")
    scripted.vote(study, votes, STRENGTHS, raters=2, seed=1)
    whole = votes.read()
    kept = votes.path.read_bytes().splitlines(keepends=True)
    votes.path.write_bytes(b"".join(kept[:100]))
    assert scripted.vote(study, votes, STRENGTHS, raters=2, seed=1) == len(whole) - 100
    assert votes.read() == whole
    assert scripted.vote(study, votes, STRENGTHS, raters=2, seed=1) == 0
    assert {vote.kind for vote in whole} == {"scripted"}
    assert {vote.rater for vote in whole} == {"scripted-1", "scripted-2"}


def call(*args):
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    return done.exit_code, done.output


def test_commands_from_answers_to_report(tmp_path):
    for name in ("masks", "words"):
        running.run(name, lambda draft, wishes, seed, name=name: [f"{name} {draft[0]}"], FORM, tmp_path / "answers")
    code, said = call("blind", "pairs", tmp_path, "--compare", "masks:words", "--compare", "masks:truth")
    assert (code, said.split(":")[0]) == (0, "132 pairs, 12 of them checks")
    assert call("blind", "rehearse", tmp_path, "--strength", "truth=2.5", "--raters", "2")[0] == 0
    code, said = call("blind", "report", tmp_path, "--rehearsal")
    assert code == 0 and said.startswith("# Dry run") and said == call("blind", "report", tmp_path, "--rehearsal")[1]
    assert json.loads(call("blind", "report", tmp_path, "--rehearsal", "--json")[1])["kind"] == "scripted"
    code, said = call("blind", "report", tmp_path)
    assert (code, said.strip()) == (2, "There are no votes of kind 'person'. Let somebody rate pairs first.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pairs", "--compare", "masks"], "colon between"),
        (["pairs", "--compare", "a:truth"], "'a' has not answered"),
        (["rate"], "Make the study first"),
        (["rehearse"], "Make the study first"),
        (["raet"], "Did you mean 'rate'"),
    ],
)
def test_commands_that_cannot_be_done(tmp_path, arguments, said):
    code, text = call("blind", arguments[0], tmp_path, *arguments[1:])
    assert code == 2 and said in text
