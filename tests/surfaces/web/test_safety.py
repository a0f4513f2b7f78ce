"""Who may ask what: foreign hosts, other sites' pages, strangers without a token, and bodies without end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.web.app import CONCERNS
from soundglass.surfaces.web.safety.bodies import MOST_BYTES
from soundglass.surfaces.web.safety.tokens import COOKIE, pass_for
from soundglass.surfaces.web.settings import WebSettings

TOKEN = "a token of some length"
OWN = "http://127.0.0.1:8765"
STATIC = "/static/app.css"
PARTICIPANTS = ("/study/join/", "/study/p/", "/api/study/")
"""Where a link of one's own is what lets in."""
FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:8765",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "127.0.0.1@evil.example",
    "192.168.1.7",
    "0.0.0.0",
    "[::2]",
    "",
)
FOREIGN_ORIGINS = (
    "http://evil.example",
    "null",
    "http://127.0.0.1:8766",
    "https://127.0.0.1:8765",
    "http://127.0.0.1:8765.evil.example",
    "http://localhost:8765",
    "file://",
    "",
)


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


@pytest.fixture
def guarded(client: Callable[..., TestClient], own_demo: Path) -> Iterator[TestClient]:
    guarded = client(own_demo, host="0.0.0.0", token=TOKEN, allowed_hosts=("music.home",))
    guarded.cookies.clear()
    yield guarded
    guarded.cookies.clear()


def writes(client: TestClient) -> list[tuple[str, str]]:
    """Every address that takes something, and how."""
    found = []
    for path, methods in client.app.openapi()["paths"].items():
        filled = re.sub(r"\{[^}]*\}", "x", path)
        found += [
            (method.upper(), filled) for method in methods if method in {"post", "put", "patch", "delete"}
        ]
    return found


