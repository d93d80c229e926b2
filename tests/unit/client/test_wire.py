"""How the client meets servers that are down, busy, strange, or none of Labelmill: each is a real one on a socket."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from labelmill import Client
from labelmill.client import wire
from labelmill.client.wire import checked_address
from labelmill.core import errors

BUSY = {"error": {"kind": "store-fault", "message": "A sentence."}}


@dataclass
class Other:
    """A server that answers as it is told, one answer after the other; the last one for ever."""

    address: str
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def say(self, status: int, body: Any = None, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, named, body if isinstance(body, bytes) else json.dumps(body).encode()))


@pytest.fixture
def other() -> Iterator[Other]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            told.calls.append((self.command, self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - http.server looks for these names

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = Other(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield told
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PAUSE", 0.001)


@pytest.fixture
def client(other: Other) -> Iterator[Client]:
    with Client(other.address, "secret") as client:
        yield client


# --- where to ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "part"),
    [
        ("labelmill.example", "begins with http"), ("ftp://x", "begins with http"), ("http://", "begins with http"),
        ("http://a:b@127.0.0.1", "password"), ("http://127.0.0.1/?x=1", "?"), ("http://labelmill.example", "https"),
        ("http://192.168.0.7:8000", "https"), ("http://127.0.0.1.evil.example", "https"), ("http://[::2]", "https"),
        ("http://127.0.0.1:port", "no address"), ("", "LABELMILL_SERVER"),
    ],
)  # fmt: skip
def test_addresses_that_are_refused(server: str, part: str) -> None:
    with pytest.raises(errors.BadCall) as said:
        Client(server, "t")
    assert part in str(said.value)


@pytest.mark.parametrize(
    ("server", "loopback"),
    [
        ("http://127.0.0.1:8000/", True), ("http://localhost", True), ("http://[::1]:8080", True),
        ("http://127.8.7.6", True), ("https://labelmill.example/under/here/", False),
    ],
)  # fmt: skip
def test_addresses_that_are_taken(server: str, loopback: bool) -> None:
    assert checked_address(server, plain_http=False) == (server.rstrip("/"), loopback)


def test_plain_http_when_told() -> None:
    assert Client("http://192.168.0.7", "t", plain_http=True).server == "http://192.168.0.7"


def test_the_environment_says_what_is_not_given(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELMILL_SERVER", other.address)
    with pytest.raises(errors.BadCall, match="LABELMILL_TOKEN"):
        Client()
    monkeypatch.setenv("LABELMILL_TOKEN", "from outside")
    other.say(200, {"id": 1})
    with Client() as client:
        client.me()
    ((_, path, headers),) = other.calls
    assert path == "/api/v1/session"
    assert headers["Authorization"] == "Bearer from outside"


@pytest.mark.parametrize("token", ["a\nb", "ü"])
def test_a_token_that_is_none(token: str) -> None:
    with pytest.raises(errors.BadCall, match="token"):
        Client("http://127.0.0.1", token)


def test_no_redirect_is_followed(client: Client, other: Other) -> None:
    other.say(307, b"", Location="https://elsewhere.example/api/v1/session")
    with pytest.raises(errors.BadCall, match=r"elsewhere\.example"):
        client.me()
    assert len(other.calls) == 1


# --- what comes back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, "bad-call", errors.BadCall), (404, "not-found", errors.NotFound), (409, "conflict", errors.Conflict),
        (422, "bad-card", errors.BadCard), (422, "bad-call", errors.BadCall), (422, "news", errors.BadCall),
        (422, "model-unusable", errors.ModelUnusable), (503, "store-fault", errors.StoreFault),
        (401, "not-signed-in", errors.NotSignedIn), (403, "not-allowed", errors.NotAllowed),
        (413, "too-large", errors.TooLarge), (500, "fault", errors.Unreachable),
    ],
)  # fmt: skip
def test_each_kind_of_error_is_its_class(client: Client, other: Other, status: int, kind: str, error: type) -> None:
    other.say(status, {"error": {"kind": kind, "message": "A sentence."}})
    with pytest.raises(error) as said:
        client.projects.create("x")
    assert type(said.value) is error
    assert "A sentence." in str(said.value)


@pytest.mark.parametrize("body", [b"<html>", [], {"error": "x"}, {"error": {"kind": 1}}])
def test_an_error_of_something_else(client: Client, other: Other, body: Any) -> None:
    other.say(502, body)
    with pytest.raises(errors.Unreachable, match="502 Bad Gateway"):
        client.projects.create("x")


def test_pages_of_something_else(client: Client, other: Other) -> None:
    other.say(200, b"<html>")
    with pytest.raises(errors.Unreachable, match="no Labelmill at"):
        client.me()


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        Client(f"http://127.0.0.1:{port}", "t") as client,
        pytest.raises(errors.Unreachable, match="cannot be reached"),
    ):
        client.me()


# --- what is tried again ----------------------------------------------------------------------------------------------


def test_reading_is_tried_again(client: Client, other: Other) -> None:
    other.say(503, BUSY)
    other.say(502, b"")
    other.say(200, {"id": 7})
    assert client.me()["id"] == 7
    assert len(other.calls) == 3


def test_changing_is_not(client: Client, other: Other) -> None:
    other.say(503, BUSY)
    other.say(200, {"id": 7})
    with pytest.raises(errors.StoreFault):
        client.projects.create("x")
    assert [verb for verb, _, _ in other.calls] == ["POST"]


@pytest.mark.parametrize(
    "call", [lambda client: client.projects.create("x"), lambda client: client.tasks.delete(1, 2, annotations="keep")]
)
def test_too_many_calls_are_tried_again(client: Client, other: Other, call: Callable[[Client], object]) -> None:
    other.say(429, BUSY, Retry_After="0")
    other.say(200, {"id": 7})
    call(client)
    assert len(other.calls) == 2


def test_a_long_wait_is_left_to_the_caller(client: Client, other: Other) -> None:
    other.say(429, BUSY, Retry_After="3600")
    with pytest.raises(errors.TooOften, match="sentence") as said:
        client.me()
    assert said.value.seconds == 3600
    assert len(other.calls) == 1


def test_what_breaks_off_in_the_middle_is_no_file(client: Client, other: Other, tmp_path: Any) -> None:
    other.say(200, b'{"source": "a"}\n', X_Labelmill_Records="9", Content_Length="1000")
    with pytest.raises(errors.Unreachable):
        client.tasks.export(1, 2, tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_names_are_one_part_of_a_path(client: Client, other: Other) -> None:
    other.say(200, {})
    client.models.get("a/../b ?#%ü")
    assert other.calls[0][1] == "/api/v1/models/a%2F..%2Fb%20%3F%23%25%C3%BC"
