"""Make audio files of every format for tests."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import soundfile

SOUNDFILE_FORMATS = {
    "wav": {"format": "WAV", "subtype": "PCM_16"},
    "aiff": {"format": "AIFF", "subtype": "PCM_16"},
    "flac": {"format": "FLAC", "subtype": "PCM_16"},
    "ogg": {"format": "OGG", "subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "mp3": {"format": "MP3", "subtype": "MPEG_LAYER_III"},
}
PYAV_FORMATS = {
    "m4a": ("aac", "ipod", "fltp"),
    "alac": ("alac", "ipod", "s16p"),
    "aac": ("aac", "adts", "fltp"),
    "wma": ("wmav2", "asf", "fltp"),
    "wv": ("wavpack", "wv", "s16p"),
}
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
KINDS = (*SOUNDFILE_FORMATS, *PYAV_FORMATS)


def music(seconds: float = 2.0, rate: int = 44_100, channels: int = 2, seed: int = 0) -> np.ndarray:
    """Make decaying chords and a little noise, different in every channel; shape (n_frames, channels)."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    pitches = 110 * 2 ** (rng.integers(0, 24, (channels, 3)) / 12)
    envelope = np.exp(-3 * (time % 0.5))
    tones = [sum(np.sin(2 * np.pi * pitch * time) for pitch in chord) / 6 * envelope for chord in pitches]
    return (np.stack(tones, axis=1) + 0.005 * rng.standard_normal((len(time), channels))).astype(np.float32)


def write(path: Path, kind: str, samples: np.ndarray | None = None, rate: int | None = None) -> Path:
    """Encode samples; `music()` at 44.1 kHz (48 kHz for Opus) when none are given."""
    rate = rate or (48_000 if kind == "opus" else 44_100)
    samples = music(rate=rate) if samples is None else samples
    if kind in SOUNDFILE_FORMATS:
        with path.open("wb") as file:
            soundfile.write(file, samples, rate, **SOUNDFILE_FORMATS[kind])
    else:
        _write_pyav(path, *PYAV_FORMATS[kind], samples, rate)
    return path


def _write_pyav(
    path: Path, codec: str, container: str, sample_format: str, samples: np.ndarray, rate: int
) -> None:
    layout = LAYOUTS[samples.shape[1]]
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout=layout)
    frame.sample_rate, frame.pts = rate, 0
    with path.open("wb") as file, av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.layout, stream.format, stream.bit_rate = layout, sample_format, 128_000
        encoder = stream.codec_context
        encoder.open()
        resampler = av.AudioResampler(encoder.format, layout, rate, encoder.frame_size or 4096)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
