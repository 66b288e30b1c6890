"""Lists of words, written as plain text: short ones where they are used, long ones in `data/`."""

from __future__ import annotations

import functools
from importlib import resources


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, in order."""
    return tuple(text.split())


@functools.cache
def shipped(name: str) -> frozenset[str]:
    """The words of `data/NAME.txt`; a line that begins with `#` is a comment."""
    text = (resources.files("quatrain.text") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
