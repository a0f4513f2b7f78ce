"""A participant's side of the API, against a server that does as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.study.client import Client, Refusal

PAGE = {"step": "1-trial-1", "seat": 3}


class _Told(BaseHTTPRequestHandler):
    """Answers what it was told, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    answer: tuple[int, bytes] = (200, b"{}")
    hangs_up = 0
    asked: ClassVar[list[tuple[str, str, object, str | None]]] = []

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"null")
        type(self).asked.append((self.command, self.path, body, self.headers.get("Range")))
        if type(self).hangs_up:
            type(self).hangs_up -= 1
            self.close_connection = True
            return
        status, content = self.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  (the names it looks for)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def told() -> Iterator[tuple[type[_Told], str]]:
    """A server, and its address."""
    handler = type("Told", (_Told,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_is_asked(told: tuple[type[_Told], str]) -> None:
    handler, address = told
    with Client(address) as client:
        handler.answer = 201, b'{"address": "/study/p/a%2Fb", "pseudonym": "K7QX-2M"}'
        joined = client.join("co/de", "abc")
        assert (joined.secret, joined.pseudonym) == ("a/b", "K7QX-2M")
        handler.answer = 200, b'{"finished": true, "kept": true}'
        client.open("a/b")
        assert client.step("a/b")["finished"]
        assert client.answer("a/b", PAGE, {"choice": "left"}, {"left": 10})
        client.fetch("/study/p/x/sound/1/query", whole=False)
        handler.answer = 204, b""
        client.hear("a/b", PAGE, {"left": 4.5})
        client.withdraw("a/b")
    said = {"step": "1-trial-1", "seat": 3}
    assert handler.asked == [
        ("POST", "/api/study/join/co%2Fde", {"consent": True, "wording": "abc"}, None),
        ("GET", "/study/p/a%2Fb", None, None),
        ("GET", "/api/study/p/a%2Fb/step", None, None),
        (
            "POST",
            "/api/study/p/a%2Fb/answers",
            {**said, "answers": {"choice": "left"}, "heard": {"left": 10}},
            None,
        ),
        ("GET", "/study/p/x/sound/1/query", None, "bytes=0-4095"),
        ("PUT", "/api/study/p/a%2Fb/heard", {**said, "heard": {"left": 4.5}}, None),
        ("DELETE", "/api/study/p/a%2Fb", {}, None),
    ]


def test_a_refusal_says_why(told: tuple[type[_Told], str]) -> None:
    handler, address = told
    handler.answer = 422, b'{"error": "Not heard", "remedy": "Listen on", "why": "listening"}'
    with (
        Client(address) as client,
        pytest.raises(Refusal, match=r"1-trial-1: 422, Not heard. Listen on") as why,
    ):
        client.answer("a", PAGE, {}, {})
    assert (why.value.status, why.value.why) == (422, "listening")
    handler.answer = 500, b"<h1>Oops</h1>"
    with Client(address) as client, pytest.raises(Refusal, match="500, the server did not say why"):
        client.fetch("/study/p/x/sound/1/query")


def test_a_connection_that_was_closed_while_idle_is_opened_again(told: tuple[type[_Told], str]) -> None:
    handler, address = told
    with Client(address) as client:
        client.step("a")
        handler.hangs_up = 1
        assert client.step("a") == {}
        handler.hangs_up = 2
        with pytest.raises(SoundglassError, match="no answer"):
            client.step("a")
    assert len(handler.asked) == 5


def test_a_first_request_is_sent_once(told: tuple[type[_Told], str]) -> None:
    """Who joins and hears nothing does not join twice."""
    handler, address = told
    handler.hangs_up = 1
    with Client(address) as client, pytest.raises(SoundglassError, match="no answer"):
        client.join("code", "abc")
    assert len(handler.asked) == 1


def test_nobody_there(told: tuple[type[_Told], str]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Told) as server:
        free = server.server_port
    with Client(f"http://127.0.0.1:{free}") as client, pytest.raises(SoundglassError, match="See whether"):
        client.step("a")
    with pytest.raises(SoundglassError, match="'localhost:80' is no address"):
        Client("localhost:80")
