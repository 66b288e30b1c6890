"""Voices on the page: a training that goes well, one that fails, one that is stopped; and nothing left behind."""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from quatrain.errors import BadSetting, BadText, UnknownName
from quatrain.models import voice
from quatrain.notepad import songs
from quatrain.notepad.desk import Desk
from quatrain.notepad.learning import STAGES, Whole
from quatrain.notepad.voices import Job, Voices

from .conftest import served

WELL = """
import json, sys, pathlib
texts = sorted(path.read_text() for path in pathlib.Path(sys.argv[1]).iterdir())
print(json.dumps({"what": "Reading.", "share": 0.25, "seconds_left": 3}), flush=True)
print("a word in between", flush=True)
what = f"Learned {texts} for {sys.argv[2]} from {sys.argv[3]}."
said = {"said": ["It leans to: rain."]} if sys.argv[2] == "other" else {}
print(json.dumps({"what": what, "share": 1, "seconds_left": None} | said))
"""
BADLY = "import sys; print('There are 3 words to learn from, and 200 are needed.'); sys.exit(2)"
SLOWLY = """
import json, time
print(json.dumps({"what": "Learning.", "share": 0.1, "seconds_left": 60}), flush=True)
time.sleep(60)
"""

Make = Callable[[str], Voices]


@pytest.fixture()
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Voices with a base voice, and a training that is a few lines of Python."""
    monkeypatch.setattr(voice, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setattr(voice, "own_folder", lambda: tmp_path / "own")
    _written(tmp_path / "shipped" / "base", note="Ours.")
    made: list[Voices] = []

    def with_training(code: str) -> Voices:
        made.append(Voices(tmp_path / "voices", (sys.executable, "-c", code)))
        return made[-1]

    yield with_training
    for one in made:
        one.close()


def _written(folder: Path, **card: object) -> None:
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(json.dumps(card))
    (folder / "lexis.npz").write_bytes(b"x" * 1000)


def _ended(job: Job) -> Job:
    for _ in range(3000):
        if job.ended:
            return job
        time.sleep(0.01)
    raise AssertionError(f"the training never ended: {job}")


def test_a_voice_learns_and_its_texts_are_forgotten(make: Make, tmp_path: Path) -> None:
    voices = make(WELL)
    job = _ended(voices.train("mine", [("One", "some text"), ("Empty", "  "), ("../Two", "more")]))
    assert (job.state, job.share, job.seconds_left) == ("done", 1.0, None)
    assert job.message == "Learned ['more', 'some text'] for mine from base."
    assert list(job.log) == ["a word in between"]
    for _ in range(500):
        if not list((tmp_path / "voices" / "texts").iterdir()):
            break
        time.sleep(0.01)
    assert not list((tmp_path / "voices" / "texts").iterdir())


def test_a_voice_says_what_is_otherwise_now(make: Make) -> None:
    job = _ended(make(WELL).train("other", [("One", "some text")]))
    assert list(job.log) == ["It leans to: rain."]


def test_the_whole_of_a_training_goes_one_way() -> None:
    now = 0.0
    whole = Whole(lambda: now)
    assert whole.at("reading", 0.0, 2.0) == (0.0, 2.0)
    told = []
    for stage in STAGES:
        for share in (0.0, 0.5, 1.0):
            now += 10.0
            told.append(whole.at(stage, share, 1.0))
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0) and sum(STAGES.values()) == pytest.approx(1.0)
    assert told[5] == pytest.approx((0.3, 60 * 0.7 / 0.3))  # the end of rehearsing, after six looks
    assert whole.at("reading", 0.1, 1.0)[0] == pytest.approx(1.0)
    assert whole.at("something new", 0.5, 7.0) == (pytest.approx(1.0), 7.0)


def test_a_training_that_fails_says_why_and_leaves_nothing(make: Make, tmp_path: Path) -> None:
    for name in (".mine.12ab", ".mine2.12ab"):
        (tmp_path / "own" / name).mkdir(parents=True)
    job = _ended(make(BADLY).train("mine", [("One", "a b c")]))
    assert (job.state, job.message) == ("failed", "There are 3 words to learn from, and 200 are needed.")
    for _ in range(500):
        if not (tmp_path / "own" / ".mine.12ab").exists():
            break
        time.sleep(0.01)
    assert [path.name for path in (tmp_path / "own").iterdir()] == [".mine2.12ab"]


def test_a_training_that_is_stopped_leaves_nothing(make: Make, tmp_path: Path) -> None:
    voices = make(SLOWLY)
    job = voices.train("mine", [("One", "a b c")])
    while job.share < 0.1:
        time.sleep(0.01)
    with pytest.raises(BadSetting, match="is being made"):
        voices.train("other", [("One", "a b c")])
    with pytest.raises(BadSetting, match="is being made"):
        voices.delete("mine")
    (tmp_path / "own" / ".mine.work").mkdir(parents=True)
    assert voices.stop(job.id).state == "stopped" and not (tmp_path / "own" / ".mine.work").exists()
    time.sleep(0.1)
    assert job.state == "stopped" and voices.listed()["job"]["message"] == "Stopped; nothing of it is kept."


def test_texts_that_a_kill_left_are_gone_at_the_next_start(make: Make, tmp_path: Path) -> None:
    left = tmp_path / "voices" / "texts" / "x"
    left.mkdir(parents=True)
    (left / "0000.txt").write_text("secret")
    make(WELL)
    assert not left.exists()


@pytest.mark.parametrize(("name", "texts"), [("mine", []), ("mine", [("a", " \n")])])
def test_nothing_to_learn_from(make: Make, name: str, texts: list[tuple[str, str]]) -> None:
    with pytest.raises(BadText, match="no text"):
        make(WELL).train(name, texts)


def test_the_base_voice_is_not_written_over(make: Make) -> None:
    with pytest.raises(BadSetting, match="comes with quatrain"):
        make(WELL).train("base", [("a", "b")])


def test_voices_are_listed_chosen_and_deleted(make: Make, tmp_path: Path) -> None:
    voices = make(WELL)
    _written(tmp_path / "own" / "mine", **{"based on": "base", "lines": 12, "made": "2026-01-02"})
    listed = {one["name"]: one for one in voices.listed()["voices"]}
    assert (listed["base"]["kind"], listed["base"]["note"], listed["base"]["created"]) == ("base", "Ours.", None)
    assert (listed["mine"]["kind"], listed["mine"]["bytes"] > 1000) == ("yours", True)
    assert listed["mine"]["note"] == "Learned from 12 lines of yours."
    voices.choose("mine")
    assert voices.current == "mine"
    with pytest.raises(UnknownName, match="Did you mean 'mine'"):
        voices.choose("mien")
    voices.delete("mine")
    assert voices.current == "base" and not (tmp_path / "own" / "mine").exists()
    with pytest.raises(BadSetting, match="not deleted"):
        voices.delete("base")


@pytest.mark.parametrize("name", ["texts", "voice"])
def test_no_voice_has_a_file_of_the_notepad_for_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(songs, "folder", lambda: tmp_path / "quatrain")
    monkeypatch.setattr(voice, "own_folder", lambda: tmp_path / "quatrain" / "voices")  # beside the songs, as usual
    _written(tmp_path / "quatrain" / "voices" / name, **{"based on": "base", "lines": 12})
    desk = Desk.at()
    try:
        desk.voices.choose(name)
        assert desk.voices.current == name  # and a start has deleted nothing
    finally:
        desk.close()


def test_without_any_voice_it_is_said(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    voices = make(WELL)
    monkeypatch.setattr(voice, "SHIPPED", tmp_path / "nowhere")
    assert "base voice is not installed" in voices.missing()
    with pytest.raises(BadSetting, match="not installed"):
        voices.train("mine", [("a", "b")])


def test_the_page_follows_a_training(make: Make, tmp_path: Path) -> None:
    with served(tmp_path / "songs") as (client, desk):
        desk.voices = make(WELL)
        text = {"title": "T", "lines": [{"text": "from the shelf"}]}
        song = client.post("/api/songs", json={"document": text}).json()
        body = {"name": "mine", "texts": [{"name": "a.txt", "text": "typed"}], "songs": [song["id"]]}
        job = client.post("/api/voices", json=body)
        assert job.status_code == 202
        told = _jobs(client.get(f"/api/jobs/{job.json()['id']}/events"))
        assert told[-1]["state"] == "done" and "'from the shelf', 'typed'" in told[-1]["message"]
        assert all(before != after for before, after in itertools.pairwise(told))
        assert client.delete(f"/api/jobs/{job.json()['id']}").json()["state"] == "done"
        assert client.put("/api/voices/current", json={"name": "base"}).json()["current"] == "base"
        assert client.delete("/api/voices/base").status_code == 409


def _jobs(answer: httpx.Response) -> list[dict[str, str]]:
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n") if line.startswith("data: ")]
