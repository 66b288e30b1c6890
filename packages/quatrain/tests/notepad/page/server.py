"""The notepad's own server, with a small writer in place of a trained voice: the page's tests start and kill it.

python server.py FOLDER PORT
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from quatrain.notepad import open as door
from quatrain.notepad.desk import Desk
from quatrain.notepad.engine import Engine
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


def main() -> None:
    """Serve until killed."""
    Engine.missing = lambda self: ""
    Engine._loaded = lambda self, tell: SmallWriter()  # pyright: ignore[reportAttributeAccessIssue]
    Desk.prepare = lambda self: None  # the table of endings takes seconds; the page asks for such words instead
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    door.serve(port=port, open_browser=False, folder=folder, tell=lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
