"""The exceptions that a person may meet, as one tree.

    AccordError                 everything below; the command line prints it in one sentence and exits with 2
    ├── UnknownName             a game, preset, contract space or setting that does not exist (with a suggestion)
    ├── BadSetting              a value of the wrong type or out of its range
    ├── BadGame                 a game or contract space that breaks its interface
    │   └── TooLarge            (solve.tabulate) more states than the caller allows
    ├── BadTerms                contract terms outside their space
    ├── BadPayments             a list of payments that cannot be settled as it stands
    ├── BadCheckpoint           a checkpoint of another game version, contract range or shape, or a damaged file
    ├── Diverged                a NaN or an infinity in training; the last good checkpoint stays
    └── StorageError            a run folder that cannot be written or read

Messages have one form: the fact with its value, what was expected, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AccordError(Exception):
    """Anything that went wrong and that a person can mend; the message says how."""


class UnknownName(AccordError, LookupError):
    """A name that is not known, with the nearest known one."""

    def __init__(self, kind: str, name: str, known: Iterable[str], remedy: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        near = difflib.get_close_matches(name, self.known, n=1, cutoff=0.5)
        parts = [f"Unknown {kind} '{name}'."]
        if near:
            parts.append(f"Did you mean '{near[0]}'?")
        elif self.known:
            parts.append(f"Known: {', '.join(sorted(self.known))}.")
        if remedy:
            parts.append(remedy)
        super().__init__(" ".join(parts))


class BadSetting(AccordError, ValueError):
    """A setting of the wrong type or out of its range."""


class BadGame(AccordError, TypeError):
    """A game or contract space that breaks its interface."""


class BadTerms(AccordError, ValueError):
    """Contract terms outside the box of their space, or of the wrong length."""


class BadPayments(AccordError, ValueError):
    """A list of payments that cannot be settled as it stands; the message names the first payment at fault."""


class BadCheckpoint(AccordError, ValueError):
    """A checkpoint that does not fit what is asked of it, or a damaged file."""


class Diverged(AccordError, ArithmeticError):
    """A NaN or an infinity appeared in training."""


class StorageError(AccordError, OSError):
    """A run folder that cannot be written or read."""
