"""What keeps others out: cookies, CSRF, origins, hosts, throttling, headers, limits."""

from typing import Any

import httpx2
import pytest
from world import STRANGER, World

from labelmill.core.role import Role
from labelmill.flows import sign_in
from labelmill.server import pages
from labelmill.server.guard import HEADERS, MOST_JSON
from labelmill.store import persons

API = "/api/v1"
PASSWORD = "correct horse"


def give_password(world: World, who: str, password: str = PASSWORD) -> str:
    with world.database.begin() as conn:
        persons.set_password(conn, world.people[who], sign_in.hashed_password(password))
        return (persons.by_id(conn, world.people[who]) or pytest.fail("gone")).name


def sign_in_as(world: World, name: str, password: str = PASSWORD, **sent: Any) -> httpx2.Response:
    return world.client.post(f"{API}/session", json={"name": name, "password": password}, **sent)


def test_a_session_from_sign_in_to_sign_out(world: World) -> None:
    name = give_password(world, Role.OWNER)
    said = sign_in_as(world, name)
    assert said.json()["has_password"]
    cookie = said.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Secure" not in cookie  # plain HTTP on this machine
    assert world.client.get(f"{API}/session").json()["csrf"] == said.json()["csrf"]
    secret = cookie.partition("=")[2].partition(";")[0]
    headers = {"X-Labelmill-CSRF": said.json()["csrf"]}
    assert world.client.delete(f"{API}/session", headers=headers).status_code == 204
    name_of_cookie = cookie.partition("=")[0]
    again = world.client.get(f"{API}/session", headers={"Cookie": f"{name_of_cookie}={secret}"})
    assert again.status_code == 401  # it ended on the server, too


def test_the_cookie_is_secure_behind_tls(world: World) -> None:
    name = give_password(world, Role.OWNER)
    said = world.client.post(f"https://localhost{API}/session", json={"name": name, "password": PASSWORD})
    assert "Secure" in said.headers["set-cookie"]


@pytest.mark.parametrize("csrf", [None, "", "wrong", "0" * 64])
def test_a_change_by_session_needs_the_csrf_header(world: World, csrf: str | None) -> None:
    world.session(Role.OWNER)
    headers = {} if csrf is None else {"X-Labelmill-CSRF": csrf}
    said = world.client.post(f"{API}/projects", json={"name": "another"}, headers=headers)
    assert (said.status_code, said.json()["error"]["kind"]) == (403, "not-allowed")


