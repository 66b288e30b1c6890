"""The server as an ASGI application: the interface under `/api`, the built page, the blind comparison.

It answers on the loopback address only (`open.py`), to its own page only (`guard.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import mimetypes
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from ..errors import BadSetting, BadText, BadWord, QuatrainError, StorageError, UnknownName
from . import blind, guard
from . import schema as s
from .desk import Desk
from .engine import SILENCE
from .guard import Guard
from .interface import route as way
from .interface.route import PARTS, Answer, Call, File, Stream
from .interface.table import ROUTES
from .notready import NotReady

_STATUS = (
    (NotReady, 503, "not_ready"), (BadText, 422, "bad_request"), (BadWord, 422, "bad_request"),
    (UnknownName, 404, "unknown"), (BadSetting, 409, "conflict"), (StorageError, 507, "storage"),
    (QuatrainError, 422, "bad_request"),
)  # fmt: skip
_HTTP = {404: "unknown", 405: "method", 413: "too_large", 415: "media"}
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
         ".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".json": "application/json",
         ".map": "application/json", ".bin": "application/octet-stream"}  # fmt: skip
"""Types of the page's files; the system's own list may say something else."""
DAY = 24 * 3600.0


def notepad(desk: Desk) -> Starlette:
    """The server.

    Args:
        desk: everything that it has.
    """
    by_path: dict[str, dict[str, way.Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    api = [Route(path, _endpoint(desk, ways), methods=list(ways)) for path, ways in by_path.items()]

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        desk.prepare()
        daily = asyncio.create_task(_daily(desk))
        try:
            yield
        finally:
            daily.cancel()
            await anyio.to_thread.run_sync(desk.close)

    return Starlette(
        routes=[
            *api,
            Route("/api/{rest:path}", _nowhere(api), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            Route("/blind", lambda _: RedirectResponse("/blind/", 308), methods=["GET"]),
            Mount("/blind", blind.Blind(desk.songs.folder / blind.FOLDER)),
            Route("/{path:path}", _page(desk), methods=["GET"]),
        ],
        middleware=[Middleware(Guard, desk=desk)],
        exception_handlers={HTTPException: _http, Exception: _failed},
        lifespan=life,
    )


async def _daily(desk: Desk) -> None:
    while True:
        await asyncio.sleep(DAY)
        await anyio.to_thread.run_sync(desk.songs.back_up)


# ------------------------------------------------------------------------------------------------------- the interface


def _endpoint(desk: Desk, ways: dict[str, way.Route]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        route = ways["GET" if request.method == "HEAD" else request.method]
        try:
            query = way.queried(route, dict(request.query_params))
            call = Call(desk, _parts(request), query, await _body(request, route))
            found = await anyio.to_thread.run_sync(route.answer, call)
        except QuatrainError as error:
            return _error(error)
        return _response(found, request)

    return answer


def _parts(request: Request) -> dict[str, str]:
    for name, value in request.path_params.items():
        try:
            s.check(value, PARTS[name], name)
        except BadText as error:
            raise UnknownName(name, value[:60], (), str(error)) from error
    return dict(request.path_params)


async def _body(request: Request, route: way.Route) -> Any:
    if route.takes is None and not route.file:
        return None
    data, declared = bytearray(), request.headers.get("content-length", "0")
    too_large = HTTPException(413, f"That is more than {route.limit // 1_000_000} MB. Send less.")
    if declared.isdecimal() and (len(declared) > 12 or int(declared) > route.limit):
        raise too_large
    async for chunk in request.stream():
        data += chunk
        if len(data) > route.limit:
            raise too_large
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if route.takes is not None and data and media != "application/json":
        raise HTTPException(415, "Send JSON, with the header Content-Type: application/json.")
    if len(data) > 100_000:
        return await anyio.to_thread.run_sync(way.parsed, route, bytes(data))
    return way.parsed(route, bytes(data))


def _response(found: Any, request: Request) -> Response:
    if isinstance(found, Stream):
        return StreamingResponse(_events(found), media_type="text/event-stream")
    if isinstance(found, File):
        return _file(found, request)
    value, status = (found.value, found.status) if isinstance(found, Answer) else (found, 200)
    return JSONResponse(value, status)


def _file(found: File, request: Request) -> Response:
    headers = {}
    if found.name:
        plain = re.sub(r"[^A-Za-z0-9 ._-]+", "_", found.name)
        headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}"
    if found.tag:
        headers |= {"ETag": f'"{found.tag}"', "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == f'"{found.tag}"':
            return Response(status_code=304, headers=headers)
    return Response(found.data, media_type=found.media, headers=headers)


async def _events(stream: Stream) -> AsyncIterator[str]:
    async with contextlib.aclosing(stream.events) as events:  # pyright: ignore[reportArgumentType]
        async for event in events:
            name, value = event
            if event == SILENCE:
                yield ": alive\n\n"
            else:
                yield f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


def _error(error: QuatrainError) -> Response:
    status, code = next((status, code) for kind, status, code in _STATUS if isinstance(error, kind))
    return JSONResponse({"error": {"code": code, "message": str(error)}}, status)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP.get(error.status_code, "bad_request")
    return JSONResponse({"error": {"code": code, "message": error.detail}}, error.status_code, error.headers)


async def _failed(_: Request, error: Exception) -> Response:
    if isinstance(error, ClientDisconnect):
        return Response(status_code=499)
    message = f"The notepad made a mistake ({type(error).__name__}). Your text is safe; try again."
    return JSONResponse({"error": {"code": "internal", "message": message}}, 500)


def _nowhere(api: list[Route]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        path = request.url.path
        allowed = sorted({method for route in api if route.path_regex.match(path) for method in route.methods or ()})
        if allowed:
            raise HTTPException(405, f"{path[:80]} takes {', '.join(allowed)}.", {"Allow": ", ".join(allowed)})
        raise HTTPException(404, f"There is nothing at {path[:80]}.")

    return answer


# ------------------------------------------------------------------------------------------------------------ the page


def _page(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        path = request.path_params["path"]
        if "." in path.rpartition("/")[2]:
            return await anyio.to_thread.run_sync(_static, desk.page, path)
        if request.query_params.get(guard.KEY) and guard.matches(request.query_params[guard.KEY], desk.key):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(guard.COOKIE, desk.cookie, guard.LASTS, httponly=True, samesite="strict", path="/")
            return answer
        if not request.scope["invited"]:
            return _sheet("Open the address that the notepad printed when it started.", 403)
        try:
            text = (desk.page / "index.html").read_text("utf-8")
        except OSError:
            return _sheet("The page has not been built. Run: make notepad", 503)
        nonce = request.scope["nonce"]
        text = text.replace("__QUATRAIN_TOKEN__", desk.token).replace("__QUATRAIN_NONCE__", nonce)
        headers = {"Content-Security-Policy": guard.policy(nonce), "Cache-Control": "no-cache"}
        return HTMLResponse(text, headers=headers)

    return answer


def _static(root: Path, path: str) -> Response:
    file = root / path
    try:
        inside = file.resolve().is_relative_to(root.resolve()) and file.is_file() and file.name != "index.html"
    except (OSError, ValueError):
        inside = False
    if not inside:
        return JSONResponse({"error": {"code": "unknown", "message": "There is no such file."}}, 404)
    lasting = re.search(r"(?:^|/)assets/[^/]+-[\w-]{8,}\.\w+$", path) is not None
    kept = "public, max-age=31536000, immutable" if lasting else "no-cache"
    media = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Response(file.read_bytes(), media_type=media, headers={"Cache-Control": kept})


def _sheet(sentence: str, status: int) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>quatrain</title><p>{html.escape(sentence)}</p>',
        status,
    )
