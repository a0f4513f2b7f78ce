"""A host on this machine that answers as public catalogues do, well or badly."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from soundglass.audio.previews.addresses import Gate
from soundglass.audio.previews.client import Bounds, Client
from soundglass.audio.previews.pace import Pace


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    claims: int | None = None
    """What Content-Length says; the truth if left out, nothing if negative."""
    pause_s: float = 0.0
    """Between single bytes, of head and body."""


def as_json(answer: Any) -> Reply:
    return Reply(body=json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


def redirect(to: str) -> Reply:
    return Reply(302, headers={"Location": to})


class Host:
    """Serves replies by path, or by path and query; several for one are given in turn, the last for ever."""

    def __init__(self, secured: ssl.SSLContext | None = None) -> None:
        self.replies: dict[str, Reply | Sequence[Reply]] = {}
        self.asked: list[str] = []
        self._counts: dict[str, int] = {}
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host.asked.append(unquote(self.path).replace("+", " "))
                _send(self, host.reply_to(self.path))

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # clients hang up on purpose

        self._server = Server(("127.0.0.1", 0), Handler)
        if secured is not None:
            self._server.socket = secured.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def reply_to(self, target: str) -> Reply:
        split = urlsplit(target)
        words = " ".join(value for values in parse_qs(split.query).values() for value in values)
        keys = (f"{split.path} {words}", split.path)
        key = next((key for key in keys if key in self.replies), None)
        if key is None:
            return Reply(404)
        found = self.replies[key]
        if isinstance(found, Reply):
            return found
        at = self._counts[key] = self._counts.get(key, -1) + 1
        return found[min(at, len(found) - 1)]

    def client(self, **bounds: float) -> Client:
        """Make a client that may reach this one port of this machine, and nothing else that is not public."""
        gate = Gate(allowed=frozenset({("127.0.0.1", self.port)}), plain_http=True)
        return Client(gate, Bounds(**{"max_s": 5.0, **bounds}))

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    head = [f"HTTP/1.1 {reply.status} As asked", "Date: Fri, 13 Feb 2026 12:00:00 GMT"]
    head += [f"{name}: {value}" for name, value in reply.headers.items()]
    length = len(reply.body) if reply.claims is None else reply.claims
    head += [f"Content-Length: {length}"] if length >= 0 else ["Connection: close"]
    message = "\r\n".join([*head, "", ""]).encode("latin-1") + reply.body
    handler.close_connection = length != len(reply.body)
    with suppress(OSError):
        if not reply.pause_s:
            handler.wfile.write(message)
            return
        for at in range(len(message)):
            handler.wfile.write(message[at : at + 1])
            handler.wfile.flush()
            time.sleep(reply.pause_s)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self, rates: Mapping[str, Any] | None = None, **more: Any) -> Pace:
        return Pace(rates or {}, clock=self, sleep=self.sleep, chance=lambda: 0.5, **more)
