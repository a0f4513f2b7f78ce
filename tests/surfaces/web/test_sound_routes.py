"""Sound over HTTP: the file or its samples, from any byte, and one line where there is none."""

from __future__ import annotations

import base64
import io
import os
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounding import stored
from starlette.testclient import TestClient

from media_files import KINDS, music, write
from soundglass.audio.decode import decode
from soundglass.core.errors import AudioError
from soundglass.surfaces.web.sound.wav import WavContent

SECONDS = 4.0
DECODED = ("alac", "wma", "aiff", "wv")
AS_THEY_ARE = {
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "wav": "audio/wav",
}
HEADER = 44


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sound") / "music"
    folder.mkdir()
    made = {
        kind: write(folder / f"{kind}.{kind}", kind, music(SECONDS, 48_000 if kind == "opus" else 44_100))
        for kind in KINDS
    }
    return made | {"تقاسيم": write(folder / "تقاسيم «ليل».wav", "wav", music(1.0, channels=1))}


@pytest.fixture(scope="module")
def web(files: dict[str, Path], client: Callable[..., TestClient]) -> TestClient:
    return client(stored(files["wav"].parent, files))


def whole(path: Path) -> np.ndarray:
    samples = decode(path, lambda blocks: np.concatenate(list(blocks))).result
    return np.clip(np.rint(samples.astype(np.float64) * 2**15), -(2**15), 2**15 - 1)


def read_wav(content: bytes) -> tuple[int, np.ndarray]:
    """Read a WAV file by the standard library."""
    with wave.open(io.BytesIO(content)) as file:
        assert file.getsampwidth() == 2
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return file.getframerate(), samples.reshape(-1, file.getnchannels())


