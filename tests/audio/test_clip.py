from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media_files import KINDS, music, write
from soundglass.audio.clip import Clip, read_clip, read_clips, write_clip
from soundglass.audio.decode import decode
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits


def whole(path: Path) -> np.ndarray:
    return decode(path, lambda blocks: np.concatenate(list(blocks))).result


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start_s, end_s", [(0.0, 0.3), (1.234, 2.5), (2.9, 99.0), (-5.0, 0.01)])
def test_a_piece_is_what_lies_there_in_the_whole(
    tmp_path: Path, kind: str, start_s: float, end_s: float
) -> None:
    rate = 48_000 if kind == "opus" else 44_100
    path = write(tmp_path / f"song.{kind}", kind, music(3.0, rate=rate))
    clip = read_clip(path, start_s, end_s)
    everything = whole(path)
    wanted = everything[round(max(0.0, start_s) * rate) : round(end_s * rate)]
    assert clip.sample_rate == rate
    assert np.array_equal(clip.samples, wanted)
    assert clip.duration_s == len(wanted) / rate


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a"])
def test_pieces_are_read_in_one_pass_in_any_order(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"song.{kind}", kind, music(4.0))
    spans = [(3.0, 3.5), (0.0, 1.0), (0.5, 3.2), (-1.0, 0.1), (3.9, 9.0)]
    limits = AudioLimits(block_frames=5000)
    for clip, span in zip(read_clips(path, spans, limits), spans, strict=True):
        assert np.array_equal(clip.samples, read_clip(path, *span).samples)
    with pytest.raises(AudioError, match=r"before the piece from 7\.00 s"):
        read_clips(path, [(0.0, 1.0), (7.0, 8.0)])
    with pytest.raises(AudioError, match="no piece can be cut"):
        read_clips(path, [(0.0, 1.0), (2.0, 2.0)])


