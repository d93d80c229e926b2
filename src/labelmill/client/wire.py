"""The one way to a server: its address, the token, what is tried again, and its errors as those of core.errors."""

import ipaddress
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx2

from labelmill import __version__
from labelmill.core.errors import (
    BadCall,
    BadCard,
    Conflict,
    LabelmillError,
    ModelUnusable,
    NotAllowed,
    NotFound,
    NotSignedIn,
    StoreFault,
    TooLarge,
    TooOften,
    Unreachable,
)

BASE = "/api/v1"
TRIES = 3
PAUSE = 0.2
"""Seconds before the second try; each further pause is twice as long."""

LONGEST_PAUSE = 30.0
"""Seconds that a server may ask to wait for; longer is an error."""

PATIENCE = httpx2.Timeout(60, connect=10)
LONG = httpx2.Timeout(60, connect=10, read=None)
"""For calls that work before they answer: an archive is read while the client waits."""


KINDS: Mapping[str, type[LabelmillError]] = {
    "not-found": NotFound,
    "not-signed-in": NotSignedIn,
    "not-allowed": NotAllowed,
    "conflict": Conflict,
    "too-large": TooLarge,
    "bad-card": BadCard,
    "model-unusable": ModelUnusable,
    "store-fault": StoreFault,
}
"""The class for a `kind` of error; any other is a BadCall."""


