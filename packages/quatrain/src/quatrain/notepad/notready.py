"""The one error that only a server has."""

from __future__ import annotations

from ..errors import QuatrainError


class NotReady(QuatrainError):
    """Something that is not there yet, or was not installed; the message says what."""
