"""A whole session with the voice that ships: what a songwriter does in an evening, from the first key to the files."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

from quatrain.text import rhyme, syllables
from quatrain.text.words import words

from .conftest import Server, cursor, ready, saved, text, until
from .test_page_session import EIGHT

Open = Callable[..., Any]
SLOW = 120.0
"""Seconds that an answer may take where everything runs at once; on an idle machine it is one."""
WATCH = """() => {
    window.came = [];
    const list = document.querySelector(".panel > .cards");
    new MutationObserver((all) => {
        for (const one of all) for (const _ of one.addedNodes) window.came.push(performance.now());
    }).observe(list, {childList: true});
}"""


def answered(page: Any) -> list[tuple[str, list[str], bool]]:
    """Wait for the end of an answer: its lines, why each is there, and whether a wish was relaxed."""
    until(lambda: page.locator(".panel.busy").count() == 0, "the end of the answer", SLOW)
    cards = page.locator(".panel > .cards .card")
    found = [cards.nth(place) for place in range(cards.count())]
    assert found, page.locator(".panel .note").inner_text()
    return [
        (one.locator(".sung").first.inner_text(), one.locator(".why span").all_inner_texts(),
         one.locator(".why .relaxed").count() > 0)
        for one in found
    ]  # fmt: skip


def asked(page: Any) -> list[tuple[str, list[str], bool]]:
    """Ask at the cursor, by key."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Enter")
    return answered(page)


def hold(lines: list[tuple[str, list[str], bool]], end: str, count: int | None = None) -> None:
    """Whether lines rhyme and count as wished, wherever they don't say otherwise; heard without the engine's masks."""
    assert sum(relaxed for _, _, relaxed in lines) < len(lines)
    for line, reasons, relaxed in lines:
        assert reasons and any("syllable" in reason for reason in reasons), line
        if not relaxed:
            assert rhyme.compare(words(line)[-1], end).exact, (line, end)
            assert count is None or syllables.fits(syllables.of_line(line)[1], count), (line, count)


@pytest.fixture()
def page(desk: Open, server: Server) -> Any:
    server.voice = "base"
    return desk()


def test_an_evening_with_the_base_voice(page: Any, server: Server, tmp_path: Path) -> None:
    strangers: list[str] = []
    here = (f"http://127.0.0.1:{server.port}/", "blob:", "data:")
    page.context.on("request", lambda sent: None if sent.url.startswith(here) else strangers.append(sent.url))
    _writes(page)
    _picks_up(page)
    _wishes(page)
    _keeps_and_dismisses(page)
    _looks_at_words(page)
    song = _comes_back(page)
    _takes_it_along(page, song, tmp_path)
    assert strangers == []


def _writes(page: Any) -> None:
    page.locator(".title").fill("The Garden Gate")
    page.keyboard.press("Enter")
    for place, line in enumerate(EIGHT):
        page.keyboard.type(line)
        if place < len(EIGHT) - 1:
            page.keyboard.press("Enter")
    assert text(page).split("\n") == EIGHT
    saved(page)


def _picks_up(page: Any) -> None:
    """Lines stream in; by drag, by click, by number: each is one step of undo."""
    cursor(page, 3)
    page.keyboard.press("Alt+s")
    page.get_by_role("menuitemradio", name="ABAB", exact=True).click()
    page.evaluate(WATCH)
    found = asked(page)
    came = page.evaluate("window.came")
    assert len(came) == len(found) >= 5 and came[-1] - came[0] > 20  # not all at once, at the end
    hold(found, "gate", 10)
    before = text(page)

    def one_step(act: Callable[[], None], row: int, line: str) -> None:
        act()
        assert text(page).split("\n") == [*EIGHT[:row], line, *EIGHT[row:]]
        page.locator(".cm-content").focus()
        page.keyboard.press("Control+z")
        assert text(page) == before

    rows = page.locator(".panel > .cards .line")
    sheet = page.locator(".cm-line")
    one_step(lambda: rows.nth(1).drag_to(sheet.nth(1), target_position={"x": 200, "y": 30}), 2, found[1][0])
    cursor(page, 3)
    one_step(lambda: rows.nth(2).click(), 3, found[2][0])
    cursor(page, 3)
    one_step(lambda: page.keyboard.press("Alt+4"), 3, found[3][0])


def _wishes(page: Any) -> None:
    """Rhyme with line k, same shape as line k, words for the mood, a count of one's own."""
    cursor(page, 5)
    page.get_by_label("Rhymes with", exact=True).select_option("line:3")
    page.get_by_label("Same shape as", exact=True).select_option("4")
    hold(asked(page), "town", 10)
    page.get_by_label("Same shape as", exact=True).select_option("")
    page.get_by_label("Syllables", exact=True).fill("8")
    page.get_by_label("Words for the mood", exact=True).fill("winter, snow")
    with page.expect_request("**/api/suggest") as sent:
        found = asked(page)
    wishes = sent.value.post_data_json["wishes"]
    assert (wishes["rhyme_with"], wishes["syllables"], wishes["words"]) == (3, 8, ["winter", "snow"])
    hold(found, "town", 8)
    page.get_by_label("Syllables", exact=True).fill("")
    page.get_by_label("Words for the mood", exact=True).fill("")


