"""Who may ask, and what a browser may do with the answers: the first thing that every request meets.

Host                another name means that a stranger's page made its own name point here (DNS rebinding)
Origin, Sec-Fetch   another site's page may not ask, whatever it asks
token, cookie       only the page that this server gave out may ask; only who was shown the address gets the page
policy              no script but the page's own files, nothing from any other address, no frame
"""

from __future__ import annotations

import hmac
import json
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any

from .desk import Desk

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN, COOKIE, KEY = b"x-quatrain-token", "quatrain", "key"
LASTS = 400 * 24 * 3600
"""Seconds that the browser keeps the cookie."""
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)


def policy(nonce: str = "") -> str:
    """The content-security policy of a page whose style elements carry a nonce."""
    style = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


class Guard:
    """Lets through what comes from the page, and puts the headers on what goes out.

    Args:
        app: behind the guard.
        desk: knows the hosts, the token and the cookie.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _named(scope["headers"])
        fault = self._fault(scope, headers)
        scope["nonce"] = secrets.token_urlsafe(16)
        scope["invited"] = self._invited(headers)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                more = (*_HEADERS, (b"content-security-policy", policy().encode()), (b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *(pair for pair in more if pair[0] not in own)]
            await send(message)

        if fault:
            await refuse(403, "forbidden", fault, dressed)
        else:
            await self._app(scope, receive, dressed)

    def _fault(self, scope: Scope, headers: dict[bytes, str]) -> str:
        """Why a request is refused; empty if it is not."""
        host, origin, path = headers.get(b"host", ""), headers.get(b"origin"), scope["path"]
        name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "80")
        if name.lower() not in self._desk.hosts or not _same(port, scope.get("server")):
            return f"This server does not answer to the name '{host[:80]}'. Open the address that it printed."
        if origin is not None and origin.lower() != f"http://{host}".lower():
            return "Another site's page asked. Only the notepad's own page may."
        site, mode = headers.get(b"sec-fetch-site", "none"), headers.get(b"sec-fetch-mode", "")
        visit = mode == "navigate" and scope["method"] == "GET" and not path.startswith("/api/")
        if site not in ("same-origin", "none") and not visit:
            return "Another site's page asked. Only the notepad's own page may."
        if path.startswith("/api/") and not matches(headers.get(TOKEN, ""), self._desk.token):
            return "This request does not come from the notepad's page. Load the page again."
        if path.startswith("/blind") and not self._invited(headers):
            return "Open the address that the notepad printed when it started; then this page opens too."
        return ""

    def _invited(self, headers: dict[bytes, str]) -> bool:
        """Whether the browser was shown the address with the key."""
        try:
            cookies = SimpleCookie(headers.get(b"cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and matches(cookies[COOKIE].value, self._desk.cookie)


async def refuse(status: int, code: str, sentence: str, send: Send) -> None:
    """Answer with an error and nothing else."""
    body = json.dumps({"error": {"code": code, "message": sentence}}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _named(headers: Any) -> dict[bytes, str]:
    """The headers by name. One that comes twice is joined, so that neither half can pass for the whole."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _same(port: str, server: Any) -> bool:
    return server is None or server[1] is None or port == str(server[1])


def matches(one: str, two: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), two.encode())
