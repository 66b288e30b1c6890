"""A voice of one's own, from the shipped one: begun, killed, ended, asked, deleted; and texts that are too little."""

import json

import pytest

from quatrain import yours
from quatrain.errors import BadSetting, BadText, StorageError, UnknownName
from quatrain.models import adapting, voice
from quatrain.models.voice import Voice


@pytest.fixture
def short(monkeypatch):
    """Little is rehearsed and few steps are made."""
    monkeypatch.setattr(yours, "REHEARSED", 40)
    monkeypatch.setattr(yours, "_CHUNK", 5)
    monkeypatch.setattr(adapting, "STEPS", (2, 2))
    monkeypatch.setattr(adapting, "SHAPE_STEPS", (2, 2))
    monkeypatch.setattr(adapting, "BATCH", 4)
    monkeypatch.setattr(adapting, "SAMPLE", 500)
    monkeypatch.setattr(adapting, "LEANS", adapting.LEANS[1:2])
    monkeypatch.setattr(adapting, "RANGE", 3.0)  # of the few lines that are rehearsed here a word weighs much
    monkeypatch.setattr(yours.differences, "SAMPLES", 1)


class Dreamer:
    """Writes verses that tell how they were asked for."""

    def __init__(self):
        self.asked = []

    def dream(self, verses, lines, seed):
        self.asked.append(seed)
        return [[f"verse {seed} {verse}"] * lines for verse in range(verses)]


def test_verses_from_before_a_kill_are_not_written_again(short, tmp_path):
    def killing(what, share, left):
        if share > 0.4:
            raise KeyboardInterrupt

    killed, again, whole = Dreamer(), Dreamer(), Dreamer()
    with pytest.raises(KeyboardInterrupt):
        yours._rehearsal(killed, tmp_path, 7, killing)
    found = yours._rehearsal(again, tmp_path, 7, lambda *_: None)
    (tmp_path / "whole").mkdir()
    assert found == yours._rehearsal(whole, tmp_path / "whole", 7, lambda *_: None)
    assert [*killed.asked, *again.asked] == whole.asked and len(killed.asked) == len(again.asked) == 1
    assert len(set(whole.asked)) == 2 and sum(map(len, found)) == 40


def test_what_a_kill_leaves_holds_no_text_of_hers(songs, shelf, short, monkeypatch):
    monkeypatch.setattr(yours, "Writer", lambda _: Dreamer())

    def killing(what, share, left):
        if what == "rehearsing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        yours.train([songs], "mine", tell=killing)
    [work] = shelf.iterdir()
    assert work.name.startswith(".mine.") and [file.name for file in work.rglob("*")] == ["rehearsal.json"]
    assert voice.names() == ["base"]


def test_a_voice_from_first_to_last(songs, shelf, short):
    told = []
    changed = yours.train([songs], "mine", tell=lambda *said: told.append(said))
    assert {what for what, *_ in told} >= {"reading", "rehearsing", "learning", "learning shapes"}
    assert all(0 <= share <= 1 and left >= 0 for _, share, left in told)
    assert [folder.name for folder in shelf.iterdir()] == ["mine"]
    assert {file.name for file in (shelf / "mine").iterdir()} == {"card.json", *(f"{part}.npz" for part in voice.PARTS)}

    assert changed.lines > 100 and changed.words == pytest.approx(9 * changed.lines, rel=0.02)
    assert changed.yours[1] < 0.8 * changed.yours[0]  # a strong style is heard
    assert changed.range[1] <= adapting.RANGE * changed.range[0] + 1e-6
    assert {"maverick", "corral", "rancher", "pony"} & set(changed.leaning)
    [sample] = changed.samples
    assert sample.before and sample.after and "beside the old" in sample.line

    mine = Voice.load("mine")
    assert mine.card["based on"] == "base" and mine.card["measures"]["yours"][1] == round(changed.yours[1], 2)
    assert "beside the old" not in json.dumps(mine.card)  # the voice keeps what it learned, not the text
    for word in changed.new_words:
        assert word in mine.lexis.number

    (shelf / ".mine.0123").mkdir()  # what a training leaves that was killed and never ended
    voice.delete("mine")
    assert list(shelf.iterdir()) == []
    with pytest.raises(UnknownName):
        voice.delete("mine")


def test_a_training_that_was_never_ended_is_deleted_too(shelf):
    (shelf / ".mine.0123" / "cache").mkdir(parents=True)
    (shelf / ".mine-too.0123").mkdir()
    voice.delete("mine")
    assert [folder.name for folder in shelf.iterdir()] == [".mine-too.0123"]
    assert voice.work_folder("mine-too", "abc") == shelf / ".mine-too.abc"
    assert list(shelf.iterdir()) == []  # of another text: it will never be gone on with


def text(lines, count=40):
    return "\n".join(lines * count) + "\n"


SPANISH = [f"La lluvia cae sobre la ciudad y nadie sabe mi nombre {n}" for n in "abcdefghijklmnopqrstuvwxyz"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "no text"),
        (b"Love\nGlove\n", "words to learn from"),
        (
            text(["I left my coat beside the gate"]).encode(),
            "There are 7 words to learn from",
        ),  # one line, again and again
        (("word " * 400).encode(), "There are 0 words to learn from"),
        ("\n".join(SPANISH).encode(), "does not look like English"),
    ],
    ids=["empty", "binary", "tiny", "repeated", "one long line", "Spanish"],
)
def test_a_text_that_nothing_can_be_learned_from(shelf, tmp_path, data, sentence):
    path = tmp_path / "songs.txt"
    path.write_bytes(data)
    with pytest.raises(BadText, match=sentence):
        yours.train([path], "mine")
    assert path.read_bytes() == data
    assert not shelf.exists() or list(shelf.iterdir()) == []


def test_names_and_places_that_are_none(shelf, songs, tmp_path):
    with pytest.raises(BadSetting, match="small letters"):
        yours.train([songs], "My Voice")
    with pytest.raises(BadSetting, match="comes with quatrain"):
        yours.train([songs], "base")
    with pytest.raises(UnknownName, match="Did you mean 'base'"):
        yours.train([songs], "mine", base="bass")
    with pytest.raises(StorageError, match="no file or folder"):
        yours.train([tmp_path / "nowhere"], "mine")
    assert not shelf.exists() or list(shelf.iterdir()) == []


def test_two_songs_of_one_name_are_two(tmp_path):
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "song.txt").write_text(f"A song in {place}\n", encoding="utf-8")
    found = yours._documents([tmp_path / "a", tmp_path / "b"])
    assert len({one.name for one in found}) == 2 and {one.units for one in found} == {
        ("A song in a",),
        ("A song in b",),
    }
