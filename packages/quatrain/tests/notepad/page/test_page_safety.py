"""Nothing is lost: a server that is killed, two tabs, a reload at a bad moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quatrain.notepad.songs import Songs

from .conftest import Server, cursor, put, ready, saved, text, until

Open = Callable[..., Any]


def stored(server: Server) -> list[str]:
    """The texts of all songs on the server's disk."""
    shelf = Songs(server.folder / "songs")
    try:
        return [shelf.song(card.id).document.text for card in shelf.shelf()[0]]
    finally:
        shelf.close()


def test_a_killed_server_costs_nothing(desk: Open, server: Server) -> None:
    page = desk()
    page.locator(".cm-content").focus()
    page.keyboard.type("I left my coat beside the garden gate")
    saved(page)
    page.keyboard.press("Enter")
    page.keyboard.type("The moon is")
    server.kill()
    page.keyboard.type(" hanging low above the town")
    page.keyboard.press("Enter")
    page.keyboard.type("The kettle and the clock are running late")
    until(lambda: page.locator(".safety").get_attribute("data-safety") == "here", "the note")
    until(
        lambda: page.locator(".cm-editor .count").all_inner_texts()[-3:] == ["10", "10", "10"],
        "counts without a server",
    )
    until(
        lambda: "".join(page.locator(".cm-editor .letter").all_inner_texts()[-3:]) == "ABA", "rhymes without a server"
    )
    whole = text(page)
    page.keyboard.press("Control+Enter")
    until(lambda: "does not answer" in page.locator(".panel .note").inner_text(), "a clear sentence")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="Text").click()
    assert whole in download.value.path().read_text("utf-8")
    page.reload()  # the server is still away: the page opens from its own copy
    ready(page)
    assert text(page) == whole
    page.keyboard.press("End")
    page.keyboard.type(" again")
    server.start()
    saved(page)
    page.wait_for_timeout(400)
    assert stored(server) == [f"{whole} again"]
    assert page.locator(".notice:visible").count() == 0


def test_a_tab_closed_while_the_server_was_away_is_not_forgotten(desk: Open, server: Server) -> None:
    page = desk()
    put(page, ["A song that was on the server"])
    saved(page)
    server.kill()
    cursor(page, 1)
    page.keyboard.press("Enter")
    page.keyboard.type("and a line that was not")
    page.wait_for_timeout(400)
    address = page.url
    context = page.context
    page.close()
    server.start()
    again = context.new_page()
    again.goto(address)
    ready(again)
    until(lambda: text(again).endswith("and a line that was not"), "the unsaved line")
    saved(again)
    again.wait_for_timeout(300)
    assert stored(server) == ["A song that was on the server\nand a line that was not"]


def test_two_tabs_write_on_different_lines(desk: Open) -> None:
    one = desk()
    put(one, ["first", "second", "third"])
    saved(one)
    two = one.context.new_page()
    two.goto(one.url)
    ready(two)
    assert text(two) == "first\nsecond\nthird"
    cursor(one, 1)
    one.keyboard.type(" from one")
    until(lambda: text(two).startswith("first from one"), "what the other tab wrote")
    cursor(two, 3)
    two.keyboard.type(" from two")
    until(lambda: text(one) == "first from one\nsecond\nthird from two" == text(two), "both")
    one.keyboard.press("Control+z")
    until(lambda: text(one) == "first\nsecond\nthird from two" == text(two), "undo of one's own words only")


def test_two_tabs_that_change_the_same_line_lose_neither(desk: Open, server: Server) -> None:
    one = desk()
    put(one, ["the same line"])
    saved(one)
    two = one.context.new_page()
    two.goto(one.url)
    ready(two)
    server.kill()  # so that neither hears of the other in time
    cursor(one, 1)
    one.keyboard.type(" as one has it")
    cursor(two, 1)
    two.keyboard.type(" as two has it")
    server.start()
    tabs = {"one": one, "two": two}
    loser = until(
        lambda: next((tab for tab in tabs.values() if tab.locator(".notice:visible").count()), None), "the conflict"
    )
    winner = one if loser is two else two
    mine, theirs = text(loser), text(winner)
    assert {mine, theirs} == {"the same line as one has it", "the same line as two has it"}
    loser.get_by_role("button", name="Keep mine").click()
    until(lambda: text(winner) == mine, "the choice to arrive")
    saved(loser)
    assert stored(server) == [mine]
    loser.get_by_role("button", name="Versions").click()
    loser.locator(".versions .song").first.click()
    until(lambda: loser.locator(".steps .remove").count() == 1, "the other text among the versions")
    assert theirs in loser.locator(".steps .remove").inner_text()


def test_a_song_deleted_for_good_elsewhere_can_be_saved_anew(desk: Open, server: Server) -> None:
    page = desk()
    put(page, ["a line worth keeping"])
    saved(page)
    song = page.evaluate("notepad.session.id")
    token = page.locator('meta[name="quatrain-token"]').get_attribute("content")
    for path in (f"/api/songs/{song}", f"/api/trash/{song}"):
        assert page.request.delete(f"http://127.0.0.1:{server.port}{path}", headers={"X-Quatrain-Token": token}).ok
    cursor(page, 1)
    page.keyboard.type(", truly")
    page.get_by_role("button", name="Save it as a new song").click()
    saved(page)
    assert stored(server) == ["a line worth keeping, truly"]


def test_the_last_word_before_a_page_goes_is_kept(desk: Open, server: Server) -> None:
    page = desk()
    put(page, ["a line"])
    saved(page)
    server.kill()
    cursor(page, 1)
    page.keyboard.type(" and its last word")
    page.reload()  # at once, before any pause in which it would be kept
    ready(page)
    assert text(page) == "a line and its last word"
    page.keyboard.press("Control+z")
    assert text(page) == "a line"
