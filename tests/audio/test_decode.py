"""Decoding: every format, both libraries, odd files, and what is said about them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media_files import KINDS, PYAV_FORMATS, SOUNDFILE_FORMATS, music, write
from soundglass.audio import _soundfile
from soundglass.audio._container import identify_container
from soundglass.audio._pyav import PyavSource
from soundglass.audio._soundfile import SoundfileSource
from soundglass.audio.decode import AudioBlocks, decode, read_mono
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits

LIMITS = AudioLimits()
CODECS = {
    "wav": "pcm_16",
    "aiff": "pcm_16",
    "flac": "flac",
    "ogg": "vorbis",
    "opus": "opus",
    "mp3": "mp3",
    "m4a": "aac",
    "alac": "alac",
    "aac": "aac",
    "wma": "wmav2",
    "wv": "wavpack",
}
# An MP3, AAC or WMA frame of padding or delay may remain where the container has no field for it.
LOSSLESS = {"wav", "aiff", "flac", "alac", "wv"}


def samples_of(blocks: AudioBlocks) -> np.ndarray:
    return np.concatenate(list(blocks))


def decode_all(path: Path, **kwargs) -> tuple[np.ndarray, tuple[str, ...]]:
    decoded = decode(path, samples_of, **kwargs)
    return decoded.result, decoded.flags


def by_both_libraries(path: Path) -> tuple[np.ndarray, np.ndarray]:
    container = identify_container(path, LIMITS)
    with (
        closing(SoundfileSource(path, LIMITS)) as first,
        closing(PyavSource(path, container, LIMITS)) as second,
    ):
        return np.concatenate(list(first)), np.concatenate(list(second))


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_back_what_was_encoded(kind: str, tmp_path: Path) -> None:
    rate = 48_000 if kind == "opus" else 44_100
    original = music(rate=rate)
    decoded = decode(write(tmp_path / "x", kind, original, rate), samples_of)

    assert decoded.sample_rate == rate
    assert decoded.channels == 2
    assert decoded.codec == CODECS[kind]
    assert decoded.decoder == ("soundfile" if kind in SOUNDFILE_FORMATS else "pyav")
    assert decoded.flags == ()
    assert decoded.result.dtype == np.float32
    assert decoded.duration_s == len(decoded.result) / rate
    assert decoded.duration_s == pytest.approx(2.0, abs=0 if kind in LOSSLESS else 0.05)
    if kind in LOSSLESS:
        np.testing.assert_allclose(decoded.result, original, atol=2**-15)
    else:
        assert best_correlation(decoded.result[:, 0], original[:, 0]) > 0.99


def best_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the largest normalised cross-correlation over lags of up to 3,000 samples."""
    middle = a[20_000:60_000].astype(np.float64)
    lags = (b[20_000 + lag : 60_000 + lag].astype(np.float64) for lag in range(-3000, 3001))
    return max(float(np.dot(middle, c) / np.sqrt(np.dot(middle, middle) * np.dot(c, c))) for c in lags)


@pytest.mark.parametrize(
    ("kind", "tolerance"),
    # FFmpeg has an Opus decoder of its own, which is not bit-exact with libopus.
    [("wav", 0), ("aiff", 0), ("flac", 0), ("ogg", 1e-5), ("mp3", 1e-5), ("opus", 5e-3)],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_soundfile_and_pyav_agree_sample_by_sample(
    kind: str, tolerance: float, channels: int, tmp_path: Path
) -> None:
    path = write(tmp_path / "x", kind, music(rate=48_000, channels=channels), 48_000)
    first, second = by_both_libraries(path)

    assert first.shape == second.shape
    np.testing.assert_allclose(first.mean(axis=1), second.mean(axis=1), atol=tolerance, rtol=0)


def test_both_libraries_agree_on_real_music(shared_data: Path) -> None:
    for path in sorted((shared_data / "audio").glob("*.ogg"))[::4]:
        first, second = (samples.mean(axis=1) for samples in by_both_libraries(path))
        # Ogg files cut from longer ones start before time zero, which libsndfile drops a second too late.
        middle = slice(3 * 44_100, 28 * 44_100)
        np.testing.assert_allclose(first[middle], second[middle], atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", ["alac", "wv", "wav", "flac"])
def test_lossless_channels_of_five_point_one_stay_apart(kind: str, tmp_path: Path) -> None:
    original = music(0.5, channels=6)
    result, _ = decode_all(write(tmp_path / "x", kind, original))
    # ALAC has a channel order of its own; what matters is that nothing is mixed.
    matched = [min(np.abs(result[:, i] - original[:, j]).max() for j in range(6)) for i in range(6)]
    assert result.shape == original.shape
    assert max(matched) < 2**-14


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (192_000, 2), (44_100, 1), (11_025, 2)])
@pytest.mark.parametrize("kind", ["wav", "flac", "wv"])
def test_rates_and_channels_are_kept(kind: str, rate: int, channels: int, tmp_path: Path) -> None:
    original = music(1.0, rate, channels)
    decoded = decode(write(tmp_path / "x", kind, original, rate), samples_of)
    assert (decoded.sample_rate, decoded.channels) == (rate, channels)
    np.testing.assert_allclose(decoded.result, original, atol=2**-15)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW", "ULAW"])
