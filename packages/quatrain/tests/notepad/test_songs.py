"""The shelf: search, trash, versions, migrations, what is deleted for good."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from quatrain.errors import BadSetting, StorageError, UnknownName
from quatrain.notepad import database, rescue
from quatrain.notepad.cards import BEFORE, NAMED, Save
from quatrain.notepad.document import Document
from quatrain.notepad.songs import Songs

from .conftest import VERSE


def titles(songs: Songs, query: str = "", **more: bool) -> list[str]:
    return [card.title for card in songs.shelf(query, **more)[0]]


def test_the_last_changed_song_stands_first(songs: Songs) -> None:
    first = songs.new(Document.of("One", "a")).card.id
    songs.new(Document.of("Two", "b"))
    songs.save(first, Save(1, "client-1", 1, Document.of("One", "a b")))
    assert titles(songs) == ["One", "Two"]
    cards, total = songs.shelf(limit=1, offset=1)
    assert ([card.title for card in cards], total) == (["Two"], 2)


def test_a_card_tells_of_its_song(songs: Songs) -> None:
    card = songs.new(VERSE).card
    assert (card.lines, card.words, card.opening) == (3, 20, "I left my coat beside the garden gate")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("garden", ["Gate"]), ("GARD coa", ["Gate"]), ("gate", ["Gate"]), ("zlut", ["Kůň"]), ("kun", ["Kůň"]),
        ("garden moon", []), ("don't", ["Kůň"]), ('"', ["Gate", "Kůň"]), ("* OR NEAR(", []), ("", ["Gate", "Kůň"]),
    ],
)  # fmt: skip
def test_search_takes_beginnings_of_words(songs: Songs, query: str, found: list[str]) -> None:
    songs.new(Document.of("Gate", "I left my coat beside the garden"))
    songs.new(Document.of("Kůň", "žluťoučký, don't"))
    assert sorted(titles(songs, query)) == found


def test_search_shows_where(songs: Songs) -> None:
    songs.new(Document.of("Gate", "I left my coat beside the garden"))
    (card,), _ = songs.shelf("coat")
    assert card.snippet is not None and "my \x01coat\x02 beside" in card.snippet


def test_search_follows_what_is_written(songs: Songs) -> None:
    song = songs.new(Document.of("Gate", "coat")).card.id
    songs.save(song, Save(1, "client-1", 1, Document.of("Door", "hat")))
    assert titles(songs, "coat") == titles(songs, "gate") == [] and titles(songs, "hat") == ["Door"]


def test_the_trash_gives_back(songs: Songs) -> None:
    song = songs.new(Document.of("Gate", "coat")).card.id
    thrown = songs.trash(song)
    assert thrown.trashed and songs.trash(song).trashed == thrown.trashed
    assert titles(songs) == titles(songs, "coat") == [] and titles(songs, trashed=True) == ["Gate"]
    assert songs.restore(song).trashed is None and titles(songs) == ["Gate"]


def test_only_what_is_in_the_trash_is_deleted(songs: Songs) -> None:
    song = songs.new().card.id
    with pytest.raises(BadSetting, match="not in the trash"):
        songs.delete(song)
    with pytest.raises(UnknownName):
        songs.delete("b" * 32)


def test_what_is_deleted_for_good_is_nowhere(songs: Songs) -> None:
    """Its words are in no byte of the folder: not in free pages, the log, the search index, the backups."""
    secret = "xylophoneplum"
    kept = songs.new(Document.of("Kept", "velvetlantern")).card.id
    song = songs.new(Document.of("Gate", f"coat {secret} coat")).card.id
    songs.save(song, Save(1, "client-1", 1, Document.of("Gate", f"{secret} two"), f"history {secret}"))
    songs.name_version(song, f"name {secret}")
    assert songs.back_up(timedelta(0)) is not None
    stored = [songs.song(song).document.packed()[4:], Document.of("Gate", f"coat {secret} coat").packed()[4:]]
    assert all(_holding(songs.folder, text) for text in (secret.encode(), *stored))
    songs.trash(song)
    songs.delete(song)
    assert not any(_holding(songs.folder, text) for text in (secret.encode(), *stored))
    assert len(rescue.backups(songs.folder)) == 1
    songs.trash(kept)
    assert songs.empty() == (1, []) and songs.counts() == (0, 0)
    assert not _holding(songs.folder, b"velvetlantern")


def _holding(folder: Path, text: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]


def test_versions_have_names_and_come_back(songs: Songs) -> None:
    song = songs.new(Document.of("Gate", "one")).card.id
    first = songs.name_version(song, "First")
    songs.save(song, Save(1, "client-1", 1, Document.of("Gate", "two")))
    assert songs.restore_version(song, first.id).document.text == "one"
    newest, oldest = songs.versions(song)
    assert (newest.kind, songs.version(song, newest.id)[1].text) == (BEFORE, "two")
    assert songs.name_version(song, "The other", newest.id).kind == NAMED
    songs.delete_version(song, oldest.id)
    assert [v.name for v in songs.versions(song)] == ["The other"]
    with pytest.raises(UnknownName, match="version"):
        songs.version(song, oldest.id)


def test_a_version_of_another_song_is_not_found(songs: Songs) -> None:
    one, two = songs.new().card.id, songs.new().card.id
    version = songs.name_version(one, "x").id
    with pytest.raises(UnknownName):
        songs.version(two, version)


def test_songs_come_in_with_their_times_and_versions(songs: Songs) -> None:
    old = {"name": "Old", "kind": NAMED, "created": "2020-01-02T00:00:00.000Z"}
    times = {"created": "2020-01-01T00:00:00.000Z", "updated": "2020-02-01T00:00:00.000Z"}
    (card,) = songs.add([(VERSE, times, [(old, Document.of("T", "before"))])])
    assert (card.created, card.updated) == (times["created"], times["updated"])
    ((known, text, versions),) = list(songs.everything())
    assert text == VERSE and known == card
    assert [(v.name, v.created, d.text) for v, d in versions] == [("Old", old["created"], "before")]


def test_a_backup_is_made_once_and_after_changes_only(songs: Songs) -> None:
    assert songs.back_up(timedelta(0)) is None  # there is nothing to lose yet
    songs.new(Document.of("Gate", "one"))
    copy = songs.back_up()
    assert copy is not None and songs.back_up() is None
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT title FROM songs").fetchall() == [("Gate",)]
    connection.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Songs(tmp_path).close()
    with sqlite3.connect(tmp_path / "songs.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / "songs.db").read_bytes()
    with pytest.raises(StorageError, match="newer quatrain"):
        Songs(tmp_path)
    assert (tmp_path / "songs.db").read_bytes() == before


def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = Songs(tmp_path)
    song = songs.new(VERSE).card.id
    songs.close()
    more = (*database.MIGRATIONS, "ALTER TABLE songs ADD COLUMN key TEXT; CREATE INDEX by_key ON songs (key)")
    monkeypatch.setattr(database, "MIGRATIONS", more)
    songs = Songs(tmp_path)
    assert songs.song(song).document == VERSE
    with songs._database.read() as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
        assert connection.execute("SELECT key FROM songs").fetchone()[0] is None
    songs.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be made"):
        Songs(tmp_path / "file" / "songs")


def test_a_write_that_fails_in_the_middle_changes_nothing(songs: Songs, monkeypatch: pytest.MonkeyPatch) -> None:
    song = songs.new(VERSE).card.id

    def broken(*_: object) -> None:
        raise OSError("the machine burns")

    monkeypatch.setattr("quatrain.notepad.saving._keep_history", broken)
    with pytest.raises(OSError, match="burns"):
        songs.save(song, Save(1, "client-1", 1, Document.of("x", "y")))
    assert songs.song(song).document == VERSE and titles(songs, "garden") == ["The Gate"]
