"""Systems are asked once, and a kill loses one prompt at most."""

import json
import math
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from quatrain.errors import BadSetting, NothingFits, StorageError
from quatrain.evaluate import prompts, running
from quatrain.evaluate.running import Answer, Reply
from quatrain.wishes import Suggestion

SOME = prompts.load("form")[:8]


def test_every_prompt_is_asked_with_its_own_wishes_and_seed(tmp_path, echo):
    told = []
    replies = running.run("echo", echo, SOME, tmp_path, seed=5, count=2, progress=lambda *at: told.append(at))
    assert echo.asked[0] == echo.asked[1], "the first prompt is asked once before, to warm up"
    assert [draft for draft, _, _ in echo.asked[1:]] == [prompt.draft for prompt in SOME]
    assert len({seed for _, _, seed in echo.asked}) == len(SOME)
    assert all(wishes == prompt.wishes(2, seed) for prompt, (_, wishes, seed) in zip(SOME, echo.asked[1:], strict=True))
    assert [len(reply.lines) for reply in replies] == [2] * 8 and told == [(i, 8) for i in range(1, 9)]
    assert all(0 <= reply.first <= reply.seconds for reply in replies)


def test_what_is_there_is_not_asked_again(tmp_path, echo):
    first = running.run("echo", echo, SOME[:5], tmp_path)
    again = echo.asked.copy()
    assert running.run("echo", echo, SOME[:5], tmp_path) == first and echo.asked == again
    assert running.stored("echo", SOME[:5], tmp_path) == first
    assert running.stored("other", SOME, tmp_path) is None


KILLED = """
import os, signal, sys
from pathlib import Path
from quatrain.evaluate import prompts, running
asked = []
def system(draft, wishes, seed):
    asked.append(draft)
    if len(asked) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    yield "we saw the sea"
running.run("it", system, prompts.load("form")[:8], Path(sys.argv[1]))
"""


def test_kill_loses_one_prompt(tmp_path, echo):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)])
    assert done.returncode == -signal.SIGKILL
    assert running.stored("it", SOME, tmp_path) is None
    replies = running.run("it", echo, SOME, tmp_path)
    assert [reply.lines[0].text for reply in replies[:3]] == ["we saw the sea"] * 3
    assert [draft for draft, _, _ in echo.asked[1:]] == [prompt.draft for prompt in SOME[3:]]


@pytest.mark.parametrize("cut", [1, 30])
def test_a_torn_line_is_asked_again(tmp_path, echo, cut):
    whole = running.run("echo", echo, SOME, tmp_path)
    path = tmp_path / "echo.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    replies = running.run("echo", echo, SOME, tmp_path)
    assert [reply.lines for reply in replies] == [reply.lines for reply in whole]
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row.get("prompt") for row in rows] == [None, *(prompt.id for prompt in SOME)]
    assert len(echo.asked) == 9 + 2


def test_a_header_torn_by_a_kill_is_written_again(tmp_path, echo):
    (tmp_path / "echo.jsonl").write_text('{"version": 1, "sys')
    assert len(running.run("echo", echo, SOME[:2], tmp_path)) == 2
    assert running.stored("echo", SOME[:2], tmp_path)


def test_answers_to_something_else_are_not_mixed(tmp_path, echo):
    running.run("echo", echo, SOME, tmp_path)
    for prompts_, seed, count, said in ((SOME[:4], 0, 10, "prompts"), (SOME, 1, 10, "seed"), (SOME, 0, 3, "count")):
        with pytest.raises(BadSetting, match=rf"other {said}"):
            running.run("echo", echo, prompts_, tmp_path, seed=seed, count=count)
    changed = [replace(SOME[0], syllables=3), *SOME[1:]]
    with pytest.raises(BadSetting, match="other prompts"):
        running.stored("echo", changed, tmp_path)


def test_nothing_fits_is_an_answer_and_other_errors_are_not(tmp_path):
    def shy(draft, wishes, seed):
        yield "one line"
        raise NothingFits("No second line fits. Ask for less.")

    assert [r.lines for r in running.run("shy", shy, SOME[:2], tmp_path)] == [(Answer("one line"),)] * 2

    def broken(draft, wishes, seed):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        running.run("broken", broken, SOME[:2], tmp_path)


def test_suggestions_keep_their_tags_and_labels(tmp_path):
    line = Suggestion("the sea", ("the", "sea"), ("DT", "NN"), 2, relaxed=("+1 syllable",))
    replies = running.run("tagged", lambda *_: [line] * 20, SOME[:2], tmp_path, count=3)
    assert replies[0].lines == (Answer("the sea", ("DT", "NN"), ("+1 syllable",)),) * 3
    assert running.stored("tagged", SOME[:2], tmp_path, count=3) == replies


def test_bad_names_and_folders(tmp_path, echo):
    with pytest.raises(BadSetting, match="no name for a system"):
        running.run("../x", echo, SOME, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Choose another folder"):
        running.run("echo", echo, SOME, tmp_path / "file")
    running.run("echo", echo, SOME[:2], tmp_path)
    lines = (tmp_path / "echo.jsonl").read_text().splitlines()
    (tmp_path / "echo.jsonl").write_text("\n".join([lines[0], "nonsense", *lines[2:]]) + "\n")
    with pytest.raises(StorageError, match="Line 2 of .* is damaged"):
        running.run("echo", echo, SOME[:2], tmp_path)


def test_truth_is_the_next_line():
    replies = running.truth([*SOME, *prompts.load("modern")[:1]])
    assert replies[0].lines == (Answer(SOME[0].next, SOME[0].tags),)
    assert replies[-1] == Reply("m01", (), replies[-1].seconds, replies[-1].first) and math.isnan(replies[-1].seconds)
