"""How quick the page is, as one JSON line; on a machine that rests, or the load beside the numbers explains them.

cd packages/quatrain/tests
python -m notepad.page.measure keys            from a key to the frame that shows it, in a song of 400 lines
python -m notepad.page.measure lines           from Ctrl+Enter to the first suggestion and to the last, base voice
python -m notepad.page.measure voice FOLDER    a true training from a folder of songs, through the page
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from .conftest import Server, cursor, put, ready, saved, until
from .test_page_look import CLOCK, LONG
from .test_page_session import EIGHT

HOUR = 3600.0


@contextlib.contextmanager
def opened(voice: str) -> Iterator[Any]:
    """A page of a server with an empty shelf."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free, sync_playwright() as driver:
        free.bind(("127.0.0.1", 0))
        server = Server(Path(folder), free.getsockname()[1], voice)
        free.close()
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(server.start())
            ready(page)
            yield page
        finally:
            browser.close()
            server.kill()


def keys(count: int = 400) -> dict[str, Any]:
    """Milliseconds from a key to the frame that shows it."""
    with opened("small") as page:
        put(page, LONG)
        saved(page)
        cursor(page, 201)
        page.wait_for_timeout(1000)
        page.evaluate(CLOCK)
        said = " and the moon above the water was a coin"
        page.keyboard.type((said * (count // len(said) + 1))[:count], delay=40)
        page.wait_for_timeout(500)
        times = sorted(page.evaluate("window.times"))
    place = lambda share: round(times[min(len(times) - 1, int(len(times) * share))], 1)
    said = {"median ms": place(0.5), "p95 ms": place(0.95), "most ms": place(1.0)}
    return {"lines": len(LONG), "keys": len(times), **said}


def lines(times: int = 5) -> dict[str, Any]:
    """Seconds until suggestions; the first question waits for what is left of loading the voice."""
    came: list[tuple[float, float]] = []
    count = "document.querySelectorAll('.panel > .cards .digit').length"
    with opened("base") as page:
        put(page, EIGHT)
        for _ in range(times):
            cursor(page, 3)
            began = time.monotonic()
            page.keyboard.press("Control+Enter")
            page.wait_for_timeout(20)
            until(lambda: page.evaluate(count) > 0, "the first line", 600)
            first = time.monotonic() - began
            until(lambda: page.locator(".panel.busy").count() == 0, "the last line", 600)
            came.append((first, time.monotonic() - began))
    later = sorted(came[1:])[len(came) // 2 - 1]
    rounded = lambda pair: [round(one, 2) for one in pair]
    return {"first question s": rounded(came[0]), "later questions s": rounded(later)}


def voice(folder: str) -> dict[str, Any]:
    """Seconds that a voice of one's own takes, with every step."""
    with opened("true") as page:
        page.get_by_role("button", name="Voices").click()
        began = time.monotonic()
        page.locator(".drop input[webkitdirectory]").set_input_files(folder)
        until(lambda: page.locator(".voices li").count() == 2 or "row" not in page.locator(".progress").inner_html(),
              "the new voice", HOUR)  # fmt: skip
        return {"seconds": round(time.monotonic() - began), "said": page.locator(".progress p").inner_text()}


if __name__ == "__main__":
    what = {"keys": keys, "lines": lines, "voice": voice}[sys.argv[1]]
    before = os.getloadavg()[0]
    print(json.dumps({**what(*sys.argv[2:]), "load": round(before, 1), "cores": os.cpu_count()}))
