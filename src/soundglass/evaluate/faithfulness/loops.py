"""Loops of three seconds, made or cut out of a recording, and mixed into another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.embeddings.network import SAMPLE_RATE

Values = NDArray[np.float64]

LOOP_S = 3.0

_N = round(LOOP_S * SAMPLE_RATE)
_TIME = np.arange(_N) / SAMPLE_RATE
_FADE_S = 0.01
_PEAK = 0.9
_FAINT = 1e-4


def arpeggio() -> Values:
    """Make short notes of a square wave, four a second."""
    notes = (60, 67, 72, 75, 72, 67, 63, 70, 60, 67, 72, 79)
    return _melody(notes, lambda hz, t: np.sign(np.sin(2 * np.pi * hz * t)) * np.exp(-12 * t))


def bells() -> Values:
    """Make six notes by frequency modulation that ring on."""

    def bell(hz: float, t: Values) -> Values:
        modulator = 3 * np.exp(-3 * t) * np.sin(7 * np.pi * hz * t)
        return np.asarray(np.sin(2 * np.pi * hz * t + modulator) * np.exp(-3 * t))

    return _melody((76, 72, 79, 74, 81, 72), bell)


def bass() -> Values:
    """Make low notes of eight harmonics, four a second."""

    def note(hz: float, t: Values) -> Values:
        return np.asarray(sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 9)) * (t < 0.2))

    return _melody((33, 33, 36, 31, 33, 40) * 2, note)


def beat() -> Values:
    """Make a bass drum, a snare and a hi-hat at 120 BPM."""
    noise = np.random.default_rng(0).normal(size=_N)
    kick = np.sin(2 * np.pi * (50 * _TIME - 2 * np.exp(-30 * _TIME))) * np.exp(-12 * (_TIME % 0.5))
    snare = 0.7 * noise * np.exp(-20 * ((_TIME + 0.5) % 1.0))
    hat = 0.25 * noise * np.exp(-50 * (_TIME % 0.125))
    return np.asarray(kick + snare + hat)


def siren() -> Values:
    """Make a sine that sweeps up and down once a second."""
    return np.asarray(np.sin(2 * np.pi * 900 * _TIME - 400 * np.cos(2 * np.pi * _TIME)))


MADE: tuple[Callable[[], Values], ...] = (arpeggio, beat, bells, bass, siren)


def cut(samples: FloatArray, start_s: float) -> Values | None:
    """Cut a loop out of a recording; ``None`` where that is all but silent there, or ends."""
    first = round(start_s * SAMPLE_RATE)
    loop = samples[first : first + _N].astype(np.float64)
    return loop if len(loop) == _N and loop.std() > max(_FAINT, 0.3 * float(samples.std())) else None


def mixed(
    samples: FloatArray, loop: Values, start_s: float, level_db: float, *, levelled: bool
) -> FloatArray:
    """Mix a loop into a recording.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        Mono at the network's rate, longer than the loop.
    loop : ndarray, shape (LOOP_S * SAMPLE_RATE,)
    start_s : float
        Where it begins.
    level_db : float
        How much louder it is than the recording on average.
    levelled : bool
        Whether what lies there, loop and all, is then brought to the recording's own mean level, so that
        loudness does not give the loop away.
    """
    host = samples.astype(np.float64)
    at = slice(round(start_s * SAMPLE_RATE), round(start_s * SAMPLE_RATE) + _N)
    fade = np.clip(np.minimum(_TIME, _TIME[::-1]) / _FADE_S, 0, 1)
    level = float(host.std())
    together = host[at] + 10 ** (level_db / 20) * level / loop.std() * loop
    if levelled:
        together *= level / max(float(together.std()), 1e-12)
    host[at] = (1 - fade) * host[at] + fade * together
    return (_PEAK * host / max(float(np.abs(host).max()), 1e-12)).astype(np.float32)


def _melody(notes: tuple[int, ...], sound: Callable[[float, Values], Values]) -> Values:
    """Play MIDI notes, evenly spaced, each to the end of the loop."""
    out = np.zeros(_N)
    for index, note in enumerate(notes):
        start = _N * index // len(notes)
        out[start:] += sound(440 * 2 ** ((note - 69) / 12), _TIME[: _N - start])
    return out