def test_both_libraries_scale_every_sample_format_alike(subtype: str, tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    soundfile.write(path, music(0.5), 44_100, subtype=subtype)
    first, second = by_both_libraries(path)
    np.testing.assert_allclose(first, second, atol=1e-6)


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "m4a"])
def test_blocks_are_bounded_by_the_limit(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind)
    lengths = decode(path, lambda blocks: [len(b) for b in blocks], AudioLimits(block_frames=8192)).result
    assert max(lengths) <= 2 * 8192
    assert len(lengths) > 5


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_long_recordings_are_cut_at_the_limit(kind: str, tmp_path: Path) -> None:
    decoded = decode(write(tmp_path / "x", kind), samples_of, AudioLimits(max_duration_s=1.5))
    assert len(decoded.result) == 1.5 * 44_100
    assert decoded.flags == ("cut",)


def test_a_consumer_may_stop_early(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", "wav")
    decoded = decode(path, lambda blocks: len(next(blocks)), AudioLimits(block_frames=1000))
    assert decoded.result == 1000
    assert "truncated" not in decoded.flags


def test_an_error_of_the_consumer_is_not_swallowed(tmp_path: Path) -> None:
    def fail(_: AudioBlocks) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decode(write(tmp_path / "x.wav", "wav"), fail)


def flags_of(
    tmp_path: Path, samples: np.ndarray, subtype: str = "FLOAT"
) -> tuple[np.ndarray, tuple[str, ...]]:
    path = tmp_path / "x.wav"
    soundfile.write(path, samples, 44_100, subtype=subtype)
    return decode_all(path)


def test_short_silent_clipped_loud_and_non_finite_files_are_flagged(tmp_path: Path) -> None:
    tone = music(2.0)
    assert flags_of(tmp_path, tone)[1] == ()
    assert flags_of(tmp_path, tone[:13_000])[1] == ("short",)
    assert flags_of(tmp_path, tone * 1e-5)[1] == ("silent",)
    assert flags_of(tmp_path, np.zeros_like(tone))[1] == ("silent",)
    assert flags_of(tmp_path, np.clip(tone * 8, -1, 1), "PCM_16")[1] == ("clipped",)

    loud = tone.copy()
    loud[1000] = 11.0
    result, flags = flags_of(tmp_path, loud)
    assert flags == ("peaks_over_full_scale",)
    assert result.max() == 4.0

    broken = tone.copy()
    broken[[10, 70_000], 0] = np.nan, np.inf
    result, flags = flags_of(tmp_path, broken)
    assert flags == ("non_finite",)
    assert result[10, 0] == result[70_000, 0] == 0
    np.testing.assert_array_equal(result[~np.isnan(broken)[:, 0]][:9], tone[:9])


def test_peaks_a_little_over_full_scale_are_kept(tmp_path: Path) -> None:
    tone = music(2.0)
    tone[5000] = 1.7
    result, flags = flags_of(tmp_path, tone)
    assert flags == ()
    assert result.max() == np.float32(1.7)


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in {"ogg", "opus", "aac", "m4a", "alac"}])
def test_half_a_file_is_decoded_and_flagged(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind, music(4.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    decoded = decode(path, samples_of)
    assert "truncated" in decoded.flags
    assert 1.0 < decoded.duration_s < 3.0


@pytest.mark.parametrize("kind", ["ogg", "opus", "aac"])
def test_half_a_file_without_a_stated_length_is_decoded(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind, music(8.0, 48_000), 48_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 1.0 < decode(path, samples_of).duration_s < 7.0


def test_pyav_takes_over_where_soundfile_stops_short(tmp_path: Path) -> None:
    path = write(tmp_path / "x.flac", "flac", music(4.0))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    path.write_bytes(data)
    seen = []
    decoded = decode(path, lambda blocks: (seen.append(blocks.decoder), samples_of(blocks))[1])

    assert seen == ["soundfile", "pyav"]
    assert decoded.decoder == "pyav"
    assert decoded.duration_s > 3.5
    assert "damaged" in decoded.flags


def test_a_second_decoder_runs_only_where_the_first_falls_short(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp3", "mp3")
    for expected_s, decoders in [(2.0, 1), (2.2, 1), (2.3, 2), (None, 1)]:
        seen: list[str] = []
        decode(
            path,
            lambda blocks, seen=seen: (seen.append(blocks.decoder), samples_of(blocks)),
            expected_s=expected_s,
        )
        assert len(seen) == decoders


@pytest.mark.parametrize("damage", ["zero_total", "streamed"])
def test_flac_without_a_stated_length_decodes_fully(damage: str, tmp_path: Path) -> None:
    original = music(5.0)
    path = write(tmp_path / "x.flac", "flac", original)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)  # total samples
    if damage == "streamed":
        data[12:18] = bytes(6)  # frame sizes
        data[26:42] = bytes(16)  # MD5
    path.write_bytes(data)
    result, flags = decode_all(path)
    np.testing.assert_allclose(result, original, atol=2**-15)
    assert flags == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"#!/bin/sh\necho hello\n" * 100, "not audio"),
        (bytes(5000), "not audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "no audio"),
        (b"fLaC\x00\x00\x00\x22" + bytes(34), "no audio"),
        (b"OggS\x00\x02" + bytes(40), "no audio"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10), "not audio"),
    ],
)
def test_what_is_not_audio_is_refused_with_a_remedy(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=message) as caught:
        decode(path, samples_of)
    assert caught.value.path == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_without_audio_is_refused(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(AudioError) as caught:
        decode(path, samples_of)
    assert caught.value.remedy


def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    for name, message in [("missing.mp3", "No such file"), (".", "plain file"), ("pipe.mp3", "plain file")]:
        with pytest.raises(AudioError, match=message):
            decode(tmp_path / name, samples_of)


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (AudioLimits(max_channels=1), "max_channels"),
        (AudioLimits(max_sample_rate=8000), "max_sample_rate"),
        (AudioLimits(min_sample_rate=96_000), "min_sample_rate"),
        (AudioLimits(max_file_bytes=100), "max_file_bytes"),
    ],
)
@pytest.mark.parametrize("kind", ["wav", "m4a"])
def test_formats_beyond_the_limits_are_refused_by_name(
    kind: str, limits: AudioLimits, named: str, tmp_path: Path
) -> None:
    with pytest.raises(AudioError) as caught:
        decode(write(tmp_path / "x", kind), samples_of, limits)
    assert named in str(caught.value)


