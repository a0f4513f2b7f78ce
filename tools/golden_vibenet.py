"""Write tests/golden/vibenet.json: what the vibenet package itself says about signals and recordings.

Run it with a Python that has ``vibenet==0.1.0`` (installed with ``--no-deps``) beside librosa, audioread,
pydub, soundfile, soxr and onnxruntime. The tests of ``soundglass.features.perceptual`` compare with the file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]

SAMPLE_RATE = 16_000
ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden" / "vibenet.json"
AUDIO = ROOT.parent / "shared" / "data" / "audio"
EVERY_NTH_FILE = 5

Time = NDArray[np.float64]


def _noise(n: int, seed: int) -> Time:
    return np.random.default_rng(seed).random(n) * 2.0 - 1.0


def _harmonics(t: Time, pitch: float, n: int = 8) -> Time:
    return np.sum([np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, n + 1)], axis=0)


def _chord(t: Time, *pitches: float) -> Time:
    return np.mean([_harmonics(t, pitch) for pitch in pitches], axis=0)


def _pulses(t: Time, bpm: float, decay: float) -> Time:
    return np.exp(-decay * (t % (60.0 / bpm)))


def _progression(t: Time) -> Time:
    chords = [(220.0, 277.2, 329.6), (196.0, 246.9, 293.7), (174.6, 220.0, 261.6), (164.8, 207.7, 246.9)]
    bars = (t // 2.0).astype(int) % len(chords)
    return np.choose(bars, [_chord(t, *chord) for chord in chords]) * _pulses(t, 120.0, 3.0)


def _melody(t: Time) -> Time:
    steps = np.array([0, 4, 7, 12, 7, 4, 2, 5])[(t / 0.25).astype(int) % 8]
    phase = 2 * np.pi * np.cumsum(261.6 * 2.0 ** (steps / 12.0)) / SAMPLE_RATE
    return np.sin(phase) * _pulses(t, 240.0, 6.0)


def _speech_like(t: Time) -> Time:
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * t) + 0.4 * np.sin(2 * np.pi * 0.6 * t), 0, None)
    pitch = 110.0 + 25.0 * np.sin(2 * np.pi * 0.5 * t)
    voice = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE))
    return syllables * (voice * (0.6 + 0.4 * np.sin(2 * np.pi * 700 * t)) + 0.3 * _noise(t.size, 3))


def _drums(t: Time) -> Time:
    kick = np.sin(2 * np.pi * 55 * t) * _pulses(t, 124.0, 18.0)
    return kick + 0.4 * _noise(t.size, 4) * _pulses(t + 0.242, 124.0, 30.0)


SIGNALS: dict[str, tuple[float, Callable[[Time], Time]]] = {
    "sine": (12.0, lambda t: 0.5 * np.sin(2 * np.pi * 440 * t)),
    "major chord": (12.0, lambda t: 0.5 * _chord(t, 261.6, 329.6, 392.0)),
    "minor cluster": (12.0, lambda t: 0.5 * _chord(t, 220.0, 233.1, 246.9)),
    "white noise": (12.0, lambda t: 0.2 * _noise(t.size, 1)),
    "quiet noise": (12.0, lambda t: 0.001 * _noise(t.size, 2)),
    "clicks": (12.0, lambda t: _pulses(t, 120.0, 400.0)),
    "sweep": (15.0, lambda t: 0.5 * np.sin(2 * np.pi * 40 * 15.0 / 5.0 * (np.exp(t / 15.0 * 5.0) - 1.0))),
    "progression": (20.0, lambda t: 0.7 * _progression(t)),
    "melody": (20.0, lambda t: 0.6 * _melody(t)),
    "speech-like": (20.0, lambda t: 0.3 * _speech_like(t)),
    "drums": (20.0, lambda t: 0.6 * _drums(t)),
    "distorted chord": (
        20.0,
        lambda t: np.tanh(8.0 * _chord(t, 82.4, 123.5, 164.8) + 0.1 * _noise(t.size, 5)),
    ),
    "short": (1.5, lambda t: 0.5 * _chord(t, 261.6, 311.1, 392.0) * np.exp(-t)),
    "odd length": (3.00703, lambda t: 0.3 * _harmonics(t, 98.0)),
}


def synthesise(name: str) -> Signal:
    """Make one of the signals, shape (n,), mono at ``SAMPLE_RATE``; needs nothing but numpy."""
    duration_s, make = SIGNALS[name]
    return make(np.arange(int(duration_s * SAMPLE_RATE)) / SAMPLE_RATE).astype(np.float32)


class Model(Protocol):
    """The part of a vibenet model that is used."""

    def predict(self, inputs: Signal | str, sr: int | None = None) -> list[Any]:
        """Estimate; each result has ``to_dict``."""


def _predict(model: Model, audio: Signal | str) -> dict[str, float]:
    (result,) = model.predict(audio, sr=SAMPLE_RATE)
    return {name: round(value, 6) for name, value in result.to_dict().items()}


def main() -> None:
    """Run the package on every signal and recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=AUDIO, help="folder of .ogg recordings")
    arguments = parser.parse_args()

    import vibenet

    model = vibenet.load_model()
    files = sorted(arguments.audio.glob("*.ogg"))[::EVERY_NTH_FILE]
    golden = {
        "source": "vibenet 0.1.0",
        "signals": {name: _predict(model, synthesise(name)) for name in SIGNALS},
        "files": {path.name: _predict(model, str(path)) for path in files},
    }
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
