"""A training as a process of its own: `python -m quatrain.notepad.learning FOLDER NAME BASE`.

It prints one JSON object a line: what is being done, how much of it, seconds left. An error is one sentence on the last
line, and the exit status 2.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(folder: str, name: str, base: str) -> None:
    """Make a voice, and say how it goes."""
    from .. import yours

    if hasattr(os, "nice"):
        os.nice(10)  # the page comes first

    def tell(what: str, share: float, seconds_left: float) -> None:
        say(what.capitalize() + ".", share, seconds_left)

    changed = yours.train([Path(folder)], name=name, base=base, tell=tell)
    say(
        f"Learned {changed.lines:,} lines in {changed.seconds / 60:.1f} minutes, {len(changed.new_words):,} new words. "
        f"How unsure it is of a word of yours: {changed.yours[0]:.0f} before, {changed.yours[1]:.0f} now.",
        1.0,
        None,
    )


def say(what: str, share: float, seconds_left: float | None) -> None:
    """One line of the report."""
    print(json.dumps({"what": what, "share": share, "seconds_left": seconds_left}), flush=True)


if __name__ == "__main__":
    from ..errors import QuatrainError

    try:
        main(*sys.argv[1:4])
    except QuatrainError as error:
        print(error, flush=True)
        sys.exit(2)
