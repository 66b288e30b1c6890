"""Damaged files: said, set aside, and everything that can be read brought back."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from quatrain.notepad import rescue
from quatrain.notepad.cards import Save
from quatrain.notepad.document import Document
from quatrain.notepad.songs import Songs

COUNT = 40
TEXT = "\n".join(f"line {n} of the song with some more words to fill the pages of the file" for n in range(60))


@pytest.fixture()
def full(tmp_path: Path) -> Path:
    """A folder with songs, closed."""
    songs = Songs(tmp_path)
    texts = [Document.of(f"Song {n}", f"{TEXT}\n{random.Random(n).random()}") for n in range(COUNT)]
    known = {"kind": "named", "created": "2026-01-01T00:00:00.000Z"}
    songs.add((text, {}, [(known | {"name": f"Version of {n}"}, text)]) for n, text in enumerate(texts))
    songs.close()
    return tmp_path


def titles(songs: Songs) -> set[str]:
    return {card.title for card in songs.shelf()[0]}


def test_a_whole_file_is_not_touched(full: Path) -> None:
    songs = Songs(full)
    assert songs.notice is None and len(titles(songs)) == COUNT and not list(full.glob("damaged-*"))
    songs.close()


@pytest.mark.parametrize("seed", range(6))
def test_pages_that_were_overwritten_cost_a_few_songs_at_most(full: Path, seed: int) -> None:
    file = full / "songs.db"
    data = bytearray(file.read_bytes())
    chance = random.Random(seed)
    for _ in range(3):
        page = chance.randrange(2, len(data) // 4096)
        data[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)
    file.write_bytes(data)
    songs = Songs(full)
    if songs.notice is None:  # free pages were hit
        assert len(titles(songs)) == COUNT
    else:
        (aside,) = full.glob("damaged-*")
        assert (aside / "songs.db").read_bytes() == bytes(data), "the damaged file is kept as it was"
        assert str(aside) in songs.notice and "damaged" in songs.notice
        assert len(titles(songs)) >= COUNT - 6
        for card in songs.shelf()[0]:
            assert songs.song(card.id).document.text.startswith(TEXT)
        assert songs.save(songs.shelf()[0][0].id, Save(1, "client-1", 1, Document.of("x", "y"))).status == "saved"
    songs.close()


@pytest.mark.parametrize("damage", ["cut", "header", "empty", "gone", "text"])
def test_what_the_file_has_lost_comes_from_the_backup(full: Path, damage: str) -> None:
    songs = Songs(full)
    assert songs.back_up(timedelta(0))
    songs.close()
    file = full / "songs.db"
    data = file.read_bytes()
    whole = {"cut": data[: len(data) // 3], "header": b"x" * 100 + data[100:], "empty": b"", "text": b"not a database"}
    file.unlink()
    if damage in whole:
        file.write_bytes(whole[damage])
    songs = Songs(full)
    assert titles(songs) == {f"Song {n}" for n in range(COUNT)}
    assert songs.notice is not None and "brought back" in songs.notice
    assert {v.name for card in songs.shelf()[0] for v in songs.versions(card.id)} == {
        f"Version of {n}" for n in range(COUNT)
    }
    songs.close()
    again = Songs(full)
    assert again.notice is None and len(titles(again)) == COUNT
    again.close()


def test_without_any_backup_a_lost_file_is_an_empty_shelf_and_a_notice(full: Path) -> None:
    (full / "songs.db").write_bytes(b"x" * 50_000)
    songs = Songs(full)
    assert titles(songs) == set() and songs.notice is not None and "0 songs were" in songs.notice
    assert songs.new(Document.of("After", "it goes on")).card.title == "After"
    songs.close()


def test_a_song_whose_own_row_is_damaged_is_read_from_its_revision(full: Path) -> None:
    songs = Songs(full)
    song = songs.shelf()[0][0].id
    with songs._database.write() as connection:
        connection.execute("UPDATE songs SET document = x'1234' WHERE id = ?", (song,))
    assert songs.song(song).document.text.startswith(TEXT)
    songs.close()
    found = {one.row["id"]: one for one in rescue.salvaged(full / "songs.db", [])}
    assert len(found) == COUNT and Document.unpacked(found[song].row["document"]).text.startswith(TEXT)
