"""A training as a process of its own: `python -m quatrain.notepad.learning FOLDER NAME BASE`.

It prints one JSON object a line: what is being done, how much of it, seconds left; the last one also says what is
otherwise now. An error is one sentence on the last line, and the exit status 2.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..yours import Changed


STAGES = {
    "reading": 0.05, "rehearsing": 0.25, "learning": 0.4, "weighing": 0.05, "learning shapes": 0.2, "comparing": 0.05,
}  # fmt: skip
"""Shares of the whole that a training's stages take, about, in their order."""
EARLY = 0.03
"""Of the whole: before that, what is left of the stage is all that can be said."""


class Whole:
    """How much of the whole is done, from the reports of its stages; it never goes back.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began, self.share = clock, clock(), 0.0

    def at(self, stage: str, share: float, seconds_left: float) -> tuple[float, float]:
        """The share of the whole, and seconds until its end.

        Args:
            stage: what is being done.
            share: of the stage, 0 to 1.
            seconds_left: of the stage.
        """
        names = list(STAGES)
        if stage in STAGES:
            before = sum(STAGES[name] for name in names[: names.index(stage)])
            self.share = max(self.share, before + STAGES[stage] * min(max(share, 0.0), 1.0))
        taken = self._clock() - self._began
        left = taken * (1 - self.share) / self.share if self.share > EARLY else 0.0
        return self.share, max(left, seconds_left)


def main(folder: str, name: str, base: str) -> None:
    """Make a voice, and say how it goes."""
    from .. import yours

    if hasattr(os, "nice"):
        os.nice(10)  # the page comes first

    whole = Whole()

    def tell(what: str, share: float, seconds_left: float) -> None:
        say(what.capitalize() + ".", *whole.at(what, share, seconds_left))

    changed = yours.train([Path(folder)], name=name, base=base, tell=tell)
    say(
        f"Learned {changed.lines:,} lines in {changed.seconds / 60:.1f} minutes, {len(changed.new_words):,} new words. "
        f"How unsure it is of a word of yours: {changed.yours[0]:.0f} before, {changed.yours[1]:.0f} now.",
        1.0,
        None,
        otherwise(changed),
    )


def otherwise(changed: Changed) -> list[str]:
    """What the new voice says that the old one did not, in sentences."""
    said = [f"It leans to: {', '.join(changed.leaning)}."] if changed.leaning else []
    return said + [f"“{one.line}”: before “{one.before}”, now “{one.after}”." for one in changed.samples]


def say(what: str, share: float, seconds_left: float | None, said: Sequence[str] = ()) -> None:
    """One line of the report."""
    report = {"what": what, "share": share, "seconds_left": seconds_left}
    print(json.dumps(report | ({"said": said} if said else {})), flush=True)


if __name__ == "__main__":
    from ..errors import QuatrainError

    try:
        main(*sys.argv[1:4])
    except QuatrainError as error:
        print(error, flush=True)
        sys.exit(2)
