"""Samples from anywhere in a recording: pieces are the whole, cut, to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from media_files import KINDS, music, write
from soundglass.audio.decode import decode
from soundglass.audio.pcm import PcmReader, channels_of, demuxer_of
from soundglass.core.errors import AudioError

# AAC fills up with noise that depends on what was decoded before; the rest is exact.
EXACT = tuple(kind for kind in KINDS if kind not in {"m4a", "aac"})
SECONDS = 6.0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    return {
        kind: write(folder / f"a.{kind}", kind, music(SECONDS, 48_000 if kind == "opus" else 44_100))
        for kind in KINDS
    }


def whole(path: Path) -> np.ndarray:
    """Decode a file in one go, and convert it sample by sample as the definition of 16-bit PCM has it."""
    samples = decode(path, lambda blocks: np.concatenate(list(blocks))).result
    return np.clip(np.rint(samples.astype(np.float64) * 2**15), -(2**15), 2**15 - 1)


def decoder_of(path: Path) -> str:
    return decode(path, lambda blocks: [None for _ in blocks]).decoder


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_in_a_row_make_the_whole(files: dict[str, Path], kind: str) -> None:
    reader = PcmReader(files[kind], decoder_of(files[kind]))
    sizes, pieces = iter([1, 1000, 44_100, 7, 65_536, 100_000] + [30_000] * 20), []
    at = 0
    while len(piece := reader.read(at, next(sizes))):
        pieces.append(piece)
        at += len(piece)
    reader.close()
    np.testing.assert_array_equal(np.concatenate(pieces), whole(files[kind]))


@pytest.mark.parametrize("kind", EXACT)
def test_pieces_from_anywhere_are_cut_from_the_whole(files: dict[str, Path], kind: str) -> None:
    expected = whole(files[kind])
    reader = PcmReader(files[kind], decoder_of(files[kind]))
    rng = np.random.default_rng(0)
    for first in (*rng.integers(0, len(expected), 25).tolist(), 0, len(expected) - 5, len(expected) - 1):
        n = int(rng.integers(1, 9000))
        # One unit: lossy decoders differ by rounding in what they have in the pipe.
        np.testing.assert_allclose(reader.read(first, n), expected[first : first + n], atol=1)
    assert len(reader.read(len(expected) + 10, 100)) == 0
    np.testing.assert_allclose(reader.read(5, 10), expected[5:15], atol=1)
    reader.close()


@pytest.mark.parametrize("kind", ["m4a", "aac"])
def test_pieces_of_aac_lie_where_the_whole_has_them(files: dict[str, Path], kind: str) -> None:
    expected = whole(files[kind])
    reader = PcmReader(files[kind], "pyav")
    for first in (100_000, 30_000, 200_001, 5):
        piece = reader.read(first, 8192).astype(float)
        shifts = {
            shift: np.abs(piece - expected[first + shift : first + shift + 8192]).mean()
            for shift in range(-5, 6)
        }
        assert min(shifts, key=shifts.__getitem__) == 0
        assert shifts[0] < 0.1 * np.abs(piece).mean()
    reader.close()


def test_lossless_samples_come_out_as_they_went_in(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    samples = rng.integers(-(2**15), 2**15, (50_000, 2), dtype=np.int16)
    for kind in ("alac", "wv", "aiff", "flac", "wav"):
        path = write(tmp_path / f"a.{kind}", kind, (samples / 2.0**15).astype(np.float32))
        reader = PcmReader(path)
        np.testing.assert_array_equal(reader.read(12_345, 4000), samples[12_345:16_345])
        np.testing.assert_array_equal(reader.read(0, 10**6), samples)
        reader.close()


def test_what_exceeds_full_scale_is_clipped(tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "loud.wav"
    soundfile.write(path, np.array([1.5, -1.5, 0.5, np.nan], np.float32), 44_100, "FLOAT")
    reader = PcmReader(path)
    assert reader.read(0, 9).ravel().tolist() == [32_767, -32_768, 16_384, 0]
    reader.close()


def test_surround_keeps_its_channels_and_more_become_one(tmp_path: Path) -> None:
    import soundfile

    samples = np.tile(np.arange(16, dtype=np.int16) * 64, (100, 1))
    for channels, read in ((6, 6), (8, 8), (16, 1)):
        path = tmp_path / f"{channels}.wav"
        soundfile.write(path, samples[:, :channels], 44_100)
        reader = PcmReader(path)
        assert (reader.channels, channels_of(channels)) == (read, read)
        expected = samples[:, :channels] if read > 1 else np.full((100, 1), 480)
        np.testing.assert_array_equal(reader.read(0, 100), expected)
        reader.close()


def test_a_damaged_file_is_read_as_far_as_the_scan_read_it(files: dict[str, Path], tmp_path: Path) -> None:
    for kind in ("mp3", "flac", "alac", "wma"):
        content = bytearray(files[kind].read_bytes())
        middle = len(content) // 2
        content[middle : middle + 700] = bytes(700)
        path = tmp_path / f"a.{kind}"
        path.write_bytes(content)
        n_frames = len(whole(path))
        reader = PcmReader(path, decoder_of(path))
        got = sum(len(reader.read(at, 10_000)) for at in range(0, n_frames, 10_000))
        assert abs(got - n_frames) < 9000
        reader.close()


def test_a_file_that_is_no_audio_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"not at all" * 100)
    for ask in (PcmReader, demuxer_of):
        with pytest.raises(AudioError, match="is not audio"):
            ask(path)


def test_containers_are_told_by_their_content(files: dict[str, Path]) -> None:
    named = {kind: demuxer_of(path) for kind, path in files.items()}
    assert named["alac"] == named["m4a"] == "mov"
    assert (named["wma"], named["aiff"], named["wv"], named["opus"]) == ("asf", "aiff", "wv", "ogg")
