"""Pictures of recordings whose columns are parts of beats, so that one can be laid on another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.blocks import SILENCE
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray
from soundglass.features.rhythm import RhythmAnalyser
from soundglass.spectrogram import StreamingSpectrogram, power_to_db

Picture = NDArray[np.uint8]
"""Pixels, shape ``(n_mels, N_COLUMNS)``, lowest band first, 0 black and 255 white."""

N_BEATS, PER_BEAT = 16, 8
N_COLUMNS = N_BEATS * PER_BEAT

RANGE_DB = 60.0
"""Black lies this far below the loudest spot of the picture, white at it."""

SLOWEST_BPM = 100.0
"""Beats are counted from this tempo up to twice it: halves and doubles are easily taken for one another."""

NO_TEMPO_BPM = 120.0

ENOUGH_S = (N_BEATS + 1) * 60 / SLOWEST_BPM
"""Seconds in which ``N_BEATS`` whole beats are always found."""


def beat_aligned(
    samples: FloatArray, tempo_bpm: float = math.nan, settings: SpectrogramSettings = DEFAULTS.spectrogram
) -> Picture | None:
    """Picture the middle ``N_BEATS`` beats of a piece of sound.

    A column is the mean of the log-mel spectrogram, in dB, over one of ``PER_BEAT`` equal parts of a beat.
    The first begins on a beat, found by the phase of onset strength at the tempo.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        Mono, at the settings' sample rate.
    tempo_bpm : float
        Of the recording. Where nobody knows, columns are those of ``NO_TEMPO_BPM`` and begin anywhere.

    Returns
    -------
    Picture or None
        From ``RANGE_DB`` below its loudest pixel (black) up to it (white); ``None`` where the sound is
        silent or shorter than ``N_BEATS + 1`` beats.
    """
    stream, rhythm = StreamingSpectrogram(settings), RhythmAnalyser(settings)
    mel = []
    for block in (*stream.push(samples), *stream.flush()):
        rhythm.push(block)
        mel.append(block.mel)
    beat = 60 * settings.frame_rate / moderate(tempo_bpm)
    spare = sum(map(len, mel)) - N_BEATS * beat
    if spare < beat or np.abs(samples).max() < SILENCE:
        return None
    start = spare / 2
    if math.isfinite(tempo_bpm):
        start = nearest_beat(rhythm.onset_strength().mean(axis=1), beat, start)
    edges = start + np.arange(N_COLUMNS + 1) * (beat / PER_BEAT)
    columns = means_between(power_to_db(np.concatenate(mel)), edges)
    levels = 1 + (columns - columns.max()) / RANGE_DB
    picture: Picture = np.rint(255 * np.maximum(levels, 0)).astype(np.uint8).T
    return picture


def moderate(tempo_bpm: float) -> float:
    """Halve or double a tempo until it lies from ``SLOWEST_BPM`` to twice that; NaN is ``NO_TEMPO_BPM``."""
    if not math.isfinite(tempo_bpm):
        return NO_TEMPO_BPM
    return float(SLOWEST_BPM * 2 ** (math.log2(tempo_bpm / SLOWEST_BPM) % 1))


def nearest_beat(onset_strength: FloatArray, beat: float, near: float) -> float:
    """Find the beat that is nearest to a place, in frames.

    Parameters
    ----------
    onset_strength : ndarray, shape (n_frames,)
    beat : float
        Frames from one beat to the next.
    near : float
        The place, in frames.
    """
    turns = np.exp(2j * np.pi * np.arange(len(onset_strength)) / beat)
    phase = np.angle(onset_strength @ turns) / (2 * np.pi)
    away = (phase - near / beat + 0.5) % 1 - 0.5
    return float(near + away * beat)


def means_between(frames: NDArray[np.floating], edges: NDArray[np.floating]) -> NDArray[np.float64]:
    """Average frames from each edge to the next; a frame that an edge cuts counts in part.

    Parameters
    ----------
    frames : ndarray, shape (n_frames, n_bands)
    edges : ndarray, shape (n_columns + 1,)
        In frames, rising, from 0 to ``n_frames``.

    Returns
    -------
    ndarray, shape (n_columns, n_bands)
    """
    sums = np.zeros((len(frames) + 1, frames.shape[1]))
    np.cumsum(frames, axis=0, dtype=np.float64, out=sums[1:])
    whole = np.minimum(edges.astype(np.intp), len(frames) - 1)
    upto = sums[whole] + (edges - whole)[:, None] * frames[whole]
    means: NDArray[np.float64] = np.diff(upto, axis=0) / np.diff(edges)[:, None]
    return means


def laid_on(one: Picture, other: Picture) -> Picture:
    """Turn a picture by whole beats to where it fits another best, for nobody knows where bars begin.

    Parameters
    ----------
    one, other : Picture

    Returns
    -------
    Picture
        ``other``, later by as many beats as give the highest sum of products with ``one``; what falls off the
        end comes back at the start.
    """
    reference = one.astype(np.float32)
    turned = [np.roll(other, beats * PER_BEAT, axis=1) for beats in range(N_BEATS)]
    return max(turned, key=lambda picture: float(np.vdot(reference, picture.astype(np.float32))))
