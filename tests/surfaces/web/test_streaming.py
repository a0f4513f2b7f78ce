"""Streams end with those who listen: no file stays open, and no block is made for nobody."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message, Scope

from soundglass.core.errors import AudioError
from soundglass.surfaces.web.sound.files import FileContent
from soundglass.surfaces.web.sound.ranges import UnsatisfiableError, asked_range
from soundglass.surfaces.web.sound.streaming import Content, streamed


@dataclass
class Counted:
    """A thousand blocks that know how many of them were made, and whether they were let go."""

    media_type = "audio/wav"
    etag = '"x"'
    size = 1000
    made: int = 0
    closed: list[bool] = field(default_factory=list)

    def blocks(self, start: int, stop: int) -> Generator[bytes, None, None]:
        try:
            for _ in range(start, stop):
                self.made += 1
                yield b"x"
        finally:
            self.closed.append(True)


def scope(method: str = "GET", spec: str = "2.3", **headers: str) -> Scope:
    listed = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": "/", "headers": listed, "asgi": {"spec_version": spec}}


def hear(content: Content, pieces: int, spec: str, method: str = "GET") -> list[Message]:
    """Listen to so many messages, then hang up, as servers of both versions of ASGI tell of it."""
    heard: list[Message] = []
    asked = scope(method, spec)

    async def listen() -> None:
        gone = asyncio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if len(heard) >= pieces:
                gone.set()
                if spec == "2.4":
                    raise OSError
                await asyncio.Event().wait()
            heard.append(message)

        try:
            await streamed(Request(asked), content)(asked, receive, send)
        except Exception as error:
            assert spec == "2.4", error

    asyncio.run(listen())
    return heard


@pytest.mark.parametrize("spec", ["2.3", "2.4"])
def test_blocks_end_when_the_client_goes(spec: str) -> None:
    content = Counted()
    hear(content, 5, spec)
    assert content.made < 10
    assert content.closed == [True]


@pytest.mark.parametrize("spec", ["2.3", "2.4"])
def test_a_file_is_closed_when_the_client_goes(tmp_path: Path, spec: str) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    path = tmp_path / "a.mp3"
    path.write_bytes(bytes(20 << 20))
    content = FileContent(path, "audio/mpeg", 20 << 20, path.stat().st_mtime_ns)
    assert len(hear(content, 4, spec)) == 4
    assert str(path) not in {os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()}


def test_all_blocks_come_to_those_who_stay() -> None:
    content = Counted()
    start, *rest = hear(content, 10_000, "2.3")
    assert start["status"] == 200
    assert sum(len(message["body"]) for message in rest) == 1000
    assert content.closed == [True]


def test_nothing_is_made_for_head() -> None:
    content = Counted()
    start, *_ = hear(content, 10_000, "2.3", "HEAD")
    assert dict(start["headers"])[b"content-length"] == b"1000"
    assert content.made == 0


def test_a_file_that_changes_or_is_swapped_meanwhile_is_not_given(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"0123456789")
    known = FileContent(path, "audio/mpeg", 10, path.stat().st_mtime_ns)
    assert b"".join(known.blocks(2, 5)) == b"234"
    path.write_bytes(b"another one")
    with pytest.raises(AudioError, match="was changed just now"):
        list(known.blocks(0, 10))
    path.unlink()
    (tmp_path / "secret").write_bytes(b"0123456789")
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(AudioError, match="cannot be read"):
        list(known.blocks(0, 10))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(AudioError, match="was changed just now"):
        list(known.blocks(0, 10))


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=9-3", None),
        ("bytes=0-1,3-4", None),
        ("seconds=0-1", None),
    ],
)
def test_ranges_are_those_of_rfc_9110(header: str | None, part: tuple[int, int] | None) -> None:
    assert asked_range(header, 100) == part


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0)])
def test_ranges_behind_the_end_cannot_be_had(header: str, size: int) -> None:
    with pytest.raises(UnsatisfiableError):
        asked_range(header, size)