def test_the_csrf_of_another_session_is_none(world: World) -> None:
    _, other = world.session(STRANGER)
    world.client.cookies.clear()
    headers, csrf = world.session(Role.OWNER)
    assert csrf != other
    body = {"name": "another"}
    assert world.client.post(f"{API}/projects", json=body, headers={"X-Labelmill-CSRF": other}).status_code == 403
    assert world.client.post(f"{API}/projects", json=body, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_others_change_nothing_and_sign_nobody_in(world: World, headers: dict[str, str]) -> None:
    ours, _ = world.session(Role.OWNER)
    assert world.client.post(f"{API}/projects", json={"name": "a"}, headers=ours | headers).status_code == 403
    assert sign_in_as(world, "whoever", headers=headers).status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert world.client.post(f"{API}/projects", json={"name": "a"}, headers=ours | own).status_code == 201


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8347", "", "127.0.0.1.evil.example", "10.0.0.1"])
def test_a_name_that_is_not_ours_is_refused(world: World, host: str) -> None:
    assert world.client.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8347", "127.8.8.8"])
def test_names_of_this_machine_are_ours(world: World, host: str) -> None:
    assert world.client.get(f"{API}/session", headers={"Host": host}).status_code == 401


def test_who_guesses_has_to_wait_and_others_do_not(world: World) -> None:
    name, other = give_password(world, Role.OWNER), give_password(world, Role.VIEWER)
    said = [sign_in_as(world, name, "wrong wrong").status_code for _ in range(sign_in.TRIES + 1)]
    assert said == [401] * sign_in.TRIES + [429]
    refused = sign_in_as(world, name)  # also with the right one
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert sign_in_as(world, other).status_code == 200


def test_an_unknown_name_is_told_as_a_wrong_password_is(world: World) -> None:
    name = give_password(world, Role.OWNER)
    wrong, unknown = sign_in_as(world, name, "wrong wrong"), sign_in_as(world, "nobody at all")
    assert wrong.json() == unknown.json()
    assert sign_in_as(world, "the viewer").json() == unknown.json()  # who has no password


def test_one_time_tokens_work_once_and_not_for_ever(world: World) -> None:
    def use(token: str) -> int:
        return world.client.post(f"{API}/session", json={"token": token}).status_code

    with world.database.begin() as conn:
        token = sign_in.one_time_token(conn, world.people[Role.OWNER], sign_in.WINDOW)
    assert [use(token), use(token)] == [200, 401]
    with world.database.begin() as conn:
        late = sign_in.one_time_token(conn, world.people[Role.OWNER], -sign_in.WINDOW)
    assert use(late) == 401


def test_a_deleted_token_and_a_disabled_person_are_out_at_once(world: World) -> None:
    headers, _ = world.session(Role.ADMIN)
    made = world.client.post(f"{API}/tokens", json={"name": "script"}, headers=headers).json()
    world.tokens["script"] = made["token"]
    assert world.call("script", "GET", f"{API}/session").json()["csrf"] is None
    assert "token" not in world.client.get(f"{API}/tokens").json()["items"][0]
    assert world.call(STRANGER, "DELETE", f"{API}/tokens/{made['id']}").status_code == 404
    assert world.call("script", "POST", f"{API}/tokens", json={"name": "more"}).status_code == 403
    assert world.client.delete(f"{API}/tokens/{made['id']}", headers=headers).status_code == 204
    assert world.call("script", "GET", f"{API}/session").status_code == 401
    with world.database.begin() as conn:
        persons.set_disabled(conn, world.people[Role.ADMIN], True)
    assert world.client.get(f"{API}/session").status_code == 401
    assert world.call(Role.ADMIN, "GET", f"{API}/session").status_code == 401


def test_another_password_ends_all_other_sessions(world: World) -> None:
    name = give_password(world, Role.OWNER)
    sign_in_as(world, name)
    old = dict(world.client.cookies)
    headers = {"X-Labelmill-CSRF": world.client.get(f"{API}/session").json()["csrf"]}
    change = {"new": "battery staple", "current": "not this one"}
    assert world.client.put(f"{API}/session/password", json=change, headers=headers).status_code == 422
    change["current"] = PASSWORD
    assert world.client.put(f"{API}/session/password", json=change, headers=headers).status_code == 200
    assert world.client.get(f"{API}/session").status_code == 200  # this one goes on
    world.client.cookies.clear()
    kept = "; ".join(f"{key}={value}" for key, value in old.items())
    assert world.client.get(f"{API}/session", headers={"Cookie": kept}).status_code == 401
    assert sign_in_as(world, name).status_code == 401
    assert sign_in_as(world, name, "battery staple").status_code == 200


@pytest.mark.parametrize("path", ["/", f"{API}/session", "/api/docs", "/nowhere", f"{API}/nowhere"])
def test_every_answer_has_the_headers(world: World, path: str) -> None:
    said = world.client.get(path)
    policy = said.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert {name for name in HEADERS if name not in said.headers} == set()


def test_a_page_has_a_nonce_of_its_own(world: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<meta property="csp-nonce" nonce="{{nonce}}">')
    (tmp_path / "assets" / "a.js").write_text("1")
    monkeypatch.setattr(pages, "find", lambda: tmp_path)
    one, two = world.client.get("/projects/1/inputs"), world.client.get("/")
    nonce = one.text.partition('nonce="')[2].partition('"')[0]
    assert f"'nonce-{nonce}'" in one.headers["content-security-policy"]
    assert one.text != two.text
    assert "immutable" in world.client.get("/assets/a.js").headers["cache-control"]
    assert world.client.get("/assets/b.js").status_code == 404
    assert "root:" not in world.client.get("/..%2f..%2f..%2f..%2f..%2fetc/passwd").text


def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    said = world.call(Role.OWNER, "POST", f"{API}/projects", content=b"x" * (MOST_JSON + 1))
    assert (said.status_code, said.json()["error"]["kind"]) == (413, "too-large")

    def endless() -> Any:
        for _ in range(MOST_JSON // 2**16 + 2):
            yield b"x" * 2**16

    said = world.call(Role.OWNER, "POST", f"{API}/projects", content=endless())
    assert (said.status_code, said.json()["error"]["kind"]) == (413, "too-large")


def test_an_archived_project_is_read_and_not_changed(world: World) -> None:
    place = f"{API}/projects/{world.mine}"
    assert world.call(Role.OWNER, "POST", f"{place}/archive").json()["archived_at"]
    assert world.call(Role.VIEWER, "GET", f"{place}/datasets").status_code == 200
    said = world.call(Role.ADMIN, "POST", f"{place}/datasets", json={"name": "more"})
    assert (said.status_code, said.json()["error"]["kind"]) == (409, "conflict")
    assert world.call(Role.OWNER, "GET", f"{API}/projects").json()["items"] == []
    assert len(world.call(Role.OWNER, "GET", f"{API}/projects?archived=true").json()["items"]) == 1
    assert world.call(Role.OWNER, "POST", f"{place}/restore").json()["archived_at"] is None


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}', b"\xff"])
def test_what_is_no_request_is_said_in_one_sentence(world: World, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    said = world.call(Role.OWNER, "POST", f"{API}/projects", content=body, headers=headers)
    assert said.status_code in (400, 422)
    assert said.json()["error"]["message"].endswith(".")
