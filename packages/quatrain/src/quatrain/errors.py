"""The exceptions that a songwriter may meet, as one tree.

    QuatrainError               everything below; the command line prints it in one sentence and exits with 2
    ├── UnknownName             a kind, scheme, filter or setting that does not exist (with the nearest known one)
    ├── BadSetting              a value of the wrong type or out of its range
    ├── BadText                 a text that cannot be read: binary, of another language, empty where lines are needed
    ├── BadWord                 a word or a pronunciation that makes no sense (a songwriter's own spelling of it, say)
    ├── BadModel                a model file of another version or shape, or a damaged one
    ├── NothingFits             no line can keep every wish; the message says which wish to relax
    └── StorageError            a folder or file that cannot be written or read

Messages have one form: the fact with its value, what was expected, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class QuatrainError(Exception):
    """Anything that went wrong and that a person can mend; the message says how."""


class UnknownName(QuatrainError, LookupError):
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


class BadSetting(QuatrainError, ValueError):
    """A setting of the wrong type or out of its range."""


class BadText(QuatrainError, ValueError):
    """A text that cannot be read as what it should be."""


class BadWord(QuatrainError, ValueError):
    """A word or a pronunciation that makes no sense."""


class BadModel(QuatrainError, ValueError):
    """A model file that does not fit what is asked of it, or a damaged one."""


class NothingFits(QuatrainError, LookupError):
    """No line can keep every wish."""


class StorageError(QuatrainError, OSError):
    """A folder or a file that cannot be written or read."""
