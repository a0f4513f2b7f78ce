"""The estimators that are compared: ours with variants, librosa, sonara."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np

from soundglass.core.settings import SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.features import periodicity, tonal
from soundglass.features.rhythm import RhythmAnalyser
from soundglass.features.tonal import TonalAnalyser
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram

SETTINGS = SpectrogramSettings()
KRUMHANSL = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)
TEMPERLEY = (
    (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
    (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
)
BGATE = (
    (1.00, 0.00, 0.42, 0.00, 0.53, 0.37, 0.00, 0.77, 0.00, 0.38, 0.21, 0.30),
    (1.00, 0.00, 0.36, 0.39, 0.00, 0.38, 0.00, 0.74, 0.27, 0.00, 0.42, 0.23),
)
EDMA = (
    (0.165, 0.047, 0.083, 0.067, 0.100, 0.093, 0.053, 0.132, 0.052, 0.074, 0.069, 0.064),
    (0.172, 0.040, 0.076, 0.120, 0.056, 0.085, 0.050, 0.135, 0.075, 0.050, 0.092, 0.055),
)
TEMPO_VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "soundglass": {},
    "… autocorrelation only": {"SPECTRUM_SHARE": 0.0},
    "… equal share of the spectrum": {"SPECTRUM_SHARE": 0.5},
    "… one beat instead of four": {"BEATS": 1},
    "… narrower preference (0.8 octaves)": {"PRIOR_OCTAVES": 0.8},
}
KEY_VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "soundglass (Albrecht & Shanahan)": {},
    "… Krumhansl & Kessler": {"PROFILES": tonal.profile_matrix(*KRUMHANSL)},
    "… Temperley (Kostka & Payne)": {"PROFILES": tonal.profile_matrix(*TEMPERLEY)},
    "… bgate": {"PROFILES": tonal.profile_matrix(*BGATE)},
    "… edma": {"PROFILES": tonal.profile_matrix(*EDMA)},
    "… without partial folding": {"PARTIALS": 1},
    "… peaks up to 4 kHz": {"HIGH_HZ": 4000.0},
    "… without tuning": {"tuning": lambda _: 0.0},
}


@dataclass(slots=True)
class Answer:
    """What one candidate says of one recording."""

    candidate: str
    bpm: float = math.nan
    key: tuple[int, str] | None = None
    confidence: Mapping[str, float] = field(default_factory=dict)
    beats_per_bar: float = math.nan
    onset_rate: float = math.nan

    @property
    def is_variant(self) -> bool:
        """Whether this is ours with other constants."""
        return self.candidate.startswith("…")


def changed(module: ModuleType, constants: Mapping[str, Any]) -> AbstractContextManager[object]:
    """Give a module other constants for a while."""
    return patch.multiple(module, **constants) if constants else nullcontext()


def blocks(samples: FloatArray) -> list[SpectrogramBlock]:
    """Cut a recording into the blocks of the shared STFT."""
    spectrogram = StreamingSpectrogram(SETTINGS)
    return [*spectrogram.push(samples), *spectrogram.flush()]


def measure(
    analyser: RhythmAnalyser | TonalAnalyser, parts: Sequence[SpectrogramBlock]
) -> dict[str, Measurement]:
    """Feed an analyser and name its measurements."""
    for part in parts:
        analyser.push(part)
    return {measurement.name: measurement for measurement in analyser.finish()}


def ours(samples: FloatArray) -> Iterator[Answer]:
    """Soundglass and its variants."""
    parts = blocks(samples)
    for name, constants in TEMPO_VARIANTS.items():
        with changed(periodicity, constants):
            found = measure(RhythmAnalyser(SETTINGS), parts)
        yield Answer(
            name,
            bpm=found["tempo"].value,
            confidence={k: m.confidence for k, m in found.items() if m.confidence is not None},
            beats_per_bar=found["time_signature"].value,
            onset_rate=found["onset_rate"].value,
        )
    for name, constants in KEY_VARIANTS.items():
        with changed(tonal, constants):
            found = measure(TonalAnalyser(SETTINGS), parts)
        if not math.isnan(found["key"].value):
            key = int(found["key"].value), "major" if found["mode"].value else "minor"
            confidence = {k: m.confidence for k, m in found.items() if m.confidence is not None}
            yield Answer(name, key=key, confidence=confidence)


def librosa_answers(samples: FloatArray) -> Iterator[Answer]:
    """Ask librosa: its tempo functions, and its two chromas with the Krumhansl-Kessler profiles."""
    import librosa

    envelope = librosa.onset.onset_strength(y=samples, sr=SETTINGS.sample_rate)
    onsets = librosa.onset.onset_detect(onset_envelope=envelope, sr=SETTINGS.sample_rate)
    rate = len(onsets) / (len(samples) / SETTINGS.sample_rate)
    tracked, _ = librosa.beat.beat_track(onset_envelope=envelope, sr=SETTINGS.sample_rate)
    yield Answer("librosa onset_detect", onset_rate=rate)
    yield Answer("librosa beat_track", bpm=float(np.squeeze(tracked)))
    tempo = librosa.feature.tempo(onset_envelope=envelope, sr=SETTINGS.sample_rate)
    yield Answer("librosa feature.tempo", bpm=float(np.squeeze(tempo)))
    for name, chroma in (
        ("librosa chroma_stft, Krumhansl", librosa.feature.chroma_stft(y=samples, sr=SETTINGS.sample_rate)),
        ("librosa chroma_cqt, Krumhansl", librosa.feature.chroma_cqt(y=samples, sr=SETTINGS.sample_rate)),
    ):
        mean = chroma.mean(axis=1)
        best = int(np.argmax(tonal.profile_matrix(*KRUMHANSL) @ (mean - mean.mean())))
        yield Answer(name, key=(best % 12, "major" if best < 12 else "minor"))


def sonara_answers(samples: FloatArray) -> Iterator[Answer]:
    """Ask sonara, where it is installed."""
    try:
        import sonara
    except ImportError:
        return
    found = sonara.analyze_signal(samples, sr=SETTINGS.sample_rate, mode="full")
    tonic, mode = found["key"].split()
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    metre = str(found["time_signature"]).partition("/")[0]
    yield Answer(
        "sonara",
        bpm=float(found["bpm"]),
        key=(names.index(tonic), mode),
        beats_per_bar=float(metre),
        onset_rate=float(found["onset_density"]),
    )
