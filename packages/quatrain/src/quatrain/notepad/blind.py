"""The blind comparison inside the notepad: the study in the data folder, if one was prepared there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import QuatrainError
from . import guard

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER, STUDY, VOTES = "blind", "study.json", "votes.jsonl"


def prepared(folder: Path) -> bool:
    """Whether there is something to compare, so that the page may lead there."""
    return (folder / STUDY).is_file()


class Blind:
    """The page of `quatrain.evaluate`, mounted when it is first asked for and made anew when the study changes.

    Args:
        folder: with the study; the votes are kept beside it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0.0
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say what is missing."""
        try:
            app = self._current()
        except (QuatrainError, ImportError) as error:
            await guard.refuse(503, "not_ready", f"The comparison cannot be opened: {error}", send)
            return
        if app is None:
            sentence = (
                f"No comparison was prepared. Put a study in {self._folder / STUDY} (quatrain evaluate makes one)."
            )
            await guard.refuse(503, "not_ready", sentence, send)
            return
        await app(scope, receive, send)

    def _current(self) -> ASGIApp | None:
        file = self._folder / STUDY
        if not file.is_file():
            return None
        changed = file.stat().st_mtime
        if self._app is None or changed != self._made:
            from ..evaluate import blind, page

            self._app = page.app(blind.load(file), blind.Votes(self._folder / VOTES))
            self._made = changed
        return self._app
