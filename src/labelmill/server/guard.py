"""What every request passes before any endpoint: its Host and Origin, the size of its body; and what every answer says.

Plain ASGI, because it must work on streams without holding them.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labelmill.server.access import READING
from labelmill.server.errors import answer

MOST_JSON = 8 * 2**20
"""Bytes of a body, except where an endpoint takes files (`allow`)."""


def content_security_policy(nonce: str = "") -> str:
    """Scripts and styles come from this server's files alone, and style sheets that carry the nonce if one is given."""
    styles = f"style-src 'self' 'nonce-{nonce}'" if nonce else "style-src 'self'"
    return "; ".join([
        "default-src 'none'", "script-src 'self'", styles, "img-src 'self' data: blob:", "font-src 'self'",
        "connect-src 'self'", "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'",
        "frame-ancestors 'none'",
    ])  # fmt: skip


HEADERS = {
    "Content-Security-Policy": content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise."""

_KEY = "labelmill.guard"


class Guard:
    """The middleware. `hosts`: names by which the server may be called besides loopback's; None: any."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is wrong with one sentence, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        if wrong := self._wrong(scope["method"], headers):
            await answer(403, "not-allowed", wrong)(scope, receive, send_with_headers)
            return
        body = _Body(receive, headers.get("content-length", ""))
        scope[_KEY] = body
        await self._app(scope, body.receive, send_with_headers)

    def _wrong(self, method: str, headers: Headers) -> str | None:
        host = headers.get("host", "")
        name = _name(host)
        if self._hosts is not None and name not in self._hosts and not _is_loopback(name):
            return (
                f"This server is not called {name!r}: open the address that it printed, or name this one in "
                "LABELMILL_HOSTS."
            )
        if method in READING:
            return None
        origin = headers.get("origin")
        if origin is not None and _place(origin) != host.lower():
            return f"A page of {origin} may not change anything here."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "A page of another site may not change anything here."
        return None


class _Body:
    """Counts what comes, and stops it at the limit: an endpoint is refused at its first read."""

    def __init__(self, receive: Receive, length: str) -> None:
        self.most = MOST_JSON
        self._receive = receive
        self._told = int(length) if length.isdecimal() else 0
        self._came = 0

    async def receive(self) -> Message:
        if self._told > self.most:
            raise self._refusal()
        message = await self._receive()
        self._came += len(message.get("body", b""))
        if self._came > self.most:
            raise self._refusal()
        return message

    def _refusal(self) -> HTTPException:
        return HTTPException(413, f"More than {self.most:,} bytes at once: send less, or in several parts.")


def allow(scope: Scope, most: int) -> None:
    """Let this request's body be larger; for endpoints that take files, once it is known who asks."""
    scope[_KEY].most = most


def _place(origin: str) -> str | None:
    """The host and port of an Origin header; None when it has none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # half an IPv6 address, say
        return None


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