@pytest.mark.parametrize("kind", AS_THEY_ARE)
def test_what_browsers_play_is_given_as_it_is(web: TestClient, files: dict[str, Path], kind: str) -> None:
    answer = web.get(f"/audio/{kind}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, AS_THEY_ARE[kind])
    assert answer.content == files[kind].read_bytes()
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", DECODED)
def test_what_browsers_lack_is_decoded(web: TestClient, files: dict[str, Path], kind: str) -> None:
    answer = web.get(f"/audio/{kind}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    rate, samples = read_wav(answer.content)
    assert rate == 44_100
    np.testing.assert_array_equal(samples, whole(files[kind]))


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus", "m4a", "تقاسيم"])
def test_anything_is_decoded_on_demand(web: TestClient, files: dict[str, Path], kind: str) -> None:
    answer = web.get(f"/audio/{kind}?as=wav")
    assert answer.headers["content-type"] == "audio/wav"
    np.testing.assert_array_equal(read_wav(answer.content)[1], whole(files[kind]))


@pytest.mark.parametrize("address", ["/audio/flac", "/audio/alac", "/audio/wma", "/audio/mp3?as=wav"])
def test_a_range_is_cut_from_the_whole(web: TestClient, address: str) -> None:
    full = web.get(address).content
    size, rng = len(full), np.random.default_rng(0)
    asked = {
        "bytes=0-0": slice(0, 1),
        "bytes=0-": slice(0, size),
        "bytes=10-50": slice(10, 51),
        "bytes=43-44": slice(43, 45),
        "bytes=-7": slice(size - 7, size),
        f"bytes=-{2 * size}": slice(0, size),
        f"bytes={size - 1}-": slice(size - 1, size),
        f"bytes={size // 2 + 1}-{10 * size}": slice(size // 2 + 1, size),
        "BYTES = 3 - 9": slice(3, 10),
    }
    for start, stop in rng.integers(0, size, (8, 2)).tolist():
        low, high = sorted((start, stop))
        asked[f"bytes={low}-{high}"] = slice(low, high + 1)
    for header, part in asked.items():
        answer = web.get(address, headers={"Range": header})
        assert answer.status_code == 206, header
        assert answer.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/{size}"
        assert answer.headers["content-length"] == str(part.stop - part.start)
        assert_near(answer.content, full[part], header)


def assert_near(got: bytes, expected: bytes, header: str) -> None:
    """After a jump, a lossy decoder may round the last of 16 bits otherwise."""
    assert len(got) == len(expected)
    off = np.abs(np.frombuffer(got, np.uint8).astype(int) - np.frombuffer(expected, np.uint8))
    assert np.minimum(off, 256 - off).max(initial=0) <= 1, header


@pytest.mark.parametrize("address", ["/audio/flac", "/audio/alac"])
def test_ranges_behind_the_end_are_refused(web: TestClient, address: str) -> None:
    size = int(web.head(address).headers["content-length"])
    for header in (f"bytes={size}-", f"bytes={10**18}-{10**18 + 1}", "bytes=-0"):
        answer = web.get(address, headers={"Range": header})
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    "header",
    [
        *("bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "items=0-5", "bytes=0x1-2", "bytes=١-٢"),
        *("bytes=0-1,5-9", "bytes=" + "0-0," * 10_000 + "1-1", "bytes=" + "9" * 5000 + "-"),
    ],
)
def test_ranges_that_make_no_sense_or_too_much_give_the_whole(web: TestClient, header: str) -> None:
    answer = web.get("/audio/mp3", headers={"Range": header.encode()})
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("address", ["/audio/mp3", "/audio/alac"])
def test_head_says_what_get_would_give(web: TestClient, address: str) -> None:
    for headers in ({}, {"Range": "bytes=100-199"}):
        head, get = web.head(address, headers=headers), web.get(address, headers=headers)
        assert (head.status_code, head.content) == (get.status_code, b"")
        for name in ("content-length", "content-type", "etag", "accept-ranges", "content-range"):
            assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("address", ["/audio/wav", "/audio/alac"])
def test_conditions_hold(web: TestClient, files: dict[str, Path], address: str) -> None:
    tag = web.head(address).headers["etag"]
    assert web.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert web.get(address, headers={"If-None-Match": f'"x", W/{tag}'}).status_code == 304
    assert web.get(address, headers={"If-None-Match": '"x"'}).status_code == 200
    part = {"Range": "bytes=0-9"}
    assert web.get(address, headers=part | {"If-Range": tag}).status_code == 206
    assert web.get(address, headers=part | {"If-Range": '"x"'}).status_code == 200
    path = files[address.rpartition("/")[2]]
    before = path.stat()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000))
    assert web.head(address).headers["etag"] != tag
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_recording_that_ends_early_is_filled_with_silence(
    files: dict[str, Path], client: Callable[..., TestClient], tmp_path: Path
) -> None:
    """The length is promised before a sample is decoded."""
    folder = tmp_path / "music"
    folder.mkdir()
    path = folder / "a.aiff"
    path.write_bytes(files["aiff"].read_bytes())
    web = client(stored(folder, {"a": path}))
    samples = music(1.0)
    with path.open("wb") as file:
        soundfile.write(file, samples, 44_100, "PCM_16", format="AIFF")
    _, got = read_wav(web.get("/audio/a").content)
    assert len(got) == SECONDS * 44_100
    assert np.abs(got[:44_100]).max() > 1000
    assert not got[44_100:].any()


def test_a_row_of_a_table_is_said_to_have_no_sound(web: TestClient) -> None:
    answer = web.get("/audio/row")
    assert answer.status_code == 404
    assert answer.json()["error"] == "Comes from a table: there is no sound"
    assert web.get("/audio/nothing").status_code == 404
    assert web.get("/audio/..%2f..%2fetc%2fpasswd").status_code == 404
    assert web.get("/audio/mp3?as=exe").status_code == 422


def test_files_that_are_gone_damaged_or_led_elsewhere_are_said(
    files: dict[str, Path], client: Callable[..., TestClient], tmp_path: Path
) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    names = ("gone", "noise", "fifo", "led", "empty", "other")
    mine = {name: folder / f"{name}.m4a" for name in names}
    for path in mine.values():
        path.write_bytes(files["alac"].read_bytes())
    web = client(stored(folder, mine))
    for path in mine.values():
        path.unlink()
    mine["noise"].write_bytes(os.urandom(20_000))
    os.mkfifo(mine["fifo"])
    (tmp_path / "secret.m4a").write_bytes(files["alac"].read_bytes())
    mine["led"].symlink_to(tmp_path / "secret.m4a")
    mine["empty"].touch()
    write(mine["other"], "alac", music(1.0, 22_050, channels=1))
    said = {
        "gone": "is no longer there",
        "noise": "is not audio",
        "fifo": "is no longer a plain file",
        "led": "leads out of the folders that were scanned",
        "empty": "is an empty file",
        "other": "has changed since it was scanned",
    }
    for name, message in said.items():
        answer = web.get(f"/audio/{name}")
        assert (answer.status_code, answer.json()["error"]) == (404, f"{name}.m4a: {message}")
        assert answer.json()["remedy"]
        assert str(tmp_path) not in answer.text


def test_what_fails_later_on_is_silence() -> None:
    """Its bytes were promised already."""

    def ask(name: str, first: int, n_frames: int, **_: object) -> str:
        if first > 40_000:
            raise AudioError("the decoder crashed")
        return base64.b64encode(b"\1\1\1\1" * n_frames).decode()

    content = WavContent(Path("a.wma"), (1, 1), "pyav", 44_100, 2, 5 * 44_100, ask)
    body = b"".join(content.blocks(0, content.size))
    assert len(body) == content.size
    assert (body[44:48], body[-4:]) == (b"\1\1\1\1", bytes(4))
    with pytest.raises(AudioError):
        list(content.blocks(44 + 41_000 * 4, content.size))


def test_a_wav_file_never_outgrows_what_its_header_can_say() -> None:
    content = WavContent(Path("a.wma"), (1, 1), "pyav", 192_000, 2, 192_000 * 6 * 3600, ask=dict)
    assert content.size <= 2**32 - 1
    assert int.from_bytes(content.header[4:8], "little") == content.size - 8
    assert int.from_bytes(content.header[40:44], "little") == content.size - 44
    assert (content.size - 44) % 4 == 0


def test_no_file_stays_open(web: TestClient, files: dict[str, Path]) -> None:
    def held() -> int:
        opened = [os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()]
        return sum(path.startswith(str(files["wav"].parent)) for path in opened)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    for headers in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=999999999-"}, {"If-None-Match": "*"}):
        web.get("/audio/wav", headers=headers)
        web.head("/audio/wav", headers=headers)
    assert held() == 0
