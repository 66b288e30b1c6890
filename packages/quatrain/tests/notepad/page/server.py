"""The notepad's own server: the page's tests start and kill it.

    python server.py FOLDER PORT small       a small writer in place of a trained voice
    python server.py FOLDER PORT base        the real voice; a training is real, and short
    python server.py FOLDER PORT true        everything as it is

It ends at once if anything in it turns to a machine other than this one.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from quatrain.notepad import desk
from quatrain.notepad import open as door
from quatrain.notepad.engine import Engine
from quatrain.notepad.voices import Voices
from quatrain.text import rhyme, syllables
from quatrain.text.words import words
from quatrain.wishes import Suggestion, Wishes

FRAMES = (
    "the kettle sings about the {}", "a paper boat beneath the {}", "my brother keeps a photograph of {}",
    "and all the swallows leave the {}", "she folds the letter into {}", "nine matches and a coat of {}",
    "the harbour light is counting every {}", "we never had a key to any {}", "the winter wrote its number on the {}",
)  # fmt: skip
SLOW = 0.03
"""Seconds between two lines, so that they stream."""


class SmallWriter:
    """Writes lines that truly rhyme, in frames that never change."""

    def suggest(self, draft: Sequence[str], wishes: Wishes) -> Iterator[Suggestion]:
        """Lines that rhyme with the wanted line, or with the last one."""
        sung = [number for number, line in enumerate(draft, 1) if words(line) and not line.startswith("[")]
        partner = wishes.rhyme_with or (sung[-1] if sung else None)
        end = words(draft[partner - 1])[-1] if partner else "gate"
        found = [word for group in rhyme.rhymes(end, kinds=wishes.kinds).values() for word in group] or ["nothing"]
        for place in range(wishes.count):
            word = found[(place + wishes.seed * wishes.count) % len(found)]
            text = FRAMES[place % len(FRAMES)].format(word)
            kind = rhyme.compare(end, word).kind
            count = syllables.of_line(text)[2]
            time.sleep(SLOW)
            reasons = (f"rhymes with {end} ({kind})", f"{count} syllables")
            yield Suggestion(
                text, tuple(words(text)), ("NN",) * len(words(text)), count, partner, kind, (), 1.0, reasons
            )

    def verse(self, draft: Sequence[str], wishes: Wishes, lines: int = 4) -> Iterator[list[Suggestion]]:
        """Several lines at once."""
        found = list(self.suggest(draft, wishes))
        for place in range(3):
            yield (found * lines)[place : place + lines]

    def rewrite(self, draft: Sequence[str], line: int, word: int | None, wishes: Wishes) -> Iterator[Suggestion]:
        """Another line in its place."""
        yield from self.suggest(draft[:line], wishes)

    def fill(self, draft: Sequence[str], pattern: str, wishes: Wishes) -> Iterator[Suggestion]:
        """The gaps filled with one word each."""
        for word in ("lantern", "orchard"):
            text = pattern.replace("___", word)
            yield Suggestion(text, tuple(words(text)), (), syllables.of_line(text)[2], reasons=("the gaps are filled",))


def stay(event: str, given: tuple[Any, ...]) -> None:
    """End the process when it calls another machine."""
    address = {"socket.connect": 1, "socket.getaddrinfo": 0, "socket.sendto": 1}.get(event)
    if address is None:
        return
    host = given[address][0] if isinstance(given[address], tuple) else given[address]
    if host not in ("127.0.0.1", "localhost", "::1", None):
        print(f"{event}: {given}", file=sys.stderr, flush=True)
        os._exit(70)


def main(folder: Path, port: int, voice: str) -> None:
    """Serve until killed."""
    sys.addaudithook(stay)
    if voice == "small":
        Engine.missing = lambda self: ""
        Engine._loaded = lambda self, tell: SmallWriter()  # pyright: ignore[reportAttributeAccessIssue]
    desk.Desk.prepare = lambda self: None  # the table of endings takes seconds; the page asks for such words instead
    if voice != "true":
        learning = (sys.executable, str(Path(__file__).with_name("short_learning.py")))
        patch.object(desk, "Voices", functools.partial(Voices, command=learning)).start()
    door.serve(port=port, open_browser=False, folder=folder, tell=lambda line: print(line, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
