"""The page of the blind comparison: one file of HTML and two small answers, for this computer only.

    GET  /                  the page; it asks the network for nothing but the two below
    GET  api/pair           the next open pair of a rater, or one by its number; nothing that says who wrote a line
    POST api/vote           a choice; answered when it is on disk

The app may be mounted anywhere in another ASGI app (addresses are relative), or served alone on the loopback address.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import BadSetting, QuatrainError
from .blind import CHOICES, Study, Turn, Vote, Votes

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOSTS = ("127.0.0.1", "localhost")
LARGEST = 4096
"""Bytes of a vote, at most."""
LONGEST_PAUSE = 24 * 3600 * 1000
_RATER = re.compile(r"[\w][\w .'-]{0,39}")


def app(study: Study, votes: Votes, kind: str = "person", hosts: tuple[str, ...] = HOSTS) -> Starlette:
    """The page as an ASGI app.

    Args:
        study: the pairs.
        votes: where they are kept.
        kind: who votes here; see `blind.KINDS`.
        hosts: names that the browser may know this server by.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route

    desk = _Desk(study, votes, kind)
    routes = [
        Route("/", _answered(_page), methods=["GET"]),
        Route("/api/pair", _answered(desk.pair), methods=["GET"]),
        Route("/api/vote", _answered(desk.vote), methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))])


def serve(study: Study, votes: Votes, port: int = 0, ready: Callable[[str], None] = print) -> None:
    """Serve the page on 127.0.0.1 until it is interrupted.

    Args:
        study: the pairs.
        votes: where they are kept.
        port: 0 for any free one.
        ready: called with the address once it answers there.

    Raises:
        BadSetting: the port is taken.
    """
    import uvicorn

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise BadSetting(f"Port {port} cannot be used ({error}). Give another one, or 0 for any free one.") from error
    with listener:
        ready(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        uvicorn.Server(uvicorn.Config(app(study, votes), log_level="warning")).run(sockets=[listener])


@functools.cache
def html() -> str:
    """The page."""
    return (resources.files("quatrain.evaluate") / "data" / "blind.html").read_text(encoding="utf-8")


@functools.cache
def policy() -> str:
    """The page's content-security policy: its own style and script and nothing else."""
    digest = lambda text: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    texts = lambda tag: re.findall(rf"<{tag}>(.*?)</{tag}>", html(), re.S)
    inside = lambda tag: " ".join(f"'sha256-{digest(text)}'" for text in texts(tag))
    return (
        f"default-src 'none'; style-src {inside('style')}; script-src {inside('script')}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


# --------------------------------------------------------------------------------------------------------------- pieces


class _Refused(Exception):
    """A request that is answered with a sentence and a status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _Desk:
    """Hands out pairs and takes votes."""

    def __init__(self, study: Study, votes: Votes, kind: str) -> None:
        self._study, self._votes, self._kind = study, votes, kind
        self._session = functools.lru_cache(maxsize=64)(study.session)

    async def pair(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        rater = _rater(request.query_params.get("rater", ""))
        number = request.query_params.get("number", "")
        if number and not (number.isascii() and number.isdigit() and len(number) < 7):
            raise _Refused(400, f"'{number[:20]}' is no number of a pair.")
        return _json(await run_in_threadpool(self._pair, rater, int(number or 0)))

    async def vote(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        _same_site(request)
        return _json(await run_in_threadpool(self._take, await _body(request)))

    def _pair(self, rater: str, number: int) -> dict[str, Any]:
        turns, given = self._session(rater), self._given(rater)
        if number > len(turns):
            raise _Refused(404, f"There are {len(turns)} pairs.")
        open_ones = [place for place, turn in enumerate(turns) if turn.pair.id not in given]
        told = {"done": len(turns) - len(open_ones), "total": len(turns)}
        if not number and not open_ones:
            return {**told, "finished": True}
        place = number - 1 if number else open_ones[0]
        turn = turns[place]
        return {
            **told,
            "finished": False,
            "number": place + 1,
            "pair": turn.pair.id,
            "before": turn.pair.before,
            "lines": turn.lines,
            "choice": given.get(turn.pair.id, ""),
        }

    def _take(self, body: dict[str, Any]) -> dict[str, Any]:
        rater, pair, choice = _rater(body.get("rater", "")), body.get("pair"), body.get("choice")
        turn = next((turn for turn in self._session(rater) if turn.pair.id == pair), None)
        if turn is None or choice not in CHOICES:
            raise _Refused(400, "This is no vote for a pair of this study. Load the page again.")
        self._votes.append(self._vote(rater, turn, choice, body.get("milliseconds")))
        return {"done": len(self._given(rater)), "total": len(self._study.pairs)}

    def _vote(self, rater: str, turn: Turn, choice: str, milliseconds: Any) -> Vote:
        time = milliseconds if isinstance(milliseconds, (int, float)) and 0 <= milliseconds <= LONGEST_PAUSE else 0
        at = datetime.now(UTC).isoformat(timespec="seconds")
        pair = turn.pair
        return Vote(self._study.id, rater, self._kind, pair.id, pair.prompt, *turn.systems, choice, int(time), at)

    def _given(self, rater: str) -> dict[str, str]:
        """What this rater chose, by pair."""
        mine = (self._study.id, self._kind, rater)
        return {v.pair: v.choice for v in self._votes.read() if (v.study, v.kind, v.rater) == mine}


def _answered(endpoint: Any) -> Any:
    """The endpoint, with refusals and failures as sentences."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _Refused as refusal:
            return _json({"error": str(refusal)}, refusal.status)
        except QuatrainError as failure:
            return _json({"error": str(failure)}, 500)

    return answer


async def _page(request: Request) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(html(), headers={"Content-Security-Policy": policy(), **_HEADERS})


_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _json(value: dict[str, Any], status: int = 200) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(value, status, headers=_HEADERS)


def _rater(name: Any) -> str:
    plain = " ".join(name.split()) if isinstance(name, str) else ""
    if not _RATER.fullmatch(plain):
        raise _Refused(400, "Give a name of 1 to 40 letters, digits, spaces, dots or dashes; it need not be yours.")
    return plain


def _same_site(request: Request) -> None:
    """Other pages in the same browser must not vote."""
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "none")
    foreign = origin and urlsplit(origin).netloc != request.headers.get("host", "")
    if foreign or site not in ("same-origin", "none"):
        raise _Refused(403, "Votes are taken from the page itself only.")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise _Refused(415, "A vote is JSON.")


async def _body(request: Request) -> dict[str, Any]:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST:
            raise _Refused(413, f"A vote has at most {LARGEST} bytes.")
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _Refused(400, "This is no vote: a JSON object is expected.")
    return body
