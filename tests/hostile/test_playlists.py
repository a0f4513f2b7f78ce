"""Playlists and references dressed up as audio: nothing but the file itself is ever read."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from media_files import write
from soundglass.audio.decode import decode
from soundglass.audio.identity import content_hash
from soundglass.audio.tags import read_tags
from soundglass.core.errors import AudioError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs inotify to see who reads a file")

IN_ACCESS_OR_OPEN = 0x1 | 0x20


class Watch:
    """Counts who opens or reads a file, by any means."""

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._fd, os.fsencode(path), IN_ACCESS_OR_OPEN) >= 0

    def was_read(self) -> bool:
        try:
            return bool(os.read(self._fd, 65536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._fd)


@pytest.fixture
def sentinel(tmp_path: Path) -> Iterator[tuple[Path, Watch]]:
    """A recording nobody may touch."""
    path = write(tmp_path / "sentinel.wav", "wav")
    watch = Watch(path)
    yield path, watch
    watch.close()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A server nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def was_called(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


HLS = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:2.0,\n{0}\n#EXT-X-ENDLIST\n"
PLAYLISTS = {
    "hls_file": HLS.format("file://{path}"),
    "hls_relative": HLS.format("{name}"),
    "hls_http": HLS.format("http://127.0.0.1:{port}/a.ts"),
    "hls_key": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n"
    '#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:{port}/key"\n#EXTINF:2,\n{name}\n#EXT-X-ENDLIST\n',
    "hls_master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/b.m3u8\n",
    "concat": "ffconcat version 1.0\nfile {name}\n",
    "concat_protocol": "concat:{path}|{path}\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" '
    'bandwidth="1"><BaseURL>http://127.0.0.1:{port}/x.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
    "m3u": "{path}\nhttp://127.0.0.1:{port}/a.mp3\n",
    "pls": "[playlist]\nFile1=http://127.0.0.1:{port}/a.mp3\nNumberOfEntries=1\n",
    "asx": '<asx version="3.0"><entry><ref href="http://127.0.0.1:{port}/a.wma"/></entry></asx>',
}


def fill(name: str, sentinel: Path, server: socket.socket) -> bytes:
    values = {"path": sentinel, "name": sentinel.name, "port": server.getsockname()[1]}
    return PLAYLISTS[name].format(**values).encode()


def try_everything(path: Path) -> None:
    for use in (read_tags, content_hash, lambda p: decode(p, lambda blocks: sum(map(len, blocks)))):
        try:
            use(path)
        except AudioError as error:
            assert error.path == str(path)
            assert error.remedy


def test_the_watch_sees_ffmpeg_follow_an_unguarded_playlist(
    tmp_path: Path, sentinel: tuple[Path, Watch], server: socket.socket
) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(fill("concat", sentinel[0], server))
    with av.open(str(path)) as opened:
        assert opened.streams.audio
    assert sentinel[1].was_read()


@pytest.mark.parametrize("disguise", ["plain", "behind_id3", "before_mp3", "behind_mp3"])
@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_disguised_playlist_reads_and_calls_nothing(
    name: str, disguise: str, tmp_path: Path, sentinel: tuple[Path, Watch], server: socket.socket
) -> None:
    content = fill(name, sentinel[0], server)
    audio = write(tmp_path / "audio.mp3", "mp3").read_bytes() if "mp3" in disguise else b""
    id3 = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
    path = tmp_path / "x.mp3"
    path.write_bytes(
        {
            "plain": content,
            "behind_id3": id3 + content,
            "before_mp3": content + audio,
            "behind_mp3": audio + content,
        }[disguise]
    )
    try_everything(path)
    assert not sentinel[1].was_read()
    assert not was_called(server)


@pytest.mark.parametrize("box", [b"url ", b"alis"])
def test_an_mp4_that_keeps_its_audio_elsewhere_reads_nothing_else(
    box: bytes, tmp_path: Path, sentinel: tuple[Path, Watch], server: socket.socket
) -> None:
    path = write(tmp_path / "x.m4a", "m4a")
    data = path.read_bytes()
    at = data.index(b"dref") + 16
    assert data[at : at + 8] == b"url \0\0\0\1"
    # Clear the flag that says "in this file"; the entry then names another one.
    path.write_bytes(data[:at] + box + bytes(4) + data[at + 8 :])
    try_everything(path)
    external = data[: at - 4] + struct.pack(">I", 12 + len(os.fsencode(sentinel[0])) + 1) + box + bytes(4)
    path.write_bytes(external + os.fsencode(sentinel[0]) + b"\0" + data[at + 8 :])
    try_everything(path)
    assert not sentinel[1].was_read()
    assert not was_called(server)


def test_neighbours_of_a_file_are_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp3", "mp3")
    for name in ("._x.mp3", "x.ogg", "x.m3u8"):
        neighbour = tmp_path / name
        neighbour.write_bytes(b"Sd2f" * 100)
        watch = Watch(neighbour)
        try_everything(path)
        assert not watch.was_read()
        watch.close()
