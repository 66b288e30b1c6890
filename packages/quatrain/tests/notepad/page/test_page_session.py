"""A songwriter's session at the page: write, ask, pick up, change her mind, come back tomorrow."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from quatrain.notepad import exchange
from quatrain.notepad.table import counted
from quatrain.text import rhyme
from quatrain.text.words import words

from .conftest import cursor, put, ready, saved, text, until, write

Open = Callable[..., Any]
EIGHT = [
    "[Verse 1]",
    "I left my coat beside the garden gate",
    "The moon is hanging low above the town",
    "The kettle and the clock are running late",
    "And all the little lights are going down",
    "",
    "[Chorus]",
    "Oh river, take the letter from my hand",
    "And fold it like a boat and let it land",
    "Every evening is a fire and a flower",
    "Every window is a candle in a tower",
]


def ask(page: Any, count: int = 9) -> list[str]:
    """Ask for lines at the cursor; the lines that came."""
    page.keyboard.press("Control+Enter")
    until(
        lambda: page.locator(".panel.busy").count() == 0 and page.locator(".panel .cards .digit").count() == count,
        "lines",
    )
    return page.locator(".panel > .cards .sung").all_inner_texts()


def test_write_eight_lines_by_key(desk: Open) -> None:
    page = desk()
    page.locator(".title").fill("The Garden Gate")
    page.keyboard.press("Enter")
    for place, line in enumerate(EIGHT):
        page.keyboard.type(line)
        if place < len(EIGHT) - 1:
            page.keyboard.press("Enter")
    assert text(page).split("\n") == EIGHT
    wanted = [counted(line)["shown"].replace("-", "–") for line in EIGHT if words(line) and not line.startswith("[")]
    until(lambda: page.locator(".cm-editor .count").all_inner_texts()[-8:] == wanted, "the margin")
    until(lambda: "".join(page.locator(".cm-editor .letter").all_inner_texts()[-8:]) == "ABABAABB", "the letters")
    saved(page)


def test_each_way_of_picking_up_a_line_is_one_step_of_undo(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    cursor(page, 3)
    before = text(page)
    lines = ask(page)
    assert all(
        rhyme.compare(words(line)[-1], "gate").exact or rhyme.compare(words(line)[-1], "town").exact for line in lines
    )

    def undone(what: str) -> None:
        assert text(page) != before, what
        page.locator(".cm-content").focus()
        page.keyboard.press("Control+z")
        assert text(page) == before, what
        page.keyboard.press("Control+y")
        assert text(page) != before, what
        page.keyboard.press("Control+z")
        assert text(page) == before, what

    page.keyboard.press("Alt+2")
    assert text(page).split("\n")[3] == lines[1]
    undone("by number")
    page.locator(".panel .line").nth(2).click()
    assert text(page).split("\n")[3] == lines[2]
    undone("by click")
    page.keyboard.press("F6")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text(page).split("\n")[3] == lines[1]
    undone("by Enter")
    page.locator(".panel .line").nth(3).drag_to(page.locator(".cm-line").nth(1), target_position={"x": 200, "y": 30})
    assert text(page).split("\n")[2] == lines[3]
    undone("by drag")
    page.locator(".panel .card").nth(0).get_by_title("Single words").click()
    chip = page.locator(".panel .chip").nth(1)
    word = chip.inner_text()
    page.evaluate("window.end = notepad.view.coordsAtPos(notepad.view.state.doc.line(2).to)")
    at = page.evaluate("[end.left, end.top]")
    frame = page.locator(".cm-content").bounding_box()
    target = {"x": at[0] - frame["x"] + 3, "y": at[1] - frame["y"] + 10}
    chip.drag_to(page.locator(".cm-content"), target_position=target)
    assert text(page).split("\n")[1] == f"{EIGHT[1]} {word}"
    undone("a word by drag")


def test_asking_again_gives_others_and_a_tray_keeps_what_is_liked(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    cursor(page, 3)
    first = ask(page)
    page.get_by_role("button", name="Others").click()
    until(lambda: page.locator(".panel > .cards .sung").all_inner_texts()[:1] not in ([], first[:1]), "other lines")
    until(lambda: page.locator(".panel.busy").count() == 0, "the end")
    second = page.locator(".panel > .cards .sung").all_inner_texts()
    assert not set(first) & set(second)
    page.locator(".panel > .cards .card").nth(0).get_by_title("Keep for later").click()
    page.locator(".panel > .cards .card").nth(0).get_by_title("Dismiss").click()
    assert page.locator(".panel > .cards .sung").all_inner_texts() == second[2:]
    assert page.locator(".tray .line").all_inner_texts() == second[:1]
    saved(page)
    page.reload()
    ready(page)
    assert page.locator(".tray .line").all_inner_texts() == second[:1]
    cursor(page, 3)
    page.locator(".tray .line").click()
    assert text(page).split("\n")[3] == second[0]
    until(lambda: "in the sheet" in page.get_by_role("status").first.inner_text().lower(), "the announcement")


def test_text_cursor_and_undo_come_back_after_a_reload(desk: Open) -> None:
    page = desk()
    page.locator(".cm-content").focus()
    page.keyboard.type("The first line of the evening")
    page.wait_for_timeout(700)  # a pause ends a step of undo
    page.keyboard.press("Enter")
    page.keyboard.type("and the second")
    page.keyboard.press("ArrowUp")
    place = page.evaluate("notepad.view.state.selection.main.head")
    page.reload()
    ready(page)
    assert text(page) == "The first line of the evening\nand the second"
    assert page.evaluate("notepad.view.state.selection.main.head") == place
    assert page.evaluate("notepad.view.hasFocus")
    page.keyboard.press("Control+z")
    assert text(page) == "The first line of the evening"
    page.keyboard.press("Control+z")
    assert text(page) == ""
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    assert text(page) == "The first line of the evening\nand the second"


def test_versions_have_names_and_a_diff_and_come_back(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+s")
    page.get_by_label("Name").fill("Before the studio")
    page.keyboard.press("Enter")
    until(lambda: page.locator("dialog").count() == 0, "the dialog to close")
    page.wait_for_timeout(300)
    start = len(EIGHT[0]) + len(EIGHT[1]) + 2
    write(page, start, start + len(EIGHT[2]), "Another line")
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="Before the studio").click()
    until(lambda: page.locator(".steps .add").count() == 1, "the diff")
    assert page.locator(".steps .remove").inner_text().endswith(EIGHT[2])
    assert page.locator(".steps .add").inner_text().endswith("Another line")
    page.get_by_role("button", name="Bring it back").click()
    until(lambda: text(page).split("\n") == EIGHT, "the version")
    saved(page)


def test_exports_come_back_equal(desk: Open, tmp_path: Path) -> None:
    page = desk()
    page.locator(".title").fill("Straße & Fluß: “The Gate”")
    put(
        page,
        [
            *EIGHT,
            "# not a comment",
            "{neither this}",
            "\\ nor this",
            "[Am]Chords are [G]kept  ",
            "",
            "Blackbird 🐦",
            "",
        ],
    )
    cursor(page, 3)
    ask(page)
    page.keyboard.press("Alt+1")
    page.locator(".panel > .cards .card").nth(1).get_by_title("Keep for later").click()
    cursor(page, 3)
    page.keyboard.press("Alt+s")
    page.get_by_role("menuitemradio", name="ABAB", exact=True).click()
    cursor(page, 11)
    page.keyboard.press("Alt+m")
    page.get_by_role("button", name="Sing fire in 2").click()
    page.keyboard.press("Escape")
    song = page.evaluate("notepad.session.document")
    assert song["words"] == {"fire": "2"} and song["lines"][0]["scheme"] == "ABAB"
    assert song["lines"][3]["by"] == "suggested" and len(song["parked"]) == 1
    for label, ending in (("Text", "txt"), ("ChordPro", "cho"), ("Quatrain", "json"), ("PDF", "pdf"), ("Word", "docx")):
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=label).click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert file.suffix == f".{ending}" and file.stat().st_size > 100
        if ending in ("cho", "json"):
            [arrival], _ = exchange.read(file.read_bytes(), file.name)
            assert arrival.document.plain() == song
        if ending == "txt":
            [arrival], _ = exchange.read(file.read_bytes(), file.name)
            assert (arrival.document.title, arrival.document.text) == (song["title"], text(page))
    assert json.loads((tmp_path / file.name).with_suffix(".json").read_text("utf-8"))["songs"][0]["document"] == song
    page.keyboard.press("Alt+o")
    page.locator('.shelf input[type="file"]').set_input_files((tmp_path / file.name).with_suffix(".json"))
    until(lambda: page.locator(".songs .song").count() == 2, "the imported song")
    assert page.evaluate("notepad.session.document") == song


def test_sections_move_repeat_and_have_schemes_by_key(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    cursor(page, 9)
    page.keyboard.press("Alt+Shift+ArrowUp")
    assert text(page).split("\n") == [*EIGHT[6:], "", *EIGHT[:5]]
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert text(page).split("\n") == EIGHT
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert text(page).split("\n") == EIGHT
    cursor(page, 3)
    page.keyboard.press("Alt+s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".section-button.chosen").inner_text() == "ABAB"
    until(lambda: "(A of ABAB)" in page.locator(".wishes select").first.inner_text(), "the wish")
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert [
        line.get("scheme") for line in page.evaluate("notepad.session.document.lines") if line["text"] == "[Verse 1]"
    ] == ["ABAB"]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert page.locator(".section-button.chosen").count() == 0
    cursor(page, 11)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+c")
    assert text(page).split("\n") == [*EIGHT, "", *EIGHT[6:]]


def test_words_have_a_menu(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    cursor(page, 2)
    page.keyboard.press("Alt+Enter")
    until(lambda: page.locator(".word-menu .chip").count() > 5, "rhymes")
    chip = page.locator(".word-menu .chip").nth(3)
    word = chip.inner_text()
    assert rhyme.compare(word, "gate").exact
    chip.click()
    assert text(page).split("\n")[1] == EIGHT[1].replace("gate", word)
    page.keyboard.press("Control+z")
    cursor(page, 2)
    page.keyboard.press("Alt+Enter")
    page.get_by_role("button", name="This line anew").click()
    until(lambda: page.locator(".panel .digit").count() == 9 and page.locator(".panel.busy").count() == 0, "lines")
    line = page.locator(".panel .sung").first.inner_text()
    page.keyboard.press("Alt+1")
    assert text(page).split("\n")[1] == line and len(text(page).split("\n")) == len(EIGHT)
    put(page, ["the ___ of the garden"])
    cursor(page, 1)
    ask(page, 2)
    page.keyboard.press("Alt+2")
    assert text(page) == "the orchard of the garden"


def test_no_markup_of_a_song_ever_runs(desk: Open) -> None:
    page = desk()
    trap = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
    page.locator(".title").fill(trap)
    put(page, [trap, f"[{trap.replace('[', '')}]"[:70] + "]", f"a {trap} gate", "late"])
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+s")
    page.get_by_label("Name").fill(trap)
    page.keyboard.press("Enter")
    saved(page)
    cursor(page, 4)
    page.keyboard.press("Alt+p")
    page.keyboard.press("Alt+o")
    page.locator(".shelf input[type=search]").fill("img")
    until(lambda: page.locator(".songs mark").count() > 0, "the search")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Versions").click()
    page.locator(".versions .song").first.click()
    until(lambda: page.locator(".steps .same").count() > 0 or page.locator(".steps .remove").count() > 0, "the diff")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".print h1").inner_text(timeout=1000) is not None
    assert page.evaluate("document.querySelectorAll('img, script:not([src]), .print script').length") == 0
    assert page.evaluate("window.hit") is None