def test_no_more_is_decoded_than_to_the_end_of_the_piece(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", "wav", music(3.0))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert np.array_equal(read_clip(path, 0.5, 1.0).samples, whole(path)[22_050:44_100])


def test_pieces_across_blocks_are_seamless(tmp_path: Path) -> None:
    path = write(tmp_path / "song.flac", "flac", music(2.0))
    for block_frames in (1000, 4097):
        limits = AudioLimits(block_frames=block_frames)
        assert np.array_equal(read_clip(path, 0.1, 1.9, limits).samples, whole(path)[4410:83_790])


@pytest.mark.parametrize(
    "start_s, end_s", [(3.0, 4.0), (1.0, 1.0), (2.0, 1.0), (0.0, 1e9), (0.0, np.inf), (np.nan, 1.0), (-2, -1)]
)
def test_pieces_that_cannot_be_are_refused(tmp_path: Path, start_s: float, end_s: float) -> None:
    path = write(tmp_path / "song.wav", "wav", music(2.0))
    with pytest.raises(AudioError, match=r"song\.wav") as caught:
        read_clip(path, start_s, end_s)
    assert caught.value.remedy


def test_what_is_not_audio_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.mp3"
    path.write_text("words")
    for wrong in (path, tmp_path / "missing.mp3", tmp_path):
        with pytest.raises(AudioError):
            read_clip(wrong, 0.0, 1.0)


def test_resampling_keeps_pitch_level_and_channels() -> None:
    time = np.arange(48_000) / 48_000
    tone = np.stack([np.sin(2 * np.pi * 1000 * time), 0.5 * np.sin(2 * np.pi * 300 * time)], axis=1)
    clip = Clip(tone.astype(np.float32), 48_000).resampled(22_050)
    assert (clip.sample_rate, clip.samples.shape, clip.samples.dtype) == (22_050, (22_050, 2), np.float32)
    time = np.arange(22_050)[500:-500] / 22_050
    wanted = np.stack([np.sin(2 * np.pi * 1000 * time), 0.5 * np.sin(2 * np.pi * 300 * time)], axis=1)
    np.testing.assert_allclose(clip.samples[500:-500], wanted, atol=1e-4)
    assert clip.resampled(22_050) is clip


def test_channels_are_spread_by_their_mean() -> None:
    clip = Clip(music(0.1, channels=2), 44_100)
    assert clip.spread_over(2) is clip
    mono = clip.spread_over(1)
    np.testing.assert_allclose(mono.samples[:, 0], clip.samples.mean(axis=1))
    assert np.array_equal(mono.spread_over(2).samples, np.repeat(mono.samples, 2, axis=1))


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_integers_are_written_within_a_step_and_a_half(
    tmp_path: Path, suffix: str, bits: int, channels: int
) -> None:
    clip = Clip(music(0.5, channels=channels), 44_100)
    write_clip(clip, tmp_path / f"clip{suffix}", bits)
    info = soundfile.info(tmp_path / f"clip{suffix}")
    assert (info.samplerate, info.channels, info.subtype) == (44_100, channels, f"PCM_{bits}")
    written = soundfile.read(tmp_path / f"clip{suffix}", dtype="float64", always_2d=True)[0]
    step = 2.0 ** (1 - bits)
    error = (written - clip.samples) / step
    assert np.abs(error).max() <= 1.5
    assert abs(error.mean()) < 0.02


def test_dither_is_triangular_and_independent_of_the_signal(tmp_path: Path) -> None:
    """A tone below half a step survives, and the error has the variance of triangular dither, 1/4 step²."""
    time = np.arange(10 * 44_100) / 44_100
    tone = 0.4 * 2.0**-15 * np.sin(2 * np.pi * 441 * time)
    write_clip(Clip(tone.astype(np.float32)[:, None], 44_100), tmp_path / "clip.wav")
    written = soundfile.read(tmp_path / "clip.wav")[0]
    assert np.var((written - tone) * 2**15) == pytest.approx(0.25, rel=0.02)
    assert 2 * np.mean(written * np.sin(2 * np.pi * 441 * time)) == pytest.approx(0.4 * 2.0**-15, rel=0.05)


def test_float_is_written_as_it_is_and_integers_are_clipped(tmp_path: Path) -> None:
    clip = Clip(np.array([[0.0], [1.7], [-1.7], [1.0], [-1.0]], np.float32), 8000)
    write_clip(clip, tmp_path / "clip.wav", 32)
    assert np.array_equal(soundfile.read(tmp_path / "clip.wav", always_2d=True)[0], clip.samples)
    write_clip(clip, tmp_path / "clip.wav", 24)
    assert np.abs(soundfile.read(tmp_path / "clip.wav")[0]).max() <= 1.0
    write_clip(clip, tmp_path / "clip.flac")
    assert soundfile.read(tmp_path / "clip.flac", dtype="int16")[0][[1, 2]].tolist() == [32767, -32768]


def test_the_same_samples_give_the_same_file(tmp_path: Path) -> None:
    clip = Clip(music(0.2), 44_100)
    for name in ("a.flac", "b.flac"):
        write_clip(clip, tmp_path / name)
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    clip = Clip(music(0.1), 44_100)
    folder = tmp_path / "folder.wav"
    folder.mkdir()
    for path in (tmp_path / "clip.mp3", tmp_path / "clip", tmp_path / "missing" / "clip.wav", folder):
        with pytest.raises(AudioError) as caught:
            write_clip(clip, path)
        assert caught.value.remedy
    with pytest.raises(AudioError, match="cannot hold"):
        write_clip(clip, tmp_path / "clip.flac", 32)
    with pytest.raises(AudioError, match="cannot hold"):
        write_clip(Clip(music(0.1, channels=9), 44_100), tmp_path / "clip.flac")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "clip.wav").symlink_to("/dev/full")
    with pytest.raises(AudioError, match=r"clip\.wav"):
        write_clip(Clip(music(0.5), 44_100), tmp_path / "clip.wav")
    shutil.rmtree(tmp_path)