def routes_of(*routers: APIRouter) -> Iterator[APIRoute]:
    """All routes, those of routers within routers as well."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route
            else:
                yield from routes_of(route.original_router)


def test_no_other_way_to_write_than_those_of_the_description(own: TestClient) -> None:
    writing = {
        (method, route.path.replace(":path}", "}"))
        for route in routes_of(*CONCERNS)
        for method in route.methods - {"GET", "HEAD"}
    }
    described = {
        (method.upper(), path)
        for path, methods in own.app.openapi()["paths"].items()
        for method in methods
        if method != "get"
    }
    assert writing - {("POST", "/sign-in")} == described
    assert all(path.startswith("/api/") for _, path in described)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_foreign_hosts_are_refused_everywhere(own: TestClient, host: str) -> None:
    assert own.get("/", headers={"Host": host}).status_code == 421
    for method, path in writes(own):
        assert own.request(method, path, json={}, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:1", "LOCALHOST", "[::1]:8765", "127.0.0.1"])
def test_own_hosts_are_answered(own: TestClient, host: str) -> None:
    assert own.get(STATIC, headers={"Host": host}).status_code == 200


def test_an_open_address_answers_to_addresses_and_to_allowed_names_only(guarded: TestClient) -> None:
    for host in ("192.168.1.7:8765", "[fe80::1]:8765", "music.home", "Music.Home:8765", "localhost"):
        assert guarded.get(STATIC, headers={"Host": host}).status_code == 200
    for host in ("evil.example", "music.home.evil.example", "home"):
        assert guarded.get(STATIC, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_writes_of_other_origins_are_refused(own: TestClient, origin: str) -> None:
    asked = writes(own)
    assert len(asked) > 5
    for method, path in asked:
        assert own.request(method, path, json={}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_writes_that_a_browser_calls_foreign_are_refused(own: TestClient, site: str) -> None:
    for method, path in writes(own):
        assert own.request(method, path, json={}, headers={"Sec-Fetch-Site": site}).status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_bodies_that_a_form_could_send_are_refused(own: TestClient, kind: str) -> None:
    for method, path in writes(own):
        answer = own.request(method, path, content="{}", headers={"Content-Type": kind})
        assert answer.status_code == 415, (method, path)


def test_own_writes_are_taken(own: TestClient) -> None:
    made = own.post("/api/playlists", json={"name": "Own", "tracks": []}, headers={"Origin": OWN})
    assert made.status_code in {200, 201}


def test_reading_changes_nothing(own: TestClient) -> None:
    """No address that is read takes a body or has a method beside it that nobody described."""
    for path in ("/", "/map", "/playlists", "/api/playlists"):
        assert own.request("PATCH", path, json={}).status_code == 405


def test_a_server_others_can_reach_needs_a_token() -> None:
    for host in ("0.0.0.0", "192.168.1.7", "::", "music.home"):
        with pytest.raises(SoundglassError, match="token is needed"):
            WebSettings(host=host)
        assert WebSettings(host=host, token=TOKEN).token == TOKEN
    for host in ("127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"):
        assert WebSettings(host=host).token is None
    with pytest.raises(SoundglassError, match="too short"):
        WebSettings(token="hunter2")


def test_a_server_behind_a_proxy_answers_to_the_name_and_origin_that_people_see(
    client: Callable[..., TestClient], own_demo: Path
) -> None:
    proxied = client(own_demo, address="https://music.example.org", token=TOKEN)
    shown = {"Authorization": f"Bearer {TOKEN}"}
    for host in ("music.example.org", "Music.example.org:443", "127.0.0.1:8765"):
        headers = {**shown, "Host": host, "Origin": "https://music.example.org"}
        body = {"name": f"By {host}", "tracks": []}
        assert proxied.post("/api/playlists", json=body, headers=headers).status_code == 201
    for origin in ("https://music.example.org.evil.example", "https://example.org", "https://evil.example"):
        headers = {**shown, "Host": "music.example.org", "Origin": origin}
        assert proxied.post("/api/playlists", json={}, headers=headers).status_code == 403
    assert proxied.get("/", headers={"Host": "evil.example", **shown}).status_code == 421
    assert proxied.get("/api/playlists").status_code == 401


def test_an_address_that_others_see_needs_a_token_and_is_one() -> None:
    with pytest.raises(SoundglassError, match="token is needed"):
        WebSettings(address="https://music.example.org")
    for address in ("https://music.example.org:8443", "http://10.0.0.7", "https://[2001:db8::1]"):
        assert WebSettings(address=address, token=TOKEN).is_private is False
    for address in ("music.example.org", "https://a/b", "ftp://a", "https://a b", "https://", "https://a@b"):
        with pytest.raises(SoundglassError, match="no address"):
            WebSettings(address=address, token=TOKEN)


def test_strangers_get_nothing(guarded: TestClient) -> None:
    every = [
        (method, re.sub(r"\{[^}]*\}", "x", route.path))
        for route in routes_of(*CONCERNS)
        for method in route.methods
    ]
    assert len(every) > 20
    for method, path in every:
        answer = guarded.request(method, path, json={} if method != "GET" else None)
        if path.startswith(PARTICIPANTS):
            assert answer.status_code in {404, 422}, (method, path)
        elif path != "/sign-in":
            assert answer.status_code == 401, (method, path)
            assert method == "HEAD" or answer.json()["error"] == "this server wants its token"
    assert guarded.get("/static/../app.py").status_code in {401, 404}


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_wrong_tokens_are_refused(guarded: TestClient, shown: str) -> None:
    assert guarded.get("/api/playlists", headers={"Authorization": shown.encode()}).status_code == 401
    guarded.cookies.set(COOKIE, TOKEN)
    assert guarded.get("/api/playlists").status_code == 401


def test_programs_show_the_token_in_a_header(guarded: TestClient) -> None:
    assert guarded.get("/api/playlists", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_people_sign_in_and_come_to_the_page_they_wanted(guarded: TestClient) -> None:
    asked = guarded.get("/map?by=features", headers={"Accept": "text/html"}, follow_redirects=False)
    assert asked.status_code == 303
    asking = guarded.get(asked.headers["location"])
    assert "Token" in asking.text
    wrong = guarded.post(asked.headers["location"], data={"token": "x"})
    assert (wrong.status_code, "not the token" in wrong.text) == (401, True)
    entered = guarded.post(asked.headers["location"], data={"token": TOKEN}, follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/map?by=features")
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={pass_for(TOKEN)};")
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert TOKEN not in cookie
    assert guarded.get("/api/playlists").status_code == 200


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\r\nSet-Cookie: b=c"],
)
def test_signing_in_leads_nowhere_else(guarded: TestClient, target: str) -> None:
    entered = guarded.post("/sign-in", params={"next": target}, data={"token": TOKEN}, follow_redirects=False)
    assert entered.headers["location"] == "/"


def test_signing_in_from_another_site_is_refused(guarded: TestClient) -> None:
    entered = guarded.post("/sign-in", data={"token": TOKEN}, headers={"Origin": "http://evil.example"})
    assert entered.status_code == 403


def test_long_bodies_are_refused(own: TestClient) -> None:
    kind = {"Content-Type": "application/json"}
    long = b'{"name": "' + b"x" * MOST_BYTES + b'"}'
    assert own.post("/api/playlists", content=long, headers=kind).status_code == 413

    def piecemeal() -> Iterator[bytes]:
        for start in range(0, len(long), 1 << 16):
            yield long[start : start + (1 << 16)]

    assert own.post("/api/playlists", content=piecemeal(), headers=kind).status_code == 413


def test_every_answer_says_what_a_browser_may_do(own: TestClient) -> None:
    nonces = set()
    for path in ("/", "/study", "/api", "/api/openapi.json", STATIC, "/nothing", "/api/nothing"):
        headers = own.get(path).headers
        policy = headers["content-security-policy"]
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert directives["default-src"] == "'none'"
        assert directives["script-src"] == "'self'"
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        nonces.add(policy.partition("nonce-")[2].partition("'")[0])
    assert len(nonces) == 7


def test_pages_hold_no_inline_script_or_style(own: TestClient) -> None:
    for path in ("/", "/study", "/api", "/map", "/compare", "/steer", "/playlists"):
        text = own.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*[{\[])", text), path
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text), path


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fsettings.py",
        "/static//etc/passwd",
        "/static/%00",
        "/audio/..%2f..%2fetc%2fpasswd",
        "/audio//etc/passwd",
        "/covers/%2e%2e%2f%2e%2e",
        "/tracks/..%2f..",
        "/playlists/..%2f../export.csv",
    ],
)
def test_no_path_leads_out(own: TestClient, path: str) -> None:
    answer = own.get(path)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text
    assert "root:" not in answer.text
