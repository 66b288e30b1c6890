"""How long a queue stood still, and why."""

from __future__ import annotations

import dataclasses
from typing import Literal

Kind = Literal["gridlock", "deadlock"]


@dataclasses.dataclass(frozen=True)
class Spell:
    """A time during which payments were queued: in gridlock or in deadlock."""

    start: int
    end: int
    """Milliseconds since midnight."""

    kind: Kind
    """`gridlock`: a part of the queue could settle together as it stood. `deadlock`: only more liquidity helps."""

    queued: int
    """Largest queued value in cents seen during the spell."""

    settleable: int
    """Largest value in cents that could settle together; 0 in a deadlock."""

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start


class Watch:
    """Notes about the queue, put together to spells.

    Looks at the runs of the offsets stand for the time since the look before, or since the queue began to fill; looks
    after every event for the time until the next.
    """

    def __init__(self, exact: bool, opens: int) -> None:
        self.exact, self.time = exact, opens
        self.state = (0, 0)
        self.found: list[Spell] = []

    def note(self, now: int, queued: int, settleable: int) -> None:
        """So much is queued now, and so much of it could settle together (cents)."""
        self._add(now, *(self.state if self.exact else (queued, settleable)))
        self.state, self.time = (queued, settleable), now

    def began(self, now: int) -> None:
        """The queue was empty, and a payment joins it."""
        if not self.exact:
            self.time = now

    def spells(self, closes: int) -> tuple[Spell, ...]:
        """Everything found, up to the close."""
        if self.exact:
            self.note(closes, *self.state)
        return tuple(self.found)

    def _add(self, end: int, queued: int, settleable: int) -> None:
        if not queued or end <= self.time:
            return
        spell = Spell(self.time, end, "gridlock" if settleable else "deadlock", queued, settleable)
        last = self.found[-1] if self.found else None
        if last is not None and last.end == spell.start and last.kind == spell.kind:
            self.found[-1] = Spell(
                last.start, end, last.kind, max(last.queued, queued), max(last.settleable, settleable)
            )
        else:
            self.found.append(spell)
