"""Tempo, metre, onset rate and pulse clarity, from onset strength in a few bands."""

from __future__ import annotations

import math

import numpy as np

from soundglass.core.settings import SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.features.periodicity import (
    TEMPI,
    Periodicity,
    Vector,
    at,
    bar_contrast,
    local_periodicity,
    peaks,
    preference,
    refine,
    tempo_salience,
)
from soundglass.spectrogram import SpectrogramBlock

N_BANDS = 8
RANGE_DB = 60.0
"""What is this far below the loudest so far is not heard."""
LEAST_POWER = 1e-7
MIN_SECONDS = 1.0
ONSET_RISE_DB = 0.2
ONSET_NEIGHBOURS = 5
ALTERNATIVES = 4
SAME_TEMPO = 0.06
LEAST_RIVAL = 0.2
PLAIN_PULSE = 0.15
"""Below this clarity even noise seems to pulse, and the confidence falls in proportion."""

LEVEL_ODDS = (-1.2, 4.0, 4.3)
"""Logistic regression of "right metrical level" on pulse clarity and dominance (docs/decisions/0002)."""
METRE_ODDS = (-2.2, 41.0)
"""Logistic regression of "three beats in a bar" on the contrast of three (docs/decisions/0002)."""


class RhythmAnalyser:
    """Finds ``tempo``, ``time_signature``, ``onset_rate`` and ``pulse_clarity`` of a recording.

    Keeps ``N_BANDS`` numbers a frame: 10 MB for two hours.

    Parameters
    ----------
    settings : SpectrogramSettings
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        self._frame_rate = settings.frame_rate
        self._edges = np.linspace(0, settings.n_mels, N_BANDS, endpoint=False).round().astype(int)
        self._widths = np.diff(self._edges, append=settings.n_mels).astype(np.float32)
        self._loudest = np.float32(-math.inf)
        self._before: FloatArray | None = None
        self._onsets: list[FloatArray] = []

    def push(self, block: SpectrogramBlock) -> None:
        """Take the next frames.

        Onset strength is the rise in dB of each mel band over the loudest of itself and its neighbours one
        frame earlier, so that vibrato does not count (SuperFlux, Böck & Widmer 2013).

        Parameters
        ----------
        block : SpectrogramBlock
        """
        if not len(block.mel):
            return
        level = 10 * np.log10(np.maximum(block.mel, np.float32(LEAST_POWER)))
        if self._before is None:
            self._before = level[0]
        before = np.vstack([self._before[None], level[:-1]])
        wide = np.pad(before, ((0, 0), (1, 1)), mode="edge")
        before = np.maximum(np.maximum(wide[:, :-2], wide[:, 2:]), before)
        loudest = np.maximum.accumulate(np.maximum(level.max(axis=1), self._loudest))
        floor = loudest[:, None] - np.float32(RANGE_DB)
        rise = np.maximum(np.maximum(level, floor) - np.maximum(before, floor), 0)
        bands = np.add.reduceat(rise, self._edges, axis=1) / self._widths
        self._onsets.append(bands.astype(np.float32))
        self._loudest, self._before = loudest[-1], level[-1].copy()

    def onset_strength(self) -> FloatArray:
        """Give the mean rise in dB of each band, shape (n_frames, N_BANDS)."""
        return np.concatenate([np.zeros((0, N_BANDS), np.float32), *self._onsets])

    def finish(self) -> list[Measurement]:
        """Give the measurements.

        Returns
        -------
        list of Measurement
            ``tempo`` (BPM) with its alternatives, ``time_signature`` (beats a bar), ``onset_rate`` (a
            second), ``pulse_clarity`` (0 to 1); NaN where less than a second or no onset was heard.
        """
        onsets = self.onset_strength()
        if len(onsets) < MIN_SECONDS * self._frame_rate:
            return _nothing()
        n_onsets = count_onsets(onsets.mean(axis=1))
        periodicity = local_periodicity(onsets, self._frame_rate)
        tempo = estimate_tempo(periodicity)
        if not n_onsets or math.isnan(tempo.value):
            return _nothing()
        return [
            tempo,
            estimate_metre(periodicity, tempo.value),
            Measurement("onset_rate", n_onsets * self._frame_rate / len(onsets)),
            Measurement("pulse_clarity", pulse_clarity(periodicity, tempo.value)),
        ]


def _nothing() -> list[Measurement]:
    names = ("tempo", "time_signature", "onset_rate", "pulse_clarity")
    return [Measurement(name, math.nan) for name in names]


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def count_onsets(strength: Vector) -> int:
    """Count the peaks of onset strength that rise above their surroundings.

    Parameters
    ----------
    strength : ndarray, shape (n_frames,)
        Mean rise in dB.

    Returns
    -------
    int
    """
    width = 2 * ONSET_NEIGHBOURS + 1
    sums = np.convolve(strength, np.ones(width), "same")
    surroundings = sums / np.convolve(np.ones(len(strength)), np.ones(width), "same")
    padded = np.pad(strength, 1)
    is_peak = (strength > padded[:-2]) & (strength >= padded[2:]) & (strength > surroundings + ONSET_RISE_DB)
    return int(is_peak.sum())


def pulse_clarity(periodicity: Periodicity, tempo: float) -> float:
    """Height of the autocorrelation one beat away, 0 to 1 (after Lartillot et al. 2008)."""
    return float(at(periodicity.tolerant, periodicity.beat(tempo)).clip(0, 1))


def estimate_tempo(periodicity: Periodicity) -> Measurement:
    """Choose the tempo that is plain and moderate, and list what else it could be.

    Parameters
    ----------
    periodicity : Periodicity

    Returns
    -------
    Measurement
        ``tempo`` in BPM. Its confidence is the chance that the metrical level is right too; strengths of
        the alternatives are relative to the chosen tempo.
    """
    strength = tempo_salience(periodicity) * preference(TEMPI)
    found = peaks(strength)
    if not len(found):
        return Measurement("tempo", math.nan)
    tempo = refine(periodicity, float(TEMPI[found[0]]))
    others = found[np.abs(np.log(TEMPI[found] / tempo)) > SAME_TEMPO][:ALTERNATIVES]
    relative = strength[others] / strength[found[0]]
    dominance = -math.log(max(float(relative.max(initial=0.0)), LEAST_RIVAL))
    clarity = pulse_clarity(periodicity, tempo)
    odds = LEVEL_ODDS[0] + LEVEL_ODDS[1] * clarity + LEVEL_ODDS[2] * dominance
    alternatives = [
        {"bpm": round(refine(periodicity, float(TEMPI[i])), 2), "strength": round(float(s), 3)}
        for i, s in zip(others, relative, strict=True)
    ]
    confidence = _logistic(odds) * min(1.0, clarity / PLAIN_PULSE)
    return Measurement("tempo", tempo, confidence, {"alternatives": alternatives})


def estimate_metre(periodicity: Periodicity, tempo: float) -> Measurement:
    """Say three beats in a bar where that is plain, and four otherwise.

    Parameters
    ----------
    periodicity : Periodicity
    tempo : float
        BPM.

    Returns
    -------
    Measurement
        ``time_signature``.
    """
    plain = min(1.0, pulse_clarity(periodicity, tempo) / PLAIN_PULSE)
    triple = _logistic(METRE_ODDS[0] + METRE_ODDS[1] * plain * bar_contrast(periodicity, tempo, 3))
    return Measurement("time_signature", 3.0 if triple > 0.5 else 4.0, plain * max(triple, 1 - triple))
