"""A voice of one's own, through the page: made from a folder, chosen, and gone for good; and the blind comparison."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quatrain.evaluate import blind
from quatrain.notepad.blind import FOLDER, STUDY, VOTES
from quatrain.notepad.desk import LEARNING

from .conftest import Server, cursor, put, ready, saved, text, until
from .test_page_look import serious
from .test_page_session import EIGHT
from .test_page_voice import SLOW, asked

Open = Callable[..., Any]
SECRET = "zanzibarium"
"""A word that only these songs have."""
THINGS = (
    "kettle", "letter", "lantern", "river", "window", "harbour", "orchard", "candle", "ladder", "mirror", "pocket",
    "garden", "shadow", "bottle", "feather", "hammer", "pillow", "saddle", "needle", SECRET,
)  # fmt: skip
ENDS = (("rain", "train", "lane", "grain"), ("gate", "plate", "slate", "crate"), ("town", "gown", "down", "crown"))
ROWS = (
    "I keep a {0} and a {1} from the {4}", "And every {2} is waiting for the {5}",
    "You took my {3} and a {0} to the {6}", "But nobody can tell the {1} from the {7}",
    "There was a {2} beside the {3} in the {4}", "We sold the {0} and we painted all the {5}",
    "My brother lost a {1} on the way to {6}", "A {3} and a {2} are all that I have of {7}",
)  # fmt: skip


@pytest.fixture()
def songs(tmp_path: Path) -> Path:
    """A folder of sixteen short songs, with a picture among them that is no song."""
    folder = tmp_path / "My Songs"
    folder.mkdir()
    for number in range(16):
        things = [THINGS[(number + step * 7) % 20] for step in range(4)]
        ends = [ENDS[number % 3][(number + step) % 4] for step in range(4)]
        verse = "\n".join(row.format(*things, *ends) for row in ROWS)
        (folder / f"song {number}.txt").write_text(f"[Verse]\n{verse}\n", "utf-8")
    (folder / "cover.png").write_bytes(b"\x89PNG")
    return folder


def holding(folder: Path, word: str) -> Iterator[Path]:
    """Files below a folder that have a word in them, or in their name."""
    for path in folder.rglob("*"):
        if path.is_file() and (word in path.name or word.encode() in path.read_bytes()):
            yield path


@pytest.mark.learning
def test_a_folder_of_songs_becomes_a_voice_and_is_forgotten_for_good(desk: Open, server: Server, songs: Path) -> None:
    server.voice = "base"
    page = desk()
    put(page, EIGHT)
    cursor(page, 3)
    before = [line for line, _, _ in asked(page)]
    page.get_by_role("button", name="Voices").click()
    until(lambda: page.locator(".voices li").count() == 1, "the base voice")
    page.evaluate("""() => {
        window.said = [];
        const place = document.querySelector(".progress");
        new MutationObserver(() => window.said.push(place.innerText)).observe(place, {childList: true, subtree: true});
    }""")
    page.locator(".drop input[webkitdirectory]").set_input_files(songs)
    mine = page.locator(".voices li", has_text="my-songs")
    until(lambda: mine.count() == 1, "the new voice", 15 * SLOW)
    said = "\n".join(page.evaluate("window.said"))
    assert "Learning." in said and " left" in said and "Learned 112 lines" in said, said
    assert not list((server.folder / "songs" / LEARNING / "texts").iterdir())  # the copies are gone already
    assert "lines of yours" in mine.inner_text()
    mine.get_by_role("radio").check()
    until(lambda: page.locator(".voices input:checked").count() == 1, "the choice")
    page.reload()  # so that it is the same question, and not the next one
    ready(page)
    cursor(page, 3)
    after = [line for line, _, _ in asked(page)]
    assert after != before
    voice = server.folder / "data" / "quatrain" / "voices" / "my-songs"
    assert (voice / "card.json").is_file()
    page.get_by_role("button", name="Voices").click()
    mine.get_by_role("button", name="Delete for good").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    until(lambda: mine.count() == 0, "the end of the voice")
    assert not list(voice.parent.iterdir())
    assert not list(holding(server.folder / "songs", SECRET))
    assert not list(holding(server.folder / "data", SECRET)) and not list(holding(server.folder / "cache", SECRET))
    page.reload()
    ready(page)
    cursor(page, 3)
    assert [line for line, _, _ in asked(page)] == before  # the base voice again, as it was


def test_a_training_is_stopped_and_one_without_songs_is_not_begun(desk: Open, server: Server, songs: Path) -> None:
    page = desk()
    page.get_by_role("button", name="Voices").click()
    page.locator(".drop input[webkitdirectory]").set_input_files(songs)
    page.get_by_role("button", name="Stop").click()
    until(lambda: "Stopped" in page.locator(".progress").inner_text(), "the stop")
    until(lambda: not list((server.folder / "songs" / LEARNING / "texts").iterdir()), "the copies to go")
    assert not list(holding(server.folder / "data", SECRET))
    only = page.locator(".drop input[accept]")
    only.set_input_files(songs / "cover.png")
    until(lambda: "no text among these files" in page.locator("dialog .note").inner_text(), "a clear sentence")
    page.get_by_role("button", name="the songs of this shelf").click()
    until(lambda: "no text to learn from" in page.locator("dialog .note").inner_text(), "a clear sentence")


def test_the_blind_comparison_is_behind_a_door_of_the_bar(desk: Open, server: Server) -> None:
    page = desk()
    page.wait_for_timeout(300)
    assert page.get_by_role("button", name="Compare").count() == 0  # nothing was prepared
    folder = server.folder / "songs" / FOLDER
    lines = ("The little lamps are burning low", "A ladder leans against the snow"), ("One more", "Another one")
    pairs = [blind.Pair(f"p{n}", f"{n}", ("The moon is low",), ("truth", "base"), two) for n, two in enumerate(lines)]
    blind.Study(tuple(pairs), 1, {}).save(folder / STUDY)
    page.reload()
    door = page.get_by_role("button", name="Compare")
    until(lambda: door.count() == 1, "the door")
    with page.context.expect_page() as opened:
        door.click()
    rating = opened.value
    rating.locator("input[type=text]").first.fill("Ann")
    rating.keyboard.press("Enter")
    until(lambda: rating.locator(".choice").count() == 2, "a pair")
    shown = lambda: rating.locator(".choice").all_inner_texts()
    until(lambda: any("lamps" in one or "One more" in one for one in shown()), "the lines of a pair")
    assert serious(rating, "comparison") == []
    rating.locator(".choice").first.click()
    votes = folder / VOTES
    until(lambda: votes.exists() and len(votes.read_text("utf-8").splitlines()) == 1, "the vote")
    [vote] = [json.loads(line) for line in votes.read_text("utf-8").splitlines()]
    assert (vote["rater"], vote["kind"], vote["choice"]) == ("Ann", "person", "first")
    assert {vote["first"], vote["second"]} == {"truth", "base"}
    put(page, EIGHT)
    saved(page)
    assert text(page).split("\n") == EIGHT
