"""Studies are blind, balanced and the same again; votes survive a kill."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest

from quatrain.errors import BadSetting, BadText, StorageError
from quatrain.evaluate import blind, prompts, running
from quatrain.evaluate.blind import SHUFFLED, Vote, Votes
from quatrain.evaluate.running import Answer, Reply
from quatrain.text.words import words

PEOPLE = prompts.load("people")


def replies(name):
    rng = random.Random(name)
    line = lambda: " ".join(rng.sample(["we", "saw", "a", "stone", "by", "the", "sea"], 6))
    return [Reply(prompt.id, (Answer(line()),)) for prompt in PEOPLE]


@pytest.fixture(scope="module")
def study():
    answers = {"truth": running.truth(PEOPLE), "ours": replies("ours"), "plain": replies("plain")}
    return blind.study(PEOPLE, answers, [("ours", "plain"), ("ours", "truth")], seed=4)


def vote(number=0, rater="ann", kind="person", choice="first", study="s", **more):
    return Vote(study, rater, kind, f"p{number}", "prompt", "ours", "plain", choice, **more)


def test_pairs_and_checks(study):
    sides = Counter(pair.systems for pair in study.pairs)
    assert sides[("ours", "plain")] <= 60 and sides[("ours", "truth")] == 60
    assert sides[("truth", SHUFFLED)] == round(0.1 * (len(study.pairs) - sides[("truth", SHUFFLED)]))
    assert len({pair.id for pair in study.pairs}) == len(study.pairs)
    true = {tuple(sorted(words(prompt.next))): words(prompt.next) for prompt in PEOPLE}
    for pair in study.pairs:
        if pair.check:
            mixed = words(pair.lines[1])
            assert true[tuple(sorted(mixed))] != mixed, "the words of a true line, in another order"
            assert sorted(mixed) != sorted(words(pair.lines[0])), "of another draft"


def test_the_dress_tells_nothing(study):
    for line in (line for pair in study.pairs for line in pair.lines):
        assert not set(line) & set(".,;:!?\"—()") and line[0].isupper()
    assert blind.shown("and Therefore i'm,--he said--at sea!") == "And therefore I'm he said at sea"
    assert blind.shown("  “’Tis I!” ") == "'tis I"


def test_a_session_is_the_same_again_and_each_rater_has_her_own(study):
    assert study.session("ann") == study.session("ann") != study.session("bob")
    assert {turn.pair.id for turn in study.session("bob")} == {pair.id for pair in study.pairs}


@pytest.mark.parametrize("rater", ["ann", "bob", "carla"])
def test_sides_are_balanced_within_one_at_every_moment(study, rater):
    lead: Counter[tuple[str, str]] = Counter()
    for turn in study.session(rater):
        lead[turn.pair.systems] += 1 if turn.swapped else -1
        assert abs(lead[turn.pair.systems]) <= 1
        assert turn.systems == (turn.pair.systems[::-1] if turn.swapped else turn.pair.systems)
        assert turn.lines == (turn.pair.lines[::-1] if turn.swapped else turn.pair.lines)


def test_no_prompt_twice_in_a_row(study):
    turns = study.session("ann")
    assert sum(a.pair.prompt == b.pair.prompt for a, b in itertools.pairwise(turns)) == 0


def test_saved_and_read_again(study, tmp_path):
    study.save(tmp_path / "new" / "study.json")
    again = blind.load(tmp_path / "new" / "study.json")
    assert again == study and again.id == study.id
    (tmp_path / "broken.json").write_text('{"seed": 1}')
    for name, said in (("broken.json", "no study"), ("none.json", "cannot be read")):
        with pytest.raises(StorageError, match=said):
            blind.load(tmp_path / name)


def test_equal_lines_are_not_asked():
    same = {"one": replies("x"), "two": replies("x")}
    with pytest.raises(BadText, match="two different lines"):
        blind.study(PEOPLE, same, [("one", "two")])
    with pytest.raises(BadSetting, match="No answers of three to compare. Known: one, two"):
        blind.study(PEOPLE, same, [("one", "three")])


def test_votes_come_back_and_the_last_of_a_pair_counts(tmp_path):
    votes = Votes(tmp_path / "new" / "votes.jsonl")
    assert votes.read() == []
    votes.append(vote(1), vote(2), vote(1, rater="bob"))
    votes.append(vote(1, choice="neither", at="2026-01-01T00:00:00+00:00"))
    found = votes.read()
    assert [(v.pair, v.rater, v.choice) for v in found] == [("p2", "ann", "first"), ("p1", "bob", "first"),
                                                            ("p1", "ann", "neither")]  # fmt: skip
    assert len(votes.path.read_text().splitlines()) == 4, "nothing that was said is taken back"


def test_a_torn_vote_spoils_no_other(tmp_path):
    votes = Votes(tmp_path / "votes.jsonl")
    votes.append(vote(1), vote(2))
    votes.path.write_bytes(votes.path.read_bytes()[:-10])
    votes.append(vote(3))
    assert [v.pair for v in votes.read()] == ["p1", "p3"]


def test_votes_of_another_kind_are_refused(tmp_path):
    for wrong in (vote(kind="human"), vote(choice="left")):
        with pytest.raises(BadSetting, match="cannot be kept"):
            Votes(tmp_path / "votes.jsonl").append(wrong)
    assert not (tmp_path / "votes.jsonl").exists()
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match="make room"):
        Votes(tmp_path / "folder").append(vote())


def test_many_at_once_lose_nothing(tmp_path):
    votes = Votes(tmp_path / "votes.jsonl")
    write = lambda rater: [votes.append(vote(n, rater=rater)) for n in range(10)]
    threads = [threading.Thread(target=write, args=(f"r{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(votes.read()) == 80


WRITER = """
import sys
from pathlib import Path
from quatrain.evaluate.blind import Vote, Votes
votes = Votes(Path(sys.argv[1]))
for n in range(10_000):
    votes.append(Vote("s", "ann", "person", f"p{n}", "prompt", "ours", "plain", "first"))
    print(n, flush=True)
"""


def test_kill_loses_no_vote(tmp_path):
    path = tmp_path / "votes.jsonl"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        told = [int(writer.stdout.readline()) for _ in range(15)]
        os.kill(writer.pid, signal.SIGKILL)
        told = [*told, *(int(line) for line in writer.stdout.read().split())]
    assert {f"p{n}" for n in told} <= {v.pair for v in blind.read(path)}
    Votes(path).append(vote(99_999))
    assert blind.read(path)[-1].pair == "p99999"
    assert all(json.loads(line) for line in path.read_text().splitlines()[: len(told)])