def test_odd_names_are_opened(tmp_path: Path) -> None:
    names = [b"-", b"--help.mp3", b"new\nline.mp3", b"\xff\xfe.mp3", b"concat:a.mp3", b"http:x", b"x" * 255]
    original = write(tmp_path / "plain", "mp3").read_bytes()
    for name in names:
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(original)
        assert len(decode(path, samples_of).result) == 2 * 44_100


def test_a_relative_name_is_not_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "-", "wav")
    monkeypatch.chdir(tmp_path)
    assert decode(Path("-"), samples_of).decoder == "soundfile"


@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_read_mono_is_the_resampled_mean_of_the_channels(rate: int, tmp_path: Path) -> None:
    import librosa

    original = music(3.0)
    path = write(tmp_path / "x.wav", "wav", original)
    mono = read_mono(path, rate)
    stored, _ = soundfile.read(path, dtype="float32")
    reference = librosa.resample(stored.mean(axis=1), orig_sr=44_100, target_sr=rate, res_type="soxr_hq")
    assert mono.dtype == np.float32
    assert abs(len(mono) - len(reference)) <= 1
    np.testing.assert_allclose(mono[: len(reference)], reference[: len(mono)], atol=1e-5)


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 22_050, 2, "PCM_16") as file:
        for _ in range(60):
            file.write(np.zeros((22_050 * 60, 2), np.float32))
    script = (
        "import sys; from pathlib import Path; from soundglass.audio.decode import decode\n"
        "status = Path('/proc/self/status')\n"
        "peak = lambda: int(status.read_text().partition('VmHWM:')[2].split()[0])\n"
        "before = peak(); d = decode(Path(sys.argv[1]), lambda blocks: sum(len(b) for b in blocks))\n"
        "print(d.duration_s, (peak() - before) << 10)"
    )
    output = subprocess.run([sys.executable, "-c", script, path], capture_output=True, check=True, text=True)
    duration_s, grown = map(float, output.stdout.split())
    assert duration_s == 3600
    assert grown < 60 << 20


def test_a_container_is_never_guessed_from_the_name(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp3", "flac")
    assert decode(path, samples_of).codec == "flac"


def test_id3_before_another_format_is_skipped(tmp_path: Path) -> None:
    for kind in ("flac", "aac", "mp3"):
        path = write(tmp_path / kind, kind)
        path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + path.read_bytes())
        assert decode(path, samples_of).codec == CODECS[kind]


def test_pyav_decodes_what_libsndfile_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise soundfile.LibsndfileError(1)

    path = write(tmp_path / "x.mp3", "mp3")
    monkeypatch.setattr(_soundfile.soundfile, "SoundFile", refuse)
    decoded = decode(path, samples_of)
    assert decoded.decoder == "pyav"
    assert len(decoded.result) == 2 * 44_100


def test_the_formats_of_pyav_are_not_tried_with_libsndfile(tmp_path: Path) -> None:
    for kind in PYAV_FORMATS:
        assert not identify_container(write(tmp_path / kind, kind), LIMITS).soundfile