def _keeps_and_dismisses(page: Any) -> None:
    """Others, keep, dismiss; the kept line goes into the sheet."""
    first = [line for line, _, _ in asked(page)]
    page.get_by_role("button", name="Others").click()
    second = [line for line, _, _ in answered(page)]
    assert len(set(first) & set(second)) <= len(second) // 3
    card = page.locator(".panel > .cards .card").nth(0)
    card.get_by_title("Dismiss").click()
    card.get_by_title("Keep for later").click()
    assert page.locator(".panel > .cards .sung").all_inner_texts() == second[2:]
    cursor(page, 5)
    page.locator(".tray .line").click()
    assert text(page).split("\n") == [*EIGHT[:5], second[1], *EIGHT[5:]]
    page.keyboard.press("Control+z")


def _looks_at_words(page: Any) -> None:
    """Rhymes, words of the same meaning, another word here, another line here."""

    def menu() -> None:
        page.evaluate("notepad.view.dispatch({selection: {anchor: notepad.view.state.doc.line(5).to - 7}})")
        page.evaluate("notepad.view.focus()")
        page.keyboard.press("Alt+Enter")

    def now() -> str:
        return text(page).split("\n")[4]

    def undone() -> None:
        page.locator(".cm-content").focus()
        page.keyboard.press("Control+z")
        assert text(page).split("\n") == EIGHT

    menu()
    chips = page.locator(".word-menu .chip")
    until(lambda: chips.count() > 5, "rhymes", SLOW)
    word = chips.nth(2).inner_text()
    assert rhyme.compare("going", word).exact
    chips.nth(2).click()
    assert now() == EIGHT[4].replace("going", word)
    undone()
    menu()
    page.get_by_role("tab", name="Same meaning").click()
    until(lambda: page.locator(".word-menu h4").count() > 0 and "syllable" not in page.locator(".word-menu h4")
          .first.inner_text(), "meanings", SLOW)  # fmt: skip
    meant = chips.first.inner_text()
    assert meant.endswith("ing")
    chips.first.click()
    assert now() == EIGHT[4].replace("going", meant)
    undone()
    menu()
    page.get_by_role("button", name="Another word here").click()
    other = answered(page)[0][0]
    page.keyboard.press("Alt+1")
    assert now() in (other, EIGHT[4].replace("going", other)) and now() != EIGHT[4]
    undone()
    menu()
    page.get_by_role("button", name="This line anew").click()
    anew = answered(page)
    hold(anew, "town")
    page.keyboard.press("Alt+1")
    assert now() == anew[0][0]


def _comes_back(page: Any) -> dict[str, Any]:
    """A reload keeps text and undo; a version has a name and a diff."""
    line = text(page).split("\n")[4]
    saved(page)
    page.reload()
    ready(page)
    assert text(page).split("\n")[4] == line
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+z")
    assert text(page).split("\n") == EIGHT
    page.keyboard.press("Control+s")
    page.get_by_label("Name").fill("As I wrote it")
    page.keyboard.press("Enter")
    until(lambda: page.locator("dialog").count() == 0, "the dialog to close")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+y")
    assert text(page).split("\n")[4] == line
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="As I wrote it").click()
    until(lambda: page.locator(".steps .add").count() == 1, "the diff")
    assert page.locator(".steps .remove").inner_text().endswith(EIGHT[4])
    assert page.locator(".steps .add").inner_text().endswith(line)
    page.keyboard.press("Escape")
    saved(page)
    song = page.evaluate("notepad.session.document")
    assert song["lines"][4] == {"text": line, "by": "suggested"} and song["lines"][0]["scheme"] == "ABAB"
    return song


def _takes_it_along(page: Any, song: dict[str, Any], folder: Path) -> None:
    """Five kinds of files; those that can be read come back as the same song."""
    files = {}
    for label, ending in (("Text", "txt"), ("ChordPro", "cho"), ("Quatrain", "json"), ("Word", "docx"), ("PDF", "pdf")):
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=label).click()
        files[ending] = folder / f"song.{ending}"
        download.value.save_as(files[ending])
    lines = [line["text"].strip("[]") for line in song["lines"] if line["text"]]
    word = [one.text for one in docx.Document(io.BytesIO(files["docx"].read_bytes())).paragraphs if one.text]
    assert word == [song["title"], *lines]
    sheet = pypdfium2.PdfDocument(files["pdf"])
    printed = " ".join(sheet[place].get_textpage().get_text_range() for place in range(len(sheet))).split()
    assert printed == " ".join([song["title"], *lines]).split()
    page.keyboard.press("Alt+o")
    known = shelf(page)
    for ending in ("txt", "cho", "json"):
        page.locator('.shelf input[type="file"]').set_input_files(files[ending])
        [fresh] = until(lambda known=known: shelf(page) - known, f"the song from .{ending}")
        known = {*known, fresh}
        until(lambda known=known: page.locator(".songs .song").count() == len(known), "its card")
        page.goto(f"/song/{fresh}")
        ready(page)
        back = page.evaluate("notepad.session.document")
        assert back["title"] == song["title"]
        assert [line["text"] for line in back["lines"]] == [line["text"] for line in song["lines"]]
        assert ending == "txt" or back == song
        page.keyboard.press("Alt+o")


def shelf(page: Any) -> set[str]:
    """The ids of all songs."""
    token = page.locator('meta[name="quatrain-token"]').get_attribute("content")
    answer = page.request.get("/api/songs", headers={"X-Quatrain-Token": token})
    return {card["id"] for card in answer.json()["songs"]}