class Wire:
    """Calls of one server with one token. It follows no redirect, so the token goes nowhere else."""

    def __init__(self, server: str | None, token: str | None, *, plain_http: bool) -> None:
        said = server or os.environ.get("LABELMILL_SERVER", "")
        self.address, loopback = checked_address(said, plain_http=plain_http)
        token = token or os.environ.get("LABELMILL_TOKEN", "")
        if not token:
            raise BadCall("A token is missing: make one on the server's page 'Account', give it as LABELMILL_TOKEN.")
        if not token.isascii() or not token.isprintable():
            raise BadCall("The token holds characters that no token has: copy it again.")
        self._http = httpx2.Client(
            base_url=self.address + BASE,
            headers={"Authorization": f"Bearer {token}", "User-Agent": f"labelmill/{__version__}"},
            timeout=PATIENCE,
            trust_env=not loopback,  # a proxy does not reach this machine
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON that stands at a path; `query` values that are None are left out."""
        return self._json(lambda: self._http.build_request("GET", path, params=_given(query)), repeat=True)

    def post(self, path: str, body: Any = None) -> Any:
        """Send JSON and get JSON."""
        return self._json(lambda: self._http.build_request("POST", path, json=body), repeat=False)

    def put(self, path: str, body: Any) -> Any:
        """Set something; to do it twice is to do it once."""
        return self._json(lambda: self._http.build_request("PUT", path, json=body), repeat=True)

    def patch(self, path: str, body: Any) -> Any:
        """Change something; the whole of it."""
        return self._json(lambda: self._http.build_request("PATCH", path, json=body), repeat=False)

    def delete(self, path: str, **query: Any) -> None:
        """Remove what stands at a path."""
        self._json(lambda: self._http.build_request("DELETE", path, params=_given(query)), repeat=False)

    def send(self, path: str, fields: Mapping[str, Any], files: Sequence[tuple[str, Any]]) -> Any:
        """Send a form with files as (name, bytes or open file); files are streamed."""
        parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
        data = {**_given(fields)}
        if not parts:  # a form all the same
            parts = [(name, (None, value)) for name, value in data.items()]  # type: ignore[misc]
            data = {}
        return self._json(
            lambda: self._http.build_request("POST", path, data=data, files=parts, timeout=LONG), repeat=False
        )

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """The items of a list, page after page, as they are asked for."""
        after: str | int | None = None
        while True:
            page = self.get(path, **query, after=after)
            yield from page["items"]
            after = page.get("next")
            if after is None:
                return

    @contextmanager
    def stream(self, path: str, *, timeout: httpx2.Timeout = LONG, **query: Any) -> Iterator[httpx2.Response]:
        """An answer that is read bit by bit. What breaks off in the middle raises Unreachable."""
        request = self._http.build_request("GET", path, params=_given(query), timeout=timeout)
        answer = self._sent(lambda: request, repeat=True, stream=True)
        try:
            yield answer
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            answer.close()

    def _json(self, make: Callable[[], httpx2.Request], *, repeat: bool) -> Any:
        answer = self._sent(make, repeat=repeat)
        if answer.status_code == 204:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise Unreachable(f"There is no Labelmill at {self.address}: its answer is no JSON.") from error

    def _sent(self, make: Callable[[], httpx2.Request], *, repeat: bool, stream: bool = False) -> httpx2.Response:
        """An answer of a good status. What the server did not begin is sent again; if `repeat`, what broke, too."""
        pause = PAUSE
        for last in (*[False] * (TRIES - 1), True):
            try:
                answer = self._http.send(make(), stream=stream)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                if last:
                    raise self._unreachable(error) from error
            except httpx2.LocalProtocolError as error:
                raise BadCall(f"What was to be sent changed meanwhile ({error}): try again.") from error
            except httpx2.HTTPError as error:
                if last or not repeat:
                    raise self._unreachable(error) from error
            else:
                if answer.is_success:
                    return answer
                answer.read()
                answer.close()
                asked = _retry_after(answer)
                again = answer.status_code == 429 or (repeat and answer.status_code in (502, 503, 504))
                if last or not again or asked > LONGEST_PAUSE:
                    raise self._error(answer)
                pause = max(pause, asked)
            time.sleep(pause)
            pause *= 2
        raise AssertionError("the last try ends above")

    def _error(self, answer: httpx2.Response) -> LabelmillError:
        if answer.is_redirect:
            to = answer.headers.get("location", "elsewhere")
            return BadCall(f"{self.address} sends its callers to {to}: if that is the server, name that address.")
        try:
            said = answer.json()["error"]
            kind, message = str(said["kind"]), str(said["message"])
        except (ValueError, KeyError, TypeError):
            what = f"{answer.status_code} {answer.reason_phrase}".strip()
            return Unreachable(f"{self.address} answers {what}, and not as a server of Labelmill does.")
        if answer.status_code == 429:
            return TooOften(message, math.ceil(_retry_after(answer)))
        if answer.status_code >= 500 and kind not in KINDS:
            return Unreachable(f"{self.address}: {message}")
        return KINDS.get(kind, BadCall)(message)

    def _unreachable(self, error: httpx2.HTTPError) -> Unreachable:
        if isinstance(error, httpx2.TimeoutException):
            return Unreachable(f"The server {self.address} does not answer in time.")
        why = str(error).strip() or type(error).__name__
        return Unreachable(f"The server {self.address} cannot be reached ({why}): is it running there?")


def checked_address(server: str, *, plain_http: bool) -> tuple[str, bool]:
    """A server's address without a slash at its end, and whether it is this machine.

    Raises BadCall for one that is none, or that would send the token through a network unencrypted.
    """
    if not server:
        raise BadCall("A server is missing: give its address, such as http://127.0.0.1:8347, as LABELMILL_SERVER.")
    try:
        url = httpx2.URL(server)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise BadCall(f"{server!r} is no address of a server ({error})") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise BadCall(f"{server!r} is no address of a server: it begins with http:// or https://")
    if url.userinfo or url.query or url.fragment:
        raise BadCall("The address of a server holds no name, password, ? or #: give the token by itself.")
    loopback = _is_loopback(url.host)
    if url.scheme == "http" and not loopback and not plain_http:
        raise BadCall(f"http://{url.host} would carry the token unencrypted: use https.")
    return str(url).rstrip("/"), loopback


def segment(name: object) -> str:
    """A name as one part of a path."""
    return quote(str(name), safe="")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _retry_after(answer: httpx2.Response) -> float:
    try:
        return max(0.0, float(answer.headers.get("retry-after", 0)))
    except ValueError:
        return 0.0  # a date: the pause of its own will do


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
