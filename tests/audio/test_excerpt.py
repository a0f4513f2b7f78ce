"""A stretch of a recording is what a full decode has there, however the file is reached into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from media_files import KINDS, music, write
from soundglass.audio import excerpt
from soundglass.audio.decode import decode
from soundglass.audio.excerpt import read_excerpt
from soundglass.core.errors import AudioError

RATE = 48_000
LOSSLESS = ("wav", "aiff", "flac", "alac", "wv")


def whole(path: Path) -> np.ndarray:
    return decode(path, lambda blocks: np.concatenate([block.mean(axis=1) for block in blocks])).result


def never(*_: object, **__: object) -> None:
    raise AssertionError("decoded from the beginning")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_that_stretch_of_the_full_decode(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind, music(6.0, RATE), RATE)
    found = read_excerpt(path, RATE, 2.5, 1.5)
    assert (found.start_s, found.sample_rate, found.duration_s) == (2.5, RATE, 1.5)
    assert found.samples.dtype == np.float32
    np.testing.assert_allclose(found.samples, whole(path)[int(2.5 * RATE) : 4 * RATE], atol=1e-6)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "mp3", "aiff"])
def test_what_libsndfile_reads_is_not_decoded_from_its_beginning(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "x", kind, music(6.0, RATE), RATE)
    monkeypatch.setattr(excerpt, "decode", never)
    assert read_excerpt(path, RATE, 4.0, 1.0).duration_s == 1.0


@pytest.mark.parametrize("kind", LOSSLESS)
def test_the_middle_leaves_as_much_before_as_after(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind, music(7.0, RATE), RATE)
    assert read_excerpt(path, RATE, None, 3.0).start_s == pytest.approx(2.0, abs=1e-4)


@pytest.mark.parametrize("kind", ["wav", "m4a"])
def test_a_recording_that_ends_before_gives_what_there_is(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind, music(2.0, RATE), RATE)
    assert read_excerpt(path, RATE, 1.0, 10.0).duration_s == pytest.approx(1.0, abs=0.05)
    middle = read_excerpt(path, RATE, None, 10.0)
    assert middle.start_s == 0
    assert middle.duration_s == pytest.approx(2.0, abs=0.05)
    assert read_excerpt(path, RATE).duration_s == pytest.approx(2.0, abs=0.05)
    with pytest.raises(AudioError, match=r"ends before 30\.00 s"):
        read_excerpt(path, RATE, 30.0, 10.0)


def test_channels_are_averaged_and_resampled_by_soxr(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", "wav", music(3.0, 44_100), 44_100)
    stored, _ = soundfile.read(path, dtype="float32")
    expected = soxr.resample(stored[44_100:].mean(axis=1), 44_100, 22_050, quality="HQ")
    np.testing.assert_allclose(read_excerpt(path, 22_050, 1.0).samples, expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac", "ogg"])
def test_the_middle_of_half_a_file_is_that_of_what_is_left(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind, music(8.0, RATE), RATE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    left = whole(path)
    found = read_excerpt(path, RATE, None, 1.0)
    assert found.start_s == pytest.approx((len(left) / RATE - 1.0) / 2, abs=0.1)
    first = round(found.start_s * RATE)
    np.testing.assert_allclose(found.samples, left[first : first + RATE], atol=1e-6)


def test_the_middle_is_found_where_libsndfile_guesses_the_length_wrong(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp3", "mp3", music(12.0, 44_100, 1), 44_100)
    data = path.read_bytes()
    second = data.index(b"\xff\xfb", 4)  # the first frame is not sound but says how many follow
    path.write_bytes(data[second:])
    assert soundfile.info(path).duration < 6.0
    found = read_excerpt(path, 44_100, None, 2.0)
    assert found.start_s == pytest.approx(5.0, abs=0.05)
    assert found.duration_s == 2.0


def test_a_hole_in_a_file_does_not_end_the_stretch(tmp_path: Path) -> None:
    path = write(tmp_path / "x.flac", "flac", music(6.0, RATE), RATE)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    path.write_bytes(data)
    assert read_excerpt(path, RATE, 2.0, 3.0).duration_s == 3.0


def test_nothing_and_what_is_no_audio_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", "wav")
    for seconds in (0.0, -1.0, float("nan")):
        with pytest.raises(AudioError, match="can be cut"):
            read_excerpt(path, RATE, 0.0, seconds)
    path.write_bytes(b"no sound" * 99)
    with pytest.raises(AudioError, match="is not audio"):
        read_excerpt(path, RATE)
    with pytest.raises(AudioError, match="cannot be read"):
        read_excerpt(tmp_path / "gone.wav", RATE)


def test_samples_are_finite_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    samples = music(2.0, RATE, 1)
    samples[1000], samples[2000] = np.nan, 900.0
    soundfile.write(path, samples, RATE, "FLOAT")
    found = read_excerpt(path, RATE).samples
    assert np.isfinite(found).all()
    assert found.max() == 4.0
