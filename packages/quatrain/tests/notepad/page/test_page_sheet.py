"""The sheet itself: what stands in the margin, how rhymes look to an eye without colours, what is shown on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conftest import cursor, put, ready, saved, text, until
from .test_page_session import EIGHT, ask

Open = Callable[..., Any]


def margin(page: Any, lines: int) -> list[str]:
    """The counts of the last lines."""
    return page.locator(".cm-editor .count").all_inner_texts()[-lines:]


def test_a_count_opens_and_an_override_is_remembered(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    until(lambda: margin(page, 2) == ["10–14", "12–13"], "the margin")
    page.locator(".cm-editor .margin .cm-gutterElement", has_text="10–14").click()
    rows = [" ".join(row.split("\n")[:1]) for row in page.locator(".breakdown li").all_inner_texts()]
    assert rows == ["Every", "evening", "is", "a", "fire", "and", "flower"]
    for word, count in (("Every", 2), ("evening", 2), ("fire", 1), ("flower", 2)):
        page.get_by_role("button", name=f"Sing {word} in {count}", exact=True).click()
    assert margin(page, 2)[0] == "11"
    page.keyboard.press("Escape")
    saved(page)
    page.reload()
    ready(page)
    until(lambda: margin(page, 2) == ["11", "12"], "the counts as they are sung")  # "every" is two there as well
    cursor(page, 10)
    page.keyboard.press("Alt+m")
    page.get_by_role("button", name="Count Every as the dictionary does").click()
    until(lambda: margin(page, 2) == ["11–12", "12–13"], "the dictionary's count again")


def test_rhymes_are_told_apart_by_letters_and_lines_too(desk: Open) -> None:
    page = desk()
    put(page, ["the garden gate", "a silver spoon", "it's running late", "the empty room", "a kettle"])
    drawn = """[...document.querySelectorAll('.cm-editor .letter')].map((e) =>
        [e.textContent, ['solid', 'dashed', 'alone'].find((name) => e.classList.contains(name))])"""
    letters = [["A", "solid"], ["B", "dashed"], ["A", "solid"], ["B", "dashed"], ["C", "alone"]]
    until(lambda: page.evaluate(drawn)[-5:] == letters, "the letters")
    styles = "(e => getComputedStyle(e).textDecorationStyle)"
    ends = page.locator(".cm-line .rhyme")
    assert [ends.nth(n).evaluate(styles) for n in range(4)] == ["solid", "dashed", "solid", "dashed"]
    hues = "(e => [...e.classList].find((name) => name.startsWith('hue-')))"
    before = [ends.nth(n).evaluate(hues) for n in range(4)]
    page.evaluate("notepad.view.dispatch({changes: {from: 0, insert: 'a boat, a tower\\n'}})")
    until(lambda: page.evaluate(drawn)[-6:-5] == [["A", "alone"]], "the new line")
    assert [ends.nth(n).evaluate(hues) for n in range(4)] == before  # colours don't jump


def test_stress_is_shown_on_request(desk: Open) -> None:
    page = desk()
    put(page, ["I left my coat beside the garden gate"])
    assert page.locator(".cm-line .stress").count() == 0
    page.get_by_role("button", name="View").click()
    page.get_by_role("menuitem", name="Stress marks").click()
    marks = "[...document.querySelectorAll('.cm-line .stress')].map((e) => [e.textContent, e.dataset.stress])"
    shown = dict(page.evaluate(marks))
    assert (shown["garden"], shown["beside"], shown["gate"]) == ("ˊ ˘", "˘ ˊ", "ˊ")
    page.reload()
    ready(page)
    assert page.locator(".cm-line .stress").count() == 8  # it stays as she likes it
    page.get_by_role("button", name="View").click()
    page.get_by_role("menuitem", name="Stress marks").click()
    assert page.locator(".cm-line .stress").count() == 0


def test_the_shelf_finds_a_song_by_a_word_of_it(desk: Open) -> None:
    page = desk()
    page.locator(".title").fill("The Garden Gate")
    put(page, EIGHT)
    saved(page)
    page.keyboard.press("Alt+o")
    page.get_by_role("button", name="New song").click()
    until(lambda: text(page) == "", "the new sheet")
    put(page, ["nobody knows the harbour"])
    saved(page)
    for word, title in (("kettl", "The Garden Gate"), ("HARBOUR", "nobody knows the harbour")):
        page.locator(".shelf input[type=search]").fill(word)
        until(lambda title=title: page.locator(".songs .song strong").all_inner_texts() == [title], word)
    page.locator(".shelf input[type=search]").fill("kettle")
    until(lambda: page.locator(".songs mark").all_inner_texts() == ["kettle"], "the word, marked")
    page.locator(".songs .song").click()
    until(lambda: text(page).split("\n") == EIGHT, "the song")


def test_the_song_keeps_its_stride_without_a_rhyme(desk: Open) -> None:
    page = desk()
    put(page, EIGHT)
    cursor(page, 5)
    with page.expect_request("**/api/suggest") as sent:
        ask(page)
    assert page.get_by_label("Syllables", exact=True).get_attribute("placeholder") == "10"
    assert sent.value.post_data_json["wishes"]["syllables"] == 10  # what is shown is what is asked
    page.get_by_label("Rhymes with", exact=True).select_option("line:3")
    with page.expect_request("**/api/suggest") as sent:
        ask(page)
    assert "syllables" not in sent.value.post_data_json["wishes"]  # the rhyme's line has its own count


def test_nothing_moves_for_who_wants_no_motion(desk: Open) -> None:
    page = desk()  # with reduced motion, as all these tests
    put(page, EIGHT)
    cursor(page, 3)
    ask(page)
    moving = """[...document.querySelectorAll('*')].filter((e) => ['', '::before', '::after'].some((part) => {
        const style = getComputedStyle(e, part || null);
        return style.animationName !== 'none' || style.transitionDuration.split(', ').some((s) => s !== '0s');
    })).length"""
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0
