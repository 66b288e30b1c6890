"""The writer of lines, behind a door: loaded when it is first asked, one voice in memory, one request at a time.

Requests run in a thread of their own. Each gives its lines as they come; one that nobody waits for any more stops at
its next line.
"""

from __future__ import annotations

import asyncio
import importlib.util
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..errors import BadSetting, BadText, NothingFits, QuatrainError
from .notready import NotReady

if TYPE_CHECKING:
    from ..suggest import Writer
    from ..wishes import Suggestion, Wishes
    from .voices import Voices

HEARTBEAT = 5.0
"""Seconds of silence after which a stream says that it lives."""
SILENCE = ("", None)
"""An event that says nothing."""
_LOADING = 6.0
"""Seconds that loading a voice takes, about."""

Event = tuple[str, Any]
Work = Callable[["Writer"], Iterator[Any]]


class Engine:
    """The one door to `quatrain.suggest`.

    Args:
        voices: tells which voice writes.
    """

    def __init__(self, voices: Voices) -> None:
        self._voices = voices
        self._thread = ThreadPoolExecutor(1, "writer")
        self._writer: tuple[str, Writer] | None = None
        self._loading: tuple[Event, float] | None = None
        self._closed = threading.Event()

    def missing(self) -> str:
        """Why there are no suggestions; empty if there are."""
        if not _there("quatrain.suggest"):
            return "The engine that writes lines is not installed. Install quatrain again."
        return self._voices.missing()

    def stream(self, name: str, work: Work, seed: int) -> AsyncIterator[Event]:
        """What a request gives, as events: `status`, then each line under a name, then `done`; or `failed`.

        Args:
            name: of the events that carry lines.
            work: asks the writer.
            seed: said again at the end.

        Raises:
            NotReady: there is no engine or no voice.
        """
        if self.missing():
            raise NotReady(self.missing())
        return self._stream(name, work, seed)

    async def _stream(self, name: str, work: Work, seed: int) -> AsyncIterator[Event]:
        loop, events, gone = asyncio.get_running_loop(), asyncio.Queue[Event | None](), threading.Event()

        def tell(event: Event | None) -> None:
            if not gone.is_set():
                loop.call_soon_threadsafe(events.put_nowait, event)

        def run() -> None:
            if gone.is_set() or self._closed.is_set():
                return
            try:
                self._answer(name, work, seed, tell, lambda: gone.is_set() or self._closed.is_set())
            finally:
                tell(None)

        self._thread.submit(run)
        if self._loading is not None:  # begun by somebody else, so that only this says what is waited for
            (kind, status), began = self._loading
            left = max(status["seconds_left"] - (time.monotonic() - began), 0.0)
            yield kind, status | {"seconds_left": round(left, 1)}
        try:
            while True:
                try:
                    event = await asyncio.wait_for(events.get(), HEARTBEAT)
                except TimeoutError:
                    event = SILENCE
                if event is None:
                    return
                yield event
        finally:
            gone.set()

    def _answer(
        self, name: str, work: Work, seed: int, tell: Callable[[Event], None], stopped: Callable[[], bool]
    ) -> None:
        began, count = time.monotonic(), 0
        try:
            for found in work(self._loaded(tell)):
                if stopped():
                    return
                count += 1
                tell((name, found))
            tell(("done", {"count": count, "seconds": round(time.monotonic() - began, 3), "seed": seed}))
        except NothingFits as error:
            tell(("failed", {"code": "nothing_fits", "message": str(error)}))
        except QuatrainError as error:
            tell(("failed", {"code": "bad_request", "message": str(error)}))
        except Exception as error:  # the page must hear of it, whatever it was
            tell(("failed", {"code": "internal", "message": f"The engine failed ({type(error).__name__}: {error})."}))

    def _loaded(self, tell: Callable[[Event], None]) -> Writer:
        """The writer with the voice that is chosen now."""
        voice = self._voices.current
        version = f"{voice} {self._voices.made(voice)}"
        if self._writer is None or self._writer[0] != version:
            status = ("status", {"message": f"Loading the voice '{voice}'.", "seconds_left": _LOADING})
            tell(status)
            self._loading = (status, time.monotonic())
            try:
                from ..suggest import Writer

                self._writer = None  # never two in memory
                writer = Writer(voice)
                writer.warm()
                self._writer = (version, writer)
            finally:
                self._loading = None
        return self._writer[1]

    def warm(self) -> str:
        """Begin to load the voice, so that the first line comes soon; why that cannot be, or nothing."""
        if not self.missing():
            self._thread.submit(self._loaded, lambda _: None)
        return self.missing()

    def forget(self) -> None:
        """Let go of the loaded voice: it is gone, or another one has its name."""
        self._thread.submit(setattr, self, "_writer", None)

    def close(self) -> None:
        """Stop what is running at its next line."""
        self._closed.set()
        self._thread.shutdown(wait=False, cancel_futures=True)


def wished(asked: dict[str, Any]) -> Wishes:
    """Wishes from JSON that fits its shape.

    Raises:
        BadText: a wish that makes no sense.
    """
    from ..text.diction import Filters
    from ..text.rhyme import Kind
    from ..wishes import Wishes

    given = {name: value for name, value in asked.items() if value is not None}
    if "kinds" in given:
        given["kinds"] = tuple(map(Kind, given["kinds"]))
    if "filters" in given:
        given["filters"] = Filters(**given["filters"])
    if "words" in given:
        given["words"] = tuple(given["words"])
    try:
        return Wishes(**given)
    except QuatrainError as error:
        raise BadText(str(error)) from error


def told(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as JSON has it."""
    return asdict(suggestion) | {"rhyme": str(suggestion.rhyme), "score": float(suggestion.score)}


def asked(writer: Writer, way: str) -> Callable[..., Iterator[Any]]:
    """A way of asking the writer.

    Raises:
        BadSetting: the installed engine does not know it.
    """
    found = getattr(writer, way, None)
    if found is None:
        raise BadSetting(f"The installed engine has no way to {way}. Install a newer quatrain.")
    return found


def _there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False
