"""Times of the day in whole milliseconds since midnight, and how they are written."""

from __future__ import annotations

import re

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
FULL_DAY = 24 * HOUR

NO_TIME = -1
"""In a column of times: none."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?")


def milliseconds(text: str) -> int:
    """The time that `HH:MM[:SS[.mmm]]` says, from 00:00 to 24:00.

    Raises:
        ValueError: text of another form, or no time of the day.

    >>> milliseconds("09:30:00.5")
    34200500
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text}' is not a time, expected HH:MM[:SS[.mmm]]")
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    time = hours * HOUR + minutes * MINUTE + seconds * SECOND + int((found[4] or "0").ljust(3, "0"))
    if minutes > 59 or seconds > 59 or time > FULL_DAY:
        raise ValueError(f"'{text}' is no time of the day, expected 00:00 to 24:00")
    return time


def written(time: int) -> str:
    """A time as `HH:MM`, with seconds and milliseconds where there are any.

    >>> written(34_200_500)
    '09:30:00.500'
    """
    hours, rest = divmod(int(time), HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, thousandths = divmod(rest, SECOND)
    text = f"{hours:02}:{minutes:02}"
    if seconds or thousandths:
        text += f":{seconds:02}"
    return f"{text}.{thousandths:03}" if thousandths else text
